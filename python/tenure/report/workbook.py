"""The workbook: the tables of an analysis as sheets that filter, sort and add up."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import MAXYEAR, datetime
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tenure.data_dictionary import BREAKDOWNS, TABLES, kind_of
from tenure.fitters.fit_warnings import dropout_unknown
from tenure.io.atomic_files import write_atomic
from tenure.io.optional import require_extra
from tenure.io.spreadsheets import id_name
from tenure.io.text import printable
from tenure.locale import Locale
from tenure.locale.languages import Language
from tenure.pipeline.analysis import Analysis, warning_title
from tenure.report import segment_text
from tenure.report.customer_sections import campaign_table
from tenure.report.model_sections import UNSAID, first_rows, quality_rows, setting
from tenure.report.tables import numbers_as_text, with_ids
from tenure.run_files.csv_tables import described_columns, in_words

__all__ = ["ROWS", "write_workbook"]

ROWS = 100_000
"""Customers a sheet lists at most; a sheet of Excel could hold 1,048,575."""

_TEXT_LIMIT = 32_767
_CREATED = datetime(2000, 1, 1)
_FORMATS = {
    "count": "#,##0",
    "money": "#,##0.00",
    "share": "0.0%",
    "number": "#,##0.000",
    "text": "@",
}


def write_workbook(
    analysis: Analysis,
    path: str | PathLike[str],
    *,
    language: Language | None = None,
    currency: str | None = None,
) -> Path:
    """Write an analysis as an Excel workbook.

    Sheets: summary, value segments, RFM segments, campaigns, target lists, customers, RFM scores,
    insights, breakdowns (channels, best customers), data quality, data profile, warnings, and
    columns, which states what each column of the other sheets means and in which unit. Ids and all
    other text are text, never formulas or numbers; numbers are numbers. The same analysis gives the
    same bytes.

    Parameters
    ----------
    analysis : Analysis
        What :func:`tenure.run` returned.
    path : path
        The file to write, ending in ``.xlsx``; an existing one is replaced.
    language : {"en", "tr"}, optional
        Language of sheets and headings; that of the analysis by default.
    currency : str, optional
        The currency of the money, three letters such as ``"TRY"``; that of the analysis by default.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ImportError
        If the libraries of the extra ``excel`` are not installed.
    OptionError
        When there is no such language or currency.

    Notes
    -----
    A sheet lists at most :data:`ROWS` customers, the most valuable, with a note of that.
    """
    require_extra("xlsxwriter", extra="excel", purpose="writing a workbook")
    locale = analysis.locale(language, currency)

    def write(target: Path) -> None:
        _write(target, analysis, locale)

    return write_atomic(path, write)


def _write(target: Path, analysis: Analysis, locale: Locale) -> None:
    import xlsxwriter

    # Row after row to a temporary file: memory does not grow with the customers.
    book = xlsxwriter.Workbook(
        str(target),
        {
            "constant_memory": True,
            "tmpdir": str(target.parent),  # removed with the folder, also after a kill
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties({"created": _CREATED, "title": locale.text("title")})
    sheets = _Sheets(book, locale)
    _fill(sheets, analysis)
    book.close()


def _fill(sheets: _Sheets, analysis: Analysis) -> None:
    locale = sheets.locale
    sheets.pairs("summary", _summary(analysis, locale))
    for scheme in ("value", "rfm"):
        chosen = analysis.segments[analysis.segments["scheme"] == scheme]
        table = chosen.drop(columns="scheme").dropna(axis="columns", how="all")
        if len(table):
            advice = segment_text.advice_on(analysis, scheme, locale.language)
            table = table.assign(
                segment=segment_text.names_of(table["segment"].tolist(), scheme, locale.language),
                finding=advice["finding"].to_numpy(),
                advice=advice["advice"].to_numpy(),
            )
            sheets.table(f"{scheme}_segments", table, bars=_bars(table, "segments"))
    if analysis.campaigns:
        sheets.table("campaigns", campaign_table(analysis, locale))
        targets = _targets(analysis)
        sheets.table("targets", targets, file="*.csv", key=str(targets.columns[1]))
    order = analysis.forecast[analysis.value_column].sort_values(ascending=False, kind="stable")
    best = order.index
    customers = pd.concat([analysis.customers, analysis.forecast], axis=1).loc[best[:ROWS]]
    sheets.table(
        "forecast",
        with_ids(customers),
        len(best),
        file="forecast.csv",
        bars=[analysis.value_column],
        key=id_name(customers),
    )
    scores = in_words(analysis.rfm.loc[best[:ROWS]], "rfm", locale)
    sheets.table("rfm", with_ids(scores), len(best), file="rfm.csv", key=id_name(scores))
    found = segment_text.insights(analysis, locale.language)
    sheets.table("insights", in_words(found, "insights", locale))
    for name in BREAKDOWNS:
        if name in analysis.tables:
            table = in_words(analysis.tables[name], name, locale)
            key = str(table.columns[0])
            sheets.table(name, numbers_as_text(table, [key]), file=f"{name}.csv", key=key)
    if "models" in analysis.tables:
        sheets.table("models", analysis.tables["models"], file="model_comparison.csv")
    if "quality" in analysis.tables:
        sheets.pairs("quality", quality_rows(analysis, locale))
    if "profile" in analysis.tables:
        sheets.table("profile", in_words(analysis.tables["profile"], "profile", locale))
    if "first_rows" in analysis.tables:
        sheets.table("first_rows", in_words(first_rows(analysis), "first_rows", locale))
    if analysis.warnings:
        sheets.table("warnings", _warnings(analysis, locale))
    sheets.columns()


def _summary(analysis: Analysis, locale: Locale) -> list[tuple[str, Any, str]]:
    rows: list[tuple[str, Any, str]] = [
        (locale.text("figure.customers"), len(analysis.customers), "count")
    ]
    for label, totals in analysis.totals().iterrows():
        horizon = locale.horizon(str(label))
        purchases = float(totals["expected_purchases"])
        rows.append((locale.text("figure.purchases", horizon=horizon), purchases, "number"))
        if "revenue" in totals.index:
            revenue = float(totals["revenue"])
            rows.append((locale.text("figure.revenue", horizon=horizon), revenue, "money"))
    if analysis.p_alive_informative and not dropout_unknown(analysis.purchase_model):
        alive = float(analysis.forecast["p_alive"].mean())
        rows.append((locale.text("figure.alive"), alive, "share"))
    elif analysis.activity["with_gap"] > 0:
        rows.append((locale.text("figure.overdue"), analysis.activity["overdue"], "share"))
    for name, value in analysis.settings.items():
        if value is not None and name not in UNSAID:
            words = locale.setting(name)
            shown = value if isinstance(value, bool | int | float) else setting(name, value, locale)
            rows.append((words, shown, "number" if isinstance(value, float) else "count"))
    return rows


def _bars(table: pd.DataFrame, name: str) -> list[str]:
    return [str(column) for column in table.columns if kind_of(str(column), name) == "share"]


def _targets(analysis: Analysis) -> pd.DataFrame:
    parts = [
        with_ids(campaign.customers).assign(campaign=campaign.name)
        for campaign in analysis.campaigns
    ]
    everyone = pd.concat(parts, ignore_index=True)
    columns = ["campaign", *(name for name in everyone.columns if name != "campaign")]
    listed: pd.DataFrame = everyone[columns]
    return listed


def _warnings(analysis: Analysis, locale: Locale) -> pd.DataFrame:
    rows = []
    for warning in analysis.warnings:
        title, means = locale.warning(type(warning))
        rows.append(
            {
                "code": warning.code,
                "kind": type(warning).__name__,
                "title": title or warning_title(warning),
                "text": f"{means} {warning.text}".strip(),
                "details": warning.details,
            }
        )
    return pd.DataFrame(rows)


class _Sheets:
    """Writes tables to sheets of one workbook, all in one style."""

    def __init__(self, book: Any, locale: Locale) -> None:
        self.book, self.locale = book, locale
        self._described: list[pd.DataFrame] = []
        self._formats = {
            kind: book.add_format({"num_format": code}) for kind, code in _FORMATS.items()
        }
        wrapped = {"num_format": "@", "text_wrap": True, "valign": "top"}
        self._formats["words"] = book.add_format(wrapped)
        self._formats["date"] = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self._head = book.add_format(
            {
                "bold": True,
                "bg_color": "#17677F",
                "font_color": "#FFFFFF",
                "text_wrap": True,
                "valign": "vcenter",
                "border": 1,
                "border_color": "#D8DEE6",
            }
        )

    def pairs(self, name: str, rows: Iterable[tuple[str, Any, str]]) -> None:
        """Write a sheet of names and values."""
        sheet = self._added(name)
        self._heads(sheet, self._describe(name, ["what", "value"]), [52, 28])
        for row, (what, value, kind) in enumerate(rows, start=1):
            sheet.write_string(row, 0, what)
            self._one(sheet, row, value, kind)

    def table(
        self,
        name: str,
        table: pd.DataFrame,
        rows: int | None = None,
        *,
        file: str = "",
        bars: Sequence[str] = (),
        key: str | None = None,
    ) -> None:
        """Write a sheet of rows, cut at :data:`ROWS` with a note of how many there are.

        `name` is the table's key in :data:`tenure.data_dictionary.TABLES`, and `key` the name of
        the column that the caller named.
        """
        sheet = self._added(name)
        everything = len(table) if rows is None else rows
        table = table.iloc[:ROWS]
        names = [str(column) for column in table.columns]
        heads = self._describe(name, names, key)
        kinds = [
            _kind(table.iloc[:, i], kind_of(column, name) if column != key else "text")
            for i, column in enumerate(names)
        ]
        widths = [
            _width(table.iloc[:, i], head, kind)
            for i, (head, kind) in enumerate(zip(heads, kinds, strict=True))
        ]
        self._heads(sheet, heads, widths)
        sheet.autofilter(0, 0, max(1, len(table)), len(names) - 1)
        for bar in bars:
            at = names.index(bar)
            look = {"type": "data_bar", "bar_color": "#9CC7D3", "bar_solid": True}
            sheet.conditional_format(1, at, max(1, len(table)), at, look)
        columns = [_plain(table.iloc[:, i], kind, self.locale) for i, kind in enumerate(kinds)]
        formats = [self._formats[kind] for kind in kinds]
        by_kind = {"text": sheet.write_string, "words": sheet.write_string}
        by_kind["date"] = sheet.write_datetime
        writers = [by_kind.get(kind, sheet.write_number) for kind in kinds]
        cells = list(zip(range(len(names)), writers, formats, strict=True))
        for row, values in enumerate(zip(*columns, strict=True), start=1):
            for (at, write, style), value in zip(cells, values, strict=True):
                if value is not None:
                    write(row, at, value, style)
        if everything > len(table):
            note = self.locale.text("sheet.cut", shown=len(table), count=everything, file=file)
            sheet.write_string(len(table) + 1, 0, note)

    def columns(self) -> None:
        """Write the sheet that states what the columns of the others mean."""
        names = ["table", "heading", "meaning", "unit", "kind", "column"]
        self._describe("columns", names)
        self.table("columns", pd.concat(self._described, ignore_index=True)[names])

    def _describe(self, name: str, names: Sequence[str], key: str | None = None) -> list[str]:
        """Note what the columns of a sheet mean; return their headings."""
        found = described_columns(pd.DataFrame(columns=list(names)), name, self.locale, key=key)
        self._described.append(found.assign(table=self._title(name)))
        headings: list[str] = found["heading"].tolist()
        return headings

    def _title(self, name: str) -> str:
        return TABLES[name].texts(self.locale.language)[0]

    def _added(self, name: str) -> Any:
        return self.book.add_worksheet(self._title(name))

    def _heads(self, sheet: Any, heads: Sequence[str], widths: Sequence[float]) -> None:
        for at, (text, width) in enumerate(zip(heads, widths, strict=True)):
            sheet.set_column(at, at, width)
            sheet.write_string(0, at, text, self._head)
        sheet.freeze_panes(1, 1)

    def _one(self, sheet: Any, row: int, value: Any, kind: str) -> None:
        if isinstance(value, bool):
            sheet.write_string(row, 1, self.locale.text("yes" if value else "no"))
        elif isinstance(value, int | float):
            if math.isfinite(value):
                shown = "count" if kind == "number" and float(value).is_integer() else kind
                sheet.write_number(row, 1, value, self._formats[shown])
        else:
            day = _day(value)
            if day is None:
                sheet.write_string(row, 1, _cut(str(value)), self._formats["text"])
            else:
                sheet.write_datetime(row, 1, day, self._formats["date"])


def _day(value: Any) -> datetime | None:
    try:
        return datetime.strptime(str(value), "%Y-%m-%d")
    except ValueError:
        return None


def _kind(column: pd.Series[Any], kind: str) -> str:
    """Return the format of a column: that of its kind, as far as its values allow."""
    if column.dtype.kind == "M" and not isinstance(column.dtype, pd.ArrowDtype):
        years = column.dt.year
        # A sheet knows no days before 1900.
        return "date" if years.dropna().between(1900, MAXYEAR).all() else "text"
    if not pd.api.types.is_numeric_dtype(column) or column.dtype.kind in "bc":
        sample = column.head(1000).astype(str)
        return "words" if len(sample) and sample.str.len().max() > 60 else "text"
    if kind in ("share", "money"):
        return kind
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    values = values[np.isfinite(values)]
    return "count" if (values == np.round(values)).all() else "number"


def _width(column: pd.Series[Any], head: str, kind: str) -> float:
    if kind == "words":
        return 70.0
    longest = max((len(word) for word in head.split()), default=0)
    if kind == "text":
        longest = max([longest, *(len(str(cell)) for cell in column.head(1000))])
    return float(min(max(longest + 3, 12), 44))


def _plain(column: pd.Series[Any], kind: str, yes_no: Locale) -> list[Any]:
    """Return the cells of a column as plain values; None where there is nothing to write."""
    missing = column.isna().tolist()
    if kind == "date":
        days = column.dt.tz_localize(None).tolist()
        return [
            None if gone else day.to_pydatetime(warn=False)
            for day, gone in zip(days, missing, strict=True)
        ]
    if pd.api.types.is_bool_dtype(column.dtype):
        words = {value: yes_no.text("yes" if value else "no") for value in (True, False)}
        column = column.map(words, na_action="ignore")
    if kind in ("text", "words"):
        return [
            None if gone else _cut(str(value))
            for value, gone in zip(column.tolist(), missing, strict=True)
        ]
    numbers = column.to_numpy(dtype=np.float64, na_value=np.nan).tolist()
    return [value if math.isfinite(value) else None for value in numbers]


def _cut(text: str) -> str:
    """Cut what no cell of Excel can hold, and replace what cannot be shown."""
    text = printable(text)
    return text if len(text) <= _TEXT_LIMIT else text[: _TEXT_LIMIT - 1] + "…"
