import decimal
import json

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.exceptions import ColumnError, DataError
from tenure.io.dataframes import kind_of
from tenure.io.provenance import provenance, with_provenance
from tenure.io.validation import describe_rows, native_out, numeric, require_columns, to_pandas

TABLE = pd.DataFrame({"id": ["a", "b"], "spend": [1.5, 2.5]})


@pytest.mark.parametrize(
    "convert",
    [
        pl.from_pandas,
        lambda table: pl.from_pandas(table).lazy(),
        pa.Table.from_pandas,
        lambda customers: duckdb.sql("select * from customers"),
    ],
    ids=["polars", "lazy polars", "arrow", "duckdb"],
)
def test_any_table_becomes_pandas(convert):
    found = to_pandas(convert(TABLE))
    assert type(found) is pd.DataFrame
    assert found["id"].tolist() == ["a", "b"]
    assert numeric(found, "spend").tolist() == [1.5, 2.5]


def test_pandas_comes_back_as_it_is():
    assert to_pandas(TABLE) is TABLE


@pytest.mark.parametrize("thing", [None, 3, [1, 2], {"a": [1]}, "customers.csv", TABLE["id"]])
def test_what_is_no_table(thing):
    with pytest.raises(DataError, match="expected a dataframe"):
        to_pandas(thing)


def test_pyarrow_is_asked_for_by_its_extra(monkeypatch):
    def without_pyarrow(self):
        raise ModuleNotFoundError("pyarrow")

    monkeypatch.setattr("narwhals.DataFrame.to_arrow", without_pyarrow)
    with pytest.raises(ImportError, match=r"'\.\[parquet\]'"):
        to_pandas(pl.from_pandas(TABLE))


def test_missing_columns_come_with_near_names():
    require_columns(TABLE, {"customer": "id", "amount": None, "spend": ["spend"]})
    with pytest.raises(
        ColumnError, match=r"customer='ID'.* Did you mean 'id'.*It has: 'id', 'spend'"
    ):
        require_columns(TABLE, {"customer": "ID"})
    with pytest.raises(ColumnError, match=r"spend='spent'.* Did you mean 'spend'") as raised:
        require_columns(TABLE, {"spend": ["spend", "spent"]})
    assert raised.value.column == "spent"
    with pytest.raises(ColumnError, match="no columns at all"):
        require_columns(pd.DataFrame(), {"customer": "id"})
    with pytest.raises(ColumnError, match=r"and 10 more\.$"):
        require_columns(pd.DataFrame(columns=[f"c{i}" for i in range(30)]), {"customer": "id"})


def test_a_name_that_stands_twice_is_refused():
    twice = pd.DataFrame([[1, 2]], columns=["id", "id"])
    with pytest.raises(ColumnError, match="2 columns of that name"):
        require_columns(twice, {"customer": "id"})


def test_rows_are_described_by_their_labels():
    index = pd.Index(["a", "b", "c", "d", "e"])
    values = np.arange(5.0)
    one = describe_rows(index, values == 3, values)
    assert one == "1 row: row 'd' = 3.0"
    many = describe_rows(index, values > 0, values)
    assert many == "4 rows, first: row 'b' = 1.0, row 'c' = 2.0, row 'd' = 3.0"


@pytest.mark.parametrize(
    "column",
    [
        [1, 2],
        np.array([1, 2], dtype=np.uint8),
        pd.array([1, 2], dtype="Int64"),
        pd.array([1.0, 2.0], dtype=pd.ArrowDtype(pa.float32())),
        ["1", " 2.0"],
        pd.Categorical(["1", "2"]),
        pd.Categorical([1, 2]),
        [decimal.Decimal(1), 2.0],
    ],
    ids=["int", "uint8", "Int64", "arrow", "text", "categories", "numbers", "decimal"],
)
def test_numbers_of_every_type(column):
    found = numeric(pd.DataFrame({"n": column}), "n", minimum=0, strictly=True, integer=True)
    assert found.dtype == np.float64
    assert found.flags.c_contiguous
    assert found.tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("column", "options", "message"),
    [
        ([1.0, np.nan], {}, "missing values in 1 row: row 'b' = nan"),
        ([1.0, None], {"integer": True}, "missing values in 1 row: row 'b'"),
        ([-np.inf, np.nan], {"allow_missing": True}, "infinite values in 1 row: row 'a' = -inf"),
        ([1.0, -2.0], {"minimum": 0}, "negative values in 1 row: row 'b' = -2.0. Expected finite"),
        ([1.0, 0.0], {"minimum": 0, "strictly": True}, "zero or negative values in 1 row"),
        ([1.0, 2.0], {"minimum": 2}, "values below 2 in 1 row: row 'a'"),
        ([1.0, 2.0], {"minimum": 1, "strictly": True}, "values not above 1 in 1 row: row 'a'"),
        ([1.0, 2.5], {"integer": True}, "not whole numbers in 1 row: row 'b' = 2.5"),
        (["1", "12,50"], {}, "not numbers in 1 row: row 'b' = '12,50'.*decimal point"),
        ([True, False], {}, "of type bool"),
        (pd.to_datetime(["2020", "2021"]), {}, "of type datetime64"),
        ([1j, 2], {}, "of type complex"),
        ([[1], 2], {}, "not numbers"),
    ],
)
def test_what_is_not_such_a_number(column, options, message):
    table = pd.DataFrame({"n": column}, index=["a", "b"])
    with pytest.raises(DataError, match=f"'n'.*{message}") as raised:
        numeric(table, "n", **options)
    assert raised.value.column == "n"


