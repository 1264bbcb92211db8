"""Spend and lifetime value."""

import numpy as np
import pandas as pd
import pytest

from tenure import BetaGeoFitter, GammaGammaFitter, ModifiedBetaGeoFitter
from tenure.exceptions import (
    DataError,
    EmptyDataError,
    InfiniteMeanWarning,
    OptionError,
    UnitError,
    UnitWarning,
)
from tenure.io.provenance import with_provenance

SPEND = {"p": 6.25, "q": 3.744, "v": 15.443}
BUYING = {"r": 0.2426, "alpha": 4.4135, "a": 0.7929, "b": 2.4258}


@pytest.fixture(scope="module")
def customers(plain_customers):
    return plain_customers


def model_of(factory, params):
    model = factory()
    model.params_ = params
    return model


@pytest.fixture
def spend():
    return model_of(GammaGammaFitter, SPEND)


@pytest.fixture
def buying():
    return model_of(BetaGeoFitter, BUYING)


def history(customers):
    return customers.frequency, customers.recency, customers["T"], customers.monetary_value


class OnlyPredict:
    """A model of which nothing but ``predict`` is known."""

    def __init__(self, model):
        self.model = model
        self.horizons = []

    def predict(self, t, frequency, recency, T):
        self.horizons.append(t)
        return self.model.predict(t, frequency, recency, T)


def test_fit_of_a_table_leaves_out_customers_without_purchases(customers):
    buyers = customers[customers.frequency > 0]
    expected = GammaGammaFitter().fit(buyers.frequency, buyers.monetary_value)
    model = GammaGammaFitter().fit(customers)
    assert model.params_.equals(expected.params_)
    pd.testing.assert_index_equal(model.data.index, buyers.index)
    assert model.fit_report_.dropped == len(customers) - len(buyers)
    assert "left out" in repr(model.fit_report_)


def test_fit_of_a_table_prefers_the_spend_count(customers):
    buyers = customers[customers.frequency > 0]
    counted = buyers.assign(spend_count=buyers.frequency + 1)
    expected = GammaGammaFitter().fit(buyers.frequency + 1, buyers.monetary_value)
    model = GammaGammaFitter().fit(counted)
    assert model.params_.equals(expected.params_)
    found = model.conditional_expected_average_profit(counted)
    wanted = model.conditional_expected_average_profit(buyers.frequency + 1, buyers.monetary_value)
    pd.testing.assert_series_equal(found, wanted, check_names=False)


def test_vectors_with_customers_without_purchases_are_refused(customers):
    with pytest.raises(DataError, match="non-positive"):
        GammaGammaFitter().fit(customers.frequency, customers.monetary_value)
    with pytest.raises(DataError, match="zero values in the frequency"):
        GammaGammaFitter().fit([0, 1], [10.0, 20.0])
    nobody = pd.DataFrame({"frequency": [0, 0], "monetary_value": [0.0, 0.0]})
    with pytest.raises(EmptyDataError, match="None of the customers"):
        GammaGammaFitter().fit(nobody)


def test_fit_takes_lists(customers):
    buyers = customers[customers.frequency > 0]
    lists = GammaGammaFitter().fit(buyers.frequency.tolist(), buyers.monetary_value.tolist())
    assert lists.params_.equals(GammaGammaFitter().fit(customers).params_)
    assert lists.data.dtypes.tolist() == [np.float64, np.float64, np.int64]


def test_money_scales(customers):
    in_dollars = GammaGammaFitter().fit(customers)
    in_cents = GammaGammaFitter().fit(
        customers.assign(monetary_value=customers.monetary_value * 100)
    )
    expected = in_dollars.params_ * [1, 1, 100]
    pd.testing.assert_series_equal(in_cents.params_, expected, rtol=1e-5)


def test_fitted_data_by_default(customers):
    model = GammaGammaFitter().fit(customers)
    buyers = customers[customers.frequency > 0]
    expected = model.conditional_expected_average_profit(buyers.frequency, buyers.monetary_value)
    found = model.conditional_expected_average_profit()
    pd.testing.assert_series_equal(found, expected, check_names=False)


def test_q_constraint(customers):
    with pytest.warns(InfiniteMeanWarning, match=r"q = 0.96"):
        free = GammaGammaFitter(penalizer_coef=0.01).fit(customers)
    assert free.params_["q"] < 1
    bound = GammaGammaFitter(penalizer_coef=0.01).fit(customers, q_constraint=True)
    assert bound.params_["q"] == pytest.approx(1.05)
    assert "q" in bound.fit_report_.at_boundary
    # Customers without a purchase get the population's mean, p·v/(q − 1).
    mean = 20 * bound.params_["p"] * bound.params_["v"]
    assert bound.conditional_expected_average_profit(0, 0.0) == pytest.approx(mean, rel=1e-9)
    unpenalised = GammaGammaFitter().fit(customers, q_constraint=True)
    assert unpenalised.params_["q"] == pytest.approx(3.744, rel=1e-3)


