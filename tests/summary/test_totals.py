import json
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.datasets import make_omnichannel
from tenure.exceptions import (
    ColumnError,
    ConventionWarning,
    DataError,
    DataWarning,
    DateError,
    DuplicateCustomerWarning,
    EmptyDataError,
    OptionError,
    SameDayWarning,
    SelectedSampleWarning,
    TenureError,
    TenureWarning,
)
from tenure.io.provenance import provenance
from tenure.io.validation import to_pandas
from tenure.presets import FLO
from tenure.summary.capping import cap_column
from tenure.summary.totals import prepare_totals, summarize_totals

ROLES = {
    "customer": "id",
    "first_order": "first",
    "last_order": "last",
    "orders": ["web", "shop"],
    "spend": ["web_spend", "shop_spend"],
}


def table(**changes):
    """Four customers with nothing wrong about them."""
    columns = {
        "id": ["a", "b", "c", "d"],
        "first": ["2020-01-06", "2020-02-03", "2020-03-02", "2020-12-07"],
        "last": ["2020-06-01", "2020-12-28", "2020-03-02", "2020-12-21"],
        "web": [3, 5, 1, 0],
        "shop": [1.0, 0.0, 0.0, 2.0],
        "web_spend": [90.0, 400.0, 20.0, 0.0],
        "shop_spend": [30.0, 0.0, 0.0, 50.5],
        "note": ["x", None, "y", "z"],
    }
    return pd.DataFrame({**columns, **changes})


