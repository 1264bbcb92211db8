"""Every answer of BG/BB against mpmath, on a grid of extremes and on a random roam.

Up to 5,000 periods observed and ahead, parameters from 1e-6 to 1e6 with the removable pole γ = 1
among them; a relative 1e-10 (a log-likelihood ℓ to 1e-10·max(|ℓ|, 1)).
"""

from __future__ import annotations

import itertools

import mpmath as mp
import oracle_bg_bb as oracle
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from oracle_checks import assert_close, assert_close_log, column, columns

from tenure import _engine

MODEL = "BG/BB"


def check(params, history, ahead):
    row = columns(history)
    found = _engine.Model(MODEL).log_likelihood(params, row)[0]
    assert_close_log(found, oracle.log_likelihood(params, *history))
    found = _engine.Model(MODEL).periods_alive(params, column(ahead), row)[0]
    assert_close(found, oracle.probability_alive(params, ahead, *history))
    found = _engine.Model(MODEL).periods_expected(params, column(ahead), row)[0]
    assert_close(found, oracle.expected_purchases(params, ahead, *history))


def check_pmf(params, n, x):
    found = _engine.Model(MODEL).periods_pmf(params, column(n), column(x))[0]
    assert_close(found, oracle.purchase_pmf(params, n, x))


SCALES = [1e-6, 0.7, 1.0, 30.0, 1e6]
HISTORIES = [
    (0, 0, 0),
    (0, 0, 6),
    (1, 1, 1),
    (2, 5, 6),
    (26, 52, 52),
    (1, 1, 300),
    (3, 40, 104),
    (0, 0, 5000),
    (5000, 5000, 5000),
    (1, 4900, 5000),
    (700, 3000, 5000),
]


def test_oracle_is_the_printed_sum():
    params, (x, t_x, n) = (1.2, 0.75, 0.66, 2.8), (2, 4, 9)
    with mp.workdps(oracle.DIGITS):
        alpha, beta, gamma, delta = map(mp.mpf, params)
        printed = mp.fsum(
            mp.beta(alpha + x, beta + t_x - x + i) * mp.beta(gamma + 1, delta + t_x + i)
            for i in range(n - t_x)
        ) / (mp.beta(alpha, beta) * mp.beta(gamma, delta))
        assert abs(oracle.terms(params, x, t_x, n)[1] / printed - 1) < mp.mpf(10) ** -50
        total = mp.fsum(oracle.purchase_pmf(params, n, x) for x in range(n + 1))
        assert abs(total - 1) < mp.mpf(10) ** -50


def grid():
    """Each combination of parameters with one history, horizon and count, in turn."""
    yield from zip(
        itertools.product(SCALES, SCALES, [*SCALES, 1 - 1e-12, 1 + 1e-12], SCALES),
        itertools.cycle(HISTORIES),
        itertools.cycle([1, 0, 7, 52, 300, 5000]),
        itertools.cycle([0, 1, 3, 40, 700, 5000, 2, 10]),
        strict=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_on_the_grid(part):
    for params, history, ahead, x in itertools.islice(grid(), part, None, 12):
        check(params, history, ahead)
        check_pmf(params, max(history[2], ahead), x)


wide = st.one_of(
    st.floats(-6.0, 6.0).map(lambda power: 10.0**power),
    st.floats(-2.0, 2.0).map(lambda power: 10.0**power),
    st.sampled_from([1e-6, 1 - 1e-12, 1.0, 1 + 1e-12, 1e6]),
)
parameters = st.tuples(wide, wide, wide, wide)
periods = st.one_of(st.integers(0, 12), st.integers(0, 104), st.integers(0, 5000))


@st.composite
def histories(draw):
    n = draw(periods)
    t_x = draw(st.one_of(st.integers(0, n), st.sampled_from([0, n])))
    return (draw(st.integers(1, t_x)) if t_x else 0), t_x, n


@pytest.mark.slow
@settings(max_examples=150)
@given(parameters, histories(), periods)
@example((1e-6, 1e6, 1e-6, 1e6), (1, 1, 5000), 5000)
@example((1.2, 0.75, 1.0, 2.8), (26, 52, 52), 0)
def test_anywhere(params, history, ahead):
    check(params, history, ahead)


@pytest.mark.slow
@settings(max_examples=100)
@given(parameters, periods, periods)
@example((0.5, 2.5, 0.8, 9.0), 5000, 2500)
def test_masses_anywhere(params, n, x):
    check_pmf(params, n, x)
