"""Dates written as text: which part is the year, which the month, which the day.

The whole column decides, over its unique values; :func:`tenure.io.dates.parse_dates` has the rules.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.exceptions import DateError, OptionError
from tenure.io.row_errors import row_error
from tenure.io.text import quoted, short

__all__ = ["EXPECTED", "REMEDY", "as_series", "check_format", "read_text", "to_datetime"]

EXPECTED = "dates such as 2021-05-30"
"""What a date column should hold, for messages."""
REMEDY = "Give the format (for example date_format='%d/%m/%Y'), or correct or drop those rows."
"""How to mend a date column, for messages."""
_OFFSET = r"\s*(?:Z|z|UTC|GMT|[+-]\d{2}:?\d{2})$"
_PARTS = r"^\s*(\d{1,4})\s*([-/.])\s*(\d{1,2})\s*[-/.]\s*(\d{1,4})(?:[\sT]\s*(\d.*?))?\s*$"
_COMPACT = r"^\s*(\d{4})(\d{2})(\d{2})(?:[\sT]\s*(\d.*?))?\s*$"


def to_datetime(values: pd.Series[Any], **options: Any) -> pd.Series[Any]:
    """Read a column with pandas; what it cannot read comes back as NaT."""
    read: pd.Series[Any] = pd.to_datetime(values, errors="coerce", **options)
    return read


def as_series(values: Any, like: pd.Series[Any]) -> pd.Series[Any]:
    """Return values with the index and name of another series."""
    result: pd.Series[Any] = pd.Series(values, index=like.index, name=like.name)
    return result


def read_text(
    series: pd.Series[Any], name: Hashable, format: str | None, dayfirst: bool | None
) -> pd.Series[Any]:
    """Read a column of text as naive datetime64; missing text comes back as NaT.

    Parameters
    ----------
    series : pandas.Series
        Text, or missing values.
    name : str
        Its name, for messages.
    format : str or None
        A strptime format; None decides from the column.
    dayfirst : bool or None
        Which of dd/mm and mm/dd is meant; None decides from the column.

    Returns
    -------
    pandas.Series

    Raises
    ------
    DateError
        When a value is not a date, or the column has more than one reading.
    """
    codes, uniques = pd.factorize(series)
    text: pd.Series[Any] = pd.Series(uniques, dtype=object).str.strip()
    text = text.mask(text.isin(["", "NaT", "nan", "None", "NULL"]))
    read = _with_format(text, format) if format is not None else _guess(text, name, dayfirst)
    bad = (read.isna() & text.notna()).to_numpy(dtype=bool)
    if bad.any():
        raise row_error(
            "dates that cannot be read" if format is None else f"dates not of the form {format!r}",
            column=name,
            index=series.index,
            mask=np.append(bad, False)[codes],
            values=series,
            expected=EXPECTED if format is None else f"dates of the form {format!r}",
            remedy=REMEDY,
            error=DateError,
        )
    # A missing value has code −1, which takes the NaT appended at the end.
    values = read.to_numpy()
    filled = np.append(values, np.array(["NaT"], dtype=values.dtype))[codes]
    return as_series(filled, series)


def _with_format(text: pd.Series[Any], format: str) -> pd.Series[Any]:
    check_format(format)
    if "%z" in format or "%Z" in format:
        aware = text.map(lambda t: _try_strptime(t, format), na_action="ignore")
        return to_datetime(aware)
    return to_datetime(text, format=format)


def check_format(format: Any) -> None:
    """Refuse what is no format of dates.

    Parameters
    ----------
    format : str
        A format for ``strptime``.

    Raises
    ------
    OptionError
        When it is not text, or has a directive that does not exist.

    Examples
    --------
    >>> check_format("%d/%m/%Y")
    """
    problem = "it is not text"
    if isinstance(format, str):
        try:
            dt.datetime.strptime("", format)
            return
        except (ValueError, re.error) as error:
            problem = str(error)
            if problem.startswith(("time data", "unconverted data")):
                return
    raise OptionError(
        f"date_format={quoted(format)} is not a format of dates ({short(problem)}); give one such "
        "as '%d/%m/%Y'."
    )


def _try_strptime(text: str, format: str) -> Any:
    try:
        return dt.datetime.strptime(text, format).replace(tzinfo=None)
    except ValueError:
        return pd.NaT


def _guess(text: pd.Series[Any], name: Hashable, dayfirst: bool | None) -> pd.Series[Any]:
    parts = text.str.extract(_PARTS)
    parts.columns = pd.Index(["a", "sep", "b", "c", "time"])
    compact = text.str.extract(_COMPACT)
    compact.columns = pd.Index(["a", "b", "c", "time"])
    is_compact = compact["a"].notna()
    parts = parts.mask(is_compact, compact.assign(sep="-")[["a", "sep", "b", "c", "time"]])
    if parts["a"].isna().all():
        return _named_months(text)
    known = parts["a"].notna()
    if not known.all():
        # One odd value among well-formed ones stays unread and is reported.
        parts = parts.where(known)
    year, month, day = _order(parts, text, name, dayfirst)
    date = year + "-" + month.str.zfill(2) + "-" + day.str.zfill(2)
    time = parts["time"].str.replace(_OFFSET, "", regex=True)
    time = time.where(time.isna() | time.str.match(r"\d\d"), "0" + time)
    full = date.where(time.isna(), date + " " + time)
    twelve = [f"%Y-%m-%d %I:%M{seconds} %p" for seconds in ("", ":%S", ":%S.%f")]
    return _first_reading(full, ["ISO8601", *twelve] if time.notna().any() else ["ISO8601"])


def _first_reading(text: pd.Series[Any], formats: Sequence[str]) -> pd.Series[Any]:
    """Read each value by the first format that fits it."""
    read = to_datetime(text, format=formats[0])
    for form in formats[1:]:
        left = read.isna()
        if not left.any():
            break
        read = read.where(~left, to_datetime(text.where(left), format=form))
    return read


def _named_months(text: pd.Series[Any]) -> pd.Series[Any]:
    """Read dates that spell their month out; a four-digit year leaves nothing to decide."""
    clear = text.str.contains(r"[A-Za-z]{3}", na=False)
    for number in (r"\b\d{4}\b", r"\b\d{1,2}\b"):
        clear &= text.str.contains(number, na=False)
    local = text.where(clear).str.replace(r"(:\d\d)" + _OFFSET, r"\1", regex=True)
    try:
        read = to_datetime(local, format="mixed")
    except ValueError:  # zones that pandas will not mix
        read = local
    naive = read.dtype.kind == "M" and getattr(read.dt, "tz", None) is None
    return read if naive else as_series(np.full(len(text), "NaT", dtype="M8[s]"), text)


def _order(
    parts: pd.DataFrame, text: pd.Series[Any], name: Hashable, dayfirst: bool | None
) -> tuple[pd.Series[Any], pd.Series[Any], pd.Series[Any]]:
    """Decide which part is year, month and day, for the column as a whole."""
    a, b, c = parts["a"], parts["b"], parts["c"]
    if (a.dropna().str.len() == 4).all():
        return a, b, c
    left, mid, right = (_ints(part) for part in (a, b, c))
    four = c.dropna().str.len() == 4
    if not (four.all() or (c.dropna().str.len() <= 2).all()):
        forms = a.str.len().astype(str) + c.str.len().astype(str)
        raise _undecided(
            name,
            text[parts["a"].notna() & ~forms.duplicated()],  # one of each form
            "some years have four digits and some have two, or the year "
            "comes first in some rows and last in others",
        )
    if dayfirst is None:
        can_dmy, can_mdy = bool((mid <= 12).all()), bool((left <= 12).all())
        if not (can_dmy or can_mdy):
            here = text[a.notna()]
            raise _undecided(
                name,
                pd.concat([here[mid > 12].head(1), here[left > 12].head(1)]),
                "some have a part above 12 where others have the month, "
                "so day-first and month-first dates are mixed",
            )
        dots = bool((parts["sep"].dropna() == ".").all())
        if can_dmy and can_mdy and not dots and bool((left != mid).any()):
            raise _undecided(
                name, text, "no part is above 12, so each could be day first or month first"
            )
        dayfirst = can_dmy
        if not four.all() and (left > 31).any():
            return _century(a), b, c
        if not four.all() and can_dmy and _year_may_lead(left, right):
            if _spread(right) * 2 < _spread(left):
                pass
            elif _spread(left) * 2 < _spread(right):
                return _century(a), b, c
            else:
                raise _undecided(name, text, "the year has two digits and could come first or last")
    year = c if four.all() else _century(c)
    return (year, b, a) if dayfirst else (year, a, b)


def _ints(part: pd.Series[Any]) -> NDArray[np.int64]:
    return np.asarray(part.dropna(), dtype=np.int64)


def _year_may_lead(left: NDArray[np.int64], right: NDArray[np.int64]) -> bool:
    return bool((right >= 1).all() and (right <= 31).all() and (left > 12).any())


def _spread(values: NDArray[np.int64]) -> int:
    return int(values.max() - values.min()) if values.size else 0


def _century(part: pd.Series[Any]) -> pd.Series[Any]:
    """Two-digit years as POSIX reads them: 69–99 are 1969–1999, 00–68 are 2000–2068."""
    short = part.str.zfill(2)
    year: pd.Series[Any] = ("20" + short).where(short.isna() | (short < "69"), "19" + short)
    return year


def _undecided(name: Hashable, text: pd.Series[Any], why: str) -> DateError:
    shown = text.dropna().head(3).tolist()
    listed = ", ".join(repr(value) for value in shown)
    return DateError(
        f"column {name!r}: dates such as {listed} can be read in more than one way: {why}. Say "
        "dayfirst=True or dayfirst=False, or give the format (for example date_format='%d/%m/%Y').",
        column=str(name),
        values=shown,
        expected=EXPECTED,
    )
