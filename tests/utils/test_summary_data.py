"""summary_data_from_transaction_data: what lifetimes 0.11.3 answers, and right where it is wrong.

The expected values come from the real lifetimes: tests/reference/generate_summary.py wrote them.
"""

import datetime as dt
import functools
import json
import re
import warnings
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT, reference_path
from hypothesis import given
from hypothesis import strategies as st
from reference.logs import LOGS, fingerprint

import tenure.exceptions
from tenure.exceptions import (
    ColumnError,
    DataError,
    DataWarning,
    DateError,
    EmptyDataError,
    OptionError,
    RefundWarning,
    TenureError,
    TenureWarning,
)
from tenure.io.provenance import provenance
from tenure.utils import ConvergenceError, _check_inputs, summary_data_from_transaction_data

REFERENCE = json.loads((ROOT / "tests" / "reference" / "summary_lifetimes.json").read_text())


def by_options(case):
    options = " ".join(f"{name}={value}" for name, value in case["options"].items() if value)
    return f"{case['log']} {options}".strip()


@functools.cache
def read_log(name):
    reader, file = LOGS[name]
    if file is None:
        return reader()
    ships = file.startswith("datasets/")
    return reader(Path(str(files("tenure") / file)) if ships else reference_path(file))


@pytest.mark.parametrize("case", REFERENCE["cases"], ids=by_options)
def test_the_same_as_lifetimes(case):
    log = read_log(case["log"])
    with warnings.catch_warnings():
        # Refunds and rows without a customer are said; test_what_is_odd_is_said looks at that.
        warnings.simplefilter("ignore", DataWarning)
        found = summary_data_from_transaction_data(log, "id", "date", **case["options"])
    expected = case["summary"]
    got = fingerprint(found)
    money, rows = expected.pop("money", None), expected.pop("rows")
    if money is not None:
        np.testing.assert_allclose(got.pop("money"), money, rtol=1e-11, atol=1e-9)
    for at, values in rows.items():
        np.testing.assert_allclose(found.iloc[int(at)], values, rtol=1e-12, atol=1e-12)
    del got["rows"]
    assert got == expected
    assert set(found.dtypes) == {np.dtype("float64")}


LOG = pd.DataFrame(
    {
        "id": [2, 1, 2, 1, 1],
        "date": pd.to_datetime(
            ["2020-01-31", "2020-02-01", "2020-02-03", "2020-12-01", "2020-02-01"]
        ),
        "paid": [3.0, 5.0, 4.0, 2.0, 1.0],
    }
)
EXPECTED = pd.DataFrame(
    {
        "frequency": [1.0, 1.0],
        "recency": [304.0, 3.0],
        "T": [304.0, 305.0],
        "monetary_value": [2.0, 4.0],
    },
    index=pd.Index([1, 2], name="id"),
)


def summary(log, **options):
    return summary_data_from_transaction_data(log, "id", "date", "paid", **options)


def same(found, expected=EXPECTED):
    pd.testing.assert_frame_equal(found, expected, check_index_type=False)


def test_a_small_log_by_hand():
    same(summary(LOG))


@pytest.mark.parametrize(
    "dates",
    [
        LOG["date"].dt.date,
        LOG["date"].dt.strftime("%Y-%m-%d"),
        LOG["date"].astype("datetime64[s]"),
        LOG["date"].astype("datetime64[ns]"),
        LOG["date"].dt.tz_localize("America/New_York") + pd.Timedelta(hours=23),
        LOG["date"].dt.to_period("D"),
        LOG["date"].dt.strftime("%Y-%m-%d").astype("category"),
        LOG["date"].astype(object),
    ],
    ids=["date", "str", "s", "ns", "tz", "period", "category", "object"],
)
def test_dates_of_every_type(dates):
    same(summary(LOG.assign(date=dates)))


def test_text_dates_are_compared_as_dates():
    # As text "31/01/2020" is the last and "01/12/2020" comes before "03/02/2020".
    log = LOG.assign(date=LOG["date"].dt.strftime("%d/%m/%Y"))
    same(summary(log, datetime_format="%d/%m/%Y"))
    same(summary(log))
    same(summary(log, datetime_format="%d/%m/%Y", observation_period_end="01/12/2020"))
    same(summary(log, datetime_format="%d/%m/%Y", observation_period_end="2020-12-01"))


