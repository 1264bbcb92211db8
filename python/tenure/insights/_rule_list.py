"""The rules in the order in which they are tried.

Their sentences are in the catalogues of :mod:`tenure.locale`, under the name of the rule. Every
sentence states the counts it rests on.
"""

from __future__ import annotations

from tenure.insights._rules import Figures, Rule, Thresholds

__all__ = ["RULES"]


def _rhythm(f: Figures, t: Thresholds) -> bool:
    """Return whether enough customers have a usual gap to draw on it."""
    return f["with_gap"] >= t.few and f["with_gap"] >= t.base * f["customers"]


def _overdue(f: Figures, share: float, t: Thresholds) -> bool:
    return _rhythm(f, t) and f["overdue"] >= share


def _dropping_out(f: Figures, t: Thresholds) -> bool:
    """Return whether the customers' orders, or an informative P(alive), show that they drop out."""
    return (
        _overdue(f, t.many_overdue, t)
        or f.get("inactive", 0.0) >= t.most_inactive
        or f["p_alive"] < t.left
    )


RULES: tuple[Rule, ...] = (
    Rule("few", "segment", lambda f, t: f["customers"] < t.few),
    Rule(
        "slipping_away",
        "segment",
        lambda f, t: f["past_share"] >= t.heavy * f["share"] and _overdue(f, t.many_overdue, t),
    ),
    Rule(
        "fading",
        "segment",
        lambda f, t: (
            f["past_share"] >= t.matters
            and f["value_share"] <= t.fading * f["past_share"]
            and _dropping_out(f, t)
        ),
    ),
    Rule("core", "segment", lambda f, t: f["value_share"] >= t.heavy * f["share"]),
    Rule("gone", "segment", lambda f, t: f["p_alive"] < t.left),
    Rule("overdue", "segment", lambda f, t: _overdue(f, t.most_overdue, t)),
    Rule("inactive", "segment", lambda f, t: f.get("inactive", 0.0) >= t.most_inactive),
    Rule("past_due", "segment", lambda f, t: _rhythm(f, t) and f["gap_ratio"] >= t.past_due),
    Rule("bought_once", "segment", lambda f, t: f["once"] >= t.most_once),
    Rule("rising", "segment", lambda f, t: f.get("rising", 0.0) >= t.rising),
    Rule("above_average", "segment", lambda f, t: f["value_share"] >= t.above * f["share"]),
    Rule("little_value", "segment", lambda f, t: f["value_share"] <= t.light * f["share"]),
    Rule("recent", "segment", lambda f, t: _rhythm(f, t) and f["gap_ratio"] <= t.fresh),
    Rule("one_channel", "segment", lambda f, t: f.get("one_channel", 0.0) >= t.most_one_channel),
    Rule("large_baskets", "segment", lambda f, t: f["basket_ratio"] >= t.large_basket),
    Rule("small_baskets", "segment", lambda f, t: f["basket_ratio"] <= t.small_basket),
    Rule("steady", "segment", lambda f, t: True),
    Rule("no_dropout_seen", "overall", lambda f, t: f["least_alive"] >= 1.0 - t.certain),
    Rule(
        "alive_by_construction",
        "overall",
        lambda f, t: f["once_alive"] >= 1.0 - t.certain > f["least_alive"],
    ),
    Rule("concentrated", "overall", lambda f, t: f["top_share"] >= t.concentrated),
    Rule("spread", "overall", lambda f, t: 0 < f["top_share"] < t.concentrated),
    Rule("gone_with_value", "overall", lambda f, t: f["gone_past_share"] >= t.gone_past),
    Rule("many_overdue", "overall", lambda f, t: _overdue(f, t.some_overdue, t)),
    Rule("many_bought_once", "overall", lambda f, t: f["once"] >= t.some_once),
    Rule("no_one_time_buyers", "overall", lambda f, t: f["once"] == 0),
)
"""All rules, in order of priority."""
