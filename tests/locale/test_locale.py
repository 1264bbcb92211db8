"""Texts in every language, and numbers, money and dates as their readers write them."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure import exceptions
from tenure.exceptions import OptionError, TenureWarning
from tenure.locale import Locale, en, tr
from tenure.periods import PERIOD_NAMES
from tenure.pipeline.data_quality import _NOTES


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_catalogues_say_the_same():
    assert en.TEXTS.keys() == tr.TEXTS.keys()
    assert en.UNITS.keys() == tr.UNITS.keys() == {code.lower() for code in PERIOD_NAMES}
    for key, text in en.TEXTS.items():
        assert fields(text) == fields(tr.TEXTS[key]), key
        assert set(re.findall(r"_[A-Z]+_", text)) == set(re.findall(r"_[A-Z]+_", tr.TEXTS[key]))


def test_every_warning_has_turkish_words():
    kinds = [
        kind
        for kind in vars(exceptions).values()
        if isinstance(kind, type) and issubclass(kind, TenureWarning)
    ]
    assert len(kinds) > 10
    assert {kind.__name__ for kind in kinds} <= tr.WARNINGS.keys()
    for kind in kinds:
        assert all(Locale("tr").warning(kind))
        assert Locale("en").warning(kind) == ("", "")


def test_a_class_without_words_speaks_with_its_base():
    class Further(exceptions.RefundWarning):
        pass

    assert Locale("tr").warning(Further) == tr.WARNINGS["RefundWarning"]


def test_every_note_on_the_data_has_turkish_words():
    for notes in _NOTES.values():
        assert set(notes.values()) <= tr.PHRASES.keys()


@pytest.mark.parametrize(
    ("value", "english", "turkish"),
    [
        (19945, "19,945", "19.945"),
        (1234.5, "1,234.5", "1.234,5"),
        (0.012345, "0.0123", "0,0123"),
        (-1234567.8, "-1,234,568", "-1.234.568"),
        (4.1153e-9, "4.12e-09", "4,12e-09"),
        (float("nan"), "–", "–"),
        (float("inf"), "–", "–"),
        (0, "0", "0"),
    ],
)
def test_numbers(value, english, turkish):
    assert Locale("en").number(value) == english
    assert Locale("tr").number(value) == turkish


def test_money():
    assert Locale("en", "TRY").money(2870837.2) == "TRY\N{NO-BREAK SPACE}2,870,837"
    assert Locale("tr", "TRY").money(2870837.2) == "₺2.870.837"
    assert Locale("en", "usd").money(-12.5) == "-$12.50"
    assert Locale("en").money(12.5) == "12.50"
    assert Locale("en", "USD").money(float("nan")) == "–"


@pytest.fixture
def plain(monkeypatch):
    """Locale as it is where Babel is not installed."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)


def test_without_babel(plain):
    assert Locale("tr").number(1234.5) == "1.234,5"
    assert Locale("tr", "TRY").money(12.5) == "TRY\N{NO-BREAK SPACE}12,50"
    assert Locale("en").percent(0.256) == "25.6%"
    assert Locale("tr").date("2021-06-01") == "2021-06-01"


@given(
    st.floats(min_value=-1e14, max_value=1e14, allow_nan=False),
    st.sampled_from(["en", "tr"]),
)
def test_numbers_are_those_written_without_babel(value, language):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("importlib.util.find_spec", lambda name: None)
        bare = Locale(language).number(value)
    written = Locale(language).number(value)
    # Halves may be rounded either way in the last digit shown.
    assert len(written) == len(bare) or written.strip("-0.,") == bare.strip("-0.,")
    thousands, decimal = Locale(language).separators
    read = float(written.replace(thousands, "").replace(decimal, "."))
    assert read == pytest.approx(value, rel=6e-3, abs=0.51 if abs(value) >= 1e4 else 0.06)


@pytest.mark.parametrize("code", ["TL", "₺₺₺", "EURO", ""])
def test_refuses_what_is_no_currency(code):
    with pytest.raises(OptionError, match="ISO 4217"):
        Locale("en", code)
