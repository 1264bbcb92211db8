"""The migration page: its code runs, and what it says differs does differ."""

import copy
import json
import pickle
import re
import warnings

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT

import tenure
from tenure import BetaGeoFitter, GammaGammaFitter, ModifiedBetaGeoFitter
from tenure.exceptions import DataError, TenureWarning
from tenure.fitters import BaseFitter

PAGE = (ROOT / "docs" / "migrating-from-lifetimes.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
CONVERTED = ROOT / "tests" / "reference" / "converted_model.json"
CDNOW = {"r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.4259}


def by_hand(factory=BetaGeoFitter, **params):
    model = factory()
    model.params_ = {**CDNOW, **params} if factory is not GammaGammaFitter else params
    return model


def test_blocks_run_in_order(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    # The block that runs where lifetimes is installed finds a model under lifetimes' name.
    data = tenure.datasets.load_cdnow_summary_data_with_monetary_value()
    BetaGeoFitter().fit(data["frequency"], data["recency"], data["T"]).save_model("model.pkl")
    names = {}
    assert len(BLOCKS) >= 6
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", TenureWarning)
            for block in BLOCKS:
                exec(compile(block, "migrating-from-lifetimes.md", "exec"), names)
    finally:
        tenure.lifetimes.uninstall()
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("0.11.3 <lifetimes.BetaGeoFitter: fitted with 2357 subjects, a:")
    assert printed[1] == "see sales.csv"
    pd.testing.assert_frame_equal(names["model"].data, names["bgf"].data)
    assert names["model"].predict(39, 2, 30.43, 38.86) == pytest.approx(1.2259, abs=1e-4)


@pytest.mark.parametrize("load", ["from_json", "load_model"])
def test_a_model_that_the_recipe_made_of_a_lifetimes_file(load):
    """converted_model.json is what the page's recipe wrote under lifetimes 0.11.3."""
    if load == "from_json":
        model = BaseFitter.from_json(CONVERTED)
    else:
        model = BetaGeoFitter()
        model.load_model(CONVERTED)
    assert repr(model) == (
        "<tenure.BetaGeoFitter: fitted with 200 subjects, a: 0.14, alpha: 3.73, b: 0.35, r: 0.21>"
    )
    assert model.penalizer_coef == 0.01
    assert list(model.data) == ["frequency", "recency", "T", "weights"]
    assert model.data.index.name == "ID"
    again = BetaGeoFitter(model.penalizer_coef).fit(
        model.data["frequency"], model.data["recency"], model.data["T"]
    )
    assert model.params_.to_dict() == pytest.approx(again.params_.to_dict(), rel=1e-3)
    with pytest.raises(AttributeError, match="standard errors"):
        model.summary  # noqa: B018
    found = BaseFitter.from_json(model.to_json())
    pd.testing.assert_frame_equal(found.data, model.data)


def test_the_converted_file_has_what_the_recipe_writes():
    state = json.loads(CONVERTED.read_text(encoding="utf-8"))
    for key in state:
        assert f'"{key}"' in PAGE


# -- what the page says differs ----------------------------------------------------------------


def test_covariances_are_symmetric():
    data = tenure.datasets.load_cdnow_summary(index_col=0)
    matrix = BetaGeoFitter().fit(data["frequency"], data["recency"], data["T"]).variance_matrix_
    np.testing.assert_array_equal(matrix, matrix.T)
    assert matrix.loc["r", "alpha"] == pytest.approx(0.00371, rel=5e-3)


@pytest.mark.parametrize("factory", [BetaGeoFitter, ModifiedBetaGeoFitter])
def test_expectations_are_finite(factory):
    never = by_hand(factory, a=0.2, b=0.3).predict([1.0, 100.0], [0, 0], [0.0, 0.0], [9.0, 9.0])
    assert np.isfinite(never).all()
    assert (np.diff(never) > 0).all()
    heavy = by_hand(factory).predict(1e5, 500, 99.0, 100.0)
    assert 0 < heavy < np.inf
    near = [by_hand(factory, a=a).predict(10, 3, 20.0, 30.0) for a in (1 - 1e-10, 1, 1 + 1e-10)]
    assert near[0] == pytest.approx(near[1], rel=1e-8)
    assert near[2] == pytest.approx(near[1], rel=1e-8)


@pytest.mark.parametrize("factory", [BetaGeoFitter, ModifiedBetaGeoFitter])
def test_probabilities_of_counts(factory):
    model = by_hand(factory)
    times, counts = np.array([[10.0], [500.0]]), np.arange(401)
    table = model.probability_of_n_purchases_up_to_time(times, counts)
    assert table.shape == (2, 401)
    assert (table >= 0).all()
    assert table[1, 400] > 0
    one = model.probability_of_n_purchases_up_to_time(500.0, 171)
    assert one == pytest.approx(table[1, 171], rel=1e-12)


def test_dates_as_text():
    days = ["28/01/2024", "02/02/2024", "15/02/2024", "01/03/2024"]
    log = pd.DataFrame({"id": [1, 1, 2, 2], "day": days, "money": [1.0, 2.0, 3.0, 4.0]})
    found = tenure.utils.summary_data_from_transaction_data(
        log, "id", "day", "money", datetime_format="%d/%m/%Y"
    )
    assert found["T"].tolist() == [33.0, 15.0]
    assert found["recency"].tolist() == [5.0, 15.0]
    assert found["monetary_value"].tolist() == [2.0, 4.0]


@pytest.mark.parametrize(
    "arguments",
    [
        (-1.0, 2, 30.0, 40.0),
        (1.0, -2, 30.0, 40.0),
        (1.0, 2, np.nan, 40.0),
        (1.0, 2, 30.0, np.inf),
        (1.0, 2, 50.0, 40.0),
    ],
)
def test_what_cannot_be_is_refused(arguments):
    with pytest.raises(DataError):
        by_hand().predict(*arguments)


def test_pickling_and_copying():
    model = by_hand()
    for found in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        assert found.predict(39, 2, 30.43, 38.86) == model.predict(39, 2, 30.43, 38.86)


def test_nothing_is_printed_and_no_filter_is_set(capsys):
    filters = list(warnings.filters)
    tenure.lifetimes.install()
    try:
        exec("import lifetimes.utils, lifetimes.fitters.gamma_gamma_fitter", {})
    finally:
        tenure.lifetimes.uninstall()
    assert list(warnings.filters) == filters
    assert capsys.readouterr().out == ""
