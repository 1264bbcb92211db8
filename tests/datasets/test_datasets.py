import hashlib
import json
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT

import tenure
from tenure.datasets import (
    load_cdnow_summary,
    load_cdnow_summary_data_with_monetary_value,
    load_cdnow_transactions,
    load_dataset,
    load_donations,
    load_transaction_data,
    make_omnichannel,
)
from tenure.exceptions import FileError, OptionError

LIFETIMES = json.loads(
    (ROOT / "tests" / "reference" / "utils_lifetimes.json").read_text(encoding="utf-8")
)["datasets"]

FLO_COLUMNS = [
    "master_id",
    "order_channel",
    "last_order_channel",
    "first_order_date",
    "last_order_date",
    "last_order_date_online",
    "last_order_date_offline",
    "order_num_total_ever_online",
    "order_num_total_ever_offline",
    "customer_value_total_ever_offline",
    "customer_value_total_ever_online",
    "interested_in_categories_12",
]


def test_files_are_those_of_the_provenance_note():
    folder = files("tenure.datasets")
    note = (folder / "PROVENANCE.md").read_text(encoding="utf-8")
    for name in (
        "CDNOW_sample.txt",
        "cdnow_customers_summary.csv",
        "cdnow_customers_summary_with_transactions.csv",
        "donations.csv",
        "example_transactions.csv",
    ):
        assert hashlib.md5((folder / name).read_bytes()).hexdigest() in note


def test_cdnow_summary():
    summary = load_cdnow_summary(index_col=[0])
    assert summary.shape == (2357, 3)
    assert list(summary) == ["frequency", "recency", "T"]
    assert summary.index.name == "ID"
    assert summary.attrs["tenure"]["period"] == "W"
    assert load_cdnow_summary(nrows=5, usecols=["T"]).shape == (5, 1)
    assert next(iter(load_cdnow_summary(chunksize=10))).shape == (10, 4)


def test_cdnow_summary_with_money():
    summary = load_cdnow_summary_data_with_monetary_value()
    assert list(summary) == ["frequency", "recency", "T", "monetary_value"]
    assert summary.index.name == "customer_id"
    plain = load_cdnow_summary(index_col=[0])
    np.testing.assert_array_equal(summary[["frequency", "recency", "T"]], plain)
    assert ((summary["monetary_value"] > 0) <= (summary["frequency"] > 0)).all()
    assert summary["T"].attrs["tenure"]["period"] == "W"


def test_cdnow_transactions_are_those_behind_the_summary():
    purchases = load_cdnow_transactions()
    assert list(purchases) == ["customer_id", "date", "number_of_cds", "dollar_value"]
    assert purchases["date"].min() == pd.Timestamp("1997-01-01")
    assert purchases["date"].max() == pd.Timestamp("1998-06-30")
    until = purchases[purchases["date"] <= "1997-09-30"]
    days = until.groupby("customer_id")["date"].agg(["min", "max", "nunique"])
    summary = load_cdnow_summary(index_col=[0])
    assert days.index.tolist() == summary.index.tolist()
    assert (days["nunique"] - 1).tolist() == summary["frequency"].tolist()
    recency = (days["max"] - days["min"]).dt.days / 7
    np.testing.assert_allclose(recency, summary["recency"], atol=0.0051)


@pytest.mark.parametrize(
    "load",
    [
        load_cdnow_summary,
        load_cdnow_summary_data_with_monetary_value,
        load_donations,
        load_transaction_data,
    ],
)
def test_tables_are_those_of_lifetimes(load):
    expected, found = LIFETIMES[load.__name__], load()
    assert list(found.shape) == expected["shape"]
    assert list(found.columns) == expected["columns"]
    kinds = ["object" if dtype.kind not in "if" else str(dtype) for dtype in found.dtypes]
    assert kinds == expected["dtypes"]
    assert found.index.name == expected["index_name"]
    assert [str(value) for value in found.iloc[0]] == expected["first"]
    assert [str(value) for value in found.iloc[-1]] == expected["last"]
    assert len(load(nrows=3)) == 3


def test_any_file_that_ships_can_be_loaded(monkeypatch):
    monkeypatch.delenv("TENURE_DATASETS", raising=False)
    assert load_dataset("CDNOW_sample.txt", header=None, sep=r"\s+").shape == (6919, 5)
    for name in ("CDNOW_master.txt", "larynx.csv", "../pyproject.toml", "_files.py", ""):
        with pytest.raises(FileError, match=r"these do: CDNOW_sample.txt, .*donations.csv"):
            load_dataset(name)
    with pytest.raises(FileNotFoundError, match=r"brucehardie.*TENURE_DATASETS"):
        load_dataset("CDNOW_master.txt")


