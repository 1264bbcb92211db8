"""The appendix of the report: data, models, how they fit, cohorts and settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from tenure.fitters.fit_warnings import dropout_unknown
from tenure.io.optional import install_command
from tenure.locale import Locale
from tenure.pipeline.analysis import Analysis
from tenure.report import charts, figures, plots, timelines
from tenure.report.components import Section, Verdict
from tenure.report.tables import Grid, grid, numbers_as_text
from tenure.run_files.csv_tables import in_words

if TYPE_CHECKING:
    from tenure.fitters.fit_report import FitReport

__all__ = [
    "INSTALL",
    "UNSAID",
    "check",
    "cohorts",
    "first_rows",
    "fit",
    "method",
    "quality",
    "quality_rows",
    "setting",
]

INSTALL = install_command("report")
_MONEY = ("total_spend", "average_order")
UNSAID = frozenset({"outputs", "language", "currency", "decimal"})
"""Settings that have no bearing on the figures."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNDETERMINED = ("coef", "se(coef)", "lower 95% bound", "upper 95% bound")


def quality(analysis: Analysis, locale: Locale) -> Section | None:
    """List what was read, what was done to it, and what the columns hold."""
    table = analysis.tables.get("quality")
    if table is None:
        return None
    rows = quality_rows(analysis, locale)
    facts = pd.DataFrame(
        {
            "what": [what for what, _, _ in rows],
            "value": [_quality_value(value, kind, locale) for _, value, kind in rows],
        }
    )
    tables = [grid(facts, locale, name="quality", caption=locale.text("data.quality"))]
    if "profile" in analysis.tables:
        tables += _profile(analysis.tables["profile"], locale)
    if "first_rows" in analysis.tables:
        caption = locale.text("data.first_rows")
        customer = analysis.source.get("roles", {}).get("customer")
        head = first_rows(analysis)
        first = grid(head, locale, name="first_rows", key=customer, caption=caption, digits=None)
        tables.append(replace(first, printed=False))
    return Section("data", locale.text("data.title"), tables=tables, appendix=True)


def first_rows(analysis: Analysis) -> pd.DataFrame:
    """Return the first rows as they were read, ids and dates that are numbers as text."""
    head = analysis.tables["first_rows"]
    profile = analysis.tables["profile"]
    dates = profile.loc[profile["type"] == "date", "column"].tolist()
    return numbers_as_text(head, [analysis.source.get("roles", {}).get("customer"), *dates])


_COUNTS = ("values", "missing", "distinct")
_VALUES = ("column", "type", *_COUNTS, "first_date", "last_date", "most_frequent")
_SCREEN = {"q01", "q05", "q95", "q99"}
"""Quantiles that paper has no room for."""


def _profile(profile: pd.DataFrame, locale: Locale) -> list[Grid]:
    """Return what each column holds, and the statistics of those that hold numbers."""
    table = in_words(profile, "profile", locale)
    described = table[[name for name in _VALUES if name in table.columns]]
    measures = [name for name in table.columns if name not in (*_VALUES, "missing_share")]
    numbers = table.loc[table[measures].notna().any(axis="columns"), ["column", *measures]]
    shown = [grid(described, locale, name="profile", caption=locale.text("data.profile"))]
    if len(numbers):
        caption = locale.text("data.numbers")
        paper = set(numbers.columns) - _SCREEN
        # Quantiles and limits are values of the data, to be read as they are there.
        rough = numbers[["mean", "standard_deviation"]].map(_rounded)
        exact = numbers.assign(**{str(name): column for name, column in rough.items()})
        shown.append(
            grid(exact, locale, name="profile", caption=caption, printed=paper, digits=None)
        )
    return shown


def _rounded(value: float) -> float:
    """Round to cents; a figure below one to three significant digits."""
    return round(value, 2) if abs(value) >= 1 else float(f"{value:.3g}")


def quality_rows(analysis: Analysis, locale: Locale) -> list[tuple[str, Any, str]]:
    """Return what is known of the data: what, its value, and whether that is a count or money."""
    table = analysis.tables["quality"]
    return [
        (
            _quality_label(what, parameters, locale),
            locale.term("not known") if value is None else value,
            "money" if what in _MONEY else "number",
        )
        for what, parameters, value in table.itertuples(index=False, name=None)
    ]


def _quality_label(key: str, parameters: Mapping[str, Any], locale: Locale) -> str:
    values = dict(parameters)
    if "unit" in values:
        values["unit"] = locale.unit(values["unit"], 2)
    if "limits" in values:
        limits = [locale.separated(f"{limit:g}") for limit in values["limits"]]
        both = len(limits) == 2
        values["limits"] = (
            locale.text("limits", part="quality", low=limits[0], high=limits[1])
            if both
            else limits[0]
        )
    return locale.text(key, part="quality", **values)


def _quality_value(value: Any, kind: str, locale: Locale) -> str:
    if not isinstance(value, str):
        return locale.money(value) if kind == "money" else locale.number(value)
    return locale.date(value) if _DAY.fullmatch(value) else value


def fit(analysis: Analysis, locale: Locale) -> Section:
    """State how each model fitted, and its parameters."""
    verdicts = []
    for role, model in analysis.models.items():
        report: FitReport = model.fit_report_
        headline = "good" if report.ok else "reserved" if report.converged else "unsharp"
        verdicts.append(
            Verdict(
                name=locale.text(f"fit.{role}", model=report.model),
                good=report.ok,
                headline=locale.text(f"fit.{headline}"),
                lines=_fit_lines(report, locale),
                table=_parameters(model.summary, report, locale),
            )
        )
    lead = [locale.text("fit.two")] if len(verdicts) > 1 else []
    compared = analysis.tables.get("models")
    tables = [] if compared is None else [_comparison(compared, locale)]
    title = locale.text("fit.title")
    return Section("fit", title, lead, tables=tables, verdicts=verdicts, appendix=True)


