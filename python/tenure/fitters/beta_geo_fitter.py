r"""The BG/NBD model of repeat purchases."""

from __future__ import annotations

from numpy.typing import ArrayLike

from tenure import _engine
from tenure.fitters._arguments import as_float
from tenure.fitters._base import objective
from tenure.fitters.continuous_time import TransactionFitter

__all__ = ["BetaGeoFitter"]


class BetaGeoFitter(TransactionFitter):
    r"""The beta-geometric / negative binomial distribution model, BG/NBD.

    While a customer is alive, purchases follow a Poisson process with rate λ; after each purchase
    the customer drops out with probability p. λ is gamma distributed over customers (shape r, rate
    alpha), p is beta distributed (a, b). A customer without a repeat purchase has had no occasion
    for dropout, so P(alive) = 1 there; `ModifiedBetaGeoFitter` allows dropout after the first
    purchase too.

    Given x repeat purchases, the last at t_x, by time T:

    .. math::

        P(alive) = \left[1 + \frac{a}{b + x - 1}
            \left(\frac{\alpha + T}{\alpha + t_x}\right)^{r + x}\right]^{-1} \quad (x > 0)

        E[X(T, T + t)] = \frac{a + b + x - 1}{a - 1}
            \left[1 - \left(\frac{\alpha + T}{\alpha + T + t}\right)^{r + x}
            {}_2F_1\!\left(r + x, b + x; a + b + x - 1; \frac{t}{\alpha + T + t}\right)\right]
            P(alive)

        E[X(t)] = \frac{a + b - 1}{a - 1} \left[1 - \left(\frac{\alpha}{\alpha + t}\right)^r
            {}_2F_1\!\left(r, b; a + b - 1; \frac{t}{\alpha + t}\right)\right]

    Parameters
    ----------
    penalizer_coef : float
        Weight c of the penalty c·Σθ² added to the mean negative log-likelihood, on parameters with
        time scaled by 1/max(T).

    Attributes
    ----------
    params_ : Series
        r (no unit), alpha (periods), a, b (no unit).
    data : DataFrame
        frequency, recency, T, weights.
    summary, variance_matrix_, standard_errors_, confidence_intervals_ : DataFrame or Series
        Estimates and their precision.
    fit_report_ : FitReport
        The verdict on the fit.

    References
    ----------
    Fader, P. S., B. G. S. Hardie and K. L. Lee (2005), "'Counting Your Customers' the Easy Way: An
    Alternative to the Pareto/NBD Model", Marketing Science 24 (2), 275-284, eqs. (6), (9), (10).
    P(alive): Fader, P. S. and B. G. S. Hardie (2008), http://www.brucehardie.com/notes/021/.

    Examples
    --------
    >>> from tenure import BetaGeoFitter
    >>> from tenure.datasets import load_cdnow_summary
    >>> BetaGeoFitter().fit(load_cdnow_summary())
    <tenure.BetaGeoFitter: fitted with 2357 subjects, a: 0.79, alpha: 4.41, b: 2.43, r: 0.24>
    """

    _model = _engine.Model("BG/NBD")

    @classmethod
    def _negative_log_likelihood(
        cls,
        log_params: ArrayLike,
        freq: ArrayLike,
        rec: ArrayLike,
        T: ArrayLike,
        weights: ArrayLike,
        penalizer_coef: float,
    ) -> float:
        """Return the objective of the fit at given log-parameters, on time as it is passed."""
        named = {"freq": freq, "rec": rec, "T": T}
        logs = as_float("log_params", log_params)
        return objective(cls._model, logs, named, weights, penalizer_coef)
