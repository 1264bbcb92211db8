"""One customer over time: a new one, and one with a history."""

from __future__ import annotations

from collections.abc import Hashable
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tenure.dates import parse_date, parse_dates
from tenure.exceptions import IgnoredArgumentWarning
from tenure.frames import require_columns, to_pandas
from tenure.plotting._axes import axes_or_current, model_data
from tenure.utils import calculate_alive_path
from tenure.verdict import Notice

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_expected_repeat_purchases", "plot_history_alive"]

_STEPS: dict[str, pd.tseries.offsets.BaseOffset] = {
    "s": pd.offsets.Second(),
    "h": pd.offsets.Hour(),
    "D": pd.offsets.Day(),
    "W": pd.offsets.Week(weekday=6),
    "M": pd.offsets.MonthEnd(),
    "Y": pd.offsets.YearEnd(),
}
"""Steps of the axis; pandas spells them differently from version to version."""


def plot_expected_repeat_purchases(
    model: Any,
    title: str = "Expected Number of Repeat Purchases per Customer",
    xlabel: str = "Time Since First Purchase",
    ax: Axes | None = None,
    label: str | None = None,
    **kwargs: Any,
) -> Axes:
    """Draw the repeat purchases expected of a new customer, by time since the first purchase.

    E[X(t)] up to the greatest T of the data, then dashed to one and a half times that.

    Parameters
    ----------
    model : fitted model of buying
        Any with ``data`` and ``expected_number_of_purchases_up_to_time(t)``.
    title, xlabel : str
        Texts.
    ax : matplotlib.axes.Axes, optional
        Where to draw; pyplot's current axes by default, beside the lines of other models.
    label : str, optional
        Name of the line in a legend; no legend without one.
    **kwargs
        Passed to ``Axes.plot``, such as ``color``.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from tenure import BetaGeoFitter
    >>> from tenure.datasets import load_cdnow_summary
    >>> model = BetaGeoFitter().fit(load_cdnow_summary())
    >>> ax = plot_expected_repeat_purchases(model, ax=Figure().subplots())
    >>> round(float(ax.lines[0].get_ydata()[-1]), 2)
    1.19
    """
    ax = axes_or_current(ax)
    expected = model.expected_number_of_purchases_up_to_time
    end = model_data(model)["T"].max()
    short, color = kwargs.pop("c", None), kwargs.pop("color", None)
    color = color if short is None else short
    times = np.linspace(0, end, 100)
    (line,) = ax.plot(times, expected(times), color=color, label=label, **kwargs)
    times = np.linspace(end, 1.5 * end, 100)
    dashed = {name: value for name, value in kwargs.items() if name not in ("ls", "linestyle")}
    ax.plot(times, expected(times), color=line.get_color(), ls="--", **dashed)
    ax.set_title(title)
    ax.set_xlabel(xlabel)
    if ax.get_legend_handles_labels()[0]:
        ax.legend(loc="lower right")
    return ax


def plot_history_alive(
    model: Any,
    t: int,
    transactions: Any,
    datetime_col: Hashable,
    freq: str = "D",
    start_date: Any = None,
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    """Draw how likely one customer was still a customer, day by day, and the purchases.

    The line is :func:`tenure.utils.calculate_alive_path`; dashes mark the periods with a purchase.

    Parameters
    ----------
    model : fitted model of buying
        Any with ``conditional_probability_alive(frequency, recency, T)``.
    t : int
        How many units of `freq` to draw, from the first purchase on.
    transactions : DataFrame
        The purchases of one customer, a row each.
    datetime_col : str
        Its column of dates.
    freq : str
        Unit of time: "D", "W", "M", …, that of the model.
    start_date : date, optional
        Where the axis starts; at the first purchase by default.
    ax : matplotlib.axes.Axes, optional
        Where to draw; pyplot's current axes by default.
    **kwargs
        Properties of the line, such as ``color``.

    Returns
    -------
    matplotlib.axes.Axes

    Warns
    -----
    IgnoredArgumentWarning
        For keywords that are no property of a line: lifetimes takes them without effect.
    """
    table = to_pandas(transactions)
    require_columns(table, {"datetime_col": datetime_col})
    dates = parse_dates(table[datetime_col], name=datetime_col)
    first = dates.min()
    start = first if start_date is None else parse_date(start_date, name="start_date")
    path = np.hstack(list(calculate_alive_path(model, transactions, datetime_col, t, freq)))
    unit = freq.removeprefix("1").replace("H", "h")
    axis = pd.date_range(start=first, periods=len(path), freq=_STEPS[unit])

    ax = axes_or_current(ax)
    options = {"label": "P_alive", **_line_properties(kwargs)}
    ax.plot(axis.to_numpy(), path.astype(np.float64), "-", **options)
    ax.vlines(
        _period_ends(dates, unit).to_numpy(),
        ymin=0,
        ymax=1,
        colors="r",
        linestyles="dashed",
        label="purchases",
    )
    ax.set_ylim(0, 1.0)
    ax.set_yticks(np.arange(0, 1.1, 0.1))
    dated = import_module("matplotlib.dates")
    ax.set_xlim(dated.date2num(start), dated.date2num(axis[-1]))
    locator = dated.AutoDateLocator()
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(dated.ConciseDateFormatter(locator))
    ax.legend(loc=3)
    ax.set_ylabel("P_alive")
    ax.set_title("History of P_alive")
    return ax


def _period_ends(dates: pd.Series[Any], unit: str) -> pd.DatetimeIndex:
    """Return the days (or hours, …) with a purchase; of longer periods, their last days."""
    if unit in ("W", "M", "Y"):
        found: pd.Series[Any] = dates.dt.to_period(unit).dt.end_time.dt.normalize()
    else:
        found = dates.dt.floor(_STEPS[unit])
    days: pd.DatetimeIndex = pd.DatetimeIndex(np.sort(found.unique()))
    return days


def _line_properties(options: dict[str, Any]) -> dict[str, Any]:
    """Keep what a line has; the rest lifetimes takes without effect, so scripts may pass it."""
    from matplotlib.artist import ArtistInspector
    from matplotlib.lines import Line2D

    inspector = ArtistInspector(Line2D)
    known = {*inspector.get_setters()}
    known.update(alias for names in inspector.aliasd.values() for alias in names)
    ignored = [name for name in options if name not in known]
    if ignored:
        Notice(
            IgnoredArgumentWarning,
            f"plot_history_alive ignores {', '.join(ignored)}, which has no effect: set it on the"
            " axes that come back.",
            "It is accepted for the sake of scripts written for lifetimes.",
        ).emit()
    return {name: value for name, value in options.items() if name in known}
