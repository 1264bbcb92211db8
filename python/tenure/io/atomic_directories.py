"""A directory's files replaced together, in one step where the system has one."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import shutil
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from tenure.exceptions import FileError
from tenure.io.atomic_files import (
    JOURNAL,
    LOCK_NAME,
    AnyPath,
    directory_lock,
    discard,
    flush,
    keep_mode,
    release,
    stage,
    stages,
    take_over,
    uninterrupted,
)

__all__ = ["Replaceable", "atomic_directory", "recover"]

Replaceable: TypeAlias = Callable[[Path, Collection[str]], Collection[str]]
"""Takes the directory and the names of the new files, returns those of the old ones to remove."""

_INSIDE = "files"
_AT_CWD, _SWAP = -100, 2
_ATTEMPTS = 5


@contextlib.contextmanager
def atomic_directory(
    path: AnyPath, *, replaceable: Replaceable | None = None, last: str | None = None
) -> Iterator[Path]:
    """Collect files in a hidden folder and put them in place together when all are done.

    The directory then holds the new files, and its earlier content without the files that
    `replaceable` names. Where only such files were in it, it is exchanged for the new one in one
    step (Linux, macOS). Elsewhere the old files are first set aside, `last` before all others, then
    the new ones are moved in, `last` at the end. Signals wait meanwhile, an error puts everything
    back, and a move that was cut short by a kill is completed by :func:`recover`, which every later
    call begins with.

    Parameters
    ----------
    path : str or path
        The directory; made when it does not exist, its parents too.
    replaceable : callable, optional
        Called with the directory and the names of the new files while no other run can change
        it: returns the names of the files to remove, or refuses by an error. By default nothing is
        removed.
    last : str, optional
        The file that shows that all others are there.

    Yields
    ------
    pathlib.Path
        A folder to write files into; not into folders of it. An error inside the ``with`` block
        removes it, and `path` stays as it was.

    Raises
    ------
    FileError
        When there is a file at `path`, or a folder where a file should go, or the directory cannot
        be made or written, or another run holds it.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> out = pathlib.Path(tempfile.mkdtemp()) / "out"
    >>> with atomic_directory(out) as folder:
    ...     _ = (folder / "report.html").write_text("<html>")
    >>> [file.name for file in out.iterdir()]
    ['report.html']
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_dir():
        raise FileError(f"cannot write into {path}: it is a file, not a folder.")
    made = _make_parents(target)
    try:
        recover(target)
        with _staged(target) as folder:
            files = folder / _INSIDE
            files.mkdir()
            yield files
            _commit(target, files, replaceable or (lambda *_: ()), last)
    except BaseException:
        for parent in made:
            with contextlib.suppress(OSError):
                parent.rmdir()
        raise


def _make_parents(target: Path) -> list[Path]:
    """Make the folders above; return those made, the innermost first."""
    missing = []
    for parent in target.parents:
        if parent.exists():
            break
        missing.append(parent)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(
            f"cannot write into {target}: {error.strerror or error}. Choose another folder."
        ) from error
    return missing


@contextlib.contextmanager
def _staged(target: Path) -> Iterator[Path]:
    """Make the hidden folder next to the target, or in it where files cannot be moved."""
    with contextlib.ExitStack() as stack:
        try:
            folder = stack.enter_context(stage(target.parent, target.name))
            if target.exists() and not _moves(folder, target):
                raise FileError(f"cannot write into {target}.")
        except FileError:
            if not target.exists():
                raise
            stack.close()
            folder = stack.enter_context(stage(target, target.name))
        yield folder


def _moves(folder: Path, target: Path) -> bool:
    """Find out whether things can be moved from a folder into the target, by moving one."""
    probe, there = folder / "probe", target / folder.name  # like a leftover, removed as one
    try:
        probe.mkdir()
        os.rename(probe, there)
    except OSError:
        return False
    with contextlib.suppress(OSError):  # another run may have removed it, or exchanged the target
        there.rmdir()
    return True


def _commit(target: Path, files: Path, replaceable: Replaceable, last: str | None) -> None:
    names = sorted(file.name for file in files.iterdir())
    for name in names:
        flush(files / name)
    for _ in range(_ATTEMPTS):
        if not os.path.lexists(target):
            if _renamed(files, target):
                return
            continue  # another run made it meanwhile
        with directory_lock(target):
            if not target.is_dir():  # pragma: no cover
                continue
            recover(target, locked=True)
            stale = replaceable(target, names)
            for name in names:
                if (target / name).is_dir():
                    raise FileError(
                        f"cannot write {target / name}: there is a folder of that name."
                    )
                keep_mode(target / name, files / name)
            flush(files)
            if not _exchanged(target, files, {*names, *stale}):
                _move_all(target, files.parent, names, stale, last)
            return
    raise FileError(f"cannot write into {target}: other runs keep changing it.")


def _renamed(files: Path, target: Path) -> bool:
    flush(files)
    try:
        with uninterrupted():
            os.rename(files, target)
    except OSError as error:
        if error.errno in (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR):
            if target.is_dir():
                return False
            raise FileError(f"cannot write into {target}: it is a file, not a folder.") from error
        raise
    flush(target.parent)
    return True


