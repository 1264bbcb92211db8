"""Daily cohorts and rolling ages against plain pandas."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import tenure
from tenure.exceptions import DateError, OptionError

LOG = tenure.datasets.load_cdnow_transactions()
CDNOW = {"customer": "customer_id", "date": "date", "amount": "dollar_value"}
SMALL = pd.DataFrame(
    {
        "id": ["a", "a", "a", "b", "b", "c"],
        "day": ["2024-01-31", "2024-02-09", "2024-02-10", "2024-01-01", "2024-01-20", "2024-02-25"],
        "paid": [1.0, 2.0, 4.0, 8.0, 16.0, 32.0],
    }
)
COLUMNS = {"customer": "id", "date": "day", "amount": "paid"}


def test_windows_count_from_each_customers_own_first_purchase():
    """In windows of 10 days a came back in 0 (day 9) and in 1 (day 10), b in 1 (day 19)."""
    found = tenure.cohort_analysis(SMALL, **COLUMNS, window="10D", observation_end="2024-03-01")
    # a, the youngest of January, has had 31 days on 1 March (31 January being the first): three
    # windows; c, the youngest of February, 6 days and no whole window.
    assert found.sizes.tolist() == [2, 1]
    assert found.active.columns.tolist() == [0, 1, 2]
    assert found.active.iloc[0].tolist() == [2, 2, 0]
    assert found.returned.iloc[0].tolist() == [0, 2, 2]
    assert found.revenue.iloc[0].tolist() == [1 + 2 + 8, 4 + 16, 0]
    assert found.active.iloc[1].isna().all()
    assert found.complete
    assert found.window == 10
    tidy = found.tidy()
    assert tidy["cohort"].tolist() == ["2024-01"] * 3
    assert "calendar_period" not in tidy.columns
    assert tidy["complete"].all()
    assert "100.0% bought again in days 11 to 20" in repr(found)
    earlier = tenure.cohort_analysis(SMALL, **COLUMNS, window=10, observation_end="2024-02-28")
    assert earlier.active.columns.tolist() == [0, 1]  # 29 days: the third window is not over


@pytest.mark.parametrize(("window", "days"), [("30D", 30), ("1w", 7), (90, 90)])
@pytest.mark.parametrize("period", ["M", "D", "Q"])
def test_windows_of_cdnow(window, days, period):
    found = tenure.cohort_analysis(LOG, **CDNOW, period=period, window=window)
    first = LOG.groupby("customer_id")["date"].transform("min")
    age = ((LOG["date"] - first).dt.days // days).rename("age")
    cohort = first.dt.to_period(period).rename("cohort")
    people = LOG["customer_id"].groupby([cohort, age]).nunique()
    money = LOG["dollar_value"].groupby([cohort, age]).sum()
    youngest = first.groupby(cohort).max()
    back = LOG[age > 0].assign(age=age, cohort=cohort)
    back = back.groupby(["cohort", "customer_id"])["age"].min().reset_index()
    tidy = found.tidy()
    seen = 0
    for name, last in youngest.items():
        whole = ((pd.Timestamp("1998-06-30") - last).days + 1) // days
        rows = tidy[tidy["cohort"] == str(name)].set_index("age")
        assert rows.index.tolist() == list(range(whole))
        seen += whole
        ages = range(whole)
        assert rows["active"].tolist() == [people.get((name, k), 0) for k in ages]
        mine = back.loc[back["cohort"] == name, "age"]
        assert rows["returned"].tolist() == [(mine <= k).sum() for k in ages]
        np.testing.assert_allclose(rows["revenue"], [money.get((name, k), 0.0) for k in ages])
    assert len(tidy) == seen
    sizes = LOG["customer_id"].groupby(cohort).nunique()
    assert found.sizes.to_dict() == sizes.to_dict()


def test_days_of_cdnow():
    found = tenure.cohort_analysis(LOG, **CDNOW, period="D")
    first = LOG.groupby("customer_id")["date"].transform("min")
    people = LOG["customer_id"].groupby([first, (LOG["date"] - first).dt.days]).nunique()
    assert found.sizes.tolist() == people.xs(0, level=1).tolist()
    assert found.active.sum().sum() == people.sum()
    days = (pd.Timestamp("1998-06-30") - first.drop_duplicates()).dt.days + 1
    assert found.active.notna().sum().sum() == days.sum() == len(found.tidy())
    assert str(found.sizes.index[0]) == "1997-01-01"
    assert found.complete
    tidy = found.tidy()
    row = tidy[(tidy["cohort"] == "1997-01-01") & (tidy["age"] == 31)].iloc[0]
    assert row["calendar_period"] == "1997-02-01"


def test_survival_by_day():
    summary = tenure.summarize(LOG, customer="customer_id", date="date", period="W")
    model = tenure.BetaGeoFitter().fit(summary)
    table = tenure.cohort_survival(model, summary, period="D")
    first = LOG.groupby("customer_id")["date"].min()
    sizes = first.dt.strftime("%Y-%m-%d").value_counts()
    assert table.groupby("cohort")["customers"].first().to_dict() == sizes.to_dict()
    share = np.asarray(model.survival(table["age"].to_numpy() / 7))
    np.testing.assert_allclose(table["survival"], share, rtol=1e-12)
    assert table["p_alive"].notna().sum() == len(sizes)
    daily = tenure.cohort_analysis(LOG, **CDNOW, period="D")
    assert len(daily.tidy().merge(table, on=["cohort", "age", "customers"])) == len(table)


def test_plots_say_what_an_age_is():
    rolling = tenure.cohort_analysis(LOG, **CDNOW, window=30)
    ax = tenure.plotting.plot_cohort_retention(rolling, ax=Figure().subplots())
    assert ax.get_xlabel() == "Windows of 30 days since the first purchase"
    assert not ax.patches
    daily = tenure.cohort_analysis(LOG, **CDNOW, period="D")
    ax = tenure.plotting.plot_cohort_revenue(daily, ax=Figure().subplots())
    assert ax.get_xlabel() == "Days since the first purchase"
    assert ax.get_yticklabels()[0].get_text().startswith("1997-01-01  (")
    summary = tenure.summarize(LOG, customer="customer_id", date="date", period="W")
    model = tenure.BetaGeoFitter().fit(summary)
    ax = tenure.plotting.plot_cohort_survival(
        model, summary, cohorts=rolling, ax=Figure().subplots()
    )
    bought = ax.lines[-1]
    # The window of age 1 ends 60 days after the first purchase.
    assert bought.get_xdata()[0] == pytest.approx(60 / 7)
    np.testing.assert_allclose(bought.get_ydata(), rolling.average_retention.iloc[1:])


@pytest.mark.parametrize("window", [0, -30, True, "M", "30", "0D", "1.5D", 30.0, 40_000, [30]])
def test_refuses_what_is_no_window(window):
    with pytest.raises(OptionError, match="'30D' or '4W'"):
        tenure.cohort_analysis(LOG, **CDNOW, window=window)


def refused(end):
    """Expect the error for an end that far away: pandas 2 reads no text of such a day."""
    if int(pd.__version__.split(".")[0]) < 3:
        return pytest.raises(DateError, match=f"observation_end='{end}'")
    return pytest.raises(OptionError, match="10,000,000 at most")


def test_refuses_options_without_effect_and_tables_without_end():
    with pytest.raises(OptionError, match="drop_incomplete"):
        tenure.cohort_analysis(LOG, **CDNOW, window=30, drop_incomplete=True)
    for options in ({"period": "D"}, {"period": "D", "window": 1}, {"period": "W"}):
        with refused("9999-12-31"):
            tenure.cohort_analysis(
                pd.concat([LOG, LOG.assign(date=LOG["date"] + pd.Timedelta(days=90))]).assign(
                    customer_id=lambda t: range(len(t))
                ),
                **CDNOW,
                **options,
                observation_end="9999-12-31",
            )
    summary = tenure.summarize(LOG, customer="customer_id", date="date", period="W")
    model = tenure.BetaGeoFitter().fit(summary)
    with refused("2400-12-31"):
        old = tenure.summarize(
            LOG, customer="customer_id", date="date", period="W", observation_end="2400-12-31"
        )
        tenure.cohort_survival(model, old, period="D")


def test_days_before_1970_are_complete_but_for_the_last():
    table = pd.DataFrame({"id": [1, 1], "day": ["1969-01-05", "1969-03-10"]})
    tidy = tenure.cohort_analysis(table, customer="id", date="day").tidy()
    assert tidy["complete"].tolist() == [True, True, False]
