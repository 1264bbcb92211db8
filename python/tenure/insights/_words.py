"""How figures are written in a sentence. Everything that depends on the language is here."""

from __future__ import annotations

from dataclasses import dataclass

from tenure.exceptions import OptionError

__all__ = ["LANGUAGES", "Words"]

LANGUAGES = ("en", "tr")

_SWAP = str.maketrans(",.", ".,")

_WORDS = {
    ("en", True): {"value": "expected revenue", "past": "past revenue"},
    ("en", False): {"value": "expected purchases", "past": "past orders"},
    ("tr", True): {"value_in": "beklenen gelirdeki", "past_in": "geçmiş gelirdeki"},
    ("tr", False): {"value_in": "beklenen alışverişlerdeki", "past_in": "geçmiş siparişlerdeki"},
}


@dataclass(frozen=True)
class Words:
    """A language's way to write figures.

    Parameters
    ----------
    language : {"en", "tr"}
        The language.
    """

    language: str

    def __post_init__(self) -> None:
        """Check the language."""
        if self.language not in LANGUAGES:
            raise OptionError(f"language={self.language!r}; use one of 'en', 'tr'.")

    def decimal(self, value: float, decimals: int) -> str:
        """Write a number with its separators."""
        text = f"{value:,.{decimals}f}"
        return text.translate(_SWAP) if self.language == "tr" else text

    def number(self, value: float) -> str:
        """Write a count, or a figure with up to one decimal."""
        return self.decimal(value, 0 if value == round(value) or abs(value) >= 100 else 1)

    def amount(self, value: float) -> str:
        """Write an amount: whole units from a thousand up, cents below."""
        return self.decimal(value, 0 if abs(value) >= 1000 else 2)

    def percent(self, value: float) -> str:
        """Write a share in per cent."""
        text = self.decimal(100 * value, 1)
        return f"%{text}" if self.language == "tr" else f"{text}%"

    def of_value(self, money: bool) -> dict[str, str]:
        """Return the words for what is past and what is expected, in money or in purchases."""
        return _WORDS[self.language, money]
