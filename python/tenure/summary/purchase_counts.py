"""When customers bought, counted and listed by the engine.

Purchases of a customer within one calendar period are one purchase.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure import _engine
from tenure.summary.engine_input import engine_counts, engine_table

__all__ = ["PurchasePeriods", "TrackedPurchases", "purchase_periods", "track_purchases"]

_Ints = NDArray[np.int64]


@dataclass(frozen=True)
class TrackedPurchases:
    """How many purchases there were, period by period."""

    first: _Ints
    """Customers who bought for the first time."""
    repeated: _Ints
    """Customers who bought again."""
    start: pd.Timestamp | None
    """The first date, which lies in the first period; None where there is none."""
    counts: dict[str, int]
    """Rows ``without_customer`` and ``without_date``, which are left out."""


def track_purchases(
    customers: pd.Series[Any], dates: pd.Series[Any], *, collapse: str, periods: int
) -> TrackedPurchases:
    """Count the first and the repeated purchases in each of some periods from the first date on.

    Parameters
    ----------
    customers, dates, collapse
        As for :func:`tenure.summary.aggregation.aggregate`.
    periods : int
        How many periods to count in.

    Returns
    -------
    TrackedPurchases
    """
    table, _ = engine_table(customers, dates)
    found = _engine.track_purchases(table, collapse=collapse, periods=periods)
    counts = {name: found[name] for name in ("without_customer", "without_date")}
    start = None if found["start"] is None else table.moment(found["start"])
    return TrackedPurchases(found["first"], found["repeated"], start, counts)


@dataclass(frozen=True)
class PurchasePeriods:
    """The periods in which each customer bought, sorted by customer and then by period."""

    customers: pd.Index[Any]
    """The customers."""
    counts: _Ints
    """In how many periods each of them bought."""
    ordinals: _Ints
    """Those periods, customer by customer, as pandas numbers them."""
    rows: _Ints
    """How many rows there are in each."""
    amounts: NDArray[np.float64] | None
    """The money of each: what is left of it where refunds were netted."""
    met: dict[str, int]
    """What was met on the way, by the engine's names."""


def purchase_periods(
    customers: pd.Series[Any],
    dates: pd.Series[Any],
    amounts: NDArray[np.float64] | None = None,
    *,
    collapse: str,
    end: pd.Timestamp | None = None,
    refunds: str = "keep",
) -> PurchasePeriods:
    """List the periods in which customers bought, each once.

    Parameters
    ----------
    customers, dates, amounts, collapse
        As for :func:`tenure.summary.aggregation.aggregate`.
    end : pandas.Timestamp, optional
        Leave out what comes after the period it lies in.
    refunds : {"keep", "drop", "net"}
        What to do with negative amounts; customers without a purchase left are left out.

    Returns
    -------
    PurchasePeriods
    """
    table, (last,) = engine_table(customers, dates, amounts, (end,))
    found = _engine.list_purchases(table, collapse=collapse, end=last, refunds=refunds)
    ordinals = found["periods"]
    if found["start"] is not None:
        ordinals = ordinals + pd.Period(table.moment(found["start"]), freq=collapse).ordinal
    return PurchasePeriods(
        table.customers.labels(found),
        found["counts"],
        ordinals,
        found["rows"],
        found["amounts"],
        engine_counts(found),
    )
