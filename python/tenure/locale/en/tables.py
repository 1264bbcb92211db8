"""English titles and contents of tables, and of columns that the caller names."""

TEXTS: dict[str, tuple[str, str]] = {
    "forecast": ("Customers", "One row per customer: what the models saw, and the forecast."),
    "customers": ("All customers", "One row per customer: segments, RFM and forecast."),
    "rfm": ("RFM scores", "One row per customer: recency, frequency, monetary and their scores."),
    "segments": ("Segments", "One row per segment: size, means and expected revenue."),
    "value_segments": ("Value segments", "One row per value segment."),
    "rfm_segments": ("RFM segments", "One row per RFM segment."),
    "insights": ("Insights", "One row per segment: what stands out, and the figures behind it."),
    "cohorts": ("Cohorts", "One row per cohort and age: customers who came back, and their money."),
    "channels": ("Channels", "One row per channel."),
    "channels_by_segment": ("Channels by segment", "One row per segment and channel."),
    "last_channels": ("Last channels", "One row per channel of the last order."),
    "last_channels_by_segment": (
        "Last channels by segment",
        "One row per segment and channel of the last order.",
    ),
    "categories": (
        "Categories",
        (
            "One row per category; a customer counts in each of their categories, so the"
            " rows add up to more than all customers."
        ),
    ),
    "categories_by_segment": (
        "Categories by segment",
        ("One row per segment and category; a customer counts in each of their categories."),
    ),
    "store_types": (
        "Store types",
        (
            "One row per type of store; a customer counts in each type they bought from, so"
            " the rows add up to more than all customers."
        ),
    ),
    "store_types_by_segment": (
        "Store types by segment",
        ("One row per segment and type of store; a customer counts in each type they bought from."),
    ),
    "top_orders": ("Most orders", "The customers with the most orders so far."),
    "top_revenue": ("Most money spent", "The customers who have spent most so far."),
    "movement": (
        "Movement",
        "Customers by segment in the earlier run (rows) and in this one (columns).",
    ),
    "moves": ("Customers who moved", "One row per customer who moved between two runs."),
    "campaigns": ("Campaigns", "One row per campaign: rule, reach and what is expected."),
    "targets": ("Target lists", "One row per customer and campaign."),
    "target_list": ("Target list", "The customers of one campaign."),
    "profile": ("Data profile", "One row per column of the table as it was read."),
    "first_rows": ("First rows", "The first ten rows of the table as it was read."),
    "summary": ("Summary", "The main figures and the settings of the run."),
    "quality": ("Data quality", "What was read and what was done to it."),
    "warnings": ("Warnings", "One row per warning."),
    "totals": ("Forecast of all customers", "One row per horizon."),
    "models": (
        "Models compared",
        "One row per purchase model: fit, forecast and why it was chosen.",
    ),
    "parameters": ("Parameters", "One row per parameter of a model."),
    "settings": ("Settings", "One row per setting of the run."),
    "columns": ("Columns", "One row per column: what it means and in which unit."),
    "key.customer": ("customer", "The customer's id, as the data give it."),
}
