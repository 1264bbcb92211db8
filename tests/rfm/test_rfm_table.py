import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

import tenure
from tenure.datasets import load_cdnow_transactions, make_omnichannel
from tenure.exceptions import (
    ColumnError,
    DataError,
    DateError,
    DuplicateCustomerWarning,
    OptionError,
    RefundWarning,
)
from tenure.presets import FLO
from tenure.rfm import rfm_scores, rfm_segments, rfm_summary, rfm_table
from tenure.summary.totals import prepare_totals

LOG = {"customer": "customer_id", "date": "date", "amount": "dollar_value"}


@pytest.fixture(scope="module")
def log():
    return load_cdnow_transactions()


def test_purchases_summed_by_hand(log):
    table = rfm_table(log, **LOG)
    dates = pd.to_datetime(log["date"].astype(str))
    by_customer = log.assign(date=dates).groupby("customer_id")
    days = (dates.max() - by_customer["date"].max()).dt.days
    assert table.index.name == "customer_id"
    assert table["recency"].tolist() == days.tolist()
    assert table["frequency"].tolist() == by_customer["date"].nunique().tolist()
    np.testing.assert_allclose(table["monetary"], by_customer["dollar_value"].sum(), atol=1e-9)
    scores = rfm_scores(table, recency="recency", frequency="frequency", monetary="monetary")
    assert table["RFM_SCORE"].tolist() == scores["RFM_SCORE"].tolist()
    assert table["segment"].tolist() == rfm_segments(scores).tolist()


def test_the_analysis_date_cuts_purchases_off_and_counts_from_itself(log):
    early = log[pd.to_datetime(log["date"].astype(str)) <= "1997-06-30"]
    cut = rfm_table(log, **LOG, analysis_date="1997-06-30")
    pd.testing.assert_frame_equal(cut, rfm_table(early, **LOG, analysis_date="1997-06-30"))
    later = rfm_table(early, **LOG, analysis_date="1997-07-10")
    assert (later["recency"] - cut["recency"]).eq(10).all()


cents = st.integers(1, 9999).map(lambda n: n / 100)


