"""What every test may need: real data that does not ship, and hypothesis's settings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

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
