"""Helpers under the names and signatures they have in ``lifetimes.utils``."""

from __future__ import annotations

import warnings
from collections.abc import Hashable
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
)
from tenure.frames import numeric, require_columns, to_pandas, with_provenance
from tenure.periods import PERIOD_DAYS
from tenure.transactions import aggregate

__all__ = ["ConvergenceError", "summary_data_from_transaction_data"]

_SECONDS = {"s": 1, "h": 3_600, "D": 86_400, "W": 604_800, "M": 2_629_746, "Y": 31_556_952}
"""Length of each numpy time unit in seconds; its months and years are Gregorian averages."""


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
    if freq not in _SECONDS:
        raise OptionError(f"freq={freq!r} is unknown; use one of {', '.join(_SECONDS)}.")
    multiplier = _multiplier(freq_multiplier)
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
    amounts = None if monetary_value_col is None else _amounts(table, monetary_value_col)
    end = None
    if observation_period_end is not None:
        end = parse_date(
            observation_period_end, name="observation_period_end", format=datetime_format
        )
    found = aggregate(
        table[customer_id_col],
        dates,
        amounts,
        collapse=freq,
        unit_seconds=_SECONDS[freq],
        multiplier=multiplier,
        end=end,
        whole_period=True,
        refunds="keep",
        include_first=include_first_transaction,
    )
    for count, column in (("without_customer", customer_id_col), ("without_date", datetime_col)):
        if found.counts[count]:
            warnings.warn(
                f"{found.counts[count]:,} transactions have no {column!r}; they are left out.",
                DataWarning,
                stacklevel=2,
            )
    if found.counts["refunds"]:
        warnings.warn(
            f"{found.counts['refunds']:,} transactions have a negative {monetary_value_col!r} and "
            "count as purchases, as in lifetimes: frequency is too high and monetary_value too low "
            "by them. tenure.summarize nets them against the purchases they belong to.",
            RefundWarning,
            stacklevel=2,
        )
    return with_provenance(
        found.table,
        period=_ruler(freq, multiplier),
        collapse=freq,
        observation_end=found.end.isoformat().removesuffix("T00:00:00"),
        source="transactions",
        convention="total" if include_first_transaction else "repeat",
        customers=len(found.table),
        notes={name: count for name, count in found.counts.items() if count},
    )


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
    warnings.warn(
        f"{np.count_nonzero(missing):,} transactions have no {column!r}; they count as purchases "
        "of 0.",
        DataWarning,
        stacklevel=3,
    )
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
