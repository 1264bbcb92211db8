"""Dates of any clothing, read the one way they can be read or not at all.

A date such as 03/04/20 has three readings. The whole column decides between them; where it cannot,
:class:`~tenure.exceptions.DateError` asks for ``dayfirst`` or a format instead of guessing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd

from tenure.exceptions import DateError
from tenure.io.date_formats import (
    EXPECTED,
    REMEDY,
    as_series,
    check_format,
    read_text,
    to_datetime,
)
from tenure.io.row_errors import row_error

__all__ = ["parse_date", "parse_dates"]

_FIRST, _LAST = np.datetime64("0001-01-01", "s"), np.datetime64("9999-12-31T23:59:59", "s")
_YEAR_FIRST = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")


def parse_dates(
    series: pd.Series[Any],
    *,
    name: Hashable,
    format: str | None = None,
    dayfirst: bool | None = None,
    allow_missing: bool = False,
) -> pd.Series[Any]:
    """Read a column of dates.

    Accepted are datetime64 of any unit, Python date and datetime objects, pandas periods, text,
    and whole numbers written yyyymmdd (only when every one of them is such a date). Values with a
    time zone come back as the wall time of their own zone. Text is read year first where it has a
    four-digit year in front; dd/mm/yyyy and mm/dd/yyyy are distinguished by the column: a part
    above 12 cannot be a month. With dots (03.04.2021) the day comes first, as everywhere dots are
    used.

    Parameters
    ----------
    series : pandas.Series
        The column.
    name : str
        Its name, for messages.
    format : str, optional
        A :meth:`~datetime.datetime.strptime` format; then nothing is guessed.
    dayfirst : bool, optional
        Which of dd/mm and mm/dd is meant, where text leaves it open.
    allow_missing : bool
        Whether missing values are allowed; they are returned as NaT.

    Returns
    -------
    pandas.Series
        Naive datetime64, with the index and name of `series`.

    Raises
    ------
    DateError
        When a date is missing, cannot be read, or can be read in two ways.

    Examples
    --------
    >>> parse_dates(pd.Series(["30/05/2020", "01/06/2020"]), name="date").dt.month.tolist()
    [5, 6]
    """
    if format is not None:
        check_format(format)
    parsed = _parse(series, name, format, dayfirst)
    _refuse_beyond(parsed, series, name)
    if not allow_missing and parsed.hasnans:
        raise row_error(
            "missing dates",
            column=name,
            index=series.index,
            mask=parsed.isna().to_numpy(),
            values=series,
            expected=EXPECTED,
            remedy="Fill them in or drop those rows.",
            error=DateError,
        )
    return parsed


def _refuse_beyond(parsed: pd.Series[Any], given: pd.Series[Any], name: Hashable) -> None:
    """Refuse dates that Python cannot write, which only coarse units of time can hold."""
    values = parsed.to_numpy()
    if not len(values) or np.datetime_data(values.dtype)[0] == "ns":
        return
    with np.errstate(invalid="ignore"):
        beyond = (values < _FIRST) | (values > _LAST)
    if beyond.any():
        raise row_error(
            "dates before the year 1 or after 9999",
            column=name,
            index=given.index,
            mask=beyond,
            values=values.astype("M8[s]").astype(str),
            expected=EXPECTED,
            remedy="Correct or drop those rows.",
            error=DateError,
        )


def parse_date(
    value: Any, *, name: str, format: str | None = None, dayfirst: bool | None = None
) -> pd.Timestamp:
    """Read one date given as an option, such as the end of an observation.

    Parameters
    ----------
    value : str, date, datetime, Timestamp, Period or datetime64
        The date.
    name : str
        Name of the option, for messages.
    format, dayfirst
        As for :func:`parse_dates`. Text written year-month-day is read whatever the format.

    Returns
    -------
    pandas.Timestamp
        Without a time zone.

    Raises
    ------
    DateError
        When it is not a date, or could be two.

    Examples
    --------
    >>> parse_date("2021-06-01", name="analysis_date")
    Timestamp('2021-06-01 00:00:00')
    """
    if format is not None:
        check_format(format)
    if isinstance(value, str) and format is not None:
        try:
            value = dt.datetime.strptime(value, format).replace(tzinfo=None)
        except ValueError:
            format = None
            if not _YEAR_FIRST.match(value):
                raise DateError(
                    f"{name}={value!r} is not a date of the column's format; write it so, or "
                    "year-month-day, such as '2021-06-01'.",
                    column=name,
                    values=[value],
                    expected=EXPECTED,
                ) from None
    try:
        if isinstance(value, pd.Period):
            value = value.start_time
        one: pd.Series[Any] = pd.Series([value], index=[name])
        parsed = parse_dates(one, name=name, format=format, dayfirst=dayfirst)
    except (DateError, OverflowError) as error:
        raise DateError(
            f"{name}={value!r} cannot be read as one date; write it year-month-day, such as "
            "'2021-06-01'.",
            column=name,
            values=[value],
            expected=EXPECTED,
        ) from error
    date: pd.Timestamp = pd.Timestamp(parsed.iloc[0])
    return date


def _parse(
    series: pd.Series[Any], name: Hashable, format: str | None, dayfirst: bool | None
) -> pd.Series[Any]:
    dtype = series.dtype
    if isinstance(dtype, pd.ArrowDtype) and str(dtype).startswith("dictionary"):
        encoded: Any = series.array
        series = as_series(encoded.__arrow_array__().to_pandas().array, series)
        dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        series = series.astype(dtype.categories.dtype)
        dtype = series.dtype
    if isinstance(dtype, pd.PeriodDtype):
        starts: pd.Series[Any] = series.dt.to_timestamp()
        return starts
    if isinstance(dtype, pd.ArrowDtype) and str(dtype).startswith(("date", "timestamp")):
        native: Any = series.array
        series = as_series(native.__arrow_array__().to_pandas(date_as_object=False).array, series)
        dtype = series.dtype
    if dtype.kind == "M":
        zone = getattr(series.dt, "tz", None)
        naive = series.dt.tz_localize(None) if zone is not None else series
        return naive.copy(deep=False)
    if dtype.kind in "iuf" and not pd.api.types.is_bool_dtype(dtype):
        return _from_numbers(series, name, format)
    if isinstance(dtype, pd.StringDtype) or pd.api.types.is_object_dtype(dtype):
        return _from_objects(series, name, format, dayfirst)
    if pd.api.types.is_string_dtype(dtype):
        return read_text(series, name, format, dayfirst)
    raise DateError(
        f"column {name!r} is of type {dtype}; expected {EXPECTED}.",
        column=str(name),
        expected=EXPECTED,
    )


def _from_numbers(series: pd.Series[Any], name: Hashable, format: str | None) -> pd.Series[Any]:
    values = series.to_numpy(dtype=np.float64, na_value=np.nan)
    present = ~np.isnan(values)
    whole = present & (values >= 1000_01_01) & (values <= 9999_12_31) & (np.floor(values) == values)
    text: pd.Series[Any] = pd.Series(None, index=series.index, dtype=object)
    if format is not None:
        numbers = np.where(np.isfinite(values), values, 0.0).astype(np.int64)
        text = text.mask(present, pd.Series(numbers, index=series.index).astype(str))
        return read_text(text, name, format, None)
    bad = present & ~whole
    if not bad.any():
        numbers = np.where(whole, values, 0.0).astype(np.int64)
        codes, uniques = pd.factorize(numbers)
        read = to_datetime(pd.Series(uniques).astype(str), format="%Y%m%d")
        parsed = read.to_numpy()[codes]
        bad = present & np.isnat(parsed)
        if not bad.any():
            return as_series(parsed, series)
    remedy = "Numbers are read as dates only when all of them are written yyyymmdd."
    first = values[np.flatnonzero(bad)[0]]
    if 20_000 <= first <= 80_000:
        remedy += " These look like spreadsheet day numbers: to_datetime(…, unit='D', "
        remedy += "origin='1899-12-30') turns them into dates."
    raise row_error(
        "numbers that are not dates",
        column=name,
        index=series.index,
        mask=bad,
        values=series,
        expected=EXPECTED,
        remedy=remedy,
        error=DateError,
    )


def _from_objects(
    series: pd.Series[Any], name: Hashable, format: str | None, dayfirst: bool | None
) -> pd.Series[Any]:
    kind = pd.api.types.infer_dtype(series, skipna=True)
    if kind == "string":
        return read_text(series, name, format, dayfirst)
    if kind == "empty":
        return as_series(np.full(len(series), "NaT", dtype="M8[s]"), series)
    if kind in ("integer", "floating", "mixed-integer-float", "integer-na"):
        # Whole numbers that no float holds are no dates either.
        plain = series.map(lambda value: -1.0 if abs(value) > 1e300 else value, na_action="ignore")
        return _from_numbers(plain.astype(float), name, format)
    if kind == "date" or (kind == "datetime" and _zones(series) <= {None}):
        read = to_datetime(series)
        bad = (read.isna() & series.notna()).to_numpy(dtype=bool)
    elif kind in ("datetime", "datetime64", "mixed", "period"):
        # Wall time of each value's own zone: the zone is dropped before pandas could shift it.
        walls = [_wall(value) for value in series]
        bad = np.array([wall is _NOT_A_DATE for wall in walls], dtype=bool)
        if not bad.any():
            read = to_datetime(as_series(np.array(walls, dtype=object), series))
            bad = (read.isna() & series.notna()).to_numpy(dtype=bool)
    else:
        bad = np.array([not isinstance(value, dt.date) for value in series], dtype=bool)
    if not bad.any():
        return as_series(read.to_numpy(), series)
    raise row_error(
        "values that are not dates",
        column=name,
        index=series.index,
        mask=bad,
        values=series,
        expected=EXPECTED,
        remedy=REMEDY,
        error=DateError,
    )


_NOT_A_DATE = object()


def _zones(series: pd.Series[Any]) -> set[dt.tzinfo | None]:
    return {getattr(value, "tzinfo", None) for value in series}


def _wall(value: Any) -> Any:
    if isinstance(value, pd.Period):
        return value.start_time
    if isinstance(value, dt.datetime) and value is not pd.NaT:
        return value.replace(tzinfo=None)
    if isinstance(value, dt.date | np.datetime64):
        return value
    # A number among dates has no unit; pandas would take it for nanoseconds since 1970.
    return None if _is_missing(value) else _NOT_A_DATE


def _is_missing(value: Any) -> bool:
    missing = pd.isna(value)
    return missing if isinstance(missing, bool) else False
