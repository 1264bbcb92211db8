"""Spreadsheets of every format: the cells as the spreadsheet shows them, or a clear refusal."""

import datetime as dt
import random
import shutil
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest
from conftest import ROOT

from tenure.exceptions import FileError
from tenure.io.files import read_table

EXPECTED = pd.DataFrame(
    {
        "id": ["007", "042"],
        "orders": [2, 1],
        "spend": [12.5, 0.75],
        "day": pd.to_datetime(["2021-05-03", "2021-05-30"]),
    }
)
OLD = ROOT / "tests" / "io" / "data" / "customers.xls"  # written once with xlwt


def write_xlsx(path):
    book = openpyxl.Workbook()
    book.active.append(EXPECTED.columns.tolist())
    for row in EXPECTED.itertuples(index=False):
        book.active.append([row.id, row.orders, row.spend, row.day.date()])
    book.save(path)


def write_ods(path):
    """The least that OpenDocument asks for, by its specification (1.3, part 3)."""
    kinds = {
        "text": '<table:table-cell office:value-type="string"><text:p>{}</text:p>'
        "</table:table-cell>",
        "number": '<table:table-cell office:value-type="float" office:value="{}"/>',
        "day": '<table:table-cell office:value-type="date" office:date-value="{}"/>',
    }
    rows = [[kinds["text"].format(name) for name in EXPECTED.columns]]
    for row in EXPECTED.itertuples(index=False):
        rows.append(
            [
                kinds["text"].format(row.id),
                kinds["number"].format(row.orders),
                kinds["number"].format(row.spend),
                kinds["day"].format(row.day.date()),
            ]
        )
    cells = "".join(f"<table:table-row>{''.join(row)}</table:table-row>" for row in rows)
    namespace = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<office:document-content xmlns:office="{namespace}:office:1.0"'
        f' xmlns:table="{namespace}:table:1.0" xmlns:text="{namespace}:text:1.0">'
        "<office:body><office:spreadsheet>"
        f'<table:table table:name="customers">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        f'<manifest:manifest xmlns:manifest="{namespace}:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        "</manifest:manifest>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)


WRITERS = {
    ".xlsx": write_xlsx,
    ".xlsm": write_xlsx,
    ".ods": write_ods,
    ".xls": lambda path: shutil.copy(OLD, path),
}


@pytest.mark.parametrize("ending", WRITERS)
def test_each_format_holds_the_same_table(tmp_path, ending):
    path = tmp_path / f"customers{ending}"
    WRITERS[ending](path)
    found = read_table(path)
    assert found["id"].tolist() == ["007", "042"]
    assert found["orders"].tolist() == [2, 1]
    assert found["spend"].tolist() == [12.5, 0.75]
    assert pd.to_datetime(found["day"]).tolist() == EXPECTED["day"].tolist()


@pytest.mark.parametrize(("ending", "claimed"), [(".xlsx", ".ods"), (".ods", ".xls")])
def test_an_ending_of_another_format(tmp_path, ending, claimed):
    path = tmp_path / f"customers{claimed}"
    WRITERS[ending](path)
    with pytest.raises(FileError, match="is not of the kind of its extension"):
        read_table(path)