def test_no_finite_mean_is_said():
    model = model_of(GammaGammaFitter, {"p": 0.3, "q": 0.5, "v": 4.0})
    with pytest.warns(InfiniteMeanWarning, match="2 of 3 customers have no finite"):
        found = model.conditional_expected_average_profit([0, 1, 2], [0.0, 20.0, 30.0])
    np.testing.assert_array_equal(np.isnan(found), [True, True, False])
    assert found[2] == pytest.approx(0.3 * (4.0 + 60.0) / (0.6 + 0.5 - 1))


# -- lifetime value ----------------------------------------------------------------------------


@pytest.mark.parametrize("factory", [BetaGeoFitter, ModifiedBetaGeoFitter])
@pytest.mark.parametrize("freq", ["D", "W", "M", "H"])
def test_own_models_and_models_known_by_predict_only_agree(factory, freq, spend, customers):
    model = model_of(factory, BUYING)
    plain = OnlyPredict(model)
    arguments = {"time": 3, "discount_rate": 0.02, "freq": freq}
    fast = spend.customer_lifetime_value(model, *history(customers), **arguments)
    slow = spend.customer_lifetime_value(plain, *history(customers), **arguments)
    pd.testing.assert_series_equal(fast, slow, rtol=1e-9)
    factor = {"D": 30, "W": 4.345, "M": 1, "H": 720}[freq]
    assert plain.horizons == pytest.approx([0, factor, 2 * factor, 3 * factor])


def test_index_and_its_name_come_back(buying, spend, customers):
    named = customers.rename(index=lambda i: f"c{i}").rename_axis("who")
    value = spend.customer_lifetime_value(buying, *history(named), freq="W")
    pd.testing.assert_index_equal(value.index, named.index)
    assert value.name == "clv"
    assert value.round(2).reset_index().columns.tolist() == ["who", "clv"]


def test_arrays_are_accepted(buying, spend, customers):
    arrays = [column.to_numpy() for column in history(customers)]
    value = spend.customer_lifetime_value(buying, *arrays, freq="W")
    assert isinstance(value.index, pd.RangeIndex)
    expected = spend.customer_lifetime_value(buying, *history(customers), freq="W")
    np.testing.assert_array_equal(value, expected)
    other = spend.customer_lifetime_value(OnlyPredict(buying), *arrays, freq="W")
    np.testing.assert_allclose(other, expected, rtol=1e-9)


def test_a_table_gives_each_model_its_own_count(buying, spend, customers):
    table = customers.assign(spend_count=customers.frequency + 1)
    found = spend.customer_lifetime_value(buying, table, time=6, freq="W")
    money = spend.conditional_expected_average_profit(table.spend_count, table.monetary_value)
    unit = spend.customer_lifetime_value(buying, customers, time=6, freq="W")
    repeat = spend.conditional_expected_average_profit(customers)
    pd.testing.assert_series_equal(found, unit / repeat * money, check_names=False, rtol=1e-10)


def test_months_without_discount_add_up(buying, spend, customers):
    value = spend.customer_lifetime_value(
        buying, *history(customers), time=12, discount_rate=0.0, freq="W"
    )
    purchases = buying.predict(12 * 4.345, *history(customers)[:3])
    money = spend.conditional_expected_average_profit(customers)
    pd.testing.assert_series_equal(value, purchases * money, check_names=False, rtol=1e-9)


def test_time_zero_and_fractions(buying, spend, customers):
    none = spend.customer_lifetime_value(buying, *history(customers), time=0, freq="W")
    assert (none == 0).all()
    half = spend.customer_lifetime_value(buying, *history(customers), time=1.5, freq="W")
    two = spend.customer_lifetime_value(buying, *history(customers), time=2, freq="W")
    pd.testing.assert_series_equal(half, two)
    nothing = spend.customer_lifetime_value(
        OnlyPredict(buying), *history(customers), time=0, freq="W"
    )
    assert (nothing == 0).all()


@pytest.mark.parametrize("freq", ["h", "Q", "d", "weekly"])
def test_other_units_are_key_errors(buying, spend, customers, freq):
    with pytest.raises(KeyError):
        spend.customer_lifetime_value(buying, *history(customers), freq=freq)


@pytest.mark.parametrize("option", [{"time": -1}, {"time": np.nan}, {"discount_rate": -1.0}])
def test_impossible_options(buying, spend, customers, option):
    with pytest.raises(OptionError, match=next(iter(option))):
        spend.customer_lifetime_value(buying, *history(customers), freq="W", **option)


def test_missing_vectors(buying, spend, customers):
    with pytest.raises(TypeError, match="monetary_value"):
        spend.customer_lifetime_value(buying, *history(customers)[:3])


# -- units -------------------------------------------------------------------------------------


def test_models_remember_the_period(customers):
    weekly = with_provenance(customers, period="W")
    for model in (BetaGeoFitter().fit(weekly), GammaGammaFitter().fit(weekly)):
        assert model.period_ == "W"
    columns = [weekly[name] for name in ("frequency", "recency", "T")]
    model = BetaGeoFitter().fit(*columns)
    assert model.period_ == "W"
    assert BetaGeoFitter().fit(customers).period_ is None


