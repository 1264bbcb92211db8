"""The survival of new customers: against 50 digits, the model's story, and simulation."""

import numpy as np
import pandas as pd
import pytest
from mpmath import mp, mpf

import tenure
from tenure import _engine
from tenure.exceptions import DataError

BETA_GEOMETRIC = ["BG/NBD", "MBG/NBD"]
FITTERS = {
    "BG/NBD": tenure.BetaGeoFitter,
    "MBG/NBD": tenure.ModifiedBetaGeoFitter,
    "Pareto/NBD": tenure.ParetoNBDFitter,
}


def exact(model, params, t):
    """S(t) to 50 digits, by a series of positive terms.

    ₂F₁(r, a; a+b; −c) = (1+c)^(−r) ₂F₁(r, b; a+b; c/(1+c)) (DLMF 15.8.1).
    """
    with mp.workdps(50):
        r, alpha, a, b = map(mpf, params)
        t = mpf(t)
        if model == "Pareto/NBD":
            s, beta = a, b
            return (beta / (beta + t)) ** s
        c = t / alpha
        coins = int(model == "MBG/NBD")
        stays = mp.hyp2f1(r, b + coins, a + b + coins, c / (1 + c), maxterms=20_000)
        return (b / (a + b) if coins else 1) * (1 + c) ** -r * stays


def extremes():
    rng = np.random.default_rng(3)
    for _ in range(120):
        r, a, b = np.exp(rng.uniform(-7, 5, 3))
        alpha = np.exp(rng.uniform(-5, 7))
        yield (r, alpha, a, b), alpha * np.exp(rng.uniform(-8, 4))
    # Dropout that is not identified, degenerate heterogeneity, peaks far from the density's mode.
    yield (2.9, 78.8, 1e-22, 1e-12), 50.0
    yield (0.24, 4.41, 1e-6, 1e3), 1e3
    yield (1e3, 1e3, 0.5, 2.0), 10.0
    yield (66.84824700467344, 9.0, 27.78, 0.096), 410.0
    yield (200.0, 1.0, 40.0, 3.0), 40.0


@pytest.mark.parametrize("model", FITTERS)
def test_is_right_to_ten_digits_at_every_scale(model):
    for params, t in extremes():
        found = mpf(float(_engine.Model(model).survival(list(params), np.array([t]))[0]))
        expected = exact(model, params, t)
        if expected > mpf("1e-280"):
            assert abs(found / expected - 1) < 1e-10, (model, params, t, found, expected)
        else:
            assert found < 1e-270


@pytest.mark.parametrize("model", BETA_GEOMETRIC)
def test_is_the_story_integrated(model):
    """Σⱼ ∫∫ Poisson(j; λt)·(1−p)^(j+s) dGamma(λ) dBeta(p), nothing rearranged."""
    r, alpha, a, b, t = 0.7, 5.0, 0.9, 2.5, 12.0
    coins = int(model == "MBG/NBD")

    def chance(j):
        poisson = mp.quad(
            lambda rate: (
                mp.exp(-rate * (alpha + t)) * (rate * t) ** j * rate ** (r - 1) / mp.factorial(j)
            ),
            [0, 0.05, 0.3, 1, 4, 20],
        )
        poisson *= mpf(alpha) ** r / mp.gamma(r)
        heads = mp.quad(lambda p: p ** (a - 1) * (1 - p) ** (b - 1 + j + coins), [0, 0.01, 0.2, 1])
        return poisson * heads / mp.beta(a, b)

    expected = sum(chance(j) for j in range(60))
    found = _engine.Model(model).survival([r, alpha, a, b], np.array([t]))[0]
    assert float(expected) == pytest.approx(found, rel=1e-6)


SIMULATED = {
    "BG/NBD": ("beta_geometric_nbd_model", (0.6, 6.0, 0.8, 2.0)),
    "MBG/NBD": ("modified_beta_geometric_nbd_model", (0.6, 6.0, 0.8, 2.0)),
    "Pareto/NBD": ("pareto_nbd_model", (0.6, 6.0, 0.8, 20.0)),
}


@pytest.mark.parametrize("model", SIMULATED)
@pytest.mark.parametrize("t", [0.5, 10.0, 80.0])
def test_is_the_share_of_simulated_customers_who_stay(model, t):
    name, params = SIMULATED[model]
    size = 40_000
    customers = getattr(tenure.generate_data, name)(t, *params, size=size, seed=5)
    alive = customers["alive"].mean()
    expected = _engine.Model(model).survival(list(params), np.array([t]))[0]
    assert abs(alive - expected) < 4.5 * np.sqrt(expected * (1 - expected) / size) + 1e-12


@pytest.mark.parametrize("model", FITTERS)
def test_fitted_models_answer_in_kind(model):
    fitter = FITTERS[model]()
    names = _engine.Model(model).parameters
    fitter.params_ = dict(zip(names, [0.6, 6.0, 0.8, 2.0], strict=True))
    start = 2.0 / 2.8 if model == "MBG/NBD" else 1.0
    assert fitter.survival(0) == pytest.approx(start, rel=1e-15)
    times = pd.Series([1.0, 5.0, 50.0], index=list("xyz"))
    answer = fitter.survival(times)
    assert answer.index.tolist() == ["x", "y", "z"]
    assert (answer.diff().dropna() < 0).all()
    with pytest.raises(DataError, match="t"):
        fitter.survival(-1.0)
