import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.datasets import make_omnichannel
from tenure.exceptions import (
    ColumnError,
    DataError,
    DateError,
    EmptyDataError,
    OptionError,
    TenureError,
)
from tenure.presets import FLO
from tenure.rfm import (
    RFM_ADVICE,
    RFM_SEGMENTS,
    canonical_segment,
    rfm_scores,
    rfm_segments,
    rfm_summary,
)
from tenure.totals import prepare_totals

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
    assert rfm_segments(grid, names="scripts").tolist() == expected.tolist()
    standard = rfm_segments(grid)
    assert [canonical_segment(name) for name in expected] == standard.tolist()
    assert set(standard) == set(RFM_SEGMENTS) == set(RFM_ADVICE)


def test_order_of_ties_as_the_scripts_have_it():
    table = customers()
    scores = rfm_scores(table, **COLUMNS, ties="order")
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
        rfm_scores(same, **COLUMNS, ties="order")


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
    for options in ({"bins": 1}, {"bins": 10**7}, {"bins": 2.5}, {"ties": "first"}):
        with pytest.raises(OptionError):
            rfm_scores(table, **COLUMNS, **options)


def test_segments_need_scores_of_five():
    scores = rfm_scores(customers(), **COLUMNS, bins=7)
    with pytest.raises(DataError, match="bins=5"):
        rfm_segments(scores)
    with pytest.raises(OptionError, match="'standard' or 'scripts'"):
        rfm_segments(rfm_scores(customers(), **COLUMNS), names="lower")
    with pytest.raises(OptionError, match="not an RFM segment"):
        canonical_segment("best")


def test_summary_is_complete():
    table = customers()
    scores = rfm_scores(table, **COLUMNS)
    for names in ("standard", "scripts"):
        summary = rfm_summary(scores, rfm_segments(scores, names=names))
        assert summary["customers"].sum() == len(table)
        assert summary["monetary_sum"].sum() == pytest.approx(table["spend"].sum())
        assert summary.index[0] == "champions"
        assert summary.loc["champions", "recency_mean"] < summary.loc["hibernating", "recency_mean"]


cell = st.one_of(st.floats(), st.integers(-3, 10**6), st.none(), st.text(max_size=2))


@given(st.lists(st.tuples(cell, cell, cell), max_size=12), st.sampled_from(["average", "order"]))
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
