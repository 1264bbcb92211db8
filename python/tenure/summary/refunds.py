"""Refunds in a table of purchases: what is done with them, and the words for it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure._warnings import Notice
from tenure.exceptions import OptionError, RefundWarning
from tenure.summary.purchase_counts import purchase_periods

__all__ = ["Refunds", "check_refunds", "net_refunds", "warn_of_refunds"]

Refunds = Literal["net", "drop", "keep"]
_RULES = ("net", "drop", "keep")


def check_refunds(refunds: str) -> None:
    """Refuse an unknown rule.

    Raises
    ------
    OptionError
    """
    if refunds not in _RULES:
        raise OptionError(f"refunds={refunds!r} is unknown; use one of {', '.join(_RULES)}.")


def net_refunds(
    customers: pd.Series[Any],
    dates: pd.Series[Any],
    amounts: NDArray[np.float64],
    refunds: str = "net",
) -> tuple[pd.Index[Any], NDArray[np.int64], NDArray[np.float64], dict[str, int]]:
    """Take refunds off the purchases before them, by the rules of :func:`tenure.summarize`.

    Parameters
    ----------
    customers : pandas.Series
        Whose each purchase is, none missing.
    dates : pandas.Series
        Naive datetime64, none missing.
    amounts : ndarray of float64
        The money; negative for a refund.
    refunds : {"net", "drop", "keep"}
        As for :func:`tenure.summarize`.

    Returns
    -------
    customers : pandas.Index
    days : ndarray of int64
        Since 1970.
    amounts : ndarray of float64
        The remaining purchases, one row per customer and day.
    counts : dict of str to int
        ``refunds``, ``cancelled``, ``unmatched_refunds``, ``without_purchase``.

    Examples
    --------
    >>> days = pd.Series(pd.to_datetime(["2024-01-01", "2024-01-05", "2024-01-09"]))
    >>> *_, amounts, counts = net_refunds(
    ...     pd.Series(["a", "a", "a"]), days, np.array([10.0, 20.0, -25.0])
    ... )
    >>> amounts.tolist(), counts["cancelled"]
    ([5.0], 1)
    """
    found = purchase_periods(customers, dates, amounts, collapse="D", refunds=refunds)
    assert found.amounts is not None
    names = ("refunds", "cancelled", "unmatched_refunds", "without_purchase")
    counts = {name: found.met[name] for name in names}
    return found.customers.repeat(found.counts), found.ordinals, found.amounts, counts


def warn_of_refunds(
    counts: Mapping[str, int], amount: Hashable | None, refunds: str, *, money: str, kept: str
) -> None:
    """Say what was done with refunds, where there are any.

    Parameters
    ----------
    counts : dict of str to int
        As the engine counts: ``refunds``, ``cancelled``, ``unmatched_refunds``,
        ``without_purchase``.
    amount : str
        The column of money.
    refunds : {"net", "drop", "keep"}
        What was done.
    money : str
        The figure that ignores what was given back where refunds are dropped.
    kept : str
        What is wrong where they are kept.
    """
    if not counts.get("refunds"):
        return
    text = f"{counts['refunds']:,} transactions have a negative {amount!r}: "
    if refunds == "keep":
        text += f"kept as purchases of negative money (refunds='keep'); {kept}. "
        text += "Take them off with refunds='net'."
    elif refunds == "drop":
        text += f"left out, so {money} ignores what was given back. "
        text += "Take it off with refunds='net'."
    else:
        text += "refunds, taken off the purchases before them. "
        text += "Leave out beforehand those that are no refunds."
    parts = []
    if counts.get("cancelled"):
        parts.append(f"{counts['cancelled']:,} purchases were taken back in full and count as none")
    if counts.get("unmatched_refunds"):
        parts.append(
            f"{counts['unmatched_refunds']:,} exceed all that the customer had paid in the table,"
            " and the excess is ignored"
        )
    if counts.get("without_purchase"):
        parts.append(
            f"{counts['without_purchase']:,} customers have no purchase left and are left out"
        )
    details = "; ".join(parts)
    Notice(RefundWarning, text, f"{details}." if details else "").emit()
