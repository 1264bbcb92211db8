"""Write pareto_nbd.json: what lifetimes 0.11.3 answers, for tests/fitters/test_pareto_nbd.py.

Run it as generate_fitters.py is run, with an interpreter that has the real lifetimes. lifetimes
fits by Nelder-Mead from random starts: the best of five, with tight tolerances, is stored.
"""

import json
import platform
import warnings
from itertools import product
from pathlib import Path

import lifetimes
import numpy as np
import pandas as pd
import scipy
from generate_fitters import plain
from lifetimes import ParetoNBDFitter
from lifetimes.datasets import load_cdnow_summary

OUTPUT = Path(__file__).with_name("pareto_nbd.json")
PARAMS = [
    {"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669},
    {"r": 3.66, "alpha": 76.2, "s": 2.5, "beta": 30.0},
    {"r": 0.2, "alpha": 1.5, "s": 0.9, "beta": 90.0},
]
HISTORIES = [
    (x, recency, T)
    for x, T in product([0, 1, 2, 7, 26], [1.0, 27.0, 38.86, 180.0])
    for recency in ([0.0] if x == 0 else [0.0, 0.3 * T, 0.9 * T, T])
]
HORIZONS = [0.5, 1.0, 12.0, 39.0, 200.0]
COUNTS = [(0, 1.0), (1, 12.0), (2, 39.0), (7, 39.0)]


def fits(customers):
    result = []
    for penalty in [0.0, 0.1, 10.0]:
        np.random.seed(0)  # noqa: NPY002 (lifetimes draws from the global generator)
        model = ParetoNBDFitter(penalizer_coef=penalty)
        vectors = customers["frequency"], customers["recency"], customers["T"]
        model.fit(*vectors, iterative_fitting=5, tol=1e-9)
        result.append(
            {
                "penalizer": penalty,
                "params": plain(dict(model.params_)),
                "objective": float(model._negative_log_likelihood_),
                "scale": float(model._scale),
                "repr": repr(model),
            }
        )
    return result


def predictions():
    history = [np.array(column, dtype=float) for column in zip(*HISTORIES, strict=True)]
    result = []
    for params in PARAMS:
        model = ParetoNBDFitter()
        model.params_ = pd.Series(params)
        model.predict = model.conditional_expected_number_of_purchases_up_to_time
        counts = model.conditional_probability_of_n_purchases_up_to_time
        likelihood = ParetoNBDFitter._conditional_log_likelihood(list(params.values()), *history)
        result.append(
            {
                "params": params,
                "history": plain(history),
                "alive": plain(model.conditional_probability_alive(*history)),
                "expected": {t: plain(model.predict(t, *history)) for t in HORIZONS},
                "new": {
                    t: float(model.expected_number_of_purchases_up_to_time(t)) for t in HORIZONS
                },
                "counts": COUNTS,
                "pmf": [plain(counts(n, t, *history)) for n, t in COUNTS],
                "matrix": plain(model.conditional_probability_alive_matrix(7, 30)),
                "log_likelihood": plain(likelihood),
            }
        )
    return result


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    stored = {
        "provenance": {
            "lifetimes": lifetimes.__version__,
            "numpy": np.__version__,
            "pandas": pd.__version__,
            "scipy": scipy.__version__,
            "python": platform.python_version(),
        },
        "fits": fits(load_cdnow_summary()),
        "predictions": predictions(),
    }
    OUTPUT.write_text(json.dumps(stored, indent=1) + "\n")
