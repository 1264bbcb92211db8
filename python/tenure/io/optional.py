"""Libraries that come with an extra: asked for where they are used, by the extra's name."""

from __future__ import annotations

import importlib.util

__all__ = ["install_command", "install_hint", "require_extra"]


def install_command(extra: str) -> str:
    """Return the command that installs tenure with an extra, run in a checkout.

    There is nothing of the name on a package index; once there is, this changes, and nothing else.

    Parameters
    ----------
    extra : str
        Such as ``"plot"``.

    Returns
    -------
    str

    Examples
    --------
    >>> install_command("plot")
    "pip install '.[plot]'"
    """
    return f"pip install '.[{extra}]'"


def install_hint(extra: str) -> str:
    """Return how to install an extra, as the end of a sentence.

    Parameters
    ----------
    extra : str
        Such as ``"plot"``.

    Returns
    -------
    str
    """
    return f"install it with `{install_command(extra)}`, run in a checkout of tenure"


def require_extra(library: str, *, extra: str, purpose: str) -> None:
    r"""Stop, and say what to install, where a library of an extra is missing.

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
    >>> require_extra("json", extra="plot", purpose="drawing plots")
    >>> try:
    ...     require_extra("no_such_library", extra="plot", purpose="drawing plots")
    ... except ImportError as error:
    ...     print(str(error).replace("; ", ";\n"))
    drawing plots needs no_such_library;
    install it with `pip install '.[plot]'`, run in a checkout of tenure.
    """
    if importlib.util.find_spec(library) is None:
        raise ImportError(f"{purpose} needs {library}; {install_hint(extra)}.")
