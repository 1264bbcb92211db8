"""Outlier caps for customer totals: one rule, applied to each column before any adding up."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

from tenure._warnings import Notice
from tenure.exceptions import DataWarning
from tenure.summary.totals_checks import TOTALS

__all__ = ["Cap", "cap_column", "cap_parts"]

QUANTILES = (0.01, 0.99)
"""Quantiles between which the range is taken."""

REACH = 1.5
"""How many ranges beyond these quantiles a value may lie."""


class Cap(TypedDict):
    """Limits of one column and how many values they moved; None means no limit on that side."""

    lower: float | None
    upper: float | None
    below: int
    above: int


def cap_column(values: NDArray[np.float64], *, whole: bool) -> tuple[NDArray[np.float64], Cap]:
    r"""Cap a column of non-negative totals at its outlier limits.

    With :math:`q_1, q_{99}` the 1 % and 99 % quantiles (linear between order statistics), the
    limits are :math:`q_1 - 1.5\,(q_{99} - q_1)` and :math:`q_{99} + 1.5\,(q_{99} - q_1)`, rounded
    to whole numbers, half to even. Values beyond a limit are moved to it.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        Finite, non-negative.
    whole : bool
        Whether the values are counts, whose limits must be whole.

    Returns
    -------
    values : ndarray of float64, shape (n,)
        The array given when nothing was capped, else a new one.
    cap : Cap
        The limits, and how many values lay beyond them.

    Notes
    -----
    Four cases in which the bare rule would do harm: a column without any range between its
    quantiles is left alone (else nearly constant columns would be made constant); where rounding
    would pull a limit inside the quantiles (amounts well below 1) it is left unrounded, or for
    counts rounded outward; the upper limit of a count is at least 2, so that no customer with
    repeat orders becomes a one-time customer; and zeros, channels never used, are not raised to a
    lower limit.
    Lower limits at or below zero are no limits.

    Examples
    --------
    >>> orders = np.array([1.0] * 50 + [2.0] * 49 + [90.0])
    >>> capped, cap = cap_column(orders, whole=True)
    >>> cap["upper"], cap["above"], float(capped.max())
    (6.0, 1, 6.0)
    """
    low, high = (float(q) for q in np.quantile(values, QUANTILES))
    spread = high - low
    if not spread > 0:
        return values, Cap(lower=None, upper=None, below=0, above=0)
    upper = _limit(high + REACH * spread, high, whole, np.ceil)
    lower = _limit(low - REACH * spread, low, whole, np.floor)
    if whole:
        upper = max(upper, 2.0)
    above = values > upper
    below = (values < lower) & (values > 0)
    n_above, n_below = int(np.count_nonzero(above)), int(np.count_nonzero(below))
    if n_above or n_below:
        values = np.where(above, upper, np.where(below, lower, values))
    return values, Cap(
        lower=lower if lower > 0 else None,
        upper=upper if np.isfinite(upper) else None,
        below=n_below,
        above=n_above,
    )


def _limit(limit: float, quantile: float, whole: bool, outward: np.ufunc) -> float:
    """Round a limit half to even, unless that would carry it past the quantile it lies beyond."""
    rounded = float(np.rint(limit))
    beyond = rounded >= quantile if limit >= quantile else rounded <= quantile
    if beyond:
        return rounded
    return float(outward(limit)) if whole else limit


def cap_parts(
    parts: dict[Hashable, NDArray[np.float64]],
    counts: Collection[Hashable],
    known: Mapping[str, Any],
    *,
    cap_outliers: bool,
) -> dict[str, Cap]:
    """Cap each column that totals are added up from, in place, once in the life of a table.

    Parameters
    ----------
    parts : dict
        Column name to values; capped columns are replaced by new arrays.
    counts : collection
        The names among them that hold counts.
    known : mapping
        Provenance of the table, which states whether it had been capped.
    cap_outliers : bool
        Whether capping is asked for.

    Returns
    -------
    dict of str to Cap
        By column; empty where nothing has ever been capped.

    Warns
    -----
    DataWarning
        When a capped table is asked for uncapped totals, or totals are capped instead of parts.

    Examples
    --------
    >>> cap_parts({"n": np.arange(9.0)}, ["n"], {}, cap_outliers=True)["n"]["above"]
    0
    """
    caps: dict[str, Cap] = dict(known.get("caps", {}))
    if caps and not cap_outliers:
        Notice(
            DataWarning,
            "The totals stay capped: this table had been capped before, which cap_outliers=False"
            " cannot undo. Start from the original table.",
            f"Columns that had been capped: {', '.join(caps)}.",
        ).emit()
    if caps or not cap_outliers:
        return caps
    before = known.get("parts", [])
    formed = [name for name in TOTALS if before and name in parts and name not in before]
    if formed:
        Notice(
            DataWarning,
            f"Outliers are capped in {' and '.join(formed)}, formed before, which gives other caps"
            " than capping the parts. Give the columns they were added up from, or prepare with"
            " cap_outliers=True.",
        ).emit()
    for column in parts:
        parts[column], caps[str(column)] = cap_column(parts[column], whole=column in counts)
    return caps
