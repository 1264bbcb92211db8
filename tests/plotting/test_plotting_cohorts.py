"""Plots of cohorts: the figures of the tables, blank where nothing was observed."""

import subprocess
import sys

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

matplotlib.use("Agg")

from matplotlib import pyplot as plt

import tenure
from tenure.exceptions import DataError, OptionError
from tenure.plotting import plot_cohort_retention, plot_cohort_revenue, plot_cohort_survival

LOG = tenure.datasets.load_cdnow_transactions()
COLUMNS = {"customer": "customer_id", "date": "date", "amount": "dollar_value"}


@pytest.fixture(scope="module")
def cohorts():
    return tenure.cohort_analysis(LOG, **COLUMNS)


@pytest.fixture(scope="module")
def summary():
    return tenure.summarize(LOG, customer="customer_id", date="date", period="W")


@pytest.fixture(scope="module")
def model(summary):
    return tenure.ParetoNBDFitter().fit(summary)


@pytest.fixture(autouse=True)
def pyplot_is_left_alone():
    plt.close("all")
    yield
    plt.close("all")


def shown(ax):
    return np.ma.filled(ax.images[0].get_array(), np.nan)


@pytest.mark.parametrize("cumulative", [False, True])
def test_retention_is_drawn_in_per_cent(cohorts, cumulative):
    ax = plot_cohort_retention(cohorts, cumulative=cumulative, ax=Figure().subplots())
    table = cohorts.return_rate if cumulative else cohorts.retention
    np.testing.assert_allclose(shown(ax), 100 * table.iloc[:, 1:])
    assert np.isnan(shown(ax)).sum() == 3
    assert ax.images[0].cmap(np.ma.masked_all(1))[0][3] == 0  # unobserved: nothing is painted
    assert not plt.get_fignums()


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({}, "revenue_per_customer"),
        ({"cumulative": True}, "cumulative_revenue_per_customer"),
        ({"per_customer": False}, "revenue"),
        ({"per_customer": False, "cumulative": True}, "cumulative_revenue"),
    ],
)
def test_revenue_is_drawn_as_asked(cohorts, options, name):
    ax = plot_cohort_revenue(cohorts, ax=Figure().subplots(), **options)
    np.testing.assert_allclose(shown(ax), getattr(cohorts, name))
    assert ("Cumulative" in ax.get_title()) == ("cumulative" in name)
    assert ("per Customer" in ax.get_title()) == ("per_customer" in name)


def test_cells_carry_their_figures_where_there_is_room(cohorts):
    assert not plot_cohort_retention(cohorts, ax=Figure().subplots()).texts
    ax = plot_cohort_retention(cohorts, annotate=True, ax=Figure().subplots())
    observed = cohorts.retention.iloc[:, 1:].notna().sum().sum()
    assert len(ax.texts) == observed
    first = next(text for text in ax.texts if text.get_position() == (1, 0))
    assert first.get_text() == f"{100 * cohorts.retention.iloc[0, 1]:.0f}"
    quarters = tenure.cohort_analysis(LOG, **COLUMNS, period="Q")
    assert len(plot_cohort_revenue(quarters, ax=Figure().subplots()).texts) == 6


def test_axes_name_cohorts_and_ages(cohorts):
    ax = plot_cohort_revenue(cohorts, ax=Figure().subplots())
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels == ["1997-01  (781)", "1997-02  (857)", "1997-03  (719)"]
    assert ax.get_xlabel() == "Months since the first purchase"
    weeks = tenure.cohort_analysis(LOG, **COLUMNS, period="W")
    ax = plot_cohort_revenue(weeks, ax=Figure().subplots())
    assert ax.get_yticklabels()[0].get_text() == "1996-12-30  (100)"


def test_a_period_that_is_not_over_is_hatched(cohorts):
    def hatched(found):
        ax = plot_cohort_retention(found, ax=Figure().subplots())
        return [patch.get_xy() for patch in ax.patches if isinstance(patch, Rectangle)]

    assert hatched(cohorts) == []
    partial = tenure.cohort_analysis(LOG, **COLUMNS, observation_end="1998-06-15")
    assert hatched(partial) == [(16.5, -0.5), (15.5, 0.5), (14.5, 1.5)]


def test_survival_shows_model_and_cohorts(model, summary, cohorts):
    ax = plot_cohort_survival(model, summary, cohorts=cohorts, ax=Figure().subplots())
    curve, beyond, activity = ax.lines
    np.testing.assert_allclose(curve.get_ydata(), model.survival(curve.get_xdata()))
    assert beyond.get_xdata()[0] == curve.get_xdata()[-1]
    assert beyond.get_linestyle() == "--"
    table = tenure.cohort_survival(model, summary).dropna()
    np.testing.assert_allclose(ax.collections[0].get_offsets(), table[["mean_age", "p_alive"]])
    np.testing.assert_allclose(activity.get_ydata(), cohorts.average_retention[1:])
    assert ax.get_xlabel() == "Time since first purchase (weeks)"
    assert not plt.get_fignums()


def test_current_axes_serve_where_none_are_given(cohorts, model, summary):
    assert plot_cohort_retention(cohorts) is plt.gca()
    plt.figure()
    assert plot_cohort_survival(model, summary, color="red") is plt.gca()
    assert plt.gca().lines[0].get_color() == plt.gca().lines[1].get_color() == "red"


def test_says_what_cannot_be_drawn(cohorts, model, summary):
    bare = tenure.cohort_analysis(LOG, customer="customer_id", date="date")
    with pytest.raises(DataError, match="amount="):
        plot_cohort_revenue(bare)
    years = tenure.cohort_analysis(LOG, **COLUMNS, period="Y", observation_end="1997-12-31")
    with pytest.raises(DataError, match="only the period of the first purchases"):
        plot_cohort_retention(years)
    with pytest.raises(OptionError, match="cohorts are by 'M'"):
        plot_cohort_survival(model, summary, cohorts=cohorts, period="Q")


def test_without_matplotlib_the_extra_is_named():
    script = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "import tenure, tenure.plotting\n"
        "log = tenure.datasets.load_cdnow_transactions()\n"
        "found = tenure.cohort_analysis(log, customer='customer_id', date='date')\n"
        "try: tenure.plotting.plot_cohort_retention(found)\n"
        "except ImportError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert "'.[plot]'" in done.stdout
