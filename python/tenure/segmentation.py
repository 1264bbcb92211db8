"""The second half of the job: RFM scores, tables and target lists beside a forecast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import pandas as pd

from tenure.analysis import Analysis, CampaignList
from tenure.campaigns import Campaign, select
from tenure.frames import require_columns
from tenure.overview import columns_table, quality_table, segments_table
from tenure.presets import channel_table, top_customers
from tenure.rfm import rfm_scores, rfm_segments
from tenure.sources import ORDERS, SPEND, Columns, Source

__all__ = ["segmented"]


def segmented(
    analysis: Analysis,
    data: Source,
    columns: Columns,
    rules: Sequence[Campaign],
    ties: Literal["average", "order"],
    names: Literal["standard", "scripts"],
) -> Analysis:
    """Add RFM, the tables and the campaigns to an analysis.

    Parameters
    ----------
    analysis : Analysis
        With its forecast made.
    data : Source
        What it was made from.
    columns : Columns
        Which column plays which part.
    rules : sequence of Campaign
        Target lists to draw up.
    ties, names
        As for :func:`tenure.rfm_scores` and :func:`tenure.rfm_segments`.

    Returns
    -------
    Analysis
        With ``rfm``, ``segments``, ``tables`` and ``campaigns`` filled in.
    """
    history = data.history
    scores = rfm_scores(
        history,
        recency=data.recency,
        frequency=ORDERS,
        monetary=SPEND if data.has_money else ORDERS,
        ties=ties,
    )
    scores["segment"] = rfm_segments(scores, names=names)
    if not data.has_money:
        scores = scores.drop(columns=["monetary", "monetary_score", "RFM_SCORE"])

    totals = [ORDERS, SPEND] if data.has_money else [ORDERS]
    shown = history[totals].assign(value_segment=analysis.forecast["segment"].astype(str))
    tables = {
        "quality": quality_table(data.customers, history, len(data.raw)),
        "columns": columns_table(data.raw),
        "top_orders": _reset(top_customers(shown, ORDERS)),
    }
    if data.has_money:
        tables["top_revenue"] = _reset(top_customers(shown, SPEND))
    if columns.channel is not None and data.has_money:
        require_columns(history, {"channel": columns.channel})
        tables["channels"] = channel_table(history, columns.channel).reset_index()

    targets = history.assign(segment=scores["segment"])
    lists = []
    for rule in rules:
        ids = select(rule, targets, categories=columns.category or "category")
        lists.append(
            CampaignList(
                name=rule.name,
                rule=_in_words(rule),
                file=rule.file_name,
                customers=analysis.forecast.loc[ids],
                value_column=analysis.value_column if analysis.spend_model is not None else None,
            )
        )
    return replace(
        analysis,
        rfm=scores,
        segments=segments_table(analysis.forecast, scores, analysis.value_column),
        tables=tables,
        campaigns=tuple(lists),
    )


def _reset(table: pd.DataFrame) -> pd.DataFrame:
    result = table.copy(deep=False)
    result.index = result.index.rename(table.index.name or "customer")
    flat: pd.DataFrame = result.reset_index()
    return flat


def _in_words(rule: Campaign) -> str:
    """Write a campaign's rule as a sentence's worth of words."""
    parts = []
    if rule.segments:
        parts.append(f"RFM segment {' or '.join(rule.segments)}")
    if rule.categories:
        how = "interested in" if rule.match == "exact" else "interested in anything with"
        parts.append(f"{how} {' or '.join(rule.categories)}")
    if rule.min_average_order > 0:
        parts.append(f"average order of {rule.min_average_order:g} or more")
    return "; ".join(parts) or "everyone"
