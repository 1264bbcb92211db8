"""English headings and meanings of columns about single customers."""

TEXTS: dict[str, tuple[str, str]] = {
    "forecast.frequency": (
        "repeat purchases",
        (
            "Repeat purchases that the purchase model counts: orders minus one (all orders"
            " with the convention 'total')."
        ),
    ),
    "forecast.recency": (
        "first to last purchase ({periods})",
        (
            "Time from the first to the last purchase, as the purchase model uses it. Not"
            " the time since the last purchase: that is T minus this."
        ),
    ),
    "forecast.T": (
        "since first purchase ({periods})",
        "Time from the first purchase to the analysis date.",
    ),
    "forecast.monetary_value": (
        "average order value",
        (
            "Mean money of the orders that the spending model averages: of all orders,"
            " outliers capped, in a table of totals; of repeat purchases in a table of"
            " transactions."
        ),
    ),
    "forecast.orders": (
        "orders",
        "Orders so far, as the models saw them (outliers capped in totals).",
    ),
    "forecast.spend_count": (
        "orders averaged",
        "Orders that the average order value is the mean of.",
    ),
    "forecast.p_alive": ("P(alive)", "Probability that the customer is still a customer."),
    "forecast.expected_purchases_{horizon}": (
        "expected purchases, {horizon}",
        "Mean number of purchases expected within {horizon}.",
    ),
    "forecast.expected_spend": ("expected order value", "Mean money expected of one purchase."),
    "forecast.clv_{horizon}": (
        "value, {horizon}",
        "Revenue expected within {horizon}, discounted month by month.",
    ),
    "forecast.clv_score": (
        "value score (0–1)",
        "Value over the longest horizon, scaled from 0 (the lowest) to 1 (the highest).",
    ),
    "forecast.clv_z": (
        "value (z)",
        "Value over the longest horizon in standard deviations above the mean.",
    ),
    "forecast.segment": (
        "value segment",
        "Segment by value over the longest horizon, A being the highest.",
    ),
    "rfm.recency": (
        "days since last order",
        "RFM recency: days from the last order to the analysis date.",
    ),
    "rfm.frequency": ("orders so far", "RFM frequency: all orders so far, outliers not capped."),
    "rfm.monetary": ("spent so far", "RFM monetary: all money spent so far, outliers not capped."),
    "rfm.recency_score": (
        "recency score",
        "Score of recency by quantiles; the highest is the most recent.",
    ),
    "rfm.frequency_score": ("frequency score", "Score of the number of orders by quantiles."),
    "rfm.monetary_score": ("monetary score", "Score of the money spent by quantiles."),
    "rfm.RF_SCORE": ("RF score", "Recency score and frequency score, one after the other."),
    "rfm.RFM_SCORE": ("RFM score", "Recency, frequency and monetary score, one after the other."),
    "rfm.segment": ("RFM segment", "Segment by recency score and frequency score."),
    "customers.rfm_segment": ("RFM segment", "Segment by recency score and frequency score."),
    "top_orders.orders_total": ("orders so far", "All orders so far, outliers not capped."),
    "top_orders.spend_total": ("spent so far", "All money spent so far, outliers not capped."),
    "top_orders.value_segment": (
        "value segment",
        "Segment by value over the longest horizon, A being the highest.",
    ),
    "moves.previous": (
        "segment before",
        "Value segment in the earlier run; empty for new customers.",
    ),
    "moves.current": (
        "segment now",
        "Value segment in this run; empty for customers who are gone.",
    ),
    "moves.steps": ("segments risen", "Segments risen; negative for segments fallen."),
    "moves.change": ("change", "What happened: risen, fallen, same, new or gone."),
    "movement.{any}": ("now: {any}", "Customers who are in segment {any} in this run."),
    "campaigns.campaign": ("campaign", "The campaign's name."),
}
