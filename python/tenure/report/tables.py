"""Tables as the report shows them: every cell text, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tenure.locale import Locale

__all__ = ["Column", "Grid", "grid", "heading", "id_name", "is_money", "is_share", "with_ids"]

_MONEY = (
    "clv",
    "revenue",
    "monetary",
    "spend",
    "expected_spend",
    "expected_revenue",
    "expected_margin",
    "basket",
)
_SHARES = ("share", "overdue", "discount", "margin")
_NOT_MONEY = {"clv_score", "clv_z", "spend_count", "monetary_score"}


@dataclass(frozen=True)
class Column:
    """Head of a column: its name, and whether it holds words rather than figures."""

    name: str
    text: bool


@dataclass(frozen=True)
class Grid:
    """A table ready to print: every cell is text."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    caption: str = ""


def grid(table: pd.DataFrame, locale: Locale, *, caption: str = "", digits: int = 3) -> Grid:
    """Turn a DataFrame into text, cell by cell.

    What a number is, is told by its column's name: ids stay as they are, shares are per cent.

    Parameters
    ----------
    table : DataFrame
        What to show; its index is not shown.
    locale : Locale
        How it is written.
    caption : str
        A line above the table.
    digits : int
        Significant digits of small figures.

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
        Column(heading(str(name), locale), not pd.api.types.is_numeric_dtype(table[name]))
        for name in table.columns
    ]
    cells = [
        [_cell(value, str(name), locale, digits) for value in table[name].tolist()]
        for name in table.columns
    ]
    return Grid(columns, [list(row) for row in zip(*cells, strict=True)], caption)


def id_name(table: pd.DataFrame) -> str:
    """Return the name of a table's index of customers, as files and sheets head it."""
    return "customer" if table.index.name is None else str(table.index.name)


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


def heading(column: str, locale: Locale) -> str:
    """Return the heading of a column, with the currency where it holds money."""
    unit = f" ({locale.symbol})" if locale.symbol and is_money(column) else ""
    return locale.column(column) + unit


def is_money(column: str) -> bool:
    """Tell whether a column of the forecast, of RFM or of the segments holds money.

    Examples
    --------
    >>> is_money("clv_6m"), is_money("clv_score"), is_money("revenue_share")
    (True, False, False)
    """
    if column in _NOT_MONEY or is_share(column):
        return False
    return any(column == stem or column.startswith(f"{stem}_") for stem in _MONEY)


def is_share(column: str) -> bool:
    """Tell whether a column holds shares of a whole."""
    return column in _SHARES or column.endswith("_share")


def _cell(value: Any, column: str, locale: Locale, digits: int) -> str:
    if isinstance(value, str) or column == "id" or column.endswith("_id"):
        return str(value)
    if isinstance(value, bool):
        return locale.text("yes" if value else "no")
    if isinstance(value, int | float):
        if is_share(column):
            return locale.percent(value)
        return locale.amount(value) if is_money(column) else locale.number(value, digits)
    return "–" if value is None or value is pd.NaT else str(value)
