"""What programs of lifetimes lean on beyond its documented names: attributes, sums, silence."""

import copy
import os
import pickle
import subprocess
import sys
import textwrap
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import tenure
from tenure.fitters import BaseFitter
from tenure.utils import _customer_lifetime_value

PURCHASES = [tenure.BetaGeoFitter, tenure.ModifiedBetaGeoFitter, tenure.ParetoNBDFitter]
KEPT = ("penalizer_coef", "_scale", "_negative_log_likelihood_")


@pytest.fixture(scope="module")
def customers(plain_customers):
    return plain_customers


@pytest.fixture
def model(customers, in_place_of_lifetimes):
    return tenure.BetaGeoFitter(0.001).fit(*(customers[name] for name in customers.columns[:3]))


# -- a fitter of no model ----------------------------------------------------------------------


def test_a_bare_fitter_shows_what_it_was_given(in_place_of_lifetimes):
    bare = BaseFitter()
    assert repr(bare) == "<lifetimes.BaseFitter>"
    bare.params_ = {"k": 2, "c": 0.125}
    bare.data = np.zeros(5)
    assert repr(bare) == "<lifetimes.BaseFitter: fitted with 5 subjects, c: 0.12, k: 2.00>"
    bare.data = None
    assert repr(bare) == "<lifetimes.BaseFitter: c: 0.12, k: 2.00>"


def test_a_bare_fitter_unloads_parameters():
    bare = BaseFitter()
    with pytest.raises(ValueError, match="has not been fit yet"):
        bare._unload_params()
    assert not hasattr(bare, "params_")
    bare.params_ = {"k": 2, "c": 0.125}
    assert bare._unload_params("c", "k") == [0.125, 2.0]


@pytest.mark.parametrize("params", [None, {"k": 2.0, "c": 0.125}])
def test_a_bare_fitter_is_saved_and_loaded(params, tmp_path):
    bare, again = BaseFitter(0.5), BaseFitter()
    if params is not None:
        bare.params_ = params
    bare.save_model(tmp_path / "bare.pkl")
    again.load_model(tmp_path / "bare.pkl")
    assert repr(again) == repr(bare)
    assert again.penalizer_coef == 0.5


# -- sums and values ---------------------------------------------------------------------------


@pytest.mark.parametrize("fitter", PURCHASES)
@pytest.mark.parametrize("weight", [1, 1.0, np.int64(1)])
def test_objectives_take_numbers_and_add_up(fitter, weight):
    x, t_x, T = np.array([2, 5]), np.array([3, 6]), np.array([7, 8])
    params = [0.5, 1.0, 0.25, 2.0]
    objective = fitter._negative_log_likelihood
    single = [objective(params, x[i], t_x[i : i + 1], T[i : i + 1], weight, 0) for i in range(2)]
    both = objective(params, x, t_x, T, np.array([1]), 0)
    # The mean of the customers; the sum over the mean weight for Pareto/NBD, as in lifetimes.
    total = both if fitter is tenure.ParetoNBDFitter else 2 * both
    assert sum(single) == pytest.approx(total, rel=1e-15)
    assert objective(params, 2, 3, 7, 1, 0) == single[0]
    natural = params if fitter is tenure.ParetoNBDFitter else np.exp(params).tolist()
    columns = [np.array([2.0]), np.array([3.0]), np.array([7.0])]
    log_likelihood = fitter._model.log_likelihood(natural, columns)
    assert single[0] == pytest.approx(-log_likelihood[0], rel=1e-12)


@pytest.mark.parametrize("fitter", PURCHASES)
@pytest.mark.parametrize("freq", ["D", "H", "W", "M"])
def test_both_ways_to_a_lifetime_value_agree_to_the_last_bit(fitter, freq, customers):
    spend = tenure.GammaGammaFitter()
    spend.params_ = {"p": 6.25, "q": 3.74, "v": 15.44}
    history = [customers[name] for name in ("frequency", "recency", "T")]
    buying = fitter().fit(*history)
    money = customers["monetary_value"]
    mean = spend.conditional_expected_average_profit(history[0], money)
    one = spend.customer_lifetime_value(buying, *history, money, freq=freq)
    two = _customer_lifetime_value(buying, *history, mean, freq=freq)
    assert one.tolist() == two.tolist()


