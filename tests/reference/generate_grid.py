"""Write grid.json: what lifetimes 0.11.3 answers about every table, for test_parity_grid.py.

Run it with an interpreter that has the real lifetimes and mpmath, then commit the JSON::

    python3.10 -m venv oracle
    oracle/bin/pip install lifetimes==0.11.3 numpy==1.26.4 pandas==1.5.3 scipy==1.15.3 \\
        "setuptools<80" "pyarrow<22" mpmath
    cd tests && export TENURE_REFERENCE_DATA=... PYTHONPATH=oracles
    ../oracle/bin/python -m reference.generate_grid [table …]

Given tables, it asks about these alone and keeps the rest of the file. Each answer is checked by
mpmath (tests/oracles/): where lifetimes is wrong by more than a relative 1e-7, the value of
mpmath is stored beside it, as ``wrong``. Values stand by the position of the row.
"""

import json
import math
import platform
import sys
import time
import warnings
from functools import lru_cache
from pathlib import Path

import lifetimes
import lifetimes.datasets
import lifetimes.utils
import mpmath
import numpy as np
import oracle
import oracle_bg_bb
import oracle_pareto
import pandas as pd
import scipy
from reference import questions
from reference.answers import describe, numbers
from reference.tables import MONEY, PERIODS, TABLES, positions

OUTPUT = Path(__file__).with_name("grid.json")
ENGINE = {"BetaGeoFitter": "BG/NBD", "ModifiedBetaGeoFitter": "MBG/NBD"}
PENALTIES = {
    "CDNOW": (0.0, 0.0),
    "CDNOW_master": (0.0, 0.0),
    "Online Retail by day": (0.001, 0.0),
    "Online Retail by week": (0.01, 0.001),
    "FLO, all orders": (0.001, 0.01),
    "FLO, repeat orders": (0.001, 0.01),
}
#: Starts and steps of the Nelder-Mead search of Pareto/NBD, which is slow where beta is far from
#: alpha; where it is cut short, only the likelihood is compared.
SEARCHES = {
    "Online Retail by day": (1, 2000),
    "Online Retail by week": (1, 150),
    "FLO, all orders": (1, 150),
    "FLO, repeat orders": (1, 150),
}
#: What is asked about where lifetimes cannot fit.
UNFITTED = {"r": 0.9, "alpha": 10.0, "a": 0.05, "b": 2.0}
WRONG = 1e-7


def oracles(model):
    """Return the functions of mpmath by the names that the questions use."""
    params = tuple(float(value) for value in model.params_)
    name = type(model).__name__
    if name == "BetaGeoBetaBinomFitter":
        o = oracle_bg_bb
        found = {
            "expected_purchases": lambda m, *row: o.expected_purchases(params, m, *row),
            "probability_alive": lambda m, *row: o.probability_alive(params, m, *row),
            "log_likelihood": lambda *row: o.log_likelihood(params, *row),
            "customers": lambda total, n, x: total * o.purchase_pmf(params, n, x),
        }
    elif name == "ParetoNBDFitter":
        o = oracle_pareto
        found = {
            "expected_purchases": lambda t, *row: o.expected_purchases(params, t, *row),
            "probability_alive": lambda *row: o.probability_alive(params, *row),
            "expected_new": lambda t: o.active(params, t),
            "pmf_conditional": lambda t, n, *row: o.purchase_pmf_conditional(params, t, n, *row),
        }
    elif name == "GammaGammaFitter":
        found = {"expected_spend": lambda x, m: spend(params, x, m)}
    else:
        engine = ENGINE[name]
        found = {
            "expected_purchases": lambda t, *row: oracle.expected_purchases(
                engine, params, t, *row
            ),
            "probability_alive": lambda *row: oracle.probability_alive(engine, params, *row),
            "expected_new": lambda t: oracle.expected_purchases_new(engine, params, t),
            "pmf": lambda t, n: oracle.purchase_pmf(engine, params, t, n),
        }
    return {key: lru_cache(maxsize=None)(function) for key, function in found.items()}


def spend(params, x, mean):
    if x:
        return oracle.expected_spend(params, x, mean)
    p, q, v = map(mpmath.mpf, params)
    return p * v / (q - 1) if q > 1 else None


def with_clv(spending, buying):
    """Add the value of a customer to the functions of mpmath."""

    def clv(freq, months, rate, x, t_x, T, mean):
        each = spending["expected_spend"](x, mean)
        if each is None:
            return None
        with mpmath.workdps(60):
            total, factor = mpmath.mpf(0), questions.PERIODS_A_MONTH[freq]
            before = mpmath.mpf(0)
            for k in range(1, math.ceil(months) + 1):
                until = buying["expected_purchases"](k * factor, x, t_x, T)
                total += (until - before) / (1 + mpmath.mpf(rate)) ** k
                before = until
            return each * total

    return {**spending, "clv": clv}


def ask(asked, own, truth):
    """Put questions to lifetimes, and to mpmath where it knows."""
    answers = {}
    for name, call, exact in asked:
        try:
            with np.errstate(all="ignore"):
                found = call()
        except Exception as error:
            answers[name] = {"error": type(error).__name__, "message": str(error)[:80]}
            found = [math.nan] * len(exact)
        else:
            answers[name] = describe(found, own)
        values = np.ravel(np.asarray(found, dtype=float))
        wrong = {}
        for at, (value, (function, arguments)) in enumerate(zip(values, exact, strict=True)):
            right = truth[function](*arguments)
            if not agrees(value, right):
                wrong[str(at)] = None if right is None else float(mpmath.nstr(right, 15))
        if wrong:
            answers[name]["wrong"] = wrong
    return answers


