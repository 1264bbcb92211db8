"""The options of a run, checked before any work: columns, rules, limits and names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from tenure.campaigns import Campaign, read_campaigns
from tenure.campaigns.selection import in_order
from tenure.exceptions import OptionError
from tenure.io.text import quoted
from tenure.io.validation import check_names, require_columns
from tenure.locale.languages import Language
from tenure.presets import Preset, get
from tenure.segments import segment_by_value
from tenure.summary.roles import DESCRIBING, Columns

__all__ = [
    "columns_of",
    "currency_code",
    "described_by",
    "path_of",
    "preset_of",
    "refuse_columns_without_effect",
    "rules_of",
    "value_cut",
]


def columns_of(preset: Preset | None, given: dict[str, Any]) -> Columns:
    """Put together the columns of the preset and those named."""
    roles: dict[str, Any] = {}
    if preset is not None:
        roles = {
            **preset.roles,
            "other_dates": preset.other_dates,
            "channel": preset.channel,
            "last_channel": preset.last_channel,
            "category": preset.categories,
            "store_type": preset.store_type,
        }
    check_names(given)
    roles.update(given)
    if "customer" not in roles:
        raise OptionError(
            "Specify the columns: preset='flo' for that layout; customer=, first_order=,"
            " last_order=, orders= and spend= for one row per customer; customer=, date= and"
            " amount= for one row per purchase."
        )
    return Columns(**roles)


def described_by(columns: Columns, table: pd.DataFrame, preset: Preset | None) -> Columns:
    """Check the columns that describe customers; leave out those that a file may lack.

    Parameters
    ----------
    columns : Columns
        As :func:`columns_of` put them together.
    table : DataFrame
        The table as it was read.
    preset : Preset, optional
        Names the columns that some files do not have (``optional``).

    Returns
    -------
    Columns
        Without the optional columns of the preset that the table does not have.

    Raises
    ------
    ColumnError
        When another column is missing.
    """
    optional = preset.optional if preset is not None else ()
    roles = {role: getattr(columns, role) for role in DESCRIBING}
    present: dict[str, Any] = {
        role: None if column in optional and column not in table.columns else column
        for role, column in roles.items()
    }
    if columns.customer in (*table.columns, table.index.name):  # else it is no such table at all
        require_columns(table, present)
    return replace(columns, **present)


def preset_of(preset: Any) -> Preset | None:
    """Return a preset given by name or as it is."""
    if preset is None or isinstance(preset, Preset):
        return preset
    return get(preset)


def path_of(option: str, path: Any) -> Path | None:
    """Return an option that names a directory as a path."""
    if path is None:
        return None
    if not isinstance(path, str | PathLike):
        raise OptionError(f"{option}={quoted(path)}: give the path of a directory.")
    return Path(path)


def refuse_columns_without_effect(given: Mapping[str, Any], *, by_purchase: bool) -> None:
    """Refuse columns of the other kind of table, which would have no effect.

    Parameters
    ----------
    given : mapping
        Columns by role as the user named them; None where not named.
    by_purchase : bool
        Whether the table has one row per purchase.

    Raises
    ------
    OptionError
        Naming them.
    """
    others = ("first_order", "last_order", "orders", "spend") if by_purchase else (
        "date", "amount", "quantity",
    )  # fmt: skip
    named = [role for role in others if given.get(role) is not None]
    if named:
        kinds = ("customer", "purchase") if by_purchase else ("purchase", "customer")
        raise OptionError(
            f"{' and '.join(named)}: columns of a table with one row per {kinds[0]}, and this one "
            f"is read with one row per {kinds[1]}, where they have no effect. Leave them out, or "
            "name the columns of one kind of table only."
        )


def rules_of(
    campaigns: Sequence[Campaign] | str | PathLike[str] | None,
    preset: Preset | None,
    language: Language = "en",
) -> tuple[Campaign, ...]:
    """Return the campaigns given, of a file, or of the preset, having checked them together.

    They have their names in the language.
    """
    if campaigns is None:
        rules = preset.campaigns if preset is not None else ()
    elif isinstance(campaigns, str | PathLike):
        rules = read_campaigns(campaigns)
    elif isinstance(campaigns, list | tuple) and all(isinstance(c, Campaign) for c in campaigns):
        rules = tuple(campaigns)
    else:
        raise OptionError(
            f"campaigns={quoted(campaigns)}: give a list of tenure.Campaign, or the path of a TOML "
            "file of them."
        )
    in_order(rules)
    called = {rule.name: rule.called(language) for rule in rules}
    rules = tuple(
        replace(
            rule,
            name=called[rule.name],
            exclude_campaigns=tuple(called[name] for name in rule.exclude_campaigns),
        )
        for rule in rules
    )
    in_order(rules)
    return rules


def value_cut(given: Sequence[str] | Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the options of the cut by value."""
    if given is None:
        return {"labels": "DCBA"}
    cut = dict(given) if isinstance(given, Mapping) else {"labels": given}
    known = ("labels", "shares", "thresholds")
    for option in cut:
        if option not in known:
            raise OptionError(f"value_segments: {option!r} is not one of {', '.join(known)}.")
    cut = {"labels": "DCBA", **cut}
    segment_by_value([0.0], **cut)  # refuses what cannot be cut by, before any work
    return cut


def currency_code(currency: str | None) -> str | None:
    """Return a currency's three letters; the lira's usual short form is understood."""
    if currency is None:
        return None
    code = currency.strip().upper() if isinstance(currency, str) else ""
    code = "TRY" if code == "TL" else code
    if len(code) != 3 or not (code.isascii() and code.isalpha()):
        raise OptionError(f"currency={currency!r}: give the three letters of ISO 4217, as 'TRY'.")
    return code
