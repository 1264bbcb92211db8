"""How close is close enough, and rows of one customer."""

from __future__ import annotations

import math

import numpy as np
from mpmath import mpf

MODELS = ["BG/NBD", "MBG/NBD"]
TOLERANCE = 1e-10
#: Below this doubles run out of digits, then of numbers: only smallness is asked for.
UNDERFLOW = 1e-290


def column(value):
    return np.array([float(value)])


def columns(customer):
    return tuple(column(value) for value in customer)


def assert_close(found, expected):
    assert math.isfinite(found)
    if abs(expected) < UNDERFLOW:
        assert 0 <= found < 10 * UNDERFLOW
        return
    error = float(abs(mpf(float(found)) / expected - 1))
    assert error < TOLERANCE, f"found {found!r}, expected {float(expected)!r}: {error:.1e}"


def assert_close_log(found, expected):
    assert math.isfinite(found)
    error = float(abs(mpf(float(found)) - expected) / max(abs(expected), 1))
    assert error < TOLERANCE, f"found {found!r}, expected {float(expected)!r}: {error:.1e}"
