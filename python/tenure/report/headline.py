"""The head of the report and its box on trust: key figures, and one line per warning."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tenure.exceptions import DataWarning, TenureWarning
from tenure.fitters.fit_warnings import dropout_unknown
from tenure.insights import usual_gaps
from tenure.locale import Locale
from tenure.pipeline.analysis import Analysis
from tenure.report.components import Section, WarningItem

__all__ = ["Card", "cards", "subtitle", "trust"]


@dataclass(frozen=True)
class Card:
    """A key figure and what it is."""

    name: str
    value: str


def subtitle(analysis: Analysis, locale: Locale) -> str:
    """Return the source, the number of customers and the analysis date in a line."""
    settings = analysis.settings
    parts = [locale.text("subtitle.customers", count=len(analysis.customers))]
    if settings.get("source"):
        parts.insert(0, str(settings["source"]))
    if settings.get("analysis_date"):
        parts.append(locale.text("subtitle.date", date=locale.date(settings["analysis_date"])))
    return " · ".join(parts)


def cards(analysis: Analysis, locale: Locale) -> list[Card]:
    """Return the key figures: what to expect first, then what is known."""
    found: list[Card] = []

    def add(key: str, value: str, **words: str) -> None:
        found.append(Card(locale.text(f"figure.{key}", **words), value))

    has_money = analysis.spend_model is not None
    for label, row in analysis.totals().iterrows():
        horizon = locale.horizon(str(label))
        if has_money:
            add("revenue", locale.money(row["revenue"]), horizon=horizon)
        else:
            add("purchases", locale.number(round(row["expected_purchases"])), horizon=horizon)
    value = analysis.forecast[analysis.value_column]
    total = float(value.sum())
    if total > 0:
        fifth = float(value.nlargest(max(1, len(value) // 5)).sum())
        add("top" if has_money else "top_purchases", locale.percent(fifth / total))
    add("customers", locale.number(len(analysis.customers)))
    if "monetary" in analysis.rfm.columns:
        spent = float(analysis.rfm["monetary"].sum())
        add("order", locale.money(spent / float(analysis.rfm["frequency"].sum())))
        add("spent", locale.money(spent))
    if analysis.p_alive_informative and not dropout_unknown(analysis.purchase_model):
        add("alive", locale.percent(float(analysis.forecast["p_alive"].mean())))
    else:
        gaps = usual_gaps(analysis.customers)
        since = round(float(np.median(gaps["days_since"])))
        usual = gaps["usual_gap"].dropna()
        if len(usual):
            gap = locale.number(round(float(np.median(usual))))
            add("since_gap", locale.number(since), gap=gap)
        else:
            add("since", locale.number(since))
    return found


def trust(analysis: Analysis, locale: Locale) -> Section:
    """List the warnings, one line each: those on the models before those on a few rows."""
    ordered = sorted(analysis.warnings, key=lambda warning: isinstance(warning, DataWarning))
    items = [_item(warning, locale) for warning in ordered]
    lead = locale.text("trust.some" if items else "trust.none")
    return Section("trust", locale.text("trust.title"), [lead], warnings=items)


def _item(warning: TenureWarning, locale: Locale) -> WarningItem:
    """Return the line of a warning: its own text, or the heading of a language with its own."""
    title, meaning = locale.warning(type(warning))
    text, details = warning.text, warning.details
    return WarningItem(
        line=title or text,
        code=warning.code,
        details=[meaning] if meaning else [],
        english=f"{text} {details}".strip() if title else details,
        page=warning.page,
    )
