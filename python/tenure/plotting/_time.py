"""Plots of one customer over time: a new one, and one with a history."""

from __future__ import annotations

from collections.abc import Hashable
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tenure._lifetimes_mode import is_active
from tenure._warnings import Notice
from tenure.exceptions import IgnoredArgumentWarning
from tenure.io.dates import parse_date, parse_dates
from tenure.io.validation import require_columns, to_pandas
from tenure.plotting._axes import axes_or_current, in_units_of, model_data
from tenure.utils import calculate_alive_path
from tenure.utils.freq import Freq, parse_freq

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_expected_repeat_purchases", "plot_history_alive"]


def plot_expected_repeat_purchases(
    model: Any,
    title: str = "Expected Number of Repeat Purchases per Customer",
    xlabel: str | None = None,
    ax: Axes | None = None,
    label: str | None = None,
    **kwargs: Any,
) -> Axes:
    """Draw the repeat purchases expected of a new customer, by time since the first purchase.

    E[X(t)] up to the greatest T of the data, then dashed to one and a half times that.

    Parameters
    ----------
    model : fitted purchase model
        Any with ``data`` and ``expected_number_of_purchases_up_to_time(t)``.
    title, xlabel : str
        Texts; by default `xlabel` names the unit of time of the model where that is known.
    ax : matplotlib.axes.Axes, optional
        Where to draw; pyplot's current axes by default, together with the lines of other models.
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
    ax.set_xlabel(in_units_of(model, "Time Since First Purchase") if xlabel is None else xlabel)
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
    """Draw P(alive) of one customer over time, and the purchases.

    The line is :func:`tenure.utils.calculate_alive_path`; dashes mark the periods with a purchase.

    Parameters
    ----------
    model : fitted purchase model
        Any with ``conditional_probability_alive(frequency, recency, T)``.
    t : int
        How many units of `freq` to draw, from the first purchase on.
    transactions : DataFrame
        The purchases of one customer, a row each.
    datetime_col : str
        Its column of dates.
    freq : str
        Unit of time: "D", "W", "M", … or a number of them such as "7D", that of the model.
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
    unit = parse_freq(freq)
    axis = pd.date_range(start=first, periods=len(path), freq=unit.step)

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
    # A little more than 1, where the frame would hide a line.
    ax.set_ylim(0, 1.0 if is_active() else 1.02)
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


def _period_ends(dates: pd.Series[Any], unit: Freq) -> pd.DatetimeIndex:
    """Return the first moments of the units with a purchase; of weeks and longer, the last days."""
    if unit.count > 1:
        made = pd.Series(1, index=pd.DatetimeIndex(dates)).resample(unit.step).sum()
        found: Any = made.index[made.to_numpy() > 0]
    elif unit.code in ("W", "M", "Y"):
        found = dates.dt.to_period(unit.code).dt.end_time.dt.normalize().unique()
    else:
        found = dates.dt.floor(unit.step).unique()
    days: pd.DatetimeIndex = pd.DatetimeIndex(np.sort(found))
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
