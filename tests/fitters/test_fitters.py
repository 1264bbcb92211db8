"""Fitters as objects: attributes, parameters by hand, habits of scripts written for lifetimes."""

import pickle
import threading
import warnings

import numpy as np
import pandas as pd
import pytest

from tenure import (
    BetaGeoFitter,
    GammaGammaFitter,
    ModifiedBetaGeoFitter,
    ParetoNBDFitter,
    _engine,
)
from tenure.exceptions import (
    ConvergenceError,
    DataError,
    EmptyDataError,
    IgnoredArgumentWarning,
    ModelWarning,
    NotFittedError,
    NotIdentifiedWarning,
    OptionError,
    TruncatedFrequencyWarning,
)

PURCHASE_MODELS = [BetaGeoFitter, ModifiedBetaGeoFitter]
TIMED_MODELS = [*PURCHASE_MODELS, ParetoNBDFitter]
PARAMS = {"r": 0.2426, "alpha": 4.4135, "a": 0.7929, "b": 2.4258}


@pytest.fixture(scope="module")
def fitted(customers):
    return BetaGeoFitter().fit(customers.frequency, customers.recency, customers["T"])


def by_hand(factory=BetaGeoFitter, params=PARAMS):
    model = factory()
    model.params_ = params
    return model


def test_modified_is_a_beta_geo_fitter():
    assert issubclass(ModifiedBetaGeoFitter, BetaGeoFitter)


def test_fit_returns_self(customers):
    model = BetaGeoFitter()
    assert model.fit(customers) is model
    assert BetaGeoFitter(0.1).penalizer_coef == BetaGeoFitter(penalizer_coef=0.1).penalizer_coef


@pytest.mark.parametrize("factory", PURCHASE_MODELS)
def test_a_table_fits_as_its_columns_do(factory, customers):
    columns = factory().fit(customers.frequency, customers.recency, customers["T"])
    table = factory().fit(customers)
    assert table.params_.equals(columns.params_)
    pd.testing.assert_index_equal(table.data.index, customers.index)
    assert columns.data.index.equals(pd.RangeIndex(len(customers)))


def test_a_table_of_another_library_fits_too(customers):
    polars = pytest.importorskip("polars")
    table = polars.from_pandas(customers.reset_index())
    expected = BetaGeoFitter().fit(customers)
    model = BetaGeoFitter().fit(table)
    assert model.params_.equals(expected.params_)
    alive = model.conditional_probability_alive(table)
    np.testing.assert_array_equal(alive, expected.conditional_probability_alive(customers))
    series = [table["frequency"], table["recency"], table["T"]]
    assert BetaGeoFitter().fit(*series).params_.equals(expected.params_)


def test_lists_and_integers_fit(customers):
    head = customers.head(300)
    expected = BetaGeoFitter().fit(head)
    lists = [head[name].tolist() for name in ("frequency", "recency", "T")]
    assert BetaGeoFitter().fit(*lists).params_.equals(expected.params_)
    nullable = head.assign(frequency=head.frequency.astype("Int64"))
    assert BetaGeoFitter().fit(nullable).params_.equals(expected.params_)


def test_weights_mean_repetition(customers):
    head = customers.head(200)
    weights = np.arange(200) % 3
    repeated = BetaGeoFitter().fit(head.loc[head.index.repeat(weights)])
    weighted = BetaGeoFitter().fit(head.frequency, head.recency, head["T"], weights=weights)
    pd.testing.assert_series_equal(weighted.params_, repeated.params_, rtol=1e-6)
    pd.testing.assert_series_equal(weighted.standard_errors_, repeated.standard_errors_, rtol=1e-5)
    in_table = BetaGeoFitter().fit(head.assign(weights=weights))
    assert in_table.params_.equals(weighted.params_)
    assert weighted.data.weights.tolist() == weights.tolist()


def test_index_names_the_data(customers):
    head = customers.head(400)
    ids = [f"c{i}" for i in range(400)]
    columns = head.frequency, head.recency, head["T"]
    model = BetaGeoFitter().fit(*columns, index=ids)
    assert model.data.index.tolist() == ids
    with pytest.raises(DataError, match="index 399"):
        BetaGeoFitter().fit(*columns, index=ids[:-1])


