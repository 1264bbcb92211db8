"""The profile of a table: the figures that plain pandas gives, for every kind of table."""

import datetime
import decimal
import io
import warnings

import numpy as np
import pandas as pd
import pytest
from conftest import reference_path

import tenure
from tenure.exceptions import ColumnError, DataError, DateError, FileError, TenureWarning

MIXED = pd.DataFrame(
    {
        "id": ["007", "008", "009", "010"],
        "day": ["30.05.2021", None, "01.06.2021", "30.05.2021"],
        "stamp": pd.to_datetime(["2021-05-30 10:15", "2021-05-31 00:00", None, None]),
        "count": [1.0, 2.0, 2.0, np.nan],
        "amount": [0.5, np.inf, -1.25, 3.0],
        "flag": [True, False, True, True],
        "ambiguous": ["01/02/2020", "03/04/2020", "05/06/2020", "07/08/2020"],
        "list": [["a"], ["b"], ["a"], None],
    }
)


def rows_of(found):
    return found.columns.set_index("column")


def test_flo_has_the_figures_of_pandas():
    path = reference_path("data/flo_data_20k.csv")
    found = tenure.profile(path)
    raw = pd.read_csv(path)
    assert found.rows == len(raw) == 19_945
    assert found.head["master_id"].tolist() == raw["master_id"].head(10).tolist()
    table = rows_of(found)
    assert table.index.tolist() == raw.columns.tolist()
    shares = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]
    names = ["q01", "q05", "q25", "median", "q75", "q95", "q99"]
    for name, column in raw.items():
        row = table.loc[name]
        assert row["values"] == column.count()
        assert row["missing"] == column.isna().sum() == 0
        assert row["distinct"] == column.nunique()
        if pd.api.types.is_numeric_dtype(column):
            assert row["type"] == ("whole number" if "order_num" in name else "number")
            assert row[names].tolist() == pytest.approx(column.quantile(shares).tolist(), rel=1e-14)
            assert (row["minimum"], row["maximum"]) == (column.min(), column.max())
            assert row["mean"] == pytest.approx(column.mean(), rel=1e-13)
            assert row["standard_deviation"] == pytest.approx(column.std(), rel=1e-12)
        else:
            assert row[[*names, "minimum", "maximum", "mean"]].isna().all()
        if "date" in name:
            days = pd.to_datetime(column)
            assert row["type"] == "date"
            assert (row["first_date"], row["last_date"]) == (days.min(), days.max())
        else:
            assert row[["first_date", "last_date"]].isna().all()
    counted = raw["order_channel"].value_counts()
    listed = "; ".join(f"{name} ({count})" for name, count in counted.items())
    assert table.loc["order_channel", "most_frequent"] == listed
    assert table.loc["master_id", "most_frequent"] == ""


def test_kinds_and_gaps():
    table = rows_of(tenure.profile(MIXED))
    assert table["type"].to_dict() == {
        "id": "text",
        "day": "date",
        "stamp": "date",
        "count": "whole number",
        "amount": "number",
        "flag": "yes/no",
        "ambiguous": "text",
        "list": "text",
    }
    assert table["values"].tolist() == [4, 3, 2, 3, 4, 4, 4, 3]
    assert table["missing"].tolist() == [0, 1, 2, 1, 0, 0, 0, 1]
    assert table["missing_share"].tolist() == [0, 0.25, 0.5, 0.25, 0, 0, 0, 0.25]
    assert table["distinct"].tolist() == [4, 2, 2, 2, 4, 2, 4, 2]
    assert table.loc["amount", ["minimum", "median", "maximum"]].tolist() == [-1.25, 0.5, 3.0]
    assert table.loc["amount", "mean"] == pytest.approx(0.75)
    assert table.loc["day", "first_date"] == pd.Timestamp("2021-05-30")
    assert table.loc["stamp", "first_date"] == pd.Timestamp("2021-05-30 10:15")
    assert table.loc["day", "most_frequent"] == "30.05.2021 (2)"
    assert table.loc["flag", "most_frequent"] == "True (3)"
    assert table.loc["list", "most_frequent"] == "['a'] (2)"


def test_does_not_touch_the_table_and_does_not_depend_on_the_order_of_rows():
    before = MIXED.copy(deep=True)
    found = tenure.profile(MIXED)
    pd.testing.assert_frame_equal(MIXED, before)
    again = tenure.profile(MIXED.iloc[::-1])
    pd.testing.assert_frame_equal(found.columns, again.columns)
    shown = repr(found)
    for word in ("4 rows", "8 columns", "amount", "Numbers", "Dates", "First 4 rows"):
        assert word in shown
    assert "<table" in found._repr_html_()
    assert found.to_frame() is not found.columns


def test_ambiguous_dates_are_read_when_told():
    table = rows_of(tenure.profile(MIXED, dayfirst=True))
    assert table.loc["ambiguous", "last_date"] == pd.Timestamp("2020-08-07")
    numbers = pd.DataFrame({"day": [20210530, 20210601]})
    assert rows_of(tenure.profile(numbers)).loc["day", "type"] == "whole number"
    table = rows_of(tenure.profile(numbers, dates=["day"]))
    assert table.loc["day", "first_date"] == pd.Timestamp("2021-05-30")
    assert rows_of(tenure.profile(numbers, text_columns=["day"])).loc["day", "type"] == "text"


