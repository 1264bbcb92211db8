"""Tables read from files, recognised by what they hold."""

from __future__ import annotations

import datetime
import gzip
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tenure.exceptions import FileError
from tenure.io.atomic_files import AnyPath
from tenure.io.delimited import open_bytes, read_text_table, typed_columns
from tenure.io.optional import require_extra
from tenure.io.workbook_checks import check_grid, check_old_workbook, is_encrypted

__all__ = ["file_kind", "read_table"]

_KINDS = {
    ".csv": "text",
    ".txt": "text",
    ".tsv": "text",
    ".tab": "text",
    ".parquet": "Parquet",
    ".pq": "Parquet",
    ".xlsx": "Excel (xlsx)",
    ".xlsm": "Excel (xlsx)",
    ".xlsb": "binary Excel (xlsb)",
    ".xls": "old Excel (xls)",
    ".ods": "OpenDocument (ods)",
}
_SIGNATURES = (
    (b"PAR1", "Parquet"),
    (b"PK\x03\x04", "Excel (xlsx)"),
    (b"\xd0\xcf\x11\xe0", "old Excel (xls)"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"%PDF", "PDF"),
    (b"SQLite format 3", "SQLite"),
    (b"ARROW1", "Arrow (feather)"),
    (b"\x80\x04\x95", "pickle"),
    (b"\x80\x05\x95", "pickle"),
)
_ARCHIVES = {
    "xl/workbook.xml": "Excel (xlsx)",
    "xl/workbook.bin": "binary Excel (xlsb)",
    "content.xml": "OpenDocument (ods)",
}
"""Spreadsheets by a part that their archive has."""
_MOST_UNPACKED = 1 << 32
"""Bytes that a workbook may unpack to."""
_WHOLE = 2.0**63
"""Whole numbers below this are integers; spreadsheets hold all numbers as floats."""
_PROTECTED = "{} is protected by a password; save it without one."
_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")


def read_table(
    path: AnyPath,
    *,
    text_columns: Sequence[str] = (),
    separator: str | None = None,
    encoding: str | None = None,
    sheet: str | int = 0,
) -> pd.DataFrame:
    r"""Read a table from a file, recognising how it is written.

    Text files may be separated by commas, semicolons, tabs, bars or else blanks, end their lines
    either way and carry a byte-order mark. A column of a text file becomes numbers only when every
    value in it is plainly one: values with a leading zero, such as customer number ``00042``, keep
    the column text, and a column of whole numbers with gaps stays whole (``Int64``). Beside another
    separator than the comma, a column may be written with a decimal comma. Dates stay text; what
    takes a date reads them (:func:`tenure.io.dates.parse_dates`). Nothing in a file is ever
    executed or unpickled.

    Parameters
    ----------
    path : str or path
        A file that ends in ``.csv``, ``.txt``, ``.tsv``, ``.tab`` (these also with ``.gz``),
        ``.parquet``, ``.pq``, ``.xlsx``, ``.xlsm``, ``.xlsb``, ``.xls`` or ``.ods``.
    text_columns : sequence of str
        Columns to keep as text whatever they look like.
    separator : str, optional
        The separator of a text file; found from the content when not given.
    encoding : str, optional
        Encoding of a text file; UTF-8 (or UTF-16 with its mark) when not given.
    sheet : str or int
        Sheet of a workbook, by name or position.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    FileError
        When the file is missing, empty, not of the kind of its extension, or not a table.
    ImportError
        When a workbook or Parquet file needs a library that is not installed; names the extra.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "customers.csv"
    >>> _ = path.write_text("id;spend\r\n007;12,50\r\n")
    >>> read_table(path).to_dict("list")
    {'id': ['007'], 'spend': [12.5]}
    """
    source = Path(path)
    kind = file_kind(source)
    if kind == "text":
        return read_text_table(
            source, text_columns=text_columns, separator=separator, encoding=encoding
        )
    table = (
        _read_parquet(source)
        if kind == "Parquet"
        else _read_spreadsheet(source, kind, sheet, text_columns)
    )
    if table.columns.empty:
        raise FileError(f"{source} holds no columns.")
    return table


