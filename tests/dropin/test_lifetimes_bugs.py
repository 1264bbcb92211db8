"""Each known fault of lifetimes 0.11.3: what is right here, and that the migration page has it.

The comments say what lifetimes answers.
"""

import copy
import pickle
import subprocess
import sys

import mpmath as mp
import numpy as np
import oracle
import oracle_pareto
import pandas as pd
import pytest
from conftest import ROOT

import tenure
from tenure import utils
from tenure.datasets import load_cdnow_summary, load_cdnow_transactions
from tenure.exceptions import NotIdentifiedWarning

PAGE = (ROOT / "docs" / "migrating-from-lifetimes.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ")]


def on_the_page(*words):
    """Ask for a row of the page's tables with all of the words."""
    assert any(all(word in row for word in words) for row in ROWS), words


def by_hand(kind, **params):
    model = getattr(tenure, kind)()
    model.params_ = params
    return model


def close(found, expected, rel=1e-10):
    assert float(found) == pytest.approx(float(expected), rel=rel)


# -- wrong results ---------------------------------------------------------------------------


def test_covariances():
    on_the_page("variance_matrix_", "not symmetric")
    table = load_cdnow_summary()
    model = tenure.BetaGeoFitter().fit(table)
    matrix = model.variance_matrix_
    np.testing.assert_array_equal(matrix, matrix.T)
    close(matrix.loc["r", "alpha"], 0.00371, rel=5e-3)  # 0.0674 and 0.000204 there
    np.testing.assert_allclose(np.sqrt(np.diag(matrix)), model.standard_errors_, rtol=1e-12)


def test_many_periods():
    on_the_page("BetaGeoBetaBinomFitter", "1e-15")
    model = by_hand("BetaGeoBetaBinomFitter", alpha=1.2, beta=0.75, gamma=0.66, delta=2.8)
    assert model.conditional_probability_alive(0, 26, 52, 52) == 1.0  # 0.0039 there


@pytest.mark.parametrize(("n", "tolerance"), [(40, 0.12), (52, 0.12), (104, 0.12)])
def test_fits_over_many_periods(n, tolerance):
    # ConvergenceError there from 52, biased at 40.
    random = np.random.RandomState(3)
    p, theta = random.beta(1.2, 0.75, 4000), random.beta(0.66, 20, 4000)
    stay = np.minimum(random.geometric(theta) - 1, n)
    bought = (random.random_sample((4000, n)) < p[:, None]) & (np.arange(n) < stay[:, None])
    recency = np.where(bought.any(axis=1), n - np.argmax(bought[:, ::-1], axis=1), 0)
    model = tenure.BetaGeoBetaBinomFitter().fit(bought.sum(axis=1), recency, np.full(4000, n))
    assert model.fit_report_.ok
    assert model.params_[["alpha", "beta"]].tolist() == pytest.approx([1.2, 0.75], rel=tolerance)


def test_high_frequency_seen_at_the_end():
    on_the_page("ParetoNBDFitter", "high frequency")
    params = {"r": 0.55, "alpha": 10.6, "s": 0.6, "beta": 11.7}
    model = by_hand("ParetoNBDFitter", **params)
    assert model.conditional_probability_alive(132, 200, 200) == 1.0  # NaN there
    expected = oracle_pareto.expected_purchases(tuple(params.values()), 10, 132, 200, 200)
    close(model.predict(10, 132, 200, 200), expected)


@pytest.mark.parametrize("t", [1.0, 39.0, 1e4])
def test_never_came_back_and_a_plus_b_below_one(t):
    on_the_page("a + b < 1", "NaN", "finite")
    params = {"r": 0.24, "alpha": 4.4, "a": 0.3, "b": 0.4}
    found = by_hand("BetaGeoFitter", **params).predict(t, 0, 0.0, 39.0)
    close(found, oracle.expected_purchases("BG/NBD", tuple(params.values()), t, 0, 0.0, 39.0))


def test_long_horizons_of_mbg():
    on_the_page("MBG/NBD expectation", "infinite or NaN")
    params = {"r": 0.52, "alpha": 6.2, "a": 0.9, "b": 1.6}
    found = by_hand("ModifiedBetaGeoFitter", **params).predict(5000.0, 300, 38.0, 39.0)
    values = tuple(params.values())
    close(found, oracle.expected_purchases("MBG/NBD", values, 5000.0, 300, 38.0, 39.0))


@pytest.mark.parametrize("off", [0.0, 1e-10, -1e-10, 1e-6])
def test_next_to_one(off):
    on_the_page("a, or s, near 1")
    rates = {"r": 0.24, "alpha": 4.4}
    for kind, model in [("BetaGeoFitter", "BG/NBD"), ("ModifiedBetaGeoFitter", "MBG/NBD")]:
        params = {**rates, "a": 1 + off, "b": 2.4}
        found = by_hand(kind, **params)
        values = tuple(params.values())
        close(
            found.predict(39, 2, 30.0, 38.0),
            oracle.expected_purchases(model, values, 39, 2, 30.0, 38.0),
        )
        new = found.expected_number_of_purchases_up_to_time(39)
        close(new, oracle.expected_purchases_new(model, values, 39))
    params = {**rates, "s": 1 + off, "beta": 11.7}
    values = tuple(params.values())
    found = by_hand("ParetoNBDFitter", **params)
    close(
        found.predict(39, 2, 30.0, 38.0),
        oracle_pareto.expected_purchases(values, 39, 2, 30.0, 38.0),
    )
    close(found.expected_number_of_purchases_up_to_time(39), oracle_pareto.active(values, 39))


