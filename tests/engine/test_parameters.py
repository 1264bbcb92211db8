"""Predictions at one set of parameters, at one per customer, and at draws."""

import numpy as np
import pytest

from tenure import _engine
from tenure.exceptions import DataError, OptionError

PARAMS = {
    "BG/NBD": [0.24, 4.41, 0.79, 2.43],
    "MBG/NBD": [0.52, 6.2, 0.9, 1.6],
    "Pareto/NBD": [0.55, 10.6, 0.61, 11.7],
    "BG/BB": [1.2, 0.75, 0.66, 2.78],
    "Gamma-Gamma": [6.25, 3.74, 15.44],
}
N = 700
LEVELS = [0.0, 0.1, 0.5, 0.95, 1.0]


def predictions(name):
    """What a model predicts, as functions of the parameters and of some of the customers."""
    random = np.random.default_rng(5)
    model = _engine.Model(name)
    age = np.ceil(random.uniform(5.0, 60.0, N))
    x = random.poisson(1.5, N).astype(float)
    recency = np.where(x > 0, np.floor(age * random.uniform(0.2, 1.0, N)), 0.0)
    t, n = random.uniform(0.5, 30.0, N), random.integers(0, 4, N).astype(float)
    money = random.gamma(6.0, 4.0, N)
    steps = ([4.0, 8.0, 30.0], [1.0, 0.9, 0.8])
    spend = _engine.Model("Gamma-Gamma")
    if name == "Gamma-Gamma":
        return {"spend": lambda p, i: model.expected_spend(p, (x[i] + 1.0, money[i]))}
    if name == "BG/BB":
        used = np.minimum(x, recency)

        def opportunities(i):
            return used[i], recency[i] * (used[i] > 0), age[i]

        ahead = np.floor(t)
        return {
            "alive": lambda p, i: model.periods_alive(p, ahead[i], opportunities(i)),
            "expected": lambda p, i: model.periods_expected(p, ahead[:1], opportunities(i)),
            "pmf": lambda p, i: model.periods_pmf(p, age[i], n[i]),
        }

    def history(i):
        return x[i], recency[i], age[i]

    def value(p, i):
        money_at = (spend, PARAMS["Gamma-Gamma"], (x[i] + 1.0, money[i]))
        return model.discounted_purchases(p, steps, history(i), money_at)

    return {
        "alive": lambda p, i: model.probability_alive(p, history(i)),
        "expected": lambda p, i: model.expected_purchases(p, t[:1], history(i)),
        "expected each": lambda p, i: model.expected_purchases(p, t[i], history(i)),
        "discounted": lambda p, i: model.discounted_purchases(p, steps, history(i)),
        "value": value,
        "new": lambda p, i: model.expected_purchases_new_customer(p, t[i]),
        "survival": lambda p, i: model.survival(p, t[i]),
        "pmf": lambda p, i: model.purchase_pmf(p, t[i], n[i]),
        "conditional pmf": lambda p, i: model.purchase_pmf_conditional(p, t[i], n[:1], history(i)),
    }


CASES = [(name, what) for name in PARAMS for what in predictions(name)]
ALL = slice(None)


def spread(name, count):
    random = np.random.default_rng(8)
    return np.array(PARAMS[name]) * np.exp(random.normal(0.0, 0.1, (count, len(PARAMS[name]))))


