"""Customers simulated from the models, under the names the functions have in lifetimes.

Every generator draws whole blocks of purchases for all customers at once. A customer's frequency
is the number of repeat purchases, as the model counts them, and recency the exact time of the last
one, so that a fit to the customers finds the parameters again. lifetimes counts the unit periods
with a purchase, of which there are fewer: ``count="periods"``, and the default while
:mod:`tenure.lifetimes` is active.

Without a `seed` the generators are seeded from numpy's global state: ``numpy.random.seed`` makes a
script reproducible, as it does with lifetimes, though the numbers differ from lifetimes'.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from tenure.generate_data._dropout_after_purchases import (
    beta_geometric_nbd_model,
    beta_geometric_nbd_model_transactional_data,
    modified_beta_geometric_nbd_model,
)
from tenure.generate_data._unobserved_dropout import (
    beta_geometric_beta_binom_model,
    pareto_nbd_model,
)

__all__ = [
    "beta_geometric_beta_binom_model",
    "beta_geometric_nbd_model",
    "beta_geometric_nbd_model_transactional_data",
    "modified_beta_geometric_nbd_model",
    "pareto_nbd_model",
]

GENERATORS: dict[str, Callable[..., pd.DataFrame]] = {
    "BG/NBD": beta_geometric_nbd_model,
    "MBG/NBD": modified_beta_geometric_nbd_model,
    "Pareto/NBD": pareto_nbd_model,
    "BG/BB": beta_geometric_beta_binom_model,
}
"""The generator of each model, by the model's name."""


def __dir__() -> list[str]:
    return sorted(__all__)
