"""Insights: figures by hand, each rule against its neighbour, sentences in two languages."""

import re
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

import tenure
from tenure.exceptions import ColumnError, DataError, EmptyDataError, OptionError, UnitError
from tenure.insights import (
    RULES,
    THRESHOLDS,
    describe_overall,
    describe_segments,
    overall_figures,
    overall_insights,
    rules_table,
    segment_figures,
    segment_insights,
)
from tenure.insights._habits import usual_gaps
from tenure.locale import LANGUAGES

DOCS = ROOT / "docs" / "insights.md"
SEGMENT_RULES = [rule for rule in RULES if rule.scope == "segment"]
OVERALL_RULES = [rule for rule in RULES if rule.scope == "overall"]


@pytest.fixture(scope="module")
def analysis():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return tenure.run(tenure.datasets.make_omnichannel(3000, seed=1), preset="flo")


@pytest.fixture(scope="module")
def purchases_only():
    log = tenure.datasets.load_cdnow_transactions()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return tenure.run(log, customer="customer_id", date="date")


# -- figures ---------------------------------------------------------------------------------

CUSTOMERS = pd.DataFrame(
    {
        "orders": [5, 3, 1, 2, 2],
        "frequency": [4, 2, 0, 1, 1],
        "recency": [40, 20, 0, 0, 30],
        "T": [45, 61, 10, 50, 90],
        "spend_total": [100.0, 60.0, 20.0, 0.0, 20.0],
    },
    index=list("abcde"),
)
FORECAST = pd.DataFrame(
    {
        "p_alive": [0.9, 0.2, 1.0, 0.6, 0.4],
        "expected_purchases_3m": [4.0, 1.0, 2.0, 1.0, 2.0],
        "clv_3m": [50.0, 10.0, 20.0, 10.0, 10.0],
        "segment": ["x", "y", "x", "y", "y"],
    },
    index=CUSTOMERS.index,
)


def test_usual_gap_is_the_customers_own():
    gaps = usual_gaps(CUSTOMERS, period="D")
    assert gaps["days_since"].to_list() == [5, 41, 10, 50, 60]
    # c bought once, d twice on one day: neither has a usual gap.
    np.testing.assert_array_equal(gaps["usual_gap"], [10, 10, np.nan, np.nan, 30])
    np.testing.assert_array_equal(gaps["gap_ratio"], [0.5, 4.1, np.nan, np.nan, 2.0])


def test_gaps_are_days_whatever_the_period():
    weeks = CUSTOMERS.assign(recency=CUSTOMERS["recency"] / 7, T=CUSTOMERS["T"] / 7)
    expected = usual_gaps(CUSTOMERS, period="D")
    pd.testing.assert_frame_equal(usual_gaps(weeks, period="W"), expected, rtol=1e-9)
    # Exactly twice the gap is not more than twice, in weeks no less than in days.
    assert not (usual_gaps(weeks, period="W")["gap_ratio"]["e"] > 2)
    with pytest.raises(UnitError, match="period='W'"):
        usual_gaps(weeks)


def test_figures_of_segments():
    figures = segment_figures(CUSTOMERS, FORECAST, period="D", p_alive_informative=True)
    assert figures.index.to_list() == ["x", "y"]
    expected = {
        "customers": [2, 3],
        "share": [0.4, 0.6],
        "orders_past": [6, 7],
        "orders_past_share": [6 / 13, 7 / 13],
        "revenue_past": [120, 80],
        "revenue_past_share": [0.6, 0.4],
        "purchases_expected": [6, 4],
        "purchases_expected_share": [0.6, 0.4],
        "revenue_expected": [70, 30],
        "revenue_expected_share": [0.7, 0.3],
        "p_alive": [0.95, 0.4],
        "basket": [20, 80 / 7],
        "once": [0.5, 0],
        "days_since": [7.5, 50],
        "usual_gap": [10, 20],
        "gap_ratio": [0.5, 3.05],
        "overdue": [0, 0.5],
        "with_gap": [1, 2],
        "without_gap": [1, 1],
        "long_gap": [np.nan, np.nan],
        "inactive": [np.nan, np.nan],
        "rising": [np.nan, np.nan],
    }
    assert list(figures.columns) == list(expected)
    for name, values in expected.items():
        assert figures[name].to_list() == pytest.approx(values, nan_ok=True), name


def test_figures_over_all():
    figures = overall_figures(CUSTOMERS, FORECAST, period="D", p_alive_informative=True)
    expected = {
        "customers": 5,
        "revenue_past": 200,
        "basket": 200 / 13,
        "once": 0.2,
        "overdue": 1 / 3,
        "top_share": 0.5,
        "least_alive": 0.2,
        "once_alive": 1.0,
        "probably_gone": 0.4,
        "gone_past_share": 0.4,
    }
    for name, value in expected.items():
        assert figures[name] == pytest.approx(value), name


