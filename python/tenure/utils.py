"""Helpers under the names and signatures they have in ``lifetimes.utils``."""

from __future__ import annotations

import operator
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.dates import parse_date, parse_dates
from tenure.exceptions import (
    ConvergenceError,
    DataError,
    DataWarning,
    EmptyDataError,
    OptionError,
    RefundWarning,
    UnitWarning,
)
from tenure.frames import numeric, require_columns, to_pandas, with_provenance
from tenure.paths import follow
from tenure.periods import PERIOD_DAYS, PERIOD_NAMES
from tenure.transactions import aggregate, aggregate_split, purchase_periods
from tenure.verdict import Notice

__all__ = [
    "ConvergenceError",
    "calculate_alive_path",
    "calibration_and_holdout_data",
    "expected_cumulative_transactions",
    "summary_data_from_transaction_data",
]

_SECONDS = {"s": 1, "h": 3_600, "D": 86_400, "W": 604_800, "M": 2_629_746, "Y": 31_556_952}
"""Length of each numpy time unit in seconds; its months and years are Gregorian averages."""
_ALIASES = {"1D": "D", "1W": "W", "H": "h", "1H": "h"}
_NO_HOLDOUT = (
    "There is no data available. Check the `observation_period_end` and  `calibration_period_end` "
    "and confirm that values in `transactions` occur prior to those dates."
)


def summary_data_from_transaction_data(
    transactions: Any,
    customer_id_col: Hashable,
    datetime_col: Hashable,
    monetary_value_col: Hashable | None = None,
    datetime_format: str | None = None,
    observation_period_end: Any = None,
    freq: str = "D",
    freq_multiplier: float = 1,
    include_first_transaction: bool = False,
) -> pd.DataFrame:
    """Summarise transactions as lifetimes does; :func:`tenure.summarize` offers more.

    Dates are cut to `freq`, purchases within one such period are one and their money is added up.
    frequency counts the periods after the first, recency and T are the times from the first period
    to the last and to the end of the observation, in `freq` units divided by `freq_multiplier`,
    and monetary_value is the mean money of the periods that frequency counts (0 where none).

    Parameters
    ----------
    transactions : dataframe
        One row a transaction.
    customer_id_col, datetime_col : str
        Columns with the customer's id and the date: datetimes, date objects or text.
    monetary_value_col : str, optional
        Column with the money of each transaction.
    datetime_format : str, optional
        A strptime format for dates in text.
    observation_period_end : date-like, optional
        End of the observation; the period it lies in belongs to it. The last date when not given.
    freq : {"s", "h", "D", "W", "M", "Y"}
        The period. Weeks start on Monday.
    freq_multiplier : number
        Divides recency and T: ``freq="D", freq_multiplier=7`` gives weeks with fractions.
    include_first_transaction : bool
        Whether frequency and monetary_value include the first period. The models want them not to.

    Returns
    -------
    pandas.DataFrame
        float64 columns ``frequency``, ``recency``, ``T``[, ``monetary_value``], indexed by customer
        id and sorted by it.

    Raises
    ------
    ColumnError, DateError, EmptyDataError, DataError, OptionError
        When a column is missing, a date or amount cannot be used, or no transaction is left.

    Warns
    -----
    DataWarning
        Of rows without a customer or a date, which are left out, and without an amount, which count
        as 0, all as in lifetimes.
    RefundWarning
        Of negative amounts, which count as purchases here as they do in lifetimes.

    Notes
    -----
    Text is read as dates before anything is compared, so that the last date and the first purchase
    are right for every format; lifetimes 0.11.3 compares the text itself.

    Examples
    --------
    >>> log = pd.DataFrame({"id": [1, 1, 2], "day": ["2024-01-01", "2024-01-08", "2024-01-05"]})
    >>> summary_data_from_transaction_data(log, "id", "day").reset_index()
       id  frequency  recency    T
    0   1        1.0      7.0  7.0
    1   2        0.0      0.0  3.0
    """
    multiplier = _multiplier(freq_multiplier)
    log = _read_log(
        transactions, customer_id_col, datetime_col, monetary_value_col, datetime_format, freq
    )
    end = None
    if observation_period_end is not None:
        end = parse_date(
            observation_period_end, name="observation_period_end", format=datetime_format
        )
    found = aggregate(
        log.customers,
        log.dates,
        log.amounts,
        collapse=freq,
        unit_seconds=_SECONDS[freq],
        multiplier=multiplier,
        end=end,
        whole_period=True,
        refunds="keep",
        include_first=include_first_transaction,
    )
    log.say_what_is_odd(found.counts)
    return with_provenance(
        found.table,
        period=_ruler(freq, multiplier),
        collapse=freq,
        observation_end=_day(found.end),
        source="transactions",
        convention="total" if include_first_transaction else "repeat",
        customers=len(found.table),
        notes={name: count for name, count in found.counts.items() if count},
    )


