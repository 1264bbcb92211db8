"""Layouts of known files of customer totals: which column has which role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from tenure.exceptions import OptionError
from tenure.io.dataframes import to_pandas
from tenure.io.validation import require_columns

__all__ = ["FLO_LAYOUT", "TotalsLayout", "layout_of", "named"]

Layout = TypeVar("Layout", bound="TotalsLayout")


@dataclass(frozen=True, kw_only=True)
class TotalsLayout:
    """The columns of a known kind of file of customer totals, by role.

    Columns are found by name, so their order does not matter and further columns do no harm.

    Parameters
    ----------
    name : str
        The name that options ask for it by.
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

    Examples
    --------
    >>> FLO_LAYOUT.roles["customer"]
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
        """Check that a table has the columns of this layout.

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
        >>> FLO_LAYOUT.check(make_omnichannel(10))
        """
        wanted: dict[str, Any] = {
            **self.roles,
            "other_dates": list(self.other_dates),
            "channel": self.channel,
            "last_channel": self.last_channel,
            "categories": self.categories,
        }
        require_columns(to_pandas(table), wanted)


FLO_LAYOUT = TotalsLayout(
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
)
"""The layout of FLO's exports."""

_LAYOUTS = {layout.name: layout for layout in (FLO_LAYOUT,)}


def layout_of(preset: str | TotalsLayout) -> TotalsLayout:
    """Return the layout of a preset given by name, or the layout itself.

    Parameters
    ----------
    preset : str or TotalsLayout
        Such as ``"flo"``, in upper or lower case.

    Returns
    -------
    TotalsLayout

    Raises
    ------
    OptionError
        When there is no such preset.

    Examples
    --------
    >>> layout_of("FLO").channel
    'order_channel'
    """
    return preset if isinstance(preset, TotalsLayout) else named(preset, _LAYOUTS)


def named(name: Any, presets: Mapping[str, Layout]) -> Layout:
    """Return one of some presets by its name.

    Parameters
    ----------
    name : str
        In upper or lower case.
    presets : mapping of str to TotalsLayout
        Presets by their names.

    Returns
    -------
    TotalsLayout

    Raises
    ------
    OptionError
        When there is no such preset; lists them.
    """
    found = presets.get(name.lower()) if isinstance(name, str) else None
    if found is None:
        raise OptionError(f"preset={name!r}: there are {', '.join(map(repr, presets))}.")
    return found
