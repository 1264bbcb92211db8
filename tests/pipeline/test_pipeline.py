"""The whole job: from a file to tables, warnings and files."""

import datetime
import hashlib
import importlib.util
import json
import pickle
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from conftest import reference_path
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tenure
from tenure.campaigns import Campaign
from tenure.exceptions import (
    ColumnError,
    ConventionWarning,
    DataError,
    DataWarning,
    DependenceWarning,
    FileError,
    InfiniteMeanWarning,
    NotIdentifiedWarning,
    OptionError,
    SelectedSampleWarning,
    SkippedOutputWarning,
    TenureError,
    TenureWarning,
    UnitWarning,
)
from tenure.io.spreadsheets import spreadsheet_safe
from tenure.locale import Locale
from tenure.pipeline.outputs import OUTPUTS, Output, output_writers
from tenure.report.model_sections import quality_rows

FILES = {
    "forecast.csv",
    "rfm.csv",
    "segments.csv",
    "channels.csv",
    "top_revenue.csv",
    "top_orders.csv",
    "new_brand_target_customer_id.csv",
    "discount_target_customer_ids.csv",
    "campaigns.json",
    "run.json",
    "models.json",
    "report.html",
    "workbook.xlsx",
}


def quietly(*args, **options):
    """Run the job; its warnings are in the result."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        return tenure.run(*args, **options)


def kinds(analysis):
    return {type(warning) for warning in analysis.warnings}


def said(analysis, kind):
    return next(f"{w} {w.details}" for w in analysis.warnings if type(w) is kind)


@pytest.fixture(scope="module")
def retailer():
    return tenure.datasets.make_omnichannel(3_000, seed=5)


@pytest.fixture(scope="module")
def analysis(retailer):
    return quietly(retailer, preset="flo")


@pytest.fixture(scope="module")
def discs():
    return quietly(
        tenure.datasets.load_cdnow_transactions(),
        customer="customer_id",
        date="date",
        amount="dollar_value",
    )


# -- totals ------------------------------------------------------------------------------------


def test_every_customer_is_in_every_table(retailer, analysis):
    ids = pd.Index(retailer["master_id"], name="master_id")
    for table in (analysis.customers, analysis.forecast, analysis.rfm):
        assert table.index.tolist() == ids.tolist()
        assert table.index.name == "master_id"
    numbers = analysis.forecast.select_dtypes("number")
    assert np.isfinite(numbers.to_numpy()).all()


def test_steps_agree_with_the_functions(analysis, retailer):
    """`run` is the functions in a row, nothing more."""
    roles = tenure.presets.FLO.roles
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        summary = tenure.summarize_totals(retailer, **roles)
        buying = tenure.BetaGeoFitter().fit(summary)
        spending = tenure.GammaGammaFitter().fit(summary)
    forecast = tenure.forecast(buying, spending, summary)
    pd.testing.assert_frame_equal(
        analysis.forecast.drop(columns="segment"), forecast, check_index_type=False
    )
    whole = tenure.prepare_totals(retailer, **roles, cap_outliers=False)
    scores = tenure.rfm_scores(
        whole, recency="last_order_date", frequency="orders_total", monetary="spend_total"
    )
    pd.testing.assert_frame_equal(
        analysis.rfm.drop(columns="segment"), scores, check_index_type=False
    )


def test_caps_touch_the_value_not_the_rfm(retailer):
    extreme = retailer.copy()
    extreme.loc[7, "customer_value_total_ever_online"] = 1e6
    capped = quietly(extreme, preset="flo")
    who = extreme["master_id"].iloc[7]
    assert capped.rfm.loc[who, "monetary"] > 1e6
    spent = capped.customers.loc[who, "monetary_value"] * capped.customers.loc[who, "orders"]
    assert spent < 1e5
    assert capped.tables["top_revenue"]["master_id"].iloc[0] == who
    uncapped = quietly(extreme, preset="flo", cap_outliers=False)
    assert (
        uncapped.customers.loc[who, "monetary_value"]
        > capped.customers.loc[who].loc["monetary_value"]
    )


def test_segments_sum_up_to_the_whole(analysis):
    for scheme in ("value", "rfm"):
        part = analysis.segments[analysis.segments["scheme"] == scheme]
        assert part["customers"].sum() == len(analysis.customers)
        assert part["revenue"].sum() == pytest.approx(analysis.totals().loc["6m", "revenue"])
        assert part["revenue_share"].sum() == pytest.approx(1)
        assert part["advice"].str.len().min() > 10
    value = analysis.segments[analysis.segments["scheme"] == "value"]
    assert value["segment"].tolist() == list("ABCD")
    assert value["clv_6m_mean"].is_monotonic_decreasing


def test_row_order_does_not_matter(retailer, analysis):
    other = quietly(retailer.sample(frac=1, random_state=2), preset="flo")
    for name in ("forecast", "rfm"):
        mine = getattr(analysis, name)
        pd.testing.assert_frame_equal(getattr(other, name).loc[mine.index], mine, rtol=1e-6)
    for here, there in zip(analysis.campaigns, other.campaigns, strict=True):
        assert set(here.ids) == set(there.ids)
    pd.testing.assert_frame_equal(
        other.tables["top_orders"], analysis.tables["top_orders"], check_dtype=False
    )


def test_argument_is_not_changed(retailer):
    before = retailer.copy(deep=True)
    quietly(retailer, preset="flo")
    pd.testing.assert_frame_equal(retailer, before)


def test_own_columns_give_what_the_preset_gives(retailer, analysis):
    renamed = retailer.rename(columns={"master_id": "who", "first_order_date": "since"})
    mine = quietly(
        renamed,
        customer="who",
        first_order="since",
        last_order="last_order_date",
        orders=["order_num_total_ever_online", "order_num_total_ever_offline"],
        spend=["customer_value_total_ever_offline", "customer_value_total_ever_online"],
    )
    np.testing.assert_allclose(mine.forecast["clv_6m"], analysis.forecast["clv_6m"])
    assert mine.campaigns == ()
    assert "channels" not in mine.tables


def test_own_campaigns(retailer):
    rule = Campaign(name="All", file_name="all.csv")
    best = Campaign(name="Best", segments=("champions",), file_name="best.csv")
    mine = quietly(retailer, preset="flo", campaigns=[rule, best])
    assert [len(campaign) for campaign in mine.campaigns] == [
        len(retailer),
        int((mine.rfm["segment"] == "champions").sum()),
    ]
    assert mine.campaigns[0].expected_revenue == pytest.approx(mine.totals().loc["6m", "revenue"])


def test_mbg_nbd(retailer):
    mine = quietly(retailer, preset="flo", purchase_model="mbg/nbd")
    assert isinstance(mine.purchase_model, tenure.ModifiedBetaGeoFitter)


@pytest.mark.parametrize("model", ["mbg/nbd", "pareto/nbd"])
def test_every_purchase_model_does_the_whole_job(tmp_path, model):
    found = quietly(
        tenure.datasets.load_cdnow_transactions(),
        customer="customer_id", date="date", amount="dollar_value",
        purchase_model=model, out=tmp_path / "out",
    )  # fmt: skip
    assert np.isfinite(found.forecast["clv_6m"]).all()
    # Unlike BG/NBD, these models let customers leave before they buy again.
    assert found.forecast.loc[found.customers["frequency"] == 0, "p_alive"].max() < 1
    document = json.loads((tmp_path / "out" / "models.json").read_text(encoding="utf-8"))
    again = type(found.purchase_model).from_json(json.dumps(document["models"]["purchase"]))
    assert again.params_.to_dict() == found.purchase_model.params_.to_dict()


def test_total_convention_with_pareto_nbd(retailer):
    found = quietly(retailer, preset="flo", purchase_model="pareto/nbd", convention="total")
    assert "revenue expected in 6m" in said(found, ConventionWarning)


def test_own_value_segments(retailer):
    found = quietly(retailer, preset="flo", value_segments=["low", "mid", "high"])
    value = found.segments[found.segments["scheme"] == "value"]
    assert value["segment"].tolist() == ["high", "mid", "low"]
    assert found.settings["value_segments"] == {"labels": ["low", "mid", "high"]}
    text = said(
        quietly(retailer, preset="flo", value_segments=["low", "high"], convention="total"),
        ConventionWarning,
    )
    few = quietly(retailer, preset="flo", value_segments=["low", "high"])
    all_orders = quietly(retailer, preset="flo", value_segments=["low", "high"], convention="total")
    moved = (few.forecast["segment"] != all_orders.forecast["segment"]).sum()
    assert f"{moved:,} of {len(retailer):,} customers" in text


def test_campaigns_may_ask_about_everything(retailer):
    rule = Campaign(
        name="Rich and leaving",
        value_segments=["A", "B"],
        channels=["Mobile"],
        thresholds={
            "clv_6m": {"min": 50},
            "recency": {"min": 30},
            "order_num_total_ever_online": {"min": 2},
            "last_order_date": {"max": datetime.date(2021, 4, 1)},
        },
        limit=20,
    )
    found = quietly(retailer, preset="flo", campaigns=[rule])
    (made,) = found.campaigns
    raw = retailer.set_index("master_id")
    mask = (
        found.forecast["segment"].isin(["A", "B"])
        & (raw["order_channel"] == "Mobile")
        & (found.forecast["clv_6m"] >= 50)
        & (found.rfm["recency"] >= 30)
        & (raw["order_num_total_ever_online"] >= 2)
        & (pd.to_datetime(raw["last_order_date"]) <= "2021-04-01")
    )
    assert mask.sum() > 20
    best = found.forecast.loc[mask, "clv_6m"].sort_values(ascending=False).index[:20]
    assert made.ids.tolist() == best.tolist()
    assert made.campaign.rank_by == "clv_6m"
    assert found.overlap.loc["Rich and leaving", "Rich and leaving"] == 20


def test_campaigns_of_purchases():
    rules = [
        Campaign(name="Best", value_segments=["A"]),
        Campaign(name="Lost", segments=["at_risk"]),
    ]
    found = quietly(
        tenure.datasets.load_cdnow_transactions(),
        customer="customer_id", date="date", campaigns=rules,
    )  # fmt: skip
    assert [len(made) for made in found.campaigns] == [
        (found.forecast["segment"] == "A").sum(),
        (found.rfm["segment"] == "at_risk").sum(),
    ]
    assert found.campaigns[0].expected_revenue is None


def test_script_spelling(retailer):
    mine = quietly(retailer, preset="flo", segment_names="legacy")
    assert "cant_loose" in set(mine.rfm["segment"])
    assert [len(campaign) for campaign in mine.campaigns] == [
        len(campaign) for campaign in quietly(retailer, preset="flo").campaigns
    ]


def test_warnings_are_given_and_kept(retailer):
    with pytest.warns(TenureWarning) as given_warnings:
        result = tenure.run(retailer, preset="flo")
    texts = [str(item.message) for item in given_warnings]
    assert texts == [str(warning) for warning in result.warnings]
    assert len(texts) == len(set(texts))
    assert all(item.filename == __file__ for item in given_warnings)


def test_jobs_side_by_side_keep_their_own_warnings(retailer):
    """Threads share the interpreter's filters: each job's warnings must still be its own."""
    calm = tenure.datasets.load_cdnow_transactions()

    def job(number):
        if number % 2:
            return kinds(tenure.run(retailer, preset="flo", convention="total", horizons=12))
        return kinds(tenure.run(calm, customer="customer_id", date="date", amount="dollar_value"))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        before = list(warnings.filters)
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(job, range(8)))
        # pandas 2 silences itself for a moment, and threads may leave that filter of its behind.
        pandas_own = "Downcasting object dtype arrays"
        left = [one for one in warnings.filters if one[1] is None or one[1].pattern != pandas_own]
        assert left == before
    assert all(set(one) == set(found[number % 2]) for number, one in enumerate(found))
    assert ConventionWarning in found[1]
    assert ConventionWarning not in found[0]


def test_total_convention_says_what_it_changes(retailer, analysis):
    total = quietly(retailer, preset="flo", convention="total", horizons=(12, 24))
    assert {ConventionWarning, UnitWarning} <= kinds(total)
    text = said(total, ConventionWarning)
    assert sum(type(warning) is ConventionWarning for warning in total.warnings) == 1
    repeat = quietly(retailer, preset="flo", horizons=(12, 24))
    change = total.totals().loc["24w", "revenue"] / repeat.totals().loc["24w", "revenue"] - 1
    assert f"{change:+.1%}" in text
    moved = (total.forecast["segment"].astype(str) != repeat.forecast["segment"].astype(str)).sum()
    assert f"{moved:,} of {len(retailer):,} customers" in text
    assert ConventionWarning not in kinds(analysis)


def test_dependence_is_said_by_its_size():
    rng = np.random.default_rng(3)
    n = 2_000
    orders = rng.integers(1, 20, n)
    first = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 200, n), "D")
    table = pd.DataFrame(
        {
            "id": np.arange(n),
            "first": first,
            "last": first + pd.to_timedelta(np.where(orders > 1, rng.integers(1, 300, n), 0), "D"),
            "n": orders,
            "money": orders * (20 + 5 * orders + rng.gamma(4, 5, n)),
        }
    )
    roles = {"customer": "id", "first_order": "first", "last_order": "last"}
    mine = quietly(table, **roles, orders="n", spend="money")
    assert "Spearman" in said(mine, DependenceWarning)


# -- transactions ------------------------------------------------------------------------------


def test_cdnow(discs):
    assert len(discs.customers) == 2357
    params = discs.purchase_model.params_
    # MBG/NBD, the likeliest of the three on all 78 weeks.
    expected = {"r": 0.61783, "alpha": 8.65696, "a": 0.55152, "b": 1.00906}
    assert params.to_dict() == pytest.approx(expected, rel=1e-4)
    assert discs.campaigns == ()
    assert set(discs.tables) == {
        "first_rows",
        "models",
        "profile",
        "quality",
        "top_orders",
        "top_revenue",
    }


def test_what_trackers_need_is_kept(discs, analysis):
    assert len(discs.purchases) == 6919
    assert list(discs.purchases) == ["customer", "date", "amount"]
    spent = discs.purchases.groupby("customer")["amount"].sum()
    np.testing.assert_allclose(discs.history["spend_total"], spent.loc[discs.history.index])
    assert analysis.purchases is None
    assert analysis.cohorts is None
    assert analysis.history.index.equals(analysis.forecast.index)


def test_purchases_after_the_end_are_left_out():
    cut = quietly(
        tenure.datasets.load_cdnow_transactions(),
        customer="customer_id", date="date", amount="dollar_value", analysis_date="1997-09-30",
    )  # fmt: skip
    assert cut.purchases["date"].max() == pd.Timestamp("1997-09-30")


def test_rfm_from_transactions(discs):
    purchases = tenure.datasets.load_cdnow_transactions()
    days = pd.to_datetime(purchases["date"].astype(str))
    who = discs.tables["top_revenue"]["customer_id"].iloc[0]
    mine = purchases["customer_id"] == who
    row = discs.rfm.loc[who]
    assert row["monetary"] == pytest.approx(purchases.loc[mine, "dollar_value"].sum())
    assert row["frequency"] == days[mine].nunique()
    assert row["recency"] == (days.max() - days[mine].max()).days


def test_purchases_without_money():
    purchases = tenure.datasets.load_cdnow_transactions()
    mine = quietly(purchases, customer="customer_id", date="date")
    assert mine.spend_model is None
    assert "clv_6m" not in mine.forecast
    assert mine.value_column == "expected_purchases_6m"
    assert "monetary" not in mine.rfm
    assert "top_revenue" not in mine.tables
    assert "revenue" not in mine.segments
    assert "purchases" in mine.segments
    assert "clv" not in repr(mine)


def test_period_changes_no_result(discs):
    days = quietly(
        tenure.datasets.load_cdnow_transactions(),
        customer="customer_id",
        date="date",
        amount="dollar_value",
        period="D",
    )
    np.testing.assert_allclose(days.forecast["clv_6m"], discs.forecast["clv_6m"], rtol=1e-4)


# -- files -------------------------------------------------------------------------------------


def test_writes_every_file(retailer, tmp_path):
    out = tmp_path / "results"
    result = quietly(retailer, preset="flo", out=out)
    names = {path.name for path in out.iterdir()}
    assert names >= FILES
    assert names == {*output_writers(result), "run.json"}
    assert [path.name for path in tmp_path.iterdir()] == ["results"]
    forecast = pd.read_csv(out / "forecast.csv", index_col="master_id")
    # Files have money to the cent.
    np.testing.assert_allclose(forecast["clv_6m"], result.forecast["clv_6m"], rtol=0, atol=0.0051)
    assert len(pd.read_csv(out / "rfm.csv")) == len(retailer)
    ids = pd.read_csv(out / "discount_target_customer_ids.csv")
    assert ids["master_id"].tolist() == list(result.campaigns[1].ids)
    document = json.loads((out / "models.json").read_text(encoding="utf-8"))
    again = tenure.BetaGeoFitter.from_json(json.dumps(document["models"]["purchase"]))
    assert again.params_.to_dict() == result.purchase_model.params_.to_dict()
    assert document["settings"]["horizons"] == ["3m", "6m"]


def test_other_files_are_left_alone(retailer, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "forecast.csv").write_text("old")
    quietly(retailer, preset="flo", out=tmp_path, overwrite=True)
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert (tmp_path / "forecast.csv").read_text() != "old"


def test_failure_leaves_nothing(retailer, tmp_path, monkeypatch):
    out = tmp_path / "results"
    with pytest.raises(ColumnError):
        tenure.run(retailer.drop(columns="last_order_date"), preset="flo", out=out)
    assert list(tmp_path.iterdir()) == []

    def full(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr("tenure.report.render", full)
    out.mkdir()
    (out / "forecast.csv").write_text("old")
    with pytest.raises(OSError, match="space"):
        quietly(retailer, preset="flo", out=out, overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["results"]
    assert [path.name for path in out.iterdir()] == ["forecast.csv"]
    assert (out / "forecast.csv").read_text() == "old"


def test_warnings_as_errors_leave_nothing(retailer, tmp_path):
    out = tmp_path / "results"
    with pytest.raises(TenureWarning):  # the tests' filter makes every warning an error
        tenure.run(retailer, preset="flo", out=out)
    assert not out.exists()


@pytest.mark.parametrize("kind", ["csv", "semicolon", "crlf", "xlsx", "parquet", "turkish"])
def test_the_file_may_travel_in_other_clothes(retailer, analysis, tmp_path, kind):
    path = tmp_path / "customers.csv"
    if kind == "csv":
        retailer.to_csv(path, index=False)
    elif kind == "semicolon":
        retailer.to_csv(path, index=False, sep=";")
    elif kind == "crlf":
        retailer.to_csv(path, index=False, lineterminator="\r\n", encoding="utf-8-sig")
    elif kind == "turkish":
        other = retailer.copy()
        for column in other.columns[other.columns.str.contains("date")]:
            other[column] = pd.to_datetime(other[column]).dt.strftime("%d.%m.%Y")
        other.to_csv(path, index=False, sep=";", decimal=",")
    elif kind == "xlsx":
        pytest.importorskip("openpyxl")
        path = path.with_suffix(".xlsx")
        retailer.to_excel(path, index=False)
    else:
        pytest.importorskip("pyarrow")
        path = path.with_suffix(".parquet")
        retailer.to_parquet(path, index=False)
    mine = quietly(path, preset="flo")
    assert mine.settings["source"] == path.name
    pd.testing.assert_frame_equal(mine.forecast, analysis.forecast, check_index_type=False)
    assert [len(campaign) for campaign in mine.campaigns] == [
        len(campaign) for campaign in analysis.campaigns
    ]


def test_ids_with_leading_zeros_stay(tmp_path):
    table = tenure.datasets.make_omnichannel(300, seed=1)
    table["master_id"] = [f"{number:05d}" for number in range(len(table))]
    table.to_csv(tmp_path / "in.csv", index=False)
    quietly(tmp_path / "in.csv", preset="flo", out=tmp_path / "out")
    written = pd.read_csv(tmp_path / "out" / "forecast.csv", dtype=str)
    assert written["master_id"].tolist() == table["master_id"].tolist()


def test_formulas_stay_text(tmp_path):
    ids = ["=HYPERLINK(0)", "+1-1", "-x", "@SUM", "\tz", "-17", "+4930123", "a=b", "plain"]
    safe = spreadsheet_safe(pd.DataFrame({"=id": ids, "n": range(len(ids))}, index=ids))
    expected = ["'=HYPERLINK(0)", "'+1-1", "'-x", "'@SUM", "'\tz", *ids[5:]]
    assert safe["'=id"].tolist() == expected
    assert safe.index.tolist() == expected
    assert safe["n"].tolist() == list(range(len(ids)))


def test_outputs_by_name(retailer, tmp_path):
    found = quietly(retailer, preset="flo", outputs=["rfm", "models"], out=tmp_path / "out")
    assert {path.name for path in found.out.iterdir()} == {
        "rfm.csv",
        "models.json",
        "model_comparison.csv",
        "run.json",
    }


def without(monkeypatch, library):
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *rest: None if name == library else real(name, *rest),
    )


@pytest.fixture
def workbook(monkeypatch):
    """An output that needs an extra, whatever else there is."""
    monkeypatch.setitem(OUTPUTS, "workbook", Output(lambda _: {}, "xlsxwriter", "excel"))


@pytest.mark.usefixtures("workbook")
def test_what_needs_a_missing_extra_is_left_out_and_said(retailer, tmp_path, monkeypatch):
    without(monkeypatch, "xlsxwriter")
    found = quietly(retailer, preset="flo", out=tmp_path / "out")
    assert "workbook" not in found.settings["outputs"]
    assert "'.[excel]'" in said(found, SkippedOutputWarning)
    assert SkippedOutputWarning not in kinds(quietly(retailer, preset="flo"))


@pytest.mark.usefixtures("workbook")
def test_what_was_asked_for_by_name_is_an_error_before_any_work(retailer, tmp_path, monkeypatch):
    without(monkeypatch, "xlsxwriter")
    steps = []
    with pytest.raises(ImportError, match=r"'\.\[excel\]'"):
        tenure.run(
            retailer, preset="flo", outputs=["workbook"], out=tmp_path / "out",
            progress=lambda *step: steps.append(step),
        )  # fmt: skip
    rule = Campaign(name="x", file_name="x.xlsx")
    with pytest.raises(ImportError, match=r"'\.\[excel\]'"):
        tenure.run(retailer, preset="flo", campaigns=[rule], out=tmp_path / "out")
    assert steps == []
    assert list(tmp_path.iterdir()) == []


def test_the_record_says_what_was_done(retailer, tmp_path):
    source = tmp_path / "customers.csv"
    retailer.to_csv(source, index=False)
    found = quietly(source, preset="flo", out=tmp_path / "out", currency="tl", language="tr")
    record = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert record["input"]["sha256"] == hashlib.sha256(source.read_bytes()).hexdigest()
    assert record["input"]["rows"] == len(retailer)
    assert record["input"]["roles"]["customer"] == "master_id"
    assert record["settings"]["currency"] == found.currency == "TRY"
    assert record["settings"]["language"] == found.language == "tr"
    assert record["tenure"] == tenure.__version__
    assert record["libraries"]["pandas"] == pd.__version__
    assert record["parameters"]["purchase"] == found.purchase_model.params_.to_dict()
    assert [item["text"] for item in record["warnings"]] == [w.text for w in found.warnings]
    written = {path.name for path in (tmp_path / "out").iterdir()} - {"run.json"}
    assert set(record["outputs"]) == written
    for name, digest in record["outputs"].items():
        content = (tmp_path / "out" / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest


def test_files_in_another_encoding(retailer, analysis, tmp_path):
    other = retailer.assign(order_channel="Mağaza")
    other.to_csv(tmp_path / "in.csv", index=False, encoding="cp1254")
    with pytest.raises(FileError, match="cp1254"):
        quietly(tmp_path / "in.csv", preset="flo")
    found = quietly(tmp_path / "in.csv", preset="flo", encoding="cp1254")
    assert found.tables["channels"]["channel"].tolist() == ["Mağaza"]
    np.testing.assert_allclose(found.forecast["clv_6m"], analysis.forecast["clv_6m"])


# -- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({}, "preset='flo'"),
        ({"preset": "aldo"}, "preset"),
        ({"preset": "flo", "date": "last_order_date"}, "one row per customer"),
        ({"customer": "master_id"}, "first_order"),
        ({"customer": "master_id", "transactions": True}, "date"),
        ({"preset": "flo", "convention": "all"}, "convention"),
        ({"preset": "flo", "ties": "random"}, "ties"),
        ({"preset": "flo", "purchase_model": "pareto"}, "purchase_model"),
        ({"preset": "flo", "period": "fortnight"}, "period"),
        ({"preset": "flo", "horizons": "soon"}, "horizon"),
        ({"preset": "flo", "language": "de"}, "language"),
        ({"preset": "flo", "currency": "lira"}, "currency"),
        ({"preset": "flo", "outputs": ["reprot"]}, "Did you mean 'report'"),
        ({"preset": "flo", "outputs": "report"}, "list"),
        ({"preset": "flo", "value_segments": {"bins": 3}}, "value_segments"),
        (
            {"preset": "flo", "campaigns": [Campaign(name="x", file_name="RFM.csv")]},
            "another output",
        ),
        (
            {"preset": "flo", "campaigns": [Campaign(name="x", value_segments=["E"])]},
            "not a value segment",
        ),
    ],
)
def test_options(retailer, options, match):
    with pytest.raises(OptionError, match=match):
        quietly(retailer, **options)


def test_files(tmp_path):
    with pytest.raises(FileError, match="no file"):
        tenure.run(tmp_path / "missing.csv", preset="flo")
    (tmp_path / "fake.xlsx").write_text("a,b\n1,2\n")
    with pytest.raises(FileError, match="extension"):
        tenure.run(tmp_path / "fake.xlsx", preset="flo")


def test_near_names_are_suggested(retailer):
    with pytest.raises(ColumnError, match="last_order_date"):
        tenure.run(retailer.rename(columns={"last_order_date": "last_order_dat"}), preset="flo")


def test_analysis_object(analysis):
    text = repr(analysis)
    assert "3,000" in text
    assert "6m" in text
    assert analysis._repr_html_().startswith("<table>")
    assert set(analysis.models) == {"purchase", "spend"}
    copy = pickle.loads(pickle.dumps(analysis))
    pd.testing.assert_frame_equal(copy.forecast, analysis.forecast)
    with pytest.raises(AttributeError):
        analysis.forecast = None
    assert "Champions" in repr(analysis.campaigns[0])


def test_progress_is_told(retailer):
    seen = []
    quietly(retailer, preset="flo", progress=lambda *step: seen.append(step))
    done = [step[1] for step in seen]
    assert done == sorted(done)
    assert seen[-1][1] == seen[-1][2]


# -- random frames -----------------------------------------------------------------------------

AMOUNTS = st.one_of(
    st.floats(0, 1e6), st.just(0.0), st.floats(1e-3, 10), st.sampled_from([np.nan, np.inf, -5.0])
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=st.lists(
        st.tuples(
            st.integers(0, 12), st.integers(-900, 900), st.integers(0, 900), st.integers(0, 60),
            AMOUNTS,
        ),
        max_size=25,
    )
)  # fmt: skip
def test_random_totals_give_finite_numbers_or_a_typed_error(rows):
    start = pd.Timestamp("2020-01-01")
    table = pd.DataFrame(
        {
            "id": [f"c{row[0]}" for row in rows],
            "first": [start + pd.Timedelta(days=row[1]) for row in rows],
            "last": [start + pd.Timedelta(days=row[1] + row[2]) for row in rows],
            "n": [row[3] for row in rows],
            "money": [row[4] for row in rows],
        }
    )
    try:
        result = quietly(
            table, customer="id", first_order="first", last_order="last", orders="n", spend="money"
        )
    except TenureError:
        return
    numbers = result.forecast.drop(columns=["segment", "clv_z"], errors="ignore").to_numpy(
        dtype=float
    )
    assert np.isfinite(numbers).all()
    assert (numbers >= 0).all()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=st.lists(
        st.tuples(st.sampled_from("abcdefghij"), st.integers(0, 500), AMOUNTS), max_size=60
    ),
    money=st.booleans(),
)
def test_random_purchases_give_finite_numbers_or_a_typed_error(rows, money):
    table = pd.DataFrame(
        {
            "id": [row[0] for row in rows],
            "day": [pd.Timestamp("2021-03-01") + pd.Timedelta(days=row[1]) for row in rows],
            "paid": [row[2] for row in rows],
        }
    )
    try:
        result = quietly(table, customer="id", date="day", amount="paid" if money else None)
    except TenureError:
        return
    numbers = result.forecast.select_dtypes("number")
    assert np.isfinite(numbers.to_numpy()).all()


# -- the real file -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def flo_file():
    return reference_path("data/flo_data_20k.csv")


@pytest.fixture(scope="module")
def flo(flo_file):
    return quietly(flo_file, preset="flo", ties="first", segment_names="legacy")


@pytest.fixture(scope="module")
def flo_scripts(flo_file):
    """The analysts' run: total orders, penalties, weeks for months."""
    return quietly(
        flo_file,
        preset="flo",
        convention="total",
        ties="first",
        purchase_penalizer=0.001,
        spend_penalizer=0.01,
        horizons=(12, 24),
    )


