"""Simulated customers: lifetimes' columns, types and distributions, and the models' own.

The means of lifetimes' samples come from the real one: tests/reference/generate_utils.py wrote
them. Bounds are z-scores; with the seeds fixed and a few hundred compared, 4.5 standard errors
leave chance no part in a failure.
"""

import json
import re
from math import comb, lgamma

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

import tenure
from tenure import _engine, generate_data
from tenure.datasets import load_cdnow_summary
from tenure.exceptions import DateError, OptionError
from tenure.generate_data import (
    GENERATORS,
    beta_geometric_beta_binom_model,
    beta_geometric_nbd_model,
    beta_geometric_nbd_model_transactional_data,
    modified_beta_geometric_nbd_model,
    pareto_nbd_model,
)
from tenure.utils import summary_data_from_transaction_data

REFERENCE = json.loads((ROOT / "tests" / "reference" / "utils_lifetimes.json").read_text())[
    "generators"
]
BOUND = 4.5
PARAMS = {
    "BG/NBD": (0.2426, 4.4135, 0.7929, 2.4258),
    "MBG/NBD": (0.5247, 6.1826, 0.8913, 1.6141),
    "Pareto/NBD": (0.5534, 10.578, 0.6061, 11.669),
    "BG/BB": (1.204, 0.75, 0.657, 2.783),
}


def by_case(case):
    return f"{case['name']} {case['arguments'][0]}"


def moments(name, table):
    """Return the sample behind the stored means, exactly as generate_utils.py makes it."""
    if name.endswith("transactional_data"):
        days = (pd.Timestamp("2019-01-01") - table["date"]) / pd.Timedelta(1, "D")
        groups = days.groupby(table["customer_id"].astype(int))
        sample = pd.DataFrame({"purchases": groups.size(), "last": groups.min()})
        sample["first"] = groups.max()
    else:
        sample = table.drop(columns="customer_id", errors="ignore").copy()
        sample["never"] = sample["frequency"] == 0
        sample["twice"] = sample["frequency"] == 2
        sample["product"] = sample["frequency"] * sample["recency"]
        sample["alive_product"] = sample["alive"] * sample["recency"]
        sample["log_frequency"] = np.log1p(sample["frequency"])
    return sample.astype(float)


@pytest.mark.parametrize("case", REFERENCE, ids=by_case)
def test_the_distributions_are_those_of_lifetimes(case, in_place_of_lifetimes):
    table = getattr(generate_data, case["name"])(*case["arguments"], size=100_000, seed=11)
    sample = moments(case["name"], table)
    assert len(sample) == 100_000
    assert set(sample) == set(case["means"])
    for name, mean in case["means"].items():
        error = np.hypot(sample[name].std(ddof=1) / np.sqrt(len(sample)), case["errors"][name])
        assert abs(sample[name].mean() - mean) <= BOUND * error + 1e-12 * abs(mean), name


@pytest.mark.parametrize("case", REFERENCE, ids=by_case)
def test_the_tables_have_lifetimes_types(case):
    table = getattr(generate_data, case["name"])(*case["arguments"], size=3)
    assert list(table.columns) == case["columns"]
    assert [str(dtype) for dtype in table.dtypes] == case["dtypes"]
    assert table.index.name == case["index_name"]
    assert str(table.index.dtype) == case["index_dtype"]
    assert [float(label) for label in table.index[:3]] == case["index"]


def simulated(model, T, params, size=100_000, seed=5):
    return GENERATORS[model](T, *params, size=size, seed=seed)


def assert_close(realised, expected):
    """Compare a sample with what is expected of each, in standard errors of the difference."""
    error = realised - expected
    assert abs(error.mean()) <= BOUND * error.std(ddof=1) / np.sqrt(len(error))


@pytest.mark.parametrize("model", ["BG/NBD", "MBG/NBD"])
def test_counts_follow_the_models_pmf(model):
    params = PARAMS[model]
    frequency = simulated(model, 39.0, params)["frequency"].to_numpy()
    n = np.arange(12.0)
    pmf = _engine.Model(model).purchase_pmf(params, np.full(len(n), 39.0), n)
    for count, chance in zip(n, pmf, strict=True):
        assert_close((frequency == count).astype(float), chance)
    mean = _engine.Model(model).expected_purchases_new_customer(params, np.array([39.0]))[0]
    assert_close(frequency, mean)


@pytest.mark.parametrize("model", ["BG/NBD", "MBG/NBD"])
def test_who_is_alive_follows_the_models_probabilities(model):
    params = PARAMS[model]
    T = np.linspace(10, 60, 100_000)
    table = simulated(model, T, params)
    columns = [table[name].to_numpy() for name in ("frequency", "recency", "T")]
    p_alive = _engine.Model(model).probability_alive(params, columns)
    for group in (0, 1, 2, 5):
        rows = columns[0] == group
        assert_close(table["alive"].to_numpy()[rows], p_alive[rows])


