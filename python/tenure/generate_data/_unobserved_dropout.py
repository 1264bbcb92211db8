"""Simulation of unobserved dropout: Pareto/NBD and BG/BB."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tenure.generate_data.simulation import (
    Count,
    Seed,
    ages,
    check_count,
    check_params,
    customer_table,
    failures,
    generator,
    simulate,
)

__all__ = ["beta_geometric_beta_binom_model", "pareto_nbd_model"]


def pareto_nbd_model(
    T: ArrayLike,
    r: float,
    alpha: float,
    s: float,
    beta: float,
    size: int = 1,
    *,
    seed: Seed = None,
    count: Count | None = None,
) -> pd.DataFrame:
    r"""Simulate customers of the Pareto/NBD model.

    Purchases come at the rate :math:`\lambda \sim \Gamma(r, \alpha)` until the customer drops out,
    at a time that is exponential with the rate :math:`\mu \sim \Gamma(s, \beta)`.

    Parameters
    ----------
    T, size, seed, count
        As for :func:`beta_geometric_nbd_model`.
    r, alpha, s, beta : float
        Parameters, above 0.

    Returns
    -------
    pandas.DataFrame
        float64 columns ``frequency``, ``recency``, ``T``, ``lambda``, ``mu`` and ``alive``, with
        the index ``customer_id``.

    Raises
    ------
    OptionError
        When a parameter, T or `size` is not what it must be.

    References
    ----------
    P. S. Fader, B. G. S. Hardie (2005), A note on deriving the Pareto/NBD model and related
    expressions, http://brucehardie.com/notes/009/.

    Examples
    --------
    >>> customers = pareto_nbd_model([10, 20, 30], 0.55, 10.6, 0.61, 11.7, size=3, seed=1)
    >>> customers["T"].tolist()
    [10.0, 20.0, 30.0]
    """
    check_params(r=r, alpha=alpha, s=s, beta=beta)
    counted = check_count(count)
    age, rng = ages("T", T, size), generator(seed)
    rate = rng.gamma(r, 1.0 / alpha, len(age))
    dropout_rate = rng.gamma(s, 1.0 / beta, len(age))
    with np.errstate(divide="ignore", over="ignore"):
        dropout_time = rng.standard_exponential(len(age)) / dropout_rate
    histories = simulate(rng, rate, np.full(len(age), np.inf), np.minimum(dropout_time, age))
    return customer_table(
        {
            "frequency": histories.frequency(counted),
            "recency": histories.recency,
            "T": age,
            "lambda": rate,
            "mu": dropout_rate,
            "alive": (dropout_time > age).astype(np.float64),
        }
    )


def beta_geometric_beta_binom_model(
    N: ArrayLike,
    alpha: float,
    beta: float,
    gamma: float,
    delta: float,
    size: int = 1,
    *,
    seed: Seed = None,
) -> pd.DataFrame:
    r"""Simulate customers of the BG/BB model.

    Before each opportunity the customer drops out with probability :math:`\theta \sim B(\gamma,
    \delta)`, and otherwise buys with probability :math:`p \sim B(\alpha, \beta)`.

    Parameters
    ----------
    N : int or array_like
        Opportunities to buy after the first purchase: one number for all, or one each.
    alpha, beta, gamma, delta : float
        Parameters, above 0.
    size, seed
        As for :func:`beta_geometric_nbd_model`.

    Returns
    -------
    pandas.DataFrame
        float64 columns ``frequency``, ``recency`` (the number of the last opportunity used),
        ``n_periods``, ``p``, ``theta``, ``alive`` (1 for customers still active at
        opportunity N + 1) and ``customer_id``.

    Raises
    ------
    OptionError
        When a parameter, N or `size` is not what it must be.

    References
    ----------
    P. S. Fader, B. G. S. Hardie, J. Shang (2010), Customer-base analysis in a discrete-time
    noncontractual setting, *Marketing Science* 29 (6), 1086–1108.

    Examples
    --------
    >>> customers = beta_geometric_beta_binom_model(6, 1.2, 0.75, 0.66, 2.78, size=1000, seed=1)
    >>> bool((customers["frequency"] <= customers["recency"]).all())
    True
    """
    check_params(alpha=alpha, beta=beta, gamma=gamma, delta=delta)
    periods, rng = ages("N", N, size), generator(seed)
    p = rng.beta(alpha, beta, len(periods))
    theta = rng.beta(gamma, delta, len(periods))
    active_for = failures(rng, theta)
    # lifetimes draws at t = 0, 1, … < N, so a fraction of an opportunity counts as one.
    open_to = np.minimum(active_for, np.ceil(periods))
    # Seen from the end, the last purchase is the first success of a row of trials.
    recency = np.maximum(open_to - failures(rng, p), 0.0)
    frequency = np.minimum(recency, 1.0)
    several = np.flatnonzero(recency > 1)
    frequency[several] += rng.binomial(recency[several].astype(np.int64) - 1, p[several])
    table: pd.DataFrame = pd.DataFrame(
        {
            "frequency": frequency,
            "recency": recency,
            "n_periods": periods,
            "p": p,
            "theta": theta,
            "alive": (active_for > np.ceil(periods)).astype(np.float64),
            "customer_id": np.arange(len(periods), dtype=np.float64),
        }
    )
    return table