def book_of(tmp_path, *rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    path = tmp_path / "book.xlsx"
    book.save(path)
    return path


def test_cells_of_every_kind(tmp_path):
    moment, time = dt.datetime(2021, 5, 3, 12, 30, 15), dt.time(12, 30)
    path = book_of(
        tmp_path,
        ["text", "whole", "number", "moment", "time", "yes", "mixed"],
        ["007", 3, 2.5, moment, time, True, 1],
        [" a ", 4, 1e300, moment, time, False, "x"],
    )
    found = read_table(path)
    assert found["text"].tolist() == ["007", " a "]
    assert found["whole"].tolist() == [3, 4]
    assert found["whole"].dtype == np.int64
    assert found["number"].tolist() == [2.5, 1e300]
    assert pd.to_datetime(found["moment"]).tolist() == [pd.Timestamp(moment)] * 2
    assert found["time"].tolist() == [time, time]
    assert found["yes"].tolist() == [True, False]
    assert found["mixed"].tolist() == [1, "x"]


def test_empty_rows_and_columns(tmp_path):
    """Rows keep their numbers; what is empty at the end is no part of the table."""
    path = book_of(
        tmp_path,
        ["id", None, "spend", None],
        ["1", "x", 2.0, None],
        [None, None, None, None],
        ["3", "y", 4.0, None],
        ["", None, None, None],
    )
    found = read_table(path)
    assert len(found) == 3
    assert found.columns.tolist() == ["id", "Unnamed: 1", "spend"]
    assert found["id"].isna().tolist() == [False, True, False]


def test_sheets_are_named_where_one_is_missing(tmp_path):
    path = book_of(tmp_path, ["id"], ["1"])
    for sheet in ("other", 1, -1):
        with pytest.raises(FileError, match="there are 'Sheet'"):
            read_table(path, sheet=sheet)


def test_a_header_alone(tmp_path):
    found = read_table(book_of(tmp_path, ["id", "spend"]))
    assert found.columns.tolist() == ["id", "spend"]
    assert found.empty


def test_cells_far_from_the_table(tmp_path):
    """A value in the last cell of a sheet ended Python: the grid up to it has 17e9 cells."""
    path = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["id", "spend"])
    book.active.append(["1", 2.0])
    book.create_sheet("far")["XFD1048576"] = 5
    book.save(path)
    assert read_table(path)["spend"].tolist() == [2.0]
    with pytest.raises(FileError, match=r"'far' reaches to row 1,048,576 and column 16,384"):
        read_table(path, sheet="far")


def test_cells_below_and_right_of_the_table(tmp_path):
    path = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["id"])
    book.active["AB3"] = 5
    book.save(path)
    assert read_table(path).shape == (2, 28)


def test_workbooks_with_a_password(tmp_path):
    """Excel packs a protected .xlsx file into a compound file, as old .xls files are."""
    data = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 1016
    for ending in (".xlsx", ".xlsm", ".xlsb", ".xls"):
        path = tmp_path / f"book{ending}"
        path.write_bytes(data + "EncryptedPackage".encode("utf-16-le"))
        with pytest.raises(FileError, match="protected by a password; save it without one"):
            read_table(path)


def test_sectors_that_lead_back_to_themselves(tmp_path):
    """Such a file filled all memory: its chain of sectors was followed without end."""
    data = bytearray(OLD.read_bytes())
    table = (int.from_bytes(data[76:80], "little") + 1) * 512  # of sectors, by the header
    start = int.from_bytes(data[48:52], "little")  # of the directory
    data[table + 4 * start : table + 4 * start + 4] = start.to_bytes(4, "little")
    path = tmp_path / "book.xls"
    path.write_bytes(data)
    with pytest.raises(FileError, match="its parts lead back to themselves"):
        read_table(path)


@pytest.mark.parametrize(("at", "bounds"), [(11, "0 to 4,278,190,083"), (4, "255 to 3")])
def test_stated_bounds_that_no_sheet_has(tmp_path, at, bounds):
    """Memory for as many cells was asked for, 687 GB, which ended Python."""
    data = bytearray(OLD.read_bytes())
    record = bytes.fromhex("00020e00 00000000 03000000 0000 0400")
    assert data.count(record) == 1
    data[data.index(record) + at] = 0xFF
    path = tmp_path / "book.xls"
    path.write_bytes(data)
    with pytest.raises(FileError, match=f"cells lie in rows {bounds} and columns 0 to 4"):
        read_table(path)


def test_damaged_old_workbooks(tmp_path):
    """The library panics on some of them, which is no Exception in Python."""
    path, generator, data = tmp_path / "book.xls", random.Random(1), OLD.read_bytes()
    refused = 0
    for _ in range(60):
        at = generator.randrange(512, len(data))
        path.write_bytes(data[:at] + data[at + generator.randrange(1, 40) :])
        try:
            read_table(path)
        except FileError:
            refused += 1
    assert refused
