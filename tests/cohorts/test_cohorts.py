"""Cohorts against plain Python, against the customer summary, and on real transactions."""

import datetime as dt
import warnings
from collections import defaultdict

import numpy as np
import pandas as pd
import polars as pl
import pytest
from conftest import reference_path
from hypothesis import given, settings
from hypothesis import strategies as st

import tenure
from tenure.exceptions import (
    ColumnError,
    DataError,
    DataWarning,
    DateError,
    EmptyDataError,
    OptionError,
    RefundWarning,
    TenureWarning,
    UnitError,
)
from tenure.summary.refunds import net_refunds

LOG = tenure.datasets.load_cdnow_transactions()
CDNOW = {"customer": "customer_id", "date": "date", "amount": "dollar_value"}
COLUMNS = {"customer": "id", "date": "day", "amount": "paid"}
START = dt.date(2022, 11, 20)


def number(day, period):
    """Count calendar periods from a date in common."""
    if period == "D":
        return (day - dt.date(2022, 1, 1)).days
    if period == "W":
        return (day - dt.date(2022, 1, 3)).days // 7
    months = day.year * 12 + day.month - 1
    return months // {"M": 1, "Q": 3, "Y": 12}[period]


def netted(rows, refunds):
    """List a customer's purchases (day, money), refunds taken off the latest ones first."""
    if refunds == "keep":
        return rows
    if refunds == "drop":
        return [(day, paid) for day, paid in rows if paid >= 0]
    days = sorted({day for day, _ in rows})
    left = []
    for day in days:
        bought = [paid for when, paid in rows if when == day and paid >= 0]
        back = -sum(paid for when, paid in rows if when == day and paid < 0)
        if bought:
            left.append([day, sum(bought)])
        while back > 0 and any(paid > 0 for _, paid in left):
            last = next(item for item in reversed(left) if item[1] > 0)
            if last[1] > back:
                last[1] -= back
                back = 0
            else:
                back -= last[1]
                left.remove(last)
    return [tuple(item) for item in left]


def by_hand(rows, period, end, refunds):
    """Follow every customer, one after another."""
    customers = defaultdict(list)
    for who, day, paid in rows:
        if who is not None and day <= end:
            customers[who].append((day, paid))
    sizes = defaultdict(int)
    active, returned, revenue = defaultdict(int), defaultdict(int), defaultdict(float)
    for history in customers.values():
        bought = netted(history, refunds)
        if not bought:
            continue
        born = min(number(day, period) for day, _ in bought)
        sizes[born] += 1
        ages = {number(day, period) - born for day, _ in bought}
        for age in ages:
            active[born, age] += 1
        for age in range(number(end, period) - born + 1):
            returned[born, age] += any(0 < seen <= age for seen in ages)
        for day, paid in bought:
            revenue[born, number(day, period) - born] += paid
    return sizes, active, returned, revenue


