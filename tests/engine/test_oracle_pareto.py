"""Every answer of Pareto/NBD against mpmath, on a grid of extremes and on a random roam.

Frequency 0 to 10,000, recency down to 0 and up to T, T from 1e-3 to 1e5, parameters from 1e-6 to
1e6 with the removable pole s = 1 among them; a relative 1e-10 (a log-likelihood ℓ to
1e-12·max(|ℓ|, 1), beyond which rounding of its own terms reaches).
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import oracle_pareto as oracle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle_checks import column, columns

from tenure import _engine

MODEL = "Pareto/NBD"


def assert_near(found, expected, relative=1e-10):
    if expected == 0 or abs(expected) < 1e-290:
        assert abs(found) < 1e-280
    else:
        assert abs(found / expected - 1) < relative, (found, expected)


def rounding(params, x, t_x, T):
    """Size of the terms whose difference the answer is: their rounding cannot be less."""
    r, alpha, s, beta = params
    size = (r + x) * math.log1p((T - t_x) / (alpha + t_x))
    return 1e-10 + 4e-16 * (size + s * math.log1p((T - t_x) / (beta + t_x)))


def check_likelihood(params, customer):
    x, t_x, T = customer
    found = _engine.Model(MODEL).log_likelihood(params, columns(customer))[0]
    r, alpha, s, beta = params
    size = (r + x) * math.log1p(T / alpha) + s * math.log1p(T / beta)
    size = max(size, x * max(abs(math.log(alpha)), math.log(r + x + 1), 1.0), 1.0)
    assert abs(found - oracle.log_likelihood(params, *customer)) < 1e-12 * size
    found = _engine.Model(MODEL).probability_alive(params, columns(customer))[0]
    assert_near(found, oracle.probability_alive(params, *customer), rounding(params, x, t_x, T))


def check_expected(params, customer, t):
    found = _engine.Model(MODEL).expected_purchases(params, column(t), columns(customer))[0]
    expected = oracle.expected_purchases(params, t, *customer)
    assert_near(found, expected, rounding(params, *customer))
    found = _engine.Model(MODEL).expected_purchases_new_customer(params, column(t))[0]
    assert_near(found, oracle.active(params, t))


def check_pmf(params, customer, t, n):
    found = _engine.Model(MODEL).purchase_pmf(params, column(t), column(n))[0]
    assert_near(found, oracle.active_pmf(params, t, n))
    question = (column(t), column(n), columns(customer))
    found = _engine.Model(MODEL).purchase_pmf_conditional(params, *question)[0]
    expected = oracle.purchase_pmf_conditional(params, t, n, *customer)
    assert_near(found, expected, rounding(params, *customer))


SCALES = [1e-6, 0.7, 30.0, 1e6]
SHAPES = [1e-6, 0.3, 1 - 1e-12, 1.0, 1 + 1e-12, 1e6]
CUSTOMERS = [
    (0, 0.0, 1e-3),
    (0, 0.0, 1e5),
    (1, 38.86, 38.86),
    (2, 0.0, 1e5),
    (3, 1e-6, 1e-3),
    (24, 30.43, 38.86),
    (25, 1e5 * (1 - 1e-13), 1e5),
    (132, 199.0, 200.0),
    (10_000, 1e5, 1e5),
    (10_000, 999.0, 1e3),
]


def grid():
    """Each combination of parameters with one customer, horizon and count, in turn."""
    yield from zip(
        itertools.product(SCALES, SCALES, SHAPES, SCALES),
        itertools.cycle(CUSTOMERS),
        itertools.cycle([1e-8, 1e-3, 0.9, 12.0, 300.0, 1e4, 1e5]),
        itertools.cycle([0, 1, 2, 0, 17, 300]),
        strict=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize("part", [0, 1])
def test_on_the_grid(part):
    for params, customer, t, n in itertools.islice(grid(), part, None, 11):
        check_likelihood(params, customer)
        check_expected(params, customer, t)
        if part == 0:
            check_pmf(params, customer, t, n)


wide = st.one_of(
    st.floats(-6.0, 6.0).map(lambda power: 10.0**power),
    st.floats(-2.0, 2.0).map(lambda power: 10.0**power),
    st.sampled_from([1e-6, 1 - 1e-12, 1.0, 1 + 1e-12, 1e6]),
)
histories = st.tuples(
    st.one_of(st.integers(0, 30), st.integers(0, 10_000)),
    st.one_of(st.floats(0.0, 1.0), st.sampled_from([0.0, 1 - 1e-12, 1.0])),
    st.floats(-3.0, 5.0).map(lambda power: 10.0**power),
).map(lambda h: (h[0], 0.0 if h[0] == 0 else h[1] * h[2], h[2]))
horizons = st.floats(-8.0, 5.0).map(lambda power: 10.0**power)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.tuples(wide, wide, wide, wide), histories, horizons)
def test_anywhere(params, customer, t):
    check_likelihood(params, customer)
    check_expected(params, customer, t)


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(st.tuples(wide, wide, wide, wide), histories, horizons, st.integers(0, 300))
def test_masses_anywhere(params, customer, t, n):
    check_pmf(params, customer, t, n)


def test_masses_sum_to_one_and_to_the_mean():
    params = (0.55, 10.58, 0.61, 11.67)
    n = np.arange(400.0)
    masses = _engine.Model(MODEL).purchase_pmf(params, np.full(400, 39.0), n)
    assert masses.sum() == pytest.approx(1.0, rel=1e-12)
    mean = _engine.Model(MODEL).expected_purchases_new_customer(params, column(39.0))[0]
    assert (n * masses).sum() == pytest.approx(mean, rel=1e-11)
    row = [np.full(400, value) for value in (2.0, 30.43, 38.86)]
    masses = _engine.Model(MODEL).purchase_pmf_conditional(params, column(39.0), n, row)
    assert masses.sum() == pytest.approx(1.0, rel=1e-12)
    mean = _engine.Model(MODEL).expected_purchases(params, column(39.0), row)[0]
    assert (n * masses).sum() == pytest.approx(mean, rel=1e-11)
