import dataclasses

import numpy as np
import pandas as pd
import pytest

from tenure.datasets import make_omnichannel
from tenure.exceptions import ColumnError, EmptyDataError, OptionError
from tenure.pipeline.breakdowns import breakdown_table
from tenure.presets import FLO, Campaign, get, in_categories, select, top_customers
from tenure.summary.totals import prepare_totals, summarize_totals


@pytest.fixture(scope="module")
def prepared():
    return prepare_totals(
        make_omnichannel(800, seed=4),
        **FLO.roles,
        cap_outliers=False,
        other_dates=FLO.other_dates,
    )


def people(**columns):
    return pd.DataFrame(columns, index=pd.Index(["a", "b", "c", "d"], name="id"))


# Campaigns --------------------------------------------------------------------------------------


def test_every_rule_must_hold():
    table = people(
        segment=["champions", "champions", "at_risk", "champions"],
        interested_in_categories_12=["[KADIN]", "[ERKEK, KADIN]", "[KADIN]", "[]"],
        orders_total=[2, 2, 2, 2],
        spend_total=[500.0, 499.0, 900.0, 900.0],
    )
    rule = Campaign(
        name="x",
        segments=("champions",),
        categories=("KADIN",),
        min_average_order=250,
        file_name="x.csv",
    )
    ids = select(rule, table)
    assert ids.tolist() == ["a"]
    assert ids.name == "id"
    without = dataclasses.replace(rule, min_average_order=0)
    assert select(without, table).tolist() == ["a", "b"]
    assert select(Campaign(name="all", file_name="all.csv"), table).equals(table.index)


def test_both_spellings_of_a_segment_meet():
    rule = Campaign(name="x", segments=("cant_loose", "at_risk"), file_name="x.csv")
    table = people(segment=["cant_lose", "cant_loose", "at_Risk", "champions"])
    assert select(rule, table).tolist() == ["a", "b", "c"]
    assert select(rule, table.astype({"segment": "category"})).tolist() == ["a", "b", "c"]


def test_categories_match_whole_labels_unless_asked():
    lists = pd.Series(["[AKTIFCOCUK, KADIN]", "[COCUK]", "[]", None])
    assert in_categories(lists, ["COCUK"]).tolist() == [False, True, False, False]
    assert in_categories(lists, ["COCUK"], match="contains").tolist() == [True, True, False, False]
    assert in_categories(lists, ["ERKEK", "KADIN"]).tolist() == [True, False, False, False]
    python_lists = pd.Series([["AKTIFCOCUK", "KADIN"], ["COCUK"], [], None])
    assert in_categories(python_lists, ["COCUK"]).tolist() == [False, True, False, False]
    quoted = pd.Series(["['COCUK', 'KADIN']", '["ERKEK"]', "COCUK", "KADIN"], dtype="category")
    assert in_categories(quoted, ["COCUK"]).tolist() == [True, False, True, False]


def test_rules_are_checked_when_written():
    for options in (
        {"segments": ("best",)},
        {"segments": "champions"},
        {"categories": "KADIN"},
        {"match": "regex"},
        {"min_average_order": -1.0},
        {"min_average_order": float("nan")},
    ):
        with pytest.raises(OptionError):
            Campaign(name="x", file_name="x.csv", **options)


def test_missing_columns_are_named():
    rule = Campaign(name="x", categories=("KADIN",), file_name="x.csv")
    with pytest.raises(ColumnError, match="interested_in_categories_12"):
        select(rule, people(segment=["champions"] * 4))
    assert select(rule, people(likes=["[KADIN]", "", "", ""]), categories="likes").tolist() == ["a"]


def test_rules_in_words():
    assert FLO.campaigns[0].rule == (
        "segment Champions or Loyal customers; interested in KADIN; average order of 250 or more"
    )
    assert Campaign(name="x", file_name="x.csv").rule == "everyone"


# The FLO preset ---------------------------------------------------------------------------------


def test_columns_are_found_by_name(prepared):
    customers = make_omnichannel(800, seed=4)
    customers["store_type"] = "A,B"
    customers.loc[:99, "order_channel"] = "Offline"
    turned = customers[customers.columns[::-1]]
    FLO.check(turned)
    again = prepare_totals(turned, **FLO.roles, cap_outliers=False, other_dates=FLO.other_dates)
    for column in ("orders_total", "spend_total", "last_order_date_online"):
        assert again[column].equals(prepared[column])
    assert breakdown_table(again, FLO.channel).loc["Offline", "customers"] == 100
    with pytest.raises(ColumnError, match="Did you mean"):
        FLO.check(turned.rename(columns={"order_channel": "order_chanel"}))


def test_presets_by_name():
    assert get("flo") is get("FLO") is FLO
    with pytest.raises(OptionError, match="'flo'"):
        get("floo")


@pytest.mark.filterwarnings("ignore::tenure.exceptions.TenureWarning")
def test_roles_fit_the_summary():
    assert len(summarize_totals(make_omnichannel(50), **FLO.roles)) == 50


# Tables -----------------------------------------------------------------------------------------


def test_a_breakdown_adds_up(prepared):
    table = breakdown_table(prepared, FLO.channel)
    assert table.index.name == "order_channel"
    assert table["customers"].is_monotonic_decreasing
    assert table["customers"].sum() == len(prepared)
    assert table["share"].tolist() == (table["customers"] / len(prepared)).tolist()
    by_hand = prepared.groupby("order_channel")[["orders_total", "spend_total"]].agg(
        ["sum", "mean"]
    )
    np.testing.assert_allclose(table.drop(columns=["customers", "share"]), by_hand.loc[table.index])


def test_customers_without_a_channel_are_counted(prepared):
    gaps = prepared.assign(order_channel=prepared["order_channel"].mask(prepared.index < "2"))
    missing = breakdown_table(gaps, "order_channel").loc["(missing)", "customers"]
    assert missing == (prepared.index < "2").sum() > 0
    with pytest.raises(EmptyDataError):
        breakdown_table(prepared.iloc[:0], "order_channel")


def test_top_customers_do_not_depend_on_row_order(prepared):
    top = top_customers(prepared, "orders_total")
    assert len(top) == 10
    assert top["orders_total"].is_monotonic_decreasing
    assert top["orders_total"].min() == prepared["orders_total"].nlargest(10).min()
    shuffled = prepared.sample(frac=1, random_state=1)
    assert top_customers(shuffled, "orders_total").index.equals(top.index)
    assert len(top_customers(prepared.head(3), "spend_total")) == 3
    with pytest.raises(OptionError):
        top_customers(prepared, "spend_total", n=0)
