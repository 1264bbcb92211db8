"""Run scripts written for lifetimes on tenure, without an edit.

A script, a module or a line of code, with everything else as under plain Python::

    python -m tenure.lifetimes script.py [arguments]
    python -m tenure.lifetimes -m module [arguments]
    python -m tenure.lifetimes -c "code" [arguments]

A notebook, before its first ``import lifetimes``::

    %load_ext tenure.lifetimes

A program, before its first ``import lifetimes``:

>>> import tenure.lifetimes
>>> tenure.lifetimes.install()
>>> from lifetimes import BetaGeoFitter
>>> from lifetimes.utils import summary_data_from_transaction_data
>>> BetaGeoFitter()
<lifetimes.BetaGeoFitter>
>>> tenure.lifetimes.uninstall()
>>> BetaGeoFitter()
<tenure.BetaGeoFitter>

While it is active, ``lifetimes`` and each of its modules are tenure's, whether lifetimes is
installed or not; if it is, it is not imported. ``import lifetimes`` then silences FutureWarning and
pandas' warning of chained assignment, as that of lifetimes does. Importing this module alone
changes nothing.
"""

from __future__ import annotations

import sys
import threading
from types import ModuleType
from typing import Any

from tenure._lifetimes_mode import is_active
from tenure.lifetimes._modules import FINDER, NAME, is_ours
from tenure.lifetimes._warning_filters import restore_warnings

__all__ = ["install", "is_active", "uninstall"]

_lock = threading.RLock()
_set_aside: dict[str, ModuleType] = {}
"""Modules of the real lifetimes that had been imported before, by name."""


def install() -> None:
    """Make ``import lifetimes``, and every module below it, give tenure.

    Reports it on stderr. Does nothing where it is active already. The representation of models
    becomes ``<lifetimes.…>``, as scripts that compare it expect.

    Warns
    -----
    AlreadyImportedWarning
        If the real lifetimes had been imported before: names taken from it stay what they are.
    """
    import tenure
    from tenure._warnings import Notice
    from tenure.exceptions import AlreadyImportedWarning

    with _lock:
        if is_active():
            return
        earlier = activate()
        if sys.stderr is not None:
            print(
                "tenure.lifetimes is active: `import lifetimes` gives tenure "
                f"{tenure.__version__}.",
                file=sys.stderr,
                flush=True,
            )
    if earlier:
        place = getattr(earlier.get(NAME), "__file__", None)
        Notice(
            AlreadyImportedWarning,
            "Names imported from lifetimes until now are still those of lifetimes. Run the import"
            " lines again and make the models anew, or restart with tenure.lifetimes first.",
            "lifetimes had been imported before tenure.lifetimes became active"
            + (f" (from {place})" if place else "")
            + "; imports from now on give tenure.",
        ).emit()


def activate() -> dict[str, ModuleType]:
    """Do what `install` does, silently, and return the modules of lifetimes it put aside."""
    from tenure.fitters import BaseFitter

    with _lock:
        if is_active():
            return {}
        sys.meta_path.insert(0, FINDER)
        earlier = _below_name(ours=False)
        for name in earlier:
            del sys.modules[name]
        _set_aside.update(earlier)
        BaseFitter._package = NAME
        return earlier


def uninstall() -> None:
    """Make ``import lifetimes`` mean lifetimes again; names already imported stay tenure's."""
    from tenure.fitters import BaseFitter

    with _lock:
        if not is_active():
            return
        sys.meta_path.remove(FINDER)
        for name in _below_name(ours=True):
            del sys.modules[name]
        sys.modules.update(_set_aside)
        _set_aside.clear()
        BaseFitter._package = "tenure"
        restore_warnings()


def _below_name(*, ours: bool) -> dict[str, ModuleType]:
    """Return the imported modules called lifetimes or below it: tenure's, or the others."""
    return {
        name: module
        for name, module in list(sys.modules.items())
        if (name == NAME or name.startswith(f"{NAME}.")) and is_ours(module) == ours
    }


def load_ipython_extension(shell: Any) -> None:
    """Activate on ``%load_ext tenure.lifetimes``."""
    install()


def unload_ipython_extension(shell: Any) -> None:
    """Undo it on ``%unload_ext tenure.lifetimes``."""
    uninstall()


def __dir__() -> list[str]:
    return sorted(__all__)
