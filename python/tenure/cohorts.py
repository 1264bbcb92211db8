"""Cohorts: customers by the calendar period of their first purchase, and what they did since.

Rows are cohorts, columns are ages: 0 is the period of the first purchase, 1 the next one. What lies
after the end of the observation is empty (NaN), never 0. Transactions give who came back and what
they paid (:func:`cohort_analysis`); a fitted model gives who is still a customer
(:func:`cohort_survival`).
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from html import escape
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.calendars import CALENDAR_PERIODS, period_starts, to_periods
from tenure.dates import parse_date, parse_dates
from tenure.exceptions import (
    ColumnError,
    DataError,
    DataWarning,
    EmptyDataError,
    NotFittedError,
    OptionError,
    RefundWarning,
    UnitError,
)
from tenure.frames import numeric, provenance, require_columns, row_error, to_pandas
from tenure.netting import net_refunds
from tenure.periods import convert
from tenure.verdict import Notice

__all__ = ["Cohorts", "cohort_analysis", "cohort_survival"]

Refunds = Literal["net", "drop", "keep"]
_REFUNDS = ("net", "drop", "keep")
_DENSE = 1 << 26


@dataclass(frozen=True, repr=False)
class Cohorts:
    """What cohorts of customers did, by age.

    Every matrix has a row a cohort (a PeriodIndex) and a column an age in periods, 0 being the
    period of the first purchase; what is not observed is NaN. Cohorts without customers are left
    out.

    Parameters
    ----------
    sizes : Series
        Customers of each cohort.
    active : DataFrame
        Customers with a purchase in the period.
    returned : DataFrame
        Customers with a purchase in a later period than the first, up to this one.
    revenue : DataFrame or None
        Money of the period; None where no amounts were given.
    period : {"W", "M", "Q", "Y"}
        The calendar period.
    observation_end : str
        The last day observed.
    complete : bool
        Whether the last period was observed to its end. If not, the last cell of every row is of
        a shorter period than the others.
    notes : mapping
        What was met on the way: rows left out, refunds.
    """

    sizes: pd.Series[Any]
    active: pd.DataFrame
    returned: pd.DataFrame
    revenue: pd.DataFrame | None
    period: str
    observation_end: str
    complete: bool
    notes: dict[str, int] = field(default_factory=dict)

    @property
    def retention(self) -> pd.DataFrame:
        """Share of the cohort with a purchase in the period; 1 at age 0."""
        return self._per_customer(self.active)

    @property
    def return_rate(self) -> pd.DataFrame:
        """Share of the cohort that has come back by this period; 0 at age 0."""
        return self._per_customer(self.returned)

    @property
    def revenue_per_customer(self) -> pd.DataFrame | None:
        """Money of the period over the customers of the cohort, active or not."""
        return None if self.revenue is None else self._per_customer(self.revenue)

    @property
    def cumulative_revenue(self) -> pd.DataFrame | None:
        """Money up to and with the period."""
        return None if self.revenue is None else self.revenue.cumsum(axis=1)

    @property
    def cumulative_revenue_per_customer(self) -> pd.DataFrame | None:
        """Money up to and with the period, over the customers of the cohort."""
        total = self.cumulative_revenue
        return None if total is None else self._per_customer(total)

    @property
    def average_retention(self) -> pd.Series[Any]:
        """Retention by age over all cohorts observed at that age, each customer counting once."""
        observed = self.active.notna().to_numpy()
        customers = self.sizes.to_numpy() @ observed
        share: pd.Series[Any] = (self.active.sum() / customers).rename("retention")
        return share

    def tidy(self) -> pd.DataFrame:
        """Return all matrices as one table, a row a cohort and observed age.

        Returns
        -------
        DataFrame
            ``cohort`` and ``calendar_period`` (text), ``age``, ``customers``, ``active``,
            ``retention``, ``returned``, ``return_rate``; with money ``revenue``,
            ``revenue_per_customer``, ``cumulative_revenue``, ``cumulative_revenue_per_customer``;
            ``complete``, whether the period was observed to its end.

        Examples
        --------
        >>> log = pd.DataFrame({"id": [1, 1, 2], "day": ["2024-01-05", "2024-02-01", "2024-02-29"]})
        >>> table = cohort_analysis(log, customer="id", date="day").tidy()
        >>> table[["cohort", "age", "retention", "complete"]]
            cohort  age  retention  complete
        0  2024-01    0        1.0      True
        1  2024-01    1        1.0      True
        2  2024-02    0        1.0      True
        """
        observed = self.active.notna().to_numpy()
        row, age = np.nonzero(observed)
        periods = pd.PeriodIndex(self.sizes.index)
        calendar = periods[row] + age
        last = max(calendar) if len(calendar) else None
        columns: dict[str, Any] = {
            "cohort": periods[row].astype(str),
            "calendar_period": calendar.astype(str),
            "age": age,
            "customers": self.sizes.to_numpy()[row],
        }
        matrices = {
            "active": self.active,
            "retention": self.retention,
            "returned": self.returned,
            "return_rate": self.return_rate,
            "revenue": self.revenue,
            "revenue_per_customer": self.revenue_per_customer,
            "cumulative_revenue": self.cumulative_revenue,
            "cumulative_revenue_per_customer": self.cumulative_revenue_per_customer,
        }
        for name, matrix in matrices.items():
            if matrix is not None:
                columns[name] = matrix.to_numpy()[row, age]
        for name in ("active", "returned"):
            columns[name] = columns[name].astype(np.int64)
        columns["complete"] = self.complete | (calendar != last)
        table: pd.DataFrame = pd.DataFrame(columns)
        return table

    def _per_customer(self, matrix: pd.DataFrame) -> pd.DataFrame:
        return matrix.div(self.sizes, axis=0)

    def _sentences(self) -> list[str]:
        words = CALENDAR_PERIODS[self.period]
        first, last = self.sizes.index[0], self.sizes.index[-1]
        lines = [
            f"{int(self.sizes.sum()):,} customers in {len(self.sizes):,} cohorts by {words}, {first} "
            f"to {last}, observed to {self.observation_end}"
        ]
        average = self.average_retention
        if len(average) > 1:
            lines.append(f"{average.iloc[1]:.1%} bought in the {words} after their first")
        if not self.complete:
            lines.append(f"the last {words} is not over: its figures will still grow")
        return lines

    def __repr__(self) -> str:
        """Say how many customers and cohorts there are, and how many came back."""
        return "\n".join(["<tenure.Cohorts>", *(f"  {line}" for line in self._sentences())])

    def _repr_html_(self) -> str:
        """Show the retention matrix, in a notebook."""
        shown = self.retention.iloc[-24:, :25]
        table = shown.map(lambda share: "" if np.isnan(share) else f"{share:.1%}")
        table.insert(0, "customers", self.sizes)
        text = "<br>".join(escape(line) for line in self._sentences())
        return f"<p>{text}</p>{table.to_html()}"


def cohort_analysis(
    transactions: Any,
    *,
    customer: Hashable,
    date: Hashable,
    amount: Hashable | None = None,
    period: str = "M",
    observation_end: Any = None,
    refunds: Refunds = "net",
    drop_incomplete: bool = False,
    date_format: str | None = None,
    dayfirst: bool | None = None,
) -> Cohorts:
    """Follow cohorts of customers through the calendar.

    A customer's cohort is the calendar period of the first purchase. Where the table starts later
    than the business, customers of old turn up in the first cohorts: read those with care.

    Parameters
    ----------
    transactions : dataframe
        One row a transaction, in any order: pandas, Polars, PyArrow, DuckDB or Spark.
    customer, date : str
        Columns with the customer's id and the date, as for :func:`tenure.summarize`.
    amount : str, optional
        Column with the money of each transaction.
    period : {"M", "W", "Q", "Y"}, default "M"
        Calendar months, weeks (from Monday), quarters or years.
    observation_end : date-like, optional
        Last day of the observation; later rows are left out. The last date in the table by default.
    refunds : {"net", "drop", "keep"}
        What to do with negative amounts, as in :func:`tenure.summarize`. With ``"net"`` a refund
        lowers the revenue of the period of the purchase that it takes back.
    drop_incomplete : bool
        Whether to leave the last period out where the observation ends before it does.
    date_format, dayfirst
        How to read dates, where the column does not show it.

    Returns
    -------
    Cohorts

    Raises
    ------
    ColumnError, DateError, EmptyDataError, DataError, OptionError
        When a column is missing, a date or amount cannot be used, or no purchase is left.

    Warns
    -----
    DataWarning
        Of rows without a customer.
    RefundWarning
        Of negative amounts, with what was done to them.

    Examples
    --------
    >>> import tenure
    >>> log = tenure.datasets.load_cdnow_transactions()
    >>> found = cohort_analysis(log, customer="customer_id", date="date", amount="dollar_value")
    >>> found.sizes.to_list()
    [781, 857, 719]
    >>> found.retention.iloc[0, :3].round(3).to_list()
    [1.0, 0.159, 0.122]
    """
    _one_of("period", period, tuple(CALENDAR_PERIODS))
    _one_of("refunds", refunds, _REFUNDS)
    table = to_pandas(transactions)
    require_columns(table, {"customer": customer, "date": date, "amount": amount})
    dates = parse_dates(table[date], name=date, format=date_format, dayfirst=dayfirst)
    amounts = None if amount is None else numeric(table, amount)
    codes = _codes(table[customer], customer)
    days = dates.to_numpy().astype("M8[D]").astype(np.int64)
    if not len(days):
        raise EmptyDataError("the table of transactions has no rows.")
    notes: dict[str, int] = {"without_customer": int(np.count_nonzero(codes < 0))}
    end = int(days.max())
    if observation_end is not None:
        moment = parse_date(
            observation_end, name="observation_end", format=date_format, dayfirst=dayfirst
        )
        end = int(moment.to_datetime64().astype("M8[D]").astype(np.int64))
    notes["after_end"] = int(np.count_nonzero(days > end))
    complete = int(period_starts(to_periods(end, period) + 1, period)) == end + 1
    if drop_incomplete and not complete:
        end, complete = int(period_starts(to_periods(end, period), period)) - 1, True
    kept = (codes >= 0) & (days <= end)
    if not kept.all():
        codes, days = codes[kept], days[kept]
        amounts = None if amounts is None else amounts[kept]
    if amounts is not None:
        codes, days, amounts, met = net_refunds(codes, days, amounts, refunds)
        notes.update(met)
    _warn(notes, customer, amount, refunds)
    if not len(codes):
        raise EmptyDataError(
            f"no purchase is left of the {len(table):,} transactions up to {np.datetime64(end, 'D')}."
        )
    return _counted(codes, days, amounts, period, end, complete, notes)


def _counted(
    codes: NDArray[np.int64],
    days: NDArray[np.int64],
    amounts: NDArray[np.float64] | None,
    period: str,
    end: int,
    complete: bool,
    notes: dict[str, int],
) -> Cohorts:
    """Count who bought in which period, by cohort and age."""
    when = to_periods(days, period)
    n = int(codes.max()) + 1
    born = np.full(n, np.iinfo(np.int64).max)
    np.minimum.at(born, codes, when)
    known = born < np.iinfo(np.int64).max
    cohorts, place = np.unique(born[known], return_inverse=True)
    row = np.full(n, -1, dtype=np.int64)
    row[known] = place
    last = int(to_periods(end, period))
    width = last - int(cohorts[0]) + 1
    shape = len(cohorts), width
    age = when - born[codes]

    who, ages = _once_each(codes, age, n, width)
    active = np.bincount(row[who] * width + ages, minlength=shape[0] * width).reshape(shape)
    later = ages > 0
    back = np.full(n, width)
    np.minimum.at(back, who[later], ages[later])
    came = back < width
    first_back = np.bincount(row[came] * width + back[came], minlength=shape[0] * width)
    returned = first_back.reshape(shape).cumsum(axis=1)

    observed = cohorts[:, None] + np.arange(width) <= last
    starts = period_starts(cohorts, period).astype("M8[D]").astype("M8[s]")
    index = pd.DatetimeIndex(starts).to_period(period)
    index.name = "cohort"
    columns = pd.RangeIndex(width, name="age")

    def matrix(values: NDArray[Any]) -> pd.DataFrame:
        return pd.DataFrame(np.where(observed, values, np.nan), index=index, columns=columns)

    revenue = None
    if amounts is not None:
        sums = np.bincount(row[codes] * width + age, weights=amounts, minlength=shape[0] * width)
        revenue = matrix(sums.reshape(shape))
    return Cohorts(
        sizes=pd.Series(active[:, 0], index=index, name="customers"),
        active=matrix(active),
        returned=matrix(returned),
        revenue=revenue,
        period=period,
        observation_end=str(np.datetime64(end, "D")),
        complete=complete,
        notes={name: count for name, count in notes.items() if count},
    )


def _once_each(
    codes: NDArray[np.int64], age: NDArray[np.int64], n: int, width: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """List each customer's ages with a purchase, each once."""
    key = codes * width + age
    if n * width <= max(_DENSE, 8 * len(key)):
        seen = np.zeros(n * width, dtype=bool)
        seen[key] = True
        key = np.flatnonzero(seen)
    else:
        key = np.unique(key)
    return key // width, key % width


