"""Purchases of all customers over time, actual and expected."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import pandas as pd

from tenure.plotting._axes import axes_or_current
from tenure.utils import expected_cumulative_transactions

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_cumulative_transactions", "plot_incremental_transactions"]


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
    xlabel: str = "day",
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
    model : fitted model of buying
        Any with ``expected_number_of_purchases_up_to_time(t)``.
    transactions : DataFrame
        One row a purchase.
    datetime_col, customer_id_col : str
        Its columns.
    t : int
        How many units of `freq` to follow, from the first date on.
    t_cal : float
        Where the calibration period ends, in units of the axis: of `freq`, times
        `freq_multiplier`.
    datetime_format : str, optional
        How text dates are written.
    freq : str
        Unit of time of `t`.
    set_index_date : bool
        Whether the axis shows dates rather than units since the first date.
    title, xlabel, ylabel : str
        Texts; with dates the axis is labelled "date".
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
    title: str = "Tracking Daily Transactions",
    xlabel: str = "day",
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
    return _draw(table.diff(), t_cal, title, xlabel, ylabel, ax, kwargs)


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
    if isinstance(table.index, pd.PeriodIndex):
        end: float = table.index[int(t_cal)].ordinal  # the axis of periods counts ordinals
        xlabel = "date"
    else:
        end = t_cal
    ax.axvline(x=end, color="r", linestyle="--")
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    return ax
