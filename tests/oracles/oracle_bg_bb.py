"""BG/BB from its printed formulas in mpmath: what the engine's answers are held against.

Fader, Hardie & Shang (2010), Marketing Science 29 (6), eqs. (5), (7), (13) and (A10), at 60 digits,
and 150 where the printed form takes differences. Beta functions that follow one another are each
made from the last, which is exact at such digits: B(a, b + 1) = B(a, b)·b/(a + b).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import mpmath as mp
from mpmath import mpf
from oracle import NUDGE, NUDGED_DIGITS, ln_beta

DIGITS = 60
WIDE_DIGITS = NUDGED_DIGITS + 30

Params = Sequence[float]


def betas(a: mpf, b: mpf) -> Iterator[mpf]:
    """B(a, b), B(a, b + 1), …"""
    value = mp.exp(ln_beta(a, b))
    while True:
        yield value
        value *= b / (a + b)
        b += 1


def terms(params: Params, x: int, t_x: int, n: int) -> tuple[mpf, mpf]:
    """Give both terms of eq. (5): active after all n periods, and gone before one of them."""
    with mp.workdps(DIGITS):
        alpha, beta, gamma, delta = map(mpf, params)
        scale = mp.exp(ln_beta(alpha, beta) + ln_beta(gamma, delta))
        active = mp.exp(ln_beta(alpha + x, beta + n - x) + ln_beta(gamma, delta + n)) / scale
        bought, left = betas(alpha + x, beta + t_x - x), betas(gamma + 1, delta + t_x)
        gone = mp.fsum(next(bought) * next(left) for _ in range(n - t_x)) / scale
        return active, gone


def log_likelihood(params: Params, x: int, t_x: int, n: int) -> mpf:
    with mp.workdps(DIGITS):
        return mp.log(sum(terms(params, x, t_x, n)))


def probability_alive(params: Params, m: int, x: int, t_x: int, n: int) -> mpf:
    """Give eq. (A10): alive at n + m."""
    with mp.workdps(DIGITS):
        _, _, gamma, delta = map(mpf, params)
        active, gone = terms(params, x, t_x, n)
        stays = mp.exp(ln_beta(gamma, delta + n + m) - ln_beta(gamma, delta + n))
        return active / (active + gone) * stays


def expected_purchases(params: Params, m: int, x: int, t_x: int, n: int) -> mpf:
    """Give eq. (13), next to its pole at γ = 1 at digits enough to pay for it."""
    with mp.workdps(WIDE_DIGITS):
        alpha, beta, gamma, delta = map(mpf, params)
        if abs(gamma - 1) < NUDGE:
            gamma = 1 + NUDGE

        def ratio(until: int) -> mpf:
            return mp.exp(
                mp.loggamma(gamma + delta)
                - mp.loggamma(1 + delta)
                + mp.loggamma(1 + delta + until)
                - mp.loggamma(gamma + delta + until)
            )

        bought = mp.exp(ln_beta(alpha + x + 1, beta + n - x) - ln_beta(alpha, beta))
        ahead = delta / (gamma - 1) * (ratio(n) - ratio(n + m))
        return bought * ahead / sum(terms(params, x, t_x, n))


def purchase_pmf(params: Params, n: int, x: int) -> mpf:
    """Give eq. (7): x purchases in n periods."""
    with mp.workdps(DIGITS):
        if x > n:
            return mpf(0)
        alpha, beta, gamma, delta = map(mpf, params)
        scale = mp.exp(ln_beta(alpha, beta) + ln_beta(gamma, delta))
        bought, left = betas(alpha + x, beta), betas(gamma + 1, delta + x)
        total, ways = mpf(0), mpf(1)
        for i in range(x, n):
            total += ways * next(bought) * next(left)
            ways *= mpf(i + 1) / (i + 1 - x)
        return (total + ways * next(bought) * mp.exp(ln_beta(gamma, delta + n))) / scale
