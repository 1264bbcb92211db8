"""Results are the same to the last bit whatever the number of threads, also in forked processes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

import tenure
from tenure.exceptions import OptionError


@pytest.fixture(autouse=True)
def _restore() -> Iterator[None]:
    before = tenure.get_threads()
    yield
    tenure.set_threads(before)


def _customers(grain: float) -> pd.DataFrame:
    """150,000 customers, several pieces of work in every pass; times in multiples of `grain`."""
    rng = np.random.default_rng(5)
    size = 150_000
    age = np.ceil(rng.uniform(10, 60, size) / grain) * grain
    frame = tenure.generate_data.beta_geometric_nbd_model(
        age, 0.24, 4.41, 0.79, 2.43, size=size, seed=rng
    )[["frequency", "recency", "T"]].reset_index(drop=True)
    frame["recency"] = np.floor(frame["recency"] / grain) * grain
    frame["weights"] = rng.integers(0, 4, size) / 4.0
    frame["monetary_value"] = rng.gamma(2.0, 12.0, size).round(2) + 0.01
    return frame


def _digests(customers: pd.DataFrame) -> list[str]:
    history = customers[["frequency", "recency", "T"]]
    log = pd.DataFrame(
        {
            "customer": np.random.default_rng(3).integers(0, 9000, 200_000),
            "date": np.datetime64("2023-01-01")
            + np.random.default_rng(4).integers(0, 500, 200_000).astype("m8[D]"),
            "amount": customers["monetary_value"].to_numpy()[np.arange(200_000) % len(customers)],
        }
    )
    results = []
    buyers = customers[customers["frequency"] > 0]
    spending = tenure.GammaGammaFitter().fit(buyers["frequency"], buyers["monetary_value"])
    for fitter in (tenure.BetaGeoFitter, tenure.ModifiedBetaGeoFitter):
        model = fitter().fit(history)
        weighted = fitter().fit(customers)
        results += [model._result["hessian"], weighted._result["hessian"]]
        results += [model.conditional_probability_alive(history), model.predict(9.0, history)]
        results.append(model.predict(np.linspace(0, 30, len(history)), history))
        results.append(spending.customer_lifetime_value(model, customers, freq="W"))
        results.append(spending.customer_lifetime_value(model, customers, time=120, freq="W"))
        forecast = tenure.forecast(model, spending, customers, horizons=("1M", "6M"), period="W")
        results.append(forecast)
        results.append(
            tenure.utils.expected_cumulative_transactions(model, log, "date", "customer", 480)
        )
        followed = tenure.alive_paths(
            model, log, customer="customer", date="date", period="D", periods=40
        )
        results.append(followed)
    results.append(spending._result["hessian"])
    results.append(tenure.ParetoNBDFitter().fit(history)._result["hessian"])
    results.append(tenure.summarize(log, customer="customer", date="date", amount="amount"))
    results.append(tenure.generate_data.pareto_nbd_model(40, 0.5, 9, 0.6, 11, size=9000, seed=1))
    return [hashlib.sha256(np.ascontiguousarray(r).tobytes()).hexdigest() for r in results]


@pytest.mark.parametrize("grain", [1 / 7, 1e-9], ids=["days", "continuous"])
def test_results_do_not_depend_on_threads(grain: float) -> None:
    customers = _customers(grain)
    tenure.set_threads(1)
    expected = _digests(customers)
    for threads in (2, 3):
        tenure.set_threads(threads)
        assert tenure.get_threads() == threads
        assert _digests(customers) == expected


@pytest.mark.parametrize("threads", [0, -1, 1.5, True, "2", None, 1 << 40])
def test_other_numbers_are_refused(threads: object) -> None:
    with pytest.raises(OptionError, match="threads="):
        tenure.set_threads(threads)  # type: ignore[arg-type]


def _run(program: str, **environment: str) -> str:
    finished = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env={**os.environ, **environment},
    )
    return finished.stdout.strip()


def test_the_environment_is_respected() -> None:
    show = "import tenure; print(tenure.get_threads())"
    assert _run(show, RAYON_NUM_THREADS="3") == "3"
    if hasattr(os, "sched_setaffinity"):
        pinned = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); " + show
        assert _run(pinned, RAYON_NUM_THREADS="") == "1"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("before", ["", "tenure.set_threads(2);"], ids=["default", "chosen"])
def test_forked_processes_have_threads_of_their_own(before: str) -> None:
    program = f"""
import multiprocessing, numpy as np, tenure
{before}
x = np.arange(200_000) % 7.0
history = x, np.minimum(x, 5.0), np.full(len(x), 9.0)
model = tenure.BetaGeoFitter()
model.params_ = dict(r=0.3, alpha=4.0, a=0.8, b=2.4)
def total(_):
    return float(model.predict(5.0, *history).sum()), tenure.get_threads()
here = total(0)
with multiprocessing.get_context("fork").Pool(2) as pool:
    print(all(there == here for there in pool.map(total, range(3))))
"""
    assert _run(program, RAYON_NUM_THREADS="2") == "True"
