# A model shared between jobs: dill where pickle gives up, copies, threads.
# ruff: noqa
import copy
import pickle
import warnings
from concurrent.futures import ThreadPoolExecutor

warnings.filterwarnings("ignore")

import dill
from lifetimes import BetaGeoFitter, GammaGammaFitter
from lifetimes.datasets import load_cdnow_summary_data_with_monetary_value

data = load_cdnow_summary_data_with_monetary_value()
returning = data[data["frequency"] > 0]
bgf = BetaGeoFitter().fit(data["frequency"], data["recency"], data["T"])
ggf = GammaGammaFitter().fit(returning["frequency"], returning["monetary_value"])

try:
    with open("bgf.pkl", "wb") as file:
        pickle.dump(bgf, file)
except (AttributeError, pickle.PicklingError):
    with open("bgf.pkl", "wb") as file:
        dill.dump(bgf, file)
with open("bgf.pkl", "rb") as file:
    again = dill.load(file)
with open("ggf.pkl", "wb") as file:
    dill.dump(ggf, file)
with open("ggf.pkl", "rb") as file:
    spend = dill.load(file)
print(again)
print(spend)


def value(part):
    return spend.customer_lifetime_value(
        copy.deepcopy(again),
        part["frequency"],
        part["recency"],
        part["T"],
        part["monetary_value"],
        time=12,
        freq="W",
    )


parts = [data.iloc[start : start + 500] for start in range(0, len(data), 500)]
with ThreadPoolExecutor(4) as pool:
    values = list(pool.map(value, parts))
print([float(round(v.sum(), 0)) for v in values], [v.index.name for v in values][:1])
print(round(float(again.predict(4, 2, 30.43, 38.86)), 4))
