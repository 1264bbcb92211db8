"""Customer lifetime value, accurate and fast.

Who is still a customer, how often they will buy, what they will spend, what they are worth, which
segment they belong to and whom to contact.

>>> import tenure
>>> transactions = tenure.datasets.load_cdnow_transactions()
>>> customers = tenure.summarize(
...     transactions, customer="customer_id", date="date", amount="dollar_value", period="W",
...     observation_end="1997-09-30",
... )
>>> model = tenure.BetaGeoFitter().fit(customers)
>>> model.params_.round(2).to_dict()
{'r': 0.24, 'alpha': 4.41, 'a': 0.79, 'b': 2.43}
"""

import importlib as _importlib
import typing as _typing

from tenure._engine import __version__

if _typing.TYPE_CHECKING:
    from tenure import (
        campaigns,
        cohorts,
        datasets,
        exceptions,
        generate_data,
        insights,
        plotting,
        presets,
        rfm,
        segments,
        utils,
    )
    from tenure.campaigns import Campaign, read_campaigns, write_campaigns
    from tenure.clv.alive_paths import alive_paths
    from tenure.clv.forecast import forecast
    from tenure.cohorts import Cohorts, cohort_analysis, cohort_survival
    from tenure.fitters import (
        BaseFitter,
        BetaGeoBetaBinomFitter,
        BetaGeoFitter,
        GammaGammaFitter,
        ModifiedBetaGeoFitter,
        ParetoNBDFitter,
    )
    from tenure.fitters.fit_report import FitReport, check_independence
    from tenure.insights import overall_insights, segment_insights
    from tenure.io.provenance import provenance
    from tenure.pipeline.analysis import Analysis
    from tenure.pipeline.breakdowns import breakdown_table
    from tenure.pipeline.config import read_config, run_config
    from tenure.pipeline.profile import Profile, profile
    from tenure.pipeline.run import run
    from tenure.rfm import rfm_scores, rfm_segments, rfm_summary, rfm_table
    from tenure.run_files.reading import read_output
    from tenure.segments import segment_by_value, segment_summary
    from tenure.summary.totals import prepare_totals, summarize_totals
    from tenure.summary.transactions import summarize
    from tenure.threads import get_threads, set_threads
    from tenure.transitions.movement import Movement, movement

# Names are looked up when first used, so that `import tenure` stays quick.
_EXPORTS = {
    "Analysis": "tenure.pipeline.analysis",
    "BaseFitter": "tenure.fitters",
    "BetaGeoBetaBinomFitter": "tenure.fitters",
    "BetaGeoFitter": "tenure.fitters",
    "Campaign": "tenure.campaigns",
    "Cohorts": "tenure.cohorts",
    "FitReport": "tenure.fitters.fit_report",
    "GammaGammaFitter": "tenure.fitters",
    "ModifiedBetaGeoFitter": "tenure.fitters",
    "Movement": "tenure.transitions.movement",
    "Profile": "tenure.pipeline.profile",
    "ParetoNBDFitter": "tenure.fitters",
    "alive_paths": "tenure.clv.alive_paths",
    "breakdown_table": "tenure.pipeline.breakdowns",
    "check_independence": "tenure.fitters.fit_report",
    "cohort_analysis": "tenure.cohorts",
    "cohort_survival": "tenure.cohorts",
    "forecast": "tenure.clv.forecast",
    "movement": "tenure.transitions.movement",
    "overall_insights": "tenure.insights",
    "get_threads": "tenure.threads",
    "prepare_totals": "tenure.summary.totals",
    "profile": "tenure.pipeline.profile",
    "provenance": "tenure.io.provenance",
    "read_campaigns": "tenure.campaigns",
    "read_config": "tenure.pipeline.config",
    "read_output": "tenure.run_files.reading",
    "rfm_scores": "tenure.rfm",
    "rfm_segments": "tenure.rfm",
    "rfm_summary": "tenure.rfm",
    "rfm_table": "tenure.rfm",
    "run": "tenure.pipeline.run",
    "run_config": "tenure.pipeline.config",
    "segment_by_value": "tenure.segments",
    "segment_insights": "tenure.insights",
    "segment_summary": "tenure.segments",
    "set_threads": "tenure.threads",
    "summarize": "tenure.summary.transactions",
    "summarize_totals": "tenure.summary.totals",
    "write_campaigns": "tenure.campaigns",
}
_MODULES = (
    "campaigns",
    "cohorts",
    "datasets",
    "exceptions",
    "fitters",
    "generate_data",
    "insights",
    "lifetimes",
    "plotting",
    "presets",
    "rfm",
    "segments",
    "utils",
)

__all__ = [
    "__version__",
    "Analysis",
    "BaseFitter",
    "BetaGeoBetaBinomFitter",
    "BetaGeoFitter",
    "Campaign",
    "Cohorts",
    "FitReport",
    "GammaGammaFitter",
    "ModifiedBetaGeoFitter",
    "Movement",
    "ParetoNBDFitter",
    "campaigns",
    "alive_paths",
    "breakdown_table",
    "check_independence",
    "cohort_analysis",
    "cohort_survival",
    "cohorts",
    "datasets",
    "exceptions",
    "fitters",
    "forecast",
    "generate_data",
    "movement",
    "insights",
    "overall_insights",
    "get_threads",
    "plotting",
    "prepare_totals",
    "presets",
    "Profile",
    "profile",
    "provenance",
    "read_campaigns",
    "rfm",
    "read_config",
    "read_output",
    "rfm_scores",
    "rfm_segments",
    "rfm_summary",
    "rfm_table",
    "run",
    "run_config",
    "segment_by_value",
    "segment_insights",
    "segment_summary",
    "segments",
    "set_threads",
    "summarize",
    "summarize_totals",
    "utils",
    "write_campaigns",
]


def __getattr__(name: str) -> _typing.Any:
    if name in _MODULES:
        return _importlib.import_module(f"tenure.{name}")
    if name in _EXPORTS:
        value = getattr(_importlib.import_module(_EXPORTS[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'tenure' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*__all__, *_MODULES})
