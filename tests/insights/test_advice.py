"""Advice: sentences known by counting, one text in every place, and only what the data show."""

import warnings

import numpy as np
import openpyxl
import pandas as pd
import pytest
from conftest import reference_path

import tenure
from tenure.exceptions import TenureWarning
from tenure.insights import THRESHOLDS, describe_segments, overall_insights, segment_figures
from tenure.insights._habits import above_own_rate, p_alive_informs


def quietly(function, *args, **kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        return function(*args, **kwargs)


# Sentences known by counting ----------------------------------------------------------------------


def crowd(*groups):
    """Return customers and forecast of groups: count, orders, gap, days since, value, P(alive)."""
    rows = [
        {
            "segment": name,
            "orders": float(orders),
            "recency": float(gap * (orders - 1)),
            "T": float(gap * (orders - 1) + since),
            "spend_total": 10.0 * orders,
            "p_alive": alive,
            "expected_purchases_6m": value / 10.0,
            "clv_6m": float(value),
        }
        for name, count, orders, gap, since, value, alive in groups
        for _ in range(count)
    ]
    table = pd.DataFrame(rows)
    forecast = table[["p_alive", "expected_purchases_6m", "clv_6m", "segment"]]
    return table[["orders", "recency", "T", "spend_total"]], forecast


def said(*groups, language="en", **options):
    figures = segment_figures(*crowd(*groups), period="D", **options)
    return describe_segments(figures, language=language)


# 40 customers who order every 10 days and last did 25 days ago; 60 who order on time.
LATE = (("late", 40, 5, 10, 25, 10, 0.9), ("rest", 60, 5, 10, 5, 10, 0.9))


def test_counts_stand_in_the_sentence():
    english = said(*LATE).loc["late"]
    assert english["rule"] == "overdue"
    assert english["finding"] == (
        "40 (100.0%) of 40 customers have waited more than 2 times their usual gap (median 10"
        " days)."
    )
    turkish = said(*LATE, language="tr").loc["late"]
    assert turkish["finding"] == (
        "40 müşteriden 40 tanesi (%100,0), ortancası 10 gün olan her zamanki aralığının 2 katından"
        " uzun süredir sipariş vermedi."
    )
    assert turkish["action"] == "Şimdi hatırlatın; daha ucuz bir şeyle değil, yeni bir şeyle."


def test_recent_orders_and_late_ones_in_days():
    groups = (("new", 50, 5, 100, 2, 10, 0.9), ("late", 50, 5, 100, 157, 10, 0.9))
    english = said(*groups)
    assert english["rule"].to_dict() == {"late": "past_due", "new": "recent"}
    assert english.loc["new", "finding"] == (
        "Ordered recently: the median time since the last order is 2 days (50 customers), the"
        " median usual gap 100 days (50 customers)."
    )
    assert english.loc["late", "finding"] == (
        "Past due: the median time since the last order is 1.6 times the usual gap (50 of 50"
        " customers; median gap 100 days)."
    )
    turkish = said(*groups, language="tr")
    assert turkish.loc["new", "finding"] == (
        "Yakın zamanda sipariş verdiler: son siparişten bu yana geçen sürenin ortancası 2 gün"
        " (50 müşteri), her zamanki aralığın ortancası 100 gün (50 müşteri)."
    )


def test_a_part_of_a_segment_is_named_with_its_size():
    some = (("late", 40, 5, 10, 25, 10, 0.9), ("late", 60, 1, 0, 5, 10, 0.9), LATE[1])
    english = said(*some, p_alive_informative=True).loc["late"]
    assert english["finding"] == (
        "40 (100.0%) of 40 customers who ordered on several days (100 in all) have waited more than"
        " 2 times their usual gap (median 10 days)."
    )
    turkish = said(*some, p_alive_informative=True, language="tr").loc["late"]["finding"]
    assert turkish.startswith(
        "Birden çok günde sipariş vermiş 40 müşteriden (100 müşteri içinde 40) 40 tanesi (%100,0)"
    )


@pytest.mark.parametrize(
    ("late", "others", "rule"),
    [
        (30, 300, "overdue"),  # 30 customers, 9 %
        (29, 300, "bought_once"),  # fewer than 30
        (40, 760, "overdue"),  # 5 % exactly
        (40, 761, "bought_once"),  # less than 5 %
    ],
)
def test_no_sentence_on_fewer_than_30_or_5_percent(late, others, rule):
    groups = (("it", late, 5, 10, 25, 10, 0.9), ("it", others, 1, 0, 5, 10, 0.9), LATE[1])
    found = said(*groups, p_alive_informative=True).loc["it"]
    assert found["with_gap"] == late
    assert found["rule"] == rule


@pytest.mark.parametrize(("old", "rule"), [(50, "inactive"), (49, "steady")])
def test_inactive_against_the_gaps_of_all_customers(old, rule):
    # 100 customers with gaps of 1 to 100 days: nine in ten are at most 90.1 days.
    gaps = [("rest", 1, 2, gap, 1, 10, 1.0) for gap in range(1, 101)]
    once = (("it", old, 1, 0, 91, 10, 1.0), ("it", 100 - old, 1, 0, 90, 10, 1.0))
    thresholds = THRESHOLDS.__class__(most_once=2.0)
    customers, forecast = crowd(*gaps, *once)
    figures = segment_figures(customers, forecast, period="D")
    assert figures["long_gap"].tolist() == pytest.approx([90.1, 90.1])
    found = describe_segments(figures, thresholds=thresholds).loc["it"]
    assert found["inactive"] == old / 100
    assert found["rule"] == rule
    if rule == "inactive":
        assert found["finding"].startswith(
            "50 of 100 customers (50.0%) have not ordered for more than 90.1 days;"
        )


def test_one_channel_only_where_it_is_so():
    customers, forecast = crowd(("it", 50, 5, 10, 5, 10, 0.9), ("it", 50, 5, 10, 5, 10, 0.9))
    customers["web"] = [5.0] * 50 + [3.0] * 50
    customers["shop"] = [0.0] * 50 + [2.0] * 50
    figures = segment_figures(customers, forecast, channels=["web", "shop"], period="D")
    assert figures["one_channel"].tolist() == [0.5]
    english, turkish = (describe_segments(figures, language=name).iloc[0] for name in ("en", "tr"))
    assert english["rule"] == "one_channel"
    assert english["finding"] == "50 of 100 customers (50.0%) have ordered in one channel only."
    assert turkish["finding"] == (
        "100 müşteriden 50 tanesi (%50,0) yalnızca tek kanaldan sipariş verdi."
    )
    customers.loc[0, "shop"] = 1.0
    figures = segment_figures(customers, forecast, channels=["web", "shop"], period="D")
    assert describe_segments(figures)["rule"].tolist() == ["steady"]


# On the rise --------------------------------------------------------------------------------------


@pytest.mark.parametrize("x", [0, 1, 2, 5, 20, 100])
def test_the_limit_of_the_own_rate_is_the_poisson_limit(x):
    """Below it with 97.5 %: P(at most x | mean) = 0.025, summed term by term."""

    def at_most(mean):
        term = total = np.exp(-mean)
        for k in range(1, x + 1):
            term *= mean / k
            total += term
        return total

    low, high = float(x), x + 10 * np.sqrt(x + 1) + 10
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (middle, high) if at_most(middle) > 0.025 else (low, middle)
    one = np.ones(1)
    for factor, above in ((0.99, False), (1.01, True)):
        found = above_own_rate(x * one, 52 * one, factor * low * 26 / 52 * one, 26.0)
        assert found.tolist() == [above]
    assert not above_own_rate(x * one, 0 * one, 9 * one, 26.0).any()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_shrinkage_is_no_rise(seed):
    """Customers with constant rates: the best forecast raises low counts, and nothing rises."""
    random = np.random.default_rng(seed)
    r, alpha = 0.8, 6.0
    observed = random.uniform(20, 60, 5000)
    repeats = random.poisson(random.gamma(r, 1 / alpha, 5000) * observed).astype(float)
    expected = 26.0 * (r + repeats) / (alpha + observed)
    raised = expected > 26.0 * repeats / observed
    assert raised.mean() > 0.3
    assert not above_own_rate(repeats, observed, expected, 26.0).any()


def test_rising_is_stated_where_it_is_so(tmp_path):
    customers, forecast = crowd(("it", 100, 5, 10, 5, 10, 0.9))
    forecast = forecast.assign(expected_purchases_6m=[99.0] * 25 + [1.0] * 75)
    forecast.attrs["tenure"] = {"horizons": {"6m": 180.0}, "period": "D"}
    found = describe_segments(segment_figures(customers, forecast, period="D")).iloc[0]
    assert found["rule"] == "rising"
    assert found["finding"].startswith("On the rise: 25 of 100 customers (25.0%) are expected")


# P(alive) -----------------------------------------------------------------------------------------


def test_p_alive_that_tells_nothing_is_not_used():
    orders = np.array([1.0, 1.0, 4.0, 5.0])
    assert not p_alive_informs(np.ones(4), orders)
    assert not p_alive_informs(np.array([1.0, 1.0, 0.1, 0.2]), orders)
    assert p_alive_informs(np.array([0.9, 1.0, 0.1, 0.2]), orders)
    assert p_alive_informs(np.array([0.9, 0.3]), orders[2:])
    gone = (("it", 100, 5, 10, 5, 10, 0.2), ("rest", 100, 5, 10, 5, 10, 0.9))
    assert said(*gone).loc["it", "rule"] == "gone"
    unused = said(*gone, p_alive_informative=False)
    assert unused.loc["it", "rule"] == "steady"
    assert unused["p_alive"].isna().all()


def test_bg_nbd_on_cdnow_draws_nothing_from_p_alive():
    log = tenure.datasets.load_cdnow_transactions()
    names = {"customer": "customer_id", "date": "date", "amount": "dollar_value"}
    analysis = quietly(tenure.run, log, **names, purchase_model="bg/nbd")
    assert analysis.insights["p_alive"].isna().all()
    assert not analysis.insights["rule"].eq("gone").any()
    overall = overall_insights(analysis).set_index("rule")["finding"]
    assert "gone_with_value" not in overall.index
    once = int((analysis.rfm["frequency"] == 1).sum())
    assert overall["alive_by_construction"].startswith(
        f"P(alive) is 1 for the {once:,} of 2,357 customers with one order"
    )


# One text in every place --------------------------------------------------------------------------


def sources():
    log = tenure.datasets.load_cdnow_transactions()
    names = {"customer": "customer_id", "date": "date", "amount": "dollar_value"}
    return {
        "cdnow": lambda **o: tenure.run(log, **names, **o),
        "simulated": lambda **o: tenure.run(
            tenure.datasets.make_omnichannel(2000, seed=4), preset="flo", **o
        ),
        "flo": lambda **o: tenure.run(reference_path("data/flo_data_20k.csv"), preset="flo", **o),
    }


@pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")
@pytest.mark.parametrize("language", ["en", "tr"])
@pytest.mark.parametrize("name", ["cdnow", "simulated", "flo"])
def test_the_advice_is_the_same_text_everywhere(name, language, tmp_path):
    outputs = ["segments", "insights", "workbook", "report"]
    analysis = quietly(sources()[name], language=language, out=tmp_path, outputs=outputs)
    insights = tenure.segment_insights(analysis, language=language)
    keys = ["scheme", "segment"]
    expected = insights[[*keys, "finding", "action"]].astype(str).values.tolist()
    segments = analysis.segments
    assert segments[[*keys, "finding", "advice"]].astype(str).values.tolist() == expected
    # Files, whatever the language of their headings.
    sentences = [row[2:] for row in expected]
    for file in ("segments.csv", "insights.csv"):
        table = pd.read_csv(tmp_path / file, dtype=str).values.tolist()
        for row, pair in zip(table, sentences, strict=True):
            assert set(pair) <= set(row), file
    book = openpyxl.load_workbook(tmp_path / "workbook.xlsx", read_only=True)
    cells = [
        [str(cell) for cell in row]
        for sheet in book.worksheets
        for row in sheet.iter_rows(values_only=True)
    ]
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    for finding, action in sentences:
        rows = [row for row in cells if finding in row]
        assert rows, finding
        assert all(action in row for row in rows)
        for text in (finding, action):
            escaped = text.replace("&", "&amp;").replace("'", "&#39;")
            assert escaped in page or text in page, text


def test_flo_is_not_offered_the_channel_everybody_uses():
    analysis = quietly(sources()["flo"])
    assert (analysis.insights["one_channel"] == 0).all()
    texts = " ".join([*analysis.insights["finding"], *analysis.insights["action"]])
    assert "channel" not in texts
    assert "On the rise" not in texts