def quiet(function, *args, **kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        return function(*args, **kwargs)


# What is computed -------------------------------------------------------------------------------


def test_summary_of_repeat_orders():
    summary = summarize_totals(table(), **ROLES, cap_outliers=False)
    assert summary.index.tolist() == ["a", "b", "c", "d"]
    assert summary.index.name == "id"
    assert list(summary) == ["frequency", "recency", "T", "monetary_value", "orders", "spend_count"]
    assert (summary.dtypes == np.float64).all()
    # The analysis date is two days after the last order: 2020-12-30.
    assert summary.loc["a"].tolist() == pytest.approx([3, 147 / 7, 359 / 7, 30.0, 4, 4])
    assert summary.loc["c"].tolist() == pytest.approx([0, 0, 303 / 7, 20.0, 1, 1])


def test_summary_remembers_where_it_comes_from():
    summary = summarize_totals(table(), **ROLES, period="D", analysis_date="2021-01-01")
    known = summary.attrs["tenure"]
    assert json.loads(json.dumps(known)) == known
    assert known["period"] == "D"
    assert known["convention"] == "repeat"
    assert known["observation_end"] == "2021-01-01"
    assert known["source"] == "totals"
    assert known["customers"] == 4
    assert known["selected"] is None
    assert summary["T"].attrs["tenure"]["period"] == "D"


def test_total_convention_counts_all_orders_and_says_so():
    with pytest.warns(ConventionWarning, match=r"frequency is 150% of the right one") as caught:
        total = summarize_totals(table(), **ROLES, convention="total")
    assert "Mean frequency is 3.00 where the models mean 2.00" in caught[0].message.details
    repeat = summarize_totals(table(), **ROLES)
    assert (total["frequency"] - repeat["frequency"] == 1).all()
    assert total.drop(columns="frequency").equals(repeat.drop(columns="frequency"))
    with pytest.raises(OptionError, match="'repeat' or 'total'"):
        summarize_totals(table(), **ROLES, convention="all")


@pytest.mark.parametrize(("period", "days"), [("D", 1), ("W", 7), ("M", 30.4375), ("Y", 365.25)])
def test_periods(period, days):
    summary = summarize_totals(table(), **ROLES, period=period)
    assert summary.loc["b", "recency"] == pytest.approx(329 / days)
    with pytest.raises(OptionError, match="not a period"):
        summarize_totals(table(), **ROLES, period="fortnight")


def test_prepared_table_keeps_columns_and_adds_totals():
    frame = table(seen=["2020-06-01", None, "2020-03-02", ""])
    before = frame.copy(deep=True)
    prepared = prepare_totals(frame, **ROLES, other_dates=["seen"])
    pd.testing.assert_frame_equal(frame, before)
    assert prepared.index.tolist() == frame["id"].tolist()
    assert list(prepared) == [*frame.columns[1:], "orders_total", "spend_total"]
    assert prepared["orders_total"].tolist() == [4, 5, 1, 2]
    assert prepared["spend_total"].tolist() == [120, 400, 20, 50.5]
    assert prepared["note"].isna().tolist() == [False, True, False, False]
    assert all(prepared[c].dtype.kind == "M" for c in ("first", "last", "seen"))


def test_one_column_each_and_index_as_customer():
    frame = table().set_index("id")
    used = frame[frame["web"] > 1]
    summary = summarize_totals(used, **{**ROLES, "orders": "web", "spend": "web_spend"})
    assert summary["orders"].tolist() == [3, 5]
    assert summary.index.name == "id"


def test_any_dataframe_gives_the_same_summary():
    expected = summarize_totals(table(), **ROLES)
    for frame, kind in (
        (pl.DataFrame(table()), pl.DataFrame),
        (pl.LazyFrame(table()), pl.DataFrame),
        (pa.table(table()), pa.Table),
    ):
        found = summarize_totals(frame, **ROLES)
        assert isinstance(found, kind)
        found = to_pandas(found)
        found = found.set_index("id") if "id" in found else found
        pd.testing.assert_frame_equal(found, expected, check_index_type=False)


def test_a_prepared_table_is_not_capped_twice_unsaid():
    days = pd.date_range("2020-01-06", periods=60)
    rows = [
        [f"c{n}", days[n % 60], days[n % 60 if n % 2 else 59], 1 if n % 2 else 3, 90.0 + 3 * n]
        for n in range(400)
    ]
    wide = pd.DataFrame(rows, columns=["id", "first", "last", "n", "money"])
    wide.loc[7, "money"] = 1e6
    wide.loc[wide["first"] == wide["last"], "n"] = 1
    roles = {"customer": "id", "first_order": "first", "last_order": "last"}
    roles |= {"orders": "n", "spend": "money"}
    end = {"analysis_date": "2020-03-09"}
    expected = summarize_totals(prepare_totals(wide, **roles, **end), **roles)

    arrow = prepare_totals(pa.table(wide), **roles, **end)
    assert provenance(arrow)["caps"]["money"]["above"] == 1
    found = summarize_totals(arrow, **roles)
    assert provenance(found) == provenance(expected)
    pd.testing.assert_frame_equal(to_pandas(found), expected, check_index_type=False)

    polars = prepare_totals(pl.from_pandas(wide), **roles, **end)
    assert polars.columns[0] == "id"
    with pytest.warns(DataWarning, match="does not remember how it was prepared"):
        summarize_totals(polars, **roles)
    found = summarize_totals(polars, **roles, **end, cap_outliers=False)
    assert found["monetary_value"].to_list() == expected["monetary_value"].tolist()


# Dates ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["%d/%m/%Y", "%d.%m.%Y", "%m/%d/%Y", "%Y%m%d", "%d-%m-%Y"])
def test_dates_in_other_clothes(form):
    frame = table()
    for column in ("first", "last"):
        frame[column] = pd.to_datetime(frame[column]).dt.strftime(form)
    pd.testing.assert_frame_equal(
        summarize_totals(frame, **ROLES), summarize_totals(table(), **ROLES)
    )


def test_one_date_column_settles_the_other():
    frame = table(first=["06/01/2020", "03/02/2020", "02/03/2020", "07/12/2020"])
    frame["last"] = ["01/06/2020", "28/12/2020", "02/03/2020", "21/12/2020"]
    pd.testing.assert_frame_equal(
        summarize_totals(frame, **ROLES), summarize_totals(table(), **ROLES)
    )


def test_ambiguous_dates_are_refused_unless_told():
    frame = table(
        first=["06/01/2020", "03/02/2020", "02/03/2020", "07/12/2020"],
        last=["01/06/2020", "08/12/2020", "02/03/2020", "07/12/2020"],
    )
    with pytest.raises(DateError, match="more than one way"):
        summarize_totals(frame, **ROLES)
    summary = quiet(summarize_totals, frame, **ROLES, dayfirst=True)
    assert summary.loc["a", "recency"] == pytest.approx(147 / 7)


def test_analysis_date_may_not_be_before_an_order():
    with pytest.raises(DateError, match=r"'last'.*after the analysis date.*row 'b'.*later"):
        summarize_totals(table(), **ROLES, analysis_date="2020-12-24")
    with pytest.raises(DateError, match="analysis_date="):
        summarize_totals(table(), **ROLES, analysis_date="soon")


def test_prepared_tables_remember_the_analysis_date():
    prepared = prepare_totals(table(), **ROLES, analysis_date="2021-02-01")
    some = prepared[prepared["orders_total"] < 5]
    summary = summarize_totals(some, **ROLES)
    assert summary.attrs["tenure"]["observation_end"] == "2021-02-01"
    expected = summarize_totals(table(), **ROLES, analysis_date="2021-02-01")
    assert summary["T"].tolist() == expected.loc[some.index, "T"].tolist()
    other = summarize_totals(some, **ROLES, analysis_date="2021-03-01")
    assert other.attrs["tenure"]["observation_end"] == "2021-03-01"


@pytest.mark.parametrize(
    "convert",
    [
        lambda d: d.astype("datetime64[s]"),
        lambda d: d.astype("datetime64[ns]"),
        lambda d: d.dt.date,
        lambda d: d.dt.tz_localize("Europe/Istanbul"),
        lambda d: d.dt.strftime("%Y%m%d").astype(int),
    ],
)
def test_dates_of_any_type(convert):
    frame = table()
    for column in ("first", "last"):
        frame[column] = convert(pd.to_datetime(frame[column]))
    pd.testing.assert_frame_equal(
        summarize_totals(frame, **ROLES), summarize_totals(table(), **ROLES)
    )


def test_time_of_day_counts():
    frame = table(
        first=["2020-01-06 06:00", "2020-02-03", "2020-03-02", "2020-12-07"],
        last=["2020-01-06 18:00", "2020-12-28", "2020-03-02", "2020-12-21"],
    )
    summary = summarize_totals(frame, **ROLES, period="h", analysis_date="2021-01-01 12:00")
    assert summary.loc["a", "recency"] == pytest.approx(12.0)
    assert summary.attrs["tenure"]["observation_end"] == "2021-01-01T12:00:00"
    assert summary.attrs["tenure"]["notes"]["same_day"] == 0


# Bad tables -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "error", "match"),
    [
        ({"last": ["2020-06-01", "2020-01-28", "2020-03-02", "2020-12-21"]}, DateError, "before"),
        ({"web": [3, -5, 1, 0]}, DataError, r"'web': negative values.*row 'b' = -5"),
        ({"web": [3, 5.5, 1, 0]}, DataError, r"'web'.*not whole.*5\.5"),
        ({"web": [3, np.nan, 1, 0]}, DataError, r"'web': missing values"),
        ({"web": [3, np.inf, 1, 0]}, DataError, r"'web': infinite values"),
        ({"web": ["3", "five", "1", "0"]}, ColumnError, r"'web'.*'five'"),
        ({"shop": [1, 0, 0, 0]}, DataError, r"'web \+ shop'.*without any order.*row 'd'"),
        ({"web": [0, 5, 1, 0]}, DataError, r"one order on two dates.*row 'a'.*add 1"),
        ({"web_spend": [90, -1, 20, 0]}, DataError, r"'web_spend': negative values"),
        ({"web_spend": [90, None, 20, 0]}, DataError, r"'web_spend': missing values"),
        ({"web_spend": [1e308, 1, 1, 1], "shop_spend": [1e308, 1, 1, 1]}, DataError, "too large"),
        ({"first": ["2020-01-06", None, "2020-03-02", "2020-12-07"]}, DateError, "missing dates"),
        ({"first": ["2020-01-06", "yes", "2020-03-02", "2020-12-07"]}, DateError, "'yes'"),
        ({"id": ["a", "b", "c", "a"]}, DataError, r"'id'.*several rows.*'a'"),
        ({"id": ["a", None, "c", "d"]}, DataError, "missing customer ids"),
    ],
)
@pytest.mark.parametrize("function", [prepare_totals, summarize_totals])
def test_bad_cells_are_named(function, changes, error, match):
    with pytest.raises(error, match=match) as caught:
        function(table(**changes), **ROLES, cap_outliers=False)
    assert caught.value.column
    assert caught.value.rows


