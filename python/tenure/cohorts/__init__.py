"""Cohorts by the calendar period of the first purchase: activity, revenue and survival.

Rows are cohorts, columns are ages: 0 is the period of the first purchase, 1 the next one (or
windows of days from each customer's own first purchase). Cells after the end of the observation
are empty (NaN), never 0. Transactions give activity and revenue (:func:`cohort_analysis`), a fitted
model gives survival (:func:`cohort_survival`).
"""

from tenure.cohorts._activity import cohort_analysis
from tenure.cohorts._survival import cohort_survival
from tenure.cohorts._table import Cohorts

__all__ = ["Cohorts", "cohort_analysis", "cohort_survival"]


def __dir__() -> list[str]:
    return sorted(__all__)