@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 90), cents), min_size=1),
    st.randoms(),
)
def test_the_order_of_purchases_does_not_matter(rows, random):
    table = pd.DataFrame(rows, columns=["who", "day", "paid"])
    table["day"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(table["day"], "D")
    order = list(range(len(table)))
    random.shuffle(order)
    columns = {"customer": "who", "date": "day", "amount": "paid"}
    found = rfm_table(table, **columns)
    pd.testing.assert_frame_equal(rfm_table(table.iloc[order], **columns), found)
    # Equal totals are equal to the last digit, whatever they are added up from.
    exact = table.assign(paid=(table["paid"] * 100).round()).groupby("who")["paid"].sum() / 100
    assert found["monetary"].tolist() == exact.tolist()


def test_refunds_are_taken_off():
    table = pd.DataFrame(
        {
            "who": ["a", "a", "b", "b"],
            "day": ["2024-01-01", "2024-01-05", "2024-01-02", "2024-01-03"],
            "paid": [10.0, 20.0, 30.0, -30.0],
        }
    )
    with pytest.warns(RefundWarning):
        found = rfm_table(table, customer="who", date="day", amount="paid")
    assert found["monetary"].to_dict() == {"a": 30.0}
    counted = rfm_table(table, customer="who", date="day")
    assert counted["frequency"].to_dict() == {"a": 2.0, "b": 2.0}
    assert "monetary" not in counted


def test_totals_are_what_prepared_totals_give():
    totals = make_omnichannel(200, seed=4)
    roles = {name: FLO.roles[name] for name in ("customer", "last_order", "orders", "spend")}
    found = rfm_table(totals, **roles, names="legacy")
    prepared = tenure.prepare_totals(totals, **FLO.roles, cap_outliers=False)
    scores = rfm_scores(
        prepared, recency="last_order_date", frequency="orders_total", monetary="spend_total"
    )
    pd.testing.assert_frame_equal(found.drop(columns="segment"), scores)
    assert found["recency"].min() == 2
    assert found["segment"].equals(rfm_segments(scores, names="legacy"))
    del roles["spend"]
    assert "RFM_SCORE" not in rfm_table(totals, **roles)


def test_any_dataframe_and_every_option(log):
    half = {"active": "2.", "asleep": "1."}
    options = {
        "bins": {"recency": [60], "frequency": 2, "monetary": 12},
        "weights": {"monetary": 1},
        "segment_map": tenure.rfm.segment_map(half, bins=2),
    }
    of_polars = rfm_table(pl.from_pandas(log), **LOG, **options)
    assert isinstance(of_polars, pl.DataFrame)
    found = rfm_table(log, **LOG, **options)
    assert of_polars.to_pandas().to_dict("list") == found.reset_index().to_dict("list")
    assert ((found["recency"] <= 60) == (found["segment"] == "active")).all()
    assert found["weighted_score"].max() == 12


def test_which_columns_are_said(log):
    totals = {"customer": "customer_id", "last_order": "date"}
    for columns in (
        {"customer": "customer_id"},
        totals,
        {**LOG, "orders": "dollar_value"},
        {"customer": "customer_id", "amount": "dollar_value"},
    ):
        with pytest.raises(ColumnError, match="give date="):
            rfm_table(log, **columns)
    with pytest.raises(DataError, match="one row per customer"):
        rfm_table(log, **totals, orders="dollar_value")
    with pytest.raises(ColumnError, match="Did you mean 'date'"):
        rfm_table(log, customer="customer_id", date="dates")


def test_totals_are_checked():
    totals = pd.DataFrame(
        {"id": ["a", "b", "b"], "last": ["2024-01-05", "2024-02-01", "2024-02-01"], "n": [1, 2, 2]}
    )
    columns = {"customer": "id", "last_order": "last", "orders": "n"}
    with pytest.warns(DuplicateCustomerWarning):
        assert len(rfm_table(totals, **columns)) == 2
    totals = totals.iloc[:2]
    assert rfm_table(totals, **columns, analysis_date="2024-02-11")["recency"].tolist() == [37, 10]
    with pytest.raises(DateError, match="after the analysis date"):
        rfm_table(totals, **columns, analysis_date="2024-01-31")
    with pytest.raises(DataError, match="negative"):
        rfm_table(totals.assign(n=[1, -1]), **columns)


def test_the_page_on_rfm_runs():
    page = ROOT / "docs" / "rfm.md"
    names = {}
    for block in re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        exec(block, names)
    assert names["moved"].between("at_risk", "champions").size > 0


def test_columns_of_a_preset_or_of_a_prepared_table_need_no_naming():
    customers = make_omnichannel(300, seed=5)
    roles = {name: FLO.roles[name] for name in ("customer", "last_order", "orders", "spend")}
    expected = rfm_table(customers, **roles)
    pd.testing.assert_frame_equal(rfm_table(customers, preset="flo"), expected)
    prepared = prepare_totals(customers, preset="flo", cap_outliers=False)
    pd.testing.assert_frame_equal(rfm_table(prepared), expected)
    without_money = rfm_table(
        prepared, customer="master_id", last_order=FLO.last_order, orders="orders_total"
    )
    assert "monetary" not in without_money.columns
    with pytest.raises(OptionError, match="hold customer"):
        rfm_table(customers)


def test_the_summary_takes_the_segments_the_table_has():
    table = rfm_table(make_omnichannel(300, seed=5), preset="flo")
    summary = rfm_summary(table)
    pd.testing.assert_frame_equal(summary, rfm_summary(table, table["segment"]))
    counted = table["segment"].value_counts()
    assert summary["customers"].to_dict() == counted.to_dict()
    means = table.groupby("segment")["monetary"].mean()
    np.testing.assert_allclose(summary["monetary_mean"], means.loc[summary.index])
    with pytest.raises(ColumnError, match="segment"):
        rfm_summary(table.drop(columns="segment"))


def test_other_numbers_of_scores_need_no_segments_that_cannot_occur():
    """bins=3 asked for segments of scores 4 and 5, and gave no scores without a map."""
    n = 9
    totals = pd.DataFrame(
        {
            "id": range(n),
            "last": pd.date_range("2024-01-01", periods=n),
            "orders": range(1, n + 1),
            "spend": [float(10 * i) for i in range(1, n + 1)],
        }
    )
    roles = {"customer": "id", "last_order": "last", "orders": "orders", "spend": "spend"}
    plain = tenure.rfm_table(totals, **roles, bins=3)
    assert plain["RFM_SCORE"].tolist() == ["111"] * 3 + ["222"] * 3 + ["333"] * 3
    assert "segment" not in plain.columns
    rules = {"best": "3.", "middle": "2.", "rest": "1."}
    mapped = tenure.rfm_table(totals, **roles, bins=3, segment_map=rules)
    assert mapped["segment"].tolist() == ["rest"] * 3 + ["middle"] * 3 + ["best"] * 3
    assert "segment" in tenure.rfm_table(totals, **roles).columns
