"""Which purchase model a run uses, and what it says where P(alive) says nothing."""

import warnings

import numpy as np
import pandas as pd
import pytest
from conftest import reference_path

import tenure
from tenure import BetaGeoFitter, ModifiedBetaGeoFitter, ParetoNBDFitter
from tenure.exceptions import ConvergenceError, NotIdentifiedWarning, OptionError, TenureWarning
from tenure.locale import Locale
from tenure.pipeline import model_choice
from tenure.pipeline.model_choice import _best, _Candidate, p_alive_informative

DISCS = {"customer": "customer_id", "date": "date", "amount": "dollar_value"}


def quietly(source, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        return tenure.run(source, **options)


def models_of(analysis):
    return analysis.tables["models"].set_index("model")


@pytest.fixture(scope="module")
def log():
    return tenure.datasets.load_cdnow_transactions()


@pytest.fixture(scope="module")
def discs(log):
    return quietly(log, **DISCS)


@pytest.fixture(scope="module")
def flo():
    return quietly(reference_path("data/flo_data_20k.csv"), preset="flo")


# The comparison --------------------------------------------------------------------------------


def test_cdnow_takes_the_likeliest(discs):
    table = models_of(discs)
    assert list(table.index) == ["BG/NBD", "MBG/NBD", "Pareto/NBD"]
    assert table.index[table["chosen"]].tolist() == ["MBG/NBD"]
    assert isinstance(discs.purchase_model, ModifiedBetaGeoFitter)
    assert discs.settings["purchase_model"] == "auto"
    assert discs.settings["purchase_model_chosen"] == "mbg/nbd"
    likelihood = table["log_likelihood"]
    assert likelihood["MBG/NBD"] - likelihood["BG/NBD"] == pytest.approx(10.86, abs=0.01)
    np.testing.assert_allclose(
        table["aic_difference"], 2 * (likelihood.max() - likelihood), rtol=1e-12
    )
    expected = {"BG/NBD": 0.787, "MBG/NBD": 0.415, "Pareto/NBD": 0.432}
    assert table["p_alive_mean"].to_dict() == pytest.approx(expected, abs=5e-4)
    assert table.loc["MBG/NBD", "reason"] == "highest log-likelihood, 8.5 above Pareto/NBD"
    assert table.loc["BG/NBD", "reason"] == "log-likelihood 10.9 below MBG/NBD"
    assert discs.model_reason in repr(discs)
    assert discs.p_alive_informative
    total = table.loc["MBG/NBD", "expected_purchases_6m"]
    assert total == pytest.approx(discs.forecast["expected_purchases_6m"].sum())


def test_p_alive_of_the_chosen_model_by_its_formula(discs):
    """Batislam, Denizel and Filiztekin (2007), eq. for P(alive), in numpy."""
    r, alpha, a, b = discs.purchase_model.params_[["r", "alpha", "a", "b"]]
    x, t_x, age = (discs.customers[name].to_numpy() for name in ("frequency", "recency", "T"))
    alive = 1 / (1 + a / (b + x) * ((alpha + age) / (alpha + t_x)) ** (r + x))
    assert alive.mean() == pytest.approx(0.4151, abs=1e-4)
    np.testing.assert_allclose(discs.forecast["p_alive"], alive, rtol=1e-9)


def test_the_hold_out_by_counting(discs, log):
    """Half a year before the end: fit on what came before, count what came after."""
    cut = pd.Timestamp("1998-06-30") - pd.Timedelta(days=182)
    known = log[log["date"] <= cut]
    later = log[(log["date"] > cut) & log["customer_id"].isin(known["customer_id"])]
    made = later.drop_duplicates(["customer_id", "date"]).groupby("customer_id").size()
    summary = tenure.summarize(
        known, customer="customer_id", date="date", observation_end=cut, period="W"
    )
    made = made.reindex(summary.index, fill_value=0)
    table = models_of(discs)
    for factory in (BetaGeoFitter, ModifiedBetaGeoFitter, ParetoNBDFitter):
        model = factory().fit(summary)
        expected = model.predict(182 / 7, summary)
        row = table.loc[model._model.name]
        assert row["holdout_error"] == pytest.approx(expected.sum() / made.sum() - 1, rel=1e-6)
        assert row["holdout_rmse"] == pytest.approx(((expected - made) ** 2).mean() ** 0.5)


def test_a_hold_out_needs_customers_and_time(log):
    few = log[log["customer_id"].isin(log["customer_id"].unique()[:40])]
    assert models_of(quietly(few, **DISCS))["holdout_error"].isna().all()


def test_totals_without_dropout_are_one_model(flo):
    table = models_of(flo)
    assert table.index[table["chosen"]].tolist() == ["BG/NBD"]
    assert table["log_likelihood"].to_numpy() == pytest.approx(-338531.92867, abs=1e-3)
    assert table["expected_purchases_6m"].to_numpy() == pytest.approx(19466.906, abs=1e-3)
    assert table["not_identified"].tolist() == ["a, b", "a, b", "s, beta"]
    assert table["holdout_error"].isna().all()
    assert "the data show no dropout" in flo.model_reason
    assert table.loc["Pareto/NBD", "reason"] == "fits as well; BG/NBD was taken"
    assert sum(type(w) is NotIdentifiedWarning for w in flo.warnings) == 1


def test_a_named_model_is_taken(log):
    found = quietly(log, **DISCS, purchase_model="pareto/nbd")
    assert isinstance(found.purchase_model, ParetoNBDFitter)
    assert found.tables["models"]["model"].tolist() == ["Pareto/NBD"]
    assert found.model_reason.startswith("asked for by name")
    assert found.settings["purchase_model"] == found.settings["purchase_model_chosen"]
    with pytest.raises(OptionError, match="'auto', 'bg/nbd', 'mbg/nbd', 'pareto/nbd'"):
        tenure.run(log, **DISCS, purchase_model="best")


def test_scripts_are_reproduced_with_their_model():
    table = tenure.datasets.make_omnichannel(600, seed=2)
    found = quietly(table, preset="flo", convention="total", language="tr")
    assert found.settings["purchase_model_chosen"] == "bg/nbd"
    assert "betikleri yineler" in found.model_reason


def test_a_model_that_cannot_be_fitted_is_left_out(discs, log, monkeypatch):
    def fails(self, *arguments, **options):
        raise ConvergenceError("no maximum\nwas found")

    monkeypatch.setattr(ModifiedBetaGeoFitter, "fit", fails)
    table = models_of(quietly(log, **DISCS))
    assert table.index[table["chosen"]].tolist() == ["Pareto/NBD"]
    assert (
        table.loc["MBG/NBD", "reason"] == "left out, it could not be fitted: no maximum was found"
    )
    assert np.isnan(table.loc["MBG/NBD", "log_likelihood"])
    monkeypatch.setattr(BetaGeoFitter, "fit", fails)
    only = models_of(quietly(log, **DISCS))
    assert only.loc["Pareto/NBD", "reason"] == "the only model that could be fitted"
    monkeypatch.setattr(ParetoNBDFitter, "fit", fails)
    with pytest.raises(ConvergenceError, match="no maximum"):
        quietly(log, **DISCS)


def candidates(**changes):
    """Three models that fit equally well, and what tells them apart."""
    found = []
    for place, (name, factory) in enumerate(model_choice.PURCHASE_MODELS.items()):
        facts = {key: values[place] for key, values in changes.items()}
        found.append(_Candidate(name, factory._model.name, **{"log_likelihood": -100.0, **facts}))
    return found


@pytest.mark.parametrize(
    ("changes", "name", "reason"),
    [
        ({}, "BG/NBD", "first in a fixed order"),
        ({"log_likelihood": (-100.0, -98.9, -100.5)}, "MBG/NBD", "1.1 above BG/NBD"),
        ({"not_identified": (("a",), (), ("s",))}, "MBG/NBD", "parameters are identified"),
        ({"converged": (False, False, True)}, "Pareto/NBD", "parameters are identified"),
        ({"holdout_rmse": (1.0, 1.2, 0.9)}, "Pareto/NBD", "hold-out error is the smallest"),
        (
            {"holdout_rmse": (1.0, 1.0002, 1.5), "informative": (False, True, True)},
            "MBG/NBD",
            "not 1 by construction",
        ),
        (
            {"not_identified": (("a",),) * 3, "informative": (False,) * 3},
            "BG/NBD",
            "no dropout",
        ),
        ({"informative": (False, True, True)}, "MBG/NBD", "first in a fixed order"),
    ],
)
def test_ties(changes, name, reason):
    found = candidates(**changes)
    for order in (found, found[::-1]):
        for each in order:
            each.reason = ""
    chosen = _best(found, Locale())
    assert chosen.label == name
    assert reason in chosen.reason


def test_reasons_in_turkish():
    chosen = _best(candidates(log_likelihood=(-100.0, -98.5, -110.0)), Locale("tr"))
    assert chosen.reason == "en yüksek log-olabilirlik, BG/NBD modelinden 1,5 fazla"


# P(alive) that says nothing --------------------------------------------------------------------


def test_when_p_alive_says_something():
    assert not p_alive_informative(BetaGeoFitter(), [0, 3], [1.0, 0.2])
    assert p_alive_informative(BetaGeoFitter(), [1, 3], [0.9, 0.2])
    assert p_alive_informative(ParetoNBDFitter(), [0, 3], [0.4, 0.2])
    assert not p_alive_informative(ParetoNBDFitter(), [1, 3], [1.0, 1.0 - 1e-9])
    assert not p_alive_informative(ModifiedBetaGeoFitter(), [0, 0], [1e-9, 0.0])


def test_no_figure_is_drawn_from_it(flo, tmp_path):
    assert not flo.p_alive_informative
    assert "p_alive_mean" not in flo.segments
    gaps = flo.customers[flo.customers["recency"] > 0]
    between = (gaps["recency"] * 7).round()  # days from the first order to the last
    since = ((gaps["T"] - gaps["recency"]) * 7).round()
    overdue = (since * (gaps["orders"] - 1) > 2 * between).mean()
    assert flo.activity["overdue"] == pytest.approx(overdue, rel=1e-12)
    assert flo.activity["with_gap"] == len(gaps) == 19_920
    page = flo.report()
    assert "mean probability of still being a customer" not in page
    assert "the usual gap between a customer&#39;s orders is 177 days" in page


def test_bg_nbd_by_name_draws_no_mean_either(log, discs):
    found = quietly(log, **DISCS, purchase_model="bg/nbd")
    assert not found.p_alive_informative
    assert "p_alive_mean" not in found.segments
    assert "mean probability of still being a customer" not in found.report()
    assert "p_alive_mean" in discs.segments


def test_simulated_customers_who_never_drop_out():
    rng = np.random.default_rng(7)
    size, horizon = 800, 700
    rows = []
    for customer, rate in enumerate(rng.gamma(2.0, 0.02, size)):
        start = rng.integers(0, 300)
        count = 1 + rng.poisson(rate * (horizon - start))
        days = np.r_[start, rng.integers(start + 1, horizon, count - 1)]
        rows += [(customer, day) for day in days]
    log = pd.DataFrame(rows, columns=["who", "day"])
    log["day"] = pd.Timestamp("2022-01-01") + pd.to_timedelta(log["day"], unit="D")
    found = quietly(log, customer="who", date="day", analysis_date="2023-12-01")
    table = models_of(found)
    assert np.ptp(table["log_likelihood"]) < 1
    # All forecasts are the NBD's; the purchases of the hold-out come out right.
    assert np.ptp(table["expected_purchases_6m"]) < 0.02 * table["expected_purchases_6m"].mean()
    assert table["holdout_error"].abs().max() < 0.06
