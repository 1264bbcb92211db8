"""The forecast: units, horizons, discounting, counts, and what has no finite mean."""

import math
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tenure
from tenure.exceptions import (
    ColumnError,
    DataError,
    DuplicateCustomerWarning,
    EmptyDataError,
    InfiniteMeanWarning,
    NotFittedError,
    OptionError,
    UnitError,
    UnitWarning,
)
from tenure.horizons import discount_steps, resolve_horizons
from tenure.io.provenance import with_provenance

WEEKS_A_MONTH = 30.4375 / 7


@pytest.fixture(scope="module")
def customers():
    table = tenure.datasets.load_cdnow_summary_data_with_monetary_value()
    return with_provenance(table, period="W")


@pytest.fixture(scope="module")
def buying(customers):
    return tenure.BetaGeoFitter().fit(customers)


@pytest.fixture(scope="module")
def spending(customers):
    return tenure.GammaGammaFitter().fit(customers[customers["frequency"] > 0])


def test_columns_index_and_order(customers, buying, spending):
    shuffled = customers.sample(frac=1, random_state=1)
    table = tenure.forecast(buying, spending, shuffled, horizons=("3M", "26W"))
    assert list(table.columns) == [
        "p_alive",
        "expected_purchases_3m",
        "expected_purchases_26w",
        "expected_spend",
        "clv_3m",
        "clv_26w",
        "clv_score",
        "clv_z",
    ]
    pd.testing.assert_index_equal(table.index, shuffled.index)
    assert np.isfinite(table.to_numpy()).all()
    assert (table.to_numpy()[:, :-1] >= 0).all()


def test_agrees_with_the_models(customers, buying, spending):
    table = tenure.forecast(buying, spending, customers, horizons=("3M", 26))
    history = customers["frequency"], customers["recency"], customers["T"]
    np.testing.assert_allclose(table["p_alive"], buying.conditional_probability_alive(*history))
    np.testing.assert_allclose(
        table["expected_purchases_3m"], buying.predict(3 * WEEKS_A_MONTH, *history), rtol=1e-12
    )
    np.testing.assert_allclose(table["expected_purchases_26w"], buying.predict(26, *history))
    np.testing.assert_allclose(
        table["expected_spend"],
        spending.conditional_expected_average_profit(
            customers["frequency"], customers["monetary_value"]
        ),
    )


def test_value_is_the_sum_over_monthly_steps(customers, buying, spending):
    """5.98 months: five whole ones and a last step discounted from its own end."""
    some = customers.head(50)
    table = tenure.forecast(buying, spending, some, horizons="26W", discount_rate=0.02)
    history = some["frequency"], some["recency"], some["T"]
    total, before = 0.0, 0.0
    for month in (1, 2, 3, 4, 5, 26 / WEEKS_A_MONTH):
        until = buying.predict(month * WEEKS_A_MONTH, *history)
        total = total + (until - before) / 1.02**month
        before = until
    np.testing.assert_allclose(table["clv_26w"], table["expected_spend"] * total, rtol=1e-10)


def test_without_discount_value_is_purchases_times_spend(customers, buying, spending):
    table = tenure.forecast(buying, spending, customers, horizons="6M", discount_rate=0)
    np.testing.assert_allclose(
        table["clv_6m"], table["expected_purchases_6m"] * table["expected_spend"], rtol=1e-10
    )


def test_yearly_rate_is_the_monthly_one_compounded(customers, buying, spending):
    monthly = tenure.forecast(buying, spending, customers, horizons="6M", discount_rate=0.01)
    yearly = tenure.forecast(
        buying,
        spending,
        customers,
        horizons="6M",
        discount_rate=1.01**12 - 1,
        discount_period="Y",
    )
    np.testing.assert_allclose(yearly["clv_6m"], monthly["clv_6m"], rtol=1e-12)


def test_score_and_z(customers, buying, spending):
    table = tenure.forecast(buying, spending, customers)
    value = table["clv_6m"]
    assert (table["clv_score"].min(), table["clv_score"].max()) == (0.0, 1.0)
    assert table["clv_score"].idxmax() == value.idxmax()
    assert table["clv_z"].mean() == pytest.approx(0, abs=1e-9)
    assert table["clv_z"].std(ddof=0) == pytest.approx(1)


def test_one_customer_scores_zero(customers, buying, spending):
    table = tenure.forecast(buying, spending, customers.head(1))
    assert table[["clv_score", "clv_z"]].to_numpy().tolist() == [[0.0, 0.0]]


