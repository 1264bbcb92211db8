# Every way public scripts have of importing.
# ruff: noqa
import warnings

warnings.filterwarnings("ignore")

import lifetimes
import lifetimes.utils as lu
from lifetimes import *
from lifetimes import BaseFitter, BetaGeoFitter as BGF, ModifiedBetaGeoFitter
from lifetimes.datasets import load_cdnow_summary
from lifetimes.fitters.beta_geo_fitter import BetaGeoFitter as Third
from lifetimes.fitters.gamma_gamma_fitter import GammaGammaFitter as Other
from lifetimes.fitters.modified_beta_geo_fitter import ModifiedBetaGeoFitter as Second
from lifetimes.utils import *
from lifetimes.utils import ConvergenceError, _check_inputs
from lifetimes.version import __version__ as version

print(lifetimes.__version__, version, __version__, lifetimes.__name__, lu.__name__)
print(BetaGeoFitter is BGF is Third is lifetimes.BetaGeoFitter)
print(GammaGammaFitter is Other, ModifiedBetaGeoFitter is Second)
print(lifetimes.utils is lu, lifetimes.fitters.BaseFitter is BaseFitter)
print(lu.summary_data_from_transaction_data is summary_data_from_transaction_data)
print(issubclass(BGF, BaseFitter), issubclass(ConvergenceError, ValueError))
print(BGF(), Other(penalizer_coef=0.1), ModifiedBetaGeoFitter())

data = load_cdnow_summary(index_col=[0])
for factory in (BGF, ModifiedBetaGeoFitter):
    print(factory(penalizer_coef=0.0).fit(data["frequency"], data["recency"], data["T"]))

for name in ("recency", "frequency"):
    bad = data.copy()
    bad.loc[bad.index[3], name] = 1000 if name == "recency" else 0
    bad.loc[bad.index[3], "recency"] += 1
    try:
        BGF().fit(bad["frequency"], bad["recency"], bad["T"])
    except ValueError as error:
        print(str(error).splitlines()[0][:50])
try:
    _check_inputs(data["frequency"] + 0.5)
except ValueError as error:
    print(error)
try:
    BGF().conditional_probability_alive(2, 3, 4)
except ValueError as error:
    print(error)
