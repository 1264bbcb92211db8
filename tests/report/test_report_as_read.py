"""What a review of the reports found: figures as the data give them, names as people read them."""

from __future__ import annotations

import warnings

import numpy as np
import openpyxl
import pandas as pd
import pytest

import tenure
from tenure import Campaign
from tenure.exceptions import RefundWarning
from tenure.locale import Locale
from tenure.report import charts, headline, plots
from tenure.report.model_sections import cohorts, quality, setting
from tenure.report.workbook import write_workbook


@pytest.fixture(scope="module")
def analysis():
    table = tenure.datasets.load_cdnow_transactions()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return tenure.run(table, customer="customer_id", date="date", amount="dollar_value")


def test_figures_as_given_lose_no_digit():
    locale = Locale("en")
    given = [39.99, 29.33, 1853.58, 45220.13, 4.0, 0.0, -53594.36, 1219.9468]
    assert [locale.as_given(value) for value in given] == [
        "39.99",
        "29.33",
        "1,853.58",
        "45,220.13",
        "4",
        "0",
        "-53,594.36",
        "1,219.9468",
    ]
    assert Locale("tr").as_given(1853.58) == "1.853,58"
    assert locale.as_given(694.2220000000001) == "694.222"


def test_the_first_rows_and_the_limits_are_shown_as_read(analysis):
    source = tenure.datasets.load_cdnow_transactions()
    shown = {grid.caption: grid for grid in quality(analysis, Locale("en")).tables}
    first = shown["The first rows as they were read"].rows
    assert [row[-1] for row in first] == [f"{x:.10g}" for x in source["dollar_value"].head(10)]
    statistics = shown["Statistics of the columns with numbers"]
    heads = [column.name for column in statistics.columns]
    money = dict(zip(heads, statistics.rows[-1], strict=True))
    spent = source["dollar_value"]
    assert money["maximum"] == f"{spent.max():.2f}".rstrip("0").rstrip(".")
    assert float(money["5% quantile"]) == spent.quantile(0.05)
    assert float(money["mean"]) == round(spent.mean(), 2)
    assert float(money["standard deviation"]) == round(spent.std(), 2)


def test_days_written_as_numbers_are_not_shown_as_counts(tmp_path):
    table = tenure.datasets.load_cdnow_transactions().head(400)
    table["date"] = table["date"].astype(str).str.replace("-", "").astype(int)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = tenure.run(table, customer="customer_id", date="date", date_format="%Y%m%d")
        write_workbook(found, tmp_path / "workbook.xlsx")
        book = openpyxl.load_workbook(tmp_path / "workbook.xlsx")
    given = [str(day) for day in table["date"].head(10)]
    first = quality(found, Locale("en")).tables[-1]
    place = [column.name for column in first.columns].index("date")
    assert [row[place] for row in first.rows] == given
    written = book["First rows"].iter_rows(min_row=2, values_only=True)
    assert [row[place] for row in written] == given


def test_figures_on_a_phone_do_not_run_into_each_other():
    names = [f"{month}" for month in range(13)]
    cells = pd.DataFrame({"month": names, "cohort": "a", "value": 1000.0, "label": "x"})
    axes = {"x": "month", "y": "cohort", "value": "value", "titles": ("", "")}
    for text, fits in (("1,234", False), ("234", True)):
        drawing = charts.heat_map(
            cells.assign(shown=text), **axes, orders=(names, ["a"]), locale=Locale("en")
        )
        assert f">{text}</text>" in drawing.wide
        assert (f">{text}</text>" in drawing.narrow) is fits


def test_names_of_segments_are_whole_on_a_phone(analysis):
    name = "Kaybedilmemesi Gerekenler"
    drawing = plots.scheme_chart(analysis, Locale("tr"), "rfm").drawing
    assert f">{name}</text>" in drawing.narrow
    assert f">{name}</text>" in drawing.wide


def test_rules_name_segments_as_the_page_does():
    rule = Campaign(name="x", segments=("cant_lose", "at_risk"))
    assert rule.describe() == "segment Can't lose or At risk"
    assert rule.describe("tr") == "segment Kaybedilmemesi Gerekenler veya Risk Altındakiler"


def test_no_headline_rests_on_a_dropout_that_is_not_identified(analysis, monkeypatch):
    locale = Locale("en")
    name = locale.text("figure.alive")
    assert name in [card.name for card in headline.cards(analysis, locale)]
    model = type(analysis.purchase_model)
    monkeypatch.setattr(model, "_hidden", frozenset({"a", "b"}))
    assert analysis.p_alive_informative
    names = [card.name for card in headline.cards(analysis, locale)]
    assert name not in names
    assert [chart.name for chart in cohorts(analysis, locale).charts] == [
        "retention",
        "cohort_revenue",
    ]
    assert any(text.startswith("days since the last order") for text in names)
    monkeypatch.setattr(model, "_hidden", frozenset({"r"}))
    assert name in [card.name for card in headline.cards(analysis, locale)]


def test_refunds_by_quantity_name_what_was_paid():
    rng = np.random.default_rng(5)
    table = pd.DataFrame(
        {
            "id": rng.integers(0, 60, 400),
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, 400), "D"),
            "price": rng.uniform(1, 9, 400).round(2),
            "count": rng.integers(1, 5, 400),
        }
    )
    table.loc[:9, "count"] = -1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = tenure.run(table, customer="id", date="day", amount="price", quantity="count")
    texts = [w.text for w in found.warnings if isinstance(w, RefundWarning)]
    assert len(texts) == 1
    assert texts[0].startswith("10 transactions have a negative 'count × price': refunds")


def test_settings_list_labels():
    assert setting("value_segments", {"labels": "DCBA"}, Locale("en")) == "labels: D, C, B, A"


def test_the_workbook_has_ids_as_text_everywhere(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    table = tenure.datasets.load_cdnow_transactions()
    table["customer_id"] = table["customer_id"].astype("float64") + 10_000
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = tenure.run(table, customer="customer_id", date="date", amount="dollar_value")
    path = write_workbook(found, tmp_path / "book.xlsx")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl knows no data bars
        book = openpyxl.load_workbook(path)
    orders = table.groupby("customer_id")["date"].nunique()
    assert orders.max() == orders[10_157]
    assert [book["Most orders"]["A2"].value, book["Most orders"]["A2"].number_format] == [
        "10157",
        "@",
    ]
    assert book["First rows"]["A2"].value == "10001"
    assert book["Customers"]["A2"].number_format == "@"
