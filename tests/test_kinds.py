"""Tables and columns of every library go in, and answers of the same kind come out."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import tenure
from tenure.datasets import load_cdnow_summary_data_with_monetary_value
from tenure.exceptions import DataError

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
