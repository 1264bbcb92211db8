"""The models on FLO's customers: the analysts' numbers, and what must be said about them.

Expected values: pandas + lifetimes 0.11.3 on the same file, capped and added up as the analysts do.
"""

import warnings

import numpy as np
import pandas as pd
import pytest
from conftest import reference_path

from tenure import BetaGeoFitter, GammaGammaFitter, ModifiedBetaGeoFitter
from tenure.exceptions import InfiniteMeanWarning, NotIdentifiedWarning, TenureWarning
from tenure.summary.totals import summarize_totals

ONLINE_AND_OFFLINE = {
    "orders": ["order_num_total_ever_online", "order_num_total_ever_offline"],
    "spend": ["customer_value_total_ever_online", "customer_value_total_ever_offline"],
}


def summary(convention):
    table = pd.read_csv(reference_path("data/flo_data_20k.csv"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        return summarize_totals(
            table,
            customer="master_id",
            first_order="first_order_date",
            last_order="last_order_date",
            convention=convention,
            **ONLINE_AND_OFFLINE,
        )


@pytest.fixture(scope="module")
def as_analysts():
    return summary("total")


@pytest.fixture(scope="module")
def repeat():
    return summary("repeat")


@pytest.fixture(scope="module")
def buying(as_analysts):
    with pytest.warns(NotIdentifiedWarning):
        return BetaGeoFitter(penalizer_coef=0.001).fit(as_analysts)


@pytest.fixture(scope="module")
def spend(as_analysts):
    with pytest.warns(InfiniteMeanWarning):
        return GammaGammaFitter(penalizer_coef=0.01).fit(as_analysts)


def test_the_analysts_purchase_model(buying):
    assert buying.params_["r"] == pytest.approx(3.663384, rel=1e-4)
    assert buying.params_["alpha"] == pytest.approx(76.17236, rel=1e-4)
    assert buying.period_ == "W"
    assert repr(buying) == (
        "<tenure.BetaGeoFitter: fitted with 19945 subjects, a: not identified, alpha: 76.17, "
        "b: not identified, r: 3.66>"
    )
    # Numbers for programs, words for the eye; a script that counts on lifetimes' face keeps it.
    assert buying.summary["coef"].to_dict() == buying.params_.to_dict()
    assert "not identified" in repr(buying.summary)
    assert "not identified" in buying.summary._repr_html_()
    assert (
        "e-" not in repr(buying.summary) + repr(buying.fit_report_).split("parameters  ")[-1][:90]
    )


def test_the_analysts_spend_model(spend):
    expected = {"p": 4.151179, "q": 0.470125, "v": 4.077243}
    assert spend.params_.to_dict() == pytest.approx(expected, rel=1e-4)


def test_the_analysts_predictions(buying, spend, as_analysts):
    weeks_12 = buying.predict(12, as_analysts)
    weeks_24 = buying.predict(24, as_analysts)
    assert weeks_12.sum() == pytest.approx(11510.471, rel=1e-4)
    assert weeks_24.sum() == pytest.approx(23020.942, rel=1e-4)
    value = spend.customer_lifetime_value(
        buying,
        as_analysts["frequency"],
        as_analysts["recency"],
        as_analysts["T"],
        as_analysts["monetary_value"],
        time=6,
        freq="W",
        discount_rate=0.01,
    )
    assert value.sum() == pytest.approx(3891655.0, rel=1e-4)
    assert value.index.name == "master_id"


def test_the_analysts_fit_is_called_what_it_is(as_analysts, buying):
    with pytest.warns(NotIdentifiedWarning) as caught:
        BetaGeoFitter(penalizer_coef=0.001).fit(as_analysts)
    warning = caught[0].message
    assert "P(alive) is 1 for all 19,945 customers" in warning.text
    assert "parameters a, b are not identified" in warning.details
    assert "r = 3.663, alpha = 76.17 weeks" in warning.details
    assert buying.standard_errors_[["a", "b"]].isna().all()
    assert (buying.standard_errors_[["r", "alpha"]] > 0).all()
    assert (buying.conditional_probability_alive(as_analysts) > 1 - 1e-6).all()


def test_the_analysts_spend_fit_is_called_what_it_is(as_analysts, spend):
    with pytest.warns(InfiniteMeanWarning, match="q = 0.4701"):
        GammaGammaFitter(penalizer_coef=0.01).fit(as_analysts)
    assert np.isfinite(spend.conditional_expected_average_profit(as_analysts)).all()
    independence = spend.fit_report_.independence
    assert not independence.dependent
    assert abs(independence.rho) < 0.1


@pytest.mark.parametrize("penalizer", [0.0, 0.001])
@pytest.mark.parametrize("factory", [BetaGeoFitter, ModifiedBetaGeoFitter])
def test_repeat_purchases(repeat, factory, penalizer):
    model = factory(penalizer_coef=penalizer)
    with pytest.warns(NotIdentifiedWarning, match="no dropout"):
        model.fit(repeat)
    expected = model.predict(12, repeat)
    assert len(expected) == 19_945
    assert np.isfinite(expected).all()
    assert (expected >= 0).all()
    assert np.isfinite(model.conditional_probability_alive(repeat)).all()


def test_repeat_purchases_in_twelve_weeks(repeat):
    # lifetimes answers inf for the 4,717 customers with one repeat purchase.
    with pytest.warns(NotIdentifiedWarning):
        model = BetaGeoFitter(penalizer_coef=0.001).fit(repeat)
    assert model.predict(12, repeat).sum() == pytest.approx(8976.1, rel=1e-4)


def test_repeat_purchases_without_penalty(repeat):
    with pytest.warns(NotIdentifiedWarning):
        model = BetaGeoFitter().fit(repeat)
    assert model.params_["r"] == pytest.approx(2.948, rel=1e-3)
    assert model.params_["alpha"] == pytest.approx(78.79, rel=1e-3)


def test_spend_over_orders_without_penalty(repeat):
    model = GammaGammaFitter().fit(repeat)
    assert model.params_.to_dict() == pytest.approx({"p": 3.89, "q": 9.33, "v": 324}, rel=5e-3)
    assert model.fit_report_.converged
    assert (model.data["frequency"].to_numpy() == repeat["spend_count"].to_numpy()).all()
