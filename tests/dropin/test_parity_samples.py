"""What is drawn at random has the distributions of what lifetimes 0.11.3 draws.

Two samples, one of lifetimes (tests/reference/generate_samples.py) and one drawn here with a fixed
seed, are held against each other by the chi-square test of homogeneity, bin by bin.
"""

import json

import numpy as np
import pytest
from conftest import ROOT
from reference.samples import CASES, FITTED, counted, new_data

import tenure
from tenure import generate_data

stats = pytest.importorskip("scipy.stats", reason="the test of homogeneity is scipy's")

STORED = json.loads((ROOT / "tests" / "reference" / "samples.json").read_text())
#: With the seeds fixed chance has no part in a failure; 80 tests were one in 1,000 otherwise.
UNLIKELY = 1e-5


def alike(found, expected):
    """Return the chance of two samples as different as these of one distribution."""
    table = np.array([found, expected], dtype=float)
    rare = table.sum(axis=0) < 10  # in one bin together
    table = np.c_[table[:, ~rare], table[:, rare].sum(axis=1)]
    table = table[:, table.sum(axis=0) > 0]
    return 1.0 if table.shape[1] < 2 else stats.chi2_contingency(table, correction=False).pvalue


def same_distributions(found, expected):
    assert found.keys() == expected.keys()
    for name, counts in expected.items():
        assert alike(found[name], counts) > UNLIKELY, (name, found[name], counts)


@pytest.mark.parametrize("case", CASES)
def test_generators(case, in_place_of_lifetimes):
    name, arguments = CASES[case]
    table = getattr(generate_data, name)(*arguments, size=40_000, seed=17)
    same_distributions(counted(table, arguments[0]), STORED["generators"][case])


@pytest.mark.parametrize("kind", FITTED)
def test_customers_of_a_fit(kind, in_place_of_lifetimes):
    model = new_data(tenure, kind)
    model.params_ = STORED["fitted"][kind]["params"]
    table = model.generate_new_data(size=10 * 2357, seed=23)
    same_distributions(counted(table, 39.0), STORED["fitted"][kind]["counts"])


@pytest.mark.parametrize("kind", FITTED)
def test_simulated_bars_of_period_transactions(kind, in_place_of_lifetimes):
    pytest.importorskip("matplotlib", reason="plots need matplotlib")
    from matplotlib.figure import Figure

    model = new_data(tenure, kind)
    model.params_ = STORED["fitted"][kind]["params"]
    np.random.seed(31)  # noqa: NPY002 the plot draws from the global generator, as in lifetimes
    ax = tenure.plotting.plot_period_transactions(
        model, max_frequency=7, simulate=True, ax=Figure().subplots()
    )
    bars = [bar.get_height() for bar in ax.containers[1]]
    shown = STORED["fitted"][kind]["counts"]["frequency"][: len(bars)]
    assert len(bars) == 7
    assert alike([*bars, 2357 - sum(bars)], [*shown, 5 * 2357 - sum(shown)]) > UNLIKELY


def test_the_test_can_fail():
    name, _ = CASES["BG/NBD"]
    table = getattr(generate_data, name)(39.0, 0.29, 4.4135, 0.7929, 2.4258, size=40_000, seed=17)
    expected = STORED["generators"]["BG/NBD"]["frequency"]
    assert alike(counted(table, 39.0)["frequency"], expected) < UNLIKELY