def calibration_and_holdout_data(
    transactions: Any,
    customer_id_col: Hashable,
    datetime_col: Hashable,
    calibration_period_end: Any,
    observation_period_end: Any = None,
    freq: str = "D",
    freq_multiplier: float = 1,
    datetime_format: str | None = None,
    monetary_value_col: Hashable | None = None,
    include_first_transaction: bool = False,
) -> pd.DataFrame:
    """Summarise transactions up to a date, and count what the same customers bought after it.

    The calibration columns are those of :func:`summary_data_from_transaction_data` for the
    transactions up to `calibration_period_end`. frequency_holdout counts the periods with a
    purchase between then and `observation_period_end`, and monetary_value_holdout is the mean
    money of those periods (0 where none), so that it compares with monetary_value_cal.

    Parameters
    ----------
    transactions, customer_id_col, datetime_col, freq, freq_multiplier, datetime_format
        As for :func:`summary_data_from_transaction_data`.
    calibration_period_end : date-like
        Last moment of the calibration; a date without a time is its midnight.
    observation_period_end : date-like, optional
        Last moment of the holdout. The last date when not given.
    monetary_value_col : str, optional
        Column with the money of each transaction.
    include_first_transaction : bool
        Whether frequency_cal and monetary_value_cal include the first period.

    Returns
    -------
    pandas.DataFrame
        float64 columns ``frequency_cal``, ``recency_cal``, ``T_cal``[, ``monetary_value_cal``],
        ``frequency_holdout``[, ``monetary_value_holdout``], ``duration_holdout``, indexed by the
        customers who bought in the calibration period. Times are in `freq` units divided by
        `freq_multiplier`.

    Raises
    ------
    ColumnError, DateError, EmptyDataError, DataError, OptionError
        As :func:`summary_data_from_transaction_data`; EmptyDataError (a ``ValueError``) too when
        either of the two spans holds no transaction.

    Warns
    -----
    DataWarning, RefundWarning
        As :func:`summary_data_from_transaction_data`.

    Notes
    -----
    lifetimes 0.11.3 gives the mean of single transactions as monetary_value_holdout and the mean of
    periods as monetary_value_cal. The two are one here: the mean of periods, which is what the
    models of spending are fitted to.

    Examples
    --------
    >>> log = pd.DataFrame({"id": [1, 1, 2, 1], "day": ["2024-01-01", "2024-01-08", "2024-01-05",
    ...                                                 "2024-02-03"]})
    >>> calibration_and_holdout_data(log, "id", "day", "2024-01-31").T
    id                    1     2
    frequency_cal       1.0   0.0
    recency_cal         7.0   0.0
    T_cal              30.0  26.0
    frequency_holdout   1.0   0.0
    duration_holdout    3.0   3.0
    """
    multiplier = _multiplier(freq_multiplier)
    log = _read_log(
        transactions, customer_id_col, datetime_col, monetary_value_col, datetime_format, freq
    )
    split = parse_date(
        calibration_period_end, name="calibration_period_end", format=datetime_format
    )
    end: pd.Timestamp = log.dates.max()
    if observation_period_end is not None:
        end = parse_date(
            observation_period_end, name="observation_period_end", format=datetime_format
        )
    found = None
    if log.dates.notna().any():
        found = aggregate_split(
            log.customers,
            log.dates,
            log.amounts,
            collapse=freq,
            unit_seconds=_SECONDS[freq],
            multiplier=multiplier,
            split=split,
            end=end,
            include_first=include_first_transaction,
        )
    if found is None:
        raise EmptyDataError(_NO_HOLDOUT)
    counts = {**found.counts, "without_date": int(log.dates.isna().sum())}
    log.say_what_is_odd(counts)
    table: pd.DataFrame = found.calibration.table.add_suffix("_cal")
    table["frequency_holdout"] = found.frequency
    if found.monetary_value is not None:
        table["monetary_value_holdout"] = found.monetary_value
    periods = pd.Period(end, freq=freq).ordinal - pd.Period(split, freq=freq).ordinal
    table["duration_holdout"] = periods / multiplier
    return with_provenance(
        table,
        period=_ruler(freq, multiplier),
        collapse=freq,
        observation_end=_day(found.calibration.end),
        holdout_end=_day(found.end),
        source="transactions",
        convention="total" if include_first_transaction else "repeat",
        customers=len(table),
        notes={name: count for name, count in counts.items() if count},
    )


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
    history = _history(transactions, datetime_col, _whole("t", t), freq)
    _warn_of_other_period(model, _ruler(freq, 1.0))
    p_alive = np.asarray(model.conditional_probability_alive(*history), dtype=np.float64)
    one = model.conditional_probability_alive(*(column[0] for column in history))
    if np.ndim(one) == 0:
        return pd.Series(p_alive)
    return pd.Series(list(p_alive.reshape(-1, 1)), dtype=object)


