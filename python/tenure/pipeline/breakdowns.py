"""Breakdowns: customers, orders and spend by channel, category or type of store, and by segment."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.campaigns.categories import label_lists
from tenure.exceptions import DataError, EmptyDataError
from tenure.io.validation import numeric, require_columns, to_pandas
from tenure.summary.exact_sums import grouped_sums

__all__ = ["MISSING", "NONE", "breakdown_table"]

MISSING = "(missing)"
"""The value of customers whose cell is empty."""

NONE = "(none)"
"""The value of customers whose list is empty, where a cell holds several values."""


def breakdown_table(
    table: Any,
    by: Hashable,
    *,
    several: bool = False,
    segments: pd.Series[Any] | str | None = None,
    orders: Hashable = "orders_total",
    spend: Hashable = "spend_total",
) -> pd.DataFrame:
    """Count customers, orders and spend by the values of a column, such as the channel.

    Parameters
    ----------
    table : dataframe
        One row per customer, from :func:`tenure.prepare_totals` with ``cap_outliers=False``.
    by : str
        Column to break down by.
    several : bool
        Whether a cell holds a list of values, such as ``"[ERKEK, COCUK]"`` or ``"A,B"``. A customer
        then counts in **each** of the values of the list, so the rows add up to more than all
        customers.
    segments : Series or str, optional
        The segment of each customer, row by row, or the column of `table` that holds it: every
        segment is broken down by itself.
    orders, spend : str
        Columns with the totals.

    Returns
    -------
    pandas.DataFrame
        Indexed by value, most customers first (then by name); with `segments` by segment (best
        first where they are ordered, else as they first appear) and value: ``customers``,
        ``share`` (of all customers, or of the segment's), ``orders_sum``, ``orders_mean``,
        ``spend_sum``, ``spend_mean`` (means per customer). Customers without a value are counted
        under ``"(missing)"``, those with an empty list under ``"(none)"``.

    Raises
    ------
    EmptyDataError
        When the table has no rows.
    ColumnError, DataError
        When a column is missing or holds values that are not finite numbers, or `segments` does
        not have a value for every row.

    Examples
    --------
    >>> table = pd.DataFrame({"likes": ["[MEN, KIDS]", "[KIDS]", "[]"], "orders_total": [1, 3, 2],
    ...                       "spend_total": [10.0, 30.0, 5.0]})
    >>> found = breakdown_table(table, "likes", several=True)
    >>> found[["customers", "orders_sum", "spend_mean"]].T.to_dict("list")
    {'KIDS': [2.0, 4.0, 20.0], '(none)': [1.0, 2.0, 5.0], 'MEN': [1.0, 1.0, 10.0]}
    """
    frame = to_pandas(table)
    require_columns(frame, {"by": by, "orders": orders, "spend": spend})
    if frame.empty:
        raise EmptyDataError(f"the table has no customers to break down by {by!r}.", column=str(by))
    measures = {
        "orders": numeric(frame, orders),
        "spend": numeric(frame, spend),
    }
    rows, codes, names = _values(frame[by], several=several)
    if segments is None:
        made = _sums(rows, codes, len(names), measures)
        made.insert(1, "share", made["customers"] / len(frame))
        made.index = pd.Index(names, name=by)
        filled: pd.DataFrame = made.loc[made["customers"] > 0]
        return filled
    whose, groups = _segments(frame, segments)
    size = len(names)
    made = _sums(rows, whose[rows] * size + codes, len(groups) * size, measures)
    everyone = np.repeat(np.bincount(whose, minlength=len(groups)), size)
    made.insert(1, "share", made["customers"] / np.maximum(everyone, 1))
    made.index = pd.MultiIndex.from_product([groups, names], names=["segment", by])
    crossed: pd.DataFrame = made.loc[made["customers"] > 0]
    return crossed


def _values(
    column: pd.Series[Any], *, several: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64], list[str]]:
    """Return row and value of every count, and the values' names, most customers first."""
    if several:
        cells, lists = label_lists(column)
        texts = [labels or [NONE] for labels in lists]
    else:
        if pd.api.types.is_object_dtype(column.dtype):  # lists in cells cannot be hashed
            column = column.map(str, na_action="ignore")
        cells, uniques = pd.factorize(column)
        texts = [[str(value)] for value in uniques]
    texts = [*texts, [MISSING]]  # where the code is -1
    names = sorted({name for labels in texts for name in labels})
    place = {name: code for code, name in enumerate(names)}
    per_cell = np.array([len(labels) for labels in texts], dtype=np.int64)
    rows = np.repeat(np.arange(len(column)), per_cell[cells])
    flat = [np.array([place[name] for name in labels], dtype=np.int64) for labels in texts]
    codes = _listed(cells, flat, per_cell)
    order = np.argsort(-np.bincount(codes, minlength=len(names)), kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(names))
    return rows, rank[codes], [names[code] for code in order]


def _listed(
    cells: NDArray[Any], flat: Sequence[NDArray[np.int64]], per_cell: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Write the values of every row one after the other."""
    starts = np.concatenate([[0], np.cumsum(per_cell)[:-1]])
    counts = per_cell[cells]
    first = np.repeat(starts[cells], counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    values: NDArray[np.int64] = np.concatenate(flat)[first + within]
    return values


def _sums(
    rows: NDArray[np.int64],
    codes: NDArray[np.int64],
    size: int,
    measures: dict[str, NDArray[np.float64]],
) -> pd.DataFrame:
    """Count the customers of each code and add their measures up."""
    count = np.bincount(codes, minlength=size)
    columns: dict[str, Any] = {"customers": count}
    for name, values in measures.items():
        total = grouped_sums(codes, values[rows], size)
        columns[f"{name}_sum"] = total
        columns[f"{name}_mean"] = np.divide(total, count, out=np.zeros(size), where=count > 0)
    return pd.DataFrame(columns)


def _segments(
    frame: pd.DataFrame, segments: pd.Series[Any] | str
) -> tuple[NDArray[np.int64], list[str]]:
    if isinstance(segments, pd.Series):
        groups = segments
        if len(groups) != len(frame):
            raise DataError("segments must have one row per customer, in the table's order.")
    else:
        require_columns(frame, {"segments": segments})
        groups = frame[segments]
    if groups.isna().any():
        raise DataError(f"{int(groups.isna().sum()):,} rows have no segment; every row needs one.")
    if isinstance(groups.dtype, pd.CategoricalDtype):
        names = [str(name) for name in groups.cat.categories]
        codes = groups.cat.codes.to_numpy().astype(np.int64)
        if groups.cat.ordered:
            return len(names) - 1 - codes, names[::-1]
        return codes, names
    found, uniques = pd.factorize(groups)
    return found.astype(np.int64), [str(name) for name in uniques]
