"""Tables and columns of every library go in, and answers of the same kind come out."""

from __future__ import annotations

import datetime
import uuid

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import tenure
from tenure.datasets import load_cdnow_summary_data_with_monetary_value, load_donations
from tenure.exceptions import ColumnError, DataError
from tenure.io.dataframes import to_pandas

HISTORY = ["frequency", "recency", "T"]
CUSTOMERS = load_cdnow_summary_data_with_monetary_value().head(200)
TABLE = pa.Table.from_pandas(CUSTOMERS.reset_index(), preserve_index=False)


class Capsule:
    """A table of a library that nobody knows, which speaks Arrow and nothing else."""

    def __init__(self, table):
        self.table = table

    def __arrow_c_stream__(self, requested_schema=None):
        return self.table.__arrow_c_stream__(requested_schema)


TABLES = {
    "polars": (lambda: pl.from_arrow(TABLE), pl.Series),
    "lazy polars": (lambda: pl.from_arrow(TABLE).lazy(), pl.Series),
    "arrow": (lambda: TABLE, pa.Array),
    "record batch": (lambda: TABLE.to_batches()[0], pa.Array),
    "reader": (lambda: TABLE.to_reader(max_chunksize=70), pa.Array),
    "capsule": (lambda: Capsule(TABLE), pa.Array),
    "duckdb": (lambda: duckdb.from_arrow(TABLE), pa.Array),
}


@pytest.fixture(scope="module")
def buying():
    return tenure.BetaGeoFitter().fit(CUSTOMERS)


@pytest.fixture(scope="module")
def spend():
    return tenure.GammaGammaFitter().fit(CUSTOMERS)


@pytest.mark.parametrize("kind", TABLES)
def test_a_table_of_any_kind_stands_for_its_columns(kind, buying, spend):
    make, column = TABLES[kind]
    assert tenure.BetaGeoFitter().fit(make()).params_.equals(buying.params_)
    assert tenure.GammaGammaFitter().fit(make()).params_.equals(spend.params_)
    questions = {
        "purchases": lambda table: buying.predict(5, table),
        "none": lambda table: buying.conditional_probability_of_n_purchases_up_to_time(0, 5, table),
        "alive": buying.conditional_probability_alive,
        "spend": spend.conditional_expected_average_profit,
        "value": lambda table: spend.customer_lifetime_value(buying, table, freq="W"),
    }
    for ask in questions.values():
        expected = ask(CUSTOMERS)
        assert isinstance(expected, pd.Series)
        assert expected.index is CUSTOMERS.index or expected.index.equals(CUSTOMERS.index)
        found = ask(make())
        assert isinstance(found, column)
        np.testing.assert_array_equal(found.to_numpy(), expected.to_numpy())
    if column is pl.Series:
        assert questions["value"](make()).name == "clv"


COLUMNS = {
    "polars": (pl.from_arrow(TABLE).get_column, pl.Series),
    "chunked": (TABLE.column, pa.Array),
    "arrow": (lambda name: TABLE.column(name).combine_chunks(), pa.Array),
}


@pytest.mark.parametrize("kind", COLUMNS)
def test_columns_of_a_kind_give_columns_of_it(kind, buying, spend):
    pick, column = COLUMNS[kind]
    history = [pick(name) for name in HISTORY]
    plain = [CUSTOMERS[name].to_numpy() for name in HISTORY]
    money = pick("monetary_value")
    answers = [
        (buying.predict(5, *history), buying.predict(5, *plain)),
        (
            buying.conditional_probability_alive(*history),
            buying.conditional_probability_alive(*plain),
        ),
        (
            spend.conditional_expected_average_profit(history[0], money),
            spend.conditional_expected_average_profit(plain[0], CUSTOMERS["monetary_value"]),
        ),
        (
            spend.customer_lifetime_value(buying, *history, money, freq="W"),
            spend.customer_lifetime_value(buying, CUSTOMERS, freq="W"),
        ),
        (
            buying.expected_number_of_purchases_up_to_time(history[2]),
            buying.expected_number_of_purchases_up_to_time(plain[2]),
        ),
    ]
    for found, expected in answers:
        assert isinstance(found, column)
        np.testing.assert_array_equal(found.to_numpy(), np.asarray(expected))
    if column is pl.Series:
        assert answers[-1][0].name == "T"


def test_pandas_and_numpy_answer_as_before(buying):
    series = [CUSTOMERS[name] for name in HISTORY]
    arrays = [column.to_numpy() for column in series]
    polars = pl.Series(arrays[2])
    assert type(buying.predict(5, *arrays)) is np.ndarray
    assert type(buying.predict(5, *map(list, arrays))) is np.ndarray
    assert type(buying.predict(5, 2, 30.43, 38.86)) is np.float64
    assert type(buying.conditional_probability_alive(*series)) is np.ndarray
    # A pandas Series knows the customers, a column of another library does not.
    mixed = buying.predict(5, series[0], arrays[1], polars)
    assert mixed.index.equals(CUSTOMERS.index)


@pytest.mark.skipif(
    not hasattr(pa.ChunkedArray, "__arrow_c_stream__"), reason="this pyarrow streams no columns"
)
def test_a_stream_of_one_column_is_no_table(buying):
    with pytest.raises(DataError, match="expected a dataframe"):
        buying.predict(5, Capsule(TABLE.column("T")))


def test_missing_values_are_told_by_position(buying):
    holes = TABLE.set_column(2, "recency", pa.array([None] + [1.0] * 199))
    with pytest.raises(DataError, match=r"recency vector\. 1 row in all, first row 0"):
        buying.predict(5, Capsule(holes))


