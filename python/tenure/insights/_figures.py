"""Figures of segments and of all customers: sizes, shares of past and future, recency, gaps."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.exceptions import DataError, EmptyDataError
from tenure.insights._habits import above_own_rate, orders_of, p_alive_informs, usual_gaps
from tenure.insights._rules import THRESHOLDS, Thresholds
from tenure.io.provenance import provenance
from tenure.io.validation import numeric, require_columns, to_pandas
from tenure.summary.exact_sums import grouped_sums

__all__ = ["overall_figures", "segment_figures"]

Floats: TypeAlias = NDArray[np.float64]


def segment_figures(
    customers: Any,
    forecast: Any,
    segments: pd.Series[Any] | str = "segment",
    *,
    value: Hashable | None = None,
    purchases: Hashable | None = None,
    spent: Hashable | None = None,
    channels: Sequence[Hashable] = (),
    order: Sequence[str] | None = None,
    period: str | None = None,
    p_alive_informative: bool | None = None,
    thresholds: Thresholds = THRESHOLDS,
) -> pd.DataFrame:
    """Work out the figures of each segment.

    Parameters
    ----------
    customers : dataframe
        A customer summary with ``recency``, ``T``, ``orders`` or ``frequency`` and, where there is
        money, the money spent (see `spent`).
    forecast : dataframe
        What :func:`tenure.forecast` returns for these customers, row by row.
    segments : Series or str
        The segment of each customer: a Series row by row, or a column of `forecast`.
    value, purchases : str, optional
        Columns of `forecast` with the expected value and the expected purchases; by default those
        of the longest horizon.
    spent : str, optional
        Column of `customers` with all the money a customer has spent. By default ``spend_total``
        where it is there, else ``monetary_value`` times ``orders``.
    channels : sequence of str
        Columns of `customers` with the orders in each channel, where these are known.
    order : sequence of str, optional
        The segments as they are to be listed; by default in the order of their categories, best
        first where these are ordered, or by name.
    period : str, optional
        Period of the summary where it does not remember it.
    p_alive_informative : bool, optional
        Whether P(alive) holds information on who has dropped out; by default found from the
        values (it does not where it is 1 for everyone, or for everyone with one order).
    thresholds : Thresholds
        Holds the ratio from which a customer is overdue, and the quantile of the long gap.

    Returns
    -------
    DataFrame
        Indexed by segment; every share is of the sum over segments and adds up to 1 (or is 0
        throughout, where that sum is 0).

        - ``customers``, ``share``;
        - ``orders_past``, ``orders_past_share``, ``revenue_past``, ``revenue_past_share``;
        - ``purchases_expected``, ``purchases_expected_share``, ``revenue_expected``,
          ``revenue_expected_share``;
        - ``p_alive`` (mean; NaN where P(alive) is not informative), ``basket`` (average order value
          so far), ``once`` (share with one order);
        - ``days_since`` (median), ``usual_gap`` (median, days), ``gap_ratio`` (median of days since
          the last order over the usual gap), ``overdue`` (share with a ratio above 2), these three
          over the customers who have a usual gap: ``with_gap``, ``without_gap`` count them and the
          others;
        - ``long_gap`` (days; the 90 % quantile of the usual gaps of **all** customers, NaN where
          fewer than 30 have one), ``inactive`` (share whose last order is longer ago than that,
          and than twice their own usual gap where they have one);
        - ``rising`` (share of whom more purchases are expected than their own past rate allows for
          by chance, NaN where the length of the horizon is not known);
        - ``one_channel`` (share whose orders are all in one of the channels), where known.

        Columns of money are left out where there is none.

    Raises
    ------
    ColumnError, DataError, EmptyDataError, UnitError
        When the tables do not hold what is needed or do not belong together.

    Examples
    --------
    >>> customers = pd.DataFrame({"frequency": [2, 0], "recency": [20, 0], "T": [50, 50]})
    >>> forecast = pd.DataFrame({"p_alive": [0.5, 1.0], "expected_purchases_3m": [3.0, 1.0]})
    >>> figures = segment_figures(customers, forecast, pd.Series(["B", "A"]), period="D")
    >>> figures["purchases_expected_share"].to_dict()
    {'A': 0.25, 'B': 0.75}
    """
    table, expected = to_pandas(customers), to_pandas(forecast)
    if table.empty:
        raise EmptyDataError("the customer table is empty: there are no segments to describe.")
    if len(expected) != len(table):
        raise DataError(
            f"the forecast has {len(expected):,} rows and the customer table {len(table):,}; they "
            "must be of the same customers, row by row."
        )
    codes, names = _groups(expected, segments, order)
    columns = _customer_columns(table, expected, value, purchases, spent, period)
    if channels:
        columns["channels"] = _channels_used(table, channels)
    informative = p_alive_informative
    if informative is None:
        informative = p_alive_informs(columns["p_alive"], columns["orders"])
    return _by_group(columns, codes, names, thresholds, informative)


def overall_figures(
    customers: Any,
    forecast: Any,
    *,
    value: Hashable | None = None,
    purchases: Hashable | None = None,
    spent: Hashable | None = None,
    period: str | None = None,
    p_alive_informative: bool | None = None,
    thresholds: Thresholds = THRESHOLDS,
) -> pd.Series[float]:
    """Work out the figures of all customers together.

    Parameters
    ----------
    customers, forecast, value, purchases, spent, period, p_alive_informative, thresholds
        As for :func:`segment_figures`.

    Returns
    -------
    Series
        The figures of :func:`segment_figures` over all customers (shares left out), and
        ``top_share`` (of the expected revenue, or purchases, that the most valuable tenth brings),
        ``least_alive`` (smallest P(alive)), ``once_alive`` (smallest of those with one order; NaN
        where there are none), ``probably_gone`` (share of customers with P(alive) below one half)
        and ``gone_past_share`` (their share of past revenue, or orders); the last two are NaN where
        P(alive) is not informative.
    """
    table, expected = to_pandas(customers), to_pandas(forecast)
    if table.empty:
        raise EmptyDataError("the customer table is empty: there are no customers to describe.")
    columns = _customer_columns(table, expected, value, purchases, spent, period)
    codes = np.zeros(len(table), dtype=np.int64)
    alive = columns["p_alive"]
    informative = p_alive_informative
    if informative is None:
        informative = p_alive_informs(alive, columns["orders"])
    figures = _by_group(columns, codes, ["all"], thresholds, informative).iloc[0].drop("share")
    figures = figures[[name for name in figures.index if not str(name).endswith("_share")]]
    each_value = columns.get("value", columns["purchases"])
    past = columns.get("spent", columns["orders"])
    gone, once = alive < 0.5, columns["orders"] <= 1
    top = max(1, len(each_value) // 10)
    figures["top_share"] = _share(np.sort(each_value)[-top:].sum(), each_value.sum())
    figures["least_alive"] = alive.min()
    figures["once_alive"] = alive[once].min() if once.any() else np.nan
    figures["probably_gone"] = gone.mean() if informative else np.nan
    figures["gone_past_share"] = _share(past[gone].sum(), past.sum()) if informative else np.nan
    result: pd.Series[float] = figures.astype(float).rename("all")
    return result


def _customer_columns(
    table: pd.DataFrame,
    expected: pd.DataFrame,
    value: Hashable | None,
    purchases: Hashable | None,
    spent: Hashable | None,
    period: str | None,
) -> dict[str, Floats]:
    """Return one array per figure, row by row."""
    purchases = purchases or _longest(expected, "expected_purchases_")
    value = value or _longest(expected, "clv_")
    require_columns(expected, {"p_alive": "p_alive", "purchases": purchases, "value": value})
    gaps = usual_gaps(table, period=period)
    orders = orders_of(table)
    columns = {
        "orders": orders,
        "purchases": numeric(expected, purchases, minimum=0),
        "p_alive": numeric(expected, "p_alive", minimum=0),
        **{str(name): gaps[name].to_numpy() for name in gaps},
    }
    length = _length(expected, purchases)
    if length is not None:
        observed = numeric(table, "T", minimum=0)
        above = above_own_rate(orders - 1.0, observed, columns["purchases"], length)
        columns["rising"] = above.astype(np.float64)
    if value is not None:
        columns["value"] = numeric(expected, value)
        if spent is None and "spend_total" in table.columns:
            spent = "spend_total"
        if spent is not None:
            require_columns(table, {"spent": spent})
            columns["spent"] = numeric(table, spent)
        else:
            require_columns(table, {"monetary_value": "monetary_value"})
            columns["spent"] = numeric(table, "monetary_value") * orders
    return columns


def _longest(table: pd.DataFrame, stem: str) -> Hashable | None:
    """Find the column of the longest horizon."""
    horizons = (provenance(table) or {}).get("horizons")
    names = [name for name in table.columns if str(name).startswith(stem)]
    names = [name for name in names if str(name)[len(stem) :][:1].isdigit()]
    if horizons:
        known = [name for name in names if str(name)[len(stem) :] in horizons]
        return max(known, key=lambda name: horizons[str(name)[len(stem) :]], default=None)
    if len(names) > 1:
        raise DataError(
            f"the forecast has several columns {', '.join(map(str, names))} and does not state "
            "which horizon is the longest; name the columns with value= and purchases=."
        )
    if not names and stem == "expected_purchases_":
        raise DataError("the forecast has no column expected_purchases_…; name one: purchases=.")
    return names[0] if names else None


def _length(expected: pd.DataFrame, purchases: Hashable | None) -> float | None:
    """Return the length of the horizon of a column of expected purchases, where it is known."""
    horizons = (provenance(expected) or {}).get("horizons") or {}
    length = horizons.get(str(purchases).removeprefix("expected_purchases_"))
    return None if length is None else float(length)


def _channels_used(table: pd.DataFrame, channels: Sequence[Hashable]) -> Floats:
    """Return the number of channels that each customer has orders in."""
    require_columns(table, {"channels": tuple(channels)})
    used: Floats = np.sum([numeric(table, name, minimum=0) > 0 for name in channels], axis=0) * 1.0
    return used


def _groups(
    expected: pd.DataFrame, segments: pd.Series[Any] | str, order: Sequence[str] | None
) -> tuple[NDArray[np.int64], list[str]]:
    """Return the position of each row's segment in the list of segments."""
    if isinstance(segments, pd.Series):
        if len(segments) != len(expected):
            raise DataError("segments must have one row per customer, in the forecast's order.")
        groups = segments
    else:
        require_columns(expected, {"segments": segments})
        groups = expected[segments]
    if groups.isna().any():
        raise DataError(f"{int(groups.isna().sum()):,} rows have no segment; every row needs one.")
    if order is None and isinstance(groups.dtype, pd.CategoricalDtype):
        order = [str(name) for name in groups.cat.categories]
        order = order[::-1] if groups.cat.ordered else order
    text = groups.astype(str)
    found = set(text.unique())
    names = sorted(found) if order is None else [name for name in order if name in found]
    missing = found - set(names)
    if missing:
        raise DataError(f"order leaves out the segments {', '.join(sorted(missing))}.")
    return pd.Categorical(text, categories=names).codes.astype(np.int64), names


