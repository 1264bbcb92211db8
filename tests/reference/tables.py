"""The customers that lifetimes and tenure are both asked about, made the same way for both.

Each function takes the package, lifetimes or tenure, and what does not ship is found through
TENURE_REFERENCE_DATA. Rows are known by position alone: no id of a customer is ever stored.
"""

import os
from pathlib import Path

import numpy as np
import pandas as pd
from reference.logs import cdnow_master, online_retail

MONEY = "monetary_value"


def data(name):
    return Path(os.environ["TENURE_REFERENCE_DATA"]) / "data" / name


def cdnow(package):
    return package.datasets.load_cdnow_summary_data_with_monetary_value()


def master(package):
    log = cdnow_master(data("CDNOW_master.txt"))
    return package.utils.summary_data_from_transaction_data(
        log, "id", "date", monetary_value_col="amount", freq="W"
    )


def retail(package, freq):
    log = online_retail(data("online_retail_II_2009_2010.parquet"))
    log = log[log["id"].notna() & (log["amount"] > 0)]
    return package.utils.summary_data_from_transaction_data(
        log, "id", "date", monetary_value_col="amount", freq=freq
    )


def flo(_, less):
    """FLO in weeks; `less` orders taken off, none as most scripts have it, or the first."""
    table = pd.read_csv(data("flo_data_20k.csv"))
    first = pd.to_datetime(table["first_order_date"])
    last = pd.to_datetime(table["last_order_date"])
    orders = table["order_num_total_ever_online"] + table["order_num_total_ever_offline"]
    value = table["customer_value_total_ever_online"] + table["customer_value_total_ever_offline"]
    end = pd.Timestamp("2021-06-01")
    return pd.DataFrame(
        {
            "frequency": orders.astype(int) - less,
            "recency": (last - first).dt.days / 7,
            "T": (end - first).dt.days / 7,
            MONEY: value / orders,
        }
    )


TABLES = {
    "CDNOW": (cdnow, None),
    "CDNOW_master": (master, "CDNOW_master.txt"),
    "Online Retail by day": (
        lambda package: retail(package, "D"),
        "online_retail_II_2009_2010.parquet",
    ),
    "Online Retail by week": (
        lambda package: retail(package, "W"),
        "online_retail_II_2009_2010.parquet",
    ),
    "FLO, all orders": (lambda package: flo(package, 0), "flo_data_20k.csv"),
    "FLO, repeat orders": (lambda package: flo(package, 1), "flo_data_20k.csv"),
}
"""How a table is made, and from which file where that does not ship."""


def donations(package):
    return package.datasets.load_donations().rename(columns={"periods": "n_periods"})


def simulated(n, seed):
    """Count the histories of 3,000 customers of BG/BB over `n` periods."""
    random = np.random.RandomState(seed)  # its numbers never change
    p, theta = random.beta(1.2, 0.75, 3000), random.beta(0.66, 8.0, 3000)
    stay = np.minimum(random.geometric(theta) - 1, n)
    bought = (random.random_sample((3000, n)) < p[:, None]) & (np.arange(n) < stay[:, None])
    recency = np.where(bought.any(axis=1), n - np.argmax(bought[:, ::-1], axis=1), 0)
    table = pd.DataFrame({"frequency": bought.sum(axis=1), "recency": recency, "n_periods": n})
    keys = list(table.columns)
    return table.groupby(keys).size().rename("weights").reset_index()


PERIODS = {
    "donations": donations,
    "12 periods": lambda package: simulated(12, 5),
    "24 periods": lambda package: simulated(24, 6),
    "52 periods": lambda package: simulated(52, 7),
}


def positions(table, count):
    """Rows spread over a table, with those of the most and of no purchases."""
    x = table["frequency"].to_numpy()
    spread = np.linspace(0, len(table) - 1, count - 2).astype(int)
    return sorted({*spread.tolist(), int(x.argmax()), int(x.argmin())})
