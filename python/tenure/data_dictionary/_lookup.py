"""Descriptions of columns, by name and table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from tenure.data_dictionary._customers import CUSTOMERS
from tenure.data_dictionary._data import DATA
from tenure.data_dictionary._model import Definition
from tenure.data_dictionary._models import MODELS
from tenure.data_dictionary._segments import SEGMENTS
from tenure.data_dictionary._tables import TABLES
from tenure.locale import Locale
from tenure.locale.catalogue import texts

__all__ = ["COLUMN_FIELDS", "Described", "column_label", "definitions", "describe", "kind_of"]

COLUMN_FIELDS = ("heading", "meaning", "unit", "kind")
"""What ``columns.csv`` states about a column."""


@dataclass(frozen=True)
class Described:
    """The description of a column in one run: unit of time, currency and horizon are filled in."""

    name: str
    label: str
    """Heading, without the currency."""
    heading: str
    """Heading, with the currency where the column holds money and the currency is known."""
    meaning: str
    unit: str
    kind: str
    """One of :data:`KINDS`; empty where the column has no definition."""
    exact: bool = False


def definitions() -> tuple[Definition, ...]:
    """Return every definition."""
    return (*CUSTOMERS, *SEGMENTS, *MODELS, *DATA)


@cache
def _found(column: str, table: str) -> Definition | None:
    where = (table, *TABLES[table].parts) if table else ()
    known = [
        entry for entry in definitions() if not where or any(name in entry.tables for name in where)
    ]
    # The table's own names before those of its parts, in their order; exact before patterns.
    known.sort(
        key=lambda entry: (
            min((where.index(name) for name in entry.tables if name in where), default=0),
            entry.is_pattern,
        )
    )
    return next((entry for entry in known if entry.pattern.fullmatch(column)), None)


def kind_of(column: str, table: str = "") -> str:
    """Return what the values of a column are; empty for a column that has no definition.

    Parameters
    ----------
    column : str
        Its name.
    table : str
        The table it is in; where empty, the first table that has such a column decides.

    Returns
    -------
    str

    Examples
    --------
    >>> kind_of("clv_6m"), kind_of("clv_score"), kind_of("revenue_share")
    ('money', 'number', 'share')
    """
    entry = _found(column, table)
    return "" if entry is None else entry.kind


def describe(column: str, table: str, locale: Locale, *, key: str | None = None) -> Described:
    """Describe a column as one run writes it.

    Parameters
    ----------
    column : str
        Its name.
    table : str
        The table it is in; where empty, the first table that has such a column decides.
    locale : Locale
        Language, currency and period.
    key : str, optional
        The name of the table's first column where the caller chose it.

    Returns
    -------
    Described
        Without a definition: the name as heading, and no meaning.

    Examples
    --------
    >>> from tenure.locale import Locale
    >>> describe("recency", "forecast", Locale(period="W")).heading
    'first to last purchase (weeks)'
    >>> describe("recency", "rfm", Locale(period="W")).heading
    'days since last order'
    """
    language = locale.language
    if key is not None and column == key and table and TABLES[table].key:
        heading, meaning = texts(language, "tables")[f"key.{TABLES[table].key}"]
        return Described(column, heading, heading, meaning, "", "text")
    entry = _found(column, table)
    if entry is None:
        plain = column.replace("_", " ")
        return Described(column, plain, plain, "", "", "")
    match = entry.pattern.fullmatch(column)
    values = {} if match is None else match.groupdict()
    if "horizon" in values:
        values["horizon"] = locale.horizon(str(values["horizon"]))
    if entry.tables == ("movement",) and "any" in values:
        values["any"] = locale.term(str(values["any"]))
    values["periods"] = locale.periods
    label, meaning = (text.format(**values) for text in entry.texts(language))
    money = entry.kind == "money" and locale.symbol
    heading = f"{label} ({locale.symbol})" if money else label
    return Described(column, label, heading, meaning, _unit(entry, locale), entry.kind, entry.exact)


def column_label(column: str, locale: Locale, table: str = "") -> str:
    """Return the heading of a column without the currency; horizons are spelled out.

    Parameters
    ----------
    column : str
        Its name.
    locale : Locale
        Language and period.
    table : str
        The table it is in, a key of :data:`tenure.data_dictionary.TABLES`: ``recency`` of
        ``"forecast"`` is not ``recency`` of ``"rfm"``.

    Returns
    -------
    str

    Examples
    --------
    >>> from tenure.locale import Locale
    >>> column_label("clv_6m", Locale("en")), column_label("clv_6m", Locale("tr"))
    ('value, 6 months', 'değer, 6 ay')
    """
    return describe(column, table, locale).label


def _unit(entry: Definition, locale: Locale) -> str:
    if entry.unit == "period":
        return locale.periods
    if entry.unit == "currency" and locale.currency:
        return locale.currency.upper()
    return locale.text(f"value.{entry.unit}", part="units")
