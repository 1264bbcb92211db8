"""Helpers under the names and signatures they have in ``lifetimes.utils``."""

from tenure.exceptions import ConvergenceError
from tenure.utils._helpers import (  # noqa: F401
    _check_inputs,
    _customer_lifetime_value,
    _find_first_transactions,
    _save_obj_without_attr,
    _scale_time,
)
from tenure.utils._summaries import (
    calibration_and_holdout_data,
    summary_data_from_transaction_data,
)
from tenure.utils.over_time import calculate_alive_path, expected_cumulative_transactions

__all__ = [
    "ConvergenceError",
    "calculate_alive_path",
    "calibration_and_holdout_data",
    "expected_cumulative_transactions",
    "summary_data_from_transaction_data",
]


def __dir__() -> list[str]:
    return sorted(__all__)
