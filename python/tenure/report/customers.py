"""The table of all customers: what the page embeds for sorting, searching and downloading."""

from __future__ import annotations

import hashlib
import importlib.util
import math
import re
from base64 import b64encode
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from tenure.analysis import Analysis
from tenure.locale import Locale
from tenure.report import words
from tenure.report.tables import heading, id_name, is_money
from tenure.spreadsheets import spreadsheet_safe

__all__ = ["LIMIT", "LISTED", "customer_table", "policy", "scripts", "table_data"]

LIMIT = 50_000
"""Customers up to which the page holds them all."""

LISTED = 10_000
"""Customers the page holds where there are more."""

LIBRARY = "itables"


def customer_table(analysis: Analysis) -> pd.DataFrame:
    """Return what the page says of each customer, the most valuable first.

    Parameters
    ----------
    analysis : Analysis
        What :func:`tenure.run` found.

    Returns
    -------
    DataFrame
        Indexed by customer: segments, RFM and forecast. All customers up to :data:`LIMIT`, the
        best :data:`LISTED` beyond.
    """
    value = analysis.value_column
    best = analysis.forecast[value].sort_values(ascending=False, kind="stable").index
    if len(best) > LIMIT:
        best = best[:LISTED]
    forecast = analysis.forecast.loc[best]
    rfm = analysis.rfm.loc[best]
    columns: dict[str, pd.Series[Any]] = {"segment": forecast["segment"].astype(str)}
    if "segment" in rfm.columns:
        columns["rfm_segment"] = rfm["segment"].astype(str)
    for name in ("recency", "frequency", "monetary"):
        if name in rfm.columns:
            columns[name] = rfm[name]
    for name in forecast.columns:
        if name not in ("segment", "clv_z"):
            columns[str(name)] = forecast[name]
    table: pd.DataFrame = pd.DataFrame(columns)
    return table


def table_data(table: pd.DataFrame, analysis: Analysis, locale: Locale) -> dict[str, Any]:
    """Return the table, the lists of the campaigns and the words of the controls for the page.

    Parameters
    ----------
    table : DataFrame
        From :func:`customer_table`.
    analysis : Analysis
        What :func:`tenure.run` found.
    locale : Locale
        How it is written.

    Returns
    -------
    dict
        Plain values. ``marked`` holds the rows whose id a spreadsheet would take for a formula:
        the download writes them with an apostrophe, as the csv files do.
    """
    safe = spreadsheet_safe(table)
    ids = table.index
    name = id_name(table)
    columns: list[dict[str, Any]] = [
        {"name": name, "title": heading(name, locale, "customers", key=name), "kind": "id"}
    ]
    cells: list[list[Any]] = [[str(value) for value in ids.tolist()]]
    for column in table.columns:
        entry: dict[str, Any] = {
            "name": str(column),
            "title": heading(str(column), locale, "customers"),
        }
        if pd.api.types.is_numeric_dtype(table[column]):
            decimals = _decimals(table[column], str(column))
            columns.append({**entry, "kind": "number", "decimals": decimals})
            cells.append(
                [
                    (round(value, decimals) if decimals else round(value))
                    if math.isfinite(value)
                    else None
                    for value in table[column].tolist()
                ]
            )
        else:
            names = sorted({str(value) for value in safe[column].tolist()})
            scheme = "rfm" if column == "rfm_segment" else "value"
            labels = words.names_of(names, scheme, locale.language)
            columns.append(
                {**entry, "kind": "text", "labels": dict(zip(names, labels, strict=True))}
            )
            cells.append([str(value) for value in safe[column].tolist()])
    written = [str(value) for value in safe.index.tolist()]
    by_value = [str(column) for column in table.columns].index(analysis.value_column) + 1
    return {
        "language": locale.language,
        "columns": columns,
        "rows": [list(row) for row in zip(*cells, strict=True)],
        "marked": [i for i, (a, b) in enumerate(zip(cells[0], written, strict=True)) if a != b],
        "order": by_value,
        "lists": [
            {
                "file": campaign.file,
                "name": id_name(campaign.customers),
                "ids": _ids(campaign.ids),
            }
            for campaign in analysis.campaigns
            if len(campaign) <= LIMIT
        ],
        "words": _words(locale),
    }


def _ids(ids: pd.Index[Any]) -> list[str]:
    safe = spreadsheet_safe(pd.DataFrame(index=ids))
    return [str(value) for value in safe.index.tolist()]


def _decimals(column: pd.Series[Any], name: str) -> int:
    values = column.to_numpy(dtype=float, na_value=math.nan)
    values = values[[math.isfinite(value) for value in values]]
    if (values == values.round()).all():
        return 0
    if is_money(name, "customers"):
        return 2
    return 4 if name == "p_alive" or name.endswith("_score") else 3


def _words(locale: Locale) -> Mapping[str, Any]:
    """Return the texts of DataTables, by its own names."""

    def say(key: str) -> str:
        return locale.text(f"customers.{key}")

    thousands, decimal = locale.separators
    return {
        "search": say("search"),
        "info": say("info"),
        "infoEmpty": say("empty"),
        "infoFiltered": say("filtered"),
        "zeroRecords": say("empty"),
        "emptyTable": say("empty"),
        "lengthMenu": f"{say('page')} _MENU_",
        "thousands": thousands,
        "decimal": decimal,
        "aria": {
            "orderable": say("sort"),
            "orderableReverse": say("sort"),
            "orderableRemove": say("sort"),
            "paginate": {
                "first": say("first_page"),
                "last": say("last_page"),
                "next": say("next_page"),
                "previous": say("previous_page"),
            },
        },
    }


def scripts() -> dict[str, str]:
    """Return the scripts of the page: the theme's, and the table's where its library is there.

    The library is DataTables as the package itables carries it. Its module and ours are one script,
    so that the page's policy can name it by its hash.

    Returns
    -------
    dict of str to str
        ``theme``, and ``page``.
    """
    room = files("tenure.report")
    theme = room.joinpath("theme.js").read_text(encoding="utf-8")
    page = room.joinpath("page.js").read_text(encoding="utf-8")
    library = _library()
    if library is not None:
        source, table = library
        ours = room.joinpath("table.js").read_text(encoding="utf-8")
        page = f"{source}\nconst DataTable = {table};\n{ours}\n{page}"
    return {"theme": theme, "page": page}


def has_library() -> bool:
    """Tell whether the table can be sorted and searched."""
    return _library() is not None


def _library() -> tuple[str, str] | None:
    """Return the module with DataTables, and the name the class has inside it."""
    found = importlib.util.find_spec(LIBRARY)
    if found is None or found.origin is None:
        return None
    path = Path(found.origin).parent / "html" / "dt_bundle.js"
    if not path.is_file():
        return None
    source = path.read_text(encoding="utf-8")
    exported = re.search(r"export\{[^}]*?([\w$]+) as default", source)
    return None if exported is None else (source, exported.group(1))


def policy(sources: Mapping[str, str]) -> str:
    """Return the page's Content-Security-Policy: its own scripts by their hashes, nothing else.

    Parameters
    ----------
    sources : mapping of str to str
        The scripts, exactly as they stand in the page.

    Returns
    -------
    str
    """
    hashes = " ".join(
        f"'sha256-{b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"
        for source in sources.values()
    )
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; base-uri 'none';"
        " form-action 'none'"
    )
