"""What may stand in ``tenure.toml``."""

from __future__ import annotations

import datetime
import difflib
import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError

from tenure.campaigns.files import parse_campaigns, read_toml
from tenure.exceptions import OptionError

__all__ = ["Config", "load"]

Names = str | list[str]
Horizon = float | str


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ColumnSection(_Section):
    """Which column plays which part."""

    customer: str | None = None
    date: str | None = None
    amount: str | None = None
    quantity: str | None = None
    first_order: str | None = None
    last_order: str | None = None
    orders: Names | None = None
    spend: Names | None = None
    channel: str | None = None
    last_channel: str | None = None
    category: str | None = None
    store_type: str | None = None


class ValueSection(_Section):
    """How value segments are cut."""

    labels: Names | None = None
    shares: list[float] | dict[str, float] | None = None
    thresholds: list[float] | None = None


class MethodSection(_Section):
    """How the figures are made."""

    analysis_date: datetime.date | str | None = None
    date_format: str | None = None
    dayfirst: bool | None = None
    period: str | None = None
    convention: Literal["repeat", "total"] | None = None
    cap_outliers: bool | None = None
    ties: Literal["average", "order"] | None = None
    segment_names: Literal["standard", "scripts"] | None = None
    purchase_model: Literal["auto", "bg/nbd", "mbg/nbd", "pareto/nbd"] | None = None
    purchase_penalizer: Annotated[float, Field(ge=0)] | None = None
    spend_penalizer: Annotated[float, Field(ge=0)] | None = None
    horizons: list[Horizon] | Horizon | None = None
    discount_rate: float | None = None
    value_segments: ValueSection | None = None


class OutputSection(_Section):
    """What is written, and how it is written."""

    language: Literal["en", "tr"] | None = None
    currency: str | None = None
    decimal: Literal[".", ","] | None = None
    outputs: list[str] | None = None


class Config(_Section):
    """The description of an analysis.

    Paths are relative to the file they stand in. What is not given has the default of
    :func:`tenure.run`.
    """

    input: str
    out: str | None = None
    overwrite: bool | None = None
    encoding: str | None = None
    preset: str | None = None
    transactions: bool | None = None
    previous: str | None = None
    models: str | None = None
    campaigns: str | None = None
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
        config = Config.model_validate(content)
    except ValidationError as error:
        listed = "".join(f"\n  {line}" for line in _in_words(error))
        raise OptionError(f"{path} cannot be used:{listed}") from None
    config._folder = path.parent
    return config


def _in_words(error: ValidationError) -> list[str]:
    """Say what is wrong, a line each: where, what stands there, what was expected."""
    lines: dict[str, list[str]] = {}
    for item in error.errors(include_url=False):
        place = [part for part in item["loc"] if isinstance(part, int) or part in _KEYS]
        where = ".".join(map(str, place)) or str(item["loc"][-1])
        if item["type"] == "extra_forbidden":
            *outer, key = map(str, item["loc"])
            known = _SECTIONS[outer[-1] if outer else ""]
            lines[f"{'.'.join([*outer, key])}: not known.{_near(key, known)}"] = []
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
