"""Charts of the report: Vega-Lite specifications, drawn to SVG when the page is made.

An SVG needs no script, so the page keeps its policy of running none but its own, prints as it
looks, and takes the colours of the page's theme through CSS variables.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tenure.locale import Locale
from tenure.report.renderer import to_svg
from tenure.report.tables import Grid

__all__ = ["LIBRARIES", "Chart", "can_draw", "grouped_bars", "heat_map", "lines"]

LIBRARIES = ("vl_convert",)
"""What drawing needs, from the extra ``report``."""

_ROOM = 470

_TEXT = {"labelColor": "var(--soft)", "titleColor": "var(--soft)"}
_CONFIG: Mapping[str, Any] = {
    "background": None,
    "font": "Arial, Helvetica, Liberation Sans, sans-serif",
    "padding": {"left": 8, "right": 8, "top": 4, "bottom": 4},
    "view": {"stroke": None},
    "axis": {
        **_TEXT,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "gridColor": "var(--line)",
        "domainColor": "var(--line)",
        "tickColor": "var(--line)",
        "labelLimit": 200,
    },
    "legend": {
        **_TEXT,
        "labelFontSize": 12,
        "orient": "top",
        "title": None,
        "symbolType": "square",
    },
    "text": {"fontSize": 11, "fill": "var(--ink)"},
}
_PAIR = ["var(--accent)", "var(--second)"]


@dataclass(frozen=True)
class Chart:
    """A drawing, what it says in words, and the figures behind it."""

    title: str
    svg: str
    words: str
    table: Grid


def can_draw() -> bool:
    """Tell whether the libraries of the extra ``report`` are installed."""
    return all(importlib.util.find_spec(name) is not None for name in LIBRARIES)


def grouped_bars(
    table: pd.DataFrame,
    *,
    x: str,
    series: str,
    value: str,
    title: str,
    locale: Locale,
    across: bool = False,
    unit: str = "",
) -> str:
    """Draw two bars beside each other for each name.

    Parameters
    ----------
    table : DataFrame
        One row a bar, with a column ``label`` that says it in words.
    x, series, value : str
        Columns with the names, the two series, and the lengths.
    title : str
        Title of the axis of names.
    locale : Locale
        How numbers are written.
    across : bool
        Whether bars run from left to right.
    unit : str
        Title of the axis of lengths.

    Returns
    -------
    str
        The SVG.
    """
    long, short = ("y", "x") if across else ("x", "y")
    names = list(dict.fromkeys(table[x]))
    encoding = {
        long: {
            "field": x,
            "type": "nominal",
            "sort": names,
            "title": title or None,
            "axis": {"labelAngle": 0, "ticks": False, "domain": not across},
            "scale": {"paddingInner": 0.25},
        },
        f"{long}Offset": {
            "field": series,
            "type": "nominal",
            "sort": list(dict.fromkeys(table[series])),
        },
        short: {
            "field": value,
            "type": "quantitative",
            "title": unit or None,
            "axis": {"tickCount": 5},
        },
        "color": _colours(table, series),
        "description": {"field": "label", "type": "nominal"},
    }
    size = {"height": {"step": 12}} if across else {"height": 240}
    return _drawn(
        {**size, "width": 300 if across else _ROOM - 60, "mark": "bar", "encoding": encoding},
        table,
        locale,
    )


def lines(
    table: pd.DataFrame, *, x: str, series: str, value: str, title: str, locale: Locale
) -> str:
    """Draw a line for each series.

    Parameters
    ----------
    table : DataFrame
        One row a point.
    x, series, value : str
        Columns.
    title : str
        Title of the horizontal axis.
    locale : Locale
        How numbers are written.

    Returns
    -------
    str
        The SVG.
    """
    names = list(dict.fromkeys(table[series]))
    encoding = {
        "x": {"field": x, "type": "quantitative", "title": title, "axis": {"grid": False}},
        "y": {"field": value, "type": "quantitative", "title": None, "axis": {"tickCount": 5}},
        "color": {**_colours(table, series), "legend": {"symbolType": "stroke"}},
        "strokeDash": {
            "field": series,
            "type": "nominal",
            "sort": names,
            "scale": {"range": [[1, 0], [5, 3]]},
            "legend": None,
        },
    }
    mark = {"type": "line", "strokeWidth": 2}
    return _drawn(
        {"width": _ROOM - 60, "height": 240, "mark": mark, "encoding": encoding}, table, locale
    )


def heat_map(
    table: pd.DataFrame,
    *,
    x: str,
    y: str,
    value: str,
    titles: tuple[str, str],
    orders: tuple[Sequence[str], Sequence[str]],
    locale: Locale,
) -> str:
    """Draw a grid whose cells are the darker the greater their value, with the value in them.

    Parameters
    ----------
    table : DataFrame
        One row a cell, with columns ``shown`` (the value as text) and ``label`` (all in words).
    x, y, value : str
        Columns.
    titles : tuple of str
        Titles of the two axes.
    orders : tuple of sequences of str
        The names along the axes.
    locale : Locale
        How numbers are written.

    Returns
    -------
    str
        The SVG.
    """
    axes = {
        axis: {
            "field": field,
            "type": "nominal",
            "sort": list(order),
            "title": title,
            "axis": {"labelAngle": 0, "ticks": False, "domain": False},
            "scale": {"domain": list(order)},
        }
        for axis, field, title, order in zip("xy", (x, y), titles, orders, strict=True)
    }
    top = float(table[value].max())
    opacity = {
        "field": value,
        "type": "quantitative",
        "legend": None,
        # Text stands on the cells: the darkest must leave it legible in both themes.
        "scale": {"domain": [0, top if top > 0 else 1], "range": [0.04, 0.5]},
    }
    cells = {
        "mark": {"type": "rect", "fill": "var(--accent)", "stroke": None},
        "encoding": {
            **axes,
            "fillOpacity": opacity,
            "description": {"field": "label", "type": "nominal"},
        },
    }
    figures = {
        "mark": {"type": "text", "aria": False},
        "encoding": {**axes, "text": {"field": "shown", "type": "nominal"}},
    }
    return _drawn(
        {"width": _ROOM - 80, "height": {"step": 28}, "layer": [cells, figures]}, table, locale
    )


def _colours(table: pd.DataFrame, series: str) -> dict[str, Any]:
    names = list(dict.fromkeys(table[series]))
    return {
        "field": series,
        "type": "nominal",
        "sort": names,
        "scale": {"domain": names, "range": _PAIR},
    }


def _drawn(spec: Mapping[str, Any], table: pd.DataFrame, locale: Locale) -> str:
    document = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "config": _CONFIG,
        "data": {"values": table.to_dict(orient="records")},
        **spec,
    }
    thousands, decimal = locale.separators
    return to_svg(
        document,
        vl_version="5.20",
        allowed_base_urls=[],
        format_locale={
            "decimal": decimal,
            "thousands": thousands,
            "grouping": [3],
            "currency": ["", ""],
        },
    )