def test_money_spent_comes_from_the_mean_where_the_total_is_not_there():
    averages = CUSTOMERS.drop(columns="spend_total").assign(monetary_value=10.0)
    figures = segment_figures(averages, FORECAST, period="D")
    assert figures["revenue_past"].to_list() == [60, 70]
    named = segment_figures(CUSTOMERS.assign(m=1.0), FORECAST, spent="m", period="D")
    assert named["revenue_past"].to_list() == [2, 3]


@settings(max_examples=50)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 9), st.floats(0, 500), st.floats(0, 500), st.floats(0, 1),
            st.floats(0, 50), st.floats(0, 1e5), st.sampled_from("ABCD"),
        ),
        min_size=1,
        max_size=80,
    )
)  # fmt: skip
def test_figures_add_up_and_sentences_are_whole(rows):
    orders, recency, silence, alive, bought, value, segment = map(list, zip(*rows, strict=True))
    customers = pd.DataFrame({"orders": orders, "recency": recency})
    customers["T"] = customers["recency"] + silence
    customers["spend_total"] = np.array(value) * 2
    forecast = pd.DataFrame({"p_alive": alive, "expected_purchases_6m": bought, "clv_6m": value})
    figures = segment_figures(customers, forecast, pd.Series(segment), period="D")
    assert figures["customers"].sum() == len(rows)
    assert (figures["with_gap"] + figures["without_gap"] == figures["customers"]).all()
    for name in figures.filter(regex="share$"):
        total = figures[name].sum()
        assert total == pytest.approx(1.0) or (total == 0 and figures[name[:-6]].sum() == 0)
    over_all = overall_figures(customers, forecast, period="D")
    for language in ("en", "tr"):
        for table in (
            describe_segments(figures, language=language),
            describe_overall(over_all, language=language),
        ):
            for text in [*table["finding"], *table["action"]]:
                assert re.search(r"\b(nan|inf|none)\b|[{}]", text, re.IGNORECASE) is None
                assert text.endswith(".")


def test_segments_stand_in_the_order_asked_for_or_best_first():
    ranked = pd.Series(pd.Categorical(list("ABABB"), categories=list("BA"), ordered=True))
    assert list(segment_figures(CUSTOMERS, FORECAST, ranked, period="D").index) == ["A", "B"]
    turned = segment_figures(CUSTOMERS, FORECAST, order=["y", "z", "x"], period="D")
    assert list(turned.index) == ["y", "x"]
    with pytest.raises(DataError, match="leaves out the segments y"):
        segment_figures(CUSTOMERS, FORECAST, order=["x"], period="D")


def test_refuses_tables_that_do_not_belong_together():
    with pytest.raises(DataError, match="row by row"):
        segment_figures(CUSTOMERS, FORECAST.iloc[:3], period="D")
    with pytest.raises(DataError, match="no segment"):
        segment_figures(CUSTOMERS, FORECAST.replace("x", np.nan), period="D")
    with pytest.raises(ColumnError, match="no such column"):
        segment_figures(CUSTOMERS, FORECAST, "cluster", period="D")
    with pytest.raises(EmptyDataError):
        segment_figures(CUSTOMERS.iloc[:0], FORECAST.iloc[:0], period="D")
    two = FORECAST.assign(clv_6m=1.0)
    with pytest.raises(DataError, match="value= and purchases="):
        segment_figures(CUSTOMERS, two, period="D")
    assert segment_figures(CUSTOMERS, two, value="clv_3m", period="D").shape == (2, 22)
    with pytest.raises(OptionError, match="'en' or 'tr'"):
        describe_segments(segment_figures(CUSTOMERS, FORECAST, period="D"), language="de")


# -- rules -----------------------------------------------------------------------------------

