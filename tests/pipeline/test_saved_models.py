"""A run with the models of an earlier one: the same forecast, and how old it is."""

import json
import warnings

import pandas as pd
import pytest
from typer.testing import CliRunner

import tenure
from tenure import ModifiedBetaGeoFitter
from tenure.cli.main import app
from tenure.exceptions import FileError, ModelWarning, OptionError, TenureWarning, UnitError

COLUMNS = {"customer": "customer_id", "date": "date", "amount": "dollar_value"}


def run(source, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        return tenure.run(source, **{**COLUMNS, **options})


def ages(analysis):
    return [str(w) for w in analysis.warnings if "models.json" in str(w)]


@pytest.fixture(scope="module")
def sales():
    return tenure.datasets.load_cdnow_transactions().head(3000)


@pytest.fixture(scope="module")
def first(sales, tmp_path_factory):
    out = tmp_path_factory.mktemp("first") / "out"
    return run(sales, outputs=["models"], out=out, analysis_date="1998-06-30")


def test_the_same_forecast_as_the_fit_that_made_them(sales, first):
    again = run(sales, models=first.out / "models.json", analysis_date="1998-06-30")
    pd.testing.assert_frame_equal(again.forecast, first.forecast, check_exact=True)
    assert again.settings["models_age_days"] == 0
    assert again.settings["models"] == "models.json"
    assert ages(again) == []
    assert again.tables["models"]["chosen"].tolist() == [True]
    assert again.report()


def test_new_customers_get_what_the_models_say(sales, first, tmp_path):
    """Counted by hand from the saved parameters: nothing is fitted to the new table."""
    path = first.out / "models.json"
    new = tenure.datasets.load_cdnow_transactions().tail(2000)
    out = tmp_path / "out"
    found = run(new, models=path, analysis_date="1998-08-29", horizons="26W", out=out)
    assert found.purchase_model.params_.equals(first.purchase_model.params_)
    model = tenure.BaseFitter.from_json(path)
    table = found.customers
    expected = model.conditional_expected_number_of_purchases_up_to_time(
        26.0, table["frequency"], table["recency"], table["T"]
    )
    column = found.forecast[f"expected_purchases_{found.longest}"]
    assert column.to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-12)
    assert found.settings["models_age_days"] == 60  # July has 31 days: 30 June to 29 August
    (text,) = ages(found)
    assert "60 days old (fitted to data up to 1998-06-30)" in text
    # Written again, they are as old as they were, not of the day of the second run.
    later = run(new, models=out / "models.json", analysis_date="1998-09-28")
    assert later.settings["models_age_days"] == 90
    assert later.settings["models_fitted_to"] == "1998-06-30"


def test_a_single_model_of_an_unknown_date(sales, first, tmp_path):
    first.purchase_model.to_json(tmp_path / "models.json")
    found = run(sales, models=tmp_path / "models.json", analysis_date="1998-06-30")
    assert found.spend_model is None
    assert "unknown date" in ages(found)[0]
    assert found.settings["models_age_days"] is None


def test_what_does_not_fit_is_refused(sales, first, tmp_path):
    path = first.out / "models.json"
    with pytest.raises(UnitError, match=r"period 'W', this run in 'D'\. Use period='W'"):
        run(sales, models=path, period="D")
    other = "pareto/nbd" if type(first.purchase_model) is ModifiedBetaGeoFitter else "mbg/nbd"
    with pytest.raises(OptionError, match="asks for another"):
        run(sales, models=path, purchase_model=other)
    with pytest.raises(OptionError, match="leave the penalizers out"):
        run(sales, models=path, purchase_penalizer=0.1)
    retailer = tenure.datasets.make_omnichannel(200, seed=1)
    totals = {"customer": None, "date": None, "amount": None, "preset": "flo"}
    with pytest.raises(OptionError, match=r"fitted with convention='repeat'.*counts with 'total'"):
        run(retailer, **totals, models=path, convention="total")
    (tmp_path / "x.json").write_text('{"models": {}}')
    with pytest.raises(OptionError, match="holds no fitted purchase model"):
        run(sales, models=tmp_path / "x.json")
    with pytest.raises(FileError, match="no model file"):
        run(sales, models=tmp_path / "none.json")


def test_the_file_is_never_replaced(sales, first):
    path = first.out / "models.json"
    before = path.read_bytes()
    for overwrite in (False, True):
        with pytest.raises(FileError, match="is the file of saved models of this run"):
            run(sales, models=path, out=first.out, overwrite=overwrite)
    assert path.read_bytes() == before


def test_from_the_command_and_a_description(sales, first, tmp_path):
    sales.to_csv(tmp_path / "sales.csv", index=False)
    path = first.out / "models.json"
    options = [f"--{role}={name}" for role, name in COLUMNS.items()]
    command = ["run", str(tmp_path / "sales.csv"), *options, f"--models={path}"]
    done = CliRunner().invoke(app, [*command, f"--out={tmp_path / 'a'}", "--output=models"])
    assert done.exit_code == 0, done.output
    saved = json.loads((tmp_path / "a" / "models.json").read_text())
    original = json.loads(path.read_text())
    assert saved["models"]["purchase"]["params"] == original["models"]["purchase"]["params"]
    (tmp_path / "old.json").write_bytes(path.read_bytes())
    roles = "".join(f'{role} = "{name}"\n' for role, name in COLUMNS.items())
    (tmp_path / "tenure.toml").write_text(
        f'input = "sales.csv"\nmodels = "old.json"\n[columns]\n{roles}'
    )
    with pytest.warns(ModelWarning):
        found = tenure.run_config(tmp_path / "tenure.toml", analysis_date="1998-07-01")
    assert found.settings["models_age_days"] == 1
