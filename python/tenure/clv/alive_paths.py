"""P(alive) of customers over time, from the first purchase on."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd

from tenure import _engine
from tenure.exceptions import EmptyDataError, OptionError, UnitError
from tenure.fitters.continuous_time import TransactionFitter
from tenure.horizons import check_cells
from tenure.io.dates import parse_date, parse_dates
from tenure.io.validation import native_out, require_columns, to_pandas
from tenure.periods import PERIOD_DAYS, parse_period
from tenure.summary.purchase_counts import purchase_periods

__all__ = ["alive_paths"]

_GRAINS = ("h", "D")
_MOST_ROWS = 500_000_000


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

    The value at T periods after a customer's first purchase is what the model gives at that time:
    P(alive) given the purchases made by that time.

    Parameters
    ----------
    model : fitted purchase model
        `BetaGeoFitter`, `ModifiedBetaGeoFitter` or `ParetoNBDFitter`.
    transactions : dataframe
        One row per purchase: pandas, Polars, Arrow, DuckDB or anything else narwhals reads.
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
        Of the kind of `transactions`: a row for each customer
        and T = 0, 1, …, sorted by both: the customer, ``T``, ``frequency`` and ``recency`` at that
        time (in `period`) and ``p_alive``.

    Raises
    ------
    OptionError
        If the model is not a purchase model, an option is unknown, or the period is not known.
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
    if periods is not None and (
        isinstance(periods, bool) or not 0 <= periods < 1e18 or int(periods) != periods
    ):
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
    if observation_end is not None and end == end.normalize():
        end += pd.Timedelta(hours=23)  # all of that day
    found = purchase_periods(table[customer], dates, collapse=collapse, end=end)
    if not len(found.counts):
        raise EmptyDataError("no purchase is left: all lie after the end of the observation.")

    born = found.ordinals[np.cumsum(found.counts) - found.counts]
    grain = PERIOD_DAYS[collapse] / unit
    offsets = (found.ordinals - born.repeat(found.counts)) * np.float64(grain)
    if periods is None:
        last = pd.Period(end, freq=collapse).ordinal
        reach = np.floor((last - born) * grain * (1 + 1e-12)).astype(np.int64)
    else:
        reach = np.full(len(born), int(periods), dtype=np.int64)
    lengths = reach + 1
    check_cells(
        float(lengths.sum(dtype=np.float64)),
        _MOST_ROWS,
        f"observation_end={end:%Y-%m-%d}" if periods is None else f"periods={periods}",
        "rows (customers by periods)",
    )
    frequency, recency, age, p_alive = model._ask(
        _engine.Model.alive_paths, offsets, found.counts, lengths
    )
    columns = {
        customer: found.customers.repeat(lengths),
        "T": age,
        "frequency": frequency,
        "recency": recency,
        "p_alive": p_alive,
    }
    paths: pd.DataFrame = pd.DataFrame(columns, copy=False)
    return native_out(paths, transactions)


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
