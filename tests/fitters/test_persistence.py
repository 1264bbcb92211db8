"""Models survive pickle, deepcopy and JSON files, and never open anybody's pickle."""

import copy
import json
import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT

import tenure
from tenure import BetaGeoFitter, GammaGammaFitter, ModifiedBetaGeoFitter
from tenure.datasets import load_cdnow_summary_data_with_monetary_value
from tenure.exceptions import FileError, NotIdentifiedWarning, OptionError, TenureWarning
from tenure.fitters import BaseFitter
from tenure.io.provenance import with_provenance

FITTERS = [BetaGeoFitter, ModifiedBetaGeoFitter, GammaGammaFitter]


class Trap:
    """Fails the test if it is ever unpickled."""

    def __reduce__(self):
        return exec, ("raise AssertionError('the pickle was opened')",)


@pytest.fixture(scope="module")
def customers():
    table = load_cdnow_summary_data_with_monetary_value().head(400)
    table.index = pd.Index([f"c{i}" for i in range(len(table))], name="customer")
    return with_provenance(table, period="W")


@pytest.fixture(params=FITTERS, ids=lambda factory: factory.__name__)
def model(request, customers):
    return request.param(penalizer_coef=0.001).fit(customers)


def predict(model):
    if isinstance(model, GammaGammaFitter):
        return model.conditional_expected_average_profit([1, 2], [20.0, 30.0])
    return model.predict(12, [1, 2], [3.0, 4.0], [30.0, 40.0])


def same(found, expected):
    assert type(found) is type(expected)
    assert repr(found) == repr(expected)
    assert found.penalizer_coef == expected.penalizer_coef
    assert found.period_ == expected.period_ == "W"
    pd.testing.assert_series_equal(found.params_, expected.params_, check_exact=True)
    pd.testing.assert_frame_equal(found.summary, expected.summary, check_exact=True)
    pd.testing.assert_frame_equal(found.variance_matrix_, expected.variance_matrix_)
    np.testing.assert_array_equal(found._hessian_, expected._hessian_)
    assert found._negative_log_likelihood_ == expected._negative_log_likelihood_
    assert found._scale == expected._scale
    np.testing.assert_array_equal(predict(found), predict(expected))
    assert found.fit_report_.to_dict() == expected.fit_report_.to_dict()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickle(model, protocol):
    found = pickle.loads(pickle.dumps(model, protocol=protocol))
    same(found, model)
    pd.testing.assert_frame_equal(found.data, model.data)


def test_deepcopy_is_independent(model):
    found = copy.deepcopy(model)
    same(found, model)
    before = predict(model)
    found.params_[found.params_.index[0]] = 9.0
    assert (predict(found) != before).all()
    np.testing.assert_array_equal(predict(model), before)


def test_json_file(model, tmp_path):
    path = tmp_path / "model.json"
    model.save_model(path)
    found = type(model)()
    assert found.load_model(path) is None
    same(found, model)
    pd.testing.assert_frame_equal(found.data, model.data)
    same(type(model).from_json(path), model)
    same(BaseFitter.from_json(str(path)), model)
    assert [entry.name for entry in tmp_path.iterdir()] == ["model.json"]


def test_json_text_is_plain_json(model):
    text = model.to_json()
    state = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert state["params"] == model.params_.to_dict()
    same(type(model).from_json(text), model)


def test_json_without_data(model, tmp_path):
    path = tmp_path / "model.json"
    model.save_model(str(path), save_data=False)
    found = BaseFitter.from_json(path)
    assert found.data is None
    assert repr(found) == repr(model).replace(f" fitted with {len(model.data)} subjects,", "")
    assert len(path.read_text()) < 5000
    np.testing.assert_array_equal(predict(found), predict(model))
    pd.testing.assert_frame_equal(found.summary, model.summary)
    assert found.fit_report_.to_dict() == model.fit_report_.to_dict()
    if isinstance(found, GammaGammaFitter):
        with pytest.raises(TypeError, match="saved without data"):
            found.conditional_expected_average_profit()


def test_a_model_set_by_hand_is_saved(tmp_path):
    model = BetaGeoFitter()
    model.params_ = {"r": 0.24, "alpha": 4.41, "a": 0.79, "b": 2.43}
    found = BetaGeoFitter.from_json(model.to_json())
    assert found.params_.to_dict() == model.params_.to_dict()
    assert not hasattr(found, "data")
    assert repr(BetaGeoFitter.from_json(BetaGeoFitter().to_json())) == "<tenure.BetaGeoFitter>"
    assert repr(pickle.loads(pickle.dumps(BetaGeoFitter()))) == "<tenure.BetaGeoFitter>"


