"""Warnings: emitted, or collected for later."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from tenure.exceptions import MESSAGE_LIMIT, TenureWarning, capped

__all__ = ["Notice", "collect_warnings"]

TEXT_LIMIT = 200
"""Characters of a warning's text, without its code and page."""

_collector: ContextVar[list[Notice] | None] = ContextVar("tenure_notices", default=None)


@dataclass(frozen=True)
class Notice:
    """A warning that has not been given yet.

    Parameters
    ----------
    category : type of TenureWarning
        Its class, which has the code and the page.
    text : str
        One line of at most 200 characters: what it means for the numbers, and what to do. A longer
        one is cut at a word, and is given whole in the details.
    details : str, optional
        The figures and reasons behind it, as long as need be.

    Examples
    --------
    >>> from tenure.exceptions import DataWarning
    >>> str(Notice(DataWarning, "3 rows were left out.", "They have no date.").warning())
    '3 rows were left out. [T100, docs/warnings.md#t100]'
    """

    category: type[TenureWarning]
    text: str
    details: str = ""

    def __post_init__(self) -> None:
        """Keep the text to one line of a length that is read."""
        text = " ".join(self.text.split())
        if len(text) > TEXT_LIMIT:
            details = f"{text} {self.details}".strip()
            object.__setattr__(self, "details", details)
            text = capped(text)[: TEXT_LIMIT - 1].rsplit(" ", 1)[0] + "…"
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "details", capped(self.details, 4 * MESSAGE_LIMIT))

    def warning(self) -> TenureWarning:
        """Return the warning itself."""
        return self.category(self.text, self.details)

    def emit(self) -> None:
        """Give the warning, pointing at the line outside this package that led to it.

        Within :func:`collect_warnings` it is put on the list instead.
        """
        kept = _collector.get()
        if kept is not None:
            kept.append(self)
            return
        warnings.warn(self.warning(), stacklevel=_caller_depth())


@contextmanager
def collect_warnings() -> Iterator[list[Notice]]:
    """Keep the warnings of a block for later instead of giving them.

    The list belongs to the thread (and the asynchronous task) that opened the block, so jobs that
    run side by side never see each other's warnings.

    Yields
    ------
    list of Notice
        Grows as the block runs.

    Examples
    --------
    >>> from tenure.exceptions import DataWarning
    >>> with collect_warnings() as kept:
    ...     Notice(DataWarning, "3 rows were left out.").emit()
    >>> [notice.text for notice in kept]
    ['3 rows were left out.']
    """
    kept: list[Notice] = []
    token = _collector.set(kept)
    try:
        yield kept
    finally:
        _collector.reset(token)


def _caller_depth() -> int:
    package = str(Path(__file__).parent)
    frame, depth = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_code.co_filename.startswith(package):
        frame, depth = frame.f_back, depth + 1
    return depth
