"""The catalogues of translated texts: complete, alike in every language, and the only ones."""

import ast
import re
import string
import warnings
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

import tenure
from tenure import exceptions
from tenure.data_dictionary import KINDS, TABLES, UNITS, definitions
from tenure.exceptions import TenureWarning
from tenure.insights import RULES
from tenure.locale import LANGUAGES, Language, Locale
from tenure.locale.catalogue import parts, texts
from tenure.periods import PERIOD_NAMES
from tenure.report.model_sections import UNSAID
from tenure.rfm import RFM_SEGMENTS

PACKAGE = Path(tenure.__file__).parent
OTHERS = [language for language in LANGUAGES if language != "en"]
TURKISH = set("ğşıİçöüĞŞÇÖÜ")


def fields(text):
    """Placeholders of a text, of Python and of the table's script."""
    filled = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    return filled | set(re.findall(r"_[A-Z]+_", text))


def flat(value):
    return value if isinstance(value, tuple) else (value,)


def test_languages_are_those_with_a_catalogue():
    folders = {path.parent.name for path in (PACKAGE / "locale").glob("*/__init__.py")}
    assert set(LANGUAGES) == folders == {"en", "tr"}
    assert LANGUAGES[0] == "en"
    assert get_args(Language) == LANGUAGES
    written = re.search(r"Language: TypeAlias = Literal\[(.*)\]", languages_module())
    assert tuple(ast.literal_eval(f"({written[1]},)")) == LANGUAGES, "for type checkers"
    assert get_args(get_type_hints(Locale)["language"]) == LANGUAGES


def languages_module():
    return (PACKAGE / "locale" / "languages.py").read_text("utf-8")


@pytest.mark.parametrize("language", OTHERS)
def test_catalogues_have_the_same_keys_and_placeholders(language):
    assert parts(language) == parts("en")
    for part in parts("en"):
        english, other = texts("en", part), texts(language, part)
        assert english.keys() == other.keys(), part
        for key in english:
            assert len(flat(english[key])) == len(flat(other[key])), (part, key)
            for mine, theirs in zip(flat(english[key]), flat(other[key]), strict=True):
                if part != "warnings":
                    assert fields(mine) == fields(theirs), (part, key)
                    assert bool(mine) == bool(theirs) or part == "style", (part, key)


def test_both_forms_of_every_unit_of_time_are_there():
    times = {key for key in texts("en", "units") if key.startswith("time.")}
    codes = {code.lower() for code in PERIOD_NAMES}
    assert times == {f"time.{code}.{form}" for code in codes for form in ("one", "other")}


def test_what_the_package_names_is_in_the_catalogue():
    assert texts("en", "columns").keys() == {entry.key for entry in definitions()}
    assert len({entry.key for entry in definitions()}) == len(definitions())
    keys = {f"key.{table.key}" for table in TABLES.values() if table.key}
    assert texts("en", "tables").keys() == TABLES.keys() | keys
    values = {key for key in texts("en", "units") if key.startswith("value.")}
    assert values == {f"value.{unit}" for unit in UNITS}
    assert set(texts("en", "segments")) == set(RFM_SEGMENTS)
    for rule in RULES:
        for kind in ("condition", "finding", "action"):
            assert texts("en", "insights")[f"{rule.id}.{kind}"]


def test_every_class_of_warnings_is_in_the_catalogue():
    kinds = {
        kind.__name__
        for kind in vars(exceptions).values()
        if isinstance(kind, type) and issubclass(kind, TenureWarning)
    }
    assert len(kinds) > 10
    for language in OTHERS:
        assert kinds == texts(language, "warnings").keys()
        assert all(all(pair) for pair in texts(language, "warnings").values())
    assert {pair for pair in texts("en", "warnings").values()} == {("", "")}


def test_every_setting_and_note_of_a_run_has_a_text():
    log = tenure.datasets.load_cdnow_transactions()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        analyses = [
            tenure.run(tenure.datasets.make_omnichannel(300, seed=1), preset="flo"),
            tenure.run(log, customer="customer_id", date="date"),
        ]
    for analysis in analyses:
        names = {name for name in analysis.settings if name not in UNSAID and name != "previous"}
        assert names <= texts("en", "settings").keys()
        assert set(analysis.tables["quality"]["what"]) <= texts("en", "quality").keys()


def test_values_of_tables_are_read_back(tmp_path):
    customers = tenure.datasets.make_omnichannel(300, seed=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tenure.run(customers, preset="flo", language="tr", out=tmp_path / "run")
    segments = tenure.read_output(tmp_path / "run" / "segments.csv")
    assert set(segments["scheme"]) == {"value", "rfm"}
    assert set(tenure.read_output(tmp_path / "run" / "columns.csv")["kind"]) <= set(KINDS)
    written = (tmp_path / "run" / "columns.csv").read_text("utf-8-sig")
    assert not re.search(r",(money|count|share)$", written, re.MULTILINE)


def test_a_setting_without_a_text_keeps_its_name():
    assert Locale("tr").setting("some_new_option") == "some new option"


def literals(path):
    """Return the strings of a module that are not docstrings, with their lines."""
    tree = ast.parse(path.read_text("utf-8"))
    documented = {
        id(node.value)
        for parent in ast.walk(tree)
        for node in ast.iter_child_nodes(parent)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        text = getattr(node, "value", None) if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and id(node) not in documented:
            yield node.lineno, text


def test_no_turkish_text_outside_the_catalogue():
    paths = [
        path for path in PACKAGE.rglob("*.py") if PACKAGE / "locale" / "tr" not in path.parents
    ]
    assert len(paths) > 150
    found = [
        (str(path.relative_to(PACKAGE)), line, text)
        for path in paths
        for line, text in literals(path)
        if TURKISH & set(text)
    ]
    assert found == []
    template = (PACKAGE / "report" / "template.html").read_text("utf-8")
    assert not TURKISH & set(template)
