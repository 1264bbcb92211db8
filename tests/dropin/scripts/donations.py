# Gifts that can be made once a year, or not.
# ruff: noqa
import warnings

warnings.filterwarnings("ignore")

from lifetimes import BetaGeoBetaBinomFitter
from lifetimes.datasets import load_donations
from lifetimes.fitters.beta_geo_beta_binom_fitter import BetaGeoBetaBinomFitter as Same

gifts = load_donations()
bgbb = BetaGeoBetaBinomFitter()
bgbb.fit(gifts["frequency"], gifts["recency"], gifts["periods"], gifts["weights"])
print(Same is BetaGeoBetaBinomFitter, bgbb)
