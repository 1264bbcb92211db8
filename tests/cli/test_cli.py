"""The command: files, exit codes, messages."""

import json
import os
import re
import subprocess
import sys

import pandas as pd
import pytest
from typer.testing import CliRunner

import tenure
from tenure.cli.main import app

TOTALS = [
    "--customer=master_id",
    "--first-order=first_order_date",
    "--last-order=last_order_date",
    "--orders=order_num_total_ever_online",
    "--orders=order_num_total_ever_offline",
    "--spend=customer_value_total_ever_online",
    "--spend=customer_value_total_ever_offline",
]


@pytest.fixture(scope="module")
def customers(tmp_path_factory):
    path = tmp_path_factory.mktemp("in") / "customers.csv"
    tenure.datasets.make_omnichannel(1_000, seed=7).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def sales(tmp_path_factory):
    path = tmp_path_factory.mktemp("in") / "sales.csv"
    tenure.datasets.load_cdnow_transactions().to_csv(path, index=False)
    return path


def call(*arguments, code=0):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    # Panels wrap their text: for looking things up it is put back on one line.
    return re.sub(r"\s*[│┃]\s*\n?\s*[│┃]?\s*|\s+", " ", result.output)


def test_preset(customers, tmp_path):
    out = tmp_path / "out"
    text = call("run", customers, "--preset", "flo", "--out", out)
    assert "report.html" in text
    assert "[T204, docs/warnings.md#t204]" in text
    names = {path.name for path in out.iterdir()}
    assert {"forecast.csv", "discount_target_customer_ids.csv", "run.json"} <= names


def test_own_columns(customers, tmp_path):
    call("run", customers, *TOTALS, "--channel=order_channel", "--out", tmp_path / "out")
    assert (tmp_path / "out" / "channels.csv").is_file()
    assert not (tmp_path / "out" / "discount_target_customer_ids.csv").exists()


def test_transactions(sales, tmp_path):
    options = ["--customer=customer_id", "--date=date", "--amount=dollar_value"]
    text = call("run", sales, "--transactions", *options, "--out", tmp_path / "out")
    assert "2,357" in text
    forecast = pd.read_csv(tmp_path / "out" / "forecast.csv")
    assert len(forecast) == 2357
    assert forecast["clv_6m"].ge(0).all()  # to the cent


def test_options_reach_the_job(customers, tmp_path):
    text = call(
        "run", customers, "--preset=flo", "--convention=total", "--ties=first",
        "--purchase-penalizer=0.001", "--spend-penalizer=0.01", "--horizons=12,24W",
        "--purchase-model=mbg/nbd", "--no-cap-outliers", "--discount-rate=0.02",
        "--analysis-date=2021-07-01", "--out", tmp_path,
    )  # fmt: skip
    assert "[T203, docs/warnings.md#t203]" in text
    assert "T300" in text
    settings = json.loads((tmp_path / "models.json").read_text())["settings"]
    assert settings["analysis_date"] == "2021-07-01"
    assert settings["horizons"] == ["12w", "24w"]
    assert settings["discount_rate"] == 0.02
    assert settings["ties"] == "first"
    assert settings["cap_outliers"] is False
    assert settings["purchase_model"] == "mbg/nbd"
    assert settings["spend_penalizer"] == 0.01


def test_demo(tmp_path):
    text = call("demo", "--customers=800", "--out", tmp_path / "demo")
    for job in ("omnichannel", "cdnow"):
        assert (tmp_path / "demo" / job / "report.html").is_file()
        assert job in text


def test_version():
    assert call("--version").strip() == f"tenure {tenure.__version__}"


