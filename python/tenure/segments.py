"""Segments by value: customers cut into groups of equal size, equal values never apart.

The cut is made on average ranks, so neither the order of the rows nor the shape of the distribution
matters, and customers with the same value always share a segment.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, cast

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from tenure.exceptions import DataError, EmptyDataError, OptionError
from tenure.frames import numeric, require_columns, to_pandas

__all__ = ["quantile_scores", "segment_by_value", "segment_summary", "value_advice"]


def quantile_scores(values: NDArray[np.float64], bins: int) -> NDArray[np.int64]:
    r"""Score finite values 1 … `bins` by the quantile their average rank falls in.

    With :math:`r_i` the rank of value *i* among *n* (ties share the mean of their ranks), the score
    is the smallest *k* with :math:`r_i \le 1 + (n - 1)\,k/b`: the edges that linear quantiles of
    the ranks 1 … n have. Where no two values are equal this is what ``pandas.qcut`` gives.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        Finite values.
    bins : int
        Number of scores.

    Returns
    -------
    ndarray of int64, shape (n,)
        Equal values have equal scores. With fewer distinct values than bins some scores stay
        unused; when all values are equal everyone gets the middle score.

    Examples
    --------
    >>> quantile_scores(np.array([5.0, 1.0, 1.0, 9.0]), 2)
    array([2, 1, 1, 2])
    """
    n = len(values)
    if n == 1:
        return np.full(1, -(-bins // 2), dtype=np.int64)
    # Average ranks are multiples of one half: doubled, the comparison is exact in integers.
    doubled = (2.0 * pd.Series(values).rank(method="average").to_numpy()).astype(np.int64)
    scores = -(-(doubled - 2) * bins // (2 * (n - 1)))
    return np.clip(scores, 1, bins)


def segment_by_value(
    values: pd.Series[Any] | ArrayLike, labels: Sequence[str] = "DCBA"
) -> pd.Series[Any]:
    """Cut customers into segments of about equal size by a value such as CLV.

    Parameters
    ----------
    values : Series or array-like, shape (n,)
        One finite number a customer.
    labels : str or sequence of str
        Segment names from the lowest values to the highest, one a segment: the default makes
        quartiles with A the best. ``["low", "mid", "high"]`` makes thirds.

    Returns
    -------
    pandas.Series
        Ordered categorical named ``segment`` with the index of `values`; its categories are
        `labels` from lowest to highest.

    Raises
    ------
    EmptyDataError
        When there are no values.
    DataError
        When a value is missing, infinite or not a number.
    OptionError
        When `labels` are empty or repeat themselves.

    Notes
    -----
    Equal values share a segment, whatever the order of the rows, so sizes differ where values
    repeat. With fewer distinct values than labels some labels stay unused: the cut follows
    average ranks, and when all values are equal everyone is in the middle (C of D, C, B, A). Where
    no value repeats, the result is that of ``pandas.qcut``.

    Examples
    --------
    >>> segment_by_value(pd.Series([10.0, 250.0, 40.0, 90.0], index=list("abcd"))).tolist()
    ['D', 'A', 'C', 'B']
    """
    names = _labels(labels)
    column: Hashable = getattr(values, "name", None)
    column = "values" if column is None else column
    if isinstance(values, pd.Series):
        series = values
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
    codes = quantile_scores(numbers, len(names)) - 1
    cut = pd.Categorical.from_codes(codes, categories=pd.Index(names), ordered=True)
    segments: pd.Series[Any] = pd.Series(cut, index=series.index, name="segment")
    return segments


def _labels(labels: Sequence[str]) -> list[str]:
    names = list(labels)
    if not names or len(set(names)) < len(names) or not all(isinstance(n, str) for n in names):
        raise OptionError(
            f"labels={labels!r}: give one distinct name a segment, from the lowest values to the "
            "highest, such as 'DCBA' or ['low', 'mid', 'high']."
        )
    return names


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
        One row a customer.
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
            total = np.bincount(codes, weights=numbers, minlength=len(names))
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


_ADVICE = {
    "top": "Your most valuable customers. Keep them: early access, loyalty benefits, personal "
    "service; do not spend margin on discounts they do not need.",
    "upper": "Good customers who could become the best. Cross-sell and offer the second channel; "
    "reward the next purchase.",
    "lower": "Occasional customers. Low-cost reminders timed to their usual rhythm; test which "
    "offers move them up.",
    "bottom": "Little value expected. Automated contact only; spend on them only where a test "
    "shows that it pays.",
}


def value_advice(labels: Sequence[str] = "DCBA") -> dict[str, str]:
    """Say in a sentence or two what to do with each value segment.

    Parameters
    ----------
    labels : str or sequence of str
        Segment names from the lowest to the highest, as for :func:`segment_by_value`.

    Returns
    -------
    dict of str to str
        Label to advice, best segment first.

    Raises
    ------
    OptionError
        When `labels` are empty or repeat themselves.

    Examples
    --------
    >>> list(value_advice())
    ['A', 'B', 'C', 'D']
    """
    names = _labels(labels)[::-1]
    last = len(names) - 1

    def place(i: int) -> str:
        if i == 0:
            return "top"
        if i == last:
            return "bottom"
        return "upper" if 2 * i < len(names) else "lower"

    return {name: _ADVICE[place(i)] for i, name in enumerate(names)}