def _codes(ids: pd.Series[Any], name: Hashable) -> NDArray[np.int64]:
    """Give customers numbers, −1 to rows without one."""
    try:
        codes, _ = pd.factorize(ids)
    except TypeError as error:
        raise ColumnError(
            f"column {name!r} holds values that cannot be customer ids ({error}); expected numbers "
            "or text.",
            column=str(name),
            expected="numbers or text",
        ) from None
    return codes.astype(np.int64, copy=False)


def _warn(notes: dict[str, int], customer: Hashable, amount: Hashable | None, how: str) -> None:
    if notes["without_customer"]:
        Notice(
            DataWarning,
            f"{notes['without_customer']:,} transactions have no {customer!r}; they are left out.",
        ).emit()
    if not notes.get("refunds"):
        return
    text = f"{notes['refunds']:,} transactions have a negative {amount!r}: "
    if how == "keep":
        text += "they count as purchases of negative money, as refunds='keep' says"
    elif how == "drop":
        text += "they are left out, so revenue ignores what was given back"
    else:
        text += "they are taken off the purchases before them, in the period of the purchase"
        if notes["cancelled"]:
            text += f"; {notes['cancelled']:,} purchases were taken back in full and count as none"
        if notes["unmatched_refunds"]:
            text += (
                f"; {notes['unmatched_refunds']:,} exceed all that the customer had paid in the "
                "table, and the excess is ignored"
            )
    Notice(RefundWarning, text + ".").emit()