@pytest.mark.parametrize("kind", ["BetaGeoFitter", "ModifiedBetaGeoFitter"])
def test_chances_of_counts(kind):
    on_the_page("`probability_of_n_purchases_up_to_time`", "n = 170", "negative", "array of `t`")
    params = {"r": 0.24, "alpha": 4.4, "a": 0.8, "b": 2.4}
    model, values = by_hand(kind, **params), tuple(params.values())
    name = {"BetaGeoFitter": "BG/NBD", "ModifiedBetaGeoFitter": "MBG/NBD"}[kind]
    # overflow (NaN there), and cancellation (a wrong sign there)
    for t, n in [(500.0, 171), (500.0, 1000), (1.0, 30), (0.01, 12)]:
        found = model.probability_of_n_purchases_up_to_time(t, n)
        close(found, oracle.purchase_pmf(name, values, t, n))
    times = np.array([1.0, 10.0, 39.0])
    found = model.probability_of_n_purchases_up_to_time(times, 3)
    assert found.tolist() == [model.probability_of_n_purchases_up_to_time(t, 3) for t in times]


def test_tail_of_the_chances_of_a_known_customer():
    on_the_page("`conditional_probability_of_n_purchases_up_to_time`", "1e-16", "n = 0")
    params = {"r": 0.55, "alpha": 10.6, "s": 0.6, "beta": 11.7}
    model, values = by_hand("ParetoNBDFitter", **params), tuple(params.values())
    found = model.conditional_probability_of_n_purchases_up_to_time(40, 5.0, 2, 30.0, 38.0)
    expected = oracle_pareto.purchase_pmf_conditional(values, 5.0, 40, 2, 30.0, 38.0)
    assert expected < mp.mpf(10) ** -17  # below the noise there
    close(found, expected)
    ask = model.conditional_probability_of_n_purchases_up_to_time
    assert ask(np.array([0, 1]), 0, 2, 30.0, 38.0).tolist() == [1.0, 0.0]


def test_dates_as_text():
    on_the_page("dates as text", "%d/%m/%Y")
    log = load_cdnow_transactions()
    log["date"] = pd.to_datetime(log["date"].astype(str))
    text = log.assign(date=log["date"].dt.strftime("%d/%m/%Y"))
    name = {"customer_id_col": "customer_id", "datetime_col": "date"}
    for options in ({}, {"monetary_value_col": log.columns[-1]}):
        found = utils.summary_data_from_transaction_data(
            text, **name, datetime_format="%d/%m/%Y", **options
        )
        expected = utils.summary_data_from_transaction_data(log, **name, **options)
        pd.testing.assert_frame_equal(found, expected)


def test_money_of_the_holdout():
    on_the_page("`monetary_value_holdout`", "mean per period")
    days = ["2020-01-01", "2020-01-10", "2020-02-01", "2020-02-01", "2020-02-05"]
    log = pd.DataFrame({"id": 1, "date": pd.to_datetime(days), "paid": [1.0, 2.0, 3.0, 5.0, 10.0]})
    found = utils.calibration_and_holdout_data(
        log, "id", "date", "2020-01-20", monetary_value_col="paid"
    )
    assert found["monetary_value_holdout"].tolist() == [9.0]  # of 8 and 10; 6 there


def test_texts_and_axes_of_plots():
    on_the_page("`plot_transaction_rate_heterogeneity`", "suptitle")
    on_the_page("`plot_history_alive`", "`ax`")
    pytest.importorskip("matplotlib", reason="plots need matplotlib")
    from matplotlib.figure import Figure

    model = by_hand("BetaGeoFitter", r=0.24, alpha=4.4, a=0.8, b=2.4)
    ax = Figure().subplots()
    tenure.plotting.plot_transaction_rate_heterogeneity(model, suptitle="Mine", ax=ax)
    assert ax.get_title().startswith("Mine")
    log = pd.DataFrame({"date": pd.to_datetime(["2020-01-01", "2020-02-01"])})
    axes = Figure().subplots(1, 2)
    assert tenure.plotting.plot_history_alive(model, 60, log, "date", ax=axes[1]) is axes[1]
    assert not axes[0].has_data()


# -- failures --------------------------------------------------------------------------------


def test_customers_of_bg_bb_are_generated():
    on_the_page("BetaGeoBetaBinomFitter.generate_new_data", "TypeError")
    donors = tenure.datasets.load_donations()
    vectors = (donors[name] for name in ("frequency", "recency", "periods", "weights"))
    assert len(tenure.BetaGeoBetaBinomFitter().fit(*vectors).generate_new_data(50, seed=1)) == 50


