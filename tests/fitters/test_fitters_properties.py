"""Random vectors, sensible and not: a typed error or finite numbers, never a panic, NaN or hang."""

import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tenure import BetaGeoFitter, GammaGammaFitter, ModifiedBetaGeoFitter
from tenure.exceptions import InfiniteMeanWarning, TenureError, TenureWarning

PURCHASE_MODELS = [BetaGeoFitter, ModifiedBetaGeoFitter]
SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
QUICK = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])

wild = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.integers(-3, 10**6).map(float),
    st.sampled_from([0.0, -0.0, 1e-300, 1e300, 0.5, 1.0]),
)
positive = st.floats(-12.0, 12.0).map(lambda power: 10.0**power)
penalty = st.sampled_from([0.0, 0.001, 0.1, 10.0])


@st.composite
def histories(draw):
    """Histories that can be, over many orders of magnitude."""
    size = draw(st.integers(1, 12))
    scale = 10.0 ** draw(st.floats(-6.0, 6.0))
    ages = draw(st.lists(st.floats(0.0, 1.0), min_size=size, max_size=size))
    shares = draw(st.lists(st.floats(0.0, 1.0), min_size=size, max_size=size))
    counts = draw(
        st.lists(st.integers(0, 10 ** draw(st.integers(0, 4))), min_size=size, max_size=size)
    )
    age = np.array(ages) * scale
    x = np.array(counts, dtype=float)
    recency = np.where(x > 0, np.minimum(np.array(shares) * age, age), 0.0)
    return x, recency, age


