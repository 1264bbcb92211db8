"""Campaigns in TOML files, read and written."""

from __future__ import annotations

import dataclasses
import difflib
import sys
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from tenure.campaigns.rule import Campaign, Threshold
from tenure.campaigns.selection import in_order
from tenure.exceptions import FileError, OptionError
from tenure.io.atomic_files import write_atomic
from tenure.io.optional import require_extra

__all__ = ["campaign_fields", "parse_campaigns", "read_campaigns", "read_toml", "write_campaigns"]

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_KEYS = {field.name for field in dataclasses.fields(Campaign)}


def read_campaigns(path: str | PathLike[str]) -> tuple[Campaign, ...]:
    r"""Read campaigns from a TOML file, a table ``[[campaign]]`` each.

    Parameters
    ----------
    path : path
        The file. Files of excluded customers that it names are looked for in its folder.

    Returns
    -------
    tuple of Campaign

    Raises
    ------
    FileError
        When the file is missing or is not TOML; names the line.
    OptionError
        When a key is unknown (names the nearest known one) or a value is not allowed.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "campaigns.toml"
    >>> _ = path.write_text('[[campaign]]\nname = "Best"\nsegments = ["champions"]\n')
    >>> read_campaigns(path)[0].rule
    'segment Champions'
    """
    source = Path(path)
    content = read_toml(source)
    unknown = [key for key in content if key != "campaign"]
    if unknown:
        raise OptionError(
            f"{source}: {unknown[0]!r} is not known in a file of campaigns; write each campaign"
            " as a table [[campaign]]."
        )
    return parse_campaigns(content.get("campaign", []), folder=source.parent, where=str(source))


def parse_campaigns(
    tables: Any, *, folder: Path | None = None, where: str = "campaign"
) -> tuple[Campaign, ...]:
    """Make campaigns of what a file or a program holds as plain tables.

    Parameters
    ----------
    tables : sequence of mapping
        One a campaign, with the fields of :class:`Campaign` as keys.
    folder : Path, optional
        Where relative paths of files start.
    where : str
        What to call the place in messages.

    Returns
    -------
    tuple of Campaign

    Raises
    ------
    OptionError
        As for :func:`read_campaigns`.

    Examples
    --------
    >>> parse_campaigns([{"segment": ["champions"]}], where="it")
    Traceback (most recent call last):
    ...
    tenure.exceptions.OptionError: it, campaign 1: 'segment' is not known. Did you mean 'segments'?
    """
    if not isinstance(tables, Sequence) or not all(isinstance(t, Mapping) for t in tables):
        raise OptionError(f"{where}: write each campaign as a table of its own, [[campaign]].")
    found = []
    for number, table in enumerate(tables, start=1):
        place = f"{where}, campaign {number}"
        place += f" ({table['name']!r})" if "name" in table else ""
        for key in table:
            if key not in _KEYS:
                near = difflib.get_close_matches(str(key), sorted(_KEYS), n=1)
                hint = (
                    f" Did you mean {near[0]!r}?"
                    if near
                    else f" There are {', '.join(sorted(_KEYS))}."
                )
                raise OptionError(f"{place}: {key!r} is not known.{hint}")
        if "name" not in table:
            raise OptionError(f"{place}: name is missing; every campaign needs one.")
        options = dict(table)
        try:
            rule = Campaign(**options)
        except OptionError as error:
            raise OptionError(f"{place}: {error}") from None
        if folder is not None and rule.exclude_files:
            paths = tuple(str(folder / file) for file in rule.exclude_files)
            rule = dataclasses.replace(rule, exclude_files=paths)
        found.append(rule)
    try:
        in_order(found)
    except OptionError as error:
        raise OptionError(f"{where}: {error}") from None
    return tuple(found)


def write_campaigns(campaigns: Sequence[Campaign], path: str | PathLike[str]) -> Path:
    """Write campaigns to a TOML file that :func:`read_campaigns` reads back.

    Parameters
    ----------
    campaigns : sequence of Campaign
        The rules; what a rule leaves at its default is left out.
    path : path
        The path of the file.

    Returns
    -------
    pathlib.Path
        `path`.

    Raises
    ------
    ImportError
        When the extra ``config`` is not installed.
    OptionError
        When ids to exclude are neither text nor numbers.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "campaigns.toml"
    >>> rules = (Campaign(name="Best", value_segments=("A",), limit=100, rank_by="clv_6m"),)
    >>> read_campaigns(write_campaigns(rules, path)) == rules
    True
    """
    require_extra("tomli_w", extra="config", purpose="writing TOML files")
    import tomli_w

    in_order(campaigns)
    tables = [campaign_fields(rule) for rule in campaigns]
    try:
        text = tomli_w.dumps({"campaign": tables})
    except TypeError as error:
        raise OptionError(f"campaigns: {error}; TOML holds text, numbers and dates.") from None
    return write_atomic(
        path, lambda temporary: temporary.write_text(text, encoding="utf-8", newline="\n")
    )


def campaign_fields(campaign: Campaign) -> dict[str, Any]:
    """Return a rule as plain values, without what it leaves at its default.

    Parameters
    ----------
    campaign : Campaign
        The rule.

    Returns
    -------
    dict
        What :func:`parse_campaigns` reads.

    Examples
    --------
    >>> campaign_fields(Campaign(name="Best", thresholds={"clv_6m": {"min": 9}}))
    {'name': 'Best', 'thresholds': {'clv_6m': {'min': 9}}, 'file_name': 'best.csv'}
    """
    table: dict[str, Any] = {}
    for field in dataclasses.fields(campaign):
        value = getattr(campaign, field.name)
        if value == field.default and field.name != "name":
            continue
        if field.name == "names":
            value = dict(value)
        if field.name == "thresholds":
            value = {bound.column: _sides(bound) for bound in campaign.bounds}
        table[field.name] = list(value) if isinstance(value, tuple) else value
    return table


def _sides(bound: Threshold) -> dict[str, Any]:
    sides = {"min": bound.min, "max": bound.max}
    return {side: value for side, value in sides.items() if value is not None}


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    dict

    Raises
    ------
    FileError
        When there is no such file, or it is not TOML.
    """
    try:
        with path.open("rb") as stream:
            content: dict[str, Any] = tomllib.load(stream)
    except (FileNotFoundError, IsADirectoryError):
        raise FileError(f"there is no file {path}.") from None
    except RecursionError:
        raise FileError(f"{path} is not a description: it is nested too deep.") from None
    except ValueError as error:  # also numbers of thousands of digits
        raise FileError(f"{path} is not TOML: {error}.") from None
    return content