def test_bad_columns_are_named():
    with pytest.raises(ColumnError, match="Did you mean 'web_spend'"):
        prepare_totals(table(), **{**ROLES, "spend": ["web_spent", "shop_spend"]})
    with pytest.raises(ColumnError, match="added twice"):
        prepare_totals(table(), **{**ROLES, "orders": ["web", "web"]})
    with pytest.raises(ColumnError, match="at least one"):
        prepare_totals(table(), **{**ROLES, "orders": []})
    for role in ("customer", "first_order", "last_order"):
        with pytest.raises(ColumnError, match=f"{role}=.*one column"):
            prepare_totals(table(), **{**ROLES, role: ["id"]})
    for role in ROLES:
        with pytest.raises(OptionError, match=f"hold {role}: {role}=….*preset='flo'"):
            prepare_totals(table(), **{**ROLES, role: None})
    with pytest.raises(EmptyDataError):
        prepare_totals(table().iloc[:0], **ROLES)
    with pytest.raises(DataError, match="expected a dataframe"):
        prepare_totals([1, 2], **ROLES)


def test_rows_that_repeat_others_are_left_out_and_counted():
    twice = pd.concat([table(), table().iloc[[1]]], ignore_index=True)
    twice["basket"] = [["x"], ["y"], [], ["z"], ["y"]]
    with pytest.warns(DuplicateCustomerWarning, match="1 rows repeat another row") as caught:
        prepared = prepare_totals(twice, **ROLES)
    assert "row 4 = 'b'" in caught[0].message.details
    assert prepared.index.tolist() == ["a", "b", "c", "d"]
    assert prepared.attrs["tenure"]["notes"]["repeated_rows"] == 1


