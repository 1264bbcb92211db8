"""The same answers as lifetimes 0.11.3, in the same types.

The expected values come from the real lifetimes: tests/reference/generate_fitters.py wrote them.
Where lifetimes answers NaN or infinity (null in the file), a finite answer is expected instead.
"""

import json
import warnings

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT

import tenure
from tenure.exceptions import ModelWarning

REFERENCE = json.loads((ROOT / "tests" / "reference" / "fitters.json").read_text())
HISTORIES = [np.array(column) for column in zip(*REFERENCE["histories"], strict=True)]


def by_class(case):
    return f"{case['class']} {case.get('penalizer', '')}".strip()


def close(found, expected, rtol=1e-6, atol=1e-9):
    found = np.asarray(found, dtype=float)
    expected = np.array(expected, dtype=float)  # null becomes NaN
    assert found.shape == expected.shape
    assert np.isfinite(found).all()
    known = np.isfinite(expected)
    np.testing.assert_allclose(found[known], expected[known], rtol=rtol, atol=atol)


@pytest.fixture(scope="module")
def customers(plain_customers):
    return plain_customers


def fit(case, customers):
    model = getattr(tenure, case["class"])(penalizer_coef=case["penalizer"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ModelWarning)
        if case["class"] == "GammaGammaFitter":
            buyers = customers[customers.frequency > 0]
            return model.fit(buyers.frequency, buyers.monetary_value)
        return model.fit(customers.frequency, customers.recency, customers["T"])


@pytest.mark.parametrize("case", REFERENCE["fits"], ids=by_class)
def test_fit(case, customers):
    model = fit(case, customers)
    objective = model._negative_log_likelihood_
    assert objective <= case["objective"] + 1e-9
    if case["objective"] - objective > 1e-7:
        pytest.fail(f"lifetimes stopped {case['objective'] - objective:.2g} above the minimum")
    assert list(model.params_.index) == case["params_index"]
    assert model.params_.to_dict() == pytest.approx(case["params"], rel=1e-4)
    close(model._hessian_, case["hessian"], rtol=1e-3, atol=1e-5)
    errors = model.standard_errors_
    close(errors, case["standard_errors"], rtol=1e-3, atol=1e-6)
    assert repr(model) == case["repr"].replace("lifetimes", "tenure")
    assert list(model.summary.columns) == case["summary_columns"]
    assert list(model.summary.index) == case["summary_index"]
    assert list(model.confidence_intervals_.columns) == case["confidence_columns"]
    assert list(model.data.columns) == case["data_columns"]
    assert [str(dtype) for dtype in model.data.dtypes] == case["data_dtypes"]
    assert isinstance(model.data.index, pd.RangeIndex)
    if "scale" in case:
        assert model._scale == pytest.approx(case["scale"], rel=1e-12)


@pytest.mark.parametrize("case", REFERENCE["fits"], ids=by_class)
def test_objective_at_lifetimes_estimates(case, customers):
    factory = getattr(tenure, case["class"])
    logs = np.log(list(case["params"].values()))
    if case["class"] == "GammaGammaFitter":
        buyers = customers[customers.frequency > 0]
        columns = [buyers.frequency, buyers.monetary_value]
    else:
        logs[1] += np.log(case["scale"])
        scaled = customers[["recency", "T"]] * case["scale"]
        columns = [customers.frequency, scaled.recency, scaled["T"]]
    weights = np.ones(len(columns[0]))
    found = factory._negative_log_likelihood(logs, *columns, weights, case["penalizer"])
    assert found == pytest.approx(case["objective"], rel=1e-10)


@pytest.mark.parametrize("case", REFERENCE["weighted_fits"], ids=by_class)
def test_weighted_fit(case, customers):
    keys = ["frequency", "recency", "T"]
    counts = customers.groupby(keys).size().reset_index(name="weights")
    assert len(counts) == case["rows"]
    model = getattr(tenure, case["class"])().fit(
        counts.frequency, counts.recency, counts["T"], counts.weights
    )
    assert model.params_.to_dict() == pytest.approx(case["params"], rel=1e-4)
    close(model.standard_errors_, case["standard_errors"], rtol=1e-3)
    assert repr(model) == case["repr"].replace("lifetimes", "tenure")


def purchase_model(case):
    model = getattr(tenure, case["class"])()
    model.params_ = case["params"]
    return model


@pytest.mark.parametrize("case", REFERENCE["purchase_predictions"], ids=by_class)
def test_purchase_predictions(case):
    model = purchase_model(case)
    for t, expected in zip(REFERENCE["horizons"], case["expected"], strict=True):
        close(model.predict(t, *HISTORIES), expected)
    close(model.conditional_probability_alive(*HISTORIES), case["p_alive"])
    times = np.array([0.25, *REFERENCE["horizons"]])
    close(model.expected_number_of_purchases_up_to_time(times), case["unconditional"])
    pmf = model.probability_of_n_purchases_up_to_time(times[:, None], np.arange(20)[None, :])
    close(pmf, case["pmf"], atol=1e-12)
    close(model.conditional_probability_alive_matrix(4, 9), case["matrix"])


@pytest.mark.parametrize(
    "case", REFERENCE["spend_predictions"], ids=lambda c: f"q {c['params']['q']}"
)
def test_spend_and_lifetime_value(case, customers):
    model = tenure.GammaGammaFitter()
    model.params_ = case["params"]
    buying = tenure.BetaGeoFitter()
    buying.params_ = REFERENCE["purchase_predictions"][0]["params"]
    known = customers.loc[case["customers"]]
    history = known.frequency, known.recency, known["T"]
    spend = model.conditional_expected_average_profit(known.frequency, known.monetary_value)
    close(spend, case["spend"])
    for key, expected in case["clv"].items():
        freq, time = key.split()
        value = model.customer_lifetime_value(
            buying, *history, known.monetary_value, time=float(time), freq=freq, discount_rate=0.01
        )
        close(value, expected)


def matches(found, expected):
    if expected["type"] == "Series":
        assert isinstance(found, pd.Series)
        assert found.index.tolist() == expected["index"]
        assert found.index.name == expected["index_name"]
        assert found.name == expected["name"]
        assert str(found.dtype) == expected["dtype"]
    elif expected["type"] == "ndarray":
        assert isinstance(found, np.ndarray)
        assert list(found.shape) == expected["shape"]
        assert str(found.dtype) == expected["dtype"]
    else:
        assert type(found).__name__ == expected["type"]
    close(found, expected["values"])


INDEX = pd.Index(["c9", "c1", "c5"], name="customer")
X, RECENCY, T = (
    pd.Series(values, index=INDEX, name=name)
    for name, values in [
        ("frequency", [2.0, 0.0, 4.0]),
        ("recency", [30.0, 0.0, 20.0]),
        ("T", [39.0, 27.0, 33.0]),
    ]
)
MONEY = pd.Series([20.0, 30.0, 40.0], index=INDEX, name="monetary_value")
ARRAYS = [series.to_numpy() for series in (X, RECENCY, T)]
SHUFFLED = [X, RECENCY.iloc[::-1], T.iloc[[1, 0, 2]]]


@pytest.mark.parametrize("name", ["BetaGeoFitter", "ModifiedBetaGeoFitter"])
def test_types_of_purchase_predictions(name):
    model = getattr(tenure, name)()
    model.params_ = REFERENCE["purchase_predictions"][0]["params"]
    expected = model.conditional_expected_number_of_purchases_up_to_time
    new = model.expected_number_of_purchases_up_to_time
    alive = model.conditional_probability_alive
    answers = {
        "expected scalars": expected(10, 2, 30.0, 39.0),
        "expected series": expected(10, X, RECENCY, T),
        "expected nameless series": expected(10, *(s.rename(None) for s in (X, RECENCY, T))),
        "expected arrays": expected(10, *ARRAYS),
        "expected times": expected(np.array([1.0, 2.0, 3.0]), 2, 30.0, 39.0),
        "expected times and series": expected(np.array([1.0, 2.0, 3.0]), X, RECENCY, T),
        "expected shuffled": expected(10, *SHUFFLED),
        "new scalar": new(10.0),
        "new array": new(np.array([1.0, 2.0])),
        "new series": new(pd.Series([1.0, 2.0], index=["a", "b"], name="when")),
        "alive scalars": alive(2, 30.0, 39.0),
        "alive series": alive(X, RECENCY, T),
        "alive arrays": alive(*ARRAYS),
        "pmf scalars": model.probability_of_n_purchases_up_to_time(10.0, 2),
        "matrix": model.conditional_probability_alive_matrix(3, 5),
    }
    assert answers.keys() == REFERENCE["types"][name].keys()
    for key, answer in answers.items():
        matches(answer, REFERENCE["types"][name][key])


def test_types_of_spend_predictions():
    buying, model = tenure.ModifiedBetaGeoFitter(), tenure.GammaGammaFitter()
    buying.params_ = REFERENCE["purchase_predictions"][0]["params"]
    model.params_ = REFERENCE["spend_predictions"][0]["params"]
    mean, value = model.conditional_expected_average_profit, model.customer_lifetime_value
    answers = {
        "spend scalars": mean(2, 20.0),
        "spend series": mean(X, MONEY),
        "spend arrays": mean(ARRAYS[0], MONEY.to_numpy()),
        "clv": value(buying, X, RECENCY, T, MONEY, time=3, freq="W"),
        "clv shuffled": value(buying, *SHUFFLED, MONEY, time=3, freq="W"),
    }
    assert answers.keys() == REFERENCE["types"]["GammaGammaFitter"].keys()
    for key, answer in answers.items():
        matches(answer, REFERENCE["types"]["GammaGammaFitter"][key])


def test_messages():
    x, recency, age = np.array([1.0, 2.0]), np.array([3.0, 4.0]), np.array([5.0, 6.0])
    cases = {
        "recency beyond T": lambda: tenure.BetaGeoFitter().fit(x, recency + 5, age),
        "recency without frequency": lambda: tenure.BetaGeoFitter().fit(x * 0, recency, age),
        "negative recency": lambda: tenure.BetaGeoFitter().fit(x, -recency, age),
        "fractional count": lambda: tenure.GammaGammaFitter().fit(x + 0.5, recency),
        "no spend": lambda: tenure.GammaGammaFitter().fit(x, recency * 0),
        "not fitted": lambda: tenure.BetaGeoFitter().conditional_probability_alive(1, 1, 1),
    }
    assert cases.keys() == REFERENCE["messages"].keys()
    for name, call in cases.items():
        with pytest.raises(ValueError, match=r"\w") as caught:
            call()
        assert str(caught.value).startswith(REFERENCE["messages"][name])