def test_flo_reproduces_the_scripts(flo_scripts):
    buying, spending = flo_scripts.purchase_model, flo_scripts.spend_model
    assert buying.params_["r"] == pytest.approx(3.663384, rel=1e-4)
    assert buying.params_["alpha"] == pytest.approx(76.17236, rel=1e-4)
    expected = {"p": 4.151179, "q": 0.470125, "v": 4.077243}
    assert spending.params_.to_dict() == pytest.approx(expected, rel=1e-4)
    totals = flo_scripts.totals()["expected_purchases"]
    assert totals["12w"] == pytest.approx(11_510.471, rel=1e-4)
    assert totals["24w"] == pytest.approx(23_020.942, rel=1e-4)
    value = spending.customer_lifetime_value(
        buying, flo_scripts.customers, time=6, discount_rate=0.01, freq="W"
    )
    assert value.sum() == pytest.approx(3_891_655.0, rel=1e-4)
    best = value[tenure.segment_by_value(value) == "A"]
    assert best.mean() == pytest.approx(362.3155, rel=1e-4)


def test_flo_says_what_is_wrong_with_the_scripts(flo_scripts):
    assert kinds(flo_scripts) >= {
        NotIdentifiedWarning,
        ConventionWarning,
        SelectedSampleWarning,
        InfiniteMeanWarning,
        UnitWarning,
    }
    assert "19,945" in said(flo_scripts, NotIdentifiedWarning)
    assert "24w" in said(flo_scripts, ConventionWarning)
    assert "0.470" in said(flo_scripts, InfiniteMeanWarning)
    assert "2.76 months" in said(flo_scripts, UnitWarning)
    # |rho| is 0.024 here: independent, however small its p-value.
    assert DependenceWarning not in kinds(flo_scripts)
    page = flo_scripts.report()
    for warning in flo_scripts.warnings:
        assert warning.code in page