def test_fit_goes_by_position(customers):
    shuffled = customers["T"].sample(frac=1.0, random_state=0)
    by_series = BetaGeoFitter().fit(customers.frequency, customers.recency * 0.01, shuffled)
    columns = [customers.frequency, customers.recency * 0.01, shuffled]
    by_array = BetaGeoFitter().fit(*(column.to_numpy() for column in columns))
    assert by_series.params_.equals(by_array.params_)


def test_nothing_is_mutated(customers):
    before = customers.copy(deep=True)
    model = BetaGeoFitter().fit(customers)
    model.predict(10, customers)
    model.data["frequency"] += 1
    pd.testing.assert_frame_equal(customers, before)


@pytest.mark.parametrize("as_array", [True, False])
def test_later_changes_of_the_input_do_not_reach_the_model(customers, as_array):
    changed = customers.head(400).astype({"frequency": float})
    columns = [changed[name] for name in ("frequency", "recency", "T")]
    if as_array:
        columns = [column.to_numpy(copy=True) for column in columns]
    model = BetaGeoFitter().fit(*columns)
    first = columns[2].iloc if isinstance(columns[2], pd.Series) else columns[2]
    first[0] = 1e6
    assert model.data["T"].iloc[0] == customers["T"].iloc[0]


def test_data_is_built_once(fitted):
    assert fitted.data is fitted.data


def test_initial_params_are_logarithms_of_scaled_params(customers, fitted):
    start = np.log(fitted.params_) + np.log([1.0, fitted._scale, 1.0, 1.0])
    model = BetaGeoFitter().fit(customers, initial_params=start)
    pd.testing.assert_series_equal(model.params_, fitted.params_, rtol=1e-5)
    with pytest.raises(OptionError, match="r, alpha, a, b"):
        BetaGeoFitter().fit(customers, initial_params=[0.0])


@pytest.mark.parametrize("coefficient", [-1.0, np.nan, np.inf])
def test_impossible_penalties_are_refused(customers, coefficient):
    with pytest.raises(OptionError, match="penalizer_coef"):
        BetaGeoFitter(penalizer_coef=coefficient).fit(customers)


def test_unknown_keywords_are_accepted_and_said(customers):
    with pytest.warns(IgnoredArgumentWarning, match="iterative_fitting, method"):
        BetaGeoFitter().fit(customers, iterative_fitting=3, method="Nelder-Mead")


def test_verbose_prints_the_verdict(customers, capsys):
    BetaGeoFitter().fit(customers, verbose=True)
    assert "converged" in capsys.readouterr().out
    BetaGeoFitter().fit(customers)
    assert capsys.readouterr().out == ""


def test_warnings_point_at_the_caller(customers):
    with pytest.warns(IgnoredArgumentWarning) as caught:
        BetaGeoFitter().fit(customers, method="x")
    assert caught[0].filename == __file__


def test_a_fit_without_estimate_raises_lifetimes_sentence(customers, monkeypatch, capsys):
    def fails(*args, **kwargs):
        raise ConvergenceError("no start")

    monkeypatch.setattr("tenure._engine.Model.fit", fails)
    with pytest.raises(ConvergenceError, match=r"The model did not converge\. Try adding a larger"):
        BetaGeoFitter().fit(customers)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("model", ["BG/NBD", "MBG/NBD", "Pareto/NBD"])
def test_a_fit_still_under_way_is_an_error(customers, model):
    columns = [customers[name].to_numpy(float) for name in ("frequency", "recency", "T")]
    with pytest.raises(ConvergenceError, match="had not converged after"):
        _engine.Model(model).fit(columns, max_evaluations=1)
    assert _engine.Model(model).fit(columns)["converged"]


def test_a_failed_fit_leaves_the_model_as_it_was(customers):
    model = BetaGeoFitter().fit(customers)
    before = model.params_.copy()
    with pytest.raises(DataError):
        model.fit([1.0], [5.0], [2.0])
    assert model.params_.equals(before)
    assert len(model.data) == len(customers)


def test_fractional_frequencies_are_cut_and_said(customers):
    head = customers.head(300)
    fractional = head.frequency + np.where(np.arange(300) == 7, 0.5, 0.0) * (head.frequency > 0)
    fractional.iloc[1] += 0.5
    with pytest.warns(TruncatedFrequencyWarning, match=r"frequencies are not whole"):
        model = BetaGeoFitter().fit(fractional, head.recency, head["T"])
    assert model.params_.equals(BetaGeoFitter().fit(head).params_)
    assert model.data.frequency.dtype == np.int64


