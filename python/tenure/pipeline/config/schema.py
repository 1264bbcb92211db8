"""The schema of ``tenure.toml``, built from the declaration of a run's options."""

from __future__ import annotations

import datetime
import difflib
import os
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    create_model,
)
from pydantic_core import PydanticCustomError

from tenure.campaigns.files import parse_campaigns, read_toml
from tenure.exceptions import OptionError
from tenure.pipeline.run_options import OPTIONS, RunOption, chosen

__all__ = ["Config", "load"]

Names = str | list[str]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ValueSection(_Section):
    """How value segments are cut."""

    labels: Names | None = None
    shares: list[float] | dict[str, float] | None = None
    thresholds: list[float] | None = None


def _choice(option: RunOption) -> Any:
    """Return the type of a choice, checked as :func:`tenure.run` checks it."""

    def present(value: Any) -> str:
        try:
            return chosen(option.name, value)
        except OptionError as error:
            raise PydanticCustomError("choice", "{message}", {"message": str(error)}) from None

    return Annotated[str, BeforeValidator(present)]


def _type(option: RunOption) -> Any:
    """Return the type of an option's values in a description."""
    if option.kind == "choice":
        return _choice(option)
    if option.kind == "number" and option.minimum is not None:
        return Annotated[float, Field(ge=option.minimum)]
    return {
        "columns": Names,
        "date": datetime.date | str,
        "flag": bool,
        "horizons": list[float | str] | float | str,
        "names": list[str],
        "number": float,
        "segments": ValueSection,
    }.get(option.kind, str)


def _fields(section: str) -> dict[str, Any]:
    """Return the fields of a table of the description, none of which has to be given."""
    options = (option for option in OPTIONS.values() if option.section == section)
    return {option.name: (_type(option) | None, None) for option in options}


ColumnSection: Any = create_model("ColumnSection", __base__=_Section, **_fields("columns"))
MethodSection: Any = create_model("MethodSection", __base__=_Section, **_fields("method"))
OutputSection: Any = create_model("OutputSection", __base__=_Section, **_fields("output"))
_Top: Any = create_model("_Top", __base__=_Section, **_fields(""))


class Config(_Top):  # type: ignore[misc]
    """The description of an analysis.

    Paths are relative to the file that has them. What is not given has the default of
    :func:`tenure.run`.
    """

    input: str
    columns: ColumnSection = ColumnSection()
    method: MethodSection = MethodSection()
    output: OutputSection = OutputSection()
    campaign: list[dict[str, Any]] | None = None

    _folder: Path = PrivateAttr(default=Path())

    def options(self) -> dict[str, Any]:
        """Return the arguments of :func:`tenure.run` that the file gives.

        Returns
        -------
        dict
            With ``source``, the input.

        Raises
        ------
        OptionError
            When a campaign is not one, or campaigns are given twice.
        """
        sections = {"columns", "method", "output", "campaign", "input"}
        found: dict[str, Any] = {"source": self._path(self.input)}
        found |= self.model_dump(exclude=sections, exclude_none=True)
        for section in (self.columns, self.method, self.output):
            found |= section.model_dump(exclude_none=True)
        for path in ("previous", "models", "campaigns"):
            if path in found:
                found[path] = self._path(found[path])
        if self.out is not None:
            # Braces of the folder's own name are no placeholders.
            folder = str(self._folder).replace("{", "{{").replace("}", "}}")
            found["out"] = Path(os.path.normpath(Path(folder) / self.out))
        if self.campaign is not None:
            if self.campaigns is not None:
                raise OptionError(
                    "campaigns: give the name of a file or tables [[campaign]], not both."
                )
            found["campaigns"] = parse_campaigns(self.campaign, folder=self._folder)
        return found

    def _path(self, written: str) -> Path:
        return Path(os.path.normpath(self._folder / written))


def load(path: Path) -> Config:
    """Read and check a description.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    Config

    Raises
    ------
    FileError, OptionError
        As for :func:`tenure.read_config`.
    """
    content = read_toml(path)
    try:
        config: Config = Config.model_validate(content)
    except ValidationError as error:
        listed = "".join(f"\n  {line}" for line in _error_lines(error))
        raise OptionError(f"{path} cannot be used:{listed}") from None
    config._folder = path.parent
    return config


def _error_lines(error: ValidationError) -> list[str]:
    """Describe each error in a line: where, the value, what was expected."""
    lines: dict[str, list[str]] = {}
    for item in error.errors(include_url=False):
        place = [part for part in item["loc"] if isinstance(part, int) or part in _KEYS]
        where = ".".join(map(str, place)) or str(item["loc"][-1])
        if item["type"] == "extra_forbidden":
            *outer, key = map(str, item["loc"])
            known = _SECTIONS[outer[-1] if outer else ""]
            lines[f"{'.'.join([*outer, key])}: not known.{_near(key, known)}"] = []
        elif item["type"] == "choice":
            lines[f"{'.'.join(map(str, [*place[:-1], item['msg'].removesuffix('.')]))}."] = []
        elif item["type"] == "missing":
            lines[f"{where}: missing; it has to be given."] = []
        else:
            expected = item["msg"].removeprefix("Input should be ")
            lines.setdefault(f"{where}: {item['input']!r}; expected", []).append(expected)
    return [
        f"{line} {' or '.join(dict.fromkeys(expected))}." if expected else line
        for line, expected in lines.items()
    ]


def _near(key: str, known: set[str]) -> str:
    near = difflib.get_close_matches(key, sorted(known), n=1)
    if near:
        return f" Did you mean {near[0]!r}?"
    elsewhere = [name for name, keys in _SECTIONS.items() if name and key in keys]
    if elsewhere:
        return f" It belongs under [{elsewhere[0]}]."
    if key in _SECTIONS[""]:
        return " It belongs at the top of the file, before any [section]."
    return f" There are {', '.join(sorted(known))}."


_SECTIONS: dict[str, set[str]] = {
    "": set(Config.model_fields),
    "columns": set(ColumnSection.model_fields),
    "method": set(MethodSection.model_fields),
    "output": set(OutputSection.model_fields),
    "value_segments": set(ValueSection.model_fields),
}
_KEYS = set().union(*_SECTIONS.values())
