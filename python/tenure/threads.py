"""The number of threads of the engine."""

from __future__ import annotations

import operator

from tenure import _engine
from tenure.exceptions import OptionError

__all__ = ["get_threads", "set_threads"]


def set_threads(threads: int) -> None:
    """Work with this many threads from now on. Results do not depend on it.

    Without it the engine takes ``RAYON_NUM_THREADS``, or else what the machine grants this process:
    its processors, within the affinity and the CPU quota of its control group.

    Parameters
    ----------
    threads : int
        1 or more.

    Raises
    ------
    OptionError
        If it is not a whole number of 1 or more, or more than the system grants.

    Examples
    --------
    >>> import tenure
    >>> before = tenure.get_threads()
    >>> tenure.set_threads(2)
    >>> tenure.get_threads()
    2
    >>> tenure.set_threads(before)
    """
    try:
        number = operator.index(threads)
    except TypeError:
        number = 0
    if isinstance(threads, bool) or not 1 <= number <= 1 << 16:
        raise OptionError(f"threads={threads!r}: expected a whole number from 1 to 65,536.")
    _engine.set_threads(number)


def get_threads() -> int:
    """Return how many threads the engine works with.

    Examples
    --------
    >>> import tenure
    >>> tenure.get_threads() >= 1
    True
    """
    return _engine.get_threads()