def test_flo_default(flo):
    assert len(flo.forecast) == 19_945
    assert np.isfinite(flo.forecast.select_dtypes("number").to_numpy()).all()
    assert {NotIdentifiedWarning, SelectedSampleWarning} <= kinds(flo)
    assert kinds(flo).isdisjoint({ConventionWarning, InfiniteMeanWarning, UnitWarning})
    assert flo.purchase_model.params_["r"] == pytest.approx(2.948, abs=5e-4)
    assert flo.purchase_model.params_["alpha"] == pytest.approx(78.79, abs=5e-3)
    params = flo.spend_model.params_
    assert params.to_dict() == pytest.approx({"p": 3.89, "q": 9.33, "v": 324}, rel=2e-3)


def test_flo_segments_and_lists(flo):
    assert flo.rfm["segment"].value_counts().to_dict() == {
        "hibernating": 3604,
        "loyal_customers": 3361,
        "at_Risk": 3131,
        "potential_loyalists": 2938,
        "champions": 1932,
        "about_to_sleep": 1629,
        "cant_loose": 1200,
        "need_attention": 823,
        "new_customers": 680,
        "promising": 647,
    }
    assert [len(campaign) for campaign in flo.campaigns] == [148, 2771]


def test_flo_rows_may_be_shuffled(flo_file):
    table = pd.read_csv(flo_file)
    straight = quietly(table, preset="flo")
    shuffled = quietly(table.sample(frac=1, random_state=4), preset="flo")
    pd.testing.assert_frame_equal(shuffled.rfm.loc[straight.rfm.index], straight.rfm)


