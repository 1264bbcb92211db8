"""BG/BB: the published estimates, lifetimes' answers, and the model's own definition."""

import itertools

import mpmath as mp
import numpy as np
import pandas as pd
import pytest

from tenure import BetaGeoBetaBinomFitter, _engine
from tenure.exceptions import DataError, TruncatedFrequencyWarning

# Fader, Hardie & Shang (2010): donors of 1995 by donations in 1996-2001 (x, t_x, n, how
# many); in lifetimes as load_donations.
DONATIONS = [
    (0, 0, 6, 3464), (1, 1, 6, 1091), (1, 2, 6, 277), (1, 3, 6, 129), (1, 4, 6, 78), (1, 5, 6, 119),
    (1, 6, 6, 129), (2, 2, 6, 613), (2, 3, 6, 255), (2, 4, 6, 155), (2, 5, 6, 173), (2, 6, 6, 234),
    (3, 3, 6, 322), (3, 4, 6, 181), (3, 5, 6, 225), (3, 6, 6, 357), (4, 4, 6, 240), (4, 5, 6, 284),
    (4, 6, 6, 512), (5, 5, 6, 335), (5, 6, 6, 728), (6, 6, 6, 1203),
]  # fmt: skip


@pytest.fixture(scope="module")
def donors():
    return pd.DataFrame(DONATIONS, columns=["frequency", "recency", "periods", "weights"])


@pytest.fixture(scope="module")
def model(donors):
    vectors = donors["frequency"], donors["recency"], donors["periods"], donors["weights"]
    return BetaGeoBetaBinomFitter().fit(*vectors)


def test_published_estimates_and_those_of_lifetimes(model, donors):
    # The paper: alpha 1.204, beta 0.750, gamma 0.657, delta 2.783, LL -33,225.6.
    expected = {"alpha": 1.203522, "beta": 0.749716, "gamma": 0.656718, "delta": 2.783442}
    assert model.params_.to_dict() == pytest.approx(expected, rel=1e-4)
    assert model.fit_report_.log_likelihood == pytest.approx(-33225.6, abs=0.05)
    assert model._negative_log_likelihood_ == pytest.approx(2.992217333784776, rel=1e-9)
    errors = [0.069391, 0.029448, 0.051010, 0.320819]
    np.testing.assert_allclose(model.standard_errors_, errors, rtol=1e-3)
    np.testing.assert_array_equal(BetaGeoBetaBinomFitter().fit(donors).params_, model.params_)


def test_answers_of_lifetimes(model, donors):
    history = donors["frequency"], donors["recency"], donors["periods"]
    expected = model.conditional_expected_number_of_purchases_up_to_time(5, *history)
    np.testing.assert_allclose(expected.head(2), [0.072863, 0.085696], rtol=1e-4)
    alive = model.conditional_probability_alive(0, *history)
    np.testing.assert_allclose(alive.head(2), [0.116218, 0.074655], rtol=1e-4)
    table = model.expected_number_of_transactions_in_first_n_periods(6)
    assert table.index.name == "frequency"
    rows = [3454.882, 1888.654, 1348.882, 1113.379, 1017.922, 1027.166, 1253.114]
    np.testing.assert_allclose(table["model"], rows, rtol=1e-5)
    assert table["model"].sum() == pytest.approx(donors["weights"].sum())


def test_where_lifetimes_is_wrong(model):
    # The likelihood is near 1e-15 there, and lifetimes adds 1e-15 to it.
    assert model.conditional_probability_alive(0, 26, 52, 52) == 1.0
    assert isinstance(model.conditional_expected_number_of_purchases_up_to_time(5, 2, 3, 6), float)


def printed(params, x, t_x, n):
    """Give both terms of the likelihood as printed."""
    alpha, beta, gamma, delta = map(mp.mpf, params)
    scale = mp.beta(alpha, beta) * mp.beta(gamma, delta)
    active = mp.beta(alpha + x, beta + n - x) * mp.beta(gamma, delta + n) / scale
    gone = mp.fsum(
        mp.beta(alpha + x, beta + t_x - x + i) * mp.beta(gamma + 1, delta + t_x + i)
        for i in range(n - t_x)
    )
    return active, gone / scale


