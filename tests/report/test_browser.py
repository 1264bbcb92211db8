"""The report in a browser: it works, asks for nothing, runs nothing it was given, reads well."""

import csv
import os
import shutil
import warnings
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import reference_path
from PIL import Image
from playwright.sync_api import expect, sync_playwright

import tenure
from tenure.data_dictionary import column_label
from tenure.exceptions import TenureWarning
from tenure.locale import Locale
from tenure.report import render

pytestmark = pytest.mark.slow

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
    "x\r=cmd|' /C calc'!A0",
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
    analysis = run(source, tmp_path_factory.mktemp("results"))
    turkish = render(analysis, language="tr", currency="TRY")
    (analysis.out / "rapor.html").write_text(turkish, encoding="utf-8")
    return analysis.out


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


def heads_of(page):
    heads = page.locator("#customers-table thead th")
    return [" ".join(text.split()) for text in heads.all_text_contents()]


def test_sorts_and_asks_for_nothing(open_page, results):
    opened = open_page(results / "report.html")
    page = opened.page
    forecast = pd.read_csv(results / "forecast.csv", index_col=0, dtype={0: str})
    assert page.locator("figure.chart .wide svg").count() >= 4
    best = forecast["clv_6m"].nlargest(25).index.tolist()
    assert column(page, 1) == best

    heads = page.locator("#customers-table thead th")
    place = heads_of(page).index(column_label("expected_spend", Locale(), "customers"))
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
    assert opened.quiet()


def test_the_value_is_seen_first(open_page, results):
    """At 1440 px the column that ranks the table is next to the id, and wholly on the screen."""
    page = open_page(results / "report.html", viewport={"width": 1440, "height": 900}).page
    head = page.locator("#customers-table thead th").nth(1)
    assert heads_of(page)[1].startswith("value, 6 months")
    assert head.get_attribute("aria-sort") == "descending"
    seen = []
    for cell in page.locator("#customers-table thead th").all():
        box = cell.bounding_box()
        if box["x"] + box["width"] <= 1440 - 60:
            seen.append(" ".join(cell.text_content().split()))
    assert len(seen) >= 8
    assert {"value segment", "RFM segment"} <= set(seen)
    assert [box for box in seen if "purchases" in box]
    assert column_label("expected_spend", Locale(), "customers") in seen


def test_heads_and_ids_stay_while_the_table_scrolls(open_page, results):
    page = open_page(results / "report.html", viewport={"width": 900, "height": 700}).page
    page.locator("#customers-table").scroll_into_view_if_needed()
    box = page.locator(".dt-layout-table")
    head, cell = page.locator("#customers-table thead th").first, column_cell(page, 3, 1)
    before = head.bounding_box(), cell.bounding_box()["x"]
    cue = page.locator("#customers .cue")
    assert cue.is_visible()
    box.evaluate("box => box.scrollTo(200, 150)")
    page.evaluate(TWO_FRAMES)
    assert box.evaluate("box => box.scrollTop") == 150
    assert head.bounding_box()["x"] == before[0]["x"]
    assert cell.bounding_box()["x"] == before[1]
    top = box.bounding_box()["y"]
    assert top <= head.bounding_box()["y"] + 1 <= top + 3


def column_cell(page, row, place):
    return page.locator(f"#customers-table tbody tr:nth-child({row}) td:nth-child({place})")


def info(page):
    return page.locator(".dt-info")


def test_search_finds_ids_only(open_page, results):
    opened = open_page(results / "report.html")
    page = opened.page
    forecast = pd.read_csv(results / "forecast.csv", index_col=0, dtype={0: str})
    ids = forecast.index.str.lower()
    search = page.get_by_role("searchbox")
    best = forecast["clv_6m"].idxmax()
    for sought in ("A", "champions", best, best[:5].upper(), best[4:11]):
        search.fill(sought)
        low = sought.lower()
        found = ids.str.startswith(low) | ((len(low) > 3) & ids.str.contains(low, regex=False))
        assert found.sum() < len(ids)
        if found.sum() == 0:
            expect(page.locator("#customers-table tbody td")).to_have_text(["No customers found"])
        else:
            end = min(25, found.sum())
            expect(info(page)).to_contain_text(f"1–{end} of {found.sum():,}")
    assert column(page, 1)[0] == best
    search.fill("")
    expect(info(page)).to_contain_text(f"of {len(ids):,}")
    assert opened.quiet()


