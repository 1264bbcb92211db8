"""Segments by value: customers divided into groups by value, equal values never apart."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.exceptions import DataError, EmptyDataError, OptionError
from tenure.io.text import check_label, quoted
from tenure.io.validation import native_out, numeric, require_columns, to_pandas
from tenure.segments.binning import (
    check_shares,
    check_thresholds,
    quantile_scores,
    share_scores,
    threshold_scores,
)
from tenure.summary.exact_sums import grouped_sums

__all__ = ["segment_by_value", "segment_summary"]


def segment_by_value(
    values: Any,
    labels: Sequence[str] = "DCBA",
    *,
    shares: Sequence[float] | Mapping[str, float] | None = None,
    thresholds: Sequence[float] | None = None,
) -> Any:
    """Cut customers into segments by a value such as CLV: of equal size, by shares, or by money.

    Parameters
    ----------
    values : Series, Arrow column or array-like, shape (n,)
        One finite number a customer.
    labels : str or sequence of str
        Segment names from the lowest values to the highest, one a segment: the default makes
        quartiles with A the best. ``["low", "mid", "high"]`` makes thirds.
    shares : sequence or mapping of str to float, optional
        The share of customers of each segment, adding up to 1: a number a label, in the order of
        `labels`, or ``{"A": 0.01, "B": 0.04, "C": 0.15, "D": 0.80}`` in any order.
    thresholds : sequence of float, optional
        Where segments begin, in the unit of `values`, one fewer than labels: ``[100, 500, 2000]``
        puts 2,000 and more in A. A value on a threshold is in the higher segment.

    Returns
    -------
    series
        Of the kind of `values`, pandas for arrays: an ordered categorical
        named ``segment`` with the index of `values`; its categories are
        `labels` from lowest to highest.

    Raises
    ------
    EmptyDataError
        When there are no values.
    DataError
        When a value is missing, infinite or not a number.
    OptionError
        When `labels` are empty or repeat themselves, or `shares` or `thresholds` do not fit them.

    Notes
    -----
    Equal values share a segment, whatever the order of the rows, so sizes differ where values
    repeat. With fewer distinct values than labels some labels stay unused: the cut follows
    average ranks, and when all values are equal everyone is in the middle (C of D, C, B, A; with
    shares, where half of the customers are reached). Where no value repeats, the result without
    `shares` and `thresholds` is that of ``pandas.qcut``.

    Examples
    --------
    >>> clv = pd.Series([10.0, 250.0, 40.0, 90.0], index=list("abcd"))
    >>> segment_by_value(clv).tolist()
    ['D', 'A', 'C', 'B']
    >>> segment_by_value(clv, ["rest", "top"], shares={"top": 0.25, "rest": 0.75}).tolist()
    ['rest', 'top', 'rest', 'rest']
    >>> segment_by_value(clv, "CBA", thresholds=[40, 100]).tolist()
    ['C', 'A', 'B', 'B']
    """
    names = _labels(labels)
    if shares is not None and thresholds is not None:
        raise OptionError("give shares or thresholds, not both.")
    parts = None if shares is None else _shares(shares, names)
    edges = None if thresholds is None else _thresholds(thresholds, names)
    column: Hashable = getattr(values, "name", None)
    column = "values" if column is None else column
    if isinstance(values, pd.Series):
        series = values
    elif hasattr(values, "to_pandas"):
        series = values.to_pandas()
    else:
        try:
            series = pd.Series(cast("Any", values))
        except (TypeError, ValueError):
            raise DataError(
                "segment_by_value takes one number a customer: a Series or a one-dimensional array."
            ) from None
    if series.empty:
        raise EmptyDataError("there are no values to cut into segments.")
    numbers = numeric(series.to_frame(column), column)
    if parts is not None:
        scores = share_scores(numbers, parts)
    elif edges is not None:
        scores = threshold_scores(numbers, edges)
    else:
        scores = quantile_scores(numbers, len(names))
    cut = pd.Categorical.from_codes(scores - 1, categories=pd.Index(names), ordered=True)
    segments: pd.Series[Any] = pd.Series(cut, index=series.index, name="segment")
    return native_out(segments, values) if hasattr(values, "to_pandas") else segments


def _shares(shares: Any, names: Sequence[str]) -> list[float]:
    if isinstance(shares, Mapping):
        if set(shares) != set(names):
            raise OptionError(
                f"shares={shares!r}: give one for each of {', '.join(map(repr, names))}."
            )
        shares = [shares[name] for name in names]
    check_shares(shares)
    if len(shares) != len(names):
        raise OptionError(
            f"shares={shares!r}: {len(names)} segments ({', '.join(names)}) need {len(names)} "
            "shares, from the lowest values to the highest."
        )
    return list(shares)


def _thresholds(thresholds: Any, names: Sequence[str]) -> list[float]:
    edges: list[float] = check_thresholds(thresholds).tolist()
    if len(edges) != len(names) - 1:
        raise OptionError(
            f"thresholds={thresholds!r}: {len(names)} segments ({', '.join(names)}) need "
            f"{len(names) - 1} thresholds, from the lowest to the highest."
        )
    return edges


def _labels(labels: Sequence[str]) -> list[str]:
    names = list(labels) if isinstance(labels, Iterable) else []
    if not names or not all(isinstance(n, str) for n in names) or len(set(names)) < len(names):
        raise OptionError(
            f"labels={quoted(labels)}: give one distinct name per segment, from the lowest "
            "values to the highest, such as 'DCBA' or ['low', 'mid', 'high']."
        )
    return [check_label(name, "labels") for name in names]


def segment_summary(
    table: Any,
    segments: pd.Series[Any] | str = "segment",
    *,
    columns: Sequence[Hashable] | None = None,
) -> pd.DataFrame:
    """Summarise each segment: customers, and mean and sum of every measure.

    Parameters
    ----------
    table : dataframe
        One row per customer.
    segments : Series or str
        The segment of each customer: a column of `table`, or a Series with the same index.
    columns : sequence of str, optional
        Measures to summarise; all numeric columns when left out.

    Returns
    -------
    pandas.DataFrame
        Indexed by segment, with ``customers``, ``share`` (of customers, 0–1), and for each measure
        ``<column>_mean``, ``<column>_sum``. Segments that are ordered stand from the best down,
        others by name; empty ones are left out.

    Raises
    ------
    EmptyDataError
        When the table has no rows.
    ColumnError
        When a column is missing or not numeric.
    DataError
        When `segments` does not belong to the table or has missing values.

    Examples
    --------
    >>> table = pd.DataFrame({"clv": [10.0, 30.0], "segment": ["B", "A"]})
    >>> segment_summary(table)["clv_mean"].to_dict()
    {'A': 30.0, 'B': 10.0}
    """
    frame = to_pandas(table)
    if frame.empty:
        raise EmptyDataError("the table has no rows to summarise.")
    if isinstance(segments, pd.Series):
        if not segments.index.equals(frame.index):
            raise DataError("segments must have the index of the table, row by row.")
        groups = segments
    else:
        require_columns(frame, {"segments": segments})
        groups = frame[segments]
    if groups.isna().any():
        raise DataError(f"{int(groups.isna().sum()):,} rows have no segment; every row needs one.")
    if columns is None:
        kinds = frame.dtypes
        columns = [c for c in frame.columns if _is_number(kinds[c]) and c != groups.name]
    for column in columns:
        require_columns(frame, {"columns": column})
    values = {column: numeric(frame, column) for column in columns}

    # Plain arrays: a groupby would carry the categories, and warn, differently in every pandas.
    codes, names = _codes(groups)
    count = np.bincount(codes, minlength=len(names))
    result = pd.DataFrame(
        {"customers": count, "share": count / count.sum()}, index=pd.Index(names, name="segment")
    )
    with np.errstate(invalid="ignore"):
        for column, numbers in values.items():
            total = grouped_sums(codes, numbers, len(names))
            result[f"{column}_mean"] = total / count
            result[f"{column}_sum"] = total
    filled: pd.DataFrame = result.loc[count > 0]
    return filled


def _is_number(dtype: Any) -> bool:
    return pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype)


def _codes(groups: pd.Series[Any]) -> tuple[NDArray[np.int64], list[Any]]:
    """Position of each row's segment in the list of names, best or first name first."""
    if isinstance(groups.dtype, pd.CategoricalDtype):
        names = list(groups.cat.categories)
        codes = groups.cat.codes.to_numpy().astype(np.int64)
        if groups.cat.ordered:
            return len(names) - 1 - codes, names[::-1]
        return codes, names
    found, uniques = pd.factorize(groups, sort=True)
    return found.astype(np.int64), list(uniques)


def __dir__() -> list[str]:
    return sorted(__all__)
