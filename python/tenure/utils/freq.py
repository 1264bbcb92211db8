"""The ``freq`` of lifetimes' functions: a calendar period, or a number of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tenure.exceptions import OptionError
from tenure.periods import PERIOD_DAYS

__all__ = ["SECONDS", "Freq", "parse_freq"]

SECONDS = {"s": 1, "h": 3_600, "D": 86_400, "W": 604_800, "M": 2_629_746, "Y": 31_556_952}
"""Length of each numpy time unit in seconds; its months and years are Gregorian averages."""

_SPELLINGS = {
    "S": "s",
    "H": "h",
    "W-SUN": "W",
    "ME": "M",
    "A": "Y",
    "A-DEC": "Y",
    "YE": "Y",
    "YE-DEC": "Y",
    "Y-DEC": "Y",
}
"""What pandas, of one version or another, calls the same period; its weeks end on Sunday."""

_PATTERN = re.compile(r"(\d*)([A-Za-z]+(?:-[A-Za-z]+)?)")
_STEPS: dict[str, pd.tseries.offsets.BaseOffset] = {
    "s": pd.offsets.Second(),
    "h": pd.offsets.Hour(),
    "D": pd.offsets.Day(),
    "W": pd.offsets.Week(weekday=6),
    "M": pd.offsets.MonthEnd(),
    "Y": pd.offsets.YearEnd(),
}
"""Steps of an axis of dates; pandas spells them differently from version to version."""


@dataclass(frozen=True)
class Freq:
    """A number of calendar periods: ``"2W"`` is two weeks."""

    code: str
    """The period in which purchases count once: s, h, D, W, M or Y."""
    count: int
    """How many of them make one unit of time."""

    @property
    def seconds(self) -> int:
        """Length of the calendar period in seconds."""
        return SECONDS[self.code]

    @property
    def step(self) -> pd.tseries.offsets.BaseOffset:
        """The unit of time as an offset of pandas."""
        step: pd.tseries.offsets.BaseOffset = _STEPS[self.code] * self.count
        return step

    def ruler(self, multiplier: float = 1) -> str | None:
        """Return the code of the period that `multiplier` of these units are, None without one."""
        periods = self.count * multiplier
        if periods == 1 and self.code in PERIOD_DAYS:
            return self.code
        days = SECONDS[self.code] * periods / SECONDS["D"]
        return next((code for code, length in PERIOD_DAYS.items() if length == days), None)


def parse_freq(freq: Any) -> Freq:
    """Read a frequency as pandas spells it, or raise with the ones that are possible.

    Parameters
    ----------
    freq : str
        ``"s"``, ``"h"``, ``"D"``, ``"W"``, ``"M"`` or ``"Y"``, by any of pandas' names for it
        (``"H"``, ``"W-SUN"``, ``"ME"``, ``"A"``, …), with the number of them in front where it is
        not one: ``"7D"``, ``"2W"``.

    Raises
    ------
    OptionError
        For anything else.

    Examples
    --------
    >>> parse_freq("2W")
    Freq(code='W', count=2)
    """
    match = _PATTERN.fullmatch(freq) if isinstance(freq, str) else None
    if match is not None:
        code = _SPELLINGS.get(match[2], match[2])
        count = int(match[1][:10] or 1)
        if code in SECONDS and 1 <= count < 10**9:
            return Freq(code, count)
    shown = repr(freq) if len(repr(freq)) <= 40 else f"{repr(freq)[:37]}..."
    raise OptionError(
        f"freq={shown} is unknown; use one of {', '.join(SECONDS)}, with a whole number in front "
        "of it where it is not one, such as '7D'."
    )