# -- parameters by hand ------------------------------------------------------------------------


@pytest.mark.parametrize("params", [PARAMS, pd.Series(PARAMS), pd.Series(PARAMS)[::-1]])
def test_parameters_can_be_set_by_hand(params):
    model = by_hand(params=params)
    assert model.predict(10, 2, 30.0, 39.0) == pytest.approx(0.35239767562876534, rel=1e-9)
    assert repr(model) == "<tenure.BetaGeoFitter: a: 0.79, alpha: 4.41, b: 2.43, r: 0.24>"
    assert model._unload_params("alpha", "r") == [4.4135, 0.2426]
    for name in ("data", "summary", "standard_errors_", "variance_matrix_", "fit_report_"):
        assert not hasattr(model, name)
    assert "4.4135" in model._repr_html_()


def test_parameters_set_after_a_dummy_fit():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ModelWarning)
        model = BetaGeoFitter().fit([1], [1], [2])
    model.params_ = PARAMS
    assert model.predict(10, 2, 30.0, 39.0) == pytest.approx(0.35239767562876534, rel=1e-9)
    with pytest.raises(AttributeError, match="changed by hand"):
        _ = model.summary


def test_one_parameter_changed_in_place(customers):
    model = BetaGeoFitter().fit(customers)
    before = model.predict(10, 2, 30.0, 39.0)
    model.params_["alpha"] = 40.0
    assert model.predict(10, 2, 30.0, 39.0) != before
    assert not hasattr(model, "standard_errors_")


def test_incomplete_parameters_are_refused():
    with pytest.raises(OptionError, match="params_ lacks a, b"):
        BetaGeoFitter().params_ = {"r": 1.0, "alpha": 2.0}


@pytest.mark.parametrize("value", [np.nan, -1.0, 0.0, np.inf])
def test_impossible_parameters_are_refused(value):
    with pytest.raises(DataError, match="alpha"):
        by_hand(params={**PARAMS, "alpha": value}).predict(1, 1, 1, 2)


def test_unfitted():
    model = BetaGeoFitter()
    assert repr(model) == "<tenure.BetaGeoFitter>"
    assert "not fitted" in model._repr_html_()
    with pytest.raises(NotFittedError, match="Model has not been fit yet"):
        model.predict(1, 1, 1, 2)
    with pytest.raises(ValueError, match=r"Please call the \.fit method first"):
        model._unload_params("r")
    for name in ("params_", "data", "summary", "fit_report_", "_scale"):
        assert not hasattr(model, name)


def test_faces(fitted):
    expected = "fitted with 2357 subjects, a: 0.79, alpha: 4.41, b: 2.43, r: 0.24>"
    assert repr(fitted) == f"<tenure.BetaGeoFitter: {expected}"
    html = fitted._repr_html_()
    assert "2,357" in html
    assert "se(coef)" in html
    assert fitted.summary.iloc[0, 0] == fitted.params_["r"]


# -- inputs of predictions ---------------------------------------------------------------------


@pytest.mark.parametrize("factory", PURCHASE_MODELS)
def test_a_table_predicts_as_its_columns_do(factory, customers):
    model = by_hand(factory)
    columns = customers.frequency, customers.recency, customers["T"]
    purchases = model.predict(26, customers)
    pd.testing.assert_series_equal(purchases, model.predict(26, *columns))
    pd.testing.assert_index_equal(purchases.index, customers.index)
    alive = model.conditional_probability_alive(customers)
    assert isinstance(alive, pd.Series)
    np.testing.assert_array_equal(alive, model.conditional_probability_alive(*columns))


def test_lists_predict():
    model = by_hand()
    found = model.predict(10, [2, 0], [30.0, 0.0], [39.0, 27.0])
    assert isinstance(found, np.ndarray)
    expected = [model.predict(10, 2, 30.0, 39.0), model.predict(10, 0, 0.0, 27.0)]
    np.testing.assert_array_equal(found, expected)


def test_arrays_of_two_dimensions():
    model = by_hand()
    x, recency = np.meshgrid(np.arange(1.0, 4.0), np.arange(6.0))
    grid = model.predict(10, x, recency, 5.0)
    assert grid.shape == (6, 3)
    assert grid[4, 1] == model.predict(10, 2.0, 4.0, 5.0)
    assert model.conditional_probability_alive(x, recency, 5.0).shape == (6, 3)


