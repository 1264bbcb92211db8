"""The directory of a run: files of runs, other files, and files that must not be replaced."""

from __future__ import annotations

import contextlib
import json
import os
import re
import string
from collections.abc import Collection, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tenure.exceptions import FileError, OptionError
from tenure.io.atomic_files import AnyPath
from tenure.run_files.output_files import RUN_RECORD
from tenure.run_files.record import file_hash

__all__ = ["Destination", "RunDirectory", "expand", "owned_files", "reading"]

_HASH = re.compile(r"[0-9a-f]{64}")
_IGNORED = ("thumbs.db", "desktop.ini")
_SHOWN = 5

_READ: ContextVar[tuple[tuple[Path, str], ...]] = ContextVar("tenure_read", default=())


@contextlib.contextmanager
def reading(path: AnyPath, role: str) -> Iterator[None]:
    """Keep a file from being replaced or removed by the runs in this block.

    Parameters
    ----------
    path : str or path
        The file.
    role : str
        The description of the file in messages: "the description of the analysis".
    """
    token = _READ.set((*_READ.get(), (Path(path), role)))
    try:
        yield
    finally:
        _READ.reset(token)


def expand(out: AnyPath, analysis_date: str | None) -> Path | None:
    """Put the analysis date into the name of a directory.

    Parameters
    ----------
    out : str or path
        Such as ``results/{date}``; ``{{`` and ``}}`` are literal braces.
    analysis_date : str or None
        The date, where it is known.

    Returns
    -------
    Path or None
        The directory; None where it depends on a date that is not known yet.

    Raises
    ------
    OptionError
        When there is another placeholder than ``{date}``.

    Examples
    --------
    >>> str(expand("results/{date}", "2021-06-01"))
    'results/2021-06-01'
    """
    text = os.fspath(out)
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as error:
        raise _unknown(text, str(error)) from None
    found = ""
    for literal, name, spec, conversion in parts:
        found += literal
        if name is None:
            continue
        if name != "date" or spec or conversion:
            raise _unknown(text, f"{{{name}}} is not known")
        if analysis_date is None:
            return None
        found += analysis_date[:10]
    return Path(found)


def _unknown(out: str, why: str) -> OptionError:
    return OptionError(
        f"out={out!r}: {why}. {{date}} becomes the analysis date (yyyy-mm-dd); braces of the name"
        " itself are written twice."
    )


@dataclass(frozen=True)
class RunDirectory:
    """A directory that a run will write into.

    Parameters
    ----------
    path : Path
        The directory.
    reads : mapping of Path to str
        Files that the run reads, with their descriptions; they are neither replaced nor removed.
    overwrite : bool
        Whether other files are accepted in the directory and replaced by new ones of their names.
    record : str
        The name of the file that lists the files of an earlier run.
    alone : bool
        Whether other files are refused at all.
    """

    path: Path
    reads: Mapping[Path, str] = field(default_factory=dict)
    overwrite: bool = False
    record: str = RUN_RECORD
    alone: bool = True

    def replaceable(self, target: Path, names: Collection[str]) -> tuple[str, ...]:
        """Return the files of an earlier run, which the new ones replace.

        Parameters
        ----------
        target : Path
            The directory.
        names : collection of str
            The files that will be written.

        Returns
        -------
        tuple of str

        Raises
        ------
        FileError
            When a file that is read would be replaced or removed; when there are files that no run
            wrote, or that were changed since, unless `overwrite` is set.
        """
        if not target.exists():
            return ()
        owned, edited = owned_files(target, self.record)
        self._keep_reads(target, {*names, *owned})
        foreign = [name for name in _entries(target) if name not in owned and name not in edited]
        foreign = [name for name in foreign if not self._explained(target / name, name in names)]
        if not self.alone:
            foreign = [name for name in foreign if name in names]
            edited = [name for name in edited if name in names]
            of_run = sorted(set(_recorded_files(target / RUN_RECORD) or ()) & {*names, *owned})
            if of_run and not self.overwrite:
                raise FileError(
                    f"{self.path} holds {_first_few(of_run)} of a run ({RUN_RECORD}). Choose"
                    " another directory, or use overwrite=True."
                )
        if (foreign or edited) and not self.overwrite:
            raise FileError(self._refusal(target, foreign, edited))
        return tuple(owned)

    def check(self, names: Collection[str]) -> None:
        """Refuse the directory before any work, where :meth:`replaceable` would at the end.

        Parameters
        ----------
        names : collection of str
            The files that may be written.

        Raises
        ------
        FileError
            As for :meth:`replaceable`, and when the path is not that of a directory.
        """
        from tenure.io.atomic_directories import recover

        target = Path(os.path.realpath(self.path))
        if target.exists() and not target.is_dir():
            raise FileError(f"cannot write into {self.path}: it is a file, not a folder.")
        recover(target)
        self.replaceable(target, names)

    def _keep_reads(self, target: Path, names: Collection[str]) -> None:
        for name in sorted(names):
            for read, role in {**self.reads, **dict(_READ.get())}.items():
                if _same(target / name, read):
                    raise FileError(
                        f"{self.path / name} is {role} of this run and would be lost by writing"
                        f" into the directory {str(self.path)!r}. Choose another one."
                    )

    def _explained(self, entry: Path, wanted: bool) -> bool:
        """Whether an entry that no earlier run wrote is kept without an error."""
        if wanted:
            return False
        if entry.is_dir() and not entry.is_symlink():
            return _is_empty(entry) or _recorded_files(entry / RUN_RECORD) is not None
        reads = {**self.reads, **dict(_READ.get())}
        return any(_same(entry, read) for read in reads)

    def _refusal(self, target: Path, foreign: list[str], edited: list[str]) -> str:
        reasons = []
        if foreign:
            reasons.append(f"holds {_first_few(foreign)}, which no run of tenure wrote")
        if edited:
            reasons.append(f"holds {_first_few(edited)}, changed since a run wrote it")
        return (
            f"{self.path} {' and '.join(reasons)}. Give the run a directory of its own, or use"
            " --overwrite (overwrite=True): files of the same names as the new ones are then"
            " replaced, all others kept."
        )


