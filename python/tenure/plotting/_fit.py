"""Plots of actual and expected purchases, in the calibration period and after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tenure.exceptions import OptionError
from tenure.fitters.expected_counts import expected_counts
from tenure.io.validation import require_columns
from tenure.plotting._axes import in_units_of, model_data, pyplot

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "plot_calibration_purchases_vs_holdout_purchases",
    "plot_period_transactions",
]

_HOLDOUT_LABELS = {
    "frequency_cal": "Purchases in calibration period",
    "recency_cal": "Age of customer at last purchase",
    "T_cal": "Age of customer at the end of calibration period",
    "time_since_last_purchase": "Time since user made last purchase",
}


def plot_period_transactions(
    model: Any,
    max_frequency: int | None = 7,
    title: str = "Frequency of Repeat Transactions",
    xlabel: str = "Number of Calibration Period Transactions",
    ylabel: str = "Customers",
    *,
    simulate: bool = False,
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    r"""Draw how many customers made n repeat purchases, and how many the model expects.

    The model's bars are exact expectations over the fitted customers,

    .. math:: \sum_i w_i \, P(X(T_i) = n),

    so a plot drawn twice is the same plot. lifetimes draws one random sample of customers instead;
    ``simulate=True`` does so too, and differs by the noise of the sample.

    Parameters
    ----------
    model : fitted purchase model
        Any with ``data`` and ``probability_of_n_purchases_up_to_time(t, n)``; with
        ``generate_new_data(size)`` to simulate.
    max_frequency : int, optional
        How many frequencies to draw, from the smallest; None draws all that occur.
    title, xlabel, ylabel : str
        Texts.
    simulate : bool
        Whether to draw a random sample in place of the expectation.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a figure of its own by default.
    **kwargs
        Passed to ``DataFrame.plot``, such as ``figsize``; ``label`` names the two bars.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    OptionError
        If the model has neither method.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from tenure import BetaGeoFitter
    >>> from tenure.datasets import load_cdnow_summary
    >>> model = BetaGeoFitter().fit(load_cdnow_summary())
    >>> ax = plot_period_transactions(model, ax=Figure().subplots())
    >>> [round(bar.get_height()) for bar in ax.containers[0]]
    [1411, 439, 214, 100, 62, 38, 29]
    """
    labels = kwargs.pop("label", ["Actual", "Model"])
    data = model_data(model)
    weights = data["weights"] if "weights" in data else pd.Series(1, index=data.index)
    actual = weights.groupby(data["frequency"]).sum().iloc[:max_frequency]
    if simulate:
        simulated = model.generate_new_data(size=round(weights.sum()))["frequency"]
        modelled = simulated.value_counts().sort_index().iloc[:max_frequency]
    else:
        last = int(actual.index.max()) + 1 if max_frequency is None else max_frequency
        counts = actual.index.union(pd.RangeIndex(last))
        age = data["T" if "T" in data else "n_periods"]
        expected = expected_counts(model, age, weights, counts.to_numpy(np.float64))
        modelled = pd.Series(expected, index=counts)
    bars = pd.concat([actual, modelled], axis=1).sort_index().fillna(0)
    bars.columns = pd.Index(labels)
    return _drawn(bars, title, xlabel, ylabel, ax, {**kwargs, "kind": "bar"})


def plot_calibration_purchases_vs_holdout_purchases(
    model: Any,
    calibration_holdout_matrix: pd.DataFrame,
    kind: str = "frequency_cal",
    n: int = 7,
    *,
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    """Draw the average purchases after the calibration period, actual and predicted.

    Parameters
    ----------
    model : purchase model, fitted on the calibration period
        Any with ``conditional_expected_number_of_purchases_up_to_time(t, frequency, recency, T)``.
    calibration_holdout_matrix : DataFrame
        One row per customer with the columns frequency_cal, recency_cal, T_cal, frequency_holdout
        and duration_holdout, as :func:`tenure.utils.calibration_and_holdout_data` makes it.
    kind : {"frequency_cal", "recency_cal", "T_cal", "time_since_last_purchase"}
        What the customers are grouped by.
    n : int
        How many groups to draw, from the smallest value of `kind`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a figure of its own by default.
    **kwargs
        Passed to ``DataFrame.plot``.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    OptionError
        If `kind` is none of these.
    ColumnError
        If the table lacks a column.
    """
    if kind not in _HOLDOUT_LABELS:
        raise OptionError(f"kind={kind!r} is unknown; use one of {', '.join(_HOLDOUT_LABELS)}.")
    history = ["frequency_cal", "recency_cal", "T_cal"]
    table = calibration_holdout_matrix
    needed = [*history, "frequency_holdout", "duration_holdout"]
    require_columns(table, {name: name for name in needed})
    predicted = model.conditional_expected_number_of_purchases_up_to_time(
        table["duration_holdout"].iloc[0], *(table[name] for name in history)
    )
    inactivity = table["T_cal"] - table["recency_cal"]
    groups = inactivity.rename(kind) if kind == "time_since_last_purchase" else table[kind]
    purchases = table[["frequency_holdout"]].assign(model_predictions=np.asarray(predicted))
    means = purchases.groupby(groups.to_numpy()).mean().iloc[:n].rename_axis(kind)
    title = "Actual Purchases in Holdout Period vs Predicted Purchases"
    ylabel = "Average of Purchases in Holdout Period"
    xlabel = _HOLDOUT_LABELS[kind]
    xlabel = xlabel if kind == "frequency_cal" else in_units_of(model, xlabel)
    return _drawn(means, title, xlabel, ylabel, ax, kwargs)


def _drawn(
    table: pd.DataFrame,
    title: str,
    xlabel: str,
    ylabel: str,
    ax: Axes | None,
    options: dict[str, Any],
) -> Axes:
    pyplot()  # says which extra is missing, where pandas would not
    drawn: Axes = table.plot(ax=ax, **options)
    drawn.legend()
    drawn.set_title(title)
    drawn.set_xlabel(xlabel)
    drawn.set_ylabel(ylabel)
    return drawn
