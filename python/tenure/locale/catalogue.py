"""The catalogues: one folder per language, with the texts of each kind in a module of its name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

__all__ = ["languages", "parts", "texts"]

_FOLDER = Path(__file__).parent


def languages() -> tuple[str, ...]:
    """Return the languages that have a catalogue: English first, then by code."""
    found = sorted(each.name for each in iter_modules([str(_FOLDER)]) if each.ispkg)
    return tuple(sorted(found, key=lambda code: code != "en"))


@cache
def parts(language: str) -> tuple[str, ...]:
    """Return the modules of a catalogue."""
    return tuple(sorted(each.name for each in iter_modules([str(_FOLDER / language)])))


@cache
def texts(language: str, part: str) -> Mapping[str, Any]:
    """Return the texts of one kind in a language, by key.

    Parameters
    ----------
    language : str
        One of :func:`languages`.
    part : str
        A module of the catalogue, such as ``"report"``; ``"columns"`` stands for all modules whose
        name starts with ``columns_``.

    Returns
    -------
    mapping
        Texts with ``{name}`` where a value is filled in; pairs of heading and meaning for columns,
        tables and warnings.

    Examples
    --------
    >>> texts("tr", "segments")["loyal_customers"]
    'Sadık Müşteriler'
    """
    found: dict[str, Any] = {}
    for name in parts(language):
        if name == part or name.startswith(f"{part}_"):
            found.update(import_module(f"tenure.locale.{language}.{name}").TEXTS)
    return found