# -- in one step -------------------------------------------------------------------------------


def _exchanged(target: Path, files: Path, ours: Collection[str]) -> bool:
    """Exchange the directories, where nothing in the old one has to stay there."""
    if files.parent.parent != target.parent or os.path.ismount(target):
        return False
    with contextlib.suppress(OSError):
        if os.path.samefile(target, os.curdir):  # the caller's shell would be left in the old one
            return False
    if any(name not in ours and name != LOCK_NAME for name in os.listdir(target)):
        return False
    try:
        status = target.stat()
        shutil.copystat(target, files)
        os.utime(files)
        if hasattr(os, "chown") and status.st_uid != files.stat().st_uid:
            os.chown(files, status.st_uid, status.st_gid)
        with uninterrupted():
            _exchange(target, files)
        flush(target.parent)
    except OSError:
        return False
    return True


def _exchange(one: Path, other: Path) -> None:
    """Let two directories change places; OSError where the system cannot."""
    library = ctypes.CDLL(None, use_errno=True)
    a, b = os.fsencode(one), os.fsencode(other)
    try:
        if sys.platform == "linux":
            result = library.renameat2(_AT_CWD, a, _AT_CWD, b, ctypes.c_uint(_SWAP))
        elif sys.platform == "darwin":
            result = library.renamex_np(a, b, ctypes.c_uint(_SWAP))
        else:
            raise OSError(errno.ENOSYS, "no exchange of directories")
    except AttributeError:
        raise OSError(errno.ENOSYS, "no exchange of directories") from None
    if result != 0:
        raise OSError(ctypes.get_errno(), "directories cannot be exchanged")


# -- file by file, with a journal ----------------------------------------------------------------


def _move_all(
    target: Path, folder: Path, names: Sequence[str], stale: Collection[str], last: str | None
) -> None:
    first = [name for name in (last,) if name in names]
    order = [*first, *(name for name in names if name != last)]
    gone = [*first, *(name for name in {*stale, *names} if name not in first)]
    _note(folder, {"place": order[::-1], "aside": gone})
    with uninterrupted():
        try:
            _forward(target, folder)
        except OSError as error:
            _note(folder, {"place": order, "aside": gone[::-1], "back": True})
            _back(target, folder)
            (folder / JOURNAL).unlink()
            raise FileError(
                f"cannot write into {target}: {error.filename or ''}: {error.strerror or error}."
                " Is a file open in another program? Everything is as it was."
            ) from error
        (folder / JOURNAL).unlink()


def _note(folder: Path, plan: dict[str, object]) -> None:
    draft = folder / "draft"
    draft.write_text(json.dumps(plan), encoding="utf-8")
    flush(draft)
    os.replace(draft, folder / JOURNAL)


def _plan(folder: Path) -> dict[str, list[str]]:
    plan: dict[str, list[str]] = json.loads((folder / JOURNAL).read_text(encoding="utf-8"))
    return plan


def _forward(target: Path, folder: Path) -> None:
    """Set the old files aside and move the new ones in; whatever is done already is not redone."""
    plan, files, aside = _plan(folder), folder / _INSIDE, folder / "aside"
    aside.mkdir(exist_ok=True)
    for name in plan["aside"]:
        placed = name in plan["place"] and not os.path.lexists(files / name)
        if os.path.lexists(target / name) and not os.path.lexists(aside / name) and not placed:
            os.replace(target / name, aside / name)
    for name in plan["place"]:
        if os.path.lexists(files / name):
            os.replace(files / name, target / name)
    flush(target)


def _back(target: Path, folder: Path) -> None:
    """Undo what was moved."""
    plan, files, aside = _plan(folder), folder / _INSIDE, folder / "aside"
    for name in plan["place"]:
        if not os.path.lexists(files / name) and os.path.lexists(target / name):
            os.replace(target / name, files / name)
    for name in plan["aside"]:
        if os.path.lexists(aside / name):
            os.replace(aside / name, target / name)


def recover(path: AnyPath, *, locked: bool = False) -> None:
    """Complete what a killed run had begun to move into a directory, and remove its leftovers.

    Parameters
    ----------
    path : str or path
        The directory; need not exist.
    locked : bool
        Whether the caller holds the directory.

    Raises
    ------
    FileError
        When files wait to be moved and cannot be.
    """
    target = Path(os.path.realpath(path))
    for directory in (target.parent, target):
        for folder in stages(directory, target.name):
            lock = take_over(folder)
            if lock is None:
                continue
            if not (folder / JOURNAL).exists():
                discard(folder, lock)
                continue
            try:
                with (
                    contextlib.nullcontext() if locked else directory_lock(target),
                    uninterrupted(),
                ):
                    back = "back" in _plan(folder)
                    (_back if back else _forward)(target, folder)
                    (folder / JOURNAL).unlink()
            except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
                release(lock)
                raise FileError(
                    f"{target} is not whole: a run was killed while it moved its files there, and"
                    f" they cannot be moved from {folder} now ({error})."
                ) from error
            discard(folder, lock)
