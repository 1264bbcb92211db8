"""Purchases of an invented shop, the same under every version of numpy."""

import numpy as np
import pandas as pd


def sales(customers=300, seed=7):
    """One row an order line, as retailers export them."""
    random = np.random.RandomState(seed)
    start, end = pd.Timestamp("2010-12-01"), pd.Timestamp("2011-12-09")
    rows = []
    for number in range(customers):
        customer = f"C{number:04d}"
        country = ("United Kingdom", "Germany", "France")[number % 3]
        rate, leaves = random.gamma(1.2, 1 / 40.0), random.beta(1.0, 4.0)
        mean = 20 * random.gamma(4.0, 0.5)
        day = start + pd.Timedelta(days=int(random.randint(0, 250)))
        while day <= end:
            for _ in range(random.randint(1, 3)):
                price = round(mean * random.gamma(6.0, 1 / 6.0), 2) + 0.01
                rows.append((customer, country, day, price))
            if random.rand() < leaves:
                break
            day += pd.Timedelta(days=1 + int(random.exponential(1 / rate)))
    return pd.DataFrame(rows, columns=["CustomerID", "Country", "InvoiceDate", "Amount"])
