import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tenure
from tenure.datasets import make_omnichannel
from tenure.exceptions import (
    ColumnError,
    DataError,
    DateError,
    EmptyDataError,
    OptionError,
    TenureError,
    UnitError,
)
from tenure.presets import FLO
from tenure.rfm import (
    RFM_SEGMENTS,
    canonical_segment,
    rfm_scores,
    rfm_segments,
    rfm_summary,
)
from tenure.segments import segment_by_value
from tenure.summary.totals import prepare_totals

COLUMNS = {"recency": "days", "frequency": "orders", "monetary": "spend"}

# The map as the scripts write it, to hold the table in the package against.
SCRIPT_MAP = {
    r"[1-2][1-2]": "hibernating",
    r"[1-2][3-4]": "at_Risk",
    r"[1-2]5": "cant_loose",
    r"3[1-2]": "about_to_sleep",
    r"33": "need_attention",
    r"[3-4][4-5]": "loyal_customers",
    r"41": "promising",
    r"51": "new_customers",
    r"[4-5][2-3]": "potential_loyalists",
    r"5[4-5]": "champions",
}


def customers(n=300, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "days": rng.integers(0, 365, n),
            "orders": rng.geometric(0.3, n),
            "spend": rng.gamma(2.0, 90.0, n).round(2),
        },
        index=pd.Index([f"c{i}" for i in range(n)], name="id"),
    )


def test_all_25_cells_of_the_map():
    grid = pd.DataFrame(
        [(r, f) for r in range(1, 6) for f in range(1, 6)],
        columns=["recency_score", "frequency_score"],
    )
    rf = grid["recency_score"].astype(str) + grid["frequency_score"].astype(str)
    expected = rf.replace(SCRIPT_MAP, regex=True)
    assert rfm_segments(grid, names="legacy").tolist() == expected.tolist()
    standard = rfm_segments(grid)
    assert [canonical_segment(name) for name in expected] == standard.tolist()
    assert set(standard) == set(RFM_SEGMENTS)


def test_order_of_ties_as_the_scripts_have_it():
    table = customers()
    scores = rfm_scores(table, **COLUMNS, ties="first")
    r = pd.qcut(table["days"], 5, labels=[5, 4, 3, 2, 1]).astype(int)
    f = pd.qcut(table["orders"].rank(method="first"), 5, labels=[1, 2, 3, 4, 5]).astype(int)
    m = pd.qcut(table["spend"], 5, labels=[1, 2, 3, 4, 5]).astype(int)
    assert scores["recency_score"].tolist() == r.tolist()
    assert scores["frequency_score"].tolist() == f.tolist()
    assert scores["monetary_score"].tolist() == m.tolist()
    assert scores["RF_SCORE"].tolist() == (r.astype(str) + f.astype(str)).tolist()
    assert scores["RFM_SCORE"].tolist() == (r.astype(str) + f.astype(str) + m.astype(str)).tolist()


@given(st.randoms())
def test_row_order_does_not_matter_by_default(random):
    table = customers(60)
    order = list(range(len(table)))
    random.shuffle(order)
    shuffled = rfm_scores(table.iloc[order], **COLUMNS).loc[table.index]
    pd.testing.assert_frame_equal(shuffled, rfm_scores(table, **COLUMNS))


def test_equal_values_get_equal_scores():
    table = customers()
    scores = rfm_scores(table, **COLUMNS)
    for column in ("recency", "frequency", "monetary"):
        assert (scores.groupby(column)[f"{column}_score"].nunique() == 1).all()
    assert scores["recency_score"].corr(scores["recency"]) < -0.9


def test_index_names_and_argument_are_left_alone():
    table = customers()
    before = table.copy(deep=True)
    scores = rfm_scores(table, **COLUMNS)
    pd.testing.assert_frame_equal(table, before)
    assert scores.index.equals(table.index)
    assert scores.index.name == "id"
    assert rfm_segments(scores).index.equals(table.index)


def test_recency_from_dates():
    table = customers(20)
    dated = table.assign(last=pd.Timestamp("2021-06-01") - pd.to_timedelta(table["days"], "D"))
    named = {**COLUMNS, "recency": "last"}
    scores = rfm_scores(dated, **named, analysis_date="2021-06-01")
    assert scores["recency"].tolist() == table["days"].tolist()
    shifted = rfm_scores(dated, **named)
    assert shifted["recency"].min() == 2
    assert shifted["recency_score"].tolist() == scores["recency_score"].tolist()
    with pytest.raises(DateError, match="after the analysis date"):
        rfm_scores(dated, **named, analysis_date="2020-06-01")
    with pytest.raises(OptionError, match="already counts days"):
        rfm_scores(table, **COLUMNS, analysis_date="2021-06-01")