def test_customers_without_spend_leave_the_spending_model():
    with pytest.warns(DataWarning, match="1 customers with orders spent nothing") as caught:
        summary = summarize_totals(table(web_spend=[90.0, 400.0, 0.0, 0.0]), **ROLES)
    assert "1 row: row 'c'" in caught[0].message.details
    assert summary.loc["c", ["orders", "spend_count", "monetary_value"]].tolist() == [1, 0, 0]


def test_one_customer():
    summary = summarize_totals(table().iloc[[0]], **ROLES)
    assert summary.loc["a", "frequency"] == 3


# Capping ----------------------------------------------------------------------------------------


def limit_by_the_rule(column):
    low, high = column.quantile(0.01), column.quantile(0.99)
    return round(high + 1.5 * (high - low))


def test_parts_are_capped_before_the_totals():
    customers = make_omnichannel(5_000, seed=11)
    prepared = prepare_totals(customers, **FLO.roles)
    parts = customers[[*FLO.orders, *FLO.spend]]
    limits = parts.apply(limit_by_the_rule)
    expected = parts.clip(upper=limits, axis=1)
    np.testing.assert_array_equal(prepared["orders_total"], expected[list(FLO.orders)].sum(axis=1))
    np.testing.assert_allclose(prepared["spend_total"], expected[list(FLO.spend)].sum(axis=1))
    caps = prepared.attrs["tenure"]["caps"]
    for column in (*FLO.orders, *FLO.spend):
        assert caps[column]["upper"] == limits[column]
        assert caps[column]["above"] == (parts[column] > limits[column]).sum()
        assert caps[column]["lower"] is None
    assert prepared.attrs["tenure"]["notes"]["capped"] > 0
    uncapped = prepare_totals(customers, **FLO.roles, cap_outliers=False)
    assert uncapped.attrs["tenure"]["caps"] == {}
    assert (uncapped["spend_total"] >= prepared["spend_total"]).all()