def agrees(value, right):
    if right is None or not math.isfinite(value):
        return False
    if abs(right) < 1e-290:
        return abs(value) < 1e-280
    return abs(value / right - 1) < WRONG


def fit(model, *vectors):
    """Fit as well as lifetimes can: a second time from where the first ended, to a finer end."""
    model.fit(*vectors)
    again = type(model)(penalizer_coef=model.penalizer_coef)
    try:
        logs = np.log(np.array(model.params_, dtype=float))
        if hasattr(model, "_scale"):
            logs[1] += math.log(model._scale)
        again.fit(*vectors, initial_params=logs, tol=1e-10)
        if again._negative_log_likelihood_ <= model._negative_log_likelihood_:
            return again
    except lifetimes.utils.ConvergenceError:
        pass
    return model


def describe_fit(model, penalty):
    errors = getattr(model, "standard_errors_", None)
    return {
        "penalizer": penalty,
        "params": {key: float(value) for key, value in model.params_.items()},
        "objective": float(model._negative_log_likelihood_),
        "standard_errors": None if errors is None else numbers(errors),
        "data_columns": list(model.data.columns),
        "data_dtypes": [str(dtype) for dtype in model.data.dtypes],
        "repr": repr(model),
    }


def customers(name):
    table = TABLES[name][0](lifetimes)
    buying_penalty, spend_penalty = PENALTIES[name]
    some = table.iloc[positions(table, 36)]
    history = questions.history(table)
    found = {}
    for factory in (lifetimes.BetaGeoFitter, lifetimes.ModifiedBetaGeoFitter):
        model = factory(penalizer_coef=buying_penalty)
        try:
            model = fit(model, *history)
            described = describe_fit(model, buying_penalty)
        except lifetimes.utils.ConvergenceError as error:
            model.params_ = pd.Series(UNFITTED)
            model.predict = model.conditional_expected_number_of_purchases_up_to_time
            described = {"error": type(error).__name__, "params": UNFITTED}
            described["penalizer"] = buying_penalty
        found[factory.__name__] = model, described
    np.random.seed(0)  # noqa: NPY002 lifetimes draws from the global generator
    counts = table.groupby(["frequency", "recency", "T"]).size().rename("weights").reset_index()
    model = lifetimes.ParetoNBDFitter()
    starts, steps = SEARCHES.get(name, (3, 2000))
    model.fit(
        *questions.history(counts),
        weights=counts["weights"],
        iterative_fitting=starts,
        tol=1e-8,
        maxiter=steps,
    )
    found["ParetoNBDFitter"] = model, describe_fit(model, 0.0) | {"cut_short": steps < 2000}
    buyers = table[(table["frequency"] > 0) & (table[MONEY] > 0)]
    gamma = lifetimes.GammaGammaFitter(penalizer_coef=spend_penalty)
    gamma = fit(gamma, buyers["frequency"], buyers[MONEY])
    found["GammaGammaFitter"] = gamma, describe_fit(gamma, spend_penalty)
    answers, truths = {}, {}
    for kind, (model, described) in found.items():
        truths[kind] = oracles(model)
        if kind != "GammaGammaFitter":
            asked = questions.purchases(model, some)
            answers[kind] = {"fit": described, "answers": ask(asked, some.index, truths[kind])}
    valued = some[(some["frequency"] == 0) | (some[MONEY] > 0)]
    answers["GammaGammaFitter"] = {"fit": found["GammaGammaFitter"][1], "beside": {}}
    for kind in ("BetaGeoFitter", "ParetoNBDFitter"):
        truth = with_clv(truths["GammaGammaFitter"], truths[kind])
        asked = questions.spend(gamma, found[kind][0], valued)
        answers["GammaGammaFitter"]["beside"][kind] = ask(asked, valued.index, truth)
    return {"rows": len(table), "models": answers}


def periods(name):
    table = PERIODS[name](lifetimes)
    model = lifetimes.BetaGeoBetaBinomFitter()
    columns = [table[key] for key in ("frequency", "recency", "n_periods", "weights")]
    try:
        model = fit(model, *columns)
        described = describe_fit(model, 0.0)
    except lifetimes.utils.ConvergenceError as error:
        model.params_ = pd.Series({"alpha": 1.2, "beta": 0.75, "gamma": 0.66, "delta": 8.0})
        model.data = table
        described = {"error": type(error).__name__, "params": dict(model.params_)}
    some = table.iloc[positions(table, 24)]
    truth = oracles(model)
    if "objective" in described:
        lines = (map(int, row) for row in table.to_numpy())
        total = sum(weight * truth["log_likelihood"](*row) for *row, weight in lines)
        described["true_objective"] = float(-total / int(table["weights"].sum()))
    answers = ask(questions.periods(model, some), some.index, truth)
    answers.update(ask(questions.counts(model, table), None, truth))
    return {
        "rows": len(table),
        "models": {"BetaGeoBetaBinomFitter": {"fit": described, "answers": answers}},
    }


def main():
    warnings.simplefilter("ignore")
    for name in sys.argv[1:] or [*TABLES, *PERIODS]:
        start = time.perf_counter()
        answered = customers(name) if name in TABLES else periods(name)
        print(name, f"{time.perf_counter() - start:.0f} s", flush=True)
        stored = json.loads(OUTPUT.read_text()) if OUTPUT.exists() else {"tables": {}}
        stored["provenance"] = {
            "what": "answers of lifetimes on each table, and of mpmath where lifetimes is wrong",
            "script": "tests/reference/generate_grid.py",
            "lifetimes": lifetimes.__version__,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "pandas": pd.__version__,
            "scipy": scipy.__version__,
            "mpmath": mpmath.__version__,
        }
        stored["tables"][name] = answered
        OUTPUT.write_text(json.dumps(stored, allow_nan=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
