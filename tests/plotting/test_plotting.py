"""The plots of lifetimes: the same data, texts and axes, drawn where asked and nowhere else.

The expected data come from the real lifetimes: tests/reference/generate_plots.py wrote them.
"""

import importlib.util
import inspect
import json
import subprocess
import sys

import matplotlib
import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

matplotlib.use("Agg")

from matplotlib import pyplot as plt

import tenure
from tenure import plotting
from tenure.datasets import load_cdnow_summary, load_cdnow_transactions
from tenure.exceptions import ColumnError, DataError, IgnoredArgumentWarning, OptionError
from tenure.utils import calibration_and_holdout_data, summary_data_from_transaction_data

REFERENCE = json.loads((ROOT / "tests" / "reference" / "plots.json").read_text())
LOG = load_cdnow_transactions()
ONE = LOG[LOG["customer_id"] == REFERENCE["customer"]]
COLUMNS = LOG, "date", "customer_id"
NEW_FIGURE = ["period", "rate", "dropout", "holdout"]


def model_of(name, table):
    """Fit a model for its data, and give it the very parameters that lifetimes found."""
    table.attrs = {}  # lifetimes knows no units
    model = getattr(tenure, name.split()[0])().fit(table)
    model.params_ = REFERENCE["params"][name]
    return model


@pytest.fixture(scope="module")
def bg():
    return model_of("BetaGeoFitter weekly", load_cdnow_summary())


@pytest.fixture(scope="module")
def mbg():
    return model_of("ModifiedBetaGeoFitter weekly", load_cdnow_summary())


@pytest.fixture(scope="module")
def by_day():
    table = summary_data_from_transaction_data(
        LOG, "customer_id", "date", observation_period_end=REFERENCE["end"]
    )
    return model_of("BetaGeoFitter daily", table)


@pytest.fixture(scope="module")
def holdout():
    table = calibration_and_holdout_data(LOG, "customer_id", "date", REFERENCE["end"])
    table.attrs = {}
    return table


@pytest.fixture
def draw(bg, mbg, by_day, holdout):
    """Return what draws each plot of the reference file."""
    p = plotting
    calls = {
        "period": (p.plot_period_transactions, by_day),
        "matrix": (p.plot_frequency_recency_matrix, bg),
        "matrix of four periods": (
            p.plot_frequency_recency_matrix,
            mbg,
            {"T": 4, "max_frequency": 5, "max_recency": 12},
        ),
        "alive": (p.plot_probability_alive_matrix, bg),
        "alive small": (p.plot_probability_alive_matrix, mbg, 4, 9),
        "repeat": (p.plot_expected_repeat_purchases, bg),
        "repeat coloured": (
            p.plot_expected_repeat_purchases,
            mbg,
            {"label": "MBG", "color": "g"},
        ),
        "rate": (p.plot_transaction_rate_heterogeneity, bg),
        "dropout": (p.plot_dropout_rate_heterogeneity, mbg, {"suptitle": "Leaving"}),
        "history D": (p.plot_history_alive, by_day, 540, ONE, "date"),
        "history W": (p.plot_history_alive, bg, 80, ONE, "date", {"freq": "W"}),
        "history M": (p.plot_history_alive, bg, 20, ONE, "date", {"freq": "M"}),
        "history from a date": (
            p.plot_history_alive,
            by_day,
            540,
            ONE,
            "date",
            {"start_date": pd.Timestamp("1997-06-01")},
        ),
    }
    for kind in ("frequency_cal", "recency_cal", "T_cal", "time_since_last_purchase"):
        plot = p.plot_calibration_purchases_vs_holdout_purchases
        calls[f"holdout {kind}"] = (plot, by_day, holdout, {"kind": kind, "n": 9})
    for name, plot in [
        ("cumulative", p.plot_cumulative_transactions),
        ("incremental", p.plot_incremental_transactions),
    ]:
        week = {"freq": "W"}
        calls[name] = (plot, by_day, *COLUMNS, 300, 273)
        calls[f"{name} by week"] = (plot, bg, *COLUMNS, 70, 39, {**week, "xlabel": "week"})
        calls[f"{name} by date"] = (plot, bg, *COLUMNS, 70, 39, {**week, "set_index_date": True})
    assert calls.keys() == REFERENCE["plots"].keys()

    def run(name, **more):
        plot, *arguments = calls[name]
        options = arguments.pop() if isinstance(arguments[-1], dict) else {}
        return plot(*arguments, **options, **more)

    return run


