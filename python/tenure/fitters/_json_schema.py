"""Schema of model files; errors name the path of the field."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from tenure.exceptions import FileError, OptionError
from tenure.periods import parse_period

__all__ = ["FORMAT", "REPLACEABLE", "VERSION", "check_state"]

FORMAT = "tenure-model"
VERSION = 1
REPLACEABLE = ("data", "generate_new_data")
"""The attributes that a file may replace by plain values, as `save_model` does."""

_UNWRITTEN = ("nan", "inf", "-inf")
_MISSING = object()
_SHOWN = 60
_FIELDS = (
    "format", "version", "class", "model", "penalizer_coef", "period", "params", "fit", "facts",
    "data", "replaced",
)  # fmt: skip
_DTYPE = re.compile(r"(bool|u?int(8|16|32|64)|float(16|32|64)|object)")


def check_state(state: Mapping[str, Any], model: Any, name: str = "The model file") -> None:
    """Check the fields of a file against the model that is to be restored.

    Parameters
    ----------
    state : mapping
        The content of the file.
    model : BaseFitter
        The model, or its class.
    name : str
        What to call the file in messages.

    Raises
    ------
    FileError
        Names the path of the field at fault, what it holds and what was expected.
    """
    fields = _Fields(name)
    fields.only(state, "", _FIELDS)
    version = state.get("version")
    fields.demand(type(version) is int and version == VERSION, "version", version, str(VERSION))
    # A bare BaseFitter has no model, and any parameters.
    own = model._model.name if hasattr(model, "_model") else None
    kind = state.get("model", own)
    fields.demand(kind == own, "model", kind, repr(own))
    fields.number(state.get("penalizer_coef", 0.0), "penalizer_coef", least=0.0)
    _check_period(fields, state.get("period"))
    names = model._parameters
    if state.get("params", _MISSING) is not None:
        params = fields.mapping(state.get("params", _MISSING), "params")
        if names and sorted(params) != sorted(names):
            raise FileError(f"{name}: params are {', '.join(params)}, not {', '.join(names)}.")
        for each, value in params.items():
            fields.number(value, f"params.{each}", above=0.0 if names else -math.inf)
    if state.get("fit") is not None:
        _check_fit(fields, fields.mapping(state["fit"], "fit"), names)
    _check_facts(fields, fields.mapping(state.get("facts", {}), "facts"))
    if state.get("data") is not None:
        _check_data(fields, fields.mapping(state["data"], "data"), getattr(model, "_vectors", ()))
    fields.only(fields.mapping(state.get("replaced", {}), "replaced"), "replaced", REPLACEABLE)


class _Fields:
    """Checks of single fields, which name the path of one at fault."""

    def __init__(self, name: str) -> None:
        self._name = name

    def demand(self, holds: bool, path: str, value: Any, expected: str) -> None:
        if not holds:
            shown = "nothing" if value is _MISSING else _shown(value)
            raise FileError(f"{self._name}: {path} holds {shown}; expected {expected}.")

    def only(self, value: Mapping[str, Any], path: str, known: Sequence[str]) -> None:
        for key in value:
            where = f"{path}.{key}" if path else key
            self.demand(key in known, where[:_SHOWN], value[key], f"only {', '.join(known)} here")

    def mapping(self, value: Any, path: str) -> dict[str, Any]:
        self.demand(isinstance(value, dict), path, value, "an object")
        found: dict[str, Any] = value
        return found

    def sequence(self, value: Any, path: str, size: int | None = None) -> list[Any]:
        expected = "a list" if size is None else f"a list of {size:,}"
        fits = isinstance(value, list) and (size is None or len(value) == size)
        self.demand(fits, path, value, expected)
        found: list[Any] = value
        return found

    def number(
        self,
        value: Any,
        path: str,
        *,
        above: float = -math.inf,
        least: float = -math.inf,
        any_float: bool = False,
    ) -> None:
        """Demand a finite number; with `any_float` also those that JSON has no number for."""
        if any_float and isinstance(value, str) and value in _UNWRITTEN:
            return
        expected = "a number"
        if math.isfinite(above) or math.isfinite(least):
            expected += f" above {above:g}" if math.isfinite(above) else f" of {least:g} or more"
        plain = isinstance(value, float | int) and not isinstance(value, bool)
        try:
            number = float(value) if plain else math.nan
        except OverflowError:
            number = math.nan
        self.demand(math.isfinite(number) and above < number >= least, path, value, expected)

    def numbers(self, value: Any, path: str, size: int, **limits: Any) -> None:
        for at, each in enumerate(self.sequence(value, path, size)):
            self.number(each, f"{path}[{at}]", **limits)

    def whole(self, value: Any, path: str) -> None:
        self.demand(type(value) is int and value >= 0, path, value, "a whole number of 0 or more")


def _shown(value: Any) -> str:
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # numbers of thousands of digits
        text = type(value).__name__
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _check_period(fields: _Fields, period: Any) -> None:
    known = period is None
    if isinstance(period, str):
        try:
            known = parse_period(period) == period
        except (OptionError, ValueError):
            known = False
    fields.demand(known, "period", period, 'null or a period such as "D", "W", "M"')


def _check_fit(fields: _Fields, fit: dict[str, Any], names: Sequence[str]) -> None:
    size = len(names)

    def parameters(value: Any, path: str) -> None:
        for at, each in enumerate(fields.sequence(value, path)):
            fields.demand(each in names, f"{path}[{at}]", each, f"one of {', '.join(names)}")

    def matrix(value: Any, path: str) -> None:
        for at, row in enumerate(fields.sequence(value, path, size)):
            fields.numbers(row, f"{path}[{at}]", size, any_float=True)

    def eigenvalues(value: Any, path: str) -> None:
        found = fields.sequence(value, path)
        fields.numbers(found, path, min(len(found), size), any_float=True)

    def kind(type_: type, expected: str) -> Callable[[Any, str], None]:
        return lambda value, path: fields.demand(type(value) is type_, path, value, expected)

    def any_number(value: Any, path: str) -> None:
        fields.number(value, path, any_float=True)

    checks: dict[str, Callable[[Any, str], None]] = {
        "params": lambda value, path: fields.numbers(value, path, size, above=0.0),
        "scale": lambda value, path: fields.number(value, path, above=0.0),
        "log_likelihood": any_number,
        "objective": any_number,
        "log_params": lambda value, path: fields.numbers(value, path, size),
        "hessian": matrix,
        "covariance": matrix,
        "converged": kind(bool, "true or false"),
        "reason": kind(str, "text"),
        "evaluations": fields.whole,
        "gradient_norm": any_number,
        "condition": any_number,
        "eigenvalues": eigenvalues,
        "at_boundary": parameters,
        "not_identified": parameters,
        "weakly_identified": parameters,
        "rows": fields.whole,
        "unique_rows": fields.whole,
        "weight": lambda value, path: fields.number(value, path, least=0.0),
    }
    fields.only(fit, "fit", tuple(checks))
    for name, check in checks.items():
        fields.demand(name in fit, f"fit.{name}", _MISSING, "a value")
        check(fit[name], f"fit.{name}")


def _check_facts(fields: _Fields, facts: dict[str, Any]) -> None:
    fields.only(facts, "facts", ("dropped", "p_alive", "independence"))
    fields.whole(facts.get("dropped", 0), "facts.dropped")
    if facts.get("p_alive") is not None:
        fields.numbers(facts["p_alive"], "facts.p_alive", 3, any_float=True)
    if facts.get("independence") is not None:
        check = fields.mapping(facts["independence"], "facts.independence")
        fields.only(check, "facts.independence", ("rho", "p_value", "n", "dependent"))
        for name in ("rho", "p_value"):
            fields.number(check.get(name), f"facts.independence.{name}", any_float=True)
        fields.whole(check.get("n"), "facts.independence.n")
        dependent = check.get("dependent")
        boolean = type(dependent) is bool
        fields.demand(boolean, "facts.independence.dependent", dependent, "true or false")


def _check_data(fields: _Fields, data: dict[str, Any], vectors: Sequence[str]) -> None:
    fields.only(data, "data", ("vectors", "index"))
    found = fields.mapping(data.get("vectors"), "data.vectors")
    fields.only(found, "data.vectors", (*vectors, "weights"))
    size: int | None = None
    for name in (*vectors, *(["weights"] if "weights" in found else [])):
        path = f"data.vectors.{name}"
        stored = fields.mapping(found.get(name, _MISSING), path)
        fields.only(stored, path, ("dtype", "values"))
        dtype = stored.get("dtype")
        known = isinstance(dtype, str) and _DTYPE.fullmatch(dtype) is not None
        fields.demand(known, f"{path}.dtype", dtype, "a type of numbers, such as float64")
        values = fields.sequence(stored.get("values"), f"{path}.values", size)
        size = len(values)
        if dtype == "bool":
            continue
        for at, value in enumerate(values):
            if type(value) is not float and type(value) is not int:
                fields.number(value, f"{path}.values[{at}]", any_float=True)
        if isinstance(dtype, str) and "int" in dtype:
            limits = np.iinfo(dtype)
            for at, value in enumerate(values):
                whole = type(value) is int and limits.min <= value <= limits.max
                fields.demand(whole, f"{path}.values[{at}]", value, f"a number of type {dtype}")
    if data.get("index") is not None:
        _check_index(fields, fields.mapping(data["index"], "data.index"), size or 0)


def _check_index(fields: _Fields, index: dict[str, Any], size: int) -> None:
    fields.only(index, "data.index", ("kind", "name", "values", "dtype"))
    kind = index.get("kind")
    known = kind in ("range", "datetime", "labels")
    fields.demand(known, "data.index.kind", kind, "range, datetime or labels")
    name = index.get("name")
    plain = name is None or type(name) in (str, int, float, bool)
    fields.demand(plain, "data.index.name", name, "text, a number or null")
    values = fields.sequence(
        index.get("values"), "data.index.values", 3 if kind == "range" else size
    )
    if kind == "range":
        fine = all(type(value) is int for value in values) and values[2] != 0
        fine = fine and all(abs(value) < 2**62 for value in values)
        fields.demand(fine and len(range(*values)) == size, "data.index.values", values,
                      f"start, stop and step of {size:,} rows")  # fmt: skip
        return
    dtype = index.get("dtype")
    fields.demand(isinstance(dtype, str), "data.index.dtype", dtype, "the name of a type")
    allowed = (str,) if kind == "datetime" else (str, int, float, bool)
    for at, value in enumerate(values):
        fields.demand(type(value) in allowed, f"data.index.values[{at}]", value, "a plain value")
