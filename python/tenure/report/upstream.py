"""What the rest of the package adds to an analysis, where it is there."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import pandas as pd

from tenure.analysis import Analysis, CampaignList

__all__ = [
    "campaign_figures",
    "cohorts",
    "currency",
    "findings",
    "insights",
    "language",
    "movement",
    "purchases",
    "rule",
    "segment_advice",
    "segment_names",
    "survival",
]


def language(analysis: Analysis) -> str:
    """Return the language the analysis was asked for."""
    return getattr(analysis, "language", "en")


def currency(analysis: Analysis) -> str | None:
    """Return the currency of the analysis's money."""
    return getattr(analysis, "currency", None)


def purchases(analysis: Analysis) -> pd.DataFrame | None:
    """Return the purchases behind the analysis."""
    return getattr(analysis, "purchases", None)


def movement(analysis: Analysis) -> Any:
    """Return who moved between an earlier run and this one."""
    return getattr(analysis, "movement", None)


def insights(analysis: Analysis, language: str) -> pd.DataFrame | None:
    """Return what stands out in each segment."""
    if importlib.util.find_spec("tenure.insights") is None:
        return None
    found: pd.DataFrame = import_module("tenure.insights").segment_insights(
        analysis, language=language
    )
    return found


def findings(analysis: Analysis, language: str) -> pd.DataFrame | None:
    """Return what stands out over all customers."""
    if importlib.util.find_spec("tenure.insights") is None:
        return None
    found: pd.DataFrame = import_module("tenure.insights").overall_insights(
        analysis, language=language
    )
    return found


def campaign_figures(campaigns: Sequence[CampaignList]) -> pd.DataFrame | None:
    """Return reach, purchases and money of each campaign, with its discount and margin."""
    make = getattr(import_module("tenure.campaigns"), "campaign_table", None)
    return None if make is None else make(campaigns)


def rule(campaign: CampaignList, language: str) -> str:
    """Return the rule of a campaign in words."""
    known = getattr(campaign, "campaign", None)
    words: str = campaign.rule if known is None else known.describe(language)
    return words


def survival(analysis: Analysis) -> pd.DataFrame | None:
    """Return the share of each cohort that the model expects to be customers still, by age."""
    if importlib.util.find_spec("tenure.cohorts") is None:
        return None
    table = import_module("tenure.cohorts").cohort_survival(
        analysis.purchase_model, analysis.customers
    )
    matrix: pd.DataFrame = table.pivot(index="cohort", columns="age", values="survival")
    return matrix


def cohorts(analysis: Analysis) -> Any:
    """Return the cohorts of the purchases behind the analysis."""
    log = purchases(analysis)
    if log is None or importlib.util.find_spec("tenure.cohorts") is None:
        return None
    amount = "amount" if "amount" in log.columns else None
    return import_module("tenure.cohorts").cohort_analysis(
        log, customer="customer", date="date", amount=amount
    )


def segment_names(names: Sequence[str], scheme: str | None, language: str) -> list[str]:
    """Return segments as people read them."""
    label = getattr(import_module("tenure.rfm"), "segment_label", None)
    if scheme != "rfm" or label is None:
        return list(names)
    return [label(name, language=language) for name in names]


def segment_advice(names: Sequence[str], scheme: str, language: str) -> list[str]:
    """Return what to do with each segment; nothing where only the analysis knows."""
    advice = getattr(import_module("tenure.rfm"), "segment_advice", None)
    if advice is None:
        return []
    if scheme == "rfm":
        return [advice(name, language=language) for name in names]
    words: dict[str, str] = import_module("tenure.segments").value_advice(
        list(names)[::-1], language=language
    )
    return [words[name] for name in names]
