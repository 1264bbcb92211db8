"""Numbers, money and dates as readers of each language write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure import exceptions
from tenure.exceptions import OptionError
from tenure.locale import Locale
from tenure.locale.catalogue import texts


def test_a_class_of_warnings_without_a_text_has_that_of_its_base():
    class Further(exceptions.RefundWarning):
        pass

    assert Locale("tr").warning(Further) == texts("tr", "warnings")["RefundWarning"]
    assert Locale("en").warning(Further) == ("", "")


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
