"""English: texts, units, phrases and warnings."""

from tenure.locale.en_texts import TEXTS

__all__ = ["PHRASES", "TEXTS", "UNITS", "WARNINGS"]

UNITS = {
    "h": ("hour", "hours"),
    "d": ("day", "days"),
    "w": ("week", "weeks"),
    "m": ("month", "months"),
    "y": ("year", "years"),
}

PHRASES: dict[str, str] = {}
"""English phrases of other modules are English already."""

WARNINGS: dict[str, tuple[str, str]] = {}
"""The classes' docstrings and the warnings themselves are English."""
