"""The workbook: typed, formatted, complete, and nothing in it runs."""

import re
import warnings
import zipfile

import openpyxl
import pandas as pd
import pytest

import tenure
from tenure.exceptions import TenureWarning
from tenure.report import workbook, write_workbook

HOSTILE = [
    '=HYPERLINK("http://example.invalid","x")',
    "+cmd|' /C calc'!A0",
    "@SUM(1,2)",
    "</t></is><script>alert(1)</script>",
    "007",
    "12345678901234567890",
    "https://example.invalid/",
    "שלום 😀 مرحبا",
    "x" * 300,
]


def read(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # openpyxl leaves out data bars, and says so
        return openpyxl.load_workbook(path)


@pytest.fixture(scope="module")
def analysis():
    table = tenure.datasets.make_omnichannel(600, seed=4)
    table["master_id"] = [*HOSTILE, *table["master_id"].iloc[len(HOSTILE) :]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        return tenure.run(table, preset="flo")


@pytest.fixture(scope="module")
def book(analysis, tmp_path_factory):
    return read(write_workbook(analysis, tmp_path_factory.mktemp("book") / "workbook.xlsx"))


def test_sheets(book):
    assert [name for name in book.sheetnames if name != "Insights"] == [
        "Summary",
        "Value segments",
        "RFM segments",
        "Campaigns",
        "Target lists",
        "Customers",
        "RFM scores",
        "Channels",
        "Channels by segment",
        "Last channels",
        "Last channels by segment",
        "Categories",
        "Categories by segment",
        "Most money spent",
        "Most orders",
        "Models compared",
        "Data quality",
        "Data profile",
        "First rows",
        "Warnings",
        "Columns",
    ]
    for sheet in book:
        assert sheet.freeze_panes == "B2"
        assert sheet["A1"].font.bold
        assert all(sheet.column_dimensions[c].width >= 12 for c in "AB")
    for name in ("Customers", "RFM scores", "Value segments", "Target lists"):
        assert book[name].auto_filter.ref == book[name].dimensions


def test_holds_the_forecast(analysis, book):
    rows = list(book["Customers"].iter_rows(values_only=True))
    ids = [row[0] for row in rows[1:]]
    assert sorted(ids) == sorted(analysis.forecast.index)
    headings = list(rows[0])
    at = headings.index("value, 6 months")
    clv = analysis.forecast.loc[ids, "clv_6m"].tolist()
    assert [row[at] for row in rows[1:]] == pytest.approx(clv, rel=1e-12)
    assert clv == sorted(clv, reverse=True)
    cell = book["Customers"].cell(2, at + 1)
    assert (cell.data_type, cell.number_format) == ("n", "#,##0.00")


def test_holds_every_list(analysis, book):
    rows = list(book["Target lists"].iter_rows(values_only=True, min_row=2))
    for campaign in analysis.campaigns:
        listed = [row[1] for row in rows if row[0] == campaign.name]
        assert listed == campaign.ids.tolist()


def test_nothing_is_a_formula_and_ids_are_text(book):
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s", "n", "d"}
    assert not any(cell.hyperlink for cell in cells)
    for name in ("Customers", "RFM scores"):
        column = [cell for (cell,) in book[name].iter_rows(min_row=2, max_col=1)]
        assert {cell.data_type for cell in column} == {"s"}
        assert set(HOSTILE) <= {cell.value for cell in column}


def test_numeric_ids_stay_whole(tmp_path):
    table = tenure.datasets.make_omnichannel(300, seed=4)
    table["master_id"] = range(10**17 + 1, 10**17 + 301)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        analysis = tenure.run(table, preset="flo")
    book = read(write_workbook(analysis, tmp_path / "w.xlsx"))
    ids = {cell.value for (cell,) in book["Customers"].iter_rows(min_row=2, max_col=1)}
    assert ids == {str(i) for i in range(10**17 + 1, 10**17 + 301)}


def test_same_bytes(analysis, tmp_path):
    one, two = (write_workbook(analysis, tmp_path / f"{i}.xlsx") for i in "ab")
    assert one.read_bytes() == two.read_bytes()


def test_many_customers_are_cut_and_it_is_said(analysis, tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "ROWS", 50)
    book = read(write_workbook(analysis, tmp_path / "w.xlsx"))
    rows = list(book["Customers"].iter_rows(values_only=True, min_row=2))
    best = analysis.forecast["clv_6m"].nlargest(50).index
    assert {row[0] for row in rows[:50]} == set(best)
    assert rows[50][0].startswith("The first 50 of 600 rows")
    assert "forecast.csv" in rows[50][0]


def test_turkish_headings(analysis, tmp_path):
    book = read(write_workbook(analysis, tmp_path / "w.xlsx", language="tr", currency="TRY"))
    assert book.sheetnames[:3] == ["Özet", "Değer segmentleri", "RFM segmentleri"]
    assert "değer, 6 ay (₺)" in [cell.value for cell in book["Müşteriler"][1]]
    assert all(len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) for name in book.sheetnames)


def test_dates_and_gaps(analysis, book, tmp_path):
    dates = [row for row in book["Summary"].iter_rows(min_row=2) if row[1].is_date]
    assert [row[1].value.date().isoformat() for row in dates] == [
        analysis.settings["analysis_date"]
    ]
    assert None not in [row[1].value for row in book["Summary"].iter_rows(min_row=2)]


def test_without_money(tmp_path):
    purchases = tenure.datasets.load_cdnow_transactions()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        analysis = tenure.run(purchases, customer="customer_id", date="date")
    path = write_workbook(analysis, tmp_path / "w.xlsx")
    book = read(path)
    assert "Campaigns" not in book.sheetnames
    assert book["Customers"].max_row == len(analysis.forecast) + 1
    assert zipfile.ZipFile(path).testzip() is None


def test_says_which_extra_is_missing(analysis, tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ImportError, match=re.escape("'.[excel]'")):
        write_workbook(analysis, tmp_path / "w.xlsx")
    assert not list(tmp_path.iterdir())


def test_long_text_is_cut_to_what_a_cell_holds():
    assert len(workbook._cut("x" * 40_000)) == 32_767
    kinds = (
        workbook._kind(pd.Series([1.0, 2.0]), "number"),
        workbook._kind(pd.Series([0.1]), "share"),
    )
    assert kinds == ("count", "share")
