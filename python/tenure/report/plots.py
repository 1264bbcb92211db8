"""The charts of an analysis by name: one list for the report and for ``Analysis.plot``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from tenure.cohorts import cohort_survival
from tenure.exceptions import OptionError
from tenure.io.optional import require_extra
from tenure.locale import Locale
from tenure.pipeline.analysis import Analysis
from tenure.report import figures, segment_text, timelines
from tenure.report.chart_objects import Chart
from tenure.report.charts import LIBRARIES

__all__ = ["PLOTS", "cohort_matrices", "plot", "scheme_chart", "scheme_table"]


@dataclass(frozen=True)
class _Plot:
    """How a chart is made, and what an analysis must have for it."""

    make: Callable[[Analysis, Locale], Chart | None]
    needs: str = ""
    available: Callable[[Analysis], bool] = lambda analysis: True


def plot(analysis: Analysis, name: str) -> Chart:
    """Return a chart of an analysis by its name; see :meth:`tenure.Analysis.plot`."""
    names = [known for known, entry in PLOTS.items() if entry.available(analysis)]
    choice = ", ".join(repr(known) for known in names)
    entry = PLOTS.get(name) if isinstance(name, str) else None
    if entry is None:
        raise OptionError(
            f"plot({str(name)[:60]!r}): there is no such chart; choose one of {choice}."
        )
    for library in LIBRARIES:
        require_extra(library, extra="report", purpose="drawing charts")
    chart = entry.make(analysis, analysis.locale()) if name in names else None
    if chart is None:
        raise OptionError(
            f"plot({name!r}): this chart needs {entry.needs}, which this analysis does not have;"
            f" choose one of {choice}."
        )
    return chart


def scheme_table(analysis: Analysis, scheme: str) -> pd.DataFrame:
    """Return the segments of one scheme, one row each, without columns that are empty."""
    chosen = analysis.segments[analysis.segments["scheme"] == scheme]
    table: pd.DataFrame = chosen.drop(columns="scheme").dropna(axis="columns", how="all")
    return table


def scheme_chart(analysis: Analysis, locale: Locale, scheme: str) -> Chart:
    """Draw the segments of one scheme."""
    table = scheme_table(analysis, scheme)
    names = segment_text.names_of(table["segment"].astype(str).tolist(), scheme, locale.language)
    return figures.segment_bars(table, names, locale, scheme=scheme)


def cohort_matrices(analysis: Analysis) -> dict[str, pd.DataFrame]:
    """Return what cohorts did by age, by the name of its chart; empty without purchases."""
    found = analysis.cohorts
    if found is None:
        return {}
    matrices = {"retention": found.retention, "survival": _survival(analysis)}
    if found.cumulative_revenue_per_customer is not None:
        matrices["cohort_revenue"] = found.cumulative_revenue_per_customer
    return matrices


def _survival(analysis: Analysis) -> pd.DataFrame:
    """Return the share of each cohort that the model expects to be customers still, by age."""
    table = cohort_survival(analysis.purchase_model, analysis.customers)
    matrix: pd.DataFrame = table.pivot(index="cohort", columns="age", values="survival")
    return matrix


def _tracked(which: int) -> Callable[[Analysis, Locale], Chart | None]:
    def make(analysis: Analysis, locale: Locale) -> Chart | None:
        purchases = analysis.purchases
        found = None if purchases is None else timelines.tracking(analysis, purchases, locale)
        return None if found is None else found[which]

    return make


def _cohort(name: str) -> Callable[[Analysis, Locale], Chart | None]:
    def make(analysis: Analysis, locale: Locale) -> Chart | None:
        matrix = cohort_matrices(analysis).get(name)
        if matrix is None or matrix.shape[1] < 2:
            return None
        return timelines.cohort_map(matrix, name, locale)

    return make


def _has_purchases(analysis: Analysis) -> bool:
    return analysis.purchases is not None


def _has_rfm(analysis: Analysis) -> bool:
    return bool((analysis.segments["scheme"] == "rfm").any())


_PURCHASES = "a table with one row per purchase, over several periods"

PLOTS: Mapping[str, _Plot] = {
    "segments": _Plot(lambda analysis, locale: scheme_chart(analysis, locale, "value")),
    "rfm": _Plot(
        lambda analysis, locale: scheme_chart(analysis, locale, "rfm"), "RFM segments", _has_rfm
    ),
    "repeat_purchases": _Plot(figures.frequencies),
    "cumulative_purchases": _Plot(_tracked(0), _PURCHASES, _has_purchases),
    "incremental_purchases": _Plot(_tracked(1), _PURCHASES, _has_purchases),
    "p_alive": _Plot(figures.alive_map),
    "value": _Plot(figures.value_map),
    "retention": _Plot(_cohort("retention"), _PURCHASES, _has_purchases),
    "survival": _Plot(_cohort("survival"), _PURCHASES, _has_purchases),
    "cohort_revenue": _Plot(
        _cohort("cohort_revenue"),
        f"{_PURCHASES}, with amounts",
        lambda analysis: analysis.purchases is not None and "amount" in analysis.purchases.columns,
    ),
}
"""Every chart by its name."""