def test_data_error_is_a_value_error(retailer):
    bad = retailer.copy()
    bad.loc[4, "order_num_total_ever_online"] = -2
    with pytest.raises(DataError, match="order_num_total_ever_online"):
        quietly(bad, preset="flo")


def test_counts_have_keys_and_are_written_in_the_reader_s_language(discs):
    quality = discs.tables["quality"].set_index("what")["value"]
    assert quality["rows_read"] == 6919
    assert quality["transactions.same_day"] > 0
    english = {what: value for what, value, _ in quality_rows(discs, Locale("en"))}
    assert english["rows read"] == 6919
    assert english["rows of the same customer and day, counted as one purchase"] > 0
    turkish = [what for what, _, _ in quality_rows(discs, Locale("tr"))]
    assert turkish[0] == "okunan satır"
    assert len(turkish) == len(english) == len(quality)


def test_amounts_nobody_can_learn_from_still_give_purchases(tmp_path):
    """Where nobody pays again there is no spend to model; the rest of the job goes on."""
    sales = pd.DataFrame({"id": list("abcdefghabcd"), "paid": [10.0] * 8 + [0.0] * 4})
    sales["day"] = pd.date_range("2024-01-01", periods=12, freq="9D")
    with (
        pytest.warns(DataWarning, match="spent nothing or less on average: 4;"),
        pytest.warns(DataWarning, match="none of the 8 customers has a spend to average"),
    ):
        found = quietly_but(
            DataWarning, sales, customer="id", date="day", amount="paid", out=tmp_path / "out"
        )
    assert found.spend_model is None
    assert "clv_6m" not in found.forecast
    assert {"monetary", "RFM_SCORE"} <= set(found.rfm)
    assert found.tables["top_revenue"]["spend_total"].tolist() == [10.0] * 8
    assert "Value is not forecast, only purchases" in (tmp_path / "out" / "report.html").read_text()


