"""Campaigns as rules: whom to contact, written down rather than programmed."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.exceptions import OptionError
from tenure.frames import numeric, require_columns, to_pandas
from tenure.rfm import canonical_segment

__all__ = ["Campaign", "in_categories", "select"]

Match: TypeAlias = Literal["exact", "contains"]


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """Who belongs to a campaign's target list. Every rule given must hold.

    Parameters
    ----------
    name : str
        What the campaign is called.
    segments : tuple of str
        RFM segments to contact, in either spelling (at_risk or at_Risk); empty means all.
    categories : tuple of str
        The customer is interested in at least one of these; empty means no such rule.
    match : {"exact", "contains"}
        Whether a category must equal a label of the customer's list, or may be part of one, as
        scripts that search the raw text have it (COCUK is then found in AKTIFCOCUK).
    min_average_order : float
        Least mean value of an order, in the data's currency, on totals that were not capped.
    file_name : str
        File the list of customer ids is written to.

    Raises
    ------
    OptionError
        When a segment or `match` is unknown, or `min_average_order` is not a number ≥ 0.

    Examples
    --------
    >>> Campaign(name="shoes", segments=("at_Risk",), file_name="shoes.csv").segments
    ('at_risk',)
    """

    name: str
    segments: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    match: Match = "exact"
    min_average_order: float = 0.0
    file_name: str

    def __post_init__(self) -> None:
        """Check the rule and settle the spelling of its segments."""
        for rule in ("segments", "categories"):
            if isinstance(getattr(self, rule), str):
                raise OptionError(f"{rule}={getattr(self, rule)!r}: give a tuple of names.")
        if self.match not in get_args(Match):
            raise OptionError(f"match={self.match!r}: use 'exact' or 'contains'.")
        if not 0 <= self.min_average_order < np.inf:
            raise OptionError(f"min_average_order={self.min_average_order!r}: give a number ≥ 0.")
        object.__setattr__(self, "segments", tuple(canonical_segment(s) for s in self.segments))
        object.__setattr__(self, "categories", tuple(self.categories))

    @property
    def rule(self) -> str:
        """The rule in words, for reports."""
        parts = []
        if self.segments:
            parts.append(f"segment {' or '.join(self.segments)}")
        if self.categories:
            verb = "interested in" if self.match == "exact" else "interested in anything containing"
            parts.append(f"{verb} {' or '.join(self.categories)}")
        if self.min_average_order > 0:
            parts.append(f"average order of {self.min_average_order:,g} or more")
        return "; ".join(parts) or "everyone"


def select(
    campaign: Campaign,
    table: Any,
    *,
    segment: Hashable = "segment",
    categories: Hashable = "interested_in_categories_12",
    orders: Hashable = "orders_total",
    spend: Hashable = "spend_total",
) -> pd.Index[Any]:
    """Return the customers a campaign is meant for, in the order of the table.

    Parameters
    ----------
    campaign : Campaign
        The rule.
    table : dataframe
        Indexed by customer: what :func:`tenure.prepare_totals` returned with
        ``cap_outliers=False``, with the RFM segment added.
    segment, categories, orders, spend : str
        Names of the columns; only those that the rule needs must be there.

    Returns
    -------
    pandas.Index
        Customer ids.

    Raises
    ------
    ColumnError
        When a column the rule needs is missing.
    OptionError
        When the table holds a segment that is not an RFM segment.

    Examples
    --------
    >>> table = pd.DataFrame({"segment": ["champions", "at_risk"]}, index=["c1", "c2"])
    >>> select(Campaign(name="best", segments=("champions",), file_name="best.csv"), table).tolist()
    ['c1']
    """
    frame = to_pandas(table)
    chosen = np.ones(len(frame), dtype=bool)
    if campaign.segments:
        require_columns(frame, {"segment": segment})
        codes, uniques = pd.factorize(frame[segment])
        wanted = [canonical_segment(name) in campaign.segments for name in uniques]
        chosen &= np.array([*wanted, False], dtype=bool)[codes]
    if campaign.categories:
        require_columns(frame, {"categories": categories})
        chosen &= in_categories(frame[categories], campaign.categories, match=campaign.match)
    if campaign.min_average_order > 0:
        require_columns(frame, {"orders": orders, "spend": spend})
        count, money = numeric(frame, orders, minimum=0), numeric(frame, spend)
        # Multiplied out, so that customers without orders need no division by zero.
        chosen &= (count > 0) & (money >= campaign.min_average_order * count)
    ids: pd.Index[Any] = frame.index[chosen]
    return ids


def in_categories(
    lists: pd.Series[Any], wanted: Iterable[str], *, match: Match = "exact"
) -> NDArray[np.bool_]:
    """Tell which customers have at least one of some categories in their list.

    Parameters
    ----------
    lists : Series
        Text such as ``"[ERKEK, COCUK]"`` or ``"[]"``, or Python lists; missing means none.
    wanted : iterable of str
        Categories.
    match : {"exact", "contains"}
        As for :class:`Campaign`.

    Returns
    -------
    ndarray of bool, shape (n,)

    Examples
    --------
    >>> lists = pd.Series(["[AKTIFCOCUK, KADIN]", "[COCUK]", "[]"])
    >>> in_categories(lists, ["COCUK"]).tolist()
    [False, True, False]
    >>> in_categories(lists, ["COCUK"], match="contains").tolist()
    [True, True, False]
    """
    names = set(wanted)
    plain = lists.astype(object)
    if not pd.api.types.is_string_dtype(lists.dtype) or lists.dtype == object:
        plain = plain.map(lambda v: ",".join(map(str, v)) if np.ndim(v) == 1 else v)
    codes, uniques = pd.factorize(plain)

    def hit(text: Any) -> bool:
        labels = [label.strip(" '\"") for label in str(text).strip("[] ").split(",")]
        if match == "contains":
            return any(name in label for name in names for label in labels)
        return not names.isdisjoint(labels)

    return np.array([*(hit(text) for text in uniques), False], dtype=bool)[codes]
