"""What people see first: the names that completion offers, and how to install what is missing."""

import importlib
import pkgutil
import subprocess
import sys
import types

import pytest
from conftest import ROOT

import tenure
from tenure.io.optional import install_command, install_hint

SINGLE = ("exceptions", "presets", "version")


def public_modules():
    """List tenure, its public packages and its public single modules."""
    packages = [
        module.name
        for module in pkgutil.iter_modules(tenure.__path__, "tenure.")
        if module.ispkg and module.name.removeprefix("tenure.") in tenure._MODULES
    ]
    return sorted({"tenure", *packages, *(f"tenure.{name}" for name in SINGLE)})


@pytest.mark.parametrize("name", public_modules())
def test_a_module_shows_its_public_names_only(name):
    module = importlib.import_module(name)
    shown = set(dir(module))
    expected = set(module.__all__)
    if name == "tenure":
        expected |= {"lifetimes"}  # kept out of `from tenure import *`, which would import it
    assert shown == expected
    for each in shown:
        value = getattr(module, each)
        foreign = isinstance(value, types.ModuleType) and not value.__name__.startswith("tenure")
        assert not foreign, each
        assert not each.startswith("_") or each == "__version__", each


def test_there_are_names_to_show():
    assert len(public_modules()) > 12
    assert {"run", "BetaGeoFitter", "rfm", "plotting", "exceptions"} <= set(dir(tenure))
    assert {"rfm_segments", "SegmentMap"} <= set(dir(tenure.rfm))


def test_completion_offers_what_dir_does():
    """As in a notebook, in a process of its own: a shell leaves its hooks behind."""
    script = (
        "import tenure, tenure.pipeline.run, tenure.report.workbook\n"
        "from IPython.core.completer import IPCompleter, provisionalcompleter\n"
        "completer = IPCompleter(namespace={'tenure': tenure})\n"
        "for name, module in (('tenure', tenure), ('tenure.rfm', tenure.rfm)):\n"
        "    text = name + '.'\n"
        "    with provisionalcompleter():\n"
        "        found = {c.text.lstrip('.') for c in completer.completions(text, len(text))}\n"
        "    assert found == {n for n in dir(module) if n[0] != '_'}, found ^ set(dir(module))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


# -- how to install an extra -----------------------------------------------------------------------


def test_the_command_works_in_a_checkout():
    assert install_command("plot") == "pip install '.[plot]'"
    assert install_hint("plot").endswith("run in a checkout of tenure")
    extras = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for extra in ("config", "excel", "parquet", "plot", "report"):
        assert f"\n{extra} = [" in extras


def test_no_other_place_names_a_command():
    """Nothing of the name is published; once something is, one place changes."""
    places = []
    for pattern in ("python/**/*.py", "python/**/*.js", "python/**/*.html", "docs/*.md", "*.md"):
        for path in ROOT.glob(pattern):
            if path.name in ("optional.py", "CHANGELOG.md", "CONTRIBUTING.md"):
                continue
            text = path.read_text(encoding="utf-8")
            if "pip install" in text or "'tenure[" in text:
                places.append(path.relative_to(ROOT).as_posix())
    assert places == ["README.md"]
    assert "`pip install '.[all]'` in a checkout" in (ROOT / "README.md").read_text("utf-8")
