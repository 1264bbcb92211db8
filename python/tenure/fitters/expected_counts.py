"""Expected numbers of customers with n repeat purchases, under a fitted model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.exceptions import OptionError
from tenure.fitters.beta_geo_beta_binom_fitter import BetaGeoBetaBinomFitter

__all__ = ["expected_counts"]


def expected_counts(
    model: Any, age: pd.Series[float], weights: pd.Series[float], n: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Expect the number of customers with each number of purchases, ages taken once each."""
    ages, place = np.unique(age.to_numpy(np.float64), return_inverse=True)
    customers = np.bincount(place, weights=weights.to_numpy(np.float64)).astype(np.float64)
    if isinstance(model, BetaGeoBetaBinomFitter):
        probability = model._chances(ages.astype(np.float64), n)
    elif hasattr(model, "probability_of_n_purchases_up_to_time"):
        found = model.probability_of_n_purchases_up_to_time(ages[:, None], n[None, :])
        probability = np.asarray(found, dtype=np.float64)
    else:
        raise OptionError(
            f"{type(model).__name__} has no probability_of_n_purchases_up_to_time to expect the "
            "bars with; draw a random sample of its customers with simulate=True."
        )
    expected: NDArray[np.float64] = customers @ np.asarray(probability, dtype=np.float64)
    return expected
