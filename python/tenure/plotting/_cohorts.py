"""Plots of cohorts: retention, revenue and survival."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tenure.cohorts import Cohorts, cohort_survival
from tenure.cohorts.calendar import CALENDAR_PERIODS
from tenure.exceptions import DataError, OptionError
from tenure.io.provenance import provenance
from tenure.periods import PERIOD_NAMES, convert
from tenure.plotting._axes import axes_or_current, pyplot

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_cohort_retention", "plot_cohort_revenue", "plot_cohort_survival"]

_WRITTEN = 14
"""Up to so many ages, cells carry their figure."""


def plot_cohort_retention(
    cohorts: Cohorts,
    *,
    cumulative: bool = False,
    annotate: bool | None = None,
    title: str | None = None,
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    """Draw which share of each cohort bought, by age.

    Age 0, where the share is 1 (or 0) by definition, is left out; cells after the end of the
    observation stay empty, and a last period that is not over is hatched.

    Parameters
    ----------
    cohorts : Cohorts
        What :func:`tenure.cohort_analysis` returns.
    cumulative : bool
        Whether to draw who has come back by then, rather than who bought in the period.
    annotate : bool, optional
        Whether to write the figures into the cells; where there is room, by default.
    title : str, optional
        Text above the plot.
    ax : matplotlib.axes.Axes, optional
        Where to draw; pyplot's current axes by default.
    **kwargs
        Passed to ``Axes.imshow``, such as ``cmap``.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    DataError
        When only the period of the first purchases was observed.

    Examples
    --------
    >>> import tenure
    >>> from matplotlib.figure import Figure
    >>> log = tenure.datasets.load_cdnow_transactions()
    >>> found = tenure.cohort_analysis(log, customer="customer_id", date="date")
    >>> ax = plot_cohort_retention(found, ax=Figure().subplots())
    >>> ax.images[0].get_array().shape
    (3, 17)
    """
    matrix = (cohorts.return_rate if cumulative else cohorts.retention).iloc[:, 1:]
    if matrix.shape[1] == 0:
        raise DataError(
            "only the period of the first purchases was observed; there is no retention to draw."
        )
    if title is None:
        title = "Customers Who Have Come Back" if cumulative else "Customers Who Bought"
    return _heat(
        matrix,
        cohorts,
        ax,
        title,
        lambda share: f"{100 * share:.0f}",
        "% of cohort",
        annotate,
        kwargs,
    )


def plot_cohort_revenue(
    cohorts: Cohorts,
    *,
    per_customer: bool = True,
    cumulative: bool = False,
    annotate: bool | None = None,
    title: str | None = None,
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    """Draw what each cohort paid, by age.

    Cells after the end of the observation stay empty, and a last period that is not over is
    hatched.

    Parameters
    ----------
    cohorts : Cohorts
        What :func:`tenure.cohort_analysis` returns, made with ``amount``.
    per_customer : bool
        Whether to divide by the customers of the cohort.
    cumulative : bool
        Whether to add up from the first period on.
    annotate, title, ax, **kwargs
        As for :func:`plot_cohort_retention`.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    DataError
        When the cohorts were made without amounts.

    Examples
    --------
    >>> import tenure
    >>> from matplotlib.figure import Figure
    >>> log = tenure.datasets.load_cdnow_transactions()
    >>> found = tenure.cohort_analysis(log, customer="customer_id", date="date",
    ...                                amount="dollar_value")
    >>> ax = plot_cohort_revenue(found, ax=Figure().subplots())
    >>> ax.get_title()
    'Revenue per Customer of the Cohort'
    """
    if per_customer:
        matrix = (
            cohorts.cumulative_revenue_per_customer if cumulative else cohorts.revenue_per_customer
        )
    else:
        matrix = cohorts.cumulative_revenue if cumulative else cohorts.revenue
    if matrix is None:
        raise DataError("these cohorts know no money; give cohort_analysis the column as amount=.")
    if title is None:
        title = "Cumulative Revenue" if cumulative else "Revenue"
        title += " per Customer of the Cohort" if per_customer else " of the Cohort"
    return _heat(matrix, cohorts, ax, title, _short, "money", annotate, kwargs)


def plot_cohort_survival(
    model: Any,
    customers: pd.DataFrame,
    *,
    cohorts: Cohorts | None = None,
    period: str | None = None,
    title: str = "Survival of Customers",
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    """Draw survival of customers under a model, with the cohorts.

    The line is the model's survival of a new customer, dashed beyond the oldest cohort. Each dot is
    a cohort: its mean age at the end of the observation and its mean P(alive), larger for more
    customers. Where `cohorts` are given, the share that bought in each period is drawn too:
    it is below survival, as active customers do not buy in every period.

    Parameters
    ----------
    model : fitted purchase model
        BetaGeoFitter, ModifiedBetaGeoFitter or ParetoNBDFitter.
    customers : DataFrame
        The customer summary, as :func:`tenure.cohort_survival` takes it.
    cohorts : Cohorts, optional
        What :func:`tenure.cohort_analysis` returns.
    period : {"M", "D", "W", "Q", "Y"}, optional
        Calendar period of the dots; that of `cohorts`, or "M", by default.
    title : str
        Text above the plot.
    ax : matplotlib.axes.Axes, optional
        Where to draw; pyplot's current axes by default.
    **kwargs
        Passed to ``Axes.plot`` for the line.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    OptionError
        When `period` is not that of `cohorts`, or the model has no survival.

    Examples
    --------
    >>> import tenure
    >>> from matplotlib.figure import Figure
    >>> log = tenure.datasets.load_cdnow_transactions()
    >>> summary = tenure.summarize(log, customer="customer_id", date="date", period="W")
    >>> model = tenure.ParetoNBDFitter().fit(summary)
    >>> ax = plot_cohort_survival(model, summary, ax=Figure().subplots())
    >>> len(ax.collections[0].get_offsets())
    3
    """
    if cohorts is not None and period is not None and period.upper() != cohorts.period:
        raise OptionError(f"period={period!r}, but the cohorts are by {cohorts.period!r}.")
    table = cohort_survival(
        model, customers, period=period or (cohorts.period if cohorts is not None else "M")
    )
    ax = axes_or_current(ax)
    now = table[table["p_alive"].notna()]
    oldest = float(now["mean_age"].max())
    times = np.linspace(0.0, oldest, 100)
    (line,) = ax.plot(times, model.survival(times), **{"label": "model, new customers", **kwargs})
    times = np.linspace(oldest, 1.5 * oldest, 50)
    ax.plot(times, model.survival(times), ls="--", color=line.get_color())
    size = 10.0 + 70.0 * now["customers"] / now["customers"].max()
    ax.scatter(
        now["mean_age"], now["p_alive"], s=size, color="tab:orange", zorder=3,
        label="cohorts now, mean P(alive)",
    )  # fmt: skip
    if cohorts is not None:
        known = (provenance(customers) or {})["period"]
        activity = _activity(table, cohorts, convert(1.0, "D", known))
        ax.plot(
            activity["mean_age"], activity["retention"], ".-", color="tab:gray",
            label="bought in the period, all cohorts",
        )  # fmt: skip
    unit = PERIOD_NAMES[(provenance(customers) or {})["period"]]
    ax.set_xlim(left=0)
    ax.set_ylim(0, 1.05)
    ax.set_xlabel(f"Time since first purchase ({unit}s)")
    ax.set_ylabel("Share of customers")
    ax.set_title(title)
    ax.legend()
    return ax


def _activity(survival: pd.DataFrame, cohorts: Cohorts, day: float) -> pd.DataFrame:
    """Average who bought over the cohorts, by age; the period of the first purchase left out."""
    if cohorts.window is not None:
        share = cohorts.average_retention.iloc[1:]
        ends = (share.index.to_numpy(dtype=np.float64) + 1) * cohorts.window * day
        return pd.DataFrame({"mean_age": ends, "retention": share.to_numpy()})
    both = survival.merge(
        cohorts.tidy()[["cohort", "age", "active", "complete"]], on=["cohort", "age"]
    )
    both = both[(both["age"] > 0) & both["complete"]]
    weighed = both.assign(mean_age=both["mean_age"] * both["customers"])
    sums = weighed.groupby("age")[["mean_age", "active", "customers"]].sum()
    table: pd.DataFrame = pd.DataFrame(
        {
            "mean_age": sums["mean_age"] / sums["customers"],
            "retention": sums["active"] / sums["customers"],
        }
    )
    return table


def _short(value: float) -> str:
    """Format an amount to fit a cell."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= 10 * size:
            return f"{value / size:.0f}{letter}"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _heat(
    matrix: pd.DataFrame,
    cohorts: Cohorts,
    ax: Axes | None,
    title: str,
    write: Any,
    unit: str,
    annotate: bool | None,
    options: dict[str, Any],
) -> Axes:
    """Draw a matrix of cohorts with what is not observed left blank."""
    pyplot()
    ax = axes_or_current(ax)
    values = np.ma.masked_invalid(matrix.to_numpy(dtype=np.float64))
    first, last = int(matrix.columns[0]), int(matrix.columns[-1])
    extent = (first - 0.5, last + 0.5, len(matrix) - 0.5, -0.5)
    shown = {"cmap": "Blues", "aspect": "auto", "interpolation": "none", "extent": extent}
    scale = 100 * values if unit.startswith("%") else values
    image = ax.imshow(scale, **{"vmin": 0.0, **shown, **options})
    ax.figure.colorbar(image, ax=ax, label=unit)
    rows, columns = values.shape
    if annotate is None:
        annotate = columns <= _WRITTEN and rows <= 2 * _WRITTEN
    if annotate:
        for row, column in zip(*np.nonzero(~np.ma.getmaskarray(values)), strict=True):
            share = float(np.asarray(image.norm(scale[row, column])))
            ax.text(
                first + column, row, write(values[row, column]), ha="center", va="center",
                fontsize="small", color="white" if share > 0.6 else "black",
            )  # fmt: skip
    if not cohorts.complete:
        _hatch_last(ax, values, first)
    named = range(0, rows, max(1, -(-rows // 30)))
    labels = [str(matrix.index[i]).partition("/")[0] for i in named]
    sizes = [f"{int(cohorts.sizes.iloc[i]):,}" for i in named]
    ax.set_yticks(named, [f"{label}  ({n})" for label, n in zip(labels, sizes, strict=True)])
    ax.xaxis.set_major_locator(import_module("matplotlib.ticker").MaxNLocator(integer=True))
    ages = f"{CALENDAR_PERIODS[cohorts.period].capitalize()}s"
    if cohorts.window is not None:
        ages = f"Windows of {cohorts.window:,} days"
    ax.set_xlabel(f"{ages} since the first purchase")
    ax.set_ylabel("Cohort (customers)")
    ax.set_title(title)
    return ax


def _hatch_last(ax: Axes, values: Any, first: int) -> None:
    """Mark each cohort's last cell: its period was not observed to the end."""
    from matplotlib.patches import Rectangle

    for row, seen in enumerate(~np.ma.getmaskarray(values)):
        if seen.any():
            at = first + int(np.flatnonzero(seen)[-1])
            ax.add_patch(
                Rectangle(
                    (at - 0.5, row - 0.5), 1, 1, fill=False, hatch="///", ec="0.6", lw=0,
                )
            )  # fmt: skip
