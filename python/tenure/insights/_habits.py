"""Measures of a customer's own orders: usual gaps, the limits of their own rate, P(alive)."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.exceptions import UnitError
from tenure.fitters.fit_warnings import CERTAIN
from tenure.io.provenance import provenance
from tenure.io.validation import numeric, require_columns, to_pandas
from tenure.periods import convert

__all__ = ["above_own_rate", "orders_of", "p_alive_informs", "usual_gaps"]

Floats: TypeAlias = NDArray[np.float64]

_NORMAL_975 = 1.959963984540054
"""The 97.5 % quantile of the normal distribution."""


def usual_gaps(customers: Any, *, period: str | None = None) -> pd.DataFrame:
    r"""Compare the days since the last order with the customer's own usual gap.

    With :math:`n` orders, the first and the last of them :math:`t_x` days apart and the observation
    ending :math:`T` days after the first,

    .. math:: g = \frac{t_x}{n - 1}, \qquad \rho = \frac{T - t_x}{g}.

    Customers with one order, or with all orders on one day (:math:`t_x = 0`), have no usual gap.

    Parameters
    ----------
    customers : dataframe
        A customer summary: ``recency``, ``T``, and ``orders`` or ``frequency``. Repeat purchases
        are ``orders − 1`` where ``orders`` is there, else ``frequency``.
    period : str, optional
        Period of ``recency`` and ``T`` where the table does not remember it.

    Returns
    -------
    DataFrame
        Indexed as `customers`: ``days_since`` (last order), ``usual_gap`` (days) and ``gap_ratio``,
        the last two NaN where there is no usual gap.

    Raises
    ------
    ColumnError, DataError
        When a column is missing or holds what it cannot.
    UnitError
        When the period is not known.

    Examples
    --------
    >>> table = pd.DataFrame({"frequency": [2, 0], "recency": [20, 0], "T": [50, 50]})
    >>> usual_gaps(table, period="D").to_numpy().tolist()
    [[30.0, 10.0, 3.0], [50.0, nan, nan]]
    """
    table = to_pandas(customers)
    require_columns(table, {"recency": "recency", "T": "T"})
    unit = (provenance(table) or {}).get("period", period)
    if unit is None:
        raise UnitError(
            "the customers' table does not state the period of its recency and T; pass "
            "period='W', or make the table with tenure.summarize or tenure.summarize_totals."
        )
    day = convert(1.0, unit, "D")
    # Days are whole; with the rounding of weeks, twice the gap would differ from twice the gap.
    recency = (numeric(table, "recency", minimum=0) * day).round(6)
    since = np.maximum((numeric(table, "T", minimum=0) * day).round(6) - recency, 0.0)
    repeats = orders_of(table) - 1
    known = (repeats >= 1) & (recency > 0)
    gap = np.divide(recency, repeats, out=np.full(len(table), np.nan), where=known)
    ratio = np.divide(since * repeats, recency, out=np.full(len(table), np.nan), where=known)
    result: pd.DataFrame = pd.DataFrame(
        {"days_since": since, "usual_gap": gap, "gap_ratio": ratio}, index=table.index
    )
    return result


def above_own_rate(repeats: Floats, observed: Floats, expected: Floats, horizon: float) -> Any:
    r"""Find customers of whom more is expected than their own past allows for by chance.

    With :math:`x` repeat purchases in :math:`T` periods, a Poisson rate is below

    .. math:: u = \frac{k}{T} \Bigl(1 - \frac{1}{9k} + \frac{z}{3\sqrt{k}}\Bigr)^3,
       \qquad k = x + 1,

    with a probability of 97.5 % (the exact limit of Garwood, in Wilson and Hilferty's
    approximation; z = 1.96). A customer is above it when the purchases expected within the horizon
    exceed :math:`u` times its length. A model that shrinks low counts towards the mean of all
    customers raises them, but hardly ever beyond that limit.

    Parameters
    ----------
    repeats : ndarray of float, shape (n,)
        Repeat purchases.
    observed : ndarray of float, shape (n,)
        Time from the first purchase to the end of the observation.
    expected : ndarray of float, shape (n,)
        Purchases expected within the horizon.
    horizon : float
        Its length, in the unit of `observed`.

    Returns
    -------
    ndarray of bool, shape (n,)
        False where nothing was observed.

    Examples
    --------
    >>> above_own_rate(np.array([4.0, 4.0]), np.array([52.0, 52.0]), np.array([5.0, 5.2]), 26.0)
    array([False,  True])
    """
    k = repeats + 1.0
    upper = k * (1.0 - 1.0 / (9.0 * k) + _NORMAL_975 / (3.0 * np.sqrt(k))) ** 3
    return (observed > 0) & (expected * observed > upper * horizon)


def p_alive_informs(p_alive: Floats, orders: Floats) -> bool:
    """Return whether P(alive) holds information on who has dropped out.

    It does not where it is 1 for every customer (a fit without dropout), or 1 for every customer
    with one order (BG/NBD, whose dropout comes after a repeat purchase only).

    Parameters
    ----------
    p_alive : ndarray of float, shape (n,)
        P(alive) of each customer.
    orders : ndarray of float, shape (n,)
        Orders of each customer.

    Returns
    -------
    bool

    Examples
    --------
    >>> p_alive_informs(np.array([1.0, 0.3]), np.array([1.0, 4.0]))
    False
    >>> p_alive_informs(np.array([0.6, 0.3]), np.array([1.0, 4.0]))
    True
    """
    once = orders <= 1
    certain = p_alive >= 1.0 - CERTAIN
    return not (certain.all() or (once.any() and certain[once].all()))


def orders_of(table: pd.DataFrame) -> Floats:
    """Return the orders of each customer: ``orders``, or ``frequency`` + 1."""
    if "orders" in table.columns:
        return numeric(table, "orders", minimum=0)
    require_columns(table, {"frequency": "frequency"})
    return numeric(table, "frequency", minimum=0) + 1.0
