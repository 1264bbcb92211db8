"""The csv files of a run: one table each, with what its columns mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tenure.data_dictionary import COLUMN_FIELDS, TABLES, Described, describe
from tenure.io.csv_style import rounded
from tenure.io.spreadsheets import write_csv
from tenure.locale import Locale
from tenure.rfm.labels import segment_label

__all__ = ["CsvFile", "columns_file", "described_columns"]


@dataclass(frozen=True)
class CsvFile:
    """Writes one table of an analysis as a csv file.

    Parameters
    ----------
    name : str
        Which table it is, a key of :data:`tenure.data_dictionary.TABLES`.
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
        write_csv(self.written(), path, index=False, style=self.locale.csv)

    def written(self) -> pd.DataFrame:
        """Return the table as the file has it.

        Numbers have the digits of their kind. In English, columns and segments have the names that
        tables in Python have; in other languages, the headings and words of that language.
        """
        table = self.table()
        found = [self._describe(column) for column in table.columns]
        foreign = self.locale.language != "en"
        # Ids keep the caller's name, and their digits.
        kept = self.key if TABLES[self.name].key else None
        if foreign:
            table = in_words(table, self.name, self.locale)
        columns = [
            rounded(table.iloc[:, at], each.kind, exact=each.exact, style=self.locale.csv)
            if each.name != kept
            else table.iloc[:, at]
            for at, each in enumerate(found)
        ]
        names = [
            each.label if foreign and each.name != kept else name
            for each, name in zip(found, table.columns, strict=True)
        ]
        if not columns:
            return table
        written: pd.DataFrame = pd.concat(columns, axis=1)
        written.columns = pd.Index(names)
        return written

    def _describe(self, column: object) -> Described:
        return describe(str(column), self.name, self.locale, key=self.key)


def in_words(table: pd.DataFrame, name: str, locale: Locale) -> pd.DataFrame:
    """Return a table with the words the package puts into it as people read them.

    Parameters
    ----------
    table : DataFrame
        The table.
    name : str
        Which table it is, a key of :data:`tenure.data_dictionary.TABLES`.
    locale : Locale
        The language.

    Returns
    -------
    DataFrame
        A copy where there is something to change: labels of RFM segments, types of columns, what
        happened to customers.

    Examples
    --------
    >>> table = pd.DataFrame({"segment": ["at_risk"]}, index=["a"])
    >>> in_words(table, "rfm", Locale("tr"))["segment"].tolist()
    ['Risk Altındakiler']
    """
    changed: dict[str, Any] = {}
    segment = "rfm_segment" if name == "customers" else "segment"
    if "scheme" in table.columns:
        schemes = table["scheme"].eq("rfm").to_numpy(dtype=bool)
    else:
        schemes = np.full(len(table), name in _RFM)
    if segment in table.columns and not locale.csv.script_names and schemes.any():
        names = table[segment].astype(object)
        labels = {one: segment_label(one, language=locale.language) for one in names.unique()}
        changed[segment] = names.where(~schemes, names.map(labels))
    for where, column in (*_TERMS, (name, "scheme")):
        if name == where and column in table.columns:
            words = table[column].astype(object)
            changed[column] = words.map(locale.term, na_action="ignore")
    for column in table.columns[[pd.api.types.is_bool_dtype(kind) for kind in table.dtypes]]:
        if locale.language != "en":
            yes_no = {True: locale.text("yes"), False: locale.text("no")}
            changed[str(column)] = table[column].map(yes_no)
    return table.assign(**changed) if changed else table


_RFM = ("rfm", "customers", "rfm_segments")
_TERMS = (
    ("moves", "change"),
    ("movement", "previous"),
    ("profile", "type"),
    ("columns", "kind"),
)


def described_columns(
    table: pd.DataFrame, name: str, locale: Locale, *, key: str | None = None
) -> pd.DataFrame:
    """Return what each column of a table means.

    Parameters
    ----------
    table : DataFrame
        The table.
    name : str
        Which table it is, a key of :data:`tenure.data_dictionary.TABLES`.
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
