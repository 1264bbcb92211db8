"""Warnings that ``import lifetimes`` turns off for the whole process."""

from __future__ import annotations

import warnings
from typing import Any

__all__ = ["restore_warnings", "silence_warnings"]

_undo: list[tuple[Any, ...]] = []
"""The filters put in front, and pandas' option as it was."""


def silence_warnings() -> None:
    """Ignore every FutureWarning, and pandas' warning of assignments to a copy."""
    import pandas as pd

    if _undo:
        return
    # pandas 3 has neither the option nor that warning.
    copies = int(pd.__version__.split(".")[0]) < 3
    before = pd.get_option("mode.chained_assignment") if copies else None
    warnings.simplefilter("ignore", FutureWarning)
    _undo.append((warnings.filters[0], copies, before))
    if copies:
        pd.set_option("mode.chained_assignment", None)


def restore_warnings() -> None:
    """Undo `silence_warnings`."""
    import pandas as pd

    while _undo:
        entry, copies, before = _undo.pop()
        if entry in warnings.filters:
            warnings.filters.remove(entry)  # type: ignore[attr-defined]
        if copies:
            pd.set_option("mode.chained_assignment", before)
