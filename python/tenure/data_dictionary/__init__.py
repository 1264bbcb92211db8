"""The data dictionary: what every column of every file, sheet and table means, and in which unit.

A column that the package writes has one :class:`Definition`, in the module of its table, and its
heading and meaning in each language in the catalogues of :mod:`tenure.locale`. Headings, number
formats, ``columns.csv`` and the sheet "Columns" all come from them. To add a column, add its
definition and its texts; to add a table, add it to :data:`TABLES`; one of ``Analysis.tables`` that
becomes a csv file and a sheet, to :data:`BREAKDOWNS` as well.
"""

from __future__ import annotations

from tenure.data_dictionary._lookup import (
    COLUMN_FIELDS,
    Described,
    column_label,
    definitions,
    describe,
    kind_of,
)
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
    "column_label",
    "definitions",
    "describe",
    "kind_of",
]


def __dir__() -> list[str]:
    return sorted(__all__)
