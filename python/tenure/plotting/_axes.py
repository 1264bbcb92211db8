"""Shared parts of the plots: import of matplotlib, axes, and a model's data and units."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

import pandas as pd

from tenure._lifetimes_mode import is_active
from tenure.exceptions import DataError
from tenure.io.optional import require_extra
from tenure.periods import PERIOD_NAMES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "axes_or_current",
    "coalesce",
    "forceAspect",
    "in_units_of",
    "model_data",
    "pyplot",
    "unit_of",
]


def pyplot() -> ModuleType:
    """Import matplotlib's pyplot, or raise with the extra that installs it."""
    require_extra("matplotlib", extra="plot", purpose="drawing plots")
    from matplotlib import pyplot

    return pyplot


def axes_or_current(ax: Axes | None) -> Axes:
    """Return `ax`, or pyplot's current axes where there is none."""
    if ax is not None:
        return ax
    current: Axes = pyplot().gca()
    return current


def model_data(model: Any) -> pd.DataFrame:
    """Return the data a model was fitted on."""
    data: pd.DataFrame | None = model.data
    if data is None:
        raise DataError(
            "The model holds no data (it was saved with save_data=False), and this plot is drawn "
            "from them. Fit it again, or assign the customer summary to model.data."
        )
    return data


def unit_of(model: Any) -> str | None:
    """Return the word for the model's unit of time, None where it is not known.

    None while `tenure.lifetimes` is active, as lifetimes has no units.
    """
    period = getattr(model, "period_", None)
    return None if is_active() or period is None else PERIOD_NAMES[period]


def in_units_of(model: Any, label: str) -> str:
    """Return a label of a length of time, with the model's unit where it is known."""
    unit = unit_of(model)
    return label if unit is None else f"{label} ({unit}s)"


def coalesce(*args: Any) -> Any:
    """Return the first argument that is not None.

    Parameters
    ----------
    *args
        Values of which at least one is not None.

    Returns
    -------
    object

    Raises
    ------
    StopIteration
        If all are None, as in lifetimes.

    Examples
    --------
    >>> coalesce(None, "red", "blue")
    'red'
    """
    return next(value for value in args if value is not None)


def forceAspect(ax: Axes, aspect: float = 1) -> None:
    """Stretch the image on some axes to a given ratio of width to height.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Axes with an image on them.
    aspect : float
        Width over height of the image as it is drawn.
    """
    left, right, bottom, top = ax.get_images()[0].get_extent()
    ax.set_aspect(abs((right - left) / (top - bottom)) / aspect)
