"""Text that leaves tenure as csv: no cell becomes a formula or a line of its own."""

import csv
import re
import tempfile
import warnings
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tenure
from tenure.campaigns import Campaign
from tenure.exceptions import TenureWarning
from tenure.io.spreadsheets import spreadsheet_safe, without_apostrophe, write_csv

EVIL = "x\r=cmd|'/C calc'!A0"
TEXTS = st.text(alphabet="ab1'=+-@\t\r\n\",.; e", max_size=8)


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def is_number(text):
    return re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text) is not None


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_any_text_is_one_cell_without_a_formula_and_comes_back(texts):
    table = pd.DataFrame({"n": range(len(texts)), "text": pd.Series(texts, dtype=object)})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        write_csv(table, path, index=False)
        header, *rows = rows_of(path)
        read = pd.read_csv(path, keep_default_na=False, dtype=str)
    assert header == ["n", "text"]
    cells = [row[1] for row in rows]
    assert read["text"].tolist() == cells
    assert [without_apostrophe(cell) for cell in cells] == texts
    for cell in cells:
        for line in re.split(r"[\r\n]", cell):
            assert not line.startswith(("=", "@", "\t"))
            assert not line.startswith(("+", "-")) or (cell.endswith(line) and is_number(line))


def test_a_carriage_return_is_quoted_wherever_it_is(tmp_path):
    """Python before 3.13 does not quote a bare one; whatever the version, the bytes are these."""
    table = pd.DataFrame({"a\r=b": [1.5, 2.0], "c": [EVIL, "plain"]}, index=["=i\r@j", "k"])
    write_csv(table.rename_axis("id\r=1"), tmp_path / "t.csv", index=True)
    assert (tmp_path / "t.csv").read_bytes().decode() == (
        '"id\r\'=1","a\r\'=b",c\n'
        "\"'=i\r'@j\",1.5,\"x\r'=cmd|'/C calc'!A0\"\n"
        "k,2.0,plain\n"
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["object", "string", "category"])
def test_every_kind_of_text_is_looked_at(tmp_path, kind):
    table = pd.DataFrame({"c": pd.Series([EVIL, "plain"], dtype=kind)})
    write_csv(table, tmp_path / "t.csv", index=False)
    assert rows_of(tmp_path / "t.csv") == [["c"], ["x\r'=cmd|'/C calc'!A0"], ["plain"]]


def test_marks_that_were_there_are_kept_apart():
    safe = spreadsheet_safe(pd.DataFrame({"id": ["=1", "'=1", "''=1", "'tis"]}))["id"].tolist()
    assert safe == ["'=1", "''=1", "'''=1", "'tis"]
    assert [without_apostrophe(cell) for cell in safe] == ["=1", "'=1", "''=1", "'tis"]


def test_an_id_with_a_carriage_return_goes_through_a_whole_run(tmp_path):
    customers = tenure.datasets.make_omnichannel(300, seed=4)
    customers.loc[0, "master_id"] = EVIL
    everybody = Campaign(name="all", value_segments=tuple("ABCD"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        found = tenure.run(customers, preset="flo", campaigns=[everybody], out=tmp_path / "out")
    files = sorted((tmp_path / "out").glob("*.csv"))
    assert len(files) > 6
    for path in files:
        rows = rows_of(path)
        assert {len(row) for row in rows} == {len(rows[0])}, path
        assert len(pd.read_csv(path)) == len(rows) - 1
        assert not any("\r=" in cell for row in rows for cell in row)
    ids = [without_apostrophe(row[0]) for row in rows_of(tmp_path / "out" / "all.csv")[1:]]
    assert set(ids) == set(customers["master_id"])
    moved = tenure.movement(tmp_path / "out", found)
    assert len(moved.customers) == 300
    assert (moved.customers["previous"] == moved.customers["current"]).all()
    assert EVIL in moved.customers.index
