"""The classes of a definition: of a column, and of a table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias, get_args

from tenure.locale.catalogue import texts

__all__ = ["KINDS", "Definition", "Kind", "TableDefinition"]

Kind: TypeAlias = Literal["count", "money", "share", "number", "date", "text"]
"""What the values of a column are. A count is whole, a share lies between 0 and 1."""

KINDS: tuple[str, ...] = get_args(Kind)

_HORIZON = r"(?P<horizon>\d+(?:\.\d+)?[A-Za-z]*)"
_PATTERNS = {"{horizon}": _HORIZON, "{any}": r"(?P<any>.+)"}


@dataclass(frozen=True)
class Definition:
    """What a column means.

    Parameters
    ----------
    name : str
        The column as tables in Python and English files name it. ``{horizon}`` is the label
        of a horizon such as ``6m``, ``{any}`` for any text.
    tables : tuple of str
        The tables, keys of :data:`tenure.data_dictionary.TABLES`, in which the name means this.
    kind : {"count", "money", "share", "number", "date", "text"}
        What its values are.
    unit : str
        A key of :data:`tenure.data_dictionary.UNITS`: what one is one of.
    exact : bool
        Whether files keep twelve digits, because models read the column or it repeats the data.

    Notes
    -----
    Heading and meaning are in the catalogues of :mod:`tenure.locale` under the definition's key.
    ``{horizon}`` and ``{any}`` are filled in from the name, ``{periods}`` with the unit of time of
    the run.
    """

    name: str
    tables: tuple[str, ...]
    kind: Kind
    unit: str
    exact: bool = False

    @property
    def key(self) -> str:
        """The key of its texts: its first table and its name."""
        return f"{self.tables[0]}.{self.name}"

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The names of the column as a regular expression."""
        text = re.escape(self.name)
        for placeholder, expression in _PATTERNS.items():
            text = text.replace(re.escape(placeholder), expression)
        return re.compile(text, re.DOTALL)

    @property
    def is_pattern(self) -> bool:
        """Whether the definition is of more than one name."""
        return "{" in self.name

    def texts(self, language: str) -> tuple[str, str]:
        """Return heading and meaning in a language."""
        found: tuple[str, str] = texts(language, "columns")[self.key]
        return found


@dataclass(frozen=True)
class TableDefinition:
    """What a table is.

    Parameters
    ----------
    name : str
        Its name in :data:`tenure.data_dictionary.TABLES`, and the key of its texts: title (of a
        sheet: at most 31 characters) and content.
    key : str
        What the first column holds where its name is the caller's: ``customer``; empty where the
        table names all its columns itself.
    parts : tuple of str
        Other tables whose columns the table has as well.
    """

    name: str
    key: str = ""
    parts: tuple[str, ...] = ()

    def texts(self, language: str) -> tuple[str, str]:
        """Return title and content in a language."""
        found: tuple[str, str] = texts(language, "tables")[self.name]
        return found
