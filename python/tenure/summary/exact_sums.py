"""Sums that do not depend on the order of their terms."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["grouped_sums"]

_PARTS = 3
"""Parts of 53 bits less those that the number of terms takes; what is left is far below a cent."""


def grouped_sums(
    groups: NDArray[np.integer[Any]], values: NDArray[Any], size: int
) -> NDArray[np.float64]:
    """Sum values by group, each sum the same for any order of the rows.

    Every value is cut into parts that are multiples of one power of two and few enough bits long
    for all sums of them to be exact (Rump, Ogita & Oishi 2008, SIAM J. Sci. Comput. 31, algorithm
    3.2), so that no order is better than another.

    Parameters
    ----------
    groups : ndarray of int
        The group of each value, from 0 to `size` - 1.
    values : ndarray
        The values.
    size : int
        How many groups there are.

    Returns
    -------
    ndarray
        The sums, `size` of them.

    Examples
    --------
    >>> grouped_sums(np.array([0, 1, 0, 0]), np.array([1e16, 2.0, 1.0, -1e16]), 2)
    array([1., 2.])
    """
    rest = np.asarray(values, dtype=np.float64)
    largest = float(np.abs(rest).max(initial=0.0))
    room = int(np.ceil(np.log2(len(rest) + 2.0))) + 1
    exponent = int(np.frexp(largest)[1]) + room
    if not 0.0 < largest < np.inf or exponent > 1023:
        return np.bincount(groups, weights=rest, minlength=size).astype(np.float64)
    parts = []
    for _ in range(_PARTS):
        unit = np.ldexp(1.0, exponent)
        if unit < np.finfo(np.float64).tiny:
            break
        high = (unit + rest) - unit
        parts.append(np.bincount(groups, weights=high, minlength=size))
        rest = rest - high
        exponent += room - 53
    total = np.zeros(size)
    for part in reversed(parts):
        total += part
    return total
