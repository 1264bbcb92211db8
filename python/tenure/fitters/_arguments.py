"""Conversion of a model's arguments for the engine, and of its results for the caller.

Vectors come as Series, arrays, lists or numbers, or all together as one table with the standard
columns. The engine wants contiguous 64-bit arrays of one length. An answer goes back in the shape
of the question: a number for numbers, an array for arrays, a Series with the customers' index for
Series and tables; a column of Polars' or Arrow's for theirs.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.exceptions import DataError, UnitError
from tenure.io.arrow import decimal_floats, is_decimal
from tenure.io.dataframes import kind_of
from tenure.io.provenance import provenance
from tenure.io.validation import describe_rows, native_out, require_columns, to_pandas

__all__ = [
    "Batch",
    "FloatArray",
    "Numbers",
    "Prediction",
    "as_float",
    "as_numbers",
    "as_table",
    "gather",
    "period_of",
]

FloatArray: TypeAlias = NDArray[np.float64]
Numbers: TypeAlias = NDArray[np.float64 | np.float32 | np.int64 | np.int32]
"""An array that the engine reads in place."""
Prediction: TypeAlias = "np.float64 | FloatArray | pd.Series[float] | Any"

_SHOWN = 3
_NATIVE = {np.dtype(kind) for kind in (np.float64, np.float32, np.int64, np.int32)}


def as_table(obj: Any) -> pd.DataFrame | None:
    """Return `obj` as a pandas DataFrame if it is a table of any library, else None."""
    if isinstance(obj, pd.DataFrame):
        return obj
    if isinstance(obj, (pd.Series, pd.Index, np.ndarray, list, tuple, float, int)):
        return None
    # Columns stream Arrow's buffers as tables do, but are arrays as well.
    streams = hasattr(obj, "__arrow_c_stream__") and not hasattr(obj, "__array__")
    return to_pandas(obj) if streams or hasattr(type(obj), "columns") else None


def table_columns(table: pd.DataFrame, names: Sequence[str]) -> list[pd.Series[Any]]:
    """Return the named columns of a table, or raise with the names of those missing."""
    require_columns(table, {name: name for name in names})
    return [table[name] for name in names]


def vectors_or_table(
    vectors: dict[str, Any], names: Mapping[str, Sequence[str]]
) -> tuple[dict[str, Any], pd.DataFrame | None]:
    """Return vectors as they are, or the columns of one table in place of all of them.

    Parameters
    ----------
    vectors : dict
        Vector name → what the user passed; the first may be a table, the others then None.
    names : dict
        Vector name → column names it may have in a table, the first one present is taken.

    Returns
    -------
    vectors : dict
    table : DataFrame or None
        The table they come from.
    """
    first, *others = vectors.values()
    table = as_table(first) if all(other is None for other in others) else None
    if table is None:
        return vectors, None
    chosen = {
        vector: next((name for name in options if name in table.columns), options[-1])
        for vector, options in names.items()
    }
    columns = table_columns(table, list(chosen.values()))
    return dict(zip(chosen, columns, strict=True)), table


def as_float(name: str, value: Any) -> FloatArray:
    """Return `value` as a float64 array (a view where it is one already).

    Raises
    ------
    DataError
        If it holds text, dates, durations or complex numbers.
    """
    if isinstance(value, np.ma.MaskedArray):
        value = np.where(np.ma.getmaskarray(value), np.nan, np.ma.getdata(value))
    if isinstance(value, (pd.Series, pd.Index)) and not isinstance(value.dtype, np.dtype):
        array = _from_extension(value)
    elif isinstance(value, pd.Series):
        array = value.to_numpy()
    else:
        try:
            array = np.asarray(value)
        except ValueError as error:
            raise DataError(f"{name} is not a vector of numbers ({error}).", column=name) from error
    if array.dtype == np.float64:
        return array
    if array.dtype.kind in "mMcV":
        raise DataError(
            f"{name} holds {array.dtype} values; expected plain numbers (recency and T are lengths "
            "of time counted in periods). tenure.summarize makes them from dates.",
            column=name,
            expected="numbers",
        )
    try:
        return array.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise _not_numbers(name, value, array) from error


def as_numbers(name: str, value: Any) -> Numbers:
    """Return `value` as an array of a type the engine reads; a view where it is one already.

    Raises
    ------
    DataError
        As `as_float`.
    """
    if isinstance(value, pd.Series) and value.dtype in _NATIVE:
        # numpy would look in vain for one attribute after another, each in the index as well.
        numbers: Numbers = value.to_numpy()
        return numbers
    plain = isinstance(value, np.ndarray) and not isinstance(value, np.ma.MaskedArray)
    return np.asarray(value) if plain and value.dtype in _NATIVE else as_float(name, value)


def contiguous(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array as the engine reads it, copied only where its memory layout differs."""
    ready = array.flags.c_contiguous and array.flags.aligned
    return array if ready else np.require(array, requirements=["C", "A"])


def _from_extension(value: Any) -> NDArray[Any]:
    if is_decimal(value.dtype):
        return decimal_floats(value)
    if pd.api.types.is_numeric_dtype(value.dtype) or pd.api.types.is_bool_dtype(value.dtype):
        result: NDArray[Any] = value.to_numpy(dtype=np.float64, na_value=np.nan)
        return result
    return np.asarray(value)


