"""Breakdowns of customers by channel, category and type of store: their names.

A module of its own, so that the command can list its files without loading the data dictionary.
"""

from __future__ import annotations

__all__ = ["BREAKDOWNS", "DIMENSIONS"]

DIMENSIONS: dict[str, tuple[str, bool]] = {
    "channels": ("channel", False),
    "last_channels": ("last_channel", False),
    "categories": ("category", True),
    "store_types": ("store_type", True),
}
"""Tables by what they break customers down by: the role of the column (which is also what the
table's own column is called), and whether a cell of it holds a list of values."""

BREAKDOWNS: tuple[str, ...] = (
    *(f"{name}{suffix}" for name in DIMENSIONS for suffix in ("", "_by_segment")),
    "top_revenue",
    "top_orders",
)
"""Tables of ``Analysis.tables`` that become a csv file and a sheet each, in this order."""
