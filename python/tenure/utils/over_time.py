"""Customers and their purchases over time, actual and expected under a model."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure import _engine
from tenure._lifetimes_mode import is_active
from tenure._warnings import Notice
from tenure.exceptions import EmptyDataError, UnitWarning
from tenure.horizons import check_cells
from tenure.io.dataframes import kind_of, native_out, to_pandas
from tenure.io.dates import parse_dates
from tenure.io.validation import require_columns
from tenure.periods import PERIOD_NAMES
from tenure.summary.purchase_counts import TrackedPurchases, purchase_periods, track_purchases
from tenure.utils._log import read_log, whole_number
from tenure.utils.freq import SECONDS, Freq, parse_freq

__all__ = ["calculate_alive_path", "expected_cumulative_transactions", "follow_purchases"]

_MOST_PERIODS = 100_000_000
"""Periods to follow customers for, at most: three years of seconds."""


def calculate_alive_path(
    model: Any, transactions: Any, datetime_col: Hashable, t: int, freq: str = "D"
) -> pd.Series[Any]:
    """Follow one customer's probability of being alive from the first purchase on.

    Parameters
    ----------
    model : object with ``conditional_probability_alive(frequency, recency, T)``
        The model, fitted in periods of `freq`.
    transactions : dataframe
        The transactions of one customer.
    datetime_col : str
        Column with their dates.
    t : int
        Periods to follow the customer for.
    freq : {"s", "h", "D", "W", "M", "Y"}
        The period, or a number of them (``"7D"``, ``"2W"``). Purchases within one count once.

    Returns
    -------
    pandas.Series
        P(alive) at T = 0, 1, …, `t`, or as far as the last purchase where that is later. Each is
        what the model answers for one customer: an array of one for the BG/NBD and MBG/NBD models,
        as in lifetimes, a number for others. ``numpy.concatenate(path.tolist())`` makes numbers of
        the arrays.

    Raises
    ------
    ColumnError, DateError, EmptyDataError, OptionError
        When the column is missing, a date cannot be used, there is none or an option is unknown.

    Warns
    -----
    UnitWarning
        When the model is known to have been fitted in another period.

    Examples
    --------
    >>> from tenure import BetaGeoFitter
    >>> model = BetaGeoFitter()
    >>> model.params_ = {"r": 0.24, "alpha": 4.41, "a": 0.79, "b": 2.43}
    >>> log = pd.DataFrame({"day": ["2024-01-01", "2024-01-03"]})
    >>> calculate_alive_path(model, log, "day", 4).astype(str).tolist()
    ['[1.]', '[1.]', '[0.75465839]', '[0.71987655]', '[0.68716025]']
    """
    unit = parse_freq(freq)
    t = whole_number("t", t)
    check_cells(float(t), _MOST_PERIODS, f"t={t}", f"periods of {freq!r}")
    history = _history(transactions, datetime_col, t, unit)
    _warn_of_other_period(model, unit.ruler())
    p_alive = np.asarray(model.conditional_probability_alive(*history), dtype=np.float64)
    one = model.conditional_probability_alive(*(column[0] for column in history))
    if np.ndim(one) == 0:
        return pd.Series(p_alive)
    return pd.Series(list(p_alive.reshape(-1, 1)), dtype=object)


def _history(
    transactions: Any, datetime_col: Hashable, t: int, unit: Freq
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return one customer's frequency, recency and T after 0, 1, … units of time."""
    table = to_pandas(transactions)
    require_columns(table, {"datetime_col": datetime_col})
    dates = parse_dates(table[datetime_col], name=datetime_col)
    if dates.empty:
        raise EmptyDataError("the table of transactions has no rows.")
    everything: pd.Series[Any] = pd.Series(np.zeros(len(dates), dtype=np.int64))
    bought = purchase_periods(everything, dates, collapse=unit.code).ordinals
    offsets = np.unique(_bins(bought, dates.min(), unit)).astype(np.float64)
    size = np.array([len(offsets), max(t, int(offsets[-1])) + 1], dtype=np.int64)
    return _engine.histories(offsets, size[:1], size[1:])