transactions = st.lists(
    st.tuples(
        st.sampled_from([None, "a", "b", "c", "d"]),
        st.integers(0, 500).map(lambda days: START + dt.timedelta(days)),
        st.integers(-20, 40).map(float),
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=60)
@given(
    rows=transactions,
    period=st.sampled_from("DMWQY"),
    refunds=st.sampled_from(["net", "drop", "keep"]),
    days=st.integers(0, 520),
)
def test_is_what_following_every_customer_gives(rows, period, refunds, days):
    end = START + dt.timedelta(days)
    table = pd.DataFrame(rows, columns=["id", "day", "paid"])
    sizes, active, returned, revenue = by_hand(rows, period, end, refunds)
    options = {"period": period, "refunds": refunds, "observation_end": end}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        if not sizes:
            with pytest.raises(EmptyDataError):
                tenure.cohort_analysis(table, **COLUMNS, **options)
            return
        found = tenure.cohort_analysis(table, **COLUMNS, **options)
    born = sorted(sizes)
    assert found.sizes.to_list() == [sizes[cohort] for cohort in born]
    last = number(end, period)
    assert found.active.shape == (len(born), last - born[0] + 1)
    for row, cohort in enumerate(born):
        for age in found.active.columns:
            cells = [m.iloc[row, age] for m in (found.active, found.returned, found.revenue)]
            if cohort + age > last:
                assert np.isnan(cells).all()
            else:
                assert cells[0] == active[cohort, age]
                assert cells[1] == returned[cohort, age]
                assert cells[2] == pytest.approx(revenue[cohort, age], abs=1e-6)


@settings(max_examples=60)
@given(
    rows=transactions.map(lambda rows: [row for row in rows if row[0] is not None]).filter(bool),
    refunds=st.sampled_from(["net", "drop", "keep"]),
)
def test_what_refunds_leave_is_what_following_every_customer_leaves(rows, refunds):
    table = pd.DataFrame(rows, columns=["id", "day", "paid"])
    dates = pd.Series(pd.to_datetime(table["day"]))
    whose, days, money, counts = net_refunds(table["id"], dates, table["paid"].to_numpy(), refunds)
    found = {(who, day): left for who, day, left in zip(whose, days.tolist(), money, strict=True)}
    expected, lost = defaultdict(float), 0
    for who, own in table.groupby("id"):
        left = netted(list(zip(own["day"], own["paid"], strict=True)), refunds)
        lost += not left
        for day, paid in left:
            expected[who, (day - dt.date(1970, 1, 1)).days] += paid
    assert len(found) == len(whose)
    assert found == pytest.approx(expected, abs=1e-6)
    assert counts["refunds"] == (table["paid"] < 0).sum()
    assert counts["without_purchase"] == lost


@settings(max_examples=40)
@given(rows=transactions)
def test_nets_refunds_as_the_summary_does(rows):
    table = pd.DataFrame(rows, columns=["id", "day", "paid"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        try:
            summary = tenure.summarize(table, **COLUMNS)
        except EmptyDataError:
            with pytest.raises(EmptyDataError):
                tenure.cohort_analysis(table, **COLUMNS)
            return
        found = tenure.cohort_analysis(table, **COLUMNS, observation_end="2024-12-31")
    assert found.sizes.sum() == len(summary)
    born = pd.Timestamp(tenure.provenance(summary)["observation_end"]) - pd.to_timedelta(
        summary["T"], unit="D"
    )
    months = born.dt.to_period("M").value_counts().sort_index()
    assert found.sizes.to_dict() == months.to_dict()


def test_cdnow_customers_all_came_in_the_first_quarter_of_1997():
    found = tenure.cohort_analysis(LOG, **CDNOW)
    assert [str(cohort) for cohort in found.sizes.index] == ["1997-01", "1997-02", "1997-03"]
    assert found.sizes.sum() == 2357
    first = LOG.groupby("customer_id")["date"].min().dt.to_period("M").value_counts().sort_index()
    assert found.sizes.to_list() == first.to_list()
    assert found.revenue.sum().sum() == pytest.approx(LOG["dollar_value"].sum())
    assert found.complete
    assert found.observation_end == "1998-06-30"
    assert found.active.shape == (3, 18)
    assert found.active.isna().sum().sum() == 1 + 2
    assert (found.retention[0] == 1).all()
    assert (found.return_rate[0] == 0).all()


def test_quarters_of_cdnow_are_one_cohort():
    found = tenure.cohort_analysis(LOG, **CDNOW, period="Q")
    assert found.retention.shape == (1, 6)
    bought = LOG[LOG["date"].dt.to_period("Q") == pd.Period("1997Q2")]["customer_id"].nunique()
    assert found.active.iloc[0, 1] == bought


def test_matrices_belong_together():
    found = tenure.cohort_analysis(LOG, **CDNOW)
    tidy = found.tidy()
    assert len(tidy) == found.active.notna().sum().sum()
    assert tidy.isna().sum().sum() == 0
    wide = tidy.pivot(index="cohort", columns="age", values="retention")
    np.testing.assert_array_equal(wide.to_numpy(), found.retention.to_numpy())
    assert (tidy["returned"] >= 0).all()
    ends = found.cumulative_revenue_per_customer.ffill(axis=1).iloc[:, -1]
    np.testing.assert_allclose(ends, found.revenue.sum(axis=1) / found.sizes)
    rates = found.return_rate.to_numpy()
    assert (np.diff(rates, axis=1)[np.isfinite(np.diff(rates, axis=1))] >= 0).all()
    seen = found.active.loc[:, 16].notna()
    expected = found.active.loc[seen, 16].sum() / found.sizes[seen].sum()
    assert found.average_retention[16] == pytest.approx(expected)


def test_a_last_period_that_is_not_over_is_said_or_dropped():
    found = tenure.cohort_analysis(LOG, **CDNOW, observation_end="1998-06-29")
    assert not found.complete
    assert "not over" in repr(found)
    late = found.tidy().query("not complete")
    assert set(late["calendar_period"]) == {"1998-06"}
    assert len(late) == 3
    dropped = tenure.cohort_analysis(
        LOG, **CDNOW, observation_end="1998-06-29", drop_incomplete=True
    )
    assert dropped.complete
    assert dropped.observation_end == "1998-05-31"
    kept = found.active.iloc[:, :-1].where(dropped.active.notna())
    pd.testing.assert_frame_equal(dropped.active, kept)


def test_weeks_start_on_monday():
    table = pd.DataFrame({"id": [1, 2, 3], "day": ["2024-01-07", "2024-01-08", "2024-01-14"]})
    found = tenure.cohort_analysis(table, customer="id", date="day", period="W")
    assert found.sizes.to_list() == [1, 2]
    assert str(found.sizes.index[1]) == "2024-01-08/2024-01-14"
    assert found.complete


def test_any_dataframe_and_any_id_will_do():
    plain = tenure.cohort_analysis(LOG, **CDNOW)
    for table in (
        pl.from_pandas(LOG),
        LOG.assign(customer_id="c" + LOG["customer_id"].astype(str)),
        LOG.assign(customer_id=LOG["customer_id"].astype("category")),
        LOG.sample(frac=1, random_state=1),
    ):
        found = tenure.cohort_analysis(table, **CDNOW)
        pd.testing.assert_frame_equal(found.active, plain.active)
        pd.testing.assert_frame_equal(found.revenue, plain.revenue)


def test_many_customers_over_many_periods_are_counted_the_same(monkeypatch):
    plain = tenure.cohort_analysis(LOG, **CDNOW, period="W")
    monkeypatch.setattr("tenure.cohorts._activity._DENSE", 0)
    few = LOG.assign(customer_id=LOG["customer_id"] * 1_000)
    sparse = tenure.cohort_analysis(few, **CDNOW, period="W")
    pd.testing.assert_frame_equal(sparse.active, plain.active)


def test_repr_names_the_figures():
    found = tenure.cohort_analysis(LOG, **CDNOW)
    assert "2,357 customers in 3 cohorts by month, 1997-01 to 1997-03" in repr(found)
    assert "14.6% bought in the month after their first" in repr(found)
    page = found._repr_html_()
    assert "nan" not in page.lower()
    assert "100.0%" in page


def test_warns_of_refunds_and_rows_without_a_customer():
    table = pd.DataFrame(
        {"id": ["a", "a", None], "day": ["2024-01-01"] * 3, "paid": [5.0, -5.0, 1.0]}
    )
    with (
        pytest.warns(DataWarning, match="1 transactions have no 'id'"),
        pytest.warns(RefundWarning, match="1 transactions have a negative 'paid'"),
        pytest.raises(EmptyDataError, match="no purchase is left"),
    ):
        tenure.cohort_analysis(table, **COLUMNS)
    kept = table.iloc[:2]
    with pytest.warns(RefundWarning, match="refunds='keep'"):
        found = tenure.cohort_analysis(kept, **COLUMNS, refunds="keep")
    assert found.revenue.iloc[0, 0] == 0.0


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"period": "F"}, OptionError, "'Q' \\(quarter\\)"),
        ({"refunds": "ignore"}, OptionError, "net, drop, keep"),
        ({"customer": "customer"}, ColumnError, "customer_id"),
        ({"observation_end": "soon"}, DateError, "observation_end"),
        ({"observation_end": "1996-01-01"}, EmptyDataError, "up to 1996-01-01"),
    ],
)
def test_refuses(options, error, words):
    with pytest.raises(error, match=words):
        tenure.cohort_analysis(LOG, **{**CDNOW, **options})


