"""A table in chunks is the table."""

import os
import re
import subprocess
import sys
import uuid
import warnings
from itertools import pairwise

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from tenure.io.provenance import provenance
from tenure.io.validation import to_pandas
from tenure.summary import chunked as chunks
from tenure.summary.transactions import summarize

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
    monkeypatch.setattr(chunks, "ROWS_PER_CHUNK", 64)
    monkeypatch.setattr(chunks, "MAX_ROWS_IN_MEMORY", 100)


@pytest.fixture
def log():
    return make_log()


def test_a_parquet_file_is_read_by_chunks(small, log, tmp_path):
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


def test_a_csv_file_is_read_by_chunks(small, log, tmp_path):
    path = tmp_path / "log.csv"
    for ids in (log["who"], log["who"].str[1:].astype(int) - 3):
        whole = log.assign(who=ids)
        whole.to_csv(path, index=False)
        pd.testing.assert_frame_equal(
            quietly(path), quietly(whole), check_index_type=False, check_column_type=False
        )
        whole.to_csv(path, index=False, sep=";", decimal=",")
        pd.testing.assert_frame_equal(quietly(path), quietly(whole), check_index_type=False)


def test_a_packed_csv_file_is_read_by_chunks(small, log, tmp_path):
    log.to_csv(tmp_path / "log.csv.gz", index=False)
    pd.testing.assert_frame_equal(
        quietly(tmp_path / "log.csv.gz"), quietly(log), check_index_type=False
    )
    whole = (tmp_path / "log.csv.gz").read_bytes()
    (tmp_path / "log.csv.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FileError, match=r"log\.csv\.gz"):
        quietly(tmp_path / "log.csv.gz")


def test_ids_that_only_the_whole_file_tells_to_be_numbers(small, tmp_path):
    path = tmp_path / "log.csv"
    days = pd.date_range("2021-01-01", periods=150).strftime("%Y-%m-%d")
    ids = ["1", "1.0", "2"] * 50
    pd.DataFrame({"who": ids, "when": days, "paid": 2.5}).to_csv(path, index=False)
    found = quietly(path)
    assert found.index.tolist() == [1.0, 2.0]
    assert found["orders"].tolist() == [100, 50]


EDGES = [0, 10**15, 2**53, 10**18, 2**63, 10**19, 2**64, 10**22]


@pytest.mark.slow
@given(
    st.lists(
        st.tuples(st.sampled_from([-1, 1]), st.sampled_from(EDGES), st.integers(-2, 2)),
        min_size=1,
        max_size=9,
    ),
    st.integers(1, 4),
)
def test_whole_ids_of_any_width_keep_their_digits_in_a_text_file(tmp_path_factory, ids, rows):
    values = [sign * edge + more for sign, edge, more in ids]
    path = tmp_path_factory.mktemp("ids") / "log.csv"
    cells = "".join(f"{value},2021-01-{at + 1:02d},2\n" for at, value in enumerate(values))
    path.write_text("who,when,paid\n" + cells)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "ROWS_PER_CHUNK", rows)
        found = quietly(path)
    fits = all(-(2**63) <= value < 2**63 for value in values)
    known = sorted(set(values) if fits else {str(value) for value in values})
    assert found.index.tolist() == known
    assert not fits or found.index.dtype == np.int64
    assert found["orders"].sum() == len(values)


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


def test_chunks_come_back_as_the_first_of_them(log):
    found = quietly(pl.from_pandas(part) for part in cut(log, [0.5]))
    assert isinstance(found, pl.DataFrame)
    assert found.columns[0] == "who"
    assert found["who"].to_list() == quietly(log).index.tolist()


def test_units_of_dates_may_differ_from_piece_to_chunk(log):
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
def test_what_cannot_be_used_in_a_later_chunk(log, change, error, message):
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


def bought(rows):
    return make_log(rows).assign(paid=2.5)


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        (["int32", "Int64"], "Int64"),
        (["Int64", "int64"], "Int64"),
        (["int32", "int64[pyarrow]"], "int64[pyarrow]"),
        (["int64[pyarrow]", "int64"], "int64[pyarrow]"),
        (["int16", "Int32", "int64"], "Int64"),
        (["Int32", "Int64"], "Int64"),
        (["int32[pyarrow]", "Int16", "int64[pyarrow]"], "int64[pyarrow]"),
        (["uint32", "int64"], "int64"),
        (["int64", "uint64"], "int64"),
        (["UInt64", "int8", "Int64"], "Int64"),
        (["int16", "Int16"], "Int16"),
        (["uint8", "UInt16"], "UInt16"),
    ],
)
def test_whole_numbers_of_every_width_are_never_wrapped(types, expected):
    # Each chunk holds the largest ids that its type holds.
    parts, ids = [], []
    for number, dtype in enumerate(types):
        top = min(np.iinfo(name.split("[")[0].lower()).max for name in (dtype, expected))
        who = [number, int(top) - number]
        ids += who
        parts.append(bought(2).assign(who=pd.array(who, dtype=dtype)))
    for order in (parts, parts[::-1]):
        found = quietly(iter(order))
        assert found.index.tolist() == sorted(set(ids))
        assert found.index.dtype == expected


