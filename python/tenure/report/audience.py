"""What the report says of the customers: segments, findings, cohorts, movement and campaigns."""

from __future__ import annotations

import pandas as pd

from tenure.analysis import Analysis
from tenure.campaigns import campaign_table as figures_of
from tenure.cohorts import cohort_survival
from tenure.dictionary import DIMENSIONS
from tenure.insights import overall_insights
from tenure.locale import Locale
from tenure.report import charts, figures, timelines, words
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
    names = words.names_of(plain, scheme, locale.language)
    advice = list(words.advice_on(analysis, scheme, locale.language).values())
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
                name="segments",
                caption=locale.text("segments.figures"),
            ),
            grid(
                pd.DataFrame({"segment": names, "advice": advice}),
                locale,
                name="segments",
                caption=locale.text("segments.advice"),
            ),
        ],
    )


def tables(analysis: Analysis, locale: Locale) -> Section | None:
    """Compare channels, categories and types of store; name the best customers."""
    grids = [
        grid(
            analysis.tables[name],
            locale,
            name=name,
            key=str(analysis.tables[name].columns[0]),
            caption=locale.text(f"tables.{name}"),
        )
        for name in (*DIMENSIONS, "top_revenue", "top_orders")
        if name in analysis.tables
    ]
    return Section("tables", locale.text("tables.title"), tables=grids) if grids else None


def campaigns(analysis: Analysis, locale: Locale) -> Section | None:
    """List the campaigns: rule, reach, what they are expected to bring, and whom they share."""
    if not analysis.campaigns:
        return None
    caption = locale.text("campaigns.lists", horizon=locale.horizon(analysis.longest))
    shown = [grid(campaign_table(analysis, locale), locale, name="campaigns", caption=caption)]
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
    return Section("campaigns", locale.text("campaigns.title"), tables=shown, downloads=downloads)


def campaign_table(analysis: Analysis, locale: Locale) -> pd.DataFrame:
    """Return a row a campaign: rule, reach, and what its customers are expected to bring."""
    campaigns = analysis.campaigns
    table = figures_of(campaigns).reset_index(drop=True).dropna(axis="columns", how="all")
    if "discount" in table.columns and not table["discount"].any():
        table = table.drop(columns=["discount", "revenue_after_discount"])
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
    columns = [Column(locale.column("campaign"), True), *names]
    return Grid(columns, rows, locale.text("campaigns.overlap"))


def insights(analysis: Analysis, locale: Locale) -> Section:
    """Say what stands out in each segment, what to do about it, and on which figures that rests."""
    table = words.insights(analysis, locale.language)
    shown = []
    overall = overall_insights(analysis, language=locale.language)
    if len(overall):
        caption = locale.text("insights.overall")
        shown.append(grid(overall[["finding", "action"]], locale, name="insights", caption=caption))
    for scheme in table["scheme"].unique().tolist():
        part = table[table["scheme"] == scheme]
        names = words.names_of(part["segment"].astype(str).tolist(), scheme, locale.language)
        said = part.assign(segment=names)
        title = locale.text(f"{'rfm' if scheme == 'rfm' else 'segments'}.title")
        sentences = said[["segment", "finding", "action"]]
        shown.append(grid(sentences, locale, name="insights", caption=title))
        figures_ = _MONEY_FIGURES if "revenue_expected_share" in said.columns else _FIGURES
        numbers = [name for name in figures_ if name in said.columns]
        caption = locale.text("insights.figures", title=title)
        numbers_ = said[["segment", *numbers]]
        shown.append(grid(numbers_, locale, name="insights", caption=caption))
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
    found = analysis.cohorts
    if found is None:
        return None
    title, lead = locale.text("cohorts.title"), [locale.text("cohorts.lead")]
    if not found.complete:
        lead.append(locale.text("cohorts.incomplete"))
    drawn, shown = [], []
    matrices = {
        "retention": found.retention,
        "survival": _survival(analysis),
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


def _survival(analysis: Analysis) -> pd.DataFrame:
    """Return the share of each cohort that the model expects to be customers still, by age."""
    table = cohort_survival(analysis.purchase_model, analysis.customers)
    matrix: pd.DataFrame = table.pivot(index="cohort", columns="age", values="survival")
    return matrix


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
        tables=[Grid(heads, rows, caption)],
    )


_MOVES = ("risers", "fallers", "new", "gone")


def _moved(name: str, locale: Locale) -> str:
    return locale.phrase(name) if name in ("(new)", "(gone)") else name
