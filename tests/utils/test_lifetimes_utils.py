"""The rest of lifetimes.utils: what lifetimes 0.11.3 answers, and right where it is wrong.

The expected values come from the real lifetimes: tests/reference/generate_utils.py wrote them.
"""

import functools
import hashlib
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
from reference.logs import LOGS

import tenure
from tenure.exceptions import (
    ColumnError,
    DataError,
    DataWarning,
    DateError,
    EmptyDataError,
    ModelWarning,
    OptionError,
    RefundWarning,
    UnitWarning,
)
from tenure.io.provenance import provenance
from tenure.utils import (
    _customer_lifetime_value,
    _find_first_transactions,
    _save_obj_without_attr,
    _scale_time,
    calculate_alive_path,
    calibration_and_holdout_data,
    expected_cumulative_transactions,
    summary_data_from_transaction_data,
)

REFERENCE = json.loads((ROOT / "tests" / "reference" / "utils_lifetimes.json").read_text())


@functools.cache
def read_log(name):
    reader, file = LOGS[name]
    if file is None:
        return reader()
    ships = file.startswith("datasets/")
    return reader(Path(str(files("tenure") / file)) if ships else reference_path(file))


def model_named(name):
    if not hasattr(tenure, name):
        pytest.skip(f"tenure has no {name}")
    model = getattr(tenure, name)()
    model.params_ = REFERENCE["parameters"][name]
    return model


def by_case(case):
    options = case.get("options", {k: case[k] for k in ("customer", "t", "freq") if k in case})
    shown = " ".join(f"{name}={value}" for name, value in options.items())
    return " ".join(filter(None, (case["log"], case.get("model"), shown)))


def digest(index):
    return hashlib.sha256("\n".join(map(str, index)).encode()).hexdigest()


def assert_described(found, expected, *, except_for=(), rtol=1e-9):
    assert len(found) == expected["rows"]
    assert list(found.columns) == expected["columns"]
    assert found.index.name == expected["index_name"]
    assert digest(found.index) == expected["index"]
    columns = [name for name in found if name not in except_for]
    for name in columns:
        values = found[name].to_numpy(dtype=np.float64)
        sums = [values.sum(), values @ np.arange(1, len(values) + 1) / len(values)]
        np.testing.assert_allclose(sums, expected["sums"][name], rtol=rtol, atol=1e-6)
    at = [expected["columns"].index(name) for name in columns]
    for row, values in expected["some"].items():
        answer = found[columns].iloc[int(row)].to_numpy(dtype=np.float64)
        np.testing.assert_allclose(answer, np.array(values)[at], rtol=rtol, atol=1e-9)


# -- calibration and holdout ------------------------------------------------------------------


def split(log, *arguments, **options):
    with warnings.catch_warnings():
        # Refunds and rows without a customer are said; test_what_is_odd_is_said_once looks at that.
        warnings.simplefilter("ignore", DataWarning)
        return calibration_and_holdout_data(log, "id", "date", *arguments, **options)


@pytest.mark.parametrize("case", REFERENCE["calibrations"], ids=by_case)
def test_calibration_and_holdout_are_those_of_lifetimes(case, in_place_of_lifetimes):
    log = read_log(case["log"])
    found = split(log, **case["options"])
    assert_described(found, case["table"], except_for=["monetary_value_holdout"])
    assert [str(dtype) for dtype in found.dtypes] == ["float64"] * len(found.columns)


