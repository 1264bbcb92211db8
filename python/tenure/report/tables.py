"""Tables as the report shows them: every cell text, in the reader's language."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from tenure.data_dictionary import describe, kind_of
from tenure.io.spreadsheets import id_name
from tenure.locale import Locale

__all__ = [
    "Column",
    "Grid",
    "grid",
    "heading",
    "is_money",
    "is_share",
    "numbers_as_text",
    "with_ids",
]

NOTHING = "–"
"""What a cell without a value shows."""

_PHONE = 44
"""Characters that fit side by side on a phone."""

_SENTENCE = 32
"""Characters from which a cell of several words is a sentence, which wraps."""

_LONG_ID = 20


@dataclass(frozen=True)
class Column:
    """Head of a column: its name, whether it holds words rather than figures, and is printed."""

    name: str
    text: bool
    printed: bool = True


@dataclass(frozen=True)
class Grid:
    """A table ready to print: every cell is text.

    A ``matrix`` has the same measure in all of its columns: on a phone it keeps its shape. Paper
    gets those that are ``printed``.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    matrix: bool = False
    printed: bool = True

    @cached_property
    def layout(self) -> str:
        """How a phone shows it.

        ``"plain"`` where it fits, ``"stack"`` (each row as a card) where it holds sentences, else
        ``"matrix"``: it scrolls, and its first column stays.
        """
        sentences = any(self._sentences)
        if len(self.columns) == 2 and not (sentences and self._sentences[1]):
            return "plain"
        if not self.matrix and sentences:
            return "stack"
        width = sum(self._width(place) + 2 for place in range(len(self.columns)))
        return "plain" if width <= _PHONE else "matrix"

    def head(self, place: int) -> str:
        """Return the classes of a column's heading."""
        column = self.columns[place]
        return " ".join(["text"] * column.text + ["screen"] * (not column.printed))

    def css(self, place: int, cell: str) -> str:
        """Return the classes of a cell: of text, sentences, and ids that must not break."""
        column = self.columns[place]
        names = ["text"] if column.text else []
        if self._sentences[place]:
            names.append("words")
        elif column.text and " " not in cell and len(cell) > _LONG_ID:
            names.append("id" if len(cell) < 2 * _LONG_ID else "long")
        elif column.text and place == 0 and len(cell) <= _LONG_ID:
            names.append("short")
        if not column.printed:
            names.append("screen")
        if cell == NOTHING:
            names.append("none")
        return " ".join(names)

    @cached_property
    def _sentences(self) -> list[bool]:
        """Whether a column holds sentences, column by column."""
        return [
            column.text
            and any(len(row[place]) > _SENTENCE and " " in row[place] for row in self.rows)
            for place, column in enumerate(self.columns)
        ]

    def _width(self, place: int) -> int:
        """Return the characters a column takes at least: figures whole, text by its words."""
        column = self.columns[place]
        cells = [row[place] for row in self.rows]
        if column.text:
            cells = [word for cell in cells for word in cell.split()]
        return max(map(len, [*column.name.split(), *cells]), default=0)


def grid(
    table: pd.DataFrame,
    locale: Locale,
    *,
    name: str = "",
    key: str | None = None,
    caption: str = "",
    digits: int | None = 3,
    printed: Collection[str] | None = None,
) -> Grid:
    """Turn a DataFrame into text, cell by cell.

    The data dictionary states what a number is: shares are per cent. Ids stay as they are.

    Parameters
    ----------
    table : DataFrame
        What to show; its index is not shown.
    locale : Locale
        How it is written.
    name : str
        Which table it is, a key of :data:`tenure.data_dictionary.TABLES`; where columns of one name
        mean different things in different tables, it decides.
    key : str, optional
        Name of the first column where the caller chose it, such as that of the ids.
    caption : str
        A line above the table.
    digits : int, optional
        Significant digits of small figures; None writes every figure as the data give it.
    printed : collection of str, optional
        Columns that paper has room for; all by default.

    Returns
    -------
    Grid
        Columns and rows of text.

    Examples
    --------
    >>> grid(pd.DataFrame({"id": ["x"], "share": [0.25]}), Locale("tr")).rows
    [['x', '%25,0']]
    """
    columns = [
        Column(
            heading(str(column), locale, name, key=key),
            column == key or not pd.api.types.is_numeric_dtype(table[column]),
            printed is None or column in printed,
        )
        for column in table.columns
    ]
    cells = [
        [
            _cell(value, "id" if column == key else str(column), name, locale, digits)
            for value in table[column].tolist()
        ]
        for column in table.columns
    ]
    return Grid(columns, [list(row) for row in zip(*cells, strict=True)], caption)


def with_ids(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with its index of customers as the first column, as text.

    Examples
    --------
    >>> with_ids(pd.DataFrame({"x": [1.5]}, index=[7])).to_numpy().tolist()
    [['7', 1.5]]
    """
    ids = pd.Series([str(value) for value in table.index.tolist()], dtype=object)
    flat: pd.DataFrame = table.reset_index(drop=True)
    flat.insert(0, id_name(table), ids)
    return flat


def numbers_as_text(table: pd.DataFrame, columns: Collection[str]) -> pd.DataFrame:
    """Write numbers that count nothing as text: they would get separators of thousands.

    Examples
    --------
    >>> numbers_as_text(pd.DataFrame({"day": [20210530.0, None]}), ["day"])["day"].tolist()
    ['20210530', None]
    """
    texts = {}
    for name in columns:
        if name in table.columns and pd.api.types.is_numeric_dtype(table[name]):
            found = [
                None if pd.isna(value) else f"{value:.0f}" if value == int(value) else str(value)
                for value in table[name].tolist()
            ]
            texts[str(name)] = pd.Series(found, index=table.index, dtype=object)
    return table.assign(**texts)


def heading(column: str, locale: Locale, table: str = "", *, key: str | None = None) -> str:
    """Return the heading of a column, with the currency where it holds money.

    Parameters
    ----------
    column : str
        Its name.
    locale : Locale
        How it is written.
    table : str
        The table it is in, a key of :data:`tenure.data_dictionary.TABLES`.
    key : str, optional
        Name of the table's first column where the caller chose it, such as that of the ids.

    Examples
    --------
    >>> heading("recency", Locale(period="W"), "forecast"), heading("recency", Locale(), "rfm")
    ('first to last purchase (weeks)', 'days since last order')
    """
    return describe(column, table, locale, key=key).heading


def is_money(column: str, table: str = "") -> bool:
    """Return whether a column holds money.

    Examples
    --------
    >>> is_money("clv_6m"), is_money("clv_score"), is_money("revenue_share")
    (True, False, False)
    """
    return kind_of(column, table) == "money"


def is_share(column: str, table: str = "") -> bool:
    """Return whether a column holds shares of a whole."""
    return kind_of(column, table) == "share"


def _cell(value: Any, column: str, table: str, locale: Locale, digits: int | None) -> str:
    if isinstance(value, str) or column == "id" or column.endswith("_id"):
        return str(value)
    if isinstance(value, bool):
        return locale.text("yes" if value else "no")
    if isinstance(value, int | float):
        if digits is None:
            return locale.as_given(value)
        if is_share(column, table):
            return locale.percent(value)
        return locale.amount(value) if is_money(column, table) else locale.number(value, digits)
    if value is None or value is pd.NaT or value is pd.NA:
        return "–"
    if isinstance(value, pd.Timestamp):
        plain = value == value.normalize() and value.year <= datetime.MAXYEAR
        return locale.date(value) if plain else str(value)
    return str(value)