def test_filters_by_segments_and_campaign(open_page, results):
    opened = open_page(results / "report.html")
    page = opened.page
    forecast = pd.read_csv(results / "forecast.csv", index_col=0, dtype={0: str})
    rfm = pd.read_csv(results / "rfm.csv", index_col=0, dtype={0: str})
    choices = page.locator("#customers-filters select")
    assert choices.count() == 3
    value, activity, campaign = choices.all()
    assert value.locator("option").all_text_contents() == ["all", "A", "B", "C", "D"]
    value.select_option("B")
    b = forecast["segment"] == "B"
    expect(info(page)).to_contain_text(f"of {b.sum():,}")
    activity.select_option(label="Hibernating")
    both = b & (rfm["segment"] == "hibernating").reindex(b.index)
    expect(info(page)).to_contain_text(f"of {both.sum():,}")
    assert set(column(page, 3)) == {"B"}
    value.select_option("")
    activity.select_option("")
    members = ids_of(results / "new_brand_target_customer_id.csv")
    campaign.select_option(index=1)
    expect(info(page)).to_contain_text(f"of {len(members)}")
    download = downloaded(page, page.locator("#customers-download"))
    assert set(ids_of(Path(download.path()))) == set(members)
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
    opened.page.locator("#customers-filters select").nth(1).select_option("champions")
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_charts_are_saved_as_png_and_svg(open_page, results, tmp_path, scheme):
    """The PNG holds the chart's own colours on white, whatever the page's theme."""
    opened = open_page(results / "report.html", color_scheme=scheme)
    figure = opened.page.locator("figure.chart").first
    name = figure.get_attribute("data-name")
    svg = downloaded(opened.page, figure.locator("button[data-save=svg]"))
    svg.save_as(tmp_path / svg.suggested_filename)
    assert svg.suggested_filename == f"{name}.svg"
    text = (tmp_path / f"{name}.svg").read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    assert root.tag.endswith("}svg")
    assert "var(" not in text
    title = figure.locator("figcaption").text_content().strip()
    assert title in text
    png = downloaded(opened.page, figure.locator("button[data-save=png]"))
    png.save_as(tmp_path / png.suggested_filename)
    with Image.open(tmp_path / f"{name}.png") as picture:
        picture.load()
        assert picture.format == "PNG"
        assert picture.size == (
            2 * round(float(root.get("width"))),
            2 * round(float(root.get("height"))),
        )
        colours = {colour for _, colour in picture.convert("RGB").getcolors(1 << 24)}
    assert {(255, 255, 255), (0x17, 0x67, 0x7F), (0xC9, 0x80, 0x2B)} <= colours
    assert opened.quiet()


def test_charts_take_the_width_of_the_page(open_page, results):
    page = open_page(results / "report.html", viewport={"width": 1440, "height": 900}).page
    room = page.locator("main").bounding_box()["width"]
    assert room > 1200
    for chart in page.locator("figure.chart .wide svg").all():
        assert chart.bounding_box()["width"] == pytest.approx(room, abs=1)
    assert not page.locator("figure.chart .narrow svg").first.is_visible()


CLIPPED = """() => [...document.querySelectorAll("body *")].filter((box) => {
  const style = getComputedStyle(box);
  if (box.scrollWidth <= box.clientWidth + 1 || box.clientWidth === 0) return false;
  if (style.overflowX === "visible" || style.display === "inline") return false;
  if (box.closest("thead") && style.position === "absolute") return false;
  const cue = box.closest(".table")?.querySelector(".cue");
  return !(cue && cue.checkVisibility() && style.overflowX !== "hidden");
}).map((box) => box.outerHTML.slice(0, 200))"""

BROKEN = r"""() => {
  const broken = [];
  const range = document.createRange();
  for (const cell of document.querySelectorAll("td, dd")) {
    if (!cell.checkVisibility()) continue;
    const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      for (const found of node.data.matchAll(/(?<![\w-])[\d.,]*\d(?![\w-])/g)) {
        range.setStart(node, found.index);
        range.setEnd(node, found.index + found[0].length);
        const tops = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
        if (tops.size > 1) broken.push(found[0]);
      }
    }
  }
  return broken;
}"""


