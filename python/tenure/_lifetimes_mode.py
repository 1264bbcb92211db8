"""State of the drop-in: whether ``import lifetimes`` imports tenure."""

from __future__ import annotations

import sys

__all__ = ["Finder", "is_active"]


class Finder:
    """Marks the finder on ``sys.meta_path`` that gives tenure's modules for those of lifetimes."""


def is_active() -> bool:
    """Whether ``import lifetimes`` gives tenure."""
    return any(isinstance(finder, Finder) for finder in sys.meta_path)
