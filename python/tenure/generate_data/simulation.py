"""Simulation of purchase histories, with the options that all generators take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from tenure import _engine
from tenure._lifetimes_mode import is_active
from tenure.exceptions import OptionError

__all__ = [
    "Count",
    "Floats",
    "Histories",
    "Seed",
    "ages",
    "check_count",
    "check_params",
    "check_size",
    "customer_table",
    "failures",
    "generator",
    "purchase_blocks",
    "simulate",
]

Count: TypeAlias = Literal["purchases", "periods"]
Seed: TypeAlias = "int | np.random.Generator | np.random.SeedSequence | None"
Floats: TypeAlias = NDArray[np.float64]

_BLOCK = 1 << 18
"""Purchases drawn at once, at most."""


def failures(rng: np.random.Generator, p: Floats) -> Floats:
    """Count the failures before the first success of trials with chances `p`; inf for p = 0."""
    with np.errstate(divide="ignore", over="ignore"):
        waited: Floats = rng.standard_exponential(len(p)) / -np.log1p(-p)
    return np.floor(waited)


class Histories:
    """Purchase histories of simulated customers, up to the purchases drawn so far."""

    def __init__(self, size: int) -> None:
        self.clock, self.purchases, self.periods, self.recency = (np.zeros(size) for _ in range(4))

    def frequency(self, count: Count) -> Floats:
        """Return the purchases, or the unit periods with one."""
        return self.purchases if count == "purchases" else self.periods


def purchase_blocks(
    rng: np.random.Generator, rate: Floats, allowed: Floats, until: Floats, histories: Histories
) -> Iterator[tuple[NDArray[np.int64], Floats]]:
    """Draw the purchases of customers, block after block, and keep `histories` up to date.

    Yields the customers drawn and the times of their next purchases (one row per customer,
    ascending); those that happen, at most `allowed` in all and before `until`, come first.
    """
    active = np.flatnonzero((allowed > 0) & (until > 0)).astype(np.int64, copy=False)
    columns = histories.clock, histories.purchases, histories.periods, histories.recency
    width = 4
    while len(active):
        # A few customers at a time, so that a block stays small whatever its width.
        many = max(1, _BLOCK // width)
        going = []
        for begin in range(0, len(active), many):
            rows = active[begin : begin + many]
            times = rng.standard_exponential((len(rows), width))
            going.append(_engine.advance_simulation(rows, rate, allowed, until, times, *columns))
            yield rows, times
        active = np.concatenate(going)
        width = min(2 * width, _BLOCK)


def simulate(rng: np.random.Generator, rate: Floats, allowed: Floats, until: Floats) -> Histories:
    """Return the histories of customers with all of their purchases drawn."""
    histories = Histories(len(rate))
    for _ in purchase_blocks(rng, rate, allowed, until, histories):
        pass
    return histories


def check_count(count: Count | None) -> Count:
    """Return what frequency counts; periods by default while `tenure.lifetimes` is active."""
    if count is None:
        return "periods" if is_active() else "purchases"
    if count not in get_args(Count):
        raise OptionError(f"count={count!r}: use 'purchases' or 'periods'.")
    return count


def customer_table(columns: dict[str, Floats]) -> pd.DataFrame:
    """Return simulated customers as a table, numbered from 0."""
    ids = np.arange(len(columns["T"]), dtype=np.float64)
    table: pd.DataFrame = pd.DataFrame(columns, index=pd.Index(ids, name="customer_id"), copy=False)
    return table


def generator(seed: Seed) -> np.random.Generator:
    """Return the random generator of a seed; of numpy's global state without one."""
    if seed is None:
        # Scripts written for lifetimes make themselves reproducible by numpy.random.seed.
        seed = np.random.SeedSequence(
            np.random.randint(0, 2**32, size=4, dtype=np.uint32).tolist()  # noqa: NPY002
        )
    try:
        return np.random.default_rng(seed)
    except (TypeError, ValueError):
        raise OptionError(
            f"seed={seed!r} cannot seed random numbers; give a whole number of 0 or more."
        ) from None


def check_params(**params: float) -> None:
    """Check that parameters are positive numbers."""
    for name, value in params.items():
        try:
            good = 0 < float(value) < np.inf
        except (TypeError, ValueError):
            good = False
        if not good:
            raise OptionError(f"{name}={value!r} must be a number above 0.")


def check_size(size: int) -> int:
    """Return the number of customers, or raise where it is not one."""
    if isinstance(size, bool) or not isinstance(size, int | np.integer) or size < 0:
        raise OptionError(f"size={size!r}: give the number of customers, 0 or more.")
    return int(size)


def ages(name: str, given: ArrayLike, size: int) -> Floats:
    """Return the time each customer is observed for."""
    check_size(size)
    try:
        age = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        age = np.array(np.nan)
    if age.ndim > 1 or not (np.isfinite(age) & (age >= 0)).all():
        raise OptionError(f"{name} must be a number of 0 or more, or a vector of such numbers.")
    if age.ndim == 0:
        return np.full(size, age, dtype=np.float64)
    if len(age) < size:
        raise OptionError(
            f"{name} holds {len(age):,} values for size={size:,} customers; give one for each, or "
            "one number for all."
        )
    chosen: Floats = age[:size].copy()
    return chosen
