"""The tables the package writes, and the units of their columns."""

from __future__ import annotations

from tenure._breakdowns import BREAKDOWNS, DIMENSIONS
from tenure.data_dictionary._model import TableDefinition

__all__ = ["BREAKDOWNS", "DIMENSIONS", "TABLES", "UNITS"]

TABLES: dict[str, TableDefinition] = {
    each.name: each
    for each in (
        TableDefinition("forecast", key="customer"),
        TableDefinition("customers", key="customer", parts=("rfm", "forecast")),
        TableDefinition("rfm", key="customer"),
        TableDefinition("segments"),
        TableDefinition("value_segments", parts=("segments",)),
        TableDefinition("rfm_segments", parts=("segments",)),
        TableDefinition("insights"),
        TableDefinition("cohorts"),
        TableDefinition("channels"),
        TableDefinition("channels_by_segment"),
        TableDefinition("last_channels"),
        TableDefinition("last_channels_by_segment"),
        TableDefinition("categories"),
        TableDefinition("categories_by_segment"),
        TableDefinition("store_types"),
        TableDefinition("store_types_by_segment"),
        TableDefinition("top_orders", key="customer"),
        TableDefinition("top_revenue", key="customer"),
        TableDefinition("movement"),
        TableDefinition("moves", key="customer"),
        TableDefinition("campaigns"),
        TableDefinition("targets", key="customer", parts=("forecast",)),
        TableDefinition("target_list", key="customer"),
        TableDefinition("profile"),
        TableDefinition("first_rows"),
        TableDefinition("summary"),
        TableDefinition("quality"),
        TableDefinition("warnings"),
        TableDefinition("totals"),
        TableDefinition("models"),
        TableDefinition("parameters"),
        TableDefinition("settings"),
        TableDefinition("columns"),
    )
}
"""Every table that is written to a file, a sheet or the page."""

UNITS: tuple[str, ...] = (
    "",
    "period",
    "currency",
    "date",
    "days",
    "months",
    "customers",
    "orders",
    "purchases",
    "rows",
    "values",
    "segments",
    "share",
    "probability",
    "score",
    "deviations",
    "ratio",
    "column",
)
"""The units: what one is one of. In words they are in :mod:`tenure.locale`."""