def test_help_is_worth_reading():
    assert "Exit codes" in call("--help")
    text = call("run", "--help")
    for word in ("--preset", "--transactions", "--convention", "--ties", "report.html"):
        assert word in text


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (None, "missing.csv", "no file"),
        ("", "empty.csv", "empty"),
        ("a,b\n1,2\n", "fake.parquet", "not of the kind of its extension"),
        ("a,b\n1,2\n", "other.csv", "master_id"),
    ],
)
def test_unusable_files_end_with_1_and_a_message(tmp_path, content, name, says):
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    text = call("run", path, "--preset=flo", "--out", tmp_path / "out", code=1)
    assert says in text
    assert "Nothing was written" in text
    assert not (tmp_path / "out").exists()


def test_bad_values_name_the_column(customers, tmp_path):
    table = pd.read_csv(customers)
    table.loc[3, "customer_value_total_ever_online"] = -1.0
    table.to_csv(tmp_path / "bad.csv", index=False)
    text = call("run", tmp_path / "bad.csv", "--preset=flo", "--out", tmp_path / "out", code=1)
    assert "customer_value_total_ever_online" in text
    assert "-1.0" in text


def test_out_that_is_a_file(customers, tmp_path):
    (tmp_path / "out").write_text("mine")
    call("run", customers, "--preset=flo", "--out", tmp_path / "out", code=2)
    assert (tmp_path / "out").read_text() == "mine"


@pytest.mark.parametrize(
    "arguments",
    [
        ["run"],
        ["run", "x.csv"],
        ["walk"],
        ["run", "x.csv", "--out=o", "--ties=random"],
        ["run", "FILE", "--out=o"],
        ["run", "FILE", "--out=o", "--preset=aldo"],
        ["run", "FILE", "--out=o", "--preset=flo", "--horizons=soon"],
    ],
)
def test_usage_ends_with_2(customers, tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    call(*(str(customers) if word == "FILE" else word for word in arguments), code=2)
    assert list(tmp_path.iterdir()) == []


def test_as_a_process(customers, tmp_path):
    """Warnings go to the error stream, a line each, the outcome to the output; no traceback."""
    command = [sys.executable, "-m", "tenure"]
    done = subprocess.run(
        [*command, "run", str(customers), "--preset", "flo", "--out", str(tmp_path / "out")],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={"PYTHONIOENCODING": "utf-8", "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "report.html" in done.stdout
    lines = done.stderr.strip().splitlines()
    assert all(re.fullmatch(r"! .+ \[T\d{3}, docs/warnings.md#t\d{3}\]", line) for line in lines)
    assert sum("T204" in line for line in lines) == 1
    assert "SelectedSampleWarning" not in done.stdout


@pytest.mark.slow
def test_day_or_month_first(tmp_path):
    path = tmp_path / "sales.csv"
    path.write_text("id,day\n" + "".join(f"{n % 4},0{n}/0{n + 1}/2021\n" for n in range(1, 9)))
    names = ["--customer=id", "--date=day", f"--out={tmp_path / 'out'}"]
    assert "more than one way" in call("run", path, *names, code=1)
    for order, last in (("--dayfirst", "2021-09-08"), ("--monthfirst", "2021-08-09")):
        call("run", path, *names, order)
        settings = json.loads((tmp_path / "out" / "models.json").read_text())["settings"]
        assert settings["analysis_date"] == last


def test_strict_says_by_its_exit_code_that_the_fit_bears_no_figures(customers, tmp_path):
    """Customers who never drop out: the files are there, and a job can tell."""
    out = tmp_path / "strict"
    text = call("run", customers, "--preset=flo", "--strict", "--out", out, code=3)
    assert "[T201, docs/warnings.md#t201]" in text
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert record["not_identified"]["purchase"]
    assert set(record["warnings"][0]) == {"code", "category", "text", "details"}
    assert (out / "report.html").exists()


def test_strict_is_silent_where_the_fit_is_sound(sales, tmp_path):
    columns = ["--customer=customer_id", "--date=date", "--amount=dollar_value"]
    text = call("run", sales, *columns, "--strict", "--output=rfm", "--out", tmp_path / "out")
    assert "Purchase model MBG/NBD: highest log-likelihood" in text
