"""Result of a cohort analysis: one row per cohort, one column per age."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from tenure.cohorts.calendar import CALENDAR_PERIODS

__all__ = ["Cohorts"]


@dataclass(frozen=True, repr=False)
class Cohorts:
    """Activity and revenue of cohorts of customers, by age.

    Every matrix has a row per cohort (a PeriodIndex) and a column per age in periods, 0 being the
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
    period : {"D", "W", "M", "Q", "Y"}
        The calendar period of the cohorts, and of the ages where there is no `window`.
    observation_end : str
        The last day observed.
    complete : bool
        Whether the last period was observed to its end. If not, the last cell of every row is of
        a shorter period than the others.
    notes : mapping
        Rows left out, and refunds.
    window : int or None
        Days of an age where ages count from each customer's own first purchase; None where they
        are calendar periods. Then an age is observed once it is over for the whole cohort, and
        `complete` is True.
    """

    sizes: pd.Series[Any]
    active: pd.DataFrame
    returned: pd.DataFrame
    revenue: pd.DataFrame | None
    period: str
    observation_end: str
    complete: bool
    notes: dict[str, int] = field(default_factory=dict)
    window: int | None = None

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
        """Return all matrices as one table, one row per cohort and observed age.

        Returns
        -------
        DataFrame
            ``cohort`` and ``calendar_period`` (text; the latter not with a `window`), ``age``,
            ``customers``, ``active``, ``retention``, ``returned``, ``return_rate``; with money
            ``revenue``, ``revenue_per_customer``, ``cumulative_revenue``,
            ``cumulative_revenue_per_customer``; ``complete``, whether the period was observed to
            its end.

        Examples
        --------
        >>> log = pd.DataFrame({"id": [1, 1, 2], "day": ["2024-01-05", "2024-02-01", "2024-02-29"]})
        >>> import tenure
        >>> table = tenure.cohort_analysis(log, customer="id", date="day").tidy()
        >>> table[["cohort", "age", "retention", "complete"]]
            cohort  age  retention  complete
        0  2024-01    0        1.0      True
        1  2024-01    1        1.0      True
        2  2024-02    0        1.0      True
        """
        observed = self.active.notna().to_numpy()
        row, age = np.nonzero(observed)
        periods = pd.PeriodIndex(self.sizes.index)
        columns: dict[str, Any] = {"cohort": periods.astype(str)[row]}
        complete: Any = True
        if self.window is None:
            calendar = periods.asi8[row] + age
            shown, place = np.unique(calendar, return_inverse=True)
            dates = periods[np.zeros(len(shown), dtype=np.int64)] + (shown - periods.asi8[0])
            names = dates.astype(str)
            columns["calendar_period"] = names[place]
            complete = self.complete | (calendar != (calendar.max() if len(calendar) else 0))
        columns["age"] = age
        columns["customers"] = self.sizes.to_numpy()[row]
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
        columns["complete"] = complete
        table: pd.DataFrame = pd.DataFrame(columns)
        return table

    def _per_customer(self, matrix: pd.DataFrame) -> pd.DataFrame:
        return matrix.div(self.sizes, axis=0)

    def _sentences(self) -> list[str]:
        words = CALENDAR_PERIODS[self.period]
        first, last = self.sizes.index[0], self.sizes.index[-1]
        lines = [
            f"{int(self.sizes.sum()):,} customers in {len(self.sizes):,} cohorts by {words}, "
            f"{first} to {last}, observed to {self.observation_end}"
        ]
        average = self.average_retention
        if len(average) > 1:
            when = f"in the {words} after their first"
            if self.window is not None:
                low, high = self.window + 1, 2 * self.window
                when = f"again in days {low:,} to {high:,}, the day of their first being day 1"
            lines.append(f"{average.iloc[1]:.1%} bought {when}")
        if not self.complete:
            lines.append(f"the last {words} is not over: its figures will still grow")
        return lines

    def __repr__(self) -> str:
        """Return the numbers of customers and cohorts, and the return rate."""
        return "\n".join(["<tenure.Cohorts>", *(f"  {line}" for line in self._sentences())])

    def _repr_html_(self) -> str:
        """Show the retention matrix, in a notebook."""
        shown = self.retention.iloc[-24:, :25]
        table = shown.apply(
            lambda column: ["" if np.isnan(share) else f"{share:.1%}" for share in column]
        )
        table.insert(0, "customers", self.sizes)
        text = "<br>".join(escape(line) for line in self._sentences())
        return f"<p>{text}</p>{table.to_html()}"
