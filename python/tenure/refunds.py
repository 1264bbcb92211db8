"""Refunds in a table of transactions, purchase by purchase.

The rules are those of :func:`tenure.summarize`, whose engine nets customers on the way to their
summary; here the purchases themselves are wanted.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["net_refunds"]

_ROUNDING = 1e-9
Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]


def net_refunds(
    codes: Ints, days: Ints, amounts: Floats, refunds: str
) -> tuple[Ints, Ints, Floats, dict[str, int]]:
    """Take refunds off the purchases before them.

    Parameters
    ----------
    codes, days : ndarray of int64
        Customer and day of each transaction.
    amounts : ndarray of float64
        Its money; negative for a refund.
    refunds : {"net", "drop", "keep"}
        As for :func:`tenure.summarize`.

    Returns
    -------
    codes, days, amounts : ndarray
        The purchases that are left. A customer with refunds has one row a day.
    counts : dict of str to int
        ``refunds``, ``cancelled``, ``unmatched_refunds``.

    Examples
    --------
    >>> *_, amounts, counts = net_refunds(
    ...     np.array([0, 0, 0]), np.array([1, 5, 9]), np.array([10.0, 20.0, -25.0]), "net"
    ... )
    >>> amounts.tolist(), counts["cancelled"]
    ([5.0], 1)
    """
    negative = amounts < 0
    counts = {"refunds": int(np.count_nonzero(negative)), "cancelled": 0, "unmatched_refunds": 0}
    if refunds == "keep" or not counts["refunds"]:
        return codes, days, amounts, counts
    if refunds == "drop":
        kept = ~negative
        return codes[kept], days[kept], amounts[kept], counts

    gave_back = np.zeros(int(codes.max()) + 1, dtype=bool)
    gave_back[codes[negative]] = True
    affected = gave_back[codes]
    order = np.flatnonzero(affected)
    order = order[np.lexsort((days[order], codes[order]))]
    who, when, money = codes[order], days[order], amounts[order]
    starts = np.flatnonzero(np.r_[True, (who[1:] != who[:-1]) | (when[1:] != when[:-1])])
    bought = np.add.reduceat((money >= 0).astype(np.int64), starts) > 0
    paid = np.add.reduceat(np.where(money >= 0, money, 0.0), starts)
    back = np.add.reduceat(np.where(money < 0, -money, 0.0), starts)
    left = _left(who[starts].tolist(), bought.tolist(), paid.tolist(), back.tolist(), counts)
    stays = np.array([value is not None for value in left], dtype=bool)
    rest = np.array([value for value in left if value is not None], dtype=np.float64)
    others = ~affected
    return (
        np.concatenate([codes[others], who[starts][stays]]),
        np.concatenate([days[others], when[starts][stays]]),
        np.concatenate([amounts[others], rest]),
        counts,
    )


def _left(
    who: list[int],
    bought: list[bool],
    paid: list[float],
    back: list[float],
    counts: dict[str, int],
) -> list[float | None]:
    """Return what is left of each day's purchase, None where there is none."""
    left: list[float | None] = [None] * len(who)
    open_days: list[int] = []
    customer = None
    for at, code in enumerate(who):
        if code != customer:
            customer, open_days = code, []
        if bought[at]:
            left[at] = paid[at]
            if paid[at] > 0:
                open_days.append(at)
        if back[at] > 0:
            _take_back(back[at], left, paid, open_days, counts)
    return left


def _take_back(
    refund: float,
    left: list[float | None],
    paid: list[float],
    open_days: list[int],
    counts: dict[str, int],
) -> None:
    # Sums of cents taken back one by one leave rounding behind.
    negligible = refund * _ROUNDING
    while open_days:
        at = open_days[-1]
        rest = left[at] or 0.0
        if rest > refund + paid[at] * _ROUNDING:
            left[at] = rest - refund
            return
        refund -= rest
        left[at] = None
        open_days.pop()
        counts["cancelled"] += 1
        if refund <= negligible:
            return
    counts["unmatched_refunds"] += 1
