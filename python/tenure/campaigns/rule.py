"""Campaigns and their rules, checked when they are made."""

from __future__ import annotations

import datetime
import math
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Literal, TypeAlias, cast, get_args

from tenure.campaigns.describe import Phrase, describe
from tenure.exceptions import OptionError
from tenure.io.text import check_label, quoted
from tenure.locale import LANGUAGES, Language, Locale, check_language
from tenure.locale.languages import plain_letters
from tenure.rfm import canonical_segment

__all__ = ["Bound", "Campaign", "Match", "Threshold"]

Match: TypeAlias = Literal["exact", "contains"]
Bound: TypeAlias = float | datetime.date | None

_LARGEST = sys.float_info.max
FILE_KINDS = (".csv", ".xlsx")


@dataclass(frozen=True)
class Threshold:
    """Bounds of one column, both included; values that are missing do not meet them.

    Parameters
    ----------
    column : str
        Any column of numbers or dates.
    min, max : float or date, optional
        Least and greatest value; at least one of them.

    Raises
    ------
    OptionError
        When there is no bound, or one is not a finite number or a date, or they exclude everything.

    Examples
    --------
    >>> Threshold("clv_6m", min=100)
    Threshold(column='clv_6m', min=100, max=None)
    """

    column: str
    min: Bound = None
    max: Bound = None

    def __post_init__(self) -> None:
        """Check the bounds."""
        given = [bound for bound in (self.min, self.max) if bound is not None]
        for bound in given:
            if isinstance(bound, datetime.date):
                continue
            if (
                isinstance(bound, bool)
                or not isinstance(bound, int | float)
                or not abs(bound) <= _LARGEST
            ):
                raise OptionError(
                    f"thresholds: {self.column}: {quoted(bound)} is not a finite number or a date."
                )
        if not given:
            raise OptionError(f"thresholds: {self.column}: give min, max or both.")
        if len(given) == 2:
            low, high = given
            if isinstance(low, datetime.date) != isinstance(high, datetime.date):
                raise OptionError(
                    f"thresholds: {self.column}: min is {low!r} and max {high!r}; give two numbers"
                    " or two dates."
                )
            if _day(low) > _day(high):
                raise OptionError(
                    f"thresholds: {self.column}: min={low} is above max={high}; no customer"
                    " meets both."
                )

    @property
    def phrase(self) -> Phrase:
        """The bounds as a key and its parameters."""
        values = {"column": self.column, "low": self.min, "high": self.max}
        given = {name: value for name, value in values.items() if value is not None}
        return Phrase(
            "between" if len(given) == 3 else f"at_{'most' if self.min is None else 'least'}", given
        )

    def describe(self, language: Language = "en") -> str:
        """Write the bounds as a condition, with the heading of the column.

        Parameters
        ----------
        language : {"en", "tr"}
            English or Turkish.

        Returns
        -------
        str

        Examples
        --------
        >>> Threshold("p_alive", max=0.5).describe()
        'P(alive) ≤ 0.5'
        """
        return describe([self.phrase], Locale(language))


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """Who belongs to a campaign's target list, and on what terms. Every rule given must hold.

    Parameters
    ----------
    name : str
        What the campaign is called.
    names : mapping of str to str, optional
        What it is called in other languages: ``{"tr": "…"}``; a run in such a language uses them.
    segments : sequence of str
        RFM segments to contact, in either spelling (at_risk or at_Risk); empty means all.
    value_segments : sequence of str
        Value segments to contact, such as ``("A", "B")``; empty means all.
    categories : sequence of str
        The customer is interested in at least one of these; empty means no such rule.
    match : {"exact", "contains"}
        Whether a category must equal a label of the customer's list, or may be part of one, as
        scripts that search the raw text have it (COCUK is then found in AKTIFCOCUK).
    channels : sequence of str
        The customer's channel is one of these, to the letter; empty means all.
    store_types : sequence of str
        The customer bought in at least one of these types of store. Lists such as ``"A,B"`` are
        compared letter by letter, never as a piece of text.
    thresholds : mapping or sequence of Threshold
        Bounds on columns: ``{"clv_6m": {"min": 100}, "p_alive": {"max": 0.5}}``.
    min_average_order : float
        Least mean value of an order, in the data's currency, on totals that were not capped.
    exclude_ids : sequence
        Customers to leave out.
    exclude_campaigns : sequence of str
        Names of campaigns whose customers are left out.
    exclude_files : sequence of str
        Files with ids to leave out: the first column, or the one named as the customer column is.
    limit : int, optional
        At most so many customers, the first by `rank_by`.
    rank_by : str, optional
        Column to rank by; :func:`tenure.run` ranks a limited campaign by expected value where no
        column is named. A list without ranking keeps the order of the data.
    ascending : bool
        Whether the least come first. Equal values are ordered by customer id.
    discount : float
        Share of the price given away, 0 to 1.
    margin : float, optional
        Share of the undiscounted price that is left after the cost of goods, 0 to 1.
    file_name : str, optional
        File the list of customer ids is written to, ``.csv`` or ``.xlsx``; made from the name
        where not given.

    Raises
    ------
    OptionError
        When a rule is not one of the allowed values, or contradicts itself.

    Examples
    --------
    >>> rule = Campaign(name="Win back", segments=["at_Risk"], thresholds={"clv_6m": {"min": 100}})
    >>> rule.segments, rule.file_name
    (('at_risk',), 'win_back.csv')
    >>> rule.rule
    'segment At risk; value, 6 months ≥ 100'
    """

    name: str
    names: Mapping[str, str] | Sequence[tuple[str, str]] = ()
    segments: Sequence[str] = ()
    value_segments: Sequence[str] = ()
    categories: Sequence[str] = ()
    match: Match = "exact"
    channels: Sequence[str] = ()
    store_types: Sequence[str] = ()
    thresholds: Mapping[str, Mapping[str, Bound]] | Sequence[Threshold] = ()
    min_average_order: float = 0.0
    exclude_ids: Sequence[Any] = ()
    exclude_campaigns: Sequence[str] = ()
    exclude_files: Sequence[str] = ()
    limit: int | None = None
    rank_by: str | None = None
    ascending: bool = False
    discount: float = 0.0
    margin: float | None = None
    file_name: str = ""

    def __post_init__(self) -> None:
        """Check the rule and settle the spelling of its segments."""
        if not isinstance(self.name, str) or not self.name.strip():
            raise OptionError(f"name={quoted(self.name)}: give the campaign a name.")
        check_label(self.name, "name")
        settled: dict[str, Any] = {
            option: self._names(option)
            for option in (
                "segments",
                "value_segments",
                "categories",
                "channels",
                "store_types",
                "exclude_campaigns",
                "exclude_files",
            )
        }
        settled["names"] = _translations(self.names)
        settled["exclude_ids"] = self._sequence("exclude_ids", "ids")
        settled["segments"] = tuple(canonical_segment(name) for name in settled["segments"])
        settled["thresholds"] = _thresholds(self.thresholds)
        if not isinstance(self.file_name, str):
            raise OptionError(f"file_name={quoted(self.file_name)}: give text.")
        settled["file_name"] = self.file_name or f"{_slug(self.name)}.csv"
        for option, value in settled.items():
            object.__setattr__(self, option, value)
        self._check()

    def _sequence(self, option: str, what: str) -> tuple[Any, ...]:
        value = getattr(self, option)
        if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
            raise OptionError(f"{option}={value!r}: give a list of {what}.")
        return tuple(value)

    def _names(self, option: str) -> tuple[str, ...]:
        names = self._sequence(option, "names")
        wrong = [name for name in names if not isinstance(name, str) or not name.strip()]
        if wrong:
            raise OptionError(f"{option}: {wrong[0]!r} is not a name; give a list of names.")
        return names

    def _check(self) -> None:
        if not isinstance(self.match, str) or self.match not in get_args(Match):
            raise OptionError(f"match={quoted(self.match)}: use 'exact' or 'contains'.")
        _number("min_average_order", self.min_average_order, 0, math.inf, "a number ≥ 0")
        _number("discount", self.discount, 0, 1, "a share of the price, such as 0.1 for 10 %")
        if self.margin is not None:
            _number("margin", self.margin, 0, 1, "a share of the price, such as 0.4 for 40 %")
        whole = isinstance(self.limit, int) and not isinstance(self.limit, bool)
        if self.limit is not None and not (whole and 0 < self.limit < 2**63):
            raise OptionError(
                f"limit={quoted(self.limit)}: give a positive whole number of customers."
            )
        if self.rank_by is not None and (not isinstance(self.rank_by, str) or not self.rank_by):
            raise OptionError(f"rank_by={self.rank_by!r}: give the name of a column.")
        if not isinstance(self.ascending, bool):
            raise OptionError(f"ascending={self.ascending!r}: use True or False.")
        if self.name in self.exclude_campaigns:
            raise OptionError(
                f"campaign {self.name!r} excludes itself; no customers would be left."
            )
        check_label(self.file_name, "file_name")
        path = PurePath(self.file_name)
        plain = path.name == self.file_name and not set(self.file_name) & set('/\\:*?"<>|')
        if not plain or self.file_name.startswith(".") or path.suffix.lower() not in FILE_KINDS:
            raise OptionError(
                f"file_name={self.file_name!r}: give a plain file name that ends in"
                f" {' or '.join(FILE_KINDS)}, without a folder."
            )

    @property
    def bounds(self) -> tuple[Threshold, ...]:
        """The thresholds, one a column, however they were written."""
        return cast("tuple[Threshold, ...]", self.thresholds)

    def called(self, language: Language) -> str:
        """Return the campaign's name in a language; its plain name where there is none.

        Parameters
        ----------
        language : {"en", "tr"}
            English or Turkish.

        Returns
        -------
        str

        Examples
        --------
        >>> Campaign(name="Win back", names={"tr": "Geri kazan"}).called("tr")
        'Geri kazan'
        """
        names = cast("tuple[tuple[str, str], ...]", self.names)
        return dict(names).get(language, self.name)

    @property
    def rule(self) -> str:
        """The rule described in English."""
        return self.describe()

    def phrases(self) -> list[Phrase]:
        """Return the rule as keys and parameters, in no language."""
        lists = {
            "segments": self.segments,
            "value_segments": self.value_segments,
            self.match: self.categories,
            "channels": self.channels,
            "store_types": self.store_types,
        }
        found = [Phrase(key, {"value": tuple(names)}) for key, names in lists.items() if names]
        if self.min_average_order > 0:
            found.append(Phrase("average", {"value": self.min_average_order}))
        found += [bound.phrase for bound in self.bounds]
        left_out = [Phrase("campaign", {"value": name}) for name in self.exclude_campaigns]
        if self.exclude_ids:
            left_out.append(Phrase("listed", {"value": len(self.exclude_ids)}))
        left_out += [Phrase("file", {"value": PurePath(path).name}) for path in self.exclude_files]
        if left_out:
            found.append(Phrase("without", {"value": tuple(left_out)}))
        if self.limit is not None and self.rank_by is None:
            found.append(Phrase("limit", {"count": self.limit}))
        elif self.limit is not None:
            key = "least" if self.ascending else "ranked"
            found.append(Phrase(key, {"count": self.limit, "column": self.rank_by}))
        found = found or [Phrase("everyone")]
        if self.discount > 0:
            share = Phrase("percent", {"value": 100.0 * self.discount})
            found.append(Phrase("discount", {"value": share}))
        return found

    def describe(self, language: Language = "en") -> str:
        """Describe the rule in a language.

        Parameters
        ----------
        language : {"en", "tr"}
            English or Turkish.

        Returns
        -------
        str

        Raises
        ------
        OptionError
            When there is no such language.

        Examples
        --------
        >>> Campaign(name="x", segments=["champions"], limit=9, rank_by="clv_6m").describe("tr")
        'segment Şampiyonlar; değer, 6 ay sıralamasında ilk 9'
        """
        return describe(self.phrases(), Locale(check_language(language)))


