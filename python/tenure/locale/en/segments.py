"""English labels of the RFM segments."""

TEXTS: dict[str, str] = {
    "champions": "Champions",
    "loyal_customers": "Loyal customers",
    "potential_loyalists": "Potential loyalists",
    "new_customers": "New customers",
    "promising": "Promising",
    "need_attention": "Need attention",
    "about_to_sleep": "About to sleep",
    "cant_lose": "Can't lose",
    "at_risk": "At risk",
    "hibernating": "Hibernating",
}