# Figures of which nothing is said: two segments alike, in proportion, in rhythm.
PLAIN = {
    "customers": 500,
    "share": 0.2,
    "orders_past": 1000.0,
    "orders_past_share": 0.2,
    "revenue_past": 20_000.0,
    "revenue_past_share": 0.2,
    "purchases_expected": 300.0,
    "purchases_expected_share": 0.2,
    "revenue_expected": 6000.0,
    "revenue_expected_share": 0.2,
    "p_alive": 0.8,
    "basket": 20.0,
    "once": 0.1,
    "days_since": 30.0,
    "usual_gap": 40.0,
    "gap_ratio": 0.75,
    "overdue": 0.1,
    "with_gap": 450,
    "without_gap": 50,
    "long_gap": 200.0,
    "inactive": 0.1,
    "rising": 0.0,
    "one_channel": 0.1,
}
REST = {
    **{name: 4 * value for name, value in PLAIN.items()},
    **{name: PLAIN[name] for name in ("p_alive", "basket", "once", "overdue", "gap_ratio")},
    **{name: PLAIN[name] for name in ("inactive", "rising", "one_channel", "long_gap")},
}
# For each rule: figures at which it holds, and the same a little to the other side.
CASES = {
    "few": ({"customers": 29}, {"customers": 30}),
    "slipping_away": (
        {"revenue_past_share": 0.31, "revenue_expected_share": 0.29, "overdue": 0.35},
        {"revenue_past_share": 0.31, "revenue_expected_share": 0.29, "overdue": 0.34},
    ),
    "fading": (
        {"revenue_expected_share": 0.119, "inactive": 0.5},
        {"revenue_expected_share": 0.121, "inactive": 0.5},
    ),
    "core": (
        {"revenue_past_share": 0.29, "revenue_expected_share": 0.31},
        {"revenue_past_share": 0.29, "revenue_expected_share": 0.29},
    ),
    "gone": ({"p_alive": 0.49}, {"p_alive": 0.5}),
    "overdue": ({"overdue": 0.5}, {"overdue": 0.49}),
    "inactive": ({"inactive": 0.5}, {"inactive": 0.49}),
    "past_due": ({"gap_ratio": 1.25}, {"gap_ratio": 1.24}),
    "bought_once": ({"once": 0.5}, {"once": 0.49}),
    "rising": ({"rising": 0.25}, {"rising": 0.24}),
    "above_average": ({"revenue_expected_share": 0.241}, {"revenue_expected_share": 0.239}),
    "little_value": (
        {"revenue_past_share": 0.15, "revenue_expected_share": 0.143},
        {"revenue_past_share": 0.15, "revenue_expected_share": 0.145},
    ),
    "recent": ({"gap_ratio": 0.35}, {"gap_ratio": 0.36}),
    "one_channel": ({"one_channel": 0.5}, {"one_channel": 0.49}),
    "large_baskets": (
        {"basket": 36.0, "revenue_past": 36_000.0},
        {"basket": 33.0, "revenue_past": 33_000.0},
    ),
    "small_baskets": (
        {"basket": 12.3, "revenue_past": 12_300.0},
        {"basket": 12.5, "revenue_past": 12_500.0},
    ),
    "steady": ({}, {"p_alive": 0.3}),
}


def spoken(changes):
    figures = pd.DataFrame([{**PLAIN, **changes}, REST], index=["it", "rest"])
    return describe_segments(figures).loc["it", "rule"]


@pytest.mark.parametrize("rule", [rule.id for rule in SEGMENT_RULES])
def test_each_rule_for_segments_speaks_and_not_next_door(rule):
    here, next_door = CASES[rule]
    assert spoken(here) == rule
    assert spoken(next_door) != rule


EVERYBODY = {
    "customers": 1000.0,
    "revenue_past": 1e6,
    "revenue_expected": 1e5,
    "top_share": 0.0,
    "least_alive": 0.3,
    "once_alive": 0.4,
    "p_alive": 0.7,
    "with_gap": 800.0,
    "probably_gone": 0.1,
    "gone_past_share": 0.05,
    "overdue": 0.1,
    "once": 0.1,
}
OVERALL_CASES = {
    "no_dropout_seen": ({"least_alive": 1.0}, {"least_alive": 0.99}),
    "alive_by_construction": ({"once_alive": 1.0}, {"once_alive": 0.99}),
    "concentrated": ({"top_share": 0.3}, {"top_share": 0.29}),
    "spread": ({"top_share": 0.29}, {"top_share": 0.3}),
    "gone_with_value": ({"gone_past_share": 0.1}, {"gone_past_share": 0.09}),
    "many_overdue": ({"overdue": 0.25}, {"overdue": 0.24}),
    "many_bought_once": ({"once": 0.2}, {"once": 0.19}),
    "no_one_time_buyers": ({"once": 0.0}, {"once": 0.01}),
}


@pytest.mark.parametrize("rule", [rule.id for rule in OVERALL_RULES])
def test_each_rule_over_all_speaks_and_not_next_door(rule):
    here, next_door = (
        describe_overall(pd.Series({**EVERYBODY, **case}))["rule"].to_list()
        for case in OVERALL_CASES[rule]
    )
    assert here == [rule]
    assert rule not in next_door


def test_the_first_rule_that_holds_speaks():
    assert spoken({"overdue": 0.9, "p_alive": 0.1}) == "gone"
    assert spoken({"overdue": 0.9, "p_alive": 0.1, "customers": 3}) == "few"


