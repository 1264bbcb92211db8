"""Survival of cohorts, expected under a fitted model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.cohorts._windows import MOST_CELLS
from tenure.cohorts.calendar import CALENDAR_PERIODS, parse_calendar, period_starts, to_periods
from tenure.exceptions import DataError, EmptyDataError, NotFittedError, OptionError, UnitError
from tenure.horizons import check_cells
from tenure.io.dates import parse_date
from tenure.io.provenance import provenance
from tenure.io.validation import numeric, require_columns, row_error, to_pandas
from tenure.periods import convert
from tenure.summary.exact_sums import grouped_sums

__all__ = ["cohort_survival"]

_SECONDS = 86_400


def cohort_survival(
    model: Any, customers: Any, *, period: str = "M", observation_end: Any = None
) -> pd.DataFrame:
    r"""Return the expected number of active customers of each cohort, by age.

    With :math:`S(t)` the model's survival of a new customer and :math:`d_i` the day of customer
    *i*'s first purchase, the survivors expected of a cohort at the end :math:`e` of a period are
    :math:`\sum_i S(e - d_i)`: what the model holds for customers of that age, whatever these
    bought. The row where the observation ends also has the cohort's mean P(alive), which is given
    what they bought. Activity is below survival: active customers do not buy in every period.

    Parameters
    ----------
    model : fitted purchase model
        BetaGeoFitter, ModifiedBetaGeoFitter or ParetoNBDFitter.
    customers : DataFrame
        A customer summary, as :func:`tenure.summarize` and :func:`tenure.summarize_totals`
        return it.
    period : {"M", "D", "W", "Q", "Y"}, default "M"
        Calendar period of the cohorts.
    observation_end : date-like, optional
        The day on which T was counted, where the table does not remember it.

    Returns
    -------
    DataFrame
        One row per cohort and age: ``cohort`` (text), ``age``, ``customers``, ``mean_age`` (since
        the first purchase, in the summary's period, at the end of the calendar period or of the
        observation), ``survival`` (expected share), ``survivors`` (expected customers) and
        ``p_alive`` (mean of the cohort, in the row where the observation ends; NaN in the others).

    Raises
    ------
    OptionError
        When the model has no survival in continuous time, the period is unknown, or there would
        be more than ten million days of first purchases × ages.
    UnitError
        When the period of the table is not known, or the model was fitted in another one.
    DataError, ColumnError
        When a column is missing or the end of the observation is not known.

    Examples
    --------
    >>> import tenure
    >>> log = tenure.datasets.load_cdnow_transactions()
    >>> summary = tenure.summarize(log, customer="customer_id", date="date", period="W")
    >>> model = tenure.BetaGeoFitter().fit(summary)
    >>> table = tenure.cohort_survival(model, summary, period="Q")
    >>> table["survivors"].round().to_list()
    [2253.0, 2117.0, 2025.0, 1956.0, 1902.0, 1856.0]
    """
    period = parse_calendar(period)
    if not hasattr(model, "survival"):
        raise OptionError(
            f"{type(model).__name__} has no survival in continuous time; use BetaGeoFitter, "
            "ModifiedBetaGeoFitter or ParetoNBDFitter."
        )
    if not hasattr(model, "params_"):
        raise NotFittedError("the model has not been fitted; call fit first.")
    table = to_pandas(customers)
    if table.empty:
        raise EmptyDataError("the customer table is empty: there are no cohorts to follow.")
    known = provenance(table) or {}
    unit = known.get("period")
    if unit is None:
        raise UnitError(
            "the customers' table does not say which period its T is in; make it with "
            "tenure.summarize or tenure.summarize_totals."
        )
    stated = known.get("observation_end") if observation_end is None else observation_end
    if stated is None:
        raise DataError(
            "the customers' table does not say when its observation ended; pass observation_end."
        )
    moment = parse_date(stated, name="observation_end")
    end = _day_of(moment)
    require_columns(table, {"frequency": "frequency", "recency": "recency", "T": "T"})
    T = numeric(table, "T", minimum=0)
    alive = np.asarray(model.conditional_probability_alive(table), dtype=np.float64)
    bad = ~np.isfinite(alive)
    if bad.any():
        raise row_error(
            "customers without a P(alive)",
            column="T",
            index=table.index,
            mask=bad,
            values=T,
            expected="recency ≤ T",
        )
    day = convert(1.0, "D", unit)
    # Where purchases were merged by calendar period, T runs from the start of one to another.
    grain = str(known.get("collapse"))
    counted = end
    if grain in CALENDAR_PERIODS and grain != "D":
        counted = int(period_starts(to_periods(end, grain), grain))
        moment = pd.Timestamp(np.datetime64(counted, "D"))
    since = counted * _SECONDS + (moment - moment.normalize()).seconds
    born = (since - np.rint(T / day * _SECONDS).astype(np.int64)) // _SECONDS
    return _survivors(model, born, alive, end, day, period)


def _survivors(
    model: Any,
    born: NDArray[np.int64],
    alive: NDArray[np.float64],
    end: int,
    day: float,
    period: str,
) -> pd.DataFrame:
    """Sum survival up over the distinct days of first purchases, not over customers."""
    days, place = np.unique(born, return_inverse=True)
    count = np.bincount(place)
    alive_on = grouped_sums(place, alive, len(days))
    of_day = to_periods(days, period)
    last = int(to_periods(end, period))
    cohorts, row = np.unique(of_day, return_inverse=True)
    check_cells(
        float(len(days)) * (last - int(cohorts[0]) + 1),
        MOST_CELLS,
        f"observation_end={np.datetime64(end, 'D')} with period={period!r}",
        "cells (days of first purchases by ages)",
    )
    customers = np.bincount(row, weights=count)
    p_alive = np.bincount(row, weights=alive_on) / customers
    parts = []
    for age in range(last - int(cohorts[0]) + 1):
        seen = of_day + age <= last
        if not seen.any():
            break
        ends = np.minimum(period_starts(of_day[seen] + age + 1, period) - 1, end)
        spans, which = np.unique(ends - days[seen], return_inverse=True)
        elapsed = spans[which] * day
        share = np.asarray(model.survival(spans * day), dtype=np.float64)[which]
        size = len(cohorts)
        survivors = np.bincount(row[seen], weights=count[seen] * share, minlength=size)
        mean_age = np.bincount(row[seen], weights=count[seen] * elapsed, minlength=size)
        here = np.flatnonzero(cohorts + age <= last)
        parts.append(
            pd.DataFrame(
                {
                    "place": here,
                    "age": age,
                    "customers": customers[here].astype(np.int64),
                    "mean_age": mean_age[here] / customers[here],
                    "survival": survivors[here] / customers[here],
                    "survivors": survivors[here],
                    "p_alive": np.where(cohorts[here] + age == last, p_alive[here], np.nan),
                }
            )
        )
    table = pd.concat(parts).sort_values(["place", "age"], ignore_index=True)
    starts = period_starts(cohorts, period).astype("M8[D]").astype("M8[s]")
    labels = pd.DatetimeIndex(starts).to_period(period).astype(str)
    table.insert(0, "cohort", labels[table.pop("place").to_numpy()])
    result: pd.DataFrame = table
    return result


def _day_of(moment: pd.Timestamp) -> int:
    return int(moment.to_datetime64().astype("M8[D]").astype(np.int64))
