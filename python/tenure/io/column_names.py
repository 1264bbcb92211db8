"""Names of the columns that results have, kept apart from the names of the caller's columns."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any, TypeVar

import pandas as pd

__all__ = [
    "RESERVED",
    "flat",
    "free_name",
    "id_name",
    "is_reserved",
    "with_index_name",
    "with_safe_index",
]

_Tabular = TypeVar("_Tabular", pd.DataFrame, "pd.Series[Any]")

RESERVED = frozenset(
    {
        # The customer summary.
        "frequency", "recency", "T", "monetary_value", "orders", "spend_count",
        # The forecast.
        "p_alive", "expected_spend", "clv_score", "clv_z", "segment",
        # Recency, frequency and monetary value.
        "monetary", "recency_score", "frequency_score", "monetary_score", "RF_SCORE", "RFM_SCORE",
        "weighted_score",
        # The history of customers, and what campaigns ask about.
        "orders_total", "spend_total", "days_since_last_order", "value_segment",
        # Movement between segments.
        "previous", "current", "steps", "change",
    }
)  # fmt: skip
"""Columns of the tables that have one row per customer; horizons add further ones."""

_STEMS = ("expected_purchases_", "clv_")


def is_reserved(name: Hashable) -> bool:
    """Return whether a table with one row per customer may have a column of this name."""
    return isinstance(name, str) and (name in RESERVED or name.startswith(_STEMS))


def free_name(taken: Iterable[Hashable], *wanted: str) -> str:
    """Return the first of the wanted names that is not taken, the last one numbered if need be.

    Parameters
    ----------
    taken : iterable
        Names that are in use; compared as text, as files have them.
    *wanted : str
        Names in order of preference.

    Returns
    -------
    str

    Examples
    --------
    >>> free_name(["customer", "customer_id"], "customer", "customer_id")
    'customer_id_2'
    """
    used = set(map(str, taken))
    for name in wanted:
        if name not in used:
            return name
    number = 2
    while f"{wanted[-1]}_{number}" in used:
        number += 1
    return f"{wanted[-1]}_{number}"


def id_name(name: Hashable, taken: Iterable[Hashable] = ()) -> Hashable:
    """Return what the customers' ids are called in results.

    Parameters
    ----------
    name : str or None
        What the caller calls them.
    taken : iterable
        Further names that the ids must not have.

    Returns
    -------
    str
        The caller's name; ``"customer"`` where a column of the results has that name.

    Examples
    --------
    >>> id_name("master_id"), id_name("segment")
    ('master_id', 'customer')
    """
    used = list(taken)
    if name is None or is_reserved(name) or str(name) in set(map(str, used)):
        return free_name(used, "customer", "customer_id")
    return name


def with_index_name(table: pd.DataFrame, name: Hashable) -> pd.DataFrame:
    """Return a table whose index has another name; the table given is left alone."""
    renamed: pd.DataFrame = table.copy(deep=False)
    renamed.index = table.index.set_names([name])
    return renamed


def flat(table: pd.DataFrame, *, otherwise: str) -> pd.DataFrame:
    """Return a table with its index as first column.

    Parameters
    ----------
    table : DataFrame
        The table; not changed.
    otherwise : str
        What the index is called where it has no name, or that of a column.

    Returns
    -------
    DataFrame

    Examples
    --------
    >>> table = pd.DataFrame({"n": [1]}, index=pd.Index(["a"], name="n"))
    >>> flat(table, otherwise="id").to_dict("list")
    {'id': ['a'], 'n': [1]}
    """
    name = table.index.name
    if name is None or str(name) in set(map(str, table.columns)):
        name = free_name(table.columns, otherwise)
    result: pd.DataFrame = with_index_name(table, name).reset_index()
    return result


def with_safe_index(table: _Tabular) -> _Tabular:
    """Return a table whose index has another name than any of its columns.

    Parameters
    ----------
    table : DataFrame or Series
        The table; not changed.

    Returns
    -------
    DataFrame or Series
        The same with its index called ``"customer"``, where a column has the index's name.

    Examples
    --------
    >>> with_safe_index(pd.DataFrame({"T": [1]}, index=pd.Index(["a"], name="T"))).index.name
    'customer'
    """
    name = table.index.name
    if not isinstance(table, pd.DataFrame) or name is None:
        return table
    columns = list(table.columns)
    if str(name) not in set(map(str, columns)):
        return table
    return with_index_name(table, free_name(columns, "customer", "customer_id"))
