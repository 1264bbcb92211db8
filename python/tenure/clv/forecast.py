"""Customer lifetime value: each customer's expected purchases and their value.

The forecast reads a fitted purchase model, a fitted spend model and a customer summary, and
gives one row per customer. Units are checked: a summary keeps its period, horizons are stated in
months, weeks, days or the summary's own period, and nothing measured in two periods is mixed.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from tenure import _engine
from tenure._warnings import Notice
from tenure.exceptions import (
    DataError,
    DuplicateCustomerWarning,
    EmptyDataError,
    InfiniteMeanWarning,
    OptionError,
    UnitError,
)
from tenure.fitters import BaseFitter
from tenure.horizons import discount_steps, resolve_horizons, warn_of_week_months
from tenure.io.provenance import provenance
from tenure.io.validation import (
    describe_rows,
    indexed_by,
    native_out,
    numeric,
    require_columns,
    row_error,
    to_pandas,
)
from tenure.periods import convert, parse_period

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tenure.fitters import GammaGammaFitter
    from tenure.fitters.continuous_time import TransactionFitter

    Floats = NDArray[np.float64]

__all__ = ["forecast"]

NoMean = Literal["average", "raise", "missing"]


def forecast(
    purchase_model: TransactionFitter,
    spend_model: GammaGammaFitter | None,
    customers: Any,
    *,
    horizons: Sequence[float | str] | float | str = ("3M", "6M"),
    discount_rate: float = 0.01,
    discount_period: str = "M",
    period: str | None = None,
    customer: Hashable | None = None,
    no_mean: NoMean = "average",
) -> Any:
    r"""Forecast purchases, spend and lifetime value, one row per customer.

    The value over a horizon :math:`h` is the expected spend per purchase times the discounted
    expected purchases, in monthly steps as lifetimes takes them:

    .. math:: CLV_h = E[M] \sum_k \frac{E[Y(t_k)] - E[Y(t_{k-1})]}{(1 + d)^{t_k}},
       \qquad t_k = \min(k, h) \text{ months}, \; t_0 = 0

    Purchases are discounted from the end of their step. Where the horizon is not a whole number
    of months the last step is shorter and is discounted from its own end, the horizon. A month
    is 30.4375 days (a twelfth of 365.25).

    Parameters
    ----------
    purchase_model : BetaGeoFitter, ModifiedBetaGeoFitter or ParetoNBDFitter
        Fitted; gets the column ``frequency``, the *repeat* purchases, with ``recency`` and ``T``.
    spend_model : GammaGammaFitter or None
        Fitted; gets ``spend_count``, the number of purchases that ``monetary_value`` averages
        (``frequency`` where that column is absent). None forecasts purchases only.
    customers : DataFrame
        A customer summary, as :func:`tenure.summarize` and :func:`tenure.summarize_totals`
        return it, or any dataframe with these columns.
    horizons : sequence of float or str, default ("3M", "6M")
        Strings such as ``"3M"``, ``"26W"``, ``"90D"``, ``"1Y"``; plain numbers are in the
        summary's period.
    discount_rate : float, default 0.01
        Per ``discount_period``: 0.01 is one per cent a month.
    discount_period : {"M", "Y", "W", "D"}, default "M"
        What the rate refers to. The steps stay monthly.
    period : str, optional
        The period of ``recency``, ``T`` and plain-number horizons where the table does not
        remember one.
    customer : str, optional
        The column with the customer's id, where it is not the index: Polars and Arrow tables have
        none. PyArrow summaries of this package know theirs. Without it the forecast has a row for
        each row of the table, in its order.
    no_mean : {"average", "raise", "missing"}, default "average"
        What to do with customers for whom the spend model has no finite mean (Gamma-Gamma
        with :math:`px + q \le 1`): give them the average spend per purchase observed in the table,
        raise, or leave their spend and value missing. The first and the last give an
        :class:`~tenure.exceptions.InfiniteMeanWarning` that counts and names them.

    Returns
    -------
    DataFrame
        Of the kind of ``customers``, indexed as they are or with
        the customer as its first column: ``p_alive``, ``expected_purchases_<h>`` for each horizon
        and, with a spend model, ``expected_spend`` (money per purchase), ``clv_<h>``,
        ``clv_score`` (0 to 1, min–max) and ``clv_z`` (standardised), the last two of the longest
        horizon. :func:`tenure.provenance` returns the horizons and the discount.

    Raises
    ------
    DataError
        A column cannot be used; names it with the first bad rows.
    UnitError
        The models and the table are in different periods and cannot be reconciled, or a horizon
        is stated in months while the table's period is unknown.
    OptionError
        A horizon, a rate or ``no_mean`` is not an allowed value.
    NotFittedError
        A model has not been fitted.

    Warns
    -----
    DuplicateCustomerWarning
        Of customers who appear in several rows.
    InfiniteMeanWarning
        Of customers for whom the spend model has no finite mean.
    UnitWarning
        Of horizons in weeks where months may be meant.

    References
    ----------
    Fader, P. S., Hardie, B. G. S. and Lee, K. L. (2005), "'Counting Your Customers' the Easy
    Way", Marketing Science 24(2). Fader, P. S. and Hardie, B. G. S. (2013), "The Gamma-Gamma
    Model of Monetary Value".

    Examples
    --------
    >>> import tenure
    >>> customers = tenure.datasets.load_cdnow_summary_data_with_monetary_value()
    >>> purchases = tenure.BetaGeoFitter().fit(customers)
    >>> spend = tenure.GammaGammaFitter().fit(customers[customers["frequency"] > 0])
    >>> table = tenure.forecast(purchases, spend, customers, horizons="6M", period="W")
    >>> list(table.columns)[:3]
    ['p_alive', 'expected_purchases_6m', 'expected_spend']
    """
    table = indexed_by(to_pandas(customers), customer)
    if len(table) == 0:
        raise EmptyDataError("The customer table is empty: there are no customers to forecast.")
    if no_mean not in ("average", "raise", "missing"):
        raise OptionError(f"no_mean is {no_mean!r}; allowed are 'average', 'raise' and 'missing'.")
    twice = table.index.duplicated()
    if twice.any():
        Notice(
            DuplicateCustomerWarning,
            f"{int(twice.sum()):,} rows repeat a customer's id: these customers count several times"
            " in every sum. Give one row per customer.",
            "Each row has a forecast of its own. First repeated ids: "
            f"{', '.join(map(repr, table.index[twice][:3].tolist()))}.",
        ).emit()
    model, params = _fitted(purchase_model, "purchase_model")
    unit = _common_period(purchase_model, table, period)
    history = _purchase_columns(table, unit)
    known = resolve_horizons(horizons, unit.model)
    origin = provenance(table) or {}
    scripts = origin.get("convention") == "total"
    warn_of_week_months(known, unit.model, scripts=scripts)

    schedules = [([horizon.value], [1.0]) for horizon in known]
    if spend_model is not None:
        rate, each = discount_rate, discount_period
        schedules += [discount_steps(horizon, unit.model, rate, each) for horizon in known]
    p_alive, sums = model.purchases_ahead(params, schedules, history)
    columns: dict[str, Floats] = {"p_alive": p_alive}
    for horizon, purchases in zip(known, sums, strict=False):
        columns[f"expected_purchases_{horizon.label}"] = purchases
    if spend_model is not None:
        spend = _expected_spend(spend_model, table, no_mean)
        columns["expected_spend"] = spend
        with np.errstate(over="ignore"):  # what is infinite is refused by its rows
            for horizon, discounted in zip(known, sums[len(known) :], strict=True):
                columns[f"clv_{horizon.label}"] = np.multiply(spend, discounted, out=discounted)
    _require_finite(columns, table.index, allow_missing=no_mean == "missing")
    if spend_model is not None:
        longest = max(known, key=lambda horizon: horizon.value)
        value = columns[f"clv_{longest.label}"]
        scores = {"clv_score": _min_max(value), "clv_z": _standardised(value)}
        _require_finite(scores, table.index, allow_missing=no_mean == "missing")
        columns |= scores
    result: pd.DataFrame = pd.DataFrame(columns, index=table.index, copy=False)
    result.attrs["tenure"] = {
        **origin,
        "horizons": {horizon.label: horizon.value for horizon in known},
        "horizon_period": unit.model,
        "discount_rate": float(discount_rate),
        "discount_period": discount_period,
    }
    return native_out(result, customers)


@dataclass(frozen=True)
class _Unit:
    """The period of the table and the one the model was fitted in."""

    table: str | None
    model: str | None


def _common_period(model: Any, table: pd.DataFrame, period: str | None) -> _Unit:
    """Find the periods of table and model, or raise where only one of them can be known."""
    remembered = (provenance(table) or {}).get("period")
    if period is not None:
        period = parse_period(period)
        if remembered is not None and remembered != period:
            raise UnitError(
                f"The customer table is in periods of {remembered!r} and period={period!r} was"
                " given. Leave period out: the table knows its own."
            )
    of_table = remembered if remembered is not None else period
    of_model = getattr(model, "period_", None)
    if of_model is None:
        return _Unit(of_table, of_table)
    if of_table is None:
        raise UnitError(
            f"The purchase model was fitted in periods of {of_model!r}, and the period of this"
            f" customer table is not known. Say it with period={of_model!r}, if that is so."
        )
    return _Unit(of_table, of_model)


def _fitted(model: Any, role: str) -> tuple[_engine.Model, list[float]]:
    """Return the engine's model and its parameters."""
    if not isinstance(model, BaseFitter):
        raise OptionError(f"{role} is a {type(model).__name__}; expected a fitted model of tenure.")
    return model._model, model._values


