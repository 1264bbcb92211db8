"""What analysts do wrong, done to lifetimes and to tenure by the same lines of code."""

import numpy as np
import pandas as pd

X, SEEN, AGE = np.array([1.0, 2.0, 0.0]), np.array([3.0, 4.0, 0.0]), np.array([5.0, 6.0, 7.0])
BUYING = ("BetaGeoFitter", "ModifiedBetaGeoFitter", "ParetoNBDFitter", "BetaGeoBetaBinomFitter")
LOG = pd.DataFrame(
    {
        "id": [1, 1, 2, 2, 3],
        "date": pd.to_datetime(
            ["2020-01-01", "2020-02-03", "2020-01-05", "2020-03-01", "2020-02-02"]
        ),
        "amount": [5.0, 6.0, 7.0, 8.0, 9.0],
    }
)


def by_hand(package, kind="BetaGeoFitter"):
    model = getattr(package, kind)()
    values = {
        "BetaGeoFitter": {"r": 0.24, "alpha": 4.4, "a": 0.8, "b": 2.4},
        "ParetoNBDFitter": {"r": 0.55, "alpha": 10.6, "s": 0.6, "beta": 11.7},
        "GammaGammaFitter": {"p": 6.2, "q": 3.7, "v": 15.4},
    }
    model.params_ = pd.Series(values[kind])
    model.predict = getattr(model, "conditional_expected_number_of_purchases_up_to_time", None)
    return model


def clv(package, vectors, **options):
    buying, spend = by_hand(package), by_hand(package, "GammaGammaFitter")
    return spend.customer_lifetime_value(buying, *vectors, **options)


def mistakes(package):
    """Return what to call, by name."""
    series = [pd.Series(values) for values in (X, SEEN, AGE, SEEN)]
    utils, gamma = package.utils, package.GammaGammaFitter
    bg, pareto = package.BetaGeoFitter, package.ParetoNBDFitter
    empty = np.array([])
    cases = {}
    for kind in BUYING:
        make = getattr(package, kind)
        cases |= {
            f"{kind} recency beyond T": lambda m=make: m().fit(X, SEEN + 5, AGE),
            f"{kind} recency without frequency": lambda m=make: m().fit(X * 0, SEEN, AGE),
            f"{kind} negative recency": lambda m=make: m().fit(X, -SEEN, AGE),
            f"{kind} no customers": lambda m=make: m().fit(empty, empty, empty),
            f"{kind} lengths differ": lambda m=make: m().fit(X, SEEN[:2], AGE),
            f"{kind} nothing": lambda m=make: m().fit(),
            f"{kind} text": lambda m=make: m().fit(["a", "b", "c"], SEEN, AGE),
        }
    for kind in (*BUYING, "GammaGammaFitter"):
        make = getattr(package, kind)
        cases |= {
            f"{kind} unfitted params_": lambda m=make: m().params_,
            f"{kind} unfitted summary": lambda m=make: m().summary,
            f"{kind} unfitted data": lambda m=make: m().data,
            f"{kind} unfitted _unload_params": lambda m=make: m()._unload_params("r"),
            f"{kind} load nothing": lambda m=make: m().load_model("no/such/file.pkl"),
        }
    alive = "conditional_probability_alive"
    return cases | {
        "unfitted alive": lambda: bg().conditional_probability_alive(1, 1, 1),
        "unfitted alive pareto": lambda: pareto().conditional_probability_alive(1, 1, 1),
        "unfitted new": lambda: bg().expected_number_of_purchases_up_to_time(1),
        "unfitted spend": lambda: gamma().conditional_expected_average_profit(1, 1.0),
        "unfitted spend of nothing": lambda: gamma().conditional_expected_average_profit(),
        "spend of fractional counts": lambda: gamma().fit(X + 0.5, SEEN),
        "spend of zero": lambda: gamma().fit(X[:2], SEEN[:2] * 0),
        "spend below zero": lambda: gamma().fit(X[:2], -SEEN[:2]),
        "spend of no purchases": lambda: gamma().fit(X * 0, SEEN + 1),
        "spend of none": lambda: gamma().fit(empty, empty),
        "NaN in T": lambda: bg().fit(X, SEEN, np.array([5.0, np.nan, 7.0])),
        "iterative_fitting 0": lambda: pareto().fit(X, SEEN, AGE, iterative_fitting=0),
        "iterative_fitting and start": lambda: pareto().fit(
            X, SEEN, AGE, iterative_fitting=2, initial_params=[1, 1, 1, 1]
        ),
        "clv freq Y": lambda: clv(package, series, freq="Y"),
        "clv freq h": lambda: clv(package, series, freq="h"),
        "clv freq None": lambda: clv(package, series, freq=None),
        "clv without money": lambda: clv(package, series[:3]),
        "predict text": lambda: by_hand(package).predict("x", 1.0, 1.0, 2.0),
        "predict without T": lambda: by_hand(package).predict(1.0, 1.0, 1.0),
        "predict lengths": lambda: by_hand(package).predict(1.0, X, SEEN[:2], AGE),
        "alive without T": lambda: getattr(by_hand(package), alive)(1.0, 1.0),
        "no such parameter": lambda: by_hand(package)._unload_params("gamma"),
        "no such argument": lambda: package.BetaGeoFitter(penalty=1),
        "no such method": lambda: by_hand(package).forecast(3),
        "summary without the column": lambda: utils.summary_data_from_transaction_data(
            LOG, "customer", "date"
        ),
        "summary without the money": lambda: utils.summary_data_from_transaction_data(
            LOG, "id", "date", monetary_value_col="price"
        ),
        "summary of words": lambda: utils.summary_data_from_transaction_data(
            LOG.assign(date="yesterday"), "id", "date"
        ),
        "summary of an unknown freq": lambda: utils.summary_data_from_transaction_data(
            LOG, "id", "date", freq="fortnight"
        ),
        "calibration after the end": lambda: utils.calibration_and_holdout_data(
            LOG, "id", "date", "2021-01-01", observation_period_end="2021-06-01"
        ),
        "calibration before the start": lambda: utils.calibration_and_holdout_data(
            LOG, "id", "date", "2019-01-01"
        ),
        "calibration without an end": lambda: utils.calibration_and_holdout_data(LOG, "id", "date"),
        "check recency": lambda: utils._check_inputs(X, SEEN + 5, AGE),
        "check fractions": lambda: utils._check_inputs(X + 0.5, SEEN + 0.5, AGE),
        "check money": lambda: utils._check_inputs(X, monetary_value=SEEN - 3),
        "check empty": lambda: utils._check_inputs(empty, empty, empty),
        "dataset that is not there": lambda: package.datasets.load_dataset("nothing.csv"),
        "import that is not there": lambda: package.no_such_name,
    }
