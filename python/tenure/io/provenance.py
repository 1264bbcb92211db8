"""Provenance of a table: period, end of observation and counts, stored with the table."""

from __future__ import annotations

import copy
import json
from typing import Any, TypeVar

import pandas as pd

__all__ = ["ATTRS_KEY", "provenance", "schema_metadata", "with_provenance"]

ATTRS_KEY = "tenure"
"""Key of a table's provenance in its ``attrs``, or in the metadata of its schema."""

_Tabular = TypeVar("_Tabular", pd.DataFrame, "pd.Series[Any]")


def provenance(table: Any) -> dict[str, Any] | None:
    """Return the provenance of a customer summary, or of a column of one.

    Parameters
    ----------
    table : DataFrame, Series or anything else
        Usually what :func:`tenure.summarize` returned, or a column of it. PyArrow tables keep it
        in the metadata of their schema; Polars cannot store it.

    Returns
    -------
    dict or None
        A copy of the provenance, None where there is none.

    Examples
    --------
    >>> provenance([1, 2]) is None
    True
    """
    attrs = getattr(table, "attrs", None)
    found = attrs.get(ATTRS_KEY) if isinstance(attrs, dict) else None
    if found is None and type(table).__module__.split(".")[0] == "pyarrow":
        found = schema_metadata(getattr(table, "schema", None), ATTRS_KEY)
    return copy.deepcopy(found) if isinstance(found, dict) and found else None


def with_provenance(table: _Tabular, **entries: Any) -> _Tabular:
    """Return a table with further entries in its provenance; the table given is not changed.

    Parameters
    ----------
    table : DataFrame or Series
        The table.
    **entries
        Values that JSON can hold, added or replacing earlier ones.

    Returns
    -------
    DataFrame or Series
        A shallow copy.

    Examples
    --------
    >>> provenance(with_provenance(pd.DataFrame(), period="W"))
    {'period': 'W'}
    """
    result: _Tabular = table.copy(deep=False)
    result.attrs = {**table.attrs, ATTRS_KEY: {**(provenance(table) or {}), **entries}}
    return result


def schema_metadata(schema: Any, key: str) -> Any:
    """Return an entry of the metadata of an Arrow schema, read as JSON; None where there is none.

    Parameters
    ----------
    schema : pyarrow.Schema or None
        The schema of a table.
    key : str
        The key of the entry.

    Examples
    --------
    >>> schema_metadata(None, "tenure") is None
    True
    """
    text = (getattr(schema, "metadata", None) or {}).get(key.encode())
    try:
        return None if text is None else json.loads(text)
    except (ValueError, RecursionError):
        return None