def test_what_is_not_identified_survives():
    with pytest.warns(NotIdentifiedWarning):
        model = BetaGeoFitter().fit([0, 0, 1], [0, 0, 5.0], [10.0, 20.0, 30.0])
    found = BetaGeoFitter.from_json(model.to_json())
    pd.testing.assert_frame_equal(found.variance_matrix_, model.variance_matrix_)
    assert found.variance_matrix_.isna().any(axis=None)
    assert found.fit_report_ == model.fit_report_


@pytest.mark.parametrize(
    "index",
    [
        pd.Index(range(400, 0, -1), name="id"),
        pd.Index([f"customer {i}" for i in range(400)]),
        pd.date_range("2020-01-01", periods=400, name="day"),
        pd.RangeIndex(400, name="row"),
        pd.Index(np.arange(400) + 0.5),
    ],
    ids=["integers", "text", "dates", "range", "floats"],
)
def test_every_usual_index_survives(customers, index):
    model = BetaGeoFitter().fit(customers.set_axis(index))
    found = BetaGeoFitter.from_json(model.to_json())
    pd.testing.assert_frame_equal(found.data, model.data, check_freq=False)


def test_an_index_that_json_cannot_hold(customers):
    tuples = pd.MultiIndex.from_product([range(20), range(20)])
    model = BetaGeoFitter().fit(customers.set_axis(tuples))
    with pytest.raises(OptionError, match="save_data=False"):
        model.to_json()
    assert BetaGeoFitter.from_json(model.to_json(save_data=False)).data is None


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_pickles_are_refused_unopened(tmp_path, protocol):
    path = tmp_path / "lifetimes.pkl"
    path.write_bytes(pickle.dumps(Trap(), protocol=protocol))
    model = BetaGeoFitter()
    with pytest.raises(FileError, match=r"(?s)does not open it.*model\.params_"):
        model.load_model(path)
    with pytest.raises(FileError, match="does not open it"):
        BetaGeoFitter.from_json(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{}", "not a tenure model"),
        ("{", "not JSON"),
        ("[1, 2]", "not a JSON"),
        ("", "not a JSON"),
        ('{"format": "tenure-model", "version": 99}', "version 99"),
        ('{"format": "tenure-model", "version": 1}', "holds a None"),
        (
            '{"format": "tenure-model", "version": 1, "class": "BetaGeoFitter"}',
            "params holds nothing",
        ),
    ],
)
def test_other_files_are_refused(tmp_path, content, words):
    path = tmp_path / "model.json"
    path.write_text(content)
    model = BetaGeoFitter()
    model.params_ = {"r": 0.24, "alpha": 4.41, "a": 0.79, "b": 2.43}
    before = repr(model)
    with pytest.raises(FileError, match=words):
        model.load_model(path)
    assert repr(model) == before


def test_the_wrong_model_is_refused(customers, tmp_path):
    path = tmp_path / "model.json"
    ModifiedBetaGeoFitter().fit(customers).save_model(path)
    with pytest.raises(FileError, match="holds a ModifiedBetaGeoFitter, not a BetaGeoFitter"):
        BetaGeoFitter().load_model(path)
    with pytest.raises(FileError, match=r"ModifiedBetaGeoFitter\.from_json"):
        BetaGeoFitter.from_json(path)


def test_missing_file(tmp_path):
    with pytest.raises(FileError, match="no model file"):
        BetaGeoFitter().load_model(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("options", "data", "generate"),
    [
        ({}, "kept", "kept"),
        ({"save_data": False}, None, "kept"),
        ({"save_data": False, "values_to_save": ["none"]}, "none", "kept"),
        ({"save_generate_data_method": False, "values_to_save": [1]}, "kept", 1),
        (
            {"save_data": False, "save_generate_data_method": False, "values_to_save": [0, 1]},
            0,
            1,
        ),
        (
            {"save_data": False, "save_generate_data_method": False, "values_to_save": [5]},
            5,
            "kept",
        ),
        ({"values_to_save": [7]}, "kept", "kept"),
        ({"save_data": False, "values_to_save": [5, 6]}, 5, "kept"),
        ({"save_data": False, "values_to_save": []}, "kept", "kept"),
    ],
)
def test_options_of_save_model(model, tmp_path, options, data, generate):
    """Every case was run under lifetimes 0.11.3; only its methods that become None differ."""
    path = tmp_path / "model.json"
    method = getattr(type(model), "generate_new_data", None)
    model.save_model(path, **options)
    found = type(model)()
    found.load_model(path)
    if isinstance(data, str) and data == "kept":
        pd.testing.assert_frame_equal(found.data, model.data)
    else:
        assert found.data == data
    if generate == "kept":
        assert getattr(type(found), "generate_new_data", None) is method
        assert "generate_new_data" not in found.__dict__
    else:
        assert found.generate_new_data == generate
    pd.testing.assert_series_equal(found.params_, model.params_, check_exact=True)
    assert repr(found).startswith(f"<tenure.{type(model).__name__}:")
    pd.testing.assert_frame_equal(model.data, type(model).from_json(model.to_json()).data)


