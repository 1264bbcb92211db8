"""Style of numbers in csv files: digits and decimal mark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["PLAIN", "CsvStyle", "Decimal", "money_decimals", "rounded"]

Decimal: TypeAlias = Literal[".", ","]
"""What separates whole numbers from their fraction."""

_MOST_DECIMALS = 6
_DIGITS = 8
_EXACT_DIGITS = 12


@dataclass(frozen=True)
class CsvStyle:
    """How csv files are written.

    Parameters
    ----------
    decimal : {".", ","}
        The decimal mark. With a comma, semicolons separate the fields and the file begins with a
        byte-order mark: what Turkish, German and other Excels open with a double click.
    cents : int or None
        Decimals that money is rounded to; None keeps significant digits instead.
    script_names : bool
        Whether RFM segments keep the scripts' names, which were asked for, in every language.
    """

    decimal: Decimal = "."
    cents: int | None = 2
    script_names: bool = False

    @property
    def separator(self) -> str:
        """The separator of fields."""
        return ";" if self.decimal == "," else ","

    @property
    def encoding(self) -> str:
        """The encoding of the file."""
        return "utf-8-sig" if self.decimal == "," else "utf-8"


PLAIN = CsvStyle()
"""A point, commas between the fields, money to the cent."""


def money_decimals(amounts: Any) -> int | None:
    """Return the decimals that amounts are given in: at least two.

    Parameters
    ----------
    amounts : array-like
        Amounts as the data give them, or sums of them.

    Returns
    -------
    int or None
        None where six decimals do not hold them.

    Examples
    --------
    >>> money_decimals([12.5, 28592.700000000117]), money_decimals([0.125]), money_decimals([1 / 3])
    (2, 3, None)
    """
    values = np.asarray(amounts, dtype=np.float64)
    values = values[np.isfinite(values)]
    # Sums of cents are off by what the sum's own last digits are worth.
    tolerance = 1e-9 * np.maximum(1.0, np.abs(values) * 1e-3)
    for decimals in range(2, _MOST_DECIMALS + 1):
        if (np.abs(values - np.round(values, decimals)) <= tolerance).all():
            return decimals
    return None


def rounded(column: pd.Series[Any], kind: str, *, exact: bool, style: CsvStyle) -> pd.Series[Any]:
    """Return a column of numbers as files write it.

    Counts become whole numbers; money has the decimals it was given in; what models read, and what
    repeats the data, keeps twelve significant digits; other numbers have eight. Text, dates and
    values that are whole throughout are left as they are.

    Parameters
    ----------
    column : Series
        Its values.
    kind : str
        One of :data:`tenure.data_dictionary.KINDS`, or empty.
    exact : bool
        Whether twelve digits are kept.
    style : CsvStyle
        How many decimals money has.

    Returns
    -------
    Series

    Examples
    --------
    >>> style = CsvStyle()
    >>> rounded(pd.Series([4.0, 7.0]), "count", exact=False, style=style).tolist()
    [4, 7]
    >>> rounded(pd.Series([28592.700000000117]), "money", exact=False, style=style).tolist()
    [28592.7]
    >>> rounded(pd.Series([2 / 3]), "number", exact=False, style=style).tolist()
    [0.66666667]
    """
    if not pd.api.types.is_float_dtype(column.dtype):
        return column
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    finite = np.isfinite(values)
    whole = bool((values[finite] == np.floor(values[finite])).all())
    if kind in ("count", "text") and whole and (np.abs(values[finite]) < 2**53).all():
        if finite.all():
            return _like(column, values.astype(np.int64))
        if not np.isinf(values).any():
            return _like(column, pd.array(values, dtype="Float64").astype("Int64"))
    if kind == "text":
        return column
    if kind == "money" and not exact and style.cents is not None:
        # Adding zero turns −0.0 into 0.0.
        return _like(column, np.round(values, style.cents) + 0.0)
    return _like(column, _significant(values, _EXACT_DIGITS if exact else _DIGITS))


def _like(column: pd.Series[Any], values: Any) -> pd.Series[Any]:
    result: pd.Series[Any] = pd.Series(values, index=column.index, name=column.name)
    return result


def _significant(values: NDArray[np.float64], digits: int) -> NDArray[np.float64]:
    """Round to significant digits; the results are the shortest decimals that have them."""
    size = np.abs(values)
    # Powers of ten are exact up to the 22nd; the few values beyond go through text.
    usable = np.isfinite(values) & (size >= 1e-9) & (size < 1e22)
    safe = np.where(usable, values, 1.0)
    place = digits - 1 - np.floor(np.log10(np.abs(safe))).astype(np.int64)
    up = 10.0 ** np.maximum(place, 0)
    down = 10.0 ** np.maximum(-place, 0)
    result: NDArray[np.float64] = np.where(usable, np.rint(safe * up / down) / up * down, values)
    for at in np.flatnonzero(np.isfinite(values) & ~usable & (values != 0)).tolist():
        result[at] = float(f"{values[at]:.{digits - 1}e}")
    return result