def test_pareto_nbd_counts_have_the_published_mean():
    r, alpha, s, beta = PARAMS["Pareto/NBD"]
    T = 39.0
    table = simulated("Pareto/NBD", T, PARAMS["Pareto/NBD"])
    # Fader and Hardie (2005), and P(alive at T) of a new customer.
    mean = r * beta / (alpha * (s - 1)) * (1 - (beta / (beta + T)) ** (s - 1))
    assert_close(table["frequency"].to_numpy(), mean)
    assert_close(table["alive"].to_numpy(), (beta / (beta + T)) ** s)


def test_frequent_buyers_count_purchases_or_periods_with_one():
    # An independent simulation, customer by customer, of the same customers' model.
    r, alpha, a, b, T = 3.0, 1.5, 0.8, 2.4, 10.0
    rng, purchases, periods = np.random.default_rng(8), [], []
    for _ in range(20_000):
        rate, p = rng.gamma(r, 1 / alpha), rng.beta(a, b)
        times = [rng.exponential(1 / rate)]
        while rng.random() >= p and times[-1] <= T:
            times.append(times[-1] + rng.exponential(1 / rate))
        seen = [time for time in times if time <= T]
        purchases.append(len(seen))
        periods.append(len({int(time) for time in seen}))
    for count, counted in (("purchases", purchases), ("periods", periods)):
        table = beta_geometric_nbd_model(T, r, alpha, a, b, size=100_000, seed=4, count=count)
        error = np.hypot(np.std(counted) / np.sqrt(20_000), table["frequency"].std() / 316)
        assert abs(table["frequency"].mean() - np.mean(counted)) < BOUND * error
    assert np.mean(purchases) > np.mean(periods) + 0.5


def test_the_mean_is_the_models_and_lifetimes_where_it_is_run(in_place_of_lifetimes):
    params = (40, 0.24, 4.41, 0.8, 2.43)
    # By quadrature of the time until each purchase: 1.2005 purchases, 1.111 periods with one.
    periods = beta_geometric_nbd_model(*params, size=400_000, seed=2)["frequency"]
    assert periods.mean() == pytest.approx(1.111, abs=0.02)
    tenure.lifetimes.uninstall()
    purchases = beta_geometric_nbd_model(*params, size=400_000, seed=2)["frequency"]
    assert purchases.mean() == pytest.approx(1.2005, abs=0.02)
    again = beta_geometric_nbd_model(*params, size=400_000, seed=2, count="periods")["frequency"]
    assert again.tolist() == periods.tolist()


@pytest.mark.parametrize("model", ["BG/NBD", "MBG/NBD", "Pareto/NBD"])
def test_a_fit_to_simulated_customers_finds_the_parameters(model):
    params = {**PARAMS, "BG/NBD": (0.6, 1.2, 0.8, 2.43)}[model]  # half a purchase in a period
    table = simulated(model, 40.0, params, size=60_000, seed=12)
    fitter = {
        "BG/NBD": tenure.BetaGeoFitter,
        "MBG/NBD": tenure.ModifiedBetaGeoFitter,
        "Pareto/NBD": tenure.ParetoNBDFitter,
    }[model]()
    fitter.fit(table["frequency"], table["recency"], table["T"])
    distance = (fitter.params_ - np.array(params)) / fitter.standard_errors_
    assert distance.abs().max() < 3.5
    # Counted by period, as lifetimes counts, they come out many standard errors away.
    few = GENERATORS[model](40.0, *params, size=60_000, seed=12, count="periods")
    fitter.fit(few["frequency"], few["recency"], few["T"])
    distance = (fitter.params_ - np.array(params)) / fitter.standard_errors_
    assert distance.abs().max() > 6


def test_what_frequency_counts_is_an_option_of_a_fitted_model():
    model = tenure.BetaGeoFitter().fit(load_cdnow_summary())
    by_purchase, by_period = (
        model.generate_new_data(20_000, seed=1, count=count)["frequency"]
        for count in ("purchases", "periods")
    )
    assert (by_purchase >= by_period).all()
    assert by_purchase.sum() > by_period.sum()
    assert model.generate_new_data(20_000, seed=1)["frequency"].equals(by_purchase)
    with pytest.raises(OptionError, match="count='weeks': use 'purchases' or 'periods'"):
        model.generate_new_data(3, count="weeks")


