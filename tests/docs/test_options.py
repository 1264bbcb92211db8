"""The options of a run: the same in Python, the command, tenure.toml, run.json and the docs."""

from __future__ import annotations

import inspect
import json
import re
import runpy
import subprocess
import sys
import warnings
from typing import get_args

import pytest
from conftest import ROOT
from typer.main import get_command
from typer.testing import CliRunner

import tenure
from tenure.cli.main import app
from tenure.exceptions import OptionError
from tenure.io.csv_style import Decimal
from tenure.locale.languages import Language
from tenure.pipeline.config.schema import Config
from tenure.pipeline.model_choice import PURCHASE_MODELS, PurchaseModel
from tenure.pipeline.outputs import OUTPUTS
from tenure.pipeline.run_options import OPTIONS, chosen
from tenure.run_files.output_files import OUTPUT_FILES
from tenure.summary.inputs import Convention

ELSEWHERE = ("source", "progress")
"""Parameters of tenure.run that are no options: the input, and a callback."""


def parameters():
    found = inspect.signature(tenure.run).parameters
    return {name: found[name] for name in found if name not in ELSEWHERE}


def test_run_takes_the_options_with_their_defaults():
    assert list(parameters()) == list(OPTIONS)
    for name, parameter in parameters().items():
        assert parameter.default == OPTIONS[name].default, name
        assert type(parameter.default) is type(OPTIONS[name].default), name


@pytest.mark.parametrize("option", OPTIONS.values(), ids=str)
def test_the_docstring_describes_each_option(option):
    text = inspect.getdoc(tenure.run)
    section = text.partition("Parameters\n")[2].partition("Returns\n")[0]
    heads = " ".join(re.findall(r"^\S.*$", section, re.MULTILINE))
    assert re.search(rf"\b{option.name}\b", heads)
    if option.choices:
        allowed = ", ".join(f'"{choice}"' for choice in option.choices)
        assert f'{option.name} : {{{allowed}}}, default "{option.default}"' in section.replace(
            "'", '"'
        ) or f"{{{allowed}}}" in section.replace("'", '"')


def test_the_allowed_values_are_those_of_the_code():
    for name, type_ in (
        ("convention", Convention),
        ("purchase_model", PurchaseModel),
        ("language", Language),
        ("decimal", Decimal),
    ):
        assert set(OPTIONS[name].choices) == set(get_args(type_)), name
    assert OPTIONS["purchase_model"].choices == ("auto", *PURCHASE_MODELS)
    assert list(OUTPUT_FILES) == list(OUTPUTS)


def command_options():
    command = get_command(app).commands["run"]
    return {parameter.name: parameter for parameter in command.params}


def test_the_command_has_every_option():
    found = command_options()
    assert set(found) - {"source", "strict", "help"} == set(OPTIONS)
    for name, option in OPTIONS.items():
        flags = [*found[name].opts, *found[name].secondary_opts]
        assert set(option.flag.split("/")) <= set(flags), name


def test_a_description_has_every_option():
    sections = {"": Config, "columns": None, "method": None, "output": None}
    for name in ("columns", "method", "output"):
        sections[name] = type(Config.model_fields[name].default)
    for name, option in OPTIONS.items():
        assert name in sections[option.section].model_fields, name
    known = {name for section in sections.values() for name in section.model_fields}
    assert known - set(OPTIONS) == {"input", "campaign", "columns", "method", "output"}


def test_the_record_has_every_setting(tmp_path):
    customers = tenure.datasets.make_omnichannel(200, seed=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what the simulated data lack
        tenure.run(customers, preset="flo", out=tmp_path / "out")
    settings = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))["settings"]
    wanted = {name for name, option in OPTIONS.items() if option.recorded == "settings"}
    assert wanted - set(settings) == set()


def test_the_command_starts_without_the_heavy_libraries():
    code = "import sys, tenure.cli.main; print({'numpy', 'pandas', 'pydantic'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_the_page_is_up_to_date():
    page = runpy.run_path(str(ROOT / ".ci" / "options_page.py"))
    text = page["PAGE"].read_text("utf-8")
    assert page["updated"](text) == text, "run: python .ci/options_page.py"


@pytest.mark.parametrize(
    ("name", "earlier", "present"),
    [("ties", "order", "first"), ("segment_names", "scripts", "legacy")],
)
def test_earlier_spellings_are_accepted(name, earlier, present):
    assert chosen(name, earlier) == chosen(name, present) == present
    with pytest.raises(OptionError, match=present):
        chosen(name, "random")


@pytest.mark.parametrize(
    "option", [option for option in OPTIONS.values() if option.choices], ids=lambda o: o.name
)
def test_a_wrong_value_is_refused_in_one_way(option, tmp_path):
    source = tmp_path / "customers.csv"
    tenure.datasets.make_omnichannel(200, seed=1).to_csv(source, index=False)
    allowed = ", ".join(map(repr, option.choices))
    message = f"{option.name}='random'; use one of {allowed}."
    with pytest.raises(OptionError) as python:
        tenure.run(source, preset="flo", **{option.name: "random"})
    assert message in str(python.value)
    path = tmp_path / "tenure.toml"
    path.write_text(
        f'input = "customers.csv"\npreset = "flo"\n[{option.section}]\n{option.name} = "random"\n'
    )
    with pytest.raises(OptionError) as description:
        tenure.read_config(path)
    assert message in str(description.value)
    command = ["run", str(source), "--preset", "flo", "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(
        app, [*command, option.flag, "random"], env={"TERMINAL_WIDTH": "300", "COLUMNS": "300"}
    )
    assert result.exit_code == 2
    assert message in re.sub(r"[│\s]+", " ", result.output)
