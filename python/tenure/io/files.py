"""Tables read from files, recognised by what they hold."""

from __future__ import annotations

import gzip
import warnings
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from tenure.exceptions import FileError
from tenure.io.atomic_files import AnyPath
from tenure.io.delimited import open_bytes, read_text_table, typed_columns
from tenure.io.optional import require_extra

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
_MOST_UNPACKED = 1 << 32
"""Bytes that a workbook may unpack to."""
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
        ``.parquet``, ``.pq``, ``.xlsx`` or ``.xlsm``.
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
        When the file is missing, empty, not what its ending says, or not a table.
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
    table = _read_parquet(source) if kind == "Parquet" else _read_excel(source, sheet, text_columns)
    if table.columns.empty:
        raise FileError(f"{source} holds no columns.")
    return table


def file_kind(source: Path) -> str:
    """Return what a file is, having checked that its content and its ending agree.

    Parameters
    ----------
    source : pathlib.Path
        The file.

    Returns
    -------
    str
        ``"text"``, ``"Parquet"`` or ``"Excel (xlsx)"``.

    Raises
    ------
    FileError
        When it is missing, empty, of another kind, or not what its ending says.
    """
    try:
        there = source.exists()
    except (OSError, ValueError) as error:  # a name that no file can have
        raise FileError(f"there is no file {source}: {error}.") from None
    if not there:
        near = [p.name for p in sorted(source.parent.glob(source.stem + ".*"))[:3]]
        hint = f" Beside it stand: {', '.join(near)}." if near else ""
        raise FileError(f"there is no file {source}.{hint}")
    if not source.is_file():
        raise FileError(f"{source} is not a file.")
    packed = source.suffix.lower() == ".gz"
    ending = Path(source.stem).suffix + source.suffix if packed else source.suffix
    claimed = _KINDS.get(ending.lower().removesuffix(".gz"))
    if claimed is None or (packed and claimed != "text"):
        raise FileError(
            f"{source} has the ending {ending!r}; tables are read from files that end in "
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
    if found == "Excel (xlsx)" and not _is_workbook(source):
        found = "zip"
    if found != claimed:
        raise FileError(
            f"{source} is not what its ending says: {ending} means {_a(claimed)} file, but "
            f"it holds {_a(found)} file. Rename it, or save it again in the format of its ending."
        )
    return claimed


def _head(source: Path) -> bytes:
    try:
        with open_bytes(source) as stream:
            return stream.read(4096)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FileError(
            f"{source} is not what its ending says: it cannot be unpacked ({error})."
        ) from error


def _a(kind: str) -> str:
    if kind.startswith(("a ", "an ")):
        return kind
    return f"{'an' if kind[0].lower() in 'aeio' else 'a'} {kind}"


def _is_workbook(source: Path) -> bool:
    try:
        with zipfile.ZipFile(source) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
            found = "xl/workbook.xml" in archive.namelist()
    except zipfile.BadZipFile:
        raise FileError(f"{source} is damaged: it starts like a workbook but is cut off.") from None
    except Exception as error:  # damaged archives raise whatever their bytes lead to
        raise FileError(f"{source} is damaged: {error}") from error
    if unpacked > _MOST_UNPACKED:
        raise FileError(
            f"{source} says that it unpacks to {unpacked:,} bytes, more than a workbook has; save "
            "it as .csv or .parquet."
        )
    return found


def _read_parquet(source: Path) -> pd.DataFrame:
    require_extra("pyarrow", extra="parquet", purpose="reading Parquet files")
    try:
        return pd.read_parquet(source, engine="pyarrow")
    except Exception as error:  # damaged files raise whatever their bytes lead to
        raise FileError(f"{source} cannot be read as Parquet: {error}") from error


def _read_excel(source: Path, sheet: str | int, text_columns: Sequence[str]) -> pd.DataFrame:
    require_extra("openpyxl", extra="excel", purpose="reading Excel files")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # openpyxl's, of styles it does not know
            # As objects: pandas would otherwise turn the text "007" into the number 7.
            cells = pd.read_excel(
                source,
                sheet_name=sheet,
                engine="openpyxl",
                dtype=object,
                keep_default_na=False,
                na_values=[""],
            )
    except Exception as error:  # damaged workbooks raise whatever their bytes lead to
        raise FileError(f"{source}: sheet {sheet!r} cannot be read: {error}") from error
    cells.columns = _as_written(cells.columns, source, sheet)
    return typed_columns(cells, text_columns=text_columns, decimal_comma=True)


def _as_written(names: pd.Index[Any], source: Path, sheet: str | int) -> pd.Index[Any]:
    """Undo the numbers pandas gives to repeated names, as for text files."""
    stems = {name.rpartition(".")[0] for name in names if isinstance(name, str)}
    if not stems & set(names):
        return names
    header = pd.read_excel(
        source, sheet_name=sheet, engine="openpyxl", dtype=object, header=None, nrows=1
    )
    written = header.iloc[0].tolist() if len(header.columns) == len(names) else list(names)
    twice = {name for name in written if written.count(name) > 1}
    result: pd.Index[Any] = pd.Index(
        [
            old if old in twice and isinstance(old, str) else new
            for old, new in zip(written, names, strict=True)
        ]
    )
    return result


def __dir__() -> list[str]:
    return sorted(__all__)
