"""The version of tenure, under lifetimes' path."""

from tenure._engine import __version__

__all__ = ["__version__"]


def __dir__() -> list[str]:
    return sorted(__all__)