def quiet(call):
    """Call it; typed errors end the example, warnings of ours are fine."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        try:
            return call()
        except TenureError as error:
            if len(str(error)) < 20:
                raise
            return None


def check_fit(model, data):
    assert np.isfinite(model.params_).all()
    assert (model.params_ > 0).all()
    assert np.isfinite(model._negative_log_likelihood_)
    known = [name for name in model.params_.index if name not in model.fit_report_.not_identified]
    assert np.isfinite(model.standard_errors_[known]).all()
    assert repr(model.fit_report_)
    assert model.summary.shape == (len(model.params_), 4)
    assert len(model.data) == data


@pytest.mark.parametrize("factory", PURCHASE_MODELS)
@SLOW
@given(vectors=histories(), coefficient=penalty, t=st.floats(0.0, 5.0))
def test_fit_and_predict(factory, vectors, coefficient, t):
    x, recency, age = vectors
    model = quiet(lambda: factory(penalizer_coef=coefficient).fit(x, recency, age))
    assume(model is not None)
    check_fit(model, len(x))
    alive = model.conditional_probability_alive(x, recency, age)
    assert ((alive >= 0) & (alive <= 1)).all()
    expected = model.predict(t * age.max(), x, recency, age)
    assert np.isfinite(expected).all()
    assert (expected >= 0).all()
    assert (model.predict(0.0, x, recency, age) == 0).all()


@pytest.mark.parametrize("factory", PURCHASE_MODELS)
@QUICK
@given(
    vectors=st.lists(st.tuples(wild, wild, wild), max_size=6),
    weights=st.one_of(st.none(), st.lists(wild, min_size=6, max_size=6)),
)
def test_wild_vectors_into_fit(factory, vectors, weights):
    columns = [np.array(column) for column in zip(*vectors, strict=True)] or [np.array([])] * 3
    weights = None if weights is None else weights[: len(vectors)]
    model = quiet(lambda: factory().fit(*columns, weights=weights))
    if model is not None:
        check_fit(model, len(vectors))


@pytest.mark.slow
@pytest.mark.parametrize("factory", PURCHASE_MODELS)
@QUICK
@given(params=st.tuples(positive, positive, positive, positive), vectors=histories(), t=wild)
def test_any_parameters_predict(factory, params, vectors, t):
    model = factory()
    model.params_ = dict(zip(["r", "alpha", "a", "b"], params, strict=True))
    alive = model.conditional_probability_alive(*vectors)
    assert ((alive >= 0) & (alive <= 1)).all()
    for call in (
        lambda: model.predict(t, *vectors),
        lambda: model.expected_number_of_purchases_up_to_time(t),
        lambda: model.probability_of_n_purchases_up_to_time(t, np.arange(4)),
    ):
        found = quiet(call)
        assert found is None or (np.isfinite(found).all() and (np.asarray(found) >= 0).all())


@QUICK
@given(
    params=st.tuples(positive, positive, positive),
    rows=st.lists(st.tuples(wild, wild), min_size=1, max_size=6),
)
def test_any_spend(params, rows):
    model = GammaGammaFitter()
    model.params_ = dict(zip(["p", "q", "v"], params, strict=True))
    x, money = (np.array(column) for column in zip(*rows, strict=True))
    x = np.trunc(x)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            found = model.conditional_expected_average_profit(x, money)
        except TenureError:
            return
    missing = np.isnan(found)
    with np.errstate(over="ignore"):
        assert (missing == (params[0] * x <= 1 - params[1])).all()
    assert missing.any() == any(w.category is InfiniteMeanWarning for w in caught)
    assert np.isfinite(found[~missing]).all()
    assert (found[~missing] >= 0).all()


@SLOW
@given(
    rows=st.lists(st.tuples(st.integers(1, 1000), positive), min_size=1, max_size=12),
    coefficient=penalty,
)
def test_spend_fit(rows, coefficient):
    x, money = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    model = quiet(lambda: GammaGammaFitter(penalizer_coef=coefficient).fit(x, money))
    if model is not None:
        check_fit(model, len(rows))


@QUICK
@given(rows=st.lists(st.tuples(wild, wild), max_size=6))
def test_wild_spend_into_fit(rows):
    columns = [np.array(column) for column in zip(*rows, strict=True)] or [np.array([])] * 2
    model = quiet(lambda: GammaGammaFitter().fit(*columns))
    if model is not None:
        check_fit(model, len(rows))


@pytest.mark.slow
@pytest.mark.parametrize("factory", PURCHASE_MODELS)
@SLOW
@given(vectors=histories(), power=st.integers(-60, 60))
def test_a_unit_of_time_that_rounds_nothing_changes_no_digit(factory, vectors, power):
    """Holds of every fit, also of those that end on a slope without a maximum."""
    x, recency, age = vectors
    assume(age.max() > 0)
    assume(all(((times == 0) | (times > 1e-200)).all() for times in (recency, age)))
    factor = 2.0**power
    first = quiet(lambda: factory(penalizer_coef=0.01).fit(x, recency, age))
    other = quiet(lambda: factory(penalizer_coef=0.01).fit(x, recency * factor, age * factor))
    if first is None or other is None:
        assert first is other
        return
    assert other._negative_log_likelihood_ == first._negative_log_likelihood_
    np.testing.assert_array_equal(other.params_, first.params_ * [1, factor, 1, 1])


@pytest.mark.slow
@SLOW
@given(vectors=histories(), factor=positive)
def test_the_unit_of_time_does_not_matter(vectors, factor):
    """Rounding decides where a fit ends that has no maximum to end at; all others agree."""
    x, recency, age = vectors
    assume(age.max() * factor < 1e100)
    first = quiet(lambda: BetaGeoFitter(penalizer_coef=0.01).fit(x, recency, age))
    other = quiet(lambda: BetaGeoFitter(penalizer_coef=0.01).fit(x, recency * factor, age * factor))
    assume(first is not None and other is not None)
    assume(first.fit_report_.converged and other.fit_report_.converged)
    assert other._negative_log_likelihood_ == pytest.approx(
        first._negative_log_likelihood_, rel=1e-6, abs=1e-7
    )


@QUICK
@given(vectors=histories(), seed=st.integers(0, 1000))
def test_the_order_of_customers_does_not_matter(vectors, seed):
    order = np.random.default_rng(seed).permutation(len(vectors[0]))
    model = BetaGeoFitter()
    model.params_ = {"r": 0.24, "alpha": 4.41, "a": 0.79, "b": 2.43}
    found = model.predict(10, *(column[order] for column in vectors))
    np.testing.assert_array_equal(found, model.predict(10, *vectors)[order])
