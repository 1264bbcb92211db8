"""The registry of the models: every model of the engine, and what the package adds."""

import numpy as np
import pytest

import tenure
from tenure import _engine
from tenure.fitters.registry import model_entry, models
from tenure.generate_data import GENERATORS
from tenure.pipeline.model_choice import PURCHASE_MODELS

FITTERS = [
    tenure.BetaGeoFitter,
    tenure.ModifiedBetaGeoFitter,
    tenure.ParetoNBDFitter,
    tenure.BetaGeoBetaBinomFitter,
    tenure.GammaGammaFitter,
]


def test_each_model_of_the_engine_has_one_fitter():
    assert [fitter._model for fitter in FITTERS] == _engine.models()
    assert [model.name for model in _engine.models()] == list(models())


@pytest.mark.parametrize("fitter", FITTERS)
def test_a_fitter_has_the_parameters_of_its_model(fitter):
    entry = model_entry(fitter._model.name)
    assert fitter._parameters == entry.parameters
    found = [entry.parameters_of(process) for process in ("purchase", "dropout", "spend")]
    assert sorted(name for names in found for name in names) == sorted(entry.parameters)
    assert set(entry.mixing) == set(entry.processes)
    lengths = {len(entry.parameters), len(entry.processes), len(entry.units)}
    assert len(lengths) == 1


def test_parameters_by_unit():
    assert model_entry("Pareto/NBD").parameters_in("time") == ("alpha", "beta")
    assert model_entry("Gamma-Gamma").parameters_in("money") == ("v",)


def test_mixing_distributions_are_those_of_simulated_customers():
    """Rates of the gamma have no bound, probabilities of the beta end at 1."""
    for entry in models().values():
        for process, distribution in entry.mixing.items():
            if process == "spend":
                continue
            x, density = _engine.mixing_density(distribution, 2.0, 0.5)
            assert (np.max(x) > 1.0) == (distribution == "gamma"), (entry.name, process)
            assert np.all(density >= 0.0)


def test_generators_and_options_name_models_of_the_registry():
    purchase = [name for name, entry in models().items() if entry.parameters_of("purchase")]
    assert list(GENERATORS) == purchase
    assert {fitter._model.name for fitter in PURCHASE_MODELS.values()} < set(purchase)
    assert list(PURCHASE_MODELS) == ["bg/nbd", "mbg/nbd", "pareto/nbd"]
