"""Snapshots of a model, for consistent reads while another thread refits it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

__all__ = ["from_one_fit", "snapshot"]

_Model = TypeVar("_Model")
_Arguments = ParamSpec("_Arguments")
_Answer = TypeVar("_Answer")


def snapshot(model: _Model) -> _Model:
    """Return a model that shares the state of `model` as it is now.

    A fit gives a model a new state in one step instead of changing the one it has, so that the
    snapshot goes on showing the fit it was taken of.
    """
    twin: Any = object.__new__(type(model))
    object.__setattr__(twin, "__dict__", model.__dict__)
    return twin  # type: ignore[no-any-return]


def from_one_fit(
    method: Callable[Concatenate[Any, _Arguments], _Answer],
) -> Callable[Concatenate[Any, _Arguments], _Answer]:
    """Let a method that reads several parts of a model's state see those of one fit."""

    @wraps(method)
    def read(model: Any, /, *args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Answer:
        return method(snapshot(model), *args, **kwargs)

    return read
