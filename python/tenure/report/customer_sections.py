"""The report's sections for a CRM team: expectations, segments, campaigns, channels, movement."""

from __future__ import annotations

import pandas as pd

from tenure.campaigns import campaign_table as figures_of
from tenure.data_dictionary import DIMENSIONS, column_label
from tenure.insights import overall_insights
from tenure.io.spreadsheets import id_name
from tenure.locale import Locale
from tenure.pipeline.analysis import Analysis
from tenure.report import charts, plots, segment_text
from tenure.report.components import Download, Section
from tenure.report.customer_table import LIMIT
from tenure.report.tables import Column, Grid, grid, with_ids

__all__ = [
    "campaign_table",
    "campaigns",
    "movement",
    "overview",
    "rfm",
    "segments",
    "tables",
]

TOP = 10
_INACTIVITY = ("days_since", "usual_gap", "overdue")
_FIGURES = ("customers", "share", "orders_past_share", "purchases_expected_share", *_INACTIVITY)
_MONEY_FIGURES = (
    "customers",
    "share",
    "revenue_past_share",
    "revenue_expected_share",
    "basket",
    *_INACTIVITY,
)


def overview(analysis: Analysis, locale: Locale) -> Section:
    """Sum up what to expect of all customers, and what to do about it."""
    totals = analysis.totals().reset_index()
    period = analysis.forecast.attrs["tenure"].get("horizon_period")
    lengths = [_length(value, period, locale) for value in analysis.horizons.values()]
    totals["horizon"] = [
        label if label == length else f"{label} ({length})"
        for label, length in zip(map(locale.horizon, totals["horizon"]), lengths, strict=True)
    ]
    shown = [grid(totals, locale, name="totals", caption=locale.text("overview.totals"))]
    found = overall_insights(analysis, language=locale.language)
    if len(found):
        caption = locale.text("overview.findings")
        shown.append(grid(found[["finding", "action"]], locale, name="insights", caption=caption))
    note = locale.text("overview.money" if analysis.spend_model is not None else "overview.counts")
    return Section("overview", locale.text("overview.title"), tables=shown, notes=[note])


def segments(analysis: Analysis, locale: Locale) -> Section:
    """Describe the value segments."""
    lead = locale.text("segments.lead", value=column_label(analysis.value_column, locale))
    return _scheme(analysis, "value", "segments", lead, locale)


def rfm(analysis: Analysis, locale: Locale) -> Section | None:
    """Describe the RFM segments."""
    if not (analysis.segments["scheme"] == "rfm").any():
        return None
    return _scheme(analysis, "rfm", "rfm", locale.text("rfm.lead"), locale)


def _scheme(analysis: Analysis, scheme: str, place: str, lead: str, locale: Locale) -> Section:
    table = plots.scheme_table(analysis, scheme)
    names = segment_text.names_of(table["segment"].astype(str).tolist(), scheme, locale.language)
    hidden = ["finding", "advice", "expected_spend_mean"]
    if not analysis.p_alive_informative:
        hidden.append("p_alive_mean")
    figures = table.assign(segment=names).drop(columns=hidden, errors="ignore")
    shown, folded = [], []
    advice = _advice(analysis, scheme, locale)
    if advice is not None:
        shown.append(advice)
    caption = locale.text("segments.figures")
    shown.append(grid(figures, locale, name="segments", caption=caption))
    basis = _basis(analysis, scheme, locale)
    if basis is not None:
        folded.append(basis)
    drawn = [plots.scheme_chart(analysis, locale, scheme)] if charts.can_draw() else []
    return Section(
        place, locale.text(f"{place}.title"), [lead], charts=drawn, tables=shown, folded=folded
    )


def _advice(analysis: Analysis, scheme: str, locale: Locale) -> Grid | None:
    """Return what stands out in each segment of a scheme, and what to do."""
    found = segment_text.insights(analysis, locale.language)
    part = found[found["scheme"] == scheme]
    if part.empty:
        return None
    names = segment_text.names_of(part["segment"].astype(str).tolist(), scheme, locale.language)
    table = part.assign(segment=names)[["segment", "customers", "finding", "action"]]
    return grid(table, locale, name="insights", caption=locale.text("segments.advice"))


def _basis(analysis: Analysis, scheme: str, locale: Locale) -> Grid | None:
    """Return the figures that the findings on the segments of a scheme rest on."""
    found = segment_text.insights(analysis, locale.language)
    part = found[found["scheme"] == scheme]
    if part.empty:
        return None
    names = segment_text.names_of(part["segment"].astype(str).tolist(), scheme, locale.language)
    chosen = _MONEY_FIGURES if "revenue_expected_share" in part.columns else _FIGURES
    columns = [name for name in chosen if name in part.columns]
    table = part.assign(segment=names)[["segment", *columns]]
    return grid(table, locale, name="insights", caption=locale.text("segments.basis"))


def tables(analysis: Analysis, locale: Locale) -> Section:
    """Compare channels, categories and types of store, and list the top customers."""
    compared = [name for name in DIMENSIONS if name in analysis.tables]
    top = [name for name in ("top_revenue", "top_orders") if name in analysis.tables]
    shown = [_table(analysis, name, locale) for name in compared]
    shown.append(_best(analysis, locale))
    shown += [_table(analysis, name, locale) for name in top]
    folded = [
        _crossed(analysis, name, scheme, locale) for name in compared for scheme in ("rfm", "value")
    ]
    title = locale.text("tables.title" if compared else "tables.customers")
    return Section("tables", title, tables=shown, folded=folded)


