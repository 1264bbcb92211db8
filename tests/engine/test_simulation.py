"""The engine's answers against customers simulated from each model's story.

Bounds are z-scores of the simulated means; with the few hundred compared here and the seeds fixed,
4.5 standard errors leave chance no part in a failure.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from tenure import _engine

MODELS = ["BG/NBD", "MBG/NBD"]
CUSTOMERS = 200_000
#: r, alpha, a, b: as on CDNOW, and with more purchases and more dropout.
PARAMS = [(0.2426, 4.4135, 0.7929, 2.4258), (1.3, 6.0, 1.0, 1.6)]
AHEAD = 26.0
BOUND = 4.5


@dataclass(frozen=True)
class Simulated:
    """What is seen of each customer until T, and what only the simulation knows."""

    frequency: np.ndarray
    recency: np.ndarray
    T: np.ndarray
    alive: np.ndarray
    future: np.ndarray

    @property
    def columns(self):
        return self.frequency, self.recency, self.T


@cache
def simulate(model, params, seed=1, customers=CUSTOMERS):
    """Live every customer's life until T + AHEAD, one purchase at a time."""
    rng = np.random.default_rng(seed)
    r, alpha, a, b = params
    rate = rng.gamma(r, 1 / alpha, customers)
    dropout = rng.beta(a, b, customers)
    T = rng.integers(20, 53, customers).astype(float)
    frequency, recency, future = np.zeros((3, customers))
    gone_at = np.full(customers, np.inf)
    clock = np.zeros(customers)
    active = np.arange(customers)
    if model == "MBG/NBD":
        stays = rng.random(customers) >= dropout
        gone_at[~stays] = 0.0
        active = active[stays]
    while active.size:
        clock[active] += rng.standard_exponential(active.size) / rate[active]
        active = active[clock[active] <= T[active] + AHEAD]
        seen = clock[active] <= T[active]
        frequency[active[seen]] += 1
        recency[active[seen]] = clock[active[seen]]
        future[active[~seen]] += 1
        stays = rng.random(active.size) >= dropout[active]
        gone_at[active[~stays]] = clock[active[~stays]]
        active = active[stays]
    return Simulated(frequency, recency, T, gone_at > T, future)


def assert_unbiased(realised, predicted, groups):
    """Mean realised and mean predicted are one in every group, as far as its size can tell."""
    for group in np.unique(groups):
        error = (realised - predicted)[groups == group]
        assert error.size > 500
        z = error.mean() / (error.std(ddof=1) / np.sqrt(error.size))
        assert abs(z) < BOUND, f"group {group}: {z:.1f} standard errors off"


def bins(predicted, count=20):
    """Groups of about the same size by what is predicted."""
    edges = np.unique(np.quantile(predicted, np.linspace(0, 1, count + 1)[1:-1]))
    return np.searchsorted(edges, predicted, side="right")


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("params", PARAMS)
def test_mean_repeat_purchases(model, params):
    people = simulate(model, params)
    expected = _engine.Model(model).expected_purchases_new_customer(params, people.T)
    assert_unbiased(people.frequency, expected, people.T)
    total = _engine.Model(model).expected_purchases_new_customer(params, people.T + AHEAD)
    assert_unbiased(people.frequency + people.future, total, people.T)


def assert_distributed(model, params, people):
    n = np.arange(400.0)
    chi_square, cells = 0.0, 0
    for T in (20.0, 39.0, 52.0):
        observed = np.bincount(people.frequency[people.T == T].astype(int), minlength=n.size)
        size = observed.sum()
        share = _engine.Model(model).purchase_pmf(params, np.array([T]), n)
        last = int(np.argmax(size * share < 25))  # what is rarer is one cell
        share = np.append(share[:last], 1 - share[:last].sum())
        observed = np.append(observed[:last], observed[last:].sum())
        z = (observed - size * share) / np.sqrt(size * share * (1 - share))
        assert np.abs(z).max() < BOUND
        chi_square += ((observed - size * share) ** 2 / (size * share)).sum()
        cells += last
    assert cells > 10
    assert abs(chi_square - cells) / np.sqrt(2 * cells) < BOUND


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("params", PARAMS)
def test_distribution_of_frequency(model, params):
    assert_distributed(model, params, simulate(model, params))


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("params", PARAMS)
def test_p_alive_is_calibrated(model, params):
    people = simulate(model, params)
    p_alive = _engine.Model(model).probability_alive(params, people.columns)
    buyers = people.frequency > 0
    assert_unbiased(people.alive[buyers], p_alive[buyers], bins(p_alive[buyers]))
    if model == "BG/NBD":
        assert people.alive[~buyers].all()
        assert (p_alive[~buyers] == 1).all()
    else:
        assert_unbiased(people.alive[~buyers], p_alive[~buyers], people.T[~buyers])


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("params", PARAMS)
def test_expected_purchases_are_calibrated(model, params):
    people = simulate(model, params)
    expected = _engine.Model(model).expected_purchases(params, np.array([AHEAD]), people.columns)
    assert_unbiased(people.future, expected, bins(expected))
    assert_unbiased(people.future, expected, np.minimum(people.frequency, 3))
    buyers = people.frequency > 0
    since_last = (people.T - people.recency)[buyers]
    assert_unbiased(people.future[buyers], expected[buyers], bins(since_last, 8))