def test_each_model_gets_its_own_count(customers, buying, spending):
    counted = customers.assign(spend_count=customers["frequency"] + 1.0)
    counted["monetary_value"] = counted["monetary_value"].clip(lower=5.0)
    table = tenure.forecast(buying, spending, counted)
    np.testing.assert_allclose(
        table["expected_spend"],
        spending.conditional_expected_average_profit(
            counted["spend_count"], counted["monetary_value"]
        ),
    )
    np.testing.assert_allclose(
        table["p_alive"], tenure.forecast(buying, None, customers)["p_alive"]
    )


def test_purchases_only(customers, buying):
    table = tenure.forecast(buying, None, customers[["frequency", "recency", "T"]])
    assert list(table.columns) == ["p_alive", "expected_purchases_3m", "expected_purchases_6m"]


def test_converts_the_table_to_the_models_period(customers, buying, spending):
    days = customers.assign(recency=customers["recency"] * 7, T=customers["T"] * 7)
    days = with_provenance(days, period="D")
    pd.testing.assert_frame_equal(
        tenure.forecast(buying, spending, days),
        tenure.forecast(buying, spending, customers),
        rtol=1e-9,
    )


def test_unknown_period(customers, spending):
    bare = customers.copy()
    bare.attrs = {}
    model = tenure.BetaGeoFitter().fit(bare)
    with pytest.raises(UnitError, match="period"):
        tenure.forecast(model, spending, bare)
    table = tenure.forecast(model, spending, bare, horizons=26, discount_rate=0)
    assert "clv_26" in table.columns
    with pytest.raises(UnitError, match="calendar time"):
        tenure.forecast(model, spending, bare, horizons=26)
    pd.testing.assert_frame_equal(
        tenure.forecast(model, spending, bare, period="W"),
        tenure.forecast(model, spending, customers),
    )


def test_period_of_table_is_not_guessed_from_the_model(customers, buying):
    bare = customers.copy()
    bare.attrs = {}
    with pytest.raises(UnitError, match="period='W'"):
        tenure.forecast(buying, None, bare)
    with pytest.raises(UnitError, match="knows its own"):
        tenure.forecast(buying, None, customers, period="D")


@pytest.mark.parametrize("horizons", [(12, 24), 24, (4.0,)])
def test_weeks_that_stand_for_months_are_asked_about(customers, buying, horizons):
    with pytest.warns(UnitWarning, match="months, not"):
        tenure.forecast(buying, None, customers, horizons=horizons)


@pytest.mark.parametrize("horizons", [("12W", "24W"), ("3M",), 26, 30, (13, 52.5)])
def test_no_word_where_the_unit_is_clear(customers, buying, horizons):
    tenure.forecast(buying, None, customers, horizons=horizons)


def test_scripts_convention_asks_about_written_weeks_too(customers, buying):
    with pytest.warns(UnitWarning, match=r"12w is 2\.76 months, not 3; 24w is 5\.52 months, not 6"):
        tenure.forecast(
            buying, None, with_provenance(customers, convention="total"), horizons=("12W", "24W")
        )


@pytest.fixture(scope="module")
def unbounded():
    """Gamma-Gamma without a finite population mean."""
    model = tenure.GammaGammaFitter()
    model.params_ = {"p": 4.0, "q": 0.5, "v": 4.0}
    return model


def test_no_finite_mean_by_default_takes_the_average_and_says_so(customers, buying, unbounded):
    without = customers["frequency"] == 0
    with pytest.warns(InfiniteMeanWarning, match=f"{int(without.sum()):,} of 2,357"):
        table = tenure.forecast(buying, unbounded, customers)
    count, money = customers["frequency"], customers["monetary_value"]
    average = (count * money).sum() / count.sum()
    np.testing.assert_allclose(table.loc[without, "expected_spend"], average)
    assert np.isfinite(table.to_numpy()).all()


def test_no_finite_mean_missing(customers, buying, unbounded):
    without = customers["frequency"] == 0
    with pytest.warns(InfiniteMeanWarning, match="missing"):
        table = tenure.forecast(buying, unbounded, customers, no_mean="missing")
    for column in ("expected_spend", "clv_3m", "clv_6m", "clv_score", "clv_z"):
        np.testing.assert_array_equal(table[column].isna(), without)
    with pytest.warns(InfiniteMeanWarning):
        nobody = tenure.forecast(buying, unbounded, customers[without], no_mean="missing")
    assert nobody["clv_score"].isna().all()


