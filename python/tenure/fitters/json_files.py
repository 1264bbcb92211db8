"""Models in JSON files: saving, loading and reading them, without pickle or code."""

from __future__ import annotations

import json
from collections.abc import Sequence
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from tenure._lifetimes_mode import is_active
from tenure.exceptions import FileError, MissingFileError
from tenure.fitters._json_schema import FORMAT, VERSION
from tenure.fitters._json_state import dumps, restore

if TYPE_CHECKING:
    from typing_extensions import Self

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
