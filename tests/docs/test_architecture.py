"""docs/architecture.md names every package and module, and the layers of import-linter."""

import re

import pytest
from conftest import ROOT

TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PACKAGE = ROOT / "python" / "tenure"


def python_names():
    """Yield how the document must name each package and top-level module of tenure."""
    for path in sorted(PACKAGE.iterdir()):
        if path.is_dir() and (path / "__init__.py").is_file():
            yield f"`{path.name}/`"
        elif path.suffix in (".py", ".pyi") and path.stem != "__init__":
            yield f"`{path.stem}`"


def rust_names():
    """Yield how the document must name each folder and top-level module of the crate."""
    for path in sorted((ROOT / "src").iterdir()):
        if path.is_dir():
            yield f"`src/{path.name}/`"
        elif path.suffix == ".rs":
            yield f"`src/{path.name}`"


@pytest.mark.parametrize("name", [*python_names(), *rust_names()])
def test_the_document_names_it(name):
    assert name in TEXT


def test_the_document_names_nothing_else():
    """A row of the two tables names only what exists, modules of the crate's folders included."""
    named = {name.strip("`/") for name in python_names()}
    for row in re.findall(r"^\| (`[a-z_].*?) \|", TEXT, flags=re.MULTILINE):
        for name in re.findall(r"`([^`]+)`", row):
            if name.startswith("src/"):
                assert (ROOT / name).exists(), name
            else:
                assert name.strip("/") in named, name
    for folder, content in re.findall(r"^\| `(src/\w+)/` \| (.*) \|$", TEXT, flags=re.MULTILINE):
        for name in re.findall(r"`([a-z_]+/?)`", content):
            parts = {path.stem for path in (ROOT / folder).rglob("*")}
            assert name.strip("/") in parts, f"{folder}: {name}"


def test_the_order_of_imports_is_the_one_that_is_checked():
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    layers = re.search(r"^layers = \[\n(.*?)^\]", settings, flags=re.MULTILINE | re.DOTALL)
    stated = re.search(r"```imports\n(.*?)```", TEXT, flags=re.DOTALL)
    assert layers
    assert stated
    assert stated[1].split("\n")[:-1] == re.findall(r'"(.*?)"', layers[1])


def test_files_named_in_the_document_exist():
    for name in re.findall(r"`((?:src|tests|\.ci|pipeline)/[\w/]+\.\w+)`", TEXT):
        assert (ROOT / name).exists() or (PACKAGE / name).exists(), name
