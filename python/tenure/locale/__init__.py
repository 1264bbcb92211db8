"""How numbers, money, dates and sentences are written for the people who read the deliverables.

One catalogue of texts a language (:mod:`tenure.locale.en`, :mod:`tenure.locale.tr`), and
:class:`Locale`, which fills them in. Numbers and dates are Babel's; where it is not installed they
get the language's separators, and dates stay as ISO writes them.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib import import_module
from typing import Any

import pandas as pd

from tenure.data_dictionary import UNITS, describe
from tenure.exceptions import OptionError
from tenure.io.csv_style import PLAIN, CsvStyle
from tenure.locale.languages import Language, check_language

__all__ = ["Locale"]

_SEPARATORS = {"en": str.maketrans({}), "tr": str.maketrans(",.", ".,")}
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
    def _catalogue(self) -> Any:
        return import_module(f"tenure.locale.{self.language}")

    @cached_property
    def _babel(self) -> Any:
        """Babel's numbers, or None where it is not installed."""
        return import_module("babel.numbers") if importlib.util.find_spec("babel") else None

    @property
    def separators(self) -> tuple[str, str]:
        """What stands between thousands, and before decimals."""
        return (",", ".") if self.language == "en" else (".", ",")

    def text(self, key: str, **values: Any) -> str:
        """Return a text of the catalogue with values filled in.

        Parameters
        ----------
        key : str
            Name of the text.
        **values
            What its braces hold, as text already or to be written as numbers.

        Returns
        -------
        str

        Examples
        --------
        >>> Locale("tr").text("figure.customers")
        'müşteri'
        """
        texts: Mapping[str, str] = self._catalogue.TEXTS
        written = {
            name: value if isinstance(value, str) else self.number(value)
            for name, value in values.items()
        }
        return texts[key].format(**written)

    def phrase(self, english: str) -> str:
        """Return an English phrase of another module in this language; unknown ones unchanged.

        Examples
        --------
        >>> Locale("tr").phrase("rows read")
        'okunan satır'
        """
        phrases: Mapping[str, str] = self._catalogue.PHRASES
        return phrases.get(english, english)

    def warning(self, kind: type[Warning]) -> tuple[str, str]:
        """Return the heading of a class of warnings, and what it means in a sentence.

        Parameters
        ----------
        kind : type of Warning
            The class.

        Returns
        -------
        tuple of str
            Both empty where the language has its own words in the warning itself.
        """
        words: Mapping[str, tuple[str, str]] = self._catalogue.WARNINGS
        found = [words[base.__name__] for base in kind.__mro__ if base.__name__ in words]
        return found[0] if found else ("", "")

    def column(self, name: str, table: str = "") -> str:
        """Return the heading of a column, without the currency; horizons are spelled out.

        Parameters
        ----------
        name : str
            The column.
        table : str
            The table it is in, a key of :data:`tenure.data_dictionary.TABLES`: ``recency`` of
            ``"forecast"`` is not ``recency`` of ``"rfm"``.

        Examples
        --------
        >>> Locale("en").column("clv_6m"), Locale("tr").column("clv_6m")
        ('value, 6 months', 'değer, 6 ay')
        """
        return describe(name, table, self).label

    @property
    def periods(self) -> str:
        """The period the models count in, in the plural: ``"weeks"``."""
        if self.period is None:
            return UNITS["period"].texts(self.language)
        return self.unit(self.period, 2)

    def horizon(self, label: str) -> str:
        """Spell a horizon's label out.

        Examples
        --------
        >>> Locale("en").horizon("1m"), Locale("tr").horizon("26w")
        ('1 month', '26 hafta')
        """
        count, unit = label[:-1], label[-1:]
        units: Mapping[str, tuple[str, str]] = self._catalogue.UNITS
        if unit not in units or not count.replace(".", "", 1).isdigit():
            return label
        return f"{self.number(float(count))} {self.unit(unit, float(count))}"

    def unit(self, code: str, count: float) -> str:
        """Return the word for a number of periods, by the period's code."""
        units: Mapping[str, tuple[str, str]] = self._catalogue.UNITS
        return units[code if code in units else code.lower()][count != 1]

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
            return f"{value:.{digits - 1}e}".translate(_SEPARATORS[self.language])
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
        if abs(value) >= _BEYOND_DIGITS:  # more digits than babel writes, and than anybody reads
            return f"{value:.3e}".translate(_SEPARATORS[self.language])
        if self._babel is None:
            text = f"{value:,.{decimals}f}"
            if trim and "." in text:
                text = text.rstrip("0").rstrip(".")
            return text.translate(_SEPARATORS[self.language])
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
        # A symbol stands close, letters apart.
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
