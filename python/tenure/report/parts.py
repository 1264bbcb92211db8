"""What a part of the report is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tenure.report.charts import Chart
from tenure.report.tables import Grid

__all__ = ["Download", "Said", "Section", "Verdict"]


@dataclass(frozen=True)
class Said:
    """One warning as the page shows it: its heading, what it means, and its own words."""

    title: str
    means: str
    text: str
    kind: str


@dataclass(frozen=True)
class Verdict:
    """What the page says of one model."""

    name: str
    good: bool
    headline: str
    lines: Sequence[str]
    table: Grid


@dataclass(frozen=True)
class Download:
    """A list that the page offers as a file: its place among the lists, and its names."""

    place: int
    text: str
    label: str


@dataclass(frozen=True)
class Section:
    """A part of the page."""

    id: str
    title: str
    texts: Sequence[str] = ()
    warnings: Sequence[Said] = ()
    verdicts: Sequence[Verdict] = ()
    charts: Sequence[Chart] = ()
    tables: Sequence[Grid] = ()
    downloads: Sequence[Download] = ()
    notes: Sequence[str] = field(default_factory=tuple)
