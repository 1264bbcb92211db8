"""Activity and revenue of cohorts, from transactions."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure._warnings import Notice
from tenure.cohorts._table import Cohorts
from tenure.cohorts._windows import MOST_CELLS, observed_windows, parse_window
from tenure.cohorts.calendar import parse_calendar, period_starts, to_periods
from tenure.exceptions import ColumnError, DataWarning, EmptyDataError, OptionError
from tenure.horizons import check_cells
from tenure.io.dates import parse_date, parse_dates
from tenure.io.validation import numeric, require_columns, to_pandas
from tenure.summary.exact_sums import grouped_sums
from tenure.summary.refunds import Refunds, check_refunds, net_refunds, warn_of_refunds
from tenure.summary.roles import require_roles

__all__ = ["cohort_analysis"]

_DENSE = 1 << 26


def cohort_analysis(
    transactions: Any,
    *,
    customer: Hashable,
    date: Hashable,
    amount: Hashable | None = None,
    period: str = "M",
    window: int | str | None = None,
    observation_end: Any = None,
    refunds: Refunds = "net",
    drop_incomplete: bool = False,
    date_format: str | None = None,
    dayfirst: bool | None = None,
) -> Cohorts:
    """Follow cohorts of customers through the calendar.

    A customer's cohort is the calendar period of the first purchase. Where the table starts later
    than the business, customers of old turn up in the first cohorts: read those with care.

    Parameters
    ----------
    transactions : dataframe
        One row per transaction, in any order: pandas, Polars, PyArrow, DuckDB or Spark.
    customer, date : str
        Columns with the customer's id and the date, as for :func:`tenure.summarize`.
    amount : str, optional
        Column with the money of each transaction.
    period : {"M", "D", "W", "Q", "Y"}, default "M"
        Calendar months, weeks (from Monday), days, quarters or years.
    window : int or str, optional
        Days of an age, such as ``30``, ``"30D"`` or ``"4W"``: ages are then counted from each
        customer's own first purchase, age 0 being its day and the days after it. The cohorts stay
        those of `period`. By default ages are calendar periods.
    observation_end : date-like, optional
        Last day of the observation; later rows are left out. The last date in the table by default.
        An end so far off that cohorts by ages are more than ten million cells is refused.
    refunds : {"net", "drop", "keep"}
        What to do with negative amounts, as in :func:`tenure.summarize`. With ``"net"`` a refund
        lowers the revenue of the period of the purchase that it takes back.
    drop_incomplete : bool
        Whether to leave the last period out where the observation ends before it does. Windows
        are never shown before they are over.
    date_format, dayfirst
        How to read dates, where the column does not show it.

    Returns
    -------
    Cohorts

    Raises
    ------
    ColumnError, DateError, EmptyDataError, DataError, OptionError
        When a column is missing, a date or amount cannot be used, no purchase is left, or the
        cohorts × ages would be more than ten million.

    Warns
    -----
    DataWarning
        Of rows without a customer.
    RefundWarning
        Of negative amounts, with what was done to them.

    Examples
    --------
    >>> import tenure
    >>> log = tenure.datasets.load_cdnow_transactions()
    >>> found = cohort_analysis(log, customer="customer_id", date="date", amount="dollar_value")
    >>> found.sizes.to_list()
    [781, 857, 719]
    >>> found.retention.iloc[0, :3].round(3).to_list()
    [1.0, 0.159, 0.122]
    >>> rolling = cohort_analysis(log, customer="customer_id", date="date", window="30D")
    >>> rolling.retention.iloc[0, :3].round(3).to_list()
    [1.0, 0.151, 0.095]
    """
    require_roles({"customer": customer, "date": date}, ("customer", "date"))
    period = parse_calendar(period)
    days_each = parse_window(window)
    if days_each is not None and drop_incomplete:
        raise OptionError(
            "drop_incomplete=True: windows are shown once they are over; leave it out with window=."
        )
    check_refunds(refunds)
    table = to_pandas(transactions)
    require_columns(table, {"customer": customer, "date": date, "amount": amount})
    dates = parse_dates(table[date], name=date, format=date_format, dayfirst=dayfirst)
    amounts = None if amount is None else numeric(table, amount)
    codes = _codes(table[customer], customer)
    days = dates.to_numpy().astype("M8[D]").astype(np.int64)
    if not len(days):
        raise EmptyDataError("the table of transactions has no rows.")
    notes: dict[str, int] = {"without_customer": int(np.count_nonzero(codes < 0))}
    end = int(days.max())
    if observation_end is not None:
        moment = parse_date(
            observation_end, name="observation_end", format=date_format, dayfirst=dayfirst
        )
        end = int(moment.to_datetime64().astype("M8[D]").astype(np.int64))
    notes["after_end"] = int(np.count_nonzero(days > end))
    complete = int(period_starts(to_periods(end, period) + 1, period)) == end + 1
    if drop_incomplete and not complete:
        end, complete = int(period_starts(to_periods(end, period), period)) - 1, True
    kept = (codes >= 0) & (days <= end)
    if not kept.all():
        codes, days = codes[kept], days[kept]
        amounts = None if amounts is None else amounts[kept]
    if amounts is not None:
        notes["refunds"] = int(np.count_nonzero(amounts < 0))
        if notes["refunds"] and refunds != "keep":
            when = pd.Series(days.astype("M8[D]").astype("M8[s]"))
            whose, days, amounts, met = net_refunds(pd.Series(codes), when, amounts, refunds)
            codes = whose.to_numpy()
            notes.update(met)
    _warn(notes, customer, amount, refunds)
    if not len(codes):
        raise EmptyDataError(
            f"no purchase is left of the {len(table):,} transactions up to "
            f"{np.datetime64(end, 'D')}."
        )
    return _counted(codes, days, amounts, period, days_each, end, complete, notes)


def _counted(
    codes: NDArray[np.int64],
    days: NDArray[np.int64],
    amounts: NDArray[np.float64] | None,
    period: str,
    window: int | None,
    end: int,
    complete: bool,
    notes: dict[str, int],
) -> Cohorts:
    """Count who bought in which period, by cohort and age."""
    when = to_periods(days, period)
    n = int(codes.max()) + 1
    born = np.full(n, np.iinfo(np.int64).max)
    np.minimum.at(born, codes, when)
    known = born < np.iinfo(np.int64).max
    cohorts, place = np.unique(born[known], return_inverse=True)
    row = np.full(n, -1, dtype=np.int64)
    row[known] = place
    last = int(to_periods(end, period))
    ages_seen = last - cohorts + 1
    age = when - born[codes]
    if window is not None:
        first = np.full(n, np.iinfo(np.int64).max)
        np.minimum.at(first, codes, days)
        ages_seen = observed_windows(first[known], place, len(cohorts), end, window)
        age = (days - first[codes]) // window
        complete = True
    width = max(int(ages_seen.max()), 1)
    check_cells(
        float(len(cohorts)) * width,
        MOST_CELLS,
        f"observation_end={np.datetime64(end, 'D')} with period={period!r}",
        "cells (cohorts by ages)",
    )
    shape = len(cohorts), width
    if window is not None:
        inside = age < width
        codes, age = codes[inside], age[inside]
        amounts = None if amounts is None else amounts[inside]

    who, ages = _once_each(codes, age, n, width)
    active = np.bincount(row[who] * width + ages, minlength=shape[0] * width).reshape(shape)
    later = ages > 0
    back = np.full(n, width)
    np.minimum.at(back, who[later], ages[later])
    came = back < width
    first_back = np.bincount(row[came] * width + back[came], minlength=shape[0] * width)
    returned = first_back.reshape(shape).cumsum(axis=1)

    observed = np.arange(width) < ages_seen[:, None]
    starts = period_starts(cohorts, period).astype("M8[D]").astype("M8[s]")
    index = pd.DatetimeIndex(starts).to_period(period)
    index.name = "cohort"
    columns = pd.RangeIndex(width, name="age")

    def matrix(values: NDArray[Any]) -> pd.DataFrame:
        return pd.DataFrame(np.where(observed, values, np.nan), index=index, columns=columns)

    revenue = None
    if amounts is not None:
        sums = grouped_sums(row[codes] * width + age, amounts, shape[0] * width)
        revenue = matrix(sums.reshape(shape))
    return Cohorts(
        sizes=pd.Series(active[:, 0], index=index, name="customers"),
        active=matrix(active),
        returned=matrix(returned),
        revenue=revenue,
        period=period,
        observation_end=str(np.datetime64(end, "D")),
        complete=complete,
        notes={name: count for name, count in notes.items() if count},
        window=window,
    )


def _once_each(
    codes: NDArray[np.int64], age: NDArray[np.int64], n: int, width: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """List each customer's ages with a purchase, each once."""
    key = codes * width + age
    if n * width <= max(_DENSE, 8 * len(key)):
        seen = np.zeros(n * width, dtype=bool)
        seen[key] = True
        key = np.flatnonzero(seen)
    else:
        key = np.unique(key)
    return key // width, key % width


def _codes(ids: pd.Series[Any], name: Hashable) -> NDArray[np.int64]:
    """Give customers numbers, −1 to rows without one."""
    try:
        codes, _ = pd.factorize(ids)
    except TypeError as error:
        raise ColumnError(
            f"column {name!r} holds values that cannot be customer ids ({error}); expected numbers "
            "or text.",
            column=str(name),
            expected="numbers or text",
        ) from None
    return codes.astype(np.int64, copy=False)


def _warn(notes: dict[str, int], customer: Hashable, amount: Hashable | None, how: str) -> None:
    if notes["without_customer"]:
        Notice(
            DataWarning,
            f"{notes['without_customer']:,} transactions have no {customer!r} and are left out with"
            " their money. Fill the ids in where they are known.",
        ).emit()
    warn_of_refunds(
        notes, amount, how, money="revenue", kept="active and returned are too high by them"
    )
