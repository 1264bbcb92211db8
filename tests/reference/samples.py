"""Random customers, counted in bins, so that two samples of them can be compared."""

import numpy as np
import pandas as pd

CASES = {
    "BG/NBD": ("beta_geometric_nbd_model", [39.0, 0.2426, 4.4135, 0.7929, 2.4258]),
    "BG/NBD, busy": ("beta_geometric_nbd_model", [20.0, 1.5, 1.2, 0.6, 3.0]),
    "MBG/NBD": ("modified_beta_geometric_nbd_model", [39.0, 0.5247, 6.1826, 0.8913, 1.6141]),
    "Pareto/NBD": ("pareto_nbd_model", [39.0, 0.5534, 10.578, 0.6061, 11.669]),
    "Pareto/NBD, busy": ("pareto_nbd_model", [20.0, 1.5, 1.2, 0.6, 6.0]),
    "BG/BB": ("beta_geometric_beta_binom_model", [6, 1.204, 0.75, 0.657, 2.783]),
    "BG/BB, long": ("beta_geometric_beta_binom_model", [40, 0.5, 2.5, 0.8, 9.0]),
    "transactions": (
        "beta_geometric_nbd_model_transactional_data",
        [100, 0.9, 7.0, 0.8, 2.5],
    ),
}
FITTED = ["BetaGeoFitter", "ModifiedBetaGeoFitter", "ParetoNBDFitter"]
EDGES = np.r_[0.0, np.geomspace(1e-4, 100.0, 25)]


def bins(values, edges):
    """Count values in [edge, next edge), the last bin open."""
    place = np.searchsorted(np.asarray(edges), np.asarray(values, dtype=float), side="right") - 1
    return np.bincount(np.maximum(place, 0), minlength=len(edges)).tolist()


def counted(table, longest):
    """Count a sample in bins of each of its columns, and of frequency and recency together."""
    if "date" in table:  # a log: customers by purchases, and days by number of purchases
        day = (pd.Timestamp("2019-01-01") - table["date"]) / pd.Timedelta(1, "D")
        return {
            "purchases": bins(table.groupby("customer_id").size(), range(1, 25)),
            "days": bins(day, np.linspace(0, longest, 21)),
        }
    frequency, recency = table["frequency"].to_numpy(), table["recency"].to_numpy()
    found = {
        "frequency": bins(frequency, range(25)),
        "recency": bins(recency, np.r_[0.0, 1e-9, np.linspace(0, longest, 21)[1:]]),
        "both": bins(
            np.minimum(frequency, 5) * 5 + np.minimum(5 * recency // (longest + 1e-9), 4),
            range(30),
        ),
        "alive": bins(table["alive"], [0.0, 0.5]),
    }
    for name in {"lambda", "p", "mu", "theta"} & set(table):
        found[name] = bins(table[name], EDGES)
    return found


def new_data(package, kind):
    """Fit CDNOW; its customers are simulated."""
    table = package.datasets.load_cdnow_summary()
    table.attrs = {}
    model = getattr(package, kind)()
    return model.fit(table["frequency"], table["recency"], table["T"])
