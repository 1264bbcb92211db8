"""Write fitters.json: what lifetimes 0.11.3 answers, for tests/dropin/test_parity.py.

Run it with an interpreter that has the real lifetimes, then commit the JSON::

    python3.10 -m venv oracle
    oracle/bin/pip install lifetimes==0.11.3 numpy==1.26.4 pandas==1.5.3 scipy==1.15.3 \\
        "setuptools<80"
    oracle/bin/python tests/reference/generate_fitters.py

Values that lifetimes gets wrong (NaN, infinite) are written as null.
"""

import json
import math
import platform
import warnings
from itertools import product
from pathlib import Path

import lifetimes
import numpy as np
import pandas as pd
import scipy
from lifetimes import BetaGeoFitter, GammaGammaFitter, ModifiedBetaGeoFitter
from lifetimes.datasets import load_cdnow_summary_data_with_monetary_value

OUTPUT = Path(__file__).with_name("fitters.json")
PENALTIES = [0.0, 0.001, 0.01, 0.1, 1.0]
PURCHASE_MODELS = {"BetaGeoFitter": BetaGeoFitter, "ModifiedBetaGeoFitter": ModifiedBetaGeoFitter}
PURCHASE_PARAMS = [
    {"r": 0.2426, "alpha": 4.4135, "a": 0.7929, "b": 2.4258},
    {"r": 0.5247, "alpha": 6.1826, "a": 0.8913, "b": 1.6141},
    {"r": 3.6634, "alpha": 76.172, "a": 0.05, "b": 9.0},
    {"r": 1.3, "alpha": 30.0, "a": 2.5, "b": 0.7},
]
SPEND_PARAMS = [
    {"p": 6.2498, "q": 3.7444, "v": 15.4447},
    {"p": 3.89, "q": 9.33, "v": 324.0},
    {"p": 4.151179, "q": 0.470125, "v": 4.077243},
]
HISTORIES = [
    (x, recency, T)
    for x, T in product([0, 1, 2, 7, 26], [1.0, 27.0, 38.86, 180.0])
    for recency in ([0.0] if x == 0 else [0.0, 0.3 * T, 0.9 * T, T])
]
HORIZONS = [0.5, 1.0, 12.0, 39.0, 200.0]


def plain(value):
    """Turn a result into JSON, with null for what is not finite."""
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (pd.Series, pd.DataFrame, np.ndarray)):
        return plain(np.asarray(value).tolist())
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if isinstance(value, (float, np.floating)):
        return float(value) if math.isfinite(value) else None
    return value.item() if isinstance(value, np.generic) else value


def shape(value):
    """Describe the type of a result."""
    if isinstance(value, pd.Series):
        return {
            "type": "Series",
            "index": plain(value.index.tolist()),
            "index_name": value.index.name,
            "name": value.name,
            "dtype": str(value.dtype),
        }
    if isinstance(value, np.ndarray):
        return {"type": "ndarray", "shape": list(value.shape), "dtype": str(value.dtype)}
    return {"type": type(value).__name__}


def describe_fit(model):
    return {
        "repr": repr(model),
        "params": plain(dict(model.params_)),
        "params_index": list(model.params_.index),
        "objective": float(model._negative_log_likelihood_),
        "standard_errors": plain(model.standard_errors_),
        "hessian": plain(model._hessian_),
        "summary_columns": list(model.summary.columns),
        "summary_index": list(model.summary.index),
        "confidence_columns": list(model.confidence_intervals_.columns),
        "data_columns": list(model.data.columns),
        "data_dtypes": [str(dtype) for dtype in model.data.dtypes],
    }


def fits(customers):
    buyers = customers[customers.frequency > 0]
    result = []
    for penalty in PENALTIES:
        for name, factory in PURCHASE_MODELS.items():
            model = factory(penalizer_coef=penalty)
            model.fit(customers.frequency, customers.recency, customers["T"])
            result.append({"class": name, "penalizer": penalty, **describe_fit(model)})
            result[-1]["scale"] = float(model._scale)
        model = GammaGammaFitter(penalizer_coef=penalty)
        model.fit(buyers.frequency, buyers.monetary_value)
        result.append({"class": "GammaGammaFitter", "penalizer": penalty, **describe_fit(model)})
    return result


def weighted_fits(customers):
    counts = customers.groupby(["frequency", "recency", "T"]).size().reset_index(name="weights")
    result = []
    for name, factory in PURCHASE_MODELS.items():
        model = factory().fit(counts.frequency, counts.recency, counts["T"], counts.weights)
        result.append({"class": name, "rows": len(counts), **describe_fit(model)})
    return result


def purchase_predictions():
    x, recency, T = (np.array(column, dtype=float) for column in zip(*HISTORIES, strict=True))
    times = np.array([0.25, *HORIZONS])
    result = []
    for (name, factory), params in product(PURCHASE_MODELS.items(), PURCHASE_PARAMS):
        model = factory()
        model.params_ = pd.Series(params)
        expected = model.conditional_expected_number_of_purchases_up_to_time
        result.append(
            {
                "class": name,
                "params": params,
                "expected": [plain(expected(t, x, recency, T)) for t in HORIZONS],
                "p_alive": plain(model.conditional_probability_alive(x, recency, T)),
                "unconditional": plain(model.expected_number_of_purchases_up_to_time(times)),
                "pmf": [
                    [plain(model.probability_of_n_purchases_up_to_time(t, n)) for n in range(20)]
                    for t in times.tolist()
                ],
                "matrix": plain(model.conditional_probability_alive_matrix(4, 9)),
            }
        )
    return result


