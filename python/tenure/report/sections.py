"""What the report says of the data, the models and the forecast: a function a section."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from tenure.analysis import Analysis, warning_title
from tenure.exceptions import DataWarning
from tenure.locale import Locale
from tenure.periods import convert
from tenure.report import charts, figures, timelines
from tenure.report.parts import Said, Section, Verdict
from tenure.report.tables import grid, id_name, said_of, with_ids

if TYPE_CHECKING:
    from tenure.diagnostics import FitReport

__all__ = [
    "INSTALL",
    "UNSAID",
    "check",
    "fit",
    "forecast",
    "method",
    "quality",
    "quality_rows",
    "setting",
    "warnings",
]

TOP = 10
INSTALL = "pip install 'tenure[report]'"
_MONEY = ("money spent", "money an order")
UNSAID = frozenset({"outputs", "language", "currency"})
"""Settings that say nothing about the figures."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def warnings(analysis: Analysis, locale: Locale) -> Section:
    """Say what bears on the figures, what concerns the models before what concerns a few rows."""
    ordered = sorted(analysis.warnings, key=lambda warning: isinstance(warning, DataWarning))
    said = []
    for warning in ordered:
        title, means = locale.warning(type(warning))
        said.append(
            Said(
                title or warning_title(warning),
                means,
                f"{warning} {warning.details}".strip(),
                type(warning).__name__,
            )
        )
    lead = locale.text("warnings.some" if said else "warnings.none")
    return Section("warnings", locale.text("warnings.title"), [lead], said)


def quality(analysis: Analysis, locale: Locale) -> Section | None:
    """Say what was read, what was done to it, and what the columns hold."""
    table = analysis.tables.get("quality")
    if table is None:
        return None
    rows = quality_rows(analysis, locale)
    told = pd.DataFrame(
        {
            "what": [what for what, _, _ in rows],
            "value": [_quality_value(value, kind, locale) for _, value, kind in rows],
        }
    )
    tables = [grid(told, locale, name="quality", caption=locale.text("data.quality"))]
    for name in ("profile", "first_rows"):
        if name in analysis.tables:
            table = said_of(analysis.tables[name], name, locale)
            caption = locale.text(f"data.{name}")
            tables.append(grid(table, locale, name=name, caption=caption))
    return Section("data", locale.text("data.title"), tables=tables)


def quality_rows(analysis: Analysis, locale: Locale) -> list[tuple[str, Any, str]]:
    """Return what is known of the data: what, its value, and whether that is a count or money."""
    table = analysis.tables["quality"]
    return [
        (
            _quality_words(str(what), locale),
            locale.phrase(value) if isinstance(value, str) else value,
            "money" if what in _MONEY else "number",
        )
        for what, value in zip(table["what"], table["value"], strict=True)
    ]


def _quality_words(what: str, locale: Locale) -> str:
    column, capped, limits = what.rpartition(": values capped at ")
    if capped:
        return locale.text("data.capped", column=column, limits=limits)
    return locale.phrase(what)


def _quality_value(value: Any, kind: str, locale: Locale) -> str:
    if not isinstance(value, str):
        return locale.money(value) if kind == "money" else locale.number(value)
    return locale.date(value) if _DAY.fullmatch(value) else value


def fit(analysis: Analysis, locale: Locale) -> Section:
    """Give the verdict on each model, and its parameters."""
    verdicts = []
    for role, model in analysis.models.items():
        report: FitReport = model.fit_report_
        table = model.summary.rename_axis("parameter").reset_index()
        headline = "good" if report.ok else "reserved" if report.converged else "unsharp"
        verdicts.append(
            Verdict(
                name=locale.text(f"fit.{role}", model=report.model),
                good=report.ok,
                headline=locale.text(f"fit.{headline}"),
                lines=_fit_lines(report, locale),
                table=grid(
                    table,
                    locale,
                    name="parameters",
                    digits=5,
                    caption=locale.text("fit.parameters", model=report.model),
                ),
            )
        )
    lead = [locale.text("fit.two")] if len(verdicts) > 1 else []
    return Section("fit", locale.text("fit.title"), lead, verdicts=verdicts)


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
    """Hold the model beside the customers it was fitted to, and show what it says of them."""
    title = locale.text("check.title")
    if not charts.can_draw():
        return Section("check", title, notes=[locale.text("check.no_charts", command=INSTALL)])
    purchases = analysis.purchases
    followed = None if purchases is None else timelines.tracking(analysis, purchases, locale)
    drawn = [
        figures.frequencies(analysis, locale),
        *(followed or ()),
        figures.alive_map(analysis, locale),
        figures.value_map(analysis, locale),
    ]
    return Section(
        "check",
        title,
        [locale.text("check.lead")],
        charts=drawn,
        notes=[locale.text("check.map_note")],
    )


def forecast(analysis: Analysis, locale: Locale) -> Section:
    """Forecast purchases and revenue of all customers, and name those worth most."""
    totals = analysis.totals().reset_index()
    period = analysis.forecast.attrs["tenure"].get("horizon_period")
    lengths = [_length(value, period, locale) for value in analysis.horizons.values()]
    totals.insert(1, "length", lengths)
    totals["horizon"] = [locale.horizon(str(label)) for label in totals["horizon"]]
    best = analysis.forecast.nlargest(TOP, analysis.value_column, keep="first")
    best = best.drop(columns="clv_z", errors="ignore")
    meanings = ["p_alive", "purchases"]
    if analysis.spend_model is not None:
        meanings += ["spend", "value"]
    return Section(
        "forecast",
        locale.text("forecast.title"),
        tables=[
            grid(totals, locale, name="totals", caption=locale.text("forecast.all")),
            grid(
                with_ids(best),
                locale,
                name="forecast",
                key=id_name(best),
                caption=locale.text("forecast.best", count=min(TOP, len(best))),
            ),
        ],
        notes=[" ".join(locale.text(f"forecast.{name}") for name in meanings)],
    )


def method(analysis: Analysis, locale: Locale) -> Section:
    """State the conventions, and the settings of this run."""
    settings = pd.DataFrame(
        [
            {"setting": locale.phrase(name.replace("_", " ")), "value": _shown(value, locale)}
            for name, value in analysis.settings.items()
            if value is not None and name not in UNSAID
        ]
    )
    texts = [locale.text("method.months")]
    if analysis.spend_model is not None:
        texts.append(locale.text("method.spend"))
    caption = locale.text("method.settings")
    shown = [grid(settings, locale, name="settings", caption=caption)] if len(settings) else []
    return Section("method", locale.text("method.title"), texts, tables=shown)


def setting(value: Any, locale: Locale) -> str:
    """Write the value of a setting; a day as ISO writes it."""
    if isinstance(value, Mapping):
        return "; ".join(
            f"{locale.phrase(str(key))}: {setting(item, locale)}" for key, item in value.items()
        )
    if isinstance(value, list | tuple):
        return ", ".join(setting(item, locale) for item in value)
    if isinstance(value, bool):
        return locale.text("yes" if value else "no")
    return locale.number(value) if isinstance(value, int | float) else str(value)


def _shown(value: Any, locale: Locale) -> str:
    text = setting(value, locale)
    return locale.date(text) if _DAY.fullmatch(text) else text


def _length(value: float, period: str | None, locale: Locale) -> str:
    if period is None:
        return locale.text("forecast.periods", value=value)
    months = convert(value, period, "M")
    unit = locale.unit(period, value)
    return locale.text(
        "forecast.length", value=locale.number(value, 4), unit=unit, months=locale.number(months, 4)
    )