def test_series_are_matched_by_index():
    model = by_hand()
    x = pd.Series([2, 4], index=["a", "b"])
    recency = pd.Series([20.0, 30.0], index=["b", "a"])
    found = model.predict(10, x, recency, pd.Series([39.0, 33.0], index=["a", "b"]))
    assert found["a"] == model.predict(10, 2, 30.0, 39.0)
    assert found["b"] == model.predict(10, 4, 20.0, 33.0)


def test_series_of_other_customers_are_refused():
    x = pd.Series([2, 4], index=["a", "b"])
    other = pd.Series([20.0, 30.0], index=["a", "c"])
    with pytest.raises(DataError, match=r"recency is missing 1 of the customers.*'b'"):
        by_hand().predict(10, x, other, 39.0)
    twice = pd.Series([20.0, 30.0], index=["a", "a"])
    with pytest.raises(DataError, match="more than once"):
        by_hand().predict(10, x, twice, 39.0)


def test_lengths_must_agree():
    with pytest.raises(DataError, match="differ in length: frequency \\(2,\\), recency \\(3,\\)"):
        by_hand().predict(10, [1, 2], [1.0, 1.0, 1.0], 39.0)
    with pytest.raises(DataError, match="differ in length: frequency 2, recency 3"):
        BetaGeoFitter().fit([1, 2], [1.0, 1.0, 1.0], [39.0, 40.0])


@pytest.mark.parametrize(
    ("vector", "words"),
    [
        (["two", "4"], "row 0 = 'two'"),
        (pd.Series(pd.to_datetime(["2021-01-01", "2021-01-02"])), "datetime64"),
        (pd.Series(pd.to_timedelta([1, 2], unit="D")), "timedelta64"),
        (np.array([1j, 2j]), "complex"),
        ([[1.0], [1.0, 2.0]], "not a vector of numbers"),
    ],
)
def test_vectors_must_be_numbers(vector, words):
    with pytest.raises(DataError, match="recency") as caught:
        BetaGeoFitter().fit([1, 2], vector, [39.0, 40.0])
    assert words in str(caught.value)


def test_bad_rows_are_named_by_customer():
    table = pd.DataFrame(
        {"frequency": [1, 1], "recency": [5.0, 50.0], "T": [39.0, 40.0]}, index=["ann", "bob"]
    )
    for call in (BetaGeoFitter().fit, lambda table: by_hand().predict(3, table)):
        with pytest.raises(DataError, match="larger than T vector") as caught:
            call(table)
        assert caught.value.rows == ["bob"]
        assert caught.value.values == [50.0]
        assert caught.value.column == "recency"
        assert "'bob'" in str(caught.value)


def test_missing_columns_and_vectors():
    table = pd.DataFrame({"frequency": [1], "recencey": [5.0], "T": [39.0]})
    with pytest.raises(DataError, match="Did you mean 'recencey'"):
        BetaGeoFitter().fit(table)
    with pytest.raises(TypeError, match="missing 'T'"):
        BetaGeoFitter().fit([1], [1.0])
    with pytest.raises(TypeError, match="one DataFrame"):
        by_hand().predict(1, [1])


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_missing_and_infinite_values_are_refused(bad):
    with pytest.raises(DataError, match="missing or infinite"):
        BetaGeoFitter().fit([1, 2], [1.0, bad], [39.0, 40.0])
    with pytest.raises(DataError, match="missing or infinite"):
        by_hand().predict(10, [1, 2], [1.0, bad], [39.0, 40.0])
    with pytest.raises(DataError):
        by_hand().predict(bad, 1, 1.0, 2.0)


def test_empty_inputs():
    with pytest.raises(EmptyDataError, match="zero length vector"):
        BetaGeoFitter().fit([], [], [])
    empty = pd.DataFrame({"frequency": [], "recency": [], "T": []}, dtype=float)
    with pytest.raises(EmptyDataError):
        BetaGeoFitter().fit(empty)


