"""English headings and meanings of columns about segments, cohorts and campaigns."""

TEXTS: dict[str, tuple[str, str]] = {
    "segments.scheme": ("scheme", "Which segments: value (by expected value) or rfm."),
    "segments.segment": ("segment", "The segment."),
    "segments.customers": ("customers", "Number of customers."),
    "segments.share": ("share of customers", "Share of all customers."),
    "channels_by_segment.share": ("share of segment", "Share of the customers of the segment."),
    "segments.recency_mean": (
        "days since last order, mean",
        "Mean days from the last order to the analysis date.",
    ),
    "segments.frequency_mean": (
        "orders so far, mean",
        "Mean number of orders per customer so far.",
    ),
    "segments.monetary_mean": ("spent so far, mean", "Mean money spent per customer so far."),
    "segments.p_alive_mean": (
        "P(alive), mean",
        "Mean probability that a customer is still a customer.",
    ),
    "segments.expected_spend_mean": (
        "expected order value, mean",
        "Mean over customers of the money expected per purchase.",
    ),
    "segments.clv_{horizon}_mean": (
        "value, {horizon}, mean",
        "Mean value per customer within {horizon}.",
    ),
    "segments.expected_purchases_{horizon}_mean": (
        "expected purchases, {horizon}, mean",
        "Mean purchases expected per customer within {horizon}.",
    ),
    "segments.revenue": (
        "expected revenue",
        "Value of the segment's customers over the longest horizon, summed; discounted.",
    ),
    "segments.revenue_share": (
        "share of expected revenue",
        "Share of the expected revenue of all customers.",
    ),
    "segments.purchases": (
        "expected purchases",
        "Purchases expected of the segment over the longest horizon.",
    ),
    "segments.purchases_share": (
        "share of expected purchases",
        "Share of the expected purchases of all customers.",
    ),
    "segments.advice": ("advice", "What to do with the segment."),
    "insights.orders_past": ("orders so far", "Orders of the segment so far."),
    "insights.orders_past_share": ("share of orders so far", "Share of all orders so far."),
    "insights.revenue_past": ("spent so far", "Money the segment has spent so far."),
    "insights.revenue_past_share": ("share of past revenue", "Share of all money spent so far."),
    "insights.purchases_expected": (
        "expected purchases",
        "Purchases expected of the segment over the longest horizon.",
    ),
    "insights.purchases_expected_share": (
        "share of expected purchases",
        "Share of the expected purchases of all customers.",
    ),
    "insights.revenue_expected": (
        "expected revenue",
        "Value of the segment's customers over the longest horizon, summed; discounted.",
    ),
    "insights.revenue_expected_share": (
        "share of expected revenue",
        "Share of the expected revenue of all customers.",
    ),
    "insights.p_alive": ("P(alive), mean", "Mean probability that a customer is still a customer."),
    "insights.basket": ("average order value", "Money spent so far divided by orders so far."),
    "insights.once": (
        "share with one order",
        "Share of the segment's customers who have ordered once.",
    ),
    "insights.days_since": (
        "days since last order, median",
        "Median days from the last order to the analysis date.",
    ),
    "insights.usual_gap": (
        "usual gap (days), median",
        "Median over customers of the mean days between their orders.",
    ),
    "insights.gap_ratio": (
        "days since last order / usual gap, median",
        "Median over customers of days since the last order divided by their usual gap.",
    ),
    "insights.overdue": (
        "share overdue",
        (
            "Share whose last order is more than twice their usual gap ago, of those who"
            " have a usual gap."
        ),
    ),
    "insights.long_gap": (
        "long gap (days)",
        (
            "90 % quantile of the usual gaps of all customers: nine in ten usually order"
            " again within that time."
        ),
    ),
    "insights.inactive": (
        "share inactive",
        "Share whose last order is longer ago than the long gap (and twice their own).",
    ),
    "insights.rising": (
        "share on the rise",
        (
            "Share of whom more purchases are expected than the upper 97.5 % limit of their"
            " own past rate."
        ),
    ),
    "insights.one_channel": ("share in one channel", "Share whose orders are all in one channel."),
    "insights.with_gap": (
        "customers with a usual gap",
        "Customers whose orders have a gap between them.",
    ),
    "insights.without_gap": (
        "customers without a usual gap",
        "Customers with orders on one day only.",
    ),
    "insights.rule": ("rule", "Name of the rule that the finding comes from."),
    "segments.finding": ("finding", "What stands out."),
    "insights.action": ("action", "What to do about it."),
    "cohorts.cohort": ("first purchase in", "Calendar period of the first purchase."),
    "cohorts.calendar_period": ("calendar period", "Calendar period that the row is about."),
    "cohorts.age": (
        "periods since first purchase",
        "Calendar periods (months) since that of the first purchase; 0 is its own.",
    ),
    "cohorts.customers": (
        "customers of the cohort",
        "Customers whose first purchase was in the cohort's period.",
    ),
    "cohorts.active": (
        "active customers",
        "Customers of the cohort with a purchase in the period.",
    ),
    "cohorts.retention": ("retention", "Active customers as a share of the cohort."),
    "cohorts.returned": (
        "customers who came back",
        "Customers with a purchase in a later period, up to this one.",
    ),
    "cohorts.return_rate": (
        "share who came back",
        "Customers who came back as a share of the cohort.",
    ),
    "cohorts.revenue": ("revenue of the period", "Money the cohort spent in the period."),
    "cohorts.revenue_per_customer": (
        "revenue of the period per customer",
        "Money of the period divided by all customers of the cohort.",
    ),
    "cohorts.cumulative_revenue": (
        "cumulative revenue",
        "Money the cohort spent up to and including the period.",
    ),
    "cohorts.cumulative_revenue_per_customer": (
        "cumulative revenue per customer",
        "Cumulative money divided by all customers of the cohort.",
    ),
    "cohorts.complete": (
        "period complete",
        "Whether the period was observed to its end (True or False).",
    ),
    "channels.channel": ("channel", "The channel, as the data name it."),
    "last_channels.last_channel": (
        "channel of the last order",
        "The channel of the last order, as the data name it.",
    ),
    "categories.category": (
        "category",
        "The category, as the data name it; (none) where the list is empty.",
    ),
    "store_types.store_type": (
        "type of store",
        "The type of store, as the data name it; (none) where there is none.",
    ),
    "channels.orders_sum": ("orders so far", "Orders of these customers so far, in all channels."),
    "channels.orders_mean": ("orders so far, mean", "Mean number of orders per customer so far."),
    "channels.spend_sum": (
        "spent so far",
        "Money these customers have spent so far, in all channels.",
    ),
    "channels.spend_mean": ("spent so far, mean", "Mean money spent per customer so far."),
    "campaigns.rule": ("rule", "Whom the campaign is for, in words."),
    "campaigns.expected_purchases": (
        "expected purchases",
        "Purchases expected of these customers over the horizon.",
    ),
    "campaigns.expected_revenue": (
        "revenue expected without the campaign",
        (
            "Revenue expected of these customers over the longest horizon, without the"
            " campaign; discounted."
        ),
    ),
    "campaigns.discount": ("discount", "Discount of the campaign as a share of the price."),
    "campaigns.revenue_after_discount": (
        "revenue without the campaign, less the discount",
        ("Revenue expected without the campaign, if every one of its purchases has the discount."),
    ),
    "campaigns.margin": ("margin", "Margin as a share of the full price."),
    "campaigns.expected_margin": (
        "expected margin",
        "What is left of the expected revenue after discount and goods.",
    ),
    "campaigns.file": ("file", "File with the ids."),
    "totals.horizon": ("horizon", "How far the forecast looks ahead."),
    "totals.length": ("length", "Length of the horizon."),
    "totals.revenue": ("expected revenue", "Revenue expected over the horizon, discounted."),
}