def _history(
    transactions: Any, datetime_col: Hashable, t: int, freq: str
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return one customer's frequency, recency and T after 0, 1, … periods."""
    _check_freq(freq)
    table = to_pandas(transactions)
    require_columns(table, {"datetime_col": datetime_col})
    dates = parse_dates(table[datetime_col], name=datetime_col)
    if dates.empty:
        raise EmptyDataError("the table of transactions has no rows.")
    bought = np.unique(pd.PeriodIndex(dates.dt.to_period(freq)).asi8)
    offsets = (bought - bought[0]).astype(np.float64)
    length = max(t, int(offsets[-1])) + 1
    return follow(offsets, np.array([len(offsets)]), np.array([length]))


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
) -> pd.DataFrame:
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
    pandas.DataFrame
        ``actual`` (int64) and ``predicted`` (float64), one row for every `freq_multiplier` of the
        `t` periods.

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
    periods, every = _whole("t", t, 0), _whole("freq_multiplier", freq_multiplier, 1)
    log = _read_log(transactions, customer_id_col, datetime_col, None, datetime_format, freq)
    if not log.dates.notna().any():
        raise EmptyDataError("the table of transactions has no row with a date.")
    log.say_what_is_odd(
        {
            "without_customer": int(log.customers.isna().sum()),
            "without_date": int(log.dates.isna().sum()),
        }
    )
    _warn_of_other_period(model, _ruler(freq, every))
    start = pd.Period(log.dates.min(), freq=freq)
    found = purchase_periods(log.customers, log.dates, collapse=freq, last=start + periods)
    offsets = found.periods.asi8 - start.ordinal
    first, repeated = (
        np.bincount(offsets[rows], minlength=periods + 1)[:periods]
        for rows in (found.first, ~found.first)
    )
    ends: NDArray[np.int64] = np.arange(every, periods + 1, every, dtype=np.int64)
    predicted: NDArray[np.float64] = np.zeros(len(ends))
    if len(ends):
        lags = np.arange(1, periods + 1)
        expected = model.expected_number_of_purchases_up_to_time(lags / every)
        expected = np.asarray(expected, dtype=np.float64)
        predicted = np.convolve(first.astype(np.float64), expected)[ends - 1]
    actual = np.concatenate([[0], np.cumsum(repeated)]).astype(np.int64)[ends]
    index: pd.Index[Any] = pd.RangeIndex(len(ends))
    if set_index_date:
        index = pd.period_range(start, periods=periods, freq=start.freq)[ends - 1]
    table: pd.DataFrame = pd.DataFrame({"actual": actual, "predicted": predicted}, index=index)
    return table


def _warn_of_other_period(model: Any, asked: str | None) -> None:
    fitted = getattr(model, "period_", None)
    if fitted is None or asked == fitted:
        return
    shown = "other periods" if asked is None else f"{PERIOD_NAMES[asked]}s"
    Notice(
        UnitWarning,
        f"The model was fitted on time in {PERIOD_NAMES[fitted]}s and is asked here about {shown}, "
        f"so the figures are wrong. Fit it on a summary in {shown}, or choose freq and "
        f"freq_multiplier so that what is asked for is in {PERIOD_NAMES[fitted]}s.",
    ).emit()


