"""The FLO job on FLO's own customers: caps, RFM, segments and target lists, by known numbers."""

import dataclasses
import io

import numpy as np
import pandas as pd
import pytest
from conftest import reference_path

from tenure.exceptions import (
    ConventionWarning,
    SameDayWarning,
    SelectedSampleWarning,
)
from tenure.pipeline.breakdowns import breakdown_table
from tenure.presets import FLO, select, top_customers
from tenure.rfm import rfm_scores, rfm_segments, rfm_summary, rfm_table
from tenure.summary.totals import prepare_totals, summarize_totals

RFM = {"recency": "last_order_date", "frequency": "orders_total", "monetary": "spend_total"}


@pytest.fixture(scope="module")
def raw():
    return pd.read_csv(reference_path("data/flo_data_20k.csv"))


@pytest.fixture(scope="module")
def prepared(raw):
    return prepare_totals(raw, **FLO.roles, cap_outliers=False, other_dates=FLO.other_dates)


@pytest.fixture(scope="module")
def by_order(prepared):
    return rfm_scores(prepared, **RFM, ties="first")


def test_caps(raw):
    caps = prepare_totals(raw, **FLO.roles).attrs["tenure"]["caps"]
    assert [caps[c]["upper"] for c in (*FLO.orders, *FLO.spend)] == [48, 16, 3020, 7800]
    assert all(cap["lower"] is None and cap["below"] == 0 for cap in caps.values())


def test_summary_and_what_it_says(raw):
    with (
        pytest.warns(SelectedSampleWarning) as selected,
        pytest.warns(SameDayWarning, match="25 of 19,945"),
    ):
        summary = summarize_totals(raw, **FLO.roles)
    (warning,) = [w.message for w in selected if w.category is SelectedSampleWarning]
    assert "19,945 have 2 or more orders" in warning.details
    known = summary.attrs["tenure"]
    assert known["observation_end"] == "2021-06-01"
    assert known["selected"]["min_orders"] == 2
    assert known["selected"]["last_within_days"] == 365
    assert known["selected"]["every_part"] is True
    assert len(summary) == 19_945
    assert (summary["frequency"] == 1).sum() == 4717
    assert (summary["orders"] == summary["frequency"] + 1).all()
    assert np.isfinite(summary.to_numpy()).all()


@pytest.mark.filterwarnings("ignore::tenure.exceptions.DataWarning")
@pytest.mark.filterwarnings("ignore::tenure.exceptions.SelectedSampleWarning")
def test_total_convention_is_the_analysts_table(raw):
    with pytest.warns(ConventionWarning, match="frequency is 125% of the right one"):
        summary = summarize_totals(raw, **FLO.roles, convention="total")
    # The recipe of the scripts, step by step.
    d = raw.copy()
    for column in (*FLO.orders, *FLO.spend):
        low, high = d[column].quantile(0.01), d[column].quantile(0.99)
        up = high + 1.5 * (high - low)
        d.loc[d[column] > up, column] = round(up, 0)
    first, last = (pd.to_datetime(d[c]) for c in ("first_order_date", "last_order_date"))
    total = d[list(FLO.orders)].sum(axis=1)
    value = d[list(FLO.spend)].sum(axis=1)
    np.testing.assert_array_equal(summary.index, d["master_id"])
    np.testing.assert_array_equal(summary["frequency"], total)
    np.testing.assert_allclose(summary["recency"], (last - first).dt.days / 7)
    np.testing.assert_allclose(summary["T"], (pd.Timestamp("2021-06-01") - first).dt.days / 7)
    np.testing.assert_allclose(summary["monetary_value"], value / total)


