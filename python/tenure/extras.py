"""Libraries that come with an extra: asked for where they are used, by the extra's name."""

from __future__ import annotations

import importlib.util

__all__ = ["need"]


def need(library: str, *, extra: str, purpose: str) -> None:
    """Stop, and say what to install, where a library of an extra is missing.

    Parameters
    ----------
    library : str
        Name under which the library is imported.
    extra : str
        The extra of tenure that brings it.
    purpose : str
        What needs it, the beginning of the message.

    Raises
    ------
    ImportError
        If the library is not installed.

    Examples
    --------
    >>> need("no_such_library", extra="plot", purpose="drawing plots")
    Traceback (most recent call last):
    ...
    ImportError: drawing plots needs no_such_library; install it with `pip install 'tenure[plot]'`.
    """
    if importlib.util.find_spec(library) is None:
        raise ImportError(
            f"{purpose} needs {library}; install it with `pip install 'tenure[{extra}]'`."
        )
