"""Binning of numbers into scores 1, 2, …: by quantiles, by shares, at thresholds.

Every cut keeps equal values together and looks at nothing but the values, so that the order of the
rows cannot matter.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenure import _engine
from tenure.exceptions import OptionError

__all__ = [
    "check_shares",
    "check_thresholds",
    "quantile_scores",
    "share_scores",
    "threshold_scores",
]


def quantile_scores(values: NDArray[np.float64], bins: int) -> NDArray[np.int64]:
    r"""Score finite values 1 … `bins` by the quantile their average rank falls in.

    With :math:`r_i` the rank of value *i* among *n* (ties share the mean of their ranks), the score
    is the smallest *k* with :math:`r_i \le 1 + (n - 1)\,k/b`: the edges that linear quantiles of
    the ranks 1 … n have. Where no two values are equal this is what ``pandas.qcut`` gives.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        Finite values.
    bins : int
        Number of scores, up to a million.

    Returns
    -------
    ndarray of int64, shape (n,)
        Equal values have equal scores. With fewer distinct values than bins some scores stay
        unused; when all values are equal everyone gets the middle score.

    Examples
    --------
    >>> quantile_scores(np.array([5.0, 1.0, 1.0, 9.0]), 2)
    array([2, 1, 1, 2])
    """
    steps = np.arange(1, bins, dtype=np.int64)
    return _rank_scores(values, lambda span: 2 * span * steps // bins)


def share_scores(values: NDArray[np.float64], shares: Sequence[float]) -> NDArray[np.int64]:
    r"""Score finite values 1, 2, … so that each score holds its share of the customers.

    With :math:`c_k` the sum of the first *k* shares, the score is the smallest *k* with
    :math:`r_i \le 1 + (n - 1)\,c_k`; equal shares make :func:`quantile_scores`.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        Finite values.
    shares : sequence of float
        As :func:`check_shares` takes them, from the lowest values to the highest.

    Returns
    -------
    ndarray of int64, shape (n,)
        Equal values have equal scores.

    Examples
    --------
    >>> share_scores(np.array([5.0, 1.0, 2.0, 9.0, 4.0]), [0.8, 0.2])
    array([1, 1, 1, 2, 1])
    """
    exact = check_shares(shares)
    sums = [sum(exact[:k], Fraction(0)) for k in range(1, len(exact))]
    return _rank_scores(
        values, lambda span: np.array([math.floor(2 * span * c) for c in sums], dtype=np.int64)
    )


def _rank_scores(
    values: NDArray[np.float64], limits: Callable[[int], NDArray[np.int64]]
) -> NDArray[np.int64]:
    """Score by ranks; ``limits(n − 1)`` are the largest 2·rank − 2 of each score but the last."""
    n = len(values)
    if n == 1:  # stands in the middle, as two equal ones would
        return _rank_scores(np.repeat(values, 2), limits)[:1]
    return _engine.rank_scores(np.ascontiguousarray(values), limits(n - 1).astype(np.uint64))


def threshold_scores(
    values: NDArray[np.float64], thresholds: Sequence[float], *, descending: bool = False
) -> NDArray[np.int64]:
    """Score finite values by the thresholds they reach.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        Finite values.
    thresholds : sequence of float
        As :func:`check_thresholds` takes them.
    descending : bool
        Whether low values are the better ones.

    Returns
    -------
    ndarray of int64, shape (n,)
        From 1 to the number of thresholds + 1. A value on a threshold has the better score:
        100 reaches a threshold of 100 money, and 30 days are within 30 days.

    Examples
    --------
    >>> threshold_scores(np.array([99.0, 100.0, 500.0]), [100, 500])
    array([1, 2, 3])
    >>> threshold_scores(np.array([30.0, 31.0]), [30], descending=True)
    array([2, 1])
    """
    edges = check_thresholds(thresholds)
    if descending:
        return len(edges) + 1 - np.searchsorted(edges, values, "left").astype(np.int64)
    return np.searchsorted(edges, values, "right").astype(np.int64) + 1


def _numbers(values: Any) -> list[float] | None:
    try:
        listed = list(values)
    except TypeError:
        return None
    if isinstance(values, str | bytes) or any(
        isinstance(v, bool | np.bool_) or not isinstance(v, Real) or not math.isfinite(v)
        for v in listed
    ):
        return None
    return [float(v) for v in listed]


def check_thresholds(thresholds: Any, *, option: str = "thresholds") -> NDArray[np.float64]:
    """Return thresholds as an array, having checked them.

    Parameters
    ----------
    thresholds : sequence of float
        One or more finite numbers, each larger than the one before.
    option : str
        What they were given as, for the message.

    Returns
    -------
    ndarray of float64

    Raises
    ------
    OptionError
        When they are not such numbers.

    Examples
    --------
    >>> check_thresholds([30, 90])
    array([30., 90.])
    """
    found = _numbers(thresholds)
    if not found or any(b <= a for a, b in itertools.pairwise(found)):
        raise OptionError(
            f"{option}={thresholds!r}: give finite numbers, each larger than the one before, such "
            "as [100, 500, 2000]."
        )
    return np.array(found)


def check_shares(shares: Any, *, option: str = "shares") -> list[Fraction]:
    """Return shares as exact fractions that add up to 1, having checked them.

    Parameters
    ----------
    shares : sequence of float
        Numbers above 0 that add up to 1 to nine decimals.
    option : str
        What they were given as, for the message.

    Returns
    -------
    list of Fraction
        Decimal numbers as they are written: 0.15 is 3/20.

    Raises
    ------
    OptionError
        When they are not such numbers.

    Examples
    --------
    >>> check_shares([0.85, 0.15])
    [Fraction(17, 20), Fraction(3, 20)]
    """
    found = _numbers(shares)
    if not found or min(found) <= 0:
        raise OptionError(
            f"{option}={shares!r}: give a number above 0 for each segment, such as "
            "[0.80, 0.15, 0.04, 0.01]."
        )
    total = math.fsum(found)
    if abs(total - 1) > 1e-9:
        raise OptionError(f"{option}={shares!r} add up to {total:.6g}; they must add up to 1.")
    exact = [Fraction(repr(share)) for share in found]
    return [share / sum(exact) for share in exact]
