r"""The MBG/NBD model of repeat purchases."""

from __future__ import annotations

from tenure import _engine
from tenure.fitters.beta_geo_fitter import BetaGeoFitter

__all__ = ["ModifiedBetaGeoFitter"]


class ModifiedBetaGeoFitter(BetaGeoFitter):
    r"""The modified BG/NBD model, MBG/NBD, with dropout after any purchase.

    As `BetaGeoFitter`, but dropout is possible after the first purchase too, so customers
    without a repeat purchase have P(alive) < 1.

    Given x repeat purchases, the last at t_x, by time T:

    .. math::

        P(alive) = \left[1 + \frac{a}{b + x}
            \left(\frac{\alpha + T}{\alpha + t_x}\right)^{r + x}\right]^{-1}

        E[X(T, T + t)] = \frac{a + b + x}{a - 1}
            \left[1 - \left(\frac{\alpha + T}{\alpha + T + t}\right)^{r + x}
            {}_2F_1\!\left(r + x, b + x + 1; a + b + x; \frac{t}{\alpha + T + t}\right)\right]
            P(alive)

        E[X(t)] = \frac{b}{a - 1} \left[1 - \left(\frac{\alpha}{\alpha + t}\right)^r
            {}_2F_1\!\left(r, b + 1; a + b; \frac{t}{\alpha + t}\right)\right]

    Parameters
    ----------
    penalizer_coef : float
        Weight c of the penalty c·Σθ² added to the mean negative log-likelihood, on parameters with
        time scaled by 1/max(T).

    Attributes
    ----------
    params_ : Series
        r (no unit), alpha (periods), a, b (no unit).
    data, summary, variance_matrix_, standard_errors_, confidence_intervals_, fit_report_
        As in `BetaGeoFitter`.

    References
    ----------
    Batislam, E. P., M. Denizel and A. Filiztekin (2007), "Empirical validation and comparison of
    models for customer base analysis", International Journal of Research in Marketing 24 (3),
    201-209.
    Wagner, U. and D. Hoppe (2008), "Erratum on the MBG/NBD Model", International Journal of
    Research in Marketing 25 (3), 225-226.

    Examples
    --------
    >>> from tenure import ModifiedBetaGeoFitter
    >>> from tenure.datasets import load_cdnow_summary
    >>> model = ModifiedBetaGeoFitter().fit(load_cdnow_summary())
    >>> model.params_.round(3).to_dict()
    {'r': 0.525, 'alpha': 6.183, 'a': 0.891, 'b': 1.614}
    """

    _model = _engine.Model("MBG/NBD")