@pytest.mark.parametrize("name", ["CDNOW_master.txt", "datasets/CDNOW_master.txt"])
def test_the_whole_of_cdnow_where_it_is_found(name, tmp_path, monkeypatch):
    package = tmp_path / "lifetimes"
    (package / "datasets").mkdir(parents=True)
    (package / "__init__.py").write_text("raise AssertionError('imported')")
    (package / name).write_text("customer_id date\n1 19970101\n")
    with monkeypatch.context() as patch:
        patch.setenv("TENURE_DATASETS", str(package))
        assert load_dataset("CDNOW_master.txt", sep=" ").shape == (1, 2)
        with pytest.raises(FileError):
            load_dataset("other.txt")
    monkeypatch.syspath_prepend(str(tmp_path))  # as lifetimes lies where it is installed
    tenure.lifetimes.install()
    try:
        assert load_dataset("CDNOW_master.txt", sep=" ").shape == (1, 2)
    finally:
        tenure.lifetimes.uninstall()


@pytest.fixture(scope="module")
def simulated():
    return make_omnichannel(4_000, seed=21)


def test_simulated_customers_have_the_columns_and_formats_of_an_export(simulated):
    assert list(simulated) == FLO_COLUMNS
    assert len(simulated) == 4_000
    assert simulated["master_id"].is_unique
    assert simulated["master_id"].str.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").all()
    for column in FLO_COLUMNS[3:7]:
        assert simulated[column].str.fullmatch(r"\d{4}-\d\d-\d\d").all()
    for column in FLO_COLUMNS[7:11]:
        assert simulated[column].dtype == np.float64
        assert (simulated[column].round(2) == simulated[column]).all()
    lists = simulated["interested_in_categories_12"]
    assert lists.str.fullmatch(r"\[([A-Z]+(, [A-Z]+)*)?\]").all()
    assert 0.05 < (lists == "[]").mean() < 0.25
    assert set(simulated["order_channel"]) == {"Android App", "Ios App", "Mobile", "Desktop"}
    assert "Offline" in set(simulated["last_order_channel"])
    assert not simulated.isna().to_numpy().any()


def test_simulated_customers_tell_one_story(simulated):
    first, last, online, offline = (pd.to_datetime(simulated[c]) for c in FLO_COLUMNS[3:7])
    assert (first <= online).all()
    assert (first <= offline).all()
    assert (np.maximum(online, offline) == last).all()
    assert last.max() - last.min() <= pd.Timedelta(days=365)
    assert (simulated[FLO_COLUMNS[7:9]] >= 1).all(axis=None)
    assert (simulated[FLO_COLUMNS[9:11]] > 0).all(axis=None)
    at_shop = simulated["last_order_channel"] == "Offline"
    assert (offline >= online)[at_shop].all()
    assert (online >= offline)[~at_shop].all()


def test_simulated_customers_do_leave(simulated):
    first, last = (pd.to_datetime(simulated[c]) for c in FLO_COLUMNS[3:5])
    repeats = simulated[FLO_COLUMNS[7:9]].sum(axis=1) - 1
    end = last.max()
    # At a steady rate n orders are uniform over the time, and their latest to the power n is
    # uniform. Customers of less than a year have not been selected by their last order.
    young = (end - first <= pd.Timedelta(days=365)) & (end - first > pd.Timedelta(days=30))
    position = (((last - first) / (end - first)) ** repeats)[young]
    standard_error = 1 / np.sqrt(12 * len(position))
    assert position.mean() < 0.5 - 4 * standard_error


def test_simulation_is_seeded():
    one, same, other = (make_omnichannel(300, seed=s) for s in (5, 5, 6))
    pd.testing.assert_frame_equal(one, same)
    assert not one["master_id"].isin(other["master_id"]).any()
    # The same on numpy 1.26 and 2.4; a change here changes every published figure made with it.
    row = make_omnichannel(3_000, seed=7)
    digest = hashlib.md5(row.to_csv(index=False, lineterminator="\n").encode()).hexdigest()
    assert digest == "fd4a118cd9e25ee6407119653e9c019b"


@pytest.mark.parametrize("n", [0, -1, 2.5, True, "20"])
def test_simulation_needs_a_number_of_customers(n):
    with pytest.raises(OptionError, match="positive whole number"):
        make_omnichannel(n)


def test_one_simulated_customer():
    assert make_omnichannel(1, seed=3).shape == (1, 12)
