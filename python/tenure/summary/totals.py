"""Customer totals: tables with one row per customer, checked, capped and made into a summary."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any, get_args

from tenure.exceptions import OptionError
from tenure.io.validation import native_out
from tenure.periods import parse_period
from tenure.summary.totals_checks import refuse_names_of_totals
from tenure.summary.totals_steps import (
    Columns,
    Convention,
    add_up,
    clean_totals,
    prepared_table,
    totals_summary,
)

if TYPE_CHECKING:
    from tenure.summary.layouts import TotalsLayout

__all__ = ["prepare_totals", "summarize_totals"]


def prepare_totals(
    customers: Any,
    *,
    preset: str | TotalsLayout | None = None,
    customer: Hashable | None = None,
    first_order: Hashable | None = None,
    last_order: Hashable | None = None,
    orders: Columns | None = None,
    spend: Columns | None = None,
    analysis_date: Any = None,
    cap_outliers: bool = True,
    date_format: str | None = None,
    dayfirst: bool | None = None,
    other_dates: Sequence[Hashable] | None = None,
) -> Any:
    """Clean a table of customer totals: types, dates, outliers, totals over channels.

    Parameters
    ----------
    customers : dataframe
        One row per customer: pandas, Polars, Arrow, DuckDB or anything else narwhals reads.
    preset : {"flo"} or Preset, optional
        A known layout (:mod:`tenure.presets`), which names the columns. Columns given as well take
        the place of the preset's. A table that was prepared before remembers its columns and needs
        neither.
    customer : str, optional
        Column with the customer's id (or the name of the table's index).
    first_order, last_order : str, optional
        Columns with the dates of the first and the last order.
    orders, spend : str or sequence of str, optional
        Columns with the number of orders and the money spent; several are added up (online and
        offline, say).
    analysis_date : date or str, optional
        The day the data are looked at. When left out it is what a table prepared before remembers,
        else two days after the last order in the table.
    cap_outliers : bool
        Whether to cap each of the `orders` and `spend` columns, before they are added up, at
        1.5 times the range between its 1 % and 99 % quantiles beyond these
        (:func:`tenure.summary.capping.cap_column`). Right for CLTV; RFM and campaigns want
        ``cap_outliers=False``.
    date_format : str, optional
        Format of the dates, where they are text and should not be guessed.
    dayfirst : bool, optional
        Whether dates such as 03/04/2021 mean 3 April; decided from the data when left out.
    other_dates : sequence of str, optional
        Further columns to parse as dates; their cells may be empty. By default those of the preset,
        or those a table prepared before remembers.

    Returns
    -------
    dataframe
        Of the kind that came in. pandas is indexed by customer,
        others have the customer as their first column. In the order of the rows given: the other
        columns as they came, with dates parsed, `orders` and `spend` as float64 (capped where
        asked), and ``orders_total`` and ``spend_total``. :func:`tenure.provenance` holds the
        columns by role, the analysis date, the caps, what was counted and how the sample was
        selected.

    Raises
    ------
    EmptyDataError
        When the table has no rows.
    ColumnError
        When a column is missing, named twice, or not of a usable type.
    DateError
        When dates are missing, unreadable or ambiguous, or after the analysis date.
    OptionError
        When no column is named for a role, or there is no such preset.
    DataError
        When ids are missing or repeated, a last order is before the first, numbers
        are missing, negative or infinite, orders are not whole, a customer has no orders, or has
        one order on two dates.

    Warns
    -----
    DuplicateCustomerWarning
        When rows repeat others in every column; they are left out.
    DataWarning
        When customers have orders but spent nothing, or columns had been capped before.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"id": ["a", "b"], "first": ["2020-01-05", "2020-03-01"],
    ...                       "last": ["2020-09-01", "2020-03-01"], "web": [3, 1], "shop": [1, 0],
    ...                       "web_spend": [90.0, 25.0], "shop_spend": [30.0, 0.0]})
    >>> clean = prepare_totals(table, customer="id", first_order="first", last_order="last",
    ...                        orders=["web", "shop"], spend=["web_spend", "shop_spend"])
    >>> clean[["orders_total", "spend_total"]].values.tolist()
    [[4.0, 120.0], [1.0, 25.0]]
    >>> summarize_totals(clean)["frequency"].tolist()  # it remembers its columns
    [3.0, 0.0]
    """
    clean = clean_totals(
        customers,
        preset,
        {
            "customer": customer,
            "first_order": first_order,
            "last_order": last_order,
            "orders": orders,
            "spend": spend,
            "other_dates": other_dates,
        },
        analysis_date=analysis_date,
        cap_outliers=cap_outliers,
        date_format=date_format,
        dayfirst=dayfirst,
    )
    refuse_names_of_totals(clean.roles)
    prepared = prepared_table(clean, add_up(clean, cap_outliers=cap_outliers))
    return native_out(prepared, customers)


def summarize_totals(
    customers: Any,
    *,
    preset: str | TotalsLayout | None = None,
    customer: Hashable | None = None,
    first_order: Hashable | None = None,
    last_order: Hashable | None = None,
    orders: Columns | None = None,
    spend: Columns | None = None,
    analysis_date: Any = None,
    period: str = "W",
    convention: Convention = "repeat",
    cap_outliers: bool = True,
    date_format: str | None = None,
    dayfirst: bool | None = None,
) -> Any:
    """Make the customer summary that purchase and spending models are fitted to.

    With *n* the orders of a customer and *d* the days in a period:
    recency = (last − first)/d, T = (analysis date − first)/d, monetary_value = spend/n, and
    frequency = n − 1 (the *repeat* orders, which is what BG/NBD and its kin count).

    Parameters
    ----------
    customers : dataframe
        One row per customer, or what :func:`prepare_totals` returned, which remembers its columns
        and is not capped twice.
    preset : {"flo"} or Preset, optional
        As for :func:`prepare_totals`.
    customer, first_order, last_order, orders, spend : str or sequence of str, optional
        As for :func:`prepare_totals`.
    analysis_date, cap_outliers, date_format, dayfirst
        As for :func:`prepare_totals`.
    period : {"h", "D", "W", "M", "Y"}
        Unit of recency and T; a month is 30.4375 days.
    convention : {"repeat", "total"}
        ``"repeat"``: frequency is orders − 1. ``"total"``: frequency is all orders, as many scripts
        have it; it overstates what customers will buy and is there to reproduce their numbers.

    Returns
    -------
    dataframe
        Of the kind that came in. pandas is indexed by customer,
        others have the customer as their first column. All float64: ``frequency``, ``recency``,
        ``T``, ``monetary_value`` (mean spend per order), ``orders``, and ``spend_count``, the
        orders that monetary_value averages: the count the Gamma-Gamma model needs (0 for customers
        without any spend). :func:`tenure.provenance` holds the period and where the numbers come
        from.

    Raises
    ------
    EmptyDataError, ColumnError, DateError, DataError
        As :func:`prepare_totals`.
    OptionError
        When `period`, `convention` or `preset` is not one of its allowed values, or no column is
        named for a role.

    Warns
    -----
    SelectedSampleWarning
        When the table holds only customers with two or more orders, or only those seen lately.
    SameDayWarning
        When customers have several orders whose first and last fall on one day.
    ConventionWarning
        With ``convention="total"``.
    DuplicateCustomerWarning, DataWarning
        As :func:`prepare_totals`.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"id": ["a", "b"], "first": ["2020-01-06", "2020-03-02"],
    ...                       "last": ["2020-01-20", "2020-03-02"], "n": [3, 1],
    ...                       "money": [90.0, 25.0]})
    >>> summary = summarize_totals(table, customer="id", first_order="first", last_order="last",
    ...                            orders="n", spend="money", analysis_date="2020-03-09")
    >>> summary[["frequency", "recency", "T", "monetary_value"]].values.tolist()
    [[2.0, 2.0, 9.0, 30.0], [0.0, 0.0, 1.0, 25.0]]
    """
    if convention not in get_args(Convention):
        raise OptionError(f"convention={convention!r}: use 'repeat' or 'total'.")
    code = parse_period(period)
    given = {
        "customer": customer,
        "first_order": first_order,
        "last_order": last_order,
        "orders": orders,
        "spend": spend,
        "other_dates": (),
    }
    clean = clean_totals(
        customers,
        preset,
        given,
        analysis_date=analysis_date,
        cap_outliers=cap_outliers,
        date_format=date_format,
        dayfirst=dayfirst,
    )
    totals = add_up(clean, cap_outliers=cap_outliers)
    return native_out(totals_summary(clean, totals, code, convention), customers)
