"""Charts of the report: the figures behind each chart, the chart and its labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.data_dictionary import column_label
from tenure.fitters.expected_counts import expected_counts
from tenure.io.provenance import provenance
from tenure.locale import Locale
from tenure.periods import convert
from tenure.pipeline.analysis import Analysis
from tenure.report import charts
from tenure.report.chart_objects import Chart
from tenure.report.tables import Column, Grid, is_money

__all__ = ["alive_map", "figures_grid", "frequencies", "segment_bars", "value_map"]


_MOST_BARS = 12
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
    drawing = charts.grouped_bars(
        long, x="n", series="series", value="customers", title=repeat, locale=locale, unit=people
    )
    differ = round(float(np.abs(actual - expected).sum()) / 2)
    words = locale.text("check.frequency_alt", differ=differ, count=len(frequency))
    rows = [
        [n, locale.number(a), locale.number(round(e))]
        for n, a, e in zip(names, actual, expected, strict=True)
    ]
    return Chart(
        "repeat_purchases",
        locale.text("check.frequency"),
        drawing,
        words,
        figures_grid([repeat, *series], rows, locale),
    )


def alive_map(analysis: Analysis, locale: Locale) -> Chart:
    """Show the mean P(alive) by repeat purchases and time since the last purchase."""
    return _map(analysis, locale, "p_alive", "p_alive", locale.text("check.alive_map"))


def value_map(analysis: Analysis, locale: Locale) -> Chart:
    """Show the mean value by repeat purchases and time since the last purchase."""
    column = analysis.value_column
    title = locale.text("check.value_map", value=column_label(column, locale))
    return _map(analysis, locale, "value", column, title)


def segment_bars(
    table: pd.DataFrame, names: Sequence[str], locale: Locale, *, scheme: str = "value"
) -> Chart:
    """Compare the segments' shares of customers with their shares of what is expected.

    Parameters
    ----------
    table : DataFrame
        Segments of one scheme, one row each, as in ``Analysis.segments``.
    names : sequence of str
        The segments as they are to be shown.
    locale : Locale
        How it is written.
    scheme : {"value", "rfm"}
        Which segments they are.

    Returns
    -------
    Chart
    """
    share = next(name for name in ("revenue_share", "purchases_share") if name in table)
    series = {"share": locale.text("segments.customers"), share: locale.text(f"segments.{share}")}
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
    long["shown"] = [locale.percent(value / 100) for value in long["share"]]
    drawing = charts.grouped_bars(
        long,
        x="segment",
        series="series",
        value="share",
        title="",
        locale=locale,
        across=True,
        unit=locale.text("segments.unit"),
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
    name, title = ("rfm", "rfm.chart") if scheme == "rfm" else ("segments", "segments.chart")
    return Chart(name, locale.text(title), drawing, words, figures_grid(heads, rows, locale))


def _map(analysis: Analysis, locale: Locale, name: str, column: str, title: str) -> Chart:
    customers = analysis.customers
    period = (provenance(customers) or {}).get("period") or "W"
    inactivity = (customers["T"] - customers["recency"]).to_numpy(np.float64) * convert(
        1.0, period, "M"
    )
    across, up = (
        _binned(customers["frequency"].to_numpy(np.float64), _FREQUENCY_EDGES, locale, whole=True),
        _binned(inactivity, _MONTH_EDGES, locale, whole=False),
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
    repeat, months = locale.text("check.repeat"), locale.text("check.inactivity")
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
    drawing = charts.heat_map(
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
        minimum=write(float(mean["mean"].min())),
        maximum=write(float(mean["mean"].max())),
    )
    rows = [
        [x, y, write(value), locale.number(size)]
        for x, y, value, size in zip(
            drawn["x"], drawn["y"], drawn["value"], mean["size"], strict=True
        )
    ]
    heads = [repeat, months, title, locale.text("check.customers")]
    return Chart(name, title, drawing, words, figures_grid(heads, rows, locale))


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


def figures_grid(heads: Sequence[str], rows: list[list[str]], locale: Locale) -> Grid:
    """Return the figures of a chart as the table below it."""
    columns = [Column(name, i == 0) for i, name in enumerate(heads)]
    return Grid(columns, rows, locale.text("table.of"))
