"""Cut points of scores against numpy and pandas."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import tenure
from tenure.exceptions import DataError, OptionError

LOG = tenure.datasets.load_cdnow_transactions()
CDNOW = {
    "customer": "customer_id",
    "date": "date",
    "amount": "dollar_value",
    "analysis_date": "1998-06-30",
}
MEASURES = {"recency": "days", "frequency": "orders", "monetary": "spend"}


def limits_of(scores, measure):
    found = tenure.rfm.cut_points(scores)
    return found[found["measure"] == measure].set_index("score").sort_index()


def test_quantiles_are_numpys():
    rng = np.random.default_rng(3)
    table = pd.DataFrame(
        {
            "days": rng.permutation(997) + 0.5,
            "orders": rng.permutation(997) + 1.0,
            "spend": rng.lognormal(4, 1, 997),
        }
    )
    for ties in ("average", "first"):
        scores = tenure.rfm_scores(table, **MEASURES, ties=ties)
        for measure, column in MEASURES.items():
            found = limits_of(scores, measure)
            edges = pd.qcut(table[column], 5, retbins=True)[1][1:-1]
            ascending = found["cut"].loc[2:].to_numpy()
            if measure == "recency":
                ascending = ascending[::-1]
                reached = [(table[column] <= cut).sum() for cut in found["cut"].loc[2:]]
            else:
                reached = [(table[column] > cut).sum() for cut in found["cut"].loc[2:]]
            np.testing.assert_allclose(ascending, edges, rtol=1e-12)
            assert set(found["rule"].loc[2:]) == {"at most" if measure == "recency" else "above"}
            better = [scores[f"{measure}_score"].ge(score).sum() for score in found.index[1:]]
            assert reached == better
            by = table[column].groupby(scores[f"{measure}_score"])
            assert found["lowest"].to_dict() == by.min().to_dict()
            assert found["highest"].to_dict() == by.max().to_dict()
            assert found["customers"].to_dict() == by.size().to_dict()


def test_ties_stand_on_one_side():
    """Of ten customers six bought once: the median is 1, and nobody who bought once is above it."""
    orders = [1, 1, 1, 1, 1, 1, 2, 3, 4, 5]
    table = pd.DataFrame({"days": range(10), "orders": orders})
    scores = tenure.rfm_scores(table, recency="days", frequency="orders", bins=4)
    found = limits_of(scores, "frequency")
    expected = np.quantile(orders, [0.25, 0.5, 0.75]).tolist()
    assert found["cut"].loc[2:].tolist() == expected == [1.0, 1.0, 2.75]
    # Ranks 1 to 6 have the mean 3.5, which is above 1 + 9/4 and below 1 + 9/2.
    assert found["customers"].tolist() == [0, 6, 1, 3]
    assert found["lowest"].tolist()[1:] == [1, 2, 3]
    assert found["highest"].tolist()[1:] == [1, 2, 5]
    assert found.loc[1, ["lowest", "highest"]].isna().all()


def test_thresholds_are_those_given():
    table = pd.DataFrame({"days": [30, 31, 200], "orders": [1, 2, 3], "spend": [99.0, 100, 500]})
    bins = {"recency": [30, 90], "frequency": lambda n: n, "monetary": [100, 500]}
    scores = tenure.rfm_scores(table, **MEASURES, bins=bins)
    found = limits_of(scores, "recency")
    assert found["cut"].loc[[3, 2]].tolist() == [30, 90]
    assert found["rule"].tolist() == ["", "at most", "at most"]
    assert found["highest"].tolist() == [200, 31, 30]
    found = limits_of(scores, "monetary")
    assert found["cut"].loc[[2, 3]].tolist() == [100, 500]
    assert found["rule"].tolist() == ["", "at least", "at least"]
    found = limits_of(scores, "frequency")
    assert found["cut"].isna().all()
    assert found["rule"].tolist() == ["", "", ""]
    assert found["lowest"].tolist() == [1, 2, 3]


def test_limits_reproduce_the_scores_of_cdnow():
    scores = tenure.rfm_table(LOG, **CDNOW, segments=False)
    assert "segment" not in scores.columns
    pd.testing.assert_frame_equal(scores, tenure.rfm_table(LOG, **CDNOW).drop(columns="segment"))
    bins = {}
    for measure in MEASURES:
        found = limits_of(scores, measure)
        used = found[found["customers"] > 0].iloc[1:]
        bins[measure] = sorted(used["highest" if measure == "recency" else "lowest"])
    again = tenure.rfm_scores(
        scores, recency="recency", frequency="frequency", monetary="monetary", bins=bins
    )
    for measure in MEASURES:
        ranks = scores[f"{measure}_score"].rank(method="dense").astype(int)
        assert again[f"{measure}_score"].tolist() == ranks.tolist()


def test_a_part_of_the_table_and_arrow_remember():
    scores = tenure.rfm_table(LOG, **CDNOW)
    whole = tenure.rfm.cut_points(scores)
    part = scores[scores["segment"] == "champions"].copy()
    pd.testing.assert_frame_equal(tenure.rfm.cut_points(part), whole)
    arrow = tenure.rfm_table(pa.Table.from_pandas(LOG, preserve_index=False), **CDNOW)
    found = tenure.rfm.cut_points(arrow)
    assert isinstance(found, pa.Table)
    np.testing.assert_array_equal(found["cut"].to_numpy(), whole["cut"].to_numpy())


@pytest.mark.filterwarnings("ignore::tenure.exceptions.TenureWarning")
def test_a_run_remembers():
    roles = {"customer": "customer_id", "date": "date"}
    analysis = tenure.run(LOG, **roles, amount="dollar_value")
    found = tenure.rfm.cut_points(analysis.rfm)
    scores = tenure.rfm_table(LOG, **roles, amount="dollar_value", analysis_date="1998-06-30")
    pd.testing.assert_frame_equal(found, tenure.rfm.cut_points(scores))
    bare = tenure.run(LOG, **roles).rfm
    assert bare.columns.tolist() == [
        "recency", "frequency", "recency_score", "frequency_score", "RF_SCORE", "segment",
    ]  # fmt: skip
    assert set(tenure.rfm.cut_points(bare)["measure"]) == {"recency", "frequency"}


def test_says_what_it_needs():
    with pytest.raises(DataError, match=r"tenure\.rfm_scores"):
        tenure.rfm.cut_points(pd.DataFrame({"recency_score": [1]}))
    with pytest.raises(DataError, match="Polars"):
        tenure.rfm.cut_points(tenure.rfm_table(pl.from_pandas(LOG), **CDNOW))
    many = tenure.rfm_table(LOG, **CDNOW, bins=2_000)
    with pytest.raises(DataError, match="1,000 scores"):
        tenure.rfm.cut_points(many)
    with pytest.raises(OptionError, match="segment_map"):
        tenure.rfm_table(LOG, **CDNOW, segments=False, segment_map={"a": ".."})