@pytest.fixture(autouse=True)
def no_figures_before_or_after():
    plt.close("all")
    yield
    plt.close("all")


def close(found, expected):
    """Compare with null standing for what is not finite."""
    expected = np.array(expected, dtype=float)
    found = np.asarray(np.ma.filled(found, np.nan), dtype=float)
    assert found.shape == expected.shape
    assert (np.isfinite(found) == np.isfinite(expected)).all()
    np.testing.assert_allclose(
        found[np.isfinite(found)], expected[np.isfinite(expected)], rtol=1e-6, atol=1e-9
    )


def same_data(ax, expected):
    assert len(ax.lines) == len(expected["lines"])
    for line, known in zip(ax.lines, expected["lines"], strict=True):
        close(line.get_xdata(orig=False), known["x"])
        close(line.get_ydata(orig=False), known["y"])
        assert line.get_linestyle() == known["style"]
        assert to_hex(line.get_color()) == known["color"]
    dashes = [path[:, 0] for group in ax.collections for path in group.get_segments()]
    assert len(dashes) == len(expected["dashes"])
    for found, known in zip(dashes, expected["dashes"], strict=True):
        close(found, known)
    assert len(ax.images) == len(expected["images"])
    for image, known in zip(ax.images, expected["images"], strict=True):
        close(image.get_array(), known)
    assert ax.get_xlim() == pytest.approx(expected["xlim"], rel=1e-6)


@pytest.mark.parametrize("name", REFERENCE["plots"])
def test_draws_what_lifetimes_draws(name, draw, in_place_of_lifetimes):
    expected = REFERENCE["plots"][name]
    ax = draw(name)
    same_data(ax, expected)
    assert isinstance(ax, plt.Axes)
    assert ax.get_title() == expected["title"]
    assert ax.get_xlabel() == expected["xlabel"]
    assert ax.get_ylabel() == expected["ylabel"]
    heading = ax.figure._suptitle
    assert (None if heading is None else heading.get_text()) == expected["suptitle"]
    legend = ax.get_legend()
    # lifetimes draws the empty box of a legend where there is nothing to name.
    found = [] if legend is None else [text.get_text() for text in legend.get_texts()]
    assert found == (expected["legend"] or [])
    assert len(ax.figure.axes) == expected["axes"]
    if name != "period":
        assert ax.get_ylim() == pytest.approx(expected["ylim"], rel=1e-5)
    ax.figure.canvas.draw()
    assert plt.get_fignums() == [ax.figure.number]


@pytest.mark.parametrize("name", REFERENCE["plots"])
def test_draws_on_given_axes_and_nowhere_else(name, draw, in_place_of_lifetimes):
    expected = REFERENCE["plots"][name]
    elsewhere = plt.figure().add_subplot()
    own = Figure().subplots(1, 2)[0]
    assert draw(name, ax=own) is own
    same_data(own, expected)
    assert own.get_title().endswith(expected["title"])
    assert own.get_xlabel() == expected["xlabel"]
    assert own.get_ylabel() == expected["ylabel"]
    if expected["suptitle"]:
        assert own.get_title() == f"{expected['suptitle']}\n{expected['title']}"
        assert own.figure._suptitle is None
    own.figure.canvas.draw()
    assert len(plt.get_fignums()) == 1
    assert plt.gca() is elsewhere
    assert not elsewhere.has_data()
    assert not elsewhere.get_title() + elsewhere.get_xlabel() + elsewhere.get_ylabel()
    assert elsewhere.get_legend() is None


@pytest.mark.parametrize("name", REFERENCE["plots"])
def test_draws_on_the_current_axes_where_lifetimes_does(name, draw):
    figure, axes = plt.subplots(1, 2)
    plt.sca(axes[0])
    ax = draw(name)
    if name.split()[0] in NEW_FIGURE:
        assert ax.figure is not figure
        assert len(plt.get_fignums()) == 2
    else:
        assert ax is axes[0]
        assert plt.gca() is ax
        assert len(plt.get_fignums()) == 1


def test_the_current_figure_of_a_script_is_filled(bg):
    figure = plt.figure(figsize=(12, 8))
    ax = plotting.plot_frequency_recency_matrix(bg)
    assert ax.figure is figure
    assert figure.axes[0] is ax


