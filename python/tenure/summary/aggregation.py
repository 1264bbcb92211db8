"""A table of transactions on its way to the engine, and the summary on its way back.

:func:`tenure.summarize` and lifetimes' ``summary_data_from_transaction_data`` are two faces of
:func:`aggregate`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure import _engine
from tenure.exceptions import DataError, EmptyDataError
from tenure.io.row_errors import row_error
from tenure.summary.engine_input import EngineTable, engine_counts, engine_table

__all__ = [
    "Aggregate",
    "SplitAggregate",
    "aggregate",
    "aggregate_split",
]


@dataclass(frozen=True)
class Aggregate:
    """What the engine made of the transactions."""

    table: pd.DataFrame
    """frequency, recency, T[, monetary_value] by customer, all float64."""
    end: pd.Timestamp
    """Start of the period in which the observation ends."""
    counts: dict[str, int]
    """What was met on the way, by the engine's names."""


def aggregate(
    customers: pd.Series[Any],
    dates: pd.Series[Any],
    amounts: NDArray[np.float64] | None,
    *,
    collapse: str,
    unit_seconds: float,
    multiplier: float = 1.0,
    end: pd.Timestamp | None = None,
    whole_period: bool = False,
    refunds: str = "net",
    include_first: bool = False,
    refuse_gaps: Callable[[], None] | None = None,
) -> Aggregate:
    """Summarise transactions by customer in the engine.

    Parameters
    ----------
    customers : pandas.Series
        Ids of any type; rows without one are left out and counted.
    dates : pandas.Series
        Naive datetime64; rows with NaT are left out and counted.
    amounts : ndarray of float64, optional
        Finite amounts, unless `refuse_gaps` is given.
    collapse : str
        Purchases within one such period are one: ``"s"``, ``"h"``, ``"D"``, ``"W"``, ``"M"``,
        ``"Y"``.
    unit_seconds, multiplier : float
        Recency and T count in `unit_seconds` and are divided by `multiplier`.
    end : pandas.Timestamp, optional
        Last moment of the observation; the last date when not given.
    whole_period : bool
        Whether all of the period in which the observation ends belongs to it.
    refunds : {"net", "drop", "keep"}
        What to do with negative amounts.
    include_first : bool
        Whether frequency and monetary_value include the first purchase.
    refuse_gaps : callable, optional
        Called where a date is missing or an amount is not finite; raises the error.

    Returns
    -------
    Aggregate
        Its table is sorted by customer and its index named like `customers`.

    Raises
    ------
    EmptyDataError
        When no purchase is left.
    DataError
        When amounts are so large that their sum is not finite.
    """
    table, (last,) = engine_table(customers, dates, amounts, (end,))
    result = _engine.summarize_transactions(
        table,
        collapse=collapse,
        unit=unit_seconds,
        multiplier=multiplier,
        end=last,
        whole_period=whole_period,
        refunds=refunds,
        include_first=include_first,
    )
    if refuse_gaps is not None and (result["dateless"] or result["not_finite"]):
        refuse_gaps()
    counts = engine_counts(result)
    if not result["frequency"].size:
        raise EmptyDataError(nothing_left(len(customers), counts, end))
    return _aggregate(result, table, customers.name)


def _aggregate(result: _engine.TransactionSummary, table: EngineTable, name: Hashable) -> Aggregate:
    index = table.customers.labels(result).rename(name)
    end = table.moment(result["end"])
    return Aggregate(summary_table(result, index), end, engine_counts(result))


@dataclass(frozen=True)
class SplitAggregate:
    """A calibration summary, and what its customers bought afterwards."""

    calibration: Aggregate
    """The summary up to the split; its counts are those of both parts."""
    frequency: NDArray[np.float64]
    """Purchases after it, one number a customer of the calibration."""
    monetary_value: NDArray[np.float64] | None
    """Their mean money, 0 without any."""
    end: pd.Timestamp
    """Start of the period in which the holdout ends."""


def aggregate_split(
    customers: pd.Series[Any],
    dates: pd.Series[Any],
    amounts: NDArray[np.float64] | None,
    *,
    collapse: str,
    unit_seconds: float,
    multiplier: float,
    split: pd.Timestamp,
    end: pd.Timestamp,
    include_first: bool,
) -> SplitAggregate | None:
    """Summarise transactions up to `split`, and after it up to `end`.

    Parameters
    ----------
    customers, dates, amounts, collapse, unit_seconds, multiplier, include_first
        As for :func:`aggregate`; refunds are kept, and the periods in which the two parts end
        belong to them. The holdout counts all of its periods.
    split, end : pandas.Timestamp
        Last moments of calibration and holdout.

    Returns
    -------
    SplitAggregate or None
        None where one of the two parts holds no purchase.

    Raises
    ------
    DataError
        When amounts are so large that their sum is not finite.
    """
    table, (last, middle) = engine_table(customers, dates, amounts, (end, split))
    result = _engine.summarize_transactions(
        table,
        collapse=collapse,
        unit=unit_seconds,
        multiplier=multiplier,
        end=last,
        split=middle,
        whole_period=True,
        refunds="keep",
        include_first=include_first,
    )
    after = result["holdout"]
    if not result["frequency"].size or not after["customers"]:
        return None
    calibration = _aggregate(result, table, customers.name)
    money = result["monetary_value_holdout"]
    if money is not None and not np.isfinite(money.sum()):
        _refuse_overflow(money, calibration.table.index)
    return SplitAggregate(
        calibration, result["frequency_holdout"], money, table.moment(after["end"])
    )


def summary_table(result: Any, index: pd.Index[Any]) -> pd.DataFrame:
    """Make a table of what the engine found, or say whose totals are too large for a number."""
    columns = {name: result[name] for name in ("frequency", "recency", "T")}
    money = result["monetary_value"]
    if money is not None:
        columns["monetary_value"] = money
        if not np.isfinite(money.sum()):
            _refuse_overflow(money, index)
    return pd.DataFrame(columns, index=index, copy=False)


def nothing_left(rows: int, counts: dict[str, int], end: pd.Timestamp | None) -> str:
    """Say why no purchase is left."""
    if rows == 0:
        return "the table of transactions has no rows."
    reasons = {
        f"{counts['after_end']:,} lie after the end of the observation ({end})": "after_end",
        f"{counts['without_customer']:,} have no customer": "without_customer",
        f"{counts['without_date']:,} have no date": "without_date",
        f"{counts['refunds']:,} are refunds": "refunds",
    }
    said = "; ".join(text for text, name in reasons.items() if counts[name])
    return f"no purchase is left of the {rows:,} transactions: {said}."


def _refuse_overflow(money: NDArray[np.float64], index: pd.Index[Any]) -> None:
    bad = ~np.isfinite(money)
    if bad.any():
        raise row_error(
            "totals too large for a number",
            column="monetary_value",
            index=index,
            mask=bad,
            values=money,
            expected="amounts whose sum is finite",
            error=DataError,
        )
