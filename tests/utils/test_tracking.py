"""Purchases followed over time, ends of spans of time, and the units of lifetimes' functions.

Right values are counted with pandas, or added up over the customers one by one.
"""

import numpy as np
import pandas as pd
import pytest

import tenure
from tenure.datasets import load_cdnow_transactions
from tenure.exceptions import DataWarning, OptionError
from tenure.utils import (
    _find_first_transactions,
    calculate_alive_path,
    calibration_and_holdout_data,
    expected_cumulative_transactions,
    summary_data_from_transaction_data,
)
from tenure.utils.freq import Freq, parse_freq
from tenure.utils.over_time import _history, follow_purchases

CDNOW = load_cdnow_transactions()
COLUMNS = {"datetime_col": "date", "customer_id_col": "customer_id"}
NAMES = {"customer_id_col": "customer_id", "datetime_col": "date"}
# The example of a log with times of day: what an end without a time means.
TIMES = pd.DataFrame(
    {
        "id": 1,
        "date": pd.to_datetime(
            ["2019-06-20 09:00", "2019-07-01 10:00", "2019-07-02 08:00", "2019-08-01 18:00"]
        ),
        "paid": [10.0, 20.0, 30.0, 40.0],
    }
)


def fitted(freq: str, end: str, **options) -> tuple[tenure.BetaGeoFitter, pd.DataFrame]:
    table = summary_data_from_transaction_data(
        CDNOW, **NAMES, freq=freq, observation_period_end=end, **options
    )
    return tenure.BetaGeoFitter().fit(table), table


# -- purchases made and expected --------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::tenure.exceptions.NotIdentifiedWarning")
@pytest.mark.parametrize(
    ("freq", "multiplier", "end", "periods", "right", "there"),
    [
        ("M", 1, "1997-09-30", 9, 1626.3, 1858.1),
        ("W", 1, "1997-09-28", 39, 2202.8, 2254.4),
        ("D", 1, "1997-09-30", 273, 2494.0, 2501.5),
        ("D", 7, "1997-09-30", 273, 2494.0, 2501.5),
        ("7D", 1, "1997-09-30", 39, 2494.0, 2501.5),
    ],
)
def test_expected_purchases_are_those_of_the_customers_own_ages(
    freq, multiplier, end, periods, right, there, in_place_of_lifetimes
):
    model, table = fitted(freq, end, freq_multiplier=multiplier)

    def last():
        found = expected_cumulative_transactions(
            model, CDNOW, **COLUMNS, t=periods, freq=freq, freq_multiplier=multiplier
        )
        return found["predicted"].iloc[-1]

    assert last() == pytest.approx(there, abs=0.05)  # lifetimes is reproduced where it is run
    tenure.lifetimes.uninstall()
    by_customer = model.expected_number_of_purchases_up_to_time(table["T"]).sum()
    assert last() == pytest.approx(by_customer, rel=1e-12)
    assert last() == pytest.approx(right, abs=0.05)


def test_years_are_as_long_as_they_are():
    log = pd.DataFrame({"id": [1, 2], "on": pd.to_datetime(["2019-05-01", "2020-03-01"])})

    class Steady:
        def expected_number_of_purchases_up_to_time(self, t):
            return np.asarray(t)

    found = expected_cumulative_transactions(Steady(), log, "on", "id", 3, freq="Y")
    summary = summary_data_from_transaction_data(
        log, "id", "on", freq="Y", observation_period_end="2021-12-31"
    )
    assert found["predicted"].iloc[-1] == pytest.approx(summary["T"].sum())
    assert found["predicted"].iloc[-1] == pytest.approx((731 + 366) / 365.2425)


@pytest.mark.parametrize(("period", "days"), [("M", 30.4375), ("Y", 365.25)])
def test_purchases_of_days_are_followed_by_months_and_years(period, days):
    table = tenure.summarize(CDNOW, customer="customer_id", date="date", period=period)
    model = tenure.BetaGeoFitter().fit(table)
    made = CDNOW.drop_duplicates(["customer_id", "date"])
    first = made.groupby("customer_id")["date"].min()
    ends = pd.to_datetime(["1997-01-31", "1997-12-31", "1998-05-31"])
    numbers = (ends - first.min()).days + 1
    found = follow_purchases(model, CDNOW["customer_id"], CDNOW["date"], numbers, unit=days)
    for end, (actual, predicted) in zip(ends, found.to_numpy(), strict=True):
        ages = (end - first[first <= end]).dt.days / days
        assert actual == (made["date"] <= end).sum() - len(ages)
        expected = model.expected_number_of_purchases_up_to_time(ages).sum()
        assert predicted == pytest.approx(expected, rel=1e-12)
    assert found["actual"].iloc[-1] == 4171
    assert round(found["predicted"].iloc[-1]) == 4241


