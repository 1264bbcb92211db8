"""The data dictionary: every column of every file and sheet is defined, and means what it says."""

import re
import warnings

import openpyxl
import pandas as pd
import pytest
from conftest import reference_path

import tenure
from tenure.data_dictionary import KINDS, TABLES, UNITS, definitions, describe
from tenure.exceptions import TenureWarning
from tenure.locale import LANGUAGES, Locale
from tenure.report import write_workbook


def quiet_run(source, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        return tenure.run(source, **options)


@pytest.fixture(scope="module")
def flo(tmp_path_factory):
    out = tmp_path_factory.mktemp("flo")
    source = reference_path("data/flo_data_20k.csv")
    return quiet_run(source, preset="flo", currency="TL", out=out / "run")


@pytest.fixture(scope="module")
def cdnow(tmp_path_factory):
    """A run on transactions after an earlier one, so that every file is there."""
    out = tmp_path_factory.mktemp("cdnow")
    log = tenure.datasets.load_cdnow_transactions()
    columns = {"customer": "customer_id", "date": "date", "amount": "dollar_value"}
    quiet_run(log, **columns, analysis_date="1997-12-31", out=out / "before")
    return quiet_run(log, **columns, previous=out / "before", out=out / "run")


@pytest.fixture(scope="module")
def turkish(tmp_path_factory):
    table = tenure.datasets.make_omnichannel(600, seed=4)
    out = tmp_path_factory.mktemp("turkish")
    options = {"language": "tr", "currency": "TRY", "decimal": ","}
    return quiet_run(table, preset="flo", **options, out=out / "run")


@pytest.fixture(params=["flo", "cdnow", "turkish"])
def analysis(request):
    return request.getfixturevalue(request.param)


def files_of(analysis):
    separator = ";" if analysis.settings["decimal"] == "," else ","
    return {
        path.name: pd.read_csv(path, sep=separator, dtype=str, keep_default_na=False)
        for path in sorted(analysis.out.glob("*.csv"))
    }


def test_every_definition_is_complete():
    for entry in definitions():
        assert entry.kind in KINDS, entry
        assert entry.unit in UNITS, entry
        assert entry.tables, entry
        assert set(entry.tables) <= TABLES.keys(), entry
        assert all(all(entry.texts(language)) for language in LANGUAGES), entry
        assert entry.unit or entry.kind == "text" or entry.tables == ("parameters",), entry
        assert (entry.kind == "money") == (entry.unit == "currency"), entry
        assert (entry.kind == "share") == (entry.unit == "share"), entry
    for language in LANGUAGES:
        titles = [each.texts(language)[0] for each in TABLES.values()]
        assert len(set(titles)) == len(titles)
        assert all(len(title) <= 31 and not re.search(r"[\[\]:*?/\\]", title) for title in titles)


def test_a_table_has_one_meaning_per_name():
    seen = set()
    for entry in definitions():
        for table in entry.tables:
            assert (table, entry.name) not in seen, (table, entry.name)
            seen.add((table, entry.name))


@pytest.mark.parametrize("language", ["en", "tr"])
def test_headings_of_a_table_differ(language):
    locale = Locale(language, "TRY", "W")
    for table in TABLES:
        names = [entry.name for entry in definitions() if table in entry.tables]
        names = [name.format(horizon="6m", any="x") for name in names]
        headings = [describe(name, table, locale).heading for name in names]
        assert len(set(headings)) == len(headings), table


def test_every_column_of_every_file_is_defined(analysis):
    files = files_of(analysis)
    listed = files["columns.csv"]
    assert set(listed.iloc[:, 0]) == set(files)
    for name, table in files.items():
        of_file = listed[(listed.iloc[:, 0] == name).to_numpy()]
        assert len(of_file) == table.shape[1]
        if analysis.language == "en":
            assert of_file.iloc[:, 1].tolist() == list(table)
        else:
            heads = [head.removesuffix(" (₺)") for head in of_file.iloc[:, 2]]
            assert [head for head in table if head not in heads] in ([], ["master_id"]) or (
                name == "first_rows.csv"
            )
        assert of_file.iloc[:, 3].ne("").all(), name  # the meaning
        kinds = map(Locale(analysis.language).term, KINDS)
        assert set(of_file.iloc[:, 5]) <= set(kinds)
        assert of_file.iloc[:, 2].is_unique  # the heading


def test_every_column_of_every_sheet_is_defined(analysis, tmp_path):
    path = write_workbook(analysis, tmp_path / "w.xlsx")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        book = openpyxl.load_workbook(path, read_only=True)
    *_, last = book.sheetnames
    listed = pd.DataFrame(list(book[last].iter_rows(values_only=True))[1:])
    assert listed[2].notna().all()
    for sheet in book:
        headings = list(next(sheet.iter_rows(max_row=1, values_only=True)))
        assert headings == listed.loc[listed[0] == sheet.title, 1].tolist(), sheet.title
        assert len(set(headings)) == len(headings)


def test_recency_is_what_its_heading_says(flo):
    """Customer 7137a5c0: 6.14 weeks between the purchases, 49 days since the last one."""
    raw = pd.read_csv(reference_path("data/flo_data_20k.csv")).set_index("master_id")
    first = pd.to_datetime(raw["first_order_date"])
    last = pd.to_datetime(raw["last_order_date"])
    end = last.max() + pd.Timedelta(days=2)
    customer = next(name for name in raw.index if name.startswith("7137a5c0"))
    path = flo.out / "workbook.xlsx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        sheets = pd.read_excel(
            path, engine="openpyxl", sheet_name=["Customers", "RFM scores"], index_col=0
        )
    row, scored = sheets["Customers"].loc[customer], sheets["RFM scores"].loc[customer]
    assert row["first to last purchase (weeks)"] == pytest.approx(43 / 7)
    assert scored["days since last order"] == 49
    customers = sheets["Customers"].loc[raw.index]
    assert customers["first to last purchase (weeks)"].to_numpy() == pytest.approx(
        ((last - first).dt.days / 7).to_numpy()
    )
    assert customers["since first purchase (weeks)"].to_numpy() == pytest.approx(
        ((end - first).dt.days / 7).to_numpy()
    )
    days = sheets["RFM scores"].loc[raw.index, "days since last order"]
    assert days.tolist() == (end - last).dt.days.tolist()


def test_units_follow_the_period_of_the_run():
    assert describe("T", "forecast", Locale(period="D")).unit == "days"
    assert describe("T", "forecast", Locale("tr", period="M")).heading == (
        "ilk alışverişten bu yana (ay)"
    )
    assert describe("clv_6m", "forecast", Locale("en", "TRY")).unit == "TRY"
    assert describe("nobody_knows", "rfm", Locale()).kind == ""


def test_every_column_on_the_page_is_defined(analysis, monkeypatch):
    """Watch the page being made: each heading has a definition, and no two meanings to choose."""
    seen = set()

    def watched(column, table, locale, *, key=None):
        found = describe(column, table, locale, key=key)
        seen.add((column, table))
        assert found.kind in KINDS, (column, table)
        if not table:
            meanings = {
                entry.texts("en") for entry in definitions() if re.fullmatch(entry.pattern, column)
            } - {("{any}", "The column as the data give it.")}
            assert len({heading for heading, _ in meanings if "{any}" not in heading}) == 1, column
        return found

    monkeypatch.setattr("tenure.report.tables.describe", watched)
    monkeypatch.setattr("tenure.data_dictionary._lookup.describe", watched)
    analysis.report()
    assert len(seen) > 40
    assert {table for _, table in seen} >= {"profile", "first_rows", "customers", "parameters"}
