"""Names of and advice on segments in the language of the report and the workbook."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from tenure.insights import segment_insights
from tenure.locale.languages import Language
from tenure.pipeline.analysis import Analysis
from tenure.rfm import segment_label

__all__ = ["advice_on", "insights", "names_of"]


def names_of(segments: Sequence[str], scheme: str, language: Language) -> list[str]:
    """Return the labels of segments."""
    if scheme != "rfm":
        return list(segments)
    return [segment_label(name, language=language) for name in segments]


def advice_on(analysis: Analysis, scheme: str, language: Language) -> pd.DataFrame:
    """Return finding and advice for each segment of a scheme, in the order of the segments."""
    found = insights(analysis, language)
    part = found.loc[found["scheme"] == scheme, ["segment", "finding", "action"]]
    advised: pd.DataFrame = part.rename(columns={"action": "advice"}).reset_index(drop=True)
    return advised


def insights(analysis: Analysis, language: Language) -> pd.DataFrame:
    """Return what stands out in each segment."""
    if language == analysis.language:
        return analysis.insights
    return segment_insights(analysis, language=language)
