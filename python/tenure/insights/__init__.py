"""Findings on each segment and on all customers: figures, a sentence and an action.

Sentences come from the figures by the rules of :data:`RULES`, in the languages of
:mod:`tenure.locale`; the table of rules is in ``docs/insights.md``.
"""

from tenure.insights._figures import overall_figures, segment_figures
from tenure.insights._habits import usual_gaps
from tenure.insights._rule_list import RULES
from tenure.insights._rules import THRESHOLDS, Rule, Thresholds
from tenure.insights._sentences import (
    describe_overall,
    describe_segments,
    overall_insights,
    rules_table,
    segment_insights,
)

__all__ = [
    "RULES",
    "THRESHOLDS",
    "Rule",
    "Thresholds",
    "describe_overall",
    "describe_segments",
    "overall_figures",
    "overall_insights",
    "rules_table",
    "segment_figures",
    "segment_insights",
    "usual_gaps",
]


def __dir__() -> list[str]:
    return sorted(__all__)