def cohort_survival(
    model: Any, customers: Any, *, period: str = "M", observation_end: Any = None
) -> pd.DataFrame:
    r"""Expect how many customers of each cohort are still customers, by age.

    With :math:`S(t)` the model's survival of a new customer and :math:`d_i` the day of customer
    *i*'s first purchase, the survivors expected of a cohort at the end :math:`e` of a period are
    :math:`\sum_i S(e - d_i)`: what the model holds for customers of that age, whatever these
    bought. Beside it stands, where the observation ends, the mean P(alive) of the cohort, which is
    given what they bought. Activity lies below survival: nobody buys in every period.

    Parameters
    ----------
    model : fitted model of buying
        BetaGeoFitter, ModifiedBetaGeoFitter or ParetoNBDFitter.
    customers : DataFrame
        A customer summary, as :func:`tenure.summarize` and :func:`tenure.summarize_totals`
        return it.
    period : {"M", "W", "Q", "Y"}, default "M"
        Calendar period of the cohorts.
    observation_end : date-like, optional
        The day on which T was counted, where the table does not remember it.

    Returns
    -------
    DataFrame
        One row a cohort and age: ``cohort`` (text), ``age``, ``customers``, ``mean_age`` (since the
        first purchase, in the summary's period, at the end of the calendar period or of the
        observation), ``survival`` (expected share), ``survivors`` (expected customers) and
        ``p_alive`` (mean of the cohort, in the row where the observation ends; NaN in the others).

    Raises
    ------
    OptionError
        When the model has no survival in continuous time, or the period is unknown.
    UnitError
        When the table does not say its period, or the model was fitted in another one.
    DataError, ColumnError
        When a column is missing or the end of the observation is not known.

    Examples
    --------
    >>> import tenure
    >>> log = tenure.datasets.load_cdnow_transactions()
    >>> summary = tenure.summarize(log, customer="customer_id", date="date", period="W")
    >>> model = tenure.BetaGeoFitter().fit(summary)
    >>> table = cohort_survival(model, summary, period="Q")
    >>> table.loc[0, ["cohort", "customers"]].to_list()
    ['1997Q1', 2357]
    """
    _one_of("period", period, tuple(CALENDAR_PERIODS))
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
    end = int(parse_date(stated, name="observation_end").to_datetime64().astype("M8[D]").astype(int))
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
    born = end - np.rint(T / day).astype(np.int64)
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
    alive_on = np.bincount(place, weights=alive)
    of_day = to_periods(days, period)
    last = int(to_periods(end, period))
    cohorts, row = np.unique(of_day, return_inverse=True)
    customers = np.bincount(row, weights=count)
    p_alive = np.bincount(row, weights=alive_on) / customers
    parts = []
    for age in range(last - int(cohorts[0]) + 1):
        seen = of_day + age <= last
        if not seen.any():
            break
        ends = np.minimum(period_starts(of_day[seen] + age + 1, period) - 1, end)
        elapsed = (ends - days[seen]) * day
        share = np.asarray(model.survival(elapsed), dtype=np.float64)
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


def _one_of(option: str, value: Any, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise OptionError(f"{option}={value!r}; use one of {', '.join(map(repr, allowed))}.")
