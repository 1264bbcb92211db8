"""State of a model as JSON text, and a model's attributes from the state that was read."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tenure.exceptions import FileError, OptionError
from tenure.fitters._inputs import FitInputs
from tenure.fitters._json_schema import FORMAT, VERSION, check_state

if TYPE_CHECKING:
    from tenure._engine import FitResult

__all__ = ["dumps", "restore"]


def dumps(model: Any, *, save_data: bool, replaced: Mapping[str, Any] | None = None) -> str:
    """Return a model as JSON text; `replaced` holds attributes that it is to have once loaded."""
    params = model._params
    result = None if model._result is None else dict(model._result)
    state = {
        "format": FORMAT,
        "version": VERSION,
        "class": type(model).__name__,
        "model": model._model.name if hasattr(model, "_model") else None,
        "penalizer_coef": float(model.penalizer_coef),
        "period": model.period_,
        "params": None if params is None else {str(k): float(v) for k, v in params.items()},
        "fit": result,
        "facts": dict(model._facts if result is None else model._gather_facts()),
        "data": _data(model._inputs) if save_data and model._inputs is not None else None,
    }
    if replaced:
        state["replaced"] = dict(replaced)
    try:
        return json.dumps(_encode(state), allow_nan=False, ensure_ascii=False, indent=1)
    except TypeError as error:
        raise OptionError(
            f"values_to_save holds what JSON cannot ({error}). Pass numbers, text or None."
        ) from None


def _encode(value: Any) -> Any:
    """Make a value fit for JSON; NaN and infinities become strings, which Python reads back."""
    if isinstance(value, np.ndarray):
        return _encode(value.tolist())
    if isinstance(value, dict):
        return {key: _encode(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        if all(type(inner) is float and math.isfinite(inner) for inner in value):
            return value
        return [_encode(inner) for inner in value]
    if isinstance(value, np.generic):
        return _encode(value.item())
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _data(inputs: FitInputs) -> dict[str, Any]:
    vectors = {
        name: {"dtype": str(np.asarray(v).dtype), "values": np.asarray(v)}
        for name, v in inputs.vectors.items()
    }
    return {"vectors": vectors, "index": _index(inputs.index)}


def _index(index: pd.Index[Any] | None) -> dict[str, Any] | None:
    if index is None:
        return None
    name = index.name
    if isinstance(index, pd.RangeIndex):
        bounds = [index.start, index.stop, index.step]
        return {"kind": "range", "name": name, "values": bounds}
    if isinstance(index, pd.DatetimeIndex):
        values: list[Any] = [stamp.isoformat() for stamp in index]
        return {"kind": "datetime", "name": name, "values": values, "dtype": str(index.dtype)}
    values = index.tolist()
    plain = all(type(label) in (str, int, float, bool) for label in values)
    if not plain or not isinstance(name, (str, int, float, type(None))):
        raise OptionError(
            f"The customers' index ({type(index).__name__}, {index.dtype}) has labels that JSON "
            "cannot hold. Save with save_data=False, or fit on data with numbers, text or dates "
            "as index."
        )
    return {"kind": "labels", "name": name, "values": values, "dtype": str(index.dtype)}


def restore(model: Any, state: dict[str, Any]) -> None:
    """Give a model the state that was read; on an error it is left as it was."""
    check_state(state, model)
    try:
        fresh = _restored(state)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise FileError(
            f"The model file is damaged: {type(error).__name__}: {error}. Write it again."
        ) from error
    model.__dict__.clear()
    model.__dict__.update(fresh)
    model._lay_open()


def _restored(state: dict[str, Any]) -> dict[str, Any]:
    # Files converted from lifetimes have the class and the parameters, and may have data.
    period = state.get("period")
    fresh: dict[str, Any] = {
        "penalizer_coef": float(state.get("penalizer_coef", 0.0)),
        "period_": period,
        "_facts": _decode(state.get("facts", {})),
    }
    if state["params"] is not None:
        params = {name: float(value) for name, value in state["params"].items()}
        fresh["_params"] = pd.Series(params, dtype=np.float64)
    if state.get("fit") is not None:
        fresh["_result"] = _result(state["fit"])
    if state.get("data") is not None:
        fresh["_inputs"] = _inputs(state["data"], period)
    elif state.get("fit") is not None:
        fresh["data"] = None
    fresh.update({str(name): value for name, value in state.get("replaced", {}).items()})
    return fresh


def _result(fit: dict[str, Any]) -> FitResult:
    result: FitResult = _decode(fit)
    result["hessian"] = np.array(result["hessian"], dtype=np.float64)
    result["covariance"] = np.array(result["covariance"], dtype=np.float64)
    return result


def _decode(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _decode(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_decode(inner) for inner in value]
    return float(value) if value in ("nan", "inf", "-inf") else value


def _inputs(data: dict[str, Any], period: str | None) -> FitInputs:
    vectors = {
        name: np.array(stored["values"], dtype=stored["dtype"])
        for name, stored in data["vectors"].items()
    }
    stored = data["index"]
    if stored is None:
        return FitInputs(dict(vectors), None, period)
    index: pd.Index[Any]
    if stored["kind"] == "range":
        start, stop, step = stored["values"]
        index = pd.RangeIndex(start, stop, step, name=stored["name"])
    elif stored["kind"] == "datetime":
        index = pd.DatetimeIndex(stored["values"], dtype=stored["dtype"], name=stored["name"])
    else:
        index = pd.Index(stored["values"], dtype=stored["dtype"], name=stored["name"])
    return FitInputs(dict(vectors), index, period)
