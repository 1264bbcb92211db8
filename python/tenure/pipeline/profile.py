"""The profile of a table: what its columns hold, before anything is done to them."""

from __future__ import annotations

import html
import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.exceptions import DateError
from tenure.io.arrow import decimal_floats, is_decimal
from tenure.io.dates import parse_dates
from tenure.io.files import read_table
from tenure.io.text import printable
from tenure.io.validation import require_columns, to_pandas

__all__ = ["QUANTILES", "Profile", "profile"]

QUANTILES: dict[str, float] = {
    "minimum": 0.0,
    "q01": 0.01,
    "q05": 0.05,
    "q25": 0.25,
    "median": 0.5,
    "q75": 0.75,
    "q95": 0.95,
    "q99": 0.99,
    "maximum": 1.0,
}
"""Columns of the profile that hold quantiles, with the share of values at or below each."""

_HEAD = 10
_FREQUENT = 5
_LOOKS_LIKE_A_DATE = re.compile(r"\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\s*\d{8}(\D|$)")
_SAMPLE = 100


@dataclass(frozen=True, repr=False, eq=False)
class Profile:
    """What a table holds; made by :func:`tenure.profile`.

    Parameters
    ----------
    columns : DataFrame
        One row per column of the table: ``column``, ``type`` ("whole number", "number", "date",
        "yes/no" or "text"), ``values`` (rows with a value), ``missing``, ``missing_share``,
        ``distinct`` (different values); of finite numbers ``minimum``, ``q01``, ``q05``, ``q25``,
        ``median``, ``q75``, ``q95``, ``q99``, ``maximum``, ``mean`` and ``standard_deviation`` (of
        the sample, n − 1); of dates ``first_date`` and ``last_date``; and ``most_frequent``, the
        most frequent values with their counts (empty where no value repeats).
    head : DataFrame
        The first ten rows.
    rows : int
        Rows of the table.
    """

    columns: pd.DataFrame
    head: pd.DataFrame
    rows: int

    def to_frame(self) -> pd.DataFrame:
        """Return one row per column of the table: a copy of ``columns``."""
        return self.columns.copy()

    @property
    def _title(self) -> str:
        return f"{self.rows:,} rows, {len(self.columns):,} columns"

    def _parts(self) -> dict[str, pd.DataFrame]:
        """Return the profile in parts that fit a screen; empty ones left out."""
        table = self.columns.set_index("column")
        common = ["type", "values", "missing", "distinct"]
        numbers = [*QUANTILES, "mean", "standard_deviation"]
        dates = ["first_date", "last_date"]
        return {
            "Columns": table[[*common, "most_frequent"]],
            "Numbers": table.loc[table["minimum"].notna(), numbers],
            "Dates": table.loc[table["first_date"].notna(), dates],
            f"First {len(self.head)} rows": self.head,
        }

    def __repr__(self) -> str:
        """Show the number of rows, the columns, the numbers, the dates and the first rows."""
        options: Any = ("display.width", 120, "display.max_columns", None, "display.max_colwidth")
        with pd.option_context(*options, 48, "display.precision", 2):
            parts = [
                f"{title}\n{table.to_string(line_width=120)}"
                for title, table in self._parts().items()
                if len(table)
            ]
        return "\n\n".join([f"<tenure.Profile: {self._title}>", *parts])

    def _repr_html_(self) -> str:
        """Show the same as tables, in a notebook."""
        parts = [
            f"<h4>{html.escape(title)}</h4>{table.to_html()}"
            for title, table in self._parts().items()
            if len(table)
        ]
        return f"<p>{self._title}</p>{''.join(parts)}"