def test_matrices_drawn_one_after_another_replace_each_other(bg):
    first = plotting.plot_frequency_recency_matrix(bg)
    place = first.get_position()
    second = plotting.plot_probability_alive_matrix(bg)
    assert len(second.figure.axes) == 2
    assert len(second.images) == 1
    second.figure.canvas.draw()
    assert second.get_position(original=True).width == pytest.approx(
        first.get_position(original=True).width
    )
    assert place.width > 0


def test_a_matrix_on_given_axes_leaves_their_image(bg):
    ax = Figure().subplots()
    ax.imshow(np.eye(3))
    plotting.plot_probability_alive_matrix(bg, 3, 3, ax=ax)
    assert len(ax.images) == 2


# -- transactions in the calibration period ------------------------------------------------------


def heights(ax):
    return [[bar.get_height() for bar in group] for group in ax.containers]


def test_period_transactions_lie_where_those_of_lifetimes_scatter(by_day):
    expected = REFERENCE["plots"]["period"]
    ax = plotting.plot_period_transactions(by_day)
    actual, modelled = heights(ax)
    assert actual == expected["bars"][0]
    ticks = [float(text.get_text()) for text in ax.get_xticklabels()]
    assert ticks == [float(name) for name in expected["bar_names"]]
    mean, sd = np.array(expected["model_mean"]), np.array(expected["model_sd"])
    # lifetimes counts purchases on one day once: that moves up to 1 % of the customers.
    allowed = 4 * sd / np.sqrt(REFERENCE["draws"]) + 0.01 * mean
    assert (abs(np.array(modelled) - mean) < allowed).all()


def test_period_transactions_are_expectations(by_day):
    every = plotting.plot_period_transactions(by_day, max_frequency=300, ax=Figure().subplots())
    assert sum(heights(every)[1]) == pytest.approx(len(by_day.data), rel=1e-6)
    again = plotting.plot_period_transactions(by_day, ax=Figure().subplots())
    assert heights(again)[1] == pytest.approx(heights(every)[1][:7], rel=1e-12)
    by_hand = [
        sum(by_day.probability_of_n_purchases_up_to_time(by_day.data["T"].to_numpy(), n))
        for n in range(7)
    ]
    assert heights(again)[1] == pytest.approx(by_hand, rel=1e-9)


def test_period_transactions_count_customers_and_not_rows():
    table = load_cdnow_summary()
    counts = table.groupby(["frequency", "recency", "T"]).size().rename("weights").reset_index()
    plain, weighted = tenure.BetaGeoFitter().fit(table), tenure.BetaGeoFitter().fit(counts)
    expected, found = (
        heights(plotting.plot_period_transactions(model, ax=Figure().subplots()))
        for model in (plain, weighted)
    )
    assert found[0] == expected[0]
    assert found[1] == pytest.approx(expected[1], rel=1e-5)


def test_period_transactions_of_a_model_of_periods():
    donors = tenure.datasets.load_donations()
    vectors = (donors[name] for name in ("frequency", "recency", "periods", "weights"))
    model = tenure.BetaGeoBetaBinomFitter().fit(*vectors)
    expected = model.expected_number_of_transactions_in_first_n_periods(6)["model"]
    actual, modelled = heights(plotting.plot_period_transactions(model, ax=Figure().subplots()))
    assert actual == donors.groupby("frequency")["weights"].sum().tolist()
    assert modelled == pytest.approx(expected.tolist(), rel=1e-12)
    np.random.seed(2)  # noqa: NPY002
    ax = plotting.plot_period_transactions(model, simulate=True, ax=Figure().subplots())
    assert sum(heights(ax)[1]) == sum(actual) == 11_104
    np.testing.assert_allclose(heights(ax)[1], modelled, atol=5 * np.sqrt(max(modelled)))


def test_rare_frequencies_are_drawn_as_in_lifetimes():
    model = tenure.BetaGeoFitter()
    model.params_ = REFERENCE["params"]["BetaGeoFitter weekly"]
    model.data = pd.DataFrame({"frequency": [0, 0, 1, 5, 9], "T": [20.0] * 5})
    ax = plotting.plot_period_transactions(model, max_frequency=3, ax=Figure().subplots())
    assert [text.get_text() for text in ax.get_xticklabels()] == ["0", "1", "2", "5"]
    assert heights(ax)[0] == [2, 1, 0, 1]
    ax = plotting.plot_period_transactions(model, max_frequency=None, ax=Figure().subplots())
    assert heights(ax)[0] == [2, 1, 0, 0, 0, 1, 0, 0, 0, 1]


