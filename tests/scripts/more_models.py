# The two models that look at leaving differently.
# ruff: noqa
import warnings

warnings.filterwarnings("ignore")

from lifetimes import BetaGeoBetaBinomFitter, ParetoNBDFitter
from lifetimes.datasets import load_cdnow_summary, load_donations
from lifetimes.fitters.pareto_nbd_fitter import ParetoNBDFitter as Same

data = load_cdnow_summary(index_col=[0])
pnbd = ParetoNBDFitter(penalizer_coef=0.0)
pnbd.fit(data["frequency"], data["recency"], data["T"])
print(Same is ParetoNBDFitter, list(pnbd.params_.index), pnbd.params_.round(1).to_dict())
print(round(pnbd.predict(39, data["frequency"], data["recency"], data["T"]).sum(), -1))
gifts = load_donations()
bgbb = BetaGeoBetaBinomFitter()
bgbb.fit(gifts["frequency"], gifts["recency"], gifts["periods"], gifts["weights"])
print(bgbb)
