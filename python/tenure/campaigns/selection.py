"""Selection of customers: rules applied to a table of customers."""

from __future__ import annotations

import datetime
from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.campaigns.categories import in_categories
from tenure.campaigns.rule import Campaign, Threshold
from tenure.exceptions import DataError, FileError, OptionError
from tenure.io.delimited import SEPARATORS
from tenure.io.files import read_table
from tenure.io.spreadsheets import without_apostrophe
from tenure.io.validation import numeric, require_columns, to_pandas
from tenure.rfm import canonical_segment

__all__ = ["draw_up", "in_order", "select"]

Mask = NDArray[np.bool_]


def select(
    campaign: Campaign,
    table: Any,
    *,
    segment: Hashable = "segment",
    value_segment: Hashable = "value_segment",
    categories: Hashable = "interested_in_categories_12",
    channel: Hashable = "order_channel",
    store_type: Hashable = "store_type",
    orders: Hashable = "orders_total",
    spend: Hashable = "spend_total",
    others: Mapping[str, pd.Index[Any]] | None = None,
) -> pd.Index[Any]:
    """Return the customers a campaign is meant for.

    Parameters
    ----------
    campaign : Campaign
        The rule.
    table : dataframe
        Indexed by customer: what :func:`tenure.prepare_totals` returned with
        ``cap_outliers=False``, with the RFM segment and whatever else the rule asks for added.
    segment, value_segment, categories, channel, store_type, orders, spend : str
        Names of the columns; only those that the rule needs must be there.
    others : mapping of str to Index, optional
        The lists of the campaigns that this one excludes, by name.

    Returns
    -------
    pandas.Index
        Customer ids, by rank where the rule ranks them and else in the order of the table.

    Raises
    ------
    ColumnError
        When a column the rule needs is missing.
    DataError
        When a column with a threshold holds neither numbers nor dates.
    FileError
        When a file of customers to exclude cannot be read.
    OptionError
        When the table holds a segment that is not an RFM segment, a limit comes without a ranking,
        or an excluded campaign is not among `others`.

    Examples
    --------
    >>> table = pd.DataFrame({"segment": ["champions", "at_risk"]}, index=["c1", "c2"])
    >>> select(Campaign(name="best", segments=["champions"]), table).tolist()
    ['c1']
    """
    frame = to_pandas(table)
    chosen = np.ones(len(frame), dtype=bool)
    if campaign.segments:
        require_columns(frame, {"segment": segment})
        chosen &= _isin(frame[segment], campaign.segments, canonical_segment)
    if campaign.value_segments:
        require_columns(frame, {"value_segment": value_segment})
        _known(frame[value_segment], campaign.value_segments)
        chosen &= _isin(frame[value_segment], campaign.value_segments)
    if campaign.categories:
        require_columns(frame, {"categories": categories})
        chosen &= in_categories(frame[categories], campaign.categories, match=campaign.match)
    if campaign.channels:
        require_columns(frame, {"channel": channel})
        chosen &= _isin(frame[channel], campaign.channels)
    if campaign.store_types:
        require_columns(frame, {"store_type": store_type})
        chosen &= in_categories(frame[store_type], campaign.store_types)
    if campaign.min_average_order > 0:
        require_columns(frame, {"orders": orders, "spend": spend})
        count, money = numeric(frame, orders, minimum=0), numeric(frame, spend)
        # Multiplied out, so that customers without orders need no division by zero.
        chosen &= (count > 0) & (money >= campaign.min_average_order * count)
    for threshold in campaign.bounds:
        require_columns(frame, {"thresholds": threshold.column})
        chosen &= _within(frame[threshold.column], threshold)
    chosen &= ~_excluded(campaign, frame.index, others or {})
    if campaign.rank_by is None and campaign.limit is not None:
        raise OptionError(
            f"campaign {campaign.name!r}: limit={campaign.limit} needs rank_by, the column that"
            " says who comes first."
        )
    if campaign.rank_by is not None:
        require_columns(frame, {"rank_by": campaign.rank_by})
        ranked = _ranked(frame[campaign.rank_by], chosen, ascending=campaign.ascending)
        best: pd.Index[Any] = frame.index[ranked[: campaign.limit]]
        return best
    ids: pd.Index[Any] = frame.index[chosen]
    return ids


def draw_up(campaigns: Sequence[Campaign], table: Any, **columns: Any) -> dict[str, pd.Index[Any]]:
    """Return the list of each of several campaigns, which may exclude one another.

    Parameters
    ----------
    campaigns : sequence of Campaign
        The rules, under names of their own.
    table : dataframe
        As for :func:`select`.
    **columns
        Names of columns, as for :func:`select`.

    Returns
    -------
    dict of str to Index
        The ids by campaign, in the order given. Who is excluded was on the other campaign's
        list after its own limit.

    Raises
    ------
    OptionError
        When a name appears twice, an excluded campaign is not there, or campaigns exclude each
        other in a circle.

    Examples
    --------
    >>> table = pd.DataFrame({"clv": [5.0, 9.0, 7.0]}, index=list("abc"))
    >>> best = Campaign(name="best", limit=1, rank_by="clv")
    >>> rest = Campaign(name="rest", exclude_campaigns=["best"])
    >>> {name: ids.tolist() for name, ids in draw_up([rest, best], table).items()}
    {'rest': ['a', 'c'], 'best': ['b']}
    """
    frame = to_pandas(table)
    found: dict[str, pd.Index[Any]] = {}
    for campaign in in_order(campaigns):
        found[campaign.name] = select(campaign, frame, others=found, **columns)
    return {campaign.name: found[campaign.name] for campaign in campaigns}


