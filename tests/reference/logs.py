"""The transaction logs that lifetimes and tenure both summarise, read the same way by both."""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd


def cdnow(path: Path) -> pd.DataFrame:
    """Read CDNOW_sample.txt: numbers only, separated by spaces, without a header."""
    names = ["master_id", "id", "date", "count", "amount"]
    log = pd.read_csv(path, sep=r"\s+", header=None, names=names)
    return log.assign(date=pd.to_datetime(log["date"].astype(str), format="%Y%m%d"))


def cdnow_master(path: Path) -> pd.DataFrame:
    """Read CDNOW_master.txt, which has a header."""
    log = pd.read_csv(path, sep=r"\s+", header=0, names=["id", "date", "count", "amount"])
    return log.assign(date=pd.to_datetime(log["date"].astype(str), format="%Y%m%d"))


def online_retail(path: Path) -> pd.DataFrame:
    """Read Online Retail II with its refunds and its rows without a customer."""
    log = pd.read_parquet(path, columns=["Customer ID", "InvoiceDate", "Quantity", "Price"])
    return pd.DataFrame(
        {
            "id": log["Customer ID"],
            "date": log["InvoiceDate"].astype("datetime64[ns]"),
            "amount": log["Quantity"] * log["Price"],
        }
    )


def synthetic(rows: int = 3_000, customers: int = 400) -> pd.DataFrame:
    """Make a log of seconds and whole amounts from a linear congruence, the same everywhere."""
    state, drawn = 1, []
    for _ in range(3 * rows):
        state = (state * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407) % 2**64
        drawn.append(state >> 33)
    numbers = np.array(drawn, dtype=np.int64).reshape(rows, 3)
    # Ten years around 1970, leap days, year ends and all.
    seconds = numbers[:, 1] % (3653 * 86_400) - 5 * 365 * 86_400
    return pd.DataFrame(
        {
            "id": numbers[:, 0] % customers - 37,
            "date": pd.Series(seconds.astype("datetime64[s]")).astype("datetime64[ns]"),
            "amount": (numbers[:, 2] % 20_000 - 1_000) / 100,
        }
    )


LOGS = {
    "synthetic": (synthetic, None),
    "cdnow": (cdnow, "datasets/CDNOW_sample.txt"),
    "cdnow_master": (cdnow_master, "data/CDNOW_master.txt"),
    "online_retail": (online_retail, "data/online_retail_II_2009_2010.parquet"),
}
"""How each log is read, and from which file; those under data/ do not ship."""


def fingerprint(summary: pd.DataFrame) -> dict:
    """Return what identifies a summary without storing it."""
    exact = summary[["frequency", "recency", "T"]].to_numpy(np.float64)
    found = {
        "customers": len(summary),
        "index_name": summary.index.name,
        "index": hashlib.sha256("\n".join(map(str, summary.index)).encode()).hexdigest(),
        "exact": hashlib.sha256(np.ascontiguousarray(exact).tobytes()).hexdigest(),
        "columns": list(summary.columns),
        "rows": {
            str(at): [float(value) for value in summary.iloc[at]]
            for at in range(0, len(summary), max(1, len(summary) // 5))
        },
    }
    if "monetary_value" in summary:
        money = summary["monetary_value"].to_numpy(np.float64)
        found["money"] = [
            float(money.sum()),
            float(money @ np.arange(len(money))),
            float(np.abs(money).max()),
        ]
    return found
