"""Columns of Arrow's types are read as they lie, without an object a cell."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tenure
from tenure.exceptions import DataError
from tenure.io.arrow import decimal_floats
from tenure.io.dates import parse_dates
from tenure.io.validation import numeric, to_pandas

ROLES = {"customer": "who", "date": "when", "amount": "paid"}
DAYS = [dt.date(2024, 1, 1) + dt.timedelta(days=n) for n in (0, 3, 9, 9, 20, 31)]
WHO = ["b", "a", "b", "c", "a", "b"]


VIEWS = hasattr(pa, "string_view")


def backed(cells):
    return pd.Series(pd.arrays.ArrowExtensionArray(cells))


def log(**columns):
    given = {"who": pa.array(WHO), "when": pa.array(DAYS), "paid": pa.array([1.25] * 6)}
    return pa.table({**given, **columns})


@given(
    st.sampled_from([(5, 2), (18, 2), (18, 4), (38, 0), (38, 10), (38, 30)]).flatmap(
        lambda shape: st.tuples(
            st.just(shape),
            st.lists(
                st.one_of(
                    st.none(),
                    st.integers(-(10 ** shape[0]) + 1, 10 ** shape[0] - 1),
                    st.integers(-99_999, 99_999),
                ),
                max_size=20,
            ),
        )
    ),
    st.integers(0, 5),
)
def test_decimals_become_the_nearest_float(drawn, start):
    (digits, scale), unscaled = drawn
    with decimal.localcontext() as context:
        context.prec = 60
        numbers = [None if n is None else decimal.Decimal(n).scaleb(-scale) for n in unscaled]
    cells = pa.array(numbers, pa.decimal128(digits, scale))
    for chunks in (cells.slice(start), pa.chunked_array([cells.slice(start), cells])):
        kept = chunks.to_pylist()
        expected = [np.nan if n is None else float(n) for n in kept]
        np.testing.assert_array_equal(decimal_floats(backed(chunks)), expected)
    if start == 0:
        wide = backed(cells.cast(pa.decimal256(digits, scale)))
        np.testing.assert_array_equal(decimal_floats(wide), decimal_floats(backed(cells)))


def test_tables_hold_no_objects():
    table = log(
        paid=pa.array([1.25] * 6).cast(pa.decimal128(18, 2)),
        key=pa.array([bytes([n] * 16) for n in range(6)], pa.binary(16)),
        blob=pa.array([b"x"] * 6, pa.binary_view() if VIEWS else pa.binary()),
    )
    found = to_pandas(table)
    assert not [name for name, dtype in found.dtypes.items() if pd.api.types.is_object_dtype(dtype)]
    assert found["when"].dtype.kind == "M"
    assert found["when"].dt.date.tolist() == DAYS
    assert found["key"].tolist() == table["key"].to_pylist()
    assert found["blob"].tolist() == [b"x"] * 6
    assert numeric(found, "paid").tolist() == [1.25] * 6


def test_missing_and_negative_decimals_are_told():
    cells = pa.array([decimal.Decimal("1.50"), None, decimal.Decimal(-2)], pa.decimal128(9, 2))
    table = backed(cells).to_frame("paid")
    with pytest.raises(DataError, match="'paid': missing values in 1 row: row 1"):
        numeric(table, "paid")
    with pytest.raises(DataError, match=r"'paid': negative values in 1 row: row 2 = -2\.0"):
        numeric(table, "paid", minimum=0, allow_missing=True)


@pytest.mark.parametrize("streamed", [False, True])
def test_decimal_money_sums_up_as_floats_do(streamed):
    rng = np.random.default_rng(5)
    cents = rng.integers(1, 10**6, 6)
    decimals = pa.array([decimal.Decimal(int(n)).scaleb(-2) for n in cents], pa.decimal128(18, 2))
    expected = tenure.summarize(log(paid=pa.array(cents / 100)), **ROLES)
    found = log(paid=decimals)
    source = found.to_reader(max_chunksize=2) if streamed else found
    assert tenure.summarize(source, **ROLES).to_pydict() == expected.to_pydict()


def test_decimals_are_history_of_models():
    customers = tenure.datasets.load_cdnow_summary_data_with_monetary_value().head(50).round(2)
    model = tenure.BetaGeoFitter()
    model.params_ = {"r": 0.24, "alpha": 4.41, "a": 0.79, "b": 2.43}
    expected = model.predict(5, customers).to_numpy()
    relation = duckdb.sql(
        "select frequency::hugeint as frequency, recency::decimal(18,2) as recency, "
        '"T"::decimal(18,2) as T from customers'
    )
    np.testing.assert_array_equal(model.predict(5, relation).to_numpy(), expected)


IDS = {
    "16 bytes": (lambda n: uuid.UUID(int=n << 90 | 5).bytes, pa.binary(16)),
    "bytes": (lambda n: b"\xff\x00" * (n + 1), pa.binary()),
    "large bytes": (lambda n: bytes([250 - n]), pa.large_binary()),
    "decimals": (lambda n: decimal.Decimal(10**30 + n), pa.decimal128(38, 0)),
}
if VIEWS:
    IDS["viewed bytes"] = (lambda n: bytes([250 - n]), pa.binary_view())
    IDS["viewed text"] = (lambda n: f"customer-{n}-of-many", pa.string_view())
KEPT = {"viewed bytes": pa.large_binary(), "viewed text": pa.large_string()}


@pytest.mark.parametrize("kind", IDS)
def test_ids_of_arrow_keep_their_type_and_order(kind):
    make, dtype = IDS[kind]
    names = [make(n) for n in (1, 0, 1, 2, 0, 1)]
    table = log(who=pa.array(names, dtype))
    for source in (table, table.to_reader(max_chunksize=2)):
        found = tenure.summarize(source, **ROLES)
        assert found["who"].type == KEPT.get(kind, dtype)
        assert found["who"].to_pylist() == sorted(set(names))
        counts = {name: names.count(name) - 1.0 for name in names}
        assert found["frequency"].to_pylist() == [counts[name] for name in sorted(counts)]
    hole = log(who=pa.array([None, *names[1:]], dtype))
    with pytest.warns(tenure.exceptions.DataWarning, match="1 transactions have no 'who'"):
        assert len(tenure.summarize(hole, **ROLES)) == 3


@pytest.mark.skipif(not hasattr(pa, "uuid"), reason="this pyarrow has no type for UUIDs")
def test_uuids_of_arrow_are_sixteen_bytes():
    names = [uuid.UUID(int=n).bytes for n in (1, 0, 1, 2, 0, 1)]
    storage = pa.array(names, pa.binary(16))
    found = tenure.summarize(log(who=pa.ExtensionArray.from_storage(pa.uuid(), storage)), **ROLES)
    assert found["who"].to_pylist() == sorted(set(names))


@pytest.mark.skipif(not VIEWS, reason="this pyarrow has no views")
def test_views_of_pandas_and_those_its_metadata_name():
    frame = log().to_pandas().assign(who=backed(pa.array(WHO, pa.string_view())))
    before = frame["who"].dtype
    expected = tenure.summarize(log(), **ROLES)
    found = tenure.summarize(frame, **ROLES)
    assert found.index.tolist() == ["a", "b", "c"]
    assert found["T"].tolist() == expected["T"].to_pylist()
    assert frame["who"].dtype is before
    noted = pa.Table.from_pandas(frame, preserve_index=False)
    assert b"string_view" in noted.schema.metadata[b"pandas"]
    assert tenure.summarize(noted, **ROLES).to_pydict() == expected.to_pydict()


def test_encoded_dates_and_numbers_of_pandas():
    text = pa.array([day.isoformat() for day in DAYS]).dictionary_encode()
    assert parse_dates(backed(text), name="when").dt.date.tolist() == DAYS
    days = pa.array(DAYS).dictionary_encode()
    assert parse_dates(backed(days), name="when").dt.date.tolist() == DAYS
    money = pa.array([1.5, 2.5, 1.5]).dictionary_encode()
    assert numeric(backed(money).to_frame("paid"), "paid").tolist() == [1.5, 2.5, 1.5]


def test_polars_dates_and_decimals():
    frame = pl.from_arrow(log()).with_columns(pl.col("paid").cast(pl.Decimal(18, 2)))
    assert frame.schema["when"] == pl.Date
    found = tenure.summarize(frame, **ROLES)
    assert isinstance(found, pl.DataFrame)
    assert found.to_dict(as_series=False) == tenure.summarize(log(), **ROLES).to_pydict()


def test_a_path_follows_the_kind_of_its_table():
    model = tenure.BetaGeoFitter()
    model.params_ = {"r": 0.24, "alpha": 4.41, "a": 0.79, "b": 2.43}
    options = {"customer": "who", "date": "when", "period": "W"}
    frame = to_pandas(log())
    expected = tenure.alive_paths(model, frame, **options)
    assert isinstance(expected, pd.DataFrame)
    for table, kind in ((log(), pa.Table), (pl.from_arrow(log()), pl.DataFrame)):
        found = tenure.alive_paths(model, table, **options)
        assert isinstance(found, kind)
        assert found["p_alive"].to_numpy().tolist() == expected["p_alive"].tolist()


def test_unaligned_columns_are_copied():
    numbers = np.frombuffer(b"\0" + np.arange(5.0).tobytes(), np.uint8)[1:].view(np.float64)
    assert not numbers.flags.aligned
    model = tenure.BetaGeoFitter()
    model.params_ = {"r": 0.24, "alpha": 4.41, "a": 0.79, "b": 2.43}
    age = np.full(5, 9.0)
    expected = model.predict(5, numbers.copy(), age, age)
    np.testing.assert_array_equal(model.predict(5, numbers, age, age), expected)
    assert numeric(pd.DataFrame({"n": numbers}), "n").flags.aligned
