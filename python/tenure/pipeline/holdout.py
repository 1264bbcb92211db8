"""Hold-out comparison: forecasts of the last part of the data from the first."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from tenure._warnings import collect_warnings
from tenure.clv.forecast import forecast
from tenure.exceptions import ConvergenceError, DataError
from tenure.fitters import BetaGeoFitter, ParetoNBDFitter
from tenure.io.provenance import provenance
from tenure.periods import convert
from tenure.summary.transactions import summarize

__all__ = ["holdout_errors"]

SMALLEST_HOLDOUT = 50
"""Customers before the cut, and purchases of theirs after it, that a hold-out needs."""


def holdout_errors(
    models: Mapping[str, type[BetaGeoFitter | ParetoNBDFitter]],
    customers: pd.DataFrame,
    purchases: pd.DataFrame,
    penalizer: float,
    horizon: float,
) -> dict[str, tuple[float, float]]:
    """Fit models on what was known before a cut, and compare their forecasts with what came after.

    The cut lies one horizon, at most half the observation time, before the end.

    Parameters
    ----------
    models : mapping of str to type
        The models by name.
    customers : DataFrame
        The summary of all purchases, with its provenance.
    purchases : DataFrame
        ``customer`` and ``date`` of every purchase.
    penalizer : float
        Penalty of the fits.
    horizon : float
        In periods of the summary.

    Returns
    -------
    dict of str to tuple of float
        By model: purchases forecast over purchases made, minus 1, and the root mean squared error
        per customer. Models that cannot be fitted are left out; empty where the data are too few.
    """
    known = provenance(customers) or {}
    period = known["period"]
    end = pd.Timestamp(known["observation_end"]).normalize()
    observed = (end - purchases["date"].min().normalize()).days
    days = math.floor(min(convert(horizon, period, "D"), observed / 2))
    cut = end - pd.Timedelta(days=days)
    before = purchases[purchases["date"] < cut + pd.Timedelta(days=1)]
    if days < 1 or before["customer"].nunique() < SMALLEST_HOLDOUT:
        return {}
    errors = {}
    with collect_warnings():  # these fits serve a comparison only
        earlier = summarize(
            before[["customer", "date"]],
            customer="customer",
            date="date",
            period=period,
            collapse="D",
            observation_end=cut,
        )
        until = customers["frequency"].reindex(earlier.index).to_numpy(dtype=np.float64)
        bought = until - earlier["frequency"].to_numpy(dtype=np.float64)
        if not bought.sum() >= SMALLEST_HOLDOUT:
            return {}
        for name, kind in models.items():
            try:
                model = kind(penalizer_coef=penalizer).fit(earlier)
                ahead = forecast(model, None, earlier, horizons=f"{days}D")
            except (ConvergenceError, DataError):
                continue
            expected = ahead.iloc[:, 1].to_numpy()
            bias = float(expected.sum() / bought.sum() - 1.0)
            errors[name] = bias, float(np.sqrt(np.mean((expected - bought) ** 2)))
    return errors