# -- attributes --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"save_data": False},
        {"save_generate_data_method": False},
        {"save_data": False, "values_to_save": [""]},
    ],
    ids=str,
)
def test_results_are_attributes_of_the_instance(options, model, tmp_path):
    model.save_model(tmp_path / "model.pkl", **options)
    again = tenure.BetaGeoFitter()
    again.load_model(tmp_path / "model.pkl")
    found, kept = vars(again), vars(model)
    assert {name: found[name] for name in KEPT} == {name: kept[name] for name in KEPT}
    assert kept["_scale"] == 1 / model.data["T"].max()
    pd.testing.assert_series_equal(found["params_"], kept["params_"])
    assert found["predict"](1, 1, 2, 5) == kept["predict"](1, 1, 2, 5) == model.predict(1, 1, 2, 5)
    if options.get("save_data", True):
        pd.testing.assert_frame_equal(found["data"], kept["data"])
    else:
        assert found["data"] == options.get("values_to_save", [None])[0]
    if "save_generate_data_method" in options:
        assert found["generate_new_data"] is None
    else:
        assert len(again.generate_new_data(3)) == 3 if "save_data" not in options else True


def test_attributes_follow_the_model(model, customers):
    before = model.predict(1, 1, 2, 5)
    for copied in (copy.copy(model), copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        copied.params_ = {"r": 1.0, "alpha": 1.0, "a": 1.0, "b": 1.0}
        assert copied.predict(1, 1, 2, 5) == vars(copied)["predict"](1, 1, 2, 5) != before
        assert vars(copied)["params_"]["r"] == 1.0
    assert model.predict(1, 1, 2, 5) == before
    model.fit(*(customers.head(500)[name] for name in customers.columns[:3]))
    assert len(vars(model)["data"]) == 500
    assert vars(model)["params_"] is model.params_


def test_elsewhere_instances_hold_no_copies(customers):
    model = tenure.BetaGeoFitter().fit(*(customers[name] for name in customers.columns[:3]))
    assert not {"params_", "_scale", "data", "predict"} & set(vars(model))


# -- silence -----------------------------------------------------------------------------------

NOISY = """\
    import warnings
    import pandas as pd
    warnings.warn("before", FutureWarning)
    import lifetimes
    warnings.warn("after", FutureWarning)
    warnings.warn("another kind", UserWarning)
    table = pd.DataFrame({"a": [1, 2, 3]})
    part = table[table["a"] > 1]
    part["b"] = 2
"""


def test_a_script_is_as_silent_as_under_lifetimes(tmp_path):
    (tmp_path / "noisy.py").write_text(textwrap.dedent(NOISY))
    environment = {**os.environ, "PYTHONPATH": str(Path(tenure.__file__).parent.parent)}
    environment.pop("PYTHONWARNINGS", None)
    done = subprocess.run(
        [sys.executable, "-m", "tenure.lifetimes", "noisy.py"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    shown = [line for line in done.stderr.splitlines() if "Warning" in line and ".py:" in line]
    assert [line.rpartition(": ")[2] for line in shown] == ["before", "another kind"]


def test_a_script_prints_one_line_more_than_under_lifetimes(tmp_path):
    code = """
        import pandas as pd
        from lifetimes.datasets import load_cdnow_summary
        import warnings
        table = load_cdnow_summary()
        loyal = table[table["frequency"] > 1]
        for name in "abcde":
            loyal[name] = 2
            warnings.warn(name, FutureWarning)
    """
    (tmp_path / "noisy.py").write_text(textwrap.dedent(code))
    environment = {**os.environ, "PYTHONPATH": str(Path(tenure.__file__).parent.parent)}
    environment.pop("PYTHONWARNINGS", None)
    done = subprocess.run(
        [sys.executable, "-m", "tenure.lifetimes", "noisy.py"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stderr.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("tenure.lifetimes is active")


def test_silence_begins_with_the_import_and_ends_with_the_stand_in():
    old = int(pd.__version__.split(".")[0]) < 3
    before = pd.get_option("mode.chained_assignment") if old else None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tenure.lifetimes.activate()
        try:
            with pytest.raises(FutureWarning):
                warnings.warn("still heard", FutureWarning, stacklevel=1)
            __import__("lifetimes")
            warnings.warn("not heard", FutureWarning, stacklevel=1)
            assert not old or pd.get_option("mode.chained_assignment") is None
        finally:
            tenure.lifetimes.uninstall()
        with pytest.raises(FutureWarning):
            warnings.warn("heard again", FutureWarning, stacklevel=1)
    assert not old or pd.get_option("mode.chained_assignment") == before
