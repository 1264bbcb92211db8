"""Choice of the purchase model: the likeliest of all, or the one that is asked for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from tenure._warnings import Notice, collect_warnings
from tenure.clv.forecast import forecast
from tenure.exceptions import ConvergenceError, DataError, TenureError
from tenure.fitters import BetaGeoFitter, ModifiedBetaGeoFitter, ParetoNBDFitter
from tenure.fitters.fit_warnings import CERTAIN
from tenure.horizons import Horizon, resolve_horizons
from tenure.io.provenance import provenance
from tenure.pipeline.holdout import holdout_errors

if TYPE_CHECKING:
    from tenure.fitters.continuous_time import TransactionFitter
    from tenure.locale import Locale

__all__ = [
    "AUTO",
    "PURCHASE_MODELS",
    "Choice",
    "PurchaseModel",
    "choose_purchase_model",
    "p_alive_informative",
    "saved_choice",
]

PurchaseModel: TypeAlias = Literal["auto", "bg/nbd", "mbg/nbd", "pareto/nbd"]
AUTO = "auto"
PURCHASE_MODELS: dict[str, type[BetaGeoFitter | ParetoNBDFitter]] = {
    fitter._model.name.lower(): fitter
    for fitter in (BetaGeoFitter, ModifiedBetaGeoFitter, ParetoNBDFitter)
}
"""The models, in the order that decides where nothing else does."""

NEAR_TIE = 1.0
"""Difference in log-likelihood up to which models fit equally well (2 in AIC)."""

HOLDOUT_TIE = 0.001
"""Relative difference of hold-out errors that does not count."""


def p_alive_informative(model: Any, frequency: Any, p_alive: Any) -> bool:
    """Whether P(alive) is informative for these customers.

    It does not where it is 1 (or 0) for all of them, as after a fit without dropout, nor where the
    model gives 1 to every customer without a repeat purchase by construction (BG/NBD) and there are
    such customers.

    Parameters
    ----------
    model : fitter
        The purchase model.
    frequency, p_alive : array_like
        Repeat purchases and P(alive), one each per customer.

    Returns
    -------
    bool

    Examples
    --------
    >>> from tenure import BetaGeoFitter, ModifiedBetaGeoFitter
    >>> p_alive_informative(BetaGeoFitter(), [0, 2], [1.0, 0.4])
    False
    >>> p_alive_informative(ModifiedBetaGeoFitter(), [0, 2], [0.3, 0.4])
    True
    """
    chances = np.asarray(p_alive, dtype=np.float64)
    if chances.min() >= 1.0 - CERTAIN or chances.max() <= CERTAIN:
        return False
    by_construction: bool = model._model == BetaGeoFitter._model
    return not (by_construction and bool((np.asarray(frequency) <= 0).any()))


@dataclass(frozen=True)
class Choice:
    """A purchase model, fitted, and how it compares.

    Parameters
    ----------
    name : str
        Key of :data:`PURCHASE_MODELS`.
    model : fitter
        The fitted model.
    notices : tuple of Notice
        The warnings of its fit.
    table : DataFrame
        One row per model: ``model``, ``chosen``, ``log_likelihood``, ``aic_difference``,
        ``not_identified``, ``p_alive_mean``, ``expected_purchases_<horizon>``,
        ``holdout_error``, ``holdout_rmse`` and ``reason``.
    """

    name: str
    model: TransactionFitter
    notices: tuple[Notice, ...]
    table: pd.DataFrame


@dataclass
class _Candidate:
    name: str
    label: str
    model: TransactionFitter | None = None
    notices: tuple[Notice, ...] = ()
    failure: TenureError | None = None
    log_likelihood: float = math.nan
    converged: bool = True
    not_identified: tuple[str, ...] = ()
    p_alive: float = math.nan
    informative: bool = True
    purchases: float = math.nan
    holdout_error: float = math.nan
    holdout_rmse: float = math.nan
    reason: str = field(default="")


def choose_purchase_model(
    customers: pd.DataFrame,
    asked: str,
    *,
    penalizer: float,
    horizons: Sequence[float | str] | float | str,
    purchases: pd.DataFrame | None,
    locale: Locale,
    scripts: bool = False,
) -> Choice:
    """Fit the purchase models and choose one, or fit the one asked for.

    The highest log-likelihood decides: all three have four parameters, so this is AIC's and BIC's
    choice as well. Models within 1 of it (2 in AIC) fit equally well; among them goes first one
    whose parameters are identified, then the smaller hold-out error, then one whose P(alive) is not
    1 by construction, then the order BG/NBD, MBG/NBD, Pareto/NBD.

    The hold-out, where there are purchases: the models are fitted on what was known one longest
    horizon (at most half the observation time) before the end, and forecast the rest.

    Parameters
    ----------
    customers : DataFrame
        The customer summary.
    asked : str
        ``"auto"`` or a key of :data:`PURCHASE_MODELS`.
    penalizer : float
        Penalty of the fits.
    horizons : sequence of float or str
        As for :func:`tenure.forecast`.
    purchases : DataFrame or None
        ``customer`` and ``date`` of every purchase, for the hold-out.
    locale : Locale
        Language of the reasons.
    scripts : bool
        Whether scripts are reproduced (``convention="total"``). They use BG/NBD, so "auto" does
        then: the likelihood of first orders counted as repeat purchases compares nothing.

    Returns
    -------
    Choice

    Raises
    ------
    ConvergenceError, DataError
        When no model can be fitted.
    """
    why = "models.asked"
    if asked == AUTO and scripts:
        asked, why = BetaGeoFitter._model.name.lower(), "models.scripts"
    names = list(PURCHASE_MODELS) if asked == AUTO else [asked]
    candidates = [_fit(name, customers, penalizer, horizons) for name in names]
    fitted = [candidate for candidate in candidates if candidate.failure is None]
    if not fitted:
        failure = candidates[0].failure
        assert failure is not None
        raise failure
    if asked == AUTO:
        if purchases is not None:
            kinds = {each.name: PURCHASE_MODELS[each.name] for each in fitted}
            ahead = _longest(customers, horizons).value
            errors = holdout_errors(kinds, customers, purchases, penalizer, ahead)
            for each in fitted:
                each.holdout_error, each.holdout_rmse = errors.get(each.name, (math.nan, math.nan))
        chosen = _best(fitted, locale)
    else:
        chosen = fitted[0]
        chosen.reason = locale.text(why)
    for candidate in candidates:
        candidate.reason = candidate.reason or _why_not(candidate, chosen, locale)
    assert chosen.model is not None
    label = _longest(customers, horizons).label
    return Choice(chosen.name, chosen.model, chosen.notices, _table(candidates, chosen, label))


def _fit(
    name: str,
    customers: pd.DataFrame,
    penalizer: float,
    horizons: Sequence[float | str] | float | str,
) -> _Candidate:
    """Fit a model and forecast; a model that cannot be fitted keeps the error."""
    kind = PURCHASE_MODELS[name]
    candidate = _Candidate(name, kind._model.name)
    try:
        with collect_warnings() as notices:
            model = kind(penalizer_coef=penalizer).fit(customers)
        _measure(candidate, model, customers, horizons)
    except (ConvergenceError, DataError) as error:
        candidate.failure = error
        return candidate
    candidate.notices = tuple(notices)
    return candidate


def saved_choice(
    name: str,
    model: TransactionFitter,
    customers: pd.DataFrame,
    horizons: Sequence[float | str] | float | str,
    reason: str,
) -> Choice:
    """Return a model that was fitted before as the choice.

    Parameters
    ----------
    name : str
        Key of :data:`PURCHASE_MODELS`.
    model : fitter
        The model.
    customers : DataFrame
        The customer summary that it is used on.
    horizons : sequence of float or str
        As for :func:`tenure.forecast`.
    reason : str
        Where it is from.

    Returns
    -------
    Choice
    """
    candidate = _Candidate(name, model._model.name, reason=reason)
    _measure(candidate, model, customers, horizons)
    notices = model._notices(model._fitted)
    label = _longest(customers, horizons).label
    return Choice(name, model, notices, _table([candidate], candidate, label))


def _measure(
    candidate: _Candidate,
    model: TransactionFitter,
    customers: pd.DataFrame,
    horizons: Sequence[float | str] | float | str,
) -> None:
    with collect_warnings():  # the forecast of the run gives these warnings
        ahead = forecast(model, None, customers, horizons=_longest(customers, horizons).given)
    result = model._fitted
    candidate.model = model
    candidate.log_likelihood = result["log_likelihood"]
    candidate.converged = result["converged"]
    candidate.not_identified = tuple(result["not_identified"])
    candidate.p_alive = float(ahead["p_alive"].mean())
    candidate.informative = p_alive_informative(model, customers["frequency"], ahead["p_alive"])
    candidate.purchases = float(ahead.iloc[:, 1].sum())


def _longest(customers: pd.DataFrame, horizons: Sequence[float | str] | float | str) -> Horizon:
    period = (provenance(customers) or {}).get("period")
    return max(resolve_horizons(horizons, period), key=lambda horizon: horizon.value)


def _best(fitted: Sequence[_Candidate], locale: Locale) -> _Candidate:
    """Choose a model, and note why."""
    ranked = sorted(
        fitted, key=lambda candidate: -candidate.log_likelihood
    )  # stable: ties in order
    best = ranked[0]
    if len(ranked) == 1:
        best.reason = locale.text("models.only")
        return best
    near = [each for each in fitted if each.log_likelihood >= best.log_likelihood - NEAR_TIE]
    if len(near) == 1:
        best.reason = locale.text(
            "models.likelihood",
            difference=locale.decimal(best.log_likelihood - ranked[1].log_likelihood, 1),
            other=ranked[1].label,
        )
        return best
    chosen, why = _of_equals(near)
    others = ", ".join(each.label for each in near if each is not chosen)
    chosen.reason = locale.text(f"models.{why}", others=others)
    return chosen


def _of_equals(near: Sequence[_Candidate]) -> tuple[_Candidate, str]:
    """Choose among models that fit equally well; return the rule that decided."""
    if all(each.not_identified and not each.informative for each in near):
        return near[0], "degenerate"
    left = list(near)
    for rule in ("identified", "holdout", "informative"):
        if rule == "identified":
            kept = [each for each in left if each.converged and not each.not_identified]
        elif rule == "holdout":
            least = min(each.holdout_rmse for each in left)  # NaN where there is none
            kept = [each for each in left if each.holdout_rmse <= least * (1.0 + HOLDOUT_TIE)]
        else:
            kept = [each for each in left if each.informative]
        if len(kept) == 1:
            return kept[0], rule
        left = kept or left
    return left[0], "order"


def _why_not(candidate: _Candidate, chosen: _Candidate, locale: Locale) -> str:
    if candidate.failure is not None:
        return locale.text("models.failed", error=" ".join(str(candidate.failure).split())[:200])
    behind = chosen.log_likelihood - candidate.log_likelihood
    if behind <= NEAR_TIE:
        return locale.text("models.equal", other=chosen.label)
    return locale.text("models.lower", difference=locale.decimal(behind, 1), other=chosen.label)


def _table(candidates: Sequence[_Candidate], chosen: _Candidate, label: str) -> pd.DataFrame:
    best = max(c.log_likelihood for c in candidates if c.failure is None)
    result: pd.DataFrame = pd.DataFrame(
        {
            "model": each.label,
            "chosen": each is chosen,
            "log_likelihood": each.log_likelihood,
            "aic_difference": 2.0 * (best - each.log_likelihood),
            "not_identified": ", ".join(each.not_identified),
            "p_alive_mean": each.p_alive,
            f"expected_purchases_{label}": each.purchases,
            "holdout_error": each.holdout_error,
            "holdout_rmse": each.holdout_rmse,
            "reason": each.reason,
        }
        for each in candidates
    )
    return result
