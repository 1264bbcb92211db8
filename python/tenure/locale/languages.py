"""The languages that words for people are written in."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from tenure.exceptions import OptionError
from tenure.io.text import quoted

__all__ = ["Language", "check_language"]

Language: TypeAlias = Literal["en", "tr"]
"""English or Turkish."""


def check_language(language: object) -> Language:
    """Return a language's code, or say which there are.

    Parameters
    ----------
    language : str
        ``"en"`` or ``"tr"``.

    Returns
    -------
    str

    Raises
    ------
    OptionError
        When the package does not write in that language.

    Examples
    --------
    >>> check_language("tr")
    'tr'
    """
    if not isinstance(language, str) or language not in get_args(Language):
        raise OptionError(f"language={quoted(language)}: use 'en' or 'tr'.")
    return language  # type: ignore[return-value]