def test_capping_happens_once():
    customers = make_omnichannel(3_000, seed=12)
    once = prepare_totals(customers, **FLO.roles)
    again = prepare_totals(once, **FLO.roles)
    pd.testing.assert_frame_equal(again, once)
    pd.testing.assert_frame_equal(
        quiet(summarize_totals, once, **FLO.roles), quiet(summarize_totals, customers, **FLO.roles)
    )
    totals = {"orders": "orders_total", "spend": "spend_total"}
    pd.testing.assert_frame_equal(
        quiet(summarize_totals, once, **{**FLO.roles, **totals}),
        quiet(summarize_totals, customers, **FLO.roles),
    )
    with pytest.warns(DataWarning, match="had been capped before"):
        prepare_totals(once, **FLO.roles, cap_outliers=False)
    uncapped = prepare_totals(customers, **FLO.roles, cap_outliers=False)
    with pytest.warns(DataWarning, match="Give the columns they were added up from"):
        prepare_totals(uncapped, **{**FLO.roles, **totals})


def test_caps_round_half_to_even_and_reach_both_sides():
    values = np.r_[np.full(50, 100.0), np.full(50, 121.0), 1.0, 400.0]
    capped, cap = cap_column(values, whole=False)
    # Quantiles 100 and 121, range 21: limits 68.5 and 152.5.
    assert (cap["lower"], cap["upper"]) == (68.0, 152.0)
    assert (cap["below"], cap["above"]) == (1, 1)
    assert (capped.min(), capped.max()) == (68.0, 152.0)
    assert values.max() == 400.0


def test_caps_do_no_harm():
    constant = np.r_[np.full(200, 1.0), 2.0]
    assert cap_column(constant, whole=True)[0].tolist() == constant.tolist()
    cents = np.r_[np.linspace(0.1, 0.2, 200), 40.0]
    capped, cap = cap_column(cents, whole=False)
    assert 0.2 < cap["upper"] < 0.5
    assert capped[:-1].tolist() == cents[:-1].tolist()
    unused = np.r_[np.zeros(1), np.full(200, 10.0), np.full(200, 11.0), 90.0]
    capped, cap = cap_column(unused, whole=True)
    assert cap["lower"] == 8
    assert capped[0] == 0


def test_counts_are_never_capped_below_two():
    # The 99 % quantile is 0.51 and the rounded limit 1, which would hide repeat orders.
    rare = np.r_[np.zeros(148), 1.0, 5.0]
    capped, cap = cap_column(rare, whole=True)
    assert (cap["upper"], cap["above"]) == (2.0, 1)
    assert capped[-2:].tolist() == [1.0, 2.0]
    assert cap_column(rare, whole=False)[1]["upper"] == 1.0


@given(st.lists(st.floats(0, 1e308), min_size=1, max_size=80), st.booleans())
def test_capped_values_are_finite_ordered_and_within_limits(numbers, whole):
    values = np.floor(numbers) if whole else np.array(numbers)
    capped, cap = cap_column(values, whole=whole)
    assert np.isfinite(capped).all()
    order = np.argsort(values, kind="stable")
    positive = order[values[order] > 0]
    assert (np.diff(capped[positive]) >= 0).all()
    assert not whole or (capped == np.floor(capped)).all()
    if cap["upper"] is not None:
        assert capped.max() <= cap["upper"]
    assert ((capped >= 2) == (values >= 2)).all() or not whole or cap["lower"] is not None
    assert (capped != values).sum() <= cap["above"] + cap["below"]


# What the table says about itself ---------------------------------------------------------------


def test_orders_all_on_one_day_are_counted():
    with pytest.warns(SameDayWarning, match="1 of 4 customers"):
        summary = summarize_totals(table(web=[3, 5, 2, 0]), **ROLES)
    assert summary.attrs["tenure"]["notes"]["same_day"] == 1
    assert summary.loc["c", ["frequency", "recency"]].tolist() == [1, 0]


