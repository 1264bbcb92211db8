"""Extreme parameters, histories and numbers: right values or typed errors, in bounded work."""

from __future__ import annotations

import threading

import numpy as np
import pandas as pd
import pytest

from tenure import (
    BetaGeoBetaBinomFitter,
    BetaGeoFitter,
    GammaGammaFitter,
    ModifiedBetaGeoFitter,
    ParetoNBDFitter,
    _engine,
    cohort_survival,
    forecast,
    summarize,
)
from tenure.exceptions import DataError, NotIdentifiedWarning, OptionError
from tenure.fitters._snapshot import snapshot
from tenure.plotting import plot_dropout_rate_heterogeneity, plot_transaction_rate_heterogeneity
from tenure.summary.exact_sums import grouped_sums

MODELS = [BetaGeoFitter, ModifiedBetaGeoFitter, ParetoNBDFitter]


def model_of(kind, *values):
    model = kind()
    model.params_ = dict(zip(kind._parameters, values, strict=True))
    return model


# -- parameters ------------------------------------------------------------------------------------


@pytest.mark.parametrize("b", [1e7, 457_649_797_763_902.44, 1e16])
def test_the_density_of_a_small_dropout_probability_is_drawn(b):
    from matplotlib.figure import Figure

    model = model_of(BetaGeoFitter, 2.95, 78.8, 5.829204349515649, b)
    axes = plot_dropout_rate_heterogeneity(model, ax=Figure().subplots())
    x, density = axes.lines[0].get_data()
    # b·p is gamma distributed with shape a here: scipy.special.gammaincinv(a, 0.99).
    assert x[-1] * b == pytest.approx(12.854890954206, rel=1e-6)
    assert float(np.sum(density) * (x[1] - x[0])) == pytest.approx(0.99, abs=1e-3)
    plot_transaction_rate_heterogeneity(model, ax=Figure().subplots())


def test_a_density_without_numbers_between_its_quantiles_is_refused():
    from matplotlib.figure import Figure

    model = model_of(BetaGeoFitter, 2.95, 78.8, 1e-12, 1e16)
    with pytest.raises(OptionError, match="no density to draw"):
        plot_dropout_rate_heterogeneity(model, ax=Figure().subplots())


@pytest.mark.parametrize("kind", [BetaGeoFitter, ModifiedBetaGeoFitter])
def test_a_constant_dropout_probability_is_the_limit(kind):
    # a, b → ∞, a/(a + b) = p: S(t) = (1 − p)ˢ(1 + pt/α)^{−r}, E[X(t)] = (1 − (1 + pt/α)^{−r})/p.
    p = 0.25
    first = 1.0 if kind is BetaGeoFitter else 1.0 - p
    model = model_of(kind, 0.5, 4.0, 1e16, 3e16)
    for t in (10.0, 1e4, 1e9):
        stays = (1 + p * t / 4.0) ** -0.5
        assert model.survival(t) == pytest.approx(first * stays, rel=1e-7)
        bought = first * (1 - stays) / p
        assert model.expected_number_of_purchases_up_to_time(t) == pytest.approx(bought, rel=1e-7)


@pytest.mark.parametrize("kind", [BetaGeoFitter, ModifiedBetaGeoFitter])
def test_nobody_leaving_is_the_limit(kind):
    model = model_of(kind, 0.5, 4.0, 1e-6, 1e16)
    assert model.survival(1e4) == pytest.approx(1.0, abs=1e-12)
    assert model.expected_number_of_purchases_up_to_time(100.0) == pytest.approx(12.5, rel=1e-12)


@pytest.mark.parametrize("kind", MODELS)
def test_predictions_are_numbers_in_their_range_at_any_parameters(kind):
    sizes = [1e-12, 1e-4, 1.0, 1e7, 1e16]
    for r in (1e-12, 0.24, 1e16):
        for alpha in (1e-12, 4.4, 1e16):
            for a in sizes:
                for b in sizes:
                    model = model_of(kind, r, alpha, a, b)
                    history = np.array([0.0, 3.0]), np.array([0.0, 5.0]), np.array([20.0, 20.0])
                    chances = [
                        model.survival([0.0, 10.0, 1e4]),
                        model.conditional_probability_alive(*history),
                        model.probability_of_n_purchases_up_to_time(10.0, [0, 2]),
                        model.conditional_probability_of_n_purchases_up_to_time(2, 10.0, *history),
                    ]
                    for chance in chances:
                        assert ((chance >= 0) & (chance <= 1)).all(), (r, alpha, a, b)
                    bought = model.predict(10.0, *history)
                    assert (bought >= 0).all()
                    assert np.isfinite(bought).all()


def test_three_customers_whose_fit_ran_away_are_followed():
    log = pd.DataFrame({"id": list("cfc"), "on": ["2020-01-16", "2020-10-22", "2020-12-14"]})
    summary = summarize(log, customer="id", date="on", period="D", observation_end="2022-12-31")
    for kind in (BetaGeoFitter, ModifiedBetaGeoFitter):
        with pytest.warns(NotIdentifiedWarning):
            model = kind().fit(summary)
        table = cohort_survival(model, summary, period="M")
        shares = table["survival"].to_numpy()
        assert ((shares >= 0) & (shares <= 1)).all()
        single = model.survival(table["mean_age"].to_numpy()[table["cohort"] == "2020-01"])
        assert shares[table["cohort"] == "2020-01"] == pytest.approx(single, rel=1e-12)
        assert np.isfinite(forecast(model, None, summary, horizons="12M")).all().all()


