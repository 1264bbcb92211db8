"""Boundaries of the check for selected samples."""

import numpy as np
import pandas as pd
import pytest

from tenure.summary.sample_selection import find_selection

CUSTOMERS = 100
ONCE = np.ones(CUSTOMERS)


def dates(earlier: int) -> tuple[pd.Series, pd.Series]:
    """First and last orders; `earlier` customers began before the earliest last order."""
    last = pd.Series(pd.date_range("2020-06-01", periods=CUSTOMERS))
    first = last.copy()
    first.iloc[CUSTOMERS - earlier :] = pd.Timestamp("2020-01-01")
    return first, last


@pytest.mark.parametrize(("earlier", "selected"), [(0, False), (9, False), (10, True), (11, True)])
def test_a_tenth_who_began_before_every_last_order_is_a_selection(earlier, selected):
    found = find_selection(*dates(earlier), ONCE, [])
    expected = {
        "customers": CUSTOMERS,
        "last_since": "2020-06-01",
        "last_within_days": CUSTOMERS - 1,
        "began_before": earlier,
    }
    assert found == (expected if selected else None)


@pytest.mark.parametrize(
    ("least", "selected"),
    [([1.0, 1.0], True), ([0.0, 1.0], False), ([1.0, 0.0], False), ([1.0], False)],
)
def test_orders_in_every_column_are_a_selection(least, selected):
    parts = [np.r_[fewest, np.full(CUSTOMERS - 1, 3.0)] for fewest in least]
    found = find_selection(*dates(0), ONCE, parts)
    assert found == ({"customers": CUSTOMERS, "every_part": True} if selected else None)


@pytest.mark.parametrize(("customers", "selected"), [(19, False), (20, True)])
def test_patterns_count_from_twenty_customers(customers, selected):
    first, last = (column.head(customers) for column in dates(0))
    found = find_selection(first, last, np.full(customers, 2.0), [])
    assert found == ({"customers": customers, "min_orders": 2} if selected else None)