def test_ids_beyond_int64_are_unsigned_and_in_order():
    parts = [
        bought(3).assign(who=np.array([5, 2**64 - 1, 3], dtype=np.uint64)),
        bought(2).assign(who=np.array([7, 2**62])),
    ]
    found = quietly(parts)
    assert found.index.dtype == np.uint64
    assert found.index.tolist() == [3, 5, 7, 2**62, 2**64 - 1]
    negative = bought(1).assign(who=[-1])
    for order in ([*parts, negative], [negative, *parts]):
        with pytest.raises(ColumnError, match="below 0 in one chunk and above 9,223,372,036,854,"):
            quietly(order)


def test_floats_of_two_widths_are_never_rounded():
    one = bought(2).assign(who=np.array([0.5, 1.5], dtype=np.float32))
    two = bought(2).assign(who=[1.1, 0.5])
    found = quietly([one, two])
    assert found.index.dtype == np.float64
    assert found.index.tolist() == [0.5, 1.1, 1.5]


def test_the_type_of_ids_does_not_tell_how_the_table_was_cut(tmp_path):
    log = bought(40).assign(who=pd.array([None, *range(39)], dtype="Int64"))
    table = pa.Table.from_pandas(log, preserve_index=False)
    path = tmp_path / "log.parquet"
    for rows in (40, 7):
        for ids in (table, table.take(list(reversed(range(40))))):
            pa.parquet.write_table(ids, path, row_group_size=rows)
            found = quietly(path)
            assert found.index.dtype == "Int64"
            assert found.index.tolist() == list(range(39))
    kinds = {type(quietly(table.to_reader(max_chunksize=rows))["who"].type) for rows in (40, 7)}
    assert kinds == {type(pa.int64())}
    halves = [pl.from_arrow(table.slice(start, 20)) for start in (0, 20)]
    assert quietly(iter(halves))["who"].to_list() == list(range(39))


def test_a_folder_of_files_with_ids_of_two_widths(tmp_path):
    for name, dtype, first in (("0", "int32", 3), ("1", "int64", 2**40)):
        ids = np.arange(first, first + 5, dtype=dtype)
        bought(5).assign(who=ids).to_parquet(tmp_path / f"{name}.parquet")
    found = quietly(tmp_path)
    assert found.index.tolist() == [*range(3, 8), *range(2**40, 2**40 + 5)]


def test_what_is_wrong_with_files_is_said_by_their_names(small, log, tmp_path):
    log.to_parquet(tmp_path / "0.parquet", compression=None)
    (tmp_path / "README.txt").write_text("hello")
    with pytest.raises(FileError, match=r"README\.txt"):
        quietly(tmp_path)
    (tmp_path / "README.txt").unlink()
    data = bytearray((tmp_path / "0.parquet").read_bytes())
    data[4:2000] = b"\xff" * 1996
    (tmp_path / "1.parquet").write_bytes(data)
    for source in (tmp_path, tmp_path / "1.parquet"):
        with pytest.raises(FileError, match=r"1\.parquet cannot be read as Parquet"):
            quietly(source)
    with pytest.raises(FileError, match="the dataset cannot be read"):
        quietly(ds.dataset(tmp_path))
    (tmp_path / "1.parquet").unlink()
    log.drop(columns="paid").to_parquet(tmp_path / "2.parquet")
    with pytest.raises(ColumnError, match="amount='paid': the table has no such column"):
        quietly(tmp_path)
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(FileError, match="holds no Parquet file"):
        quietly(empty)


def test_bytes_of_two_lengths_are_never_cut():
    short, long = [b"AAAAAAAA", b"ZZZZZZZZ"], [b"CCCCCCCCDDDDDDDD", b"BBBBBBBBDDDDDDDD"]

    def part(ids, dtype):
        table = pa.Table.from_pandas(bought(2), preserve_index=False)
        return table.set_column(table.column_names.index("who"), "who", pa.array(ids, dtype))

    parts = [part(short, pa.binary(8)), part(long, pa.binary(16))]
    for order in (parts, parts[::-1], [parts[0], part(long, pa.binary())]):
        found = quietly(iter(order))
        assert found["who"].type == pa.large_binary()
        assert found["who"].to_pylist() == sorted(short + long)
    text = part(["x", "y"], pa.string())
    with pytest.raises(ColumnError, match="holds text from row 0 on, and bytes in the chunks"):
        quietly(iter([parts[0], text]))
    with pytest.raises(ColumnError, match="holds bytes from row 0 on, and text in the chunks"):
        quietly(iter([text, part([b"\xff", b"x"], pa.binary())]))


def test_a_directory_that_cannot_be_written_is_named(tmp_path):
    code = (
        "import pandas as pd, tenure, tenure.summary.chunked as chunks\n"
        "chunks.MAX_ROWS_IN_MEMORY = 10\n"
        "part = pd.DataFrame({'who': range(40), 'day': ['2024-01-01'] * 40})\n"
        "tenure.summarize(iter([part, part]), customer='who', date='day')\n"
    )
    nowhere = tmp_path / "nowhere"
    environment = {**os.environ, "TMPDIR": str(nowhere)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert f"the temporary file in {nowhere} for rows" in done.stderr
    assert "Set TMPDIR to a directory" in done.stderr