def betaln(a, b):
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def test_bg_bb_counts_have_the_published_distribution():
    alpha, beta, gamma, delta = PARAMS["BG/BB"]
    n = 6
    table = simulated("BG/BB", n, PARAMS["BG/BB"])

    def weight(bought, missed, stayed, left):
        purchase = betaln(alpha + bought, beta + missed) - betaln(alpha, beta)
        return np.exp(purchase + betaln(gamma + left, delta + stayed) - betaln(gamma, delta))

    # Fader, Hardie and Shang (2010): still there after n, or gone in between.
    for x in range(n + 1):
        for t_x in [0] if x == 0 else range(x, n + 1):
            chance = weight(x, n - x, n, 0)
            chance += sum(weight(x, t - x, t, 1) for t in range(t_x, n))
            arrangements = 1 if x == 0 else comb(t_x - 1, x - 1)
            seen = (table["frequency"] == x) & (table["recency"] == t_x)
            assert_close(seen.to_numpy().astype(float), arrangements * chance)
    stays = np.exp(betaln(gamma, delta + n + 1) - betaln(gamma, delta))
    assert_close(table["alive"].to_numpy(), stays)


def test_transactions_summarise_to_the_customers_of_the_model():
    params = PARAMS["BG/NBD"]
    log = beta_geometric_nbd_model_transactional_data(
        200, *params, observation_period_end="2020-06-30", size=50_000, seed=2
    )
    assert log["date"].groupby(log["customer_id"].astype(int)).is_monotonic_increasing.all()
    summary = summary_data_from_transaction_data(
        log, "customer_id", "date", observation_period_end="2020-06-30"
    )
    assert len(summary) == 50_000
    assert set(summary["T"]) == {200.0}
    direct = beta_geometric_nbd_model(200, *params, size=50_000, seed=3, count="periods")
    # Both count the unit periods with a purchase; the log's lie one period further on.
    for name, shift in (("frequency", 0), ("recency", 1)):
        one = summary[name].to_numpy()
        other = direct[name].to_numpy()
        if name == "recency":
            other = np.where(direct["frequency"] > 0, np.floor(other) + shift, 0)
        error = np.sqrt((one.var(ddof=1) + other.var(ddof=1)) / len(one))
        assert abs(one.mean() - other.mean()) <= BOUND * error


@pytest.mark.parametrize("freq", ["W", "h", "H", "s"])
def test_transactions_in_every_unit(freq):
    days = beta_geometric_nbd_model_transactional_data(
        50, 1, 5, 1, 3, "2020-01-01", size=40, seed=1
    )
    found = beta_geometric_nbd_model_transactional_data(
        50, 1, 5, 1, 3, pd.Timestamp("2020-01-01"), freq, 40, seed=1
    )
    end, unit = pd.Timestamp("2020-01-01"), pd.Timedelta(1, freq.lower() if freq == "H" else freq)
    assert found["customer_id"].tolist() == days["customer_id"].tolist()
    np.testing.assert_allclose(
        (end - found["date"]) / unit, (end - days["date"]) / pd.Timedelta(1, "D"), atol=1e-6
    )


def test_numpys_global_seed_makes_a_script_reproducible():
    np.random.seed(7)  # noqa: NPY002
    one = beta_geometric_nbd_model(39, *PARAMS["BG/NBD"], size=50)
    two = beta_geometric_nbd_model(39, *PARAMS["BG/NBD"], size=50)
    np.random.seed(7)  # noqa: NPY002
    pd.testing.assert_frame_equal(one, beta_geometric_nbd_model(39, *PARAMS["BG/NBD"], size=50))
    assert not one["lambda"].isin(two["lambda"]).any()
    state = np.random.get_state()[1].tolist()  # noqa: NPY002
    seeded = pareto_nbd_model(39, *PARAMS["Pareto/NBD"], size=50, seed=3)
    assert np.random.get_state()[1].tolist() == state  # noqa: NPY002
    again = pareto_nbd_model(39, *PARAMS["Pareto/NBD"], size=50, seed=np.random.default_rng(3))
    pd.testing.assert_frame_equal(seeded, again)


positive = st.floats(1e-3, 1e3)


@given(
    st.sampled_from(sorted(GENERATORS)),
    st.tuples(positive, positive, positive, positive),
    st.lists(st.integers(0, 60) | st.floats(0, 60), max_size=20),
    st.integers(0, 2**32),
)
def test_any_customer_is_possible(model, params, times, seed):
    if model.endswith("/NBD"):
        params = (params[0], max(params[1], params[0] / 50), *params[2:])
    table = GENERATORS[model](times, *params, size=len(times), seed=seed)
    assert len(table) == len(times)
    assert np.isfinite(table.to_numpy()).all()
    assert table["alive"].isin([0, 1]).all()
    T = table["n_periods" if model == "BG/BB" else "T"]
    assert T.tolist() == [float(time) for time in times]
    assert (table["recency"] <= np.ceil(T)).all()
    assert ((table["frequency"] == 0) == (table["recency"] == 0)).all()
    assert (table["frequency"] == np.floor(table["frequency"])).all()
    if model != "BG/BB":
        count = {"count": "periods"}
        few = GENERATORS[model](times, *params, size=len(times), seed=seed, **count)
        assert (few["frequency"] <= np.floor(few["recency"]) + 1).all()
        assert (few["frequency"] <= table["frequency"]).all()
        assert few.drop(columns="frequency").equals(table.drop(columns="frequency"))