@pytest.mark.parametrize(
    "end",
    ["2020-12-01", pd.Timestamp("2020-12-01 17:00"), dt.date(2020, 12, 1), pd.Period("2020-12-01")],
)
def test_ends_of_every_type(end):
    same(summary(LOG, observation_period_end=end))


def test_the_end_cuts_off():
    found = summary(LOG, observation_period_end="2020-02-02")
    assert found["frequency"].tolist() == [0, 0]
    assert found["T"].tolist() == [1, 2]
    with pytest.raises(EmptyDataError, match="5 lie after the end"):
        summary(LOG, observation_period_end="2019-01-01")


@pytest.mark.parametrize(
    ("ids", "index"),
    [
        (["b", "a", "b", "a", "a"], ["a", "b"]),
        (pd.Categorical(["y", "x", "y", "x", "x"], categories=["w", "x", "y", "z"]), ["x", "y"]),
        ([2.5, 1.5, 2.5, 1.5, 1.5], [1.5, 2.5]),
        (np.array([2, 1, 2, 1, 1], dtype=np.int8), [1, 2]),
        (np.array([100, -100, 100, -100, -100], dtype=np.int8), [-100, 100]),
        (np.array([2**64 - 1, 2**64 - 9, 2**64 - 1] + 2 * [2**64 - 9], np.uint64), None),
        ([10**15, -(10**15), 10**15, -(10**15), -(10**15)], [-(10**15), 10**15]),
        (pd.array([2, 1, 2, 1, 1], dtype="Int64"), [1, 2]),
        (
            pd.to_datetime(["2021", "2020", "2021", "2020", "2020"]),
            pd.to_datetime(["2020", "2021"]),
        ),
        ([True, False, True, False, False], [False, True]),
    ],
    ids=["str", "category", "float", "int8", "wide int8", "uint64", "far", "Int64", "date", "bool"],
)
def test_ids_of_every_type(ids, index):
    found = summary(LOG.assign(id=ids))
    index = [2**64 - 9, 2**64 - 1] if index is None else list(index)
    assert found.index.tolist() == index
    assert found.index.name == "id"
    np.testing.assert_array_equal(found.to_numpy(), EXPECTED.to_numpy())


def test_categories_stay_categories():
    found = summary(LOG.assign(id=LOG["id"].astype("category")))
    assert isinstance(found.index, pd.CategoricalIndex)


def test_ids_that_cannot_be_compared_keep_their_order():
    found = summary(LOG.assign(id=[("b",), 1, ("b",), 1, 1]))
    assert set(found.index) == {1, ("b",)}
    with pytest.raises(ColumnError, match="cannot be customer ids"):
        summary(LOG.assign(id=[[1], [2], [1], [2], [2]]))


def test_what_is_odd_is_said():
    with pytest.warns(DataWarning, match="1 transactions have no 'id'"):
        summary(LOG.assign(id=[2, 1, None, 1, 1]))
    with pytest.warns(DataWarning, match="2 transactions have no 'date'"):
        summary(LOG.assign(date=LOG["date"].where([True, False, True, True, False])))
    with pytest.warns(DataWarning, match="2 transactions have no 'paid'"):
        found = summary(LOG.assign(paid=[3.0, np.nan, 4.0, np.nan, 1.0]))
    assert found["monetary_value"].tolist() == [0.0, 4.0]
    with pytest.warns(RefundWarning, match=r"1 refunds \(negative 'paid'\)"):
        summary(LOG.assign(paid=[3.0, 5.0, -4.0, 2.0, 1.0]))


