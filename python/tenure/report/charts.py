"""Charts of the report: Vega-Lite specifications, drawn to SVG when the page is made.

An SVG needs no script, so the page keeps its policy of running none but its own, prints as it
looks, and takes the colours of the page's theme through CSS variables.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import pandas as pd

from tenure.locale import Locale
from tenure.report.renderer import to_svg

__all__ = ["LIBRARIES", "Drawing", "can_draw", "grouped_bars", "heat_map", "lines"]

Size: TypeAlias = Literal["wide", "narrow"]

LIBRARIES = ("vl_convert",)
"""What drawing needs, from the extra ``report``."""

_WIDTHS = {"wide": 960, "narrow": 380}
_FIGURES_ABREAST = 60
"""Characters in one line of cells of a narrow drawing, beyond which figures run into each other."""
"""Units of a drawing's width: shown as wide as the page, and as wide as a phone."""

_TEXT = {"labelColor": "var(--soft)", "titleColor": "var(--soft)"}
_PAIR = ["var(--accent)", "var(--second)"]


@dataclass(frozen=True)
class Drawing:
    """One drawing as SVG for a wide page and for a phone."""

    wide: str
    narrow: str


def can_draw() -> bool:
    """Return whether the libraries of the extra ``report`` are installed."""
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
) -> Drawing:
    """Draw two bars next to each other for each name.

    Parameters
    ----------
    table : DataFrame
        One row per bar, with a column ``label`` that describes it in words and, for bars from left
        to right, a column ``shown`` with the text at its end.
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
    Drawing
    """
    long, short = ("y", "x") if across else ("x", "y")
    names = list(dict.fromkeys(table[x]))
    places = {
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
    }
    bars = {
        "mark": "bar",
        "encoding": {
            **places,
            "color": _colours(table, series),
            "description": {"field": "label", "type": "nominal"},
        },
    }
    if not across:
        return _drawing({"height": 300, **bars}, table, locale)
    figures = {
        "mark": {"type": "text", "aria": False, "align": "left", "dx": 4},
        "encoding": {**places, "text": {"field": "shown", "type": "nominal"}},
    }
    return _drawing({"height": {"step": 17}, "layer": [bars, figures]}, table, locale)


def lines(
    table: pd.DataFrame, *, x: str, series: str, value: str, title: str, locale: Locale
) -> Drawing:
    """Draw a line for each series.

    Parameters
    ----------
    table : DataFrame
        One row per point.
    x, series, value : str
        Columns.
    title : str
        Title of the horizontal axis.
    locale : Locale
        How numbers are written.

    Returns
    -------
    Drawing
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
    return _drawing({"height": 300, "mark": mark, "encoding": encoding}, table, locale)


def heat_map(
    table: pd.DataFrame,
    *,
    x: str,
    y: str,
    value: str,
    titles: tuple[str, str],
    orders: tuple[Sequence[str], Sequence[str]],
    locale: Locale,
) -> Drawing:
    """Draw a grid whose cells are the darker the greater their value, with the value in them.

    Parameters
    ----------
    table : DataFrame
        One row per cell, with columns ``shown`` (the value as text) and ``label`` (all in words).
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
    Drawing
    """
    axes: dict[str, Any] = {
        axis: {
            "field": field,
            "type": "nominal",
            "sort": list(order),
            "title": title,
            "axis": {"labelAngle": 0, "ticks": False, "domain": False, "labelOverlap": axis == "x"},
            "scale": {"domain": list(order)},
        }
        for axis, field, title, order in zip("xy", (x, y), titles, orders, strict=True)
    }
    top = float(table[value].max())
    opacity = {
        "field": value,
        "type": "quantitative",
        "legend": None,
        # Text is written on the cells: the darkest must leave it legible in both themes.
        "scale": {"domain": [0, top if top > 0 else 1], "range": [0.04, 0.5]},
    }
    cells = {
        "mark": {"type": "rect", "fill": "var(--accent)", "stroke": None},
        "encoding": {
            "fillOpacity": opacity,
            "description": {"field": "label", "type": "nominal"},
        },
    }
    figures = {
        "mark": {"type": "text", "aria": False},
        "encoding": {"text": {"field": "shown", "type": "nominal"}},
    }
    widest = max(map(len, table["shown"].astype(str)), default=0)
    fits = widest * len(orders[0]) <= _FIGURES_ABREAST
    spec = {"height": {"step": 32}, "encoding": axes}
    small = {**axes, "x": {**axes["x"], "axis": {**axes["x"]["axis"], "labelFontSize": 9}}}
    slim = {"height": {"step": 32}, "encoding": small}
    return Drawing(
        _drawn({**spec, "layer": [cells, figures]}, table, locale, "wide"),
        _drawn({**slim, "layer": [cells, figures] if fits else [cells]}, table, locale, "narrow"),
    )


def _colours(table: pd.DataFrame, series: str) -> dict[str, Any]:
    names = list(dict.fromkeys(table[series]))
    return {
        "field": series,
        "type": "nominal",
        "sort": names,
        "scale": {"domain": names, "range": _PAIR},
    }


def _config(size: Size) -> dict[str, Any]:
    wide = size == "wide"
    letters = {"labelFontSize": 13 if wide else 11, "titleFontSize": 13 if wide else 12}
    return {
        "background": None,
        "font": "Arial, Helvetica, Liberation Sans, sans-serif",
        "padding": {"left": 16 if wide else 8, "right": 8, "top": 4, "bottom": 4},
        "view": {"stroke": None},
        "axis": {
            **_TEXT,
            **letters,
            "titleFontWeight": "normal",
            "gridColor": "var(--line)",
            "domainColor": "var(--line)",
            "tickColor": "var(--line)",
            "labelLimit": 220 if wide else 150,
        },
        # Letters are measured in one font and shown in the reader's, which may be wider.
        "axisY": {"titlePadding": 16 if wide else 10},
        "legend": {
            **_TEXT,
            "columnPadding": 24 if wide else 16,
            "labelFontSize": letters["labelFontSize"],
            "orient": "top",
            "title": None,
            "symbolType": "square",
            "labelLimit": 400 if wide else 160,
        },
        "text": {"fontSize": 12 if wide else 9, "fill": "var(--ink)"},
    }


def _drawing(spec: Mapping[str, Any], table: pd.DataFrame, locale: Locale) -> Drawing:
    return Drawing(_drawn(spec, table, locale, "wide"), _drawn(spec, table, locale, "narrow"))


def _drawn(spec: Mapping[str, Any], table: pd.DataFrame, locale: Locale, size: Size) -> str:
    document = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "config": _config(size),
        "width": _WIDTHS[size],
        "autosize": {"type": "fit-x", "contains": "padding"},
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
