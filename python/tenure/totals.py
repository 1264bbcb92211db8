"""Tables with one row a customer: checked, capped, added up, and made into a customer summary."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.capping import cap_parts
from tenure.dates import parse_dates
from tenure.exceptions import (
    ConventionWarning,
    DataWarning,
    OptionError,
    SameDayWarning,
    SelectedSampleWarning,
)
from tenure.frames import (
    describe_rows,
    native_out,
    numeric,
    provenance,
    row_error,
    to_pandas,
    with_provenance,
)
from tenure.periods import parse_period, period_days
from tenure.roles import settle_roles
from tenure.selection import find_selection, selection_message
from tenure.totals_checks import (
    TOTALS,
    analysis_day,
    by_customer,
    check_dates,
    check_orders,
    distinct,
    listed,
    parse_role_dates,
)
from tenure.verdict import Notice

if TYPE_CHECKING:
    from tenure.presets import Preset

__all__ = ["prepare_totals", "summarize_totals"]

Convention: TypeAlias = Literal["repeat", "total"]
Columns: TypeAlias = Hashable | Sequence[Hashable]

_DAY = np.timedelta64(1, "D")
_Parts: TypeAlias = dict[Hashable, NDArray[np.float64]]


def prepare_totals(
    customers: Any,
    *,
    preset: str | Preset | None = None,
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
        (:func:`tenure.capping.cap_column`). Right for CLTV; RFM and campaigns want
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
        Of the kind that came in (:func:`tenure.frames.native_out`). pandas is indexed by customer,
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
        When ids are missing or repeat themselves, a last order stands before the first, numbers
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
    prepared, *_ = _prepare(
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
    return native_out(prepared, customers)


def summarize_totals(
    customers: Any,
    *,
    preset: str | Preset | None = None,
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
        Of the kind that came in (:func:`tenure.frames.native_out`). pandas is indexed by customer,
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
    table, first, last, end = _prepare(
        customers,
        preset,
        given,
        analysis_date=analysis_date,
        cap_outliers=cap_outliers,
        date_format=date_format,
        dayfirst=dayfirst,
    )
    days = period_days(code)
    count = table["orders_total"].to_numpy()
    mean_spend = table["spend_total"].to_numpy() / count
    summary = pd.DataFrame(
        {
            "frequency": count - 1.0 if convention == "repeat" else count,
            "recency": (last - first).to_numpy() / _DAY / days,
            "T": (end - first).to_numpy() / _DAY / days,
            "monetary_value": mean_spend,
            "orders": count,
            "spend_count": np.where(mean_spend > 0, count, 0.0),
        },
        index=table.index,
    )
    known = provenance(table) or {}
    _warn_about(known, convention, count)
    known |= {"period": code, "collapse": "D", "convention": convention}
    known.pop("roles", None)  # columns of the table it was made from
    remembering: pd.DataFrame = with_provenance(summary, **known)
    return native_out(remembering, customers)


def _prepare(
    customers: Any,
    preset: str | Preset | None,
    given: Mapping[str, Any],
    *,
    analysis_date: Any,
    cap_outliers: bool,
    date_format: str | None,
    dayfirst: bool | None,
) -> tuple[pd.DataFrame, pd.Series[Any], pd.Series[Any], pd.Timestamp]:
    """Clean a table; return it with its first and last dates and the analysis date."""
    frame = to_pandas(customers)
    named = settle_roles(provenance(frame), preset, given)
    customer, first_order, last_order = (
        named[role] for role in ("customer", "first_order", "last_order")
    )
    order_columns, spend_columns = (listed(named[role], role) for role in ("orders", "spend"))
    other_dates = list(named["other_dates"] or ())
    roles: dict[str, Any] = {"first_order": first_order, "last_order": last_order}
    roles |= {"orders": order_columns, "spend": spend_columns, "other_dates": other_dates}
    frame, repeated = by_customer(frame, customer, roles)
    distinct(first_order, last_order, order_columns, spend_columns)

    dates = parse_role_dates(frame, first_order, last_order, date_format, dayfirst)
    for name in other_dates:
        dates[name] = parse_dates(
            frame[name], name=name, format=date_format, dayfirst=dayfirst, allow_missing=True
        )
    first, last = dates[first_order], dates[last_order]
    check_dates(first, last)
    known = provenance(frame) or {}
    if not known and not isinstance(customers, pd.DataFrame):
        _warn_of_forgotten(frame, analysis_date, cap_outliers)
    if analysis_date is None and known.get("source") == "totals":
        analysis_date = known.get("observation_end")
    end = analysis_day(last, analysis_date, date_format, dayfirst)

    parts: _Parts = {c: numeric(frame, c, minimum=0, integer=True) for c in order_columns}
    parts |= {c: numeric(frame, c, minimum=0) for c in spend_columns}
    counted = _sum(frame, parts, order_columns)
    check_orders(frame.index, first, last, counted, order_columns)
    selected = find_selection(first, last, counted, [parts[c] for c in order_columns])

    caps = cap_parts(parts, order_columns, known, cap_outliers=cap_outliers)
    orders_total, spend_total = (_sum(frame, parts, c) for c in (order_columns, spend_columns))
    no_spend = spend_total == 0
    if no_spend.any():
        Notice(
            DataWarning,
            "Customers with orders who spent nothing: "
            f"{describe_rows(frame.index, no_spend, spend_total)}. They keep their purchases and "
            "are left out of the spending model (spend_count 0). If their spend is missing rather "
            "than zero, fill it in or drop those rows.",
        ).emit()
    result = frame.copy(deep=False)
    replaced: dict[Any, Any] = {**dates, **parts}
    for column, values in replaced.items():
        result[column] = values
    result["orders_total"], result["spend_total"] = orders_total, spend_total
    result = with_provenance(
        result,
        observation_end=f"{end:%Y-%m-%d}" if end == end.normalize() else end.isoformat(),
        source="totals",
        roles={"customer": customer, **roles},
        customers=len(result),
        caps=caps,
        parts=known.get("parts", list(map(str, parts))),
        notes={
            "same_day": int(np.count_nonzero((first == last).to_numpy() & (counted > 1))),
            "no_spend": int(np.count_nonzero(no_spend)),
            "repeated_rows": repeated,
            "capped": sum(cap["above"] + cap["below"] for cap in caps.values()),
        },
        selected=selected,
    )
    return result, first, last, end


def _warn_of_forgotten(frame: pd.DataFrame, analysis_date: Any, cap_outliers: bool) -> None:
    """Warn of a table that looks prepared and, being of another kind, cannot remember how."""
    if set(TOTALS) <= set(frame.columns) and (analysis_date is None or cap_outliers):
        Notice(
            DataWarning,
            "The table has orders_total and spend_total as prepare_totals makes them, and does "
            "not remember how it was prepared (pandas and Arrow tables do, Polars has no place for "
            "it). The analysis date and the caps are found anew; if it was prepared, say "
            "analysis_date=… and cap_outliers=False.",
        ).emit()


def _sum(frame: pd.DataFrame, parts: _Parts, columns: Sequence[Hashable]) -> NDArray[np.float64]:
    with np.errstate(over="ignore"):
        total: NDArray[np.float64] = sum((parts[c] for c in columns), np.zeros(len(frame)))
    if not np.isfinite(total).all():
        raise row_error(
            "values too large to add up",
            column=" + ".join(map(str, columns)),
            index=frame.index,
            mask=~np.isfinite(total),
            values=total,
            expected="finite totals",
        )
    return total


def _warn_about(known: dict[str, Any], convention: Convention, count: NDArray[np.float64]) -> None:
    same_day = known["notes"]["same_day"]
    if same_day:
        Notice(
            SameDayWarning,
            f"{same_day:,} of {len(count):,} customers have two or more orders whose first and "
            "last fall on one day (recency 0). They are kept; the models see repeat purchases made "
            "at once, which a purchase rate explains badly. Orders split over channels or "
            "shipments on one day may be one purchase.",
        ).emit()
    if convention == "total":
        mean = float(count.mean())
        inflation = f" ({mean / (mean - 1):.0%} of it)" if mean > 1 else ""
        Notice(
            ConventionWarning,
            "convention='total' counts every customer's first order as a repeat purchase: mean "
            f"frequency {mean:.2f} where the models mean {mean - 1:.2f}{inflation}. Expected "
            "purchases, CLV and the segments built on them change, and revenue comes out too "
            "high; use convention='repeat' unless you need to reproduce such numbers.",
        ).emit()
    if known["selected"]:
        Notice(
            SelectedSampleWarning,
            selection_message(known["selected"]),
        ).emit()
