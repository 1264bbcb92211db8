"""Presets: what the columns of a known kind of file mean, and what is made from it."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tenure.campaigns import Campaign, in_categories, read_campaigns, select
from tenure.exceptions import OptionError
from tenure.io.validation import numeric, require_columns, to_pandas

__all__ = [
    "FLO",
    "Campaign",
    "Preset",
    "get",
    "in_categories",
    "select",
    "top_customers",
]


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A kind of customer table: its columns by role, and the campaigns run on it.

    Columns are found by name, so their order does not matter and further columns do no harm.

    Parameters
    ----------
    name : str
        What the preset is asked for by.
    customer, first_order, last_order : str
        Columns as for :func:`tenure.prepare_totals`.
    orders, spend : tuple of str
        Columns that are added up over channels.
    other_dates : tuple of str
        Further columns of dates.
    channel, last_channel : str
        Columns with the customer's channel, and with the channel of the last order.
    categories : str
        Column with the list of categories the customer is interested in.
    store_type : str
        Column with the types of store the customer bought in.
    optional : tuple of str
        Columns that some files have.
    campaigns : tuple of Campaign
        Target lists.

    Examples
    --------
    >>> FLO.roles["customer"]
    'master_id'
    """

    name: str
    customer: str
    first_order: str
    last_order: str
    orders: tuple[str, ...]
    spend: tuple[str, ...]
    other_dates: tuple[str, ...] = ()
    channel: str | None = None
    last_channel: str | None = None
    categories: str | None = None
    store_type: str | None = None
    optional: tuple[str, ...] = ()
    campaigns: tuple[Campaign, ...] = ()

    @property
    def roles(self) -> dict[str, Any]:
        """Column arguments of :func:`tenure.summarize_totals`, ready to be passed with ``**``."""
        return {
            "customer": self.customer,
            "first_order": self.first_order,
            "last_order": self.last_order,
            "orders": list(self.orders),
            "spend": list(self.spend),
        }

    def check(self, table: Any) -> None:
        """Check that a table has the columns of this preset.

        Parameters
        ----------
        table : dataframe
            The table as it was read.

        Raises
        ------
        ColumnError
            Naming the missing column and the nearest names there are.

        Examples
        --------
        >>> from tenure.datasets import make_omnichannel
        >>> FLO.check(make_omnichannel(10))
        """
        wanted: dict[str, Any] = {
            **self.roles,
            "other_dates": list(self.other_dates),
            "channel": self.channel,
            "last_channel": self.last_channel,
            "categories": self.categories,
        }
        require_columns(to_pandas(table), wanted)


FLO = Preset(
    name="flo",
    customer="master_id",
    first_order="first_order_date",
    last_order="last_order_date",
    orders=("order_num_total_ever_online", "order_num_total_ever_offline"),
    spend=("customer_value_total_ever_offline", "customer_value_total_ever_online"),
    other_dates=("last_order_date_online", "last_order_date_offline"),
    channel="order_channel",
    last_channel="last_order_channel",
    categories="interested_in_categories_12",
    store_type="store_type",
    optional=("store_type",),
    campaigns=read_campaigns(Path(__file__).parent / "campaigns" / "flo.toml"),
)
"""Omnichannel customer totals as FLO exports them."""

_PRESETS = {preset.name: preset for preset in (FLO,)}


def get(name: str) -> Preset:
    """Return a preset by name.

    Parameters
    ----------
    name : str
        Such as ``"flo"``, in upper or lower case.

    Returns
    -------
    Preset

    Raises
    ------
    OptionError
        When there is no such preset.

    Examples
    --------
    >>> get("FLO").channel
    'order_channel'
    """
    found = _PRESETS.get(name.lower()) if isinstance(name, str) else None
    if found is None:
        raise OptionError(f"preset={name!r}: there are {', '.join(map(repr, _PRESETS))}.")
    return found


def top_customers(table: Any, by: Hashable, *, n: int = 10) -> pd.DataFrame:
    """Return the customers with the largest values, whatever the order of the rows.

    Parameters
    ----------
    table : dataframe
        Indexed by customer.
    by : str
        Column to rank by.
    n : int
        How many.

    Returns
    -------
    pandas.DataFrame
        The rows of these customers, largest first; equal values by customer id.

    Raises
    ------
    ColumnError, DataError
        When the column is missing or holds values that are not finite numbers.
    OptionError
        When `n` is not a positive whole number.

    Examples
    --------
    >>> top_customers(pd.DataFrame({"x": [1, 3, 3]}, index=list("acb")), "x", n=2).index.tolist()
    ['b', 'c']
    """
    if isinstance(n, bool) or not isinstance(n, int) or n < 1:
        raise OptionError(f"n={n!r}: give a positive whole number.")
    frame = to_pandas(table)
    require_columns(frame, {"by": by})
    values = numeric(frame, by)
    at = np.arange(len(values))
    if len(values) > n:
        at = np.flatnonzero(values >= np.partition(values, -n)[-n])
    ids = frame.index
    places: list[int] = sorted(at.tolist(), key=lambda i: (-values[i], str(ids[i])))[:n]
    top: pd.DataFrame = frame.iloc[places]
    return top


def __dir__() -> list[str]:
    return sorted(__all__)
