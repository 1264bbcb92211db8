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
from tenure.io.arrow import TEXT

__all__ = [
    "NO_CUSTOMER", "EngineIds", "engine_ids", "engine_labels", "text_buffers", "whole_numbers",
]  # fmt: skip

NO_CUSTOMER = np.iinfo(np.uint32).max
"""The code of rows without a customer."""

_LAYOUTS = {
    "string": "large_string",
    "large_string": "large_string",
    "binary": "large_binary",
    "large_binary": "large_binary",
    "fixed_size_binary": None,
}
"""Arrow's types of text and bytes, and how the engine reads them: of one length as they lie."""

_Text = tuple[NDArray[np.uint8], NDArray[np.int64], "NDArray[np.bool_] | None"]


@dataclass(frozen=True)
class EngineIds:
    """A column of ids as the engine takes it, and the way back from its answer."""

    column: NDArray[np.uint32] | NDArray[np.int64] | _Text
    """Codes, whole numbers, or text as Arrow lays it out."""
    labels: Callable[[Any], pd.Index[Any]]
    """Turns the engine's answer into the ids that it is about."""
    n_customers: int | None = None
    """How many codes there are."""
    unsigned: bool = False
    """Whether whole numbers have no sign."""


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
        column = text_buffers(ids) if whole is None else whole
        if column is not None:
            unsigned = getattr(dtype, "kind", "") == "u"
            return EngineIds(column, lambda found: engine_labels(found, dtype), None, unsigned)
    if isinstance(dtype, pd.CategoricalDtype):
        codes = ids.cat.codes.to_numpy()
        each = np.arange(len(dtype.categories))
        uniques: pd.Index[Any] = pd.Index(pd.Categorical.from_codes(each, dtype=dtype))
    else:
        codes, uniques = _factorize(ids)
    return EngineIds(
        _as_codes(codes),
        lambda found: uniques.take(found["customers"].astype(np.int64)),
        len(uniques),
    )


def engine_labels(found: Any, dtype: Any) -> pd.Index[Any]:
    """Return the ids that an answer of the engine is about, where they are numbers or text.

    Parameters
    ----------
    found : dict
        The answer, with ``values`` or with ``bytes`` and ``offsets``.
    dtype : dtype
        The column's.

    Returns
    -------
    pandas.Index
    """
    ids: Any
    if "values" in found:
        ids = found["values"]
        if dtype.kind == "u":
            ids = ids.view(np.uint64)
        numpy_like = isinstance(dtype, np.dtype)
        ids = ids.astype(dtype, copy=False) if numpy_like else pd.array(ids, dtype=dtype)
    else:
        ids = _text(found["bytes"], found["offsets"], dtype)
    index: pd.Index[Any] = pd.Index(ids, dtype=dtype, copy=False)
    return index


def _text(data: NDArray[np.uint8], offsets: NDArray[np.int64], dtype: Any) -> Any:
    import pyarrow as pa

    native = getattr(dtype, "pyarrow_dtype", None)
    if native is not None and pa.types.is_fixed_size_binary(native):
        found = pa.Array.from_buffers(native, len(offsets) - 1, [None, pa.py_buffer(data)])
        return dtype.__from_arrow__(found)
    layout = pa.large_string() if native is None or "string" in str(native) else pa.large_binary()
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(data)]
    texts = pa.Array.from_buffers(layout, len(offsets) - 1, buffers)
    if pd.api.types.is_object_dtype(dtype):
        return np.array(texts.to_pylist(), dtype=object)
    texts = texts.cast(pa.type_for_alias(TEXT) if native is None else native)
    return dtype.__from_arrow__(pa.chunked_array([texts]))


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
        return None  # half a surrogate pair, say: refused below
    if isinstance(found, pa.ChunkedArray):
        # Putting chunks together copies, even a single one.
        found = found.chunk(0) if found.num_chunks == 1 else found.combine_chunks()
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
            return _in_order(*pd.factorize(ids))
        # pandas 2 takes all texts with half a character for one.
        "".join(value for value in uniques if isinstance(value, str)).encode()
    except (TypeError, UnicodeError) as error:
        raise ColumnError(
            f"column {name!r} holds values that cannot be customer ids ({error}); expected numbers "
            "or text.",
            column=str(name),
            expected="numbers or text",
        ) from None
    return codes, pd.Index(uniques)


def _in_order(
    codes: NDArray[np.integer[Any]], uniques: Any
) -> tuple[NDArray[np.integer[Any]], pd.Index[Any]]:
    """Sort ids that cannot be compared with each other: by type, then by value, else as written."""
    by_type: dict[str, list[int]] = {}
    for place, value in enumerate(uniques):
        by_type.setdefault(type(value).__qualname__, []).append(place)
    order: list[int] = []
    for _, places in sorted(by_type.items()):
        try:
            order += sorted(places, key=lambda place: uniques[place])
        except TypeError:
            order += sorted(places, key=lambda place: repr(uniques[place]))
    rank = np.empty(len(order) + 1, dtype=np.int64)
    rank[order] = np.arange(len(order))
    rank[-1] = -1  # a missing id stays missing
    return rank[codes], pd.Index(uniques, tupleize_cols=False).take(np.array(order, dtype=np.int64))
