"""Findings and actions from figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tenure.exceptions import EmptyDataError
from tenure.insights._figures import overall_figures, segment_figures
from tenure.insights._rule_list import RULES
from tenure.insights._rules import THRESHOLDS, Rule, Thresholds
from tenure.insights._words import Words
from tenure.io.validation import require_columns
from tenure.locale.catalogue import texts
from tenure.locale.languages import Language

if TYPE_CHECKING:
    from tenure.pipeline.analysis import Analysis

__all__ = [
    "describe_overall",
    "describe_segments",
    "overall_insights",
    "rules_table",
    "segment_insights",
]

_PERCENT = (
    "share",
    "past_share",
    "value_share",
    "overdue",
    "once",
    "inactive",
    "one_channel",
    "rising_share",
    "p_alive",
    "top_share",
    "probably_gone",
    "gone_past_share",
)
_AMOUNTS = ("basket", "basket_all")
_COUNTS = {
    "overdue_count": ("overdue", "with_gap"),
    "once_count": ("once", "customers"),
    "inactive_count": ("inactive", "customers"),
    "rising_count": ("rising", "customers"),
    "one_channel_count": ("one_channel", "customers"),
    "gone_count": ("probably_gone", "customers"),
}
"""Counts by the share they are and the figure they are a share of."""
_NUMBERS = (
    "customers", "with_gap", "top_count", "days_since", "usual_gap", "gap_ratio", "long_gap_days",
)  # fmt: skip


def segment_insights(
    analysis: Analysis, *, language: Language = "en", thresholds: Thresholds = THRESHOLDS
) -> pd.DataFrame:
    """Describe what stands out in each value segment and each RFM segment, and what to do.

    Parameters
    ----------
    analysis : Analysis
        What :func:`tenure.run` returned. From tables of your own:
        ``describe_segments(segment_figures(customers, forecast, segments))``.
    language : {"en", "tr"}
        The language of the sentences.
    thresholds : Thresholds
        From which figure on something is stated.

    Returns
    -------
    DataFrame
        One row per segment, in the order of ``analysis.segments``: ``scheme`` ("value" or "rfm"),
        ``segment``, the figures of :func:`segment_figures`, ``rule``, ``finding`` and ``action``.

    Raises
    ------
    OptionError
        When there is no such language.

    Examples
    --------
    >>> import tenure
    >>> customers = tenure.datasets.make_omnichannel(2000, seed=1)
    >>> analysis = tenure.run(customers, preset="flo")
    >>> found = tenure.insights.segment_insights(analysis)
    >>> found.loc[found["scheme"] == "value", ["segment", "rule"]].to_numpy().tolist()[0]
    ['A', 'core']
    """
    Words(language)
    parts = []
    for scheme, column in (("value", analysis.forecast), ("rfm", analysis.rfm)):
        known = analysis.segments
        order = known.loc[known["scheme"] == scheme, "segment"].astype(str).tolist()
        figures = segment_figures(
            *_tables(analysis),
            column["segment"],
            channels=list(_channels(analysis)),
            order=order,
            p_alive_informative=analysis.p_alive_informative,
            thresholds=thresholds,
        )
        described = describe_segments(figures, language=language, thresholds=thresholds)
        described = described.reset_index()
        described.insert(0, "scheme", scheme)
        parts.append(described)
    result: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return result


def overall_insights(
    analysis: Analysis, *, language: Language = "en", thresholds: Thresholds = THRESHOLDS
) -> pd.DataFrame:
    """Describe what stands out over all customers.

    Parameters
    ----------
    analysis, language, thresholds
        As for :func:`segment_insights`.

    Returns
    -------
    DataFrame
        One row per rule that holds, the most important first: ``rule``, ``finding``, ``action``.
    """
    figures = overall_figures(
        *_tables(analysis), p_alive_informative=analysis.p_alive_informative, thresholds=thresholds
    )
    return describe_overall(figures, language=language, thresholds=thresholds)


def describe_segments(
    figures: pd.DataFrame, *, language: Language = "en", thresholds: Thresholds = THRESHOLDS
) -> pd.DataFrame:
    """Add to the figures of segments what stands out and what to do.

    Parameters
    ----------
    figures : DataFrame
        What :func:`segment_figures` returns.
    language, thresholds
        As for :func:`segment_insights`.

    Returns
    -------
    DataFrame
        The figures with ``rule``, ``finding`` and ``action``: those of the first rule that holds.
    """
    if figures.empty:
        raise EmptyDataError("there are no segments to describe.")
    require_columns(figures, {name: name for name in ("customers", "share", "overdue", "p_alive")})
    words, money = Words(language), "revenue_expected" in figures.columns
    basket_all = np.nan
    if money and figures["orders_past"].sum() > 0:
        basket_all = figures["revenue_past"].sum() / figures["orders_past"].sum()
    rules = [rule for rule in RULES if rule.scope == "segment"]
    found = []
    for row in figures.to_dict("records"):
        known = _known({str(name): value for name, value in row.items()}, money)
        known["basket_all"] = basket_all
        known["basket_ratio"] = known["basket"] / basket_all if basket_all > 0 else np.nan
        rule = next(rule for rule in rules if rule.holds(known, thresholds))
        found.append(_describe(rule, known, words, thresholds, money))
    table: pd.DataFrame = figures.assign(
        **{name: [row[name] for row in found] for name in ("rule", "finding", "action")}
    )
    return table


def describe_overall(
    figures: pd.Series[Any], *, language: Language = "en", thresholds: Thresholds = THRESHOLDS
) -> pd.DataFrame:
    """Describe what stands out over all customers, from figures.

    Parameters
    ----------
    figures : Series
        What :func:`overall_figures` returns.
    language, thresholds
        As for :func:`segment_insights`.

    Returns
    -------
    DataFrame
        ``rule``, ``finding`` and ``action`` of every rule that holds, the most important first.
    """
    words, money = Words(language), "revenue_expected" in figures.index
    known = _known({str(name): float(value) for name, value in figures.items()}, money)
    found = [
        _describe(rule, known, words, thresholds, money)
        for rule in RULES
        if rule.scope == "overall" and rule.holds(known, thresholds)
    ]
    table: pd.DataFrame = pd.DataFrame(found, columns=["rule", "finding", "action"])
    return table


def rules_table(language: Language = "en", *, thresholds: Thresholds = THRESHOLDS) -> pd.DataFrame:
    """List the rules, as the documentation does.

    Parameters
    ----------
    language : {"en", "tr"}
        The language of the sentences.
    thresholds : Thresholds
        Filled into the conditions.

    Returns
    -------
    DataFrame
        ``scope``, ``priority`` (1 is tried first), ``rule``, ``condition``, ``finding``,
        ``action``.

    Examples
    --------
    >>> rules_table()["rule"].to_list()[:3]
    ['few', 'slipping_away', 'fading']
    """
    words = Words(language)
    sentences = texts(words.language, "insights")
    limits = {name: f"{value:g}" for name, value in asdict(thresholds).items()}
    place: dict[str, int] = {}
    rows = []
    for rule in RULES:
        place[rule.scope] = place.get(rule.scope, 0) + 1
        rows.append(
            {
                "scope": rule.scope,
                "priority": place[rule.scope],
                "rule": rule.id,
                "condition": words.text(f"{rule.id}.condition", part="insights", **limits),
                "finding": sentences[f"{rule.id}.finding"],
                "action": sentences[f"{rule.id}.action"],
            }
        )
    table: pd.DataFrame = pd.DataFrame(rows)
    return table


def _tables(analysis: Analysis) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put the uncapped totals of RFM in the place of those that the models saw."""
    rfm = analysis.rfm
    totals: dict[str, Any] = {"orders": rfm["frequency"].to_numpy(dtype=np.float64)}
    if "monetary" in rfm.columns:
        totals["spend_total"] = rfm["monetary"].to_numpy(dtype=np.float64)
    return analysis.customers.assign(**totals, **_channels(analysis)), analysis.forecast