def _table(analysis: Analysis, name: str, locale: Locale) -> Grid:
    """Return one of the tables of the analysis; its first column is the caller's."""
    table = analysis.tables[name]
    caption = locale.text(f"tables.{name}")
    return grid(table, locale, name=name, key=str(table.columns[0]), caption=caption)


def _crossed(analysis: Analysis, name: str, scheme: str, locale: Locale) -> Grid:
    """Count the customers of each segment by channel, category or type of store."""
    table = analysis.tables[f"{name}_by_segment"]
    part = table[table["scheme"] == scheme]
    dimension = str(part.columns[2])
    order = part["segment"].astype(str).drop_duplicates().tolist()
    counts = part.assign(segment=part["segment"].astype(str)).pivot(
        index="segment", columns=dimension, values="customers"
    )
    counts = counts.loc[order, analysis.tables[name][dimension].tolist()].fillna(0)
    names = segment_text.names_of(order, scheme, locale.language)
    rows = [
        [segment, *map(locale.number, row)]
        for segment, row in zip(names, counts.to_numpy(float).tolist(), strict=True)
    ]
    kind = column_label("rfm_segment" if scheme == "rfm" else "value_segment", locale)
    columns = [Column(kind, True), *(Column(str(head), False) for head in counts.columns)]
    caption = locale.text("tables.crossed", table=locale.text(f"tables.{name}"), segment=kind)
    return Grid(columns, rows, caption, matrix=True)


def _best(analysis: Analysis, locale: Locale) -> Grid:
    """Return the customers with the highest expected value."""
    value = analysis.value_column
    best = analysis.forecast.nlargest(TOP, value, keep="first")
    kinds = ["expected_purchases", "expected_spend"]
    wanted = [value, "segment", *(f"{kinds[0]}_{analysis.longest}", kinds[1])]
    if analysis.p_alive_informative:
        wanted.append("p_alive")
    best = best[[name for name in dict.fromkeys(wanted) if name in best.columns]]
    caption = locale.text("tables.best", count=min(TOP, len(best)))
    return grid(with_ids(best), locale, name="forecast", key=id_name(best), caption=caption)


def campaigns(analysis: Analysis, locale: Locale) -> Section | None:
    """List the campaigns: rule, reach, what their customers bring anyway, and whom they share."""
    if not analysis.campaigns:
        return None
    table = campaign_table(analysis, locale).drop(columns="file")
    caption = locale.text("campaigns.lists", horizon=locale.horizon(analysis.longest))
    shown = [grid(table, locale, name="campaigns", caption=caption)]
    if len(analysis.campaigns) > 1:
        shown.append(_overlap(analysis, locale))
    short = [campaign for campaign in analysis.campaigns if len(campaign) <= LIMIT]
    downloads = [
        Download(
            place,
            locale.text("campaigns.short", file=campaign.file),
            locale.text("campaigns.download", name=campaign.name),
        )
        for place, campaign in enumerate(short)
    ]
    lead = [locale.text("campaigns.lead")] if analysis.spend_model is not None else []
    title = locale.text("campaigns.title")
    return Section("campaigns", title, lead, tables=shown, downloads=downloads)


def campaign_table(analysis: Analysis, locale: Locale) -> pd.DataFrame:
    """Return one row per campaign: rule, reach, and what its customers are expected to bring."""
    campaigns = analysis.campaigns
    table = figures_of(campaigns).reset_index(drop=True).dropna(axis="columns", how="all")
    if "discount" in table.columns and not table["discount"].any():
        table = table.drop(columns=["discount", "revenue_after_discount"])
    if "discount" in table.columns:
        table["discount"] = table["discount"].where(table["discount"] > 0)
    table.insert(0, "campaign", [campaign.name for campaign in campaigns])
    table.insert(1, "rule", [made.campaign.describe(locale.language) for made in campaigns])
    table["file"] = [campaign.file for campaign in campaigns]
    return table


def _overlap(analysis: Analysis, locale: Locale) -> Grid:
    shared = analysis.overlap
    rows = [
        [str(name), *(locale.number(int(count)) for count in counts)]
        for name, counts in zip(shared.index, shared.to_numpy().tolist(), strict=True)
    ]
    names = (Column(str(name), False) for name in shared.columns)
    columns = [Column(column_label("campaign", locale), True), *names]
    return Grid(columns, rows, locale.text("campaigns.overlap"), matrix=True)


def movement(analysis: Analysis, locale: Locale) -> Section | None:
    """Count who moved between value segments since the last run."""
    moved = analysis.movement
    if moved is None:
        return None
    table = moved.table
    heads = [Column(locale.text("movement.from"), True)]
    heads += [Column(_moved(str(name), locale), False) for name in table.columns]
    rows = [
        [_moved(str(name), locale), *(locale.number(int(count)) for count in counts)]
        for name, counts in zip(table.index, table.to_numpy().tolist(), strict=True)
    ]
    caption = locale.text("movement.table")
    lists = {name: locale.number(len(getattr(moved, name))) for name in _MOVES}
    return Section(
        "movement",
        locale.text("movement.title"),
        [locale.text("movement.lead", **lists)],
        tables=[Grid(heads, rows, caption, matrix=True)],
    )


_MOVES = ("risers", "fallers", "new", "gone")


def _moved(name: str, locale: Locale) -> str:
    return locale.term(name) if name in ("(new)", "(gone)") else name


def _length(value: float, period: str | None, locale: Locale) -> str:
    """Write how long a horizon is in the period the models count in."""
    if period is None:
        return locale.text("forecast.periods", value=value)
    return f"{locale.number(value, 4)} {locale.unit(period, value)}"
