"""Analyses described in a file: what is refused, what is guessed, and that a rerun is the same."""

import datetime
import importlib.util
import json
import os
import re
import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT, reference_path
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from typer.testing import CliRunner

import tenure
from tenure.cli.main import app
from tenure.exceptions import FileError, OptionError, TenureWarning
from tenure.pipeline.config.draft import init_config
from tenure.pipeline.config.guess import guess_layout
from tenure.pipeline.config.schema import Config
from tenure.presets import FLO


def quietly(call, *args, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        return call(*args, **options)


def described(folder, text):
    path = folder / "tenure.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def retailer():
    return tenure.datasets.make_omnichannel(600, seed=3)


@pytest.fixture
def folder(tmp_path, retailer):
    retailer.to_csv(tmp_path / "customers.csv", index=False)
    return tmp_path


# Reading ----------------------------------------------------------------------------------------

FULL = """
input = "data/customers.csv"
out = "results"
encoding = "cp1254"
preset = "flo"
previous = "../may"

[columns]
customer = "id"
orders = ["n"]
spend = "money"

[method]
analysis_date = 2021-06-01
horizons = [12, "6M"]
convention = "total"
cap_outliers = false
purchase_penalizer = 0.001
discount_rate = 0.02
value_segments = { labels = ["low", "high"] }

[output]
language = "tr"
currency = "TRY"
outputs = ["forecast", "report"]

[[campaign]]
name = "Win back"
segments = ["at_Risk"]
exclude_files = ["blocked.csv"]
thresholds = { clv_6m = { min = 100 }, last_order_date = { max = 2021-01-31 } }
"""


def test_every_section_reaches_the_job(tmp_path):
    options = tenure.read_config(described(tmp_path, FULL)).options()
    rule = options.pop("campaigns")[0]
    assert options == {
        "source": tmp_path / "data" / "customers.csv",
        "out": tmp_path / "results",
        "encoding": "cp1254",
        "preset": "flo",
        "previous": tmp_path.parent / "may",
        "customer": "id",
        "orders": ["n"],
        "spend": "money",
        "analysis_date": datetime.date(2021, 6, 1),
        "horizons": [12.0, "6M"],
        "convention": "total",
        "cap_outliers": False,
        "purchase_penalizer": 0.001,
        "discount_rate": 0.02,
        "value_segments": {"labels": ["low", "high"]},
        "language": "tr",
        "currency": "TRY",
        "outputs": ["forecast", "report"],
    }
    assert rule.segments == ("at_risk",)
    assert rule.exclude_files == (str(tmp_path / "blocked.csv"),)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('inptu = "x.csv"', ["inptu: not known. Did you mean 'input'?", "input: missing"]),
        ('input = "x.csv"\n[method]\nconvetion = "total"', ["method.convetion", "'convention'"]),
        ('input = "x.csv"\n[method]\ncurrency = "TRY"', ["[output]"]),
        ('input = "x.csv"\n[columns]\npreset = "flo"', ["top of the file"]),
        ('input = "x.csv"\n[metod]\nties = "first"', ["metod: not known", "'method'"]),
        (
            'input = "x.csv"\n[method]\nties = "random"',
            ["method.ties='random'; use one of 'average'"],
        ),
        ('input = "x.csv"\n[method]\ndiscount_rate = "1%"', ["method.discount_rate", "number"]),
        ('input = "x.csv"\n[method]\ncap_outliers = 1', ["method.cap_outliers", "boolean"]),
        ('input = "x.csv"\n[method]\nspend_penalizer = -1', ["greater than or equal to 0"]),
        ('input = "x.csv"\n[columns]\norders = [1]', ["columns.orders.0", "string"]),
        ("input = 3", ["input: 3; expected a valid string"]),
        ('input = "x.csv"\n[[campaign]]\nname = "x"\nlimt = 3', ["Did you mean 'limit'?"]),
        (
            'input = "x.csv"\ncampaigns = "c.toml"\n[[campaign]]\nname = "x"',
            ["not both"],
        ),
        (
            'input = "x.csv"\n[method]\nvalue_segments = { lables = ["a"] }',
            ["method.value_segments.lables", "'labels'"],
        ),
    ],
)
def test_mistakes_are_named(tmp_path, text, says):
    path = described(tmp_path, text)
    with pytest.raises(OptionError) as caught:
        tenure.read_config(path).options()
    for words in says:
        assert words in str(caught.value)