def _channels(analysis: Analysis) -> dict[str, Any]:
    """Return the orders in each channel, where the data count them by channel."""
    roles = analysis.source.get("roles") or {}
    names, history = roles.get("orders"), analysis.history
    if not isinstance(names, list | tuple) or len(names) < 2 or not roles.get("channel"):
        return {}
    if not all(name in history.columns for name in names):
        return {}
    return {f"orders_channel_{i}": history[name].to_numpy() for i, name in enumerate(names)}


def _known(figures: Mapping[str, Any], money: bool) -> dict[str, float]:
    """Add what rules call by one name, whether in money or in purchases."""
    value, past = (
        ("revenue_expected_share", "revenue_past_share")
        if money
        else ("purchases_expected_share", "orders_past_share")
    )
    known = {
        "basket": np.nan,
        "rising_share": figures.get("rising", np.nan),
        "long_gap_days": figures.get("long_gap", np.nan),
        "top_count": max(1, int(figures["customers"]) // 10),
        **figures,
        "value_share": figures.get(value, np.nan),
        "past_share": figures.get(past, np.nan),
    }
    for name, (share, whole) in _COUNTS.items():
        count = known.get(share, np.nan) * known.get(whole, np.nan)
        known[name] = round(count) if np.isfinite(count) else np.nan
    return known


def _describe(
    rule: Rule, known: Mapping[str, float], words: Words, thresholds: Thresholds, money: bool
) -> dict[str, str]:
    write = {
        **dict.fromkeys(_PERCENT, words.percent),
        **dict.fromkeys(_AMOUNTS, words.amount),
        **dict.fromkeys((*_NUMBERS, *_COUNTS), words.number),
    }
    figures = {
        name: write[name](known[name]) for name in write if np.isfinite(known.get(name, np.nan))
    }
    limits = {
        field.name: words.number(getattr(thresholds, field.name)) for field in fields(thresholds)
    }
    phrases = {
        **words.of_value(money),
        **words.rhythm(known.get("with_gap", 0), known["customers"]),
    }
    filled = {**limits, **figures, **phrases}
    finding = words.text(f"{rule.id}.finding", part="insights", **filled)
    return {
        "rule": rule.id,
        "finding": finding[0].upper() + finding[1:],
        "action": words.text(f"{rule.id}.action", part="insights"),
    }
