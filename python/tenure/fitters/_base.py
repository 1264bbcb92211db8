"""Base class of fitted models."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure import _engine
from tenure._lifetimes_mode import is_active
from tenure._warnings import Notice
from tenure.exceptions import (
    ConvergenceError,
    DataError,
    IgnoredArgumentWarning,
    OptionError,
    UnitError,
)
from tenure.fitters._arguments import as_float, period_of, relabelled
from tenure.fitters._display import shown_parameters, shown_summary
from tenure.fitters._fit_results import FitResults
from tenure.fitters._snapshot import from_one_fit, snapshot
from tenure.fitters.fit_report import notices_html
from tenure.io.text import quoted

if TYPE_CHECKING:
    from typing_extensions import Self

    from tenure.fitters._inputs import FitInputs

__all__ = ["BaseFitter"]

_Answer = TypeVar("_Answer")

NOT_CONVERGED = """
The model did not converge. Try adding a larger penalizer to see if that helps convergence.
"""
_OF_A_FIT = frozenset({"data", "_params", "_inputs", "_result", "period_", "_facts"})
"""Attributes that belong to one fit, or were computed from it."""


def as_number(option: str, value: Any) -> float:
    """Return an option as a float, or raise where it is not a number."""
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise OptionError(f"{option}={quoted(value)}: expected a number.") from None


def objective(
    model: _engine.Model,
    log_params: NDArray[np.float64],
    vectors: Mapping[str, Any],
    weights: Any,
    penalizer: float,
) -> float:
    """Return what a fit minimises, at given log-parameters; numbers stand for all customers."""
    given = [as_float(name, value) for name, value in {**vectors, "weights": weights}.items()]
    same = np.broadcast_arrays(*(np.atleast_1d(vector) for vector in given))
    *columns, weight = (np.ascontiguousarray(vector) for vector in same)
    return model.objective(log_params.tolist(), columns, weight, penalizer=penalizer)


class BaseFitter(FitResults):
    """Base class of fitted models.

    Parameters
    ----------
    penalizer_coef : float
        Weight c of the penalty c·Σθ² that is added to the mean negative log-likelihood, on
        parameters with time scaled by 1/max(T). It depends on the longest T, and on the unit of
        money for spend models.
    """

    def __init__(self, penalizer_coef: float = 0.0) -> None:
        self.penalizer_coef = penalizer_coef

    # -- fitting -----------------------------------------------------------------------------

    def _estimate(
        self,
        inputs: FitInputs,
        *,
        initial_params: Sequence[float] | None,
        tol: float,
        verbose: bool,
        lower: Sequence[float] | None = None,
        dropped: int = 0,
    ) -> Self:
        """Fit to `inputs`, keep the result and emit the warnings that go with it."""
        if initial_params is not None:
            initial_params = [as_number("initial_params", value) for value in initial_params]
            if len(initial_params) != len(self._parameters):
                raise OptionError(
                    f"initial_params holds {len(initial_params)} values; expected the logarithms "
                    f"of {', '.join(self._parameters)} (with T scaled to a maximum of 1)."
                )
        try:
            result = self._model.fit(
                inputs.numbers(self._vectors),
                inputs.weights,
                penalizer=as_number("penalizer_coef", self.penalizer_coef),
                initial=initial_params,
                lower=lower,
                tolerance=as_number("tol", tol),
                without_purchases=is_active(),
            )
        except ConvergenceError as error:
            raise ConvergenceError(f"{NOT_CONVERGED}({error})") from error
        except DataError as error:
            raise relabelled(error, inputs.index) from error
        found = {
            "_inputs": inputs,
            "_result": result,
            "period_": inputs.period,
            "_facts": {"dropped": dropped},
        }
        kept = {key: value for key, value in self.__dict__.items() if key not in _OF_A_FIT}
        # In one step: another thread reads this fit or the one before, never parts of both.
        self.__dict__ = {**kept, **found}
        self._lay_open()
        fitted = snapshot(self)
        for notice in fitted._notices(result):
            notice.emit()
        if verbose:
            print(fitted.fit_report_)
        return self

    def _warn_ignored(self, ignored: Mapping[str, Any]) -> None:
        names = ", ".join(ignored)
        Notice(
            IgnoredArgumentWarning,
            f"{type(self).__name__}.fit ignores {names}, which has no effect on the result: remove"
            " it from the call.",
            "It is accepted for the sake of scripts written for lifetimes. The optimiser here needs"
            " no tuning.",
        ).emit()

    # -- predictions -------------------------------------------------------------------------

    def _ask(
        self,
        question: Callable[..., _Answer],
        *arguments: Any,
        index: pd.Index[Any] | None = None,
    ) -> _Answer:
        """Call a method of `_engine.Model`; an error in the data names customers by `index`."""
        try:
            return question(self._model, self._values, *arguments)
        except DataError as error:
            raise relabelled(error, index) from error

    def _check_units(self, *objects: Any) -> None:
        found = period_of(*objects)
        if found is not None and self.period_ is not None and found != self.period_:
            raise UnitError(
                f"The model was fitted on time in period {self.period_!r}, these customers are "
                f"measured in {found!r}. Summarise them with period={self.period_!r}."
            )

    # -- display -----------------------------------------------------------------------------

    @from_one_fit
    def __repr__(self) -> str:
        """Return the model's name, number of customers and parameters."""
        name = f"{self._package}.{type(self).__name__}"
        if self._params is None:
            return f"<{name}>"
        subjects = "" if self._subjects is None else f" fitted with {self._subjects:d} subjects,"
        return f"<{name}:{subjects} {shown_parameters(dict(self._params), self._hidden)}>"

    @from_one_fit
    def _repr_html_(self) -> str:
        html = f"<p><b>{escape(type(self).__name__)}</b>"
        if self._subjects is not None:
            html += f", fitted with {self._subjects:,} customers"
        if self._params is None:
            return html + ", not fitted</p>"
        try:
            notes = notices_html(self._notices(self._fitted))
            table = shown_summary(self.summary, self._hidden)
        except AttributeError:
            notes = ""
            table = self._params.rename("coef").to_frame()
        return f"{html}</p>{notes}{table.to_html(float_format='{:.6g}'.format)}"

    def __getstate__(self) -> dict[str, Any]:
        """Omit the DataFrame of `data` where it can be rebuilt, and bound methods."""
        state = self.__dict__.copy()
        state.pop("predict", None)
        if self._inputs is not None and state.get("data") is not None:
            del state["data"]
        return state
