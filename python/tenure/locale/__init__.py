"""Texts, numbers, money and dates in the language of the reader.

Every text that is translated is in the catalogues: one folder per language (``en``, ``tr``), with
one module per kind of text, each a mapping ``TEXTS`` with the same keys in every language.
:class:`Locale` fills them in. Babel writes numbers and dates; where it is not installed they get
the language's separators, and dates stay in ISO format. A further language is one further folder.
"""

from __future__ import annotations

import importlib.util
import math
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib import import_module
from typing import Any

import pandas as pd

from tenure.exceptions import OptionError
from tenure.io.csv_style import PLAIN, CsvStyle
from tenure.locale.catalogue import texts
from tenure.locale.languages import LANGUAGES, Language, check_language

__all__ = ["LANGUAGES", "Language", "Locale", "check_language"]

_NOTHING = "–"


_BEYOND_DIGITS = 1e21
"""Figures from here on are written with a power of ten."""


@dataclass(frozen=True)
class Locale:
    """A language, and the currency that money is in.

    Parameters
    ----------
    language : {"en", "tr"}
        The language of texts, numbers and dates.
    currency : str, optional
        Three letters such as ``"TRY"``; without it money is written as a number.
    period : str, optional
        Code of the period the models count in, such as ``"W"``, for the headings of columns in it.
    csv : CsvStyle
        How csv files are written, which programs read as well.

    Raises
    ------
    OptionError
        When there is no such language, or the currency is not three letters.

    Examples
    --------
    >>> Locale("tr").number(1234.5)
    '1.234,5'
    """

    language: Language = "en"
    currency: str | None = None
    period: str | None = None
    csv: CsvStyle = PLAIN

    def __post_init__(self) -> None:
        """Check the options."""
        check_language(self.language)
        code = self.currency
        if code is not None and not (
            isinstance(code, str) and len(code) == 3 and code.isascii() and code.isalpha()
        ):
            raise OptionError(f"currency={code!r}: give the three letters of ISO 4217, as 'TRY'.")

    @cached_property
    def _babel(self) -> Any:
        """Babel's numbers, or None where it is not installed."""
        return import_module("babel.numbers") if importlib.util.find_spec("babel") else None

    @property
    def separators(self) -> tuple[str, str]:
        """The separator of thousands, and the decimal mark."""
        style = texts(self.language, "style")
        return style["thousands"], style["decimal"]

    def separated(self, text: str) -> str:
        """Return a number in English writing with the separators of the language."""
        return text.translate(str.maketrans(",.", "".join(self.separators)))

    def text(self, key: str, /, *, part: str = "report", **values: Any) -> str:
        """Return a text of the catalogue with values filled in.

        Parameters
        ----------
        key : str
            Name of the text.
        part : str
            The kind of text: a module of the catalogue.
        **values
            The values of its placeholders: text, or numbers to be written.

        Returns
        -------
        str

        Examples
        --------
        >>> Locale("tr").text("figure.customers")
        'müşteri'
        """
        written = {
            name: value if isinstance(value, str) else self.number(value)
            for name, value in values.items()
        }
        return str(texts(self.language, part)[key].format(**written))

    def term(self, value: str) -> str:
        """Return the word for a value that a table holds, such as ``"risen"``; others unchanged.

        Examples
        --------
        >>> Locale("tr").term("risen"), Locale("tr").term("A")
        ('yükseldi', 'A')
        """
        return str(texts(self.language, "terms").get(value, value))

    def setting(self, name: str) -> str:
        """Return the name of a setting of a run in words.

        Examples
        --------
        >>> Locale("en").setting("cap_outliers"), Locale("tr").setting("cap_outliers")
        ('cap outliers', 'aykırı değerleri sınırla')
        """
        return str(texts(self.language, "settings").get(name, name.replace("_", " ")))

    def setting_value(self, name: str, value: str) -> str:
        """Return the value of a setting in words; values without a text unchanged.

        Examples
        --------
        >>> Locale("tr").setting_value("convention", "repeat")
        'tekrar alışverişler'
        """
        known = texts(self.language, "settings")
        if name == "horizons":
            return self.horizon(value)
        if name == "period":
            return self.unit(value, 2)
        return str(known.get(f"{name}.{value}", value))

    def warning(self, kind: type[Warning]) -> tuple[str, str]:
        """Return the heading of a class of warnings, and what it means in a sentence.

        Parameters
        ----------
        kind : type of Warning
            The class.

        Returns
        -------
        tuple of str
            Both empty in English: the warning itself states them.
        """
        known = texts(self.language, "warnings")
        found = [known[base.__name__] for base in kind.__mro__ if base.__name__ in known]
        return found[0] if found else ("", "")

    @property
    def periods(self) -> str:
        """The period the models count in, in the plural: ``"weeks"``."""
        if self.period is None:
            return self.text("value.period", part="units")
        return self.unit(self.period, 2)

    def horizon(self, label: str) -> str:
        """Spell a horizon's label out.

        Examples
        --------
        >>> Locale("en").horizon("1m"), Locale("tr").horizon("26w")
        ('1 month', '26 hafta')
        """
        count, unit = label[:-1], label[-1:]
        if (
            f"time.{unit}.one" not in texts(self.language, "units")
            or not count.replace(".", "", 1).isdigit()
        ):
            return label
        return f"{self.number(float(count))} {self.unit(unit, float(count))}"

    def unit(self, code: str, count: float) -> str:
        """Return the word for a number of periods, by the period's code."""
        return self.text(f"time.{code.lower()}.{'one' if count == 1 else 'other'}", part="units")

    def number(self, value: float, digits: int = 3) -> str:
        """Write a figure: separators, and ``digits`` significant digits when it is small.

        Examples
        --------
        >>> Locale().number(19945), Locale().number(0.012345)
        ('19,945', '0.0123')
        """
        if not math.isfinite(value):
            return _NOTHING
        size = abs(value)
        if value == int(value) and size < 1e15:
            return self.decimal(value, 0)
        if size < 1e-4 or size >= 1e15:
            return self.separated(f"{value:.{digits - 1}e}")
        if size >= 10_000:
            return self.decimal(value, 0)
        if size >= 100:
            return self.decimal(value, 1)
        return self.decimal(value, max(0, digits - 1 - math.floor(math.log10(size))), trim=True)

    def as_given(self, value: float) -> str:
        """Write a figure with all the decimals it has, to twelve significant digits.

        Examples
        --------
        >>> Locale().as_given(1853.58), Locale("tr").as_given(39.99), Locale().as_given(4.0)
        ('1,853.58', '39,99', '4')
        """
        if not math.isfinite(value):
            return _NOTHING
        size = abs(value)
        if size >= 1e15 or 0 < size < 1e-6:
            return self.number(value)
        before = max(1, math.floor(math.log10(size)) + 1) if size else 1
        return self.decimal(value, max(0, 12 - before), trim=True)

    def decimal(self, value: float, decimals: int, *, trim: bool = False) -> str:
        """Write a figure with a number of decimals, zeros at its end left out if asked."""
        if abs(value) >= _BEYOND_DIGITS:  # more digits than babel writes, and than readers use
            return self.separated(f"{value:.3e}")
        if self._babel is None:
            text = f"{value:,.{decimals}f}"
            if trim and "." in text:
                text = text.rstrip("0").rstrip(".")
            return self.separated(text)
        pattern = "#,##0" + ("." + ("#" if trim else "0") * decimals if decimals else "")
        text = self._babel.format_decimal(value, format=pattern, locale=self.language)
        return str(text)

    def amount(self, value: float) -> str:
        """Write an amount without its currency: whole units from a thousand up, cents below.

        Examples
        --------
        >>> Locale().amount(3891655.04), Locale().amount(12.5)
        ('3,891,655', '12.50')
        """
        if not math.isfinite(value):
            return _NOTHING
        return self.decimal(value, 0 if abs(value) >= 1000 else 2)

    def money(self, value: float) -> str:
        """Write an amount with its currency, where that is known.

        Examples
        --------
        >>> Locale("tr", "TRY").money(3891655.04), Locale("en", "USD").money(12.5)
        ('₺3.891.655', '$12.50')
        """
        text = self.amount(value)
        if not self.symbol or text == _NOTHING:
            return text
        # A symbol is written next to the number, letters apart.
        gap = "\N{NO-BREAK SPACE}" if self.symbol[-1].isalpha() else ""
        return f"-{self.symbol}{gap}{text[1:]}" if text[0] == "-" else f"{self.symbol}{gap}{text}"

    @cached_property
    def symbol(self) -> str:
        """The sign of the currency, or its letters; empty where it is not known."""
        if self.currency is None:
            return ""
        code = self.currency.upper()
        return (
            code
            if self._babel is None
            else str(self._babel.get_currency_symbol(code, locale=self.language))
        )

    def percent(self, value: float) -> str:
        """Write a share in per cent.

        Examples
        --------
        >>> Locale("en").percent(0.256), Locale("tr").percent(0.256)
        ('25.6%', '%25,6')
        """
        if not math.isfinite(value):
            return _NOTHING
        return self.text("percent", value=self.decimal(100 * value, 1))

    def date(self, value: Any) -> str:
        """Write a day.

        Parameters
        ----------
        value : date, Timestamp or str
            A day; text is read as ISO writes it.

        Returns
        -------
        str

        Examples
        --------
        >>> Locale("en").date("2021-06-01"), Locale("tr").date("2021-06-01")
        ('June 1, 2021', '1 Haziran 2021')
        """
        day: date = pd.Timestamp(value).date()
        if self._babel is None:
            return day.isoformat()
        return str(import_module("babel.dates").format_date(day, "long", locale=self.language))


def __dir__() -> list[str]:
    return sorted(__all__)