def file_kind(source: Path) -> str:
    """Return what a file is, having checked that its content and its extension agree.

    Parameters
    ----------
    source : pathlib.Path
        The file.

    Returns
    -------
    str
        ``"text"``, ``"Parquet"`` or the kind of spreadsheet.

    Raises
    ------
    FileError
        When it is missing, empty, of another kind, or not of the kind of its extension.
    """
    try:
        there = source.exists()
    except (OSError, ValueError) as error:  # a name that no file can have
        raise FileError(f"there is no file {source}: {error}.") from None
    if not there:
        near = [p.name for p in sorted(source.parent.glob(source.stem + ".*"))[:3]]
        hint = f" The folder holds: {', '.join(near)}." if near else ""
        raise FileError(f"there is no file {source}.{hint}")
    if not source.is_file():
        raise FileError(f"{source} is not a file.")
    packed = source.suffix.lower() == ".gz"
    ending = Path(source.stem).suffix + source.suffix if packed else source.suffix
    claimed = _KINDS.get(ending.lower().removesuffix(".gz"))
    if claimed is None or (packed and claimed != "text"):
        raise FileError(
            f"{source} has the extension {ending!r}; tables are read from files that end in "
            f"{', '.join(_KINDS)}; text may be packed as .gz."
        )
    head = _head(source)
    if not head.strip():
        raise FileError(f"{source} is empty.")
    found = next((name for mark, name in _SIGNATURES if head.startswith(mark)), None)
    if found is None:
        binary = b"\0" in head and not head.startswith(_MARKS)
        start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower()
        markup = start.startswith((b"<!doctype", b"<html", b"<?xml", b"<table"))
        found = "a binary" if binary else "an HTML or XML" if markup else "text"
    if found == "Excel (xlsx)":
        found = _kind_of_archive(source)
    if found == "old Excel (xls)" and is_encrypted(source):
        raise FileError(_PROTECTED.format(source))
    if found != claimed:
        raise FileError(
            f"{source} is not of the kind of its extension: {ending} means {_a(claimed)} file, but "
            f"it holds {_a(found)} file. Rename it, or save it again in the format of its"
            " extension."
        )
    return claimed


def _head(source: Path) -> bytes:
    try:
        with open_bytes(source) as stream:
            return stream.read(4096)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FileError(
            f"{source} is not of the kind of its extension: it cannot be unpacked ({error})."
        ) from error


def _a(kind: str) -> str:
    if kind.startswith(("a ", "an ")):
        return kind
    return f"{'an' if kind[0].lower() in 'aeio' else 'a'} {kind}"


def _kind_of_archive(source: Path) -> str:
    """Return which spreadsheet a zip archive is, or that it is none."""
    try:
        with zipfile.ZipFile(source) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
            parts = set(archive.namelist())
    except zipfile.BadZipFile:
        raise FileError(f"{source} is damaged: it starts like a workbook but is cut off.") from None
    except Exception as error:  # damaged archives raise whatever their bytes lead to
        raise FileError(f"{source} is damaged: {error}") from error
    if unpacked > _MOST_UNPACKED:
        raise FileError(
            f"{source} states that it unpacks to {unpacked:,} bytes, more than a workbook has; save"
            " it as .csv or .parquet."
        )
    return next((kind for part, kind in _ARCHIVES.items() if part in parts), "zip")


def _read_parquet(source: Path) -> pd.DataFrame:
    require_extra("pyarrow", extra="parquet", purpose="reading Parquet files")
    try:
        return pd.read_parquet(source, engine="pyarrow")
    except Exception as error:  # damaged files raise whatever their bytes lead to
        raise FileError(f"{source} cannot be read as Parquet: {error}") from error


def _read_spreadsheet(
    source: Path, kind: str, sheet: str | int, text_columns: Sequence[str]
) -> pd.DataFrame:
    """Return a sheet as a table; what the library raises or panics with becomes a FileError."""
    require_extra("python_calamine", extra="excel", purpose="reading spreadsheets")
    from python_calamine import CalamineWorkbook, PasswordError

    try:
        if kind == "old Excel (xls)":
            check_old_workbook(source)
        with CalamineWorkbook.from_path(source) as book:
            names = book.sheet_names
            at = names.index(sheet) if isinstance(sheet, str) and sheet in names else sheet
            if isinstance(at, str) or not 0 <= at < len(names):
                listed = ", ".join(map(repr, names))
                raise FileError(f"{source}: sheet {sheet!r} cannot be read: there are {listed}.")
            if kind == "Excel (xlsx)":
                check_grid(source, names[at])
            # From the first row on, so that rows have the numbers the spreadsheet shows.
            rows = book.get_sheet_by_index(at).to_python(skip_empty_area=False)
    except PasswordError:
        raise FileError(_PROTECTED.format(source)) from None
    except FileError:
        raise
    except BaseException as error:  # damaged workbooks raise whatever their bytes lead to
        # A panic of the library is no Exception, and its type cannot be imported.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise FileError(f"{source}: sheet {sheet!r} cannot be read: {error}") from error
    return typed_columns(_table(rows), text_columns=text_columns, decimal_comma=True)


def _table(rows: list[list[Any]]) -> pd.DataFrame:
    """Return the rows of a sheet as a table of objects, the first row its header."""
    while len(rows) > 1 and not any(cell != "" for cell in rows[-1]):
        rows.pop()
    header, *body = rows or [[]]
    columns = list(zip(*body, strict=True)) if body else [()] * len(header)
    width = len(header)
    while width and header[width - 1] == "" and all(cell == "" for cell in columns[width - 1]):
        width -= 1
    names = [_cell(name) if name != "" else f"Unnamed: {at}" for at, name in enumerate(header)]
    table = pd.DataFrame(
        {at: pd.Series(list(map(_cell, columns[at])), dtype=object) for at in range(width)}
    )
    table.columns = pd.Index(names[:width])
    return table


def _cell(value: Any) -> Any:
    """Return a cell as text files would give it: whole numbers as such, days as date-times."""
    if isinstance(value, str):
        return value if value != "" else np.nan
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < _WHOLE else value
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return datetime.datetime.combine(value, datetime.time())
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