# -- ends with and without a time --------------------------------------------------------------


def test_the_last_days_belong_to_calibration_and_holdout():
    found = calibration_and_holdout_data(
        TIMES, "id", "date", "2019-07-01", "2019-08-01", monetary_value_col="paid"
    )
    assert found.iloc[0].to_dict() == {
        "frequency_cal": 1.0,
        "recency_cal": 11.0,
        "T_cal": 11.0,
        "monetary_value_cal": 20.0,
        "frequency_holdout": 2.0,
        "monetary_value_holdout": 35.0,
        "duration_holdout": 31.0,
    }
    summary = summary_data_from_transaction_data(
        TIMES, "id", "date", "paid", observation_period_end="2019-07-01"
    )
    assert found.filter(like="_cal").to_numpy().tolist() == summary.to_numpy().tolist()


@pytest.mark.parametrize("freq", ["D", "W", "M", "Y", "7D"])
@pytest.mark.parametrize("end", ["1997-09-30", "1997-09-17 13:00", "1997-12-31"])
def test_calibration_is_the_summary_to_the_same_end(freq, end):
    found = calibration_and_holdout_data(
        CDNOW, **NAMES, calibration_period_end=end, freq=freq, monetary_value_col="dollar_value"
    )
    summary = summary_data_from_transaction_data(
        CDNOW,
        **NAMES,
        monetary_value_col="dollar_value",
        observation_period_end=end,
        freq=freq,
    )
    expected = summary.add_suffix("_cal")
    pd.testing.assert_frame_equal(found[list(expected)], expected)
    unit = parse_freq(freq).code
    held = CDNOW["date"].dt.to_period(unit)
    later = held > pd.Period(end, freq=unit)
    counted = held[later].groupby(CDNOW["customer_id"]).nunique()
    counted = counted.reindex(found.index).fillna(0)
    assert found["frequency_holdout"].tolist() == counted.tolist()


def test_lifetimes_moments_are_kept_where_it_is_run_and_said(in_place_of_lifetimes):
    with pytest.warns(DataWarning, match=r"1 transactions .* count as holdout, and 1 in"):
        found = calibration_and_holdout_data(
            TIMES, "id", "date", "2019-07-01", "2019-08-01", monetary_value_col="paid"
        )
    assert found["frequency_cal"].tolist() == [0.0]
    assert found["frequency_holdout"].tolist() == [2.0]
    assert found["monetary_value_holdout"].tolist() == [25.0]
    days = TIMES.assign(date=TIMES["date"].dt.normalize())
    calibration_and_holdout_data(days, "id", "date", "2019-07-01", "2019-08-01")  # says nothing


@pytest.mark.parametrize(
    "ask", [summary_data_from_transaction_data, _find_first_transactions], ids=["summary", "first"]
)
def test_purchases_after_the_first_hour_of_the_last_day_are_said(ask):
    with pytest.warns(DataWarning, match=r"1 transactions of 2019-08-01 .* first hour of that day"):
        early = ask(TIMES, "id", "date", observation_period_end="2019-08-01", freq="h")
    late = ask(TIMES, "id", "date", observation_period_end="2019-08-01 23:59", freq="h")
    assert not early.equals(late)


def test_purchases_after_the_first_hour_of_both_ends_are_said():
    with pytest.warns(DataWarning) as said:
        calibration_and_holdout_data(TIMES, "id", "date", "2019-07-01", "2019-08-01", freq="h")
    assert ["calibration" in str(one.message) for one in said] == [True, False]


