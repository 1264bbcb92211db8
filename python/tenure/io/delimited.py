"""Tables written as text: which separator, which decimal mark, and which columns are numbers."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import warnings
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, cast

import pandas as pd

from tenure.exceptions import FileError

__all__ = ["iterate_text_table", "open_bytes", "read_text_table", "typed_columns"]

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
"""The separators that are looked for, and their names."""

BLANKS = r"\s+"
"""What separates columns that are aligned by blanks; looked for when no separator fits."""

_LOOKED_AT = 500
_LONGEST_LINE = 1 << 20
"""Characters a line may have; packed files may unpack to lines that no memory holds."""
_MISSING = ["", "NA", "N/A", "#N/A", "NaN", "nan", "null", "NULL", "None", "none", "-"]
# Not plainly numbers: a leading zero marks a code, and so do 12E3, infinity, 1_000 and 0x1F.
_CODE = r"^\s*[+-]?0\d|^\s*\d+[eE]\d+\s*$|[A-DF-Za-df-z_]"
_WHOLE = r"\s*[+-]?\d+(?:\.0*)?\s*$"
_LONG = 1e15
_EXACT = 2**53
"""Whole numbers up to which float64 holds every one."""
_DECIMAL_COMMA = r"^\s*[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d+)?\s*$"
_THOUSANDS = r"^\s*[+-]?\d{1,3}[.,]\d{3}\s*$"


def read_text_table(
    source: Path, *, text_columns: Sequence[str], separator: str | None, encoding: str | None
) -> pd.DataFrame:
    """Read a text file; see :func:`tenure.io.files.read_table`.

    Parameters
    ----------
    source : pathlib.Path
        The file.
    text_columns : sequence of str
        Columns to keep as text.
    separator, encoding : str or None
        As for :func:`tenure.io.files.read_table`.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    FileError
        When the encoding is another one or the lines do not make a table.
    """
    with _explained(source, encoding) as coding:
        lines = _first_lines(source, coding)
        found = separator or _separator(source, lines)
        table = next(_read(source, found, coding, None))
        table.columns = _as_written(table.columns, lines, found)
    return typed_columns(table, text_columns=text_columns, decimal_comma=found != ",")


def iterate_text_table(
    source: Path, *, rows: int, text_columns: Sequence[str]
) -> Iterator[pd.DataFrame] | None:
    """Read a comma-separated text file in chunks.

    Parameters
    ----------
    source : pathlib.Path
        The file.
    rows : int
        Rows per chunk.
    text_columns : sequence of str
        Columns to keep as text. The others are numbers in the chunks in which all values are.

    Returns
    -------
    iterator of pandas.DataFrame or None
        None where the file is separated otherwise: only all of its values together tell what a
        comma in a number means there.

    Raises
    ------
    FileError
        As :func:`read_text_table`.
    """
    with _explained(source, None) as coding:
        lines = _first_lines(source, coding)
        if _separator(source, lines) != ",":
            return None

    def chunks() -> Iterator[pd.DataFrame]:
        with _explained(source, None):
            for table in _read(source, ",", coding, rows):
                table.columns = _as_written(table.columns, lines, ",")
                yield typed_columns(table, text_columns=text_columns)

    return chunks()


def open_bytes(source: Path) -> IO[bytes]:
    """Open a file for reading; what ends in ``.gz`` is unpacked on the way.

    Parameters
    ----------
    source : pathlib.Path
        The file.

    Returns
    -------
    file object
    """
    packed = source.suffix.lower() == ".gz"
    return cast("IO[bytes]", gzip.open(source)) if packed else source.open("rb")


@contextlib.contextmanager
def _explained(source: Path, encoding: str | None) -> Iterator[str]:
    """Give the encoding, and say in our words what is wrong with a file."""
    coding = encoding or _encoding(source)
    try:
        yield coding
    except (UnicodeError, LookupError) as error:
        raise FileError(
            f"{source} is not written in {coding} ({error}). Say its encoding, for example "
            "encoding='cp1254' for a file saved by a Turkish Excel or 'cp1252' by a Western one, "
            "or save it as UTF-8."
        ) from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError, csv.Error) as error:
        raise FileError(f"{source} is not a table: {error}") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FileError(f"{source} is damaged: {error}") from error


def _first_lines(source: Path, coding: str) -> list[str]:
    lines: list[str] = []
    with open_bytes(source) as raw, io.TextIOWrapper(raw, coding, newline="") as stream:
        while len(lines) < _LOOKED_AT and (line := stream.readline(_LONGEST_LINE + 1)):
            if len(line) > _LONGEST_LINE:
                raise FileError(
                    f"{source} is not a table: line {len(lines) + 1} has more than "
                    f"{_LONGEST_LINE:,} characters and begins with {line[:40]!r}. Check how its "
                    "lines end, and that it is text."
                )
            lines.append(line)
    return lines


def _encoding(source: Path) -> str:
    with open_bytes(source) as stream:
        head = stream.read(2)
    return "utf-16" if head in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"


def _read(source: Path, separator: str, encoding: str, rows: int | None) -> Iterator[pd.DataFrame]:
    """Read a file as text, so many rows at a time."""
    with warnings.catch_warnings():
        # With index_col=False pandas only warns of lines longer than the header, and cuts them.
        warnings.simplefilter("error", pd.errors.ParserWarning)
        try:
            read: Any = pd.read_csv(
                source,
                sep=separator,
                dtype=str,
                keep_default_na=False,
                na_values=[""],
                encoding=encoding,
                index_col=False,
                skipinitialspace=True,
                chunksize=rows,
            )
            yield from [read] if rows is None else read
        except pd.errors.ParserWarning:
            raise FileError(
                f"{source} is not a table: some lines have more fields than its header."
            ) from None


def _as_written(names: pd.Index[Any], lines: Sequence[str], separator: str) -> pd.Index[Any]:
    """Undo the numbers pandas gives to repeated names, so that the first is not taken by mistake.

    The check for a column then reports that it occurs twice.
    """
    if separator == BLANKS or len(separator) != 1:
        return names
    header = next((row for row in csv.reader(lines, delimiter=separator) if row), [])
    if len(header) != len(names):
        return names
    twice = {name for name in header if name.strip() and header.count(name) > 1}
    written = [old if old in twice else new for old, new in zip(header, names, strict=True)]
    result: pd.Index[Any] = pd.Index(written)
    return result


def _separator(source: Path, lines: Sequence[str]) -> str:
    """Return the separator under which every line looked at has as many fields as the first."""
    whole = lines[:-1] if len(lines) == _LOOKED_AT else lines
    widths = {mark: _widths(whole, mark) for mark in SEPARATORS}
    fitting = {
        mark: width[0]
        for mark, width in widths.items()
        if width and width[0] > 1 and all(w == width[0] for w in width)
    }
    if fitting:
        return max(fitting, key=lambda mark: fitting[mark])
    header = lines[0].rstrip("\r\n")
    best = max(SEPARATORS, key=lambda mark: widths[mark][0] if widths[mark] else 0)
    width = widths[best]
    if not width or width[0] == 1:
        blank = [len(line.split()) for line in whole if line.strip()]
        if blank and blank[0] > 1 and all(count == blank[0] for count in blank):
            return BLANKS
        names = ", ".join(SEPARATORS.values())
        raise FileError(
            f"{source} has one column only, or an unknown separator: none of {names} is in its "
            f"first line {header[:120]!r}. Save it with one of these, or read it with "
            "tenure.io.files.read_table(…, separator=…)."
        )
    line = next(i for i, w in enumerate(width) if w != width[0])
    raise FileError(
        f"{source} is not a table: its first line has {width[0]} fields separated by a "
        f"{SEPARATORS[best]}, row {line + 1} has {width[line]}. Quote the fields that hold the "
        "separator, or save the file with another one."
    )


def _widths(lines: Sequence[str], separator: str) -> list[int]:
    rows = csv.reader(lines, delimiter=separator, skipinitialspace=True)
    return [len(row) for row in rows if row]


def typed_columns(
    table: pd.DataFrame, *, text_columns: Sequence[str] = (), decimal_comma: bool = False
) -> pd.DataFrame:
    """Turn the columns that hold nothing but numbers into numbers; leave the others as they are.

    Parameters
    ----------
    table : pandas.DataFrame
        A table of text, or of the objects a workbook holds.
    text_columns : sequence of str
        Columns to keep as text.
    decimal_comma : bool
        Whether ``12,5`` may mean twelve and a half.

    Returns
    -------
    pandas.DataFrame

    Examples
    --------
    >>> typed_columns(pd.DataFrame({"id": ["01", "2"], "n": ["3", "4"]})).dtypes["n"]
    dtype('int64')
    """
    columns = []
    for position, name in enumerate(table.columns):
        column: pd.Series[Any] = table.iloc[:, position]
        if name in text_columns:
            columns.append(column.map(str, na_action="ignore"))
        elif pd.api.types.infer_dtype(column, skipna=True) == "string":
            columns.append(_numbers(_as_text(column), decimal_comma))
        else:
            columns.append(_inferred(column))
    result = pd.concat(columns, axis=1) if columns else table.copy()
    result.columns = table.columns
    return result


def _inferred(column: pd.Series[Any]) -> pd.Series[Any]:
    """Give objects the type they are all of; whole numbers with gaps stay whole."""
    if column.hasnans and pd.api.types.infer_dtype(column, skipna=True) == "integer":
        with contextlib.suppress(OverflowError, TypeError):
            return column.astype("Int64")
    inferred: pd.Series[Any] = column.infer_objects()
    return inferred


def _as_text(column: pd.Series[Any]) -> pd.Series[Any]:
    """Give text in objects the type pandas has for text: str since pandas 3."""
    if not pd.api.types.is_object_dtype(column.dtype):
        return column
    text: pd.Series[Any] = pd.Series(column.tolist(), index=column.index, name=column.name)
    return text


def _numbers(column: pd.Series[Any], decimal_comma: bool) -> pd.Series[Any]:
    present = column.mask(column.isin(_MISSING)).dropna()
    if present.empty:
        return column
    text = present.astype(str)
    if decimal_comma and text.str.contains(",", regex=False).any():
        if not text.str.match(_DECIMAL_COMMA).all() or text.str.match(_THOUSANDS).all():
            return column
        text = text.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    # The first values decide for most columns of text without a look at the rest.
    if pd.to_numeric(text.head(100), errors="coerce").isna().any():
        return column
    if text.str.contains(_CODE).any():
        return column
    read = pd.to_numeric(text, errors="coerce")
    if read.dtype.kind == "f":
        # pandas 2 may be one off in the last digit of long numbers.
        long = read.abs() >= _LONG
        read[long] = [float(number) for number in text[long]]
    if read.isna().any() or _digits_are_lost(text, read):
        return column
    if len(read) == len(column):
        return read
    return read.astype("Int64" if read.dtype.kind in "iu" else read.dtype).reindex(column.index)


def _digits_are_lost(text: pd.Series[Any], read: pd.Series[Any]) -> bool:
    """Tell whether whole numbers have more digits than the type holds that they are read as."""
    if read.dtype.kind == "i":
        return False
    large = text[read.abs() >= _EXACT]
    return read.dtype.kind != "f" or bool(large.str.match(_WHOLE).any())