def test_no_finite_mean_raise(customers, buying, unbounded):
    with pytest.raises(DataError, match="no finite mean") as caught:
        tenure.forecast(buying, unbounded, customers, no_mean="raise")
    assert caught.value.rows


def test_nobody_has_spent_anything(customers, buying, unbounded):
    nobody = customers[customers["frequency"] == 0]
    with pytest.raises(DataError, match="no spend to average"):
        tenure.forecast(buying, unbounded, nobody)


@pytest.mark.parametrize(
    ("change", "error", "match"),
    [
        ({"frequency": -1.0}, DataError, "frequency"),
        ({"frequency": 1.5}, DataError, "frequency"),
        ({"recency": np.nan}, DataError, "recency"),
        ({"recency": 1e6}, DataError, "larger than T"),
        ({"T": np.inf}, DataError, "T"),
        ({"monetary_value": -3.0}, DataError, "monetary_value"),
    ],
)
def test_bad_values_name_the_column(customers, buying, spending, change, error, match):
    bad = customers.astype(float)
    for column, value in change.items():
        bad.iloc[3, bad.columns.get_loc(column)] = value
    with pytest.raises(error, match=match):
        tenure.forecast(buying, spending, bad)


def test_bad_arguments(customers, buying, spending):
    with pytest.raises(EmptyDataError):
        tenure.forecast(buying, spending, customers.head(0))
    with pytest.raises(ColumnError, match="recency"):
        tenure.forecast(buying, spending, customers.drop(columns="recency"))
    with pytest.raises((NotFittedError, AttributeError, ValueError), match="fit"):
        tenure.forecast(tenure.BetaGeoFitter(), spending, customers)
    with pytest.raises(OptionError, match="purchase_model"):
        tenure.forecast("bg", spending, customers)
    for options in (
        {"horizons": ()},
        {"horizons": ("3M", "3m")},
        {"horizons": "soon"},
        {"horizons": 0},
        {"horizons": math.inf},
        {"discount_rate": -1},
        {"discount_rate": math.nan},
        {"discount_period": "fortnight"},
        {"no_mean": "zero"},
        {"period": "fortnight"},
    ):
        with pytest.raises((OptionError, UnitError)):
            tenure.forecast(buying, spending, customers, **options)


def test_does_not_change_its_argument(customers, buying, spending):
    before = customers.copy(deep=True)
    tenure.forecast(buying, spending, customers)
    pd.testing.assert_frame_equal(customers, before)
    assert customers.attrs == before.attrs


def test_gives_back_the_kind_of_table_that_came(customers, buying, spending):
    expected = tenure.forecast(buying, spending, customers)
    bare = customers.reset_index()
    named = bare.columns[0]

    polars = pl.from_pandas(bare)
    for frame in (polars, polars.lazy()):
        found = tenure.forecast(buying, spending, frame, period="W", customer=named)
        assert isinstance(found, pl.DataFrame)
        assert found.columns == [named, *expected.columns]
        assert found[named].to_list() == expected.index.tolist()
        np.testing.assert_allclose(found.drop(named), expected)
    nameless = tenure.forecast(buying, spending, polars, period="W")
    assert nameless.columns == list(expected.columns)
    with pytest.raises(UnitError, match=r"Say it with period='W'"):
        tenure.forecast(buying, spending, polars)
    with pytest.raises(ColumnError, match="customer='who': the table has no such column"):
        tenure.forecast(buying, spending, polars, period="W", customer="who")

    arrow = pa.Table.from_pandas(bare, preserve_index=False)
    found = tenure.forecast(buying, spending, arrow, period="W", customer=named)
    assert isinstance(found, pa.Table)
    assert tenure.provenance(found)["horizon_period"] == "W"
    assert found.column_names == [named, *expected.columns]

    found = tenure.forecast(buying, spending, bare, period="W", customer=named)
    pd.testing.assert_frame_equal(found, expected)
    indexed = tenure.forecast(buying, spending, customers, customer=named)
    pd.testing.assert_frame_equal(indexed, expected)