LINES_OF_IDS = """() => [...document.querySelectorAll("#customers-table td.id")].map((cell) => {
  const range = document.createRange();
  range.selectNodeContents(cell);
  return new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size;
})"""

LETTERS = """() => [...document.querySelectorAll("td, th, p")]
  .filter((cell) => cell.checkVisibility())
  .map((cell) => parseFloat(getComputedStyle(cell).fontSize))"""

FADED = """() => [...document.querySelectorAll(".scroll, .dt-layout-table")]
  .map((box) => {
    box.classList.add("more");  // as on a screen too narrow for the table
    return getComputedStyle(box).maskImage;
  })"""

BEYOND_PAPER = """() => [...document.querySelectorAll("table")].filter((table) =>
  table.checkVisibility() && table.getBoundingClientRect().right > 691)
  .map((table) => table.caption?.textContent)"""


@pytest.mark.parametrize("name", ["report.html", "rapor.html"])
def test_nothing_is_cut_or_broken_on_a_phone(open_page, results, name):
    options = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
    page = open_page(results / name, **options).page
    page.evaluate("document.querySelectorAll('details').forEach((it) => { it.open = true; })")
    page.evaluate(TWO_FRAMES)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.evaluate(CLIPPED) == []
    assert page.evaluate(BROKEN) == []
    assert page.locator("figure.chart .narrow svg").first.is_visible()
    assert not page.locator("figure.chart .wide svg").first.is_visible()
    # What to do is read without scrolling sideways.
    for cell in page.locator("#rfm table.stack td.words").all():
        box = cell.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390


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
    bar = opened.page.locator("figure.chart .wide svg .mark-rect path").nth(2)
    bar.scroll_into_view_if_needed()
    opened.page.evaluate(TWO_FRAMES)  # scrolling hides the tip
    bar.hover()
    tip = opened.page.locator("#tip")
    expect(tip).to_be_visible()
    assert tip.text_content() == bar.get_attribute("aria-label")
    details = opened.page.locator("figure.chart details").first
    details.locator("summary").press("Enter")
    assert details.locator("table").is_visible()


def test_prints(open_page, results, tmp_path):
    opened = open_page(results / "report.html")
    page = opened.page
    pdf = page.pdf(path=tmp_path / "report.pdf", format="A4")
    assert pdf.startswith(b"%PDF")
    page.set_viewport_size({"width": 690, "height": 1000})  # what A4 leaves at 96 dpi
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") == 690
    assert page.locator("figure.chart .wide svg").first.is_visible()
    for control in ("button", "input", "select", "nav", ".cue"):
        assert [found for found in page.locator(control).all() if found.is_visible()] == []
    assert page.locator("#customers-table tbody tr").count() == 25
    assert page.locator("#customers-table tbody tr:visible").count() == 20
    lines = page.evaluate(LINES_OF_IDS)
    assert set(lines) == {0, 1}
    assert lines.count(0) == 5  # rows that paper leaves out
    assert min(page.evaluate(LETTERS)) >= 7 * 4 / 3 - 0.01  # 7 points in px
    head = page.locator("#customers-table thead")
    assert head.evaluate("it => getComputedStyle(it).display") == "table-header-group"
    assert page.evaluate(BEYOND_PAPER) == []
    assert set(page.evaluate(FADED)) == {"none"}
    assert opened.quiet()


def test_keyboard_reaches_the_content(open_page, results):
    page = open_page(results / "report.html").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("language", ["en", "tr"])
@pytest.mark.parametrize(
    ("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)]
)
def test_is_accessible(open_page, results, language, scheme, width):
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}}
    name = "report.html" if language == "en" else "rapor.html"
    opened = open_page(results / name, **options)
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
        page.get_by_role("searchbox").fill(name.split("\r")[-1])  # it takes one line only
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
    assert "," in column(opened.page, 2)[0]
    assert opened.quiet()


def test_without_scripts_the_best_customers_are_there(browser, results):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((results / "report.html").as_uri())
    assert page.locator("#customers-table tbody tr").count() == 25
    assert not page.locator("#customers-download").is_visible()
    context.close()