def test_customers_of_whom_nobody_came_back_are_refused(tmp_path):
    """There is no rate of repeat purchases to estimate, and no forecast to write."""
    sales = pd.DataFrame({"id": list("abcdefgh"), "paid": 10.0})
    sales["day"] = pd.date_range("2024-01-01", periods=8, freq="9D")
    with pytest.raises(DataError, match="frequency is 0 for every customer"):
        quietly_but(
            DataWarning, sales, customer="id", date="day", amount="paid", out=tmp_path / "o"
        )


def quietly_but(kind, *args, **kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        warnings.simplefilter("always", kind)
        return tenure.run(*args, **kwargs)


def test_whole_ids_lose_the_zero_that_gaps_gave_them(tmp_path):
    """A column of numbers with gaps is written 17850.0; the customer's id is 17850."""
    sales = pd.DataFrame(
        {
            "id": [17850.0, 13047.0, np.nan, 17850.0, 12583.0] * 4,
            "day": pd.date_range("2024-01-01", periods=20, freq="5D"),
            "paid": np.linspace(5.0, 50.0, 20),
        }
    )
    sales.to_csv(tmp_path / "a.csv", index=False)
    sales.to_csv(tmp_path / "b.csv", index=False, sep=";", decimal=",")
    sales.to_parquet(tmp_path / "c.parquet")
    for name in ("a.csv", "b.csv", "c.parquet"):
        found = quietly(tmp_path / name, customer="id", date="day", amount="paid")
        assert sorted(map(str, found.forecast.index)) == ["12583", "13047", "17850"], name


def test_purchases_are_those_that_models_count():
    log = tenure.datasets.load_cdnow_transactions().head(2000).copy()
    back = log.iloc[::7].assign(dollar_value=lambda t: -t["dollar_value"])
    log = pd.concat([log, back], ignore_index=True)
    result = quietly(log, customer="customer_id", date="date", amount="dollar_value")
    days = result.purchases.groupby("customer")["date"].nunique()
    assert result.warnings
    assert (days - 1).sum() == result.customers["frequency"].sum()
    assert (days.reindex(result.customers.index) - 1 == result.customers["frequency"]).all()
    assert (result.purchases["amount"] >= 0).all()
