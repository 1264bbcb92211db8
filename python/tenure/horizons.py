"""Horizons and discounting: how long a forecast looks ahead, and in which steps.

A month is 30.4375 days, a twelfth of 365.25, everywhere. lifetimes' own methods keep its
constants (4.345 weeks or 30 days) and are not touched by this module.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real

from tenure._warnings import Notice
from tenure.exceptions import OptionError, UnitError, UnitWarning
from tenure.io.text import quoted
from tenure.periods import convert, parse_horizon, parse_period

__all__ = [
    "Horizon",
    "check_cells",
    "check_growth",
    "discount_steps",
    "resolve_horizons",
    "warn_of_week_months",
]

_LARGEST = sys.float_info.max

MOST_WORTH = 1000.0
"""What a purchase at the end may be worth in purchases of today; more is no rate of interest."""
LONGEST_MONTHS = 1200
"""The longest horizon; value is summed up month by month, so that more would take for ever."""


def check_cells(cells: float, most: int, option: str, what: str) -> None:
    """Refuse a length of time that would make a table too large to work with.

    Parameters
    ----------
    cells : float
        The size that the table would have.
    most : int
        The size it may have.
    option : str
        The option that decides, with its value: ``"periods=10"``.
    what : str
        What is counted: ``"rows (customers by periods)"``.

    Raises
    ------
    OptionError
        Where it would be larger.

    Examples
    --------
    >>> check_cells(100, 1000, "periods=10", "rows")
    """
    if cells > most:
        raise OptionError(
            f"{option} makes a table of {cells:,.0f} {what}; expected {most:,} at most. Choose an"
            " earlier end or longer periods."
        )


@dataclass(frozen=True)
class Horizon:
    """A forecast horizon, in the period of the summary and in months.

    Parameters
    ----------
    label : str
        The ending of the column names, ``"3m"``.
    value : float
        Its length in periods of the summary.
    months : float or None
        Its length in months of 30.4375 days; None where the summary's period is not known.
    given : float or str
        What the caller wrote.
    """

    label: str
    value: float
    months: float | None
    given: float | str


def resolve_horizons(
    horizons: Sequence[float | str] | float | str, period: str | None
) -> list[Horizon]:
    """Read horizons as lengths in ``period``, each with its label.

    Parameters
    ----------
    horizons : sequence of float or str, or one of them
        ``"3M"``, ``"26W"`` or numbers in ``period``.
    period : str or None
        The period of the summary, ``"W"``; None where it is not known.

    Returns
    -------
    list of Horizon
        In the order given.

    Raises
    ------
    OptionError
        No horizon, one that is not a positive length or longer than 100 years, or the same one
        twice.
    UnitError
        A horizon in calendar time while ``period`` is None.

    Examples
    --------
    >>> round(resolve_horizons("6M", "W")[0].value, 3)
    26.089
    """
    try:
        given = [horizons] if isinstance(horizons, str | int | float) else list(horizons)
    except TypeError:
        raise OptionError(
            f"horizons={horizons!r}: give one or several, such as '6M' or ('3M', '6M')."
        ) from None
    if not given:
        raise OptionError("horizons is empty: name at least one, such as '6M'.")
    found: list[Horizon] = []
    for item in given:
        value, label = parse_horizon(item, period)
        months = None if period is None else convert(value, period, "M")
        if value <= 0:
            raise OptionError(f"The horizon {item!r} is no time at all: expected more than 0.")
        if months is not None and months > LONGEST_MONTHS:
            raise OptionError(
                f"The horizon {item!r} is {months / 12:,.0f} years; expected 100 years at most. A "
                "plain number counts in the period of the customer table."
            )
        found.append(Horizon(label, value, months, item))
    labels = [horizon.label for horizon in found]
    if len(set(labels)) < len(labels):
        raise OptionError(f"horizons names one length twice: {', '.join(labels)}.")
    return found


def discount_steps(
    horizon: Horizon, period: str | None, rate: float, rate_period: str
) -> tuple[list[float], list[float]]:
    """Cut a horizon into monthly steps, each with its discount factor.

    Parameters
    ----------
    horizon : Horizon
        How far to look.
    period : str or None
        The period of the times returned.
    rate : float
        Discount rate per ``rate_period``.
    rate_period : str
        ``"M"`` for a monthly rate, ``"Y"`` for a yearly one.

    Returns
    -------
    times : list of float
        The end of each step; the last is the horizon, and shorter than a month where the horizon
        is not a whole number of months.
    discounts : list of float
        (1 + rate) to minus the time of that end, in periods of the rate.

    Raises
    ------
    UnitError
        A rate other than 0 while the period is not known.
    OptionError
        A rate that is no number above -1, or so far below 0 that later purchases are worth many
        times today's.

    Examples
    --------
    >>> times, discounts = discount_steps(resolve_horizons("45.65625D", "M")[0], "M", 0.01, "M")
    >>> times, [round(discount, 4) for discount in discounts]
    ([1.0, 1.5], [0.9901, 0.9852])
    """
    if not (isinstance(rate, Real) and -1 < rate <= _LARGEST):
        raise OptionError(
            f"discount_rate is {quoted(rate)}; expected a number above -1, such as 0.01."
        )
    parse_period(rate_period, option="discount_period")
    if period is None or horizon.months is None:
        if rate != 0:
            raise UnitError(
                "Discounting needs calendar time, and the period of this customer table is not"
                " known. Say it with period='W' (weeks), 'D' (days), …, or pass discount_rate=0."
            )
        return [horizon.value], [1.0]
    whole = math.floor(horizon.months + 1e-9)
    months = [float(month) for month in range(1, whole + 1)]
    if horizon.months - whole > 1e-9 or not months:
        months.append(horizon.months)
    check_growth(rate, convert(months[-1], "M", rate_period), months[-1])
    times = [convert(month, "M", period) for month in months]
    return times, [(1 + rate) ** -convert(month, "M", rate_period) for month in months]


def check_growth(rate: float, periods: float, months: float) -> None:
    """Refuse a negative rate that makes later purchases worth many times what today's are.

    Raises
    ------
    OptionError
        Where a purchase after so many periods of the rate is worth more than `MOST_WORTH` of today.
    """
    if -periods * math.log1p(rate) > math.log(MOST_WORTH):
        raise OptionError(
            f"discount_rate={rate!r}: a purchase in {months:,.0f} months would be worth more than"
            f" {MOST_WORTH:,.0f} of today. Expected a rate of about 0, like 0.01 a month; a"
            " negative one makes later purchases worth more than today's."
        )


def warn_of_week_months(horizons: Sequence[Horizon], period: str | None, *, scripts: bool) -> None:
    """Warn where weeks stand for months, as 12 and 24 weeks do in many scripts for 3 and 6.

    Parameters
    ----------
    horizons : sequence of Horizon
        What was asked for.
    period : str or None
        The period of the summary.
    scripts : bool
        Whether the analysts' habits are being reproduced (``convention="total"``). Then ``"12W"``
        is asked about too; elsewhere who writes the unit means it, and only plain numbers are.
    """
    if period not in ("W", "D"):
        return
    four_weeks = convert(4.0, "W", period)
    said = []
    for horizon in horizons:
        plain = not isinstance(horizon.given, str)
        weeks = isinstance(horizon.given, str) and horizon.given.strip().upper().endswith("W")
        count = round(horizon.value / four_weeks)
        exact = math.isclose(horizon.value, count * four_weeks)
        if (plain or (weeks and scripts)) and exact and 1 <= count <= 12:
            said.append(f"{horizon.label} is {horizon.months:.2f} months, not {count}")
    if said:
        Notice(
            UnitWarning,
            f"The figures are for the weeks stated: {'; '.join(said)}. Where months are meant,"
            " write '3M' or '6M'.",
            "A month is 4.348 weeks: four weeks for a month leave out 8 % of the time, and about as"
            " much of the purchases and the value.",
        ).emit()
