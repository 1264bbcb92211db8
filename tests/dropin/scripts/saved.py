# A model kept in a file between two runs.
# ruff: noqa
import os
import warnings

warnings.filterwarnings("ignore")

from lifetimes import BetaGeoFitter
from lifetimes.datasets import load_cdnow_summary

data = load_cdnow_summary(index_col=[0])
bgf = BetaGeoFitter().fit(data["frequency"], data["recency"], data["T"], index=data.index)
bgf.save_model("bgf.pkl")
bgf.save_model("small.pkl", save_data=False, save_generate_data_method=False)
bgf.save_model("said.pkl", False, True, ["elsewhere"])
print(os.path.getsize("small.pkl") < os.path.getsize("bgf.pkl"))
for path in ("bgf.pkl", "small.pkl", "said.pkl"):
    found = BetaGeoFitter()
    print(found.load_model(path))
    print(found.params_.round(3).to_dict(), round(float(found.predict(39, 2, 30.43, 38.86)), 4))
    print(found.data.shape if hasattr(found.data, "shape") else found.data)
print(BetaGeoFitter().fit(data["frequency"], data["recency"], data["T"]))