def test_long_counts_are_summed_by_an_integral():
    # mpmath: P(X(t) = n) of BG/NBD at 1e6 purchases, as (b)ₙ/(a+b)ₙ·{pmf + a/(b+n−1)·P(N ≥ n)}.
    model = model_of(BetaGeoFitter, 1.0, 1e-9, 1.0, 1.0)
    # r = 1, a = b = 1: P(N = n) = (1 − z)zⁿ, P(N ≥ n) = zⁿ with z = t/(α+t).
    n, z = 1e6, 10.0 / (10.0 + 1e-9)
    expected = z**n / (n + 1) * ((1 - z) + 1 / n)
    found = model.probability_of_n_purchases_up_to_time(10.0, n)
    assert found == pytest.approx(expected, rel=1e-8)


# -- histories and numbers -------------------------------------------------------------------------


@pytest.mark.parametrize("x", [0.1, 0.5, 0.7, 0.9])
def test_fractions_of_a_purchase_have_chances(x):
    model = model_of(BetaGeoFitter, 0.24, 4.4, 0.8, 0.3)
    # lifetimes: log_div = (r + x)·ln((α+T)/(α+t_x)) + ln(a/(b + max(x, 1) − 1)).
    odds = 0.8 / 0.3 * (24.4 / 5.4) ** (0.24 + x)
    alive = model.conditional_probability_alive(x, 1.0, 20.0)
    assert alive[0] == pytest.approx(1 / (1 + odds), rel=1e-13)
    assert model.predict(10.0, x, 1.0, 20.0) > 0


@pytest.mark.parametrize("kind", MODELS)
def test_whole_numbers_are_numbers(kind):
    model = model_of(kind, 0.24, 4.4, 0.8, 2.4)
    weeks = np.arange(52)
    for given in (
        weeks,
        weeks.tolist(),
        pd.Series(weeks),
        weeks.astype(np.int32),
        weeks.astype("u1"),
    ):
        found = np.asarray(model.survival(given))
        np.testing.assert_array_equal(found, model.survival(weeks.astype(float)))
        found = np.asarray(model.expected_number_of_purchases_up_to_time(given))
        np.testing.assert_array_equal(
            found, model.expected_number_of_purchases_up_to_time(weeks.astype(float))
        )
        found = np.asarray(model.probability_of_n_purchases_up_to_time(given, 2))
        np.testing.assert_array_equal(
            found, model.probability_of_n_purchases_up_to_time(weeks.astype(float), 2.0)
        )
        found = np.asarray(model.predict(given, 2, 3, 60))
        np.testing.assert_array_equal(found, model.predict(weeks.astype(float), 2.0, 3.0, 60.0))
    assert model.survival(3) == model.survival(3.0)


@pytest.mark.parametrize("kind", MODELS)
def test_answers_beyond_all_numbers_are_errors(kind):
    model = model_of(kind, 1e200, 1e-200, 1.0, 1.0)
    ask = model.expected_number_of_purchases_up_to_time
    if kind is ParetoNBDFitter:  # r/alpha alone is more than any number
        with pytest.raises(DataError, match="not a finite number"):
            ask([1.0, 1e300])
    else:
        assert np.isfinite(ask([1.0, 1e300])).all()


@pytest.mark.parametrize("kind", MODELS)
def test_fits_of_nothing_are_refused(kind):
    nothing = [0] * 60
    with pytest.raises(DataError, match="T is 0 for every customer"):
        kind().fit(nothing, nothing, nothing)
    with pytest.raises(DataError, match="frequency is 0 for every customer") as caught:
        kind().fit(nothing, nothing, [30.0] * 60)
    assert caught.value.column == "frequency"
    with pytest.raises(DataError, match="frequency is 0"):
        kind(penalizer_coef=0.1).fit(nothing, nothing, [30.0] * 60)


def test_fits_of_no_periods_and_of_no_money_are_refused():
    nothing = [0] * 9
    with pytest.raises(DataError, match="n_periods is 0"):
        BetaGeoBetaBinomFitter().fit(nothing, nothing, nothing)
    with pytest.raises(DataError, match="frequency is 0"):
        BetaGeoBetaBinomFitter().fit(nothing, nothing, [6] * 9)
    with pytest.raises(DataError):
        GammaGammaFitter().fit(nothing, [0.0] * 9)
    with pytest.raises(DataError):
        GammaGammaFitter().fit(pd.DataFrame({"frequency": nothing, "monetary_value": nothing}))


