"""Presets: what the columns of a known kind of file mean, and what is made from it."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tenure.campaigns import Campaign, in_categories, read_campaigns, select
from tenure.exceptions import OptionError
from tenure.io.validation import numeric, require_columns, to_pandas
from tenure.summary.layouts import FLO_LAYOUT, TotalsLayout, named

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
class Preset(TotalsLayout):
    """A kind of customer table: its columns by role, and the campaigns run on it.

    Columns are found by name, so their order does not matter and further columns do no harm.

    The columns by role are those of :class:`tenure.summary.layouts.TotalsLayout`.

    Parameters
    ----------
    campaigns : tuple of Campaign
        Target lists.

    Examples
    --------
    >>> FLO.roles["customer"]
    'master_id'
    """

    campaigns: tuple[Campaign, ...] = ()


FLO = Preset(
    **asdict(FLO_LAYOUT),
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
    return named(name, _PRESETS)


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
