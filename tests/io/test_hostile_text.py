"""Text that breaks what it reaches: control characters, halves of characters, empty lists."""

from __future__ import annotations

import subprocess
import sys
import warnings

import numpy as np
import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

import tenure
from tenure.campaigns import Campaign
from tenure.cli.main import app
from tenure.exceptions import ColumnError, DataError, OptionError, TenureError, TenureWarning
from tenure.io.spreadsheets import write_csv
from tenure.io.text import LONGEST, check_label, listed, printable, printable_all, quoted, short
from tenure.report import renderer

ROLES = {
    "customer": "id", "first_order": "first", "last_order": "last", "orders": "n", "spend": "money",
    "channel": "via", "category": "likes", "store_type": "shop",
}  # fmt: skip
HOSTILE = "\x07\x1b[31m\x00\ufffe"


@pytest.fixture(autouse=True)
def _quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        yield


def table(**columns):
    rng, n = np.random.default_rng(8), 50
    orders = 1 + rng.poisson(2.0, n)
    first = pd.Timestamp("2023-01-02") + pd.to_timedelta(rng.integers(0, 300, n), "D")
    gap = np.where(orders > 1, rng.integers(10, 400, n), 0)
    made = {
        "id": [f"c{i}" for i in range(n)],
        "first": first,
        "last": first + pd.to_timedelta(gap, "D"),
        "n": orders,
        "money": (orders * rng.gamma(4.0, 20.0, n)).round(2),
        "via": rng.choice(["web", "shop"], n),
        "likes": "[A, B]",
        "shop": "A",
    }
    return pd.DataFrame({**made, **columns})


@pytest.mark.parametrize("language", ["en", "tr"])
@pytest.mark.parametrize(
    ("rules", "columns"),
    [
        ([Campaign(name="x", thresholds={"clv_6m": {"min": 1e9}})], {}),
        ([Campaign(name="x", categories=["C"]), Campaign(name="y", channels=["none"])], {}),
        ([Campaign(name="x", categories=["A"], file_name="x.xlsx")], {"likes": None}),
        ([Campaign(name="x", categories=["A"])], {"likes": "[]"}),
        ([Campaign(name="x", store_types=["A"])], {"shop": np.nan, "via": np.nan}),
    ],
)
def test_lists_without_customers_are_written_empty(rules, columns, language, tmp_path):
    analysis = tenure.run(
        table(**columns), **ROLES, campaigns=rules, language=language, out=tmp_path / "out"
    )
    assert [len(item) for item in analysis.campaigns] == [0] * len(rules)
    for item in analysis.campaigns:
        read = tenure.io.files.read_table if item.file.endswith("xlsx") else pd.read_csv
        written = read(tmp_path / "out" / item.file)
        assert written.shape == (0, 1)
        assert written.columns.tolist() == ["id"]
    assert (tmp_path / "out" / "report.html").stat().st_size > 10_000


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x9b", "\n", "\ufffe"])
def test_labels_with_control_characters_are_refused(character, tmp_path):
    label = f"b{character}"
    for make in (
        lambda: tenure.run(table(), **ROLES, value_segments={"labels": ["a", label, "c"]}),
        lambda: tenure.segment_by_value([1.0, 2.0], ["a", label]),
        lambda: Campaign(name=label),
        lambda: Campaign(name="x", file_name=f"{label}.csv"),
        lambda: tenure.rfm.segment_map({label: ["1.", "2."]}, bins=2),
        lambda: tenure.rfm.segment_map(pd.DataFrame(label, [1, 2], [1, 2])),
    ):
        with pytest.raises(OptionError, match="cannot be shown"):
            make()
    config = tmp_path / "tenure.toml"
    table().to_csv(tmp_path / "c.csv", index=False)
    spelled = f"b\\u{ord(character):04x}"
    roles = "\n".join(f'{role} = "{name}"' for role, name in ROLES.items())
    config.write_text(
        f'input = "c.csv"\n[columns]\n{roles}\n[value_segments]\nlabels = ["a", "{spelled}"]\n'
        f'[output]\ndirectory = "{tmp_path / "out"}"\n'
    )
    result = CliRunner().invoke(app, ["run", str(config)])
    assert result.exit_code == 2, result.output
    assert not (tmp_path / "out").exists()


