"""A table in pieces is the table."""

import re
import uuid
import warnings
from itertools import pairwise

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure import pieces
from tenure.exceptions import (
    ColumnError,
    DataError,
    DataWarning,
    DateError,
    EmptyDataError,
    FileError,
    RefundWarning,
    TenureWarning,
)
from tenure.frames import provenance, to_pandas
from tenure.summary import summarize

ROLES = {"customer": "who", "date": "when", "amount": "paid"}


def make_log(rows=500, seed=1):
    rng = np.random.default_rng(seed)
    days = rng.integers(0, 200, rows) * 86_400 + rng.integers(0, 86_400, rows)
    return pd.DataFrame(
        {
            "who": [f"c{n}" for n in rng.integers(0, 60, rows)],
            "other": range(rows),
            "when": (np.datetime64("2021-01-01", "s") + days).astype("M8[us]"),
            "paid": rng.gamma(2.0, 20.0, rows).round(2) - 10.0,
        }
    )


def quietly(source, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        return summarize(source, **{**ROLES, **options})


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(pieces, "PIECE_ROWS", 64)
    monkeypatch.setattr(pieces, "HELD_ROWS", 100)


@pytest.fixture
def log():
    return make_log()


def test_a_parquet_file_is_read_by_pieces(small, log, tmp_path):
    path = tmp_path / "log.parquet"
    log.to_parquet(path, row_group_size=90)
    expected = quietly(log, period="W")
    for source in (path, str(path)):
        found = quietly(source, period="W")
        pd.testing.assert_frame_equal(found, expected, check_index_type=False)
        assert provenance(found) == provenance(expected)


def test_a_folder_a_dataset_and_a_stream(small, log, tmp_path):
    for part in range(3):
        log.iloc[part::3].to_parquet(tmp_path / f"{part}.parquet")
    expected = quietly(pd.concat([log.iloc[part::3] for part in range(3)]))
    pd.testing.assert_frame_equal(quietly(tmp_path), expected, check_index_type=False)
    table = pa.Table.from_pandas(log, preserve_index=False)
    reader = pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=70))
    for source in (ds.dataset(tmp_path), reader):
        found = quietly(source)
        assert isinstance(found, pa.Table)
        assert provenance(found)["period"] == "D"
        back = to_pandas(found)
        np.testing.assert_allclose(back, expected, rtol=1e-14)
        assert back.index.tolist() == expected.index.tolist()


def test_a_csv_file_is_read_by_pieces(small, log, tmp_path):
    path = tmp_path / "log.csv"
    for ids in (log["who"], log["who"].str[1:].astype(int) - 3):
        whole = log.assign(who=ids)
        whole.to_csv(path, index=False)
        pd.testing.assert_frame_equal(
            quietly(path), quietly(whole), check_index_type=False, check_column_type=False
        )
        whole.to_csv(path, index=False, sep=";", decimal=",")
        pd.testing.assert_frame_equal(quietly(path), quietly(whole), check_index_type=False)


def test_ids_that_only_the_whole_file_tells_to_be_numbers(small, tmp_path):
    path = tmp_path / "log.csv"
    days = pd.date_range("2021-01-01", periods=150).strftime("%Y-%m-%d")
    ids = ["1", "1.0", "2"] * 50
    pd.DataFrame({"who": ids, "when": days, "paid": 2.5}).to_csv(path, index=False)
    found = quietly(path)
    assert found.index.tolist() == [1.0, 2.0]
    assert found["orders"].tolist() == [100, 50]


def cut(log, cuts):
    edges = [0, *sorted(round(c * len(log)) for c in cuts), len(log)]
    return [log.iloc[a:b] for a, b in pairwise(edges)]


IDS = {
    "text": lambda n: f"c{n % 7}",
    "long text": lambda n: f"a-long-customer-number-{n % 5}",
    "uuid": lambda n: str(uuid.UUID(int=(n % 6) * 2**99 + 17)),
    "close": lambda n: n % 9 - 4,
    "sparse": lambda n: (n % 5 - 2) * 10**17,
    "float": lambda n: n % 4 + 0.5,
    "objects": lambda n: (n % 3, "x"),
}