def profile(
    data: Any,
    *,
    dates: Sequence[Hashable] = (),
    text_columns: Sequence[Hashable] = (),
    date_format: str | None = None,
    dayfirst: bool | None = None,
    encoding: str | None = None,
) -> Profile:
    """Describe every column of a table: type, counts, missing and distinct values, range, mean.

    Parameters
    ----------
    data : path or dataframe
        A csv, parquet or xlsx file, or a table: pandas, Polars, Arrow, DuckDB, ….
    dates : sequence of str
        Columns to read as dates whatever they look like, such as numbers written yyyymmdd. Text
        that can be read as dates in one way only is taken for dates anyway.
    text_columns : sequence of str
        Columns to take as text whatever they look like, such as customer numbers.
    date_format, dayfirst
        How to read dates, as for :func:`tenure.summarize`.
    encoding : str, optional
        Encoding of a text file; UTF-8 where not given.

    Returns
    -------
    Profile
        With ``columns`` (one row per column), ``head`` (the first ten rows) and ``rows``.

    Raises
    ------
    ColumnError
        When a column named is not in the table.
    DataError
        When `data` is no table.
    DateError
        When a column of `dates` cannot be read as dates.
    FileError
        When the file cannot be read.

    Notes
    -----
    Infinite numbers are values, but quantiles, mean and standard deviation leave them out.
    Quantiles are interpolated linearly, as pandas does.

    Examples
    --------
    >>> import tenure
    >>> table = pd.DataFrame({"id": ["a", "b", "c"], "day": ["2021-05-30", None, "2021-06-01"],
    ...                       "spend": [10.0, 10.0, 40.0]})
    >>> found = tenure.profile(table)
    >>> found.columns[["column", "type", "values", "missing", "distinct", "mean"]]
      column          type  values  missing  distinct  mean
    0     id          text       3        0         3   NaN
    1    day          date       2        1         2   NaN
    2  spend  whole number       3        0         2  20.0
    """
    if isinstance(data, str | PathLike):
        table = read_table(
            data, text_columns=[str(name) for name in text_columns], encoding=encoding
        )
    else:
        table = to_pandas(data)
    for role, names in (("dates", dates), ("text_columns", text_columns)):
        for name in names:
            require_columns(table, {role: name})
    rows = [
        _described(
            table.iloc[:, position],
            name,
            as_date=name in dates,
            as_text=name in text_columns,
            date_format=date_format,
            dayfirst=dayfirst,
        )
        for position, name in enumerate(table.columns)
    ]
    return Profile(_assembled(rows), table.head(_HEAD).copy(), len(table))


