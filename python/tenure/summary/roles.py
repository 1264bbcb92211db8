"""Columns by the part they play in a table: named, of a preset, or remembered by the table."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tenure.exceptions import ColumnError, OptionError
from tenure.io.column_names import free_name, is_reserved
from tenure.io.validation import check_names
from tenure.summary.layouts import TotalsLayout, layout_of
from tenure.summary.totals_checks import TOTALS

__all__ = [
    "DESCRIBING",
    "TOTALS_ROLES",
    "Columns",
    "distinct_purchase_columns",
    "kept_apart",
    "require_roles",
    "required",
    "resolve_roles",
    "shown_columns",
]

DESCRIBING = ("channel", "last_channel", "category", "store_type")
"""Roles of columns that describe a customer and that no model needs."""

TOTALS_ROLES = ("customer", "first_order", "last_order", "orders", "spend")
"""The columns that a table with one row per customer must name."""


@dataclass(frozen=True)
class Columns:
    """Which column plays which part; a part that is None is not there.

    Parameters
    ----------
    customer : str
        The customer's id.
    date, amount : str, optional
        Date and money of a purchase, in a table of purchases.
    quantity : str, optional
        Number of items, where `amount` is the price of one.
    first_order, last_order : str, optional
        Dates, in a table with one row per customer.
    orders, spend : str or sequence of str, optional
        Columns that add up to the orders and the money of a customer.
    other_dates : sequence of str
        Further date columns, parsed and kept.
    channel, last_channel : str, optional
        The channel of a customer, and that of the last order.
    category : str, optional
        Categories a customer is interested in.
    store_type : str, optional
        Types of store a customer bought in.
    """

    customer: Hashable
    date: Hashable | None = None
    amount: Hashable | None = None
    quantity: Hashable | None = None
    first_order: Hashable | None = None
    last_order: Hashable | None = None
    orders: Hashable | Sequence[Hashable] | None = None
    spend: Hashable | Sequence[Hashable] | None = None
    other_dates: Sequence[Hashable] = ()
    channel: Hashable | None = None
    last_channel: Hashable | None = None
    category: Hashable | None = None
    store_type: Hashable | None = None


def resolve_roles(
    known: Mapping[str, Any] | None,
    preset: str | TotalsLayout | None,
    given: Mapping[str, Any],
    *,
    needed: tuple[str, ...] = TOTALS_ROLES,
) -> dict[str, Any]:
    """Settle which column plays which part in a table of customer totals.

    Parameters
    ----------
    known : mapping, optional
        Provenance of the table; one that was prepared before remembers its ``roles``.
    preset : str or Preset, optional
        A known layout.
    given : mapping
        Columns by role as the user named them; None where not named.
    needed : tuple of str
        Roles that must have a column in the end.

    Returns
    -------
    dict
        A column (or list of columns) for every key of `given`: the one named, else the preset's,
        else the remembered one; None where there is none.

    Raises
    ------
    OptionError
        When there is no such preset, or a needed role has no column.

    Examples
    --------
    >>> resolve_roles({"roles": {"customer": "id"}}, None, {"customer": None}, needed=("customer",))
    {'customer': 'id'}
    """
    check_names(given)
    found: dict[str, Any] = dict((known or {}).get("roles") or {})
    if preset is not None:
        layout = layout_of(preset)
        found |= {**layout.roles, "other_dates": list(layout.other_dates)}
    found |= {role: column for role, column in given.items() if column is not None}
    resolved = {role: found.get(role) for role in given}
    require_roles(resolved, needed, preset=True)
    return resolved


def require_roles(
    roles: Mapping[str, Any], needed: tuple[str, ...], *, preset: bool = False
) -> None:
    """Check that every role that is needed has a column.

    Parameters
    ----------
    roles : mapping
        Columns by role; None where there is none.
    needed : tuple of str
        The roles that must have one.
    preset : bool
        Whether a preset could name them.

    Raises
    ------
    OptionError
        Names the roles without a column.

    Examples
    --------
    >>> require_roles({"customer": "id"}, ("customer",))
    """
    missing = [role for role in needed if roles.get(role) is None]
    if missing:
        remedy = ", ".join(f"{role}=…" for role in missing)
        layout = "; or preset='flo' for FLO's layout" if preset else ""
        raise OptionError(f"Specify which columns hold {', '.join(missing)}: {remedy}{layout}.")


def required(columns: Columns, *names: str) -> dict[str, Any]:
    """Return the columns of roles that a table must have.

    Raises
    ------
    OptionError
        Naming the roles that have no column.
    """
    found = {name: getattr(columns, name) for name in names}
    require_roles(found, names)
    return found


def shown_columns(columns: Columns) -> dict[str, Hashable | None]:
    """Return the columns that breakdowns and campaigns of customers use, by role.

    Raises
    ------
    ColumnError
        When one of them is the customer's id.
    """
    shown = {role: getattr(columns, role) for role in DESCRIBING}
    for role, column in shown.items():
        if column is not None and column == columns.customer:
            raise _twice("customer", role, column)
    return shown


def distinct_purchase_columns(columns: Columns) -> None:
    """Check that every column of a table of purchases has one role.

    Raises
    ------
    ColumnError
        Naming the column and its roles.
    """
    seen: list[tuple[Hashable, str]] = []
    for role in ("customer", "date", "amount", "quantity"):
        name = getattr(columns, role)
        for other, first in seen:
            if name is not None and name == other:
                raise _twice(first, role, name)
        seen.append((name, role))


def _twice(first: str, second: str, name: Hashable) -> ColumnError:
    return ColumnError(
        f"{first} and {second} both name the column {name!r}; give each its own.",
        column=str(name),
    )


def kept_apart(table: pd.DataFrame, columns: Columns) -> dict[Hashable, Hashable]:
    """Return new names for columns of the caller's that have a role and the name of one of ours.

    Parameters
    ----------
    table : DataFrame
        The customers.
    columns : Columns
        The roles.

    Returns
    -------
    dict
        Old name to new name; empty where there is nothing to be confused.
    """
    parts = [columns.first_order, columns.last_order, *columns.other_dates]
    for several, total in zip((columns.orders, columns.spend), TOTALS, strict=True):
        names = list(several) if isinstance(several, list | tuple) else [several]
        parts += [] if names == [total] else names
    clashing: list[Hashable] = [name for name in parts if name in TOTALS]
    clashing += [name for name in shown_columns(columns).values() if is_reserved(name)]
    taken: list[Hashable] = list(table.columns)
    found: dict[Hashable, Hashable] = {}
    for name in clashing:
        if name not in found:
            found[name] = free_name(taken, f"{name} (given)")
            taken.append(found[name])
    return found
