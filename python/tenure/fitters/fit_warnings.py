"""Warnings about a fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tenure._warnings import Notice
from tenure.exceptions import ConvergenceWarning, InfiniteMeanWarning, NotIdentifiedWarning
from tenure.fitters.registry import model_entry
from tenure.periods import PERIOD_NAMES

if TYPE_CHECKING:
    from tenure._engine import FitResult

__all__ = ["CERTAIN", "DEGENERATE", "dropout_unknown", "fit_notices"]

DEGENERATE = (NotIdentifiedWarning, ConvergenceWarning, InfiniteMeanWarning)
"""Warnings of a fit whose figures are not reliable; ``tenure run --strict`` exits with 3."""

CERTAIN = 1e-6
"""Distance of P(alive) from 1 below which it is uninformative."""


def fit_notices(
    model: str,
    result: FitResult,
    *,
    period: str | None = None,
    p_alive: tuple[float, float, float] | None = None,
    smallest_count: float | None = None,
) -> tuple[Notice, ...]:
    """Return the warnings about a fit.

    Parameters
    ----------
    model : str
        Name of the model.
    result : FitResult
        What the engine returned.
    period : str, optional
        Period of the data, to name units.
    p_alive : tuple of float, optional
        Least, median and greatest P(alive), needed where dropout is not identified.
    smallest_count : float, optional
        The least purchase count in the data, for models of spending.
    """
    entry = model_entry(model)
    missing = list(result["not_identified"])
    spend = entry.parameters_of("spend")
    if result["converged"] and not missing and not spend:
        return ()
    params = dict(zip(entry.parameters, result["params"], strict=True))
    notices = []
    if not result["converged"]:
        notices.append(_not_converged(result))
    if missing:
        notices.append(_not_identified(model, params, missing, result["rows"], period, p_alive))
    if spend and params["q"] <= 1.0:
        notices.append(_infinite_mean(params, smallest_count))
    return tuple(notices)


def _not_converged(result: FitResult) -> Notice:
    return Notice(
        ConvergenceWarning,
        "The fit stopped short of its maximum, so forecasts may be somewhat off and standard errors"
        " are doubtful. Look for outliers in the data, or add penalizer_coef=0.001.",
        f"The optimiser ended with: {result['reason']}; gradient {result['gradient_norm']:.2g}"
        f" after {result['evaluations']} evaluations.",
    )


def dropout_unknown(model: Any) -> bool:
    """Return whether the data do not determine a purchase model's parameters of dropout.

    Its P(alive) is then not reported as a headline.
    """
    return bool(model._hidden & set(model_entry(model._model.name).parameters_of("dropout")))


def _not_identified(
    model: str,
    params: Mapping[str, float],
    missing: Sequence[str],
    customers: int,
    period: str | None,
    p_alive: tuple[float, float, float] | None,
) -> Notice:
    entry = model_entry(model)
    dropout = set(missing) & set(entry.parameters_of("dropout"))
    details = _what_is_identified(model, params, missing, period)
    if p_alive is not None and (len(missing) == len(params) or p_alive[2] <= CERTAIN):
        least, _, greatest = p_alive
        return Notice(
            NotIdentifiedWarning,
            f"The data of {customers:,} customers hold too few repeat purchases to fit {model}:"
            " forecasts and P(alive) mean nothing. Take more customers or a longer history.",
            f"{details}P(alive) came out as {least:.3g} to {greatest:.3g}.",
        )
    if dropout and p_alive is not None and p_alive[0] >= 1.0 - CERTAIN:
        text = (
            f"The data show no dropout: P(alive) is 1 for all {customers:,} customers and forecasts"
            " are an upper limit. Fit on transactions of all customers, lapsed ones included."
        )
        details += _NO_DROPOUT
    elif dropout and p_alive is not None:
        least, _, greatest = p_alive
        text = (
            f"{', '.join(missing)} are not identified one by one; P(alive) ({least:.3g} to"
            f" {greatest:.3g}) and forecasts rest on what they give together. Check them by a refit"
            " with penalizer_coef=0.001."
        )
        details += (
            "If the refit changes the forecasts, more customers or a longer history are needed."
            " In tenure.run the setting is purchase_penalizer=0.001."
        )
        if entry.mixing["dropout"] == "beta" and len(dropout) == 2:
            a, b = (params[name] for name in entry.parameters_of("dropout"))
            share = a / (a + b)
            details += (
                " What the data may determine is the mean probability of dropout after a purchase,"
                f" a/(a + b) = {share:.3g}."
            )
    else:
        text = (
            f"The data do not identify {', '.join(missing)}: forecasts change little, but do not"
            " interpret these parameters. More customers with several purchases would settle them."
        )
        details += "A small penalizer_coef such as 0.001 settles them too, by assumption."
    return Notice(NotIdentifiedWarning, text, details)


_NO_DROPOUT = (
    "Without dropout the model is the NBD: every customer goes on buying at a constant rate, and"
    " expected purchases grow in proportion to the horizon. That is what the data identify, so read"
    " the forecasts as an upper limit and as a ranking of customers. Another of the purchase models"
    " or a penalty cannot add what the data lack. Tables of totals and tables of recent customers"
    " look like this: take one row per transaction instead of totals, and all customers, those who"
    " stopped buying included."
)


def _what_is_identified(
    model: str, params: Mapping[str, float], missing: Sequence[str], period: str | None
) -> str:
    units = f" {PERIOD_NAMES[period]}s" if period in PERIOD_NAMES else ""
    in_time = model_entry(model).parameters_in("time")
    names = ", ".join(missing)
    text = (
        f"The {model} model's parameters {names} are not identified: a wide range of their values"
        " fits equally well, and they have no standard errors. "
    )
    rest = ", ".join(
        f"{name} = {value:.4g}{units if name in in_time else ''}"
        for name, value in params.items()
        if name not in missing
    )
    return text + (f"Identified: {rest}. " if rest else "")


def _infinite_mean(params: Mapping[str, float], smallest_count: float | None) -> Notice:
    p, q = params["p"], params["q"]
    if smallest_count is None:
        extent = "expected spend without purchases does not exist"
    elif p * smallest_count + q > 1.0:
        extent = "expected spend leans on each customer's own average nearly alone"
    else:
        extent = f"customers with fewer than {(1.0 - q) / p:.3g} purchases have no expected spend"
    return Notice(
        InfiniteMeanWarning,
        f"The population's mean spend is infinite (Gamma-Gamma, q = {q:.4g}): {extent}. Fit with"
        " penalizer_coef=0 or q_constraint=True.",
        "With q at or below 1 nothing can be expected of a customer without purchases, and"
        " customers with p·x + q ≤ 1 get NaN. A penalizer does this where amounts are large"
        " numbers, because it pulls v, which is in money, and q with it towards 0;"
        " q_constraint=True keeps q at 1.05 or above.",
    )
