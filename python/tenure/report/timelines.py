"""Charts over time: purchases actual and expected, and cohorts."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure._warnings import collect_warnings
from tenure.io.provenance import provenance
from tenure.locale import Locale
from tenure.periods import PERIOD_DAYS, convert
from tenure.pipeline.analysis import Analysis
from tenure.report import charts
from tenure.report.chart_objects import Chart
from tenure.report.figures import figures_grid
from tenure.report.tables import Column, Grid
from tenure.utils.over_time import follow_purchases

__all__ = ["cohort_grid", "cohort_map", "tracking"]

_COHORTS = 13
_TRACKED = ("D", "W", "M", "Y")
"""Periods that are followed."""
_FEWEST = 3
"""Periods that make a line."""


def tracking(
    analysis: Analysis, purchases: pd.DataFrame, locale: Locale
) -> tuple[Chart, Chart] | None:
    """Follow the repeat purchases of all customers over time, made and expected.

    Parameters
    ----------
    analysis : Analysis
        What :func:`tenure.run` found.
    purchases : DataFrame
        The purchases it was made from: ``customer``, ``date``.
    locale : Locale
        How it is written.

    Returns
    -------
    tuple of Chart or None
        Added up since the first day, and in each period; None where there are too few periods.
    """
    period = (provenance(analysis.customers) or {}).get("period")
    if period not in _TRACKED:
        return None
    ends = _ends(purchases["date"].min(), purchases["date"].max(), period)
    if len(ends) < _FEWEST:
        return None
    # The run has emitted every warning these purchases call for.
    with collect_warnings():
        added = follow_purchases(
            analysis.purchase_model,
            purchases["customer"],
            purchases["date"],
            ends,
            unit=PERIOD_DAYS[period],
        )
    axis = locale.text("check.time", unit=locale.unit(period, 2))
    return (
        _line_chart(added, "cumulative_purchases", axis, locale),
        _line_chart(added.diff().dropna(), "incremental_purchases", axis, locale),
    )


def _ends(first: pd.Timestamp, last: pd.Timestamp, period: str) -> NDArray[np.int64]:
    """Return the last days of the periods from the first date on, that day being 1.

    Months and years are those of the calendar.
    """
    whole = int(convert((last - first) / pd.Timedelta(days=1), "D", period))
    if period in ("D", "W"):
        return np.arange(1, whole + 1) * int(PERIOD_DAYS[period])
    start = pd.Period(first, freq=period)
    following = pd.period_range(start + 1, periods=whole, freq=start.freq).start_time
    days: NDArray[np.int64] = np.asarray((following - first.normalize()).days, dtype=np.int64)
    return days


def _line_chart(table: pd.DataFrame, name: str, axis: str, locale: Locale) -> Chart:
    title = locale.text(f"check.{name}")
    series = {"actual": locale.text("check.actual"), "predicted": locale.text("check.model")}
    long = pd.concat(
        [
            pd.DataFrame({"t": table.index + 1, "series": label, "purchases": table[column]})
            for column, label in series.items()
        ],
        ignore_index=True,
    )
    drawing = charts.lines(
        long, x="t", series="series", value="purchases", title=axis, locale=locale
    )
    totals = {kind: locale.number(round(float(table[kind].iloc[-1]))) for kind in series}
    words = locale.text("check.tracking_alt", actual=totals["actual"], expected=totals["predicted"])
    rows = [
        [locale.number(t + 1), locale.number(a), locale.number(round(e, 1))]
        for t, a, e in zip(table.index, table["actual"], table["predicted"], strict=True)
    ]
    return Chart(name, title, drawing, words, figures_grid([axis, *series.values()], rows, locale))


def cohort_map(matrix: pd.DataFrame, name: str, locale: Locale) -> Chart:
    """Draw what cohorts did by age, the latest :data:`_COHORTS` of them; unobserved cells empty.

    Parameters
    ----------
    matrix : DataFrame
        One row per cohort, one column per age; NaN where nothing is observed.
    name : {"retention", "survival", "cohort_revenue"}
        What it holds: shares, or money.
    locale : Locale
        How it is written.

    Returns
    -------
    Chart
        With all cohorts and ages in its table.
    """
    title, share = locale.text(f"cohorts.{name}"), name != "cohort_revenue"
    part = matrix.iloc[-_COHORTS:, :_COHORTS]
    # The first age holds all customers by definition: it would take all of the colour.
    seen = part.iloc[:, 1:] if share and part.shape[1] > 1 else part
    write = locale.percent if share else locale.amount
    drawn = pd.DataFrame(
        [
            {"x": str(age), "y": str(cohort), "value": float(value)}
            for cohort, row in zip(seen.index, seen.to_numpy().tolist(), strict=True)
            for age, value in zip(seen.columns, row, strict=True)
            if np.isfinite(value)
        ],
        columns=["x", "y", "value"],
    )
    drawn["shown"] = [
        locale.number(round(100 * value) if share else round(value)) for value in drawn["value"]
    ]
    axes = (locale.text("cohorts.age"), locale.text("cohorts.cohort"))
    drawn["label"] = [
        f"{axes[1]} {y}, {axes[0]} {x}: {write(value)}"
        for x, y, value in zip(drawn["x"], drawn["y"], drawn["value"], strict=True)
    ]
    drawing = charts.heat_map(
        drawn,
        x="x",
        y="y",
        value="value",
        titles=axes,
        orders=([str(age) for age in seen.columns], [str(cohort) for cohort in seen.index]),
        locale=locale,
    )
    words = locale.text(
        "cohorts.alt",
        value=title,
        cohorts=len(seen),
        minimum=write(float(drawn["value"].min())),
        maximum=write(float(drawn["value"].max())),
    )
    table = cohort_grid(matrix, name, locale, caption=locale.text("table.of"))
    return Chart(name, title, drawing, words, table)


def cohort_grid(matrix: pd.DataFrame, name: str, locale: Locale, *, caption: str = "") -> Grid:
    """Write what cohorts did by age as a table; unobserved cells are empty."""
    write = locale.amount if name == "cohort_revenue" else locale.percent
    caption = caption or locale.text(f"cohorts.{name}")
    rows = [
        [str(cohort), *("" if np.isnan(value) else write(value) for value in row)]
        for cohort, row in zip(matrix.index, matrix.to_numpy(np.float64).tolist(), strict=True)
    ]
    heads = [Column(locale.text("cohorts.cohort"), True)]
    heads += [Column(str(age), False) for age in matrix.columns]
    return Grid(heads, rows, caption, matrix=True)
