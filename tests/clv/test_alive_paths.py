"""Paths of P(alive): what the model would have said at each time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tenure
from tenure.datasets import load_cdnow_transactions
from tenure.exceptions import EmptyDataError, OptionError, UnitError
from tenure.utils import calculate_alive_path

MODELS = [
    (tenure.BetaGeoFitter, {"r": 0.24, "alpha": 4.41, "a": 0.79, "b": 2.43}),
    (tenure.ModifiedBetaGeoFitter, {"r": 0.52, "alpha": 6.18, "a": 0.89, "b": 1.61}),
    (tenure.ParetoNBDFitter, {"r": 0.55, "alpha": 10.58, "s": 0.61, "beta": 11.67}),
]


def _model(which: int = 0) -> tenure.BetaGeoFitter:
    fitter, params = MODELS[which]
    model = fitter()
    model.params_ = params
    return model


@pytest.mark.parametrize("which", range(3))
@pytest.mark.parametrize("weeks", [0, 7, 30])
def test_each_point_is_what_a_summary_to_that_day_gives(which: int, weeks: int) -> None:
    log = load_cdnow_transactions()
    model = _model(which)
    paths = tenure.alive_paths(model, log, customer="customer_id", date="date", period="W")
    at = paths[paths["T"] == weeks].set_index("customer_id")
    first = log.groupby("customer_id")["date"].min()
    day = pd.Timestamp("1997-02-10")
    same_day = first.index[pd.to_datetime(first) == day]
    known = log[log["customer_id"].isin(same_day)]
    summary = tenure.summarize(
        known,
        customer="customer_id",
        date="date",
        period="W",
        observation_end=day + pd.Timedelta(weeks=weeks),
    )
    found = at.loc[summary.index]
    np.testing.assert_array_equal(found["frequency"], summary["frequency"])
    np.testing.assert_allclose(found["recency"], summary["recency"], rtol=1e-12)
    np.testing.assert_allclose(
        found["p_alive"], model.conditional_probability_alive(summary), rtol=1e-12
    )


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 60)), min_size=1, max_size=40),
    st.integers(0, 80),
)
def test_many_customers_are_as_one_by_one(rows: list[tuple[int, int]], periods: int) -> None:
    start = pd.Timestamp("2024-01-01")
    log = pd.DataFrame(
        {"who": [who for who, _ in rows], "day": [start + pd.Timedelta(days=d) for _, d in rows]}
    )
    model = _model(1)
    paths = tenure.alive_paths(model, log, customer="who", date="day", period="D", periods=periods)
    assert paths["who"].is_monotonic_increasing
    for who, path in paths.groupby("who"):
        one = calculate_alive_path(model, log[log["who"] == who], "day", periods)
        expected = np.concatenate(one.tolist())[: periods + 1]
        np.testing.assert_array_equal(path["p_alive"], expected)
        np.testing.assert_array_equal(path["T"], np.arange(periods + 1.0))


def test_a_path_ends_with_the_observation() -> None:
    log = pd.DataFrame({"who": ["a", "b", "a"], "day": ["2024-01-01", "2024-01-09", "2024-01-20"]})
    paths = tenure.alive_paths(
        _model(), log, customer="who", date="day", period="W", observation_end="2024-01-15"
    )
    assert paths.groupby("who")["T"].max().to_dict() == {"a": 2.0, "b": 0.0}
    assert paths["frequency"].max() == 0.0


def test_what_cannot_be_followed_is_refused() -> None:
    log = pd.DataFrame({"who": ["a"], "day": ["2024-01-01"]})
    ask = {"customer": "who", "date": "day"}
    with pytest.raises(OptionError, match="period of the model is not known"):
        tenure.alive_paths(_model(), log, **ask)
    with pytest.raises(OptionError, match="GammaGammaFitter"):
        tenure.alive_paths(tenure.GammaGammaFitter(), log, **ask)  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="periods=-1"):
        tenure.alive_paths(_model(), log, **ask, period="D", periods=-1)
    with pytest.raises(EmptyDataError):
        tenure.alive_paths(_model(), log, **ask, period="D", observation_end="2023-01-01")
    model = tenure.BetaGeoFitter().fit(tenure.datasets.load_cdnow_summary())
    model.period_ = "W"
    with pytest.raises(UnitError, match="'W'"):
        tenure.alive_paths(model, log, **ask, period="D")
