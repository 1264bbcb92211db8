"""Checks of a spreadsheet before it is read: damage and sizes that would end the process.

python-calamine keeps a sheet as a full grid and follows a file's chains of sectors without end;
memory that cannot be had there stops Python itself, and no exception is raised.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from posixpath import join
from typing import IO
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt

from tenure.exceptions import FileError

__all__ = ["check_grid", "check_sectors", "is_encrypted"]

MOST_CELLS = 100_000_000
"""Cells of the largest grid that is read; python-calamine has the same limit for .ods."""

_BLOCK = 1 << 22
"""Bytes of a sheet that are looked at together."""
_REFERENCE = re.compile(rb"""\br=["']([A-Za-z]{0,3})(\d{1,7})["']""")
_WIDE = re.compile(rb"""\br=["'][A-Za-z]{2,3}\d""")
_LONGEST_REFERENCE = 20
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_HEADER_BYTES = 512
_LISTED_IN_HEADER = 109
"""Sectors of the allocation table that the header of a compound file lists itself."""
_LAST_SECTOR = 0xFFFFFFFA
"""Greatest number of a sector; those above it mark ends and unused sectors."""


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


def check_sectors(source: Path) -> None:
    """Refuse an .xls file with a chain of sectors that has no end.

    Parameters
    ----------
    source : pathlib.Path
        An .xls file, which is a compound file ([MS-CFB]).

    Raises
    ------
    FileError
        When a chain of sectors leads back to itself.
    """
    data = source.read_bytes()
    damaged = FileError(
        f"{source} is damaged: its parts lead back to themselves. Save it again as .xlsx or .csv."
    )
    shift = int.from_bytes(data[30:32], "little")
    if len(data) < _HEADER_BYTES or shift not in (9, 12):
        raise FileError(f"{source} is damaged: it starts like an old Excel file but is cut off.")
    size = 1 << shift

    def sector(at: int) -> npt.NDArray[np.uint32]:
        part = data[(at + 1) * size : (at + 2) * size]
        return np.frombuffer(part[: len(part) // 4 * 4], "<u4").astype(np.uint32)

    listed = np.frombuffer(data[76:_HEADER_BYTES], "<u4").astype(np.uint32)
    following = int.from_bytes(data[68:72], "little")
    seen = set[int]()
    while following <= _LAST_SECTOR:
        numbers = sector(following)
        if following in seen:
            raise damaged
        if not numbers.size:
            break
        seen.add(following)
        listed, following = np.concatenate([listed, numbers[:-1]]), int(numbers[-1])
    used = [int(at) for at in listed if at <= _LAST_SECTOR]
    if len(used) > len(data) // size or _has_cycle(_joined([sector(at) for at in used])):
        raise damaged
    table = _joined([sector(at) for at in used])
    small, at = [], int.from_bytes(data[60:64], "little")
    while at < table.size:
        small.append(sector(at))
        at = int(table[at])
    if _has_cycle(_joined(small)):
        raise damaged


def _joined(parts: list[npt.NDArray[np.uint32]]) -> npt.NDArray[np.uint32]:
    return np.concatenate(parts) if parts else np.empty(0, np.uint32)


def _has_cycle(following: npt.NDArray[np.uint32]) -> bool:
    """Return whether a table of next sectors leads from any sector back to it."""
    end = following.size
    after = np.append(np.minimum(following.astype(np.int64), end), end)
    for _ in range(end.bit_length()):
        after = after[after]
    return bool((after != end).any())


def __dir__() -> list[str]:
    return sorted(__all__)
