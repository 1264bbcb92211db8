"""The report: complete, self-contained, and inert whatever the data hold."""

import re
import warnings
from html.parser import HTMLParser

import pandas as pd
import pytest

import tenure
from tenure.exceptions import TenureWarning
from tenure.report.tables import grid, money, number, percent


def run(source, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        return tenure.run(source, **options)


class Page(HTMLParser):
    """Collects tags, attributes and text; complains of tags that do not match."""

    VOID = frozenset({"meta", "br", "hr", "img", "link", "input"})

    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.text, self.open = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("href", "src", "action")]
        assert not any(name.startswith("on") for name, _ in attrs)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture(scope="module")
def analysis():
    return run(tenure.datasets.make_omnichannel(2_000, seed=2), preset="flo")


@pytest.fixture(scope="module")
def page(analysis):
    return Page(analysis.report())


def test_is_whole_and_asks_for_nothing(analysis, page):
    assert page.open == []
    assert page.links
    assert all(link.startswith("#") for link in page.links)
    assert {"script", "iframe", "link", "img", "object"}.isdisjoint(page.tags)
    assert not re.search(r"https?://|@import|url\(", analysis.report())


def test_sections(page):
    text = " ".join(page.text)
    for title in (
        "Read this first",
        "The data",
        "The models",
        "Forecast",
        "Value segments",
        "RFM segments",
        "Channels and best customers",
        "Campaigns",
        "How the figures were made",
    ):
        assert title in text
    targets = {link[1:] for link in page.links}
    assert {"warnings", "data", "fit", "forecast", "segments", "rfm", "campaigns"} <= targets


def test_says_the_figures(analysis, page):
    text = " ".join(page.text)
    assert money(analysis.totals().loc["6m", "revenue"]) in text
    for warning in analysis.warnings:
        assert str(warning) in "".join(page.text)
    for campaign in analysis.campaigns:
        assert campaign.file in text


def test_hostile_text_is_inert():
    table = tenure.datasets.make_omnichannel(500, seed=2)
    evil = "<script>alert(1)</script>"
    table.loc[table["customer_value_total_ever_online"].idxmax(), "master_id"] = evil
    table["order_channel"] = '"><img src=x onerror=alert(2)>'
    text = run(table, preset="flo").report()
    page = Page(text)
    assert "script" not in page.tags
    assert "img" not in page.tags
    assert evil in "".join(page.text)


def test_without_money_or_campaigns():
    purchases = tenure.datasets.load_cdnow_transactions()
    page = Page(run(purchases, customer="customer_id", date="date").report())
    text = " ".join(page.text)
    assert "Campaigns" not in text
    assert "revenue" not in text
    assert "nan" not in text.lower().split()


def test_is_the_same_every_time(analysis):
    assert analysis.report() == analysis.report()


def test_figures_are_written_for_people():
    assert (number(19945), number(1234.5), number(0.012345)) == ("19,945", "1,234.5", "0.0123")
    assert (number(float("nan")), number(float("inf"))) == ("–", "–")
    assert (money(12.5), money(1e6)) == ("12.50", "1,000,000")
    assert percent(0.5) == "50.0 %"
    shown = grid(pd.DataFrame({"id": [1001], "n": [1001], "none": [None], "yes": [True]}))
    assert shown.rows == [["1001", "1,001", "–", "yes"]]
