"""Columns are taken in any type of number, contiguous or not, read-only or not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

import tenure
from tenure import _engine
from tenure.datasets import load_cdnow_summary

PARAMS = {"r": 0.24, "alpha": 4.41, "a": 0.79, "b": 2.43}


def _days() -> pd.DataFrame:
    """CDNOW in whole days, so that every type holds it exactly."""
    customers = load_cdnow_summary()
    return pd.DataFrame(
        {
            "frequency": customers["frequency"].to_numpy(),
            "recency": (customers["recency"].to_numpy() * 7).round(),
            "T": (customers["T"].to_numpy() * 7).round(),
        }
    )


def _read_only(values: NDArray[np.float64]) -> NDArray[np.float64]:
    values = values.copy()
    values.flags.writeable = False
    return values


FORMS = {
    "float32": lambda v: v.astype(np.float32),
    "int64": lambda v: v.astype(np.int64),
    "int32": lambda v: v.astype(np.int32),
    "int16": lambda v: v.astype(np.int16),
    "uint8": lambda v: (v % 200).astype(np.uint8),
    "big-endian": lambda v: v.astype(">f8"),
    "strided": lambda v: np.repeat(v, 3)[::3],
    "reversed": lambda v: v[::-1].copy()[::-1],
    "read-only": _read_only,
    "nullable": lambda v: pd.Series(v, dtype="Float64"),
    "arrow": lambda v: pd.Series(v, dtype="int64[pyarrow]"),
}


@pytest.mark.parametrize("form", FORMS)
def test_types_make_no_difference(form: str) -> None:
    days = _days()
    if form == "uint8":
        days = days[days["T"] < 200]
    plain = [days[name].to_numpy(dtype=np.float64) for name in days]
    other = [FORMS[form](values) for values in plain]
    expected, found = (tenure.BetaGeoFitter().fit(*vectors) for vectors in (plain, other))
    pd.testing.assert_series_equal(found.params_, expected.params_, check_exact=True)
    for ask in ("conditional_probability_alive", "predict"):
        questions = [[90] if ask == "predict" else [] for _ in range(2)]
        answers = [
            np.asarray(getattr(expected, ask)(*question, *vectors))
            for question, vectors in zip(questions, (plain, other), strict=True)
        ]
        np.testing.assert_array_equal(*answers)


@pytest.mark.parametrize("dtype", [np.float32, np.int64, np.int32])
def test_bad_rows_are_named_in_every_type(dtype: type) -> None:
    days = _days()
    columns = [days[name].to_numpy().astype(dtype) for name in days]
    columns[1][[5, 9]] = columns[2][[5, 9]] + 1
    with pytest.raises(tenure.exceptions.DataError, match="recency vector are larger") as caught:
        tenure.BetaGeoFitter().fit(*columns)
    assert caught.value.rows == [5, 9]


def test_the_engine_says_which_types_it_takes() -> None:
    ones = np.ones(3)
    with pytest.raises(TypeError, match="float64, float32, int64 or int32"):
        _engine.Model("BG/NBD").probability_alive([1.0] * 4, [ones.astype("i2"), ones, ones])
    with pytest.raises(ValueError, match="contiguous"):
        _engine.Model("BG/NBD").probability_alive([1.0] * 4, [np.ones(6)[::2], ones, ones])


@pytest.mark.parametrize("grain", [1.0, 1e-7], ids=["days", "continuous"])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_objective_is_the_mean_over_customers(grain: float, weighted: bool) -> None:
    """Compression changes nothing: against the sum of ln L, customer by customer."""
    rng = np.random.default_rng(8)
    size = 100_000
    age = np.ceil(rng.uniform(5, 90, size) / grain) * grain
    x = rng.negative_binomial(0.4, 0.15, size).astype(float)
    recency = np.where(x > 0, np.floor(rng.uniform(0, 1, size) * age / grain) * grain, 0.0)
    weights = rng.integers(0, 3, size).astype(float) if weighted else np.ones(size)
    columns = [x, recency, age]
    params = list(PARAMS.values())
    each = _engine.Model("BG/NBD").log_likelihood(params, columns)
    found = _engine.Model("BG/NBD").objective(
        np.log(params).tolist(), columns, weights if weighted else None
    )
    assert found == pytest.approx(-np.average(each, weights=weights), rel=1e-12)