@pytest.mark.parametrize("factory", TIMED_MODELS)
def test_parameters_that_nobody_has_asked_for_are_there_all_the_same(factory, customers):
    model, asked = factory().fit(customers), factory().fit(customers)
    params = asked.params_
    assert "_params" not in vars(model)
    copied = pickle.loads(pickle.dumps(model))
    assert copied.predict(5, 2, 30.0, 38.0) == asked.predict(5, 2, 30.0, 38.0)
    assert model.params_ is model.params_
    pd.testing.assert_series_equal(model.params_, params)
    pd.testing.assert_series_equal(copied.params_, params)
    # A parameter that was changed counts, and takes the standard errors with it.
    before = model.predict(5, 2, 30.0, 38.0)
    model.params_["r"] *= 2
    assert model.predict(5, 2, 30.0, 38.0) != before
    with pytest.raises(AttributeError, match="changed by hand"):
        model.standard_errors_  # noqa: B018
    # The next fit knows nothing of it.
    assert model.fit(customers).predict(5, 2, 30.0, 38.0) == before
    pd.testing.assert_series_equal(model.params_, params)


@pytest.mark.parametrize("factory", TIMED_MODELS)
def test_nobody_weighs_anything(factory):
    with pytest.raises(DataError, match="All weights are zero") as caught:
        factory().fit([1, 0], [1.0, 0.0], [2.0, 2.0], weights=[0, 0])
    assert caught.value.column == "weights"


@pytest.mark.parametrize("factory", TIMED_MODELS)
def test_counts_that_no_float_tells_apart_are_refused(factory):
    wrapped = np.array([3, 1, 0], dtype=np.uint64) - np.ones(3, dtype=np.uint64)
    history = wrapped, np.array([1.0, 0.0, 2.0]), np.full(3, 5.0)
    with pytest.raises(DataError, match="too large values in the frequency vector") as caught:
        factory().fit(*history)
    assert caught.value.rows == [2]
    model = factory()
    model.params_ = dict.fromkeys(model._parameters, 1.5)
    with pytest.raises(DataError, match="too large values in the frequency vector"):
        model.predict(10.0, *history)
    assert np.isfinite(model.predict(10.0, np.array([2.0**53]), [5.0], [5.0])).all()


@pytest.mark.parametrize("factory", PURCHASE_MODELS)
def test_nobody_came_back(factory):
    with pytest.raises(DataError, match="frequency is 0 for every customer"):
        factory().fit([0, 0, 0], [0, 0, 0], [10.0, 20.0, 30.0])
    with pytest.warns(NotIdentifiedWarning):
        model = factory().fit([0, 0, 1], [0, 0, 5.0], [10.0, 20.0, 30.0])
    assert np.isfinite(model.predict(10, 0, 0, 10.0))


def test_matrix_of_the_data(fitted, customers):
    matrix = fitted.conditional_probability_alive_matrix()
    assert matrix.shape == (int(customers["T"].max()) + 1, int(customers.frequency.max()) + 1)
    with pytest.raises(OptionError, match="max_frequency"):
        by_hand().conditional_probability_alive_matrix()


def test_probabilities_of_counts_sum_to_one():
    for factory in PURCHASE_MODELS:
        pmf = by_hand(factory).probability_of_n_purchases_up_to_time(30.0, np.arange(3000))
        assert pmf.sum() == pytest.approx(1.0, abs=1e-6)
        assert (pmf >= 0).all()


@pytest.mark.parametrize("factory", PURCHASE_MODELS)
def test_a_equal_to_one_is_no_hole(factory):
    # lifetimes divides by a - 1.
    at = {
        a: by_hand(factory, {**PARAMS, "a": a}).predict(39, 2, 30.43, 38.86)
        for a in (1 - 1e-6, 1 - 1e-10, 1.0, 1 + 1e-10, 1 + 1e-6)
    }
    assert np.isfinite(list(at.values())).all()
    assert at[1.0] == pytest.approx((at[1 - 1e-6] + at[1 + 1e-6]) / 2, rel=1e-9)
    assert at[1 + 1e-10] == pytest.approx(at[1.0], rel=1e-9)


def test_threads_may_share_a_model(customers):
    model = BetaGeoFitter().fit(customers)
    expected = model.predict(26, customers)
    found = []

    def work():
        for _ in range(5):
            found.append(model.predict(26, customers).equals(expected))
            found.append(len(model.data) == len(customers))
            found.append(BetaGeoFitter().fit(customers).params_.equals(model.params_))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 60
    assert all(found)


def test_predict_always_exists():
    assert callable(BetaGeoFitter().predict)
    assert callable(ModifiedBetaGeoFitter().predict)
    assert not hasattr(GammaGammaFitter(), "predict")
