"""Charts in Python: by name, in the language of the analysis, saved as SVG and PNG."""

import re
import warnings
from dataclasses import replace
from io import BytesIO
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

import tenure
from tenure.exceptions import OptionError, TenureWarning
from tenure.locale import Locale
from tenure.report import plots, render

PURCHASES = ("cumulative_purchases", "incremental_purchases", "retention", "survival")


def run(source, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        return tenure.run(source, **options)


@pytest.fixture(scope="module")
def totals():
    return run(tenure.datasets.make_omnichannel(500, seed=1), preset="flo")


@pytest.fixture(scope="module")
def purchases():
    table = tenure.datasets.load_cdnow_transactions()
    return run(table, customer="customer_id", date="date", amount="dollar_value")


def test_every_chart_of_the_report_is_there(totals, purchases):
    """The names on the page are the names of plot, and the drawings are the same."""
    for analysis in (totals, purchases):
        page = render(analysis)
        names = re.findall(r'<figure class="chart" data-name="(\w+)"', page)
        assert len(names) == len(set(names)) >= 4
        for name in names:
            assert analysis.plot(name).drawing.wide in page
    assert set(PURCHASES) <= set(names)
    assert set(names) - {"p_alive"} == set(plots.PLOTS) - {"p_alive"}


def test_segments_are_those_of_the_analysis(totals):
    chart = totals.plot("segments")
    table = totals.segments[totals.segments["scheme"] == "value"]
    write = Locale().percent
    assert [row[0] for row in chart.table.rows] == table["segment"].tolist()
    value = totals.forecast.groupby("segment", observed=True)["clv_6m"].sum()
    shares = (value / value.sum())[table["segment"].tolist()]
    assert [row[2] for row in chart.table.rows] == [write(share) for share in shares]


def test_language_follows_the_analysis(totals):
    turkish = replace(totals, language="tr", currency="TRY")
    assert totals.plot("rfm").title.startswith("Share of customers")
    chart = turkish.plot("rfm")
    assert chart.title.startswith("RFM segmentine göre")
    assert "%" in chart._repr_svg_()
    assert "Şampiyonlar" in chart._repr_svg_()


def test_shows_itself(totals):
    chart = totals.plot("segments")
    root = ElementTree.fromstring(chart._repr_svg_())
    assert root.find("{http://www.w3.org/2000/svg}title").text == chart.title
    assert "var(" not in chart._repr_svg_()
    assert chart._repr_html_().count("<svg") == 2
    assert repr(chart) == f"<tenure chart 'segments': {chart.title}>"


def test_saves_svg_and_png(totals, tmp_path):
    chart = totals.plot("segments")
    svg = chart.save(tmp_path / "a.svg")
    assert svg.read_text(encoding="utf-8") == chart._repr_svg_()
    png = chart.save(str(tmp_path / "a.PNG"))
    with Image.open(BytesIO(png.read_bytes())) as picture:
        assert picture.format == "PNG"
        root = ElementTree.fromstring(chart._repr_svg_())
        assert picture.width == 2 * int(float(root.get("width")))
        pixels = np.asarray(picture.convert("RGB")).reshape(-1, 3)
    for colour in ((0x17, 0x67, 0x7F), (0xC9, 0x80, 0x2B), (255, 255, 255)):
        assert (pixels == colour).all(axis=1).sum() > 1000
    for name in ("a.pdf", "a"):
        with pytest.raises(OptionError, match=r"\.svg or \.png"):
            chart.save(tmp_path / name)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.PNG", "a.svg"]


def test_other_names_are_refused(totals, purchases):
    with pytest.raises(OptionError, match="choose one of 'segments', 'rfm', 'repeat_purchases'"):
        totals.plot("segment")
    with pytest.raises(OptionError, match="no such chart"):
        totals.plot(3)
    for name in PURCHASES:
        with pytest.raises(OptionError, match="one row per purchase") as refused:
            totals.plot(name)
        assert repr(name) not in str(refused.value).split("choose one of")[1]
    without = replace(purchases, purchases=purchases.purchases.drop(columns="amount"))
    with pytest.raises(OptionError, match="with amounts"):
        without.plot("cohort_revenue")


def test_without_the_extra(totals, monkeypatch):
    monkeypatch.setattr(plots, "LIBRARIES", ("no_such_library",))
    with pytest.raises(ImportError, match="no_such_library"):
        totals.plot("segments")
