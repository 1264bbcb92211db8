"""English: texts, column headings, units, phrases and warnings."""

from tenure.locale.en_texts import TEXTS

__all__ = ["COLUMNS", "PHRASES", "TEXTS", "UNITS", "WARNINGS"]

COLUMNS = {
    "p_alive": "P(alive)",
    "expected_purchases": "expected purchases",
    "expected_spend": "expected spend",
    "clv": "value",
    "clv_score": "value score (0–1)",
    "clv_z": "value (z)",
    "recency": "recency (days)",
    "rfm_segment": "RFM segment",
    "days_since": "days since last order",
    "usual_gap": "usual gap (days)",
    "monetary_value": "mean spend",
    "spend_count": "orders averaged",
}

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
