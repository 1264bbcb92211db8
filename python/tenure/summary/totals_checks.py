"""Checks of tables of customer totals."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure._warnings import Notice
from tenure.exceptions import (
    ColumnError,
    DataError,
    DateError,
    DuplicateCustomerWarning,
    EmptyDataError,
)
from tenure.io.dates import parse_date, parse_dates
from tenure.io.validation import check_names, describe_rows, require_columns, row_error

__all__ = [
    "LAG",
    "TOTALS",
    "analysis_day",
    "by_customer",
    "check_dates",
    "check_orders",
    "distinct",
    "listed",
    "parse_role_dates",
    "refuse_names_of_totals",
]

TOTALS = ("orders_total", "spend_total")
"""The columns that the orders and the spend of a customer are added up into."""

LAG = pd.Timedelta(days=2)
"""How long after the last order the data are looked at, when the user does not say."""


def listed(columns: Hashable | Sequence[Hashable], role: str) -> list[Hashable]:
    """Return one or several column names as a list, each of them once."""
    check_names({role: columns})
    names = list(columns) if isinstance(columns, list | tuple) else [columns]
    if not names:
        raise ColumnError(f"{role}: give at least one column.")
    twice = sorted({str(n) for n in names if names.count(n) > 1})
    if twice:
        raise ColumnError(
            f"{role} names {' and '.join(map(repr, twice))} more than once; it would be added "
            "twice.",
            column=twice[0],
        )
    return names


def distinct(
    first_order: Hashable,
    last_order: Hashable,
    orders: list[Hashable],
    spend: list[Hashable],
    other_dates: Sequence[Hashable] = (),
) -> None:
    """Check that every column has one role, and that totals are not parts of themselves.

    Columns named as further dates may be those of the first and the last order.
    """
    parts = {"first_order": [first_order], "last_order": [last_order]}
    parts |= {"orders": orders, "spend": spend}
    parts["other_dates"] = [n for n in other_dates if n not in (first_order, last_order)]
    seen: dict[Hashable, str] = {}
    for role, names in parts.items():
        for name in names:
            if name in seen:
                raise ColumnError(
                    f"{seen[name]} and {role} both name the column {name!r}; give each its own.",
                    column=str(name),
                )
            seen[name] = role
    for role, names, total in (("orders", orders, TOTALS[0]), ("spend", spend, TOTALS[1])):
        if total in names and len(names) > 1:
            raise ColumnError(
                f"{role} adds up {', '.join(map(repr, names))}, and {total!r} is the name of the "
                "sum. Give the total alone or its parts, or rename that column.",
                column=total,
            )


def refuse_names_of_totals(roles: Mapping[str, Any]) -> None:
    """Refuse columns that the totals, once added, would take the place of."""
    for role, names in roles.items():
        for total, own in zip(TOTALS, ("orders", "spend"), strict=True):
            listed_names = names if isinstance(names, list) else [names]
            if total in listed_names and role not in (own, "customer"):
                raise ColumnError(
                    f"{role}={total!r}: the prepared table has a column of that name, the total of "
                    f"{own}. Rename yours, for example to '{total}_given'.",
                    column=total,
                )


def by_customer(
    frame: pd.DataFrame, customer: Hashable | None, roles: Mapping[str, Any]
) -> tuple[pd.DataFrame, int]:
    """Index a table by customer; return it and how many repeated rows were left out."""
    single = {role: roles[role] for role in ("first_order", "last_order") if role in roles}
    for role, name in {"customer": customer, **single}.items():
        if name is None or isinstance(name, list):
            raise ColumnError(f"{role}={name!r}: give the name of one column.")
    check_names({"customer": customer, **roles})
    for role, names in roles.items():
        if customer in (names if isinstance(names, list) else [names]):
            raise ColumnError(
                f"customer and {role} both name the column {customer!r}; give each its own.",
                column=str(customer),
            )
    is_index = customer not in frame.columns and frame.index.name == customer
    require_columns(frame, roles if is_index else {"customer": customer, **roles})
    if frame.empty:
        raise EmptyDataError("the table has no customers.", column=str(customer))
    missing = (frame.index if is_index else frame[customer]).isna()
    if missing.any():
        mask = np.asarray(missing, dtype=bool)
        raise row_error(
            "missing customer ids",
            column=customer,
            index=pd.RangeIndex(len(frame)),
            mask=mask,
            values=np.full(len(frame), None, dtype=object),
            expected="an id in every row",
            remedy="Fill them in or drop those rows.",
        )
    indexed = frame if is_index else frame.set_index(customer)
    try:
        unique = indexed.index.is_unique
    except TypeError as error:  # lists and other cells that cannot be compared
        raise ColumnError(
            f"column {customer!r} holds values that cannot be ids ({error}). Expected text or"
            " numbers; turn them into text first.",
            column=str(customer),
        ) from error
    if unique:
        return indexed, 0
    return _without_repeats(indexed, customer)


def _without_repeats(indexed: pd.DataFrame, customer: Hashable) -> tuple[pd.DataFrame, int]:
    """Leave out rows that repeat another in every cell; refuse ids whose rows differ."""
    twice = indexed.index.duplicated(keep=False)
    # As text, so that cells which cannot be hashed (lists) compare too.
    cells = indexed[twice].astype(str).assign(**{"": indexed.index[twice].astype(str)})
    repeats = np.zeros(len(indexed), dtype=bool)
    repeats[np.flatnonzero(twice)] = cells.duplicated().to_numpy()
    kept = indexed[~repeats]
    still = kept.index.duplicated(keep=False)
    if still.any():
        raise row_error(
            "customers with several rows that differ",
            column=customer,
            index=pd.RangeIndex(len(kept)),
            mask=still,
            values=kept.index,
            expected="one row per customer",
            remedy="Add the rows of a customer up, or keep the right one "
            "(DataFrame.drop_duplicates).",
        )
    count = int(repeats.sum())
    shown = describe_rows(pd.RangeIndex(len(indexed)), repeats, indexed.index)
    Notice(
        DuplicateCustomerWarning,
        f"{count:,} rows repeat another row in every cell and are left out. Nothing to do where"
        " the same customer was exported twice.",
        f"Column {customer!r}: {shown}.",
    ).emit()
    return kept, count


def parse_role_dates(
    frame: pd.DataFrame,
    first_order: Hashable,
    last_order: Hashable,
    format: str | None,
    dayfirst: bool | None,
) -> dict[Hashable, pd.Series[Any]]:
    """Parse the two date columns; where one alone is ambiguous, let both decide together."""
    names = (first_order, last_order)
    try:
        return {n: parse_dates(frame[n], name=n, format=format, dayfirst=dayfirst) for n in names}
    except DateError:
        if format is not None or dayfirst is not None:
            raise
        try:
            both = parse_dates(pd.concat([frame[n] for n in names]), name="dates")
        except DateError:
            both = None
        if both is None:
            raise
    size = len(frame)
    return {n: both.iloc[i * size : (i + 1) * size].rename(str(n)) for i, n in enumerate(names)}


def analysis_day(
    last: pd.Series[Any], analysis_date: Any, format: str | None, dayfirst: bool | None
) -> pd.Timestamp:
    """Return the analysis date, which no order may come after."""
    if analysis_date is None:
        latest: pd.Timestamp = last.max() + LAG
        return latest
    end = parse_date(analysis_date, name="analysis_date", format=format, dayfirst=dayfirst)
    late = (last > end).to_numpy()
    if late.any():
        raise row_error(
            "last orders after the analysis date",
            column=last.name,
            index=last.index,
            mask=late,
            values=last.dt.strftime("%Y-%m-%d"),
            expected=f"dates up to {end:%Y-%m-%d}",
            remedy="Choose a later analysis_date, or correct those dates.",
            error=DateError,
        )
    return end


def check_dates(first: pd.Series[Any], last: pd.Series[Any]) -> None:
    """Check that no last order is before the first."""
    backward = (last < first).to_numpy()
    if backward.any():
        form = "%Y-%m-%d"
        raise row_error(
            f"last orders before the first ({first.name})",
            column=last.name,
            index=last.index,
            mask=backward,
            values=last.dt.strftime(form) + " < " + first.dt.strftime(form),
            expected="the last order on or after the first",
            remedy="Check that the two columns are not swapped and that their dates were read the "
            "right way round (dayfirst).",
            error=DateError,
        )


def check_orders(
    index: pd.Index[Any],
    first: pd.Series[Any],
    last: pd.Series[Any],
    orders: NDArray[np.float64],
    columns: Sequence[Hashable],
) -> None:
    """Check that everyone has an order, and more than one where the dates say so."""
    column = " + ".join(map(str, columns))

    def refuse(mask: NDArray[np.bool_], message: str, expected: str, remedy: str) -> None:
        if mask.any():
            raise row_error(
                message,
                column=column,
                index=index,
                mask=mask,
                values=orders,
                expected=expected,
                remedy=remedy,
                error=DataError,
            )

    refuse(
        orders < 1,
        "customers without any order",
        "at least one order a customer",
        "Drop those rows: a customer begins with the first order.",
    )
    refuse(
        (orders == 1) & (last > first).to_numpy(),
        "customers with one order on two dates",
        "two or more orders where first and last order differ",
        "If the column counts repeat orders, add 1 to it.",
    )
