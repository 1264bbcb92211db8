"""Heatmaps over frequency and recency."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tenure.plotting._axes import (
    axes_or_current,
    forceAspect,
    in_units_of,
    model_data,
    unit_of,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_frequency_recency_matrix", "plot_probability_alive_matrix"]

_RECENCY = "Customer's Recency"


def plot_frequency_recency_matrix(
    model: Any,
    T: float = 1,
    max_frequency: int | None = None,
    max_recency: int | None = None,
    title: str | None = None,
    xlabel: str = "Customer's Historical Frequency",
    ylabel: str | None = None,
    *,
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    """Draw the purchases expected in the next `T` periods, by frequency and recency.

    E[X(T) | x, t_x, max_recency] of customers first seen `max_recency` periods ago; see
    ``conditional_expected_number_of_purchases_up_to_time`` of the model.

    Parameters
    ----------
    model : fitted purchase model
        Any with ``conditional_expected_number_of_purchases_up_to_time(t, frequency, recency, T)``.
    T : float
        Periods ahead, in the model's period.
    max_frequency : int, optional
        Greatest frequency; that of the data by default.
    max_recency : int, optional
        Greatest recency, which is also the customers' age; the greatest T of the data by default.
    title, xlabel, ylabel : str
        Texts; by default the title names `T`, and both it and `ylabel` the unit of time of the
        model where that is known.
    ax : matplotlib.axes.Axes, optional
        Where to draw; pyplot's current axes by default, where it replaces a matrix drawn before.
    **kwargs
        Passed to ``Axes.imshow``, such as ``cmap``.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from tenure import BetaGeoFitter
    >>> from tenure.datasets import load_cdnow_summary
    >>> model = BetaGeoFitter().fit(load_cdnow_summary())
    >>> ax = plot_frequency_recency_matrix(model, T=4, ax=Figure().subplots())
    >>> ax.images[0].get_array().shape
    (39, 30)
    """
    if max_frequency is None:
        max_frequency = int(model_data(model)["frequency"].max())
    if max_recency is None:
        max_recency = int(model_data(model)["T"].max())
    x, t_x = np.meshgrid(np.arange(max_frequency + 1.0), np.arange(max_recency + 1.0))
    expected = model.conditional_expected_number_of_purchases_up_to_time(
        T, x.reshape(-1), t_x.reshape(-1), np.full(x.size, float(max_recency))
    )
    if title is None:
        unit = unit_of(model)
        units = ("Unit" if unit is None else unit.title()) + ("" if T == 1 else "s")
        of_time = "" if unit else " of Time"
        title = (
            f"Expected Number of Future Purchases for {T} {units}{of_time},"
            "\nby Frequency and Recency of a Customer"
        )
    ylabel = in_units_of(model, _RECENCY) if ylabel is None else ylabel
    matrix = np.asarray(expected, dtype=np.float64).reshape(x.shape)
    return _draw(matrix, title=title, xlabel=xlabel, ylabel=ylabel, ax=ax, options=kwargs)


def plot_probability_alive_matrix(
    model: Any,
    max_frequency: int | None = None,
    max_recency: int | None = None,
    title: str = "Probability Customer is Alive,\nby Frequency and Recency of a Customer",
    xlabel: str = "Customer's Historical Frequency",
    ylabel: str | None = None,
    *,
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    """Draw the probability that a customer is active, by frequency and recency.

    P(alive | x, t_x, max_recency); see ``conditional_probability_alive_matrix`` of the model.

    Parameters
    ----------
    model : fitted purchase model
        Any with ``conditional_probability_alive_matrix(max_frequency, max_recency)``.
    max_frequency : int, optional
        Greatest frequency; that of the data by default.
    max_recency : int, optional
        Greatest recency, which is also the customers' age; the greatest T of the data by default.
    title, xlabel, ylabel : str
        Texts; by default `ylabel` names the unit of time of the model where that is known.
    ax : matplotlib.axes.Axes, optional
        Where to draw; pyplot's current axes by default, where it replaces a matrix drawn before.
    **kwargs
        Passed to ``Axes.imshow``, such as ``cmap``.

    Returns
    -------
    matplotlib.axes.Axes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from tenure import BetaGeoFitter
    >>> model = BetaGeoFitter()
    >>> model.params_ = {"r": 0.24, "alpha": 4.41, "a": 0.79, "b": 2.43}
    >>> ax = plot_probability_alive_matrix(model, 10, 38, ax=Figure().subplots())
    >>> ax.images[0].get_array().shape
    (39, 11)
    """
    matrix = model.conditional_probability_alive_matrix(max_frequency, max_recency)
    ylabel = in_units_of(model, _RECENCY) if ylabel is None else ylabel
    return _draw(matrix, title=title, xlabel=xlabel, ylabel=ylabel, ax=ax, options=kwargs)


def _draw(
    matrix: NDArray[np.float64],
    *,
    title: str,
    xlabel: str,
    ylabel: str,
    ax: Axes | None,
    options: dict[str, Any],
) -> Axes:
    """Draw a matrix as a square, with its colour bar."""
    if ax is None:
        ax = _cleared(axes_or_current(None))
    image = ax.imshow(matrix, **{"interpolation": "none", **options})
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    ax.set_title(title)
    forceAspect(ax)
    ax.figure.colorbar(image, ax=ax)
    return ax


def _cleared(ax: Axes) -> Axes:
    """Take a matrix and its scale off the current axes: scripts draw several, one after another."""
    scales = [image.colorbar for image in ax.images if image.colorbar is not None]
    for scale in scales:
        scale.remove()
    if scales:
        ax.clear()
    return ax