def test_all_mistakes_are_said_at_once(tmp_path):
    path = described(tmp_path, 'nput = "x"\n[method]\nties = "a"\nperiods = "W"\n')
    with pytest.raises(OptionError) as caught:
        tenure.read_config(path)
    assert str(caught.value).count("\n") == 4
    assert "tenure.toml" in str(caught.value)


def test_broken_files(tmp_path):
    with pytest.raises(FileError, match="no file"):
        tenure.read_config(tmp_path / "none.toml")
    with pytest.raises(FileError, match="line 1"):
        tenure.read_config(described(tmp_path, "input = customers.csv"))


@pytest.mark.parametrize(
    ("library", "call"),
    [
        ("pydantic", lambda path: tenure.read_config(path)),
        ("tomli_w", lambda path: init_config(path.with_name("customers.csv"), path, force=True)),
    ],
)
def test_the_extra_is_named(folder, monkeypatch, library, call):
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *rest: None if name == library else real(name, *rest),
    )
    with pytest.raises(ImportError, match=r"'\.\[config\]'"):
        call(described(folder, 'input = "customers.csv"'))


# Guessing ---------------------------------------------------------------------------------------


def guesses(layout):
    return {guess.key: guess.value for guess in layout.guesses}


def turkish(table):
    other = table.copy()
    for column in other.columns[other.columns.str.contains("date")]:
        other[column] = pd.to_datetime(other[column]).dt.strftime("%d.%m.%Y")
    return other


@pytest.mark.parametrize("kind", ["csv", "semicolon", "xlsx", "parquet"])
def test_the_omnichannel_layout_is_known_in_any_clothes(tmp_path, retailer, kind):
    path = tmp_path / "customers.csv"
    if kind == "csv":
        retailer.to_csv(path, index=False)
    elif kind == "semicolon":
        turkish(retailer).to_csv(path, index=False, sep=";", decimal=",")
    elif kind == "xlsx":
        path = path.with_suffix(".xlsx")
        retailer.to_excel(path, index=False)
    else:
        path = path.with_suffix(".parquet")
        retailer.to_parquet(path, index=False)
    written = init_config(path, tmp_path / "tenure.toml")
    text = written.read_text(encoding="utf-8")
    assert f'input = "{path.name}"' in text
    assert 'preset = "flo"' in text
    assert ("separated by semicolons" in text) == (kind == "semicolon")
    if kind == "semicolon":
        assert re.search(r"such as \d\d\.\d\d\.\d{4}", text.replace("\n# ", " "))
    mine = quietly(tenure.run_config, written, out=None)
    known = quietly(tenure.run, retailer, preset="flo")
    np.testing.assert_allclose(mine.forecast["clv_6m"], known.forecast["clv_6m"])


def test_customers_of_another_layout(tmp_path, retailer):
    names = {
        "master_id": "musteri_no",
        "first_order_date": "ilk_siparis_tarihi",
        "last_order_date": "son_siparis_tarihi",
        "order_num_total_ever_online": "siparis_online",
        "order_num_total_ever_offline": "siparis_magaza",
        "customer_value_total_ever_online": "tutar_online",
        "customer_value_total_ever_offline": "tutar_magaza",
        "order_channel": "kanal",
        "last_order_channel": "son_kanal",
        "interested_in_categories_12": "kategoriler",
    }
    other = retailer.rename(columns=names)[[*names.values()]]
    layout = guess_layout(other)
    assert layout.kind == "customers"
    assert guesses(layout) == {
        "customer": "musteri_no",
        "first_order": "ilk_siparis_tarihi",
        "last_order": "son_siparis_tarihi",
        "orders": ["siparis_online", "siparis_magaza"],
        "spend": ["tutar_online", "tutar_magaza"],
        "channel": "kanal",
        "last_channel": "son_kanal",
        "category": "kategoriler",
    }
    other.to_csv(tmp_path / "x.csv", index=False)
    mine = quietly(
        tenure.run_config, init_config(tmp_path / "x.csv", tmp_path / "t.toml"), out=None
    )
    known = quietly(tenure.run, retailer, preset="flo")
    np.testing.assert_allclose(mine.forecast["clv_6m"], known.forecast["clv_6m"])


def test_purchases(tmp_path):
    purchases = tenure.datasets.load_cdnow_transactions()
    purchases.to_csv(tmp_path / "sales.csv", index=False)
    written = init_config(tmp_path / "sales.csv", tmp_path / "tenure.toml")
    assert guesses(guess_layout(purchases)) == {
        "customer": "customer_id",
        "date": "date",
        "amount": "dollar_value",
    }
    mine = quietly(tenure.run_config, written, out=None)
    assert len(mine.forecast) == 2357
    assert set(mine.purchases) == {"customer", "date", "amount"}


