"""Plots of heterogeneity: the densities of customers' purchase rates and dropout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tenure import _engine
from tenure.exceptions import NotFittedError, OptionError
from tenure.fitters.registry import models
from tenure.plotting._axes import pyplot, unit_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_dropout_rate_heterogeneity", "plot_transaction_rate_heterogeneity"]


def plot_transaction_rate_heterogeneity(
    model: Any,
    suptitle: str = "Heterogeneity in Transaction Rate",
    xlabel: str | None = None,
    ylabel: str = "Density",
    suptitle_fontsize: float = 14,
    *,
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    r"""Draw the density of the transaction rate λ over the customers.

    .. math:: f(\lambda) = \frac{\alpha^r \lambda^{r-1} e^{-\alpha\lambda}}{\Gamma(r)}

    from 0 to its 99 % quantile, in purchases per period, while customers are active. For a model
    with purchase probabilities per period (alpha, beta), the beta density of those. The title gives
    mean and variance. Below a shape of 1 the density has no bound at 0, where the line starts.

    Parameters
    ----------
    model : fitted purchase model
        Any with ``params_`` that hold r and alpha, or alpha and beta.
    suptitle : str
        Heading of the figure; on axes of yours, first line of their title.
    xlabel, ylabel : str
        Labels; by default `xlabel` names the unit of time of the model where that is known.
    suptitle_fontsize : float
        Size of the heading, in points.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a figure of its own by default.
    **kwargs
        Passed to ``Axes.plot``.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    OptionError
        If the model has no such parameters.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from tenure import BetaGeoFitter
    >>> model = BetaGeoFitter()
    >>> model.params_ = {"r": 0.24, "alpha": 4.41, "a": 0.79, "b": 2.43}
    >>> plot_transaction_rate_heterogeneity(model, ax=Figure().subplots()).get_title()
    'Heterogeneity in Transaction Rate\nmean: 0.054, var: 0.012'
    """
    distribution, first, second = _distribution(model, "purchase")
    if xlabel is None:
        unit = unit_of(model) if distribution == "gamma" else None
        xlabel = "Transaction Rate" + (f" per {unit.title()}" if unit else "")
    return _draw(
        distribution, first, second, suptitle, xlabel, ylabel, suptitle_fontsize, ax, kwargs
    )


def plot_dropout_rate_heterogeneity(
    model: Any,
    suptitle: str = "Heterogeneity in Dropout Probability",
    xlabel: str = "Dropout Probability p",
    ylabel: str = "Density",
    suptitle_fontsize: float = 14,
    *,
    ax: Axes | None = None,
    **kwargs: Any,
) -> Axes:
    r"""Draw the density over customers of p, the probability of dropout after a purchase.

    .. math:: f(p) = \frac{p^{a-1} (1-p)^{b-1}}{B(a, b)}

    from 0 to its 99 % quantile. For a model in which customers drop out at a rate μ per period
    (parameters s and beta), the gamma density of that rate. The title gives mean and variance.

    Parameters
    ----------
    model : fitted purchase model
        Any with ``params_`` that hold a and b, s and beta, or gamma and delta.
    suptitle, xlabel, ylabel, suptitle_fontsize, ax, **kwargs
        As for :func:`plot_transaction_rate_heterogeneity`.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    OptionError
        If the model has no such parameters.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from tenure import BetaGeoFitter
    >>> model = BetaGeoFitter()
    >>> model.params_ = {"r": 0.24, "alpha": 4.41, "a": 0.79, "b": 2.43}
    >>> plot_dropout_rate_heterogeneity(model, ax=Figure().subplots()).get_title()
    'Heterogeneity in Dropout Probability\nmean: 0.245, var: 0.044'
    """
    distribution, first, second = _distribution(model, "dropout")
    if distribution == "gamma":  # a rate and not a probability; texts of the caller's own stay
        suptitle = suptitle.replace(
            "Heterogeneity in Dropout Probability", "Heterogeneity in Dropout Rate"
        )
        xlabel = xlabel.replace("Dropout Probability p", "Dropout Rate μ")
    return _draw(
        distribution, first, second, suptitle, xlabel, ylabel, suptitle_fontsize, ax, kwargs
    )


def _distribution(model: Any, process: str) -> tuple[str, float, float]:
    """Return the mixing distribution of a process and its two parameters.

    Models of others, which have ``params_`` alone, are recognised by the names of these.
    """
    try:
        params = model.params_
    except AttributeError as error:
        raise NotFittedError(str(error)) from error
    known = {
        entry.parameters_of(process): entry.mixing[process]
        for entry in models().values()
        if process in entry.mixing
    }
    for names, distribution in known.items():
        if all(name in params for name in names):
            return distribution, float(params[names[0]]), float(params[names[1]])
    expected = ", or ".join(" and ".join(names) for names in known)
    raise OptionError(
        f"{type(model).__name__} has the parameters {', '.join(map(str, params.keys()))}, which do "
        f"not state how customers differ in {process}; expected {expected}."
    )


def _moments(distribution: str, first: float, second: float) -> tuple[float, float]:
    """Return mean and variance."""
    if distribution == "gamma":
        return first / second, first / second**2
    mean = first / (first + second)
    return mean, mean * (1 - mean) / (first + second + 1)


def _draw(
    distribution: str,
    first: float,
    second: float,
    suptitle: str,
    xlabel: str,
    ylabel: str,
    suptitle_fontsize: float,
    ax: Axes | None,
    options: dict[str, Any],
) -> Axes:
    x, density = _engine.mixing_density(distribution, first, second)
    mean, variance = _moments(distribution, first, second)
    title = f"mean: {mean:.3f}, var: {variance:.3f}"
    figure = None
    if ax is None:
        figure, ax = pyplot().subplots(1)
        figure.suptitle(suptitle, fontsize=suptitle_fontsize, fontweight="bold")
        ax.set_title(title)
    else:
        # The figure is the caller's: the heading goes over the axes, not over the figure.
        ax.set_title(f"{suptitle}\n{title}")
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    if figure is not None:
        figure.tight_layout(rect=(0, 0.03, 1, 0.95))
    ax.plot(x, density, **options)
    return ax
