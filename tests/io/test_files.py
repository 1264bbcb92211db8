import gzip
import importlib.util
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import reference_path
from hypothesis import given
from hypothesis import strategies as st

from tenure.exceptions import FileError
from tenure.io.dates import parse_dates
from tenure.io.files import read_table
from tenure.summary.inputs import load

TABLE = pd.DataFrame(
    {
        "id": ["00042", "17", "A1"],
        "day": ["2020-01-01", "2020-05-30", "2021-01-31"],
        "orders": [1, 2, 30],
        "spend": [12.5, 1000.25, 3.0],
        "categories": ["[KADIN, COCUK]", "[]", "[ERKEK]"],
        "note": [None, "NA", "ş, ğ"],
    }
)


def write(path, **options):
    TABLE.to_csv(path, index=False, **options)
    return path


def same(found, expected=TABLE):
    note = {"note": ""}  # None or NaN, as pandas will have it
    pd.testing.assert_frame_equal(found.fillna(note), expected.fillna(note), check_dtype=False)
    assert found["orders"].dtype == np.int64
    assert found["spend"].dtype == np.float64
    assert found["id"].tolist() == expected["id"].tolist()


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_in_every_clothing(tmp_path, separator, ending, encoding):
    path = write(tmp_path / "t.csv", sep=separator, lineterminator=ending, encoding=encoding)
    same(read_table(path))


@pytest.mark.parametrize("ending", [".txt", ".tsv", ".tab", ".CSV"])
def test_text_by_every_name(tmp_path, ending):
    same(read_table(str(write(tmp_path / f"t{ending}", sep="\t"))))


@pytest.mark.parametrize("ending", [".csv.gz", ".tsv.GZ"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_packed_text(tmp_path, ending, encoding):
    plain = write(tmp_path / "t.csv", sep=";", encoding=encoding).read_bytes()
    path = tmp_path / f"t{ending}"
    path.write_bytes(gzip.compress(plain))
    same(read_table(path))
    path.write_bytes(gzip.compress(plain * 900)[:-20])
    with pytest.raises(FileError, match=r"damaged|not a table"):
        read_table(path)


def test_decimal_commas(tmp_path):
    same(read_table(write(tmp_path / "t.csv", sep=";", decimal=",")))
    path = tmp_path / "thousands.csv"
    path.write_text("a;b;c;d\n1.234,5;1,234;1.234;-0,5\n2,25;2,345;2.500;1\n")
    found = read_table(path)
    assert found["a"].tolist() == [1234.5, 2.25]
    assert found["b"].tolist() == ["1,234", "2,345"], "thousands or thousandths: nobody can tell"
    assert found["c"].tolist() == [1.234, 2.5]
    assert found["d"].tolist() == [-0.5, 1.0]


def test_workbooks(tmp_path):
    path = tmp_path / "t.xlsx"
    dated = TABLE.assign(day=pd.to_datetime(TABLE["day"]))
    with pd.ExcelWriter(path, engine="openpyxl") as book:
        dated.to_excel(book, sheet_name="customers", index=False)
        TABLE.head(1).to_excel(book, sheet_name="one", index=False)
    found = read_table(path)
    assert parse_dates(found["day"], name="day").tolist() == dated["day"].tolist()
    same(found.drop(columns="day"), dated.drop(columns="day"))
    assert len(read_table(path, sheet="one")) == 1
    with pytest.raises(FileError, match="sheet 'two' cannot be read"):
        read_table(path, sheet="two")


def test_parquet(tmp_path):
    path = tmp_path / "t.parquet"
    TABLE.to_parquet(path)
    same(read_table(path))


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1", "2"], [1, 2]),
        (["1", ""], [1, pd.NA]),
        (["1.5", "NA"], [1.5, np.nan]),
        (["1e-05", "2E+3"], [1e-05, 2000.0]),
        (["-1", "+2"], [-1, 2]),
        (["0", "0.5"], [0, 0.5]),
        (["01", "2"], ["01", "2"]),
        (["12E3", "14E5"], ["12E3", "14E5"]),
        (["1", "inf"], ["1", "inf"]),
        (["True", "False"], ["True", "False"]),
        (["NA", "x"], ["NA", "x"]),
        (["12345678901234567890123", "1"], ["12345678901234567890123", "1"]),
        (["9223372036854775807", "-9223372036854775808"], [2**63 - 1, -(2**63)]),
        (["9223372036854775808", "1"], ["9223372036854775808", "1"]),
        (["-9223372036854775809", "1"], ["-9223372036854775809", "1"]),
        (["9007199254740993", "2.0"], ["9007199254740993", "2.0"]),
        (["9007199254740991.0", "2.5"], [9007199254740991.0, 2.5]),
        (["9007199254740993", ""], [9007199254740993, pd.NA]),
        (["20200101", "20200102"], [20200101, 20200102]),
    ],
)
def test_only_plain_numbers_become_numbers(tmp_path, cells, expected):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "".join(f"{cell},x\n" for cell in cells))
    found = read_table(path)["a"]
    for one, other in zip(found.tolist(), expected, strict=True):
        assert (pd.isna(one) and pd.isna(other)) or one == other


