"""Warnings: one line, a code, a page, details on request."""

import ast
import pickle
import re
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import tenure
from tenure import exceptions
from tenure._warnings import TEXT_LIMIT, Notice, collect_warnings
from tenure.exceptions import DataWarning, NotIdentifiedWarning, TenureWarning
from tenure.pipeline.run import _once

ROOT = Path(__file__).parents[1]
CLASSES = [
    kind
    for kind in vars(exceptions).values()
    if isinstance(kind, type) and issubclass(kind, TenureWarning)
]


def test_each_class_has_a_code_of_its_own():
    codes = [kind.__dict__["code"] for kind in CLASSES]
    assert len(set(codes)) == len(CLASSES) > 15
    assert all(re.fullmatch(r"T\d{3}", code) for code in codes)
    assert NotIdentifiedWarning.code == "T201"


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_each_class_has_a_section_and_a_docstring(kind):
    path, _, anchor = kind().page.partition("#")
    page = (ROOT / path).read_text(encoding="utf-8")
    sections = re.split(r'^<a id="(t\d{3})"></a>$', page, flags=re.M)
    found = dict(zip(sections[1::2], sections[2::2], strict=True))
    assert found[anchor].strip().startswith(f"## {kind.code} · {kind.__name__}\n")
    assert f"[{kind.code}](#{anchor})" in page or kind is TenureWarning
    if kind.code not in ("T000", "T200"):
        for part in ("**What it means.**", "**What to do.**", "**Example.**"):
            assert part in found[anchor]
    assert len((kind.__doc__ or "").strip().split("\n\n")) >= 2  # for help(): what to do as well


def test_a_warning_is_one_line_with_its_parts():
    warning = NotIdentifiedWarning("Not known.", "Because\nof this.")
    assert str(warning) == "Not known. [T201, docs/warnings.md#t201]"
    assert (warning.text, warning.details) == ("Not known.", "Because\nof this.")
    assert warning.to_dict() == {
        "code": "T201",
        "category": "NotIdentifiedWarning",
        "text": "Not known.",
        "details": "Because\nof this.",
    }
    again = pickle.loads(pickle.dumps(warning))
    assert (str(again), again.details) == (str(warning), warning.details)
    with pytest.warns(DataWarning, match=r"^Plain\. \[T100, ") as caught:
        warnings.warn("Plain.", DataWarning, stacklevel=1)
    assert caught[0].message.details == ""


def test_a_text_is_kept_to_one_line_of_limited_length():
    notice = Notice(DataWarning, "one\ntwo  " + "word " * 100, "More.")
    assert "\n" not in notice.text
    assert len(notice.text) <= TEXT_LIMIT
    assert notice.text.endswith("word…")
    assert notice.details.startswith("one two word")
    assert notice.details.endswith("word More.")
    short = Notice(DataWarning, "x" * TEXT_LIMIT)
    assert (short.text, short.details) == ("x" * TEXT_LIMIT, "")
    with collect_warnings() as kept:
        notice.emit()
    assert kept == [notice]
    assert str(notice.warning()).startswith(notice.text)


def notices_in_the_package():
    for path in sorted((ROOT / "python" / "tenure").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Notice":
                yield f"{path.name}:{node.lineno}", node
            if isinstance(node, ast.Attribute) and node.attr == "warn":
                assert path.name == "_warnings.py", f"{path.name}:{node.lineno}: use a Notice"


def test_texts_as_written_fit():
    """The constant parts of each text leave room for the figures put into them."""
    found = list(notices_in_the_package())
    assert len(found) > 25
    for place, call in found:
        constants = [
            part.value
            for part in ast.walk(call.args[1])
            if isinstance(part, ast.Constant) and isinstance(part.value, str)
        ]
        text = "".join(constants)
        assert "\n" not in text, place
        assert len(text) <= TEXT_LIMIT - 5, f"{place}: {len(text)} characters: {text}"


def test_a_run_gives_each_warning_once_in_few_words():
    customers = tenure.datasets.make_omnichannel(2000, seed=1)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        analysis = tenure.run(customers, preset="flo", convention="total", horizons=[12, 24])
    given = [entry.message for entry in caught if isinstance(entry.message, TenureWarning)]
    assert [str(warning) for warning in given] == [str(w) for w in analysis.warnings]
    assert len({(type(w), w.text) for w in given}) == len(given)
    kinds = {type(warning).__name__ for warning in given}
    assert {"ConventionWarning", "SelectedSampleWarning", "UnitWarning"} <= kinds
    for warning in given:
        line = str(warning)
        assert "\n" not in line
        assert not warning.text.endswith("…"), line  # nothing had to be cut
        assert line.endswith(f"[{warning.code}, {warning.page}]")
    assert sum(len(str(w).split()) for w in given) < 40 * len(given)


def test_repetitions_are_dropped_whatever_their_details():
    twice = [Notice(DataWarning, "a", "1"), Notice(DataWarning, "b"), Notice(DataWarning, "a", "2")]
    assert _once(twice) == twice[:2]


def test_long_names_do_not_make_long_warnings():
    name = "paid " * 400
    table = pd.DataFrame(
        {"id": ["a", "a", None], "day": ["2024-01-01", "2024-03-01", "2024-02-01"], name: 1.0}
    )
    table.loc[1, name] = -np.float64(0.5)
    with pytest.warns(exceptions.RefundWarning) as caught:
        tenure.summarize(table.dropna(), customer="id", date="day", amount=name)
    assert all(len(str(entry.message)) < 260 for entry in caught)
    assert name.strip() in caught[0].message.details
