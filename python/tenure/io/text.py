"""Text that others wrote: made fit to be shown, and cut to a length that people read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from tenure.exceptions import OptionError

__all__ = ["LONGEST", "check_label", "listed", "printable", "printable_all", "quoted", "short"]

LONGEST = 80
"""Characters that a quoted value may have in a message."""

_SHOWN = 8
"""Values that a message lists."""

# Control characters but tab and line feed, halves of surrogate pairs, and what is no character.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_LABELS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    r"""Return a text with every character that cannot be shown replaced.

    Parameters
    ----------
    text : str
        Anything.

    Returns
    -------
    str
        The same with ``"\ufffd"`` for control characters (escape codes of a terminal among them)
        but tabs and line feeds, for halves of surrogate pairs and for what is no character.

    Examples
    --------
    >>> printable("red \x1b[31m").encode("ascii", "backslashreplace")
    b'red \\ufffd[31m'
    """
    return _UNPRINTABLE.sub("\ufffd", text)


def printable_all(value: Any) -> Any:
    """Return a document of mappings, lists and text with :func:`printable` text throughout."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {printable_all(key): printable_all(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [printable_all(item) for item in value]
    return value


def check_label(text: str, option: str) -> str:
    r"""Refuse a label that holds characters which cannot be shown.

    Parameters
    ----------
    text : str
        What a person called something.
    option : str
        Where it was given, for the message.

    Returns
    -------
    str
        The text.

    Raises
    ------
    OptionError
        When it holds control characters, line breaks or halves of surrogate pairs.

    Examples
    --------
    >>> check_label("best", "name")
    'best'
    """
    if _NOT_IN_LABELS.search(text):
        raise OptionError(
            f"{option}={quoted(text)} holds characters that cannot be shown (control characters, "
            "line breaks or halves of characters); leave them out."
        )
    return text


def short(text: str, longest: int = LONGEST) -> str:
    """Return a text of at most so many characters; the middle of longer ones is left out.

    Examples
    --------
    >>> short("x" * 100, 9)
    'xxxx…xxxx'
    """
    if len(text) <= longest:
        return text
    head = longest // 2
    return f"{text[:head]}…{text[len(text) - (longest - head - 1) :]}"


def quoted(value: Any, longest: int = LONGEST) -> str:
    """Return a value as Python writes it, for a message: cut, and without control characters.

    Examples
    --------
    >>> quoted("a"), quoted([1, 2])
    ("'a'", '[1, 2]')
    """
    # Long texts are cut before they are written out, for they may have a gigabyte.
    if isinstance(value, str) and len(value) > 4 * longest:
        value = value[: 2 * longest] + value[-2 * longest :]
    if isinstance(value, bytes) and len(value) > longest:
        value = value[: longest + 1]
    if isinstance(value, list | tuple) and len(value) > longest:
        value = value[: longest + 1]
    try:
        text = repr(value)
    except Exception:  # a repr of the caller's own
        text = f"<{type(value).__name__}>"
    return short(printable(" ".join(text.split())), longest)


def listed(values: Iterable[Any], *, shown: int = _SHOWN, plain: bool = False) -> str:
    """Return values for a message, the first of them where there are many.

    Parameters
    ----------
    values : iterable
        What to list.
    shown : int
        How many.
    plain : bool
        Whether text is printed without quotation marks.

    Returns
    -------
    str

    Examples
    --------
    >>> listed(["a", "b"]), listed(range(99), shown=2)
    ("'a', 'b'", '0, 1 and 97 more')
    """
    every = list(values)
    text = ", ".join(
        short(printable(str(value))) if plain else quoted(value) for value in every[:shown]
    )
    more = len(every) - shown
    return f"{text} and {more:,} more" if more > 0 else text
