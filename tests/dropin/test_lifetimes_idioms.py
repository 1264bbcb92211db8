"""The ways in which scripts in the wild use lifetimes, each of them once."""

import datetime
import io
import json
import pickle

import numpy as np
import pandas as pd
import pytest

import tenure
from tenure.datasets import load_cdnow_summary, load_cdnow_summary_data_with_monetary_value
from tenure.exceptions import (
    IgnoredArgumentWarning,
    ModelWarning,
    TenureWarning,
    TruncatedFrequencyWarning,
)

MODELS = ["BetaGeoFitter", "ModifiedBetaGeoFitter", "ParetoNBDFitter"]


@pytest.fixture(scope="module")
def customers():
    table = load_cdnow_summary_data_with_monetary_value()
    table.index = pd.Index([f"C{number:05d}" for number in table.index], name="CustomerID")
    table.attrs = {}  # as read from a file
    return table


@pytest.fixture(scope="module")
def bgf(customers):
    return tenure.BetaGeoFitter(penalizer_coef=0.001).fit(
        customers["frequency"], customers["recency"], customers["T"]
    )


@pytest.fixture(scope="module")
def ggf(customers):
    buyers = customers[customers["frequency"] > 0]
    return tenure.GammaGammaFitter().fit(buyers["frequency"], buyers["monetary_value"])


@pytest.fixture
def active():
    tenure.lifetimes.install()
    yield
    tenure.lifetimes.uninstall()


def vectors(table):
    return table["frequency"], table["recency"], table["T"]


# -- fit -------------------------------------------------------------------------------------


@pytest.mark.parametrize("penalty", [0.001, 0.0, 0.01, 0.1, 0.9, 1])
def test_positions_keywords_and_a_chain(customers, penalty):
    f, r, T = vectors(customers.head(300))
    one = tenure.BetaGeoFitter(penalizer_coef=penalty)
    assert one.fit(f, r, T) is one
    two = tenure.BetaGeoFitter(penalty).fit(frequency=f, recency=r, T=T, weights=None, tol=1e-06)
    np.testing.assert_allclose(one.params_, two.params_, rtol=1e-5)
    assert one.penalizer_coef == penalty


def test_verbose_prints(customers, capsys):
    tenure.BetaGeoFitter().fit(*vectors(customers), verbose=True)
    assert capsys.readouterr().out


def test_the_penalty_acts_on_time_scaled_to_one(customers):
    # Time in days instead of weeks: the scaled fit is the same, alpha is seven times as long.
    f, r, T = vectors(customers)
    weeks, days = (
        tenure.BetaGeoFitter(penalizer_coef=0.1).fit(f, r * unit, T * unit) for unit in (1, 7)
    )
    expected = weeks.params_ * [1, 7, 1, 1]
    np.testing.assert_allclose(days.params_, expected, rtol=1e-6)


@pytest.mark.parametrize("name", MODELS)
def test_fit_goes_by_position(customers, name):
    f, r, T = vectors(customers)
    straight = getattr(tenure, name)().fit(f, r, T)
    mislabelled = r.set_axis(r.index[::-1])
    np.testing.assert_array_equal(
        getattr(tenure, name)().fit(f, mislabelled, T.to_numpy()).params_, straight.params_
    )


@pytest.mark.parametrize("option", ["fit_method", "iterative_fitting", "method", "anything"])
def test_unknown_keywords_are_swallowed(customers, option):
    with pytest.warns(IgnoredArgumentWarning, match=option):
        tenure.BetaGeoFitter().fit(*vectors(customers.head(200)), **{option: 1})


def test_fractions_are_cut_by_models_of_buying_and_refused_by_gamma_gamma(customers):
    f, r, T = vectors(customers)
    with pytest.warns(TruncatedFrequencyWarning):
        cut = tenure.BetaGeoFitter().fit(f + 0.5 * (f > 0), r, T)
    np.testing.assert_array_equal(cut.params_, tenure.BetaGeoFitter().fit(f, r, T).params_)
    assert cut.data["frequency"].tolist() == f.tolist()
    with pytest.raises(ValueError, match="non-integer values in the frequency vector"):
        tenure.GammaGammaFitter().fit(f[f > 0] + 0.5, customers["monetary_value"][f > 0])


def test_data_has_positions_unless_an_index_is_passed(bgf, customers):
    assert list(bgf.data.columns) == ["frequency", "recency", "T", "weights"]
    assert isinstance(bgf.data.index, pd.RangeIndex)
    named = tenure.BetaGeoFitter().fit(*vectors(customers), index=customers.index)
    assert named.data.index.equals(customers.index)
    assert named.data.index.name == "CustomerID"