def population(n=400, seed=5):
    """Everyone who ever bought: many once, many long ago."""
    rng = np.random.default_rng(seed)
    first = rng.integers(0, 900, n)
    orders = rng.geometric(0.5, n)
    gap = np.where(orders > 1, rng.integers(1, 100, n), 0)
    days = pd.Timestamp("2018-01-01") + pd.to_timedelta(np.arange(1100), "D")
    return pd.DataFrame(
        {
            "id": np.arange(n),
            "first": days[first],
            "last": days[first + gap],
            "n": orders,
            "money": orders * 10.0,
        }
    )


PLAIN = {
    "customer": "id",
    "first_order": "first",
    "last_order": "last",
    "orders": "n",
    "spend": "money",
}


def test_a_whole_population_is_not_called_selected():
    assert summarize_totals(population(), **PLAIN).attrs["tenure"]["selected"] is None


def test_only_repeat_customers_is_a_selection():
    everyone = population()
    with pytest.warns(SelectedSampleWarning, match="Read the forecast as a ranking") as caught:
        summary = summarize_totals(everyone[everyone["n"] > 1], **PLAIN)
    assert "2 or more orders" in caught[0].message.details
    assert summary.attrs["tenure"]["selected"]["min_orders"] == 2
    assert "last_since" not in summary.attrs["tenure"]["selected"]


def test_only_recent_customers_is_a_selection():
    everyone = population(3000)
    everyone["last"] = everyone["last"].where(everyone["n"] == 1, everyone["last"].max())
    recent = everyone[everyone["last"] >= "2019-12-01"]
    with pytest.warns(SelectedSampleWarning) as caught:
        summary = summarize_totals(recent, **PLAIN)
    assert "earlier than 2019-12" in caught[0].message.details
    selected = summary.attrs["tenure"]["selected"]
    assert "min_orders" not in selected
    assert selected["began_before"] > 0.1 * len(recent)


def test_a_handful_of_customers_is_never_called_selected():
    few = population(40).query("n > 1").head(15)
    assert summarize_totals(few, **PLAIN).attrs["tenure"]["selected"] is None


# Anything at all --------------------------------------------------------------------------------

number = st.one_of(
    st.floats(), st.integers(-2, 400), st.none(), st.sampled_from(["7", "x", "", 1e308, 0.5])
)
day = st.one_of(
    st.dates(
        min_value=pd.Timestamp("1990-01-01").date(), max_value=pd.Timestamp("2030-01-01").date()
    ).map(str),
    st.sampled_from([None, "", "01/02/03", "31/12/2020", "nonsense", 20200101, np.nan]),
)
good_number = st.integers(2, 10**6)
good_day = st.dates(
    min_value=pd.Timestamp("1990-01-01").date(), max_value=pd.Timestamp("2030-01-01").date()
).map(str)
identifier = st.one_of(st.integers(0, 50), st.text(max_size=2), st.none())


@given(
    st.lists(st.tuples(identifier, day, day, number, number), max_size=8),
    st.sampled_from(["repeat", "total"]),
    st.booleans(),
)
def test_typed_error_or_finite_numbers(rows, convention, cap):
    frame = pd.DataFrame(rows, columns=["id", "first", "last", "n", "money"], dtype=object)
    try:
        summary = quiet(summarize_totals, frame, **PLAIN, convention=convention, cap_outliers=cap)
    except TenureError:
        return
    assert_sound(summary)


@given(
    st.lists(
        st.tuples(good_day, good_day, good_number, st.floats(0, 1e300)), min_size=1, max_size=40
    ),
    st.booleans(),
)
def test_good_tables_always_give_a_sound_summary(rows, cap):
    frame = pd.DataFrame(rows, columns=["first", "last", "n", "money"])
    frame[["first", "last"]] = np.sort(frame[["first", "last"]].to_numpy(str), axis=1)
    frame["id"] = np.arange(len(frame))
    summary = quiet(summarize_totals, frame, **PLAIN, cap_outliers=cap)
    assert len(summary) == len(frame)
    assert_sound(summary)


def assert_sound(summary):
    assert np.isfinite(summary.to_numpy()).all()
    assert (summary.to_numpy() >= 0).all()
    assert (summary["recency"] <= summary["T"]).all()
    if summary.attrs["tenure"]["convention"] == "repeat":
        assert (summary["recency"][summary["frequency"] == 0] == 0).all()
    assert (summary["monetary_value"][summary["spend_count"] > 0] > 0).all()


