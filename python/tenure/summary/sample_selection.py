"""Signs that a table of customers was selected by their purchases.

Purchase models take the customers to be everyone who ever bought. A table that holds only repeat
customers, or only those seen lately, makes them look more loyal than they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["find_selection", "selection_message"]

MINIMUM_CUSTOMERS = 20
"""Below this many customers a pattern is too easily chance to be called a selection."""

EARLIER_SHARE = 0.1
"""Share of customers with a first order before everybody's last that makes it a selection."""


def find_selection(
    first: pd.Series[Any],
    last: pd.Series[Any],
    orders: NDArray[np.float64],
    parts: Sequence[NDArray[np.float64]],
) -> dict[str, Any] | None:
    """Find what every customer of a table has in common that customers in general have not.

    Parameters
    ----------
    first, last : Series of datetime64
        Dates of the first and last orders.
    orders : ndarray, shape (n,)
        Orders of each customer.
    parts : sequence of ndarray, shape (n,)
        The order columns these were added up from.

    Returns
    -------
    dict or None
        None where nothing is seen. Else ``customers`` and, where they apply: ``min_orders`` (the
        fewest orders, when 2 or more), ``every_part`` (everyone ordered in every column),
        ``last_since`` (no last order is before this day), ``last_within_days`` (from that day
        to the latest order) and ``began_before`` (customers whose first order is before it).

    Examples
    --------
    >>> dates = pd.Series(pd.date_range("2020-01-01", periods=30))
    >>> find_selection(dates, dates, np.full(30, 2.0), [])["min_orders"]
    2
    """
    if len(orders) < MINIMUM_CUSTOMERS:
        return None
    found: dict[str, Any] = {}
    fewest = orders.min()
    if fewest >= 2:
        found["min_orders"] = int(min(fewest, 2**53))
    if len(parts) > 1 and all(part.min() >= 1 for part in parts):
        found["every_part"] = True
    # Left alone, some of the earliest customers never come back: their last order is as early.
    since = last.min()
    before = int(np.count_nonzero((first < since).to_numpy()))
    if before >= EARLIER_SHARE * len(orders):
        found["last_since"] = f"{since:%Y-%m-%d}"
        found["last_within_days"] = int((last.max() - since).days)
        found["began_before"] = before
    return {"customers": len(orders), **found} if found else None


def selection_message(selected: dict[str, Any]) -> str:
    """Put a selection into plain words: what is seen, what it does to the numbers, what to do.

    Parameters
    ----------
    selected : dict
        As :func:`find_selection` returns.

    Returns
    -------
    str
        Three or four sentences.

    Examples
    --------
    >>> selection_message({"customers": 30, "min_orders": 2})[:51]
    'This table holds a selection of customers: all 30 h'
    """
    n = selected["customers"]
    seen = []
    if "min_orders" in selected:
        seen.append(f"all {n:,} have {selected['min_orders']} or more orders")
    if selected.get("every_part"):
        seen.append("all of them ordered in every one of the order columns")
    if "last_since" in selected:
        began = selected["began_before"]
        seen.append(
            f"no last order is earlier than {selected['last_since']} (within "
            f"{selected['last_within_days']} days of the latest), though {began:,} "
            f"({began / n:.0%}) had ordered before that day"
        )
    return (
        f"This table holds a selection of customers: {'; '.join(seen)}. Purchase models assume "
        "everyone who ever bought, so those who bought once or became inactive are missing, and "
        "the model cannot learn that customers drop out."
    )
