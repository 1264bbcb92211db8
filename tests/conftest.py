"""What every test may need: real data that does not ship, and hypothesis's settings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, settings

from tenure.datasets import load_cdnow_summary_data_with_monetary_value
from tenure.lifetimes import activate, uninstall

ROOT = Path(__file__).parents[1]
"""The project's folder."""

settings.register_profile(
    "tenure",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("tenure")


@pytest.fixture
def in_place_of_lifetimes() -> Iterator[None]:
    """Have tenure stand in for lifetimes, as it does while a script of lifetimes runs."""
    activate()
    yield
    uninstall()


@pytest.fixture(scope="module")
def customers() -> pd.DataFrame:
    """Return the CDNOW sample, one row per customer, with the units of its provenance."""
    return load_cdnow_summary_data_with_monetary_value()


@pytest.fixture(scope="module")
def plain_customers() -> pd.DataFrame:
    """Return the CDNOW sample without provenance, as from a plain file."""
    table = load_cdnow_summary_data_with_monetary_value()
    table.attrs = {}
    return table


def reference_path(name: str) -> Path:
    """Return the path of a file of real or published data, or skip where there is none."""
    root = os.environ.get("TENURE_REFERENCE_DATA")
    if not root:
        pytest.skip(
            f"{name} does not ship with tenure: TENURE_REFERENCE_DATA would say where it is"
        )
    path = Path(root) / name
    assert path.is_file(), f"TENURE_REFERENCE_DATA is set to {root}, but {name} is not there"
    return path