# -- units of time ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "count"),
    [
        ("D", "D", 1),
        ("1D", "D", 1),
        ("7D", "D", 7),
        ("2W", "W", 2),
        ("W-SUN", "W", 1),
        ("H", "h", 1),
        ("24H", "h", 24),
        ("S", "s", 1),
        ("ME", "M", 1),
        ("3M", "M", 3),
        ("A", "Y", 1),
        ("A-DEC", "Y", 1),
    ],
)
def test_units_are_read_as_pandas_spells_them(text, code, count):
    assert parse_freq(text) == Freq(code, count)


@pytest.mark.parametrize("text", ["Q", "W-MON", "0D", "-1D", "1.5D", "D7", "min", "", None, 7])
def test_other_units_are_refused(text):
    with pytest.raises(OptionError, match=r"freq=.* is unknown; use one of s, h, D, W, M, Y"):
        parse_freq(text)
    with pytest.raises(OptionError, match=r"9\.\.\. is unknown"):
        parse_freq("9" * 500 + "D")


@pytest.mark.parametrize(
    ("freq", "same", "period"),
    [
        ("7D", {"freq": "D", "freq_multiplier": 7}, "W"),
        ("2W", {"freq": "W", "freq_multiplier": 2}, None),
        ("H", {"freq": "h"}, "h"),
        ("24H", {"freq": "h", "freq_multiplier": 24}, "D"),
        ("ME", {"freq": "M"}, "M"),
    ],
)
def test_a_number_of_periods_is_a_multiple_of_one(freq, same, period):
    def everything(**options):
        return (
            summary_data_from_transaction_data(CDNOW, **NAMES, **options),
            calibration_and_holdout_data(
                CDNOW, **NAMES, calibration_period_end="1997-09-30 23:00", **options
            ),
        )

    for found, expected in zip(everything(freq=freq), everything(**same), strict=True):
        pd.testing.assert_frame_equal(found, expected)
        assert tenure.provenance(found)["period"] == period


def test_a_fortnight_counts_in_fortnights():
    summary = summary_data_from_transaction_data(CDNOW, **NAMES, freq="2W")
    weeks = CDNOW["date"].dt.to_period("W")
    first = weeks.groupby(CDNOW["customer_id"]).min()
    ages = np.array([(weeks.max() - week).n for week in first]) / 2
    assert summary["T"].tolist() == ages.tolist()
    model = tenure.BetaGeoFitter()
    model.params_ = {"r": 0.24, "alpha": 2.2, "a": 0.79, "b": 2.43}
    found = expected_cumulative_transactions(model, CDNOW, **COLUMNS, t=39, freq="2W")
    assert len(found) == 39
    expected = model.expected_number_of_purchases_up_to_time(ages - ages.max() + 38.5).sum()
    assert found["predicted"].iloc[-1] == pytest.approx(expected)


@pytest.mark.parametrize("freq", ["7D", "2W", "3W", "2M", "2Y", "36h", "5h", "24H", "W", "D", "M"])
def test_histories_are_those_that_resample_gives(freq):
    rng = np.random.default_rng(3)
    unit = parse_freq(freq)
    for case in range(20):
        hours = rng.uniform(0, 400 * 24, rng.integers(1, 12))
        days = pd.Timestamp("2019-11-20") + pd.to_timedelta(hours, unit="h")
        days = days.normalize() if case % 4 == 0 else days
        bought = pd.Series(1, index=days).resample(unit.step).sum().to_numpy() > 0
        bought = np.pad(bought, (0, max(0, 6 - len(bought))))
        age = np.arange(len(bought))
        last = pd.Series(np.where(bought, age, np.nan)).ffill()
        frequency, recency, T = _history(pd.DataFrame({"d": days}), "d", 5, unit)
        assert frequency.tolist() == (np.cumsum(bought) - 1).tolist()
        assert (recency.tolist(), T.tolist()) == (last.tolist(), age.tolist())


def test_lifetimes_spellings_of_the_hour_follow_a_customer():
    model = tenure.BetaGeoFitter()
    model.params_ = {"r": 0.24, "alpha": 4.41, "a": 0.79, "b": 2.43}
    paths = [calculate_alive_path(model, TIMES, "date", 3, freq) for freq in ("H", "1H", "h")]
    assert len(paths[0]) == 1 + 42 * 24 + 9
    assert paths[0].astype(str).tolist() == paths[1].astype(str).tolist()
    assert paths[0].astype(str).tolist() == paths[2].astype(str).tolist()
