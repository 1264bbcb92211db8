"""The steps from a table of customer totals to a prepared table and a customer summary."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure._warnings import Notice
from tenure.exceptions import (
    ConventionWarning,
    DataWarning,
    SameDayWarning,
    SelectedSampleWarning,
)
from tenure.io.column_names import with_safe_index
from tenure.io.dates import parse_dates
from tenure.io.provenance import provenance, with_provenance
from tenure.io.validation import describe_rows, numeric, row_error, to_pandas
from tenure.periods import period_days
from tenure.summary.capping import cap_parts
from tenure.summary.roles import resolve_roles
from tenure.summary.sample_selection import find_selection, selection_message
from tenure.summary.totals_checks import (
    TOTALS,
    analysis_day,
    by_customer,
    check_dates,
    check_orders,
    distinct,
    listed,
    parse_role_dates,
)

if TYPE_CHECKING:
    from tenure.summary.layouts import TotalsLayout

__all__ = [
    "CleanTotals",
    "Columns",
    "Convention",
    "Totals",
    "add_up",
    "clean_totals",
    "prepared_table",
    "totals_summary",
]

Convention: TypeAlias = Literal["repeat", "total"]
Columns: TypeAlias = Hashable | Sequence[Hashable]

_DAY = np.timedelta64(1, "D")
_Parts: TypeAlias = dict[Hashable, NDArray[np.float64]]


@dataclass(frozen=True)
class CleanTotals:
    """A table of customer totals whose columns have been checked and read."""

    frame: pd.DataFrame
    """The table, indexed by customer, its columns as they came."""
    roles: Mapping[str, Any]
    """Columns by role, lists of them for orders, spend and other_dates."""
    dates: Mapping[Hashable, pd.Series[Any]]
    """The columns of dates, parsed."""
    parts: _Parts
    """The columns of orders and spend, not capped."""
    end: pd.Timestamp
    """The analysis date."""
    counted: NDArray[np.float64]
    """Orders of each customer, not capped."""
    repeated: int
    """Rows left out because they repeat another."""
    selected: dict[str, Any] | None
    """How the customers were selected."""

    @property
    def first(self) -> pd.Series[Any]:
        """Dates of the first orders."""
        return self.dates[self.roles["first_order"]]

    @property
    def last(self) -> pd.Series[Any]:
        """Dates of the last orders."""
        return self.dates[self.roles["last_order"]]


@dataclass(frozen=True)
class Totals:
    """Orders and spend of each customer, added up over columns."""

    parts: _Parts
    caps: dict[str, Any]
    orders: NDArray[np.float64]
    spend: NDArray[np.float64]


def clean_totals(
    customers: Any,
    preset: str | TotalsLayout | None,
    given: Mapping[str, Any],
    *,
    analysis_date: Any,
    cap_outliers: bool,
    date_format: str | None,
    dayfirst: bool | None,
) -> CleanTotals:
    """Check and read the columns of a table of customer totals.

    Parameters
    ----------
    customers, preset, analysis_date, cap_outliers, date_format, dayfirst
        As for :func:`tenure.prepare_totals`.
    given : mapping
        Columns by role as the user named them; None where not named.

    Returns
    -------
    CleanTotals

    Raises
    ------
    EmptyDataError, ColumnError, DateError, DataError, OptionError
        As :func:`tenure.prepare_totals`.
    """
    frame = to_pandas(customers)
    named = resolve_roles(provenance(frame), preset, given)
    customer, first_order, last_order = (
        named[role] for role in ("customer", "first_order", "last_order")
    )
    order_columns, spend_columns = (listed(named[role], role) for role in ("orders", "spend"))
    other_dates = listed(named["other_dates"], "other_dates") if named["other_dates"] else []
    roles: dict[str, Any] = {"first_order": first_order, "last_order": last_order}
    roles |= {"orders": order_columns, "spend": spend_columns, "other_dates": other_dates}
    frame, repeated = by_customer(frame, customer, roles)
    distinct(first_order, last_order, order_columns, spend_columns, other_dates)

    dates = parse_role_dates(frame, first_order, last_order, date_format, dayfirst)
    for name in other_dates:
        if name not in dates:
            dates[name] = parse_dates(
                frame[name], name=name, format=date_format, dayfirst=dayfirst, allow_missing=True
            )
    first, last = dates[first_order], dates[last_order]
    check_dates(first, last)
    known = provenance(frame) or {}
    if not known and not isinstance(customers, pd.DataFrame):
        _warn_of_forgotten(frame, analysis_date, cap_outliers)
    if analysis_date is None and known.get("source") == "totals":
        analysis_date = known.get("observation_end")
    end = analysis_day(last, analysis_date, date_format, dayfirst)

    parts: _Parts = {c: numeric(frame, c, minimum=0, integer=True) for c in order_columns}
    parts |= {c: numeric(frame, c, minimum=0) for c in spend_columns}
    counted = _sum(frame, parts, order_columns)
    check_orders(frame.index, first, last, counted, order_columns)
    selected = find_selection(first, last, counted, [parts[c] for c in order_columns])
    return CleanTotals(
        frame, {"customer": customer, **roles}, dates, parts, end, counted, repeated, selected
    )


def add_up(clean: CleanTotals, *, cap_outliers: bool) -> Totals:
    """Add the parts of orders and spend up, after capping them where asked.

    Parameters
    ----------
    clean : CleanTotals
        The columns.
    cap_outliers : bool
        As for :func:`prepare_totals`.

    Returns
    -------
    Totals

    Raises
    ------
    DataError
        When values are too large to add up.
    """
    parts = dict(clean.parts)
    known = provenance(clean.frame) or {}
    caps = cap_parts(parts, clean.roles["orders"], known, cap_outliers=cap_outliers)
    orders, spend = (_sum(clean.frame, parts, clean.roles[r]) for r in ("orders", "spend"))
    no_spend = spend == 0
    if no_spend.any():
        Notice(
            DataWarning,
            f"{int(np.count_nonzero(no_spend)):,} customers with orders spent nothing; the spending"
            " model leaves them out. If their spend is missing, fill it in or drop those rows.",
            "They keep their purchases and have spend_count 0: "
            f"{describe_rows(clean.frame.index, no_spend, spend)}.",
        ).emit()
    return Totals(parts, caps, orders, spend)


def prepared_table(
    clean: CleanTotals, totals: Totals, *, kept_as: Mapping[Hashable, Hashable] | None = None
) -> pd.DataFrame:
    """Return the table that :func:`prepare_totals` gives.

    Parameters
    ----------
    clean : CleanTotals
        The columns.
    totals : Totals
        Their sums.
    kept_as : mapping, optional
        New names of columns of the caller's that would be taken for totals.

    Returns
    -------
    pandas.DataFrame
    """
    result = clean.frame.copy(deep=False)
    replaced: dict[Any, Any] = {**clean.dates, **totals.parts}
    for column, values in replaced.items():
        result[column] = values
    if kept_as:
        result = result.rename(columns=dict(kept_as))
    result["orders_total"], result["spend_total"] = totals.orders, totals.spend
    result, new = with_safe_index(result), dict(kept_as or {})
    if result.index.name != clean.frame.index.name:
        new[clean.roles["customer"]] = result.index.name
    roles = {
        role: [new.get(name, name) for name in names]
        if isinstance(names, list)
        else new.get(names, names)
        for role, names in clean.roles.items()
    }
    prepared: pd.DataFrame = with_provenance(result, **_knowledge(clean, totals), roles=roles)
    return prepared


def totals_summary(
    clean: CleanTotals, totals: Totals, period: str, convention: Convention
) -> pd.DataFrame:
    """Return the customer summary that :func:`summarize_totals` gives, and warn of what is odd.

    Parameters
    ----------
    clean : CleanTotals
        The columns.
    totals : Totals
        Their sums.
    period, convention : str
        As for :func:`summarize_totals`.

    Returns
    -------
    pandas.DataFrame
    """
    days = period_days(period)
    first, last, count = clean.first, clean.last, totals.orders
    mean_spend = totals.spend / count
    summary = pd.DataFrame(
        {
            "frequency": count - 1.0 if convention == "repeat" else count,
            "recency": (last - first).to_numpy() / _DAY / days,
            "T": (clean.end - first).to_numpy() / _DAY / days,
            "monetary_value": mean_spend,
            "orders": count,
            "spend_count": np.where(mean_spend > 0, count, 0.0),
        },
        index=clean.frame.index,
    )
    known = {**(provenance(clean.frame) or {}), **_knowledge(clean, totals)}
    known.pop("roles", None)  # columns of the table it was made from
    _warn_about(known, convention, count)
    known |= {"period": period, "collapse": "D", "convention": convention}
    summary = with_provenance(summary, **known)
    return summary


def _knowledge(clean: CleanTotals, totals: Totals) -> dict[str, Any]:
    """Return what a table made of totals remembers."""
    known, end = provenance(clean.frame) or {}, clean.end
    same_day = (clean.first == clean.last).to_numpy() & (clean.counted > 1)
    return {
        "observation_end": f"{end:%Y-%m-%d}" if end == end.normalize() else end.isoformat(),
        "source": "totals",
        "customers": len(clean.frame),
        "caps": totals.caps,
        "parts": known.get("parts", list(map(str, clean.parts))),
        "notes": {
            "same_day": int(np.count_nonzero(same_day)),
            "no_spend": int(np.count_nonzero(totals.spend == 0)),
            "repeated_rows": clean.repeated,
            "capped": sum(cap["above"] + cap["below"] for cap in totals.caps.values()),
        },
        "selected": clean.selected,
    }


def _warn_of_forgotten(frame: pd.DataFrame, analysis_date: Any, cap_outliers: bool) -> None:
    """Warn of a table that looks prepared and, being of another kind, cannot remember how."""
    if set(TOTALS) <= set(frame.columns) and (analysis_date is None or cap_outliers):
        Notice(
            DataWarning,
            "The analysis date and the caps are found anew, for the table does not remember how it"
            " was prepared. If it was, pass analysis_date=… and cap_outliers=False.",
            "It has orders_total and spend_total as prepare_totals makes them. pandas and Arrow"
            " tables remember their preparation, Polars has no place for it.",
        ).emit()


def _sum(frame: pd.DataFrame, parts: _Parts, columns: Sequence[Hashable]) -> NDArray[np.float64]:
    with np.errstate(over="ignore"):
        total: NDArray[np.float64] = sum((parts[c] for c in columns), np.zeros(len(frame)))
    if not np.isfinite(total).all():
        raise row_error(
            "values too large to add up",
            column=" + ".join(map(str, columns)),
            index=frame.index,
            mask=~np.isfinite(total),
            values=total,
            expected="finite totals",
        )
    return total


def _warn_about(known: dict[str, Any], convention: Convention, count: NDArray[np.float64]) -> None:
    same_day = known["notes"]["same_day"]
    if same_day:
        Notice(
            SameDayWarning,
            f"{same_day:,} of {len(count):,} customers placed two or more orders, all on one day,"
            " which a purchase rate explains badly. Count orders of one day as one where they"
            " belong together.",
            "They are kept, with recency 0: the models see repeat purchases made at once. Orders"
            " split over channels or shipments on one day may be one purchase.",
        ).emit()
    if convention == "total":
        mean = float(count.mean())
        share = f" (frequency is {mean / (mean - 1):.0%} of the right one)" if mean > 1 else ""
        Notice(
            ConventionWarning,
            f"convention='total' counts first orders as repeat purchases{share}, so purchases"
            " and revenue come out too high. Use convention='repeat' unless you reproduce such"
            " numbers.",
            f"Mean frequency is {mean:.2f} where the models mean {mean - 1:.2f}; expected"
            " purchases, CLV and the segments built on them change.",
        ).emit()
    if known["selected"]:
        Notice(
            SelectedSampleWarning,
            "The table holds a selection of customers, so repeat rates, P(alive) and CLV come out"
            " too high. Read the forecast as a ranking, or fit on all customers who ever bought.",
            selection_message(known["selected"]),
        ).emit()
