"""Tables and figures as the report shows them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

__all__ = ["Column", "Grid", "grid", "money", "number", "percent"]


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
    bars_name: str = ""
    bars: Sequence[str] = field(default_factory=tuple)


def grid(
    table: pd.DataFrame,
    *,
    caption: str = "",
    digits: int = 3,
    bar: tuple[str, Sequence[float]] | None = None,
) -> Grid:
    """Turn a DataFrame into text, cell by cell.

    What a number is, is told by its column's name: ids stay as they are, shares are per cent.

    Parameters
    ----------
    table : DataFrame
        What to show; its index is not shown.
    caption : str
        A line above the table.
    digits : int
        Significant digits of small figures.
    bar : tuple of str and sequence of float, optional
        A name and the length in per cent of a bar for each row.

    Returns
    -------
    Grid
        Columns, rows of text, and bars.

    Examples
    --------
    >>> grid(pd.DataFrame({"id": ["x"], "revenue": [1234.5]})).rows
    [['x', '1,234.5']]
    """
    columns = [
        Column(str(name).replace("_", " "), not pd.api.types.is_numeric_dtype(table[name]))
        for name in table.columns
    ]
    cells = [
        [_cell(value, digits, str(name)) for value in table[name].tolist()]
        for name in table.columns
    ]
    return Grid(
        columns=columns,
        rows=[list(row) for row in zip(*cells, strict=True)],
        caption=caption,
        bars_name=bar[0].replace("_", " ") if bar else "",
        bars=[f"{length:.1f}" for length in bar[1]] if bar else (),
    )


def number(value: float, digits: int = 3) -> str:
    """Write a figure with thousands separators and ``digits`` significant digits when small.

    Examples
    --------
    >>> number(19945), number(0.012345)
    ('19,945', '0.0123')
    """
    if not math.isfinite(value):
        return "–"
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    if abs(value) >= 10_000:
        return f"{value:,.0f}"
    if abs(value) >= 100:
        return f"{value:,.1f}"
    return f"{value:.{digits}g}"


def money(value: float) -> str:
    """Write an amount: whole units from a thousand up, cents below.

    Examples
    --------
    >>> money(3891655.04), money(12.5)
    ('3,891,655', '12.50')
    """
    if not math.isfinite(value):
        return "–"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.2f}"


def percent(value: float) -> str:
    """Write a share in per cent.

    Examples
    --------
    >>> percent(0.256)
    '25.6 %'
    """
    return f"{100 * value:.1f} %" if math.isfinite(value) else "–"


def _cell(value: Any, digits: int, column: str) -> str:
    if isinstance(value, str) or column == "id" or column.endswith("_id"):
        return str(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return percent(value) if column.endswith("share") else number(value, digits)
    return "–" if value is None or value is pd.NaT else str(value)
