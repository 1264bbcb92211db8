"""Plots of all customers' purchases over time, actual and expected."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import pandas as pd

from tenure._lifetimes_mode import is_active
from tenure.periods import PERIOD_NAMES
from tenure.plotting._axes import axes_or_current
from tenure.utils import expected_cumulative_transactions
from tenure.utils.freq import parse_freq

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_cumulative_transactions", "plot_incremental_transactions"]

_ADVERBS = {
    "hour": "Hourly",
    "day": "Daily",
    "week": "Weekly",
    "month": "Monthly",
    "year": "Yearly",
}


def plot_cumulative_transactions(
    model: Any,
    transactions: Any,
    datetime_col: Hashable,
    customer_id_col: Hashable,
    t: int,
    t_cal: float,
    datetime_format: str | None = None,
    freq: str = "D",
    set_index_date: bool = False,
    title: str = "Tracking Cumulative Transactions",
    xlabel: str | None = None,
    ylabel: str = "Cumulative Transactions",
    ax: Axes | None = None,
    *,
    freq_multiplier: int = 1,
    **kwargs: Any,
) -> Axes:
    """Draw the repeat purchases of all customers since the first date, actual and expected.

    The figures are those of :func:`tenure.utils.expected_cumulative_transactions`; a dashed line
    marks the end of the calibration period.

    Parameters
    ----------
    model : fitted purchase model
        Any with ``expected_number_of_purchases_up_to_time(t)``.
    transactions : DataFrame
        One row per purchase.
    datetime_col, customer_id_col : str
        Its columns.
    t : int
        How many units of `freq` to follow, from the first date on.
    t_cal : float
        Where the calibration period ends, in units of the axis: of `freq`, times
        `freq_multiplier`. It may lie beyond `t`.
    datetime_format : str, optional
        How text dates are written.
    freq : str
        Unit of time of `t`: ``"D"``, ``"W"``, ``"M"``, …, or a number of them such as ``"7D"``.
    set_index_date : bool
        Whether the axis shows dates rather than units since the first date.
    title, xlabel, ylabel : str
        Texts. By default they name the unit of the axis, such as "week"; with dates the axis is
        labelled "date".
    ax : matplotlib.axes.Axes, optional
        Where to draw; pyplot's current axes by default.
    freq_multiplier : int
        Units of `freq` in one period of the model, as when the summary was made, and in one point
        of the axis.
    **kwargs
        Passed to ``DataFrame.plot``.

    Returns
    -------
    matplotlib.axes.Axes
    """
    table = expected_cumulative_transactions(
        model,
        transactions,
        datetime_col,
        customer_id_col,
        t,
        datetime_format=datetime_format,
        freq=freq,
        freq_multiplier=freq_multiplier,
        set_index_date=set_index_date,
    )
    xlabel = _axis_unit(freq, freq_multiplier) if xlabel is None else xlabel
    return _draw(table, t_cal, title, xlabel, ylabel, ax, kwargs)


def plot_incremental_transactions(
    model: Any,
    transactions: Any,
    datetime_col: Hashable,
    customer_id_col: Hashable,
    t: int,
    t_cal: float,
    datetime_format: str | None = None,
    freq: str = "D",
    set_index_date: bool = False,
    title: str | None = None,
    xlabel: str | None = None,
    ylabel: str = "Transactions",
    ax: Axes | None = None,
    *,
    freq_multiplier: int = 1,
    **kwargs: Any,
) -> Axes:
    """Draw the repeat purchases of all customers in each unit of time, actual and expected.

    The differences of :func:`plot_cumulative_transactions` from one unit to the next, so the line
    starts with the second.

    Parameters
    ----------
    model, transactions, datetime_col, customer_id_col, t, t_cal, datetime_format, freq, \
set_index_date, title, xlabel, ylabel, ax, freq_multiplier, **kwargs
        As for :func:`plot_cumulative_transactions`.

    Returns
    -------
    matplotlib.axes.Axes
    """
    table = expected_cumulative_transactions(
        model,
        transactions,
        datetime_col,
        customer_id_col,
        t,
        datetime_format=datetime_format,
        freq=freq,
        freq_multiplier=freq_multiplier,
        set_index_date=set_index_date,
    )
    unit = _axis_unit(freq, freq_multiplier)
    if title is None:
        known = _ADVERBS.get(unit)
        title = f"Tracking {known} Transactions" if known else f"Tracking Transactions per {unit}"
    xlabel = unit if xlabel is None else xlabel
    return _draw(table.diff(), t_cal, title, xlabel, ylabel, ax, kwargs)


def _axis_unit(freq: str, multiplier: int) -> str:
    """Return the word for the unit of the axis; lifetimes says "day" whatever it is."""
    if is_active():
        return "day"
    unit = parse_freq(freq)
    code = unit.ruler(multiplier)
    if code is not None:
        return PERIOD_NAMES[code]
    count, name = unit.count * multiplier, PERIOD_NAMES.get(unit.code, "second")
    return name if count == 1 else f"{count} {name}s"


def _draw(
    table: pd.DataFrame,
    t_cal: float,
    title: str,
    xlabel: str,
    ylabel: str,
    ax: Axes | None,
    options: dict[str, Any],
) -> Axes:
    ax = table.plot(ax=axes_or_current(ax), title=title, **options)
    end = t_cal
    if isinstance(table.index, pd.PeriodIndex):
        xlabel = "date"
        if len(table.index):
            # The axis of periods counts ordinals; rows may be several of them apart.
            ordinals = table.index.asi8
            step = 1 if len(ordinals) == 1 else int(ordinals[1] - ordinals[0])
            end = int(ordinals[0]) + int(t_cal) * step
    ax.axvline(x=end, color="r", linestyle="--")
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    return ax
