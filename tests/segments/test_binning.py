from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure import _engine
from tenure.exceptions import DataError, OptionError
from tenure.segments.binning import check_shares, quantile_scores, share_scores, threshold_scores

finite = st.floats(allow_nan=False, allow_infinity=False)
tied = st.one_of(finite, st.integers(-3, 3).map(float))
values_lists = st.lists(tied, min_size=1, max_size=60)
shares_lists = st.lists(st.integers(1, 20), min_size=1, max_size=6).map(
    lambda parts: [Fraction(part, sum(parts)) for part in parts]
)


def by_definition(values, ends):
    """Smallest k with average rank ≤ 1 + (n − 1)·end_k, in exact fractions, value by value."""
    scores = []
    for value in values:
        below = sum(other < value for other in values)
        equal = sum(other == value for other in values)
        rank = Fraction(2 * below + equal + 1, 2)
        if len(values) == 1:  # nowhere between the first and the last: half of everybody
            scores.append(next(k for k, end in enumerate(ends, 1) if end >= Fraction(1, 2)))
            continue
        n = len(values)
        scores.append(next(k for k, end in enumerate(ends, 1) if rank <= 1 + (n - 1) * end))
    return scores


@given(values_lists, st.integers(1, 70))
def test_quantiles_follow_their_definition(values, bins):
    ends = [Fraction(k, bins) for k in range(1, bins + 1)]
    assert quantile_scores(np.array(values), bins).tolist() == by_definition(values, ends)


@given(values_lists, st.lists(st.sampled_from([0.05, 0.1, 0.15, 0.2, 0.25]), max_size=4))
def test_shares_follow_their_definition(values, parts):
    exact = [Fraction(repr(part)) for part in parts]
    exact.append(1 - sum(exact))
    if exact[-1] <= 0:
        return
    ends = [sum(exact[:k]) for k in range(1, len(exact) + 1)]
    found = share_scores(np.array(values), [float(part) for part in exact])
    assert found.tolist() == by_definition(values, ends)


@given(values_lists, st.integers(1, 9))
def test_equal_shares_are_quantiles(values, bins):
    found = share_scores(np.array(values), [1 / bins] * bins)
    assert found.tolist() == quantile_scores(np.array(values), bins).tolist()


@given(values_lists, shares_lists, st.randoms())
def test_cuts_do_not_see_the_order_of_rows(values, shares, random):
    order = list(range(len(values)))
    random.shuffle(order)
    numbers = np.array(values)
    shares = [float(share) for share in shares]
    for cut in (
        lambda v: quantile_scores(v, 5),
        lambda v: share_scores(v, shares),
        lambda v: threshold_scores(v, [0.0, 1.0]),
    ):
        scores = cut(numbers)
        assert cut(numbers[order]).tolist() == scores[order].tolist()
        rising = np.argsort(numbers, kind="stable")
        assert (np.diff(scores[rising]) >= 0).all()
        same = np.diff(numbers[rising]) == 0
        assert (np.diff(scores[rising])[same] == 0).all()


@given(
    st.lists(finite, min_size=1, max_size=40), st.lists(finite, min_size=1, max_size=5, unique=True)
)
def test_a_value_on_a_threshold_has_the_better_score(values, thresholds):
    edges = sorted(thresholds)
    values = np.array([*values, *edges])
    up = threshold_scores(values, edges)
    assert up.tolist() == [1 + sum(v >= edge for edge in edges) for v in values]
    down = threshold_scores(values, edges, descending=True)
    assert down.tolist() == [1 + sum(v <= edge for edge in edges) for v in values]


def test_large_tables_in_any_order():
    # Beyond the sizes at which the engine works in parallel.
    rng = np.random.default_rng(0)
    values = np.concatenate([rng.integers(0, 50, 200_000), rng.normal(size=200_000)])
    ranks = pd.Series(values).rank().to_numpy()
    n = len(values)
    expected = np.ceil(np.round((ranks - 1) * 5 / (n - 1), 9)).clip(1, 5)
    assert (quantile_scores(values, 5) == expected).all()
    shuffled = rng.permutation(n)
    assert (quantile_scores(values[shuffled], 5) == expected[shuffled]).all()


def test_shares_are_the_decimals_written():
    assert check_shares([0.8, 0.15, 0.04, 0.01])[1] == Fraction(3, 20)
    assert sum(check_shares([1 / 3, 1 / 3, 1 / 3])) == 1
    top = share_scores(np.arange(101.0), [0.80, 0.15, 0.04, 0.01])
    assert np.bincount(top)[1:].tolist() == [81, 15, 4, 1]


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ([0.5, 0.4], "add up to 0.9"),
        ([1.5, -0.5], "above 0"),
        ([], "above 0"),
        ("AB", "above 0"),
        ([True], "above 0"),
        ([0.5, np.nan], "above 0"),
        (0.5, "above 0"),
    ],
)
def test_shares_that_are_none(shares, words):
    with pytest.raises(OptionError, match=words):
        check_shares(shares)


@pytest.mark.parametrize("edges", [[], [2, 1], [1, 1], [np.inf], "12", [None], 3, [1, True]])
def test_thresholds_that_are_none(edges):
    with pytest.raises(OptionError, match="each larger than the one before"):
        threshold_scores(np.zeros(1), edges)


def test_the_engine_refuses_what_cannot_be_ranked():
    limits = np.array([1], dtype=np.uint64)
    with pytest.raises(DataError, match="missing or infinite"):
        _engine.rank_scores(np.array([1.0, np.nan]), limits)
    with pytest.raises(OptionError, match="at least as large"):
        _engine.rank_scores(np.zeros(3), np.array([2, 1], dtype=np.uint64))