# -- the model -------------------------------------------------------------------------------


def test_the_printed_face(bgf, ggf, active, capsys):
    print(bgf)
    assert capsys.readouterr().out == (
        "<lifetimes.BetaGeoFitter: fitted with 2357 subjects, "
        + ", ".join(f"{key}: {bgf.params_[key]:.2f}" for key in ["a", "alpha", "b", "r"])
        + ">\n"
    )
    assert repr(ggf).startswith("<lifetimes.GammaGammaFitter: fitted with 946 subjects, p: ")
    bare = tenure.BetaGeoFitter()
    assert repr(bare) == "<lifetimes.BetaGeoFitter>"
    bare.params_ = bgf.params_
    assert repr(bare).startswith("<lifetimes.BetaGeoFitter: a: ")
    for kind in (*MODELS, "BetaGeoBetaBinomFitter"):
        assert repr(getattr(tenure, kind)()) == f"<lifetimes.{kind}>"


def test_parameters_as_series_dict_and_json(bgf):
    assert list(bgf.params_.index) == ["r", "alpha", "a", "b"]
    r, alpha, a, b = bgf._unload_params("r", "alpha", "a", "b")
    assert dict(bgf.params_) == {"r": r, "alpha": alpha, "a": a, "b": b}
    assert json.loads(json.dumps(dict(bgf.params_.items()))) == dict(bgf.params_)
    assert bgf.params_["r"] == bgf.params_.iloc[0] == bgf.summary.iloc[0, 0]
    assert list(bgf.summary) == ["coef", "se(coef)", "lower 95% bound", "upper 95% bound"]


@pytest.mark.parametrize("as_type", [dict, pd.Series])
@pytest.mark.parametrize("fit_first", [False, True])
@pytest.mark.parametrize("name", [*MODELS, "GammaGammaFitter"])
def test_parameters_assigned_by_hand(name, as_type, fit_first, customers, in_place_of_lifetimes):
    buyers = customers[customers["frequency"] > 0]
    spends = name == "GammaGammaFitter"
    data = [buyers["frequency"], buyers["monetary_value"]] if spends else vectors(customers)
    source = getattr(tenure, name)().fit(*data)
    rebuilt = getattr(tenure, name)()
    if fit_first:  # on one customer, only so that predict exists
        with pytest.warns(ModelWarning):
            rebuilt.fit(*([[1], [1]] if spends else [[0], [0], [1]]))
    rebuilt.params_ = as_type(dict(source.params_))
    if spends:
        ask = "conditional_expected_average_profit"
        pd.testing.assert_series_equal(getattr(rebuilt, ask)(*data), getattr(source, ask)(*data))
    else:
        pd.testing.assert_series_equal(rebuilt.predict(4, *data), source.predict(4, *data))
    assert isinstance(rebuilt.params_, pd.Series)
    assert f"{source.params_.iloc[0]:.2f}" in repr(rebuilt)


@pytest.mark.parametrize("module", ["pickle", "dill", "joblib"])
def test_models_are_dumped(bgf, customers, module):
    library = (
        pickle
        if module == "pickle"
        else pytest.importorskip(module, reason=f"{module} is not installed")
    )
    file = io.BytesIO()
    library.dump(bgf, file)
    file.seek(0)
    loaded = library.load(file)
    pd.testing.assert_series_equal(
        loaded.predict(9, *vectors(customers)), bgf.predict(9, *vectors(customers))
    )


# -- predictions -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", MODELS)
def test_predictions_are_like_their_inputs(name, customers):
    model = getattr(tenure, name)().fit(*vectors(customers))
    f, r, T = vectors(customers.head(4))
    ask = model.conditional_expected_number_of_purchases_up_to_time
    found = ask(4, f, r, T)
    assert isinstance(found, pd.Series)
    assert found.index.equals(f.index)
    assert found.index.name == "CustomerID"
    assert found.name is None
    np.testing.assert_array_equal(model.predict(4, f, r, T), found)
    np.testing.assert_array_equal(ask(4, f.to_numpy(), r.to_numpy(), T.to_numpy()), found)
    assert isinstance(ask(4, f.to_numpy(), r.to_numpy(), T.to_numpy()), np.ndarray)
    assert isinstance(ask(4, 2, 30.0, 38.0), float)
    # t each
    times = pd.Series([1.0, 2.0, 3.0, 4.0], index=f.index)
    each = ask(times, f, r, T)
    assert each.index.equals(f.index)
    assert each.iloc[3] == found.iloc[3]
    assert np.asarray(ask(times.to_numpy(), f, r, T)).tolist() == each.tolist()
    # ordered otherwise: by index
    shuffled = ask(4, f, r.iloc[::-1], T.sample(frac=1, random_state=1))
    pd.testing.assert_series_equal(shuffled.loc[f.index], found)
    alive = model.conditional_probability_alive(f, r, T)
    if name == "ParetoNBDFitter":
        assert alive.index.equals(f.index)
    else:
        assert isinstance(alive, np.ndarray)
        assert model.conditional_probability_alive(2, 30.0, 38.0).shape == (1,)
        wrapped = pd.Series(alive, index=f.index)
        assert wrapped.between(0, 1).all()


