"""Campaign rules as text: phrases of keys and parameters, written in a language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tenure.data_dictionary import column_label, kind_of
from tenure.locale import Locale
from tenure.rfm.labels import segment_label

__all__ = ["Phrase", "describe"]


@dataclass(frozen=True)
class Phrase:
    """A part of a rule, in no language.

    Parameters
    ----------
    key : str
        Name of the text in the catalogues of :mod:`tenure.locale`, part ``campaigns``.
    values : dict of str to object
        Its parameters: numbers, dates, names, phrases, or tuples of names or phrases; ``column``
        is the name of a column.
    """

    key: str
    values: dict[str, Any] = field(default_factory=dict)


def describe(phrases: Iterable[Phrase], locale: Locale) -> str:
    """Write phrases in a language, separated by semicolons.

    Parameters
    ----------
    phrases : iterable of Phrase
        The rule.
    locale : Locale
        The language.

    Returns
    -------
    str

    Examples
    --------
    >>> describe([Phrase("channels", {"value": ("Online", "Store")})], Locale("tr"))
    'kanal Online veya Store'
    """
    return "; ".join(_text(phrase, locale) for phrase in phrases)


def _text(phrase: Phrase, locale: Locale) -> str:
    joint = locale.text("and" if phrase.key == "without" else "or", part="campaigns")

    def written(name: str, value: Any) -> str:
        if isinstance(value, Phrase):
            return _text(value, locale)
        if isinstance(value, tuple):
            return joint.join(written(name, each) for each in value)
        if name == "column":
            return _column(value, locale)
        if phrase.key == "segments":
            return segment_label(value, language=locale.language)
        if isinstance(value, int | float):
            return locale.separated(f"{value:,.10g}")
        return str(value)

    values = {name: written(name, value) for name, value in phrase.values.items()}
    return locale.text(phrase.key, part="campaigns", **values)


def _column(name: str, locale: Locale) -> str:
    """Return the heading of a column that the package writes; the name of any other."""
    return column_label(name, locale, "customers") if kind_of(name, "customers") else name
