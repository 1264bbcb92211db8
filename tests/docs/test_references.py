"""References of the documents: links, anchors, files, and the names of tenure in them."""

import importlib
import json
import re

import pytest
from conftest import ROOT

DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "notebooks").glob("*.ipynb")),
]
# Paths in the repository, as documents write them; benches/output is written by `make bench`.
FILES = r"(?:python/tenure|src|tests|benches|docs|notebooks|\.ci)/[\w./-]*\w"


def text_of(path):
    """Return the prose and code of a document, without the outputs of a notebook."""
    if path.suffix == ".ipynb":
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return "\n\n".join("".join(cell["source"]) for cell in cells)
    return path.read_text(encoding="utf-8")


def anchors_of(text):
    """Return the anchors of a document: explicit ones, and those GitHub derives from headings."""
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", prose, flags=re.MULTILINE)
    slugs = (re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings)
    return {*slugs, *re.findall(r'<a id="([^"]+)">', text)}


def resolves(name):
    """Whether a dotted name below tenure is a module, or an attribute of one."""
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            value = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            if not hasattr(value, part):
                return False
            value = getattr(value, part)
        return True
    return False


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_resolve(path):
    text = text_of(path)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https?:", target):
            continue
        file, _, anchor = target.partition("#")
        place = path.parent / file if file else path
        assert place.exists(), target
        if anchor:
            assert anchor in anchors_of(text_of(place)), target


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_names_of_tenure_resolve(path):
    text = re.sub(r"\[[^\]]*\]\([^)]*\)", "", text_of(path))
    for name in sorted(set(re.findall(r"(?<![\w./<-])tenure(?:\.[A-Za-z_]\w*)+", text))):
        if name == "tenure.toml":
            continue
        assert resolves(name), name


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_files_named_exist(path):
    for name in sorted(set(re.findall(rf"`({FILES}/?)`", text_of(path)))):
        assert (ROOT / name).exists() or name.startswith("benches/output/"), name


def test_a_wrong_reference_is_found():
    assert resolves("tenure.rfm.cut_points")
    assert not resolves("tenure.rfm.cut_pionts")
    assert not resolves("tenure.frames.read")
    assert "how-fits-are-computed" in anchors_of("# Models\n\n## How fits are computed\n")
    assert "h" not in anchors_of("```\n# h\n```\n")
