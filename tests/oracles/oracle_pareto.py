"""Pareto/NBD from its printed formulas in mpmath: what the engine's answers are held against.

The likelihood is the closed form with 2F1 (Schmittlein, Morrison & Colombo 1987; Fader & Hardie
2005, note 009), a difference of two series at 120 digits. Where the series are out of mpmath's
reach, and for the distribution of purchases, what one customer does is integrated over time in
panels of the logarithm of time, at 22 digits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import mpmath as mp
from mpmath import mpf
from oracle import legendre

DIGITS = 60
SERIES_DIGITS = 120
PANEL_DIGITS = 22

Params = Sequence[float]


def over_time(g: Callable[[mpf], mpf], until: mpf, scale: mpf, power: int = 0) -> mpf:
    """Integrate g over (0, until), g being smooth on ln(time), like its `power` below `scale`."""
    with mp.workdps(PANEL_DIGITS):
        low, high = mp.log(min(scale, until)) - 34, mp.log(until)
        panels = int(mp.ceil((high - low) * (2 + mpf(power) / 8)))
        width = (high - low) / panels
        total, largest, k = mpf(0), mpf(0), panels
        while k > 0:
            k -= 1
            panel = mpf(0)
            for node, weight in legendre(24):
                w = mp.exp(low + width * (k + (node + 1) / 2))
                panel += weight * w * g(w)
            total += panel * width / 2
            largest = max(largest, panel)
            if panel < largest * mpf(10) ** -18:
                break
        return total


def gone_series(p: mpf, alpha: mpf, s: mpf, beta: mpf, t_x: mpf, T: mpf) -> mpf:
    """Integrate s·(α+y)^−p·(β+y)^−(s+1) over (t_x, T), in closed form."""

    def upper(t: mpf) -> mpf:
        large = max(alpha, beta) + t
        z, second = abs(alpha - beta) / large, (s + 1 if alpha >= beta else p)
        if z > 0.98 or max(p, s) > 2000:
            raise mp.mp.NoConvergence
        series = mp.hyp2f1(p + s, second, p + s + 1, z, force_series=True, maxterms=20000)
        return series / large ** (p + s)

    with mp.workdps(SERIES_DIGITS):
        first, last = upper(t_x), upper(T)
        if first - last < first * mpf(10) ** -80:
            raise mp.mp.NoConvergence
        return s / (p + s) * (first - last)


def gone_integral(p: mpf, alpha: mpf, s: mpf, beta: mpf, t_x: mpf, T: mpf) -> mpf:
    """Integrate the same over time."""
    with mp.workdps(PANEL_DIGITS):
        a, b = alpha + t_x, beta + t_x

        def g(w: mpf) -> mpf:
            return mp.exp(-p * mp.log1p(w / a) - (s + 1) * mp.log1p(w / b))

        scale = min(a, b, 1 / (p / a + (s + 1) / b))
        return s * a**-p * b ** -(s + 1) * over_time(g, T - t_x, scale)


def terms(params: Params, x: int, t_x: float, T: float) -> tuple[mpf, mpf]:
    """Give the likelihood's two terms without their common factor: alive at T, and gone."""
    with mp.workdps(DIGITS):
        r, alpha, s, beta = map(mpf, params)
        t_x, T = mpf(t_x), mpf(T)
        p = r + x
        alive = (alpha + T) ** -p * (beta + T) ** -s
        if t_x == T:
            return alive, mpf(0)
        try:
            return alive, gone_series(p, alpha, s, beta, t_x, T)
        except mp.mp.NoConvergence:
            return alive, gone_integral(p, alpha, s, beta, t_x, T)


def log_likelihood(params: Params, x: int, t_x: float, T: float) -> mpf:
    with mp.workdps(DIGITS):
        r, alpha, s, beta = map(mpf, params)
        common = mp.loggamma(r + x) - mp.loggamma(r) + r * mp.log(alpha) + s * mp.log(beta)
        return common + mp.log(sum(terms(params, x, t_x, T)))


def probability_alive(params: Params, x: int, t_x: float, T: float) -> mpf:
    with mp.workdps(DIGITS):
        alive, gone = terms(params, x, t_x, T)
        return alive / (alive + gone)


def posterior(params: Params, x: int, T: float) -> tuple[mpf, mpf, mpf, mpf]:
    with mp.workdps(DIGITS):
        r, alpha, s, beta = map(mpf, params)
        return r + x, alpha + mpf(T), s, beta + mpf(T)


def active(params: Sequence[mpf], t: float) -> mpf:
    """Expected purchases of an active customer: Schmittlein et al. 1987."""
    with mp.workdps(SERIES_DIGITS):
        r, alpha, s, beta = map(mpf, params)
        if s == 1:
            return r * beta / alpha * mp.log1p(t / beta)
        return r * beta / (alpha * (s - 1)) * (1 - (beta / (beta + mpf(t))) ** (s - 1))


def active_pmf(params: Sequence[mpf], t: float, n: int) -> mpf:
    """P(X(t) = n) of an active customer: counted to t, or to the end of a lifetime before t."""
    with mp.workdps(DIGITS):
        r, alpha, s, beta = map(mpf, params)
        t = mpf(t)
        ln_choose = mp.loggamma(r + n) - mp.loggamma(r) - mp.loggamma(n + 1)

        def nbd(y: mpf) -> mpf:
            if n == 0:
                return (1 + y / alpha) ** -r
            return mp.exp(ln_choose - r * mp.log1p(y / alpha) + n * mp.log(y / (alpha + y)))

        def left(y: mpf) -> mpf:
            return nbd(y) * s / beta * (1 + y / beta) ** -(s + 1)

        scale = min(alpha, beta, 1 / ((r + n) / alpha + (s + 1) / beta))
        return nbd(t) * (1 + t / beta) ** -s + over_time(left, t, scale, n)


def expected_purchases(params: Params, t: float, x: int, t_x: float, T: float) -> mpf:
    with mp.workdps(DIGITS):
        return probability_alive(params, x, t_x, T) * active(posterior(params, x, T), t)


def purchase_pmf_conditional(params: Params, t: float, n: int, x: int, t_x: float, T: float) -> mpf:
    with mp.workdps(DIGITS):
        alive = probability_alive(params, x, t_x, T)
        silent = 1 - alive if n == 0 else mpf(0)
        return silent + alive * active_pmf(posterior(params, x, T), t, n)
