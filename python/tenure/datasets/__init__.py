"""Data that come with the package, and a simulator of customer totals."""

from tenure.datasets._cdnow import (
    load_cdnow_summary,
    load_cdnow_summary_data_with_monetary_value,
    load_cdnow_transactions,
)
from tenure.datasets._files import load_dataset, load_donations, load_transaction_data
from tenure.datasets._omnichannel import make_omnichannel

__all__ = [
    "load_cdnow_summary",
    "load_cdnow_summary_data_with_monetary_value",
    "load_cdnow_transactions",
    "load_dataset",
    "load_donations",
    "load_transaction_data",
    "make_omnichannel",
]


def __dir__() -> list[str]:
    return sorted(__all__)
