"""Tables of purchases for the engine, and the data quality that it reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.summary.ids import EngineIds, engine_ids

__all__ = ["EngineTable", "engine_counts", "engine_table"]

_TICKS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


@dataclass(frozen=True)
class EngineTable:
    """Columns of purchases, one row each; the engine reads the fields by their names."""

    customers: EngineIds
    """Whose each purchase is."""
    times: NDArray[np.int64]
    """When it was, counted in ticks since 1970; the smallest number where that is missing."""
    ticks_per_second: int
    """How many of them a second has."""
    amounts: NDArray[np.float64] | None = None
    """Its money."""

    def moment(self, ticks: int) -> pd.Timestamp:
        """Return the moment that so many ticks since 1970 are."""
        unit = next(name for name, count in _TICKS.items() if count == self.ticks_per_second)
        at: Any = np.array([ticks], dtype=np.int64).view(f"M8[{unit}]")[0]
        return pd.Timestamp(at)


def engine_table(
    customers: pd.Series[Any] | EngineIds,
    dates: pd.Series[Any],
    amounts: NDArray[np.float64] | None = None,
    moments: tuple[pd.Timestamp | None, ...] = (),
) -> tuple[EngineTable, list[int | None]]:
    """Lay out a table for the engine.

    Parameters
    ----------
    customers : pandas.Series or EngineIds
        Ids of any type.
    dates : pandas.Series
        Naive datetime64.
    amounts : ndarray of float64, optional
        Money.
    moments : tuple of pandas.Timestamp
        Other times that are passed to the engine.

    Returns
    -------
    EngineTable
        Times count in the unit of the dates, or in seconds where a moment lies beyond what that can
        count.
    list of int
        The moments, counted alike.
    """
    values = np.ascontiguousarray(dates.to_numpy())
    unit: Any = np.datetime_data(values.dtype)[0]
    try:
        ticks = [None if at is None else _ticks(at, unit) for at in moments]
    except pd.errors.OutOfBoundsDatetime:
        unit, values = "s", values.astype("M8[s]")
        ticks = [None if at is None else _ticks(at, unit) for at in moments]
    ids = customers if isinstance(customers, EngineIds) else engine_ids(customers)
    return EngineTable(ids, values.view(np.int64), _TICKS[unit], amounts), ticks


def _ticks(date: pd.Timestamp, unit: Any) -> int:
    return int(date.as_unit(unit).to_datetime64().astype(np.int64))


_COUNTS = (
    "without_customer", "without_date", "after_end", "same_day", "collapsed", "refunds",
    "cancelled", "unmatched_refunds", "zero_amounts", "without_purchase",
)  # fmt: skip


def engine_counts(found: Any) -> dict[str, int]:
    """Return what the engine counted on the way to an answer."""
    return {name: found[name] for name in _COUNTS}
