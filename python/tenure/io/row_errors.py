"""Bad cells in words: how many rows, the first of them, what was expected."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.exceptions import DataError
from tenure.io.text import quoted

__all__ = ["describe_rows", "refuse_half_characters", "row_error"]

_SHOWN = 3


def describe_rows(index: pd.Index[Any], mask: NDArray[np.bool_], values: Any) -> str:
    """Say how many rows are marked and show the first of them.

    Parameters
    ----------
    index : pandas.Index
        Labels of the rows.
    mask : ndarray of bool
        True where a row is meant.
    values : array-like
        The values of the column, one per row.

    Returns
    -------
    str
        Such as ``"2 rows, first: row 'c1' = -3.0, row 'c9' = -1.5"``.

    Examples
    --------
    >>> describe_rows(pd.Index(["a", "b"]), np.array([False, True]), np.array([1.0, -2.0]))
    "1 row: row 'b' = -2.0"
    """
    labels, shown = _first(index, mask, values)
    count = int(np.count_nonzero(mask))
    listed = ", ".join(f"row {quoted(a)} = {quoted(b)}" for a, b in zip(labels, shown, strict=True))
    head = "1 row" if count == 1 else f"{count:,} rows"
    return f"{head}{', first' if count > len(labels) else ''}: {listed}"


def row_error(
    message: str,
    *,
    column: Hashable,
    index: pd.Index[Any],
    mask: NDArray[np.bool_],
    values: Any,
    expected: str,
    remedy: str = "",
    error: type[DataError] = DataError,
) -> DataError:
    """Build the error for bad cells: the column, the first rows and values, what was expected.

    Parameters
    ----------
    message : str
        What is wrong, without a full stop (``"negative amounts"``).
    column : str
        Name of the column.
    index, mask, values
        As for :func:`describe_rows`.
    expected : str
        What every value should be (``"numbers ≥ 0"``).
    remedy : str, optional
        A closing sentence on how to mend it.
    error : type
        The class to make.

    Returns
    -------
    DataError
        Ready to be raised.

    Examples
    --------
    >>> mask = np.array([True])
    >>> print(row_error("negative amounts", column="spend", index=pd.RangeIndex(1), mask=mask,
    ...                 values=np.array([-1.0]), expected="numbers ≥ 0"))
    column 'spend': negative amounts in 1 row: row 0 = -1.0. Expected numbers ≥ 0.
    """
    labels, shown = _first(index, mask, values)
    text = f"column {quoted(column)}: {message} in {describe_rows(index, mask, values)}. "
    text += f"Expected {expected}."
    if remedy:
        text += f" {remedy}"
    return error(text, column=str(column), rows=labels, values=shown, expected=expected)


def refuse_half_characters(column: pd.Series[Any], name: Hashable) -> None:
    """Refuse text that no file can hold: halves of surrogate pairs, as bad decoding leaves them.

    Parameters
    ----------
    column : pandas.Series
        Any column; only Python objects can hold such text.
    name : str
        Its name, for the message.

    Raises
    ------
    DataError
        Naming the first of them.
    """
    if not pd.api.types.is_object_dtype(column.dtype):
        return
    cells = [cell for cell in column if isinstance(cell, str)]
    try:
        "".join(cells).encode()
    except UnicodeEncodeError:
        bad = np.array(
            [isinstance(cell, str) and not _encodes(cell) for cell in column], dtype=bool
        )
        raise row_error(
            "text with half a character (a lone surrogate)",
            column=name,
            index=column.index,
            mask=bad,
            values=column,
            expected="text that UTF-8 can write",
            remedy="Decode it from its bytes with the right encoding, or drop those rows.",
        ) from None


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _first(
    index: pd.Index[Any], mask: NDArray[np.bool_], values: Any
) -> tuple[list[Any], list[Any]]:
    at = np.flatnonzero(mask)[:_SHOWN]
    labels = [_plain(index[i]) for i in at]
    cells = values.iloc if isinstance(values, pd.Series) else values
    return labels, [_plain(cells[i]) for i in at]


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) and value.dtype.kind in "biuf" else value
