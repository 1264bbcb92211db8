"""Fill the report's template. Everything the page says is decided here; the page only shows it.

The template escapes whatever it prints, so customer ids and category names stay text. The page
carries its own style, runs no script and asks the network for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pandas as pd

from tenure.analysis import Analysis, warning_title
from tenure.exceptions import DataWarning
from tenure.periods import PERIOD_NAMES, convert
from tenure.report.tables import Grid, grid, money, number, percent

if TYPE_CHECKING:
    from tenure.diagnostics import FitReport

__all__ = ["render"]

TOP = 10


@dataclass(frozen=True)
class Said:
    """One warning as the page shows it."""

    title: str
    text: str
    kind: str


@dataclass(frozen=True)
class Verdict:
    """What the page says of one model."""

    name: str
    good: bool
    headline: str
    lines: Sequence[str]
    table: Grid


@dataclass(frozen=True)
class Section:
    """A part of the page."""

    id: str
    title: str
    texts: Sequence[str] = ()
    warnings: Sequence[Said] = ()
    verdicts: Sequence[Verdict] = ()
    tables: Sequence[Grid] = ()
    notes: Sequence[str] = field(default_factory=tuple)


def render(analysis: Analysis) -> str:
    """Return the report of an analysis as one HTML page.

    Parameters
    ----------
    analysis : Analysis
        What :func:`tenure.run` returned.

    Returns
    -------
    str
        A complete page: no script, no link to other files, no request to the network.

    Examples
    --------
    >>> import tenure
    >>> analysis = tenure.run(tenure.datasets.load_cdnow_transactions(), customer="customer_id",
    ...                       date="date", amount="dollar_value")  # doctest: +SKIP
    >>> page = render(analysis)  # doctest: +SKIP
    """
    import jinja2

    from tenure import __version__

    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    source = files("tenure.report").joinpath("template.html").read_text(encoding="utf-8")
    builders: list[Callable[[Analysis], Section | None]] = [
        _warnings,
        _quality,
        _fit,
        _forecast,
        _segments,
        _rfm,
        _tables,
        _campaigns,
        _method,
    ]
    sections = [section for build in builders if (section := build(analysis)) is not None]
    return environment.from_string(source).render(
        title="Customer lifetime value and segments",
        subtitle=_subtitle(analysis),
        figures=_figures(analysis),
        sections=sections,
        version=__version__,
    )


def _subtitle(analysis: Analysis) -> str:
    settings = analysis.settings
    words = [f"{len(analysis.customers):,} customers"]
    if settings.get("source"):
        words.insert(0, str(settings["source"]))
    if settings.get("analysis_date"):
        words.append(f"seen from {settings['analysis_date']}")
    return " · ".join(words)


def _figures(analysis: Analysis) -> list[dict[str, str]]:
    figures = [{"name": "customers", "value": number(len(analysis.customers))}]
    for label, row in analysis.totals().iterrows():
        name = _spoken(str(label))
        if "revenue" in row.index:
            figures.append(
                {"name": f"revenue expected in {name}, discounted", "value": money(row["revenue"])}
            )
        else:
            figures.append(
                {
                    "name": f"purchases expected in {name}",
                    "value": number(row["expected_purchases"]),
                }
            )
    alive = float(analysis.forecast["p_alive"].mean())
    figures.append({"name": "mean probability of being alive", "value": percent(alive)})
    return figures


def _warnings(analysis: Analysis) -> Section:
    # What concerns the models bears on more than what concerns a few rows.
    ordered = sorted(analysis.warnings, key=lambda warning: isinstance(warning, DataWarning))
    said = [
        Said(warning_title(warning), str(warning), type(warning).__name__) for warning in ordered
    ]
    texts = (
        ["What follows bears on the figures of this page. Read it before you use them."]
        if said
        else ["Nothing in the data or the fits calls for a warning."]
    )
    return Section("warnings", "Read this first", texts, said)


def _quality(analysis: Analysis) -> Section | None:
    table = analysis.tables.get("quality")
    if table is None:
        return None
    tables = [grid(table)]
    if "columns" in analysis.tables:
        caption = "Columns as read; quantiles of the numbers"
        tables.append(grid(analysis.tables["columns"], caption=caption))
    return Section("data", "The data", tables=tables)


def _fit(analysis: Analysis) -> Section:
    verdicts = []
    for role, model in analysis.models.items():
        report: FitReport = model.fit_report_
        summary: pd.DataFrame = model.summary
        verdicts.append(
            Verdict(
                name=f"{report.model}: {'how often' if role == 'purchase' else 'how much'}",
                good=report.ok,
                headline="Fitted well." if report.ok else _headline(report),
                lines=_fit_lines(report),
                table=grid(summary.rename_axis("parameter").reset_index(), digits=5),
            )
        )
    return Section(
        "fit",
        "The models",
        [
            "Two models stand behind the forecast: one for how often customers buy and whether"
            " they still do, one for what a purchase brings."
        ]
        if len(verdicts) > 1
        else [],
        verdicts=verdicts,
    )


def _headline(report: FitReport) -> str:
    if not report.converged:
        return "The fit did not reach its maximum sharply."
    return "Fitted, with reservations."


def _fit_lines(report: FitReport) -> list[str]:
    lines = [
        f"{report.customers:,} customers, log-likelihood {report.log_likelihood:,.2f},"
        f" {report.evaluations} evaluations."
    ]
    if report.p_alive_min is not None and report.p_alive_max is not None:
        low, high = f"{report.p_alive_min:.4g}", f"{report.p_alive_max:.4g}"
        lines.append(
            f"P(alive) is {low} for every customer."
            if low == high
            else f"P(alive) runs from {low} to {high}."
        )
    if report.not_identified:
        lines.append(f"Not determined by the data: {', '.join(report.not_identified)}.")
    if report.independence is not None and not report.independence.dependent:
        lines.append(report.independence.message)
    if report.notices:
        lines.append("What that means stands in the first section.")
    return lines


def _forecast(analysis: Analysis) -> Section:
    totals = analysis.totals().reset_index()
    period = analysis.forecast.attrs["tenure"].get("horizon_period")
    totals.insert(1, "length", [_length(value, period) for value in analysis.horizons.values()])
    best = analysis.forecast.nlargest(TOP, analysis.value_column, keep="first")
    shown = [column for column in best.columns if column not in ("clv_z",)]
    return Section(
        "forecast",
        "Forecast",
        tables=[
            grid(totals, caption="All customers together"),
            grid(
                best[shown].reset_index(),
                caption=f"The {min(TOP, len(best))} customers worth most ({analysis.value_column})",
            ),
        ],
        notes=[" ".join([*_meanings(analysis), "All customers are in forecast.csv."])],
    )


def _meanings(analysis: Analysis) -> list[str]:
    words = [
        "p_alive: probability that the customer still buys here.",
        "expected_purchases: mean number of purchases over the horizon.",
    ]
    if analysis.spend_model is not None:
        words += [
            "expected_spend: mean money a purchase.",
            "clv: revenue over the horizon, discounted.",
            "clv_score: clv from 0 (least) to 1 (most).",
        ]
    return words


def _segments(analysis: Analysis) -> Section:
    table = _of_scheme(analysis.segments, "value")
    return Section(
        "segments",
        "Value segments",
        [
            f"Customers in groups of about equal size by {analysis.value_column}; customers of"
            " equal value stay together."
        ],
        tables=[_ranked(table), _advice(table)],
    )


def _rfm(analysis: Analysis) -> Section | None:
    table = _of_scheme(analysis.segments, "rfm")
    if table.empty:
        return None
    return Section(
        "rfm",
        "RFM segments",
        [
            "Scores 1 to 5 by fifths of recency (days since the last order, 5 the most recent),"
            " frequency (orders) and monetary (money spent); segments by recency and frequency."
        ],
        tables=[_ranked(table), _advice(table)],
    )


def _of_scheme(segments: pd.DataFrame, scheme: str) -> pd.DataFrame:
    chosen = segments[segments["scheme"] == scheme].drop(columns="scheme")
    result: pd.DataFrame = chosen.dropna(axis="columns", how="all")
    return result


def _ranked(table: pd.DataFrame) -> Grid:
    """Show the segments' figures, with bars for what they are expected to bring."""
    column = next(name for name in ("revenue", "purchases") if name in table.columns)
    top = float(table[column].max())
    bars = [100 * value / top if top > 0 else 0.0 for value in table[column].astype(float)]
    shown = table.drop(columns=["advice", "expected_spend_mean"], errors="ignore")
    return grid(shown, bar=(column, bars))


