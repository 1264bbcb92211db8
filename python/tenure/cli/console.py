"""Terminal output of the command: progress, warnings, errors and the outcome."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

import typer
from rich import markup
from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table

from tenure._warnings import collect_warnings
from tenure.exceptions import OptionError, TenureError
from tenure.io.text import printable

if TYPE_CHECKING:
    from tenure.pipeline.analysis import Analysis

__all__ = ["plain_errors", "show", "with_progress"]


def escape(text: object) -> str:
    """Return text of the caller's as the terminal shows it: no markup, no escape codes."""
    return markup.escape(printable(str(text)))


def with_progress(work: Callable[[Callable[[str, int, int], None]], Analysis]) -> Analysis:
    """Run the job under a progress bar; its warnings are shown by :func:`show`, not printed."""
    console = Console(stderr=True)
    with (
        Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        ) as bar,
        collect_warnings(),
    ):
        task = bar.add_task("Starting", total=None)

        def progress(step: str, done: int, total: int) -> None:
            bar.update(task, description=escape(step), completed=done, total=total)

        return work(progress)


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn expected failures into a message and an exit code, without a traceback."""
    try:
        with _terminable():
            yield
    except (TenureError, OSError, ImportError) as error:
        usage = isinstance(error, OptionError)
        Console(stderr=True).print(
            Panel(
                escape(str(error)),
                title="Usage error" if usage else "Nothing was written",
                title_align="left",
                border_style="red",
            )
        )
        raise typer.Exit(2 if usage else 1) from None


@contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM end the command in the ordinary way, so that temporary files are removed."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
    ):
        yield
        return
    signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def show(analysis: Analysis, title: str | None = None) -> None:
    """Print the warnings, the totals, and where the files are."""
    aside = Console(stderr=True)
    console = Console(file=sys.stdout)
    if title is not None:
        console.rule(escape(title), align="left")
    for warning in analysis.warnings:
        aside.print(f"[yellow]![/yellow] {escape(str(warning))}", highlight=False, soft_wrap=True)
    totals = Table(title=f"{len(analysis.customers):,} customers", title_justify="left")
    totals.add_column("horizon")
    totals.add_column("expected purchases", justify="right")
    money = "revenue" in analysis.totals().columns
    if money:
        totals.add_column("revenue, discounted", justify="right")
    for label, row in analysis.totals().iterrows():
        cells = [str(label), f"{row['expected_purchases']:,.0f}"]
        totals.add_row(*cells, *([f"{row['revenue']:,.0f}"] if money else []))
    console.print(totals)
    model = f"{analysis.purchase_model._model.name}: {analysis.model_reason}"
    console.print(escape(f"Purchase model {model.rstrip(': ')}"), highlight=False, soft_wrap=True)
    for campaign in analysis.campaigns:
        words = f"{campaign.name}: {len(campaign):,} customers"
        if campaign.revenue_after_discount is not None:
            less = ", less the discount" if campaign.campaign.discount else ""
            words += (
                f"; revenue expected of them without the campaign{less}:"
                f" {campaign.revenue_after_discount:,.0f}"
            )
        console.print(escape(words), highlight=False)
    if analysis.movement is not None:
        console.print(escape(analysis.movement.sentence), highlight=False)
    if analysis.out is not None:
        # Paths are printed whole, for copying: rich would wrap and colour them.
        if "report" in analysis.settings["outputs"]:
            typer.echo(printable(f"Report: {analysis.out / 'report.html'}"))
        else:
            typer.echo(printable(f"Files: {analysis.out}"))