def test_other_periods_are_refused(spend, customers):
    weekly, daily = (with_provenance(customers, period=period) for period in ("W", "D"))
    model = BetaGeoFitter().fit(weekly)
    for call in (
        lambda: model.predict(12, daily),
        lambda: model.predict(12, daily.frequency, daily.recency, daily["T"]),
        lambda: model.conditional_probability_alive(daily),
        lambda: spend.customer_lifetime_value(model, daily, freq="W"),
        lambda: BetaGeoFitter().fit(weekly.frequency, daily.recency, daily["T"]),
    ):
        with pytest.raises(UnitError, match="period"):
            call()
    assert np.isfinite(model.predict(12, customers)).all()


def test_freq_must_not_contradict_the_model(spend, customers):
    weekly = with_provenance(customers, period="W")
    model = BetaGeoFitter().fit(weekly)
    with pytest.warns(UnitWarning, match="Pass freq='W'"):
        corrected = spend.customer_lifetime_value(model, weekly)
    known = spend.customer_lifetime_value(model, weekly, freq="W")
    plain = spend.customer_lifetime_value(model, customers, freq="W")
    pd.testing.assert_series_equal(known, plain)
    pd.testing.assert_series_equal(known, corrected)


def test_freq_must_not_contradict_the_customers(buying, spend, customers):
    weekly = with_provenance(customers, period="W")
    with pytest.warns(UnitWarning, match="period 'W'"):
        corrected = spend.customer_lifetime_value(buying, weekly, freq="D")
    pd.testing.assert_series_equal(
        corrected, spend.customer_lifetime_value(buying, weekly, freq="W")
    )


def test_a_unit_without_lifetimes_constant_is_refused(buying, spend, customers):
    yearly = with_provenance(customers, period="Y")
    with pytest.raises(UnitError, match="period 'Y'"):
        spend.customer_lifetime_value(buying, yearly, freq="D")


@pytest.mark.parametrize("options", [{"time": 1e5}, {"time": "12"}, {"discount_rate": "1%"}])
def test_value_refuses_what_is_no_horizon_or_rate(buying, spend, customers, options):
    with pytest.raises(OptionError, match=next(iter(options))):
        spend.customer_lifetime_value(buying, customers, freq="W", **options)


@pytest.mark.parametrize("penalty", ["a", None])
def test_a_penalty_is_a_number(customers, penalty):
    with pytest.raises(OptionError, match="penalizer_coef"):
        BetaGeoFitter(penalizer_coef=penalty).fit(customers)


def test_value_over_many_customers_and_months_is_that_of_each_by_itself():
    """More customers than are answered in one go, at day grain and off any grid, 60 months."""
    rng = np.random.default_rng(11)
    size, alike = 600_000, 70_000
    age = np.where(rng.uniform(size=alike) < 0.5, rng.integers(1, 421, alike) / 7.0, 0.0)
    age = np.resize(np.where(age > 0, age, rng.uniform(0.0, 60.0, alike)), size)
    frequency = np.resize(rng.poisson(rng.gamma(0.3, 0.3, alike) * age[:alike]), size).astype(float)
    recency = np.where(frequency > 0, age * 0.6, 0.0)
    money = np.where(frequency > 0, 20.0 + frequency, 0.0)
    buying, spending = BetaGeoFitter(), GammaGammaFitter()
    buying.params_ = {"r": 0.24, "alpha": 4.41, "a": 0.79, "b": 2.43}
    spending.params_ = {"p": 6.25, "q": 3.74, "v": 15.44}
    history = (frequency, recency, age)
    found = spending.customer_lifetime_value(buying, *history, money, time=60, freq="W").to_numpy()
    assert np.allclose(found[alike : 2 * alike], found[:alike], rtol=1e-13, atol=0.0)
    some = rng.choice(size, 300, replace=False)
    few = [column[some] for column in history]
    expected, before = np.zeros(300), np.zeros(300)
    for month in range(1, 61):
        # One horizon a customer is computed customer by customer.
        until = buying.predict(np.full(300, month * 4.345), *few)
        expected += (until - before) * 1.01**-month
        before = until
    expected *= spending.conditional_expected_average_profit(few[0], money[some])
    assert np.allclose(found[some], expected, rtol=1e-12, atol=0.0)


def test_a_value_beyond_all_numbers_is_an_error():
    spend = GammaGammaFitter()
    spend.params_ = {"p": 6.0, "q": 4.0, "v": 15.0}
    buying = BetaGeoFitter()
    buying.params_ = {"r": 0.24, "alpha": 4.41, "a": 0.79, "b": 2.43}
    history = np.array([3.0, 2.0]), np.array([5.0, 5.0]), np.array([10.0, 9.0])
    money = np.array([20.0, 1e308])
    with pytest.raises(DataError, match="more than any number for 1 customers") as caught:
        spend.customer_lifetime_value(buying, *history, money)
    assert caught.value.rows == [1]
    with pytest.raises(OptionError, match=r"discount_rate=-0\.999999: .* 1,200 months"):
        spend.customer_lifetime_value(
            buying, *history, np.array([20.0, 30.0]), discount_rate=-0.999999, time=1200
        )
