"""The engine's functions over many customers and horizons at once against each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle_checks import MODELS

from tenure import _engine

wide = st.floats(-6.0, 6.0).map(lambda power: 10.0**power)
model_names = st.sampled_from(MODELS)
parameters = st.lists(wide, min_size=4, max_size=4)
horizons = st.lists(
    st.one_of(st.just(0.0), st.floats(-8.0, 5.0).map(lambda power: 10.0**power)),
    min_size=1,
    max_size=6,
)


@st.composite
def tables(draw):
    """Frequency, recency and T of a few customers, several of them alike."""
    customers = draw(
        st.lists(
            st.tuples(
                st.one_of(st.integers(0, 3), st.integers(0, 10_000)),
                st.floats(0.0, 1.0),
                st.sampled_from([1e-3, 0.3, 39.0, 52.0, 1e5]),
            ),
            min_size=1,
            max_size=12,
        )
    )
    x, share, T = (np.array(column, dtype=float) for column in zip(*customers, strict=True))
    return x, np.where(x > 0, share * T, 0.0), T


@settings(max_examples=150)
@given(model_names, parameters, tables(), horizons)
def test_every_way_to_ask_for_expected_purchases_is_one(model, params, table, times):
    over = _engine.Model(model).expected_purchases_over(params, times, table)
    assert over.shape == (len(table[0]), len(times))
    assert np.isfinite(over).all()
    assert (over >= 0).all()
    for t, found in zip(times, over.T, strict=True):
        one = _engine.Model(model).expected_purchases(params, np.array([t]), table)
        each = _engine.Model(model).expected_purchases(params, np.full(len(found), t), table)
        np.testing.assert_allclose(one, found, rtol=1e-12)
        np.testing.assert_allclose(each, found, rtol=1e-12)
        if t == 0:
            assert not found.any()


@settings(max_examples=150)
@given(model_names, parameters, tables(), horizons, st.data())
def test_discounted_purchases_are_the_sum_of_differences(model, params, table, times, data):
    times = sorted(times)
    share = st.floats(0.0, 1.0)
    discounts = data.draw(st.lists(share, min_size=len(times), max_size=len(times)))
    found = _engine.Model(model).discounted_purchases(params, (times, discounts), table)
    totals = _engine.Model(model).expected_purchases_over(params, [0.0, *times], table)
    # Any discounts may be asked for, so that a difference of near-equal totals may be all there
    # is; rounding is then that of the totals.
    rounding = 1e-13 * totals[:, -1] + 1e-300
    assert (np.abs(found - np.diff(totals) @ discounts) <= 10 * rounding).all()
    undiscounted = _engine.Model(model).discounted_purchases(
        params, (times, [1.0] * len(times)), table
    )
    assert (np.abs(undiscounted - totals[:, -1]) <= rounding).all()


@settings(max_examples=150)
@given(model_names, parameters, tables(), horizons)
def test_expected_purchases_grow_with_the_horizon_and_ever_slower(model, params, table, times):
    times = sorted(set(times))
    over = _engine.Model(model).expected_purchases_over(params, times, table)
    slack = 1e-12 * over + 1e-300
    assert (np.diff(over) >= -slack[:, 1:]).all()
    grown = np.array([t for t in times if t > 0])
    rates = over[:, len(times) - len(grown) :] / grown
    assert (np.diff(rates) <= 1e-12 * rates[:, :-1] + 1e-290).all()


@settings(max_examples=150)
@given(model_names, parameters, tables(), horizons, st.randoms(use_true_random=False))
def test_a_customer_s_answer_does_not_depend_on_the_others(model, params, table, times, random):
    order = [random.randrange(len(table[0])) for _ in range(3 * len(table[0]))]
    shuffled = tuple(column[order] for column in table)
    discounts = [0.9 ** (k + 1) for k in range(len(times))]
    for ask in (
        lambda rows: _engine.Model(model).log_likelihood(params, rows),
        lambda rows: _engine.Model(model).probability_alive(params, rows),
    ):
        np.testing.assert_array_equal(ask(shuffled), ask(table)[order])
    # Where many are alike, expectations are interpolated; where few are, computed one by one.
    for ask in (
        lambda rows: _engine.Model(model).expected_purchases_over(params, times, rows),
        lambda rows: _engine.Model(model).discounted_purchases(
            params, (sorted(times), discounts), rows
        ),
    ):
        np.testing.assert_allclose(ask(shuffled), ask(table)[order], rtol=1e-12, atol=1e-300)


@settings(max_examples=100)
@given(parameters, tables(), st.randoms(use_true_random=False))
def test_spend_does_not_depend_on_the_others(params, table, random):
    rows = (table[0] + 1, table[2])
    order = [random.randrange(len(rows[0])) for _ in range(3 * len(rows[0]))]
    shuffled = tuple(column[order] for column in rows)
    for ask in (
        lambda rows: _engine.Model("Gamma-Gamma").log_likelihood(params[:3], rows),
        lambda rows: _engine.Model("Gamma-Gamma").expected_spend(params[:3], rows),
    ):
        np.testing.assert_array_equal(ask(shuffled), ask(rows)[order])


@pytest.mark.parametrize("model", MODELS)
def test_large_tables_agree_with_their_rows_alone(model):
    """Large enough for threads and for the tables over distinct (x, T)."""
    rng = np.random.default_rng(3)
    T = rng.integers(10, 60, 30_000).astype(float)
    x = rng.poisson(1.0, 30_000).astype(float)
    table = (x, np.where(x > 0, np.floor(T * rng.random(30_000)), 0.0), T)
    params, times = [0.2426, 4.4135, 0.7929, 2.4258], [0.0, 4.0, 52.0]
    over = _engine.Model(model).expected_purchases_over(params, times, table)
    alive = _engine.Model(model).probability_alive(params, table)
    ln_l = _engine.Model(model).log_likelihood(params, table)
    for i in rng.integers(0, len(x), 200):
        one = tuple(column[i : i + 1] for column in table)
        row = _engine.Model(model).expected_purchases_over(params, times, one)[0]
        np.testing.assert_allclose(over[i], row, rtol=1e-12)
        assert alive[i] == _engine.Model(model).probability_alive(params, one)[0]
        assert ln_l[i] == _engine.Model(model).log_likelihood(params, one)[0]


@settings(max_examples=60)
@given(
    model_names,
    st.tuples(*[st.floats(-1.0, 1.0).map(lambda power: 10.0**power)] * 4),
    st.floats(0.1, 3.0),
)
def test_masses_sum_to_one_and_their_mean_is_the_expectation(model, params, share):
    t = share * params[1]
    n = np.arange(3000.0)
    masses = _engine.Model(model).purchase_pmf(params, np.array([t]), n)
    assert (masses >= 0).all()
    assert abs(masses.sum() - 1) < 1e-12
    mean = _engine.Model(model).expected_purchases_new_customer(params, np.array([t]))[0]
    assert abs((n * masses).sum() / mean - 1) < 1e-10
