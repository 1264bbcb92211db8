"""What every model shares: the fit, its results, its printed face, saving and loading."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from types import MethodType
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

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
    NotFittedError,
    OptionError,
    UnitError,
)
from tenure.fitters._arguments import as_float, period_of, relabelled
from tenure.fitters._display import ParameterTable, shown_parameters, shown_summary
from tenure.fitters._snapshot import from_one_fit, snapshot
from tenure.fitters.fit_report import FitReport, IndependenceCheck, notices_html
from tenure.fitters.fit_warnings import fit_notices
from tenure.fitters.json_files import JsonFile
from tenure.fitters.registry import model_entry
from tenure.io.text import quoted

if TYPE_CHECKING:
    from typing_extensions import Self

    from tenure._engine import FitResult
    from tenure.fitters._inputs import FitInputs

__all__ = ["BaseFitter"]

_Answer = TypeVar("_Answer")

NOT_CONVERGED = """
The model did not converge. Try adding a larger penalizer to see if that helps convergence.
"""
_OF_A_FIT = frozenset({"data", "_params", "_inputs", "_result", "period_", "_facts"})
"""Attributes that belong to one fit, or were made of what it found."""
NOT_FITTED = "Model has not been fit yet. Please call the .fit method first."


def as_number(option: str, value: Any) -> float:
    """Return an option as a float, or say that it is not a number."""
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise OptionError(f"{option}={quoted(value)}: expected a number.") from None


def objective(
    model: str,
    log_params: NDArray[np.float64],
    vectors: Mapping[str, Any],
    weights: Any,
    penalizer: float,
) -> float:
    """Return what a fit minimises, at given log-parameters; numbers stand for all customers."""
    given = [as_float(name, value) for name, value in {**vectors, "weights": weights}.items()]
    same = np.broadcast_arrays(*(np.atleast_1d(vector) for vector in given))
    *columns, weight = (np.ascontiguousarray(vector) for vector in same)
    return _engine.objective(model, log_params.tolist(), columns, weight, penalizer=penalizer)


class BaseFitter(JsonFile):
    """Base of all models; holds what is common to them.

    Parameters
    ----------
    penalizer_coef : float
        Weight c of the penalty c·Σθ² that is added to the mean negative log-likelihood, on
        parameters with time scaled by 1/max(T). It depends on the longest T, and on the unit of
        money for models of spending.
    """

    _model: ClassVar[str]
    _parameters: ClassVar[tuple[str, ...]] = ()
    _vectors: ClassVar[tuple[str, ...]]
    _data_columns: ClassVar[tuple[str, ...]]
    _data_types: ClassVar[Mapping[str, type]]
    _package: ClassVar[str] = "tenure"
    """Where a printed model says it comes from; `tenure.lifetimes` changes it while active."""

    period_: str | None = None
    """Period of recency and T, as the customer summary told it: "D", "W", …; else None."""

    _result: FitResult | None = None
    _inputs: FitInputs | None = None
    _facts: Mapping[str, Any] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        """Take the names of the parameters from the registry."""
        super().__init_subclass__(**options)
        if "_model" in cls.__dict__:
            cls._parameters = model_entry(cls._model).parameters

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
        """Fit to `inputs`, remember the result and give the warnings that go with it."""
        if initial_params is not None:
            initial_params = [as_number("initial_params", value) for value in initial_params]
            if len(initial_params) != len(self._parameters):
                raise OptionError(
                    f"initial_params holds {len(initial_params)} values; expected the logarithms "
                    f"of {', '.join(self._parameters)} (with T scaled to a maximum of 1)."
                )
        try:
            result = _engine.fit(
                self._model,
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

    def _lay_open(self) -> None:
        """Hold results as attributes of the instance, where scripts of lifetimes look for them.

        They are in ``__dict__`` there; here they are answers of the class, and stay so.
        """
        if not is_active():
            return
        own = self.__dict__
        if self._params is not None:
            own["params_"] = self._params
        if self._result is not None:
            own["_scale"] = self._result["scale"]
            own["_negative_log_likelihood_"] = self._result["objective"]
            own.setdefault("data", self.data)
        predict = getattr(type(self), "predict", None)
        if predict is not None:
            own["predict"] = MethodType(predict, self)

    def _say_ignored(self, ignored: Mapping[str, Any]) -> None:
        names = ", ".join(ignored)
        Notice(
            IgnoredArgumentWarning,
            f"{type(self).__name__}.fit ignores {names}, which has no effect on the result: remove"
            " it from the call.",
            "It is accepted for the sake of scripts written for lifetimes. The optimiser here needs"
            " no tuning.",
        ).emit()

    def _notices(self, result: FitResult) -> tuple[Notice, ...]:
        """Return what must be said right after a fit; cheap unless something is wrong."""
        return fit_notices(self._model, result, period=self.period_)

    def _gather_facts(self) -> Mapping[str, Any]:
        """Return what the report says about the data of the fit; may take a while."""
        return self._facts

    # -- parameters --------------------------------------------------------------------------

    @property
    def _params(self) -> pd.Series[float] | None:
        """The Series of `params_`, made of what the fit found when first asked for."""
        state = self.__dict__
        result = state.get("_result")
        if "_params" not in state and result is not None:
            state.setdefault("_params", pd.Series(result["params"], index=list(self._parameters)))
        params: pd.Series[float] | None = state.get("_params")
        return params

    @_params.setter
    def _params(self, values: pd.Series[float]) -> None:
        self.__dict__["_params"] = values

    @property
    def params_(self) -> pd.Series[float]:
        """The parameters, by name. Assign a Series or a dict to set up a model by hand."""
        params = self._params
        if params is None:
            raise AttributeError(NOT_FITTED)
        return params

    @params_.setter
    def params_(self, values: Mapping[str, float] | pd.Series[float]) -> None:
        series = values if isinstance(values, pd.Series) else pd.Series(dict(values), dtype=float)
        missing = [name for name in self._parameters if name not in series.index]
        if missing:
            raise OptionError(
                f"params_ lacks {', '.join(missing)}; {type(self).__name__} has the parameters "
                f"{', '.join(self._parameters)}."
            )
        for name in self._parameters:
            value = series[name]
            if isinstance(value, str) or not pd.api.types.is_number(value):
                raise OptionError(f"params_[{name!r}]={quoted(value)}: expected a number.")
        self._params = series
        self._lay_open()

    def _unload_params(self, *names: str) -> list[float]:
        params = self._params
        if params is None:
            raise NotFittedError(NOT_FITTED)
        return [params[name] for name in names]

    @property
    def _values(self) -> list[float]:
        state = self.__dict__
        result = state.get("_result")
        if "_params" not in state and result is not None:
            return list(result["params"])
        return [float(value) for value in self._unload_params(*self._parameters)]

    @property
    @from_one_fit
    def _fitted(self) -> FitResult:
        """Return the fit behind the current parameters."""
        if self._result is None or self._params is None:
            raise AttributeError(
                f"{NOT_FITTED} (Parameters set by hand have no standard errors.)"
                if self._params is not None
                else NOT_FITTED
            )
        if self._values != list(self._result["params"]):
            raise AttributeError(
                "params_ was changed by hand after the fit, so what the fit said about its own "
                "parameters (standard errors, report, objective) no longer applies."
            )
        return self._result

    def _ask(
        self,
        question: Callable[..., _Answer],
        *arguments: Any,
        index: pd.Index[Any] | None = None,
    ) -> _Answer:
        """Put a question to the engine, naming customers by `index` where their data are bad."""
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

    # -- results -----------------------------------------------------------------------------

    @property
    def data(self) -> pd.DataFrame | None:
        """The data of the fit as a DataFrame; None where a model was saved without them."""
        state = self.__dict__
        if "data" not in state:
            inputs = state.get("_inputs")
            if inputs is None:
                raise AttributeError(NOT_FITTED)
            frame = inputs.frame(self._data_columns, dict(self._data_types))
            state.setdefault("data", frame)
        found: pd.DataFrame | None = state["data"]
        return found

    @data.setter
    def data(self, value: pd.DataFrame | None) -> None:
        self.__dict__["data"] = value

    @property
    def _scale(self) -> float:
        return self._fitted["scale"]

    @property
    def _negative_log_likelihood_(self) -> float:
        """Mean negative log-likelihood, time scaled by 1/max(T), with the penalty."""
        return self._fitted["objective"]

    @property
    def _hessian_(self) -> NDArray[np.float64]:
        """Second derivatives of the objective by the logarithms of the scaled parameters."""
        return self._fitted["hessian"]

    @property
    @from_one_fit
    def variance_matrix_(self) -> pd.DataFrame:
        """Covariance of the estimates (delta method); NaN for what the data do not determine."""
        names = list(self._parameters)
        covariance = self._fitted["covariance"].copy()
        matrix: pd.DataFrame = pd.DataFrame(covariance, index=names, columns=names)
        return matrix

    @property
    @from_one_fit
    def standard_errors_(self) -> pd.Series[float]:
        """Standard errors of the estimates; NaN for what the data do not determine."""
        variances = np.diag(self._fitted["covariance"])
        return pd.Series(np.sqrt(variances), index=list(self._parameters))

    @property
    @from_one_fit
    def confidence_intervals_(self) -> pd.DataFrame:
        """Symmetric 95 % confidence bounds, estimate ± 1.96 standard errors."""
        reach = 1.96 * self.standard_errors_
        params = self.params_[list(self._parameters)]
        bounds = {"lower 95% bound": params - reach, "upper 95% bound": params + reach}
        intervals: pd.DataFrame = pd.DataFrame(bounds)
        return intervals

    @property
    @from_one_fit
    def summary(self) -> pd.DataFrame:
        """Estimates, standard errors and 95 % confidence bounds, a row per parameter.

        A parameter that the data do not determine is printed as "not identified"; the number where
        the fit ended is there for programs, with NaN for its precision.
        """
        frame: pd.DataFrame = self.confidence_intervals_
        frame.insert(0, "coef", self.params_[list(self._parameters)])
        frame.insert(1, "se(coef)", self.standard_errors_)
        if not self._hidden:
            return frame
        table = ParameterTable(frame)
        table.missing = self._hidden
        return table

    @property
    @from_one_fit
    def fit_report_(self) -> FitReport:
        """The verdict on the fit: convergence, what is identified, what to beware of."""
        result = self._fitted
        self._facts = facts = self._gather_facts()
        p_alive = facts.get("p_alive") or (None, None, None)
        check = facts.get("independence")
        independence = None if check is None else IndependenceCheck(**check)
        notices = list(self._notices(result))
        dependence = None if independence is None else independence.notice()
        if dependence is not None:
            notices.append(dependence)
        return FitReport(
            model=self._model,
            converged=result["converged"],
            reason=result["reason"],
            evaluations=result["evaluations"],
            gradient_norm=result["gradient_norm"],
            condition=result["condition"],
            log_likelihood=result["log_likelihood"],
            customers=result["rows"],
            unique_rows=result["unique_rows"],
            params=dict(zip(self._parameters, self._values, strict=True)),
            at_boundary=tuple(result["at_boundary"]),
            not_identified=tuple(result["not_identified"]),
            weakly_identified=tuple(result["weakly_identified"]),
            p_alive_min=p_alive[0],
            p_alive_median=p_alive[1],
            p_alive_max=p_alive[2],
            independence=independence,
            dropped=int(facts.get("dropped", 0)),
            notices=tuple(notices),
        )

    # -- face --------------------------------------------------------------------------------

    @property
    @from_one_fit
    def _subjects(self) -> int | None:
        if "data" in self.__dict__:
            shape: tuple[int, ...] = getattr(self.__dict__["data"], "shape", ())
            return shape[0] if shape else None
        return None if self._inputs is None else len(self._inputs)

    @property
    @from_one_fit
    def _hidden(self) -> frozenset[str]:
        """The parameters shown as "not identified"; under lifetimes' name, its own face is kept."""
        if self._package != "tenure" or self._result is None or self._params is None:
            return frozenset()
        if self._values != list(self._result["params"]):
            return frozenset()  # set by hand after the fit
        return frozenset(self._result["not_identified"])

    @from_one_fit
    def __repr__(self) -> str:
        """Name the model, the customers it was fitted on and its parameters."""
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
        """Leave out the DataFrame of `data` where it can be built again, and what is bound."""
        state = self.__dict__.copy()
        state.pop("predict", None)
        if self._inputs is not None and state.get("data") is not None:
            del state["data"]
        return state