class Destination:
    """The output directory of a run, checked as soon as its name is known.

    Parameters
    ----------
    out : path or None
        The directory as given; None where nothing is written.
    names : collection of str
        The files that may be written.
    reads : mapping of Path to str
        As for :class:`RunDirectory`.
    overwrite : bool
        As for :class:`RunDirectory`.
    """

    def __init__(
        self,
        out: AnyPath | None,
        names: Collection[str],
        reads: Mapping[Path, str],
        *,
        overwrite: bool,
    ) -> None:
        self.directory: RunDirectory | None = None
        self._out, self._names, self._reads, self._overwrite = out, names, reads, overwrite

    def resolve(self, analysis_date: str | None) -> None:
        """Check the directory, once its name is known.

        Parameters
        ----------
        analysis_date : str or None
            The date, where it is known.

        Raises
        ------
        FileError, OptionError
            As for :meth:`RunDirectory.check` and :func:`expand`.
        """
        if self._out is None or self.directory is not None:
            return
        path = expand(self._out, analysis_date)
        if path is not None:
            directory = RunDirectory(path, self._reads, self._overwrite)
            directory.check(self._names)
            self.directory = directory


def owned_files(target: Path, record: str = RUN_RECORD) -> tuple[list[str], list[str]]:
    """List the files that an earlier run wrote into a directory.

    Parameters
    ----------
    target : Path
        The directory.
    record : str
        The name of the file that lists them.

    Returns
    -------
    owned, edited : list of str
        The unchanged files, with the record itself, and those changed since.
    """
    recorded = _recorded_files(target / record)
    owned: list[str] = []
    edited: list[str] = []
    for name, digest in (recorded or {}).items():
        path = target / name
        if not os.path.lexists(path):
            continue
        same = path.is_file() and not path.is_symlink() and file_hash(path) == digest
        (owned if same else edited).append(name)
    return owned if recorded is None else [*owned, record], edited


def _recorded_files(record: Path) -> dict[str, str] | None:
    """Return the files a record names, with their hashes; None where it is not a record."""
    if record.is_symlink() or not record.is_file():
        return None
    try:
        content = json.loads(record.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or not isinstance(content.get("tenure"), str):
        return None
    outputs: Any = content.get("outputs")
    if isinstance(content.get("campaigns"), list):
        outputs = {
            entry.get("file"): entry.get("sha256")
            for entry in content["campaigns"]
            if isinstance(entry, dict) and isinstance(entry.get("file"), str)
        }
    if not isinstance(outputs, dict):
        return None
    plain = {
        name: digest
        for name, digest in outputs.items()
        if name not in ("", ".", "..", record.name)
        and not set(name) & set("/\\\0")
        and isinstance(digest, str)
        and _HASH.fullmatch(digest)
    }
    return plain if len(plain) == len(outputs) else None


def _entries(target: Path) -> list[str]:
    """List the entries of a directory, except hidden files, which are never touched."""
    return sorted(
        name
        for name in os.listdir(target)
        if not name.startswith(".") and name.lower() not in _IGNORED
    )


def _is_empty(folder: Path) -> bool:
    try:
        return not _entries(folder)
    except OSError:
        return False


def _same(one: Path, other: Path) -> bool:
    """Whether two paths are one file, by links or by names that differ in case only."""
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False


def _first_few(names: list[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN:,} more"
