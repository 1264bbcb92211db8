"""Runner of scripts, modules and lines of code, as under plain Python."""

from __future__ import annotations

import io
import linecache
import os
import runpy
import sys
import zipfile
from collections.abc import Callable, Sequence
from importlib.machinery import SourceFileLoader
from types import CodeType, ModuleType, TracebackType
from typing import Any, NoReturn

__all__ = ["run"]

USAGE = """\
usage: python -m tenure.lifetimes script.py [arguments]
       python -m tenure.lifetimes -m module [arguments]
       python -m tenure.lifetimes -c "code" [arguments]

Runs a program written for lifetimes, without an edit: import lifetimes gives tenure.
"""


def run(arguments: Sequence[str]) -> None:
    """Run the program that `arguments` name, in place of the current one.

    Parameters
    ----------
    arguments : sequence of str
        The command line after ``python -m tenure.lifetimes``.
    """
    first, rest = (arguments[0], list(arguments[1:])) if arguments else ("", [])
    if first in ("-h", "--help"):
        print(USAGE, end="")
    elif first in ("-m", "-c") and rest:
        (_module if first == "-m" else _line)(rest[0], rest[1:])
    elif first and not first.startswith("-"):
        _script(first, rest)
    else:
        sys.stderr.write(USAGE)
        raise SystemExit(2)


def _script(path: str, arguments: list[str]) -> None:
    sys.argv = [path, *arguments]
    if os.path.isdir(path) or zipfile.is_zipfile(path):
        _forget_working_directory()
        _as_plain(runpy.run_path, path, run_name="__main__")
        return
    place = os.path.abspath(path)
    try:
        with io.open_code(place) as file:
            source = file.read()
    except OSError as error:
        sys.stderr.write(
            f"{sys.executable}: can't open file {place!r}: [Errno {error.errno}] {error.strerror}\n"
        )
        raise SystemExit(2) from None
    _forget_working_directory(os.path.dirname(os.path.realpath(path)))
    loader = SourceFileLoader("__main__", place)
    _as_plain(
        lambda: _execute(
            loader.source_to_code(source, place),
            {"__file__": place, "__cached__": None, "__loader__": loader},
        )
    )


def _line(source: str, arguments: list[str]) -> None:
    sys.argv = ["-c", *arguments]
    _forget_working_directory("")
    if sys.version_info >= (3, 13):
        # From here on Python shows the lines of -c in tracebacks.
        linecache.cache["<string>"] = (len(source), None, source.splitlines(True), "<string>")
    _as_plain(lambda: _execute(compile(source, "<string>", "exec", dont_inherit=True), {}))


def _module(name: str, arguments: list[str]) -> None:
    sys.argv = ["-m", *arguments]
    _as_plain(runpy.run_module, name, run_name="__main__", alter_sys=True)


def _forget_working_directory(instead: str | None = None) -> None:
    """Take what ``python -m`` put at the head of the path away, or replace it."""
    if not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)):
        sys.path[:1] = [] if instead is None else [instead]


def _execute(code: CodeType, attributes: dict[str, Any]) -> None:
    """Execute code as the module ``__main__``, which stays there after the end."""
    main = ModuleType("__main__")
    if sys.version_info < (3, 14):
        attributes = {**attributes, "__annotations__": {}}
    main.__dict__.update(attributes, __builtins__=sys.modules["builtins"])
    sys.modules["__main__"] = main
    exec(code, main.__dict__)


def _as_plain(program: Callable[..., Any], *arguments: Any, **options: Any) -> None:
    """Run a program; show its errors without the frames of this runner."""
    try:
        program(*arguments, **options)
    except SystemExit:
        raise
    except BaseException as error:
        _show_and_end(error)


def _show_and_end(error: BaseException) -> NoReturn:
    trace = _without_us(error.__traceback__)
    sys.excepthook(type(error), error.with_traceback(trace), trace)
    # Python itself ends the program, with the right status; it need not show the error again.
    sys.excepthook = lambda *_: None
    raise error


def _without_us(trace: TracebackType | None) -> TracebackType | None:
    ours = {__file__, runpy.__file__, "<frozen runpy>"}
    while trace is not None and (
        trace.tb_frame.f_code.co_filename in ours
        or trace.tb_frame.f_code.co_filename.startswith("<frozen importlib")
    ):
        trace = trace.tb_next
    return trace
