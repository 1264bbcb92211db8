import datetime as dt

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.exceptions import DateError
from tenure.io.dates import parse_date, parse_dates

DAYS = pd.Series(pd.to_datetime(["2020-05-30", "2021-01-02", "2021-02-01"]))


def read(values, **options):
    return parse_dates(pd.Series(values), name="day", **options)


def same(found, expected=DAYS):
    assert found.dt.tz is None
    assert found.tolist() == list(expected)


@pytest.mark.parametrize(
    "values",
    [
        DAYS.astype("datetime64[s]"),
        DAYS.astype("datetime64[ns]"),
        DAYS.dt.tz_localize("Asia/Tokyo"),
        DAYS.dt.date,
        DAYS.dt.to_period("D"),
        DAYS.astype(object),
        DAYS.dt.to_period("D").astype(object),
        DAYS.dt.tz_localize("Asia/Tokyo").astype(object),
        [DAYS[0].date(), DAYS[1].to_pydatetime(), DAYS[2].to_datetime64()],
        pd.array(DAYS.dt.date, dtype=pd.ArrowDtype(pa.date32())),
        pd.array(DAYS, dtype=pd.ArrowDtype(pa.timestamp("us"))),
        DAYS.dt.tz_localize("Asia/Tokyo").astype(pd.ArrowDtype(pa.timestamp("us", "Asia/Tokyo"))),
        DAYS.dt.strftime("%Y-%m-%d").astype("category"),
        DAYS.astype("category"),
        DAYS.dt.strftime("%Y%m%d").astype(int),
        DAYS.dt.strftime("%Y%m%d").astype(float),
        pd.array(DAYS.dt.strftime("%Y%m%d").astype(int), dtype="Int64"),
    ],
)
def test_dates_of_every_type(values):
    same(read(values))


@pytest.mark.parametrize(
    "form",
    [
        "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y",
        "%d-%m-%Y", "%d/%m/%y", "%m/%d/%y", "%d.%m.%y", "%d %B %Y", "%b %d, %Y", "%d-%b-%Y",
        "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S+03:00", "%d/%m/%Y %H:%M",
        "%m/%d/%Y %I:%M %p", "%m/%d/%Y %I:%M:%S %p", "%Y-%m-%d %H:%M:%S.%f", " %Y-%m-%d ",
    ],
)  # fmt: skip
def test_text_of_every_form(form):
    # 400 days from one May to the next June but one: the column shows which part is which.
    days = pd.Series(pd.date_range("2020-05-03", periods=400))
    same(read(days.dt.strftime(form)), days)


def test_times_of_day_stay():
    assert read(["1/13/2010 8:26", "1/13/2010 18:26:05"]).dt.hour.tolist() == [8, 18]
    assert read(["1/13/2010 12:26 AM"]).dt.hour.tolist() == [0]
    assert read(["2010-01-13T23:30:00-08:00"])[0] == pd.Timestamp("2010-01-13 23:30")
    assert read(["Wed, 13 Jan 2010 23:30:00 GMT"])[0] == pd.Timestamp("2010-01-13 23:30")
    zoned = [dt.datetime(2020, 1, 1, 23, tzinfo=dt.timezone(dt.timedelta(hours=h))) for h in (1, 9)]
    assert read(zoned).dt.hour.tolist() == [23, 23]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (["01/02/2010", "03/04/2010"], "no part is above 12"),
        (["01-02-2010"], "no part is above 12"),
        (["13/01/2010", "01/13/2010"], "mixed"),
        (["30/05/20"], "the year has two digits and could come first or last"),
        (["20/05/12", "21/06/11"], "the year"),
        (["13/01/2010", "13/01/10"], "some years have four digits"),
        (["2010-01-13", "13/01/2010"], "the year comes first in some"),
    ],
)
def test_two_readings_are_refused(values, why):
    with pytest.raises(DateError, match=f"(?s)more than one way.*{why}.*dayfirst=True"):
        read(values)


def test_the_user_decides():
    assert read(["01/02/2010"], dayfirst=True)[0] == pd.Timestamp("2010-02-01")
    assert read(["01/02/2010"], dayfirst=False)[0] == pd.Timestamp("2010-01-02")
    assert read(["30/05/20"], dayfirst=True)[0] == pd.Timestamp("2020-05-30")
    assert read(["01/02/2010"], format="%m/%d/%Y")[0] == pd.Timestamp("2010-01-02")
    assert read([13022010], format="%d%m%Y")[0] == pd.Timestamp("2010-02-13")
    with pytest.raises(DateError, match="cannot be read in 1 row: row 0 = '30/05/2020'"):
        read(["30/05/2020"], dayfirst=False)