def _purchase_columns(table: pd.DataFrame, unit: _Unit) -> tuple[Floats, Floats, Floats]:
    """Return frequency, recency and T, the latter two in the model's period."""
    require_columns(table, {"frequency": "frequency", "recency": "recency", "T": "T"})
    frequency = numeric(table, "frequency", minimum=0, integer=True)
    recency = numeric(table, "recency", minimum=0)
    age = numeric(table, "T", minimum=0)
    if unit.table is not None and unit.model is not None and unit.table != unit.model:
        factor = convert(1.0, unit.table, unit.model)
        recency, age = recency * factor, age * factor
    late = recency > age
    if late.any():
        raise row_error(
            "values larger than T",
            column="recency",
            index=table.index,
            mask=late,
            values=recency,
            expected="recency ≤ T in every row",
        )
    return frequency, recency, age


def _expected_spend(model: Any, table: pd.DataFrame, no_mean: NoMean) -> Floats:
    """Return the expected spend per purchase, by `no_mean` where the model has no finite mean."""
    engine, params = _fitted(model, "spend_model")
    require_columns(table, {"monetary_value": "monetary_value"})
    counted = "spend_count" if "spend_count" in table.columns else "frequency"
    count = numeric(table, counted, minimum=0, integer=True)
    money = numeric(table, "monetary_value", minimum=0)
    spend = engine.expected_spend(params, (count, money))
    absent = ~np.isfinite(spend)
    if not absent.any():
        return spend
    who = describe_rows(table.index, absent, count)
    what = (
        f"The spend model has no finite mean for {int(absent.sum())} of {len(table)} customers"
        f" (p·x + q ≤ 1, with x the {counted}): {who}"
    )
    if no_mean == "raise":
        raise DataError(
            f"{what}. Fit the spend model without a penalty or with q_constraint=True, leave"
            " these customers out, or pass no_mean='average' or 'missing'.",
            column=counted,
            rows=list(table.index[absent][:5]),
        )
    if no_mean == "missing":
        done = "Theirs and their value are missing (NaN)."
    else:
        total = float(count.sum())
        average = math.fsum(count * money) / total if total > 0 else math.nan
        if not math.isfinite(average):
            raise DataError(f"{what}. The table holds no spend to average instead.")
        spend = np.where(absent, average, spend)
        done = f"They got the table's average per purchase, {average:,.2f}."
    Notice(
        InfiniteMeanWarning,
        f"{int(absent.sum()):,} of {len(table):,} customers have no finite expected spend. {done}"
        " Fit the spend model without a penalty, or with q_constraint=True.",
        f"{what}.",
    ).emit()
    return spend


