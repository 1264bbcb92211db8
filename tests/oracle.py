"""The models from their definitions in mpmath: what the engine's answers are held against.

Nothing here shares a formula's arrangement, a recurrence or a quadrature rule with the engine:

* ``published``: the closed forms as printed, at 60 digits and more, so that their cancellations
  and poles cost nothing (Fader, Hardie & Lee 2005; Batislam, Denizel & Filiztekin 2007; Fader &
  Hardie 2013);
* ``dropout_mean``: an expectation over the dropout probability p by Gauss-Legendre panels in
  logit p, for arguments where 2F1 is out of mpmath's reach;
* ``Story``: what one customer does given (λ, p), integrated over both densities by ``mpmath.quad``.
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

    Fader et al. 2005, eq. 6; Batislam et al. 2007, eq. 4 (there x counts one coin more).
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
    eq. 9 and 10; Batislam et al. 2007. Raises ``mp.NoConvergence`` where the series of 2F1, or
    those of its transformation to 1 − z, are too long.
    """
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
    """E[h(p)] for p ~ Beta(a, b) and h > 0 falling, flat where p ≪ turn; about 24 digits.

    Panels in u = logit p as wide as the density's bulk allows, outwards from its mode for as long
    as they count; beyond, where h is its value at 0 or 1, the tail of the distribution is exact.
    """
    with mp.workdps(34):
        a, b = mpf(a), mpf(b)
        scale = ln_beta(a, b)
        tiny = mpf(10) ** -28
        first = tiny * min(1, 1 / b, turn)  # p here
        last = tiny / max(1, a)  # 1 − p here
        low, high = mp.log(first), -mp.log(last)
        width = min(mpf(1), 2 * mp.sqrt(1 / a + 1 / b))
        centre = min(max(mp.log(a / b), low), high)

        def density(u: mpf) -> tuple[mpf, mpf]:
            p = 1 / (1 + mp.exp(-u))
            return mp.exp(a * mp.log(p) - b * (mp.log1p(mp.exp(u))) - scale), p

        def panel(left: mpf, right: mpf) -> mpf:
            middle, half = (left + right) / 2, (right - left) / 2
            total = mpf(0)
            for node, weight in legendre(24):
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
    with mp.workdps(34):
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


def expected_purchases(
    model: str, params: Params, t: float, x: int, t_x: float, T: float
) -> mpf:
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


# --- the stories, integrated ------------------------------------------------------------------