class Simulator:
    """A model that can only simulate, as models of other packages may."""

    data = pd.DataFrame({"frequency": [0, 1, 1], "T": [5.0, 5.0, 5.0]})

    def generate_new_data(self, size=1):
        return pd.DataFrame({"frequency": [float(n % 4) for n in range(size)]})


def test_period_transactions_simulate_when_asked():
    ax = plotting.plot_period_transactions(Simulator(), simulate=True, label=["a", "b"])
    assert heights(ax) == [[1, 2, 0], [1, 1, 1]]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b"]
    with pytest.raises(OptionError, match="simulate=True"):
        plotting.plot_period_transactions(Simulator())
    discrete = Simulator()
    discrete.data = Simulator.data.rename(columns={"T": "n_periods"})
    with pytest.raises(OptionError, match="simulate=True"):
        plotting.plot_period_transactions(discrete)


# -- models by what they can do ------------------------------------------------------------------


class Rates:
    """The parameters of a model in which customers leave at a rate (Pareto/NBD)."""

    params_ = pd.Series({"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669})


def test_heterogeneity_of_a_model_of_rates():
    ax = plotting.plot_dropout_rate_heterogeneity(Rates())
    assert ax.get_title() == "mean: 0.052, var: 0.004"
    assert ax.get_xlabel() == "Dropout Rate μ"
    assert ax.figure._suptitle.get_text() == "Heterogeneity in Dropout Rate"
    assert plotting.plot_transaction_rate_heterogeneity(Rates()).get_title() == (
        "mean: 0.052, var: 0.005"
    )
    own = plotting.plot_dropout_rate_heterogeneity(Rates(), "Leaving", "per week")
    assert (own.figure._suptitle.get_text(), own.get_xlabel()) == ("Leaving", "per week")


def test_heterogeneity_agrees_with_scipy():
    stats = pytest.importorskip("scipy.stats")
    for r, alpha in [(0.02, 3.0), (1.0, 0.4), (7.5, 300.0), (400.0, 2.0)]:
        model = tenure.BetaGeoFitter()
        model.params_ = {"r": r, "alpha": alpha, "a": r, "b": 2.0}
        for plot, law in [
            (plotting.plot_transaction_rate_heterogeneity, stats.gamma(r, scale=1 / alpha)),
            (plotting.plot_dropout_rate_heterogeneity, stats.beta(r, 2.0)),
        ]:
            x, density = plot(model, ax=Figure().subplots()).lines[0].get_data()
            assert x[-1] == pytest.approx(law.ppf(0.99), rel=1e-7)
            np.testing.assert_allclose(density[1:], law.pdf(x[1:]), rtol=1e-6, atol=1e-290)


# -- what is refused -----------------------------------------------------------------------------


def test_a_missing_library_is_named_with_its_extra(bg, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    for plot in (
        plotting.plot_period_transactions,
        plotting.plot_probability_alive_matrix,
        plotting.plot_expected_repeat_purchases,
        plotting.plot_transaction_rate_heterogeneity,
    ):
        with pytest.raises(ImportError, match=r"pip install '\.\[plot\]'"):
            plot(bg)


def test_unusable_requests(bg, by_day, holdout):
    plot = plotting.plot_calibration_purchases_vs_holdout_purchases
    with pytest.raises(OptionError, match="time_since_last_purchase"):
        plot(by_day, holdout, kind="T")
    with pytest.raises(ColumnError, match="frequency_holdout"):
        plot(by_day, holdout.drop(columns="frequency_holdout"))
    spend = tenure.GammaGammaFitter()
    spend.params_ = {"p": 6.25, "q": 3.74, "v": 15.45}
    with pytest.raises(OptionError, match="GammaGammaFitter has the parameters p, q, v"):
        plotting.plot_dropout_rate_heterogeneity(spend)
    with pytest.raises(ValueError, match="not been fit yet"):
        plotting.plot_transaction_rate_heterogeneity(tenure.BetaGeoFitter())
    empty = tenure.BetaGeoFitter()
    empty.params_, empty.data = dict(bg.params_), None
    with pytest.raises(DataError, match="holds no data"):
        plotting.plot_period_transactions(empty)
    assert plt.get_fignums() == []


def test_history_takes_keywords_that_lifetimes_ignored(by_day):
    with pytest.warns(IgnoredArgumentWarning, match="figsize"):
        ax = plotting.plot_history_alive(by_day, 540, ONE, "date", figsize=(9, 9), color="k")
    assert ax.lines[0].get_color() == "k"


def test_arguments_stay_as_they_were(by_day, holdout):
    before, log = holdout.copy(), ONE.copy()
    plotting.plot_calibration_purchases_vs_holdout_purchases(by_day, holdout)
    plotting.plot_history_alive(by_day, 540, log, "date")
    pd.testing.assert_frame_equal(holdout, before)
    pd.testing.assert_frame_equal(log, ONE)


def test_text_dates_and_an_hour_of_the_day(by_day):
    text = ONE.assign(date=ONE["date"].dt.strftime("%Y-%m-%d"))
    timed = ONE.assign(date=ONE["date"] + pd.Timedelta(hours=9))
    plain, written, late = (
        plotting.plot_history_alive(by_day, 540, log, "date", ax=Figure().subplots())
        for log in (ONE, text, timed)
    )
    for other in (written, late):
        np.testing.assert_allclose(
            other.lines[0].get_ydata(), plain.lines[0].get_ydata(), rtol=1e-12
        )
    np.testing.assert_array_equal(
        written.lines[0].get_xdata(orig=False), plain.lines[0].get_xdata(orig=False)
    )


# -- the module ----------------------------------------------------------------------------------


def test_names_and_signatures():
    of_lifetimes = [name for name in plotting.__all__ if not name.startswith("plot_cohort")]
    assert len(of_lifetimes) == 10
    assert plotting.coalesce(None, 0, 1) == 0
    with pytest.raises(StopIteration):
        plotting.coalesce(None)
    first = {name: getattr(plotting, name) for name in of_lifetimes}
    positional = {
        name: [
            parameter.name
            for parameter in inspect.signature(plot).parameters.values()
            if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        ]
        for name, plot in first.items()
    }
    track = (
        "model transactions datetime_col customer_id_col t t_cal datetime_format freq "
        "set_index_date title xlabel ylabel ax"
    )
    spread = "model suptitle xlabel ylabel suptitle_fontsize"
    assert positional == {
        name: arguments.split()
        for name, arguments in {
            "plot_period_transactions": "model max_frequency title xlabel ylabel",
            "plot_calibration_purchases_vs_holdout_purchases": (
                "model calibration_holdout_matrix kind n"
            ),
            "plot_frequency_recency_matrix": (
                "model T max_frequency max_recency title xlabel ylabel"
            ),
            "plot_probability_alive_matrix": (
                "model max_frequency max_recency title xlabel ylabel"
            ),
            "plot_expected_repeat_purchases": "model title xlabel ax label",
            "plot_history_alive": "model t transactions datetime_col freq start_date ax",
            "plot_cumulative_transactions": track,
            "plot_incremental_transactions": track,
            "plot_transaction_rate_heterogeneity": spread,
            "plot_dropout_rate_heterogeneity": spread,
        }.items()
    }


def test_force_aspect_makes_a_square():
    ax = Figure().subplots()
    ax.imshow(np.zeros((40, 10)))
    plotting.forceAspect(ax)
    assert ax.get_aspect() == pytest.approx(0.25)
    plotting.forceAspect(ax, 2)
    assert ax.get_aspect() == pytest.approx(0.125)


def test_matplotlib_is_imported_only_to_draw():
    code = "import sys, tenure; tenure.plotting; print('matplotlib' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


# -- what is known of the unit of time ----------------------------------------------------------


@pytest.fixture
def weekly():
    model = tenure.BetaGeoFitter()
    model.params_ = {"r": 0.24, "alpha": 4.41, "a": 0.79, "b": 2.43}
    model.period_ = "W"
    model.data = pd.DataFrame({"frequency": [1, 2], "recency": [1.0, 2.0], "T": [3.0, 4.0]})
    return model


@pytest.mark.parametrize(
    ("freq", "multiplier", "title", "unit"),
    [
        ("D", 7, "Tracking Weekly Transactions", "week"),
        ("7D", 1, "Tracking Weekly Transactions", "week"),
        ("W", 1, "Tracking Weekly Transactions", "week"),
        ("D", 1, "Tracking Daily Transactions", "day"),
        ("H", 1, "Tracking Hourly Transactions", "hour"),
        ("M", 1, "Tracking Monthly Transactions", "month"),
        ("Y", 1, "Tracking Yearly Transactions", "year"),
        ("2W", 1, "Tracking Transactions per 2 weeks", "2 weeks"),
        ("s", 1, "Tracking Transactions per second", "second"),
    ],
)
def test_tracking_names_its_unit(weekly, freq, multiplier, title, unit):
    weekly.period_ = None
    asked = (weekly, LOG, "date", "customer_id", 14, 7)
    options = {"freq": freq, "freq_multiplier": multiplier}
    ax = plotting.plot_incremental_transactions(*asked, **options, ax=Figure().subplots())
    assert (ax.get_title(), ax.get_xlabel()) == (title, unit)
    ax = plotting.plot_cumulative_transactions(*asked, **options, ax=Figure().subplots())
    assert (ax.get_title(), ax.get_xlabel()) == ("Tracking Cumulative Transactions", unit)
    own = {"title": "Mine", "xlabel": "steps", "ax": Figure().subplots()}
    ax = plotting.plot_incremental_transactions(*asked, **options, **own)
    assert (ax.get_title(), ax.get_xlabel()) == ("Mine", "steps")


def test_known_units_are_named(weekly):
    def drawn(name, *arguments, **options):
        return getattr(plotting, name)(weekly, *arguments, ax=Figure().subplots(), **options)

    ax = drawn("plot_frequency_recency_matrix", max_frequency=3, max_recency=5)
    assert ax.get_title().startswith("Expected Number of Future Purchases for 1 Week,\n")
    assert ax.get_ylabel() == "Customer's Recency (weeks)"
    ax = drawn("plot_frequency_recency_matrix", T=26, max_frequency=3, max_recency=5, ylabel="age")
    assert ax.get_title().startswith("Expected Number of Future Purchases for 26 Weeks,\n")
    assert ax.get_ylabel() == "age"
    ax = drawn("plot_probability_alive_matrix", 3, 5)
    assert ax.get_ylabel() == "Customer's Recency (weeks)"
    ax = drawn("plot_expected_repeat_purchases")
    assert ax.get_xlabel() == "Time Since First Purchase (weeks)"
    ax = drawn("plot_transaction_rate_heterogeneity")
    assert ax.get_xlabel() == "Transaction Rate per Week"
    weekly.period_ = None
    ax = drawn("plot_frequency_recency_matrix", max_frequency=3, max_recency=5)
    assert ax.get_title().startswith("Expected Number of Future Purchases for 1 Unit of Time,\n")


def test_in_place_of_lifetimes_no_unit_is_named(weekly, in_place_of_lifetimes):
    ax = plotting.plot_frequency_recency_matrix(weekly, max_frequency=3, max_recency=5)
    assert "for 1 Unit of Time," in ax.get_title()
    assert ax.get_ylabel() == "Customer's Recency"
    asked = (weekly, LOG, "date", "customer_id", 14, 7)
    ax = plotting.plot_incremental_transactions(*asked, freq="W", ax=Figure().subplots())
    assert (ax.get_title(), ax.get_xlabel()) == ("Tracking Daily Transactions", "day")


@pytest.mark.parametrize(("freq", "t_cal", "place"), [("W", 0, 0), ("W", 39, 39), ("7D", 39, 273)])
def test_the_calibration_may_end_where_the_table_does(weekly, freq, t_cal, place):
    for plot in (plotting.plot_cumulative_transactions, plotting.plot_incremental_transactions):
        ax = plot(
            weekly,
            LOG,
            "date",
            "customer_id",
            39,
            t_cal,
            freq=freq,
            set_index_date=True,
            ax=Figure().subplots(),
        )
        start = pd.Period(LOG["date"].min(), freq="W" if freq == "W" else "D")
        first = start + (0 if freq == "W" else 6)
        assert ax.lines[-1].get_xdata()[0] == first.ordinal + place


def test_a_line_at_one_is_seen(weekly):
    log = pd.DataFrame({"date": pd.to_datetime(["2020-01-01"])})
    ax = plotting.plot_history_alive(weekly, 10, log, "date", "7D", ax=Figure().subplots())
    assert set(ax.lines[0].get_ydata()) == {1.0}
    assert ax.get_ylim()[1] > 1.0
    dates = ax.lines[0].get_xdata(orig=False)
    assert np.diff(dates).tolist() == [7.0] * 10
