"""Data of a fit: vectors as passed in, and the table ``data`` built from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.exceptions import DataError
from tenure.fitters._arguments import (
    FloatArray,
    Numbers,
    as_float,
    as_numbers,
    contiguous,
    period_of,
    vectors_or_table,
)

__all__ = ["FitInputs", "read_inputs"]

_COPY_ON_WRITE = int(pd.__version__.split(".")[0]) >= 3


@dataclass(frozen=True)
class FitInputs:
    """Vectors of a fit by name, in the caller's types, with the index of ``model.data``."""

    vectors: dict[str, NDArray[Any] | pd.Series[Any]]
    index: pd.Index[Any] | None
    period: str | None

    def __len__(self) -> int:
        return len(next(iter(self.vectors.values())))

    def floats(self, names: Sequence[str]) -> list[FloatArray]:
        """Return the named vectors as contiguous float64 arrays."""
        return [contiguous(as_float(name, self.vectors[name])) for name in names]

    def numbers(self, names: Sequence[str]) -> list[Numbers]:
        """Return the named vectors as contiguous arrays of a type that the engine reads."""
        return [contiguous(as_numbers(name, self.vectors[name])) for name in names]

    @property
    def weights(self) -> FloatArray | None:
        """The customers each row stands for, or None if one each."""
        return self.floats(["weights"])[0] if "weights" in self.vectors else None

    def select(self, keep: NDArray[np.bool_]) -> FitInputs:
        """Return the rows where `keep` is true."""
        vectors = {name: np.asarray(values)[keep] for name, values in self.vectors.items()}
        index = pd.RangeIndex(len(keep)) if self.index is None else self.index
        return FitInputs(dict(vectors), index[keep], self.period)

    def frame(self, columns: Sequence[str], types: dict[str, type]) -> pd.DataFrame:
        """Build ``model.data``: `columns` in order, cast to `types` where given."""
        ones = np.ones(len(self), dtype=np.int64)
        data = {}
        for name in columns:
            values = np.asarray(self.vectors.get(name, ones))
            data[name] = values.astype(types[name]) if name in types else values
        built: pd.DataFrame = pd.DataFrame(data, index=self.index)
        return built


def read_inputs(
    vectors: dict[str, Any], weights: Any, index: Any, *, names: Mapping[str, Sequence[str]]
) -> FitInputs:
    """Read the data of a fit by position, from vectors or from one table given as the first.

    Parameters
    ----------
    vectors : dict
        Vector name → what the user passed; the first may be a table, the others then None.
    weights, index : array_like or None
        As in ``fit``. A table brings its own index, and weights if it has a column ``weights``.
    names : dict
        Vector name → column names it may have in a table, the first one present is taken.
    """
    vectors, table = vectors_or_table(vectors, names)
    if table is not None:
        if weights is None and "weights" in table.columns:
            weights = table["weights"]
        index = table.index if index is None else index
        period = period_of(table)
    else:
        missing = [repr(name) for name, value in vectors.items() if value is None]
        if missing:
            raise TypeError(
                f"fit() is missing {' and '.join(missing)}: pass every vector, or one DataFrame "
                f"with the columns {', '.join(vectors)}."
            )
        period = period_of(*vectors.values())
    if weights is not None:
        vectors = {**vectors, "weights": weights}
    kept = {name: _keep(name, value) for name, value in vectors.items()}
    lengths = {name: len(value) for name, value in kept.items()}
    if index is not None:
        index = pd.Index(index)
        lengths["index"] = len(index)
    if len(set(lengths.values())) > 1:
        sizes = ", ".join(f"{name} {length:,}" for name, length in lengths.items())
        raise DataError(f"The vectors differ in length: {sizes}. They need one value per customer.")
    return FitInputs(kept, index, period)


def _keep(name: str, value: Any) -> NDArray[Any] | pd.Series[Any]:
    """Keep a vector so that later changes by its owner do not affect it."""
    if isinstance(value, pd.DataFrame) and value.shape[1] == 1:
        value = value.iloc[:, 0]
    if isinstance(value, pd.Series):
        if isinstance(value.dtype, np.dtype) and value.dtype.kind in "fiu":
            kept: pd.Series[Any] = value.copy(deep=not _COPY_ON_WRITE)
            return kept
        return as_float(name, value)
    array = value if isinstance(value, np.ndarray) else as_float(name, value)
    if array.dtype.kind not in "fiu" or isinstance(array, np.ma.MaskedArray):
        array = as_float(name, array)
    array = array.reshape(-1) if array.ndim == 2 and array.shape[1] == 1 else array
    if array.ndim != 1:
        raise DataError(
            f"{name} has shape {array.shape}; expected one value per customer.", column=name
        )
    return array.copy() if array is value or array.base is not None else array