def test_spend_of_the_fitted_data_is_asked_without_arguments(ggf, customers):
    buyers = customers[customers["frequency"] > 0]
    own = ggf.conditional_expected_average_profit()
    given = ggf.conditional_expected_average_profit(buyers["frequency"], buyers["monetary_value"])
    assert own.tolist() == given.tolist()
    assert given.index.equals(buyers.index)
    assert isinstance(own.index, pd.RangeIndex)


@pytest.mark.parametrize(("time", "freq"), [(6, "W"), (12, "D"), (3, "M"), (1, "W")])
def test_lifetime_value_is_merged_by_name(bgf, ggf, customers, time, freq):
    value = ggf.customer_lifetime_value(
        bgf, *vectors(customers), customers["monetary_value"], time=time, freq=freq
    )
    assert value.name == "clv"
    assert value.index.equals(customers.index)
    frame = value.round(2).fillna(0).reset_index()
    assert list(frame) == ["CustomerID", "clv"]
    merged = customers.reset_index().merge(frame, on="CustomerID", how="left")
    assert len(merged) == len(customers)
    assert merged.sort_values(by="clv", ascending=False)["clv"].is_monotonic_decreasing
    # a population's mean for those who never came back
    assert (value[customers["frequency"] == 0] > 0).all()


# -- transactions ----------------------------------------------------------------------------

LOG = pd.DataFrame(
    {
        "CustomerID": ["a", "a", "b", "a", "b", "c"],
        "InvoiceDate": pd.to_datetime(
            ["2011-01-03", "2011-02-09", "2011-02-10", "2011-05-30", "2011-08-01", "2011-12-01"]
        ),
        "amt": [10.0, 20.0, 30.0, 40.0, 50.0, 60.0],
    }
)


@pytest.mark.parametrize(
    "end",
    [
        "2011-12-9",
        pd.Timestamp("2011-12-09"),
        datetime.date(2011, 12, 9),
        datetime.datetime(2011, 12, 9),
        pd.Series(pd.to_datetime(["2011-12-09"])).max(),
        np.datetime64("2011-12-09"),
    ],
    ids=lambda end: type(end).__name__,
)
@pytest.mark.parametrize("dates", ["text", "datetime64", "date"])
def test_dates_in_every_form(end, dates):
    stamps = LOG["InvoiceDate"]
    forms = {"text": stamps.dt.strftime("%Y-%m-%d"), "datetime64": stamps, "date": stamps.dt.date}
    log = LOG.assign(InvoiceDate=forms[dates])
    found = tenure.utils.summary_data_from_transaction_data(
        log, "CustomerID", "InvoiceDate", monetary_value_col="amt", observation_period_end=end
    )
    assert found.index.tolist() == ["a", "b", "c"]
    assert found.index.name == "CustomerID"
    assert found.loc["a"].tolist() == [2.0, 147.0, 340.0, 30.0]
    assert found.loc["c"].tolist() == [0.0, 0.0, 8.0, 0.0]


# As lifetimes answers; its months are of 30.436875 days, unlike those of its values.
@pytest.mark.parametrize(
    ("freq", "history"),
    [
        ("D", [2.0, 147.0, 340.0]),
        ("W", [2.0, 21.0, 48.0]),
        ("M", [2.0, 3.942586090063451, 10.973531284009939]),
        ("s", [2.0, 12700800.0, 29376000.0]),
    ],
)
def test_units_of_time(freq, history):
    found = tenure.utils.summary_data_from_transaction_data(
        LOG, "CustomerID", "InvoiceDate", observation_period_end="2011-12-09", freq=freq
    )
    assert found.loc["a"].tolist() == history


