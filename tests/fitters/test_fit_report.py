"""The verdict on a fit, in words and in figures."""

import json
import pickle
import re

import numpy as np
import pandas as pd
import pytest

from tenure import BetaGeoFitter, GammaGammaFitter, ModifiedBetaGeoFitter, _engine
from tenure.exceptions import (
    ConvergenceWarning,
    DataError,
    DependenceWarning,
    InfiniteMeanWarning,
    NotIdentifiedWarning,
)
from tenure.fitters.fit_report import FitReport, check_independence
from tenure.io.provenance import with_provenance


def loyal_customers(seed=0, size=400):
    """Nobody ever leaves: Poisson buying until the end of observation."""
    rng = np.random.default_rng(seed)
    age = rng.uniform(50, 100, size)
    x = rng.poisson(rng.gamma(3.0, 0.05, size) * age)
    # The last of x uniform points; plenty of buying right up to the end.
    recency = np.where(x > 0, age * rng.uniform(size=size) ** (1.0 / np.maximum(x, 1)), 0.0)
    return pd.DataFrame({"frequency": x, "recency": recency, "T": age})


def test_a_good_fit_has_nothing_to_say(customers):
    report = BetaGeoFitter().fit(customers).fit_report_
    assert report.ok
    assert report.messages == []
    assert report.model == "BG/NBD"
    assert report.customers == 2357
    assert report.unique_rows < 2357
    assert report.gradient_norm < 1e-6
    assert report.condition > 1
    assert report.p_alive_max == 1.0
    assert 0 < report.p_alive_min < report.p_alive_median <= 1
    text = repr(report)
    for word in ("converged", "2,357", "log-likelihood", "-9,582.4", "P(alive)"):
        assert word in text
    assert "<table>" in report._repr_html_()


def test_a_report_is_plain_data(customers):
    for model in (BetaGeoFitter().fit(customers), GammaGammaFitter().fit(customers)):
        report = model.fit_report_
        plain = json.loads(json.dumps(report.to_dict(), allow_nan=False))
        assert plain["params"] == model.params_.to_dict()
        assert plain["ok"] == report.ok
        assert pickle.loads(pickle.dumps(report)) == report
        assert isinstance(report, FitReport)
        with pytest.raises(AttributeError):
            report.converged = False


def test_dropout_not_identified():
    table = with_provenance(loyal_customers(), period="W")
    with pytest.warns(NotIdentifiedWarning) as caught:
        model = BetaGeoFitter().fit(table)
    assert len(caught) == 1
    warning = caught[0].message
    for part in ("no dropout", "P(alive) is 1 for all 400 customers", "an upper limit", "Fit on"):
        assert part in warning.text
    for part in (
        "parameters a, b are not identified",
        "no standard errors",
        "Identified: r = ",
        "weeks",
        "NBD",
        "one row per transaction instead of totals",
    ):
        assert part in warning.details
    for unfit in ("Fitter", "hold-out", "penalizer_coef", " a = ", " b = "):
        assert unfit not in warning.text + warning.details
    assert model.fit_report_.messages == [warning.text]
    assert set(model.fit_report_.not_identified) == {"a", "b"}
    assert not model.fit_report_.ok
    assert model.fit_report_.p_alive_min == pytest.approx(1.0, abs=1e-6)
    errors = model.standard_errors_
    assert errors[["a", "b"]].isna().all()
    assert np.isfinite(errors[["r", "alpha"]]).all()
    assert (errors[["r", "alpha"]] > 0).all()


def test_what_is_not_identified_is_words_to_the_eye_and_a_number_to_programs():
    with pytest.warns(NotIdentifiedWarning):
        model = BetaGeoFitter().fit(loyal_customers())
    assert re.fullmatch(
        r"<tenure.BetaGeoFitter: fitted with 400 subjects, a: not identified, "
        r"alpha: \d+\.\d\d, b: not identified, r: \d\.\d\d>",
        repr(model),
    )
    summary = model.summary
    assert summary["coef"].to_dict() == model.params_.to_dict()
    assert isinstance(summary, pd.DataFrame)
    assert type(summary.loc[["a", "b"]]) is pd.DataFrame
    row_of_b = next(line for line in repr(summary).splitlines() if line.startswith("b "))
    assert row_of_b.split() == ["b", "not", "identified"]
    assert pickle.loads(pickle.dumps(summary))["coef"].equals(summary["coef"])
    for html in (model._repr_html_(), summary._repr_html_()):
        assert html.count("not identified") >= 2
        assert f"{model.params_['b']:.3g}"[:4] not in html
    report = repr(model.fit_report_)
    assert report.index("no dropout") < report.index("converged")
    assert "a not identified, b not identified" in report
    model.params_ = {"r": 1.0, "alpha": 2.0, "a": 3.0, "b": 4.0}  # by hand: nothing is known
    assert "b: 4.00" in repr(model)


