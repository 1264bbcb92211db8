"""A table of transactions on its way to the engine: ids become codes, dates become ticks.

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
from tenure.bad_rows import row_error
from tenure.exceptions import ColumnError, DataError, EmptyDataError

__all__ = ["Aggregate", "PurchasePeriods", "aggregate", "purchase_periods"]

_TICKS_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_NO_CUSTOMER = np.iinfo(np.uint32).max
_SMALL_RANGE = 1 << 16


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
) -> Aggregate:
    """Summarise transactions by customer in the engine.

    Parameters
    ----------
    customers : pandas.Series
        Ids of any type; rows without one are left out and counted.
    dates : pandas.Series
        Naive datetime64; rows with NaT are left out and counted.
    amounts : ndarray of float64, optional
        Finite amounts.
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
    codes, n_customers, labels = _encode(customers)
    values = np.ascontiguousarray(dates.to_numpy())
    unit = np.datetime_data(values.dtype)[0]
    ticks = _TICKS_PER_SECOND[unit]
    result = _engine.summarize_transactions(
        codes,
        values.view(np.int64),
        amounts,
        n_customers=n_customers,
        ticks_per_second=ticks,
        collapse=collapse,
        unit=unit_seconds * ticks,
        multiplier=multiplier,
        end=None if end is None else _ticks(end, unit),
        whole_period=whole_period,
        refunds=refunds,
        include_first=include_first,
    )
    counts = {name: value for name, value in result.items() if isinstance(value, int)}
    del counts["end"]
    if not result["customers"].size:
        raise EmptyDataError(_nothing_left(len(customers), counts, end))
    columns = {name: result[name] for name in ("frequency", "recency", "T")}
    money = result["monetary_value"]
    if money is not None:
        columns["monetary_value"] = money
    index = labels(result["customers"])
    index.name = customers.name
    if money is not None and not np.isfinite(money.sum()):
        _refuse_overflow(money, index)
    table = pd.DataFrame(columns, index=index, copy=False)
    last: Any = np.array([result["end"]], dtype=np.int64).view(values.dtype)[0]
    return Aggregate(table, pd.Timestamp(last), counts)


@dataclass(frozen=True)
class PurchasePeriods:
    """The periods in which each customer bought, sorted by customer and then by period."""

    customers: pd.Index[Any]
    """Whose period it is."""
    periods: pd.PeriodIndex
    """The period."""
    amounts: NDArray[np.float64] | None
    """Money of the period."""
    first: NDArray[np.bool_]
    """Whether it is the customer's first."""
    rows: NDArray[np.int64]
    """Where it begins among the rows that count, sorted likewise."""


def purchase_periods(
    customers: pd.Series[Any],
    dates: pd.Series[Any],
    amounts: NDArray[np.float64] | None = None,
    *,
    collapse: str,
    last: pd.Period | None = None,
) -> PurchasePeriods:
    """List the periods in which customers bought, each once.

    Parameters
    ----------
    customers, dates, amounts
        As for :func:`aggregate`; rows without a customer or a date are left out.
    collapse : str
        Code of the period.
    last : pandas.Period, optional
        Leave out what comes after it.

    Returns
    -------
    PurchasePeriods
    """
    codes, _, labels = _encode(customers)
    periods = pd.PeriodIndex(dates.dt.to_period(collapse))
    ordinals = periods.asi8
    kept = (codes != _NO_CUSTOMER) & np.logical_not(periods.isna())
    if last is not None:
        kept &= ordinals <= last.ordinal
    order = np.flatnonzero(kept)
    order = order[np.lexsort((ordinals[order], codes[order]))]
    first = _changes(codes[order])
    starts = np.flatnonzero(first | _changes(ordinals[order]))
    sums = None
    if amounts is not None:
        sums = np.add.reduceat(amounts[order], starts) if len(starts) else amounts[:0]
    chosen = order[starts]
    return PurchasePeriods(
        labels(codes[chosen]), pd.PeriodIndex(periods[chosen]), sums, first[starts], starts
    )


def _changes(values: NDArray[Any]) -> NDArray[np.bool_]:
    """Say where a value differs from the one before it; the first one does."""
    changed = np.ones(len(values), dtype=bool)
    changed[1:] = values[1:] != values[:-1]
    return changed


def _ticks(date: pd.Timestamp, unit: str) -> int:
    return int(date.to_datetime64().astype(f"M8[{unit}]").astype(np.int64))


def _nothing_left(rows: int, counts: dict[str, int], end: pd.Timestamp | None) -> str:
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


_Labels = Callable[[NDArray[np.uint32]], "pd.Index[Any]"]


def _encode(ids: pd.Series[Any]) -> tuple[NDArray[np.uint32], int, _Labels]:
    """Give customers numbers in the order of their ids; the third part turns them back to ids."""
    dtype = ids.dtype
    if isinstance(dtype, np.dtype) and dtype.kind in "iu" and len(ids):
        encoded = _encode_integers(ids.to_numpy())
        if encoded is not None:
            return encoded
    if isinstance(dtype, pd.CategoricalDtype):
        codes = _as_codes(ids.cat.codes.to_numpy())
        return (
            codes,
            len(dtype.categories),
            lambda kept: pd.Index(pd.Categorical.from_codes(kept.astype(np.int64), dtype=dtype)),
        )
    found, uniques = _factorize(ids)
    return _as_codes(found), len(uniques), uniques.take


def _encode_integers(
    values: NDArray[np.integer[Any]],
) -> tuple[NDArray[np.uint32], int, _Labels] | None:
    """Give integer ids numbers by subtraction, where they lie close enough together."""
    low, high = int(values.min()), int(values.max())
    n = high - low + 1
    if n > max(4 * len(values), _SMALL_RANGE) or n >= _NO_CUSTOMER:
        return None
    # Modulo 2⁶⁴ the difference is right for every integer type, whatever its sign and width.
    base = np.uint64(low % 2**64)
    codes = (values.astype(np.uint64, copy=False) - base).astype(np.uint32)

    def labels(kept: NDArray[np.uint32]) -> pd.Index[Any]:
        ids: pd.Index[Any] = pd.Index((kept.astype(np.uint64) + base).astype(values.dtype))
        return ids

    return codes, n, labels


def _as_codes(codes: NDArray[np.integer[Any]]) -> NDArray[np.uint32]:
    # −1 marks a missing id; as an unsigned number it is the engine's mark for one.
    return codes.astype(np.int64, copy=False).astype(np.uint32)


def _factorize(ids: pd.Series[Any]) -> tuple[NDArray[np.integer[Any]], pd.Index[Any]]:
    name: Hashable = ids.name
    try:
        try:
            codes, uniques = pd.factorize(ids, sort=True)
        except TypeError:
            # Ids that cannot be compared keep the order in which they come.
            codes, uniques = pd.factorize(ids)
    except TypeError as error:
        raise ColumnError(
            f"column {name!r} holds values that cannot be customer ids ({error}); expected numbers "
            "or text.",
            column=str(name),
            expected="numbers or text",
        ) from None
    return codes, pd.Index(uniques)