def utils_answers(table):
    buying = tenure.BetaGeoFitter()
    buying.params_ = {"r": 0.24, "alpha": 4.41, "a": 0.79, "b": 2.43}
    columns = table, "who", "day"
    end = {"observation_period_end": "2024-03-01"}
    return [
        tenure.utils.summary_data_from_transaction_data(*columns, **end),
        tenure.utils.calibration_and_holdout_data(*columns, "2024-01-20", **end),
        tenure.utils.expected_cumulative_transactions(buying, table, "day", "who", 30),
        tenure.utils.expected_cumulative_transactions(
            buying, table, "day", "who", 28, freq_multiplier=7, set_index_date=True
        ),
    ]


# A reader is read once, so these functions do not take it; tenure.summarize does.
@pytest.mark.parametrize("kind", [kind for kind in TABLES if kind != "reader"])
def test_lifetimes_functions_give_back_the_kind_they_get(kind):
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta([0, 9, 40, 3, 30, 12], unit="D")
    frame = pd.DataFrame({"who": [3, 3, 3, 1, 1, 2], "day": days})
    table = pa.Table.from_pandas(frame, preserve_index=False)
    make = {
        "polars": lambda: pl.from_arrow(table),
        "lazy polars": lambda: pl.from_arrow(table).lazy(),
        "arrow": lambda: table,
        "record batch": lambda: table.to_batches()[0],
        "capsule": lambda: Capsule(table),
        "duckdb": lambda: duckdb.from_arrow(table),
    }[kind]
    summary, split, cumulative, dated = utils_answers(frame)
    assert isinstance(summary, pd.DataFrame)
    kept = [summary.reset_index(), split.reset_index(), cumulative]
    found = utils_answers(make())
    for table_found, expected in zip(found, kept, strict=False):
        assert isinstance(table_found, pl.DataFrame if "polars" in kind else pa.Table)
        pd.testing.assert_frame_equal(
            table_found.to_pandas(), expected, check_dtype=False, check_names=False
        )
    dates = found[3].to_pandas()
    assert dates["date"].tolist() == dated.index.to_timestamp().tolist()
    assert dates["actual"].tolist() == dated["actual"].tolist()


def test_bg_bb_takes_tables_of_any_kind():
    donors = load_donations().rename(columns={"periods": "n_periods"})
    model = tenure.BetaGeoBetaBinomFitter()
    model.params_ = {"alpha": 1.204, "beta": 0.750, "gamma": 0.657, "delta": 2.783}
    columns = [donors[name] for name in ("frequency", "recency", "n_periods")]
    for question in (
        model.conditional_expected_number_of_purchases_up_to_time,
        model.conditional_probability_alive,
    ):
        expected = question(5, *columns)
        pd.testing.assert_series_equal(question(5, donors), expected)
        renamed = donors.rename(columns={"n_periods": "periods"})
        pd.testing.assert_series_equal(question(5, renamed), expected)
        found = question(5, pl.from_pandas(donors))
        assert isinstance(found, pl.Series)
        np.testing.assert_array_equal(found.to_numpy(), expected)
        with pytest.raises(TypeError, match="one DataFrame"):
            question(5, columns[0])


def test_python_objects_of_polars_are_values_not_addresses():
    names = [uuid.UUID(int=1), uuid.UUID(int=2), uuid.UUID(int=1)]
    days = [datetime.date(2024, 1, day) for day in (1, 3, 8)]
    table = pl.DataFrame({"who": pl.Series(names, dtype=pl.Object), "day": days})
    assert table.schema["who"] == pl.Object
    expected = {uuid.UUID(int=1).bytes: 1.0, uuid.UUID(int=2).bytes: 0.0}
    for source in (table, table.lazy()):
        found = tenure.utils.summary_data_from_transaction_data(source, "who", "day")
        assert dict(zip(found["who"], found["frequency"], strict=True)) == expected
    only = pl.DataFrame({"who": pl.Series(names, dtype=pl.Object)})
    assert to_pandas(only)["who"].tolist() == names


def test_whole_numbers_of_128_bits():
    days = ["2024-01-01", "2024-01-08", "2024-01-03"]
    for top in (2**63 - 1, 2**64 - 1):
        table = pl.DataFrame({"who": pl.Series([top, top, 1], dtype=pl.Int128), "day": days})
        found = tenure.summarize(table, customer="who", date="day", period="D")
        assert found["who"].to_list() == [1, top]
        assert found["frequency"].to_list() == [0.0, 1.0]
    wide = pl.DataFrame({"who": pl.Series([2**64, 1, 2], dtype=pl.Int128), "day": days})
    with pytest.raises(ColumnError, match="'who' holds whole numbers of more than 64 bits"):
        tenure.summarize(wide, customer="who", date="day")


@pytest.mark.parametrize("kind", ["polars", "arrow"])
def test_ids_that_are_dates_or_times_keep_their_type(kind):
    days = ["2024-01-01", "2024-01-08", "2024-01-03"]
    for ids, dtype in (
        (
            [datetime.date(2020, 2, 1), datetime.date(2020, 2, 1), datetime.date(2020, 1, 1)],
            pl.Date,
        ),
        ([datetime.time(2), datetime.time(2), datetime.time(1)], pl.Time),
    ):
        table = pl.DataFrame({"who": ids, "day": days})
        given = table if kind == "polars" else table.to_arrow()
        found = tenure.summarize(given, customer="who", date="day", period="D")
        back = found if kind == "polars" else pl.from_arrow(found)
        assert back.schema["who"] == dtype
        assert back["who"].to_list() == [ids[2], ids[0]]
