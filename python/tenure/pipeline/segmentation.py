"""RFM scores, tables and target lists, added to a forecast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from tenure._choices import Names, Ties
from tenure.campaigns import Campaign, CampaignList, draw_up
from tenure.data_dictionary import DIMENSIONS
from tenure.insights import segment_insights
from tenure.io.column_names import flat
from tenure.locale import Locale
from tenure.pipeline.analysis import Analysis
from tenure.pipeline.breakdowns import MISSING, NONE, breakdown_table
from tenure.pipeline.data_quality import quality_table, segments_table
from tenure.presets import top_customers
from tenure.rfm import rfm_scores, rfm_segments, segment_order
from tenure.summary.inputs import ORDERS, SPEND, Source
from tenure.summary.roles import Columns

__all__ = ["segmented"]


def segmented(
    analysis: Analysis,
    data: Source,
    rules: Sequence[Campaign],
    ties: Ties,
    names: Names,
) -> Analysis:
    """Add RFM, the tables and the campaigns to an analysis.

    Parameters
    ----------
    analysis : Analysis
        With its forecast made.
    data : Source
        What it was made from.
    rules : sequence of Campaign
        Target lists to draw up.
    ties, names
        As for :func:`tenure.rfm_scores` and :func:`tenure.rfm_segments`.

    Returns
    -------
    Analysis
        With ``rfm``, ``segments``, ``tables`` and ``campaigns`` filled in.
    """
    history, columns = data.history, data.columns
    scores = rfm_scores(
        history,
        recency=data.recency,
        frequency=ORDERS,
        monetary=SPEND if data.has_money else None,
        ties=ties,
    )
    scores["segment"] = rfm_segments(scores, names=names)

    totals = [ORDERS, SPEND] if data.has_money else [ORDERS]
    shown = history[totals].assign(value_segment=analysis.forecast["segment"].astype(str))
    tables = {
        **analysis.tables,
        "quality": quality_table(data.customers, history, len(data.raw)),
        "top_orders": flat(top_customers(shown, ORDERS), otherwise="customer"),
    }
    if data.has_money:
        tables["top_revenue"] = flat(top_customers(shown, SPEND), otherwise="customer")
    tables |= _breakdowns(analysis, history, scores["segment"], columns)

    audience = _audience(analysis, history, scores) if rules else history
    rules = [_ranked_by_value(rule, analysis.value_column) for rule in rules]
    ids = draw_up(
        rules,
        audience,
        categories="category" if columns.category is None else columns.category,
        channel="channel" if columns.channel is None else columns.channel,
        store_type="store_type" if columns.store_type is None else columns.store_type,
    )
    lists = [
        CampaignList(
            campaign=rule,
            customers=analysis.forecast.loc[ids[rule.name]],
            population=len(analysis.forecast),
            purchases_column=f"expected_purchases_{analysis.longest}",
            value_column=analysis.value_column if analysis.spend_model is not None else None,
        )
        for rule in rules
    ]
    done = replace(
        analysis,
        rfm=scores,
        segments=segments_table(
            analysis.forecast,
            scores,
            analysis.value_column,
            p_alive=analysis.p_alive_informative,
        ),
        tables=tables,
        campaigns=tuple(lists),
    )
    # Notable figures and advice: the same sentences here, in insights.csv and on the page.
    found = segment_insights(done, language=analysis.language)
    advised = done.segments.assign(
        finding=found["finding"].to_numpy(), advice=found["action"].to_numpy()
    )
    return replace(done, segments=advised)


def _breakdowns(
    analysis: Analysis, history: pd.DataFrame, rfm: pd.Series[Any], columns: Columns
) -> dict[str, pd.DataFrame]:
    """Return each breakdown the columns allow, over all customers and by segment."""
    locale = Locale(analysis.language)
    order = segment_order(rfm.unique())
    schemes = {
        "value": analysis.forecast["segment"],
        "rfm": rfm.astype(pd.CategoricalDtype(order)),
    }
    found: dict[str, pd.DataFrame] = {}
    for name, (role, several) in DIMENSIONS.items():
        column = getattr(columns, role)
        if column is None or SPEND not in history.columns:
            continue
        table = breakdown_table(history, column, several=several)
        found[name] = table.rename_axis(role).reset_index()
        crossed = []
        for scheme, segments in schemes.items():
            part = breakdown_table(history, column, several=several, segments=segments)
            part = part.rename_axis(["segment", role]).reset_index()
            part.insert(0, "scheme", scheme)
            crossed.append(part)
        found[f"{name}_by_segment"] = pd.concat(crossed, ignore_index=True)
        spelled = {value: locale.term(value) for value in (MISSING, NONE)}
        for made in (name, f"{name}_by_segment"):
            found[made][role] = found[made][role].replace(spelled)
    return found


def _audience(analysis: Analysis, history: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Join every column that a campaign may use, one row per customer.

    Where a column of the table has the name of one of ours, ours is used.
    """
    forecast = analysis.forecast.rename(columns={"segment": "value_segment"})
    parts = [scores, forecast[[name for name in forecast.columns if name not in scores.columns]]]
    ours: pd.DataFrame = pd.concat(parts, axis=1)
    own = [name for name in history.columns if name not in ours.columns]
    everything: pd.DataFrame = pd.concat([history[own], ours], axis=1)
    return everything


def _ranked_by_value(rule: Campaign, value: str) -> Campaign:
    """State that a limited list takes the most valuable, where the rule gives no order."""
    if rule.limit is None or rule.rank_by is not None:
        return rule
    return replace(rule, rank_by=value)
