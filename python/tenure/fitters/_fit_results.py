"""Parameters and results of a fit: estimates, their precision, and the report."""

from __future__ import annotations

from collections.abc import Mapping
from types import MethodType
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure import _engine
from tenure._lifetimes_mode import is_active
from tenure._warnings import Notice
from tenure.exceptions import NotFittedError, OptionError
from tenure.fitters._display import ParameterTable
from tenure.fitters._snapshot import from_one_fit
from tenure.fitters.fit_report import FitReport, IndependenceCheck
from tenure.fitters.fit_warnings import fit_notices
from tenure.fitters.json_files import JsonFile
from tenure.io.text import quoted

if TYPE_CHECKING:
    from tenure._engine import FitResult
    from tenure.fitters._inputs import FitInputs

__all__ = ["FitResults"]

NOT_FITTED = "Model has not been fit yet. Please call the .fit method first."


class FitResults(JsonFile):
    """What a fitted model holds: its data, parameters, their precision and the fit report."""

    _model: ClassVar[_engine.Model]
    _parameters: ClassVar[tuple[str, ...]] = ()
    _vectors: ClassVar[tuple[str, ...]]
    _data_columns: ClassVar[tuple[str, ...]]
    _data_types: ClassVar[Mapping[str, type]]
    _package: ClassVar[str] = "tenure"
    """The package in the representation of a model; `tenure.lifetimes` changes it while active."""

    period_: str | None = None
    """Period of recency and T, as in the customer summary: "D", "W", …; None if not known."""

    _result: FitResult | None = None
    _inputs: FitInputs | None = None
    _facts: Mapping[str, Any] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        """Take the names of the parameters from the engine."""
        super().__init_subclass__(**options)
        if "_model" in cls.__dict__:
            cls._parameters = tuple(cls._model.parameters)

    # -- parameters --------------------------------------------------------------------------

    @property
    def _params(self) -> pd.Series[float] | None:
        """The Series of `params_`, made from the fit when first read."""
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
        """Estimates, standard errors and 95 % confidence bounds, one row per parameter.

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
        """Report on the fit: convergence, identification of the parameters, and warnings."""
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
            model=self._model.name,
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
        """The parameters shown as "not identified"; none under lifetimes' name."""
        if self._package != "tenure" or self._result is None or self._params is None:
            return frozenset()
        if self._values != list(self._result["params"]):
            return frozenset()  # set by hand after the fit
        return frozenset(self._result["not_identified"])

    def _notices(self, result: FitResult) -> tuple[Notice, ...]:
        """Return the warnings of a fit; cheap unless something is wrong."""
        return fit_notices(self._model.name, result, period=self.period_)

    def _gather_facts(self) -> Mapping[str, Any]:
        """Return the figures on the data of the fit for its report; may take a while."""
        return self._facts

    def _lay_open(self) -> None:
        """Store results in ``__dict__`` too, where scripts written for lifetimes read them."""
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
