"""The report in a browser: it works, asks for nothing, runs nothing it was given, reads well."""

import csv
import os
import shutil
import warnings
from pathlib import Path

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import reference_path
from playwright.sync_api import expect, sync_playwright

import tenure
from tenure.exceptions import TenureWarning
from tenure.report import render

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOSTILE = [
    "<script>document.title='run'</script>",
    "</script><img src=x onerror=\"document.title='run'\">",
    "&lt;img src=x onerror=document.title='run'&gt;",
    "&<img src=x onerror=document.title='run'>",
    '=HYPERLINK("http://example.invalid","x")',
    "+cmd|' /C calc'!A0",
    "'\"; alert(1) //",
    "שלום 😀 مرحبا \u202e abc",
    "x" * 600,
    "007",
]
TWO_FRAMES = "new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))"


def chromium():
    """Where Chromium is: named by TENURE_CHROMIUM, or on PATH."""
    named = os.environ.get("TENURE_CHROMIUM")
    found = [shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")]
    return named or next(filter(None, found), None)


@pytest.fixture(scope="module")
def browser():
    path = chromium()
    if path is None:
        pytest.skip("no Chromium on PATH: TENURE_CHROMIUM would say where it is")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


def run(source, out):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        return tenure.run(source, preset="flo", out=out)


@pytest.fixture(scope="module", params=["simulated", "flo"])
def results(request, tmp_path_factory):
    """The deliverables of a run on simulated and, where it is there, on the real data."""
    if request.param == "flo":
        source = reference_path("data/flo_data_20k.csv")
    else:
        source = tenure.datasets.make_omnichannel(3_000, seed=5)
    return run(source, tmp_path_factory.mktemp("results")).out


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    table = tenure.datasets.make_omnichannel(400, seed=3)
    best = table["customer_value_total_ever_online"].nlargest(len(HOSTILE)).index
    table.loc[best, "master_id"] = HOSTILE
    table["order_channel"] = "<b onclick=\"document.title='run'\">shop</b>"
    return run(table, tmp_path_factory.mktemp("hostile")).out


class Opened:
    """A page, with what it complained of and asked for."""

    def __init__(self, browser, path, **options):
        self.context = browser.new_context(accept_downloads=True, **options)
        self.complaints, self.requests = [], []
        self.page = self.context.new_page()
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        self.page.route("**/*", self._asked)
        self.page.goto(path.as_uri())
        self.page.wait_for_selector("#customers-table_info, .dt-info")

    def _asked(self, route):
        self.requests.append(route.request.url)
        if len(self.requests) == 1:
            route.continue_()
        else:
            route.abort()

    def quiet(self):
        return self.complaints == [] and len(self.requests) == 1


@pytest.fixture
def open_page(browser):
    opened = []

    def start(path, **options):
        opened.append(Opened(browser, path, **options))
        return opened[-1]

    yield start
    for item in opened:
        item.context.close()


def column(page, number):
    return page.locator(f"#customers-table tbody tr td:nth-child({number})").all_text_contents()


def ids_of(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return [row[0] for row in csv.reader(stream)][1:]


def downloaded(page, button):
    with page.expect_download() as waiting:
        button.click()
    return waiting.value


def test_sorts_searches_and_asks_for_nothing(open_page, results):
    opened = open_page(results / "report.html")
    page = opened.page
    forecast = pd.read_csv(results / "forecast.csv", index_col=0, dtype={0: str})
    assert page.locator("figure.chart svg").count() >= 5
    best = forecast["clv_6m"].nlargest(25).index.tolist()
    assert column(page, 1) == best

    heads = page.locator("#customers-table thead th")
    names = [text.strip() for text in heads.all_text_contents()]
    place = names.index("expected spend")
    head = heads.nth(place)
    head.click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert float(column(page, place + 1)[0]) == pytest.approx(
        forecast["expected_spend"].min(), abs=0.006
    )
    head.get_by_role("button").press("Enter")
    expect(head).to_have_attribute("aria-sort", "descending")
    assert float(column(page, place + 1)[0].replace(",", "")) == pytest.approx(
        forecast["expected_spend"].max(), abs=0.006
    )

    search = page.get_by_role("searchbox")
    cells = page.locator("#customers-table tbody td")
    search.fill(best[7])
    expect(cells.first).to_have_text(best[7])
    assert column(page, 1) == [best[7]]
    search.fill("nobody of this name")
    expect(cells).to_have_text(["Nobody found"])
    assert opened.quiet()


def test_downloads_equal_the_files(open_page, results, tmp_path):
    opened = open_page(results / "report.html")
    lists = opened.page.locator("button[data-list]")
    assert lists.count() == 2
    for i in range(lists.count()):
        download = downloaded(opened.page, lists.nth(i))
        download.save_as(tmp_path / download.suggested_filename)
        written = results / download.suggested_filename
        assert (tmp_path / download.suggested_filename).read_bytes() == written.read_bytes()
    opened.page.get_by_role("searchbox").fill("champions")
    expect(opened.page.locator(".dt-info")).to_contain_text("(of")
    download = downloaded(opened.page, opened.page.locator("#customers-download"))
    download.save_as(tmp_path / "customers.csv")
    rfm = pd.read_csv(results / "rfm.csv", index_col=0, dtype={0: str})
    clv = pd.read_csv(results / "forecast.csv", index_col=0, dtype={0: str})["clv_6m"]
    champions = rfm.index[rfm["segment"] == "champions"]
    found = pd.read_csv(tmp_path / "customers.csv", index_col=0, dtype={0: str})
    assert set(found.index) == set(champions)
    assert (found["clv_6m"] - clv.loc[found.index]).abs().max() <= 0.005 + 1e-9
    assert opened.quiet()


def test_theme_is_switched_and_remembered(open_page, results):
    opened = open_page(results / "report.html", color_scheme="light")
    page = opened.page
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    toggle = page.locator("#theme")
    assert toggle.get_attribute("aria-pressed") == "false"
    toggle.click()
    dark = page.evaluate(paper)
    assert dark != light
    assert toggle.get_attribute("aria-pressed") == "true"
    page.emulate_media(color_scheme="dark")
    toggle.click()
    assert page.evaluate(paper) == light
    assert opened.quiet()
    again = open_page(results / "report.html", color_scheme="dark")
    assert again.page.evaluate(paper) == dark


def test_charts_tell_their_figures(open_page, results):
    opened = open_page(results / "report.html")
    bar = opened.page.locator("figure.chart svg .mark-rect path").nth(2)
    bar.scroll_into_view_if_needed()
    opened.page.evaluate(TWO_FRAMES)  # scrolling hides the tip
    bar.hover()
    tip = opened.page.locator("#tip")
    expect(tip).to_be_visible()
    assert tip.text_content() == bar.get_attribute("aria-label")
    details = opened.page.locator("figure.chart details").first
    details.locator("summary").press("Enter")
    assert details.locator("table").is_visible()


def test_reads_on_a_phone_and_prints(open_page, results, tmp_path):
    phone = open_page(
        results / "report.html",
        viewport={"width": 360, "height": 740},
        is_mobile=True,
        has_touch=True,
    ).page
    assert phone.evaluate("document.documentElement.scrollWidth") == 360
    opened = open_page(results / "report.html")
    pdf = opened.page.pdf(path=tmp_path / "report.pdf", format="A4")
    assert pdf.startswith(b"%PDF")
    opened.page.set_viewport_size({"width": 690, "height": 1000})  # what A4 leaves at 96 dpi
    opened.page.emulate_media(media="print")
    assert opened.page.evaluate("document.documentElement.scrollWidth") == 690
    assert not opened.page.locator("#theme").is_visible()
    assert not opened.page.get_by_role("searchbox").is_visible()
    assert opened.page.locator("figure.chart svg").first.is_visible()
    assert opened.page.locator("#customers-table tbody tr").count() == 25
    assert opened.quiet()


def test_keyboard_reaches_the_content(open_page, results):
    page = open_page(results / "report.html").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_is_accessible(open_page, results, scheme, width):
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}}
    opened = open_page(results / "report.html", **options)
    opened.page.evaluate(
        "document.querySelectorAll('details').forEach((it) => { it.open = true; })"
    )
    found = Axe().run(opened.page).response["violations"]
    serious = [
        (item["id"], item["impact"], item["nodes"][0]["html"][:200])
        for item in found
        if item["impact"] in ("serious", "critical")
    ]
    assert serious == []


