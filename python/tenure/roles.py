"""Columns by the part they play in a table: named, of a preset, or remembered by the table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tenure.exceptions import OptionError

if TYPE_CHECKING:
    from tenure.presets import Preset

__all__ = ["TOTALS_ROLES", "require_roles", "settle_roles"]

TOTALS_ROLES = ("customer", "first_order", "last_order", "orders", "spend")
"""The columns that a table with one row per customer must name."""


def settle_roles(
    known: Mapping[str, Any] | None,
    preset: str | Preset | None,
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
    >>> settle_roles({"roles": {"customer": "id"}}, None, {"customer": None}, needed=("customer",))
    {'customer': 'id'}
    """
    found: dict[str, Any] = dict((known or {}).get("roles") or {})
    if preset is not None:
        from tenure.presets import Preset, get

        layout = preset if isinstance(preset, Preset) else get(preset)
        found |= {**layout.roles, "other_dates": list(layout.other_dates)}
    found |= {role: column for role, column in given.items() if column is not None}
    settled = {role: found.get(role) for role in given}
    require_roles(settled, needed, preset=True)
    return settled


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
