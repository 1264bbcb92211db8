"""The report: complete, self-contained, and inert whatever the data hold."""

import json
import re
import warnings
from dataclasses import replace
from html.parser import HTMLParser

import pandas as pd
import pytest

import tenure
from tenure.exceptions import OptionError, TenureWarning
from tenure.locale import Locale
from tenure.report import charts, customer_table, figures, render, timelines
from tenure.report.tables import grid


def run(source, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        return tenure.run(source, **options)


class Page(HTMLParser):
    """Collects tags, attributes and text; complains of tags that do not match."""

    VOID = frozenset({"meta", "br", "hr", "img", "link", "input"})

    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.text, self.open, self.ids = [], [], [], [], []
        self.data = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("href", "src", "action")]
        self.ids += [value for name, value in attrs if name == "id"]
        assert not any(name.startswith("on") for name, _ in attrs)
        if tag not in self.VOID:
            self.open.append((tag, dict(attrs)))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        if self.open and self.open[-1][1].get("id") == "customers-data":
            self.data += data
        elif not self.open or self.open[-1][0] not in ("script", "style"):
            self.text.append(data)


@pytest.fixture(scope="module")
def analysis():
    return run(tenure.datasets.make_omnichannel(2_000, seed=2), preset="flo")


@pytest.fixture(scope="module")
def page(analysis):
    return Page(render(analysis))