@pytest.mark.parametrize(
    "case",
    [
        case
        for case in REFERENCE["calibrations"]
        if case["log"] == "synthetic" or case["options"].get("freq") == "W"
    ],
    ids=by_case,
)
def test_holdout_money_is_the_mean_of_periods(case, in_place_of_lifetimes):
    # lifetimes divides by transactions there; every other monetary_value divides by periods.
    log, options = read_log(case["log"]), dict(case["options"], monetary_value_col="amount")
    found = split(log, **options)
    end = pd.Timestamp(options.get("observation_period_end", log["date"].max()))
    start = pd.Timestamp(options["calibration_period_end"])
    held = log[(log["date"] > start) & (log["date"] <= end) & log["id"].notna()]
    period = held["date"].dt.to_period(options.get("freq", "D"))
    sums = held.groupby([held["id"], period])["amount"].sum()
    means = sums.groupby(level=0).mean().reindex(found.index).fillna(0)
    assert (means != 0).any()
    np.testing.assert_allclose(found["monetary_value_holdout"], means, rtol=1e-9, atol=1e-9)
    counts = sums.groupby(level=0).size().reindex(found.index).fillna(0)
    np.testing.assert_array_equal(found["frequency_holdout"], counts)


LOG = pd.DataFrame(
    {
        "id": ["b", "a", "b", "a", "a", "a", "c"],
        "date": pd.to_datetime(
            [
                "2020-01-31",
                "2020-02-01",
                "2020-02-03",
                "2020-03-01 10:00",
                "2020-03-01 12:00",
                "2020-04-01",
                "2020-04-02",
            ],
            format="ISO8601",
        ),
        "paid": [3.0, 5.0, 4.0, 2.0, 1.0, 9.0, 7.0],
    }
)


def test_a_small_split_by_hand():
    found = split(LOG, "2020-02-29", monetary_value_col="paid")
    expected = pd.DataFrame(
        {
            "frequency_cal": [0.0, 1.0],
            "recency_cal": [0.0, 3.0],
            "T_cal": [28.0, 29.0],
            "monetary_value_cal": [0.0, 4.0],
            "frequency_holdout": [2.0, 0.0],
            "monetary_value_holdout": [6.0, 0.0],
            "duration_holdout": [33.0, 33.0],
        },
        index=pd.Index(["a", "b"], name="id"),
    )
    pd.testing.assert_frame_equal(found, expected, check_index_type=False)
    known = provenance(found["T_cal"])
    assert (known["period"], known["observation_end"]) == ("D", "2020-02-29")
    assert known["holdout_end"] == "2020-04-02"
    model = tenure.BetaGeoFitter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ModelWarning)
        model.fit(found["frequency_cal"], found["recency_cal"], found["T_cal"])
    assert model.period_ == "D"


def test_text_dates_are_split_as_dates():
    text = LOG.assign(date=LOG["date"].dt.strftime("%d/%m/%Y"))
    days = LOG.assign(date=LOG["date"].dt.normalize())
    expected = split(days, "2020-02-29", monetary_value_col="paid")
    for end in ("29/02/2020", "2020-02-29"):
        found = split(text, end, datetime_format="%d/%m/%Y", monetary_value_col="paid")
        pd.testing.assert_frame_equal(found, expected)


@pytest.mark.parametrize(
    "ids",
    [
        LOG["id"].astype("category"),
        LOG["id"].map({"a": 1.5, "b": 2.5, "c": 3.5}),
        LOG["id"].map({"a": -3, "b": 2, "c": 7}).astype(np.int8),
        LOG["id"].map({"a": 1, "b": 2, "c": 3}).astype("Int64"),
        LOG["id"].map({"a": ("x", 1), "b": "y", "c": 3}),
    ],
    ids=["category", "float", "int8", "Int64", "mixed"],
)
def test_ids_of_every_type_are_split(ids):
    found = split(LOG.assign(id=ids), "2020-02-29").sort_values("T_cal")
    expected = split(LOG, "2020-02-29")
    np.testing.assert_array_equal(found, expected)
    assert found.index.tolist() == [ids[1], ids[0]]
    assert found.index.name == "id"