def test_refuses_ids_that_are_lists_and_tables_without_rows():
    table = pd.DataFrame({"id": [[1]], "day": ["2024-01-01"]})
    with pytest.raises(ColumnError, match="cannot be customer ids"):
        tenure.cohort_analysis(table, customer="id", date="day")
    with pytest.raises(EmptyDataError, match="no rows"):
        tenure.cohort_analysis(LOG.iloc[:0], **CDNOW)


def test_online_retail():
    """Against pandas, month by month: net revenue, customers, and who came back."""
    table = pd.read_parquet(reference_path("data/online_retail_II_2009_2010.parquet"))
    table["paid"] = table["Quantity"] * table["Price"]
    columns = {"customer": "Customer ID", "date": "InvoiceDate", "amount": "paid"}
    with pytest.warns(TenureWarning):
        found = tenure.cohort_analysis(table, **columns, refunds="drop")
    bought = table[table["Customer ID"].notna() & (table["paid"] >= 0)]
    month = bought["InvoiceDate"].dt.to_period("M")
    born = month.groupby(bought["Customer ID"]).transform("min")
    people = bought["Customer ID"].groupby([born, month]).nunique()
    money = bought["paid"].groupby([born, month]).sum()
    assert found.sizes.index[0] == pd.Period("2009-12")
    assert len(found.sizes) == 13
    assert not found.complete
    for cohort in found.sizes.index:
        for age in range(13):
            cell = found.active.loc[cohort, age]
            if cohort + age > pd.Period("2010-12"):
                assert np.isnan(cell)
            else:
                assert cell == people.get((cohort, cohort + age), 0)
                paid = found.revenue.loc[cohort, age]
                assert paid == pytest.approx(money.get((cohort, cohort + age), 0.0))
    with pytest.warns(TenureWarning):
        net = tenure.cohort_analysis(table, **columns)
    with pytest.warns(TenureWarning):
        summary = tenure.summarize(table, **columns)
    assert net.sizes.sum() == len(summary)
    first = pd.Timestamp("2010-12-09") - pd.to_timedelta(summary["T"], unit="D")
    assert net.sizes.to_dict() == first.dt.to_period("M").value_counts().to_dict()


