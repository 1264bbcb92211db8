"""Modules called ``lifetimes…`` that look names up in the ``tenure…`` of the same path."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from tenure._lifetimes_mode import Finder
from tenure.lifetimes._warning_filters import silence_warnings

__all__ = ["FINDER", "NAME", "is_ours"]

NAME = "lifetimes"
VERSION = "0.11.3"
"""The lifetimes whose names and behaviour tenure keeps."""

_VERSION_MODULE = f"{NAME}.version"
_STARRED = (
    "__version__",
    "BetaGeoFitter",
    "ParetoNBDFitter",
    "GammaGammaFitter",
    "ModifiedBetaGeoFitter",
    "BetaGeoBetaBinomFitter",
)
"""What ``from lifetimes import *`` gives; tenure's other names might shadow a script's own."""


class _Alias(ModuleType):
    """A module that looks its names up in another one, each time they are asked for."""

    _target: ModuleType

    def __getattr__(self, name: str) -> Any:
        """Answer with the target's attribute, or the alias of the target's submodule."""
        target = self.__dict__.get("_target")
        if target is None:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        path = f"{target.__name__}.{name}"
        value = getattr(target, name, None)
        if value is None and not hasattr(target, name):
            if not _exists(path):
                raise AttributeError(
                    f"module {self.__name__!r} has no attribute {name!r}: tenure stands in for "
                    f"lifetimes here (tenure.lifetimes is active), and there is no {path}."
                )
        elif not (isinstance(value, ModuleType) and value.__name__ == path):
            return value
        return import_module(f"{self.__name__}.{name}" if FINDER in sys.meta_path else path)

    def __reduce__(self) -> tuple[Callable[[str], ModuleType], tuple[str]]:
        """Pickle by name, and have other processes find tenure under it, as this one does."""
        return _open, (self.__name__,)

    def __dir__(self) -> list[str]:
        """List the target's names and its own."""
        return sorted({*super().__dir__(), *dir(self.__dict__.get("_target"))})


class _Finder(Finder, MetaPathFinder, Loader):
    """Finds every module of lifetimes in tenure."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        head, _, rest = fullname.partition(".")
        if head != NAME:
            return None
        found = f"tenure.{rest}" if rest else "tenure"
        if not _exists(found):
            # Under another name than the one asked for, or `from lifetimes import name` swallows
            # this error and raises one that reports less.
            raise ModuleNotFoundError(
                f"No {fullname} here: tenure stands in for lifetimes (tenure.lifetimes is active), "
                f"and there is no {found}.",
                name=found,
            )
        # Called a package even where tenure has a module, so that the error above is reached for
        # every missing name.
        return ModuleSpec(fullname, self, loader_state=found, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Alias(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        spec = module.__spec__
        assert spec is not None
        if module.__name__ in (NAME, _VERSION_MODULE):
            module.__dict__["__version__"] = VERSION
        if module.__name__ == _VERSION_MODULE:
            return
        target = import_module(spec.loader_state)
        module.__dict__.update(_target=target, __doc__=target.__doc__, __file__=target.__file__)
        if module.__name__ == NAME:
            silence_warnings()
            module.__dict__["__all__"] = [name for name in _STARRED if hasattr(target, name)]
        elif hasattr(target, "__all__"):
            module.__dict__["__all__"] = list(target.__all__)


FINDER = _Finder()


def _open(name: str) -> ModuleType:
    from tenure.lifetimes import activate

    activate()
    return import_module(name)


def is_ours(module: ModuleType) -> bool:
    """Whether a module is an alias of one of tenure's."""
    return isinstance(module, _Alias)


def _exists(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False
