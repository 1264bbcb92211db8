"""What must be said about a fit: warnings in plain words, with the figures and what to do."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from tenure import _engine
from tenure.exceptions import (
    ConvergenceWarning,
    InfiniteMeanWarning,
    NotIdentifiedWarning,
    TenureWarning,
)
from tenure.periods import PERIOD_NAMES

if TYPE_CHECKING:
    from tenure._engine import FitResult, ModelInfo

__all__ = ["Notice", "collected", "fit_notices"]

_CERTAIN = 1e-6
_collector: ContextVar[list[Notice] | None] = ContextVar("tenure_notices", default=None)


@dataclass(frozen=True)
class Notice:
    """A warning that has not been given yet: its class and its words."""

    category: type[TenureWarning]
    text: str

    def emit(self) -> None:
        """Give the warning, pointing at the line outside this package that led to it.

        Within :func:`collected` it is put on the list instead.
        """
        kept = _collector.get()
        if kept is not None:
            kept.append(self)
            return
        warnings.warn(self.text, self.category, stacklevel=_caller_depth())


@contextmanager
def collected() -> Iterator[list[Notice]]:
    """Keep the warnings of a block for later instead of giving them.

    The list belongs to the thread (and the asynchronous task) that opened the block, so jobs that
    run side by side never see each other's warnings.

    Yields
    ------
    list of Notice
        Grows as the block runs.

    Examples
    --------
    >>> from tenure.exceptions import DataWarning
    >>> with collected() as kept:
    ...     Notice(DataWarning, "3 rows were left out.").emit()
    >>> [notice.text for notice in kept]
    ['3 rows were left out.']
    """
    kept: list[Notice] = []
    token = _collector.set(kept)
    try:
        yield kept
    finally:
        _collector.reset(token)


def _caller_depth() -> int:
    package = str(Path(__file__).parent)
    frame, depth = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_code.co_filename.startswith(package):
        frame, depth = frame.f_back, depth + 1
    return depth


@cache
def _models() -> dict[str, ModelInfo]:
    return _engine.models()


def fit_notices(
    model: str,
    result: FitResult,
    *,
    period: str | None = None,
    p_alive: tuple[float, float, float] | None = None,
    smallest_count: float | None = None,
) -> tuple[Notice, ...]:
    """Say what is wrong with a fit.

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
    names = _models()[model]["parameters"]
    missing = list(result["not_identified"])
    if result["converged"] and not missing and "q" not in names:
        return ()
    params = dict(zip(names, result["params"], strict=True))
    notices = []
    if not result["converged"]:
        notices.append(_not_converged(result))
    if missing:
        notices.append(_not_identified(model, params, missing, result["rows"], period, p_alive))
    if "q" in params and params["q"] <= 1.0:
        notices.append(_infinite_mean(params, smallest_count))
    return tuple(notices)


def _not_converged(result: FitResult) -> Notice:
    return Notice(
        ConvergenceWarning,
        f"The fit stopped before its maximum was sharply reached ({result['reason']}; gradient "
        f"{result['gradient_norm']:.2g} after {result['evaluations']} evaluations). Forecasts may "
        "be somewhat off and standard errors are doubtful. Look at the data for outliers, or add "
        "a small penalizer_coef such as 0.001.",
    )


def _timed(model: str) -> set[str]:
    info = _models()[model]
    return {name for name, timed in zip(info["parameters"], info["timed"], strict=True) if timed}


def _not_identified(
    model: str,
    params: Mapping[str, float],
    missing: Sequence[str],
    customers: int,
    period: str | None,
    p_alive: tuple[float, float, float] | None,
) -> Notice:
    units = f" {PERIOD_NAMES[period]}s" if period in PERIOD_NAMES else ""
    values = ", ".join(f"{name} = {params[name]:.3g}" for name in missing)
    timed = _timed(model)
    fine = [name for name in params if name not in missing]
    rest = ", ".join(
        f"{name} = {params[name]:.4g}{units if name in timed else ''}" for name in fine
    )
    names = ", ".join(missing)
    text = f"The data do not determine {names} of the {model} model (the fit ended at {values}). "
    if fine:
        text += f"The other parameters are fine: {rest}. "
    text += f"No standard errors are given for {names}. "
    dropout = {"a", "b", "s", "beta"} & set(missing)
    if dropout and p_alive is not None:
        least, _, greatest = p_alive
        if least >= 1.0 - _CERTAIN:
            text += (
                f"P(alive) is 1 for all {customers:,} customers: the model sees nobody leave, and "
                "expected purchases grow in proportion to the horizon. Read the forecasts as an "
                "upper limit. This is what data without lapsed customers look like: fit on the "
                "whole customer base, or compare with ModifiedBetaGeoFitter on a hold-out period."
            )
        else:
            text += (
                f"P(alive), {least:.3g} to {greatest:.3g}, and the forecasts rest on a "
                "combination of them that the data may determine better"
            )
            if dropout == {"a", "b"}:
                share = params["a"] / (params["a"] + params["b"])
                text += f" (a/(a + b) = {share:.3g}, the mean chance to leave after a purchase)"
            text += (
                ". Compare with a small penalizer_coef such as 0.001: if forecasts change, more "
                "customers or a longer history are needed."
            )
    else:
        text += (
            "Forecasts change little along the values that fit equally well, but do not read "
            "anything into the parameters themselves. More customers with several purchases, or a "
            "small penalizer_coef such as 0.001, settle them."
        )
    return Notice(NotIdentifiedWarning, text)


def _infinite_mean(params: Mapping[str, float], smallest_count: float | None) -> Notice:
    p, q = params["p"], params["q"]
    text = (
        f"The Gamma-Gamma fit has q = {q:.4g}: with q at or below 1 the mean spend of the "
        "population is infinite, so nothing can be expected of a customer without purchases. "
    )
    if smallest_count is not None and p * smallest_count + q > 1.0:
        text += (
            "The expected spend of every customer in the data is finite, but leans on that "
            "customer's own average nearly alone. "
        )
    elif smallest_count is not None:
        text += (
            f"Nor of customers with p·x + q ≤ 1, fewer than {(1.0 - q) / p:.3g} purchases; theirs "
            "is NaN. "
        )
    text += (
        "A penalizer does this where amounts are large numbers, because it pulls v, which is in "
        "money, and q with it towards 0: fit with penalizer_coef=0, or pass q_constraint=True to "
        "keep q at 1 or above."
    )
    return Notice(InfiniteMeanWarning, text)