@pytest.mark.parametrize("kind", ["polars", "pyarrow", "arrow dtypes", "nullable", "path"])
def test_every_kind_of_table(kind, tmp_path):
    table = pd.DataFrame(
        {"id": ["a", "b", "c"], "n": [1, 2, 2], "x": [0.5, None, 1.5], "day": ["2021-01-31"] * 3}
    )
    expected = tenure.profile(table).columns
    if kind == "polars":
        given = pytest.importorskip("polars").from_pandas(table)
    elif kind == "pyarrow":
        given = pytest.importorskip("pyarrow").Table.from_pandas(table)
    elif kind == "arrow dtypes":
        given = table.convert_dtypes(dtype_backend="pyarrow")
    elif kind == "nullable":
        given = table.convert_dtypes()
    else:
        given = tmp_path / "table.csv"
        table.to_csv(given, index=False, sep=";", decimal=",")
    pd.testing.assert_frame_equal(tenure.profile(given).columns, expected)


def test_odd_columns():
    table = pd.DataFrame(
        {
            "price": [decimal.Decimal("1.50"), decimal.Decimal("2.50"), None],
            "empty": pd.Series([None] * 3, dtype=object),
            "level": pd.Categorical(["x", "y", "x"]),
            "big": [10**17 + 1, 10**17 + 2, 10**17 + 2],
        }
    )
    found = rows_of(tenure.profile(table))
    assert found.loc["price", ["type", "mean"]].tolist() == ["number", 2.0]
    assert found.loc["empty", ["values", "missing", "distinct"]].tolist() == [0, 3, 0]
    assert found.loc["level", "most_frequent"] == "x (2)"
    assert found.loc["big", "most_frequent"] == f"{10**17 + 2} (2)"
    twice = pd.DataFrame([[1, "a"], [2, "b"]], columns=["x", "x"])
    assert tenure.profile(twice).columns["type"].tolist() == ["whole number", "text"]
    nothing = tenure.profile(table.iloc[:0])
    assert nothing.columns["values"].tolist() == [0] * 4
    assert "0 rows" in repr(nothing)


ODD = {
    "zone": pd.to_datetime(["2021-01-01", "2021-01-02", None]).tz_localize("Europe/Istanbul"),
    "old": np.array(["1753-01-01", "2021-01-02", "NaT"], dtype="M8[s]"),
    "far": np.array(["12000-01-01", "2021-01-02", "NaT"], dtype="M8[s]"),
    "delta": pd.to_timedelta([1, 2, 3], unit="D"),
    "complex": [1j, 2, 3],
    "sparse": pd.arrays.SparseArray([0.0, 1.0, 0.0]),
    "interval": pd.interval_range(0, 3),
    "period": pd.period_range("2021-01", periods=3, freq="M"),
    "mapping": [{"a": 1}, {"a": 2}, None],
    "array": [np.array([1]), np.array([2]), None],
    "swapped": np.array([1.0, 2.0, 3.0], dtype=">f8"),
    "flag": [True, None, False],
    "day": [datetime.date(2021, 1, 1), None, datetime.date(2021, 1, 2)],
    "mixed": [1, "a", None],
    "bytes": [b"a", b"b", None],
    "level": pd.Categorical([1, None, 1]),
    "half": pd.Series(["\ud800", "b", "c"], dtype=object),
    "missing": pd.Series([pd.NA, 1, 2], dtype=object),
}


@pytest.mark.parametrize("name", ODD)
def test_columns_of_every_type(name):
    found = rows_of(tenure.profile(pd.DataFrame({name: ODD[name]})))
    values = pd.Series(ODD[name])
    assert found.loc[name, "values"] == values.count()
    assert found.loc[name, "distinct"] == len({str(value) for value in values.dropna()})


def test_odd_columns_do_not_keep_a_run_from_its_files(tmp_path):
    table = tenure.datasets.make_omnichannel(60, seed=4)
    for name, values in ODD.items():
        # pandas itself cannot take rows of the one, and totals refuse the other.
        if name not in ("swapped", "half"):
            column = pd.Series(values)
            table[name] = column.take(np.arange(60) % 3).set_axis(table.index)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        out = tenure.run(table, preset="flo", out=tmp_path / "run").out
    for name in ("profile.csv", "first_rows.csv", "report.html", "workbook.xlsx"):
        assert (out / name).is_file()


def test_refusals(tmp_path):
    with pytest.raises(ColumnError, match="nowhere"):
        tenure.profile(MIXED, dates=["nowhere"])
    with pytest.raises(DateError, match="id"):
        tenure.profile(MIXED, dates=["id"])
    with pytest.raises(FileError, match="there is no file"):
        tenure.profile(tmp_path / "none.csv")
    with pytest.raises(DataError):
        tenure.profile(3)


@pytest.mark.parametrize("language", ["en", "tr"])
def test_a_run_writes_it(tmp_path, language):
    table = tenure.datasets.make_omnichannel(300, seed=4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        analysis = tenure.run(table, preset="flo", language=language, out=tmp_path / "run")
    expected = tenure.profile(table, text_columns=["master_id"])
    pd.testing.assert_frame_equal(analysis.tables["profile"], expected.columns)
    pd.testing.assert_frame_equal(analysis.tables["first_rows"], table.head(10))
    with (tmp_path / "run" / "profile.csv").open(encoding="utf-8-sig") as stream:
        written = pd.read_csv(io.StringIO(stream.read()))
    assert written.iloc[:, 0].tolist() == table.columns.tolist()
    assert written.iloc[:, 15].dropna().tolist() == pytest.approx(
        expected.columns["mean"].dropna().tolist(), rel=1e-7
    )
    page = analysis.report()
    assert ("standard deviation" if language == "en" else "standart sapma") in page
