"""Every fitter's answers about every table, as lifetimes 0.11.3 gives them where it is right.

tests/reference/generate_grid.py wrote the expected values. The questions are the same lines of
code for both packages (tests/reference/questions.py), at equal parameters; where mpmath found
lifetimes wrong, its value stands in the file and is what is asked for here.
"""

import copy
import json
import warnings
from functools import cache

import numpy as np
import pytest
from conftest import ROOT, reference_path
from reference import questions
from reference.answers import describe, numbers
from reference.tables import MONEY, PERIODS, TABLES, positions

import tenure
from tenure.exceptions import ModelWarning

GRID = json.loads((ROOT / "tests" / "reference" / "grid.json").read_text())["tables"]
CASES = [(name, model) for name, table in GRID.items() for model in table["models"]]
BOUGHT = [case for case in CASES if case[1] not in ("GammaGammaFitter", "BetaGeoBetaBinomFitter")]


@cache
def table_of(name):
    make, file = TABLES.get(name) or (PERIODS[name], None)
    if file is not None:
        reference_path(f"data/{file}")
    made = make(tenure)
    assert len(made) == GRID[name]["rows"]
    made.attrs = {}  # lifetimes knows no units
    return made


def stored_model(name, kind):
    model = getattr(tenure, kind)()
    model.params_ = GRID[name]["models"][kind]["fit"]["params"]
    return model


def same_values(found, expected, wrong):
    """Compare to 1e-6 of lifetimes' values, and to 1e-9 of mpmath's where those are wrong."""
    values = [wrong.get(str(at), value) for at, value in enumerate(expected)]
    rtol = np.array([1e-9 if str(at) in wrong else 1e-6 for at in range(len(values))])
    values = np.array(values, dtype=float)  # null becomes NaN: there is no finite mean
    found = np.array(numbers(found), dtype=float)
    assert found.shape == values.shape
    np.testing.assert_array_equal(np.isnan(found), np.isnan(values))
    known = ~np.isnan(values)
    error = np.abs(found - values)[known]
    bad = error > (rtol * np.abs(values) + 1e-280)[known]
    assert not bad.any(), (found[known][bad], values[known][bad])


def same(asked, answers, own):
    names = []
    for name, call, _ in asked:
        names.append(name)
        expected = answers[name]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ModelWarning)
            found = call()
        if "error" in expected:  # lifetimes fails, mpmath does not
            found = np.ravel(np.asarray(found))
            same_values(found, [None] * len(found), expected["wrong"])
            continue
        described = describe(found, own)
        for key in set(expected) - {"values", "wrong"}:
            assert described[key] == expected[key], (name, key)
        same_values(found, expected["values"], expected.get("wrong", {}))
    assert sorted(names) == sorted(answers)


@pytest.mark.parametrize(("name", "kind"), BOUGHT)
def test_answers_of_models_of_buying(name, kind):
    table = table_of(name)
    some = table.iloc[positions(table, 36)]
    answers = GRID[name]["models"][kind]["answers"]
    same(questions.purchases(stored_model(name, kind), some), answers, some.index)


@pytest.mark.parametrize("name", [name for name in GRID if name in TABLES])
@pytest.mark.parametrize("beside", ["BetaGeoFitter", "ParetoNBDFitter"])
def test_answers_of_gamma_gamma(name, beside):
    table = table_of(name)
    some = table.iloc[positions(table, 36)]
    some = some[(some["frequency"] == 0) | (some[MONEY] > 0)]
    model, buying = stored_model(name, "GammaGammaFitter"), stored_model(name, beside)
    answers = GRID[name]["models"]["GammaGammaFitter"]["beside"][beside]
    same(questions.spend(model, buying, some), answers, some.index)


@pytest.mark.parametrize("name", [name for name in GRID if name in PERIODS])
def test_answers_of_bg_bb(name):
    table = table_of(name)
    some = table.iloc[positions(table, 24)]
    model = stored_model(name, "BetaGeoBetaBinomFitter")
    answers = dict(GRID[name]["models"]["BetaGeoBetaBinomFitter"]["answers"])
    counts = {"counts": answers.pop("counts")}
    same(questions.periods(model, some), answers, some.index)
    fitted = copy.copy(fit(name, "BetaGeoBetaBinomFitter"))
    fitted.params_ = model.params_
    same(questions.counts(fitted, table), counts, None)


@cache
def fit(name, kind):
    table, stored = table_of(name), GRID[name]["models"][kind]["fit"]
    model = getattr(tenure, kind)(stored.get("penalizer", 0.0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ModelWarning)
        if kind == "GammaGammaFitter":
            buyers = table[(table["frequency"] > 0) & (table[MONEY] > 0)]
            return model.fit(buyers["frequency"], buyers[MONEY])
        if kind == "BetaGeoBetaBinomFitter":
            return model.fit(*(table[key] for key in [*model._vectors, "weights"]))
        if kind == "ParetoNBDFitter":
            table = table.groupby(["frequency", "recency", "T"]).size()
            table = table.rename("weights").reset_index()
            return model.fit(*questions.history(table), weights=table["weights"])
        return model.fit(*questions.history(table))


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_fits(name, kind):
    model, stored = fit(name, kind), GRID[name]["models"][kind]["fit"]
    if "error" in stored:
        assert model.fit_report_.converged
        return
    objective, report = model._negative_log_likelihood_, model.fit_report_
    assert report.converged
    theirs = stored.get("true_objective", stored["objective"])
    assert objective <= theirs + 1e-9 * max(1, abs(theirs))
    assert list(model.params_.index) == list(stored["params"])
    assert list(model.data.columns) == stored["data_columns"]
    assert [str(dtype) for dtype in model.data.dtypes] == stored["data_dtypes"]
    assert stored["repr"].split(",")[0].replace("lifetimes", "tenure") == repr(model).split(",")[0]
    settled = [key for key in stored["params"] if key not in report.not_identified]
    if stored.get("cut_short") or abs(theirs - stored["objective"]) > 1e-9:
        return  # not the maximum, or of something else than the likelihood
    tolerance = 1e-3 if kind == "ParetoNBDFitter" else 1e-4
    for key in settled:
        assert model.params_[key] == pytest.approx(stored["params"][key], rel=tolerance), key
    if stored["standard_errors"] is not None and len(settled) == len(stored["params"]):
        errors = np.array(stored["standard_errors"], dtype=float)
        np.testing.assert_allclose(model.standard_errors_, errors, rtol=1e-3)
