"""Transactions to customer summary: frequency, recency, T and money, one row per customer."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd

from tenure._warnings import Notice
from tenure.exceptions import CollapseWarning, DataWarning
from tenure.io.dates import parse_date, parse_dates
from tenure.io.provenance import with_provenance
from tenure.io.validation import (
    check_names,
    native_out,
    numeric,
    require_columns,
    to_pandas,
    unchecked,
)
from tenure.periods import PERIOD_DAYS, PERIOD_NAMES, parse_period
from tenure.summary.aggregation import Aggregate, aggregate
from tenure.summary.chunked import aggregate_chunks, chunks_of
from tenure.summary.refunds import Refunds, check_refunds, warn_of_refunds
from tenure.summary.roles import require_roles

__all__ = ["summarize"]

_DAY = 86_400.0


def summarize(
    transactions: Any,
    *,
    customer: Hashable,
    date: Hashable,
    amount: Hashable | None = None,
    period: str = "D",
    collapse: str = "D",
    observation_end: Any = None,
    refunds: Refunds = "net",
    date_format: str | None = None,
    dayfirst: bool | None = None,
) -> Any:
    r"""Summarise transactions by customer.

    With :math:`d_1 < d_2 < \dots < d_n` the days (more generally: the starts of the `collapse`
    periods) on which a customer bought, :math:`m_1, \dots, m_n` the money of each and :math:`e` the
    day on which the observation ends,

    .. math:: x = n - 1, \quad t_x = d_n - d_1, \quad T = e - d_1, \quad
              \bar m = \frac{1}{n - 1} \sum_{i=2}^{n} m_i,

    times being measured in `period`.

    Parameters
    ----------
    transactions : dataframe, path, or chunks of a table
        One row a transaction, in any order: pandas, Polars, PyArrow, DuckDB, Spark, or anything
        with the Arrow PyCapsule interface. Data larger than memory are read in chunks:
        the path of a Parquet file, of a folder of them or of a csv file, a pyarrow dataset or
        RecordBatchReader, or an iterator of dataframes. The summary is the same.
    customer, date : str
        Columns with the customer's id (numbers, text, categories) and the date. Dates may be
        datetimes, date objects, text or yyyymmdd numbers; see :func:`tenure.io.dates.parse_dates`.
    amount : str, optional
        Column with the money of each transaction.
    period : {"h", "D", "W", "M", "Y"}
        The ruler: the unit of recency and T. It only divides (days / 7 for ``"W"``), so they may
        have fractions. A month is 30.4375 days, a year 365.25.
    collapse : {"h", "D", "W", "M", "Y"}
        Purchases of a customer within one such calendar period are one purchase. Weeks start on
        Monday. Coarser than a day it hides purchases, which is counted and said.
    observation_end : date-like, optional
        Last day of the observation; later rows are left out. The last date in the table when not
        given. Rows without a customer are left out of the figures, but their dates count for the
        end: the table was observed when they were made (lifetimes has it so, too).
    refunds : {"net", "drop", "keep"}
        What to do with negative amounts. ``"net"`` takes a refund off the customer's latest
        purchases up to then; a purchase taken back in full is none. ``"drop"`` leaves refunds out.
        ``"keep"`` counts them as purchases of negative money, as lifetimes does.
    date_format : str, optional
        A strptime format for dates in text.
    dayfirst : bool, optional
        Whether 03/04/2020 is the 3rd of April, where the column does not show it.

    Returns
    -------
    dataframe
        Of the kind that came in; pandas of a path. pandas tables
        are indexed by customer, others have the customer as their first column. Sorted by customer,
        all other columns float64: ``frequency`` (repeat purchases), ``recency`` and ``T`` (in
        `period`), and with `amount` also ``monetary_value`` (mean money of the repeat purchases, 0
        without any), ``orders`` (purchases, frequency + 1) and ``spend_count`` (purchases that
        monetary_value averages: frequency). :func:`tenure.provenance` returns period, collapse,
        observation end and the counts of everything that was left out, merged or changed.

    Raises
    ------
    ColumnError, DateError, EmptyDataError, DataError, OptionError
        When a column is missing, a date or amount cannot be used, or no purchase is left.

    Warns
    -----
    RefundWarning
        Of negative amounts, with what was done to them.
    CollapseWarning
        Of purchases on different days that `collapse` made one.
    DataWarning
        Of rows without a customer, and of repeat customers whose mean spend is not positive.

    Notes
    -----
    Several purchases on one day are one: the models know the time of a purchase only to the day,
    and two receipts of one visit are not a return. Fader & Hardie, "Creating an RFM summary using
    Excel" (2008), do the same.

    Examples
    --------
    >>> log = pd.DataFrame({
    ...     "id": ["a", "a", "b"],
    ...     "day": ["2024-01-01", "2024-01-15", "2024-01-08"],
    ...     "paid": [10.0, 12.0, 7.0],
    ... })
    >>> summary = summarize(log, customer="id", date="day", amount="paid", period="W")
    >>> summary[["frequency", "recency", "T", "monetary_value"]].reset_index()
      id  frequency  recency    T  monetary_value
    0  a        1.0      2.0  2.0            12.0
    1  b        0.0      0.0  1.0             0.0
    """
    require_roles({"customer": customer, "date": date}, ("customer", "date"))
    check_names({"customer": customer, "date": date, "amount": amount})
    ruler = parse_period(period)
    grain = parse_period(collapse, option="collapse")
    check_refunds(refunds)
    end = None
    if observation_end is not None:
        end = parse_date(
            observation_end, name="observation_end", format=date_format, dayfirst=dayfirst
        )
        if end == end.normalize():  # a date without a time means all of that day
            end = end + pd.Timedelta(days=1) - pd.Timedelta(1, unit="us")
    unit = PERIOD_DAYS[ruler] * _DAY
    chunks = chunks_of(transactions, customer=customer, others=(date, amount))
    if chunks is not None:
        found = aggregate_chunks(
            chunks,
            customer=customer,
            date=date,
            amount=amount,
            collapse=grain,
            unit_seconds=unit,
            end=end,
            refunds=refunds,
            date_format=date_format,
            dayfirst=dayfirst,
        )
    else:
        table = to_pandas(transactions, (customer, date, amount))
        require_columns(table, {"customer": customer, "date": date, "amount": amount})
        reading: dict[str, Any] = {"name": date, "format": date_format, "dayfirst": dayfirst}

        def refuse() -> None:
            parse_dates(table[date], **reading)
            if amount is not None:
                numeric(table, amount)

        found = aggregate(
            table[customer],
            parse_dates(table[date], allow_missing=True, **reading),
            None if amount is None else unchecked(table, amount),
            collapse=grain,
            unit_seconds=unit,
            end=end,
            refunds=refunds,
            refuse_gaps=refuse,
        )
    summary = found.table
    if amount is not None:
        summary["orders"] = summary["frequency"] + 1
        summary["spend_count"] = summary["frequency"]
    _warn(found, customer, amount, grain, refunds)
    last = found.end if end is None or PERIOD_DAYS[grain] < 1 else end.normalize()
    summary = with_provenance(
        summary,
        period=ruler,
        collapse=grain,
        observation_end=_iso(last),
        source="transactions",
        convention="repeat",
        customers=len(summary),
        notes={name: count for name, count in found.counts.items() if count},
    )
    return native_out(summary, transactions if chunks is None else chunks.like)


def _iso(moment: pd.Timestamp) -> str:
    text: str = moment.isoformat()
    return text.removesuffix("T00:00:00")


def _warn(
    found: Aggregate, customer: Hashable, amount: Hashable | None, grain: str, refunds: str
) -> None:
    counts = found.counts
    if counts["without_customer"]:
        Notice(
            DataWarning,
            f"{counts['without_customer']:,} transactions have no {customer!r} and are left out"
            " with their money. Fill the ids in where they are known.",
        ).emit()
    warn_of_refunds(
        counts,
        amount,
        refunds,
        money="monetary_value",
        kept="frequency is too high and monetary_value too low by them",
    )
    if counts["collapsed"]:
        name = PERIOD_NAMES[grain]
        purchases = int(found.table["frequency"].sum()) + len(found.table)
        days = purchases + counts["collapsed"]
        Notice(
            CollapseWarning,
            f"{counts['collapsed'] / days:.1%} of the purchase days disappear by"
            f" collapse={grain!r}, so customers look slower than they are. Use period={grain!r} and"
            " leave collapse at 'D'.",
            f"collapse={grain!r} counts the purchases of one {name} as one: {counts['collapsed']:,}"
            f" of {days:,} days with a purchase disappear. period={grain!r} measures time in"
            f" {name}s without losing any.",
        ).emit()
    if amount is not None:
        money = found.table["monetary_value"].to_numpy()
        without = int(np.count_nonzero((found.table["frequency"].to_numpy() > 0) & (money <= 0)))
        if without:
            Notice(
                DataWarning,
                f"Repeat customers who spent nothing or less on average: {without:,}; a spending"
                " model needs positive amounts. Fit it on the customers with monetary_value > 0.",
            ).emit()