def _bins(bought: NDArray[np.int64], first: pd.Timestamp, unit: Freq) -> NDArray[np.int64]:
    """Count the units of time from the first purchase's to each, as ``resample`` forms them.

    Units of several days, hours or seconds count from the midnight before the first purchase;
    those of several weeks, months or years end with the first purchase's own.
    """
    start = int(bought[0])
    if unit.code in ("W", "M", "Y"):
        start -= unit.count - 1
    else:
        start = pd.Period(first.normalize(), freq=unit.code).ordinal
    since: NDArray[np.int64] = (bought - start) // unit.count
    numbers: NDArray[np.int64] = since - since[0]
    return numbers


def expected_cumulative_transactions(
    model: Any,
    transactions: Any,
    datetime_col: Hashable,
    customer_id_col: Hashable,
    t: int,
    datetime_format: str | None = None,
    freq: str = "D",
    freq_multiplier: int = 1,
    set_index_date: bool = False,
) -> pd.DataFrame | Any:
    r"""Add up repeat purchases over time, those made and those the model expects.

    Up to the end of a period the model expects :math:`\sum_i E[X(T_i)]` of the customers who have
    bought by then, :math:`T_i` being what :func:`summary_data_from_transaction_data` returns for a
    customer when the observation ends in that period.

    Parameters
    ----------
    model : object with ``expected_number_of_purchases_up_to_time(t)``
        The model, fitted on time in `freq` units divided by `freq_multiplier`.
    transactions, datetime_col, customer_id_col, datetime_format
        As for :func:`summary_data_from_transaction_data`.
    t : int
        Periods from the first transaction on.
    freq : {"s", "h", "D", "W", "M", "Y"}
        The period in which purchases count once; ``"7D"`` is ``"D"`` with seven days in each of the
        `t` and in each unit of the model's time.
    freq_multiplier : int
        Units of `freq` in a unit of the model's time, and in a row of the table.
    set_index_date : bool
        Whether the rows are named by their last period instead of numbered.

    Returns
    -------
    DataFrame
        ``actual`` (int64) and ``predicted`` (float64), one row for every `freq_multiplier` of the
        `t` periods; a table of the kind of `transactions`, with the first day of each row's last
        period in the column ``date`` where dates are asked for, where that is Polars or Arrow.

    Raises
    ------
    ColumnError, DateError, EmptyDataError, OptionError
        When a column is missing, a date cannot be used, there is none or an option is unknown.

    Warns
    -----
    DataWarning
        Of rows without a customer or a date, which are left out.
    UnitWarning
        When the model is known to have been fitted in another period.

    Notes
    -----
    lifetimes 0.11.3 takes every customer to be one period older, and so expects too much: 1858.1
    in place of 1626.3 purchases of the CDNOW customers in nine months. While
    :mod:`tenure.lifetimes` is active its figures are reproduced.

    References
    ----------
    P. S. Fader, B. G. S. Hardie, K. L. Lee (2005), A note on implementing the Pareto/NBD model in
    MATLAB, http://brucehardie.com/notes/008/.

    Examples
    --------
    >>> from tenure import BetaGeoFitter
    >>> from tenure.datasets import load_cdnow_transactions
    >>> model = BetaGeoFitter()
    >>> model.params_ = {"r": 0.2426, "alpha": 4.4135, "a": 0.7929, "b": 2.4258}
    >>> expected_cumulative_transactions(
    ...     model, load_cdnow_transactions(), "date", "customer_id", 39 * 7, freq_multiplier=7
    ... ).tail(1).round(1)
        actual  predicted
    38    2457     2494.0
    """
    unit = parse_freq(freq)
    every = whole_number("freq_multiplier", freq_multiplier, 1) * unit.count
    periods = whole_number("t", t, 0) * unit.count
    check_cells(float(periods), _MOST_PERIODS, f"t={t}", f"periods of {freq!r}")
    log = read_log(transactions, customer_id_col, datetime_col, None, datetime_format)
    found = track_purchases(log.customers, log.dates, collapse=unit.code, periods=periods)
    if found.start is None:
        raise EmptyDataError("the table of transactions has no row with a date.")
    log.warn_of_odd_rows(found.counts)
    _warn_of_other_period(model, unit.ruler(every // unit.count))
    ends: NDArray[np.int64] = np.arange(every, periods + 1, every, dtype=np.int64)
    table = _cumulative(model, found, unit.code, ends, every, late=int(is_active()))
    if not set_index_date:
        return native_out(table, transactions)
    start = pd.Period(found.start, freq=unit.code)
    table.index = pd.period_range(start, periods=periods, freq=start.freq)[ends - 1]
    if kind_of(transactions) != "pandas":
        table.index = pd.PeriodIndex(table.index).to_timestamp().rename("date")
    return native_out(table, transactions)


def follow_purchases(
    model: Any, customers: pd.Series[Any], dates: pd.Series[Any], ends: Any, *, unit: float
) -> pd.DataFrame:
    """Add up repeat purchases, made and expected, to the ends of some of the days.

    Parameters
    ----------
    model : object with ``expected_number_of_purchases_up_to_time(t)``
        The model, fitted on purchases that count once a day.
    customers, dates : Series
        The purchases.
    ends : array of int
        Days from the first date on, that of the first purchase being 1.
    unit : float
        Days in a unit of the model's time.

    Returns
    -------
    pandas.DataFrame
        ``actual`` and ``predicted``, one row per end.
    """
    ends = np.asarray(ends, dtype=np.int64)
    days = int(ends.max(initial=0))
    found = track_purchases(customers, dates, collapse="D", periods=days)
    return _cumulative(model, found, "D", ends, unit)


def _cumulative(
    model: Any,
    found: TrackedPurchases,
    code: str,
    ends: NDArray[np.int64],
    unit: float,
    late: int = 0,
) -> pd.DataFrame:
    """Add up what was tracked, and what the model expects, after some numbers of periods.

    `unit` periods make one of the model's time; `late` of them are added to every age.
    """
    made = np.cumsum(found.repeated)[ends - 1]
    expected = np.zeros(0)
    if len(ends):
        if code in ("M", "Y") and not late:
            expected = _expected_by_calendar(model, found, code, ends, unit)
        else:
            curve = _expected(model, (np.arange(len(found.first)) + late) / unit)
            step = int(ends[0])
            step = step if np.array_equal(ends, step * np.arange(1, len(ends) + 1)) else 1
            expected = _engine.expected_over_time(found.first, curve, step)[ends // step - 1]
    table: pd.DataFrame = pd.DataFrame({"actual": made, "predicted": expected})
    return table


def _expected_by_calendar(
    model: Any, found: TrackedPurchases, code: str, ends: NDArray[np.int64], unit: float
) -> NDArray[np.float64]:
    """Expect purchases of customers whose ages are not whole numbers of the mean period."""
    start = pd.Period(found.start, freq=code).ordinal
    starts: Any = np.arange(start, start + int(ends[-1]))  # as numpy counts months and years
    at = starts.astype(f"M8[{code}]").astype("M8[s]").astype(np.int64)
    joined = np.flatnonzero(found.first[: len(at)])
    ages = at[ends - 1][:, None] - at[joined]
    seconds, place = np.unique(np.maximum(ages, 0), return_inverse=True)
    curve = _expected(model, seconds / (SECONDS[code] * unit))
    expected: NDArray[np.float64] = np.where(ages < 0, 0.0, curve[place.reshape(ages.shape)])
    return expected @ found.first[joined]


def _expected(model: Any, ages: NDArray[np.float64]) -> NDArray[np.float64]:
    answer = model.expected_number_of_purchases_up_to_time(ages)
    return np.ascontiguousarray(answer, dtype=np.float64)


def _warn_of_other_period(model: Any, asked: str | None) -> None:
    fitted = getattr(model, "period_", None)
    if fitted is None or asked == fitted:
        return
    shown = "other periods" if asked is None else f"{PERIOD_NAMES[asked]}s"
    Notice(
        UnitWarning,
        f"The figures are wrong: the model was fitted on {PERIOD_NAMES[fitted]}s and is asked about"
        f" {shown}. Fit it on a summary in {shown}, or choose freq and freq_multiplier to match.",
    ).emit()
