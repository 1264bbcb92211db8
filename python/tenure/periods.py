"""Units of time: their codes, their lengths, and the horizons written in them.

One table, :data:`PERIOD_DAYS`, says how long a period is; nothing else in the package does.
"""

from __future__ import annotations

import math
import re
from typing import Literal, TypeAlias

from tenure.exceptions import OptionError, UnitError

__all__ = [
    "PERIOD_DAYS",
    "PERIOD_NAMES",
    "Period",
    "convert",
    "parse_horizon",
    "parse_period",
    "period_days",
]

Period: TypeAlias = Literal["h", "D", "W", "M", "Y"]
"""Code of a period: hour, day, week, month (30.4375 days) or year (365.25 days)."""

PERIOD_DAYS: dict[str, float] = {"h": 1 / 24, "D": 1.0, "W": 7.0, "M": 30.4375, "Y": 365.25}
"""Length in days of each period. A month is a twelfth of a Julian year."""

PERIOD_NAMES: dict[str, str] = {"h": "hour", "D": "day", "W": "week", "M": "month", "Y": "year"}
"""The word for each period, for messages."""

_CANONICAL = {code.lower(): code for code in PERIOD_DAYS}
_HORIZON = re.compile(r"\s*(\d+(?:\.\d+)?|\.\d+)\s*([A-Za-z]+)\s*")


def parse_period(code: object, *, option: str = "period") -> Period:
    """Return the canonical code of a period, or say which codes there are.

    Parameters
    ----------
    code : str
        ``"h"``, ``"D"``, ``"W"``, ``"M"`` or ``"Y"``, in upper or lower case.
    option : str
        Name of the option the code was given for, used in the message.

    Returns
    -------
    str
        The canonical code.

    Raises
    ------
    OptionError
        When the code is unknown.

    Examples
    --------
    >>> parse_period("w")
    'W'
    """
    canonical = _CANONICAL.get(code.lower()) if isinstance(code, str) else None
    if canonical is None:
        allowed = ", ".join(f"{c!r} ({PERIOD_NAMES[c]})" for c in PERIOD_DAYS)
        raise OptionError(f"{option}={code!r} is not a period; use one of {allowed}.")
    return canonical  # type: ignore[return-value]


def period_days(code: str) -> float:
    """Return how many days a period has.

    Examples
    --------
    >>> period_days("M")
    30.4375
    """
    return PERIOD_DAYS[parse_period(code)]


def convert(value: float, from_period: str, to_period: str) -> float:
    """Convert a length of time from one period to another.

    Parameters
    ----------
    value : float
        Length in `from_period` units.
    from_period, to_period : str
        Period codes.

    Returns
    -------
    float
        The same length in `to_period` units. Equal codes return `value` untouched.

    Examples
    --------
    >>> convert(2, "W", "D")
    14.0
    """
    source, target = parse_period(from_period), parse_period(to_period)
    if source == target:
        return float(value)
    return float(value) * PERIOD_DAYS[source] / PERIOD_DAYS[target]


def parse_horizon(horizon: str | float, period: str | None) -> tuple[float, str]:
    """Read a horizon and express it in a summary's period.

    Parameters
    ----------
    horizon : str or number
        A number counts in the summary's own period; a string states its unit: ``"3M"``,
        ``"26W"``, ``"90D"``.
    period : str or None
        Period of the summary the horizon will be used with, None when it is not known.

    Returns
    -------
    value : float
        The horizon in units of `period`.
    label : str
        The horizon as column names carry it: ``"3m"``, ``"26w"``; a bare number gets the period's
        letter (``12`` with ``"W"`` is ``"12w"``), or none where the period is unknown.

    Raises
    ------
    OptionError
        When the horizon is not a finite number ≥ 0 nor such a string.
    UnitError
        When a horizon with a unit meets a summary whose period is unknown.

    Examples
    --------
    >>> parse_horizon("26W", "D")
    (182.0, '26w')
    >>> parse_horizon(12, "W")
    (12.0, '12w')
    """
    if isinstance(horizon, str):
        match = _HORIZON.fullmatch(horizon)
        if match is None:
            raise OptionError(_horizon_message(horizon))
        value, unit = float(match[1]), parse_period(match[2], option="the unit of a horizon")
        if period is None:
            raise UnitError(
                f"the horizon {horizon!r} has a unit but the customers' table does not say which "
                "period its recency and T are in; make the table with tenure.summarize or "
                "tenure.summarize_totals, or give the horizon as a bare number in its period."
            )
        return convert(value, unit, period), f"{value:g}{unit.lower()}"
    try:
        value = math.nan if isinstance(horizon, bool) else float(horizon)
    except (TypeError, ValueError, OverflowError):
        value = math.nan
    if not (math.isfinite(value) and value >= 0):
        raise OptionError(_horizon_message(horizon))
    suffix = "" if period is None else parse_period(period).lower()
    return value, f"{value:g}{suffix}"


def _horizon_message(horizon: object) -> str:
    return (
        f"{horizon!r} is not a horizon; give a number ≥ 0 in the summary's period, or a number "
        "with its unit such as '3M', '26W' or '90D'."
    )