def test_under_lifetimes_name_its_face_is_kept(monkeypatch):
    with pytest.warns(NotIdentifiedWarning):
        model = BetaGeoFitter().fit(loyal_customers())
    monkeypatch.setattr(BetaGeoFitter, "_package", "lifetimes")
    assert repr(model).endswith(f", b: {model.params_['b']:.2f}, r: {model.params_['r']:.2f}>")
    assert type(model.summary) is pd.DataFrame


@pytest.mark.parametrize("factory", [BetaGeoFitter, ModifiedBetaGeoFitter])
def test_one_customer_determines_nothing(factory):
    with pytest.warns(NotIdentifiedWarning, match="hold too few repeat purchases"):
        model = factory().fit([2], [10.0], [20.0])
    assert np.isfinite(model.predict(5, 2, 10.0, 20.0))


def test_a_fit_that_stops_short_is_said(customers, monkeypatch):
    original = _engine.Model.fit

    def stops_short(*arguments, **options):
        return {**original(*arguments, **options), "converged": False, "reason": "out of budget"}

    monkeypatch.setattr("tenure._engine.Model.fit", stops_short)
    with pytest.warns(ConvergenceWarning, match="stopped short.*penalizer_coef") as caught:
        model = BetaGeoFitter().fit(customers)
    assert "out of budget" in caught[0].message.details
    assert not model.fit_report_.ok
    assert "not converged" in repr(model.fit_report_)


def test_infinite_mean(customers):
    with pytest.warns(InfiniteMeanWarning, match="q = 0.9684.*q_constraint"):
        model = GammaGammaFitter(penalizer_coef=0.01).fit(customers)
    assert "leans on each customer's own average" in model.fit_report_.messages[0]


def test_independence_by_the_size_of_the_effect():
    rng = np.random.default_rng(1)
    frequency = rng.integers(1, 30, 200_000)
    noise = rng.normal(size=200_000)
    slight = check_independence(frequency, 100 + noise * 50 + 0.2 * frequency)
    assert slight.p_value < 1e-6
    assert abs(slight.rho) < 0.1
    assert not slight.dependent
    assert "independent enough" in slight.message
    assert slight.notice() is None
    strong = check_independence(frequency, 100 + noise * 50 + 2.0 * frequency)
    assert strong.dependent
    assert strong.rho > 0.1
    assert "spend more per order" in strong.message
    assert strong.notice().category is DependenceWarning
    assert "spend less" in check_independence(frequency, -strong.rho * frequency + 1e3).message


def test_independence_is_spearman():
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(2)
    x, money = rng.integers(0, 6, 300), rng.gamma(2.0, 20.0, 300).round()
    found = check_independence(pd.Series(x), pd.Series(money))
    expected = stats.spearmanr(x[x > 0], money[x > 0])
    assert found.n == (x > 0).sum()
    assert found.rho == pytest.approx(expected.statistic, rel=1e-10)
    assert found.p_value == pytest.approx(expected.pvalue, rel=1e-6)


def test_independence_needs_customers():
    with pytest.raises(DataError, match="three are needed"):
        check_independence([0, 1, 2], [0.0, 3.0, 4.0])
    with pytest.raises(DataError, match="one value per customer"):
        check_independence([1, 2], [3.0])


def test_dependence_stands_in_the_report(customers):
    buyers = customers[customers.frequency > 0]
    dependent = buyers.assign(monetary_value=buyers.monetary_value * buyers.frequency)
    report = GammaGammaFitter().fit(dependent).fit_report_
    assert report.independence.dependent
    assert not report.ok
    assert report.notices[0].category is DependenceWarning
    assert "independence" in repr(report)


def test_a_handful_of_customers_proves_no_dependence():
    found = check_independence([1, 2, 3, 4, 5], [10.0, 30.0, 20.0, 5.0, 40.0])
    assert abs(found.rho) >= 0.1
    assert not found.dependent