def _find_first_transactions(
    transactions: Any,
    customer_id_col: Hashable,
    datetime_col: Hashable,
    monetary_value_col: Hashable | None = None,
    datetime_format: str | None = None,
    observation_period_end: Any = None,
    freq: str = "D",
) -> pd.DataFrame:
    """List the periods in which customers bought, each once, and mark everyone's first.

    Parameters
    ----------
    transactions, customer_id_col, datetime_col, monetary_value_col, datetime_format, freq
        As for :func:`summary_data_from_transaction_data`.
    observation_period_end : date-like, optional
        The period it lies in is the last that counts.

    Returns
    -------
    pandas.DataFrame
        Customer id, period[, money of the period], and ``first``, under the names of the columns
        they come from, sorted by customer and period. Rows are numbered, without money by the
        sorted transaction each begins with, as in lifetimes.
    """
    log = _read_log(
        transactions, customer_id_col, datetime_col, monetary_value_col, datetime_format, freq
    )
    last = None
    if observation_period_end is not None:
        end = parse_date(
            observation_period_end, name="observation_period_end", format=datetime_format
        )
        last = pd.Period(end, freq=freq)
    found = purchase_periods(log.customers, log.dates, log.amounts, collapse=freq, last=last)
    columns: dict[Hashable, Any] = {customer_id_col: found.customers, datetime_col: found.periods}
    index: pd.Index[Any] = pd.Index(found.rows)
    if log.money is not None and found.amounts is not None:
        whole = pd.api.types.is_integer_dtype(log.money.dtype)
        columns[log.money.name] = found.amounts.astype(np.int64) if whole else found.amounts
        index = pd.RangeIndex(len(found.rows))
    columns["first"] = found.first
    table: pd.DataFrame = pd.DataFrame(columns)
    table.index = index
    return table


def _scale_time(age: Any) -> Any:
    """Return the factor that brings the greatest age to 1."""
    return 1.0 / np.asarray(age, dtype=np.float64).max()


def _customer_lifetime_value(
    transaction_prediction_model: Any,
    frequency: Any,
    recency: Any,
    T: Any,
    monetary_value: Any,
    time: float = 12,
    discount_rate: float = 0.01,
    freq: str = "D",
) -> pd.Series[float]:
    """Value the purchases of the next `time` months, as ``customer_lifetime_value`` does."""
    from tenure.fitters._lifetime_value import lifetime_value

    return lifetime_value(
        transaction_prediction_model,
        frequency,
        recency,
        T,
        monetary_value,
        time=time,
        discount_rate=discount_rate,
        freq=freq,
    )


def _save_obj_without_attr(
    obj: Any,
    attr_list: Sequence[str],
    path: str | PathLike[str],
    values_to_save: Sequence[Any] | None = None,
) -> None:
    """Save a model to a JSON file without some of its attributes.

    Parameters
    ----------
    obj : model
        One of this package's; nothing else can be written without pickling it.
    attr_list : list of str
        What to leave out: ``"data"``, ``"generate_new_data"``; other names change nothing.
    path : path
        File to write.
    values_to_save : list, optional
        What the loaded model is to have in their place, one value an attribute.

    Raises
    ------
    OptionError
        When `obj` is something else.
    """
    from tenure.fitters._persist import JsonFile

    if not isinstance(obj, JsonFile):
        raise OptionError(
            f"obj is a {type(obj).__name__}; only tenure's models can be written to a model file. "
            "Objects of other kinds would have to be pickled, which tenure does not do."
        )
    values = [None] * len(attr_list) if values_to_save is None else values_to_save
    left_out = dict(zip(attr_list, values, strict=False))
    placeholders = [left_out[name] for name in ("data", "generate_new_data") if name in left_out]
    obj.save_model(
        path,
        save_data="data" not in left_out,
        save_generate_data_method="generate_new_data" not in left_out,
        values_to_save=placeholders if any(value is not None for value in placeholders) else None,
    )


@dataclass(frozen=True)
class _Log:
    """A table of transactions that has been read."""

    customers: pd.Series[Any]
    dates: pd.Series[Any]
    amounts: NDArray[np.float64] | None
    money: pd.Series[Any] | None

    def say_what_is_odd(self, counts: Mapping[str, int]) -> None:
        """Warn of what was left out or counts in a way that may surprise."""
        for count, column in (
            ("without_customer", self.customers.name),
            ("without_date", self.dates.name),
        ):
            if counts[count]:
                Notice(
                    DataWarning,
                    f"{counts[count]:,} transactions have no {column!r}; they are left out.",
                ).emit()
        if self.money is not None and counts.get("refunds"):
            Notice(
                RefundWarning,
                f"{counts['refunds']:,} transactions have a negative {self.money.name!r} and count "
                "as purchases, as in lifetimes: frequency is too high and monetary_value too low "
                "by them. tenure.summarize nets them against the purchases they belong to.",
            ).emit()