def test_hostile_names_stay_text(open_page, hostile, tmp_path):
    opened = open_page(hostile / "report.html")
    page = opened.page
    title = page.title()
    assert column(page, 1)[: len(HOSTILE)] != []
    for name in HOSTILE:
        # Quotes are the search's own: what stands between them is searched for as a whole.
        page.get_by_role("searchbox").fill(name.replace('"', " "))
        cell = page.locator("#customers-table tbody td:first-child")
        expect(cell.filter(has_text=name).first).to_be_visible()
    page.get_by_role("searchbox").fill("")
    assert page.title() == title == "Customer lifetime value and segments"
    assert page.locator("img, iframe, b").count() == 0
    assert page.locator("script").count() == 3
    download = downloaded(page, page.locator("#customers-download"))
    download.save_as(tmp_path / "customers.csv")
    assert set(ids_of(tmp_path / "customers.csv")) == set(ids_of(hostile / "forecast.csv"))
    assert opened.quiet()


def test_turkish_page(open_page, hostile, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        analysis = tenure.run(tenure.datasets.make_omnichannel(500, seed=1), preset="flo")
    path = Path(tmp_path / "rapor.html")
    path.write_text(render(analysis, language="tr", currency="TRY"), encoding="utf-8")
    opened = open_page(path)
    assert opened.page.locator(".dt-info").text_content() == "500 satırdan 1–25"
    assert "," in column(opened.page, 13)[0]
    assert opened.quiet()


def test_without_scripts_the_best_customers_are_there(browser, results):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((results / "report.html").as_uri())
    assert page.locator("#customers-table tbody tr").count() == 25
    assert not page.locator("#customers-download").is_visible()
    context.close()
