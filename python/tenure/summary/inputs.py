"""From a table or file to what the job needs: the customer summary and each customer's history."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.io.column_names import id_name, with_index_name
from tenure.io.dates import parse_date, parse_dates
from tenure.io.files import read_table
from tenure.io.provenance import provenance
from tenure.io.validation import numeric, refuse_half_characters, require_columns, to_pandas
from tenure.periods import convert, parse_period
from tenure.summary.refunds import net_refunds
from tenure.summary.roles import (
    TOTALS_ROLES,
    Columns,
    distinct_purchase_columns,
    kept_apart,
    required,
    shown_columns,
)
from tenure.summary.totals_steps import add_up, clean_totals, prepared_table, totals_summary
from tenure.summary.transactions import summarize

__all__ = ["Source", "from_totals", "from_transactions", "load"]

Convention: TypeAlias = Literal["repeat", "total"]

_BEYOND_INT64 = 2.0**63
ORDERS = "orders_total"
SPEND = "spend_total"


@dataclass(frozen=True)
class Source:
    """What the job works on.

    Parameters
    ----------
    raw : DataFrame
        The table as it came.
    customers : DataFrame
        The customer summary that the models see.
    history : DataFrame
        One row a customer, indexed as ``customers``: uncapped ``orders_total`` and, where there is
        money, ``spend_total``; the days since the last order; whatever else the table holds.
    recency : str
        The column of ``history`` that RFM takes recency from: days, or the last order's date.
    columns : Columns
        Which column of ``history`` plays which part. Names are the caller's, but for columns that
        would be taken for one of ours.
    purchases : DataFrame or None
        ``customer``, ``date`` and, where there is money, ``amount``, of a table of purchases;
        refunds are taken off.
    """

    raw: pd.DataFrame
    customers: pd.DataFrame
    history: pd.DataFrame
    recency: Hashable
    columns: Columns
    purchases: pd.DataFrame | None = None

    @property
    def has_money(self) -> bool:
        """Whether amounts are known."""
        return SPEND in self.history.columns


def load(
    source: Any, *, text_columns: Sequence[str] = (), encoding: str | None = None
) -> tuple[pd.DataFrame, str | None]:
    """Return the table behind a path or a dataframe, and the file's name if it is one.

    Parameters
    ----------
    source : path, str or dataframe
        A file that :func:`tenure.io.files.read_table` reads, or any dataframe.
    text_columns : sequence of str
        Columns of a file that hold ids: kept as text in text files, and rid of the ``.0`` that
        spreadsheets and dataframes give to whole numbers in a column with gaps.
    encoding : str, optional
        Encoding of a text file; UTF-8 where not given.

    Returns
    -------
    DataFrame
        The table.
    str or None
        The name of the file.
    """
    if isinstance(source, str | PathLike):
        table = read_table(source, text_columns=text_columns, encoding=encoding)
        return table.assign(**_whole(table, text_columns)), Path(source).name
    table = to_pandas(source)
    for position, column in enumerate(table.columns):
        refuse_half_characters(table.iloc[:, position], column)
    return table, None


def _whole(table: pd.DataFrame, names: Sequence[str]) -> dict[str, pd.Series[Any]]:
    """Return ids without the ``.0`` that whole numbers get in a column with gaps."""
    found: dict[str, pd.Series[Any]] = {}
    for name in names:
        column = table.get(name)
        if not isinstance(column, pd.Series):  # not there, or several times: reported later
            continue
        present = column.dropna()
        if pd.api.types.is_float_dtype(column.dtype):
            if (present.abs() < _BEYOND_INT64).all() and (present % 1 == 0).all():
                found[name] = column.astype("Int64")
        elif (
            pd.api.types.is_string_dtype(column.dtype)
            and len(present)
            and present.str.fullmatch(r"[1-9]\d*[.,]0").all()
        ):
            found[name] = column.str[:-2]
    return found


def from_totals(
    table: pd.DataFrame,
    columns: Columns,
    *,
    analysis_date: Any,
    period: str,
    convention: Convention,
    cap_outliers: bool,
    date_format: str | None,
    dayfirst: bool | None,
) -> Source:
    """Prepare a table with one row per customer.

    Parameters
    ----------
    table : DataFrame
        The customers.
    columns : Columns
        Needs customer, first_order, last_order, orders and spend.
    analysis_date, period, convention, cap_outliers, date_format, dayfirst
        As for :func:`tenure.summarize_totals`. Caps touch the summary only, not the history.

    Returns
    -------
    Source
        Summary and history in the order of the rows.
    """
    roles = required(columns, *TOTALS_ROLES)
    shown_columns(columns)
    clean = clean_totals(
        table,
        None,
        {**roles, "other_dates": list(columns.other_dates)},
        analysis_date=analysis_date,
        cap_outliers=False,
        date_format=date_format,
        dayfirst=dayfirst,
    )
    own = kept_apart(table, columns)
    history = prepared_table(clean, add_up(clean, cap_outliers=False), kept_as=own)
    customers = totals_summary(
        clean, add_up(clean, cap_outliers=cap_outliers), parse_period(period), convention
    )
    name = id_name(customers.index.name, history.columns)
    shown: dict[str, Any] = {
        role: own.get(column, column) for role, column in shown_columns(columns).items()
    }
    known = replace(
        columns,
        last_order=own.get(columns.last_order, columns.last_order),
        **shown,
    )
    assert known.last_order is not None
    customers, history = (with_index_name(found, name) for found in (customers, history))
    return Source(table, customers, history, known.last_order, known)


def from_transactions(
    table: pd.DataFrame,
    columns: Columns,
    *,
    analysis_date: Any,
    period: str,
    date_format: str | None,
    dayfirst: bool | None,
) -> Source:
    """Prepare a table with one row per purchase.

    Parameters
    ----------
    table : DataFrame
        The purchases.
    columns : Columns
        Needs customer and date; amount for anything about money.
    analysis_date : date or str, optional
        The end of the observation; the last day in the table by default.
    period, date_format, dayfirst
        As for :func:`tenure.summarize`. Purchases of one day are one.

    Returns
    -------
    Source
        Summary and history, sorted as the summary is.
    """
    roles = required(columns, "customer", "date")
    distinct_purchase_columns(columns)
    amount = columns.amount
    if columns.quantity is not None:
        table, amount = _priced(table, columns)
    if analysis_date is not None:  # read here, where it has the name that the user gave it
        analysis_date = parse_date(
            analysis_date, name="analysis_date", format=date_format, dayfirst=dayfirst
        )
    customers = summarize(
        table,
        **roles,
        amount=amount,
        period=period,
        collapse="D",
        observation_end=analysis_date,
        date_format=date_format,
        dayfirst=dayfirst,
    )
    if columns.amount is not None:
        # Who spent nothing has no spend to average; summarize has warned of them.
        spent = customers["monetary_value"].to_numpy() > 0
        customers["spend_count"] = np.where(spent, customers["spend_count"], 0.0)
    elapsed = (customers["T"] - customers["recency"]).to_numpy() * convert(1.0, period, "D")
    history: pd.DataFrame = pd.DataFrame(
        {
            # Days are whole; the noise of a division by seven would break ties between customers.
            "days_since_last_order": elapsed.round(6),
            ORDERS: customers["frequency"].to_numpy() + 1.0,
        },
        index=customers.index,
    )
    purchases = _purchases(table, columns, customers, date_format, dayfirst)
    if columns.amount is not None:
        total = purchases["amount"].groupby(purchases["customer"].to_numpy()).sum().clip(lower=0.0)
        sums_by_customer = pd.Series(
            _without_rounding_errors(total.to_numpy(dtype=np.float64)), index=total.index
        )
        history[SPEND] = sums_by_customer.reindex(customers.index, fill_value=0.0)
    name = id_name(customers.index.name)
    return Source(
        table,
        with_index_name(customers, name),
        with_index_name(history, name),
        "days_since_last_order",
        columns,
        _net(purchases),
    )


def _priced(table: pd.DataFrame, columns: Columns) -> tuple[pd.DataFrame, str]:
    """Turn the price of one item into what was paid for all of a row's.

    Returns the table and the column that warnings name: what was paid, by the names of both.
    """
    names = {"quantity": columns.quantity, **required(columns, "amount")}
    require_columns(table, names)
    count, price = (numeric(table, name, allow_missing=True) for name in names.values())
    priced = table.copy(deep=False)
    priced[names["amount"]] = count * price
    paid = " × ".join(map(str, names.values()))
    while paid in priced.columns:
        paid += "_"
    priced[paid] = priced[names["amount"]]
    return priced, paid


def _purchases(
    table: pd.DataFrame,
    columns: Columns,
    customers: pd.DataFrame,
    date_format: str | None,
    dayfirst: bool | None,
) -> pd.DataFrame:
    """Return the rows that were observed: those with a customer and a date, until the end."""
    days = parse_dates(
        table[columns.date],
        name=columns.date or "date",
        format=date_format,
        dayfirst=dayfirst,
        allow_missing=True,
    )
    parts: dict[str, Any] = {
        "customer": table[columns.customer].to_numpy(),
        "date": days.to_numpy(),
    }
    if columns.amount is not None:
        parts["amount"] = np.nan_to_num(numeric(table, columns.amount, allow_missing=True))
    end = pd.Timestamp((provenance(customers) or {})["observation_end"]).to_datetime64()
    # By whole days: the day after the last that nanoseconds can hold is no date.
    seen = days.to_numpy().astype("M8[D]") <= end.astype("M8[D]")
    seen &= table[columns.customer].notna().to_numpy()
    observed: pd.DataFrame = pd.DataFrame(parts).loc[seen].reset_index(drop=True)
    return observed


def _net(purchases: pd.DataFrame) -> pd.DataFrame:
    """Take refunds off the purchases before them, so that those left are the ones models count."""
    if "amount" not in purchases.columns or not (purchases["amount"] < 0).any():
        return purchases
    amounts = purchases["amount"].to_numpy(dtype=np.float64)
    whose, days, amounts, _ = net_refunds(purchases["customer"], purchases["date"], amounts)
    return pd.DataFrame(
        {"customer": whose, "date": days.astype("M8[D]").astype("M8[s]"), "amount": amounts}
    )


def _without_rounding_errors(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round sums to 12 digits, so that the order of adding up cannot part equal totals."""
    digits = np.floor(np.log10(np.where(sums > 0, sums, 1.0))).clip(-200, 300)
    up = 10.0 ** np.maximum(11.0 - digits, 0.0)
    down = 10.0 ** np.maximum(digits - 11.0, 0.0)
    sums_by_customer: NDArray[np.float64] = np.rint(sums / down * up) / up * down
    return sums_by_customer
