"""Scoring of one measure: by quantiles, at thresholds, or by a user's function."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure._choices import Ties
from tenure.exceptions import DataError, OptionError
from tenure.io.row_errors import row_error
from tenure.segments.binning import check_thresholds, quantile_scores, threshold_scores

__all__ = ["Bins", "Scheme", "Ties", "read_schemes", "score"]

Scheme: TypeAlias = int | Sequence[float] | Callable[["pd.Series[float]"], Any]
"""A number of quantiles, thresholds, or a function that returns scores."""
Bins: TypeAlias = Scheme | Mapping[str, Scheme]

_MOST = 1_000_000
_WANTED = (
    "give a number of quantiles (2 to 1,000,000), increasing thresholds such as [30, 90, 180], or "
    "a function that returns scores"
)


@dataclass(frozen=True)
class Scored:
    """The scores of one measure."""

    scores: NDArray[np.int64]
    """From 1, the higher the better."""
    top: int
    """Largest score there can be; for a function, the largest it gave."""
    bins: int | None
    """Number of scores; None for a function, which does not say."""


def read_schemes(bins: Any, measures: Sequence[str]) -> dict[str, Scheme]:
    """Return the scheme of each measure, having checked what was given.

    Parameters
    ----------
    bins : scheme or mapping of str to scheme
        One scheme for all, where it is a number of quantiles, or one per measure.
    measures : sequence of str
        The measures to be scored.

    Returns
    -------
    dict of str to scheme

    Raises
    ------
    OptionError
        When a scheme is missing or is none.

    Examples
    --------
    >>> read_schemes({"recency": [30, 90], "frequency": 5}, ["recency", "frequency"])
    {'recency': [30, 90], 'frequency': 5}
    """
    if isinstance(bins, Mapping):
        if set(bins) != set(measures):
            raise OptionError(
                f"bins has {', '.join(map(repr, bins))}; give one for each of "
                f"{', '.join(map(repr, measures))}."
            )
        return {measure: _checked(bins[measure], f"bins[{measure!r}]") for measure in measures}
    if not isinstance(bins, Integral):
        raise OptionError(
            f"bins={bins!r}: give one number of quantiles for all measures (2 to 1,000,000), or a "
            "mapping such as {'recency': [30, 90], 'frequency': 5, 'monetary': 5}."
        )
    return dict.fromkeys(measures, _checked(bins, "bins"))


def _checked(scheme: Any, option: str) -> Scheme:
    if isinstance(scheme, Integral):
        if isinstance(scheme, bool) or not 2 <= int(scheme) <= _MOST:
            raise OptionError(f"{option}={scheme!r}: give a whole number from 2 to {_MOST:,}.")
        return int(scheme)
    if callable(scheme):
        function: Callable[..., Any] = scheme
        return function
    try:
        check_thresholds(scheme, option=option)
    except OptionError:
        raise OptionError(f"{option}={scheme!r}: {_WANTED}.") from None
    return list(scheme)


def score(values: pd.Series[float], scheme: Scheme, *, low_is_best: bool, ties: Ties) -> Scored:
    """Score one measure.

    Parameters
    ----------
    values : pandas.Series of float
        Finite values, named as their column.
    scheme : scheme
        As :func:`read_schemes` returns.
    low_is_best : bool
        Whether the lowest values get the highest score.
    ties : {"average", "first"}
        What quantiles do with equal values.

    Returns
    -------
    Scored

    Raises
    ------
    DataError
        When a function returns no such scores, or quantiles in row order do not exist.
    """
    numbers: Any = values.to_numpy()
    if callable(scheme):
        found = _by_function(values, scheme)
        return Scored(found, int(found.max()), None)
    if not isinstance(scheme, int):
        found = threshold_scores(numbers, scheme, descending=low_is_best)
        return Scored(found, len(scheme) + 1, len(scheme) + 1)
    if ties == "average":
        found = quantile_scores(numbers, scheme)
    else:
        found = _qcut(numbers, scheme, values.name)
    return Scored(scheme + 1 - found if low_is_best else found, scheme, scheme)


def _qcut(values: NDArray[np.float64], bins: int, column: Hashable) -> NDArray[np.int64]:
    """Scores 1 … bins by pandas.qcut, as the scripts have them."""
    try:
        codes = pd.qcut(values, bins, labels=False)
    except ValueError:
        raise DataError(
            f"column {column!r}: too many equal values to cut into {bins} quantiles as "
            "ties='first' does. Use ties='average' (the default), or fewer bins.",
            column=str(column),
        ) from None
    return np.asarray(codes, dtype=np.int64) + 1


def _by_function(values: pd.Series[float], function: Callable[..., Any]) -> NDArray[np.int64]:
    name = values.name
    called = getattr(function, "__name__", repr(function))
    expected = "one whole number of 1 or more a customer"
    result = function(values.copy())
    if isinstance(result, pd.Series) and not result.index.equals(values.index):
        raise DataError(
            f"column {name!r}: {called} returned a Series with another index; return the scores in "
            "the order of the rows given.",
            column=str(name),
        )
    try:
        found = np.asarray(result)
        if found.dtype.kind not in "iuf":
            found = found.astype(np.float64)
    except (TypeError, ValueError):
        found = np.empty(0)
    if found.shape != (len(values),) or np.asarray(result).dtype.kind == "b":
        raise DataError(
            f"column {name!r}: {called} returned {type(result).__name__} of shape "
            f"{np.shape(result)}; expected {expected}.",
            column=str(name),
            expected=expected,
        )
    with np.errstate(invalid="ignore"):
        bad = ~((found >= 1) & (found <= _MOST) & (found == np.floor(found)))
    if bad.any():
        raise row_error(
            f"{called} returned what is not a score",
            column=name,
            index=values.index,
            mask=bad,
            values=found,
            expected=expected,
            remedy="The higher the score, the better the customer; missing values need one, too.",
        )
    return found.astype(np.int64)