def test_busy_customers_take_several_blocks():
    table = pareto_nbd_model(2e4, 50.0, 10.0, 5.0, 1e6, size=20, seed=1, count="periods")
    assert (table["frequency"] > 5_000).all()
    z = (table["frequency"] - table["recency"] * -np.expm1(-table["lambda"])) / np.sqrt(2e4)
    assert z.abs().max() < BOUND
    geometric = beta_geometric_nbd_model(1e9, 50.0, 10.0, 1e3, 1e6, size=20_000, seed=1)
    assert not geometric["alive"].any()
    # E[1/p] purchases until leaving, E[1/lambda] apart.
    assert_close(geometric["recency"], (1e3 + 1e6 - 1) / (1e3 - 1) * 10.0 / (50.0 - 1))


def test_what_cannot_be_simulated_is_refused():
    good = {"T": 10, "r": 1, "alpha": 1, "a": 1, "b": 1, "size": 3}
    for wrong, message in [
        ({"r": 0}, "r=0 must be a number above 0"),
        ({"b": np.nan}, "b=nan"),
        ({"alpha": "x"}, "alpha='x'"),
        ({"size": 2.5}, "size=2.5"),
        ({"size": -1}, "size=-1"),
        ({"T": -1}, "T must be a number of 0 or more"),
        ({"T": [1, np.inf, 2]}, "T must be a number of 0 or more"),
        ({"T": [1, 2]}, "T holds 2 values for size=3"),
        ({"T": "long"}, "T must be"),
        ({"seed": "x"}, "seed='x'"),
        ({"seed": -1}, "seed=-1"),
    ]:
        for function in (beta_geometric_nbd_model, modified_beta_geometric_nbd_model):
            with pytest.raises(OptionError, match=re.escape(message)):
                function(**{**good, **wrong})
    with pytest.raises(OptionError, match="N must be"):
        beta_geometric_beta_binom_model(-1, 1, 1, 1, 1)
    log = beta_geometric_nbd_model_transactional_data
    with pytest.raises(OptionError, match="freq='M' is not a unit"):
        log(10, 1, 1, 1, 1, freq="M")
    with pytest.raises(OptionError, match="outside the years"):
        log(10**6, 1, 1, 1, 1)
    with pytest.raises(DateError, match="observation_period_end='soon'"):
        log(10, 1, 1, 1, 1, observation_period_end="soon")


@pytest.mark.parametrize("T", [10, 10.0, np.int64(10), np.float32(10), [10, 10, 10, 99]])
def test_times_of_every_type(T):
    table = beta_geometric_nbd_model(T, 1, 1, 1, 1, size=3, seed=0)
    assert table["T"].tolist() == [10.0, 10.0, 10.0]
    assert len(beta_geometric_nbd_model(T, 1, 1, 1, 1)) == 1
    assert beta_geometric_nbd_model(T, 1, 1, 1, 1, size=0).empty


# -- from a fitted model ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["BetaGeoFitter", "ModifiedBetaGeoFitter"])
def test_a_fitted_model_generates_customers_like_its_own(name):
    customers = load_cdnow_summary()
    model = getattr(tenure, name)().fit(customers)
    assert len(model.generate_new_data()) == 1
    few = model.generate_new_data(size=10, seed=1)
    assert few["T"].tolist() == customers["T"].head(10).tolist()
    many = model.generate_new_data(size=20 * len(customers), seed=1)
    assert many["T"].tolist() == 20 * customers["T"].tolist()
    expected = GENERATORS[model._model.name](
        customers["T"], *model.params_, size=len(customers), seed=1
    )
    pd.testing.assert_frame_equal(model.generate_new_data(len(customers), seed=1), expected)
    never = (many["frequency"] == 0).to_numpy().astype(float)
    times = many["T"].to_numpy()
    chance = model._model.purchase_pmf(list(model.params_), times, np.zeros(len(times)))
    assert_close(never, chance)


def test_a_model_without_data_has_no_customers_to_imitate(tmp_path):
    with pytest.raises(AttributeError, match="not been fit"):
        tenure.BetaGeoFitter().generate_new_data()
    model = tenure.BetaGeoFitter().fit(load_cdnow_summary())
    model.save_model(tmp_path / "model.json", save_data=False)
    with pytest.raises(AttributeError, match="saved without the data"):
        tenure.BetaGeoFitter.from_json(tmp_path / "model.json").generate_new_data()
    with pytest.raises(OptionError, match="size='x'"):
        model.generate_new_data("x")