def test_the_other_model_s_customers_are_noticed():
    """The checks above are sharp enough to tell one coin more or less."""
    people = simulate("MBG/NBD", PARAMS[0])
    with pytest.raises(AssertionError):
        assert_distributed("BG/NBD", PARAMS[0], people)
    p_alive = _engine.Model("BG/NBD").probability_alive(PARAMS[0], people.columns)
    with pytest.raises(AssertionError):
        assert_unbiased(people.alive, p_alive, people.T)


def assert_recovered(fit, truth):
    """Each parameter within 4 standard errors, and all of them together (chi-square, 1e-5)."""
    assert fit["converged"], fit["reason"]
    off = np.array(fit["params"]) - truth
    covariance = fit["covariance"]
    assert np.isfinite(covariance).all()
    assert (np.abs(off) < 4 * np.sqrt(np.diag(covariance))).all()
    assert off @ np.linalg.solve(covariance, off) < {3: 25.9, 4: 28.5}[off.size]
    # Not recovered for being vague.
    assert (np.sqrt(np.diag(covariance)) < 0.1 * np.array(truth)).all()


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("params", PARAMS)
def test_parameters_are_recovered(model, params):
    people = simulate(model, params)
    fit = _engine.Model(model).fit(people.columns)
    assert_recovered(fit, params)
    at_truth = _engine.Model(model).log_likelihood(params, people.columns).sum()
    assert 0 <= fit["log_likelihood"] - at_truth < 28.5 / 2


@pytest.mark.parametrize("model", MODELS)
def test_standard_errors_are_those_of_repeated_samples(model):
    """Over 60 samples, estimates scatter as the covariance says, and not off to one side."""
    params = np.array(PARAMS[1])
    scores = []
    for seed in range(60):
        fit = _engine.Model(model).fit(simulate(model, PARAMS[1], 100 + seed, 8_000).columns)
        # On the log scale, where samples of this size are close to normal.
        deviation = np.sqrt(np.diag(fit["covariance"])) / fit["params"]
        scores.append(np.log(fit["params"] / params) / deviation)
    spread = np.std(scores, axis=0, ddof=1)
    assert (np.abs(np.mean(scores, axis=0)) < BOUND / np.sqrt(60)).all()
    # The standard error of a standard deviation is 1/√(2·59).
    assert (np.abs(spread - 1) < BOUND / np.sqrt(118)).all()


# --- spend ------------------------------------------------------------------------------------

SPENDING = [(6.25, 3.744, 15.443), (2.0, 5.0, 120.0)]


@cache
def simulate_spend(params, seed=5):
    """Counts, mean spends, and the mean each customer's spends scatter about."""
    rng = np.random.default_rng(seed)
    p, q, v = params
    count = 1.0 + rng.geometric(0.3, CUSTOMERS)
    nu = rng.gamma(q, 1 / v, CUSTOMERS)
    mean = rng.gamma(p * count) / nu / count
    return count, mean, p / nu


@pytest.mark.parametrize("params", SPENDING)
def test_expected_spend_is_calibrated(params):
    count, mean, latent = simulate_spend(params)
    expected = _engine.Model("Gamma-Gamma").expected_spend(params, (count, mean))
    assert_unbiased(latent, expected, bins(expected))
    assert_unbiased(latent, expected, np.minimum(count, 8))


@pytest.mark.parametrize("params", SPENDING)
def test_spend_parameters_are_recovered(params):
    count, mean, _ = simulate_spend(params)
    fit = _engine.Model("Gamma-Gamma").fit([count, mean])
    assert_recovered(fit, params)
    at_truth = _engine.Model("Gamma-Gamma").log_likelihood(params, (count, mean)).sum()
    assert 0 <= fit["log_likelihood"] - at_truth < 25.9 / 2