def test_dates_that_can_be_read_two_ways_are_asked_about(tmp_path):
    sales = pd.DataFrame(
        {"client": [1, 2, 1, 2] * 3, "day": [f"0{n % 9 + 1}/03/2021" for n in range(12)]}
    )
    layout = guess_layout(sales)
    assert guesses(layout) == {
        "customer": "client",
        "date": "day",
        "amount": None,
        "dayfirst": None,
    }
    sales.to_csv(tmp_path / "sales.csv", index=False)
    text = init_config(tmp_path / "sales.csv", tmp_path / "tenure.toml").read_text()
    assert "# dayfirst = true" in text
    assert "more than one way" in text


def test_prices_of_one_item_are_multiplied():
    sales = pd.DataFrame(
        {
            "Invoice": ["1", "2", "3", "4"],
            "Customer ID": [17.0, 17.0, 18.0, np.nan],
            "InvoiceDate": pd.date_range("2021-01-01", periods=4, freq="40D"),
            "Quantity": [2, 3, 1, 5],
            "Price": [1.5, 2.0, 9.0, 4.0],
        }
    )
    found = guesses(guess_layout(sales))
    assert found == {
        "customer": "Customer ID",
        "date": "InvoiceDate",
        "amount": "Price",
        "quantity": "Quantity",
    }
    before = sales.copy()
    mine = quietly(tenure.run, sales, **found)
    assert mine.purchases["amount"].tolist() == [3.0, 6.0, 9.0]
    assert mine.history["spend_total"].tolist() == [9.0, 9.0]
    pd.testing.assert_frame_equal(sales, before)
    with pytest.raises(OptionError, match="amount"):
        tenure.run(sales, customer="Customer ID", date="InvoiceDate", quantity="Quantity")


def test_a_file_without_names_is_refused(tmp_path):
    (tmp_path / "x.csv").write_text("17,2021-01-03,9.5\n18,2021-02-03,1.5\n")
    with pytest.raises(FileError, match="looks like data"):
        init_config(tmp_path / "x.csv", tmp_path / "tenure.toml")
    assert not (tmp_path / "tenure.toml").exists()


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=8),
        st.sampled_from([[1, 2], ["a", None], [0.5, np.nan], ["2021-01-01", "x"], [True, False]]),
        min_size=1,
        max_size=5,
    )
)
def test_guessing_takes_any_table(columns):
    table = pd.DataFrame(columns)
    if all(re.fullmatch(r"[\d.,:\-/ ]*(\.\d+)?", name) for name in table.columns):
        with pytest.raises(FileError, match="looks like data"):
            guess_layout(table)
    else:
        assert guess_layout(table).kind in ("customers", "purchases")


def test_real_files(tmp_path):
    flo = init_config(reference_path("data/flo_data_20k.csv"), tmp_path / "flo.toml")
    assert 'preset = "flo"' in flo.read_text()
    lists = quietly(tenure.run_config, flo, out=None, ties="first").campaigns
    assert [len(campaign) for campaign in lists] == [148, 2771]
    retail = reference_path("data/online_retail_II_2009_2010.parquet")
    text = init_config(retail, tmp_path / "retail.toml").read_text()
    for line in ('customer = "Customer ID"', 'date = "InvoiceDate"', 'quantity = "Quantity"'):
        assert line in text
    discs = init_config(reference_path("data/CDNOW_master.txt"), tmp_path / "cdnow.toml")
    assert tenure.read_config(discs).options()["amount"] == "dollar_value"


# The commands -----------------------------------------------------------------------------------


def call(*arguments, code=0):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return re.sub(r"\s*[│┃]\s*\n?\s*[│┃]?\s*|\s+", " ", result.output)