def _known(value: Floats) -> Floats:
    """Leave out what is missing."""
    return value[~np.isnan(value)] if value.size and np.isnan(value.min()) else value


def _min_max(value: Floats) -> Floats:
    """Scale to 0–1 by the smallest and largest; all equal gives 0, missing stays missing."""
    known = _known(value)
    span = float(np.ptp(known)) if known.size else 0.0
    scaled: Floats = value - (known.min() if span > 0 else value)
    return np.divide(scaled, span, out=scaled) if span > 0 else scaled


_LARGE = 1e150


def _standardised(value: Floats) -> Floats:
    """Subtract the mean and divide by the population standard deviation; all equal gives 0."""
    known = _known(value)
    largest = max(known.max(), -known.min()) if known.size else 0.0
    if largest > _LARGE:  # whose squares would overflow
        return _standardised(value / largest)
    spread = float(known.std()) if known.size and np.ptp(known) > 0 else 0.0
    centred: Floats = value - (known.mean() if spread > 0 else value)
    return np.divide(centred, spread, out=centred) if spread > 0 else centred


def _require_finite(
    columns: dict[str, Floats], index: pd.Index[Any], *, allow_missing: bool
) -> None:
    """Raise where a result is infinite, or missing where `no_mean` does not allow it."""
    for name, values in columns.items():
        bad = np.isinf(values) if allow_missing else ~np.isfinite(values)
        if bad.any():
            raise DataError(
                f"The forecast column {name!r} has no finite value for {int(bad.sum())} customers:"
                f" {describe_rows(index, bad, values)}. The model's parameters are too extreme for"
                " these customers; look at its fit_report_.",
                column=name,
                rows=list(index[bad][:5]),
            )
