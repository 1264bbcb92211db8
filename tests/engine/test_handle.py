"""The handle of a model: its name and settings, copies of it, and predictions that it has not."""

import copy
import pickle

import numpy as np
import pytest

from tenure import _engine
from tenure.exceptions import OptionError

NAMES = [model.name for model in _engine.models()]


@pytest.mark.parametrize("name", NAMES)
def test_a_handle_is_its_name_and_settings(name):
    model = _engine.Model(name)
    assert model.settings == {}
    assert repr(model) == f'Model("{name}")'
    for twin in (pickle.loads(pickle.dumps(model)), copy.copy(model), copy.deepcopy(model)):
        assert twin == model
        assert hash(twin) == hash(model)
        assert twin.parameters == model.parameters
    assert [other for other in NAMES if _engine.Model(other) == model] == [name]
    assert model != name


@pytest.mark.parametrize("name", NAMES)
def test_a_setting_that_a_model_has_not_is_named(name):
    with pytest.raises(OptionError, match=f"{name} has no setting k: leave it out"):
        _engine.Model(name, k=2)


def test_an_unknown_model_lists_those_that_exist():
    with pytest.raises(OptionError, match=r'no model "NBD". Known models: BG/NBD, MBG/NBD'):
        _engine.Model("NBD")


def test_a_handle_does_not_change():
    with pytest.raises(AttributeError):
        _engine.Model("BG/NBD").name = "MBG/NBD"


def test_a_model_has_the_predictions_of_its_kind_only():
    one = np.ones(1)
    history = [one, one, one]
    with pytest.raises(OptionError, match="Gamma-Gamma has no such prediction: it models what"):
        _engine.Model("Gamma-Gamma").probability_alive([1.0] * 3, history)
    with pytest.raises(OptionError, match="BG/NBD has no such prediction: it models when"):
        _engine.Model("BG/NBD").expected_spend([1.0] * 4, [one, one])
    with pytest.raises(OptionError, match="BG/NBD has no such prediction: it models when"):
        _engine.Model("BG/NBD").periods_alive([1.0] * 4, one, history)
