"""RFM: recency, frequency and monetary scores, and the ten segments built on them."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.dates import parse_date, parse_dates
from tenure.exceptions import DataError, DateError, EmptyDataError, OptionError
from tenure.frames import numeric, provenance, require_columns, row_error, to_pandas
from tenure.rfm_map import (
    RFM_ADVICE,
    RFM_SEGMENTS,
    SCRIPT_NAMES,
    SEGMENT_CODES,
    canonical_segment,
)
from tenure.segments import quantile_scores, segment_summary
from tenure.totals_checks import LAG

__all__ = [
    "RFM_ADVICE",
    "RFM_SEGMENTS",
    "canonical_segment",
    "rfm_scores",
    "rfm_segments",
    "rfm_summary",
]

Ties: TypeAlias = Literal["average", "order"]
Names: TypeAlias = Literal["standard", "scripts"]


def rfm_scores(
    customers: Any,
    *,
    recency: Hashable,
    frequency: Hashable,
    monetary: Hashable,
    analysis_date: Any = None,
    bins: int = 5,
    ties: Ties = "average",
) -> pd.DataFrame:
    """Score customers 1 … `bins` on recency, frequency and monetary value.

    The scores are quantiles: 5 (of 5) is the most recent, most frequent, highest spending fifth.

    Parameters
    ----------
    customers : dataframe
        One row a customer, usually from :func:`tenure.prepare_totals` with
        ``cap_outliers=False``: RFM is about what customers did, outliers included.
    recency : str
        Column with the days since the last order, or with the date of the last order.
    frequency : str
        Column with the number of orders.
    monetary : str
        Column with the total spend.
    analysis_date : date or str, optional
        The day recency is counted from, where `recency` is a column of dates. When left out it is
        what the table remembers from :func:`tenure.prepare_totals`, else two days after the last
        date in the column.
    bins : int
        Number of scores, 2 to 9.
    ties : {"average", "order"}
        ``"average"``: equal values get equal scores, by the quantile of their average rank,
        whatever the order of the rows. ``"order"`` reproduces the usual scripts: equal frequencies
        are told apart by row order, and recency and spend are cut by ``pandas.qcut``.

    Returns
    -------
    pandas.DataFrame
        With the index of `customers`: ``recency`` (days), ``frequency``, ``monetary``,
        ``recency_score``, ``frequency_score``, ``monetary_score`` (integers), ``RF_SCORE`` and
        ``RFM_SCORE`` (text such as ``"54"`` and ``"545"``).

    Raises
    ------
    EmptyDataError
        When the table has no rows.
    ColumnError, DataError, DateError
        When a column is missing or holds missing, infinite or negative values, a last order is
        after the analysis date, or with ``ties="order"`` so many values are equal that the scripts'
        cut does not exist.
    OptionError
        When an option is not one of its allowed values.

    Examples
    --------
    >>> table = pd.DataFrame({"days": [3, 200], "orders": [9, 1], "spend": [900.0, 20.0]})
    >>> scores = rfm_scores(table, recency="days", frequency="orders", monetary="spend", bins=2)
    >>> scores["RFM_SCORE"].tolist()
    ['222', '111']
    """
    if isinstance(bins, bool) or not isinstance(bins, int) or not 2 <= bins <= 9:
        raise OptionError(f"bins={bins!r}: give a whole number from 2 to 9.")
    if ties not in get_args(Ties):
        raise OptionError(f"ties={ties!r}: use 'average' or 'order'.")
    frame = to_pandas(customers)
    require_columns(frame, {"recency": recency, "frequency": frequency, "monetary": monetary})
    if frame.empty:
        raise EmptyDataError("the table has no customers to score.")
    days = _days(frame, recency, analysis_date)
    orders = numeric(frame, frequency, minimum=0)
    spend = numeric(frame, monetary, minimum=0)

    if ties == "average":
        r, f, m = (quantile_scores(values, bins) for values in (days, orders, spend))
    else:
        by_row = np.asarray(pd.Series(orders).rank(method="first"), dtype=np.float64)
        r = _qcut(days, bins, recency)
        f = _qcut(by_row, bins, frequency)
        m = _qcut(spend, bins, monetary)
    r = bins + 1 - r

    digits = [str(i) for i in range(1, bins + 1)]
    pairs = pd.Index([a + b for a in digits for b in digits])
    triples = pd.Index([a + b for a in pairs for b in digits])
    rf = (r - 1) * bins + f - 1
    scores: pd.DataFrame = pd.DataFrame(
        {
            "recency": days,
            "frequency": orders,
            "monetary": spend,
            "recency_score": r,
            "frequency_score": f,
            "monetary_score": m,
            "RF_SCORE": pairs.take(rf).array,
            "RFM_SCORE": triples.take(rf * bins + m - 1).array,
        },
        index=frame.index,
    )
    return scores


def _days(frame: pd.DataFrame, recency: Hashable, analysis_date: Any) -> NDArray[np.float64]:
    column = frame[recency]
    if column.dtype.kind in "iuf" and not _written_dates(column):
        if analysis_date is not None:
            raise OptionError(
                f"analysis_date is for a recency column of dates; {recency!r} already counts days."
            )
        return numeric(frame, recency, minimum=0)
    last = parse_dates(column, name=recency)
    known = (provenance(frame) or {}).get("observation_end")
    if analysis_date is not None:
        end = parse_date(analysis_date, name="analysis_date")
    else:
        end = last.max() + LAG if known is None else pd.Timestamp(known)
    days: NDArray[np.float64] = (end - last).to_numpy() / np.timedelta64(1, "D")
    if (days < 0).any():
        raise row_error(
            "last orders after the analysis date",
            column=recency,
            index=frame.index,
            mask=days < 0,
            values=last.dt.strftime("%Y-%m-%d"),
            expected=f"dates up to {end:%Y-%m-%d}",
            remedy="Choose a later analysis_date, or correct those dates.",
            error=DateError,
        )
    return days


def _written_dates(column: pd.Series[Any]) -> bool:
    """Tell whether numbers are dates written yyyymmdd; as days they would be 52,000 years."""
    numbers = column.dropna()
    month, day = numbers // 100 % 100, numbers % 100
    dates = (numbers >= 1900_01_01) & (numbers <= 2100_12_31) & (numbers % 1 == 0)
    dates &= (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    return bool(len(numbers) and dates.all())


def _qcut(values: NDArray[np.float64], bins: int, column: Hashable) -> NDArray[np.int64]:
    """Scores 1 … bins by pandas.qcut, as the scripts have them."""
    try:
        codes = pd.qcut(values, bins, labels=False)
    except ValueError:
        raise DataError(
            f"column {column!r}: too many equal values to cut into {bins} quantiles as "
            "ties='order' does. Use ties='average' (the default), or fewer bins.",
            column=str(column),
        ) from None
    return np.asarray(codes, dtype=np.int64) + 1


def rfm_segments(scores: Any, *, names: Names = "standard") -> pd.Series[Any]:
    """Name the segment of each customer from the recency and frequency scores.

    =============  ==============  ===================  ===================  ===============
    recency score  frequency 1     2                    3                    4 and 5
    =============  ==============  ===================  ===================  ===============
    5              new_customers   potential_loyalists  potential_loyalists  champions
    4              promising       potential_loyalists  potential_loyalists  loyal_customers
    3              about_to_sleep  about_to_sleep       need_attention       loyal_customers
    2 and 1        hibernating     hibernating          at_risk              at_risk (4),
                                                                             cant_lose (5)
    =============  ==============  ===================  ===================  ===============

    Parameters
    ----------
    scores : dataframe
        With ``recency_score`` and ``frequency_score`` from 1 to 5, as :func:`rfm_scores` returns.
    names : {"standard", "scripts"}
        ``"scripts"`` spells two segments as the widespread scripts do: at_Risk and cant_loose.

    Returns
    -------
    pandas.Series
        Text named ``segment``, with the index of `scores`.

    Raises
    ------
    DataError
        When a score is not a whole number from 1 to 5.
    OptionError
        When `names` is not one of its allowed values.

    Examples
    --------
    >>> rfm_segments(pd.DataFrame({"recency_score": [5, 1], "frequency_score": [4, 5]})).tolist()
    ['champions', 'cant_lose']
    """
    if names not in get_args(Names):
        raise OptionError(f"names={names!r}: use 'standard' or 'scripts'.")
    frame = to_pandas(scores)
    require_columns(frame, {"recency score": "recency_score", "frequency score": "frequency_score"})
    rows, columns = (_one_to_five(frame, c) for c in ("recency_score", "frequency_score"))
    spelled = [SCRIPT_NAMES.get(n, n) for n in RFM_SEGMENTS] if names == "scripts" else None
    segments: pd.Series[Any] = pd.Series(
        pd.Index(spelled or list(RFM_SEGMENTS)).take(SEGMENT_CODES[rows, columns]).array,
        index=frame.index,
        name="segment",
    )
    return segments


def _one_to_five(frame: pd.DataFrame, column: str) -> NDArray[np.int64]:
    values = numeric(frame, column, minimum=1, integer=True)
    if (values > 5).any():
        raise row_error(
            "scores above 5",
            column=column,
            index=frame.index,
            mask=values > 5,
            values=values,
            expected="scores 1 to 5",
            remedy="The segments are defined for rfm_scores(…, bins=5).",
        )
    return values.astype(np.int64) - 1


def rfm_summary(scores: Any, segments: pd.Series[Any]) -> pd.DataFrame:
    """Summarise recency, frequency and monetary value by segment.

    Parameters
    ----------
    scores : dataframe
        As :func:`rfm_scores` returns.
    segments : Series
        As :func:`rfm_segments` returns, with the same index.

    Returns
    -------
    pandas.DataFrame
        Indexed by segment, from champions to hibernating: ``customers``, ``share``,
        ``recency_mean``, ``frequency_mean``, ``monetary_mean``, ``monetary_sum``. Empty segments
        are left out.

    Raises
    ------
    ColumnError, DataError
        As :func:`tenure.segments.segment_summary`.

    Examples
    --------
    >>> table = pd.DataFrame({"recency": [9], "frequency": [3], "monetary": [80.0]})
    >>> rfm_summary(table, pd.Series(["promising"]))["customers"].to_dict()
    {'promising': 1}
    """
    measures = ["recency", "frequency", "monetary"]
    table = segment_summary(scores, segments, columns=measures)
    order = sorted(table.index, key=lambda name: RFM_SEGMENTS.index(canonical_segment(name)))
    ordered: pd.DataFrame = table.loc[order].drop(columns=["recency_sum", "frequency_sum"])
    return ordered
