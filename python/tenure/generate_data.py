"""Customers simulated from the models' stories, under the names they have in lifetimes.

Every generator draws whole blocks of purchases for all customers at once. A customer's frequency
counts the unit periods with a purchase, as a summary of transactions would, so it can be less than
the number of purchases; recency is the exact time of the last one.

Without a `seed` the generators are seeded from numpy's global state: ``numpy.random.seed`` makes a
script reproducible, as it does with lifetimes, though the numbers are others than lifetimes'.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from tenure import _engine
from tenure.dates import parse_date
from tenure.exceptions import OptionError

__all__ = [
    "beta_geometric_beta_binom_model",
    "beta_geometric_nbd_model",
    "beta_geometric_nbd_model_transactional_data",
    "modified_beta_geometric_nbd_model",
    "pareto_nbd_model",
]

Seed: TypeAlias = "int | np.random.Generator | np.random.SeedSequence | None"
_Floats: TypeAlias = NDArray[np.float64]

_BLOCK = 1 << 18
"""Purchases drawn at once, at most."""
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
) -> pd.DataFrame:
    r"""Simulate customers of the BG/NBD model.

    While a customer is active, purchases come at the rate :math:`\lambda \sim \Gamma(r, \alpha)`;
    after each the customer leaves with probability :math:`p \sim B(a, b)`.

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
    return _geometric(T, r, alpha, a, b, size, seed, at_birth=False)


