"""P(alive) of customers over time, from the first purchase on."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure import _engine
from tenure.dates import parse_date, parse_dates
from tenure.exceptions import EmptyDataError, OptionError, UnitError
from tenure.fitters._transactions import TransactionFitter
from tenure.frames import native_out, require_columns, to_pandas
from tenure.periods import PERIOD_DAYS, parse_period
from tenure.transactions import purchase_periods

__all__ = ["alive_paths", "follow"]

_Floats = NDArray[np.float64]

_GRAINS = ("h", "D")


def alive_paths(
    model: TransactionFitter,
    transactions: Any,
    *,
    customer: Hashable,
    date: Hashable,
    period: str | None = None,
    collapse: str = "D",
    periods: int | None = None,
    observation_end: Any = None,
    date_format: str | None = None,
    dayfirst: bool | None = None,
) -> Any:
    """Follow the probability of being alive of many customers, period after period.

    At T periods after a customer's first purchase stands what the model would have said then:
    P(alive) given the purchases made by that time.

    Parameters
    ----------
    model : fitted model of buying
        `BetaGeoFitter`, `ModifiedBetaGeoFitter` or `ParetoNBDFitter`.
    transactions : dataframe
        One row a purchase: pandas, Polars, Arrow, DuckDB or anything else narwhals reads.
    customer, date : str
        Columns with the customer's id and the date.
    period : {"h", "D", "W", "M", "Y"}, optional
        Unit of the model's time, and the step of the path; the one the model was fitted in where
        that is known. A month is 30.4375 days, a year 365.25.
    collapse : {"h", "D"}
        Purchases of a customer within one such calendar period are one, as in
        :func:`tenure.summarize`.
    periods : int, optional
        How many periods to follow everyone for; up to the end of the observation when not given.
    observation_end : date-like, optional
        Last day of the observation; later rows are left out. The last date in the table when not
        given.
    date_format, dayfirst
        As for :func:`tenure.summarize`.

    Returns
    -------
    DataFrame
        Of the kind of `transactions` (:func:`tenure.frames.native_out`): a row for each customer
        and T = 0, 1, …, sorted by both: the customer, ``T``, ``frequency`` and ``recency`` at that
        time (in `period`) and ``p_alive``.

    Raises
    ------
    OptionError
        If the model is not one of buying, an option is unknown, or the period is not known.
    UnitError
        If the model was fitted in another period than `period`.
    ColumnError, DateError, EmptyDataError
        When a column is missing, a date cannot be used, or there is no purchase.

    Examples
    --------
    >>> from tenure import BetaGeoFitter
    >>> from tenure.datasets import load_cdnow_transactions
    >>> model = BetaGeoFitter()
    >>> model.params_ = {"r": 0.24, "alpha": 4.41, "a": 0.79, "b": 2.43}
    >>> paths = alive_paths(
    ...     model, load_cdnow_transactions(), customer="customer_id", date="date", period="W"
    ... )
    >>> paths.columns.tolist()
    ['customer_id', 'T', 'frequency', 'recency', 'p_alive']
    """
    if not isinstance(model, TransactionFitter):
        raise OptionError(
            f"model is a {type(model).__name__}; expected a BetaGeoFitter, ModifiedBetaGeoFitter "
            "or ParetoNBDFitter."
        )
    unit = PERIOD_DAYS[_period(model, period)]
    if collapse not in _GRAINS:
        raise OptionError(f"collapse={collapse!r}: use one of {', '.join(_GRAINS)}.")
    if periods is not None and (isinstance(periods, bool) or not 0 <= int(periods) == periods):
        raise OptionError(f"periods={periods!r}: expected a whole number of 0 or more.")
    table = to_pandas(transactions)
    require_columns(table, {"customer": customer, "date": date})
    dates = parse_dates(table[date], name=date, format=date_format, dayfirst=dayfirst)
    end = dates.max()
    if observation_end is not None:
        end = parse_date(
            observation_end, name="observation_end", format=date_format, dayfirst=dayfirst
        )
    if pd.isna(end):
        raise EmptyDataError("the table of transactions has no rows.")
    last = pd.Period(end, freq=collapse)
    if observation_end is not None and end == end.normalize():  # all of that day
        last = pd.Period(end + pd.Timedelta(days=1), freq=collapse) - 1
    found = purchase_periods(table[customer], dates, collapse=collapse, last=last)
    if not len(found.first):
        raise EmptyDataError("no purchase is left: all lie after the end of the observation.")

    ordinals, starts = found.periods.asi8, np.flatnonzero(found.first)
    counts = np.diff(np.append(starts, len(ordinals)))
    grain = PERIOD_DAYS[collapse] / unit
    offsets: _Floats = (ordinals - np.repeat(ordinals[starts], counts)) * np.float64(grain)
    if periods is None:
        reach = np.floor((last.ordinal - ordinals[starts]) * grain * (1 + 1e-12)).astype(np.int64)
    else:
        reach = np.full(len(starts), int(periods), dtype=np.int64)
    lengths = reach + 1
    frequency, recency, age = follow(offsets, counts, lengths)
    p_alive = model._ask(_engine.probability_alive, frequency, recency, age)
    owners = found.customers[starts]
    paths: pd.DataFrame = pd.DataFrame(
        {
            customer: owners.repeat(lengths),
            "T": age,
            "frequency": frequency,
            "recency": recency,
            "p_alive": p_alive,
        }
    )
    return native_out(paths, transactions)


def follow(
    offsets: _Floats, counts: NDArray[np.int64], lengths: NDArray[np.int64]
) -> tuple[_Floats, _Floats, _Floats]:
    """Return frequency, recency and T of customers at T = 0, 1, …, one customer after the other.

    Parameters
    ----------
    offsets : ndarray
        Times of their purchases since the first, which is at 0; ascending, customer by customer.
    counts, lengths : ndarray
        For each customer, how many purchases there are and how many times to look at.
    """
    total = int(lengths.sum())
    begins = np.cumsum(lengths) - lengths
    owner = np.repeat(np.arange(len(counts)), counts)
    # A purchase that falls between two times is known at the second, whatever rounding did to it.
    known = np.ceil(offsets * (1 - 1e-12)).astype(np.int64)
    within = known < lengths[owner]
    places, times = (begins[owner] + known)[within], offsets[within]
    bought = np.bincount(places, minlength=total)
    latest = np.zeros(total)
    latest[places] = times  # of several at one place the last one stays
    so_far = np.cumsum(bought)
    frequency = (so_far - np.repeat(so_far[begins], lengths)).astype(np.float64)
    frequency += np.repeat(bought[begins] - 1.0, lengths)
    seen = np.maximum.accumulate(np.where(bought > 0, np.arange(total), 0))
    age: _Floats = np.arange(total, dtype=np.float64) - np.repeat(begins, lengths)
    return frequency, np.minimum(latest[seen], age), age


def _period(model: TransactionFitter, period: str | None) -> str:
    fitted = model.period_
    if period is None:
        if fitted is None:
            raise OptionError(
                "The period of the model is not known: say it with period='W', if it was fitted on "
                "time in weeks."
            )
        return fitted
    code = parse_period(period)
    if fitted is not None and fitted != code:
        raise UnitError(
            f"The model was fitted on time in period {fitted!r} and period={period!r} was given. "
            "Leave period out: the model knows its own."
        )
    return code
