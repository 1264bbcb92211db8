"""What the documents say is run: README blocks, examples in docstrings, the notebook."""

import doctest
import importlib
import json
import pkgutil
import re
import shlex
import warnings

import pytest
from conftest import ROOT
from typer.testing import CliRunner

import tenure
from tenure.cli.main import app
from tenure.exceptions import TenureWarning

README = (ROOT / "README.md").read_text(encoding="utf-8")
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(tenure.__path__, "tenure.")
    if module.name != "tenure._engine"
)


def test_python_blocks_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    assert len(blocks) >= 3
    names: dict[str, object] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        for block in blocks:
            exec(compile(block, "README.md", "exec"), names)
    assert (tmp_path / "results" / "report.html").is_file()
    assert set("ABCD") == set(names["forecast"]["segment"].astype(str))
    assert names["bgf"].params_["r"] == pytest.approx(0.2426, abs=1e-4)


@pytest.fixture(scope="module")
def analysed():
    """Names that the pages use: a table of customers, what a run made of it."""
    customers = tenure.datasets.make_omnichannel(500, seed=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        analysis = tenure.run(customers, preset="flo")
    forecast = analysis.forecast
    return {
        "tenure": tenure,
        "analysis": analysis,
        "customers": analysis.customers,
        "forecast": forecast,
        "segments": forecast["segment"],
    }


@pytest.mark.parametrize("page", ["cohorts", "data", "insights", "report", "warnings"])
def test_python_blocks_of_a_page_run(page, analysed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tenure.datasets.make_omnichannel(50, seed=0).to_csv("customers.csv", index=False)
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    assert blocks
    names = dict(analysed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        for block in blocks:
            exec(compile(block, f"{page}.md", "exec"), names)


def test_shell_blocks_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tenure.datasets.make_omnichannel(1000, seed=3).to_csv("customers.csv", index=False)
    sales = tenure.datasets.load_cdnow_transactions()
    names = {"customer_id": "id", "date": "day", "dollar_value": "value"}
    sales.rename(columns=names).to_csv("sales.csv", index=False)
    lines = re.findall(r"^tenure (run .*)$", README, flags=re.MULTILINE)
    assert len(lines) == 2
    for line in lines:
        result = CliRunner().invoke(app, shlex.split(line), catch_exceptions=False)
        assert result.exit_code == 0, result.output
    assert (tmp_path / "results" / "report.html").is_file()


def test_names_the_two_commands():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in ("demo", "test"):
        assert f"make {target}" in README
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE)


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        result = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.failed == 0


NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_stripped(path):
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs(path, tmp_path):
    nbclient = pytest.importorskip("nbclient", reason="notebooks need nbclient and ipykernel")
    nbformat = pytest.importorskip("nbformat")
    notebook = nbformat.read(path, as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    )
    client.execute()
    outputs = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.outputs]
    assert outputs