def test_what_has_one_reading_needs_no_decision():
    assert read(["01.02.2010"])[0] == pd.Timestamp("2010-02-01")
    assert read(["03/03/2010", "04/04/2010"])[1] == pd.Timestamp("2010-04-04")
    # The year in front has two digits, hardly varies, and is no day in one row.
    days = pd.Series(pd.date_range("2019-12-01", "2021-01-31"))
    same(read(days.dt.strftime("%y/%m/%d")), days)
    same(read(["95/05/30"]), [pd.Timestamp("1995-05-30")])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["2020-01-01", None], "missing dates in 1 row: row 1"),
        (["2020-01-01", " "], "missing dates in 1 row: row 1"),
        (["2020-02-30", "2020-01-01"], "cannot be read in 1 row: row 0 = '2020-02-30'"),
        (["2020-01-01", "soon"], "cannot be read in 1 row: row 1 = 'soon'"),
        (["2020-01-01 25:00"], "cannot be read"),
        (["May 20"], "cannot be read"),
        (["May 2020"], "cannot be read"),
        (["01 Feb 03"], "cannot be read"),
        (["2020", "2021"], "cannot be read"),
        ([2020, 2021], "only when all of them are written yyyymmdd"),
        ([20201301], "not dates in 1 row: row 0 = 20201301"),
        ([44_000], "spreadsheet day numbers"),
        ([1.5], "not dates"),
        ([np.inf], "not dates"),
        ([1_600_000_000], "yyyymmdd"),
        ([dt.date(2020, 1, 1), 3], "not dates in 1 row: row 1 = 3"),
        ([dt.date(2020, 1, 1), "2020-01-01"], "not dates in 1 row"),
        ([b"2020-01-01"], "not dates"),
        ([[1]], "not dates"),
        ([True], "of type bool"),
        ([pd.Timedelta(1, "D")], "of type timedelta"),
    ],
)
def test_what_is_no_date(values, message):
    with pytest.raises(DateError, match=f"'day'.*{message}") as raised:
        read(values)
    assert raised.value.column == "day"


def test_a_format_is_held_to():
    with pytest.raises(
        DateError, match="not of the form '%d/%m/%Y' in 1 row: row 1 = '2010-01-01'"
    ):
        read(["01/02/2010", "2010-01-01"], format="%d/%m/%Y")
    assert read(["01/02/2010 05:00:00+0300"], format="%d/%m/%Y %H:%M:%S%z").dt.hour[0] == 5


def test_missing_dates_may_be_allowed():
    for values in (["2020-01-01", None, ""], [20200101.0, None, None], [DAYS[0], None, pd.NaT]):
        found = read(values, allow_missing=True)
        assert found.isna().tolist() == [False, True, True]
    assert read([None, None], allow_missing=True).isna().all()


def test_index_and_name_come_back_and_nothing_changes():
    series = pd.Series(["2020-01-01", "2020-01-02"], index=["x", "y"], name="day")
    before = series.copy()
    found = parse_dates(series, name="day")
    assert found.name == "day"
    assert found.index.tolist() == ["x", "y"]
    pd.testing.assert_series_equal(series, before)


@given(
    st.lists(st.dates(dt.date(1950, 1, 1), dt.date(2068, 12, 31)), min_size=1, max_size=20),
    st.sampled_from(
        ["%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%d/%m/%y", "%m/%d/%y", "%y/%m/%d", "%d.%m.%Y"]
    ),
)
def test_a_date_is_read_right_or_not_at_all(days, form):
    if "%y" in form:
        days = [day.replace(year=2000 + day.year % 25, day=min(day.day, 28)) for day in days]
    try:
        found = read([day.strftime(form) for day in days])
    except DateError:
        return
    if "%y" not in form:  # of two-digit years a few rows can lie; the user is told to give a format
        same(found, [pd.Timestamp(day) for day in days])


@given(
    st.lists(
        st.one_of(st.text(), st.none(), st.integers(), st.floats(), st.datetimes(), st.dates())
    )
)
def test_any_column_is_dates_or_refused(values):
    try:
        found = parse_dates(pd.Series(values, dtype=object), name="day")
    except DateError:
        return
    assert found.dtype.kind == "M"
    assert not found.hasnans


@pytest.mark.parametrize(
    "value",
    ["2020-05-30", "30.05.2020", dt.date(2020, 5, 30), dt.datetime(2020, 5, 30), 20200530,
     np.datetime64("2020-05-30"), pd.Period("2020-05-30"), pd.Timestamp("2020-05-30", tz="UTC")],
)  # fmt: skip
def test_one_date_of_every_type(value):
    assert parse_date(value, name="end") == pd.Timestamp("2020-05-30")


def test_one_date_with_a_format():
    form = {"format": "%d/%m/%Y"}
    assert parse_date("01/02/2020", name="end", **form) == pd.Timestamp("2020-02-01")
    assert parse_date("2020-02-01", name="end", **form) == pd.Timestamp("2020-02-01")
    with pytest.raises(DateError, match="end='1 Feb 2020' is not a date of the column's format"):
        parse_date("1 Feb 2020", name="end", **form)


@pytest.mark.parametrize("value", ["03/04/2020", "soon", None, pd.NaT, 7, [1], ""])
def test_what_is_not_one_date(value):
    with pytest.raises(DateError, match=r"end=.* cannot be read as one date"):
        parse_date(value, name="end")


def test_mixed_forms_are_shown_side_by_side():
    """The odd one out, not the first rows."""
    many = ["2024-01-01", "2024-01-02", "2024-01-03", "31.01.2024"]
    with pytest.raises(DateError, match=r"such as '2024-01-01', '31.01.2024' can be read"):
        read(many)
    with pytest.raises(DateError, match=r"such as '02/13/2024', '13/02/2024' can be read"):
        read(["01/02/2024", "13/02/2024", "02/13/2024"])
