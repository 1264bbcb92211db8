"""Tables for spreadsheets: text that would be run as a formula stays text."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from tenure.exceptions import DataError, OptionError
from tenure.io.column_names import free_name
from tenure.io.csv_style import PLAIN, CsvStyle
from tenure.io.text import quoted

__all__ = ["id_name", "spreadsheet_safe", "without_apostrophe", "write_csv", "write_xlsx"]

# Workbooks carry the day they were made; a fixed one keeps equal content equal in every byte.
CREATED = datetime.datetime(2000, 1, 1)
ROWS = 1_048_575
"""Rows below the header that a sheet of Excel can hold."""

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\Z"
# Also after marks that are there already, so that taking one off gives back what was written.
_FORMULA = rf"'*(?!{_NUMBER})[=+\-@\t\r]"
_LINE_START = r"(?:\A|(?<=[\r\n]))"
_UNMARKED = re.compile(rf"{_LINE_START}(?={_FORMULA})")
_MARKED = re.compile(rf"{_LINE_START}'(?={_FORMULA})")


def id_name(table: pd.DataFrame) -> str:
    """Return the name of a table's index of customers, as files and sheets head it.

    Examples
    --------
    >>> id_name(pd.DataFrame({"x": [1]})), id_name(pd.DataFrame({"T": [1]}).rename_axis("T"))
    ('customer', 'customer')
    """
    name = "customer" if table.index.name is None else str(table.index.name)
    # Ids whose column has the name of one of ours cannot keep it.
    return free_name(table.columns, name, "customer", "customer_id")


def spreadsheet_safe(table: pd.DataFrame) -> pd.DataFrame:
    """Keep a spreadsheet from reading text as a formula.

    A text cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return and is not a
    plain number gets a leading apostrophe, which spreadsheets take as "this is text"; so does each
    further line of a cell. Ids such as ``-17`` or ``+4930123456`` are numbers to a spreadsheet, do
    no harm, and stay as they are. :func:`without_apostrophe` gives back the original.

    Parameters
    ----------
    table : DataFrame
        What is about to be written; it is not changed.

    Returns
    -------
    DataFrame
        The same with such cells, column names and index labels marked.

    Examples
    --------
    >>> spreadsheet_safe(pd.DataFrame({"id": ["=1+1", "-17", "c3"]}))["id"].tolist()
    ["'=1+1", '-17', 'c3']
    """
    result: pd.DataFrame = table.copy(deep=False)
    for position, kind in enumerate(table.dtypes):
        if _is_text(kind):
            column = table.iloc[:, position]
            marked = _marked(column)
            if marked is not column:
                result.isetitem(position, marked.to_numpy())
    result.columns = pd.Index(_marked(pd.Series(table.columns, dtype=object)))
    if _is_text(table.index.dtype):
        result.index = pd.Index(_marked(table.index.to_series()), name=table.index.name)
    if isinstance(table.index.name, str):
        result.index = result.index.rename(_UNMARKED.sub("'", table.index.name))
    return result


def _is_text(kind: Any) -> bool:
    return bool(
        pd.api.types.is_object_dtype(kind)
        or pd.api.types.is_string_dtype(kind)
        or isinstance(kind, pd.CategoricalDtype)
    )


def _marked(cells: pd.Series[Any]) -> pd.Series[Any]:
    plain = cells.astype(object)
    if pd.api.types.infer_dtype(plain) not in ("string", "mixed", "mixed-integer"):
        return cells
    looked = plain.str.match(_FORMULA) | plain.str.contains(r"[\r\n]")
    risky = looked.fillna(False).to_numpy(dtype=bool)
    if not risky.any():
        return cells
    values = plain.to_numpy(copy=True)
    values[risky] = [_UNMARKED.sub("'", value) for value in values[risky]]
    result: pd.Series[Any] = pd.Series(values, index=cells.index, name=cells.name, dtype=object)
    return result


def without_apostrophe(text: str) -> str:
    """Take off the apostrophes that :func:`spreadsheet_safe` put into a text.

    Parameters
    ----------
    text : str
        A cell as it was read back.

    Returns
    -------
    str

    Examples
    --------
    >>> without_apostrophe("'=1+1"), without_apostrophe("'tis")
    ('=1+1', "'tis")
    """
    return _MARKED.sub("", text)


def write_csv(table: pd.DataFrame, path: Path, *, index: bool, style: CsvStyle = PLAIN) -> None:
    """Write a table as text that spreadsheets open unharmed.

    Parameters
    ----------
    table : DataFrame
        What to write.
    path : Path
        Where.
    index : bool
        Whether the index is written.
    style : CsvStyle
        The decimal mark, and what goes with it.

    Raises
    ------
    DataError
        When a text cannot be written in UTF-8.
    """
    safe = spreadsheet_safe(table)
    try:
        try:
            _write_rows(safe, path, index=index, style=style)
        except csv.Error:  # before Python 3.11 the csv writer takes no NUL character
            _write_rows(_without_nul(safe), path, index=index, style=style)
    except UnicodeEncodeError as error:
        at = slice(max(error.start - 20, 0), error.end + 20)
        raise DataError(
            f"{path.name}: a text holds half a character (a lone surrogate), which no file can "
            f"hold, at {quoted(error.object[at])}. Repair that text, or decode it from its bytes "
            "with the right encoding.",
            expected="text that UTF-8 can write",
        ) from None


def _without_nul(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with U+FFFD for each NUL character in its texts."""

    def clean(cell: Any) -> Any:
        return cell.replace("\0", "\ufffd") if isinstance(cell, str) else cell

    result: pd.DataFrame = table.copy(deep=False)
    for position, kind in enumerate(table.dtypes):
        if _is_text(kind):
            result.isetitem(position, table.iloc[:, position].astype(object).map(clean).to_numpy())
    result.columns = table.columns.map(clean)
    if _is_text(table.index.dtype):
        result.index = table.index.map(clean)
    return result