def test_whole_ids_among_floats_stay_floats_where_no_integer_holds_them(tmp_path):
    path = tmp_path / "t.parquet"
    for ids, dtype in (([17850.0, None], "Int64"), ([2.0**62], "Int64"), ([2.0**63], "float64")):
        pd.DataFrame({"id": ids}).to_parquet(path)
        found = load(path, text_columns=["id"])[0]["id"]
        assert found.dtype == dtype
        assert found.dropna().tolist() == [one for one in ids if one is not None]


def test_gaps_leave_ids_whole_and_text_columns_stay_text(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("id,n\n17850,1\n,2\n")
    assert read_table(path)["id"].dtype == "Int64"
    assert read_table(path, text_columns=["id"])["id"][0] == "17850"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.csv", b"", "is empty"),
        ("t.csv", b" \n\n", "is empty"),
        ("t.csv", b"a\n1\n", "one column only, or an unknown separator"),
        ("t.csv", b"a~b\n1~2\n", "unknown separator.*'a~b'"),
        ("t.csv", b"a,b\n1,2,3\n", "not a table.*first line has 2 fields.*comma, row 2 has 3"),
        ("t.csv", b"a,b\n1,2\n" * 600 + b"1,2,3\n", "not a table"),
        ("t.csv", b"a;b\nx;\xfe\xff\n", "not written in utf-8-sig.*encoding='cp1254'"),
        ("t.csv", b"PAR1....", "a text file, but it holds a Parquet file"),
        ("t.csv", gzip.compress(b"a,b\n1,2\n", mtime=0), "holds a gzip file"),
        ("t.csv", b"\x80\x04\x95" + b"." * 20, "holds a pickle file"),
        ("t.csv", b"a\0b,c\n", "holds a binary file"),
        ("t.csv", b"<!DOCTYPE html><table>", "holds an HTML or XML file"),
        ("t.csv", b"PK\x03\x04 and no more", "cut off"),
        ("t.xlsx", b"a,b\n1,2\n", r"\.xlsx means an Excel \(xlsx\) file, but it holds a text"),
        ("t.xlsx", b"\xd0\xcf\x11\xe0" + b"0" * 99, "holds an old Excel"),
        ("t.parquet", b"a,b\n1,2\n", "a Parquet file, but it holds a text file"),
        ("t.parquet", b"PAR1 and no more", "cannot be read as Parquet"),
        ("t.pkl", b"\x80\x04\x95", "has the extension '.pkl'; tables are read from"),
        ("t", b"a,b\n", "has the extension ''"),
        ("t.csv.gz", b"a,b\n1,2\n", "not of the kind of its extension: it cannot be unpacked"),
        (
            "t.csv.gz",
            gzip.compress(b"PAR1....", mtime=0),
            r"\.csv\.gz means a text file, but it holds",
        ),
        ("t.csv.gz", gzip.compress(b"", mtime=0), "is empty"),
        ("t.parquet.gz", gzip.compress(b"PAR1....", mtime=0), r"has the extension '\.parquet\.gz'"),
        ("t.gz", gzip.compress(b"a,b\n", mtime=0), r"has the extension '\.gz'"),
    ],
)
def test_files_of_another_kind_than_their_extension(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FileError, match=f"(?s){message}"):
        read_table(path)


