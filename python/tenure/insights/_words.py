"""Figures as the sentences of insights write them, rounder than tables do."""

from __future__ import annotations

from tenure.locale import Locale

__all__ = ["Words"]


class Words(Locale):
    """A locale that writes the figures of a sentence."""

    def number(self, value: float, digits: int = 1) -> str:
        """Write a count, or a figure with few decimals."""
        return self.decimal(value, 0 if value == round(value) or abs(value) >= 100 else digits)

    def rhythm(self, with_gap: float, customers: float) -> dict[str, str]:
        """Write the customers with a usual gap, and the number of customers where that differs."""
        key = "rhythm.all" if with_gap == customers else "rhythm.some"
        return {"rhythm": self.text(key, part="insights", some=with_gap, customers=customers)}

    def of_value(self, money: bool) -> dict[str, str]:
        """Return the words for past and expected value, in money or in purchases."""
        kind = "money" if money else "count"
        return {name: self.text(f"{name}.{kind}", part="insights") for name in ("value", "past")}
