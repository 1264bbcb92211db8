"""The models from their definitions in mpmath: what the engine's answers are held against.

Nothing here shares a formula's arrangement, a recurrence or a quadrature rule with the engine:

* ``published``: the closed forms as printed, at 60 digits and more, so that their cancellations
  and poles cost nothing (Fader, Hardie & Lee 2005; Batislam, Denizel & Filiztekin 2007; Fader &
  Hardie 2013);
* ``dropout_mean``: an expectation over the dropout probability p by Gauss-Legendre panels in
  logit p, for arguments where 2F1 is out of mpmath's reach;

and, in ``oracle_stories``, what one customer does given (λ, p), integrated over both densities.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import mpmath as mp
import numpy as np
from mpmath import mpf

#: Coins tossed at the first purchase: that is all BG/NBD and MBG/NBD differ in.
FIRST_COIN = {"BG/NBD": 0, "MBG/NBD": 1}

DIGITS = 60
#: Distance kept from removable poles (a = 1, a + b = 1), with digits enough to pay for it.
NUDGE = mpf(10) ** -40
NUDGED_DIGITS = 120

Params = Sequence[float]


def ln_beta(a: mpf, b: mpf) -> mpf:
    return mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)


# --- likelihood and P(alive) ------------------------------------------------------------------


def log_terms(model: str, params: Params, x: int, t_x: float, T: float) -> tuple[mpf, mpf]:
    """ln of the likelihood's two terms: alive at T, and dropped out at the last purchase.

    Fader et al. 2005, eq. 6; Batislam et al. 2007 (there x counts one coin more).
    """
    with mp.workdps(DIGITS):
        r, alpha, a, b = map(mpf, params)
        n = x + FIRST_COIN[model]
        rates = mp.loggamma(r + x) - mp.loggamma(r) + r * mp.log(alpha)
        alive = rates + ln_beta(a, b + n) - ln_beta(a, b) - (r + x) * mp.log(alpha + mpf(T))
        if n == 0:
            return alive, mp.ninf
        dropped = (
            rates + ln_beta(a + 1, b + n - 1) - ln_beta(a, b) - (r + x) * mp.log(alpha + mpf(t_x))
        )
        return alive, dropped


def log_likelihood(model: str, params: Params, x: int, t_x: float, T: float) -> mpf:
    with mp.workdps(DIGITS):
        alive, dropped = log_terms(model, params, x, t_x, T)
        larger = max(alive, dropped)
        return larger + mp.log(mp.exp(alive - larger) + mp.exp(dropped - larger))


def probability_alive(model: str, params: Params, x: int, t_x: float, T: float) -> mpf:
    with mp.workdps(DIGITS):
        alive, dropped = log_terms(model, params, x, t_x, T)
        return 1 / (1 + mp.exp(dropped - alive))


# --- expectations -----------------------------------------------------------------------------


def published_active(size: mpf, rate: mpf, a: mpf, b: mpf, t: mpf) -> mpf:
    """Expected purchases in t of an active customer: λ ~ Gamma(size, rate), p ~ Beta(a, b).

    (a+b−1)/(a−1)·[1 − (rate/(rate+t))^size · 2F1(size, b; a+b−1; t/(rate+t))]: Fader et al. 2005,
    eq. 9 and 10; Batislam et al. 2007. Raises ``mp.NoConvergence`` where the series of 2F1 is too
    long, or z is near 1 and the parameters so large that mpmath's transformation to 1 − z cancels
    all digits.
    """
    if t / (rate + t) > 0.8 and max(size, a, b) > 100:
        raise mp.mp.NoConvergence
    with mp.workdps(NUDGED_DIGITS):
        if abs(a - 1) < NUDGE:
            a = a + NUDGE
        c = a + b - 1
        if abs(c) < NUDGE:
            b = b + NUDGE
            c = a + b - 1
        z = t / (rate + t)
        series = mp.hyp2f1(size, b, c, z, force_series=True, maxterms=5000)
        return c / (a - 1) * (1 - (rate / (rate + t)) ** size * series)


@cache
def legendre(count: int) -> list[tuple[mpf, mpf]]:
    """Nodes and weights of Gauss-Legendre quadrature on [−1, 1]."""
    with mp.workdps(40):
        nodes = []
        for guess in np.polynomial.legendre.leggauss(count)[0]:
            node = mpf(guess)
            for _ in range(3):  # Newton from 16 digits
                value, before = mpf(1), mpf(0)
                for k in range(count):
                    value, before = ((2 * k + 1) * node * value - k * before) / (k + 1), value
                slope = count * (node * value - before) / (node * node - 1)
                node -= value / slope
            nodes.append((node, 2 / ((1 - node * node) * slope**2)))
        return nodes


def dropout_mean(h: Callable[[mpf], mpf], at_zero: mpf, turn: mpf, a: mpf, b: mpf) -> mpf:
    """E[h(p)] for p ~ Beta(a, b) and h > 0 falling, flat where p ≪ turn; about 18 digits.

    Panels in u = logit p as wide as the density's bulk allows, outwards from its mode for as long
    as they count; beyond, where h is its value at 0 or 1, the tail of the distribution is exact.
    """
    with mp.workdps(25):
        a, b = mpf(a), mpf(b)
        scale = ln_beta(a, b)
        tiny = mpf(10) ** -20
        first = tiny * min(1, 1 / b, turn)  # p here
        last = tiny / max(1, a)  # 1 − p here
        low, high = mp.log(first), -mp.log(last)
        width = min(mpf(2), 2 * mp.sqrt(1 / a + 1 / b))
        centre = min(max(mp.log(a / b), low), high)

        def density(u: mpf) -> tuple[mpf, mpf]:
            p = 1 / (1 + mp.exp(-u))
            return mp.exp(a * mp.log(p) - b * (mp.log1p(mp.exp(u))) - scale), p

        def panel(left: mpf, right: mpf) -> mpf:
            middle, half = (left + right) / 2, (right - left) / 2
            total = mpf(0)
            for node, weight in legendre(20):
                value, p = density(middle + half * node)
                total += weight * value * h(p)
            return total * half

        total = at_zero * mp.exp(a * mp.log(first) - mp.log(a) - scale)
        total += h(mpf(1)) * mp.exp(b * mp.log(last) - mp.log(b) - scale)
        u = centre
        while u > low:
            total += panel(max(u - width, low), u)
            u -= width
            if density(u)[0] * at_zero < tiny * total:
                break
        u = centre
        while u < high:
            total += panel(u, min(u + width, high))
            u += width
            value, p = density(u)
            if value * h(p) < tiny * total:
                break
        return total


def integrated_active(size: mpf, rate: mpf, a: mpf, b: mpf, t: mpf) -> mpf:
    """The same expectation from E[purchases | λ, p] = ∫₀ᵗ λe^{−λps} ds = (1 − e^{−λpt})/p.

    The mean over λ is the Laplace transform of a gamma density: (1 − (1 + pt/rate)^{−size})/p.
    """
    with mp.workdps(25):
        c = t / rate

        def h(p: mpf) -> mpf:
            return -mp.expm1(-size * mp.log1p(p * c)) / p

        return dropout_mean(h, size * c, 1 / (c * (1 + size)), a, b)


def active(size: mpf, rate: mpf, a: mpf, b: mpf, t: float) -> mpf:
    with mp.workdps(DIGITS):
        if t == 0:
            return mpf(0)
        try:
            return published_active(size, rate, a, b, mpf(t))
        except mp.mp.NoConvergence:
            return integrated_active(size, rate, a, b, mpf(t))


def posterior(model: str, params: Params, x: int, T: float) -> tuple[mpf, mpf, mpf, mpf]:
    """Size and rate of λ, and a and b of p, of a customer alive at T."""
    with mp.workdps(DIGITS):
        r, alpha, a, b = map(mpf, params)
        return r + x, alpha + mpf(T), a, b + x + FIRST_COIN[model]


def expected_purchases(model: str, params: Params, t: float, x: int, t_x: float, T: float) -> mpf:
    with mp.workdps(DIGITS):
        alive = probability_alive(model, params, x, t_x, T)
        return alive * active(*posterior(model, params, x, T), t)


def expected_purchases_new(model: str, params: Params, t: float) -> mpf:
    with mp.workdps(DIGITS):
        a, b = map(mpf, params[2:])
        survives = b / (a + b) if FIRST_COIN[model] else mpf(1)
        return survives * active(*posterior(model, params, 0, 0.0), t)


# --- distribution of the number of purchases --------------------------------------------------


def nbd(r: mpf, c: mpf, n: int) -> tuple[mpf, mpf]:
    """P(N = n) and P(N ≥ n), N ~ NBD: the tail as one minus the sum printed in the papers."""
    for digits in (DIGITS, 360):
        with mp.workdps(digits):
            z = c / (1 + c)
            mass, below = (1 + c) ** -r, mpf(0)
            for j in range(n):
                below += mass
                mass *= z * (r + j) / (j + 1)
            if 1 - below > mpf(10) ** -30:
                break
    return mass, 1 - below


def purchase_pmf(model: str, params: Params, t: float, n: int) -> mpf:
    """P(X(t) = n): Fader et al. 2005, eq. 8; Batislam et al. 2007."""
    with mp.workdps(DIGITS):
        r, alpha, a, b = map(mpf, params)
        mass, tail = nbd(r, mpf(t) / alpha, n)
        coins = n + FIRST_COIN[model]
        total = mp.exp(ln_beta(a, b + coins) - ln_beta(a, b)) * mass
        if coins > 0:
            total += mp.exp(ln_beta(a + 1, b + coins - 1) - ln_beta(a, b)) * tail
        return total


def purchase_pmf_conditional(
    model: str, params: Params, t: float, n: int, x: int, t_x: float, T: float
) -> mpf:
    """P(X(T, T + t) = n | x, t_x, T): the customer has left, or λ and p are as history leaves them.

    From then on the first purchase to come is the first occasion to leave, in either model.
    """
    with mp.workdps(DIGITS):
        r, alpha, a, b = map(mpf, params)
        alive = probability_alive(model, params, x, t_x, T)
        left = (r + x, alpha + mpf(T), a, b + x + FIRST_COIN[model])
        silent = 1 - alive if n == 0 else mpf(0)
        return silent + alive * purchase_pmf("BG/NBD", left, t, n)


# --- Gamma-Gamma ------------------------------------------------------------------------------


def spend_log_likelihood(params: Params, x: int, mean: float) -> mpf:
    """Fader & Hardie 2013, eq. 1a."""
    with mp.workdps(DIGITS):
        p, q, v = map(mpf, params)
        m = mpf(mean)
        return (
            mp.loggamma(p * x + q)
            - mp.loggamma(p * x)
            - mp.loggamma(q)
            + q * mp.log(v)
            + (p * x - 1) * mp.log(m)
            + p * x * mp.log(x)
            - (p * x + q) * mp.log(x * m + v)
        )


def expected_spend(params: Params, x: int, mean: float) -> mpf | None:
    """Fader & Hardie 2013, eq. 5; None where the mean is not finite."""
    with mp.workdps(DIGITS):
        p, q, v = map(mpf, params)
        excess = p * x + q - 1
        return p * (v + x * mpf(mean)) / excess if excess > 0 else None
