"""Columns of Arrow's types that pandas cannot take as they are, without an object a cell."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["TEXT", "decimal_floats", "is_decimal", "pandas_type", "plain_columns", "plain_table"]

_OLD = tuple(map(int, pd.__version__.split(".")[:2])) < (2, 2)

TEXT = "string" if _OLD else "large_string"
"""Arrow's layout of text in pandas' own type of text."""

_PLAIN = {"string_view": TEXT, "binary_view": "large_binary"}
"""Types that pandas does not know, and those that hold the same."""
if _OLD:
    _PLAIN["large_string"] = TEXT

_EXACT = 2**53
_POWERS = 22
"""Whole numbers, and powers of ten, up to which float64 holds every one."""


def plain_table(table: Any) -> Any:
    """Return a PyArrow table without what pandas does not know: views, UUIDs, short decimals."""
    import pyarrow as pa

    schema = table.schema
    fields = [field.with_type(_plain(field.type)) for field in schema]
    if all(new.type == old.type for new, old in zip(fields, schema, strict=True)):
        return table
    columns = [
        column.cast(field.type) if column.type != field.type else column
        for column, field in zip(table.columns, fields, strict=True)
    ]
    metadata = _without_views(schema.metadata)
    return pa.Table.from_arrays(columns, schema=pa.schema(fields, metadata=metadata))


def _plain(kind: Any) -> Any:
    import pyarrow as pa

    if getattr(kind, "extension_name", None) == "arrow.uuid":
        return kind.storage_type
    if pa.types.is_decimal(kind) and kind.bit_width < 128:
        return pa.decimal128(kind.precision, kind.scale)
    name = _PLAIN.get(str(kind))
    return kind if name is None else pa.type_for_alias(name)


def _without_views(metadata: Any) -> Any:
    """Name the types that are left in what pandas has noted in a schema."""
    if not metadata or b"pandas" not in metadata:
        return metadata
    noted = json.loads(metadata[b"pandas"])
    for column in noted.get("columns", ()):
        for view, plain in _PLAIN.items():
            column["numpy_type"] = str(column.get("numpy_type")).replace(view, plain)
    return {**metadata, b"pandas": json.dumps(noted).encode()}


def plain_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a pandas table without what pandas holds but cannot work with.

    These are views of Arrow, and numbers in the byte order of another machine.
    """
    foreign = [
        position
        for position, dtype in enumerate(frame.dtypes)
        if isinstance(dtype, np.dtype) and not dtype.isnative
    ]
    if foreign:
        frame = frame.copy(deep=False)
        for position in foreign:
            values = frame.iloc[:, position].to_numpy()
            frame.isetitem(position, values.astype(values.dtype.newbyteorder("=")))
    views = {
        position: dtype
        for position, dtype in enumerate(frame.dtypes)
        if isinstance(dtype, pd.ArrowDtype) and str(dtype.pyarrow_dtype) in _PLAIN
    }
    if not views:
        return frame
    result: pd.DataFrame = frame.copy(deep=False)
    for position, dtype in views.items():
        native: Any = frame.iloc[:, position].array
        cells = native.__arrow_array__().cast(_plain(dtype.pyarrow_dtype))
        result.isetitem(position, pd.arrays.ArrowExtensionArray(cells))
    return result


def pandas_type(kind: Any) -> Any:
    """Return the pandas type of an Arrow type whose cells would else become objects, or None."""
    import pyarrow as pa

    types = pa.types
    binary = (
        types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind)
    )
    return pd.ArrowDtype(kind) if binary or types.is_decimal(kind) else None


def is_decimal(dtype: Any) -> bool:
    """Tell whether a column holds Arrow's decimals."""
    return isinstance(dtype, pd.ArrowDtype) and str(dtype.pyarrow_dtype).startswith("decimal")


def decimal_floats(column: pd.Series[Any]) -> NDArray[np.float64]:
    """Return a column of Arrow's decimals as the nearest float64, NaN where one is missing.

    Arrow's own cast multiplies by a power of ten that float64 does not hold, and is wrong in the
    last bit of every third number.
    """
    import pyarrow as pa

    native: Any = column.array
    cells = native.__arrow_array__()
    chunks = cells.chunks if isinstance(cells, pa.ChunkedArray) else [cells]
    parts = [_quotients(chunk) for chunk in chunks if len(chunk)] or [np.empty(0)]
    return np.concatenate(parts) if len(parts) > 1 else parts[0]


def _quotients(cells: Any) -> NDArray[np.float64]:
    import pyarrow as pa

    scale = cells.type.scale
    if pa.types.is_decimal128(cells.type) and 0 <= scale <= _POWERS:
        start, stop = 2 * cells.offset, 2 * (cells.offset + len(cells))
        low, high = np.frombuffer(cells.buffers()[1], np.int64)[start:stop].reshape(-1, 2).T
        missing = np.asarray(cells.is_null()) if cells.null_count else None
        if missing is not None:
            low, high = np.where(missing, 0, low), np.where(missing, 0, high)
        # With both exact, one division rounds once.
        if (high == low >> 63).all() and low.min() >= -_EXACT and low.max() <= _EXACT:
            found: NDArray[np.float64] = low / 10.0**scale
            if missing is not None:
                found[missing] = np.nan
            return found
    text = cells.cast(pa.string()).cast(pa.float64())
    return np.asarray(text.to_numpy(zero_copy_only=False), dtype=np.float64)