def _assembled(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    columns: dict[str, Any] = {
        name: pd.Series([row[name] for row in rows], dtype=object) for name in ("column", "type")
    }
    for name in ("values", "missing", "missing_share", "distinct"):
        kind = "float64" if name == "missing_share" else "int64"
        columns[name] = pd.Series([row[name] for row in rows], dtype=kind)
    for name in (*QUANTILES, "mean", "standard_deviation"):
        columns[name] = pd.Series([row.get(name, np.nan) for row in rows], dtype="float64")
    for name in ("first_date", "last_date"):
        days = [row.get(name, np.datetime64("NaT", "us")) for row in rows]
        columns[name] = pd.Series(np.array(days, dtype="M8[us]"))
    columns["most_frequent"] = pd.Series([row["most_frequent"] for row in rows], dtype=object)
    return pd.DataFrame(columns)


def _described(
    column: pd.Series[Any],
    name: Hashable,
    *,
    as_date: bool,
    as_text: bool,
    date_format: str | None,
    dayfirst: bool | None,
) -> dict[str, Any]:
    codes, uniques = _factorized(column)
    counts = np.bincount(codes[codes >= 0], minlength=len(uniques))
    present = int(counts.sum())
    row: dict[str, Any] = {
        "column": printable(str(name)),
        "type": "text",
        "values": present,
        "missing": len(column) - present,
        "missing_share": (len(column) - present) / len(column) if len(column) else 0.0,
        "distinct": len(uniques),
        "most_frequent": _most_frequent(uniques, counts),
    }
    days = None
    if as_date or not as_text:
        days = _dates(uniques, name, date_format, dayfirst, certain=as_date)
    if days is not None and len(days):
        row |= {"type": "date", "first_date": days.min(), "last_date": days.max()}
    elif pd.api.types.is_bool_dtype(uniques.dtype):
        row["type"] = "yes/no"
    elif pd.api.types.is_numeric_dtype(uniques.dtype) and not as_text:
        row |= _numbers(uniques.to_numpy(dtype=np.float64, na_value=np.nan), counts)
    return row


def _factorized(column: pd.Series[Any]) -> tuple[NDArray[np.intp], pd.Series[Any]]:
    """Return the place of each row's value among the distinct ones; −1 for missing ones."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        used = column.cat.remove_unused_categories()
        return used.cat.codes.to_numpy().astype(np.intp), used.cat.categories.to_series()
    try:
        codes, uniques = pd.factorize(_comparable(column))
    except (TypeError, ValueError, NotImplementedError):
        # Values that cannot be compared are distinguished by their text.
        written = [None if gone else str(value) for value, gone in _with_gaps(column)]
        codes, uniques = pd.factorize(np.array(written, dtype=object))
    kind = object if pd.api.types.is_object_dtype(uniques.dtype) else None
    return np.asarray(codes, dtype=np.intp), pd.Series(uniques, dtype=kind)


def _with_gaps(column: pd.Series[Any]) -> Iterator[tuple[Any, bool]]:
    return zip(column.tolist(), column.isna().tolist(), strict=True)


def _comparable(column: pd.Series[Any]) -> Any:
    """Return the values as numbers, truth values or text where they are objects of one kind."""
    kind = column.dtype
    if is_decimal(kind):
        return decimal_floats(column)
    if isinstance(kind, np.dtype) and not kind.isnative:
        return column.to_numpy().astype(kind.newbyteorder("="))
    if pd.api.types.is_complex_dtype(kind):
        raise TypeError("complex numbers have no order")
    if not pd.api.types.is_object_dtype(kind):
        return column
    found = pd.api.types.infer_dtype(column, skipna=True)
    if found in ("decimal", "mixed-integer-float", "integer", "floating"):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    if found == "boolean":
        return column.astype("boolean")
    if found in ("mixed", "mixed-integer", "bytes", "complex"):
        raise TypeError("values of several kinds")
    return column


def _dates(
    uniques: pd.Series[Any],
    name: Hashable,
    date_format: str | None,
    dayfirst: bool | None,
    *,
    certain: bool,
) -> NDArray[np.datetime64] | None:
    """Return the distinct values as dates; None where they are not dates."""
    kind = uniques.dtype
    if not certain and not isinstance(kind, pd.PeriodDtype) and kind.kind != "M":
        if pd.api.types.is_numeric_dtype(kind) or pd.api.types.is_bool_dtype(kind):
            return None
        sample = [str(value) for value in uniques.head(_SAMPLE)]
        if not sample or not all(map(_LOOKS_LIKE_A_DATE.match, sample)):
            return None
    try:
        read = parse_dates(
            uniques, name=name, format=date_format, dayfirst=dayfirst, allow_missing=True
        ).dropna()
    except DateError:
        if certain:
            raise
        return None
    days: NDArray[np.datetime64] = read.to_numpy().astype("M8[us]")
    return days


def _numbers(values: NDArray[np.float64], counts: NDArray[np.intp]) -> dict[str, Any]:
    """Return the range, the quantiles and the moments of values that occur so many times."""
    finite = np.isfinite(values)
    values, counts = values[finite], counts[finite]
    if not values.size:
        return {"type": "number"}
    order = np.argsort(values)
    values, counts = values[order], counts[order]
    total = int(counts.sum())
    # Divided by a power of two, which loses nothing, so that squares of large values are numbers.
    largest = float(np.abs(values).max())
    scale = float(2.0 ** np.floor(np.log2(largest))) if largest > 1e150 else 1.0
    mean = (
        float(np.dot(values / scale, counts / total)) * scale
        if scale > 1
        else float(np.dot(values, counts) / total)
    )
    row: dict[str, Any] = {
        "type": "whole number" if (values == np.floor(values)).all() else "number",
        "mean": mean,
    }
    if total > 1:
        spread = float(np.dot((values / scale - mean / scale) ** 2, counts))
        row["standard_deviation"] = float(np.sqrt(spread / (total - 1))) * scale
    ends = np.cumsum(counts)
    for name, share in QUANTILES.items():
        place = share * (total - 1)
        low = int(np.floor(place))
        below, above = (
            float(values[np.searchsorted(ends, min(at, total - 1), side="right")])
            for at in (low, low + 1)
        )
        row[name] = below + (above - below) * (place - low)
    return row


def _most_frequent(uniques: pd.Series[Any], counts: NDArray[np.intp]) -> str:
    """List the most frequent values with their counts, the same whatever the order of rows."""
    repeated = np.flatnonzero(counts > 1)
    if len(repeated) > _FREQUENT:
        limit = np.partition(counts[repeated], -_FREQUENT)[-_FREQUENT]
        repeated = repeated[counts[repeated] >= limit]
    found = [(-int(counts[at]), _written(uniques.iloc[at])) for at in repeated.tolist()]
    return "; ".join(f"{text} ({-count})" for count, text in sorted(found)[:_FREQUENT])


def _written(value: Any) -> str:
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    if isinstance(value, pd.Timestamp) and value == value.normalize():
        return str(value).partition(" ")[0]
    return printable(str(value))