@pytest.mark.parametrize(("name", "what"), CASES)
def test_equal_parameters_for_each_are_those_for_all(name, what):
    predict = predictions(name)[what]
    same = predict(PARAMS[name], ALL)
    each = predict(np.tile(PARAMS[name], (N, 1)), ALL)
    np.testing.assert_allclose(each, same, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize(("name", "what"), CASES)
def test_each_customer_has_his_own_parameters(name, what):
    predict = predictions(name)[what]
    sets = spread(name, N)
    found = predict(sets, ALL)
    for i in (0, 1, 255, 256, N - 1):
        alone = predict(sets[i].tolist(), slice(i, i + 1))
        np.testing.assert_allclose(found[i], alone[0], rtol=1e-12)


@pytest.mark.parametrize(("name", "what"), CASES)
def test_one_draw_is_a_prediction(name, what):
    predict = predictions(name)[what]
    same = predict(PARAMS[name], ALL)
    one = _engine.Draws(np.array([PARAMS[name]]), quantiles=LEVELS)
    found = predict(one, ALL)
    assert found.shape == (N + 1, 2 + len(LEVELS))
    expected = np.append(same, same.sum())
    for column in (0, *range(2, found.shape[1])):
        np.testing.assert_allclose(found[:, column], expected, rtol=1e-12)
    assert (found[:, 1] == 0.0).all()


@pytest.mark.parametrize(("name", "what"), CASES)
def test_draws_are_reduced_as_numpy_does(name, what):
    predict = predictions(name)[what]
    sets = spread(name, 40)
    found = predict(_engine.Draws(sets, quantiles=LEVELS), ALL)
    answers = np.array([predict(theta.tolist(), ALL) for theta in sets])
    answers = np.column_stack([answers, answers.sum(axis=1)])
    expected = [answers.mean(axis=0), answers.std(axis=0), *np.quantile(answers, LEVELS, axis=0)]
    np.testing.assert_allclose(found, np.transpose(expected), rtol=1e-10, atol=1e-13)


def test_threads_do_not_matter():
    predict, threads = predictions("BG/NBD")["value"], _engine.get_threads()
    draws = _engine.Draws(spread("BG/NBD", 30), quantiles=LEVELS)
    sets = spread("BG/NBD", N)
    try:
        found = []
        for number in (1, 3):
            _engine.set_threads(number)
            found.append([predict(draws, ALL), predict(sets, ALL)])
    finally:
        _engine.set_threads(threads)
    for one, three in zip(*found, strict=True):
        np.testing.assert_array_equal(one, three)


def test_draws_of_purchases_and_spend_belong_together():
    model, spend = _engine.Model("BG/NBD"), _engine.Model("Gamma-Gamma")
    sets, money = spread("BG/NBD", 20), spread("Gamma-Gamma", 20)
    history = (np.array([2.0, 0.0]), np.array([30.0, 0.0]), np.array([38.0, 39.0]))
    columns = (np.array([2.0, 1.0]), np.array([22.0, 35.0]))
    steps = ([10.0, 20.0], [1.0, 0.9])
    draws, of_money = (_engine.Draws(each, quantiles=[0.5]) for each in (sets, money))
    found = model.discounted_purchases(draws, steps, history, (spend, of_money, columns))
    alone = np.array(
        [
            model.discounted_purchases(a.tolist(), steps, history, (spend, b.tolist(), columns))
            for a, b in zip(sets, money, strict=True)
        ]
    )
    np.testing.assert_allclose(found[:2, 0], alone.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(found[2, 1], alone.sum(axis=1).std(), rtol=1e-10)
    few = _engine.Draws(money[:3], quantiles=[0.5])
    with pytest.raises(DataError, match="draws"):
        model.discounted_purchases(draws, steps, history, (spend, few, columns))
    with pytest.raises(DataError, match="draws"):
        model.discounted_purchases(PARAMS["BG/NBD"], steps, history, (spend, few, columns))


def test_parameters_that_cannot_be_are_named_by_their_rows():
    predict = predictions("BG/NBD")["alive"]
    sets = spread("BG/NBD", N)
    sets[[3, 5], 2] = -1.0
    with pytest.raises(DataError, match=r"non-positive .* in the a vector") as caught:
        predict(sets, ALL)
    assert caught.value.rows == [3, 5]
    with pytest.raises(DataError, match="params"):
        predict(sets[:-1], ALL)
    with pytest.raises(OptionError, match="BG/NBD has 4 parameters, but 3 were given"):
        predict(np.ones((N, 3)), ALL)
    with pytest.raises(OptionError, match="BG/NBD has 4 parameters, but 3 were given"):
        predict(_engine.Draws(np.ones((2, 3)), quantiles=[]), ALL)
    with pytest.raises(DataError, match="parameter a of BG/NBD is -1"):
        predict(_engine.Draws(sets, quantiles=[]), ALL)


def test_draws_and_levels_are_checked():
    with pytest.raises(OptionError, match="the number of draws is 0, but must be above 0"):
        _engine.Draws(np.ones((0, 4)), quantiles=[])
    with pytest.raises(OptionError, match=r"quantiles is 1\.5, but must be from 0 to 1"):
        _engine.Draws(np.ones((2, 4)), quantiles=[0.5, 1.5])
    assert len(_engine.Draws(np.ones((2, 4)), quantiles=[])) == 2


def test_columns_of_other_lengths_are_refused_for_draws_too():
    model = _engine.Model("BG/NBD")
    draws = _engine.Draws(np.array([PARAMS["BG/NBD"]] * 2), quantiles=[])
    history = (np.ones(4), np.ones(4), np.full(3, 9.0))
    with pytest.raises(DataError, match="T"):
        model.probability_alive(draws, history)
    history = (np.ones(4), np.ones(4), np.full(4, 9.0))
    with pytest.raises(DataError, match="t"):
        model.expected_purchases(draws, np.ones(3), history)
