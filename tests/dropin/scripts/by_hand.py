# Models rebuilt from stored parameters, and a command line with its own exit status.
# ruff: noqa
import json
import sys
import warnings

warnings.filterwarnings("ignore")

import numpy as np
import pandas as pd
from lifetimes import BetaGeoFitter, GammaGammaFitter

stored = json.loads('{"r": 0.2426, "alpha": 4.4136, "a": 0.7929, "b": 2.4259}')
print(sys.argv[1:], __name__)

first = BetaGeoFitter()
first.params_ = pd.Series(stored)
second = BetaGeoFitter(penalizer_coef=0.1)
second.fit(np.array([0, 1, 2, 5]), np.array([0, 3, 7, 9]), np.array([10, 11, 12, 13]))
second.params_ = stored
for model in (first, second):
    when = pd.Series([2.0, 0.0], index=["x", "y"])
    answer = model.conditional_expected_number_of_purchases_up_to_time(
        39,
        when,
        pd.Series([30.43, 0.0], index=["x", "y"]),
        pd.Series([38.86] * 2, index=["x", "y"]),
    )
    print(type(answer).__name__, answer.name, answer.round(6).to_dict())
    alive = model.conditional_probability_alive(2, 30.43, 38.86)
    print(type(alive).__name__, alive.shape, alive.round(6))
    print(model.params_["r"], dict(model.params_) == stored)
    print([round(float(value), 4) for value in model._unload_params("r", "alpha", "a", "b")])
print(first)

# Series out of order are matched by their index when predicting.
f = pd.Series([2, 0], index=["x", "y"])
r = pd.Series([0.0, 30.43], index=["y", "x"])
T = pd.Series([38.86, 38.86], index=["x", "y"])
print(second.predict(39, f, r, T).round(6).to_dict())

money = GammaGammaFitter()
money.params_ = {"p": 6.25, "q": 3.74, "v": 15.45}
clv = money.customer_lifetime_value(
    second,
    f.rename_axis("who"),
    r.reindex(f.index).rename_axis("who"),
    T.rename_axis("who"),
    pd.Series([22.35, 0.0], index=["x", "y"]).rename_axis("who"),
    time=12,
    freq="W",
)
print(clv.name, clv.index.name, clv.round(2).to_dict())
print(sorted(clv.round(2).fillna(0).reset_index().columns))
sys.exit(len(sys.argv))
