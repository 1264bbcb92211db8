import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.exceptions import OptionError, UnitError
from tenure.periods import PERIOD_DAYS, convert, parse_horizon, parse_period, period_days

codes = st.sampled_from(list(PERIOD_DAYS))


def test_lengths():
    assert PERIOD_DAYS["M"] * 12 == PERIOD_DAYS["Y"]
    assert period_days("w") == 7
    assert period_days("H") * 24 == 1


@pytest.mark.parametrize("code", ["q", "", "weeks", None, 3, "s"])
def test_an_unknown_period_lists_the_known_ones(code):
    with pytest.raises(OptionError, match=r"use one of 'h' \(hour\), 'D' \(day\)"):
        parse_period(code)


@given(st.floats(0, 1e6), codes, codes)
def test_there_and_back(value, one, other):
    assert math.isclose(convert(convert(value, one, other), other, one), value, rel_tol=1e-12)


@given(st.floats(0, 1e6), codes)
def test_the_same_unit_changes_nothing(value, code):
    assert convert(value, code, code) == value


@pytest.mark.parametrize(
    ("horizon", "period", "value", "label"),
    [
        ("3M", "W", 3 * 30.4375 / 7, "3m"),
        ("26W", "W", 26.0, "26w"),
        (" 26 w ", "D", 182.0, "26w"),
        ("1.5Y", "M", 18.0, "1.5y"),
        ("12h", "D", 0.5, "12h"),
        (12, "W", 12.0, "12w"),
        (12.0, None, 12.0, "12"),
        (0, "D", 0.0, "0d"),
        (2.5, "M", 2.5, "2.5m"),
    ],
)
def test_horizons(horizon, period, value, label):
    assert parse_horizon(horizon, period) == (pytest.approx(value, rel=1e-14), label)


@pytest.mark.parametrize(
    "horizon", ["", "M", "3 fortnights", "-3M", -1, math.nan, math.inf, True, None, "3", [3]]
)
def test_what_is_not_a_horizon(horizon):
    with pytest.raises(OptionError):
        parse_horizon(horizon, "W")


def test_a_unit_needs_a_summary_that_knows_its_own():
    with pytest.raises(UnitError, match=r"tenure\.summarize"):
        parse_horizon("3M", None)
