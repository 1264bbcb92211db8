"""Cohorts: customers by the calendar period of their first purchase, and what they did since.

Rows are cohorts, columns are ages: 0 is the period of the first purchase, 1 the next one (or
windows of days from each customer's own first purchase). What lies
after the end of the observation is empty (NaN), never 0. Transactions give who came back and what
they paid (:func:`cohort_analysis`); a fitted model gives who is still a customer
(:func:`cohort_survival`).
"""

from tenure.cohorts._activity import cohort_analysis
from tenure.cohorts._survival import cohort_survival
from tenure.cohorts._table import Cohorts

__all__ = ["Cohorts", "cohort_analysis", "cohort_survival"]


def __dir__() -> list[str]:
    return sorted(__all__)