def _write_rows(safe: pd.DataFrame, path: Path, *, index: bool, style: CsvStyle) -> None:
    options: Any = {"index": index, "sep": style.separator, "decimal": style.decimal}
    if not _has_returns(safe, index=index):
        safe.to_csv(path, **options, encoding=style.encoding, lineterminator="\n")
        return
    # Before Python 3.13 a carriage return is quoted only where it belongs to the end of a line.
    with path.open("w", encoding=style.encoding, newline="") as stream:
        safe.to_csv(_Lines(stream), **options, lineterminator="\r\n")


class _Lines(io.TextIOBase):
    """Writes the rows of a csv writer with another end of the line."""

    def __init__(self, stream: io.TextIOBase | io.TextIOWrapper) -> None:
        self._stream = stream

    def write(self, row: str, /) -> int:
        return self._stream.write(row.removesuffix("\r\n") + "\n")


def _has_returns(table: pd.DataFrame, *, index: bool) -> bool:
    """Whether a text holds a carriage return."""
    parts = [table.columns.to_series(), *(table.iloc[:, at] for at in range(table.shape[1]))]
    if index:
        parts += [table.index.to_series(), pd.Series(table.index.names)]
    for part in parts:
        text = pd.Series(part.cat.categories) if hasattr(part, "cat") else part
        if _is_text(text.dtype):
            found = text.astype(object).map(lambda cell: isinstance(cell, str) and "\r" in cell)
            if found.any():
                return True
    return False


def write_xlsx(sheets: Mapping[str, pd.DataFrame], path: Path) -> None:
    """Write tables as the sheets of a workbook, text as text and numbers as numbers.

    Parameters
    ----------
    sheets : mapping of str to DataFrame
        Tables by the names of their sheets; their index is not written.
    path : Path
        Where.

    Raises
    ------
    OptionError
        When a table has more rows than a sheet.
    """
    import xlsxwriter

    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    options = {**plain, "nan_inf_to_errors": True, "tmpdir": str(path.parent)}
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"created": CREATED})
        bold = book.add_format({"bold": True})
        for name, table in sheets.items():
            if len(table) > ROWS:
                raise OptionError(
                    f"{path.name}: a sheet of Excel holds {ROWS:,} rows, and there are"
                    f" {len(table):,}. Write a .csv file instead, or set a limit."
                )
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for position, column in enumerate(table.columns):
                sheet.write_string(0, position, str(column), bold)
                values = [_cell(value) for value in table.iloc[:, position].tolist()]
                widest = max(map(len, map(str, [column, *values[:1000]])))
                sheet.set_column(position, position, min(widest + 2, 60))
                sheet.write_column(1, position, values)


def _cell(value: Any) -> Any:
    if isinstance(value, float | int) or value is None:
        # A spreadsheet's numbers have 15 digits; longer ids stay whole as text.
        return str(value) if isinstance(value, int) and abs(value) >= 10**15 else value
    return str(value)