@pytest.mark.filterwarnings("ignore::tenure.exceptions.DataWarning")
@pytest.mark.filterwarnings("ignore::tenure.exceptions.SelectedSampleWarning")
@pytest.mark.parametrize("form", ["%d/%m/%y", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y"])
def test_the_file_in_other_clothes(raw, form):
    other = raw.copy()
    for column in (FLO.first_order, FLO.last_order):
        other[column] = pd.to_datetime(other[column]).dt.strftime(form)
    for column in FLO.orders:
        other[column] = other[column].astype(int)
    text = other.to_csv(index=False, sep=";", lineterminator="\r\n")
    read = pd.read_csv(io.StringIO(text), sep=";")
    pd.testing.assert_frame_equal(
        summarize_totals(read, **FLO.roles), summarize_totals(raw, **FLO.roles)
    )


def test_rfm_with_ties_in_file_order(prepared, by_order):
    assert by_order["recency"].min() == 2
    segments = rfm_segments(by_order, names="legacy")
    assert segments.value_counts().to_dict() == {
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
    table = rfm_summary(by_order, segments)
    assert table["customers"].sum() == len(prepared)
    assert table.loc["cant_loose", "customers"] == 1200


def test_rfm_in_one_step(raw, by_order):
    roles = {name: FLO.roles[name] for name in ("customer", "last_order", "orders", "spend")}
    table = rfm_table(raw, **roles, ties="first")
    pd.testing.assert_frame_equal(table.drop(columns="segment"), by_order)
    assert table["segment"].equals(rfm_segments(by_order))


def test_rfm_by_default_does_not_depend_on_row_order(prepared):
    segments = rfm_segments(rfm_scores(prepared, **RFM))
    for seed in range(3):
        shuffled = prepared.sample(frac=1, random_state=seed)
        again = rfm_segments(rfm_scores(shuffled, **RFM))
        assert again.loc[prepared.index].equals(segments)
    in_order = rfm_segments(rfm_scores(shuffled, **RFM, ties="first")).loc[prepared.index]
    assert not in_order.equals(rfm_segments(rfm_scores(prepared, **RFM, ties="first")))


@pytest.mark.parametrize(
    ("campaign", "changes", "size"),
    [
        (0, {}, 148),
        (0, {"min_average_order": 0.0}, 2497),
        (1, {}, 2771),
        (1, {"categories": ("ERKEK", "COCUK"), "match": "contains"}, 2771),
        (1, {"categories": ("ERKEK", "COCUK")}, 2444),
    ],
)
@pytest.mark.parametrize("names", ["standard", "legacy"])
def test_target_lists(prepared, by_order, campaign, changes, size, names):
    rule = dataclasses.replace(FLO.campaigns[campaign], **changes)
    ids = select(rule, prepared.assign(segment=rfm_segments(by_order, names=names)))
    assert len(ids) == size
    assert ids.is_unique
    assert ids.isin(prepared.index).all()
    assert ids.name == "master_id"


@pytest.mark.parametrize(
    ("changes", "size"),
    [({}, 3117), ({"categories": ("ERKEK", "COCUK")}, 2750)],
)
def test_discount_list_with_equal_values_together(raw, prepared, changes, size):
    segments = rfm_segments(rfm_scores(prepared, **RFM))
    rule = dataclasses.replace(FLO.campaigns[1], **changes)
    ids = select(rule, prepared.assign(segment=segments))
    assert len(ids) == size
    # By hand: the segments, and at least one of the labels as a whole.
    lists = raw["interested_in_categories_12"].str.strip("[]").str.split(", ").map(set)
    wanted = {"ERKEK", "COCUK", "AKTIFCOCUK"} if not changes else {"ERKEK", "COCUK"}
    chosen = segments.isin(["cant_lose", "hibernating", "new_customers"]).to_numpy()
    by_hand = raw["master_id"][chosen & lists.map(lambda labels: bool(labels & wanted)).to_numpy()]
    assert set(ids) == set(by_hand)


def test_the_discount_is_in_the_rule():
    rule = FLO.campaigns[1]
    assert rule.discount == 0.4
    assert rule.describe().endswith("interested in ERKEK or COCUK or AKTIFCOCUK; discount of 40%")
    assert rule.describe("tr").endswith("; indirim %40")


def test_tables(raw, prepared):
    channels = breakdown_table(prepared, FLO.channel)
    assert channels["customers"].to_dict() == {
        name: int((raw["order_channel"] == name).sum())
        for name in ("Android App", "Mobile", "Ios App", "Desktop")
    }
    orders = raw[list(FLO.orders)].sum(axis=1)
    spend = raw[list(FLO.spend)].sum(axis=1)
    assert channels["orders_sum"].sum() == orders.sum()
    assert channels["spend_sum"].sum() == pytest.approx(spend.sum())
    for column, values in (("spend_total", spend), ("orders_total", orders)):
        top = top_customers(prepared, column)
        assert top[column].tolist() == values.nlargest(10).tolist()
    assert top_customers(prepared, "spend_total").index[0] == raw["master_id"][spend.idxmax()]


def test_breakdowns_against_plain_pandas(raw, prepared):
    orders = raw[list(FLO.orders)].sum(axis=1)
    spend = raw[list(FLO.spend)].sum(axis=1)
    lists = raw[FLO.categories].str.strip("[]").str.split(", ")
    long = lists.explode().replace("", "(none)")
    by_hand = {
        FLO.last_channel: raw[FLO.last_channel],
        FLO.categories: long,
    }
    for column, values in by_hand.items():
        found = breakdown_table(prepared, column, several=column == FLO.categories)
        groups = pd.DataFrame(
            {
                "value": values,
                "orders": orders.loc[values.index].to_numpy(),
                "spend": spend.loc[values.index].to_numpy(),
            }
        ).groupby("value")
        expected = groups.agg(["size", "sum", "mean"]).loc[found.index]
        assert found["customers"].tolist() == expected["orders"]["size"].tolist()
        np.testing.assert_allclose(found["share"], found["customers"] / 19_945)
        for measure in ("orders", "spend"):
            for what in ("sum", "mean"):
                np.testing.assert_allclose(
                    found[f"{measure}_{what}"], expected[measure][what], rtol=1e-12
                )
    assert (
        breakdown_table(prepared, FLO.categories, several=True).loc["(none)", "customers"] == 2135
    )
    assert breakdown_table(prepared, FLO.last_channel)["customers"].sum() == 19_945
