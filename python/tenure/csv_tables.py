"""The csv files of a run: one table each, with what its columns mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from tenure.dictionary import COLUMN_FIELDS, describe
from tenure.locale import Locale
from tenure.spreadsheets import write_csv

__all__ = ["CsvFile", "columns_file", "described_columns"]


@dataclass(frozen=True)
class CsvFile:
    """Writes one table of an analysis as a csv file.

    Parameters
    ----------
    name : str
        Which table it is, a key of :data:`tenure.dictionary.TABLES`.
    table : callable
        Returns the table; its index is not written.
    locale : Locale
        How it is written.
    key : str, optional
        Name of the first column where the caller chose it, such as that of the ids.
    """

    name: str
    table: Callable[[], pd.DataFrame]
    locale: Locale
    key: str | None = None

    def __call__(self, path: Path) -> None:
        """Write the file."""
        write_csv(self.table(), path, index=False)


def described_columns(
    table: pd.DataFrame, name: str, locale: Locale, *, key: str | None = None
) -> pd.DataFrame:
    """Return what each column of a table means.

    Parameters
    ----------
    table : DataFrame
        The table.
    name : str
        Which table it is, a key of :data:`tenure.dictionary.TABLES`.
    locale : Locale
        Language, currency and period.
    key : str, optional
        Name of the first column where the caller chose it.

    Returns
    -------
    DataFrame
        One row per column: ``column``, ``heading``, ``meaning``, ``unit``, ``kind``.

    Examples
    --------
    >>> table = pd.DataFrame(columns=["T", "clv_3m"])
    >>> described_columns(table, "forecast", Locale("en", "USD", "W"))[["column", "unit", "kind"]]
       column   unit    kind
    0       T  weeks  number
    1  clv_3m    USD   money
    """
    found = [describe(str(column), name, locale, key=key) for column in table.columns]
    rows = {"column": [column.name for column in found]}
    rows |= {name: [getattr(column, name) for column in found] for name in COLUMN_FIELDS}
    return pd.DataFrame(rows)


def columns_file(files: Mapping[str, object], locale: Locale) -> CsvFile:
    """Return what writes ``columns.csv``: the meaning of every column of the csv files of a run.

    Parameters
    ----------
    files : mapping
        File name to what writes it; those that are no :class:`CsvFile` are left out.
    locale : Locale
        Language, currency and period.

    Returns
    -------
    CsvFile
    """
    tables = {file: writer for file, writer in files.items() if isinstance(writer, CsvFile)}

    def table() -> pd.DataFrame:
        parts = [
            described_columns(each.table(), each.name, locale, key=each.key).assign(table=file)
            for file, each in tables.items()
        ]
        names = ["table", "column", *COLUMN_FIELDS]
        own = described_columns(pd.DataFrame(columns=names), "columns", locale)
        parts.append(own.assign(table="columns.csv"))
        described: pd.DataFrame = pd.concat(parts, ignore_index=True)[names]
        return described

    return CsvFile("columns", table, locale)
