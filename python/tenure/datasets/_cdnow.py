"""CDNOW: the purchases of 2,357 customers of an online music shop, 1997 to mid-1998."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tenure.datasets._files import load_dataset
from tenure.io.provenance import with_provenance

_KNOWN: dict[str, Any] = {
    "period": "W",
    "collapse": "D",
    "observation_end": "1997-09-30",
    "source": "transactions",
    "convention": "repeat",
}


def load_cdnow_summary(**kwargs: Any) -> pd.DataFrame:
    """Load the weekly CDNOW summary: calibration period, 1 January to 30 September 1997.

    Parameters
    ----------
    **kwargs
        Passed to :func:`pandas.read_csv`, for example ``index_col=[0]``.

    Returns
    -------
    pandas.DataFrame
        2,357 rows: ``ID``, ``frequency`` (repeat purchases), ``recency`` and ``T`` in weeks.

    Examples
    --------
    >>> load_cdnow_summary(index_col=[0]).loc[1].tolist()
    [2.0, 30.43, 38.86]
    """
    return _read("cdnow_customers_summary.csv", kwargs)


def load_cdnow_summary_data_with_monetary_value(**kwargs: Any) -> pd.DataFrame:
    """Load the weekly CDNOW summary with the mean spend of the repeat purchases.

    Parameters
    ----------
    **kwargs
        Passed to :func:`pandas.read_csv`.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``customer_id``: ``frequency``, ``recency`` and ``T`` in weeks,
        ``monetary_value`` in dollars (0 for customers who never came back).

    Examples
    --------
    >>> load_cdnow_summary_data_with_monetary_value().loc[1].tolist()
    [2.0, 30.43, 38.86, 22.35]
    """
    frame = _read("cdnow_customers_summary_with_transactions.csv", kwargs)
    frame.columns = pd.Index(["customer_id", "frequency", "recency", "T", "monetary_value"])
    indexed: pd.DataFrame = frame.set_index("customer_id")
    return indexed


def load_cdnow_transactions() -> pd.DataFrame:
    """Load the purchases the CDNOW summaries were made from, and those of the following months.

    Returns
    -------
    pandas.DataFrame
        6,919 purchases, 1 January 1997 to 30 June 1998: ``customer_id`` (1 to 2,357, as in the
        summaries), ``date`` (datetime64), ``number_of_cds``, ``dollar_value``. Some are
        worth 0 dollars.

    Examples
    --------
    >>> load_cdnow_transactions().shape
    (6919, 4)
    """
    frame = load_dataset(
        "CDNOW_sample.txt",
        sep=r"\s+",
        header=None,
        names=["master_id", "customer_id", "date", "number_of_cds", "dollar_value"],
        usecols=["customer_id", "date", "number_of_cds", "dollar_value"],
    )
    frame["date"] = pd.to_datetime(frame["date"].astype(str), format="%Y%m%d")
    return frame


def _read(name: str, kwargs: dict[str, Any]) -> pd.DataFrame:
    frame = load_dataset(name, **kwargs)
    # With chunksize or iterator pandas hands back a reader, which has nothing to remember it by.
    if not isinstance(frame, pd.DataFrame):
        return frame
    return with_provenance(frame, **_KNOWN, customers=len(frame))