def test_data_with_control_characters_reach_a_report(tmp_path):
    """The chart library aborted the process it ran in."""
    hostile = table(
        id=[f"c{i}{HOSTILE}" for i in range(50)], via=f"web{HOSTILE}", likes=f"[A{HOSTILE}, B]"
    )
    analysis = tenure.run(hostile, **ROLES, out=tmp_path / "out")
    text = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "<svg" in text
    assert "\x1b" not in repr(analysis)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # openpyxl does not know data bars
        openpyxl.load_workbook(tmp_path / "out" / "workbook.xlsx")
    read = pd.read_csv(tmp_path / "out" / "forecast.csv", dtype=str)
    assert len(read) == 50


def test_the_terminal_gets_no_escape_codes(tmp_path):
    path = tmp_path / "c\x1b[31m.csv"
    table(id=[f"c\x1b[2J[red]{i}" for i in range(50)], n=-1).to_csv(path, index=False)
    roles = [f"--{role.replace('_', '-')}={name}" for role, name in ROLES.items()]
    result = CliRunner().invoke(app, ["run", str(path), *roles, "--out", str(tmp_path / "out")])
    assert result.exit_code == 1
    assert "negative values" in result.output
    table().to_csv(path, index=False)
    done = CliRunner().invoke(app, ["run", str(path), *roles, "--out", str(tmp_path / "\x1b[2J")])
    assert done.exit_code == 0, done.output
    for output in (result.output, done.output):
        assert "\x1b[31m" not in output
        assert "\x1b[2J" not in output


def test_a_renderer_that_dies_is_an_error():
    """A label that kills the chart library ends its own process, not this one."""
    code = (
        "import sys\n"
        "from tenure.report import renderer\n"
        "renderer.printable_all = lambda document: document\n"
        "document = {'$schema': 'https://vega.github.io/schema/vega-lite/v5.json',"
        " 'data': {'values': [{'a': chr(7), 'b': 1}]}, 'mark': 'bar', 'encoding':"
        " {'x': {'field': 'a', 'type': 'nominal'}, 'y': {'field': 'b', 'type': 'quantitative'}}}\n"
        "try:\n    renderer.to_svg(document)\n"
        "except renderer.TenureError as error:\n    print(error)\n"
        "document['data']['values'][0]['a'] = 'fine'\n"
        "print(renderer.to_svg(document)[:4])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    first, second = done.stdout.splitlines()
    assert "the chart library failed (its process ended)" in first
    assert second == "<svg"


def test_a_document_that_is_wrong_is_an_error():
    with pytest.raises(TenureError, match="the chart library failed"):
        renderer.to_svg({"mark": "no such mark"}, vl_version="5.20")


def test_halves_of_characters_are_refused(tmp_path):
    half = pd.Series([f"c{i}\ud800" for i in range(50)], dtype=object)
    with pytest.raises(DataError, match="column 'id': text with half a character"):
        tenure.run(table(id=half), **ROLES)
    with pytest.raises(DataError, match=r"x\.csv: a text holds half a character"):
        write_csv(pd.DataFrame({"a": half}), tmp_path / "x.csv", index=False)
    log = pd.DataFrame({"id": half, "day": "2024-01-01"})
    # pandas 2 takes them all for one customer, pandas 3 cannot sort them.
    with pytest.raises(ColumnError, match="cannot be customer ids"):
        tenure.summarize(log, customer="id", date="day")


def test_texts_are_made_fit_to_be_shown():
    assert printable("a\tb\nc") == "a\tb\nc"
    assert printable("\x1b[0m\x9b\ud800") == "\ufffd[0m\ufffd\ufffd"
    assert printable_all({"a\x00": ["\x07", 1, None, ("x",)]}) == {
        "a\ufffd": ["\ufffd", 1, None, ["x"]]
    }
    assert check_label("Şampiyonlar 🏆", "name") == "Şampiyonlar 🏆"


def test_quoted_values_are_cut():
    assert quoted("x" * 10**7).startswith("'xxx")
    for value in ("x" * 10**7, list(range(10**6)), b"x" * 10**6, "\x1b" * 500, np.zeros(10**5)):
        assert len(quoted(value)) <= LONGEST
        assert "\x1b" not in quoted(value)
    assert short("abcdef", 3) == "a…f"
    assert listed("abc") == "'a', 'b', 'c'"
    assert listed(range(12)) == "0, 1, 2, 3, 4, 5, 6, 7 and 4 more"

    class Broken:
        def __repr__(self):
            raise RuntimeError

    assert quoted(Broken()) == "<Broken>"
