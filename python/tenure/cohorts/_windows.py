"""Rolling ages: windows of so many days from each customer's own first purchase."""

from __future__ import annotations

import re
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenure.exceptions import OptionError
from tenure.io.text import quoted

__all__ = ["MOST_CELLS", "observed_windows", "parse_window"]

_LONGEST = 36_525
MOST_CELLS = 10_000_000
"""Cohorts by ages, at most: some sixty years of weeks, eight of days."""

_DAYS = {"D": 1, "W": 7}


def parse_window(window: Any) -> int | None:
    """Return the days of a window, None where ages are the calendar's.

    Raises
    ------
    OptionError
        When it is neither a number of days nor text such as ``"30D"`` or ``"4W"``.

    Examples
    --------
    >>> parse_window("4W")
    28
    """
    if window is None:
        return None
    days = 0
    if isinstance(window, Integral) and not isinstance(window, bool):
        days = int(window)
    elif isinstance(window, str) and (
        found := re.fullmatch(r"([0-9]{1,6})([DW])", window.strip().upper())
    ):
        days = int(found[1]) * _DAYS[found[2]]
    if not 1 <= days <= _LONGEST:
        raise OptionError(
            f"window={quoted(window)}: give the days of a window (1 to {_LONGEST:,}), such as 30, "
            "'30D' or '4W'."
        )
    return days


def observed_windows(
    first: NDArray[np.int64], row: NDArray[np.int64], cohorts: int, end: int, window: int
) -> NDArray[np.int64]:
    """Return how many windows each cohort has had, its youngest customer deciding."""
    youngest = np.full(cohorts, np.iinfo(np.int64).min)
    np.maximum.at(youngest, row, first)
    found: NDArray[np.int64] = (end - youngest + 1) // window
    return found
