"""What the report draws over time: purchases actual and expected, and cohorts."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.analysis import Analysis
from tenure.frames import provenance
from tenure.locale import Locale
from tenure.periods import PERIOD_DAYS, convert
from tenure.report import charts
from tenure.report.charts import Chart
from tenure.report.figures import figures_grid
from tenure.report.tables import Column, Grid
from tenure.utils._over_time import follow_purchases
from tenure.verdict import collected

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
    with collected():  # the run has warned of whatever there is to warn of in these purchases
        added = follow_purchases(
            analysis.purchase_model,
            purchases["customer"],
            purchases["date"],
            ends,
            unit=PERIOD_DAYS[period],
        )
    axis = locale.text("check.time", unit=locale.unit(period, 2))
    cumulative = _line_chart(added, locale.text("check.cumulative"), axis, locale)
    step = added.diff().dropna()
    return cumulative, _line_chart(step, locale.text("check.incremental"), axis, locale)


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


def _line_chart(table: pd.DataFrame, title: str, axis: str, locale: Locale) -> Chart:
    series = {"actual": locale.text("check.actual"), "predicted": locale.text("check.model")}
    long = pd.concat(
        [
            pd.DataFrame({"t": table.index + 1, "series": name, "purchases": table[column]})
            for column, name in series.items()
        ],
        ignore_index=True,
    )
    svg = charts.lines(long, x="t", series="series", value="purchases", title=axis, locale=locale)
    totals = {name: locale.number(round(float(table[name].iloc[-1]))) for name in series}
    words = locale.text("check.tracking_alt", actual=totals["actual"], expected=totals["predicted"])
    rows = [
        [locale.number(t + 1), locale.number(a), locale.number(round(e, 1))]
        for t, a, e in zip(table.index, table["actual"], table["predicted"], strict=True)
    ]
    return Chart(title, svg, words, figures_grid([axis, *series.values()], rows, locale))


def cohort_map(matrix: pd.DataFrame, title: str, share: bool, locale: Locale) -> Chart:
    """Draw what cohorts did by age, the latest :data:`_COHORTS` of them; unobserved cells empty.

    Parameters
    ----------
    matrix : DataFrame
        A row a cohort, a column an age; NaN where nothing is observed.
    title : str
        What it holds.
    share : bool
        Whether that is a share rather than money.
    locale : Locale
        How it is written.

    Returns
    -------
    Chart
        With all cohorts and ages in its table.
    """
    part = matrix.iloc[-_COHORTS:, :_COHORTS]
    # The first age is everybody by definition: it would take all of the colour.
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
    svg = charts.heat_map(
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
        least=write(float(drawn["value"].min())),
        most=write(float(drawn["value"].max())),
    )
    return Chart(title, svg, words, cohort_grid(matrix, locale.text("table.of"), share, locale))


def cohort_grid(matrix: pd.DataFrame, caption: str, share: bool, locale: Locale) -> Grid:
    """Write what cohorts did by age as a table; unobserved cells are empty."""
    write = locale.percent if share else locale.amount
    rows = [
        [str(cohort), *("" if np.isnan(value) else write(value) for value in row)]
        for cohort, row in zip(matrix.index, matrix.to_numpy(np.float64).tolist(), strict=True)
    ]
    heads = [Column(locale.text("cohorts.cohort"), True)]
    heads += [Column(str(age), False) for age in matrix.columns]
    return Grid(heads, rows, caption)
