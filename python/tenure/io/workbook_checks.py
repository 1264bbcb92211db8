"""Checks of a spreadsheet before it is read: damage and sizes that would end the process.

python-calamine keeps a sheet as a full grid and follows a file's chains of sectors without end;
memory that cannot be had there stops Python itself, and no exception is raised.
"""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from posixpath import join
from typing import IO
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt

from tenure.exceptions import FileError

__all__ = ["check_grid", "check_old_workbook", "is_encrypted"]

MOST_CELLS = 100_000_000
"""Cells of the largest grid that is read; python-calamine has the same limit for .ods."""

_BLOCK = 1 << 22
"""Bytes of a sheet that are looked at together."""
_REFERENCE = re.compile(rb"""\br=["']([A-Za-z]{0,3})(\d{1,7})["']""")
# May find more than references; searched first because it takes a fraction of the time.
_WIDE = re.compile(rb"""r=["'][A-Za-z]{2,3}\d""")
_LONGEST_REFERENCE = 20
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_HEADER_BYTES = 512
_LAST_SECTOR = 0xFFFFFFFA
"""Greatest number of a sector; those above it mark ends and unused sectors."""
_BOOKS = tuple(f"{name}\0".encode("utf-16-le") for name in ("Workbook", "Book"))
_START, _LENGTH = slice(116, 120), slice(120, 124)
_SHORTEST_BIG = 4096
"""Bytes from which a stream has sectors of its own and none of 64 bytes."""
_END, _SHEET, _SIZES = 0x0A, 0x85, 0x200
"""Records: the end of a part, a sheet's place, and its first and last rows and columns."""
_WIDE_SIZES = 14
"""Length of the record of sizes since Excel 97."""
_OLD_ROWS, _OLD_COLUMNS = 65_536, 256


class _EndlessError(Exception):
    """A chain of sectors leads back to itself."""


def is_encrypted(source: Path) -> bool:
    """Return whether a compound file is a workbook that a password protects.

    Parameters
    ----------
    source : pathlib.Path
        A file that starts like an old Excel file: Excel packs protected .xlsx files so.

    Returns
    -------
    bool
    """
    return _ENCRYPTED in source.read_bytes()


def check_grid(source: Path, sheet: str) -> None:
    """Refuse a sheet of an .xlsx file whose cells lie too far apart.

    Parameters
    ----------
    source : pathlib.Path
        An .xlsx or .xlsm file.
    sheet : str
        Name of the sheet.

    Raises
    ------
    FileError
        When the grid up to the last cell has more than :data:`MOST_CELLS` cells.
    """
    with zipfile.ZipFile(source) as archive:
        part = _part_of(archive, sheet)
        if part is None or part not in archive.namelist():
            return
        with archive.open(part) as stream:
            if not _any_wide(stream):  # up to 26 columns: no height is too large
                return
        with archive.open(part) as stream:
            rows, columns = _extent(stream)
    if rows * columns > MOST_CELLS:
        raise FileError(
            f"{source}: sheet {sheet!r} reaches to row {rows:,} and column {columns:,}, more than "
            f"{MOST_CELLS:,} cells. Delete the cells that lie far from the table, or save the "
            "table as .csv or .parquet."
        )


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """Return the part of a workbook that holds a sheet."""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    for entry in book.iterfind("{*}sheets/{*}sheet"):
        if entry.get("name") == sheet:
            link = next((value for key, value in entry.items() if key.endswith("}id")), None)
            return join("/xl", targets.get(link, "")).lstrip("/")
    return None


def _any_wide(stream: IO[bytes]) -> bool:
    rest = b""
    while block := stream.read(_BLOCK):
        if _WIDE.search(rest + block):
            return True
        rest = block[-_LONGEST_REFERENCE:]
    return False


def _extent(stream: IO[bytes]) -> tuple[int, int]:
    """Return the last row and the last column that have a cell."""
    rest, row, names = b"", 0, set[bytes]()
    while block := stream.read(_BLOCK):
        found = _REFERENCE.findall(rest + block)
        if found:
            letters, rows = zip(*found, strict=True)
            names.update(letters)
            row = max(row, *map(int, set(rows)))
        rest = block[-_LONGEST_REFERENCE:]
    return row, max(map(_column, names), default=0)


