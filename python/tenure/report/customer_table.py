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

from tenure.data_dictionary import column_label
from tenure.io.spreadsheets import id_name, spreadsheet_safe
from tenure.locale import Locale
from tenure.pipeline.analysis import Analysis
from tenure.report import segment_text
from tenure.report.tables import heading, is_money

__all__ = [
    "LIMIT",
    "LISTED",
    "PRINTED",
    "customer_table",
    "policy",
    "scripts",
    "table_data",
]

LIMIT = 50_000
"""Customers up to which the page holds them all."""

LISTED = 10_000
"""Customers the page holds where there are more."""

PRINTED = ("segment", "rfm_segment", "recency", "frequency", "monetary")
"""Columns on paper, next to the id and the value."""

LIBRARY = "itables"


def customer_table(analysis: Analysis) -> pd.DataFrame:
    """Return what the page shows of each customer, the most valuable first.

    Parameters
    ----------
    analysis : Analysis
        What :func:`tenure.run` found.

    Returns
    -------
    DataFrame
        Indexed by customer: value, segments, forecast and RFM. All customers up to :data:`LIMIT`,
        the best :data:`LISTED` beyond.
    """
    value = analysis.value_column
    best = analysis.forecast[value].sort_values(ascending=False, kind="stable").index
    if len(best) > LIMIT:
        best = best[:LISTED]
    forecast = analysis.forecast.loc[best]
    rfm = analysis.rfm.loc[best]
    columns: dict[str, pd.Series[Any]] = {
        value: forecast[value],
        "segment": forecast["segment"].astype(str),
    }
    if "segment" in rfm.columns:
        columns["rfm_segment"] = rfm["segment"].astype(str)
    for name in (f"expected_purchases_{analysis.longest}", "expected_spend"):
        if name in forecast.columns:
            columns[name] = forecast[name]
    for name in ("recency", "frequency", "monetary"):
        if name in rfm.columns:
            columns[name] = rfm[name]
    hidden = {"segment", "clv_z"} if analysis.p_alive_informative else _HIDDEN
    for name in forecast.columns:
        if name not in hidden:
            columns.setdefault(str(name), forecast[name])
    table: pd.DataFrame = pd.DataFrame(columns)
    return table


_HIDDEN = {"segment", "clv_z", "p_alive"}


def table_data(table: pd.DataFrame, analysis: Analysis, locale: Locale) -> dict[str, Any]:
    """Return the table, the lists of the campaigns and the texts of the controls for the page.

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
        Plain values. ``marked`` holds the ids that a spreadsheet would take for a formula, by row,
        as the download writes them: with an apostrophe, as the csv files do.
    """
    safe = spreadsheet_safe(table)
    ids = table.index
    name = id_name(table)
    columns: list[dict[str, Any]] = [
        {"name": name, "title": heading(name, locale, "customers", key=name), "kind": "id"}
    ]
    columns[0]["printed"] = True
    cells: list[list[Any]] = [[str(value) for value in ids.tolist()]]
    for column in table.columns:
        entry: dict[str, Any] = {
            "name": str(column),
            "title": heading(str(column), locale, "customers"),
            "printed": column == analysis.value_column or column in PRINTED,
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
            texts = [str(value) for value in safe[column].tolist()]
            scheme = "rfm" if column == "rfm_segment" else "value"
            names = _ordered(set(texts), analysis, scheme)
            labels = segment_text.names_of(names, scheme, locale.language)
            # Pairs, not an object: JavaScript would put names such as "1" first.
            columns.append(
                {
                    **entry,
                    "kind": "text",
                    "labels": [list(pair) for pair in zip(names, labels, strict=True)],
                }
            )
            cells.append(texts)
    written = [str(value) for value in safe.index.tolist()]
    return {
        "language": locale.language,
        "columns": columns,
        "rows": [list(row) for row in zip(*cells, strict=True)],
        "marked": {i: b for i, (a, b) in enumerate(zip(cells[0], written, strict=True)) if a != b},
        "campaigns": [
            {"name": campaign.name, "rows": _places(ids, campaign.ids)}
            for campaign in analysis.campaigns
        ],
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
        "any": locale.text("customers.any"),
        "campaign": column_label("campaign", locale),
    }


def _ordered(found: set[str], analysis: Analysis, scheme: str) -> list[str]:
    """Return segments in the order of the analysis; others after them."""
    known = analysis.segments.loc[analysis.segments["scheme"] == scheme, "segment"].astype(str)
    first = [name for name in dict.fromkeys(known.tolist()) if name in found]
    return first + sorted(found - set(first))


def _places(ids: pd.Index[Any], members: pd.Index[Any]) -> list[int]:
    """Return the rows of the table whose customers are on a list."""
    return [int(place) for place in ids.isin(members).nonzero()[0]]


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

    def text(key: str) -> str:
        return locale.text(f"customers.{key}")

    thousands, decimal = locale.separators
    return {
        "info": text("info"),
        "infoEmpty": text("empty"),
        "infoFiltered": text("filtered"),
        "zeroRecords": text("empty"),
        "emptyTable": text("empty"),
        "lengthMenu": f"{text('page')} _MENU_",
        "thousands": thousands,
        "decimal": decimal,
        "aria": {
            "orderable": text("sort"),
            "orderableReverse": text("sort"),
            "orderableRemove": text("sort"),
            "paginate": {
                "first": text("first_page"),
                "last": text("last_page"),
                "next": text("next_page"),
                "previous": text("previous_page"),
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
    folder = files("tenure.report")
    theme = folder.joinpath("theme.js").read_text(encoding="utf-8")
    save = folder.joinpath("save.js").read_text(encoding="utf-8")
    page = folder.joinpath("page.js").read_text(encoding="utf-8")
    library = _library()
    if library is not None:
        source, table = library
        ours = folder.joinpath("table.js").read_text(encoding="utf-8")
        page = f"{source}\nconst DataTable = {table};\n{save}{ours}\n{page}"
    else:
        page = f"{save}{page}"
    return {"theme": theme, "page": page}


def has_library() -> bool:
    """Return whether the table can be sorted and searched."""
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

    Images may come from the page's own memory (``blob:``), where a chart becomes a PNG.

    Parameters
    ----------
    sources : mapping of str to str
        The scripts, exactly as the page holds them.

    Returns
    -------
    str
    """
    hashes = " ".join(
        f"'sha256-{b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"
        for source in sources.values()
    )
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src blob:;"
        " base-uri 'none'; form-action 'none'"
    )