def in_order(campaigns: Sequence[Campaign]) -> list[Campaign]:
    """Put campaigns after those whose customers they exclude, having checked that this can be.

    Parameters
    ----------
    campaigns : sequence of Campaign
        The rules.

    Returns
    -------
    list of Campaign

    Raises
    ------
    OptionError
        As for :func:`draw_up`, and when two campaigns write the same file.

    Examples
    --------
    >>> a, b = Campaign(name="a", exclude_campaigns=["b"]), Campaign(name="b")
    >>> [campaign.name for campaign in in_order([a, b])]
    ['b', 'a']
    """
    names = [campaign.name for campaign in campaigns]
    for option, values in (
        ("name", names),
        ("file_name", [campaign.file_name.lower() for campaign in campaigns]),
    ):
        twice = next((value for value in values if values.count(value) > 1), None)
        if twice is not None:
            raise OptionError(f"campaigns: {option} {twice!r} appears twice; each needs its own.")
    for campaign in campaigns:
        for other in campaign.exclude_campaigns:
            if other not in names:
                raise OptionError(
                    f"campaign {campaign.name!r} excludes {other!r}, which is not a campaign;"
                    f" there are {', '.join(map(repr, names))}."
                )
    waiting, placed = list(campaigns), dict[str, Campaign]()
    while waiting:
        ready = [rule for rule in waiting if placed.keys() >= set(rule.exclude_campaigns)]
        if not ready:
            circle = ", ".join(repr(rule.name) for rule in waiting)
            raise OptionError(f"the campaigns {circle} exclude each other in a circle.")
        placed |= {rule.name: rule for rule in ready}
        waiting = [rule for rule in waiting if rule.name not in placed]
    return list(placed.values())


def _isin(column: pd.Series[Any], wanted: Sequence[str], spelled: Any = str) -> Mask:
    codes, uniques = pd.factorize(column)
    hits = [spelled(name) in wanted for name in uniques]
    return np.array([*hits, False], dtype=bool)[codes]


def _known(column: pd.Series[Any], wanted: Sequence[str]) -> None:
    """Refuse value segments that no customer could have."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return
    there = [str(name) for name in column.cat.categories]
    wrong = [name for name in wanted if name not in there]
    if wrong:
        raise OptionError(
            f"{wrong[0]!r} is not a value segment; there are {', '.join(map(repr, there))}."
        )


def _within(column: pd.Series[Any], bounds: Threshold) -> Mask:
    dated = isinstance(bounds.min if bounds.min is not None else bounds.max, datetime.date)
    kind = "dates" if dated else "numbers"
    fits = (
        pd.api.types.is_datetime64_any_dtype(column.dtype)
        if dated
        else pd.api.types.is_numeric_dtype(column.dtype)
    )
    if not fits:
        raise DataError(
            f"thresholds: column {bounds.column!r} holds {column.dtype}, and its bounds are {kind};"
            f" give bounds of its kind, or a column of {kind}.",
            column=bounds.column,
            expected=kind,
        )
    inside = np.ones(len(column), dtype=bool)
    if dated:
        moments = column.dt.tz_localize(None) if column.dt.tz is not None else column
        if bounds.min is not None:
            inside &= (moments >= pd.Timestamp(bounds.min)).to_numpy()
        if bounds.max is not None:
            last = pd.Timestamp(bounds.max)
            if not isinstance(bounds.max, datetime.datetime):
                inside &= (moments < last + pd.Timedelta(days=1)).to_numpy()  # the day included
            else:
                inside &= (moments <= last).to_numpy()
        return inside
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    inside &= ~np.isnan(values)
    if bounds.min is not None:
        inside &= values >= bounds.min
    if bounds.max is not None:
        inside &= values <= bounds.max
    return inside


def _excluded(campaign: Campaign, index: pd.Index[Any], others: Mapping[str, Any]) -> Mask:
    out = np.zeros(len(index), dtype=bool)
    for name in campaign.exclude_campaigns:
        if name not in others:
            raise OptionError(
                f"campaign {campaign.name!r} excludes {name!r}; pass that campaign's list in"
                " others={name: ids}, or use draw_up, which makes all lists."
            )
        out |= index.isin(others[name])
    ids = {str(value) for value in campaign.exclude_ids}
    for file in campaign.exclude_files:
        ids |= _ids_of(Path(file), index.name)
    if ids:
        # As text, so that customer 17 of a file is customer 17 of the data whatever their types.
        out |= index.map(str).isin(ids)
    return out


def _ids_of(path: Path, customer: Hashable) -> set[str]:
    separator = None
    if path.suffix.lower() in (".csv", ".txt", ".tsv", ".tab") and path.is_file():
        with path.open("rb") as stream:
            head = stream.readline()
        if not any(mark.encode() in head for mark in SEPARATORS):
            separator = ","
    names = list(map(str, read_table(path, separator=separator).columns))
    table = read_table(path, separator=separator, text_columns=names)
    if len(names) != len(set(names)):
        raise FileError(f"{path}: a column name appears twice; name each column once.")
    column = table[customer] if customer in table.columns else table.iloc[:, 0]
    return {without_apostrophe(str(value)) for value in column.dropna()}


def _ranked(column: pd.Series[Any], chosen: Mask, *, ascending: bool) -> NDArray[np.intp]:
    """Return the places of those chosen, first first; equal values by id, missing ones last."""
    places = np.flatnonzero(chosen)
    some = column.iloc[places]
    ids = some.index
    try:
        by_id = ids.argsort()
    except TypeError:  # ids of several types
        by_id = ids.map(str).argsort()
    ordered = some.iloc[by_id].reset_index(drop=True)
    order = ordered.sort_values(ascending=ascending, kind="stable", na_position="last").index
    ranked: NDArray[np.intp] = places[by_id][order.to_numpy()]
    return ranked