def _column(letters: bytes) -> int:
    """Return the number of a column: A is 1, Z 26 and AA 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def check_old_workbook(source: Path) -> None:
    """Refuse an .xls file with a chain of sectors that has no end, or sheets without bounds.

    Parameters
    ----------
    source : pathlib.Path
        An .xls file, which is a compound file ([MS-CFB]) with a stream of records ([MS-XLS]).

    Raises
    ------
    FileError
        When a chain of sectors leads back to itself, or a sheet states a size that none has.
    """
    data = source.read_bytes()
    shift = int.from_bytes(data[30:32], "little")
    if len(data) < _HEADER_BYTES or shift not in (9, 12):
        raise FileError(f"{source} is damaged: it starts like an old Excel file but is cut off.")
    try:
        stream = _book_stream(data, 1 << shift)
    except _EndlessError:
        raise FileError(
            f"{source} is damaged: its parts lead back to themselves. Save it again as .xlsx or "
            ".csv."
        ) from None
    for top, bottom, left, right in _stated_bounds(stream):
        cells = (bottom - top + 1) * (right - left + 1)
        if top > bottom or left > right or cells > _OLD_ROWS * _OLD_COLUMNS:
            raise FileError(
                f"{source} is damaged: a sheet states that its cells lie in rows {top:,} to "
                f"{bottom:,} and columns {left:,} to {right:,}, of {_OLD_ROWS:,} and "
                f"{_OLD_COLUMNS:,}. Save it again as .xlsx or .csv."
            )


def _book_stream(data: bytes, size: int) -> bytes:
    """Return the records of a workbook, or nothing where there are none.

    Raises
    ------
    _EndlessError
        When a chain of sectors leads back to itself.
    """

    def sector(at: int) -> bytes:
        return data[(at + 1) * size : (at + 2) * size]

    listed, following = _numbers(data[76:_HEADER_BYTES]), int.from_bytes(data[68:72], "little")
    seen = set[int]()
    while following <= _LAST_SECTOR and len(numbers := _numbers(sector(following))):
        if following in seen:
            raise _EndlessError
        seen.add(following)
        listed, following = np.concatenate([listed, numbers[:-1]]), int(numbers[-1])
    used = listed[listed <= _LAST_SECTOR].tolist()
    if len(used) > len(data) // size:
        raise _EndlessError
    table = _numbers(b"".join(map(sector, used)))
    if _has_cycle(table):
        raise _EndlessError

    def chain(at: int) -> bytes:
        parts = []
        while at < len(table):
            parts.append(sector(at))
            at = int(table[at])
        return b"".join(parts)

    small_table = _numbers(chain(int.from_bytes(data[60:64], "little")))
    if _has_cycle(small_table):
        raise _EndlessError
    folder = chain(int.from_bytes(data[48:52], "little"))
    entries = [folder[at : at + 128] for at in range(0, len(folder), 128)]
    books = [entry for entry in entries if entry.startswith(_BOOKS)]
    if not books:
        return b""
    at, length = (int.from_bytes(books[0][part], "little") for part in (_START, _LENGTH))
    if length >= _SHORTEST_BIG:
        return chain(at)
    store, parts = chain(int.from_bytes(entries[0][_START], "little")), []
    while at < len(small_table):
        parts.append(store[at * 64 : at * 64 + 64])
        at = int(small_table[at])
    return b"".join(parts)


def _stated_bounds(stream: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Give the first and last rows and columns that the sheets of an old workbook state."""
    at = 0
    starts = []
    while at < len(stream):
        kind, length = struct.unpack_from("<HH", stream.ljust(at + 4, b"\0"), at)
        if kind == _END:
            break
        if kind == _SHEET:
            starts.append(int.from_bytes(stream[at + 4 : at + 8], "little"))
        at += 4 + length
    for at in starts:
        while at + 4 <= len(stream):
            kind, length = struct.unpack_from("<HH", stream, at)
            if kind == _SIZES and len(body := stream[at + 4 : at + 4 + length]) >= 10:
                wide = length == _WIDE_SIZES
                yield struct.unpack_from("<IIHH" if wide else "<HHHH", body)
            if kind in (_SIZES, _END):
                break
            at += 4 + length


def _numbers(data: bytes) -> npt.NDArray[np.uint32]:
    return np.frombuffer(data[: len(data) // 4 * 4], "<u4").astype(np.uint32)


def _has_cycle(following: npt.NDArray[np.uint32]) -> bool:
    """Return whether a table of next sectors leads from any sector back to it."""
    end = following.size
    after = np.append(np.minimum(following.astype(np.int64), end), end)
    for _ in range(end.bit_length()):
        after = after[after]
    return bool((after != end).any())


def __dir__() -> list[str]:
    return sorted(__all__)
