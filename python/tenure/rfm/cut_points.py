"""Limits between scores, in the unit of the data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.exceptions import DataError
from tenure.io.provenance import provenance
from tenure.io.validation import native_out
from tenure.rfm.schemes import Scheme, Scored

__all__ = ["cut_points", "remember"]

_MOST = 1_000
"""Scores of one measure whose limits a table remembers."""


def cut_points(scores: Any) -> Any:
    """List the limits of every score, as they were when the table was scored.

    Parameters
    ----------
    scores : dataframe
        What :func:`tenure.rfm_scores` or :func:`tenure.rfm_table` returned, or a part of it: the
        limits are those of all customers who were scored.

    Returns
    -------
    dataframe
        Of the kind of `scores`, one row per measure and score, the best score first:
        ``measure`` (recency in days); ``score``; ``rule`` (``"at most"``, ``"at least"`` or
        ``"above"``) and ``cut``, what a value must fulfil to have this score or a better one;
        ``customers``, ``lowest`` and ``highest``, how many customers have the score and between
        which values. ``cut`` and ``rule`` are empty for score 1, which has no condition, and where
        a function made the scores; ``lowest`` and ``highest`` are empty for a score without
        customers.

    Raises
    ------
    DataError
        When the table has no record of how it was scored, or has over 1,000 scores of a measure.

    Notes
    -----
    For quantiles ``cut`` is the linear quantile of the values, as ``numpy.quantile`` and
    ``pandas.qcut`` have it. Customers with equal values have equal scores (``ties="average"``), so
    where many share the value at a cut, the mean of their ranks decides on which side all of them
    are; ``lowest`` and ``highest`` show it. To score other customers by the same limits
    give `bins` thresholds: ``lowest`` of every score but the worst in use (for recency
    ``highest``), ascending.

    Examples
    --------
    >>> from tenure.rfm import rfm_scores
    >>> table = pd.DataFrame({"days": [3, 40, 200], "orders": [9, 2, 1]})
    >>> scores = rfm_scores(
    ...     table, recency="days", frequency="orders", bins={"recency": [30, 90], "frequency": 2}
    ... )
    >>> cut_points(scores)[["measure", "score", "rule", "cut", "lowest", "highest"]]
         measure  score     rule   cut  lowest  highest
    0    recency      3  at most  30.0     3.0      3.0
    1    recency      2  at most  90.0    40.0     40.0
    2    recency      1            NaN   200.0    200.0
    3  frequency      2    above   2.0     9.0      9.0
    4  frequency      1            NaN     1.0      2.0
    """
    known = (provenance(scores) or {}).get("rfm_cuts")
    if not known:
        raise DataError(
            "the table does not remember its cut points. Give what tenure.rfm_scores or "
            "tenure.rfm_table returned for a pandas or Arrow table (Polars has no place for it), "
            f"with up to {_MOST:,} scores per measure."
        )
    parts = []
    for measure, limits in known.items():
        top = len(limits["customers"])
        cuts = [np.nan, *limits["cuts"]] if limits["cuts"] else [np.nan] * top
        part = pd.DataFrame(
            {
                "measure": measure,
                "score": np.arange(1, top + 1),
                "rule": ["" if np.isnan(cut) else limits["rule"] for cut in cuts],
                "cut": np.array(cuts, dtype=np.float64),
                "customers": np.array(limits["customers"], dtype=np.int64),
                "lowest": np.array(limits["lowest"], dtype=np.float64),
                "highest": np.array(limits["highest"], dtype=np.float64),
            }
        )
        parts.append(part.iloc[::-1])
    return native_out(pd.concat(parts, ignore_index=True), scores)


def remember(
    scored: dict[str, Scored],
    values: dict[str, NDArray[np.float64]],
    schemes: dict[str, Scheme],
) -> dict[str, Any]:
    """Return the limits of each measure as JSON-able values; nothing where they are too many."""
    if max(found.top for found in scored.values()) > _MOST:
        return {}
    return {
        measure: _limits(found, values[measure], schemes[measure], measure == "recency")
        for measure, found in scored.items()
    }


def _limits(
    found: Scored, values: NDArray[np.float64], scheme: Scheme, low_is_best: bool
) -> dict[str, Any]:
    place = found.scores - 1
    lowest, highest = np.full(found.top, np.inf), np.full(found.top, -np.inf)
    np.minimum.at(lowest, place, values)
    np.maximum.at(highest, place, values)
    used = np.bincount(place, minlength=found.top)
    rule, cuts = "", np.empty(0)
    if isinstance(scheme, int):
        rule = "at most" if low_is_best else "above"
        cuts = np.quantile(values, np.arange(1, scheme) / scheme)
    elif not callable(scheme):
        rule = "at most" if low_is_best else "at least"
        cuts = np.asarray(scheme, dtype=np.float64)
    return {
        "rule": rule,
        "cuts": (cuts[::-1] if low_is_best else cuts).tolist(),
        "customers": used.tolist(),
        "lowest": [v if n else None for v, n in zip(lowest.tolist(), used, strict=True)],
        "highest": [v if n else None for v, n in zip(highest.tolist(), used, strict=True)],
    }