def test_options_by_position(model, tmp_path):
    path = tmp_path / "model.json"
    model.save_model(path, False, False, ["a", {"b": [1.5, None]}])
    found = BaseFitter.from_json(path)
    assert (found.data, found.generate_new_data) == ("a", {"b": [1.5, None]})


def test_values_that_json_cannot_hold(model, tmp_path):
    with pytest.raises(OptionError, match="values_to_save"):
        model.save_model(tmp_path / "model.json", save_data=False, values_to_save=[Trap()])
    assert list(tmp_path.iterdir()) == []


def test_parameters_of_another_model_are_refused():
    state = {"format": "tenure-model", "version": 1, "class": "BetaGeoFitter"}
    with pytest.raises(FileError, match="params are p, q, v, not r, alpha, a, b"):
        BetaGeoFitter.from_json(json.dumps({**state, "params": {"p": 1, "q": 2, "v": 3}}))


@pytest.mark.parametrize("factory", FITTERS)
def test_the_recipe_in_the_refusal_converts(factory, customers, tmp_path, monkeypatch):
    """The refusal's own lines, run on a model as the other package would hold it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old.pkl").write_bytes(pickle.dumps(Trap()))
    with pytest.raises(FileError) as refusal:
        factory().load_model("old.pkl")
    recipe = str(refusal.value).split("\n\n", 1)[1]
    model = factory(penalizer_coef=0.001).fit(customers)
    model.save_model("old.pkl")
    tenure.lifetimes.install()
    try:
        exec(compile(recipe, "recipe", "exec"), {})
    finally:
        tenure.lifetimes.uninstall()
    found = factory.from_json("old.json")
    pd.testing.assert_series_equal(found.params_, model.params_, check_exact=True)
    assert found.penalizer_coef == 0.001
    np.testing.assert_array_equal(predict(found), predict(model))


# Files that say what cannot be ----------------------------------------------------------------


def changed(text, path, value):
    """Return a model file with another value at a path such as ``fit.hessian.0.1``."""
    state = json.loads(text)
    *outer, last = path.split(".")
    place = state
    for key in outer:
        place = place[int(key)] if isinstance(place, list) else place[key]
    place[int(last) if isinstance(place, list) else last] = value
    return json.dumps(state)


@pytest.fixture(scope="module")
def saved(customers):
    return BetaGeoFitter().fit(customers).to_json()


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        ("model", "Pareto/NBD", "model"),
        ("model", None, "model"),
        ("version", True, "version"),
        ("version", 1.0, "version"),
        ("period", 5, "period"),
        ("period", "banana", "period"),
        ("penalizer_coef", -1, "penalizer_coef"),
        ("penalizer_coef", "0.1", "penalizer_coef"),
        ("params", [1, 2, 3, 4], "params"),
        ("params.alpha", -4.41, "params.alpha"),
        ("params.alpha", 0, "params.alpha"),
        ("params.alpha", True, "params.alpha"),
        ("params.alpha", float("nan"), "params.alpha"),
        ("params.alpha", "nan", "params.alpha"),
        ("params.alpha", float("inf"), "params.alpha"),
        ("params.alpha", 10**400, "params.alpha"),
        ("fit", [], "fit"),
        ("fit.params", [1.0, 2.0], "fit.params"),
        ("fit.params.1", -1.0, r"fit.params\[1\]"),
        ("fit.hessian", [[1.0]], "fit.hessian"),
        ("fit.covariance.2", [1.0], r"fit.covariance\[2\]"),
        ("fit.covariance.2.1", "x", r"fit.covariance\[2\]\[1\]"),
        ("fit.converged", "yes", "fit.converged"),
        ("fit.reason", 5, "fit.reason"),
        ("fit.rows", -1, "fit.rows"),
        ("fit.rows", 2.5, "fit.rows"),
        ("fit.not_identified", ["c"], r"fit.not_identified\[0\]"),
        ("fit.evil", 1, "fit.evil"),
        ("facts.dropped", "many", "facts.dropped"),
        ("facts.p_alive", [0.5], "facts.p_alive"),
        ("facts.evil", 1, "facts.evil"),
        ("data.vectors.T.values", [1.0], "data.vectors.T.values"),
        ("data.vectors.T.values.3", None, r"data.vectors.T.values\[3\]"),
        ("data.vectors.T.dtype", "datetime64[ns]", "data.vectors.T.dtype"),
        ("data.vectors.evil", {}, "data.vectors.evil"),
        ("data.index.kind", "multi", "data.index.kind"),
        ("data.index.values", ["a"], "data.index.values"),
        ("data.index.values.0", ["a"], r"data.index.values\[0\]"),
        ("replaced", {"predict": 1}, "replaced.predict"),
        ("replaced", {"_ask": 1}, "replaced._ask"),
        ("replaced", {"__class__": 1}, "replaced.__class__"),
        ("replaced", {"_params": {}}, "replaced._params"),
        ("evil", 1, "evil"),
    ],
)
def test_a_wrong_field_is_refused_by_its_path(saved, path, value, where):
    model = BetaGeoFitter()
    model.params_ = {"r": 0.24, "alpha": 4.41, "a": 0.79, "b": 2.43}
    before = dict(model.__dict__)
    expected = "version .* of the model format" if where == "version" else rf"{where} holds "
    with pytest.raises(FileError, match=expected) as refusal:
        BetaGeoFitter.from_json(changed(saved, path, value))
    assert len(str(refusal.value)) < 400
    assert dict(model.__dict__) == before


@pytest.mark.parametrize("name", ["reason", "hessian", "params"])
def test_a_missing_field_is_refused(saved, name):
    state = json.loads(saved)
    del state["fit"][name]
    with pytest.raises(FileError, match=rf"fit\.{name} holds nothing"):
        BetaGeoFitter.from_json(json.dumps(state))


@pytest.mark.parametrize(
    "text", ['{"a":' * 50_000, '{"a": ' + "9" * 5_000 + "}", '{"a": [' * 9_999]
)
def test_depth_and_digits_are_typed_errors(tmp_path, text):
    (tmp_path / "model.json").write_text(text)
    for source in (text, tmp_path / "model.json"):
        with pytest.raises(FileError, match="is not a tenure model"):
            BaseFitter.from_json(source)


@pytest.mark.parametrize("text", ["a = " + "[" * 50_000, "a = " + "9" * 5_000, "a" + ".b" * 50_000])
def test_depth_and_digits_in_toml(tmp_path, text):
    (tmp_path / "t.toml").write_text(text)
    for read in (tenure.read_config, tenure.read_campaigns):
        with pytest.raises(FileError, match=r"t\.toml is not"):
            read(tmp_path / "t.toml")


def test_files_that_were_valid_still_are(saved):
    converted = ROOT / "tests" / "reference" / "converted_model.json"
    assert BaseFitter.from_json(converted).params_["alpha"] == pytest.approx(3.734, abs=1e-3)
    least = '{"format": "tenure-model", "version": 1, "class": "BetaGeoFitter", "params": '
    params = '{"r": 1, "alpha": 1e-300, "a": 5e15, "b": 2}'
    assert BetaGeoFitter.from_json(least + params + "}").params_["a"] == 5e15


# The models of a run ----------------------------------------------------------------------------


def test_the_models_file_of_a_run_loads(tmp_path):
    sales = tenure.datasets.load_cdnow_transactions().head(2000)
    columns = {"customer": "customer_id", "date": "date", "amount": "dollar_value"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        found = tenure.run(
            sales, **columns, purchase_model="bg/nbd", outputs=["models"], out=tmp_path / "out"
        )
    path = tmp_path / "out" / "models.json"
    loaded = BaseFitter.from_json(path)
    assert type(loaded) is BetaGeoFitter
    pd.testing.assert_series_equal(loaded.params_, found.purchase_model.params_, check_exact=True)
    own = BetaGeoFitter.from_json(path)
    assert own.predict(12, 2, 3.0, 30.0) == found.purchase_model.predict(12, 2, 3.0, 30.0)
    spend = GammaGammaFitter.from_json(path)
    pd.testing.assert_series_equal(spend.params_, found.spend_model.params_, check_exact=True)
    with pytest.raises(FileError, match="holds a BetaGeoFitter, not a ModifiedBetaGeoFitter"):
        ModifiedBetaGeoFitter.from_json(path)