def modified_beta_geometric_nbd_model(
    T: ArrayLike,
    r: float,
    alpha: float,
    a: float,
    b: float,
    size: int = 1,
    *,
    seed: Seed = None,
) -> pd.DataFrame:
    """Simulate customers of the MBG/NBD model, who may leave right after their first purchase too.

    Parameters
    ----------
    T, r, alpha, a, b, size, seed
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
    return _geometric(T, r, alpha, a, b, size, seed, at_birth=True)


def pareto_nbd_model(
    T: ArrayLike,
    r: float,
    alpha: float,
    s: float,
    beta: float,
    size: int = 1,
    *,
    seed: Seed = None,
) -> pd.DataFrame:
    r"""Simulate customers of the Pareto/NBD model.

    Purchases come at the rate :math:`\lambda \sim \Gamma(r, \alpha)` until the customer leaves, at
    a time that is exponential with the rate :math:`\mu \sim \Gamma(s, \beta)`.

    Parameters
    ----------
    T, size, seed
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
    _check_params(r=r, alpha=alpha, s=s, beta=beta)
    age, rng = _ages("T", T, size), _generator(seed)
    rate = rng.gamma(r, 1.0 / alpha, len(age))
    leaving = rng.gamma(s, 1.0 / beta, len(age))
    with np.errstate(divide="ignore", over="ignore"):
        death = rng.standard_exponential(len(age)) / leaving
    _, frequency, recency = _lives(rng, rate, np.full(len(age), np.inf), np.minimum(death, age))
    return _customers(
        {
            "frequency": frequency,
            "recency": recency,
            "T": age,
            "lambda": rate,
            "mu": leaving,
            "alive": (death > age).astype(np.float64),
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

    Before each opportunity the customer leaves with probability :math:`\theta \sim B(\gamma,
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
        ``n_periods``, ``p``, ``theta``, ``alive`` (1 for customers who will still be there at
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
    _check_params(alpha=alpha, beta=beta, gamma=gamma, delta=delta)
    periods, rng = _ages("N", N, size), _generator(seed)
    p = rng.beta(alpha, beta, len(periods))
    theta = rng.beta(gamma, delta, len(periods))
    stays = _failures(rng, theta)
    # lifetimes asks at t = 0, 1, … < N, so a fraction of an opportunity is one.
    open_to = np.minimum(stays, np.ceil(periods))
    # Seen from the end, the last purchase is the first success of a row of trials.
    recency = np.maximum(open_to - _failures(rng, p), 0.0)
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
            "alive": (stays > np.ceil(periods)).astype(np.float64),
            "customer_id": np.arange(len(periods), dtype=np.float64),
        }
    )
    return table


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
    _check_params(r=r, alpha=alpha, a=a, b=b)
    age, rng = _ages("T", T, size), _generator(seed)
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
    rate, _, allowed = _draw_geometric(rng, r, alpha, a, b, len(age), at_birth=False)
    everyone = np.arange(len(age))
    owners, moments = [everyone], [start]
    lives, before = _Lives(len(age)), np.zeros(len(age))
    for who, times in _live(rng, rate, allowed, age, lives):
        seen = np.arange(times.shape[1]) < (lives.purchases[who] - before[who])[:, None]
        before[who] = lives.purchases[who]
        rows = np.broadcast_to(who[:, None], times.shape)[seen]
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


GENERATORS: dict[str, Callable[..., pd.DataFrame]] = {
    "BG/NBD": beta_geometric_nbd_model,
    "MBG/NBD": modified_beta_geometric_nbd_model,
    "Pareto/NBD": pareto_nbd_model,
    "BG/BB": beta_geometric_beta_binom_model,
}
"""The generator of each model, by the model's name."""


def _geometric(
    T: ArrayLike,
    r: float,
    alpha: float,
    a: float,
    b: float,
    size: int,
    seed: Seed,
    *,
    at_birth: bool,
) -> pd.DataFrame:
    _check_params(r=r, alpha=alpha, a=a, b=b)
    age, rng = _ages("T", T, size), _generator(seed)
    rate, p, allowed = _draw_geometric(rng, r, alpha, a, b, len(age), at_birth=at_birth)
    purchases, frequency, recency = _lives(rng, rate, allowed, age)
    return _customers(
        {
            "frequency": frequency,
            "recency": recency,
            "T": age,
            "lambda": rate,
            "p": p,
            "alive": (purchases < allowed).astype(np.float64),
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
    at_birth: bool,
) -> tuple[_Floats, _Floats, _Floats]:
    """Draw rates, chances to leave, and the repeat purchases after which customers leave."""
    p = rng.beta(a, b, size)
    rate = rng.gamma(r, 1.0 / alpha, size)
    allowed = _failures(rng, p)
    return rate, p, allowed if at_birth else allowed + 1.0


def _failures(rng: np.random.Generator, p: _Floats) -> _Floats:
    """Count the failures before the first success of trials with chances `p`; inf for p = 0."""
    with np.errstate(divide="ignore", over="ignore"):
        waited: _Floats = rng.standard_exponential(len(p)) / -np.log1p(-p)
    return np.floor(waited)


class _Lives:
    """What is known of simulated customers so far."""

    def __init__(self, size: int) -> None:
        self.clock, self.purchases, self.frequency, self.recency = (
            np.zeros(size) for _ in range(4)
        )


def _live(
    rng: np.random.Generator, rate: _Floats, allowed: _Floats, until: _Floats, lives: _Lives
) -> Iterator[tuple[NDArray[np.int64], _Floats]]:
    """Draw the purchases of customers, block after block, and keep `lives` up to date.

    Yields who was drawn and the times of their next purchases (a row a customer, ascending); those
    that happen, at most `allowed` in all and before `until`, come first.
    """
    active = np.flatnonzero((allowed > 0) & (until > 0)).astype(np.int64, copy=False)
    columns = lives.clock, lives.purchases, lives.frequency, lives.recency
    width = 4
    while len(active):
        # A few customers at a time, so that a block stays small whatever its width.
        many = max(1, _BLOCK // width)
        going = []
        for begin in range(0, len(active), many):
            who = active[begin : begin + many]
            times = rng.standard_exponential((len(who), width))
            going.append(_engine.live(who, rate, allowed, until, times, *columns))
            yield who, times
        active = np.concatenate(going)
        width = min(2 * width, _BLOCK)


def _lives(
    rng: np.random.Generator, rate: _Floats, allowed: _Floats, until: _Floats
) -> tuple[_Floats, _Floats, _Floats]:
    """Return purchases, periods with a purchase and the time of the last one, for each customer."""
    lives = _Lives(len(rate))
    for _ in _live(rng, rate, allowed, until, lives):
        pass
    return lives.purchases, lives.frequency, lives.recency


def _customers(columns: dict[str, _Floats]) -> pd.DataFrame:
    ids = np.arange(len(columns["T"]), dtype=np.float64)
    table: pd.DataFrame = pd.DataFrame(columns, index=pd.Index(ids, name="customer_id"))
    return table


def _generator(seed: Seed) -> np.random.Generator:
    if seed is None:
        # Scripts written for lifetimes make themselves reproducible by numpy.random.seed.
        seed = np.random.SeedSequence(
            np.random.randint(0, 2**32, size=4, dtype=np.uint32).tolist()  # noqa: NPY002
        )
    try:
        return np.random.default_rng(seed)
    except (TypeError, ValueError):
        raise OptionError(
            f"seed={seed!r} cannot seed random numbers; give a whole number of 0 or more."
        ) from None


def _check_params(**params: float) -> None:
    for name, value in params.items():
        try:
            good = 0 < float(value) < np.inf
        except (TypeError, ValueError):
            good = False
        if not good:
            raise OptionError(f"{name}={value!r} must be a number above 0.")


def check_size(size: int) -> int:
    """Return the number of customers, or say what it must be."""
    if isinstance(size, bool) or not isinstance(size, int | np.integer) or size < 0:
        raise OptionError(f"size={size!r}: give the number of customers, 0 or more.")
    return int(size)


def _ages(name: str, given: ArrayLike, size: int) -> _Floats:
    """Return the time each customer is observed for."""
    check_size(size)
    try:
        age = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        age = np.array(np.nan)
    if age.ndim > 1 or not (np.isfinite(age) & (age >= 0)).all():
        raise OptionError(f"{name} must be a number of 0 or more, or a vector of such numbers.")
    if age.ndim == 0:
        return np.full(size, age, dtype=np.float64)
    if len(age) < size:
        raise OptionError(
            f"{name} holds {len(age):,} values for size={size:,} customers; give one for each, or "
            "one number for all."
        )
    chosen: _Floats = age[:size].copy()
    return chosen