@pytest.mark.slow
def test_init_then_run(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert "tenure run tenure.toml" in call("init", "customers.csv")
    call("run", "tenure.toml")
    record = json.loads((folder / "results" / "run.json").read_text(encoding="utf-8"))
    assert record["settings"]["ties"] == "average"
    call("run", "tenure.toml", "--ties=first", "--out=other", "--lang=tr", "--currency=TL")
    record = json.loads((folder / "other" / "run.json").read_text(encoding="utf-8"))
    assert record["settings"]["ties"] == "first"
    assert record["settings"]["language"] == "tr"
    assert record["settings"]["currency"] == "TRY"


def test_init_never_overwrites(folder, monkeypatch):
    monkeypatch.chdir(folder)
    (folder / "tenure.toml").write_text("mine")
    assert "--force" in call("init", "customers.csv", code=1)
    assert (folder / "tenure.toml").read_text() == "mine"
    call("init", "customers.csv", "--force")
    assert 'preset = "flo"' in (folder / "tenure.toml").read_text()
    call("init", "customers.csv", "--config=other.toml")
    assert (folder / "other.toml").is_file()
    assert "no file" in call("init", "nothing.csv", "--config=third.toml", code=1)


def test_usage_of_a_description(folder):
    path = described(folder, 'input = "customers.csv"\npreset = "flo"\n')
    assert "--out" in call("run", path, code=2)
    assert "Did you mean" in call("run", described(folder, 'inptu = "x"'), code=2)
    assert "no file" in call("run", folder / "none.toml", code=1)


def test_campaigns_on_the_command_line(folder):
    (folder / "mine.toml").write_text(
        '[[campaign]]\nname = "Best"\nvalue_segments = ["A"]\nlimit = 5\nfile_name = "b.xlsx"\n'
    )
    text = call(
        "run", folder / "customers.csv", "--preset=flo", "--campaigns", folder / "mine.toml",
        "--out", folder / "out", "--output=campaigns", "--output=rfm",
    )  # fmt: skip
    assert "Best: 5 customers; revenue expected of them without the campaign: " in text
    assert sorted(file.name for file in (folder / "out").iterdir()) == [
        "b.xlsx",
        "campaigns.json",
        "rfm.csv",
        "run.json",
    ]
    ids = pd.read_excel(folder / "out" / "b.xlsx", engine="openpyxl", dtype=str)
    assert ids.columns.tolist() == [FLO.customer]
    assert len(ids) == 5


# Reruns -----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_rerun_writes_the_same_bytes(folder):
    (folder / "mine.toml").write_text(
        '[[campaign]]\nname = "Best"\nlimit = 50\nfile_name = "best.xlsx"\n'
        '[[campaign]]\nname = "Rest"\nexclude_campaigns = ["Best"]\nrank_by = "p_alive"\n'
    )
    described(folder, 'input = "customers.csv"\npreset = "flo"\ncampaigns = "mine.toml"\n')
    outs = []
    for seed in ("1", "2"):
        out = folder / f"out{seed}"
        done = subprocess.run(
            [sys.executable, "-m", "tenure", "run", "tenure.toml", "--out", str(out)],
            cwd=folder,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(sys.path),
                "PYTHONHASHSEED": seed,
                "PYTHONIOENCODING": "utf-8",
            },
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        outs.append({file.name: file.read_bytes() for file in sorted(out.iterdir())})
    records = [json.loads(files.pop("run.json")) for files in outs]
    stamps = [datetime.datetime.fromisoformat(record.pop("timestamp")) for record in records]
    assert records[0] == records[1]
    assert all(stamp.tzinfo is not None for stamp in stamps)
    assert outs[0].keys() == outs[1].keys()
    assert [name for name in outs[0] if outs[0][name] != outs[1][name]] == []
    assert "best.xlsx" in outs[0]


# The page ---------------------------------------------------------------------------------------


def test_the_page_shows_what_may_stand_there(folder):
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```toml\n(.*?)```", page, flags=re.DOTALL)
    options = tenure.read_config(described(folder, block)).options()
    assert options["ties"] == "average"
    for section in Config.model_fields.values():
        if isinstance(section.default, BaseModel):
            for key in type(section.default).model_fields:
                assert re.search(rf"\b{key}\b", block), key
    commented = re.sub(r"^# (?=\w+ = )", "", block, flags=re.MULTILINE)
    everything = tenure.read_config(described(folder, commented)).options()
    assert everything["currency"] == "TRY"


@pytest.mark.slow
def test_previous_run(folder):
    path = described(folder, 'input = "customers.csv"\npreset = "flo"\nout = "results"\n')
    call("run", path)
    text = call("run", path, "--previous", folder / "results", "--convention=total")
    assert "600 customers in both runs" in text
    moved = pd.read_csv(folder / "results" / "movement.csv", index_col=0)
    assert moved.to_numpy().sum() == 600
    assert {file.name for file in (folder / "results").iterdir()} >= {"risers.csv", "gone.csv"}
    assert "FileError" not in call("run", path, "--previous", folder / "none", code=1)