def _not_numbers(name: str, value: Any, array: NDArray[Any]) -> DataError:
    flat = pd.Series(array.ravel(), dtype=object)
    bad = pd.to_numeric(flat, errors="coerce").isna().to_numpy() & flat.notna().to_numpy()
    index = value.index if isinstance(value, pd.Series) else flat.index
    places = np.flatnonzero(bad)[:_SHOWN]
    return DataError(
        f"{name} holds values that are not numbers in {describe_rows(index, bad, flat)}. "
        "Convert it to numbers first.",
        column=name,
        rows=index[places].tolist(),
        values=flat.iloc[places].tolist(),
        expected="numbers",
    )


def period_of(*objects: Any) -> str | None:
    """Return the period that the given tables and Series were measured in, if known.

    Raises
    ------
    UnitError
        If two of them were measured in different periods.
    """
    found: dict[str, None] = {}
    for obj in objects:
        if isinstance(obj, (pd.DataFrame, pd.Series)) and obj.attrs:
            known = provenance(obj)
            if known is not None and known.get("period") is not None:
                found[str(known["period"])] = None
    if len(found) > 1:
        raise UnitError(
            f"The inputs are measured in different periods ({', '.join(found)}). "
            "Make them with one summary, or convert them first."
        )
    return next(iter(found), None)


def relabelled(error: DataError, index: pd.Index[Any] | None) -> DataError:
    """Name the customers of an engine's error by their index instead of their position."""
    if index is None or isinstance(index, pd.RangeIndex) or not error.rows:
        return error
    labels = index[error.rows].tolist()
    return type(error)(
        f"{error} These positions are the customers {', '.join(map(repr, labels))}.",
        column=error.column,
        rows=labels,
        values=error.values,
        expected=error.expected,
    )


@dataclass(frozen=True)
class Batch:
    """Inputs of one prediction, flat and equally long, and the shape of the result."""

    columns: tuple[Numbers, ...]
    shape: tuple[int, ...]
    index: pd.Index[Any] | None
    name: Hashable
    like: Any = None
    """A table or column of another library than pandas, whose kind the result has."""

    def answer(self, values: FloatArray) -> Prediction:
        """Return the engine's values in the shape of the inputs."""
        if self.shape == () and self.index is None:
            number: np.float64 = np.float64(values[0])
            return number
        if self.index is not None or self.like is not None:
            return self.column(values, self.name)
        shaped: FloatArray = values.reshape(self.shape)
        return shaped

    def column(self, values: FloatArray, name: Hashable) -> Any:
        """Return values as a Series, or as a column of the caller's library."""
        series: pd.Series[float] = pd.Series(values, index=self.index, name=name, copy=False)
        return series if self.like is None else native_out(series, self.like)


def gather(vectors: Mapping[str, Any], *, scalar: Sequence[str] = (), like: Any = None) -> Batch:
    """Bring vectors to one shape. Series are matched by index, everything else by position.

    Parameters
    ----------
    vectors : mapping
        Name → number, array, list or Series. The answer takes the index of the first Series.
    scalar : sequence of str
        Names that may stay a single value next to longer vectors; they come out as float64, the
        others in any type the engine reads.
    like : dataframe, optional
        The table the vectors come from. The answer is of its kind; else Series where a vector is
        one, else of the kind of the first column of Polars' or Arrow's.

    Raises
    ------
    DataError
        If lengths differ, or if Series do not hold the same customers.
    """
    series = {key: value for key, value in vectors.items() if isinstance(value, pd.Series)}
    index = next(iter(series.values())).index if series else None
    arrays: dict[str, Numbers] = {}
    for key, value in vectors.items():
        if index is not None and key in series:
            value = _matched(key, value, index)
        arrays[key] = as_float(key, value) if key in scalar else as_numbers(key, value)
    shape = _common_shape(arrays, index)
    columns = tuple(
        contiguous(array).reshape(1)
        if key in scalar and array.ndim == 0
        else contiguous(np.broadcast_to(array, shape)).reshape(-1)
        for key, array in arrays.items()
    )
    columns_in: list[Any] = list(series.values())
    if index is None and like is None:
        columns_in = [value for value in vectors.values() if kind_of(value) != "pandas"]
        like = next(iter(columns_in), None)
    names = {getattr(value, "name", None) for value in columns_in}
    return Batch(columns, shape, index, names.pop() if len(names) == 1 else None, like)


def _matched(key: str, value: pd.Series[Any], index: pd.Index[Any]) -> pd.Series[Any]:
    if value.index.is_(index) or value.index.equals(index):
        return value
    if not (index.is_unique and value.index.is_unique):
        raise DataError(
            f"{key} has another index than the other Series and customers appear in it more than "
            "once, so they cannot be matched. Pass arrays (.to_numpy()) to go by position.",
            column=key,
        )
    missing = index.difference(value.index, sort=False)
    extra = value.index.difference(index, sort=False)
    if len(missing) or len(extra):
        odd = missing if len(missing) else extra
        verb = "is missing" if len(missing) else "holds more than"
        rows = odd[:_SHOWN].tolist()
        raise DataError(
            f"{key} {verb} {len(odd)} of the customers of the other Series "
            f"({', '.join(map(repr, rows))}{', …' if len(odd) > _SHOWN else ''}). Select the same "
            "customers in all of them, or pass arrays (.to_numpy()) to go by position.",
            column=key,
            rows=rows,
        )
    return value.reindex(index)


def _common_shape(arrays: Mapping[str, Numbers], index: pd.Index[Any] | None) -> tuple[int, ...]:
    try:
        shape = np.broadcast_shapes(*(array.shape for array in arrays.values()))
    except ValueError:
        shape = None
    if shape is None or (index is not None and shape != (len(index),)):
        sizes = ", ".join(f"{key} {array.shape}" for key, array in arrays.items())
        raise DataError(f"The vectors differ in length: {sizes}. They need one value per customer.")
    return shape
