"""Every closed form of the engine against mpmath, on a grid of extremes and on a random roam.

Frequency 0 to 10,000, recency down to 0 and up to T, T from 1e-3 to 1e5, t from 1e-8·T to 1e5,
parameters from 1e-6 to 1e6 with the removable poles a = 1 and a + b = 1 among them. Everything is
held to a relative 1e-10 (a log-likelihood ℓ to 1e-10·max(|ℓ|, 1)).
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import oracle
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from oracle_checks import MODELS, assert_close, assert_close_log, column, columns

from tenure import _engine


def check_likelihood(model, params, customer):
    found = _engine.Model(model).log_likelihood(params, columns(customer))[0]
    assert_close_log(found, oracle.log_likelihood(model, params, *customer))
    found = _engine.Model(model).probability_alive(params, columns(customer))[0]
    assert_close(found, oracle.probability_alive(model, params, *customer))


def check_expected(model, params, customer, t):
    expected = oracle.expected_purchases(model, params, t, *customer)
    twice = [np.repeat(values, 2) for values in columns(customer)]
    found = _engine.Model(model).expected_purchases(params, np.array([t, t]), twice)
    assert_close(found[0], expected)
    for times in ([t], [0.0, t]):
        found = _engine.Model(model).expected_purchases_over(params, times, columns(customer))[0]
        assert_close(found[-1], expected)


def check_new(model, params, t):
    found = _engine.Model(model).expected_purchases_new_customer(params, column(t))[0]
    assert_close(found, oracle.expected_purchases_new(model, params, t))


def check_pmf(model, params, t, n):
    found = _engine.Model(model).purchase_pmf(params, column(t), column(n))[0]
    assert_close(found, oracle.purchase_pmf(model, params, t, n))


def check_pmf_conditional(model, params, customer, t, n):
    question = (column(t), column(n), columns(customer))
    found = _engine.Model(model).purchase_pmf_conditional(params, *question)[0]
    assert_close(found, oracle.purchase_pmf_conditional(model, params, t, n, *customer))


def check_spend(params, x, mean):
    row = (column(x), column(mean))
    found = _engine.Model("Gamma-Gamma").log_likelihood(params, row)[0]
    assert_close_log(found, oracle.spend_log_likelihood(params, x, mean))
    found = _engine.Model("Gamma-Gamma").expected_spend(params, row)[0]
    expected = oracle.expected_spend(params, x, mean)
    if expected is None:
        assert math.isnan(found)
    else:
        assert_close(found, expected)


# --- the grid ---------------------------------------------------------------------------------

SCALES = [1e-6, 0.7, 1.0, 1e6]
DROPOUTS = [1e-6, 0.3, 1 - 1e-12, 1.0, 1 + 1e-12, 1e6]
CUSTOMERS = [
    (0, 0.0, 1e-3),
    (0, 0.0, 1e5),
    (1, 38.86, 38.86),
    (2, 0.0, 1e5),
    (3, 1e-6, 1e-3),
    (24, 30.43, 38.86),
    (25, 1e5 * (1 - 1e-13), 1e5),
    (300, 1e-3, 1e-3),
    (10_000, 1e5, 1e5),
    (10_000, 1.0, 1e3),
]


@pytest.mark.parametrize("model", MODELS)
def test_likelihood_and_p_alive_on_the_grid(model):
    for params in itertools.product(SCALES, SCALES, DROPOUTS, SCALES):
        for customer in CUSTOMERS[sum(map(hash, params)) % 2 :: 2]:
            check_likelihood(model, params, customer)


def rotated_grid():
    """Each combination of parameters with one customer and one horizon, in turn."""
    shares = [1e-8, 1e-3, 1.0, 300.0, math.inf]
    turns = zip(
        itertools.product(SCALES, SCALES, DROPOUTS, SCALES),
        itertools.cycle(CUSTOMERS),
        itertools.cycle(itertools.chain(shares, shares[1:])),
        strict=False,
    )
    for params, customer, share in turns:
        yield params, customer, min(share * customer[2], 1e5)


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS)
def test_expectations_on_the_grid(model):
    for params, customer, t in itertools.islice(rotated_grid(), MODELS.index(model), None, 2):
        check_expected(model, params, customer, t)


@pytest.mark.parametrize("model", MODELS)
def test_new_customers_on_the_grid(model):
    for params, _, t in itertools.islice(rotated_grid(), MODELS.index(model), None, 2):
        check_new(model, params, t)


@pytest.mark.parametrize("model", MODELS)
def test_masses_on_the_grid(model):
    for params, (n, _, _), t in rotated_grid():
        check_pmf(model, params, t, min(n, 300))
    check_pmf(model, (0.7, 1e-3, 0.3, 1e6), 30.0, 10_000)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("a", [0.25, 0.3, 1e-12, 0.5, 1 - 1e-12])
@pytest.mark.parametrize("off", [0.0, 1e-12, -1e-13])
@pytest.mark.parametrize("t", [1e-7, 3.0, 1e4])
def test_where_a_plus_b_is_nearly_one(model, a, off, t):
    """2F1 has a pole there, times zero, for customers without purchases."""
    params = (0.7, 4.4, a, 1 - a + off)
    check_expected(model, params, (0, 0.0, 39.0), t)
    check_new(model, params, t)


@pytest.mark.parametrize("x", [1, 7, 10_000])
@pytest.mark.parametrize("excess", [-1e-3, -1e-12, 0.0, 1e-16, 1e-12, 1e-3, 1.0])
@pytest.mark.parametrize("q", [1e-6, 0.3, 1 - 1e-12])
def test_spend_where_its_mean_ceases_to_exist(x, excess, q):
    """The mean spend is finite when px + q > 1; next to it every digit of px + q − 1 counts."""
    p = (1 - q + excess) / x
    if p > 0:
        check_spend((p, q, 15.4), x, 35.0)


def test_spend_on_the_grid():
    scales = [1e-6, 1e-2, 1.0, 6.25, 1e3, 1e6]
    for p, q, v in itertools.product(scales, scales, scales):
        for x, ratio in itertools.product([1, 12, 10_000], [1e-6, 0.97, 1.0, 40.0]):
            check_spend((p, q, v), x, ratio * p * v / q)


# --- the roam ---------------------------------------------------------------------------------

wide = st.one_of(
    st.floats(-6.0, 6.0).map(lambda power: 10.0**power),
    st.floats(-2.0, 2.0).map(lambda power: 10.0**power),
    st.sampled_from([1e-6, 1 - 1e-12, 1.0, 1 + 1e-12, 1e6]),
)
parameters = st.tuples(wide, wide, wide, wide)
model_names = st.sampled_from(MODELS)
counts = st.one_of(st.integers(0, 30), st.integers(0, 10_000), st.sampled_from([0, 1, 10_000]))


def within(value, low, high):
    return min(max(value, low), high)


@st.composite
def cases(draw):
    """A model, its parameters, a customer, plausible ones as often as not, and a horizon."""
    model, params, x = draw(model_names), draw(parameters), draw(counts)
    T = 10.0 ** draw(st.floats(-3.0, 5.0))
    if draw(st.booleans()):
        T = within(max(x, 0.5) * params[1] / params[0] * 10 ** draw(st.floats(-1, 1)), 1e-3, 1e5)
    share = draw(
        st.one_of(
            st.floats(0.0, 1.0),
            st.floats(-15.0, 0.0).map(lambda power: 10.0**power),
            st.floats(-15.0, 0.0).map(lambda power: 1 - 10.0**power),
            st.just(1.0),
        )
    )
    t = within(T * 10.0 ** draw(st.floats(-8.0, 3.0)), 0.0, 1e5)
    return model, params, (x, share * T if x else 0.0, T), t


@settings(max_examples=1500)
@given(cases())
@example(("MBG/NBD", (1e6, 1e-6, 1e-6, 0.5), (0, 0.0, 1e5), 1.0))
@example(("BG/NBD", (1e6, 1e-6, 0.5, 0.5), (1, 0.0, 1e5), 1.0))
def test_likelihood_and_p_alive_anywhere(case):
    model, params, customer, _ = case
    check_likelihood(model, params, customer)


@pytest.mark.slow
@settings(max_examples=400)
@given(cases())
def test_expected_purchases_anywhere(case):
    check_expected(*case)


@settings(max_examples=250)
@given(cases())
def test_expected_purchases_of_new_customers_anywhere(case):
    model, params, _, t = case
    check_new(model, params, t)


@pytest.mark.slow
@settings(max_examples=300)
@given(cases(), st.one_of(st.integers(0, 300), st.integers(0, 10_000)))
@example(("BG/NBD", (5.5e-5, 0.072, 145.0, 3.2e-6), (0, 0.0, 1.0), 1e5), 24)
@example(("MBG/NBD", (1e-6, 1e-6, 1.0, 1.0), (0, 0.0, 1.0), 1e5), 2)
@example(("BG/NBD", (1e6, 1e6, 1e6, 1e6), (0, 0.0, 1.0), 1e4), 10_000)
def test_masses_anywhere(case, n):
    model, params, _, t = case
    check_pmf(model, params, t, n)


@settings(max_examples=200)
@given(cases(), st.one_of(st.integers(0, 5), st.integers(0, 300)))
def test_masses_of_known_customers_anywhere(case, n):
    model, params, customer, t = case
    check_pmf_conditional(model, params, customer, t, n)


@settings(max_examples=1500)
@given(
    st.tuples(wide, wide, wide),
    counts.map(lambda x: max(x, 1)),
    st.one_of(st.floats(-3.0, 3.0), st.floats(-0.1, 0.1)),
)
def test_spend_anywhere(params, x, power):
    p, q, v = params
    check_spend(params, x, within(10.0**power * p * v / q, 1e-9, 1e12))


@pytest.mark.slow
@settings(max_examples=60)
@given(cases(), st.integers(1, 14), st.floats(0.0, 0.1))
def test_discounted_purchases_anywhere(case, steps, rate):
    model, params, customer, t = case
    times = [t * (k + 1) / steps for k in range(steps)]
    discounts = [(1 + rate) ** -(k + 1.0) for k in range(steps)]
    found = _engine.Model(model).discounted_purchases(
        params, (times, discounts), columns(customer)
    )[0]
    totals = [oracle.expected_purchases(model, params, s, *customer) for s in [0.0, *times]]
    gains = [now - before for before, now in itertools.pairwise(totals)]
    assert_close(found, sum(d * gain for d, gain in zip(discounts, gains, strict=True)))
