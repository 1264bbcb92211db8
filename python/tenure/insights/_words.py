"""How figures are written in a sentence. Everything that depends on the language is here."""

from __future__ import annotations

from tenure.locale import Locale

__all__ = ["Words"]

_WORDS = {
    ("en", True): {"value": "expected revenue", "past": "past revenue"},
    ("en", False): {"value": "expected purchases", "past": "past orders"},
    ("tr", True): {"value_in": "beklenen gelirdeki", "past_in": "geçmiş gelirdeki"},
    ("tr", False): {"value_in": "beklenen alışverişlerdeki", "past_in": "geçmiş siparişlerdeki"},
}


class Words(Locale):
    """A language's way to write the figures of a sentence, which are rounder than a table's."""

    def number(self, value: float, digits: int = 1) -> str:
        """Write a count, or a figure with few decimals."""
        return self.decimal(value, 0 if value == round(value) or abs(value) >= 100 else digits)

    def rhythm(self, with_gap: float, customers: float) -> dict[str, str]:
        """Write the customers with a usual gap, and of how many they are where that is not all."""
        some, everyone = self.number(with_gap), self.number(customers)
        if self.language == "tr":
            if with_gap == customers:
                return {"rhythm_in": f"{everyone} müşteriden"}
            return {
                "rhythm_in": f"birden çok günde sipariş vermiş {some} müşteriden ({everyone}"
                f" müşteri içinde {some})"
            }
        if with_gap == customers:
            return {"rhythm": f"{everyone} customers"}
        return {
            "rhythm": f"{some} customers who ordered on several days ({everyone} in all)",
        }

    def of_value(self, money: bool) -> dict[str, str]:
        """Return the words for what is past and what is expected, in money or in purchases."""
        return _WORDS[self.language, money]