@pytest.mark.parametrize("history", [(0, 0, 6), (2, 5, 6), (26, 52, 52), (3, 40, 104), (1, 1, 300)])
def test_against_mpmath(history):
    columns = [np.array([float(value)]) for value in history]
    x, _, n = history
    for params in itertools.product([1e-6, 0.7, 1e6], [0.3, 1e4], [1e-6, 1.0, 50.0], [0.5, 1e6]):
        with mp.workdps(60):
            active, gone = printed(params, *history)
            alpha, beta, gamma, delta = map(mp.mpf, params)
            found = _engine.Model("BG/BB").log_likelihood(params, columns)[0]
            expected = mp.log(active + gone)
            assert abs(found - expected) <= 1e-12 * max(abs(expected), 1)
            found = _engine.Model("BG/BB").periods_alive(params, np.array([0.0]), columns)[0]
            chance = active / (active + gone)
            if chance < 1e-290:  # below what doubles hold
                assert 0 <= found < 1e-280
                continue
            assert abs(found / chance - 1) < 1e-11
            found = _engine.Model("BG/BB").periods_expected(params, np.array([7.0]), columns)[0]
            stays = mp.fsum(
                mp.beta(gamma, delta + n + j) / mp.beta(gamma, delta + n) for j in range(1, 8)
            )
            rate = (alpha + x) / (alpha + beta + n)
            assert abs(found / (chance * rate * stays) - 1) < 1e-11


def test_masses_sum_to_one():
    masses = _engine.Model("BG/BB").periods_pmf(
        [1.2, 0.75, 0.66, 2.8], np.array([52.0]), np.arange(60.0)
    )
    assert masses.sum() == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize("n", [52, 104])
def test_many_periods_can_be_fitted(n):
    random = np.random.default_rng(3)
    p, theta = random.beta(1.2, 0.75, 3000), random.beta(0.66, 20, 3000)
    stay = np.minimum(random.geometric(theta) - 1, n)
    bought = (random.random((3000, n)) < p[:, None]) & (np.arange(n) < stay[:, None])
    recency = np.where(bought.any(axis=1), n - np.argmax(bought[:, ::-1], axis=1), 0)
    fit = BetaGeoBetaBinomFitter().fit(bought.sum(axis=1), recency, np.full(3000, n))
    assert fit.fit_report_.ok
    assert fit.params_["alpha"] == pytest.approx(1.2, rel=0.15)
    assert fit.params_["beta"] == pytest.approx(0.75, rel=0.15)


def test_bad_histories_are_refused():
    for history, message in [
        (([1], [7], [6]), "larger than T"),
        (([0], [2], [6]), "non-zero recency"),
        (([3], [2], [6]), "frequency values larger than recency"),
        (([1], [np.nan], [6]), "recency"),
    ]:
        with pytest.raises(DataError, match=message):
            BetaGeoBetaBinomFitter().fit(*history)


def test_fractions_are_cut_as_in_lifetimes(donors):
    vectors = [donors[name] for name in ("frequency", "recency", "periods", "weights")]
    whole = BetaGeoBetaBinomFitter().fit(*vectors)
    with pytest.warns(TruncatedFrequencyWarning) as caught:
        cut = BetaGeoBetaBinomFitter().fit(vectors[0] + 0.25, vectors[1] + 0.5, *vectors[2:])
    assert ["frequencies" in str(warning.message) for warning in caught] == [True, False]
    assert "22 values of recency are not whole" in str(caught[1].message)
    np.testing.assert_array_equal(cut.params_, whole.params_)
    assert cut.data.dtypes.tolist() == whole.data.dtypes.tolist()


def test_customers_like_those_of_the_fit(model, donors):
    assert len(model.generate_new_data()) == 1
    made = model.generate_new_data(3 * 11_104, seed=4)
    assert made.columns.tolist() == [
        "frequency", "recency", "n_periods", "p", "theta", "alive", "customer_id",
    ]  # fmt: skip
    assert (made["n_periods"] == 6).all()
    expected = model.expected_number_of_transactions_in_first_n_periods(6)["model"] / 11_104
    found = made["frequency"].value_counts(normalize=True).sort_index()
    errors = np.sqrt(expected * (1 - expected) / len(made))
    assert (abs(found - expected) < 4.5 * errors).all()


def test_periods_of_new_customers_follow_the_weights():
    model = BetaGeoBetaBinomFitter()
    model.params_ = {"alpha": 1.2, "beta": 0.75, "gamma": 0.66, "delta": 2.8}
    model.data = pd.DataFrame({"n_periods": [4, 3, 2], "weights": [2, 1, 3]})
    assert model.generate_new_data(8, seed=0)["n_periods"].tolist() == [4, 4, 3, 2, 2, 2, 4, 4]
    model.data = model.data.drop(columns="weights")
    assert model.generate_new_data(4, seed=0)["n_periods"].tolist() == [4, 3, 2, 4]


def test_where_it_has_a_contract_of_lifetimes(model):
    assert not hasattr(model, "predict")
    assert not hasattr(model, "conditional_probability_alive_matrix")
