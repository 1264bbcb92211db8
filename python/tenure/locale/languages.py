"""The languages that the package writes for its readers: those that have a catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from tenure.exceptions import OptionError
from tenure.io.text import quoted
from tenure.locale.catalogue import languages, texts

__all__ = ["LANGUAGES", "Language", "check_language", "plain_letters"]

if TYPE_CHECKING:
    Language: TypeAlias = Literal["en", "tr"]
else:
    # At run time the catalogues that are there decide.
    Language = Literal[languages()]

LANGUAGES: tuple[Language, ...] = get_args(Language)
"""The codes of the languages, English first."""


def check_language(language: object) -> Language:
    """Return a language's code, or raise an error that lists the languages.

    Parameters
    ----------
    language : str
        One of :data:`LANGUAGES`.

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
    if not isinstance(language, str) or language not in LANGUAGES:
        raise OptionError(f"language={quoted(language)}: use {' or '.join(map(repr, LANGUAGES))}.")
    return language


def plain_letters(text: str) -> str:
    """Return text with the letters of the languages in the spelling that file names use.

    Parameters
    ----------
    text : str
        Such as the name of a campaign.

    Returns
    -------
    str

    Examples
    --------
    >>> plain_letters("Geri kazanılacaklar")
    'Geri kazanilacaklar'
    """
    for language in LANGUAGES:
        style = texts(language, "style")
        text = text.translate(str.maketrans(style["letters"], style["letters.plain"]))
    return text
