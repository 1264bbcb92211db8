"""Components of the report: what a section of the page is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tenure.report.chart_objects import Chart
from tenure.report.tables import Grid

__all__ = ["Download", "Section", "Verdict", "WarningItem"]


@dataclass(frozen=True)
class WarningItem:
    """One warning: a line that is read, and details that unfold."""

    line: str
    code: str
    details: Sequence[str]
    english: str
    page: str


@dataclass(frozen=True)
class Verdict:
    """How one model fitted."""

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
    """A part of the page; those of the appendix come last and under a heading of their own."""

    id: str
    title: str
    texts: Sequence[str] = ()
    warnings: Sequence[WarningItem] = ()
    verdicts: Sequence[Verdict] = ()
    charts: Sequence[Chart] = ()
    tables: Sequence[Grid] = ()
    folded: Sequence[Grid] = ()
    downloads: Sequence[Download] = ()
    notes: Sequence[str] = ()
    appendix: bool = False
