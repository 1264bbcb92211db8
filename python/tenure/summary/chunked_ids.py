"""Customer ids of a table in chunks: one kind throughout, of a type that holds all."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.exceptions import ColumnError
from tenure.summary.ids import EngineIds, engine_labels, text_buffers, whole_numbers

__all__ = ["PieceIds"]


def _text_kind(dtype: Any) -> str:
    binary = isinstance(dtype, pd.ArrowDtype) and "binary" in str(dtype.pyarrow_dtype)
    return "bytes" if binary else "text"


class PieceIds:
    """The ids of all chunks: one kind throughout, numbered by the engine or, if need be, here."""

    def __init__(self, name: Hashable) -> None:
        self.name = name
        self.kind: str | None = None
        self._types: dict[Any, None] = {}
        self._codes: dict[Any, int] = {}
        self._negative = self._beyond_int64 = False

    def chunk(self, ids: pd.Series[Any]) -> EngineIds:
        """Return the ids of a chunk, none of them missing, for the engine."""
        return EngineIds(self._column(ids), self.labels)

    def _column(self, ids: pd.Series[Any]) -> Any:
        if isinstance(ids.dtype, pd.CategoricalDtype):
            ids = ids.astype(ids.dtype.categories.dtype)
        whole = whole_numbers(ids)
        text = text_buffers(ids) if whole is None else None
        kind = "whole" if whole is not None else "other" if text is None else _text_kind(ids.dtype)
        if self.kind is None:
            self.kind = kind
        elif kind != self.kind:
            words = {"whole": "whole numbers", "text": "text", "bytes": "bytes"}
            raise ColumnError(
                f"column {self.name!r} holds {words.get(kind, ids.dtype)} from row "
                f"{ids.index[0]!r} on, and {words.get(self.kind, next(iter(self._types)))} in the "
                "chunks before; give the column one type in all chunks.",
                column=str(self.name),
                expected="ids of one type",
            )
        self._types[ids.dtype] = None
        if whole is not None:
            self._see_signs(ids, whole)
            return whole
        return self._numbered(ids) if text is None else text

    def _see_signs(self, ids: pd.Series[Any], values: NDArray[np.int64]) -> None:
        """Note what no type holds at once: the engine takes all whole numbers for 64 bits."""
        if values.min() < 0:
            if ids.dtype.kind == "u":
                self._beyond_int64 = True
            else:
                self._negative = True
        if self._negative and self._beyond_int64:
            raise ColumnError(
                f"column {self.name!r} holds whole numbers below 0 in one chunk and above "
                f"{np.iinfo(np.int64).max:,} in another, up to row {ids.index[-1]!r}; no type of "
                "whole numbers holds both. Make them text in all chunks.",
                column=str(self.name),
                expected="ids that fit int64 or uint64",
            )

    @property
    def sorted(self) -> bool:
        """Whether the engine, which counts with signs, puts customers in their order."""
        return self.kind != "other" and not self._beyond_int64

    @property
    def dtype(self) -> Any:
        """The type that holds the ids of all chunks; that of the first for text."""
        first, *others = self._types
        if not others or self.kind == "text":
            return first
        if self.kind == "bytes":
            import pyarrow as pa

            return pd.ArrowDtype(pa.large_binary())
        plain = [getattr(dtype, "numpy_dtype", dtype) for dtype in self._types]
        if not all(isinstance(dtype, np.dtype) and dtype.kind in "iuf" for dtype in plain):
            return np.dtype(object)
        common = np.result_type(*plain)
        if self.kind == "whole" and common.kind == "f":
            common = np.dtype(np.uint64 if self._beyond_int64 else np.int64)
        if any(isinstance(dtype, pd.ArrowDtype) for dtype in self._types):
            import pyarrow as pa

            return pd.ArrowDtype(pa.from_numpy_dtype(common))
        if all(isinstance(dtype, np.dtype) for dtype in self._types):
            return common
        return pd.api.types.pandas_dtype(common.name.title().replace("Ui", "UI"))

    def _numbered(self, ids: pd.Series[Any]) -> NDArray[np.uint32]:
        try:
            codes, uniques = pd.factorize(ids)
            numbers = [self._codes.setdefault(value, len(self._codes)) for value in uniques]
        except TypeError as error:
            raise ColumnError(
                f"column {self.name!r} holds values that cannot be customer ids ({error}); "
                "expected numbers or text.",
                column=str(self.name),
                expected="numbers or text",
            ) from None
        found: NDArray[np.uint32] = np.array(numbers, dtype=np.uint32)[codes]
        return found

    def labels(self, result: Any) -> pd.Index[Any]:
        """Return the ids that the engine's answer is about."""
        found: Any
        dtype = self.dtype
        if self.kind == "whole":
            numbers = result["values"]
            found = pd.array(
                numbers.view(np.uint64) if self._beyond_int64 else numbers, dtype=dtype
            )
        elif self.kind in ("text", "bytes"):
            return engine_labels(result, dtype).rename(self.name)
        else:
            values = np.empty(len(self._codes), dtype=object)
            values[:] = list(self._codes)
            found = pd.array(values[result["customers"]].tolist(), dtype=dtype)
        index: pd.Index[Any] = pd.Index(found, dtype=dtype, name=self.name)
        return index
