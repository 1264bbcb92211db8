import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.exceptions import ColumnError, DataError, EmptyDataError, OptionError, TenureError
from tenure.segments import segment_by_value, segment_summary
from tenure.segments.binning import quantile_scores

finite = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=60, unique=True), st.integers(2, 7))
def test_without_ties_the_cut_is_that_of_qcut(values, bins):
    # Ranks keep qcut away from the rounding of its own edges, which the exact rule does not have.
    ranks = pd.Series(values).rank()
    edges = np.array([1 + (len(values) - 1) * k / bins for k in range(1, bins)])
    if np.isclose(edges[:, None], ranks.to_numpy(), rtol=0, atol=1e-9).any():
        return
    expected = pd.qcut(ranks, bins, labels=False) + 1
    found = quantile_scores(np.array(values, dtype=float), bins)
    assert found.tolist() == expected.tolist()


@given(st.lists(finite, min_size=1, max_size=60), st.integers(1, 7), st.randoms())
def test_scores_respect_order_ties_and_shuffles(values, bins, random):
    numbers = np.array(values)
    scores = quantile_scores(numbers, bins)
    assert scores.min() >= 1
    assert scores.max() <= bins
    for a, b in zip(np.argsort(numbers)[:-1], np.argsort(numbers)[1:], strict=True):
        assert scores[a] == scores[b] if numbers[a] == numbers[b] else scores[a] <= scores[b]
    order = list(range(len(values)))
    random.shuffle(order)
    assert quantile_scores(numbers[order], bins).tolist() == scores[order].tolist()


def test_segments_keep_index_and_are_ordered():
    values = pd.Series([5.0, 1.0, 9.0, 7.0], index=["a", "b", "c", "d"], name="clv_6m")
    segments = segment_by_value(values)
    assert segments.to_dict() == {"a": "C", "b": "D", "c": "A", "d": "B"}
    assert segments.name == "segment"
    assert segments.cat.ordered
    assert list(segments.cat.categories) == ["D", "C", "B", "A"]
    assert values.name == "clv_6m"


def test_any_labels_and_sequences():
    assert segment_by_value([3, 1, 2], ["low", "mid", "high"]).tolist() == ["high", "low", "mid"]
    assert segment_by_value((2.0, 1.0), "A").tolist() == ["A", "A"]


def test_fewer_values_than_labels():
    assert set(segment_by_value(np.zeros(50))) == {"C"}
    assert segment_by_value([7.0]).tolist() == ["C"]
    two = segment_by_value([0.0] * 10 + [1.0] * 10)
    assert two.nunique() == 2
    assert two.cat.codes.iloc[0] < two.cat.codes.iloc[-1]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, "x", None])
def test_values_that_cannot_be_ranked_are_named(bad):
    values = pd.Series([1.0, bad, 3.0], index=["a", "b", "c"], name="clv")
    with pytest.raises(DataError, match=r"column 'clv'.*row 'b'"):
        segment_by_value(values)


def test_no_values_no_segments():
    with pytest.raises(EmptyDataError):
        segment_by_value([])
    with pytest.raises(DataError, match="one number a customer"):
        segment_by_value(np.zeros((2, 2)))


@pytest.mark.parametrize("labels", ["", "AAB", ["a", 1]])
def test_labels_must_be_distinct_names(labels):
    with pytest.raises(OptionError, match="distinct name"):
        segment_by_value([1.0, 2.0], labels)


@given(st.lists(st.one_of(st.floats(), st.none(), st.text(max_size=3)), max_size=20))
def test_typed_error_or_segments(values):
    series = pd.Series(values, dtype=object)
    try:
        segments = segment_by_value(series)
    except TenureError:
        return
    assert not segments.isna().any()
    assert len(segments) == len(values)


