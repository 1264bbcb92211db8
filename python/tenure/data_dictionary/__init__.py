"""The data dictionary: what every column of every file, sheet and table means, and in which unit.

A column that the package writes has one :class:`Definition`, in the module of its table. Headings,
number formats, ``columns.csv`` and the sheet "Columns" all come from it. To add a column, add its
definition; to add a table, add it to :data:`TABLES`; one of ``Analysis.tables``
that shall become a csv file and a sheet, to :data:`BREAKDOWNS` as well.
"""

from __future__ import annotations

from tenure.data_dictionary._lookup import COLUMN_FIELDS, Described, definitions, describe, kind_of
from tenure.data_dictionary._model import KINDS, Definition, Kind, TableDefinition
from tenure.data_dictionary._tables import BREAKDOWNS, DIMENSIONS, TABLES, UNITS

__all__ = [
    "BREAKDOWNS",
    "COLUMN_FIELDS",
    "DIMENSIONS",
    "KINDS",
    "TABLES",
    "UNITS",
    "Definition",
    "Described",
    "Kind",
    "TableDefinition",
    "definitions",
    "describe",
    "kind_of",
]


def __dir__() -> list[str]:
    return sorted(__all__)