def _read_log(
    transactions: Any,
    customer_id_col: Hashable,
    datetime_col: Hashable,
    monetary_value_col: Hashable | None,
    datetime_format: str | None,
    freq: str,
) -> _Log:
    _check_freq(freq)
    table = to_pandas(transactions)
    require_columns(
        table,
        {
            "customer_id_col": customer_id_col,
            "datetime_col": datetime_col,
            "monetary_value_col": monetary_value_col,
        },
    )
    dates = parse_dates(
        table[datetime_col], name=datetime_col, format=datetime_format, allow_missing=True
    )
    if monetary_value_col is None:
        return _Log(table[customer_id_col], dates, None, None)
    amounts = _amounts(table, monetary_value_col)
    return _Log(table[customer_id_col], dates, amounts, table[monetary_value_col])


def _check_freq(freq: str) -> None:
    if freq not in _SECONDS:
        raise OptionError(f"freq={freq!r} is unknown; use one of {', '.join(_SECONDS)}.")


def _whole(name: str, value: Any, minimum: int | None = None) -> int:
    number: int | None
    try:
        number = operator.index(value)
    except TypeError:
        number = int(value) if isinstance(value, float) and value.is_integer() else None
    if number is None or (minimum is not None and number < minimum):
        bound = "" if minimum is None else f" of {minimum} or more"
        raise OptionError(f"{name}={value!r} must be a whole number{bound}.")
    return number


def _day(moment: pd.Timestamp) -> str:
    return moment.isoformat().removesuffix("T00:00:00")


def _multiplier(value: Any) -> float:
    try:
        multiplier = float(value)
    except (TypeError, ValueError):
        multiplier = np.nan
    if not 0 < multiplier < np.inf:
        raise OptionError(f"freq_multiplier={value!r} must be a number above 0.")
    return multiplier


def _amounts(table: pd.DataFrame, column: Hashable) -> NDArray[np.float64]:
    amounts = numeric(table, column, allow_missing=True)
    missing = np.isnan(amounts)
    if not missing.any():
        return amounts
    Notice(
        DataWarning,
        f"{np.count_nonzero(missing):,} transactions have no {column!r}; they count as purchases "
        "of 0.",
    ).emit()
    return np.where(missing, 0.0, amounts)


def _ruler(freq: str, multiplier: float) -> str | None:
    """Return the period that recency and T are in, None where it has no code."""
    if multiplier == 1 and freq in PERIOD_DAYS:
        return freq
    days = _SECONDS[freq] * multiplier / _SECONDS["D"]
    return next((code for code, length in PERIOD_DAYS.items() if length == days), None)


def _check_inputs(
    frequency: Any, recency: Any = None, T: Any = None, monetary_value: Any = None
) -> None:
    """Check a customer summary as lifetimes does, with lifetimes' messages.

    Parameters
    ----------
    frequency, recency, T, monetary_value : array-like
        Columns of a customer summary; those left out are not checked.

    Raises
    ------
    DataError
        A ``ValueError`` with the message lifetimes has for it.
    """
    x = np.asarray(frequency, dtype=np.float64)
    if recency is not None:
        t_x = np.asarray(recency, dtype=np.float64)
        age = None if T is None else np.asarray(T, dtype=np.float64)
        if age is not None and (t_x > age).any():
            raise DataError("Some values in recency vector are larger than T vector.")
        if (t_x[x == 0] != 0).any():
            raise DataError("There exist non-zero recency values when frequency is zero.")
        if (t_x < 0).any():
            raise DataError("There exist negative recency (ex: last order set before first order)")
        if 0 in (x.size, t_x.size, *(() if age is None else (age.size,))):
            raise EmptyDataError(
                "There exists a zero length vector in one of frequency, recency or T."
            )
    if (x != np.trunc(x)).any():
        raise DataError("There exist non-integer values in the frequency vector.")
    if monetary_value is not None and (np.asarray(monetary_value, dtype=np.float64) <= 0).any():
        raise DataError("There exist non-positive (<= 0) values in the monetary_value vector.")