def test_summary_counts_and_adds_up_best_first():
    table = pd.DataFrame({"clv": [1.0, 2.0, 3.0, 10.0], "n": [1, 2, 3, 4], "who": list("wxyz")})
    summary = segment_summary(table, segment_by_value(table["clv"], "BA"))
    assert summary.index.tolist() == ["A", "B"]
    assert summary.index.name == "segment"
    assert summary["customers"].tolist() == [2, 2]
    assert summary["share"].sum() == pytest.approx(1.0)
    assert summary.loc["A"].drop("customers").to_dict() == {
        "share": 0.5,
        "clv_mean": 6.5,
        "clv_sum": 13.0,
        "n_mean": 3.5,
        "n_sum": 7.0,
    }
    assert list(table) == ["clv", "n", "who"]


def test_summary_leaves_out_empty_segments_and_takes_text():
    table = pd.DataFrame({"x": [1.0, 2.0], "segment": ["b", "a"]})
    assert segment_summary(table)["x_sum"].to_dict() == {"a": 2.0, "b": 1.0}
    assert segment_summary(table, segment_by_value(table["x"]), columns=["x"]).index.tolist() == [
        "A",
        "D",
    ]


def test_summary_refuses_what_does_not_fit():
    table = pd.DataFrame({"x": [1.0, 2.0], "y": ["p", "q"]})
    with pytest.raises(ColumnError, match="no such column"):
        segment_summary(table, "segments")
    with pytest.raises(DataError, match="index of the table"):
        segment_summary(table, pd.Series(["A", "B"], index=[1, 0]))
    with pytest.raises(DataError, match="no segment"):
        segment_summary(table, pd.Series(["A", None]))
    with pytest.raises(ColumnError, match="not numbers"):
        segment_summary(table, pd.Series(["A", "B"]), columns=["y"])
    with pytest.raises(EmptyDataError):
        segment_summary(table.iloc[:0], pd.Series([], dtype=object))


@given(st.lists(finite, min_size=1, max_size=40), st.randoms())
def test_money_thresholds_begin_segments(values, random):
    values = pd.Series([*values, 100.0, 500.0])
    segments = segment_by_value(values, "CBA", thresholds=[100, 500])
    assert segments.tolist() == ["A" if v >= 500 else "B" if v >= 100 else "C" for v in values]
    order = list(values.index)
    random.shuffle(order)
    shuffled = segment_by_value(values.loc[order], "CBA", thresholds=[100, 500])
    pd.testing.assert_series_equal(shuffled.loc[values.index], segments)


def test_fixed_shares():
    values = pd.Series(np.random.default_rng(3).permutation(1000).astype(float))
    shares = {"A": 0.01, "B": 0.04, "C": 0.15, "D": 0.80}
    segments = segment_by_value(values, shares=shares)
    assert segments.value_counts().to_dict() == {"D": 800, "C": 150, "B": 40, "A": 10}
    assert values[segments == "A"].min() == 990
    assert segments.equals(segment_by_value(values, shares=[0.80, 0.15, 0.04, 0.01]))
    assert segments.cat.categories.tolist() == list("DCBA")
    # A tie across the edge stays together, on the side where its average rank is.
    tied = segment_by_value([1.0, 2.0, 3.0, 3.0, 3.0], "BA", shares=[0.8, 0.2])
    assert tied.tolist() == ["B", "B", "B", "B", "B"]
    assert segment_by_value([7.0], shares=shares).tolist() == ["D"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"shares": [0.5, 0.5]}, "4 segments .* need 4 shares"),
        ({"shares": {"A": 0.5, "B": 0.5}}, "one for each of 'D', 'C', 'B', 'A'"),
        ({"shares": [0.1, 0.2, 0.3, 0.3]}, "add up to 0.9"),
        ({"shares": 1}, "a number above 0 for each"),
        ({"thresholds": [1, 2]}, "need 3 thresholds"),
        ({"thresholds": [1, 3, 2]}, "larger than the one before"),
        ({"thresholds": [1, 2, 3], "shares": [0.25] * 4}, "not both"),
    ],
)
def test_cuts_that_do_not_fit_the_labels(options, words):
    with pytest.raises(OptionError, match=words):
        segment_by_value([1.0, 2.0], **options)
