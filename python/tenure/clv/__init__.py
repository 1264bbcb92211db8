"""Customer lifetime value: forecasts by customer, and P(alive) over time."""