def test_every_column_plays_one_part():
    with pytest.raises(
        ColumnError, match="first_order and last_order both name the column 'first'"
    ):
        summarize_totals(table(), **{**ROLES, "last_order": "first"})
    with pytest.raises(ColumnError, match="orders and spend both name the column 'web'"):
        summarize_totals(table(), **{**ROLES, "spend": "web"})


def test_a_total_is_no_part_of_itself():
    """Else it would be added up again when the prepared table is summarised."""
    named = table().rename(columns={"web": "orders_total", "web_spend": "spend_total"})
    with pytest.raises(ColumnError, match="'orders_total' is the name of the sum"):
        prepare_totals(
            named, **{**ROLES, "orders": ["orders_total", "shop"], "spend": "spend_total"}
        )
    alone = {**ROLES, "orders": "orders_total", "spend": "spend_total"}
    some = named[named["orders_total"] > 0]
    prepared = prepare_totals(some, **alone, cap_outliers=False)
    with warnings.catch_warnings():
        warnings.simplefilter(
            "error", DataWarning
        )  # capped for the first time, and no sum of parts
        summary = summarize_totals(prepared, **alone)
    assert summary["orders"].tolist() == some["orders_total"].tolist()


def test_warnings_begin_like_sentences():
    with pytest.warns(DataWarning) as caught:
        prepare_totals(table(web_spend=0.0, shop_spend=0.0), **ROLES)
    with pytest.warns(DuplicateCustomerWarning) as repeated:
        prepare_totals(pd.concat([table(), table()]), **ROLES)
    sentences = [part for w in [*caught, *repeated] for part in (w.message.text, w.message.details)]
    assert all(part[0].isupper() or part[0].isdigit() for part in sentences)


# Columns named once -----------------------------------------------------------------------------


def test_a_prepared_table_is_not_asked_for_its_columns_again():
    prepared = prepare_totals(table(), **ROLES)
    assert provenance(prepared)["roles"] == {**ROLES, "other_dates": []}
    expected = quiet(summarize_totals, table(), **ROLES)
    summary = quiet(summarize_totals, prepared)
    pd.testing.assert_frame_equal(summary, expected)
    assert "roles" not in provenance(summary)
    # Prepared again, dates and totals stay as they are.
    pd.testing.assert_frame_equal(prepare_totals(prepared), prepared)
    # Columns that are named take the place of the remembered ones.
    web = quiet(summarize_totals, prepared.iloc[:2], orders="web", spend="web_spend")
    assert web["orders"].tolist() == [3, 5]
    assert web["monetary_value"].tolist() == [30.0, 80.0]


def test_arrow_tables_remember_their_columns_and_polars_says_that_it_cannot():
    prepared = prepare_totals(pa.Table.from_pandas(table(), preserve_index=False), **ROLES)
    summary = to_pandas(quiet(summarize_totals, prepared))
    expected = quiet(summarize_totals, table(), **ROLES)
    assert summary["frequency"].tolist() == expected["frequency"].tolist()
    forgotten = prepare_totals(pl.from_pandas(table()), **ROLES)
    with pytest.raises(OptionError, match="hold customer, first_order, last_order, orders, spend"):
        summarize_totals(forgotten)


def test_a_preset_names_the_columns():
    customers = make_omnichannel(200, seed=2)
    expected = quiet(prepare_totals, customers, **FLO.roles, other_dates=FLO.other_dates)
    for preset in ("flo", FLO):
        pd.testing.assert_frame_equal(quiet(prepare_totals, customers, preset=preset), expected)
    renamed = customers.rename(columns={"master_id": "id"})
    pd.testing.assert_frame_equal(
        quiet(summarize_totals, renamed, preset="flo", customer="id").reset_index(drop=True),
        quiet(summarize_totals, expected).reset_index(drop=True),
    )
    with pytest.raises(OptionError, match="'flo'"):
        summarize_totals(customers, preset="floo")
    with pytest.raises(OptionError, match="'flo'"):
        prepare_totals(customers, preset=5)
