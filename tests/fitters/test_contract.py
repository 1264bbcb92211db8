"""The contract of fitters: what every model of the registry does, whatever its formulas."""

import copy
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest

import tenure
from tenure.datasets import load_cdnow_summary_data_with_monetary_value, load_donations
from tenure.exceptions import DataError
from tenure.fitters import BaseFitter
from tenure.fitters.registry import models

FITTERS = {
    fitter._model.name: fitter
    for fitter in vars(tenure.fitters).values()
    if isinstance(fitter, type) and issubclass(fitter, BaseFitter) and fitter is not BaseFitter
}


def continuous_times():
    return load_cdnow_summary_data_with_monetary_value().head(600)[["frequency", "recency", "T"]]


def periods():
    table = load_donations()
    table = table.loc[table.index.repeat(table["weights"] // 20 + 1)]
    return table.rename(columns={"periods": "n_periods"})


def spending():
    table = load_cdnow_summary_data_with_monetary_value()
    return table.loc[table["frequency"] > 0, ["frequency", "monetary_value"]].head(600)


TABLES = {
    ("frequency", "recency", "T"): continuous_times,
    ("frequency", "recency", "n_periods"): periods,
    ("frequency", "monetary_value"): spending,
}

PREDICTIONS = {
    ("frequency", "recency", "T"): [
        lambda model, *of: model.predict(12.0, *of),
        lambda model, *of: model.conditional_probability_alive(*of),
        lambda model, *of: model.conditional_probability_of_n_purchases_up_to_time(1, 4.0, *of),
    ],
    ("frequency", "recency", "n_periods"): [
        lambda model, *of: model.conditional_expected_number_of_purchases_up_to_time(3, *of),
        lambda model, *of: model.conditional_probability_alive(2, *of),
    ],
    ("frequency", "monetary_value"): [
        lambda model, *of: model.conditional_expected_average_profit(*of),
    ],
}


@pytest.fixture(params=models().values(), ids=lambda entry: entry.name)
def entry(request):
    return request.param


@pytest.fixture
def table(entry):
    table = TABLES[entry.columns]()
    table.index = pd.Index([f"c{i}" for i in range(len(table))], name="customer")
    return table[list(entry.columns)].astype(float)


@pytest.fixture
def model(entry, table):
    return FITTERS[entry.name]().fit(table)


def columns_of(table):
    return [table[column] for column in table.columns]


def test_every_model_has_one_fitter():
    assert sorted(FITTERS) == sorted(models())


def test_fit_returns_the_model_and_changes_no_argument(entry, table):
    before = table.copy()
    model = FITTERS[entry.name]()
    assert model.fit(table) is model
    pd.testing.assert_frame_equal(table, before)
    assert tuple(model.params_.index) == entry.parameters
    assert np.isfinite(model.params_).all()
    assert (model.params_ > 0.0).all()
    assert list(model.summary.index) == list(entry.parameters)
    for name in entry.parameters:
        assert name in model._repr_html_()


def test_a_model_as_its_columns_are_given(entry, table, model):
    by_columns = FITTERS[entry.name]().fit(*columns_of(table))
    by_arrays = FITTERS[entry.name]().fit(*(column.to_numpy() for column in columns_of(table)))
    by_polars = FITTERS[entry.name]().fit(pl.from_pandas(table))
    for other in (by_columns, by_arrays, by_polars):
        pd.testing.assert_series_equal(other.params_, model.params_, check_exact=True)


def test_weights_are_repetitions(entry, table, model):
    twice = FITTERS[entry.name]().fit(pd.concat([table, table]))
    weighted = FITTERS[entry.name]().fit(*columns_of(table), weights=np.full(len(table), 2.0))
    np.testing.assert_allclose(weighted.params_, model.params_, rtol=1e-6)
    np.testing.assert_allclose(twice.params_, model.params_, rtol=1e-6)
    for errors in (weighted.standard_errors_, twice.standard_errors_):
        np.testing.assert_allclose(errors * np.sqrt(2.0), model.standard_errors_, rtol=1e-5)


def test_the_likelihood_of_customers_sums_to_that_of_the_fit(model, table):
    by_customer = model._model.log_likelihood(
        model.params_.tolist(), [column.to_numpy() for column in columns_of(table)]
    )
    assert np.isfinite(by_customer).all()
    assert by_customer.sum() == pytest.approx(model.fit_report_.log_likelihood, rel=1e-12)


def test_predictions_keep_index_and_kind_and_are_finite(entry, table, model):
    for predict in PREDICTIONS[entry.columns]:
        found = predict(model, table)
        assert isinstance(found, pd.Series)
        pd.testing.assert_index_equal(found.index, table.index)
        assert np.isfinite(found).all()
        assert (found >= 0.0).all()
        by_arrays = predict(model, *(column.to_numpy() for column in columns_of(table)))
        assert isinstance(by_arrays, np.ndarray)
        np.testing.assert_array_equal(by_arrays, found)


def test_predictions_of_a_customer_do_not_depend_on_the_others(entry, table, model):
    order = np.random.default_rng(1).permutation(len(table))
    for predict in PREDICTIONS[entry.columns]:
        together = predict(model, table)
        some = predict(model, table.iloc[order[:50]])
        np.testing.assert_allclose(some, together.iloc[order[:50]], rtol=1e-12)


def test_models_survive_copies_pickles_and_files(entry, table, model, tmp_path):
    file = tmp_path / "model.json"
    model.to_json(file)
    copies = [
        copy.copy(model),
        copy.deepcopy(model),
        pickle.loads(pickle.dumps(model)),
        FITTERS[entry.name].from_json(file),
    ]
    for other in copies:
        assert repr(other) == repr(model)
        pd.testing.assert_series_equal(other.params_, model.params_, check_exact=True)
        for predict in PREDICTIONS[entry.columns]:
            pd.testing.assert_series_equal(predict(other, table), predict(model, table))


def test_results_do_not_depend_on_the_number_of_threads(entry, table, model):
    before = tenure.get_threads()
    try:
        for threads in (1, 3):
            tenure.set_threads(threads)
            other = FITTERS[entry.name]().fit(table)
            pd.testing.assert_series_equal(other.params_, model.params_, check_exact=True)
    finally:
        tenure.set_threads(before)


def test_what_cannot_be_is_refused_with_its_column_and_row(entry, table):
    for column in entry.columns:
        faulty = table.copy()
        faulty.loc["c7", column] = -1.0
        with pytest.raises(DataError, match="c7") as refusal:
            FITTERS[entry.name]().fit(faulty)
        assert column in str(refusal.value)