def test_missing_values_may_be_allowed():
    table = pd.DataFrame({"n": pd.array([1, None], dtype="Int64")})
    found = numeric(table, "n", minimum=0, integer=True, allow_missing=True)
    np.testing.assert_array_equal(found, [1.0, np.nan])
    assert numeric(pd.DataFrame({"n": []}), "n", minimum=0, integer=True).shape == (0,)


@given(st.lists(st.one_of(st.none(), st.floats(), st.integers(), st.text(), st.booleans())))
def test_any_column_is_finite_or_refused(values):
    table = pd.DataFrame({"n": pd.Series(values, dtype=object)})
    try:
        found = numeric(table, "n", minimum=0)
    except DataError:
        return
    assert np.isfinite(found).all()
    assert (found >= 0).all()


def test_huge_finite_numbers_are_finite():
    assert numeric(pd.DataFrame({"n": [1e308, 1e308]}), "n").tolist() == [1e308, 1e308]


class Capsule:
    """A table of a library that nobody knows, which speaks Arrow."""

    def __init__(self, table):
        self.table = table

    def __arrow_c_stream__(self, requested_schema=None):
        return self.table.__arrow_c_stream__(requested_schema)


def test_nothing_passes_through_objects():
    arrow = pa.table(
        {
            "view": pa.array(["a", None], type=getattr(pa, "string_view", pa.large_string)()),
            "small": pa.array([None, 7], type=pa.int8()),
            "large": pa.array([1, 2], type=pa.uint64()),
            "day": pa.array([1, None], type=pa.timestamp("s")),
        }
    )
    for frame in (arrow, Capsule(arrow), pl.from_arrow(arrow)):
        found = to_pandas(frame)
        assert pd.api.types.is_string_dtype(found["view"].dtype)
        assert found["view"].dtype != object
        assert str(found["small"].dtype) == "Int8"
        assert str(found["large"].dtype) == "uint64"
        assert found["day"].dtype.kind == "M"
        assert found["small"][1] == 7
        assert list(to_pandas(frame, ["day", None, "view"])) == ["day", "view"]
        # A name that is not there is for require_columns to tell, beside those that are.
        assert len(to_pandas(frame, ["day", "none"]).columns) == 4


@pytest.mark.parametrize(
    ("like", "kind"),
    [
        (TABLE, "pandas"),
        (pl.DataFrame(), "polars"),
        (pl.LazyFrame(), "polars"),
        (pa.table({}), "arrow"),
        (duckdb.sql("select 1"), "arrow"),
        (Capsule(pa.table({})), "arrow"),
    ],
)
def test_a_table_goes_out_as_its_kind(like, kind):
    assert kind_of(like) == kind
    made = with_provenance(TABLE.set_index("id"), period="W")
    found = native_out(made, like)
    if kind == "pandas":
        assert found is made
    elif kind == "polars":
        assert found.to_dict(as_series=False) == {"id": ["a", "b"], "spend": [1.5, 2.5]}
    else:
        assert found.to_pydict() == {"id": ["a", "b"], "spend": [1.5, 2.5]}
        assert provenance(found) == {"period": "W"}
        assert provenance(found.filter(pa.array([True, False]))) == {"period": "W"}
        again = to_pandas(found)
        pd.testing.assert_frame_equal(again, made, check_index_type=False)
        assert provenance(again) == {"period": "W"}


def test_rows_that_are_only_numbered_get_no_column():
    assert native_out(TABLE, pl.DataFrame()).columns == ["id", "spend"]
    nameless = TABLE.set_axis(["x", "y"], axis=0)
    assert native_out(nameless, pl.DataFrame()).columns == ["customer", "id", "spend"]
    with pytest.raises(DataError, match="cannot be a polars table"):
        native_out(pd.DataFrame({"mixed": [1, "a"]}), pl.DataFrame())


def test_a_column_goes_out_as_its_kind():
    grades = pd.Series(["A", "B"], name="segment")
    assert native_out(grades, TABLE["id"]) is grades
    assert native_out(grades, pl.Series([1, 2])).to_list() == ["A", "B"]
    assert native_out(grades, pa.chunked_array([[1, 2]])).to_pylist() == ["A", "B"]


def test_metadata_of_others_is_left_alone():
    strange = pa.table({"a": [1]}).replace_schema_metadata({"tenure": "not json"})
    assert provenance(strange) is None
    assert to_pandas(strange).attrs == {}


def test_provenance_is_carried_and_copied():
    assert provenance(TABLE) is None
    known = with_provenance(TABLE, period="W", notes={"refunds": 2})
    assert provenance(TABLE) is None
    again = with_provenance(known, period="D")
    assert provenance(known["spend"]) == {"period": "W", "notes": {"refunds": 2}}
    assert provenance(again) == {"period": "D", "notes": {"refunds": 2}}
    provenance(known)["notes"]["refunds"] = 9
    assert provenance(known)["notes"]["refunds"] == 2
    assert json.loads(json.dumps(provenance(known))) == provenance(known)
