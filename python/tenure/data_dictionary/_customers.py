"""Columns of tables with one row per customer."""

from __future__ import annotations

from tenure.data_dictionary._model import Definition

__all__ = ["CUSTOMERS"]

_FORECAST = ("forecast",)
_RFM = ("rfm",)
_TOP = ("top_orders", "top_revenue")

CUSTOMERS: tuple[Definition, ...] = (
    # What the models saw.
    Definition("frequency", _FORECAST, "count", "purchases"),
    Definition("recency", _FORECAST, "number", "period", exact=True),
    Definition("T", _FORECAST, "number", "period", exact=True),
    Definition("monetary_value", _FORECAST, "money", "currency", exact=True),
    Definition("orders", _FORECAST, "count", "orders"),
    Definition("spend_count", _FORECAST, "count", "orders"),
    # The forecast.
    Definition("p_alive", _FORECAST, "number", "probability"),
    Definition("expected_purchases_{horizon}", _FORECAST, "number", "purchases"),
    Definition("expected_spend", _FORECAST, "money", "currency"),
    Definition("clv_{horizon}", _FORECAST, "money", "currency"),
    Definition("clv_score", _FORECAST, "number", "score"),
    Definition("clv_z", _FORECAST, "number", "deviations"),
    Definition("segment", ("forecast", "customers"), "text", ""),
    # RFM.
    Definition("recency", _RFM, "count", "days"),
    Definition("frequency", _RFM, "count", "orders"),
    Definition("monetary", _RFM, "money", "currency"),
    Definition("recency_score", _RFM, "count", "score"),
    Definition("frequency_score", _RFM, "count", "score"),
    Definition("monetary_score", _RFM, "count", "score"),
    Definition("RF_SCORE", _RFM, "text", ""),
    Definition("RFM_SCORE", _RFM, "text", ""),
    Definition("segment", _RFM, "text", ""),
    Definition("rfm_segment", ("customers",), "text", ""),
    # The best customers so far.
    Definition("orders_total", _TOP, "count", "orders"),
    Definition("spend_total", _TOP, "money", "currency"),
    Definition("value_segment", _TOP, "text", ""),
    # Who moved between two runs.
    Definition("previous", ("moves", "movement"), "text", ""),
    Definition("current", ("moves",), "text", ""),
    Definition("steps", ("moves",), "count", "segments"),
    Definition("change", ("moves",), "text", ""),
    Definition("{any}", ("movement",), "count", "customers"),
    Definition("campaign", ("campaigns", "targets"), "text", ""),
)
"""Definitions of columns about single customers."""
