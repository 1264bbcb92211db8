"""Read the csv files of a run back, in whichever language and with whichever decimal mark."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from tenure.data_dictionary import KINDS, TABLES, Definition, definitions, kind_of
from tenure.io.atomic_directories import recover
from tenure.io.files import read_table
from tenure.io.spreadsheets import without_apostrophe
from tenure.locale import Locale
from tenure.locale.languages import LANGUAGES, Language
from tenure.rfm import RFM_SEGMENTS, canonical_segment
from tenure.rfm.labels import SCRIPT_NAMES, segment_label

__all__ = ["machine_names", "read_output"]

_FOREIGN = tuple(language for language in LANGUAGES if language != "en")
_CHANGES = ("risen", "fallen", "same", "new", "gone", "(new)", "(gone)")
_TERMS: dict[str, tuple[str, ...]] = {
    "segment": _CHANGES,
    "rfm_segment": _CHANGES,
    "change": _CHANGES,
    "previous": _CHANGES,
    "scheme": ("value", "rfm"),
    "kind": KINDS,
    "type": ("whole number", "number", "date", "text", "yes/no"),
}
"""Columns whose values are written as words, and the values in Python."""


def read_output(path: str | PathLike[str]) -> pd.DataFrame:
    r"""Read a csv file that a run wrote back into the table it was written from.

    Parameters
    ----------
    path : path
        Such as ``results/forecast.csv`` or ``results/rfm.csv``, written in any language and with
        either decimal mark.

    Returns
    -------
    DataFrame
        Columns and RFM segments under the names they have in Python; tables with one row per
        customer are indexed by customer. Headings that are not tenure's stay as they are.

    Raises
    ------
    FileError
        When the file cannot be read as a table.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "rfm.csv"
    >>> _ = path.write_text("id;toplam harcama;RFM segmenti\n7;12,5;Şampiyonlar\n", "utf-8")
    >>> read_output(path)
        monetary    segment
    id
    7       12.5  champions
    """
    source = Path(path)
    recover(source.parent)
    table = read_table(source)
    columns = list(map(str, table.columns))
    name = _table_of(source.stem, columns)
    table = table.rename(columns=machine_names(columns, name))
    for column in table.columns:
        if kind_of(str(column), name) == "text" and table[column].dtype.kind in "iu":
            table[column] = table[column].astype(str)
    for column in table.columns:
        if column in _TERMS:
            terms = _TERMS[column]
            known = {value: _plain(value, terms) for value in table[column].dropna().unique()}
            table[column] = table[column].map(known, na_action="ignore")
        elif column == "chosen" and set(table[column].unique()) <= _yes_no().keys():
            table[column] = table[column].map(_yes_no()).astype(bool)
    if name and TABLES[name].key == "customer":
        first = table.columns[0]
        if table[first].dtype.kind not in "iuf":
            table[first] = table[first].map(without_apostrophe, na_action="ignore")
        table = table.set_index(first)
    return table


def machine_names(columns: Iterable[str], table: str = "") -> dict[str, str]:
    """Return the names that tables in Python have for headings of another language.

    Parameters
    ----------
    columns : iterable of str
        Headings, as they are in a file.
    table : str
        The table they are of, a key of :data:`tenure.data_dictionary.TABLES`; any where empty.

    Returns
    -------
    dict of str to str
        Only the headings that are known, and that are not names already.

    Examples
    --------
    >>> machine_names(["değer, 6 ay", "P(aktif)", "clv_3m"], "forecast")
    {'değer, 6 ay': 'clv_6m', 'P(aktif)': 'p_alive'}
    """
    entries = [
        entry
        for entry in definitions()
        if (not table or {table, *TABLES[table].parts} & set(entry.tables))
        and entry.name != "{any}"
    ]
    found: dict[str, str] = {}
    for column in columns:
        if any(entry.pattern.fullmatch(column) for entry in entries):
            continue
        names = (_named(column, entry) for entry in entries)
        name = next((each for each in names if each is not None), None)
        if name is not None:
            found[column] = name
    return found


def _named(heading: str, entry: Definition) -> str | None:
    """Return the name of a column by its heading; None where the heading is another one's."""
    for language in _FOREIGN:
        match = _heading(entry.texts(language)[0]).fullmatch(heading)
        if match is None:
            continue
        horizon = match.groupdict().get("horizon")
        if horizon is None:
            return entry.name
        label = _label(horizon, language)
        if label is not None:
            return entry.name.replace("{horizon}", label)
    return None


@cache
def _heading(text: str) -> re.Pattern[str]:
    parts = re.split(r"{(\w+)}", text)
    fields = {"horizon": r"(?P<horizon>[\d.,]+(?: \w+)?)", "periods": r"\w+", "any": ".+"}
    return re.compile(
        "".join(fields[part] if at % 2 else re.escape(part) for at, part in enumerate(parts))
    )


def _label(written: str, language: Language) -> str | None:
    """Return the label of a horizon that was spelled out: ``"6 ay"`` is ``"6m"``."""
    locale = Locale(language)
    number, _, word = written.partition(" ")
    if not word:
        return number
    thousands, decimal = locale.separators
    count = number.replace(thousands, "").replace(decimal, ".")
    codes = {locale.unit(code, each): code for code in "hdwmy" for each in (1, 2)}
    return f"{count}{codes[word]}" if word in codes else None


def _yes_no() -> dict[str, bool]:
    locales = [Locale(language) for language in _FOREIGN]
    return {locale.text(word): word == "yes" for locale in locales for word in ("yes", "no")} | {
        "True": True,
        "False": False,
    }


def _plain(value: Any, terms: tuple[str, ...]) -> Any:
    """Return an RFM segment or another term by its name in Python."""
    if not isinstance(value, str) or value in RFM_SEGMENTS or value in SCRIPT_NAMES.values():
        return value
    for language in _FOREIGN:
        locale = Locale(language)
        for name in RFM_SEGMENTS:
            if value == segment_label(name, language=language):
                return canonical_segment(name)
        for word in terms:
            if value == locale.term(word):
                return word
    return value


def _table_of(stem: str, columns: list[str]) -> str:
    """Return which table a file holds: by its name, or else by its headings."""
    stem = "moves" if stem in ("risers", "fallers", "new", "gone") else stem
    if stem in TABLES:
        return stem

    def known(table: str) -> int:
        entries = [entry for entry in definitions() if table in entry.tables]
        named = sum(any(entry.pattern.fullmatch(name) for entry in entries) for name in columns)
        return named + len(machine_names(columns, table))

    best = max(("forecast", "rfm", "segments", "moves"), key=known)
    return best if known(best) > 1 else ""
