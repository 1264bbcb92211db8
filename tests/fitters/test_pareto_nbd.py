"""Pareto/NBD: published estimates, the shapes of its answers, and lifetimes' own checks."""

import json

import mpmath as mp
import numpy as np
import oracle_pareto
import pandas as pd
import pytest
from conftest import ROOT, reference_path

from tenure import BetaGeoFitter, ModifiedBetaGeoFitter, ParetoNBDFitter, summarize
from tenure.datasets import load_cdnow_summary, load_cdnow_transactions
from tenure.exceptions import OptionError

STORED = json.loads((ROOT / "tests" / "reference" / "pareto_nbd.json").read_text())


@pytest.fixture(scope="module")
def customers():
    return load_cdnow_summary()


@pytest.fixture(scope="module")
def model(customers):
    return ParetoNBDFitter().fit(customers)


def test_published_estimates(model):
    # Fader, Hardie & Lee (2005), Marketing Science 24 (2), and note 008.
    expected = {"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669}
    assert model.params_.to_dict() == pytest.approx(expected, abs=1.5e-3)
    assert model.fit_report_.log_likelihood == pytest.approx(-9594.98, abs=0.01)
    assert model.fit_report_.ok
    assert model.summary.shape == (4, 4)
    assert np.isfinite(model.summary.to_numpy()).all()


def test_clvtools():
    entry = json.loads(reference_path("reference/clvtools.json").read_text())
    entry = entry["entries"]["cdnow__pnbd"]
    log = load_cdnow_transactions()
    log = log.assign(day=pd.to_datetime(log["date"].astype(str)))
    first = log.groupby("customer_id")["day"].transform("min")
    end = log["day"].min() + pd.Timedelta(weeks=37)
    log = log.assign(first=first)[log["day"] <= end].groupby("customer_id")
    frame = log.agg(first=("first", "min"), last=("day", "max"), days=("day", "nunique"))
    week = pd.Timedelta(weeks=1)
    x, t_x = frame["days"] - 1, (frame["last"] - frame["first"]) / week
    fit = ParetoNBDFitter().fit(x, t_x, (end - frame["first"]) / week)
    assert fit.params_.to_dict() == pytest.approx(entry["coef"], rel=2e-3)
    assert fit.fit_report_.log_likelihood == pytest.approx(entry["loglik"], abs=1e-3)
    assert fit.standard_errors_.to_dict() == pytest.approx(entry["se"], rel=1e-2)
    alive = fit.conditional_probability_alive(x, t_x, (end - frame["first"]) / week)
    assert alive.sum() == pytest.approx(entry["predict_sums"]["PAlive"], rel=1e-3)


@pytest.mark.parametrize("stored", STORED["fits"], ids=lambda fit: str(fit["penalizer"]))
def test_fits_as_lifetimes(customers, stored):
    fit = ParetoNBDFitter(stored["penalizer"]).fit(
        customers["frequency"], customers["recency"], customers["T"]
    )
    assert fit.params_.to_dict() == pytest.approx(stored["params"], rel=1e-3)
    assert fit._negative_log_likelihood_ <= stored["objective"] * (1 + 1e-12)
    assert fit._negative_log_likelihood_ == pytest.approx(stored["objective"], rel=1e-6)
    assert fit._scale == pytest.approx(stored["scale"])
    assert repr(fit)[len("<tenure.") :][:52] == stored["repr"][len("<lifetimes.") :][:52]


@pytest.mark.parametrize("stored", STORED["predictions"], ids=lambda p: str(p["params"]))
def test_predictions_as_lifetimes(stored):
    model = ParetoNBDFitter()
    model.params_ = stored["params"]
    history = [np.array(values) for values in stored["history"]]

    def same(found, expected, relative=1e-6, absolute=0.0):
        expected = np.array(expected, dtype=float)
        right = np.isfinite(expected)
        assert right.mean() > 0.9
        np.testing.assert_allclose(np.asarray(found)[right], expected[right], relative, absolute)

    same(model.conditional_probability_alive(*history), stored["alive"])
    for t, expected in stored["expected"].items():
        same(model.predict(float(t), *history), expected)
    for t, expected in stored["new"].items():
        assert model.expected_number_of_purchases_up_to_time(float(t)) == pytest.approx(expected)
    for (n, t), expected in zip(stored["counts"], stored["pmf"], strict=True):
        found = model.conditional_probability_of_n_purchases_up_to_time(n, t, *history)
        same(found, expected, absolute=1e-13)  # lifetimes subtracts
    same(model.conditional_probability_alive_matrix(7, 30), stored["matrix"])
    log_likelihoods = model._conditional_log_likelihood(list(stored["params"].values()), *history)
    same(log_likelihoods, stored["log_likelihood"])


@pytest.mark.parametrize("params", [(0.55, 10.5, 0.6, 11.7), (0.2, 30.0, 2.5, 4.0)])
@pytest.mark.parametrize(
    "row",
    [(0, 0.0, 39.0), (2, 30.0, 38.86), (26, 30.0, 38.86), (400, 50.0, 300.0), (3, 37.0, 38.86)],
)
def test_helper_of_lifetimes(params, row):
    with mp.workdps(40):
        r, _, s, _ = map(mp.mpf, params)
        expected = mp.log((r + s + row[0]) / s * oracle_pareto.terms(params, *row)[1])
    found = ParetoNBDFitter._log_A_0(params, *row)
    assert isinstance(found, float)
    assert found == pytest.approx(float(expected), rel=1e-13)
    both = ParetoNBDFitter._log_A_0(params, *(np.array([value, value]) for value in row))
    assert both.tolist() == [found, found]
    assert ParetoNBDFitter._log_A_0(params, 2, 39.0, 39.0) == -np.inf


def test_answers_are_like_their_inputs(model, customers):
    x, t_x, T = (customers[name].head(5) for name in ("frequency", "recency", "T"))
    ids = [f"c{i}" for i in range(5)]
    series = [vector.set_axis(ids) for vector in (x, t_x, T)]
    questions = [
        model.conditional_probability_alive,
        lambda *row: model.predict(3, *row),
        lambda *row: model.conditional_probability_of_n_purchases_up_to_time(1, 3, *row),
    ]
    for question in questions:
        assert isinstance(question(2, 30.0, 38.0), float)
        found = question(*series)
        assert isinstance(found, pd.Series)
        assert found.index.tolist() == ids
        assert isinstance(question(*(s.to_numpy() for s in series)), np.ndarray)
        np.testing.assert_array_equal(question(*(s.tolist() for s in series)), found)
    assert model.conditional_probability_alive_matrix(3, 4).shape == (5, 4)


def test_every_start_gives_the_same_fit(customers, model):
    start = [1.1, 0.9, 1.0, 1.05]
    other = ParetoNBDFitter().fit(customers, initial_params=start, fit_method="BFGS", maxiter=1)
    np.testing.assert_allclose(other.params_, model.params_, rtol=1e-6)
    again = ParetoNBDFitter().fit(customers, iterative_fitting=5)
    np.testing.assert_array_equal(again.params_, model.params_)


def test_options_of_lifetimes_are_checked(customers):
    with pytest.raises(ValueError, match="should be greater than 0 as of lifetimes"):
        ParetoNBDFitter().fit(customers, iterative_fitting=0)
    with pytest.raises(ValueError, match="should not be both set, as no improvement"):
        ParetoNBDFitter().fit(customers, iterative_fitting=2, initial_params=[1, 1, 1, 1])
    with pytest.raises(OptionError, match="positive numbers r, alpha, s, beta"):
        ParetoNBDFitter().fit(customers, initial_params=[1, 1, -1, 1])
    with pytest.raises(OptionError, match="holds 2 values"):
        ParetoNBDFitter().fit(customers, initial_params=[1, 1])


def test_where_lifetimes_is_wrong(model):
    # recency == T with many purchases is NaN there on a recent scipy.
    assert model.conditional_probability_alive(132, 200, 200) == 1.0
    assert model.predict(10, 132, 200, 200) == pytest.approx(6.2, abs=0.1)
    # Nothing is bought in no time, for certain.
    assert model.conditional_probability_of_n_purchases_up_to_time(0, 0, 2, 30.0, 38.0) == 1.0
    assert model.conditional_probability_of_n_purchases_up_to_time(1, 0, 2, 30.0, 38.0) == 0.0
    # s == 1 is 0/0 in the printed expectation.
    by_hand = ParetoNBDFitter()
    by_hand.params_ = {"r": 0.5, "alpha": 10.0, "s": 1.0, "beta": 12.0}
    expected = 0.5 * 12 / 10 * np.log1p(20 / 12)
    assert by_hand.expected_number_of_purchases_up_to_time(20) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("fitter", [BetaGeoFitter, ModifiedBetaGeoFitter, ParetoNBDFitter])
def test_chances_of_a_known_customer_sum_to_one_and_to_the_mean(fitter, customers):
    model, n, row = fitter().fit(customers), np.arange(300), (2, 30.43, 38.86)
    masses = model.conditional_probability_of_n_purchases_up_to_time(n, 39, *row)
    assert masses.sum() == pytest.approx(1, rel=1e-12)
    assert (n * masses).sum() == pytest.approx(model.predict(39, *row), rel=1e-11)


def test_round_trip_and_summary_tables(model, tmp_path):
    path = tmp_path / "model.json"
    model.save_model(path)
    loaded = ParetoNBDFitter()
    loaded.load_model(path)
    np.testing.assert_array_equal(loaded.params_, model.params_)
    table = summarize(
        load_cdnow_transactions(),
        customer="customer_id",
        date="date",
        period="W",
        observation_end="1997-09-30",
    )
    np.testing.assert_allclose(ParetoNBDFitter().fit(table).params_, model.params_, rtol=1e-2)