def test_a_zip_is_no_workbook(tmp_path):
    import zipfile

    with zipfile.ZipFile(tmp_path / "t.xlsx", "w") as archive:
        archive.writestr("a.csv", "a,b\n1,2\n")
    with pytest.raises(FileError, match="holds a zip file"):
        read_table(tmp_path / "t.xlsx")


def test_files_that_are_not_there(tmp_path):
    write(tmp_path / "customers.csv")
    with pytest.raises(FileError, match=r"no file .*The folder holds: customers\.csv"):
        read_table(tmp_path / "customers.xlsx")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(FileError, match="is not a file"):
        read_table(tmp_path / "folder.csv")


def test_options_for_odd_files(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes("a~b\nş~1\n".encode("cp1254"))
    found = read_table(path, separator="~", encoding="cp1254")
    assert found.to_dict("list") == {"a": ["ş"], "b": [1]}
    with pytest.raises(FileError, match="not written in utf-seven"):
        read_table(path, separator="~", encoding="utf-seven")


@pytest.mark.parametrize(("kind", "extra"), [("xlsx", "excel"), ("parquet", "parquet")])
def test_a_missing_library_is_named_with_its_extra(tmp_path, monkeypatch, kind, extra):
    path = tmp_path / f"t.{kind}"
    TABLE.to_excel(path) if kind == "xlsx" else TABLE.to_parquet(path)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=rf"pip install '\.\[{extra}\]'"):
        read_table(path)


def test_flo_in_other_clothes(tmp_path):
    plain = read_table(reference_path("data/flo_data_20k.csv"))
    days = [name for name in plain if "date" in name]
    for form in ["%d/%m/%y", "%d.%m.%Y"]:
        dressed = plain.copy()
        for name in days:
            dressed[name] = pd.to_datetime(plain[name]).dt.strftime(form)
        path = tmp_path / "flo.csv"
        dressed.to_csv(path, sep=";", decimal=",", lineterminator="\r\n", index=False)
        found = read_table(path)
        for name in days:
            expected = pd.to_datetime(plain[name])
            assert (parse_dates(found[name], name=name) == expected).all()
        pd.testing.assert_frame_equal(found.drop(columns=days), plain.drop(columns=days))


@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200).map(lambda text: text.encode()),
        st.text(alphabet="ab01,;\t|\"'\r\n.- E", max_size=200).map(lambda text: text.encode()),
    ),
    st.sampled_from([".csv", ".csv.gz", ".parquet", ".xlsx"]),
    st.integers(0, 30),
)
def test_any_file_is_a_table_or_a_typed_error(content, ending, cut):
    if ending == ".csv.gz":
        packed = gzip.compress(content)
        content = packed[: len(packed) - cut]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"t{ending}"
        path.write_bytes(content)
        try:
            found = read_table(path)
        except FileError as error:
            assert str(path) in str(error)  # noqa: PT017
        else:
            assert found.shape[1] > 0


def test_columns_aligned_by_blanks(tmp_path):
    path = tmp_path / "aligned.txt"
    path.write_text(" id  date amount\r\n 00001 19970101   11.77\r\n 00002 19970112  112.00\r\n")
    found = read_table(path)
    assert found.to_dict("list") == {
        "id": ["00001", "00002"],
        "date": [19970101, 19970112],
        "amount": [11.77, 112.0],
    }
    path.write_text("one two\nthree\n")
    with pytest.raises(FileError, match="one column only"):
        read_table(path)


def test_repeated_names_are_not_renamed(tmp_path):
    """Pandas would make of them n and n.1, and n would be taken without a word."""
    path = tmp_path / "twice.csv"
    path.write_text("id,n,n,\n1,2,3,\n")
    assert read_table(path).columns.tolist()[:3] == ["id", "n", "n"]


def test_repeated_names_in_a_workbook_are_not_renamed(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["id", "n", "n", "n.1", "id.2", None], ["007", 2, 3, 4, 5, 6]):
        book.active.append(row)
    book.save(tmp_path / "twice.xlsx")
    table = read_table(tmp_path / "twice.xlsx", text_columns=["id"])
    assert table.columns.tolist()[:5] == ["id", "n", "n", "n.1", "id.2"]
    assert table.iloc[0, :5].tolist() == ["007", 2, 3, 4, 5]