def test_columns_of_a_holdout_go_into_a_fit():
    cdnow = tenure.datasets.load_cdnow_transactions()
    cdnow["date"] = pd.to_datetime(cdnow["date"].astype(str))
    table = tenure.utils.calibration_and_holdout_data(
        cdnow,
        "customer_id",
        "date",
        calibration_period_end="1997-09-30",
        observation_period_end="1998-06-30",
    )
    bgf = tenure.BetaGeoFitter(penalizer_coef=0.0)
    bgf.fit(table["frequency_cal"], table["recency_cal"], table["T_cal"])
    predicted = bgf.predict(
        table["duration_holdout"], table["frequency_cal"], table["recency_cal"], table["T_cal"]
    )
    assert predicted.index.equals(table.index)
    ratio = predicted.sum() / table["frequency_holdout"].sum()
    assert 0.7 < ratio < 1.3


# -- names -----------------------------------------------------------------------------------


def test_star_imports_bring_what_scripts_use(active):
    names = {}
    exec(
        "from lifetimes.utils import *\nfrom lifetimes.plotting import *\n"
        "from lifetimes.generate_data import *\nfrom lifetimes.datasets import *\n"
        "from lifetimes import *",
        names,
    )
    assert {
        "calibration_and_holdout_data",
        "summary_data_from_transaction_data",
        "calculate_alive_path",
        "expected_cumulative_transactions",
        "plot_period_transactions",
        "plot_calibration_purchases_vs_holdout_purchases",
        "plot_frequency_recency_matrix",
        "plot_probability_alive_matrix",
        "plot_expected_repeat_purchases",
        "plot_history_alive",
        "plot_cumulative_transactions",
        "plot_incremental_transactions",
        "plot_transaction_rate_heterogeneity",
        "plot_dropout_rate_heterogeneity",
        "load_cdnow_summary",
        "load_transaction_data",
        "load_cdnow_summary_data_with_monetary_value",
        "load_donations",
        "beta_geometric_nbd_model",
        "ParetoNBDFitter",
    } <= names.keys()


@pytest.mark.parametrize(
    "line",
    [
        "from lifetimes.utils import ConvergenceError, _find_first_transactions, _check_inputs",
        "from lifetimes.utils import _scale_time, _customer_lifetime_value, _save_obj_without_attr",
        "from lifetimes.utils import calculate_alive_path, expected_cumulative_transactions",
        "from lifetimes.plotting import coalesce, forceAspect",
        "from lifetimes.generate_data import beta_geometric_nbd_model_transactional_data",
        "from lifetimes.datasets import load_dataset",
        "from lifetimes.version import __version__",
        "from lifetimes import BaseFitter",
        "from lifetimes.fitters import BaseFitter",
        "from lifetimes.fitters.beta_geo_fitter import BetaGeoFitter",
        "from lifetimes.fitters.modified_beta_geo_fitter import ModifiedBetaGeoFitter",
        "from lifetimes.fitters.pareto_nbd_fitter import ParetoNBDFitter",
        "from lifetimes.fitters.gamma_gamma_fitter import GammaGammaFitter",
        "from lifetimes.fitters.beta_geo_beta_binom_fitter import BetaGeoBetaBinomFitter",
        "import lifetimes; lifetimes.utils, lifetimes.plotting, lifetimes.fitters",
        "import lifetimes.plotting as p, lifetimes.generate_data as g",
    ],
)
def test_import_lines(active, line):
    exec(line, {})


def test_hidden_members_people_call(customers):
    log_params = np.log([0.24, 4.4, 0.8, 2.4])
    history = [column.to_numpy() for column in vectors(load_cdnow_summary())]
    ones = np.ones(len(history[0]))
    for kind in ("BetaGeoFitter", "ModifiedBetaGeoFitter"):
        call = getattr(tenure, kind)._negative_log_likelihood
        assert 0 < call(log_params, *history, ones, 0.0) < 10
    pareto = tenure.ParetoNBDFitter
    params = [0.55, 10.6, 0.6, 11.7]
    total = pareto._negative_log_likelihood(params, *history, ones, 0.0)
    assert -pareto._conditional_log_likelihood(params, *history).sum() == pytest.approx(total)
    assert np.isfinite(pareto._log_A_0(params, *history)[history[1] < history[2]]).all()


def test_all_warnings_can_be_silenced_at_once(customers):
    assert issubclass(IgnoredArgumentWarning, TenureWarning)
    assert issubclass(TenureWarning, UserWarning)
