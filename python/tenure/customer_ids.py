"""Customers' ids on their way to the engine, and back from its answer.

Whole numbers go as they are, text as Arrow lays it out; the engine numbers both. Everything else is
numbered here.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.exceptions import ColumnError

__all__ = ["NO_CUSTOMER", "EngineIds", "engine_ids", "text_buffers", "whole_numbers"]

NO_CUSTOMER = np.iinfo(np.uint32).max
"""The code of rows without a customer."""

_SMALL_RANGE = 1 << 16

_LAYOUTS = {
    "string": "large_string",
    "large_string": "large_string",
    "binary": "large_binary",
    "large_binary": "large_binary",
    "fixed_size_binary": None,
}
"""Arrow's types of text and bytes, and how the engine reads them: of one length as they lie."""

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
    if len(ids) and len(ids) < NO_CUSTOMER:
        whole = whole_numbers(ids)
        if whole is not None:
            return _whole(ids, whole)
        text = text_buffers(ids)
        if text is not None:
            return EngineIds(text, lambda rows: _taken(ids, rows))
    if isinstance(dtype, pd.CategoricalDtype):
        return EngineIds(
            _as_codes(ids.cat.codes.to_numpy()), _categories(dtype), len(dtype.categories)
        )
    found, uniques = _factorize(ids)
    return EngineIds(_as_codes(found), uniques.take, len(uniques))


def _categories(dtype: pd.CategoricalDtype) -> _Labels:
    def labels(kept: NDArray[np.uint32]) -> pd.Index[Any]:
        return pd.Index(pd.Categorical.from_codes(kept.astype(np.int64), dtype=dtype))

    return labels


def whole_numbers(ids: pd.Series[Any]) -> NDArray[np.int64] | None:
    """Return whole numbers as int64 (64 unsigned bits as they are), None where ids are none."""
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
    if n > max(4 * len(values), _SMALL_RANGE) or n >= NO_CUSTOMER:
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
    """Return text or bytes as Arrow lays them out: data, offsets, and a mask of those missing.

    Large Arrow-backed columns are not copied. None where `ids` holds anything else, or pyarrow is
    not installed.
    """
    dtype = ids.dtype
    kind = "string"
    is_text = isinstance(dtype, pd.StringDtype)
    if not is_text:
        if isinstance(dtype, pd.ArrowDtype):
            kind = str(dtype.pyarrow_dtype)
            is_text = kind.startswith(tuple(_LAYOUTS))
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
            found = native.__arrow_array__()
            layout = next(_LAYOUTS[name] for name in _LAYOUTS if kind.startswith(name))
            found = found if layout is None else found.cast(pa.type_for_alias(layout))
    except (pa.ArrowException, UnicodeError, TypeError, ValueError):
        return None  # half a surrogate pair, say: pandas tells such texts apart
    if isinstance(found, pa.ChunkedArray):
        found = found.combine_chunks()
        if isinstance(found, pa.ChunkedArray):
            return None
    start, end = found.offset, found.offset + len(found) + 1
    if pa.types.is_fixed_size_binary(found.type):
        _, data = found.buffers()
        ends = np.arange(start, end, dtype=np.int64) * found.type.byte_width
    else:
        _, offsets, data = found.buffers()
        ends = np.frombuffer(offsets, dtype=np.int64)[start:end]
    return (
        np.frombuffer(data if data is not None else b"", dtype=np.uint8),
        np.require(ends, requirements=["C", "A"]),
        np.asarray(found.is_valid()) if found.null_count else None,
    )


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
