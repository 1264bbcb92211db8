"""Estimates that have been published, on the data they were published for.

CDNOW, 2,357 customers (1/10 sample of the cohort of early 1997), weeks, calibration to week 39.
"""

import numpy as np
import pytest

from tenure import BetaGeoFitter, GammaGammaFitter, ModifiedBetaGeoFitter


@pytest.fixture(scope="module")
def bg(customers):
    return BetaGeoFitter().fit(customers)


def test_bg_nbd(bg):
    # Fader, Hardie & Lee (2005), Marketing Science 24 (2): r .243, alpha 4.414, a .793,
    # b 2.426, LL -9582.4; further digits from the authors' note 004 (spreadsheet).
    expected = {"r": 0.2426, "alpha": 4.4135, "a": 0.7929, "b": 2.4258}
    assert bg.params_.to_dict() == pytest.approx(expected, abs=5e-5)
    assert bg.fit_report_.log_likelihood == pytest.approx(-9582.43, abs=5e-3)
    assert bg.fit_report_.ok


def test_bg_nbd_standard_errors(bg):
    # As lifetimes 0.11.3 reports them (its diagonal is right, its covariances are not).
    expected = {"r": 0.012557, "alpha": 0.378221, "a": 0.185719, "b": 0.705346}
    assert bg.standard_errors_.to_dict() == pytest.approx(expected, abs=1e-5)


def test_bg_nbd_confidence_intervals(bg):
    # lifetimes: the estimate ± 1.96 standard errors, not the exact quantile of the normal.
    intervals = bg.confidence_intervals_
    reach = 1.96 * bg.standard_errors_
    lower, upper = bg.params_ - reach, bg.params_ + reach
    for bounds in (intervals, bg.summary):
        np.testing.assert_allclose(bounds["lower 95% bound"], lower[bounds.index], rtol=1e-12)
        np.testing.assert_allclose(bounds["upper 95% bound"], upper[bounds.index], rtol=1e-12)


def test_bg_nbd_covariance_is_symmetric_and_right(bg):
    matrix = bg.variance_matrix_.to_numpy()
    np.testing.assert_array_equal(matrix, matrix.T)
    assert bg.variance_matrix_.loc["r", "alpha"] == pytest.approx(0.00371, abs=5e-6)
    np.testing.assert_allclose(np.sqrt(np.diag(matrix)), bg.standard_errors_)


def test_bg_nbd_prediction(bg):
    # Fader, Hardie & Lee (2005), note 004: the customer with x = 2, t_x = 30.43, T = 38.86 is
    # expected to buy 1.226 times in the next 39 weeks.
    assert bg.predict(39, 2, 30.43, 38.86) == pytest.approx(1.226, abs=5e-4)


def test_mbg_nbd(customers):
    # The model of Batislam, Denizel & Filiztekin (2007), International Journal of Research in
    # Marketing 24 (3); estimates for this sample from the R package BTYDplus (MBG/NBD, k = 1).
    expected = {"r": 0.525, "alpha": 6.183, "a": 0.891, "b": 1.614}
    model = ModifiedBetaGeoFitter().fit(customers)
    assert model.params_.to_dict() == pytest.approx(expected, abs=5e-4)


def test_gamma_gamma(customers):
    # Fader & Hardie (2013), "The Gamma-Gamma Model of Monetary Value", note 025 (6.25, 3.74, 15.44
    # in the R package BTYD too). The spreadsheet's Solver stops a little short of the maximum.
    model = GammaGammaFitter().fit(customers)
    assert model.params_.to_dict() == pytest.approx({"p": 6.250, "q": 3.744, "v": 15.443}, rel=5e-4)
    published = GammaGammaFitter._negative_log_likelihood(
        np.log([6.250, 3.744, 15.443]),
        model.data.frequency,
        model.data.monetary_value,
        model.data.weights,
        0.0,
    )
    assert model._negative_log_likelihood_ <= published
    assert model.fit_report_.dropped == 1411


def test_gamma_gamma_prediction():
    # The same note, eq. (5) with its own estimates: population mean p·v/(q - 1).
    model = GammaGammaFitter()
    model.params_ = {"p": 6.250, "q": 3.744, "v": 15.443}
    mean = 6.250 * 15.443 / (3.744 - 1)
    assert model.conditional_expected_average_profit(0, 0.0) == pytest.approx(mean, rel=1e-12)
    customer = (15.443 + 2 * 22.35) * 6.250 / (6.250 * 2 + 3.744 - 1)
    assert model.conditional_expected_average_profit(2, 22.35) == pytest.approx(customer, rel=1e-12)
