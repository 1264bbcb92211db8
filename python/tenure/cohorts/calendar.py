"""Calendar periods as whole numbers: days, weeks, months, quarters and years.

Days count from 1970-01-01; so do periods, from the one that holds that day.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenure.exceptions import OptionError

__all__ = ["CALENDAR_PERIODS", "parse_calendar", "period_starts", "to_periods"]

CALENDAR_PERIODS = {"M": "month", "W": "week", "Q": "quarter", "Y": "year", "D": "day"}
"""The calendar periods and their words. Weeks start on Monday."""

_MONTHS = {"M": 1, "Q": 3, "Y": 12}
# 1970-01-01 is a Thursday.
_MONDAY = 3


def parse_calendar(period: object) -> str:
    """Return the code of a calendar period, or raise with those allowed.

    Parameters
    ----------
    period : str
        One of :data:`CALENDAR_PERIODS`, in upper or lower case.

    Returns
    -------
    str

    Raises
    ------
    OptionError
        When it is none of them.

    Examples
    --------
    >>> parse_calendar("q")
    'Q'
    """
    code = period.upper() if isinstance(period, str) else period
    if not isinstance(code, str) or code not in CALENDAR_PERIODS:
        known = ", ".join(f"{code!r} ({word})" for code, word in CALENDAR_PERIODS.items())
        raise OptionError(f"period={period!r} is not a calendar period; use one of {known}.")
    return str(code)


def to_periods(days: Any, period: str) -> NDArray[np.int64]:
    """Return the number of the period that each day is in.

    Parameters
    ----------
    days : array_like of int
        Days since 1970-01-01.
    period : str
        One of :data:`CALENDAR_PERIODS`.

    Returns
    -------
    ndarray of int64

    Examples
    --------
    >>> to_periods([0, 30, 31, -1], "M").tolist()
    [0, 0, 1, -1]
    """
    numbers: NDArray[np.int64] = np.asarray(days, dtype=np.int64)
    if period == "D":
        return numbers
    if period == "W":
        weeks: NDArray[np.int64] = (numbers + _MONDAY) // 7
        return weeks
    low, high = (int(numbers.min()), int(numbers.max())) if numbers.size else (0, 0)
    if numbers.size > high - low + 1:
        # Many rows, few days: each day is looked up in the calendar once.
        return to_periods(np.arange(low, high + 1), period)[numbers - low]
    months = numbers.astype("M8[D]").astype("M8[M]").astype(np.int64)
    periods: NDArray[np.int64] = months // _MONTHS[period]
    return periods


def period_starts(periods: Any, period: str) -> NDArray[np.int64]:
    """Return the first day of each period.

    Parameters
    ----------
    periods : array_like of int
        Numbers that :func:`to_periods` gives.
    period : str
        One of :data:`CALENDAR_PERIODS`.

    Returns
    -------
    ndarray of int64
        Days since 1970-01-01.

    Examples
    --------
    >>> period_starts([0, 1], "Q").tolist()
    [0, 90]
    """
    numbers = np.asarray(periods, dtype=np.int64)
    if period == "D":
        return numbers
    if period == "W":
        return numbers * 7 - _MONDAY
    return (numbers * _MONTHS[period]).astype("M8[M]").astype("M8[D]").astype(np.int64)
