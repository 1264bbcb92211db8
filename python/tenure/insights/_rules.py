"""What a rule is, and the thresholds of all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["THRESHOLDS", "Figures", "Rule", "Thresholds"]

Figures: TypeAlias = Mapping[str, float]


@dataclass(frozen=True)
class Thresholds:
    """From where on something is said.

    Parameters
    ----------
    few : int
        Fewer customers are too few for averages.
    overdue_ratio : float
        Days since the last order over the usual gap from which a customer is overdue.
    many_overdue : float
        Share of overdue customers that stands out in a segment that matters.
    most_overdue : float
        Share of overdue customers that stands out anywhere.
    heavy : float
        Share of value over share of customers from which a segment carries the business.
    light : float
        The same ratio, up to which a segment brings little.
    matters : float
        Share of past value from which a segment matters.
    fading : float
        Share of expected over share of past value, up to which a segment fades.
    rising : float
        The same ratio, from which it rises, if its customers are fresh.
    fresh : float
        Median of days since the last order over the usual gap, up to which customers are fresh.
    past_due : float
        The same ratio, from which half of the customers have waited clearly longer than usual.
    left : float
        Mean P(alive) below which most have probably left.
    most_once : float
        Share of customers with one order that stands out in a segment.
    large_basket, small_basket : float
        Basket over the basket of all customers that stands out.
    some_once : float
        Share of customers with one order that is said over all.
    some_overdue : float
        Share of overdue customers that is said over all.
    concentrated : float
        Share of the expected value from the top tenth from which it is concentrated.
    gone_past : float
        Share of past value of those who have probably left, from which it is said.
    certain : float
        1 minus the smallest P(alive), up to which the model sees nobody leave.
    """

    few: int = 30
    overdue_ratio: float = 2.0
    many_overdue: float = 0.35
    most_overdue: float = 0.5
    heavy: float = 1.5
    light: float = 0.72
    matters: float = 0.05
    fading: float = 0.6
    rising: float = 1.25
    fresh: float = 0.35
    past_due: float = 1.25
    left: float = 0.5
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
    """When to say what.

    Parameters
    ----------
    id : str
        Name of the rule.
    scope : {"segment", "overall"}
        What it looks at. Of the rules for segments the first that holds speaks; of those for all
        customers, every one that holds.
    condition : str
        The condition in words; ``{name}`` stands for a threshold.
    holds : callable
        Takes the figures and the thresholds.
    finding, action : mapping of str to str
        Sentences by language; ``{name}`` stands for a figure, or for a word of the language.
    """

    id: str
    scope: Literal["segment", "overall"]
    condition: str
    holds: Callable[[Figures, Thresholds], bool]
    finding: Mapping[str, str]
    action: Mapping[str, str]
