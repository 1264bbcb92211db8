"""Files staged in a hidden folder and put in place whole; folders that killed runs left."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from os import PathLike
from pathlib import Path
from types import FrameType
from typing import Any, TypeAlias

from tenure.exceptions import FileError

if os.name == "nt":  # pragma: no cover
    import msvcrt
else:
    import fcntl

__all__ = [
    "JOURNAL",
    "LOCK_NAME",
    "AnyPath",
    "take_over",
    "discard",
    "flush",
    "directory_lock",
    "keep_mode",
    "release",
    "stage",
    "stages",
    "uninterrupted",
    "write_atomic",
]

AnyPath: TypeAlias = str | PathLike[str]

LOCK = "lock"
LOCK_NAME = ".tenure-lock"
JOURNAL = "journal.json"
"""What is to be moved, once that is settled; such a folder waits for ``recover``."""

_PREFIX = ".tenure-"
_STALE_SECONDS = 24 * 3600.0
_POLL_SECONDS = 0.05
_ATTEMPTS = 100
_HELD = (errno.EWOULDBLOCK, errno.EACCES, errno.EAGAIN, errno.EDEADLK)


def write_atomic(path: AnyPath, writer: Callable[[Path], object]) -> Path:
    """Write a file into a hidden folder, then give it its place.

    Parameters
    ----------
    path : str or path
        The file. An existing one is replaced only by a finished one, and lends it its permissions;
        a link is followed.
    writer : callable
        Called with the temporary path, which has the same name; writes the file there.

    Returns
    -------
    pathlib.Path
        `path`.

    Raises
    ------
    FileError
        When the folder does not exist or cannot be written, or `path` is no regular file.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> target = pathlib.Path(tempfile.mkdtemp()) / "ids.csv"
    >>> write_atomic(target, lambda temporary: temporary.write_text("id")).name
    'ids.csv'
    """
    target = Path(os.path.realpath(path))
    if not target.parent.is_dir():
        raise FileError(f"cannot write {path}: there is no folder {target.parent}.")
    if target.is_dir():
        raise FileError(f"cannot write {path}: there is a folder of that name.")
    if target.exists() and not target.is_file():
        raise FileError(f"cannot write {path}: it is not a regular file.")
    with stage(target.parent, target.name) as folder:
        temporary = folder / target.name
        writer(temporary)
        flush(temporary)
        keep_mode(target, temporary)
        with uninterrupted():
            os.replace(temporary, target)
    return Path(path)


@contextlib.contextmanager
def stage(directory: Path, name: str) -> Iterator[Path]:
    """Make a hidden folder to prepare a file or directory in; remove it at the end.

    Folders that killed processes left behind for the same `name` are removed first.

    Parameters
    ----------
    directory : Path
        Where to make it.
    name : str
        The file or directory that is prepared.

    Yields
    ------
    Path
        The folder; readable by its owner only.

    Raises
    ------
    FileError
        When it cannot be made.
    """
    for leftover in stages(directory, name):
        lock = take_over(leftover)
        if lock is not None and (leftover / JOURNAL).exists():
            release(lock)
        elif lock is not None:
            discard(leftover, lock)
    made: tuple[Path, int] | None = None
    try:
        with uninterrupted():
            made = _made(directory, name)
        yield made[0]
    finally:
        if made is not None:
            with uninterrupted():
                discard(*made)


def _made(directory: Path, name: str) -> tuple[Path, int]:
    for _ in range(_ATTEMPTS):
        folder = directory / f"{_prefix(name)}{secrets.token_hex(6)}"
        try:
            folder.mkdir(mode=0o700)
            lock = _locked(folder / LOCK, create=True)
        except FileNotFoundError:
            if directory.is_dir():  # another process took the new folder for a leftover
                continue
            raise FileError(f"cannot write {directory / name}: the folder is not there.") from None
        except OSError as error:
            raise FileError(
                f"cannot write {directory / name}: {error.strerror or error}. Choose another"
                " folder."
            ) from error
        if lock is not None:
            return folder, lock
    raise FileError(f"cannot write {directory / name}: no folder can be made there.")


def _prefix(name: str) -> str:
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()
    return f"{_PREFIX}{digest[:8]}-"


def stages(directory: Path, name: str) -> list[Path]:
    """List the hidden folders in which a file or directory is, or was, prepared.

    Parameters
    ----------
    directory : Path
        Where they are.
    name : str
        As for :func:`stage`.

    Returns
    -------
    list of Path
    """
    prefix = _prefix(name)
    try:
        with os.scandir(directory) as entries:
            found = [
                Path(entry.path)
                for entry in entries
                if entry.name.startswith(prefix) and entry.is_dir(follow_symlinks=False)
            ]
    except OSError:
        return []
    return sorted(found)


def take_over(folder: Path) -> int | None:
    """Take over a hidden folder whose process has ended.

    Parameters
    ----------
    folder : Path
        One of :func:`stages`.

    Returns
    -------
    int or None
        A lock for :func:`release`; None where the process still runs, or cannot be known to have
        ended.
    """
    with contextlib.suppress(OSError):
        folder.rmdir()  # empty: killed at the very start, or just begun and made again at once
        return None
    try:
        # Without a lock, the age decides: the process may have just begun, or there are no locks.
        old = time.time() - folder.stat().st_mtime > _STALE_SECONDS
        return _locked(folder / LOCK, create=old, need=not old)
    except OSError:
        return None


def discard(folder: Path, lock: int) -> None:
    """Remove a hidden folder and release its lock.

    Parameters
    ----------
    folder : Path
        One of :func:`stages`.
    lock : int
        The lock that :func:`take_over` returned for it.
    """
    # The lock goes last: after a kill, the rest differs from the folder of a running process.
    for entry in folder.iterdir() if folder.is_dir() else ():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        elif entry.name != LOCK:
            with contextlib.suppress(OSError):
                entry.unlink()
    if os.name == "nt":  # an open file cannot be removed there
        release(lock)
    shutil.rmtree(folder, ignore_errors=True)
    if os.name != "nt":
        release(lock)


def _locked(path: Path, *, create: bool, need: bool = False) -> int | None:
    """Lock a file without waiting; None where another process holds it, or it was replaced.

    On file systems without locks the file is as good as locked, unless there is `need` of one.
    """
    lock = os.open(path, os.O_RDWR | (os.O_CREAT if create else 0), 0o666)
    try:
        if os.name == "nt":  # pragma: no cover
            msvcrt.locking(lock, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if need or error.errno in _HELD:
            os.close(lock)
            return None
    with contextlib.suppress(OSError):
        if os.path.samestat(os.fstat(lock), os.stat(path)):
            return lock
    os.close(lock)
    return None


def release(lock: int) -> None:
    """Give up a lock.

    Parameters
    ----------
    lock : int
        The lock that :func:`take_over` returned.
    """
    os.close(lock)


@contextlib.contextmanager
def directory_lock(directory: Path, patience: float = 30.0) -> Iterator[None]:
    """Keep other runs from changing a directory.

    Parameters
    ----------
    directory : Path
        The directory; must exist.
    patience : float
        Seconds to wait for another run to finish moving its files.

    Raises
    ------
    FileError
        When another run holds it for longer.
    """
    path = directory / LOCK_NAME
    end = time.monotonic() + patience
    while True:
        try:
            lock = _locked(path, create=True)
        except OSError as error:
            raise FileError(
                f"cannot write into {directory}: {error.strerror or error}. Choose another folder."
            ) from error
        if lock is not None:
            break
        if time.monotonic() > end:
            raise FileError(
                f"another run is writing into {directory} (it holds {path.name}); wait for it, or"
                " choose another folder."
            )
        time.sleep(_POLL_SECONDS)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            # After an exchange of directories the path may be the lock of another run.
            if os.path.samestat(os.fstat(lock), os.stat(path)):
                path.unlink()
        release(lock)


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Put off SIGINT, SIGTERM and SIGHUP until the block has ended.

    Only the main thread is interrupted by signals; in others this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    caught: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        caught.append(number)

    before: dict[int, Any] = {}
    try:
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) not in (None, signal.SIG_IGN):
                before[number] = signal.signal(number, note)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for number in dict.fromkeys(caught):
            signal.raise_signal(number)


def flush(path: Path) -> None:
    """Have the operating system write a file or directory to the disk.

    Parameters
    ----------
    path : Path
        The file or directory.
    """
    if os.name == "nt" and path.is_dir():  # pragma: no cover
        return
    descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def keep_mode(old: Path, new: Path) -> None:
    """Give a new file the permissions of the one it replaces.

    Parameters
    ----------
    old, new : Path
        The files; `old` need not exist.
    """
    with contextlib.suppress(OSError):
        if old.is_file() and not old.is_symlink():
            shutil.copymode(old, new)
