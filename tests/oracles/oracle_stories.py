"""The models' stories integrated: one customer given (λ, p) or ν, over the densities of these."""

from __future__ import annotations

import math
from collections.abc import Callable

import mpmath as mp
import numpy as np
from mpmath import mpf
from numpy.typing import NDArray
from oracle import FIRST_COIN, Params

FloatArray = NDArray[np.float64]


def powers(cuts: FloatArray, size: float) -> tuple[FloatArray, FloatArray]:
    """Nodes y and weights of ∫ f(y)·y^{size−1} dy: Gauss-Legendre between the cuts.

    In w = y^k, k = min(size, 1), the singularity at 0 is gone.
    """
    k = min(size, 1.0)
    nodes, weights = np.polynomial.legendre.leggauss(40)
    ends = cuts**k
    halves, middles = np.diff(ends)[:, None] / 2, (ends[1:] + ends[:-1])[:, None] / 2
    y = (middles + halves * nodes).ravel() ** (1 / k)
    return y, (halves * weights).ravel() * y ** (size - k) / k


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
            return self.over_rates(lambda rate: rate**x * mp.exp(-rate * until), until, peak)

        alive = rates(mpf(T)) * self.over_dropouts(lambda p, q: q**n)
        if n == 0:
            return alive, mpf(0)
        dropped = rates(mpf(t_x)) * self.over_dropouts(lambda p, q: p * q ** (n - 1))
        return alive, dropped

    def expected_purchases(self, t: float, x: int, t_x: float, T: float) -> float:
        """∫∫ λˣe^{−λT}(1−p)ⁿ · ∫₀ᵗ λe^{−λps}ds over both densities, divided by the likelihood.

        The one integral that does not split; in doubles, for ordinary parameters, about 12 digits.
        """
        r, alpha, a, b = map(float, (self.r, self.alpha, self.a, self.b))
        n = x + self.coin
        unit = (r + x) / (alpha + T)
        cuts = unit * np.array(
            [0, 1e-6, 1e-3, 0.03, 0.1, 0.3, 0.6, 1, 1.4, 2, 3, 5, 9, 20, 50, 150]
        )
        rates, rate_weights = powers(cuts, r)
        rate_weights *= alpha**r / math.gamma(r) * np.exp(-(alpha + T) * rates) * rates**x

        shares = np.array([0, 1e-12, 1e-9, 1e-6, 1e-4, 1e-3, 0.01, 0.05, 0.2, 0.5])
        left, left_weights = powers(shares, a)
        right, right_weights = powers(shares, b)
        p, q = np.concatenate([left, 1 - right]), np.concatenate([1 - left, right])
        density = np.concatenate(
            [left_weights * (1 - left) ** (b - 1), right_weights * (1 - right) ** (a - 1)]
        )
        ln_beta = math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
        dropout_weights = density * math.exp(-ln_beta) * q**n

        purchases = -np.expm1(-np.outer(rates, p) * t) / p
        alive = float(rate_weights @ purchases @ dropout_weights)
        return alive / float(sum(self.likelihood_terms(x, t_x, T)))

    def purchase_pmf(self, t: float, n: int) -> mpf:
        """n purchases and still active, or stopped at the n-th of N ≥ n that would have been."""
        coins = n + self.coin
        mean = self.r / self.alpha

        def mass(rate: mpf) -> mpf:
            return (rate * t) ** n * mp.exp(-rate * t) / mp.factorial(n)

        def tail(rate: mpf) -> mpf:
            return mp.gammainc(n, 0, rate * t, regularized=True) if n else mpf(1)

        peak = (self.r + n) / (self.alpha + mpf(t))
        total = self.over_rates(mass, mpf(t), peak) * self.over_dropouts(lambda p, q: q**coins)
        if coins:
            stopped = self.over_dropouts(lambda p, q: p * q ** (coins - 1))
            total += self.over_rates(tail, mpf(0), mean) * stopped
        return total


def spend_story(params: Params, x: int, mean: float) -> tuple[mpf, mpf]:
    """Likelihood of a mean spend, and the expected spend p/ν given it (px + q > 1), over ν.

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
    k = min(mpf(1), shape + q - 1)

    def spend(w: mpf) -> mpf:
        # ν = w^{1/k} takes the singularity of ν^{px+q−2} at 0 away.
        nu = w ** (1 / k)
        return p / k * given(nu) / w

    likelihood = mp.quad(given, points)
    return likelihood, mp.quad(spend, [point**k for point in points]) / likelihood
