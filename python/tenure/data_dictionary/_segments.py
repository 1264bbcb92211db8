"""Columns of tables with one row per segment, cohort, channel or campaign."""

from __future__ import annotations

from tenure.data_dictionary._model import Definition

__all__ = ["SEGMENTS"]

_SEGMENTS = ("segments",)
_INSIGHTS = ("insights",)
_BOTH = ("segments", "insights")
_COHORTS = ("cohorts",)
_CHANNELS = ("channels", "channels_by_segment")
_LAST_CHANNELS = ("last_channels", "last_channels_by_segment")
_CATEGORIES = ("categories", "categories_by_segment")
_STORE_TYPES = ("store_types", "store_types_by_segment")
_BREAKDOWN = (*_CHANNELS, *_LAST_CHANNELS, *_CATEGORIES, *_STORE_TYPES)
_CROSSED = tuple(name for name in _BREAKDOWN if name.endswith("_by_segment"))
_PLAIN = tuple(name for name in _BREAKDOWN if name not in _CROSSED)
_CAMPAIGNS = ("campaigns",)

SEGMENTS: tuple[Definition, ...] = (
    Definition("scheme", (*_BOTH, *_CROSSED), "text", ""),
    Definition("segment", (*_BOTH, *_CROSSED), "text", ""),
    Definition("customers", (*_BOTH, *_CAMPAIGNS, *_BREAKDOWN), "count", "customers"),
    Definition("share", (*_BOTH, *_CAMPAIGNS, *_PLAIN), "share", "share"),
    Definition("share", _CROSSED, "share", "share"),
    # Segments: means over customers, and what is expected of them.
    Definition("recency_mean", _SEGMENTS, "number", "days"),
    Definition("frequency_mean", _SEGMENTS, "number", "orders"),
    Definition("monetary_mean", _SEGMENTS, "money", "currency"),
    Definition("p_alive_mean", _SEGMENTS, "number", "probability"),
    Definition("expected_spend_mean", _SEGMENTS, "money", "currency"),
    Definition("clv_{horizon}_mean", _SEGMENTS, "money", "currency"),
    Definition("expected_purchases_{horizon}_mean", _SEGMENTS, "number", "purchases"),
    Definition("revenue", _SEGMENTS, "money", "currency"),
    Definition("revenue_share", _SEGMENTS, "share", "share"),
    Definition("purchases", _SEGMENTS, "number", "purchases"),
    Definition("purchases_share", _SEGMENTS, "share", "share"),
    Definition("advice", _SEGMENTS, "text", ""),
    # Insights.
    Definition("orders_past", _INSIGHTS, "count", "orders"),
    Definition("orders_past_share", _INSIGHTS, "share", "share"),
    Definition("revenue_past", _INSIGHTS, "money", "currency"),
    Definition("revenue_past_share", _INSIGHTS, "share", "share"),
    Definition("purchases_expected", _INSIGHTS, "number", "purchases"),
    Definition("purchases_expected_share", _INSIGHTS, "share", "share"),
    Definition("revenue_expected", _INSIGHTS, "money", "currency"),
    Definition("revenue_expected_share", _INSIGHTS, "share", "share"),
    Definition("p_alive", _INSIGHTS, "number", "probability"),
    Definition("basket", _INSIGHTS, "money", "currency"),
    Definition("once", _INSIGHTS, "share", "share"),
    Definition("days_since", _INSIGHTS, "number", "days"),
    Definition("usual_gap", _INSIGHTS, "number", "days"),
    Definition("gap_ratio", _INSIGHTS, "number", "ratio"),
    Definition("overdue", _INSIGHTS, "share", "share"),
    Definition("long_gap", _INSIGHTS, "number", "days"),
    Definition("inactive", _INSIGHTS, "share", "share"),
    Definition("rising", _INSIGHTS, "share", "share"),
    Definition("one_channel", _INSIGHTS, "share", "share"),
    Definition("with_gap", _INSIGHTS, "count", "customers"),
    Definition("without_gap", _INSIGHTS, "count", "customers"),
    Definition("rule", _INSIGHTS, "text", ""),
    Definition("finding", _BOTH, "text", ""),
    Definition("action", _INSIGHTS, "text", ""),
    # Cohorts.
    Definition("cohort", _COHORTS, "text", ""),
    Definition("calendar_period", _COHORTS, "text", ""),
    Definition("age", _COHORTS, "count", "months"),
    Definition("customers", _COHORTS, "count", "customers"),
    Definition("active", _COHORTS, "count", "customers"),
    Definition("retention", _COHORTS, "share", "share"),
    Definition("returned", _COHORTS, "count", "customers"),
    Definition("return_rate", _COHORTS, "share", "share"),
    Definition("revenue", _COHORTS, "money", "currency"),
    Definition("revenue_per_customer", _COHORTS, "money", "currency"),
    Definition("cumulative_revenue", _COHORTS, "money", "currency"),
    Definition("cumulative_revenue_per_customer", _COHORTS, "money", "currency"),
    Definition("complete", _COHORTS, "text", ""),
    # Breakdowns by channel and the like.
    Definition("channel", _CHANNELS, "text", ""),
    Definition("last_channel", _LAST_CHANNELS, "text", ""),
    Definition("category", _CATEGORIES, "text", ""),
    Definition("store_type", _STORE_TYPES, "text", ""),
    Definition("orders_sum", _BREAKDOWN, "count", "orders"),
    Definition("orders_mean", _BREAKDOWN, "number", "orders"),
    Definition("spend_sum", _BREAKDOWN, "money", "currency"),
    Definition("spend_mean", _BREAKDOWN, "money", "currency"),
    # Campaigns.
    Definition("rule", _CAMPAIGNS, "text", ""),
    Definition("expected_purchases", ("campaigns", "totals"), "number", "purchases"),
    Definition("expected_revenue", _CAMPAIGNS, "money", "currency"),
    Definition("discount", _CAMPAIGNS, "share", "share"),
    Definition("revenue_after_discount", _CAMPAIGNS, "money", "currency"),
    Definition("margin", _CAMPAIGNS, "share", "share"),
    Definition("expected_margin", _CAMPAIGNS, "money", "currency"),
    Definition("file", _CAMPAIGNS, "text", ""),
    # Totals of the forecast.
    Definition("horizon", ("totals",), "text", ""),
    Definition("length", ("totals",), "text", ""),
    Definition("revenue", ("totals",), "money", "currency"),
)
"""Definitions of columns about groups of customers."""