def _by_group(
    columns: dict[str, Floats],
    codes: NDArray[np.int64],
    names: list[str],
    limits: Thresholds,
    informative: bool,
) -> pd.DataFrame:
    size = len(names)
    count = np.bincount(codes, minlength=size).astype(np.float64)

    def total(values: Floats) -> Floats:
        return grouped_sums(codes, values, size)

    figures: dict[str, Any] = {"customers": count.astype(np.int64), "share": count / count.sum()}
    sums = {
        "orders_past": "orders",
        "revenue_past": "spent",
        "purchases_expected": "purchases",
        "revenue_expected": "value",
    }
    for name, source in sums.items():
        if source in columns:
            figures[name] = total(columns[source])
            figures[f"{name}_share"] = _share(figures[name], figures[name].sum())
    figures["p_alive"] = total(columns["p_alive"]) / count if informative else np.full(size, np.nan)
    if "spent" in columns:
        orders = figures["orders_past"]
        figures["basket"] = np.divide(
            figures["revenue_past"], orders, out=np.zeros(size), where=orders > 0
        )
    figures["once"] = total((columns["orders"] <= 1).astype(np.float64)) / count
    known = np.isfinite(columns["gap_ratio"])
    with_gap = total(known.astype(np.float64))
    late = known & (np.where(known, columns["gap_ratio"], 0.0) > limits.overdue_ratio)
    medians = pd.DataFrame(
        {name: columns[name] for name in ("days_since", "usual_gap", "gap_ratio")}
    )
    medians = medians.groupby(codes).median()  # missing ones are skipped
    figures |= {str(name): medians[name].to_numpy() for name in medians}
    figures["overdue"] = np.divide(
        total(late.astype(np.float64)), with_gap, out=np.full(size, np.nan), where=with_gap > 0
    )
    figures["with_gap"] = with_gap.astype(np.int64)
    figures["without_gap"] = (count - with_gap).astype(np.int64)
    long_gap = np.nan
    if np.count_nonzero(known) >= limits.few:
        long_gap = float(np.quantile(columns["usual_gap"][known], limits.long_gap))
    figures["long_gap"] = np.full(size, long_gap)
    # Longer than nine in ten usually wait, and than the customer's own orders let expect.
    long_ago = (columns["days_since"] > long_gap) & ~(columns["gap_ratio"] <= limits.overdue_ratio)
    inactive = total(long_ago.astype(np.float64)) / count
    figures["inactive"] = inactive if np.isfinite(long_gap) else np.full(size, np.nan)
    rising = columns.get("rising")
    figures["rising"] = np.full(size, np.nan) if rising is None else total(rising) / count
    if "channels" in columns:
        figures["one_channel"] = total((columns["channels"] == 1).astype(np.float64)) / count
    result: pd.DataFrame = pd.DataFrame(figures, index=pd.Index(names, name="segment"))
    return result


def _share(part: Any, whole: float) -> Any:
    return part / whole if whole > 0 else part * 0.0