def test_weights_and_penalties_beyond_reason_are_errors():
    history = [0, 1, 2, 3], [0, 2, 3, 4], [9, 9, 9, 9]
    with pytest.raises(DataError, match="too large values in the weights") as caught:
        BetaGeoFitter().fit(*history, weights=[1.0, 1.0, 1e308, 1e308])
    assert caught.value.rows == [2, 3]
    with pytest.raises(OptionError, match="penalizer_coef"):
        ParetoNBDFitter(penalizer_coef=1e300).fit(*history)


@pytest.mark.parametrize("rate", [-0.9, -0.5])
def test_a_rate_that_multiplies_money_is_refused(rate):
    spend = model_of(GammaGammaFitter, 6.0, 4.0, 15.0)
    buying = model_of(BetaGeoFitter, 0.24, 4.4, 0.8, 2.4)
    with pytest.raises(OptionError, match="more than 1,000 of today"):
        spend.customer_lifetime_value(buying, 2, 5, 10, 20.0, time=60, discount_rate=rate)
    table = pd.DataFrame(
        {"frequency": [2], "recency": [5.0], "T": [10.0], "monetary_value": [20.0]}
    )
    with pytest.raises(OptionError, match="more than 1,000 of today"):
        forecast(buying, spend, table, horizons="60M", period="W", discount_rate=rate)


# -- order of rows ---------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::tenure.exceptions.TenureWarning")
def test_sums_do_not_depend_on_the_order_of_rows():
    rng = np.random.default_rng(7)
    n = 4000
    log = pd.DataFrame(
        {
            "id": rng.integers(0, 60, n),
            "on": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 90, n), unit="D"),
            "money": np.round(rng.lognormal(3, 2, n), 2) * np.where(rng.random(n) < 0.1, -1, 1),
        }
    )
    for refunds in ("keep", "drop", "net"):
        options = {"customer": "id", "date": "on", "amount": "money", "refunds": refunds}
        tables = [
            summarize(log.sample(frac=1.0, random_state=seed), **options) for seed in range(4)
        ]
        for other in tables[1:]:
            pd.testing.assert_frame_equal(tables[0], other, check_exact=True)


def test_grouped_sums_are_exact_in_any_order():
    rng = np.random.default_rng(3)
    values = np.round(rng.lognormal(3, 3, 20_000), 2) * rng.choice([-1, 1], 20_000)
    groups = rng.integers(0, 7, 20_000)
    cents = np.rint(values * 100).astype(np.int64)
    right = [int(cents[groups == group].sum()) / 100 for group in range(7)]
    for _ in range(3):
        order = rng.permutation(len(values))
        found = grouped_sums(groups[order], values[order], 7)
        np.testing.assert_array_equal(found, grouped_sums(groups, values, 7))
        np.testing.assert_allclose(found, right, rtol=1e-13)
    assert grouped_sums(groups[:0], values[:0], 2).tolist() == [0.0, 0.0]


def test_ids_of_several_types_have_an_order():
    ids = [("b", 2), 3, "a", ("a", 1), 2.5, "A", ("b", 1)]
    log = pd.DataFrame(
        {"id": pd.Series(ids * 2, dtype=object), "on": ["2024-01-01", "2024-01-09"] * 7}
    )
    found = [
        summarize(log.sample(frac=1.0, random_state=seed), customer="id", date="on").index.tolist()
        for seed in range(5)
    ]
    assert all(one == found[0] for one in found)
    assert sorted(map(repr, found[0])) == sorted(map(repr, ids))


# -- threads ---------------------------------------------------------------------------------------


def test_a_model_read_while_it_is_fitted_shows_one_fit():
    rng = np.random.default_rng(5)
    tables = []
    for n in (300, 400):
        age = rng.uniform(20, 50, n)
        frequency = rng.poisson(2.0 if n == 300 else 5.0, n)
        recency = np.where(frequency > 0, age * rng.random(n), 0.0)
        tables.append(pd.DataFrame({"frequency": frequency, "recency": recency, "T": age}))
    model = BetaGeoFitter(penalizer_coef=0.01).fit(tables[0])
    allowed = []
    for table in tables:
        model.fit(table)
        allowed.append((len(table), tuple(model.params_), tuple(model.summary["coef"])))
    done, wrong = threading.Event(), []

    def read():
        while not done.is_set():
            try:
                report = model.fit_report_
                both = snapshot(model)
                seen = (len(both.data), tuple(both.params_), tuple(both.summary["coef"]))
                if seen not in allowed:
                    wrong.append(seen)
                if (report.customers, tuple(report.params.values())) not in [
                    a[:2] for a in allowed
                ]:
                    wrong.append(report.customers)
                model.conditional_probability_alive(2, 5.0, 10.0)
                assert repr(model)
                assert len(model.generate_new_data(3, seed=1)) == 3
            except Exception as error:
                wrong.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for i in range(40):
        model.fit(tables[i % 2])
    done.set()
    for reader in readers:
        reader.join()
    assert not wrong, wrong[:3]


def test_a_long_evaluation_says_so_to_its_caller():
    # The number of rows is bounded before memory is asked for.
    with pytest.raises(OptionError, match="fewer rows"):
        _engine.histories(np.zeros(1), np.ones(1, dtype=np.int64), np.array([10**12]))