@pytest.mark.parametrize(
    ("end", "observation"),
    [
        ("2020-04-02", None),
        ("2021-01-01", None),
        ("2020-02-29", "2020-02-20"),
        ("2019-01-01", None),
        ("2019-01-01", "2019-02-01"),
    ],
)
def test_nothing_to_hold_out_is_lifetimes_error(end, observation):
    message = (
        "There is no data available. Check the `observation_period_end` and  "
        "`calibration_period_end` and confirm that values in `transactions` occur prior to those "
        "dates."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        split(LOG, end, observation)
    with pytest.raises(EmptyDataError):
        split(LOG.head(0), end)


def test_what_cannot_be_split_is_refused():
    with pytest.raises(ColumnError, match="customer_id_col='who'"):
        calibration_and_holdout_data(LOG, "who", "date", "2020-02-29")
    with pytest.raises(OptionError, match="freq='Q' is unknown"):
        split(LOG, "2020-02-29", freq="Q")
    with pytest.raises(OptionError, match="freq_multiplier=-1"):
        split(LOG, "2020-02-29", freq_multiplier=-1)
    with pytest.raises(DateError, match="calibration_period_end='soon'"):
        split(LOG, "soon")
    with pytest.raises(DataError, match="infinite values"):
        split(LOG.assign(paid=np.inf), "2020-02-29", monetary_value_col="paid")


def test_what_is_odd_is_said_once():
    log = LOG.assign(
        id=["b", "a", None, "a", "a", "a", None],
        date=LOG["date"].where(LOG.index != 4),
        paid=[3.0, -5.0, 4.0, -2.0, 1.0, 9.0, 7.0],
    )
    with pytest.warns(DataWarning) as said:
        calibration_and_holdout_data(
            log, "id", "date", "2020-02-29", "2020-04-02", monetary_value_col="paid"
        )
    words = [str(warning.message) for warning in said]
    assert len(words) == 3
    assert words[0].startswith("2 transactions have no 'id'")
    assert words[1].startswith("1 transactions have no 'date'")
    assert words[2].startswith("2 refunds (negative 'paid')")
    assert said[2].category is RefundWarning
    assert {warning.filename for warning in said} == {__file__}


def test_the_arguments_stay_as_they_were():
    before = LOG.copy()
    split(LOG, "2020-02-29", monetary_value_col="paid")
    _find_first_transactions(LOG, "id", "date", "paid")
    pd.testing.assert_frame_equal(LOG, before)


# -- first transactions -----------------------------------------------------------------------


@pytest.mark.parametrize("case", REFERENCE["firsts"], ids=by_case)
def test_first_transactions_are_those_of_lifetimes(case):
    log = read_log(case["log"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        found = _find_first_transactions(log, "id", "date", **case["options"])
    assert [str(dtype) for dtype in found.dtypes] == case["table"]["dtypes"]
    found["date"] = pd.PeriodIndex(found["date"]).asi8
    assert_described(found, case["table"])


def test_first_transactions_by_hand():
    found = _find_first_transactions(LOG, "id", "date", observation_period_end="2020-03-31")
    assert found.columns.tolist() == ["id", "date", "first"]
    assert found["id"].tolist() == ["a", "a", "b", "b"]
    assert found["date"].astype(str).tolist() == [
        "2020-02-01",
        "2020-03-01",
        "2020-01-31",
        "2020-02-03",
    ]
    assert found["first"].tolist() == [True, False, True, False]
    assert found.index.tolist() == [0, 1, 3, 4]
    month = _find_first_transactions(
        LOG.assign(paid=LOG["paid"].astype(int)), "id", "date", "paid", freq="M"
    )
    assert month["paid"].tolist() == [5, 3, 9, 3, 4, 7]
    assert isinstance(month.index, pd.RangeIndex)
    none = _find_first_transactions(LOG, "id", "date", "paid", observation_period_end="2000-01-01")
    assert none.empty
    assert str(none["date"].dtype) == "period[D]"


# -- cumulative transactions ------------------------------------------------------------------


@pytest.mark.parametrize("case", REFERENCE["cumulative"], ids=by_case)
def test_cumulative_transactions_are_those_of_lifetimes(case, in_place_of_lifetimes):
    model, log = model_named(case["model"]), read_log(case["log"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        found = expected_cumulative_transactions(model, log, "date", "id", **case["options"])
    assert [str(dtype) for dtype in found.dtypes] == case["table"]["dtypes"]
    assert_described(found, case["table"], rtol=1e-6)
    expected = pd.PeriodIndex if case["options"].get("set_index_date") else pd.RangeIndex
    assert isinstance(found.index, expected)


class Steady:
    """Expects one purchase a unit of time."""

    def expected_number_of_purchases_up_to_time(self, t):
        return np.asarray(t)


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 40)), min_size=1, max_size=30),
    st.integers(0, 50),
    st.integers(1, 9),
    st.sampled_from(["D", "W"]),
)
def test_cumulative_transactions_by_counting(rows, t, every, freq):
    ids, days = map(np.array, zip(*rows, strict=True))
    log = pd.DataFrame({"id": ids, "date": pd.Timestamp("2024-01-01") + pd.to_timedelta(days, "D")})
    found = expected_cumulative_transactions(
        Steady(), log, "date", "id", t, freq=freq, freq_multiplier=every
    )
    periods = (days - days.min()) if freq == "D" else days // 7 - days.min() // 7
    bought = {i: sorted(set(periods[ids == i])) for i in set(ids)}
    actual, predicted = [], []
    for end in range(every, t + 1, every):
        actual.append(sum(p < end for ps in bought.values() for p in ps[1:]))
        predicted.append(sum(max(0, end - 1 - ps[0]) / every for ps in bought.values()))
    assert found["actual"].tolist() == actual
    np.testing.assert_allclose(found["predicted"], predicted, rtol=1e-12, atol=1e-12)


def test_cumulative_transactions_refuse_what_cannot_be():
    model = Steady()
    for options, message in [
        ({"t": 1.5}, "t=1.5 must be a whole number of 0"),
        ({"t": -1}, "t=-1"),
        ({"t": 9, "freq_multiplier": 0}, "freq_multiplier=0"),
        ({"t": 9, "freq": "Q"}, "freq='Q'"),
    ]:
        with pytest.raises(OptionError, match=re.escape(message)):
            expected_cumulative_transactions(model, LOG, "date", "id", **options)
    with pytest.raises(EmptyDataError, match="no row with a date"):
        expected_cumulative_transactions(model, LOG.head(0), "date", "id", 5)
    with pytest.warns(DataWarning, match="1 transactions have no 'id'"):
        expected_cumulative_transactions(
            model, LOG.assign(id=LOG["id"].where(LOG.index > 0)), "date", "id", 5
        )


def test_another_period_than_the_models_is_said():
    model = model_named("BetaGeoFitter")
    model.period_ = "W"
    with pytest.warns(UnitWarning, match=r"on weeks and is asked about days"):
        expected_cumulative_transactions(model, LOG, "date", "id", 30)
    expected_cumulative_transactions(model, LOG, "date", "id", 30, freq_multiplier=7)
    expected_cumulative_transactions(model, LOG, "date", "id", 3, freq="W")
    with pytest.warns(UnitWarning, match=r"on weeks and is asked about other periods"):
        expected_cumulative_transactions(model, LOG, "date", "id", 30, freq_multiplier=5)
    with pytest.warns(UnitWarning, match="about days"):
        calculate_alive_path(model, LOG, "date", 3)


# -- the alive path ---------------------------------------------------------------------------


@pytest.mark.parametrize("case", REFERENCE["paths"], ids=by_case)
def test_alive_paths_are_those_of_lifetimes(case):
    model, log = model_named(case["model"]), read_log(case["log"])
    mine = log[log["id"] == case["customer"]]
    found = calculate_alive_path(model, mine, "date", case["t"], case["freq"])
    assert isinstance(found.index, pd.RangeIndex)
    assert (len(found), str(found.dtype)) == (case["rows"], case["dtype"])
    if case["element"] is not None:
        assert {element.shape for element in found} == {tuple(case["element"])}
        # As public scripts flatten it.
        found = pd.Series([item for one in found.to_numpy().tolist() for item in one])
    assert found.sum() == pytest.approx(case["sum"], rel=1e-9)
    for at, value in case["some"].items():
        assert found[int(at)] == pytest.approx(value, rel=1e-9)


def test_alive_paths_of_odd_input():
    model = model_named("BetaGeoFitter")
    text = pd.DataFrame({"day": ["03/02/2020", "31/01/2020", "03/02/2020"]})
    path = np.concatenate(calculate_alive_path(model, text, "day", np.int64(5), "1D").tolist())
    expected = model.conditional_probability_alive(
        [0, 0, 0, 1, 1, 1], [0, 0, 0, 3, 3, 3], [0, 1, 2, 3, 4, 5]
    )
    np.testing.assert_allclose(path, expected, rtol=1e-12)
    assert len(calculate_alive_path(model, text, "day", 0, "H")) == 73
    with pytest.raises(EmptyDataError, match="no rows"):
        calculate_alive_path(model, text.head(0), "day", 5)
    with pytest.raises(ColumnError, match="datetime_col='date'"):
        calculate_alive_path(model, text, "date", 5)
    with pytest.raises(OptionError, match="t='x' must be a whole number"):
        calculate_alive_path(model, text, "day", "x")
    with pytest.raises(OptionError, match="freq='Q'"):
        calculate_alive_path(model, text, "day", 5, "Q")


# -- the rest ---------------------------------------------------------------------------------


def test_star_imports_what_lifetimes_does():
    found = {}
    exec("from tenure.utils import *", found)
    assert {
        "calibration_and_holdout_data",
        "summary_data_from_transaction_data",
        "calculate_alive_path",
        "expected_cumulative_transactions",
    } <= set(found)


def test_scale_time():
    assert _scale_time(pd.Series([1, 4, 2])) == 0.25
    assert _scale_time(np.array([0.5])) == 2.0


def test_lifetime_value_under_its_old_name():
    customers = tenure.datasets.load_cdnow_summary_data_with_monetary_value()
    model = model_named("BetaGeoFitter")
    history = [customers[name] for name in ("frequency", "recency", "T")]
    found = _customer_lifetime_value(model, *history, customers["monetary_value"], 6, freq="W")
    spend = model_named("BetaGeoFitter").predict
    months = range(1, 7)
    expected = sum(
        customers["monetary_value"]
        * (spend(4.345 * k, *history) - spend(4.345 * (k - 1), *history))
        / 1.01**k
        for k in months
    )
    pd.testing.assert_series_equal(found, expected.rename("clv"), check_exact=False)
    assert found.index.name == "customer_id"


def test_saving_without_attributes(tmp_path):
    summary = summary_data_from_transaction_data(read_log("cdnow"), "id", "date")
    model = tenure.BetaGeoFitter().fit(summary)
    path = tmp_path / "model.json"
    _save_obj_without_attr(model, ["data", "generate_new_data"], path, [None, None])
    assert model.data is not None
    loaded = tenure.BetaGeoFitter.from_json(path)
    assert loaded.data is None
    assert loaded.params_.to_dict() == model.params_.to_dict()
    _save_obj_without_attr(model, [""], path)
    assert len(tenure.BetaGeoFitter.from_json(path).data) == len(summary)
    _save_obj_without_attr(model, ["generate_new_data", "data"], path, [1, "placeholder"])
    loaded = tenure.BetaGeoFitter.from_json(path)
    assert (loaded.data, loaded.generate_new_data) == ("placeholder", 1)
    with pytest.raises(OptionError, match="obj is a dict"):
        _save_obj_without_attr({}, [], tmp_path / "other")
    assert not (tmp_path / "other").exists()
