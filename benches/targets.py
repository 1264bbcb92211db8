"""Targets: the operations compared, their sizes and the required ratios."""

from __future__ import annotations

from dataclasses import dataclass

FEW, SMALL, MIDDLE, LARGE, HUGE = 1_000, 20_000, 100_000, 1_000_000, 10_000_000


@dataclass(frozen=True)
class Case:
    """One operation: its name in `operations.py` and the least ratio at each size."""

    title: str
    operation: str
    table: str
    targets: dict[int, float | None]
    """Size → ratio that is to be reached, or None where there is no target."""
    alone: tuple[int, ...] = ()
    """Sizes at which the peer cannot follow."""


CASES = [
    Case("BG/NBD fit", "fit_bg", "customers", {SMALL: 200, MIDDLE: None, LARGE: 500}, (HUGE,)),
    Case("MBG/NBD fit", "fit_mbg", "customers", {SMALL: None, LARGE: 500}, (HUGE,)),
    Case("Pareto/NBD fit", "fit_pareto", "customers", {SMALL: 500, MIDDLE: 1000}, (LARGE, HUGE)),
    Case("BG/BB fit", "fit_bgbb", "opportunities", {SMALL: 500, MIDDLE: 1000}, (LARGE, HUGE)),
    Case("Gamma-Gamma fit", "fit_gg", "customers", {SMALL: None, LARGE: 60}, (HUGE,)),
    Case("expected purchases, 52 weeks", "predict", "customers", {SMALL: None, LARGE: 40}, (HUGE,)),
    Case("P(alive)", "alive", "customers", {SMALL: None, LARGE: 3}, (HUGE,)),
    Case("expected spend", "spend", "customers", {LARGE: None}, (HUGE,)),
    Case(
        "lifetime value, 12 months",
        "clv",
        "customers",
        {SMALL: None, MIDDLE: 200, LARGE: 400},
        (HUGE,),
    ),
    Case("summary of transactions", "summary", "transactions", {LARGE: 20, HUGE: 40}),
    Case("calibration and holdout", "holdout", "transactions", {LARGE: 100}, (HUGE,)),
    Case("cumulative transactions", "cumulative", "transactions", {LARGE: None}, (HUGE,)),
    Case("P(alive), every day of a year", "paths", "year", {FEW: None}, (SMALL,)),
    Case("BG/NBD customers", "generate_bg", "none", {SMALL: 100}, (LARGE,)),
    Case("MBG/NBD customers", "generate_mbg", "none", {SMALL: 100}, (LARGE,)),
    Case("Pareto/NBD customers", "generate_pareto", "none", {SMALL: 100}, (LARGE,)),
    Case("BG/BB customers", "generate_bgbb", "none", {SMALL: 100}, (LARGE,)),
]

SUMMARIES = {"integer ids": 5, "short ids": 3, "UUIDs": 2}
"""Kind of customer id → ratio against the faster of Polars and DuckDB, at ten million rows."""

POSTERIOR_MODES = {
    "fit_bg": "BetaGeoModel",
    "fit_pareto": "ParetoNBDModel",
    "fit_gg": "GammaGammaModel",
}
"""Fit → its model in pymc-marketing."""

CONTINUOUS = ("fit_bg", "fit_mbg", "fit_pareto", "fit_gg")
"""Fits whose memory is told for customers of continuous time too."""

FIT_TO_READING = 15
"""A BG/NBD fit of a million customers, at most so many times reading its three columns once."""
VALUE_TO_COPYING = 3
"""Lifetime value of ten million, at most so many times reading four columns and writing one."""
HUGE_TO_LARGE = 1.5
"""Time a row at ten million, at most so many times that at a million."""
ADDED_TO_INPUT = 2
"""Memory that an operation adds, its result included, at most so many times its columns."""
ONE_TO_TWO_THREADS = 0.95
"""Time with one thread, at least so many times that with two: no slower, but for noise."""