def test_from_purchases_to_forecast_in_one_kind():
    log = tenure.datasets.load_cdnow_transactions()
    roles = {"customer": "customer_id", "date": "date", "amount": "dollar_value", "period": "W"}

    def forecast(log, **options):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", tenure.exceptions.DataWarning)
            summary = tenure.summarize(log, **roles)
        model = tenure.BetaGeoFitter().fit(summary)
        return model, tenure.forecast(model, None, summary, horizons="3M", **options)

    model, expected = forecast(log)
    of_arrow, found = forecast(pa.Table.from_pandas(log, preserve_index=False))
    assert of_arrow.period_ == "W"
    assert isinstance(found, pa.Table)
    assert found["customer_id"].to_pylist() == expected.index.tolist()
    np.testing.assert_array_equal(found["p_alive"], expected["p_alive"])
    # Polars remembers no period: it has to be said again.
    of_polars, found = forecast(pl.from_pandas(log), period="W", customer="customer_id")
    assert of_polars.params_.tolist() == model.params_.tolist()
    assert found["customer_id"].to_list() == expected.index.tolist()
    np.testing.assert_array_equal(found["expected_purchases_3m"], expected["expected_purchases_3m"])


@given(
    months=st.floats(0.01, 60),
    rate=st.floats(0, 0.5),
    period=st.sampled_from(["D", "W", "M"]),
)
def test_steps_end_at_the_horizon(months, rate, period):
    horizon = resolve_horizons(f"{months:.4f}M", period)[0]
    times, discounts = discount_steps(horizon, period, rate, "M")
    assert times[-1] == pytest.approx(horizon.value)
    assert len(times) == max(1, math.ceil(round(horizon.months, 9)))
    assert all(np.diff(times) > 0)
    assert discounts[-1] == pytest.approx((1 + rate) ** -horizon.months)
    assert all(0 < discount <= 1 for discount in discounts)


@settings(deadline=None)
@given(
    frequency=st.integers(0, 400),
    share=st.floats(0, 1),
    age=st.floats(0, 3000),
    money=st.floats(0.01, 1e7),
    horizon=st.floats(0.01, 1000),
)
def test_finite_everywhere(buying, spending, frequency, share, age, money, horizon):
    table = pd.DataFrame(
        {
            "frequency": [frequency],
            "recency": [age * share if frequency else 0.0],
            "T": [age],
            "monetary_value": [money if frequency else 0.0],
        }
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnitWarning)
        result = tenure.forecast(buying, spending, table, horizons=horizon, period="W")
    values = result.drop(columns="clv_z").to_numpy()
    assert np.isfinite(result.to_numpy()).all()
    assert (values >= 0).all()
    assert 0 <= result["p_alive"].iloc[0] <= 1


@pytest.mark.parametrize("money", [1e300, 1e308])
def test_amounts_near_the_largest_number(customers, buying, spending, money):
    """Scores do not depend on the unit of money; a value beyond all numbers is refused."""
    table = customers.head(3).assign(frequency=9.0, recency=30.0, T=[31.0, 35.0, 38.0])
    table = with_provenance(table.assign(monetary_value=[30.0, 20.0, 10.0]), period="W")
    # A spend model without a prior to speak of, so that spend is in proportion to the amounts.
    model = tenure.GammaGammaFitter().fit(customers)
    model.params_ = model.params_.replace({model.params_["v"]: 1e-9})
    large = table.assign(monetary_value=table["monetary_value"] * (money / 30.0))
    large.attrs = table.attrs
    if money == 1e308:
        with pytest.raises(DataError, match=r"'clv_100y' has no finite value"):
            tenure.forecast(buying, model, large, horizons="100Y", discount_rate=0.0)
        return
    found = tenure.forecast(buying, model, large, horizons="6M")
    expected = tenure.forecast(buying, model, table, horizons="6M")
    for score in ("clv_z", "clv_score"):
        np.testing.assert_allclose(found[score], expected[score], rtol=1e-6)


def test_horizons_have_an_end(customers, buying, spending):
    """Value is summed month by month: an endless horizon would be an endless sum."""
    with pytest.raises(OptionError, match="100 years at most"):
        tenure.forecast(buying, spending, customers, horizons=1e9)
    with pytest.raises(OptionError, match="horizons=None"):
        tenure.forecast(buying, spending, customers, horizons=None)
    with pytest.raises(OptionError, match="discount_rate is '1%'"):
        tenure.forecast(buying, spending, customers, discount_rate="1%")
    table = tenure.forecast(buying, spending, customers, horizons="100Y")
    assert np.isfinite(table["clv_100y"]).all()


def test_customers_in_several_rows_are_counted(customers, buying, spending):
    twice = pd.concat([customers, customers.head(2)])
    with pytest.warns(DuplicateCustomerWarning, match="2 rows repeat a customer's id") as caught:
        table = tenure.forecast(buying, spending, twice)
    assert "First repeated ids: 1, 2" in caught[0].message.details
    assert len(table) == len(twice)
