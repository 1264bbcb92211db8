"""What the report says of the customers: segments, findings, cohorts, movement and campaigns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from tenure.analysis import Analysis, CampaignList
from tenure.locale import Locale
from tenure.report import charts, figures, timelines, upstream
from tenure.report.customers import LIMIT
from tenure.report.parts import Download, Section
from tenure.report.tables import Column, Grid, grid

__all__ = [
    "campaign_table",
    "campaigns",
    "cohorts",
    "insights",
    "movement",
    "rfm",
    "segments",
    "tables",
]


def segments(analysis: Analysis, locale: Locale) -> Section:
    """Describe the value segments."""
    lead = locale.text("segments.lead", value=locale.column(analysis.value_column))
    return _scheme(analysis, "value", "segments", lead, locale)


def rfm(analysis: Analysis, locale: Locale) -> Section | None:
    """Describe the RFM segments."""
    if not (analysis.segments["scheme"] == "rfm").any():
        return None
    return _scheme(analysis, "rfm", "rfm", locale.text("rfm.lead"), locale)


def _scheme(analysis: Analysis, scheme: str, place: str, lead: str, locale: Locale) -> Section:
    chosen = analysis.segments[analysis.segments["scheme"] == scheme]
    table = chosen.drop(columns="scheme").dropna(axis="columns", how="all")
    plain = table["segment"].astype(str).tolist()
    names = upstream.segment_names(plain, scheme, locale.language)
    advice = upstream.segment_advice(plain, scheme, locale.language)
    table = table.assign(segment=names)
    return Section(
        place,
        locale.text(f"{place}.title"),
        [lead],
        charts=[figures.segment_bars(table, names, locale)] if charts.can_draw() else [],
        tables=[
            grid(
                table.drop(columns=["advice", "expected_spend_mean"], errors="ignore"),
                locale,
                caption=locale.text("segments.figures"),
            ),
            grid(
                pd.DataFrame({"segment": names, "advice": advice or table["advice"].tolist()}),
                locale,
                caption=locale.text("segments.advice"),
            ),
        ],
    )


def tables(analysis: Analysis, locale: Locale) -> Section | None:
    """Compare the channels, and name the customers who spent and ordered most."""
    grids = [
        grid(analysis.tables[name], locale, caption=locale.text(f"tables.{name}"))
        for name in ("channels", "top_revenue", "top_orders")
        if name in analysis.tables
    ]
    return Section("tables", locale.text("tables.title"), tables=grids) if grids else None


def campaigns(analysis: Analysis, locale: Locale) -> Section | None:
    """List the campaigns: rule, reach, what they are expected to bring, and whom they share."""
    if not analysis.campaigns:
        return None
    caption = locale.text("campaigns.lists", horizon=locale.horizon(analysis.longest))
    shown = [grid(campaign_table(analysis, locale), locale, caption=caption)]
    if len(analysis.campaigns) > 1:
        shown.append(_overlap(analysis.campaigns, locale))
    short = [campaign for campaign in analysis.campaigns if len(campaign) <= LIMIT]
    downloads = [
        Download(
            place,
            locale.text("campaigns.short", file=campaign.file),
            locale.text("campaigns.download", name=campaign.name),
        )
        for place, campaign in enumerate(short)
    ]
    return Section("campaigns", locale.text("campaigns.title"), tables=shown, downloads=downloads)


def campaign_table(analysis: Analysis, locale: Locale) -> pd.DataFrame:
    """Return a row a campaign: rule, reach, and what its customers are expected to bring."""
    campaigns = analysis.campaigns
    figures_ = upstream.campaign_figures(campaigns)
    if figures_ is None:
        purchases = f"expected_purchases_{analysis.longest}"
        rows = []
        for campaign in campaigns:
            row: dict[str, Any] = {
                "customers": len(campaign),
                "expected_purchases": float(campaign.customers[purchases].sum()),
            }
            if campaign.expected_revenue is not None:
                row["expected_revenue"] = campaign.expected_revenue
            rows.append(row)
        figures_ = pd.DataFrame(rows)
    table = figures_.reset_index(drop=True).dropna(axis="columns", how="all")
    if "discount" in table.columns and not table["discount"].any():
        table = table.drop(columns=["discount", "revenue_after_discount"])
    table.insert(0, "campaign", [campaign.name for campaign in campaigns])
    table.insert(1, "rule", [upstream.rule(campaign, locale.language) for campaign in campaigns])
    table["file"] = [campaign.file for campaign in campaigns]
    return table


def _overlap(campaigns: Sequence[CampaignList], locale: Locale) -> Grid:
    names = [campaign.name for campaign in campaigns]
    rows = [
        [one.name, *(locale.number(int(one.ids.isin(other.ids).sum())) for other in campaigns)]
        for one in campaigns
    ]
    columns = [Column(locale.column("campaign"), True), *(Column(name, False) for name in names)]
    return Grid(columns, rows, locale.text("campaigns.overlap"))


def insights(analysis: Analysis, locale: Locale) -> Section | None:
    """Say what stands out in each segment, what to do about it, and on which figures that rests."""
    found = upstream.insights(analysis, locale.language)
    if found is None or found.empty:
        return None
    table = found.reset_index() if found.index.name else found
    shown = []
    overall = upstream.findings(analysis, locale.language)
    if overall is not None and len(overall):
        caption = locale.text("insights.overall")
        shown.append(grid(overall[["finding", "action"]], locale, caption=caption))
    schemes = table["scheme"].unique().tolist() if "scheme" in table.columns else [None]
    for scheme in schemes:
        part = table if scheme is None else table[table["scheme"] == scheme]
        names = upstream.segment_names(
            part["segment"].astype(str).tolist(), scheme, locale.language
        )
        said = part.assign(segment=names)
        title = locale.text(f"{'rfm' if scheme == 'rfm' else 'segments'}.title")
        words = [name for name in ("segment", "finding", "action") if name in said.columns]
        shown.append(grid(said[words], locale, caption=title))
        figures_ = _MONEY_FIGURES if "revenue_expected_share" in said.columns else _FIGURES
        numbers = [name for name in figures_ if name in said.columns]
        if numbers:
            caption = locale.text("insights.figures", title=title)
            shown.append(grid(said[["segment", *numbers]], locale, caption=caption))
    return Section("insights", locale.text("insights.title"), tables=shown)


_SILENCE = ("p_alive", "days_since", "usual_gap", "overdue")
_FIGURES = ("customers", "share", "orders_past_share", "purchases_expected_share", *_SILENCE)
_MONEY_FIGURES = (
    "customers",
    "share",
    "revenue_past_share",
    "revenue_expected_share",
    "basket",
    *_SILENCE,
)


def cohorts(analysis: Analysis, locale: Locale) -> Section | None:
    """Follow the customers of each month of first purchase: who came back, what they paid."""
    found = upstream.cohorts(analysis)
    if found is None:
        return None
    title, lead = locale.text("cohorts.title"), [locale.text("cohorts.lead")]
    if not found.complete:
        lead.append(locale.text("cohorts.incomplete"))
    drawn, shown = [], []
    matrices = {
        "retention": found.retention,
        "survival": upstream.survival(analysis),
        "revenue": found.cumulative_revenue_per_customer,
    }
    for name, matrix in matrices.items():
        if matrix is None:
            continue
        caption = locale.text(f"cohorts.{name}")
        if charts.can_draw() and matrix.shape[1] > 1:
            drawn.append(timelines.cohort_map(matrix, caption, name != "revenue", locale))
        else:
            shown.append(timelines.cohort_grid(matrix, caption, name != "revenue", locale))
    return Section("cohorts", title, lead, charts=drawn, tables=shown)


def movement(analysis: Analysis, locale: Locale) -> Section | None:
    """Count who moved between value segments since the last run."""
    moved = upstream.movement(analysis)
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
        tables=[Grid(heads, rows, caption)],
    )


_MOVES = ("risers", "fallers", "new", "gone")


def _moved(name: str, locale: Locale) -> str:
    return locale.phrase(name) if name in ("(new)", "(gone)") else name
