"""Customers and transactions for the benchmarks, the same in every process."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

R, ALPHA, A, B = 0.24, 4.41, 0.79, 2.43
"""Parameters of BG/NBD, alpha in weeks: those of the CDNOW customers."""


def simulate(size: int, seed: int = 0, *, continuous: bool = False) -> pd.DataFrame:
    """Simulate customers followed for 70 to 420 days, at day grain, with T in weeks.

    Purchases on one day count once, as in a summary of transactions. Spend is Gamma-Gamma with
    p = 6.25, q = 3.74, v = 15.44, to the cent. `continuous` time and money are not rounded.
    """
    rng = np.random.default_rng(seed)
    days = rng.uniform(70, 421, size) if continuous else rng.integers(70, 421, size)
    whole = (lambda times: times) if continuous else np.floor
    rate = rng.gamma(R, 1.0 / ALPHA, size) / 7.0
    dropout = rng.beta(A, B, size)
    frequency = np.zeros(size)
    last = np.zeros(size)
    now = np.zeros(size)
    active = np.arange(size)
    while active.size:
        with np.errstate(divide="ignore", over="ignore"):
            now[active] += rng.exponential(size=active.size) / rate[active]
        active = active[now[active] < days[active]]
        day = whole(now[active])
        new = active[day > last[active]]
        frequency[new] += 1
        last[new] = whole(now[new])
        active = active[rng.uniform(size=active.size) >= dropout[active]]
    scale = rng.gamma(3.74, 1.0 / 15.44, size)
    spend = rng.gamma(6.25 * np.maximum(frequency, 1)) / np.maximum(frequency, 1) / scale
    paid = spend if continuous else np.maximum(spend, 0.01).round(2)
    return pd.DataFrame(
        {
            "frequency": frequency,
            "recency": last / 7.0,
            "T": days / 7.0,
            "monetary_value": np.where(frequency > 0, paid, 0.0),
        }
    )


def opportunities(size: int, seed: int = 0) -> pd.DataFrame:
    """Simulate customers of BG/BB over 6 to 12 opportunities to buy.

    alpha 1.2, beta 0.75, gamma 0.66, delta 2.78: those of the donations in Fader et al. (2010).
    """
    rng = np.random.default_rng(seed)
    periods = rng.integers(6, 13, size)
    purchase, dropout = rng.beta(1.2, 0.75, size), rng.beta(0.66, 2.78, size)
    frequency, recency = np.zeros((2, size), dtype=np.int64)
    alive = np.ones(size, dtype=bool)
    for period in range(1, 13):
        alive &= (rng.uniform(size=size) >= dropout) & (period <= periods)
        buys = alive & (rng.uniform(size=size) < purchase)
        frequency += buys
        recency[buys] = period
    return pd.DataFrame({"frequency": frequency, "recency": recency, "n_periods": periods})


def transactions(rows: int, seed: int = 0) -> pd.DataFrame:
    """Simulate an unsorted log of two years, ten rows a customer in the mean."""
    rng = np.random.default_rng(seed)
    customers = max(rows // 10, 1)
    return pd.DataFrame(
        {
            "customer": rng.integers(0, customers, rows),
            "date": np.datetime64("2022-01-03") + rng.integers(0, 730, rows).astype("m8[D]"),
            "amount": rng.gamma(2.0, 15.0, rows).round(2),
        }
    )


def with_ids(log: pd.DataFrame, kind: str) -> dict[str, Any]:
    """Return the columns of a log with its customers named in one of three ways, as arrays."""
    numbers = log["customer"].to_numpy()
    ids: Any = numbers
    if kind == "short ids":
        names = np.array([f"C{i:07d}" for i in range(int(numbers.max()) + 1)], dtype=object)
        ids = names[numbers]
    elif kind == "UUIDs":
        words = np.random.default_rng(1).bytes(16 * (int(numbers.max()) + 1)).hex()
        parts = [words[i : i + 32] for i in range(0, len(words), 32)]
        form = [f"{p[:8]}-{p[8:12]}-{p[12:16]}-{p[16:20]}-{p[20:]}" for p in parts]
        ids = np.array(form, dtype=object)[numbers]
    date = log["date"].to_numpy().astype("M8[us]")
    return {"customer": ids, "date": date, "amount": log["amount"].to_numpy()}
