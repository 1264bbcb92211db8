"""The class of a rule, and the thresholds of all rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["THRESHOLDS", "Figures", "Rule", "Thresholds"]

Figures: TypeAlias = Mapping[str, float]


@dataclass(frozen=True)
class Thresholds:
    """From which figure on something is stated.

    Parameters
    ----------
    few : int
        Fewer customers are too few for averages, and fewer with a usual gap for a sentence on it.
    base : float
        Share of a segment's customers that a sentence on some of them needs.
    overdue_ratio : float
        Days since the last order over the usual gap from which a customer is overdue.
    many_overdue : float
        Share of overdue customers that stands out in a segment that matters.
    most_overdue : float
        Share of overdue customers that stands out anywhere.
    heavy : float
        Share of value over share of customers from which a segment carries the business.
    above : float
        The same ratio, from which a segment brings more than its share.
    light : float
        The same ratio, up to which a segment brings little.
    matters : float
        Share of past value from which a segment matters.
    fading : float
        Share of expected over share of past value, up to which a segment fades.
    rising : float
        Share of customers of whom more is expected than their own past rate allows for by chance,
        from which a segment rises.
    long_gap : float
        Quantile of all customers' usual gaps beyond which a customer is inactive.
    most_inactive : float
        Share of inactive customers that stands out in a segment.
    fresh : float
        Median of days since the last order over the usual gap, up to which customers have ordered
        recently.
    past_due : float
        Median of days since the last order over the usual gap, from which half of the customers
        have waited clearly longer than usual.
    left : float
        Mean P(alive) below which most have probably dropped out.
    most_one_channel : float
        Share of customers with orders in one channel only that stands out in a segment.
    most_once : float
        Share of customers with one order that stands out in a segment.
    large_basket, small_basket : float
        Average order value over that of all customers that stands out.
    some_once : float
        Share of customers with one order that is stated over all.
    some_overdue : float
        Share of overdue customers that is stated over all.
    concentrated : float
        Share of the expected value from the top tenth from which it is concentrated.
    gone_past : float
        Share of past value of those who have probably dropped out, from which it is stated.
    certain : float
        1 minus the smallest P(alive), up to which it counts as 1.
    """

    few: int = 30
    base: float = 0.05
    overdue_ratio: float = 2.0
    many_overdue: float = 0.35
    most_overdue: float = 0.5
    heavy: float = 1.5
    above: float = 1.2
    light: float = 0.72
    matters: float = 0.05
    fading: float = 0.6
    rising: float = 0.25
    long_gap: float = 0.9
    most_inactive: float = 0.5
    fresh: float = 0.35
    past_due: float = 1.25
    left: float = 0.5
    most_one_channel: float = 0.5
    most_once: float = 0.5
    large_basket: float = 1.5
    small_basket: float = 0.67
    some_once: float = 0.2
    some_overdue: float = 0.25
    concentrated: float = 0.3
    gone_past: float = 0.1
    certain: float = 1e-6


THRESHOLDS = Thresholds()
"""The thresholds used unless others are given."""


@dataclass(frozen=True)
class Rule:
    """When to state what.

    Parameters
    ----------
    id : str
        Name of the rule.
    scope : {"segment", "overall"}
        What it looks at. Of the rules for segments the first that holds applies; of those for all
        customers, every one that holds.
    holds : callable
        The condition: takes the figures and the thresholds.

    Notes
    -----
    The condition in words, the finding and the action are in the catalogues of
    :mod:`tenure.locale`, part ``insights``, as ``id.condition``, ``id.finding`` and ``id.action``.
    """

    id: str
    scope: Literal["segment", "overall"]
    holds: Callable[[Figures, Thresholds], bool]