def spend_predictions(customers):
    customers = customers.head(60)
    buying = BetaGeoFitter()
    buying.params_ = pd.Series(PURCHASE_PARAMS[0])
    buying.predict = buying.conditional_expected_number_of_purchases_up_to_time
    result = []
    for params in SPEND_PARAMS:
        model = GammaGammaFitter()
        model.params_ = pd.Series(params)
        spend = model.conditional_expected_average_profit
        # Without a finite mean lifetimes answers all the same; those answers are left out.
        exists = params["p"] * customers.frequency + params["q"] > 1
        known = customers[exists]
        values = {}
        for freq, time in [("W", 12), ("W", 6), ("D", 3), ("M", 2), ("H", 1), ("W", 1.5), ("D", 0)]:
            values[f"{freq} {time}"] = plain(
                model.customer_lifetime_value(
                    buying,
                    known.frequency,
                    known.recency,
                    known["T"],
                    known.monetary_value,
                    time=time,
                    freq=freq,
                    discount_rate=0.01,
                )
            )
        result.append(
            {
                "params": params,
                "customers": plain(known.index.tolist()),
                "spend": plain(spend(known.frequency, known.monetary_value)),
                "clv": values,
            }
        )
    return result


def types():
    """Record what comes back for which kind of input."""
    index = pd.Index(["c9", "c1", "c5"], name="customer")
    x, recency, T = (
        pd.Series(values, index=index, name=name)
        for name, values in [
            ("frequency", [2.0, 0.0, 4.0]),
            ("recency", [30.0, 0.0, 20.0]),
            ("T", [39.0, 27.0, 33.0]),
        ]
    )
    money = pd.Series([20.0, 30.0, 40.0], index=index, name="monetary_value")
    arrays = [series.to_numpy() for series in (x, recency, T)]
    nameless = [series.rename(None) for series in (x, recency, T)]
    shuffled = [x, recency.iloc[::-1], T.iloc[[1, 0, 2]]]
    cases = {}
    for name, factory in PURCHASE_MODELS.items():
        model = factory()
        model.params_ = pd.Series(PURCHASE_PARAMS[0])
        expected = model.conditional_expected_number_of_purchases_up_to_time
        new = model.expected_number_of_purchases_up_to_time
        alive = model.conditional_probability_alive
        answers = {
            "expected scalars": expected(10, 2, 30.0, 39.0),
            "expected series": expected(10, x, recency, T),
            "expected nameless series": expected(10, *nameless),
            "expected arrays": expected(10, *arrays),
            "expected times": expected(np.array([1.0, 2.0, 3.0]), 2, 30.0, 39.0),
            "expected times and series": expected(np.array([1.0, 2.0, 3.0]), x, recency, T),
            "expected shuffled": expected(10, *shuffled).loc[index],
            "new scalar": new(10.0),
            "new array": new(np.array([1.0, 2.0])),
            "new series": new(pd.Series([1.0, 2.0], index=["a", "b"], name="when")),
            "alive scalars": alive(2, 30.0, 39.0),
            "alive series": alive(x, recency, T),
            "alive arrays": alive(*arrays),
            "pmf scalars": model.probability_of_n_purchases_up_to_time(10.0, 2),
            "matrix": model.conditional_probability_alive_matrix(3, 5),
        }
        cases[name] = {
            key: {**shape(answer), "values": plain(answer)} for key, answer in answers.items()
        }
    spend = GammaGammaFitter()
    spend.params_ = pd.Series(SPEND_PARAMS[0])
    model.predict = model.conditional_expected_number_of_purchases_up_to_time
    mean = spend.conditional_expected_average_profit
    answers = {
        "spend scalars": mean(2, 20.0),
        "spend series": mean(x, money),
        "spend arrays": mean(arrays[0], money.to_numpy()),
        "clv": spend.customer_lifetime_value(model, x, recency, T, money, time=3, freq="W"),
        "clv shuffled": spend.customer_lifetime_value(model, *shuffled, money, time=3, freq="W"),
    }
    cases["GammaGammaFitter"] = {
        key: {**shape(answer), "values": plain(answer)} for key, answer in answers.items()
    }
    return cases


def messages():
    """Record the first line of the errors for bad input."""
    good = np.array([1.0, 2.0]), np.array([3.0, 4.0]), np.array([5.0, 6.0])
    x, recency, T = good
    cases = {
        "recency beyond T": lambda: BetaGeoFitter().fit(x, recency + 5, T),
        "recency without frequency": lambda: BetaGeoFitter().fit(x * 0, recency, T),
        "negative recency": lambda: BetaGeoFitter().fit(x, -recency, T),
        "fractional count": lambda: GammaGammaFitter().fit(x + 0.5, recency),
        "no spend": lambda: GammaGammaFitter().fit(x, recency * 0),
        "not fitted": lambda: BetaGeoFitter().conditional_probability_alive(1, 1, 1),
    }
    result = {}
    for name, call in cases.items():
        try:
            call()
        except ValueError as error:
            result[name] = str(error)
    return result


def main():
    warnings.simplefilter("ignore")
    customers = load_cdnow_summary_data_with_monetary_value()
    document = {
        "provenance": {
            "what": "answers of lifetimes on its CDNOW sample and on fixed inputs",
            "script": "tests/reference/generate_fitters.py",
            "lifetimes": lifetimes.__version__,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "pandas": pd.__version__,
            "scipy": scipy.__version__,
        },
        "histories": plain(HISTORIES),
        "horizons": HORIZONS,
        "fits": fits(customers),
        "weighted_fits": weighted_fits(customers),
        "purchase_predictions": purchase_predictions(),
        "spend_predictions": spend_predictions(customers),
        "types": types(),
        "messages": messages(),
    }
    OUTPUT.write_text(json.dumps(document, indent=1, allow_nan=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
