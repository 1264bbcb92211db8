"""Models as JSON files: plain values in, plain values out, never code."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from tenure._lifetimes_mode import is_active
from tenure.exceptions import FileError, MissingFileError, OptionError
from tenure.fitters._inputs import FitInputs
from tenure.fitters._json_schema import FORMAT, VERSION, check_state

if TYPE_CHECKING:
    from typing_extensions import Self

    from tenure._engine import FitResult

__all__ = ["JsonFile"]

_Fitter = TypeVar("_Fitter", bound="JsonFile")


class JsonFile:
    """Saving a model to a JSON file and loading it, under tenure's names and lifetimes'."""

    def _lay_open(self) -> None:
        """Do what a model does once it has its results."""

    def to_json(self, path: str | PathLike[str] | None = None, *, save_data: bool = True) -> str:
        """Write the model as JSON text, and to a file if `path` is given.

        Parameters
        ----------
        path : path, optional
            File to write; written under a temporary name, then renamed.
        save_data : bool
            Whether to keep the data of the fit.

        Returns
        -------
        str
            The JSON text.

        Examples
        --------
        >>> from tenure import BetaGeoFitter
        >>> from tenure.datasets import load_cdnow_summary
        >>> model = BetaGeoFitter().fit(load_cdnow_summary())
        >>> BetaGeoFitter.from_json(model.to_json())
        <tenure.BetaGeoFitter: fitted with 2357 subjects, a: 0.79, alpha: 4.41, b: 2.43, r: 0.24>
        """
        text = dumps(self, save_data=save_data)
        if path is not None:
            write(path, text)
        return text

    @classmethod
    def from_json(cls, source: str | PathLike[str]) -> Self:
        """Make a model from JSON text, or from the file at a path.

        Parameters
        ----------
        source : str or path
            What `to_json` returned, or where it wrote; or the ``models.json`` of a run, of which
            the model of this class is taken (the purchase model by ``BaseFitter``).

        Raises
        ------
        FileError
            If it holds something else, a model of another class, or a value that cannot be: names
            its place in the file. Pickles are never opened.
        """
        state = read(source, cls.__name__)
        model = pick_class(cls, state)()
        restore(model, state)
        return model

    def save_model(
        self,
        path: str | PathLike[str],
        save_data: bool = True,
        save_generate_data_method: bool = True,
        values_to_save: Sequence[Any] | None = None,
    ) -> None:
        """Save the model to a JSON file (lifetimes' name for `to_json`).

        Parameters
        ----------
        path : path
            File to write.
        save_data : bool
            Whether to keep the data of the fit.
        save_generate_data_method : bool
            Whether to keep ``generate_new_data``. Being a method of the class, it takes no room in
            the file and a loaded model always has it, unless `values_to_save` replaces it, or the
            model was saved while :mod:`tenure.lifetimes` is active: then it is None, as there.
        values_to_save : sequence, optional
            What the loaded model has in place of what was left out: of ``data`` first, then of
            ``generate_new_data``, as far as they were left out. Where there are fewer values than
            these, the rest is saved after all, as in lifetimes. Plain values: None, numbers, text,
            lists and dicts of them.

        Raises
        ------
        OptionError
            If `values_to_save` holds something that JSON does not.

        Examples
        --------
        >>> from tenure import BetaGeoFitter
        >>> from tenure.datasets import load_cdnow_summary
        >>> model = BetaGeoFitter().fit(load_cdnow_summary())
        >>> model.save_model("model.json", save_data=False, values_to_save=["see sales.csv"])
        >>> again = BetaGeoFitter()
        >>> again.load_model("model.json")
        >>> again.data
        'see sales.csv'
        """
        left_out = [
            name
            for name, kept in (
                ("data", save_data),
                ("generate_new_data", save_generate_data_method),
            )
            if not kept
        ]
        replaced: dict[str, Any] = {}
        if values_to_save is not None:
            replaced = dict(zip(left_out, values_to_save, strict=False))
            save_data = save_data or "data" not in replaced
        elif "generate_new_data" in left_out and is_active() and hasattr(self, left_out[-1]):
            replaced["generate_new_data"] = None
        write(path, dumps(self, save_data=save_data, replaced=replaced))

    def load_model(self, path: str | PathLike[str]) -> None:
        """Take over everything from a model file written by `save_model`.

        Parameters
        ----------
        path : path
            File to read.

        Raises
        ------
        FileError
            If it is not a model file of this class. Pickles, such as lifetimes writes, are refused
            without being opened, because opening one runs the code in it; the error says how to
            convert them.
        """
        state = read(path, type(self).__name__)
        pick_class(type(self), state)
        restore(self, state)


def dumps(model: Any, *, save_data: bool, replaced: Mapping[str, Any] | None = None) -> str:
    """Return a model as JSON text; `replaced` holds attributes that it is to have once loaded."""
    params = model._params
    result = None if model._result is None else dict(model._result)
    state = {
        "format": FORMAT,
        "version": VERSION,
        "class": type(model).__name__,
        "model": getattr(model, "_model", None),
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


def write(path: str | PathLike[str], text: str) -> None:
    """Write text to a file, whole or not at all."""
    from tenure.io.atomic_files import write_atomic

    write_atomic(Path(path), lambda target: Path(target).write_text(text, encoding="utf-8"))


def read(source: str | PathLike[str], wanted: str = "BaseFitter") -> dict[str, Any]:
    """Read a model's state from JSON text or a file, without running anything in it.

    `wanted` is the class that asks, for the words of an error.
    """
    if isinstance(source, str) and source.lstrip()[:1] in ("{", "["):
        name, text = "The text", source
    else:
        name, text = fspath(source), _text(Path(source), wanted)
    state = _loaded(name, text)
    if isinstance(state, dict) and "format" not in state and isinstance(state.get("models"), dict):
        state = _of_run(state["models"], wanted)
    return _checked(name, state)


def read_document(path: Path) -> dict[str, Any]:
    """Read the file of a model, or that of a run's models, without running anything in it."""
    state: dict[str, Any] = _loaded(str(path), _text(path, "BaseFitter"))
    if not isinstance(state.get("models"), dict):
        _checked(str(path), state)
    return state


def states_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the states of the models in what :func:`read_document` read."""
    models = document.get("models")
    states = [document] if not isinstance(models, dict) else list(models.values())
    return [state for state in states if isinstance(state, dict)]


def _loaded(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise FileError(f"{name} is not a tenure model: it is nested too deep.") from None
    except ValueError as error:  # also numbers of thousands of digits
        raise FileError(
            f"{name} is not a tenure model: it is not JSON ({error}). Model files are written by "
            "save_model or to_json."
        ) from None


def _checked(name: str, state: Any) -> dict[str, Any]:
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        raise FileError(f'{name} is JSON, but not a tenure model (it has no "format": "{FORMAT}").')
    version = state.get("version")
    if type(version) is not int or version != VERSION:
        raise FileError(
            f"{name} has version {version!r} of the model format; this tenure reads "
            f"version {VERSION}. Write it again with the tenure that made it, or update tenure."
        )
    return state


def _of_run(models: dict[str, Any], wanted: str) -> Any:
    """Return the model of a run's ``models.json`` of a class, or else the purchase model."""
    found = [state for state in models.values() if isinstance(state, dict)]
    own = [state for state in found if state.get("class") == wanted]
    return next(iter([*own, models.get("purchase"), *found]), None)


def _text(path: Path, wanted: str) -> str:
    if not path.exists():
        raise MissingFileError(f"There is no model file at {path}.")
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = ""
    if text.lstrip()[:1] != "{":
        kind = "a pickle" if raw[:1] == b"\x80" else "not a JSON file"
        raise FileError(
            f"{path} is {kind}, and tenure does not open it: reading a pickle (as lifetimes and "
            "dill write them) runs the code inside. To convert a model that lifetimes saved, run "
            "this in Python where lifetimes is installed, then load the new file here:\n\n"
            + _recipe(path, "BetaGeoFitter" if wanted == "BaseFitter" else wanted)
        )
    return text


def _recipe(path: Path, wanted: str) -> str:
    """Write the lines that turn a model file of lifetimes into one of tenure."""
    return (
        "import json\n"
        f"from lifetimes import {wanted}\n"
        f"model = {wanted}()\n"
        f"model.load_model({str(path)!r})\n"
        f'state = {{"format": "{FORMAT}", "version": {VERSION}, "class": "{wanted}",\n'
        '         "penalizer_coef": model.penalizer_coef, "params": dict(model.params_)}\n'
        f"with open({str(path.with_suffix('.json'))!r}, 'x') as file:\n"
        "    json.dump(state, file)\n"
    )


def pick_class(wanted: type[_Fitter], state: dict[str, Any]) -> type[_Fitter]:
    """Return the class a state was written by, if `wanted` is that class or the base of all."""
    candidates = [wanted] if hasattr(wanted, "_model") else _family(wanted)
    for candidate in candidates:
        if candidate.__name__ == state.get("class"):
            return candidate
    raise FileError(
        f"The model file holds a {state.get('class')}, not a {wanted.__name__}; load it with "
        f"{state.get('class')}.from_json or BaseFitter.from_json."
    )


def _family(base: type[_Fitter]) -> list[type[_Fitter]]:
    return [base, *(found for child in base.__subclasses__() for found in _family(child))]


def restore(model: JsonFile, state: dict[str, Any]) -> None:
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
