"""Customers and their purchases over time, and what a model says of them."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure import _engine
from tenure.adapters import kind_of, native_out, to_pandas
from tenure.dates import parse_dates
from tenure.exceptions import EmptyDataError, UnitWarning
from tenure.frames import require_columns
from tenure.periods import PERIOD_NAMES
from tenure.purchases import purchase_periods, track_purchases
from tenure.utils._log import check_freq, read_log, ruler, whole_number
from tenure.verdict import Notice

__all__ = ["calculate_alive_path", "expected_cumulative_transactions"]

_ALIASES = {"1D": "D", "1W": "W", "H": "h", "1H": "h"}


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
        The period. Purchases within one count once.

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
    freq = _ALIASES.get(freq, freq)
    history = _history(transactions, datetime_col, whole_number("t", t), freq)
    _warn_of_other_period(model, ruler(freq, 1.0))
    p_alive = np.asarray(model.conditional_probability_alive(*history), dtype=np.float64)
    one = model.conditional_probability_alive(*(column[0] for column in history))
    if np.ndim(one) == 0:
        return pd.Series(p_alive)
    return pd.Series(list(p_alive.reshape(-1, 1)), dtype=object)


def _history(
    transactions: Any, datetime_col: Hashable, t: int, freq: str
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return one customer's frequency, recency and T after 0, 1, … periods."""
    check_freq(freq)
    table = to_pandas(transactions)
    require_columns(table, {"datetime_col": datetime_col})
    dates = parse_dates(table[datetime_col], name=datetime_col)
    if dates.empty:
        raise EmptyDataError("the table of transactions has no rows.")
    everything: pd.Series[Any] = pd.Series(np.zeros(len(dates), dtype=np.int64))
    bought = purchase_periods(everything, dates, collapse=freq).ordinals
    offsets = (bought - bought[0]).astype(np.float64)
    size = np.array([len(offsets), max(t, int(offsets[-1])) + 1], dtype=np.int64)
    return _engine.histories(offsets, size[:1], size[1:])


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

    After i periods the model expects :math:`\sum_f n_f \, E[X((i - f) / m)]`, where
    :math:`n_f` customers bought for the first time in period f < i and m is `freq_multiplier`.

    Parameters
    ----------
    model : object with ``expected_number_of_purchases_up_to_time(t)``
        The model, fitted on time in `freq` units divided by `freq_multiplier`.
    transactions, datetime_col, customer_id_col, datetime_format
        As for :func:`summary_data_from_transaction_data`.
    t : int
        Periods from the first transaction on.
    freq : {"s", "h", "D", "W", "M", "Y"}
        The period in which purchases count once.
    freq_multiplier : int
        Periods in a unit of the model's time, and in a row of the table.
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
    38    2457     2501.6
    """
    periods, every = whole_number("t", t, 0), whole_number("freq_multiplier", freq_multiplier, 1)
    log = read_log(transactions, customer_id_col, datetime_col, None, datetime_format, freq)
    found = track_purchases(log.customers, log.dates, collapse=freq, periods=periods)
    if found.start is None:
        raise EmptyDataError("the table of transactions has no row with a date.")
    log.say_what_is_odd(found.counts)
    _warn_of_other_period(model, ruler(freq, every))
    ends: NDArray[np.int64] = np.arange(every, periods + 1, every, dtype=np.int64)
    predicted: NDArray[np.float64] = np.zeros(len(ends))
    if len(ends):
        ages = np.arange(1, periods + 1) / every
        expected = model.expected_number_of_purchases_up_to_time(ages)
        expected = np.ascontiguousarray(expected, dtype=np.float64)
        predicted = _engine.expected_over_time(found.first, expected, every)
    index: pd.Index[Any] = pd.RangeIndex(len(ends))
    if set_index_date:
        start = pd.Period(found.start, freq=freq)
        index = pd.period_range(start, periods=periods, freq=start.freq)[ends - 1]
    table: pd.DataFrame = pd.DataFrame(
        {"actual": np.cumsum(found.repeated)[ends - 1], "predicted": predicted}, index=index
    )
    if set_index_date and kind_of(transactions) != "pandas":
        table.index = pd.PeriodIndex(table.index).to_timestamp().rename("date")
    return native_out(table, transactions)


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
