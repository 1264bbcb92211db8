"""Customers of the BG/NBD model, as the benchmarks use them."""

from __future__ import annotations

import numpy as np
import pandas as pd

R, ALPHA, A, B = 0.24, 4.41, 0.79, 2.43
"""Parameters, alpha in weeks: those of the CDNOW customers."""


def simulate(size: int, seed: int = 0) -> pd.DataFrame:
    """Simulate customers followed for 70 to 420 days, at day grain, with T in weeks.

    Purchases on one day count once, as in a summary of transactions. Spend is Gamma-Gamma with
    p = 6.25, q = 3.74, v = 15.44.
    """
    rng = np.random.default_rng(seed)
    days = rng.integers(70, 421, size)
    rate = rng.gamma(R, 1.0 / ALPHA, size) / 7.0
    leaving = rng.beta(A, B, size)
    frequency = np.zeros(size)
    last = np.zeros(size)
    now = np.zeros(size)
    active = np.arange(size)
    while active.size:
        with np.errstate(divide="ignore", over="ignore"):
            now[active] += rng.exponential(size=active.size) / rate[active]
        active = active[now[active] < days[active]]
        day = np.floor(now[active])
        new = active[day > last[active]]
        frequency[new] += 1
        last[new] = np.floor(now[new])
        active = active[rng.uniform(size=active.size) >= leaving[active]]
    scale = rng.gamma(3.74, 1.0 / 15.44, size)
    spend = rng.gamma(6.25 * np.maximum(frequency, 1)) / np.maximum(frequency, 1) / scale
    return pd.DataFrame(
        {
            "frequency": frequency,
            "recency": last / 7.0,
            "T": days / 7.0,
            "monetary_value": np.where(frequency > 0, np.maximum(spend, 0.01).round(2), 0.0),
        }
    )