def test_prepared_totals_remember_the_analysis_date():
    prepared = prepare_totals(
        make_omnichannel(50, seed=3), **FLO.roles, analysis_date="2021-07-01", cap_outliers=False
    )
    scores = rfm_scores(
        prepared, recency="last_order_date", frequency="orders_total", monetary="spend_total"
    )
    expected = (pd.Timestamp("2021-07-01") - prepared["last_order_date"]).dt.days
    assert scores["recency"].tolist() == expected.tolist()


def test_one_customer_and_equal_customers_stand_in_the_middle():
    one = customers(1)
    assert rfm_scores(one, **COLUMNS)["RFM_SCORE"].tolist() == ["333"]
    same = pd.concat([one] * 7, ignore_index=True)
    assert set(rfm_scores(same, **COLUMNS)["RFM_SCORE"]) == {"333"}
    with pytest.raises(DataError, match="ties='average'"):
        rfm_scores(same, **COLUMNS, ties="first")


def test_errors_name_column_and_row():
    table = customers(5)
    with pytest.raises(ColumnError, match="Did you mean 'orders'"):
        rfm_scores(table, **{**COLUMNS, "frequency": "order"})
    with pytest.raises(DataError, match=r"'spend'.*row 'c1'"):
        rfm_scores(table.assign(spend=[1.0, np.nan, 2, 3, 4]), **COLUMNS)
    with pytest.raises(DataError, match=r"'days': negative"):
        rfm_scores(table.assign(days=[1, 2, -3, 4, 5]), **COLUMNS)
    with pytest.raises(EmptyDataError):
        rfm_scores(table.iloc[:0], **COLUMNS)
    for options in ({"bins": 1}, {"bins": 10**7}, {"bins": 2.5}, {"ties": "random"}):
        with pytest.raises(OptionError):
            rfm_scores(table, **COLUMNS, **options)


def test_segments_need_scores_of_five():
    scores = rfm_scores(customers(), **COLUMNS, bins=7)
    with pytest.raises(DataError, match="bins=5"):
        rfm_segments(scores)
    with pytest.raises(OptionError, match="'standard', 'legacy'"):
        rfm_segments(rfm_scores(customers(), **COLUMNS), names="lower")
    with pytest.raises(OptionError, match="not an RFM segment"):
        canonical_segment("best")


def test_summary_is_complete():
    table = customers()
    scores = rfm_scores(table, **COLUMNS)
    for names in ("standard", "legacy"):
        summary = rfm_summary(scores, rfm_segments(scores, names=names))
        assert summary["customers"].sum() == len(table)
        assert summary["monetary_sum"].sum() == pytest.approx(table["spend"].sum())
        assert summary.index[0] == "champions"
        assert summary.loc["champions", "recency_mean"] < summary.loc["hibernating", "recency_mean"]


cell = st.one_of(st.floats(), st.integers(-3, 10**6), st.none(), st.text(max_size=2))


@given(st.lists(st.tuples(cell, cell, cell), max_size=12), st.sampled_from(["average", "first"]))
def test_typed_error_or_scores(rows, ties):
    table = pd.DataFrame(rows, columns=["days", "orders", "spend"], dtype=object)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            scores = rfm_scores(table, **COLUMNS, ties=ties)
            segments = rfm_segments(scores)
    except TenureError:
        return
    assert np.isfinite(scores.drop(columns=["RF_SCORE", "RFM_SCORE"]).to_numpy(float)).all()
    assert segments.isin(RFM_SEGMENTS).all()


@given(
    st.lists(
        st.tuples(st.floats(0, 1e300), st.integers(0, 10**12), st.floats(0, allow_infinity=False)),
        min_size=1,
        max_size=30,
    )
)
def test_good_numbers_always_score(rows):
    table = pd.DataFrame(rows, columns=["days", "orders", "spend"])
    scores = rfm_scores(table, **COLUMNS)
    assert (
        scores[["recency_score", "frequency_score", "monetary_score"]]
        .isin(range(1, 6))
        .all(axis=None)
    )


def test_dates_written_as_numbers_are_dates():
    table = pd.DataFrame({"last": [20240131, 20240201], "orders": [1, 2], "spend": [5.0, 6.0]})
    columns = {"recency": "last", "frequency": "orders", "monetary": "spend"}
    scores = rfm_scores(table, **columns, bins=2)
    assert scores["recency"].tolist() == [3.0, 2.0]
    days = rfm_scores(table.assign(last=[20240199, 20240201]), **columns, bins=2)
    assert days["recency"].tolist() == [20240199.0, 20240201.0]  # not dates, all of them