class Story:
    """One customer given (λ, p), and integrals of that over both densities."""

    def __init__(self, model: str, params: Params) -> None:
        self.coin = FIRST_COIN[model]
        self.r, self.alpha, self.a, self.b = map(mpf, params)

    def over_rates(self, f: Callable[[mpf], mpf], rate: mpf, peak: mpf) -> mpf:
        """∫ f(λ)·Gamma(λ; r, α) dλ, f falling like e^{−λ·rate}, with its bulk about ``peak``."""
        norm = self.alpha**self.r / mp.gamma(self.r)
        unit = 1 / (self.alpha + rate)
        points = [0, *(k * unit for k in (0.1, 1, 5, 20, 60)), *(peak * k for k in (0.3, 1, 2, 5))]

        def weighted(w: mpf) -> mpf:
            # λ = w^{1/r} takes the singularity of λ^{r−1} at 0 away.
            rate = w ** (1 / self.r)
            return norm / self.r * mp.exp(-self.alpha * rate) * f(rate)

        cuts = [k**self.r for k in sorted(set(points))]
        return mp.quad(weighted, [*cuts, (400 * unit + 10 * peak) ** self.r])

    def over_dropouts(self, g: Callable[[mpf, mpf], mpf]) -> mpf:
        """∫ g(p, 1−p)·Beta(p; a, b) dp, with w = p^a and w = (1−p)^b in either half."""
        a, b = self.a, self.b
        norm = 1 / mp.beta(a, b)

        def left(w: mpf) -> mpf:
            p = w ** (1 / a)
            return (1 - p) ** (b - 1) * g(p, 1 - p) / a

        def right(w: mpf) -> mpf:
            q = w ** (1 / b)
            return (1 - q) ** (a - 1) * g(1 - q, q) / b

        half = mpf(1) / 2
        shares = [mpf(10) ** -k for k in (6, 4, 3, 2)] + [mpf(1) / 5, half]
        return norm * (
            mp.quad(left, [0, *(s**a for s in shares)])
            + mp.quad(right, [0, *(s**b for s in shares)])
        )

    def likelihood_terms(self, x: int, t_x: float, T: float) -> tuple[mpf, mpf]:
        """Alive at T with x purchases, or dropped out at the last of them.

        Given (λ, p): λˣe^{−λT}(1−p)ⁿ and λˣe^{−λt_x}·p(1−p)^{n−1}, n coins having been tossed.
        λ and p are independent, so either integral is a product of two.
        """
        n = x + self.coin

        def rates(until: mpf) -> mpf:
            peak = (self.r + x) / (self.alpha + until)
            return self.over_rates(lambda l: l**x * mp.exp(-l * until), until, peak)

        alive = rates(mpf(T)) * self.over_dropouts(lambda p, q: q**n)
        if n == 0:
            return alive, mpf(0)
        dropped = rates(mpf(t_x)) * self.over_dropouts(lambda p, q: p * q ** (n - 1))
        return alive, dropped

    def expected_purchases(self, t: float, x: int, t_x: float, T: float) -> mpf:
        """∫∫ λˣe^{−λT}(1−p)ⁿ · ∫₀ᵗ λe^{−λps}ds over both densities, divided by the likelihood."""
        n = x + self.coin
        peak = (self.r + x) / (self.alpha + mpf(T))

        def given(p: mpf, q: mpf) -> mpf:
            def purchases(l: mpf) -> mpf:
                return l**x * mp.exp(-l * T) * -mp.expm1(-l * p * t) / p if p else l ** (x + 1) * t

            return q**n * self.over_rates(purchases, mpf(T), peak)

        return self.over_dropouts(given) / sum(self.likelihood_terms(x, t_x, T))

    def purchase_pmf(self, t: float, n: int) -> mpf:
        """n purchases and still active, or stopped at the n-th of N ≥ n that would have been."""
        coins = n + self.coin
        mean = self.r / self.alpha

        def mass(l: mpf) -> mpf:
            return (l * t) ** n * mp.exp(-l * t) / mp.factorial(n)

        def tail(l: mpf) -> mpf:
            return mp.gammainc(n, 0, l * t, regularized=True) if n else mpf(1)

        peak = (self.r + n) / (self.alpha + mpf(t))
        total = self.over_rates(mass, mpf(t), peak) * self.over_dropouts(lambda p, q: q**coins)
        if coins:
            stopped = self.over_dropouts(lambda p, q: p * q ** (coins - 1))
            total += self.over_rates(tail, mpf(0), mean) * stopped
        return total


def spend_story(params: Params, x: int, mean: float) -> tuple[mpf, mpf]:
    """Likelihood of a mean spend, and the expected spend p/ν given it, integrated over ν.

    Purchases are Gamma(p, ν), so the mean of x of them is Gamma(px, νx); ν ~ Gamma(q, v).
    """
    p, q, v = map(mpf, params)
    m = mpf(mean)
    shape = p * x

    def density(y: mpf, rate: mpf, size: mpf) -> mpf:
        return mp.exp(size * mp.log(rate) + (size - 1) * mp.log(y) - rate * y - mp.loggamma(size))

    def given(nu: mpf) -> mpf:
        return density(m, nu * x, shape) * density(nu, v, q)

    peak = (shape + q) / (v + x * m)
    points = [0, *(peak * k for k in (0.01, 0.1, 0.5, 1, 1.5, 2, 4, 10, 40))]
    likelihood = mp.quad(given, points)
    return likelihood, mp.quad(lambda nu: p / nu * given(nu), points) / likelihood
