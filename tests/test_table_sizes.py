"""Lengths of time that would make endless tables are refused by their size, before any work."""

from __future__ import annotations

import pandas as pd
import pytest

import tenure
from tenure import BetaGeoFitter
from tenure.exceptions import DateError, OptionError
from tenure.utils import calculate_alive_path, expected_cumulative_transactions

LOG = pd.DataFrame(
    {
        "customer": [f"c{week}" for week in range(40)],
        "day": pd.date_range("2024-01-01", periods=40, freq="7D"),
    }
)
NAMES = {"customer": "customer", "date": "day"}
PANDAS_2 = int(pd.__version__.split(".")[0]) < 3  # reads no text of a day in 9999


def model():
    found = BetaGeoFitter()
    found.params_ = {"r": 0.24, "alpha": 4.41, "a": 0.79, "b": 2.43}
    return found


def test_cohorts_to_the_end_of_time_are_refused_by_their_cells():
    # Mondays from 2024-01-01 to 9999-12-31, for each of 40 cohorts.
    weeks = (pd.Timestamp("9999-12-31").as_unit("s") - pd.Timestamp("2024-01-01")).days // 7 + 1
    kind = DateError if PANDAS_2 else OptionError
    with pytest.raises(kind, match=r"observation_end='?9999-12-31") as refused:
        tenure.cohort_analysis(LOG, **NAMES, period="W", observation_end="9999-12-31")
    assert PANDAS_2 or f"{40 * weeks:,} cells" in str(refused.value)


def test_a_long_observation_is_still_answered():
    found = tenure.cohort_analysis(LOG, **NAMES, period="W", observation_end="2063-12-31")
    # The last age that is observed of the first cohort is the last week.
    assert found.active.shape == (40, (pd.Timestamp("2063-12-31") - LOG["day"][0]).days // 7 + 1)
    assert found.active.iloc[0].sum() == 1


@pytest.mark.parametrize(
    "options", [{"periods": 10**9}, {"periods": 10**17}, {"observation_end": "9999-12-31"}]
)
def test_paths_are_refused_by_their_rows(options):
    many = pd.concat([LOG.assign(customer=LOG["customer"] + str(i)) for i in range(10)])
    option = next(iter(options))
    unread = PANDAS_2 and option == "observation_end"
    with pytest.raises(DateError if unread else OptionError, match=f"{option}=.*( rows|date)"):
        tenure.alive_paths(model(), many, **NAMES, period="D", **options)


@pytest.mark.parametrize("periods", [float("inf"), float("nan"), 1e300, 2.5])
def test_periods_that_are_no_count_are_refused(periods):
    with pytest.raises(OptionError, match="periods="):
        tenure.alive_paths(model(), LOG, **NAMES, period="D", periods=periods)


def test_tracking_is_refused_by_its_periods():
    with pytest.raises(OptionError, match="t=1000000000 "):
        expected_cumulative_transactions(model(), LOG, "day", "customer", 10**9)
    with pytest.raises(OptionError, match="7,000,000,000 periods"):
        expected_cumulative_transactions(model(), LOG, "day", "customer", 10**9, freq="7D")
    with pytest.raises(OptionError, match="t=1000000000 "):
        calculate_alive_path(model(), LOG.head(1), "day", 10**9)
