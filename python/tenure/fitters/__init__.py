"""Models of customers, with the classes, methods and attributes of ``lifetimes.fitters``."""

from tenure.fitters._base import BaseFitter
from tenure.fitters.beta_geo_beta_binom_fitter import BetaGeoBetaBinomFitter
from tenure.fitters.beta_geo_fitter import BetaGeoFitter
from tenure.fitters.gamma_gamma_fitter import GammaGammaFitter
from tenure.fitters.modified_beta_geo_fitter import ModifiedBetaGeoFitter
from tenure.fitters.pareto_nbd_fitter import ParetoNBDFitter

__all__ = [
    "BaseFitter",
    "BetaGeoBetaBinomFitter",
    "BetaGeoFitter",
    "GammaGammaFitter",
    "ModifiedBetaGeoFitter",
    "ParetoNBDFitter",
]


def __dir__() -> list[str]:
    return sorted(__all__)
