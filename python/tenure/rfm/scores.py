"""Recency, frequency and monetary scores, one row per customer."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from numbers import Real
from typing import Any, cast, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure._choices import EARLIER_TIES, Ties, check_choice
from tenure.exceptions import DateError, EmptyDataError, OptionError, UnitError
from tenure.io.dates import parse_date, parse_dates
from tenure.io.provenance import provenance, with_provenance
from tenure.io.text import quoted
from tenure.io.validation import (
    indexed_by,
    native_out,
    numeric,
    require_columns,
    row_error,
    to_pandas,
)
from tenure.periods import PERIOD_NAMES, convert, parse_period
from tenure.rfm.codes import choose_separator, code_column
from tenure.rfm.cut_points import remember
from tenure.rfm.schemes import Bins, Scored, read_schemes, score
from tenure.summary.totals_checks import LAG

__all__ = ["rfm_scores"]


def rfm_scores(
    customers: Any,
    *,
    recency: Hashable,
    frequency: Hashable,
    monetary: Hashable | None = None,
    analysis_date: Any = None,
    period: str = "D",
    bins: Bins = 5,
    ties: Ties = "average",
    weights: Mapping[str, float] | None = None,
    separator: str | None = None,
    customer: Hashable | None = None,
) -> Any:
    r"""Score customers on recency, frequency and monetary value, the higher the better.

    By default the scores are quintiles: 5 is the most recent, most frequent, highest spending
    fifth.

    Parameters
    ----------
    customers : dataframe
        One row per customer, usually from :func:`tenure.prepare_totals` with
        ``cap_outliers=False``: RFM is about what customers did, outliers included.
    recency : str
        Column with the time since the last order (in days, or in `period`), or with the
        date of the last order.
    frequency : str
        Column with the number of orders.
    monetary : str, optional
        Column with the total spend; without it only recency and frequency are scored.
    analysis_date : date or str, optional
        The day recency is counted from, where `recency` is a column of dates. When left out it is
        what the table remembers from :func:`tenure.prepare_totals`, else two days after the last
        date in the column.
    period : {"h", "D", "W", "M", "Y"}
        Unit of a `recency` column of numbers; they are turned into days.
    bins : int, or mapping of measure to int, thresholds or function
        How many scores, and how they come about. An int makes as many quantiles of every measure.
        ``{"recency": …, "frequency": …, "monetary": …}`` sets it for each: an int (2 to 1,000,000
        quantiles); thresholds in increasing order, which make one score more than there are
        thresholds; or a function that takes the column as a Series and returns whole numbers from
        1 up, the higher the better. A value on a threshold has the better score: with
        ``[30, 90]`` 30 days since the last order score 3, 90 days 2, and with ``[100, 500]``
        a spend of 500 scores 3.
    ties : {"average", "first"}
        What quantiles do with equal values. ``"average"``: equal values get equal scores, by the
        quantile of their average rank, whatever the order of the rows. ``"first"`` reproduces the
        usual scripts: equal frequencies are ranked by row order, and recency and spend are cut
        by ``pandas.qcut``.
    weights : mapping of str to float, optional
        Weight of each measure, such as ``{"recency": 2, "frequency": 1, "monetary": 1}``; adds the
        column ``weighted_score``. Weights are divided by their sum; measures not named have none.
    separator : str, optional
        Separator of the scores in the text columns. When left out none, and ``"_"``
        (``"10_3_7"``) where a score may have two digits.
    customer : str, optional
        The column with the customer's id, where it is not the index: Polars and Arrow tables have
        none.

    Returns
    -------
    dataframe
        Of the kind of `customers`, with its index:
        ``recency`` (days), ``frequency``, ``monetary``,
        ``recency_score``, ``frequency_score``, ``monetary_score`` (integers), ``RF_SCORE`` and
        ``RFM_SCORE`` (text such as ``"54"`` and ``"545"``), and ``weighted_score`` where asked for.
        :func:`tenure.rfm.cut_points` lists the limits between the scores.

    Raises
    ------
    EmptyDataError
        When the table has no rows.
    ColumnError, DataError, DateError
        When a column is missing or holds missing, infinite or negative values, a last order is
        after the analysis date, a function returns something other than scores, or with
        ``ties="first"`` so many values are equal that the scripts' cut does not exist.
    UnitError
        When `recency` is that of a customer summary, which is another thing.
    OptionError
        When an option is not one of its allowed values.

    Notes
    -----
    The weighted score is :math:`\sum_k w_k s_k`, the mean of the scores by weight. Where measures
    have different numbers of scores :math:`b_k`, each is first stretched to the largest of them,
    *B*: :math:`1 + (s_k - 1)(B - 1)/(b_k - 1)`. For a function *b* is the largest score it gave.

    Examples
    --------
    >>> table = pd.DataFrame({"days": [3, 200], "orders": [9, 1], "spend": [900.0, 20.0]})
    >>> scores = rfm_scores(table, recency="days", frequency="orders", monetary="spend", bins=2)
    >>> scores["RFM_SCORE"].tolist()
    ['222', '111']
    >>> rules = {"recency": [30, 90, 180], "frequency": 2, "monetary": lambda m: 1 + (m >= 500)}
    >>> scores = rfm_scores(table, recency="days", frequency="orders", monetary="spend", bins=rules)
    >>> scores["RFM_SCORE"].tolist()
    ['422', '111']
    """
    columns = {"recency": recency, "frequency": frequency}
    if monetary is not None:
        columns["monetary"] = monetary
    schemes = read_schemes(bins, list(columns))
    ties = cast(Ties, check_choice("ties", ties, get_args(Ties), EARLIER_TIES))
    shares = _shares(weights, list(columns))
    frame = indexed_by(to_pandas(customers), customer)
    require_columns(frame, columns)
    if frame.empty:
        raise EmptyDataError("the table has no customers to score.")
    values = {"recency": _days(frame, recency, analysis_date, period)}
    for measure in list(columns)[1:]:
        values[measure] = numeric(frame, columns[measure], minimum=0).copy()

    scored: dict[str, Scored] = {}
    for measure, numbers in values.items():
        if ties == "first" and measure == "frequency" and isinstance(schemes[measure], int):
            numbers = np.asarray(pd.Series(numbers).rank(method="first"), dtype=np.float64)
        scored[measure] = score(
            pd.Series(numbers, index=frame.index, name=columns[measure], copy=False),
            schemes[measure],
            low_is_best=measure == "recency",
            ties=ties,
        )
    tops = [found.top for found in scored.values()]
    between = choose_separator(separator, max(tops))
    marks = [found.scores for found in scored.values()]
    found: dict[str, Any] = dict(values)
    found |= {f"{measure}_score": part.scores for measure, part in scored.items()}
    found["RF_SCORE"] = code_column(marks[:2], tops[:2], between)
    if monetary is not None:
        found["RFM_SCORE"] = code_column(marks, tops, between)
    if shares is not None:
        found["weighted_score"] = _weighted(marks, tops, shares)
    result = pd.DataFrame(found, index=frame.index, copy=False)
    remembered = with_provenance(
        result,
        rfm_bins={measure: part.bins for measure, part in scored.items()},
        rfm_cuts=remember(scored, values, schemes),
    )
    return native_out(remembered, customers)


_TOO_LARGE = 1e300
"""Weights whose sum may no longer be a number."""


def _shares(weights: Any, measures: Sequence[str]) -> list[float] | None:
    if weights is None:
        return None
    names = ", ".join(map(repr, measures))
    wanted = f"give a number from 0 to below 1e300 for one or more of {names}, not all 0"
    if not isinstance(weights, Mapping) or not weights or set(weights) - set(measures):
        raise OptionError(f"weights={quoted(weights)}: {wanted}.")
    for weight in weights.values():
        fits = isinstance(weight, Real) and not isinstance(weight, bool)
        if not fits or not 0 <= weight < _TOO_LARGE:
            raise OptionError(f"weights={quoted(weights)}: {wanted}.")
    total = math.fsum(weights.values())
    if not total > 0:
        raise OptionError(f"weights={quoted(weights)}: {wanted}.")
    return [weights.get(measure, 0.0) / total for measure in measures]


def _weighted(
    scores: Sequence[NDArray[np.int64]], tops: Sequence[int], shares: Sequence[float]
) -> NDArray[np.float64]:
    largest = max(tops)
    total = np.zeros(len(scores[0]))
    for marks, top, share in zip(scores, tops, shares, strict=True):
        stretch = (largest - 1) / (top - 1) if top > 1 else 1.0
        total += share * (1.0 + (marks - 1) * stretch)
    return total


def _days(
    frame: pd.DataFrame, recency: Hashable, analysis_date: Any, period: str
) -> NDArray[np.float64]:
    column = frame[recency]
    known = provenance(frame) or {}
    unit = parse_period(period)
    if column.dtype.kind in "iuf" and not _written_dates(column):
        if recency == "recency" and "T" in frame.columns and known.get("convention") is not None:
            raise UnitError(
                "'recency' of a customer summary is the time from the first purchase to the last; "
                "RFM's is the time since the last one. Use tenure.rfm.rfm_table on the purchases "
                f"or the totals, or score T − recency (in {PERIOD_NAMES[known['period']]}s: "
                f"period={known['period']!r})."
            )
        if analysis_date is not None:
            raise OptionError(
                f"analysis_date is for a recency column of dates; {recency!r} already counts days."
            )
        return numeric(frame, recency, minimum=0) * convert(1.0, unit, "D")
    if unit != "D":
        raise OptionError(
            f"period={period!r} is for a recency column of numbers; {recency!r} holds dates."
        )
    last = parse_dates(column, name=recency)
    if analysis_date is not None:
        end = parse_date(analysis_date, name="analysis_date")
    else:
        remembered = known.get("observation_end")
        end = last.max() + LAG if remembered is None else pd.Timestamp(remembered)
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
    """Return whether numbers are dates written yyyymmdd; as days they would be 52,000 years."""
    numbers = column.dropna()
    if not len(numbers) or numbers.min() < 1900_01_01 or numbers.max() > 2100_12_31:
        return False
    month, day = numbers // 100 % 100, numbers % 100
    dates = (numbers % 1 == 0) & month.between(1, 12) & day.between(1, 31)
    return bool(dates.all())