def _advice(table: pd.DataFrame) -> Grid:
    return grid(table[["segment", "advice"]], caption="What to do")


def _tables(analysis: Analysis) -> Section | None:
    titles = {
        "channels": "By channel",
        "top_revenue": "Most money so far",
        "top_orders": "Most orders so far",
    }
    grids = [
        grid(analysis.tables[name], caption=title)
        for name, title in titles.items()
        if name in analysis.tables
    ]
    return Section("tables", "Channels and best customers", tables=grids) if grids else None


def _campaigns(analysis: Analysis) -> Section | None:
    if not analysis.campaigns:
        return None
    rows = []
    for campaign in analysis.campaigns:
        row: dict[str, Any] = {
            "campaign": campaign.name,
            "rule": campaign.rule,
            "customers": len(campaign),
        }
        if campaign.expected_revenue is not None:
            row[f"revenue expected in {analysis.longest}"] = campaign.expected_revenue
        rows.append({**row, "file": campaign.file})
    return Section("campaigns", "Campaigns", tables=[grid(pd.DataFrame(rows))])


def _method(analysis: Analysis) -> Section:
    settings = pd.DataFrame(
        [
            {"setting": name.replace("_", " "), "value": _setting(value)}
            for name, value in analysis.settings.items()
            if value is not None
        ]
    )
    return Section(
        "method",
        "How the figures were made",
        _rules(analysis),
        tables=[grid(settings)] if len(settings) else [],
    )


def _rules(analysis: Analysis) -> list[str]:
    rules = [
        "A month is 30.4375 days. A repeat purchase is any after the first; the purchase model"
        " counts those."
    ]
    if analysis.spend_model is not None:
        rules.append(
            "The spending model counts the purchases that a customer's mean order averages. Revenue"
            " is discounted month by month, from the end of each; no costs are taken off."
        )
    return rules


def _setting(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_setting(item) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _length(value: float, period: str | None) -> str:
    if period is None:
        return f"{value:g} periods"
    months = convert(value, period, "M")
    return f"{value:.4g} {PERIOD_NAMES[period]}s = {months:.4g} months"


def _spoken(label: str) -> str:
    count, unit = label[:-1], label[-1:].upper() if label[-1:] != "h" else "h"
    name = PERIOD_NAMES.get(unit)
    return label if name is None else f"{count} {name}{'' if count == '1' else 's'}"