def test_without_a_usual_gap_nobody_is_overdue():
    nobody = {"overdue": np.nan, "gap_ratio": np.nan, "usual_gap": np.nan, "with_gap": 0}
    assert spoken({**nobody, "once": 1.0}) == "bought_once"
    assert spoken(nobody) == "steady"


def test_thresholds_are_the_callers():
    figures = pd.DataFrame([PLAIN, REST], index=["it", "rest"])
    strict = replace(THRESHOLDS, left=0.9)
    assert describe_segments(figures, thresholds=strict)["rule"].to_list() == ["gone", "gone"]
    conditions = rules_table(thresholds=strict).set_index("rule")["condition"]
    assert "below 0.9" in conditions["gone"]


def test_sentences_carry_the_figures_in_the_languages_way():
    figures = pd.DataFrame(
        [{**PLAIN, "p_alive": 0.1234}, {**REST, "basket": 1234.5}], index=["it", "rest"]
    )
    english = describe_segments(figures)
    turkish = describe_segments(figures, language="tr")
    assert english["finding"]["it"].endswith("is 12.3% on average.")
    assert turkish["finding"]["it"].endswith("hâlâ müşteri olma olasılığı ortalama %12,3.")
    assert english["rule"].equals(turkish["rule"])
    large = {**PLAIN, "basket": 2345.6, "revenue_past": 2_345_600.0}
    said = describe_segments(pd.DataFrame([large, REST], index=["it", "rest"]), language="tr")
    assert "sipariş başına ortalama 2.346, bütün müşterilerde" in said["finding"]["it"]


def test_actions_state_no_figures():
    for language in LANGUAGES:
        actions = rules_table(language)["action"]
        assert len(actions) == len({rule.id for rule in RULES}) == len(RULES)
        assert not actions.str.contains("{", regex=False).any()


# -- a whole analysis ------------------------------------------------------------------------


def test_every_segment_of_an_analysis_has_its_row(analysis):
    found = segment_insights(analysis)
    assert found["segment"].to_list() == analysis.segments["segment"].to_list()
    assert found["customers"].to_list() == analysis.segments["customers"].to_list()
    for _, part in found.groupby("scheme"):
        for name in part.filter(regex="share$"):
            assert part[name].sum() == pytest.approx(1.0)
    np.testing.assert_allclose(found["revenue_expected"], analysis.segments["revenue"])
    value = found[found["scheme"] == "value"]
    assert value["revenue_past"].sum() == pytest.approx(analysis.rfm["monetary"].sum())
    assert value["orders_past"].sum() == analysis.rfm["frequency"].sum()
    assert found.loc[0, "rule"] == "core"


def test_counting_all_orders_does_not_change_the_usual_gap(analysis):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        total = tenure.run(
            tenure.datasets.make_omnichannel(3000, seed=1), preset="flo", convention="total"
        )
    mine, theirs = segment_insights(analysis), segment_insights(total)
    rfm = mine["scheme"] == "rfm"
    for name in ("usual_gap", "gap_ratio", "overdue", "with_gap"):
        pd.testing.assert_series_equal(mine.loc[rfm, name], theirs.loc[rfm, name])


def test_without_money_purchases_take_its_place(purchases_only):
    found = segment_insights(purchases_only)
    assert not [name for name in found.columns if "revenue" in name or name == "basket"]
    assert not found["finding"].str.contains("revenue").any()
    assert found["finding"].str.contains("expected purchases").any()
    turkish = segment_insights(purchases_only, language="tr")["finding"]
    assert turkish.str.contains("beklenen alışverişlerdeki").any()


def test_overall_insights_of_cdnow(purchases_only):
    found = overall_insights(purchases_only).set_index("rule")["finding"]
    once = (purchases_only.customers["frequency"] == 0).mean()
    count = (purchases_only.customers["frequency"] == 0).sum()
    assert found["many_bought_once"].startswith(f"{count:,} of 2,357 customers ({once:.1%})")
    value = np.sort(purchases_only.forecast[purchases_only.value_column])[::-1]
    share = value[: len(value) // 10].sum() / value.sum()
    assert found["concentrated"].startswith("The top tenth, 235 of 2,357 customers,")
    assert found["concentrated"].endswith(f"accounts for {share:.1%} of expected purchases.")


def test_languages_are_checked(analysis):
    with pytest.raises(OptionError, match="'en' or 'tr'"):
        segment_insights(analysis, language="de")


def test_the_documents_list_the_rules_that_the_code_has():
    rows = re.findall(r"^\| \d+ \|.*\|$", DOCS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    expected = [
        f"| {row.priority} | `{row.rule}` | {row.condition} | {row.finding} | {row.action} "
        f"| {turkish.finding} | {turkish.action} |"
        for row, turkish in zip(
            rules_table().itertuples(), rules_table("tr").itertuples(), strict=True
        )
    ]
    assert rows == expected
