"""Processes that a program starts by spawning find tenure as lifetimes, as the program does."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from multiprocessing import spawn
from typing import Any

from tenure.lifetimes import activate

__all__ = ["let_children_inherit"]

_KEY = "tenure.lifetimes"


class _Activation:
    """Activates where it is unpickled: in the child, before it runs the program's main module."""

    def __reduce__(self) -> tuple[Callable[[], None], tuple[()]]:
        return _activate, ()


def _activate() -> None:
    activate()
    let_children_inherit()


def let_children_inherit() -> None:
    """Send an activation with the data that `multiprocessing` passes to a child first.

    A child imports the program's main module by its path, without the runner; multiprocessing has
    no hook of its own that comes before.
    """
    original = spawn.get_preparation_data

    @wraps(original)
    def get_preparation_data(name: str) -> dict[str, Any]:
        return {**original(name), _KEY: _Activation()}

    spawn.get_preparation_data = get_preparation_data