def _comparison(models: pd.DataFrame, locale: Locale) -> Grid:
    """Return the purchase models next to each other, with the reason of the choice."""
    table = models.dropna(axis="columns", how="all").round(
        {"log_likelihood": 1, "aic_difference": 1}
    )
    paper = set(table.columns) - {"aic_difference", "holdout_rmse", "not_identified"}
    caption = locale.text("fit.compared")
    return grid(table, locale, name="models", caption=caption, digits=4, printed=paper)


def _parameters(summary: pd.DataFrame, report: FitReport, locale: Locale) -> Grid:
    """Return the parameters; one that the data do not determine has no number."""
    table = summary.rename_axis("parameter").reset_index()
    names = table["parameter"].tolist()
    caption = locale.text("fit.parameters", model=report.model)
    shown = grid(table, locale, name="parameters", digits=5, caption=caption)
    missing = set(report.not_identified)
    columns = [str(column) for column in table.columns]
    rows = [
        [
            locale.text("fit.unknown")
            if column == "coef"
            else "–"
            if column in _UNDETERMINED
            else cell
            for column, cell in zip(columns, row, strict=True)
        ]
        if name in missing
        else row
        for name, row in zip(names, shown.rows, strict=True)
    ]
    return Grid(shown.columns, rows, caption)


def _fit_lines(report: FitReport, locale: Locale) -> list[str]:
    lines = [
        locale.text(
            "fit.evidence",
            customers=report.customers,
            likelihood=locale.decimal(report.log_likelihood, 2),
            evaluations=report.evaluations,
        )
    ]
    if report.p_alive_min is not None and report.p_alive_max is not None:
        low, high = locale.percent(report.p_alive_min), locale.percent(report.p_alive_max)
        key = "fit.alive_same" if low == high else "fit.alive_range"
        lines.append(locale.text(key, low=low, high=high))
    if report.not_identified:
        lines.append(locale.text("fit.undetermined", names=", ".join(report.not_identified)))
    if report.independence is not None and not report.independence.dependent:
        lines.append(locale.text("fit.independent", rho=report.independence.rho))
    if report.notices:
        lines.append(locale.text("fit.see"))
    return lines


def check(analysis: Analysis, locale: Locale) -> Section:
    """Compare the model with the customers it was fitted to, and show what it expects of them."""
    title = locale.text("check.title")
    if not charts.can_draw():
        missing = locale.text("check.no_charts", command=INSTALL)
        return Section("check", title, notes=[missing], appendix=True)
    purchases = analysis.purchases
    followed = None if purchases is None else timelines.tracking(analysis, purchases, locale)
    drawn = [figures.frequencies(analysis, locale), *(followed or ())]
    notes = [locale.text("check.map_note")]
    if analysis.p_alive_informative:
        drawn.append(figures.alive_map(analysis, locale))
    else:
        notes.append(locale.text("check.no_alive"))
    drawn.append(figures.value_map(analysis, locale))
    lead = [locale.text("check.lead")]
    return Section("check", title, lead, charts=drawn, notes=notes, appendix=True)


def cohorts(analysis: Analysis, locale: Locale) -> Section | None:
    """Follow the customers of each month of first purchase: who came back, what they paid."""
    found = analysis.cohorts
    if found is None:
        return None
    title, lead = locale.text("cohorts.title"), [locale.text("cohorts.lead")]
    if not found.complete:
        lead.append(locale.text("cohorts.incomplete"))
    drawn, shown = [], []
    matrices = plots.cohort_matrices(analysis)
    if not analysis.p_alive_informative or dropout_unknown(analysis.purchase_model):
        matrices.pop("survival", None)  # 100 % throughout, by the fit and not by the customers
    for name, matrix in matrices.items():
        if charts.can_draw() and matrix.shape[1] > 1:
            drawn.append(timelines.cohort_map(matrix, name, locale))
        else:
            shown.append(timelines.cohort_grid(matrix, name, locale))
    return Section("cohorts", title, lead, charts=drawn, tables=shown, appendix=True)


def method(analysis: Analysis, locale: Locale) -> Section:
    """State the conventions, and the settings of this run."""
    settings = pd.DataFrame(
        [
            {"setting": locale.setting(name), "value": _shown(name, value, locale)}
            for name, value in analysis.settings.items()
            if value is not None and name not in UNSAID
        ]
    )
    texts = [locale.text("method.months")]
    if analysis.spend_model is not None:
        texts.append(locale.text("method.spend"))
    caption = locale.text("method.settings")
    shown = [grid(settings, locale, name="settings", caption=caption)] if len(settings) else []
    return Section("method", locale.text("method.title"), texts, tables=shown, appendix=True)


def setting(name: str, value: Any, locale: Locale) -> str:
    """Write the value of a setting; a day as ISO writes it."""
    if isinstance(value, Mapping):
        spelled = {
            key: list(item) if key == "labels" and isinstance(item, str) else item
            for key, item in value.items()
        }
        return "; ".join(
            f"{locale.setting(str(key))}: {setting(str(key), item, locale)}"
            for key, item in spelled.items()
        )
    if isinstance(value, list | tuple):
        return ", ".join(setting(name, item, locale) for item in value)
    if isinstance(value, bool):
        return locale.text("yes" if value else "no")
    if isinstance(value, int | float):
        return locale.number(value)
    return locale.setting_value(name, str(value))


def _shown(name: str, value: Any, locale: Locale) -> str:
    text = setting(name, value, locale)
    return locale.date(text) if _DAY.fullmatch(text) else text
