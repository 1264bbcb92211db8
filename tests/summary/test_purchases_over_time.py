"""Purchases counted and followed over time, against loops over customers and pandas' periods."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tenure
from tenure import _engine
from tenure.exceptions import DataWarning
from tenure.summary.aggregation import aggregate
from tenure.summary.purchase_counts import purchase_periods, track_purchases
from tenure.utils import (
    _find_first_transactions,
    calculate_alive_path,
    expected_cumulative_transactions,
)

HOURS = {"s": 0.0005, "h": 1, "D": 24, "W": 24 * 7, "M": 24 * 31, "Y": 24 * 366}


class Rooted:
    """Expects a number of purchases that is not linear in time."""

    def expected_number_of_purchases_up_to_time(self, t: Any) -> Any:
        return np.sqrt(t)


@st.composite
def logs(draw: st.DrawFn) -> tuple[pd.DataFrame, str]:
    """Draw a log with holes, its dates in some unit, and a period that suits its length."""
    freq = draw(st.sampled_from(list(HOURS)))
    rows = draw(
        st.lists(
            st.tuples(
                st.one_of(st.none(), st.integers(0, 4)),
                st.one_of(st.none(), st.floats(0, 12)),
                st.integers(-5, 9),
            ),
            min_size=1,
            max_size=30,
        )
    )
    start = np.datetime64(draw(st.sampled_from(["1969-12-30", "2024-02-27T23:59:59"])), "s")
    unit = draw(st.sampled_from(["s", "ms", "us", "ns"]))
    seconds = [None if at is None else round(at * HOURS[freq] * 3600) for _, at, _ in rows]
    dates = np.array(
        [
            np.datetime64("NaT", "s") if at is None else start + np.timedelta64(at, "s")
            for at in seconds
        ]
    ).astype(f"M8[{unit}]")
    kind = draw(st.sampled_from(["numbers", "text", "uuid", "category"]))
    ids: list[Any] = [row[0] for row in rows]
    if kind == "numbers":
        if None not in ids:
            ids = [10 ** draw(st.sampled_from([0, 15])) * i for i in ids]
    elif kind == "uuid":
        ids = [None if i is None else f"{i:08x}-0000-4000-8000-{i:012x}" for i in ids]
    else:
        ids = [None if i is None else f"customer {i}" for i in ids]
    whose = pd.Series(ids, dtype="category" if kind == "category" else None)
    paid = np.array([float(row[2]) for row in rows])
    return pd.DataFrame({"who": whose, "when": dates, "paid": paid}), freq


def bought_by(log: pd.DataFrame, freq: str) -> dict[Any, list[int]]:
    """List each customer's periods, by pandas' ordinals."""
    known: dict[Any, set[int]] = {}
    for who, when in zip(log["who"], log["when"], strict=True):
        if not (pd.isna(who) or pd.isna(when)):
            known.setdefault(who, set()).add(pd.Period(when, freq=freq).ordinal)
    return {who: sorted(known[who]) for who in sorted(known)}


def age(first: int, last: int, freq: str) -> float:
    """Return what T is of a customer of one period when the observation ends in another."""
    if freq not in "MY":
        return last - first
    begin, end = (pd.Period(ordinal=at, freq=freq).start_time for at in (first, last))
    return (end - begin).days / {"M": 30.436875, "Y": 365.2425}[freq]


@settings(max_examples=200, deadline=None)
@given(logs(), st.integers(0, 15), st.integers(1, 4))
def test_cumulative_transactions_by_counting(
    drawn: tuple[pd.DataFrame, str], t: int, every: int
) -> None:
    log, freq = drawn
    if log["when"].isna().all():
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        found = expected_cumulative_transactions(
            Rooted(), log, "when", "who", t, freq=freq, freq_multiplier=every, set_index_date=True
        )
    start = min(pd.Period(when, freq=freq).ordinal for when in log["when"].dropna())
    actual, predicted, ends = [], [], range(every, t + 1, every)
    for end in ends:
        bought = bought_by(log, freq).values()
        actual.append(sum(p - start < end for ps in bought for p in ps[1:]))
        born = [ps[0] for ps in bought if ps[0] - start < end]
        ages = [age(first, start + end - 1, freq) / every for first in born]
        predicted.append(float(np.sqrt(ages).sum()))
    assert found["actual"].tolist() == actual
    assert found["actual"].dtype == np.int64
    np.testing.assert_allclose(found["predicted"], predicted, rtol=1e-12, atol=1e-12)
    assert pd.PeriodIndex(found.index).asi8.tolist() == [start + end - 1 for end in ends]


@settings(max_examples=100, deadline=None)
@given(logs(), st.one_of(st.none(), st.floats(-1, 13)))
def test_first_transactions_by_counting(
    drawn: tuple[pd.DataFrame, str], until: float | None
) -> None:
    log, freq = drawn
    if log["when"].isna().all():
        return
    end = None
    if until is not None:
        end = log["when"].min() + pd.Timedelta(seconds=round(until * HOURS[freq] * 3600))
    with warnings.catch_warnings():
        # An end at midnight, of which only the first hour or second counts, is warned of.
        warnings.simplefilter("ignore", DataWarning)
        found = _find_first_transactions(
            log, "who", "when", "paid", observation_period_end=end, freq=freq
        )
    sums: dict[tuple[Any, int], float] = {}
    for who, when, paid in log.itertuples(index=False):
        if pd.isna(who) or pd.isna(when):
            continue
        period = pd.Period(when, freq=freq)
        if end is None or period <= pd.Period(end, freq=freq):
            sums[who, period.ordinal] = sums.get((who, period.ordinal), 0.0) + paid
    expected = sorted(sums.items())
    ordinals = pd.PeriodIndex(found["when"]).asi8
    rows = zip(found["who"], ordinals, found["paid"], strict=True)
    assert [((who, period), paid) for who, period, paid in rows] == expected
    firsts = {who: min(p for w, p in sums if w == who) for who, _ in sums}
    assert found["first"].tolist() == [p == firsts[w] for (w, p), _ in expected]


@settings(max_examples=60, deadline=None)
@given(logs(), st.integers(0, 20), st.sampled_from(["D", "W"]))
def test_alive_paths_by_looking_at_each_time(
    drawn: tuple[pd.DataFrame, str], periods: int, period: str
) -> None:
    log, _ = drawn
    log = log.dropna(subset=["when"])
    bought = bought_by(log, "D")
    if not bought:
        return
    model = tenure.BetaGeoFitter()
    model.params_ = {"r": 0.24, "alpha": 4.41, "a": 0.79, "b": 2.43}
    found = tenure.alive_paths(
        model, log, customer="who", date="when", period=period, periods=periods
    )
    step = 1 if period == "D" else 7
    expected = []
    for who, days in bought.items():
        for t in range(periods + 1):
            known = [day for day in days if day - days[0] <= t * step]
            expected.append((who, t, len(known) - 1, (known[-1] - days[0]) / step))
    columns = found[["who", "T", "frequency", "recency"]]
    assert [(row[0], *row[1:3]) for row in columns.itertuples(index=False)] == [
        row[:3] for row in expected
    ]
    recency = [row[3] for row in expected]
    np.testing.assert_allclose(found["recency"], recency, rtol=1e-12)
    np.testing.assert_array_equal(
        found["p_alive"],
        model.conditional_probability_alive(found["frequency"], found["recency"], found["T"]),
    )


@pytest.mark.parametrize("zone", [None, "Europe/Istanbul"])
def test_all_in_one_period_and_periods_beyond_the_end(zone: str | None) -> None:
    day = pd.Series(pd.to_datetime(["2024-03-31 00:30", "2024-03-31 23:30"])).dt.tz_localize(zone)
    log = pd.DataFrame({"who": ["a", "a"], "when": day})
    found = expected_cumulative_transactions(Rooted(), log, "when", "who", 5)
    assert found["actual"].tolist() == [0] * 5
    np.testing.assert_allclose(found["predicted"], np.sqrt(np.arange(5.0)))
    model = tenure.ParetoNBDFitter()
    model.params_ = {"r": 0.55, "alpha": 10.6, "s": 0.61, "beta": 11.7}
    path = tenure.alive_paths(model, log, customer="who", date="when", period="D", periods=3)
    assert path["frequency"].tolist() == [0.0] * 4
    one = calculate_alive_path(model, log, "when", 3)
    np.testing.assert_array_equal(path["p_alive"], one)


def test_nobody_buys_where_rows_have_no_customer() -> None:
    dates = pd.Series(pd.to_datetime(["2024-01-02", "2024-01-01", None]))
    found = track_purchases(pd.Series([None] * 3), dates, collapse="D", periods=2)
    assert (found.first.tolist(), found.repeated.tolist()) == ([0, 0], [0, 0])
    assert found.counts == {"without_customer": 3, "without_date": 0}
    assert found.start == pd.Timestamp("2024-01-01")
    listed = purchase_periods(pd.Series([None] * 3), dates, collapse="D")
    assert len(listed.customers) == len(listed.ordinals) == 0


def test_an_end_that_nanoseconds_cannot_count_is_an_end() -> None:
    who = pd.Series([1, 1])
    days = pd.Series(np.array(["2024-01-01", "2024-01-03"], dtype="M8[ns]"))
    end = pd.Timestamp("3000-01-01").as_unit("s")
    listed = purchase_periods(who, days, collapse="D", end=end)
    assert listed.counts.tolist() == [2]
    found = aggregate(who, days, None, collapse="D", unit_seconds=86_400.0, end=end)
    days_until = (np.datetime64("3000-01-01") - np.datetime64("2024-01-01")).astype(int)
    assert found.table["T"].tolist() == [float(days_until)]
    assert found.end == end


def test_the_engine_refuses_what_does_not_fit() -> None:
    one = np.ones(1, dtype=np.int64)
    with pytest.raises(tenure.exceptions.DataError, match="offsets has 2 rows"):
        _engine.histories(np.zeros(2), one, one)
    with pytest.raises(tenure.exceptions.OptionError, match="ascending from 0"):
        _engine.histories(np.ones(1), one, one)
    with pytest.raises(tenure.exceptions.OptionError):
        _engine.Model("BG/BB").alive_paths([1.0] * 4, np.zeros(1), one, one)
