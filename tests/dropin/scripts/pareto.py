# The model in which customers may leave at any time.
# ruff: noqa
import warnings

warnings.filterwarnings("ignore")

from lifetimes import ParetoNBDFitter
from lifetimes.datasets import load_cdnow_summary
from lifetimes.fitters.pareto_nbd_fitter import ParetoNBDFitter as Same

data = load_cdnow_summary(index_col=[0])
pnbd = ParetoNBDFitter(penalizer_coef=0.0)
pnbd.fit(data["frequency"], data["recency"], data["T"])
print(Same is ParetoNBDFitter, list(pnbd.params_.index), pnbd.params_.round(1).to_dict())
print(round(pnbd.predict(39, data["frequency"], data["recency"], data["T"]).sum(), -1))
alive = pnbd.conditional_probability_alive(data["frequency"], data["recency"], data["T"])
print(type(alive).__name__, alive.index.name, alive.round(1).mean().round(1))
