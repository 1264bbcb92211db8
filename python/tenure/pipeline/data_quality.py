"""Summary tables of an analysis: the quality of the data, and the segments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import pandas as pd

from tenure.io.provenance import provenance
from tenure.io.text import printable_all
from tenure.pipeline.profile import profile
from tenure.rfm import segment_order
from tenure.segments import segment_summary
from tenure.summary.roles import Columns

__all__ = ["profile_tables", "quality_table", "segments_table"]

_Line: TypeAlias = tuple[str, dict[str, Any], Any]


def quality_table(customers: pd.DataFrame, history: pd.DataFrame, rows: int) -> pd.DataFrame:
    """Describe the data, and what was counted or changed when they were read.

    Parameters
    ----------
    customers : DataFrame
        The customer summary, with its provenance.
    history : DataFrame
        One row per customer, with ``orders_total`` and maybe ``spend_total``.
    rows : int
        Rows of the table as it came.

    Returns
    -------
    DataFrame
        ``what``, a key of the texts of :mod:`tenure.locale`, part ``quality``; ``parameters``, the
        values of its placeholders; and ``value``.
    """
    known = provenance(customers) or {}
    lines: list[_Line] = [("rows_read", {}, rows), ("customers", {}, len(customers))]
    lines.append(("analysis_date", {}, known.get("observation_end")))
    period = known.get("period")
    if period is not None:
        lines.append(("longest_history", {"unit": period}, float(customers["T"].max())))
    orders = history["orders_total"]
    lines.append(("orders", {}, float(orders.sum())))
    lines.append(("one_order", {}, int((orders == 1).sum())))
    if "spend_total" in history.columns:
        spend = float(history["spend_total"].sum())
        lines.append(("total_spend", {}, spend))
        lines.append(("average_order", {}, spend / float(orders.sum())))
    lines += _noted(known)
    names = ("what", "parameters", "value")
    columns = dict(zip(names, zip(*lines, strict=True), strict=True))
    result: pd.DataFrame = pd.DataFrame(
        {name: pd.Series(list(values), dtype=object) for name, values in columns.items()}
    )
    return result


def _noted(known: Mapping[str, Any]) -> list[_Line]:
    lines: list[_Line] = []
    for name, count in (known.get("notes") or {}).items():
        # Caps are listed column by column below.
        if name != "capped" and count:
            key = f"{known.get('source')}.{name}" if name == "same_day" else str(name)
            lines.append((key, {}, count))
    for column, cap in (known.get("caps") or {}).items():
        changed = cap["above"] + cap["below"]
        if changed:
            limits = [cap[side] for side in ("lower", "upper") if cap[side] is not None]
            lines.append(("capped", {"column": column, "limits": limits}, changed))
    return lines


def profile_tables(
    table: pd.DataFrame, columns: Columns, *, date_format: str | None, dayfirst: bool | None
) -> dict[str, pd.DataFrame]:
    """Describe the table of a run as it was read.

    Parameters
    ----------
    table : DataFrame
        The table as it came.
    columns : Columns
        Which column plays which part: ids are text, and dates are dates.
    date_format, dayfirst
        How its dates are read.

    Returns
    -------
    dict of str to DataFrame
        ``profile``, one row per column, and ``first_rows``, the first ten rows.
    """
    dates = [columns.date, columns.first_order, columns.last_order, *columns.other_dates]
    found = profile(
        table,
        dates=[name for name in dates if name is not None],
        text_columns=[columns.customer],
        date_format=date_format,
        dayfirst=dayfirst,
    )
    first = found.head
    # Half a character in a column that nothing else uses must not keep the files from being made.
    for at, kind in enumerate(first.dtypes):
        if pd.api.types.is_object_dtype(kind):
            texts = first.iloc[:, at].map(printable_all, na_action="ignore")
            first.isetitem(at, texts.to_numpy(dtype=object))
    first.columns = pd.Index([printable_all(name) for name in first.columns])
    return {"profile": found.columns, "first_rows": first}


def segments_table(
    forecast: pd.DataFrame,
    rfm: pd.DataFrame,
    value: str,
    *,
    segment_map: Any = None,
    p_alive: bool = True,
) -> pd.DataFrame:
    """Summarise every value segment and every RFM segment.

    Parameters
    ----------
    forecast, rfm : DataFrame
        One row per customer, each with its ``segment``.
    value : str
        The forecast column that customers are ranked by.
    segment_map : SegmentMap, mapping or dataframe, optional
        The map the RFM segments come from, where it is not the standard one.
    p_alive : bool
        Whether P(alive) is informative; its mean is left out otherwise.

    Returns
    -------
    DataFrame
        ``scheme`` ("value" or "rfm"), ``segment``, ``customers``, ``share``, means of recency in
        days, frequency, monetary, P(alive), expected spend and value, the sum of the latter
        (``revenue``, or ``purchases`` without money) and its share. :func:`tenure.run` adds what
        is notable and what to do (:func:`tenure.segment_insights`).
    """
    measures = rfm[[name for name in ("recency", "frequency", "monetary") if name in rfm.columns]]
    means = ("p_alive", "expected_spend", value) if p_alive else ("expected_spend", value)
    expected = [name for name in means if name in forecast.columns]
    table: pd.DataFrame = pd.concat([measures, forecast[expected]], axis=1)
    ranked = segment_summary(table, forecast["segment"])
    active = segment_summary(table, rfm["segment"])
    active = active.loc[segment_order(active.index, segment_map=segment_map)]
    total = "revenue" if value.startswith("clv_") else "purchases"
    parts = []
    for scheme, summary in (("value", ranked), ("rfm", active)):
        sums = summary[f"{value}_sum"]
        part = summary.rename(columns={f"{value}_sum": total})
        part = part.drop(columns=[name for name in part.columns if str(name).endswith("_sum")])
        everything = float(sums.sum())
        part.insert(
            list(part.columns).index(total) + 1,
            f"{total}_share",
            sums / everything if everything > 0 else 0.0,
        )
        part = part.rename_axis("segment").reset_index()
        part["segment"] = part["segment"].astype(str)
        part.insert(0, "scheme", scheme)
        parts.append(part)
    result: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return result