def test_no_module_that_setuptools_dropped():
    on_the_page("lifetimes.datasets", "pkg_resources")
    code = (
        "import sys; sys.modules['pkg_resources'] = None; sys.modules['setuptools'] = None\n"
        "import tenure; print(len(tenure.datasets.load_cdnow_summary()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "2357\n"


def test_what_pandas_dropped():
    on_the_page("beta_geometric_nbd_model_transactional_data", "DataFrame.append")
    on_the_page("calculate_alive_path", "calibration_and_holdout_data", '`freq="M"`')
    made = tenure.generate_data.beta_geometric_nbd_model_transactional_data(
        100, 0.9, 7.0, 0.8, 2.5, size=20, seed=1
    )
    assert list(made) == ["customer_id", "date"]
    split = utils.calibration_and_holdout_data(made, "customer_id", "date", "2018-12-01")
    assert "frequency_holdout" in split
    for freq in ("M", "Y"):
        assert len(utils.summary_data_from_transaction_data(made, "customer_id", "date", freq=freq))
    model = by_hand("BetaGeoFitter", r=0.24, alpha=4.4, a=0.8, b=2.4)
    one = made[made["customer_id"] == made["customer_id"].iloc[0]]
    assert len(utils.calculate_alive_path(model, one, "date", 200)) == 201


def test_series_where_alpha_exceeds_beta():
    on_the_page("ParetoNBDFitter", "alpha > beta", "Series")
    params = {"r": 0.64, "alpha": 16.3, "s": 0.34, "beta": 8.7}
    model = by_hand("ParetoNBDFitter", **params)
    table = load_cdnow_summary().head(5)
    found = model.predict(9.0, table["frequency"], table["recency"], table["T"])
    assert found.index.equals(table.index)
    for value, (_, x, t_x, age) in zip(found, table.itertuples(index=False), strict=True):
        expected = oracle_pareto.expected_purchases(
            tuple(params.values()), 9.0, int(x), float(t_x), float(age)
        )
        close(value, expected)


def test_what_matplotlib_dropped():
    on_the_page("plot_expected_repeat_purchases", "matplotlib 3.8")
    pytest.importorskip("matplotlib", reason="plots need matplotlib")
    from matplotlib.figure import Figure

    model = tenure.BetaGeoFitter().fit(load_cdnow_summary())
    ax = tenure.plotting.plot_expected_repeat_purchases(model, ax=Figure().subplots())
    assert len(ax.lines) == 2
    assert ax.lines[0].get_color() == ax.lines[1].get_color()


def test_pickling():
    on_the_page("`pickle`", "lambdas")
    model = tenure.BetaGeoFitter().fit(load_cdnow_summary())
    again = pickle.loads(pickle.dumps(model))
    other = copy.deepcopy(model)
    other.params_ = {"r": 1.0, "alpha": 2.0, "a": 3.0, "b": 4.0}
    row = (9, 2, 30.0, 38.0)
    assert again.predict(*row) == model.predict(*row)
    assert other.predict(*row) != model.predict(*row)  # the original's answer there


# -- quirks that were decided ----------------------------------------------------------------


def test_periods_of_several_units_in_tracking_plots():
    on_the_page("`plot_cumulative_transactions`", "`freq_multiplier`")


def test_penalties_and_months_are_kept():
    on_the_page("penalties", "max T")
    assert "4.345 weeks" in PAGE


def test_samples_that_were_drawn():
    on_the_page("`plot_period_transactions`", "`simulate=True`")


def test_a_failing_fit_prints_nothing(capsys):
    on_the_page("a fit that fails", "nothing is printed")
    with pytest.warns(NotIdentifiedWarning):
        tenure.BetaGeoFitter().fit([0, 1], [0, 2], [5, 6])
    assert capsys.readouterr().out == ""


def test_series_of_different_customers():
    on_the_page("Series of different customers", "DataError")
    model = by_hand("BetaGeoFitter", r=0.24, alpha=4.4, a=0.8, b=2.4)
    x, t_x, age = (load_cdnow_summary(index_col=0)[name] for name in ("frequency", "recency", "T"))
    with pytest.raises(tenure.exceptions.DataError, match="customers of the other Series"):
        model.predict(9, x, t_x.iloc[:-1], age)


def test_histories_that_cannot_be():
    on_the_page("recency 0", "frequency")
    # Several purchases on the first day alone are possible, and answered.
    model = by_hand("BetaGeoFitter", r=0.24, alpha=4.4, a=0.8, b=2.4)
    found = model.conditional_probability_alive(3, 0.0, 38.0)
    params = (0.24, 4.4, 0.8, 2.4)
    close(found[0], oracle.probability_alive("BG/NBD", params, 3, 0.0, 38.0))
    with pytest.raises(ValueError, match="larger than T"):
        model.conditional_probability_alive(3, 39.0, 38.0)
