"""RFM in one step, from purchases or from totals."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tenure._choices import Names, Ties
from tenure.exceptions import ColumnError, OptionError
from tenure.io.dates import parse_dates
from tenure.io.provenance import provenance, with_provenance
from tenure.io.validation import check_names, native_out, numeric, to_pandas
from tenure.rfm.assign import rfm_segments
from tenure.rfm.maps import MEASURES, STANDARD_MAP, SegmentMap
from tenure.rfm.maps import segment_map as make_map
from tenure.rfm.schemes import Bins
from tenure.rfm.scores import rfm_scores
from tenure.summary.inputs import ORDERS, SPEND, from_transactions
from tenure.summary.roles import TOTALS_ROLES, Columns, require_roles, resolve_roles
from tenure.summary.totals_checks import analysis_day, by_customer, listed

if TYPE_CHECKING:
    from tenure.summary.layouts import TotalsLayout

__all__ = ["rfm_table"]


def rfm_table(
    data: Any,
    *,
    preset: str | TotalsLayout | None = None,
    customer: Hashable | None = None,
    date: Hashable | None = None,
    amount: Hashable | None = None,
    last_order: Hashable | None = None,
    orders: Hashable | Sequence[Hashable] | None = None,
    spend: Hashable | Sequence[Hashable] | None = None,
    analysis_date: Any = None,
    bins: Bins = 5,
    ties: Ties = "average",
    weights: Mapping[str, float] | None = None,
    separator: str | None = None,
    segments: bool = True,
    segment_map: Any = None,
    names: Names = "standard",
    date_format: str | None = None,
    dayfirst: bool | None = None,
) -> Any:
    """Score and segment customers in one step, from purchases or from totals.

    Parameters
    ----------
    data : dataframe
        One row per purchase (name `date`, and `amount` where money is known), or one row per
        customer (name `last_order` and `orders`, and `spend` where money is known).
    preset : {"flo"} or Preset, optional
        A known layout of one row per customer, which names the columns. A table that
        :func:`tenure.prepare_totals` made remembers its columns and needs neither.
    customer : str, optional
        Column with the customer's id.
    date, amount : str, optional
        Day and money of a purchase. Purchases of one day are one order; refunds (negative amounts)
        are taken off the purchases before them, as :func:`tenure.summarize` does.
    last_order : str, optional
        Date of a customer's last order.
    orders, spend : str or list of str, optional
        A customer's orders and money; several columns are added up.
    analysis_date : date or str, optional
        The day recency is counted from, in days. When left out: for purchases the last day in the
        table, for totals two days after the last order. Purchases after it are left out.
    bins, ties, weights, separator
        As for :func:`tenure.rfm_scores`.
    segments : bool
        Whether to add ``segment``; False gives the scores alone.
    segment_map, names
        As for :func:`tenure.rfm_segments`; a mapping is for the scores that `bins` makes.
    date_format : str, optional
        Format of the dates, where they are text and should not be guessed.
    dayfirst : bool, optional
        Whether dates such as 03/04/2021 mean 3 April; decided from the data when left out.

    Returns
    -------
    dataframe
        Of the kind of `data`, by customer:
        what :func:`tenure.rfm_scores` returns and ``segment``, which is left out where there are
        other scores than 1 to 5 and no `segment_map` for them. Sorted by
        customer from purchases; in the order of the rows from totals.

    Raises
    ------
    ColumnError
        When the columns named are neither those of purchases nor those of totals, or are missing.
    OptionError
        When no column of ids is named, there is no such preset, or `segment_map` is given where
        no segments are wanted.
    DataError, DateError, EmptyDataError, OptionError
        As :func:`tenure.rfm_scores` and :func:`tenure.rfm_segments`; also when a customer stands
        in several rows of totals.

    Warns
    -----
    RefundWarning, DataWarning, DuplicateCustomerWarning
        As :func:`tenure.summarize` and :func:`tenure.prepare_totals`.

    Examples
    --------
    >>> purchases = pd.DataFrame({
    ...     "id": ["a", "a", "b"],
    ...     "day": ["2024-01-01", "2024-03-01", "2024-01-08"],
    ...     "paid": [10.0, 12.0, 7.0],
    ... })
    >>> table = rfm_table(purchases, customer="id", date="day", amount="paid",
    ...                   analysis_date="2024-03-31")
    >>> table[["recency", "frequency", "monetary", "RFM_SCORE", "segment"]]
        recency  frequency  monetary RFM_SCORE      segment
    id
    a      30.0        2.0      22.0       555    champions
    b      83.0        1.0       7.0       111  hibernating
    """
    check_names({"customer": customer, "date": date, "amount": amount})
    if not segments and segment_map is not None:
        raise OptionError("segments=False leaves the segments out; segment_map is of no use then.")
    frame = to_pandas(data)
    of_purchases = {"date": date, "amount": amount}
    of_totals = {"last_order": last_order, "orders": orders, "spend": spend}
    remembered = provenance(frame) or {}
    nothing = not any(c is not None for c in (*of_purchases.values(), *of_totals.values()))
    if preset is not None or (nothing and "roles" in remembered):
        named = resolve_roles(
            remembered, preset, {"customer": customer, **of_totals}, needed=TOTALS_ROLES[:1]
        )
        customer = named.pop("customer")
        of_totals = named
        last_order, orders, spend = named.values()
    require_roles({"customer": customer}, ("customer",))
    said = [
        {role for role, column in roles.items() if column is not None}
        for roles in (of_purchases, of_totals)
    ]
    if said[0] and not said[1] and "date" in said[0]:
        history, recency = _of_purchases(
            frame, customer, date, amount, analysis_date, date_format, dayfirst
        )
    elif said[1] and not said[0] and {"last_order", "orders"} <= said[1]:
        history, recency = _of_totals(
            frame, customer, last_order, orders, spend, analysis_date, date_format, dayfirst
        )
    else:
        given = ", ".join(
            f"{role}=" for role in [*of_purchases, *of_totals] if role in set().union(*said)
        )
        raise ColumnError(
            f"rfm_table got {given or 'no columns'}: give date= (and amount=) for a table with one "
            "row per purchase, or last_order= and orders= (and spend=) for one row per customer."
        )
    table = rfm_scores(
        history,
        recency=recency,
        frequency=ORDERS,
        monetary=SPEND if SPEND in history.columns else None,
        bins=bins,
        ties=ties,
        weights=weights,
        separator=separator,
    )
    chosen = _map_for(segment_map, table, separator) if segments else None
    if chosen is not None:
        table["segment"] = rfm_segments(table, names=names, segment_map=chosen)
    return native_out(table, data)


def _map_for(given: Any, scores: pd.DataFrame, separator: str | None) -> SegmentMap | None:
    """Return the map for the scores there are; None where there is none for so many of them."""
    if isinstance(given, SegmentMap):
        return given
    made = (provenance(scores) or {}).get("rfm_bins") or {}
    bins = [made.get(MEASURES[letter]) for letter in STANDARD_MAP.on]
    if given is None:
        return STANDARD_MAP if bins == list(STANDARD_MAP.bins) or None in bins else None
    counted = [5 if count is None else count for count in bins]
    return make_map(given, bins=counted, separator=separator)


def _of_purchases(
    frame: pd.DataFrame,
    customer: Hashable | None,
    date: Hashable | None,
    amount: Hashable | None,
    analysis_date: Any,
    date_format: str | None,
    dayfirst: bool | None,
) -> tuple[pd.DataFrame, Hashable]:
    source = from_transactions(
        frame,
        Columns(customer=customer, date=date, amount=amount),
        analysis_date=analysis_date,
        period="D",
        date_format=date_format,
        dayfirst=dayfirst,
    )
    return source.history, source.recency


def _of_totals(
    frame: pd.DataFrame,
    customer: Hashable | None,
    last_order: Hashable | None,
    orders: Any,
    spend: Any,
    analysis_date: Any,
    date_format: str | None,
    dayfirst: bool | None,
) -> tuple[pd.DataFrame, Hashable]:
    parts = {"orders": listed(orders, "orders")}
    if spend is not None:
        parts["spend"] = listed(spend, "spend")
    rows, _ = by_customer(frame, customer, {"last_order": last_order, **parts})
    last = parse_dates(
        rows[last_order], name=last_order or "", format=date_format, dayfirst=dayfirst
    )
    end = analysis_day(last, analysis_date, date_format, dayfirst)
    sums = {
        total: np.sum([numeric(rows, column, minimum=0) for column in parts[role]], axis=0)
        for role, total in (("orders", ORDERS), ("spend", SPEND))
        if role in parts
    }
    history = pd.DataFrame({"last_order": last, **sums}, index=rows.index)
    remembered: pd.DataFrame = with_provenance(history, observation_end=end.isoformat())
    return remembered, "last_order"
