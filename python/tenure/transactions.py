"""A table of transactions on its way to the engine, and the summary on its way back.

:func:`tenure.summarize` and lifetimes' ``summary_data_from_transaction_data`` are two faces of
:func:`aggregate`.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure import _engine
from tenure.bad_rows import row_error
from tenure.exceptions import ColumnError, DataError, EmptyDataError

__all__ = [
    "Aggregate",
    "EngineIds",
    "PurchasePeriods",
    "SplitAggregate",
    "aggregate",
    "aggregate_split",
    "engine_ids",
    "purchase_periods",
]

TICKS_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
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
    ids = engine_ids(customers)
    values = np.ascontiguousarray(dates.to_numpy())
    unit = np.datetime_data(values.dtype)[0]
    result = _engine.summarize_transactions(
        ids.column,
        values.view(np.int64),
        amounts,
        n_customers=ids.n_customers,
        low=ids.low,
        ticks_per_second=TICKS_PER_SECOND[unit],
        collapse=collapse,
        unit=unit_seconds,
        multiplier=multiplier,
        end=None if end is None else _ticks(end, unit),
        whole_period=whole_period,
        refunds=refunds,
        include_first=include_first,
    )
    counts = engine_counts(result)
    if not result["customers"].size:
        raise EmptyDataError(nothing_left(len(customers), counts, end))
    index = ids.labels(result["customers"])
    index.name = customers.name
    return Aggregate(summary_table(result, index), _moment(result["end"], values), counts)


@dataclass(frozen=True)
class SplitAggregate:
    """A calibration summary, and what its customers bought afterwards."""

    calibration: Aggregate
    """The summary up to the split."""
    frequency: NDArray[np.float64]
    """Purchases after it, one number a customer of the calibration."""
    monetary_value: NDArray[np.float64] | None
    """Their mean money, 0 without any."""
    end: pd.Timestamp
    """Start of the period in which the holdout ends."""
    counts: dict[str, int]
    """What was met on the way, in both parts."""


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
    ids = engine_ids(customers)
    values = np.ascontiguousarray(dates.to_numpy())
    unit = np.datetime_data(values.dtype)[0]
    result = _engine.summarize_transactions(
        ids.column,
        values.view(np.int64),
        amounts,
        n_customers=ids.n_customers,
        low=ids.low,
        ticks_per_second=TICKS_PER_SECOND[unit],
        collapse=collapse,
        unit=unit_seconds,
        multiplier=multiplier,
        end=_ticks(end, unit),
        split=_ticks(split, unit),
        whole_period=True,
        refunds="keep",
        include_first=include_first,
    )
    after = result["holdout"]
    if not result["customers"].size or not after["customers"]:
        return None
    index = ids.labels(result["customers"])
    index.name = customers.name
    money = result["monetary_value_holdout"]
    if money is not None and not np.isfinite(money.sum()):
        _refuse_overflow(money, index)
    before = engine_counts(result)
    calibration = Aggregate(summary_table(result, index), _moment(result["end"], values), before)
    counts = {name: n + after[name] for name, n in before.items()}  # type: ignore[literal-required]
    return SplitAggregate(
        calibration, result["frequency_holdout"], money, _moment(after["end"], values), counts
    )


_COUNTS = (
    "without_customer", "without_date", "after_end", "same_day", "collapsed", "refunds",
    "cancelled", "unmatched_refunds", "zero_amounts", "without_purchase",
)  # fmt: skip


def engine_counts(result: Any) -> dict[str, int]:
    """Return what the engine counted on the way."""
    return {name: result[name] for name in _COUNTS}


def summary_table(result: Any, index: pd.Index[Any]) -> pd.DataFrame:
    """Make a table of what the engine found, or say whose totals are too large for a number."""
    columns = {name: result[name] for name in ("frequency", "recency", "T")}
    money = result["monetary_value"]
    if money is not None:
        columns["monetary_value"] = money
        if not np.isfinite(money.sum()):
            _refuse_overflow(money, index)
    return pd.DataFrame(columns, index=index, copy=False)


def _moment(ticks: int, values: NDArray[Any]) -> pd.Timestamp:
    last: Any = np.array([ticks], dtype=np.int64).view(values.dtype)[0]
    return pd.Timestamp(last)


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
    codes, labels = _codes(customers)
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


_Labels = Callable[[NDArray[np.uint32]], "pd.Index[Any]"]
_Text = tuple[NDArray[np.uint8], NDArray[np.int64], "NDArray[np.bool_] | None"]


@dataclass(frozen=True)
class EngineIds:
    """A column of ids as the engine takes it, and the way back from its answer."""

    column: NDArray[np.uint32] | NDArray[np.int64] | _Text
    """Codes, whole numbers, or text as Arrow lays it out."""
    labels: _Labels
    """Turns what the engine says of customers (codes or rows) into ids."""
    n_customers: int | None = None
    """How many codes or neighbouring whole numbers there are."""
    low: int = 0
    """The smallest whole number."""


def engine_ids(ids: pd.Series[Any]) -> EngineIds:
    """Prepare a column of ids for the engine, without an object a row where that is possible.

    Parameters
    ----------
    ids : pandas.Series
        Numbers, text or anything else that pandas can tell apart.

    Returns
    -------
    EngineIds
    """
    dtype = ids.dtype
    if len(ids) and len(ids) < _NO_CUSTOMER:
        whole = whole_numbers(ids)
        if whole is not None:
            return _whole(ids, whole)
        text = text_buffers(ids)
        if text is not None:
            return EngineIds(text, lambda rows: _taken(ids, rows))
    if isinstance(dtype, pd.CategoricalDtype):
        codes, labels = _codes(ids)
        return EngineIds(codes, labels, len(dtype.categories))
    found, uniques = _factorize(ids)
    return EngineIds(_as_codes(found), uniques.take, len(uniques))


def whole_numbers(ids: pd.Series[Any]) -> NDArray[np.int64] | None:
    """Return whole numbers as int64 (unsigned ones by their bits), None where they are not."""
    dtype = ids.dtype
    kind = getattr(dtype, "kind", "O")
    if kind not in "iu" or isinstance(dtype, pd.CategoricalDtype):
        return None
    if not isinstance(dtype, np.dtype):
        if ids.hasnans:
            return None
        values = ids.to_numpy(dtype=np.uint64 if kind == "u" else np.int64)
    else:
        values = ids.to_numpy()
    if values.dtype == np.uint64:
        return np.ascontiguousarray(values).view(np.int64)
    return np.ascontiguousarray(values, dtype=np.int64)


def _whole(ids: pd.Series[Any], values: NDArray[np.int64]) -> EngineIds:
    """Tell by subtraction which customer it is, where ids lie close enough together."""
    unsigned: Any = values.view(np.uint64) if getattr(ids.dtype, "kind", "") == "u" else values
    low, high = int(unsigned.min()), int(unsigned.max())
    n = high - low + 1
    # Modulo 2⁶⁴ the difference is right for unsigned numbers too.
    low = low - 2**64 if low >= 2**63 else low
    if n > max(4 * len(values), _SMALL_RANGE) or n >= _NO_CUSTOMER:
        return EngineIds(values, lambda rows: _taken(ids, rows), None, low)

    def labels(kept: NDArray[np.uint32]) -> pd.Index[Any]:
        dtype: Any = ids.dtype
        found: Any = kept.astype(np.uint64) + np.uint64(low % 2**64)
        if dtype.kind == "i":
            found = found.view(np.int64)
        index: pd.Index[Any] = pd.Index(pd.array(found, dtype=dtype), dtype=dtype)
        return index

    return EngineIds(values, labels, n, low)


def _taken(ids: pd.Series[Any], rows: NDArray[np.uint32]) -> pd.Index[Any]:
    found = ids.array.take(rows.astype(np.int64))
    index: pd.Index[Any] = pd.Index(found, dtype=ids.dtype)
    return index


def text_buffers(ids: pd.Series[Any]) -> _Text | None:
    """Return text as Arrow lays it out: bytes, offsets, and a mask where some are missing.

    Arrow-backed columns are not copied. None where `ids` holds anything but text, or pyarrow is
    not installed.
    """
    dtype = ids.dtype
    is_text = isinstance(dtype, pd.StringDtype)
    if not is_text:
        if isinstance(dtype, pd.ArrowDtype):
            is_text = "string" in str(dtype) and "dictionary" not in str(dtype)
        elif pd.api.types.is_object_dtype(dtype):
            is_text = pd.api.types.infer_dtype(ids, skipna=True) == "string"
    if not is_text or importlib.util.find_spec("pyarrow") is None:
        return None
    import pyarrow as pa

    try:
        if pd.api.types.is_object_dtype(dtype):
            found = pa.array(ids.to_numpy(), type=pa.large_string(), from_pandas=True)
        else:
            native: Any = ids.array
            found = native.__arrow_array__().cast(pa.large_string())
    except (pa.ArrowException, UnicodeError, TypeError, ValueError):
        return None  # half a surrogate pair, say: pandas tells such texts apart
    if isinstance(found, pa.ChunkedArray):
        found = found.combine_chunks()
        if isinstance(found, pa.ChunkedArray):
            return None
    _, offsets, data = found.buffers()
    start, end = found.offset, found.offset + len(found) + 1
    return (
        np.frombuffer(data if data is not None else b"", dtype=np.uint8),
        np.require(np.frombuffer(offsets, dtype=np.int64)[start:end], requirements=["C", "A"]),
        np.asarray(found.is_valid()) if found.null_count else None,
    )


def _codes(ids: pd.Series[Any]) -> tuple[NDArray[np.uint32], _Labels]:
    """Give customers numbers in the order of their ids; the second part turns them back to ids."""
    dtype = ids.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return _as_codes(ids.cat.codes.to_numpy()), lambda kept: pd.Index(
            pd.Categorical.from_codes(kept.astype(np.int64), dtype=dtype)
        )
    whole = whole_numbers(ids) if len(ids) else None
    if whole is not None:
        found = _whole(ids, whole)
        if found.n_customers is not None:
            return (whole - np.int64(found.low)).astype(np.uint32), found.labels
    codes, uniques = _factorize(ids)
    return _as_codes(codes), uniques.take


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
