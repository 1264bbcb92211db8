"""Simulation of dropout after purchases: BG/NBD and MBG/NBD."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tenure.exceptions import OptionError
from tenure.generate_data.simulation import (
    Count,
    Floats,
    Histories,
    Seed,
    ages,
    check_count,
    check_params,
    customer_table,
    failures,
    generator,
    purchase_blocks,
    simulate,
)
from tenure.io.dates import parse_date

__all__ = [
    "beta_geometric_nbd_model",
    "beta_geometric_nbd_model_transactional_data",
    "modified_beta_geometric_nbd_model",
]

_ALIASES = {"H": "h", "T": "min", "S": "s"}


def beta_geometric_nbd_model(
    T: ArrayLike,
    r: float,
    alpha: float,
    a: float,
    b: float,
    size: int = 1,
    *,
    seed: Seed = None,
    count: Count | None = None,
) -> pd.DataFrame:
    r"""Simulate customers of the BG/NBD model.

    While a customer is active, purchases come at the rate :math:`\lambda \sim \Gamma(r, \alpha)`;
    after each the customer drops out with probability :math:`p \sim B(a, b)`.

    Parameters
    ----------
    T : float or array_like
        Time from the first purchase to the end of observation: one for all, or one each (of the
        first `size` customers).
    r, alpha, a, b : float
        Parameters, above 0.
    size : int
        Customers.
    seed : int, Generator or SeedSequence, optional
        Where the random numbers come from; numpy's global state when not given.
    count : {"purchases", "periods"}, optional
        What frequency counts: repeat purchases, as the model does, or the unit periods with one, as
        lifetimes does. Purchases by default, periods while :mod:`tenure.lifetimes` is active.

    Returns
    -------
    pandas.DataFrame
        float64 columns ``frequency``, ``recency``, ``T``, ``lambda``, ``p`` and ``alive`` (1 for
        customers still active at T), with the index ``customer_id``.

    Raises
    ------
    OptionError
        When a parameter, T or `size` is not what it must be.

    References
    ----------
    P. S. Fader, B. G. S. Hardie, K. L. Lee (2005), "Counting your customers" the easy way: an
    alternative to the Pareto/NBD model, *Marketing Science* 24 (2), 275–284.

    Examples
    --------
    >>> customers = beta_geometric_nbd_model(39, 0.24, 4.41, 0.79, 2.43, size=1000, seed=1)
    >>> customers.columns.tolist()
    ['frequency', 'recency', 'T', 'lambda', 'p', 'alive']
    """
    return _geometric(T, r, alpha, a, b, size, seed, count, at_first_purchase=False)


def modified_beta_geometric_nbd_model(
    T: ArrayLike,
    r: float,
    alpha: float,
    a: float,
    b: float,
    size: int = 1,
    *,
    seed: Seed = None,
    count: Count | None = None,
) -> pd.DataFrame:
    """Simulate customers of the MBG/NBD model, with dropout after the first purchase too.

    Parameters
    ----------
    T, r, alpha, a, b, size, seed, count
        As for :func:`beta_geometric_nbd_model`.

    Returns
    -------
    pandas.DataFrame
        As from :func:`beta_geometric_nbd_model`.

    Raises
    ------
    OptionError
        When a parameter, T or `size` is not what it must be.

    References
    ----------
    E. P. Batislam, M. Denizel, A. Filiztekin (2007), Empirical validation and comparison of models
    for customer base analysis, *International Journal of Research in Marketing* 24 (3), 201–209.

    Examples
    --------
    >>> customers = modified_beta_geometric_nbd_model(39, 0.52, 6.2, 0.9, 1.6, size=1000, seed=1)
    >>> bool(customers["alive"].isin([0, 1]).all())
    True
    """
    return _geometric(T, r, alpha, a, b, size, seed, count, at_first_purchase=True)


def beta_geometric_nbd_model_transactional_data(
    T: ArrayLike,
    r: float,
    alpha: float,
    a: float,
    b: float,
    observation_period_end: Any = "2019-1-1",
    freq: str = "D",
    size: int = 1,
    *,
    seed: Seed = None,
) -> pd.DataFrame:
    """Simulate the transactions of customers of the BG/NBD model.

    The first purchase is T periods before `observation_period_end`. Repeat purchases count from the
    end of that period on, as in lifetimes, so none falls into the period of the first purchase and
    the last may fall into the period that begins at `observation_period_end`.

    Parameters
    ----------
    T, r, alpha, a, b, size, seed
        As for :func:`beta_geometric_nbd_model`.
    observation_period_end : date-like
        End of the observation.
    freq : {"W", "D", "h", "min", "s", "ms", "us", "ns"}
        Unit of T.

    Returns
    -------
    pandas.DataFrame
        ``customer_id`` (whole numbers, of type object as in lifetimes) and ``date``
        (datetime64[ns]), sorted by customer and date, the first purchase included.

    Raises
    ------
    OptionError
        When a parameter, T, `size` or `freq` is not what it must be, or a date would lie outside
        the years 1678 to 2261.
    DateError
        When `observation_period_end` cannot be read.

    Examples
    --------
    >>> log = beta_geometric_nbd_model_transactional_data(90, 0.24, 4.4, 0.8, 2.4, size=2, seed=4)
    >>> log["date"].min()
    Timestamp('2018-10-03 00:00:00')
    """
    check_params(r=r, alpha=alpha, a=a, b=b)
    age, rng = ages("T", T, size), generator(seed)
    end = parse_date(observation_period_end, name="observation_period_end")
    try:
        unit = pd.Timedelta(1, unit=_ALIASES.get(freq, freq)).as_unit("ns").value  # type: ignore[arg-type]
    except (ValueError, TypeError):
        raise OptionError(
            f"freq={freq!r} is not a unit of fixed length; use one of W, D, h, min, s, ms, us, ns."
        ) from None
    bounds = pd.Timestamp.min.value, pd.Timestamp.max.value
    last = int(end.to_datetime64().astype("M8[s]").astype(np.int64)) * 10**9
    longest = (float(age.max(initial=0.0)) + 1.0) * unit
    if last - longest < bounds[0] or last + unit > bounds[1]:
        raise OptionError(
            f"T up to {age.max():g} {freq} before {end} leads to dates outside the years 1678 to "
            "2261; take a smaller T or another observation_period_end."
        )
    finish = end.as_unit("ns").value
    start = finish - np.floor(age * unit).astype(np.int64)
    rate, _, allowed = _draw_geometric(rng, r, alpha, a, b, len(age), at_first_purchase=False)
    everyone = np.arange(len(age))
    owners, moments = [everyone], [start]
    histories, before = Histories(len(age)), np.zeros(len(age))
    for drawn, times in purchase_blocks(rng, rate, allowed, age, histories):
        seen = np.arange(times.shape[1]) < (histories.purchases[drawn] - before[drawn])[:, None]
        before[drawn] = histories.purchases[drawn]
        rows = np.broadcast_to(drawn[:, None], times.shape)[seen]
        owners.append(rows)
        moments.append(start[rows] + unit + np.floor(times[seen] * unit).astype(np.int64))
    owner, moment = np.concatenate(owners), np.concatenate(moments)
    order = np.lexsort((moment, owner))
    table: pd.DataFrame = pd.DataFrame(
        {
            "customer_id": pd.Series(owner[order], dtype=object),
            "date": moment[order].view("M8[ns]"),
        }
    )
    return table


def _geometric(
    T: ArrayLike,
    r: float,
    alpha: float,
    a: float,
    b: float,
    size: int,
    seed: Seed,
    count: Count | None,
    *,
    at_first_purchase: bool,
) -> pd.DataFrame:
    check_params(r=r, alpha=alpha, a=a, b=b)
    counted = check_count(count)
    age, rng = ages("T", T, size), generator(seed)
    rate, p, allowed = _draw_geometric(
        rng, r, alpha, a, b, len(age), at_first_purchase=at_first_purchase
    )
    histories = simulate(rng, rate, allowed, age)
    return customer_table(
        {
            "frequency": histories.frequency(counted),
            "recency": histories.recency,
            "T": age,
            "lambda": rate,
            "p": p,
            "alive": (histories.purchases < allowed).astype(np.float64),
        }
    )


def _draw_geometric(
    rng: np.random.Generator,
    r: float,
    alpha: float,
    a: float,
    b: float,
    size: int,
    *,
    at_first_purchase: bool,
) -> tuple[Floats, Floats, Floats]:
    """Draw purchase rates, dropout probabilities and the repeat purchases until dropout."""
    p = rng.beta(a, b, size)
    rate = rng.gamma(r, 1.0 / alpha, size)
    allowed = failures(rng, p)
    return rate, p, allowed if at_first_purchase else allowed + 1.0
