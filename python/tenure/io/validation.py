"""Tables at the door: any dataframe to pandas, columns checked, bad cells named.

Every part of the package that takes a table goes through these functions, so that a missing column
or a bad value is reported in the same words everywhere.
"""

from __future__ import annotations

import difflib
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.exceptions import ColumnError
from tenure.io.arrow import decimal_floats, is_decimal
from tenure.io.dataframes import native_out, to_pandas
from tenure.io.row_errors import describe_rows, refuse_half_characters, row_error
from tenure.io.text import listed, quoted, short

__all__ = [
    "check_names",
    "describe_rows",
    "indexed_by",
    "native_out",
    "numeric",
    "refuse_half_characters",
    "require_columns",
    "row_error",
    "to_pandas",
    "unchecked",
]


def require_columns(
    frame: pd.DataFrame, columns: Mapping[str, Hashable | Sequence[Hashable] | None]
) -> None:
    """Check that a table has the columns it is said to have, each of them once.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table.
    columns : mapping
        Role (as the user knows it, usually the argument's name) to column name, or list of names.
        None means that the role is not asked for.

    Raises
    ------
    ColumnError
        Naming the missing column, the nearest names and the columns there are.

    Examples
    --------
    >>> require_columns(pd.DataFrame({"id": [1]}), {"customer": "id", "amount": None})
    """
    check_names(columns)
    present = list(frame.columns)
    for role, wanted in columns.items():
        if wanted is None:
            continue
        for name in wanted if isinstance(wanted, list | tuple) and role in _SEVERAL else [wanted]:
            found = sum(1 for column in present if _same(column, name))
            if found == 1:
                continue
            if found > 1:
                raise ColumnError(
                    f"{role}={name!r}: the table has {found} columns of that name; rename or drop "
                    "all but one.",
                    column=str(name),
                )
            raise ColumnError(_missing(role, name, present), column=str(name))


_SEVERAL = ("orders", "spend", "other_dates", "channels", "columns")
"""Roles that may have more than one column."""


def check_names(columns: Mapping[str, Any]) -> None:
    """Check that the name of a column can be one.

    Parameters
    ----------
    columns : mapping
        Role to column name, or list of names where the role may have several. None means that the
        role is not asked for.

    Raises
    ------
    ColumnError
        Naming the role.

    Examples
    --------
    >>> check_names({"customer": "id", "orders": ["web", "shop"], "amount": None})
    """
    for role, wanted in columns.items():
        several = role in _SEVERAL
        for name in wanted if several and isinstance(wanted, list | tuple) else [wanted]:
            if name is not None and not _can_be_a_name(name):
                raise ColumnError(
                    f"{role}={quoted(wanted)}: give the name of one column"
                    f"{', or a list of names' if several else ''}.",
                    column=quoted(name),
                )


def _can_be_a_name(name: Any) -> bool:
    try:
        hash(name)
        return bool(name == name) and name != ()
    except (TypeError, ValueError):  # pandas.NA is neither equal nor unequal
        return False


def _same(column: Any, name: Any) -> bool:
    try:
        return bool(column == name)
    except (TypeError, ValueError):
        return False


def indexed_by(table: pd.DataFrame, customer: Hashable | None) -> pd.DataFrame:
    """Index a table by the column that names the customers, where one is named."""
    if customer is None or (table.index.name == customer and customer not in table.columns):
        return table
    require_columns(table, {"customer": customer})
    return table.set_index(customer)


def _missing(role: str, name: Hashable, present: Sequence[Hashable]) -> str:
    by_lower = {str(column).strip().lower(): column for column in present}
    near = difflib.get_close_matches(short(str(name).strip().lower()), by_lower, n=3, cutoff=0.6)
    message = f"{role}={quoted(name)}: the table has no such column."
    if near:
        message += " Did you mean " + " or ".join(quoted(by_lower[n]) for n in near) + "?"
    return f"{message} It has: {listed(present, shown=20) or 'no columns at all'}."