def test_what_cannot_be_is_refused():
    with pytest.raises(ColumnError, match="datetime_col='when': the table has no such"):
        summary_data_from_transaction_data(LOG, "id", "when")
    with pytest.raises(ColumnError, match="Did you mean 'paid'"):
        summary_data_from_transaction_data(LOG, "id", "date", "paied")
    with pytest.raises(OptionError, match="freq='Q' is unknown; use one of s, h, D"):
        summary(LOG, freq="Q")
    with pytest.raises(OptionError, match="freq_multiplier=0"):
        summary(LOG, freq_multiplier=0)
    with pytest.raises(OptionError, match="freq_multiplier='x'"):
        summary(LOG, freq_multiplier="x")
    dates = LOG["date"].dt.strftime("%Y-%m-%d")
    late = LOG.assign(date=dates.where(dates.index < 4, "soon"))
    with pytest.raises(DateError, match="cannot be read in 1 row: row 4 = 'soon'"):
        summary(late)
    with pytest.raises(DataError, match="infinite values in 1 row: row 2 = inf"):
        summary(LOG.assign(paid=[3.0, 5.0, np.inf, 2.0, 1.0]))
    with pytest.raises(DataError, match="totals too large"):
        summary(
            LOG.assign(date=LOG["date"][0], paid=1e308).assign(id=[1, 1, 1, 1, 1]),
            include_first_transaction=True,
        )
    with pytest.raises(EmptyDataError, match="no rows"):
        summary(LOG.head(0))


def test_the_argument_stays_as_it_was():
    log = LOG.copy()
    log.index = pd.Index(list("vwxyz"))
    before = log.copy()
    summary(log)
    pd.testing.assert_frame_equal(log, before)


@pytest.mark.parametrize(
    ("options", "period"),
    [
        ({}, "D"),
        ({"freq": "W"}, "W"),
        ({"freq": "D", "freq_multiplier": 7}, "W"),
        ({"freq": "h", "freq_multiplier": 24}, "D"),
        ({"freq": "D", "freq_multiplier": 5}, None),
        ({"freq": "s"}, None),
    ],
)
def test_the_summary_knows_its_period(options, period):
    known = provenance(summary(LOG, **options)["T"])
    assert known["period"] == period
    assert known["convention"] == "repeat"
    assert known["observation_end"] == (
        "2020-11-30" if options.get("freq") == "W" else "2020-12-01"
    )


def test_checks_have_lifetimes_words():
    zeros, ones = np.zeros(2), np.ones(2)
    _check_inputs(ones, ones, ones, ones)
    _check_inputs(ones)
    for arguments, message in [
        ((ones, 2 * ones, ones), "Some values in recency vector are larger than T vector."),
        ((zeros, ones, ones), "There exist non-zero recency values when frequency is zero."),
        (
            (ones, -ones, ones),
            "There exist negative recency (ex: last order set before first order)",
        ),
        (([], [], []), "There exists a zero length vector in one of frequency, recency or T."),
        ((ones / 2,), "There exist non-integer values in the frequency vector."),
        (
            (ones, None, None, zeros),
            "There exist non-positive (<= 0) values in the monetary_value vector.",
        ),
    ]:
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            _check_inputs(*arguments)


def test_the_convergence_error_is_the_one_of_the_package():
    assert ConvergenceError is tenure.exceptions.ConvergenceError
    assert issubclass(ConvergenceError, ValueError)


cells = st.one_of(
    st.none(), st.integers(), st.floats(), st.text(max_size=4), st.booleans(), st.datetimes()
)


@given(
    st.integers(0, 6).flatmap(
        lambda rows: st.tuples(
            *(
                st.one_of(
                    st.lists(usual, min_size=rows, max_size=rows),
                    st.lists(cells, min_size=rows, max_size=rows),
                )
                for usual in (st.integers(0, 2), st.dates(), st.floats())
            )
        )
    ),
    st.sampled_from(["s", "h", "D", "W", "M", "Y"]),
    st.floats(1e-3, 1e3),
    st.booleans(),
)
def test_any_log_gives_a_typed_error_or_finite_numbers(columns, freq, multiplier, first):
    log = pd.DataFrame(dict(zip(["id", "date", "paid"], columns, strict=True)))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", TenureWarning)
            found = summary(
                log, freq=freq, freq_multiplier=multiplier, include_first_transaction=first
            )
    except TenureError:
        return
    assert np.isfinite(found.to_numpy()).all()
    assert (found["frequency"] >= first).all()
    assert (found["recency"] <= found["T"]).all()