# -- survival --------------------------------------------------------------------------------

FITTERS = [tenure.BetaGeoFitter, tenure.ModifiedBetaGeoFitter, tenure.ParetoNBDFitter]


@pytest.fixture(scope="module")
def summary():
    return tenure.summarize(LOG, customer="customer_id", date="date", period="W")


@pytest.mark.parametrize("fitter", FITTERS)
def test_survivors_are_survival_summed_over_customers(fitter, summary):
    model = fitter().fit(summary)
    table = tenure.cohort_survival(model, summary)
    first = LOG.groupby("customer_id")["date"].min()
    end = pd.Timestamp("1998-06-30")
    alive = model.conditional_probability_alive(summary)
    for row in table.itertuples():
        cohort = pd.Period(row.cohort, "M")
        mine = first[first.dt.to_period("M") == cohort]
        until = min((cohort + row.age).end_time.normalize(), end)
        elapsed = (until - mine).dt.days / 7
        assert row.customers == len(mine)
        assert row.mean_age == pytest.approx(elapsed.mean())
        assert row.survivors == pytest.approx(model.survival(elapsed.to_numpy()).sum())
        assert row.survival == pytest.approx(row.survivors / row.customers)
        if until == end:
            assert row.p_alive == pytest.approx(alive[mine.index].mean())
        else:
            assert np.isnan(row.p_alive)


def test_survival_says_what_it_needs(summary):
    model = tenure.BetaGeoFitter().fit(summary)
    bare = pd.DataFrame(summary)
    bare.attrs = {}
    with pytest.raises(UnitError, match=r"tenure\.summarize"):
        tenure.cohort_survival(model, bare)
    unfinished = pd.DataFrame(summary)
    unfinished.attrs = {"tenure": {"period": "W"}}
    with pytest.raises(DataError, match="observation_end"):
        tenure.cohort_survival(model, unfinished)
    stated = tenure.cohort_survival(model, unfinished, observation_end="1998-06-30")
    pd.testing.assert_frame_equal(stated, tenure.cohort_survival(model, summary))
    with pytest.raises(OptionError, match="GammaGammaFitter has no survival"):
        tenure.cohort_survival(tenure.GammaGammaFitter(), summary)
    with pytest.raises(EmptyDataError):
        tenure.cohort_survival(model, summary.iloc[:0])


def test_survival_stands_beside_activity(summary):
    model = tenure.ParetoNBDFitter().fit(summary)
    found = tenure.cohort_analysis(LOG, **CDNOW)
    both = found.tidy().merge(
        tenure.cohort_survival(model, summary), on=["cohort", "age", "customers"]
    )
    assert len(both) == found.active.notna().sum().sum()
    assert (both.loc[both["age"] > 0, "active"] < both.loc[both["age"] > 0, "survivors"]).all()


@pytest.mark.parametrize(
    ("period", "collapse", "end"),
    [
        ("h", "h", "1998-06-30 01:00"),
        ("D", "D", None),
        ("M", "D", None),
        ("D", "W", "1998-06-30"),
        ("D", "M", "1998-05-31"),
        ("W", "M", None),
    ],
)
def test_survival_finds_the_first_day_in_any_unit(period, collapse, end):
    log = LOG.assign(date=LOG["date"] + pd.to_timedelta(LOG.index % 24, unit="h"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        customers = tenure.summarize(
            log,
            customer="customer_id",
            date="date",
            period=period,
            collapse=collapse,
            observation_end=end,
        )
    model = tenure.BetaGeoFitter()
    model.params_ = {"r": 0.24, "alpha": 4.41, "a": 0.79, "b": 2.43}
    table = tenure.cohort_survival(model, customers)
    sizes = table.groupby("cohort")["customers"].first()
    first = LOG.groupby("customer_id")["date"].min()
    if collapse == "W":  # the first week counts from its Monday
        first = first.dt.to_period("W").dt.start_time
    expected = first.dt.to_period("M").astype(str).value_counts().sort_index()
    assert sizes.to_dict() == expected.to_dict()


def test_survival_takes_totals_of_customers():
    customers = tenure.datasets.make_omnichannel(1500, seed=2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        analysis = tenure.run(customers, preset="flo")
    table = tenure.cohort_survival(analysis.purchase_model, analysis.customers, period="Y")
    years = pd.to_datetime(customers["first_order_date"]).dt.year.value_counts().sort_index()
    sizes = table.groupby("cohort")["customers"].first()
    assert sizes.to_list() == years.to_list()