def numeric(
    frame: pd.DataFrame,
    column: Hashable,
    *,
    minimum: float | None = None,
    strictly: bool = False,
    integer: bool = False,
    allow_missing: bool = False,
) -> NDArray[np.float64]:
    """Return a column as float64, having checked every value.

    Numbers stored as text or as objects are read when every one of them is a plain number.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table.
    column : str
        Name of the column.
    minimum : float, optional
        Smallest allowed value.
    strictly : bool
        Whether values must exceed `minimum`, not only reach it.
    integer : bool
        Whether values must be whole numbers.
    allow_missing : bool
        Whether missing values are allowed (they are returned as NaN).

    Returns
    -------
    ndarray of float64, shape (rows,)
        Contiguous; may share memory with the table, so treat it as read-only.

    Raises
    ------
    ColumnError
        When the column holds something other than numbers.
    DataError
        When a value is missing, infinite, too small or not whole.

    Examples
    --------
    >>> numeric(pd.DataFrame({"orders": [2, 5]}), "orders", minimum=0, integer=True)
    array([2., 5.])
    """
    series: pd.Series[Any] = frame[column]
    expected = _expectation(minimum, strictly, integer)
    values = _as_float(series, column, expected)

    def check(bad: NDArray[np.bool_], message: str, remedy: str = "") -> None:
        if bad.any():
            raise row_error(
                message,
                column=column,
                index=frame.index,
                mask=bad,
                values=values,
                expected=expected,
                remedy=remedy,
            )

    # One sum detects NaN and infinity in a column several times faster.
    with np.errstate(over="ignore", invalid="ignore"):
        clean = bool(np.isfinite(values.sum()))
    if not clean:
        check(np.isinf(values), "infinite values", "Correct them or drop those rows.")
        if not allow_missing:
            check(np.isnan(values), "missing values", "Fill them in or drop those rows.")
    if minimum is not None and values.size and not _at_least(values, minimum, strictly):
        too_small = values <= minimum if strictly else values < minimum
        check(too_small, _too_small(minimum, strictly), "Correct them or drop those rows.")
    if integer:
        whole = np.floor(values) == values
        if not whole.all():
            check(
                ~whole & ~np.isnan(values),
                "values that are not whole numbers",
                "Check that this is a column of counts.",
            )
    return values


def unchecked(frame: pd.DataFrame, column: Hashable) -> NDArray[np.float64]:
    """Return a column of numbers as :func:`numeric` does, for those who look for gaps themselves.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table.
    column : str
        Name of the column.

    Returns
    -------
    ndarray of float64, shape (rows,)
        It may hold NaN and infinity.

    Raises
    ------
    ColumnError
        When the column holds something other than numbers.

    Examples
    --------
    >>> unchecked(pd.DataFrame({"paid": [2, None]}), "paid")
    array([ 2., nan])
    """
    return _as_float(frame[column], column, _expectation(None, False, False))


def _at_least(values: NDArray[np.float64], minimum: float, strictly: bool) -> bool:
    smallest = np.fmin.reduce(values)
    return bool(np.isnan(smallest) or (smallest > minimum if strictly else smallest >= minimum))


def _too_small(minimum: float, strictly: bool) -> str:
    if minimum == 0:
        return "zero or negative values" if strictly else "negative values"
    return f"values not above {minimum:g}" if strictly else f"values below {minimum:g}"


def _expectation(minimum: float | None, strictly: bool, integer: bool) -> str:
    text = "whole numbers" if integer else "finite numbers"
    if minimum is not None:
        text += f" {'>' if strictly else '≥'} {minimum:g}"
    return text


def _as_float(series: pd.Series[Any], column: Hashable, expected: str) -> NDArray[np.float64]:
    dtype = series.dtype
    if isinstance(dtype, np.dtype) and dtype.kind in "iuf":
        return np.require(series.to_numpy(), dtype=np.float64, requirements=["C", "A"])
    if pd.api.types.is_bool_dtype(dtype) or dtype.kind in "Mmc":
        raise ColumnError(
            f"column {column!r} is of type {dtype}; expected {expected}.",
            column=str(column),
            expected=expected,
        )
    if is_decimal(dtype):
        return decimal_floats(series)
    if isinstance(dtype, pd.ArrowDtype) and dtype.kind in "iuf":
        return np.ascontiguousarray(series.to_numpy(dtype=np.float64, na_value=np.nan))
    # Objects, text and nullable types: pandas reads what is a number and marks the rest missing.
    if isinstance(dtype, pd.CategoricalDtype):
        series = series.astype(dtype.categories.dtype)
    read = pd.to_numeric(series, errors="coerce")
    if pd.api.types.is_bool_dtype(read.dtype) or read.dtype.kind == "c":
        raise ColumnError(
            f"column {column!r} holds values that are not numbers; expected {expected}.",
            column=str(column),
            expected=expected,
        )
    values = np.ascontiguousarray(read.to_numpy(dtype=np.float64, na_value=np.nan))
    unread = np.isnan(values) & series.notna().to_numpy(dtype=bool)
    if unread.any():
        raise row_error(
            "values that are not numbers",
            column=column,
            index=series.index,
            mask=unread,
            values=series,
            expected=expected,
            remedy="Write numbers without units or thousands separators and with a decimal point.",
            error=ColumnError,
        )
    return values


def __dir__() -> list[str]:
    return sorted(__all__)
