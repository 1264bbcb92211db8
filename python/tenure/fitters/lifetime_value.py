"""Customer lifetime value in lifetimes' monthly steps."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure import _engine
from tenure._warnings import Notice
from tenure.exceptions import DataError, OptionError, UnitError, UnitWarning
from tenure.fitters._arguments import as_float, gather, period_of
from tenure.fitters.continuous_time import TransactionFitter
from tenure.horizons import check_growth
from tenure.io.validation import describe_rows

__all__ = ["PERIODS_A_MONTH", "lifetime_value"]

PERIODS_A_MONTH = {"W": 4.345, "M": 1.0, "D": 30, "H": 720}
"""Length of lifetimes' month in each of its units of time."""

LONGEST = 1200
"""Months, a hundred years: the longest horizon of a value."""

_PERIOD = {"W": "W", "M": "M", "D": "D", "H": "h"}


def lifetime_value(
    model: Any,
    frequency: Any,
    recency: Any,
    T: Any,
    monetary_value: Any,
    time: float = 12,
    discount_rate: float = 0.01,
    freq: str = "D",
    *,
    spending: tuple[_engine.Model, list[float], Any] | None = None,
    like: Any = None,
) -> pd.Series[float] | Any:
    r"""Return the value of the purchases of the next `time` months at `monetary_value` each.

    .. math:: \sum_{k=1}^{\lceil time \rceil} \frac{m\,[E(k f) - E((k-1) f)]}{(1 + d)^k}

    with E the expected purchases of the model and f the periods a month.

    Parameters
    ----------
    model : object with ``predict(t, frequency, recency, T)``
        The purchase model.
    frequency, recency, T, monetary_value : array_like
        Customers' history and the money expected of each purchase.
    time : float
        Months, rounded up.
    discount_rate : float
        Monthly discount rate d.
    freq : {"D", "W", "M", "H"}
        Unit of recency and T.
    spending : (_engine.Model, list of float, array_like), optional
        A spend model, its parameters and the purchases that `monetary_value` is the mean of: its
        expected spend takes the place of `monetary_value`. Only with a model of this package.
    like : dataframe, optional
        The table that the history comes from.

    Returns
    -------
    Series
        Named ``clv``, in money, with the index of `frequency`; of the kind of `like`.

    Raises
    ------
    KeyError
        If `freq` is another unit.
    UnitError
        If model and customers are known to be measured in different units.

    Warns
    -----
    UnitWarning
        If they are known to be measured in another unit than `freq`; the known one is used.
    """
    if freq not in PERIODS_A_MONTH:
        raise KeyError(f"freq={freq!r}: use one of {', '.join(PERIODS_A_MONTH)}")
    factor = _known_unit(freq, PERIODS_A_MONTH[freq], model, period_of(frequency, recency, T))
    if not (isinstance(time, Real) and 0 <= time <= LONGEST):
        raise OptionError(f"time={time!r}: expected a number of months from 0 to {LONGEST:,}.")
    if not (isinstance(discount_rate, Real) and -1 < discount_rate < np.inf):
        raise OptionError(f"discount_rate={discount_rate!r}: expected a monthly rate above -1.")
    vectors = {"frequency": frequency, "recency": recency, "T": T, "monetary_value": monetary_value}
    if spending is not None and spending[2] is not frequency:
        vectors["spend_count"] = spending[2]
    batch = gather(vectors, like=like)
    x, t_x, age, money = batch.columns[:4]
    months = np.arange(1, time + 1)
    check_growth(float(discount_rate), len(months), len(months))
    times, discounts = months * factor, (1.0 + discount_rate) ** -months
    if isinstance(model, TransactionFitter):
        question = _engine.Model.discounted_purchases
        steps = times.tolist(), discounts.tolist()
        count = batch.columns[4] if "spend_count" in vectors else x
        spend = None if spending is None else (*spending[:2], (count, money))
        values = model._ask(question, steps, (x, t_x, age), spend, index=batch.index)
    else:
        index = pd.RangeIndex(len(x)) if batch.index is None else batch.index
        history = [pd.Series(vector, index=index) for vector in (x, t_x, age)]
        values = _by_predict(model, times, discounts, history)
    if spending is None:
        with np.errstate(over="ignore"):
            np.multiply(money, values, out=values)
    _require_finite(values, money, batch.index)
    return batch.column(values, "clv")


def _require_finite(
    values: NDArray[np.float64], money: NDArray[Any], index: pd.Index[Any] | None
) -> None:
    """Raise where a value is more than any number; where money is missing, the value is too."""
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(values.sum()):
            return
    bad = ~np.isfinite(values) & ~np.isnan(money)
    if bad.any():
        labels = pd.RangeIndex(len(values)) if index is None else index
        raise DataError(
            f"The lifetime value is more than any number for {int(bad.sum())} customers: "
            f"{describe_rows(labels, bad, money)}, next to their monetary_value. Look for wrong "
            "amounts, or at the models' parameters.",
            column="monetary_value",
            rows=list(labels[bad][:5]),
            values=money[bad][:5].tolist(),
        )


def _known_unit(freq: str, factor: float, model: Any, customers: str | None) -> float:
    """Return the periods a month, of the known unit where `freq` contradicts it."""
    fitted = getattr(model, "period_", None)
    if fitted is not None and customers is not None and fitted != customers:
        raise UnitError(
            f"The model was fitted on time in period {fitted!r}, these customers are measured in "
            f"{customers!r}. Summarise them with period={fitted!r}."
        )
    known = fitted or customers
    if known is None or known == _PERIOD[freq]:
        return factor
    matching = [unit for unit, period in _PERIOD.items() if period == known]
    if not matching:
        raise UnitError(
            f"freq={freq!r} contradicts the data, whose time is in period {known!r}. Summarise "
            "with period 'D', 'W', 'M' or 'h', or use tenure.forecast: it knows units."
        )
    right = PERIODS_A_MONTH[matching[0]]
    Notice(
        UnitWarning,
        f"freq={freq!r} contradicts the data, which are in period {known!r}: the value was computed"
        f" for {known!r}. Pass freq={matching[0]!r}.",
        f"freq={freq!r} would take a month for {factor:g} periods; {right:g} were used. lifetimes"
        f" would have looked {factor / right:.3g} times as far ahead.",
    ).emit()
    return right


def _by_predict(
    model: Any,
    times: NDArray[np.float64],
    discounts: NDArray[np.float64],
    history: list[pd.Series[Any]],
) -> NDArray[np.float64]:
    """Sum the discounted purchases of a model that has ``predict`` only."""
    total = np.zeros(len(history[0]))
    before = 0.0 if len(times) == 0 else as_float("predict", model.predict(0.0, *history))
    for time, discount in zip(times, discounts, strict=True):
        until = as_float("predict", model.predict(time, *history))
        total += discount * (until - before)
        before = until
    return total
