"""What the report and the workbook say of segments, in the language they are written in."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from tenure.analysis import Analysis
from tenure.insights import segment_insights
from tenure.languages import Language
from tenure.rfm import segment_advice, segment_label
from tenure.segments import value_advice

__all__ = ["advice_on", "insights", "names_of"]


def names_of(segments: Sequence[str], scheme: str, language: Language) -> list[str]:
    """Return segments as people read them."""
    if scheme != "rfm":
        return list(segments)
    return [segment_label(name, language=language) for name in segments]


def advice_on(analysis: Analysis, scheme: str, language: Language) -> dict[str, str]:
    """Return what to do with each segment of a scheme."""
    table = analysis.segments[analysis.segments["scheme"] == scheme]
    names = table["segment"].astype(str).tolist()
    if language == analysis.language:
        return dict(zip(names, table["advice"].tolist(), strict=True))
    if scheme == "rfm":
        return {name: segment_advice(name, language=language) for name in names}
    words = value_advice(list(analysis.forecast["segment"].cat.categories), language=language)
    return {name: words[name] for name in names}


def insights(analysis: Analysis, language: Language) -> pd.DataFrame:
    """Return what stands out in each segment."""
    if language == analysis.language:
        return analysis.insights
    return segment_insights(analysis, language=language)
