"""Transactions as lifetimes' functions take them, and their options."""

from __future__ import annotations

import operator
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure._warnings import Notice
from tenure.exceptions import DataWarning, OptionError, RefundWarning
from tenure.io.dates import parse_date, parse_dates
from tenure.io.validation import numeric, require_columns, to_pandas
from tenure.periods import PERIOD_NAMES
from tenure.utils.freq import SECONDS, Freq

__all__ = [
    "Log",
    "iso_day",
    "positive_multiplier",
    "read_end",
    "read_log",
    "whole_number",
]


@dataclass(frozen=True)
class Log:
    """A table of transactions that has been read."""

    customers: pd.Series[Any]
    dates: pd.Series[Any]
    amounts: NDArray[np.float64] | None
    money: pd.Series[Any] | None

    def warn_of_odd_rows(self, counts: Mapping[str, int]) -> None:
        """Warn of what was left out or counts in a way that may surprise."""
        for count, column in (
            ("without_customer", self.customers.name),
            ("without_date", self.dates.name),
        ):
            if counts[count]:
                Notice(
                    DataWarning,
                    f"{counts[count]:,} transactions have no {column!r} and are left out. Fill"
                    " it in where it is known.",
                ).emit()
        if self.money is not None and counts.get("refunds"):
            Notice(
                RefundWarning,
                f"{counts['refunds']:,} refunds (negative {self.money.name!r}) count as purchases,"
                " as in lifetimes: frequency is too high, monetary_value too low. tenure.summarize"
                " nets them.",
            ).emit()


def read_log(
    transactions: Any,
    customer_id_col: Hashable,
    datetime_col: Hashable,
    monetary_value_col: Hashable | None,
    datetime_format: str | None,
) -> Log:
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
        return Log(table[customer_id_col], dates, None, None)
    amounts = _amounts(table, monetary_value_col)
    return Log(table[customer_id_col], dates, amounts, table[monetary_value_col])


def read_end(log: Log, value: Any, unit: Freq, *, name: str, format: str | None) -> pd.Timestamp:
    """Read the end of a span of time, whose period belongs to it.

    Warns of purchases later on the day that the end names, where its period is only the first hour
    or second of it.
    """
    end: pd.Timestamp = parse_date(value, name=name, format=format)
    if unit.seconds < SECONDS["D"] and end == end.normalize():
        day = pd.Timedelta(days=1)
        late = (log.dates >= end + pd.Timedelta(seconds=unit.seconds)) & (log.dates < end + day)
        if late.any():
            first = PERIOD_NAMES.get(unit.code, "second")
            Notice(
                DataWarning,
                f"{int(late.sum()):,} transactions of {end:%Y-%m-%d} come after {name}, the first "
                f"{first} of that day; to have them in, give it with a time: "
                f"'{end:%Y-%m-%d} 23:59:59'.",
                f"With freq={unit.code!r} the {first} that an end lies in is the last that counts.",
            ).emit()
    return end


def whole_number(name: str, value: Any, minimum: int | None = None) -> int:
    number: int | None
    try:
        number = operator.index(value)
    except TypeError:
        number = int(value) if isinstance(value, float) and value.is_integer() else None
    if number is None or (minimum is not None and number < minimum):
        bound = "" if minimum is None else f" of {minimum} or more"
        raise OptionError(f"{name}={value!r} must be a whole number{bound}.")
    return number


def iso_day(moment: pd.Timestamp) -> str:
    return moment.isoformat().removesuffix("T00:00:00")


def positive_multiplier(value: Any) -> float:
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
        f"{np.count_nonzero(missing):,} transactions have no {column!r} and count as purchases of"
        " 0. Fill it in or drop those rows.",
    ).emit()
    return np.where(missing, 0.0, amounts)