def test_is_whole_and_asks_for_nothing(analysis, page):
    assert page.open == []
    assert page.links
    assert all(link.startswith("#") for link in page.links)
    assert {link[1:] for link in page.links} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert {"iframe", "link", "img", "object"}.isdisjoint(page.tags)
    text = render(analysis)
    style = text[text.index("<style>") : text.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style


def test_runs_its_own_scripts_only(analysis):
    text = render(analysis)
    allowed = re.search(r'Content-Security-Policy" content="([^"]*)"', text).group(1)
    sources = customer_table.scripts()
    assert customer_table.policy(sources).replace("'", "&#39;") == allowed
    assert allowed.startswith("default-src &#39;none&#39;")
    assert "unsafe-eval" not in allowed
    for source in sources.values():
        assert source in text


def test_sections(page):
    """First what to do and what it is worth, then trust, the customers, and the appendix."""
    order = ["overview", "rfm", "segments", "campaigns", "tables", "trust", "customers"]
    order += ["appendix", "data", "fit", "check", "method"]
    assert [name for name in page.ids if name in order] == order
    assert {link[1:] for link in page.links} == {"main", *order}


def test_says_the_figures(analysis, page):
    text = " ".join(page.text)
    assert Locale().amount(analysis.totals().loc["6m", "revenue"]) in text
    lines = "".join(page.text)
    for warning in analysis.warnings:
        for part in (warning.text, warning.details, warning.code, warning.page):
            assert part in lines
    for campaign in analysis.campaigns:
        assert campaign.file in text


def test_holds_every_customer_and_every_list(analysis, page):
    data = json.loads(page.data)
    names = [column["name"] for column in data["columns"]]
    table = pd.DataFrame(data["rows"], columns=names).set_index("master_id")
    assert set(table.index) == set(analysis.forecast.index)
    clv = analysis.forecast["clv_6m"].loc[table.index]
    assert clv.is_monotonic_decreasing
    assert (table["clv_6m"] - clv).abs().max() <= 0.005 + 1e-9
    assert (table["p_alive"] - analysis.forecast["p_alive"].loc[table.index]).abs().max() <= 6e-5
    assert table["segment"].tolist() == analysis.forecast["segment"].loc[table.index].tolist()
    assert [item["ids"] for item in data["lists"]] == [
        campaign.ids.tolist() for campaign in analysis.campaigns
    ]


def test_headings_of_the_customer_table_are_what_it_holds(analysis, page):
    """The days since the last order are headed so, not as the weeks between two orders."""
    data = json.loads(page.data)
    titles = {column["name"]: column["title"] for column in data["columns"]}
    names = list(titles)
    since = pd.Series({row[0]: row[names.index("recency")] for row in data["rows"]})
    weeks = analysis.customers["T"] - analysis.customers["recency"]
    assert (since - (weeks.loc[since.index] * 7)).abs().max() < 0.01
    assert titles["recency"] == "days since last order"
    orders = pd.Series({row[0]: row[names.index("frequency")] for row in data["rows"]})
    assert (orders == analysis.history["orders_total"].loc[orders.index]).all()
    assert titles["frequency"] == "orders so far"
    assert titles["segment"] == "value segment"
    turkish = json.loads(Page(render(analysis, language="tr")).data)["columns"]
    assert {column["title"] for column in turkish}.isdisjoint(set(titles.values()))


def test_many_customers_are_cut(analysis, monkeypatch):
    monkeypatch.setattr(customer_table, "LIMIT", 1_000)
    monkeypatch.setattr(customer_table, "LISTED", 100)
    page = Page(render(analysis))
    best = analysis.forecast["clv_6m"].nlargest(100).index
    assert {row[0] for row in json.loads(page.data)["rows"]} == set(best)
    assert "The 100 customers with the highest value, of 2,000." in " ".join(page.text)


def test_hostile_text_is_inert():
    table = tenure.datasets.make_omnichannel(500, seed=2)
    evil = "</script><script>alert(1)</script><!--"
    table.loc[table["customer_value_total_ever_online"].idxmax(), "master_id"] = evil
    table["order_channel"] = '"><img src=x onerror=alert(2)>'
    text = render(run(table, preset="flo"))
    page = Page(text)
    assert page.tags.count("script") == 3
    assert "img" not in page.tags
    assert evil in "".join(page.text)
    assert evil in [row[0] for row in json.loads(page.data)["rows"]]
    assert evil not in text


def test_hostile_names_in_charts():
    table = pd.DataFrame({"share": [0.4, 0.6], "revenue_share": [0.5, 0.5]})
    chart = figures.segment_bars(table, ["</svg><script>x", 'a" onload="y'], Locale())
    for drawn in (chart.drawing.wide, chart.drawing.narrow):
        tags = Page(drawn).tags
        assert tags[0] == "svg"
        assert tags.count("svg") == 1
        assert "script" not in tags
    tags = Page(replace(chart, title="</title><script>x")._repr_html_()).tags
    assert tags.count("svg") == 2
    assert "script" not in tags


def test_frequencies_are_the_data_and_the_model(analysis):
    chart = figures.frequencies(analysis, Locale())
    shown = [[int(cell.replace(",", "")) for cell in row[1:]] for row in chart.table.rows]
    frequency = analysis.customers["frequency"]
    last = len(shown) - 1
    assert [row[0] for row in shown[:-1]] == [int((frequency == n).sum()) for n in range(last)]
    assert shown[-1][0] == int((frequency >= last).sum())
    for n, (_, expected) in enumerate(shown[:-1]):
        pmf = analysis.purchase_model.probability_of_n_purchases_up_to_time
        each = [float(pmf(t, n)) for t in analysis.customers["T"]]
        assert expected == pytest.approx(sum(each), abs=0.51)


def test_heat_map_is_the_mean_of_each_cell(analysis):
    chart = figures.value_map(analysis, Locale())
    customers_, clv = analysis.customers, analysis.forecast["clv_6m"]
    silence = (customers_["T"] - customers_["recency"]) * 7 / 30.4375
    row = next(row for row in chart.table.rows if row[:2] == ["1", "3–6"])
    there = (customers_["frequency"] == 1) & (silence >= 3) & (silence < 6)
    assert row[2:] == [Locale().amount(clv[there].mean()), Locale().number(int(there.sum()))]
    assert sum(int(row[3].replace(",", "")) for row in chart.table.rows) == len(customers_)


def test_tracking_ends_at_what_was_bought():
    purchases = tenure.datasets.load_cdnow_transactions()
    analysis = run(purchases, customer="customer_id", date="date", amount="dollar_value")
    log = purchases.rename(columns={"customer_id": "customer"})
    log["date"] = pd.to_datetime(log["date"])
    cumulative, step = timelines.tracking(analysis, log, Locale())
    days = log.drop_duplicates(["customer", "date"])
    whole = (log["date"].max() - log["date"].min()).days // 7 * 7
    end = log["date"].min() + pd.Timedelta(days=whole)
    made = (days["date"] < end).sum() - days.loc[days["date"] < end, "customer"].nunique()
    assert cumulative.table.rows[-1][1] == Locale().number(int(made))
    assert len(step.table.rows) == len(cumulative.table.rows) - 1


def test_tracking_by_month_counts_purchases_as_the_model_does():
    purchases = tenure.datasets.load_cdnow_transactions()
    options = {"period": "M", "purchase_model": "bg/nbd"}
    analysis = run(purchases, customer="customer_id", date="date", **options)
    log = purchases.rename(columns={"customer_id": "customer"})
    cumulative, _ = timelines.tracking(analysis, log, Locale())
    # To the end of May 1998: days with a purchase after the first, and the sum of E[X(T)] over the
    # customers, T from the first purchase to 1998-05-31 in months of 30.4375 days.
    days = log.drop_duplicates(["customer", "date"])
    first = days.groupby("customer")["date"].min()
    ages = (pd.Timestamp("1998-05-31") - first).dt.days / 30.4375
    expected = analysis.purchase_model.expected_number_of_purchases_up_to_time(ages).sum()
    row = cumulative.table.rows[-1]
    assert row[:2] == ["17", "4,171"]
    assert float(row[2].replace(",", "")) == pytest.approx(expected, abs=0.051)
    assert round(expected) == 4241


def test_without_money_or_campaigns():
    purchases = tenure.datasets.load_cdnow_transactions()
    page = Page(render(run(purchases, customer="customer_id", date="date")))
    text = " ".join(page.text)
    assert "Campaigns" not in text
    assert "revenue" not in text
    assert "nan" not in text.lower().split()


def test_without_the_extra(analysis, monkeypatch):
    monkeypatch.setattr(charts, "LIBRARIES", ("no_such_library",))
    monkeypatch.setattr(customer_table, "LIBRARY", "no_such_library")
    page = Page(render(analysis))
    assert page.open == []
    assert "svg" not in page.tags
    assert page.data == ""
    text = " ".join(page.text)
    assert "pip install '.[report]'" in text
    assert Locale().amount(analysis.totals().loc["6m", "revenue"]) in text
    best = analysis.forecast["clv_6m"].nlargest(25).index
    assert all(customer in text for customer in best)


def test_turkish(analysis):
    text = render(analysis, language="tr", currency="TRY")
    page = Page(text)
    assert text.startswith('<!doctype html>\n<html lang="tr">')
    words = " ".join(page.text)
    assert "Rakamlara ne kadar güvenilebilir" in words
    assert Locale("tr", "TRY").money(analysis.totals().loc["6m", "revenue"]) in words
    for title in ("All customers", "rows read", "customers", "revenue"):
        assert f">{title}<" not in text
    for warning in analysis.warnings:
        assert warning.text in "".join(page.text)
        assert Locale("tr").warning(type(warning))[0] in words


def test_is_the_same_every_time(analysis):
    assert render(analysis) == render(analysis)


def test_refuses_other_languages(analysis):
    with pytest.raises(OptionError, match="'en' or 'tr'"):
        render(analysis, language="de")


def test_cells_are_written_for_people():
    shown = grid(
        pd.DataFrame({"id": [1001], "n": [1001], "none": [None], "yes": [True], "share": [0.5]}),
        Locale(),
    )
    assert shown.rows == [["1001", "1,001", "–", "yes", "50.0%"]]