def _translations(given: Any) -> tuple[tuple[str, str], ...]:
    try:
        names = dict(given)
    except (TypeError, ValueError):
        names = {"": None}
    for language, name in names.items():
        if language not in LANGUAGES or not isinstance(name, str) or not name.strip():
            raise OptionError(
                f"names={given!r}: give a name for each language, of {', '.join(LANGUAGES)}, such"
                " as {'tr': 'Geri kazan'}."
            )
    return tuple(names.items())


def _thresholds(given: Any) -> tuple[Threshold, ...]:
    if not isinstance(given, Mapping):
        if isinstance(given, Iterable) and not isinstance(given, str):
            bounds = tuple(given)
            if all(isinstance(bound, Threshold) for bound in bounds):
                return bounds
        raise OptionError(
            f"thresholds={given!r}: give column names with bounds, such as"
            " {'clv_6m': {'min': 100}}."
        )
    found = []
    for column, bounds in given.items():
        if not isinstance(bounds, Mapping) or not set(bounds) <= {"min", "max"}:
            raise OptionError(
                f"thresholds: {column}: {bounds!r} is not a pair of bounds; give min, max or both,"
                " such as {'min': 100}."
            )
        found.append(Threshold(str(column), **bounds))
    return tuple(found)


def _number(option: str, value: Any, low: float, high: float, wanted: str) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not low <= value <= min(high, _LARGEST):
        raise OptionError(f"{option}={quoted(value)}: give {wanted}.")


def _day(bound: Any) -> Any:
    """Return a bound that compares with its like: a date at its midnight."""
    if isinstance(bound, datetime.date) and not isinstance(bound, datetime.datetime):
        return datetime.datetime(bound.year, bound.month, bound.day)
    return bound.replace(tzinfo=None) if isinstance(bound, datetime.datetime) else bound


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", plain_letters(name).lower()).strip("_") or "campaign"
