"""Allowed values of options that several functions take, and earlier spellings of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from tenure.exceptions import OptionError
from tenure.io.text import quoted

__all__ = ["EARLIER_NAMES", "EARLIER_TIES", "Names", "Ties", "check_choice"]

Ties: TypeAlias = Literal["average", "first"]
"""Scores of equal values: equal ones, or in the order of the rows."""

Names: TypeAlias = Literal["standard", "legacy"]
"""Spellings of the RFM segments."""

EARLIER_TIES = {"order": "first"}
EARLIER_NAMES = {"scripts": "legacy"}


def check_choice(
    option: str, value: Any, allowed: tuple[str, ...], earlier: Mapping[str, str] | None = None
) -> str:
    """Return a value in its present spelling, or refuse it.

    Parameters
    ----------
    option : str
        The name of the option, for the message.
    value : object
        What was given.
    allowed : tuple of str
        The allowed values.
    earlier : mapping of str to str, optional
        Earlier spellings, which are accepted as well.

    Returns
    -------
    str

    Raises
    ------
    OptionError
        When the value is none of the allowed ones; lists them.

    Examples
    --------
    >>> check_choice("ties", "order", ("average", "first"), EARLIER_TIES)
    'first'
    """
    found = (earlier or {}).get(value, value) if isinstance(value, str) else value
    if not isinstance(found, str) or found not in allowed:
        raise OptionError(f"{option}={quoted(value)}; use one of {', '.join(map(repr, allowed))}.")
    return found
