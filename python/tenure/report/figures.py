"""What the report draws: the figures behind each chart, the chart, and its words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.analysis import Analysis
from tenure.frames import provenance
from tenure.locale import Locale
from tenure.periods import convert
from tenure.plotting._fit import expected_counts
from tenure.report import charts
from tenure.report.charts import Chart
from tenure.report.tables import Column, Grid, is_money
from tenure.utils import expected_cumulative_transactions
from tenure.verdict import collected

__all__ = [
    "alive_map",
    "cohort_grid",
    "cohort_map",
    "frequencies",
    "segment_bars",
    "tracking",
    "value_map",
]

_TRACKED = {"D": ("D", 1), "W": ("D", 7), "M": ("M", 1), "Y": ("Y", 1)}
"""For each period of a model: the period in which purchases count once, and how many make one."""

_MOST_BARS = 12
_COHORTS = 13
_FREQUENCY_EDGES = (0, 1, 2, 3, 4, 5, 7, 10, 15, 25)
_MONTH_EDGES = (0, 1, 2, 3, 6, 9, 12, 18, 24, 36)


def frequencies(analysis: Analysis, locale: Locale) -> Chart:
    """Compare the customers with each number of repeat purchases with the model's expectation.

    Parameters
    ----------
    analysis : Analysis
        What :func:`tenure.run` found.
    locale : Locale
        How it is written.

    Returns
    -------
    Chart
        The last bar holds all greater frequencies.
    """
    customers = analysis.customers
    frequency = customers["frequency"].to_numpy(np.float64)
    last = int(np.clip(np.quantile(frequency, 0.95), 5, _MOST_BARS))
    counts = np.arange(last, dtype=np.float64)
    actual = np.array([(frequency == n).sum() for n in counts], dtype=np.float64)
    weights = pd.Series(1.0, index=customers.index)
    expected = expected_counts(analysis.purchase_model, customers["T"], weights, counts)
    names = [locale.number(n) for n in counts]
    names.append(f"{last}+")
    actual = np.append(actual, len(frequency) - actual.sum())
    expected = np.append(expected, max(0.0, len(frequency) - expected.sum()))

    series = (locale.text("check.actual"), locale.text("check.model"))
    long = pd.DataFrame(
        {
            "n": [*names, *names],
            "series": [name for name in series for _ in names],
            "customers": np.concatenate([actual, expected]),
        }
    )
    repeat, people = locale.text("check.repeat"), locale.text("check.customers")
    long["label"] = [
        f"{n} {repeat}: {locale.number(round(value))} {people} ({kind})"
        for n, kind, value in zip(long["n"], long["series"], long["customers"], strict=True)
    ]
    svg = charts.grouped_bars(
        long, x="n", series="series", value="customers", title=repeat, locale=locale
    )
    differ = round(float(np.abs(actual - expected).sum()) / 2)
    words = locale.text("check.frequency_alt", differ=differ, count=len(frequency))
    rows = [
        [n, locale.number(a), locale.number(round(e))]
        for n, a, e in zip(names, actual, expected, strict=True)
    ]
    return Chart(
        locale.text("check.frequency"), svg, words, _figures([repeat, *series], rows, locale)
    )


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
    freq, multiple = _TRACKED[period]
    days = purchases["date"].max() - purchases["date"].min()
    length = int(convert(days / pd.Timedelta(days=1), "D", freq)) // multiple * multiple
    if length < 3 * multiple:
        return None
    with collected():  # the run has warned of whatever there is to warn of in these purchases
        table = expected_cumulative_transactions(
            analysis.purchase_model,
            purchases,
            "date",
            "customer",
            length,
            freq=freq,
            freq_multiplier=multiple,
        )
    added = table.reset_index(drop=True)
    axis = locale.text("check.time", unit=locale.unit(period, 2))
    cumulative = _line_chart(added, locale.text("check.cumulative"), axis, locale)
    step = added.diff().dropna()
    return cumulative, _line_chart(step, locale.text("check.incremental"), axis, locale)


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
    return Chart(title, svg, words, _figures([axis, *series.values()], rows, locale))


def alive_map(analysis: Analysis, locale: Locale) -> Chart:
    """Show the mean P(alive) by repeat purchases and time since the last purchase."""
    return _map(analysis, locale, "p_alive", locale.text("check.alive_map"))


def value_map(analysis: Analysis, locale: Locale) -> Chart:
    """Show the mean value by repeat purchases and time since the last purchase."""
    column = analysis.value_column
    title = locale.text("check.value_map", value=locale.column(column))
    return _map(analysis, locale, column, title)


def segment_bars(table: pd.DataFrame, names: Sequence[str], locale: Locale) -> Chart:
    """Compare the segments' shares of customers with their shares of what is expected.

    Parameters
    ----------
    table : DataFrame
        Segments of one scheme, a row each, as in ``Analysis.segments``.
    names : sequence of str
        The segments as they are to be shown.
    locale : Locale
        How it is written.

    Returns
    -------
    Chart
    """
    share = next(name for name in ("revenue_share", "purchases_share") if name in table)
    series = {"share": locale.text("segments.customers"), share: locale.column(share[:-6])}
    long = pd.concat(
        [
            pd.DataFrame(
                {"segment": list(names), "series": label, "share": 100 * table[column].to_numpy()}
            )
            for column, label in series.items()
        ],
        ignore_index=True,
    )
    long["label"] = [
        f"{name}: {locale.percent(value / 100)} ({label})"
        for name, label, value in zip(long["segment"], long["series"], long["share"], strict=True)
    ]
    svg = charts.grouped_bars(
        long, x="segment", series="series", value="share", title="", locale=locale, across=True
    )
    best = int(np.argmax(table[share].to_numpy()))
    words = locale.text(
        "segments.alt",
        value=series[share],
        segment=str(names[best]),
        customers=locale.percent(float(table["share"].iloc[best])),
        share=locale.percent(float(table[share].iloc[best])),
    )
    rows = [
        [str(name), locale.percent(float(a)), locale.percent(float(b))]
        for name, a, b in zip(names, table["share"], table[share], strict=True)
    ]
    heads = [locale.text("segments.segment"), *series.values()]
    return Chart(locale.text("segments.chart"), svg, words, _figures(heads, rows, locale))


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


def _map(analysis: Analysis, locale: Locale, column: str, title: str) -> Chart:
    customers = analysis.customers
    period = (provenance(customers) or {}).get("period") or "W"
    silence = (customers["T"] - customers["recency"]).to_numpy(np.float64) * convert(
        1.0, period, "M"
    )
    across, up = (
        _binned(customers["frequency"].to_numpy(np.float64), _FREQUENCY_EDGES, locale, whole=True),
        _binned(silence, _MONTH_EDGES, locale, whole=False),
    )
    cells = pd.DataFrame(
        {
            "x": across[0],
            "y": up[0],
            "value": analysis.forecast[column].to_numpy(np.float64),
        }
    ).dropna()
    mean = cells.groupby(["x", "y"], observed=True)["value"].agg(["mean", "size"]).reset_index()
    write = locale.money if is_money(column) else locale.number
    repeat, months = locale.text("check.repeat"), locale.text("check.silence")
    drawn = pd.DataFrame(
        {
            "x": [across[1][i] for i in mean["x"]],
            "y": [up[1][i] for i in mean["y"]],
            "value": mean["mean"],
            "shown": [_short(value, locale) for value in mean["mean"]],
        }
    )
    drawn["label"] = [
        f"{x} {repeat}, {y} {months}: {write(value)} ({locale.number(size)}"
        f" {locale.text('check.customers')})"
        for x, y, value, size in zip(
            drawn["x"], drawn["y"], drawn["value"], mean["size"], strict=True
        )
    ]
    svg = charts.heat_map(
        drawn,
        x="x",
        y="y",
        value="value",
        titles=(repeat, months),
        orders=(across[1], up[1]),
        locale=locale,
    )
    words = locale.text(
        "check.map_alt",
        value=title,
        least=write(float(mean["mean"].min())),
        most=write(float(mean["mean"].max())),
    )
    rows = [
        [x, y, write(value), locale.number(size)]
        for x, y, value, size in zip(
            drawn["x"], drawn["y"], drawn["value"], mean["size"], strict=True
        )
    ]
    heads = [repeat, months, title, locale.text("check.customers")]
    return Chart(title, svg, words, _figures(heads, rows, locale))


def _binned(
    values: NDArray[np.float64], edges: Sequence[int], locale: Locale, *, whole: bool
) -> tuple[NDArray[np.intp], list[str]]:
    """Put values into bins; return the bin of each and the names of the bins that are needed."""
    place = np.searchsorted(edges, values, side="right") - 1
    first, last = int(place.min()), int(place.max())
    names = []
    for i in range(first, last + 1):
        low, high = edges[i], edges[i + 1] if i + 1 < len(edges) else None
        if high is None:
            names.append(f"{low}+")
        elif whole and high == low + 1:
            names.append(str(low))
        else:
            names.append(locale.text("check.from_to", low=low, high=high - whole))
    return place - first, names


def _short(value: float, locale: Locale) -> str:
    """Write a value in a cell: two or three digits that matter."""
    if abs(value) >= 100:
        return locale.number(round(value))
    return locale.number(value, 2) if abs(value) >= 0.005 else locale.number(0)


def _figures(heads: Sequence[str], rows: list[list[str]], locale: Locale) -> Grid:
    columns = [Column(name, i == 0) for i, name in enumerate(heads)]
    return Grid(columns, rows, locale.text("table.of"))