@given(
    st.sampled_from(sorted(IDS)),
    st.lists(
        st.tuples(
            st.integers(0, 99),
            st.integers(0, 60),
            st.floats(-50, 100).map(lambda money: round(money, 2)),
        ),
        min_size=1,
        max_size=50,
    ),
    st.lists(st.floats(0, 1), max_size=4),
    st.sampled_from(["net", "drop", "keep"]),
    st.sampled_from(["D", "W", "M"]),
    st.booleans(),
    st.one_of(st.none(), st.just("2021-02-01")),
)
def test_any_cut_gives_the_same_summary(ids, rows, cuts, refunds, grain, holes, end):
    frame = pd.DataFrame(rows, columns=["n", "day", "paid"])
    who = [None if holes and n % 8 == 0 else IDS[ids](n) for n in frame["n"]]
    frame["who"] = pd.Series(who, dtype="Int64" if ids in ("close", "sparse") else None)
    frame["when"] = np.datetime64("2021-01-01", "s") + (frame["day"] * 86_399).to_numpy("m8[s]")
    options = {"refunds": refunds, "collapse": grain, "observation_end": end}
    try:
        expected = quietly(frame, **options)
    except EmptyDataError as error:
        with pytest.raises(EmptyDataError, match=f"^{re.escape(str(error))}$"):
            quietly(cut(frame, cuts), **options)
        return
    found = quietly(iter(cut(frame, cuts)), **options)
    pd.testing.assert_frame_equal(
        found, expected, check_exact=True, check_index_type=False, check_freq=False
    )
    assert provenance(found) == provenance(expected)


@pytest.mark.parametrize(
    "dtype",
    ["int32", "uint8", "int64[pyarrow]", "str", "string[python]", object, "category"],
)
def test_ids_keep_their_type(dtype):
    frame = make_log(60).assign(who=np.arange(60) % 7)
    text = dtype in ("str", "string[python]", object)
    frame["who"] = frame["who"].astype("str" if text else "int64").astype(dtype)
    whole, found = quietly(frame), quietly(cut(frame, [0.3, 0.6]))
    pd.testing.assert_frame_equal(whole.reset_index(drop=True), found.reset_index(drop=True))
    assert found.index.tolist() == whole.index.tolist()
    if dtype != "category":
        assert whole.index.dtype == found.index.dtype == frame["who"].dtype


def test_pieces_come_back_as_the_first_of_them(log):
    found = quietly(pl.from_pandas(part) for part in cut(log, [0.5]))
    assert isinstance(found, pl.DataFrame)
    assert found.columns[0] == "who"
    assert found["who"].to_list() == quietly(log).index.tolist()


def test_units_of_dates_may_differ_from_piece_to_piece(log):
    parts = cut(log, [0.4])
    parts[0] = parts[0].assign(when=parts[0]["when"].astype("datetime64[ns]"))
    pd.testing.assert_frame_equal(quietly(parts), quietly(log))


def test_what_is_met_is_said(log):
    log.loc[3, "who"] = None
    with (
        pytest.warns(DataWarning, match="1 transactions have no 'who'"),
        pytest.warns(RefundWarning, match="transactions have a negative 'paid'"),
    ):
        summarize(cut(log, [0.5]), **ROLES)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda log: log.drop(columns="who"), ColumnError, "customer='who': the table has no such"),
        (lambda log: log.assign(who=range(len(log))), ColumnError, "whole numbers from row 250 on"),
        (lambda log: log.assign(when=["03/04/2021"] * len(log)), DateError, "dayfirst=True or"),
        (lambda log: log.assign(when=pd.NaT), DateError, "missing dates in 250 rows"),
        (lambda log: log.assign(paid=np.inf), DataError, "infinite values in 250 rows.*row 250"),
    ],
)
def test_what_cannot_be_used_in_a_later_piece(log, change, error, message):
    first, second = cut(log, [0.5])
    with pytest.raises(error, match=message):
        quietly([first, change(second)])


def test_rows_of_a_file_count_from_its_start(small, log, tmp_path):
    log.loc[300, "paid"] = np.nan
    log.to_parquet(tmp_path / "log.parquet")
    with pytest.raises(DataError, match="missing values in 1 row: row 300"):
        quietly(tmp_path / "log.parquet")


def test_text_dates_may_be_told_how_to_be_read(log):
    text = log.assign(when=log["when"].dt.strftime("%d/%m/%Y"))
    expected = quietly(log)
    pd.testing.assert_frame_equal(quietly(cut(text, [0.5]), dayfirst=True), expected)
    pd.testing.assert_frame_equal(quietly(cut(text, [0.5]), date_format="%d/%m/%Y"), expected)
    year_first = log.assign(when=log["when"].dt.strftime("%Y-%m-%d"))
    pd.testing.assert_frame_equal(quietly(cut(year_first, [0.5])), expected)


def test_what_is_no_table_of_transactions(tmp_path):
    with pytest.raises(EmptyDataError, match="holds no table"):
        quietly([])
    with pytest.raises(FileError, match="there is no file"):
        quietly(tmp_path / "none.parquet")
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 is not all there is to it")
    with pytest.raises(FileError, match="cannot be read as Parquet"):
        quietly(broken)
    with pytest.raises(EmptyDataError, match="has no rows"):
        quietly([make_log().head(0)])
