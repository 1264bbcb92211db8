"""The oracle and the engine against each model's story, integrated over its densities."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import oracle
import pytest
from mpmath import mpf
from oracle_checks import MODELS, assert_close, assert_close_log, column, columns
from oracle_stories import Story, spend_story

from tenure import _engine

#: CDNOW's estimates, the pole a = 1, the pole a + b = 1, sharp and blunt densities.
PARAMS = [
    (0.2426, 4.4135, 0.7929, 2.4258),
    (0.525, 6.183, 1.0, 1.614),
    (1.7, 3.0, 0.25, 0.75),
    (6.0, 11.0, 3.0, 5.5),
]
CUSTOMERS = [(0, 0.0, 38.86), (1, 17.0, 20.0), (2, 30.43, 38.86), (7, 29.0, 29.0)]


def same(found, expected, digits):
    assert abs(found / expected - 1) < mpf(10) ** -digits, (found, expected)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("params", PARAMS)
@pytest.mark.parametrize("customer", CUSTOMERS)
def test_likelihood_and_p_alive_are_the_story(model, params, customer):
    with mp.workdps(20):
        alive, dropped = Story(model, params).likelihood_terms(*customer)
        likelihood, p_alive = alive + dropped, alive / (alive + dropped)
    same(mp.exp(oracle.log_likelihood(model, params, *customer)), likelihood, 13)
    same(oracle.probability_alive(model, params, *customer), p_alive, 13)
    assert_close_log(
        _engine.Model(model).log_likelihood(params, columns(customer))[0], mp.log(likelihood)
    )
    assert_close(_engine.Model(model).probability_alive(params, columns(customer))[0], p_alive)


@pytest.mark.parametrize(
    ("model", "params", "customer", "t"),
    [
        ("BG/NBD", PARAMS[0], (2, 30.43, 38.86), 39.0),
        ("MBG/NBD", PARAMS[1], (1, 17.0, 20.0), 4.0),
        ("BG/NBD", PARAMS[2], (0, 0.0, 9.0), 12.0),
        ("MBG/NBD", PARAMS[3], (0, 0.0, 9.0), 0.5),
    ],
)
def test_expected_purchases_are_the_story(model, params, customer, t):
    with mp.workdps(20):
        story = Story(model, params).expected_purchases(t, *customer)
    same(oracle.expected_purchases(model, params, t, *customer), story, 11)
    assert_close(
        _engine.Model(model).expected_purchases(params, column(t), columns(customer))[0], story
    )


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("params", PARAMS)
@pytest.mark.parametrize(("t", "n"), [(5.0, 0), (39.0, 1), (12.0, 3), (2.0, 9)])
def test_masses_are_the_story(model, params, t, n):
    with mp.workdps(20):
        story = Story(model, params).purchase_pmf(t, n)
    same(oracle.purchase_pmf(model, params, t, n), story, 13)
    assert_close(_engine.Model(model).purchase_pmf(params, column(t), column(n))[0], story)


@pytest.mark.parametrize("params", [(6.25, 3.744, 15.443), (1.0, 1.5, 40.0), (0.6, 0.8, 3.0)])
@pytest.mark.parametrize(("x", "mean"), [(1, 35.0), (4, 18.5), (30, 60.0)])
def test_spend_is_the_story(params, x, mean):
    with mp.workdps(20):
        likelihood, spend = spend_story(params, x, mean)
    row = (column(x), column(mean))
    same(mp.exp(oracle.spend_log_likelihood(params, x, mean)), likelihood, 13)
    assert_close_log(
        _engine.Model("Gamma-Gamma").log_likelihood(params, row)[0], mp.log(likelihood)
    )
    same(oracle.expected_spend(params, x, mean), spend, 13)
    assert_close(_engine.Model("Gamma-Gamma").expected_spend(params, row)[0], spend)


def test_both_oracles_of_an_expectation_are_one():
    """Where 2F1 is within mpmath's reach, the published form and the integral over p agree."""
    rng = np.random.default_rng(1)
    compared = 0
    while compared < 40:
        size, rate, a, b = (mpf(value) for value in 10 ** rng.uniform(-6, 6, 4))
        t = rate * mpf(10 ** rng.uniform(-8, 2))
        try:
            published = oracle.published_active(size, rate, a, b, t)
        except mp.mp.NoConvergence:
            continue
        same(oracle.integrated_active(size, rate, a, b, t), published, 17)
        compared += 1