def test_thresholds_score_by_the_better_side():
    table = pd.DataFrame(
        {"days": [0, 30, 31, 90, 91], "orders": [1, 2, 3, 4, 9], "spend": [0, 99.9, 100, 500, 501]}
    )
    rules = {"recency": [30, 90], "frequency": [2, 4], "monetary": [100.0, 500.0]}
    scores = rfm_scores(table, **COLUMNS, bins=rules)
    assert scores["RFM_SCORE"].tolist() == ["311", "321", "222", "233", "133"]


@given(st.lists(st.tuples(*[st.integers(0, 40)] * 3), min_size=1, max_size=30), st.randoms())
def test_every_scheme_by_its_definition_in_any_order(rows, random):
    table = pd.DataFrame(rows, columns=["days", "orders", "spend"])
    rules = {"recency": [7, 21], "frequency": 3, "monetary": lambda m: np.minimum(m // 10 + 1, 4)}
    scores = rfm_scores(table, **COLUMNS, bins=rules)
    assert scores["recency_score"].tolist() == [1 + (d <= 21) + (d <= 7) for d in table["days"]]
    assert scores["monetary_score"].tolist() == [min(m // 10 + 1, 4) for m in table["spend"]]
    order = list(range(len(table)))
    random.shuffle(order)
    shuffled = rfm_scores(table.iloc[order], **COLUMNS, bins=rules)
    pd.testing.assert_frame_equal(shuffled.loc[table.index], scores)


def test_bins_of_each_measure():
    table = customers()
    mixed = rfm_scores(
        table, **COLUMNS, bins={"recency": 10, "frequency": 3, "monetary": np.int64(4)}
    )
    for measure, bins in (("recency", 10), ("frequency", 3), ("monetary", 4)):
        alone = rfm_scores(table, **COLUMNS, bins=bins)
        assert mixed[f"{measure}_score"].equals(alone[f"{measure}_score"])
        assert mixed[f"{measure}_score"].max() == bins


def test_codes_of_two_digits_are_separated():
    table = customers()
    parts = ["recency_score", "frequency_score", "monetary_score"]
    for bins, options, separator in ((9, {}, ""), (12, {}, "_"), (4, {"separator": "/"}, "/")):
        scores = rfm_scores(table, **COLUMNS, bins=bins, **options)
        marks = scores[parts].astype(str)
        assert scores["RFM_SCORE"].tolist() == marks.agg(separator.join, axis=1).tolist()
        assert scores["RF_SCORE"].tolist() == marks[parts[:2]].agg(separator.join, axis=1).tolist()
    assert scores["RF_SCORE"].dtype == pd.Series(["a"]).dtype
    fine = rfm_scores(table, **COLUMNS, bins=10**6)
    assert fine["RFM_SCORE"].nunique() == len(fine[parts].drop_duplicates())
    with pytest.raises(OptionError, match="'111' could be 1 and 11"):
        rfm_scores(table, **COLUMNS, bins=11, separator="")
    for separator in ("1", 5):
        with pytest.raises(OptionError, match="text without digits"):
            rfm_scores(table, **COLUMNS, separator=separator)


def test_functions_are_called_with_the_column_and_checked():
    table = customers(4)
    seen = {}

    def best_fifth(values):
        seen[values.name] = values
        return (values > 0).map({True: 2, False: 1})

    rules = {"recency": best_fifth, "frequency": 2, "monetary": best_fifth}
    scores = rfm_scores(table, **COLUMNS, bins=rules)
    assert scores["recency_score"].tolist() == [2 if d > 0 else 1 for d in table["days"]]
    assert list(seen) == ["days", "spend"]
    assert seen["spend"].index.equals(table.index)
    seen["spend"] *= 0.0
    assert (table["spend"] > 0).all()

    def scored(result):
        return rfm_scores(table, **COLUMNS, bins={**rules, "monetary": lambda m: result(m)})

    assert scored(lambda m: [1, 2.0, 3, 12])["RFM_SCORE"].str.count("_").eq(2).all()
    for result, words in (
        (lambda m: [1, 2, 0, 1], r"'spend'.*not a score.*row 'c2' = 0"),
        (lambda m: [1, 2, np.nan, 1], "not a score"),
        (lambda m: [1, 2, 1.5, 1], "not a score"),
        (lambda m: [1, 2, 1], r"shape \(3,\)"),
        (lambda m: m > 1, r"returned Series of shape"),
        (lambda m: list("abcd"), r"returned list"),
        (lambda m: None, r"returned NoneType"),
        (lambda m: m[::-1], "another index"),
    ):
        with pytest.raises(DataError, match=words):
            scored(result)


def test_weighted_scores():
    table = customers()
    weights = {"recency": 2, "frequency": 1.0, "monetary": 1}
    scores = rfm_scores(table, **COLUMNS, weights=weights)
    expected = (
        2 * scores["recency_score"] + scores["frequency_score"] + scores["monetary_score"]
    ) / 4
    np.testing.assert_allclose(scores["weighted_score"], expected, rtol=1e-15)
    one = rfm_scores(table, **COLUMNS, weights={"monetary": 0.3})
    assert one["weighted_score"].tolist() == one["monetary_score"].tolist()
    # The best and the worst of every scale are the best and the worst of the weighted score.
    bins = {"recency": 5, "frequency": 2, "monetary": 9}
    mixed = rfm_scores(table, **COLUMNS, weights=weights, bins=bins)
    marks = [mixed[f"{name}_score"] for name in bins]
    stretched = sum(
        weight * (1 + (mark - 1) * 8 / (top - 1))
        for weight, mark, top in zip(weights.values(), marks, bins.values(), strict=True)
    )
    np.testing.assert_allclose(mixed["weighted_score"], stretched / 4)
    flat = {**bins, "frequency": lambda f: np.ones(len(f))}
    assert rfm_scores(table, **COLUMNS, weights=weights, bins=flat)["weighted_score"].max() < 9
    for bad in (
        {},
        {"recency": 0},
        {"recency": -1, "monetary": 2},
        {"money": 1},
        {"recency": "1"},
        {"recency": np.inf},
        [1, 1, 1],
    ):
        with pytest.raises(OptionError, match="weights="):
            rfm_scores(table, **COLUMNS, weights=bad)


@pytest.mark.parametrize(
    "bins",
    [
        True,
        [1, 2],
        len,
        {"recency": 5},
        {"recency": 5, "frequency": 5, "monetary": 5, "T": 5},
        {"recency": [90, 30], "frequency": 5, "monetary": 5},
        {"recency": 1, "frequency": 5, "monetary": 5},
        {"recency": "ab", "frequency": 5, "monetary": 5},
    ],
)
def test_bins_that_are_none(bins):
    with pytest.raises(OptionError, match="bins"):
        rfm_scores(customers(5), **COLUMNS, bins=bins)


def test_without_money():
    table = customers()
    whole = rfm_scores(table, **COLUMNS)
    part = rfm_scores(table, recency="days", frequency="orders")
    assert part.equals(whole.drop(columns=["monetary", "monetary_score", "RFM_SCORE"]))
    assert "monetary_mean" not in rfm_summary(part, rfm_segments(part))
    with pytest.raises(OptionError, match="'recency', 'frequency'"):
        rfm_scores(table, recency="days", frequency="orders", weights={"monetary": 1})


def test_units_are_not_guessed():
    table = customers(30)
    weeks = table.assign(days=table["days"] / 7)
    assert rfm_scores(weeks, **COLUMNS, period="W")["recency"].to_numpy() == pytest.approx(
        table["days"].to_numpy()
    )
    dated = table.assign(days=pd.Timestamp("2021-06-01") - pd.to_timedelta(table["days"], "D"))
    with pytest.raises(OptionError, match="holds dates"):
        rfm_scores(dated, **COLUMNS, period="W")
    log = pd.DataFrame({"id": [1, 1, 2], "day": ["2024-01-01", "2024-03-04", "2024-02-01"]})
    summary = tenure.summarize(log, customer="id", date="day", period="W")
    with pytest.raises(UnitError, match="time since the last one"):
        rfm_scores(summary, recency="recency", frequency="frequency")


def test_the_argument_shares_no_memory_with_the_scores():
    table = customers().astype(float)
    before = table.copy(deep=True)
    scores = rfm_scores(table, **COLUMNS)
    for column, source in (("recency", "days"), ("frequency", "orders"), ("monetary", "spend")):
        assert not np.shares_memory(scores[column].to_numpy(), table[source].to_numpy())
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize("library", ["polars", "pyarrow"])
def test_gives_back_the_kind_of_table_that_came_in(library):
    module = pytest.importorskip(library)
    plain = pd.DataFrame(
        {"id": list("abcde"), "days": [3, 200, 9, 40, 80], "orders": [9, 1, 3, 2, 4]},
    ).assign(spend=lambda t: t["orders"] * 10.0)
    convert = module.from_pandas if library == "polars" else module.Table.from_pandas
    table = convert(plain)
    roles = {"recency": "days", "frequency": "orders", "monetary": "spend", "customer": "id"}
    scores = rfm_scores(table, **roles)
    assert type(scores) is type(table)
    expected = rfm_scores(plain, **roles)
    assert scores.to_pandas().to_dict("list") == expected.reset_index().to_dict("list")
    segments = rfm_segments(scores)
    assert type(segments).__module__.startswith(library)
    assert segments.to_pandas().tolist() == rfm_segments(expected).tolist()
    cut = segment_by_value(table["spend"], "BA")
    assert type(cut).__module__.startswith(library)
    assert cut.to_pandas().tolist() == segment_by_value(plain["spend"], "BA").tolist()
