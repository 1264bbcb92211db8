"""Summaries of transactions as lifetimes makes them."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd

from tenure._lifetimes_mode import is_active
from tenure._warnings import Notice
from tenure.exceptions import DataWarning, EmptyDataError
from tenure.io.provenance import with_provenance
from tenure.io.validation import native_out
from tenure.summary.aggregation import aggregate, aggregate_split
from tenure.utils._log import Log, iso_day, positive_multiplier, read_end, read_log
from tenure.utils.freq import Freq, parse_freq

__all__ = ["calibration_and_holdout_data", "summary_data_from_transaction_data"]

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
) -> pd.DataFrame | Any:
    """Summarise transactions as lifetimes does; :func:`tenure.summarize` offers more.

    Dates are cut to `freq`, purchases within one such period are one and their money is added up.
    frequency counts the periods after the first, recency and T are the times from the first period
    to the last and to the end of the observation, in `freq` units divided by `freq_multiplier`,
    and monetary_value is the mean money of the periods that frequency counts (0 where none).

    Parameters
    ----------
    transactions : dataframe
        One row per transaction.
    customer_id_col, datetime_col : str
        Columns with the customer's id and the date: datetimes, date objects or text.
    monetary_value_col : str, optional
        Column with the money of each transaction.
    datetime_format : str, optional
        A strptime format for dates in text.
    observation_period_end : date-like, optional
        End of the observation; the period it lies in belongs to it. The last date when not given.
    freq : {"s", "h", "D", "W", "M", "Y"}
        The period. Weeks start on Monday. With a number in front of it, such as ``"7D"``, the
        period is the same and the number multiplies `freq_multiplier`.
    freq_multiplier : number
        Divides recency and T: ``freq="D", freq_multiplier=7`` gives weeks with fractions.
    include_first_transaction : bool
        Whether frequency and monetary_value include the first period. The models want them not to.

    Returns
    -------
    DataFrame
        float64 columns ``frequency``, ``recency``, ``T``[, ``monetary_value``], indexed by customer
        id and sorted by it; a table of the kind of `transactions`, with the ids as first column,
        where that is Polars or Arrow.

    Raises
    ------
    ColumnError, DateError, EmptyDataError, DataError, OptionError
        When a column is missing, a date or amount cannot be used, or no transaction is left.

    Warns
    -----
    DataWarning
        Of rows without a customer or a date, which are left out, and without an amount, which count
        as 0, all as in lifetimes; and of rows after the first hour or second of an end's day, where
        that is the period it lies in.
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
    unit = parse_freq(freq)
    multiplier = positive_multiplier(freq_multiplier)
    log = read_log(transactions, customer_id_col, datetime_col, monetary_value_col, datetime_format)
    end = None
    if observation_period_end is not None:
        end = read_end(
            log,
            observation_period_end,
            unit,
            name="observation_period_end",
            format=datetime_format,
        )
    found = aggregate(
        log.customers,
        log.dates,
        log.amounts,
        collapse=unit.code,
        unit_seconds=unit.seconds,
        multiplier=multiplier * unit.count,
        end=end,
        whole_period=True,
        refunds="keep",
        include_first=include_first_transaction,
    )
    log.warn_of_odd_rows(found.counts)
    summary = with_provenance(
        found.table,
        period=unit.ruler(multiplier),
        collapse=unit.code,
        observation_end=iso_day(found.end),
        source="transactions",
        convention="total" if include_first_transaction else "repeat",
        customers=len(found.table),
        notes={name: count for name, count in found.counts.items() if count},
    )
    return native_out(summary, transactions)


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
) -> pd.DataFrame | Any:
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
        End of the calibration; the period it lies in belongs to it.
    observation_period_end : date-like, optional
        End of the holdout; the period it lies in belongs to it. The last date when not given.
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
    lifetimes 0.11.3 takes an end for a moment, a date without a time for its midnight: purchases
    later on that day are counted in the wrong part, or not at all. While :mod:`tenure.lifetimes` is
    active the same is done, with a DataWarning that counts them.

    lifetimes 0.11.3 gives the mean of single transactions as monetary_value_holdout and the mean of
    periods as monetary_value_cal. The two are one here: the mean of periods, which is what the
    spend models are fitted to.

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
    unit = parse_freq(freq)
    multiplier = positive_multiplier(freq_multiplier)
    log = read_log(transactions, customer_id_col, datetime_col, monetary_value_col, datetime_format)
    split = read_end(
        log,
        calibration_period_end,
        unit,
        name="calibration_period_end",
        format=datetime_format,
    )
    end: pd.Timestamp = log.dates.max()
    if observation_period_end is not None:
        end = read_end(
            log,
            observation_period_end,
            unit,
            name="observation_period_end",
            format=datetime_format,
        )
    periods = 0
    if log.dates.notna().any():
        periods = pd.Period(end, freq=unit.code).ordinal - pd.Period(split, freq=unit.code).ordinal
        last_moments = _last_moment(split, unit), _last_moment(end, unit)
        if is_active():
            _warn_of_moments(log, (split, end), last_moments)
        else:
            split, end = last_moments
    found = None
    if log.dates.notna().any():
        found = aggregate_split(
            log.customers,
            log.dates,
            log.amounts,
            collapse=unit.code,
            unit_seconds=unit.seconds,
            multiplier=multiplier * unit.count,
            split=split,
            end=end,
            include_first=include_first_transaction,
        )
    if found is None:
        raise EmptyDataError(_NO_HOLDOUT)
    counts = {**found.calibration.counts, "without_date": int(log.dates.isna().sum())}
    log.warn_of_odd_rows(counts)
    table: pd.DataFrame = found.calibration.table.add_suffix("_cal")
    table["frequency_holdout"] = found.frequency
    if found.monetary_value is not None:
        table["monetary_value_holdout"] = found.monetary_value
    table["duration_holdout"] = periods / (multiplier * unit.count)
    split_table = with_provenance(
        table,
        period=unit.ruler(multiplier),
        collapse=unit.code,
        observation_end=iso_day(found.calibration.end),
        holdout_end=iso_day(found.end),
        source="transactions",
        convention="total" if include_first_transaction else "repeat",
        customers=len(table),
        notes={name: count for name, count in counts.items() if count},
    )
    return native_out(split_table, transactions)


def _last_moment(at: pd.Timestamp, unit: Freq) -> pd.Timestamp:
    """Return the end of the calendar period that a moment lies in."""
    following = (pd.Period(at, freq=unit.code) + 1).start_time
    return following.as_unit("us") - pd.Timedelta(1, unit="us")


def _warn_of_moments(
    log: Log,
    given: tuple[pd.Timestamp, pd.Timestamp],
    last_moments: tuple[pd.Timestamp, pd.Timestamp],
) -> None:
    """Count the purchases that come after an end but in its period, which lifetimes misplaces."""
    later, lost = (
        int(((log.dates > at) & (log.dates <= last)).sum())
        for at, last in zip(given, last_moments, strict=True)
    )
    if later or lost:
        Notice(
            DataWarning,
            f"{later:,} transactions in the period of calibration_period_end count as holdout, and "
            f"{lost:,} in that of observation_period_end are left out, as in lifetimes. Give both "
            "with a time.",
            f"They come after {given[0]} and {given[1]}: to lifetimes a date without a time is "
            f"its midnight. Write '{given[0]:%Y-%m-%d} 23:59:59' to include the day.",
        ).emit()
