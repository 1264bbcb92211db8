"""Campaign rules in words."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Literal

from tenure.exceptions import OptionError
from tenure.rfm.labels import segment_label

if TYPE_CHECKING:
    from tenure.campaigns.rule import Campaign

__all__ = ["in_words", "plain"]

_TEXTS = {
    "en": {
        "or": " or ",
        "and": " and ",
        "segments": "segment {}",
        "value_segments": "value segment {}",
        "exact": "interested in {}",
        "contains": "interested in anything containing {}",
        "channels": "channel {}",
        "store_types": "bought in store type {}",
        "average": "average order of {} or more",
        "campaign": "campaign {}",
        "listed": "{} listed customers",
        "file": "the customers in {}",
        "without": "without {}",
        "limit": "the first {count}",
        "ranked": "the first {count} by {by}",
        "least": "the first {count} by {by}, least first",
        "discount": "discount of {}",
        "percent": "{}%",
        "everyone": "everyone",
    },
    "tr": {
        "or": " veya ",
        "and": " ve ",
        "segments": "segment {}",
        "value_segments": "değer segmenti {}",
        "exact": "ilgi alanı {}",
        "contains": "ilgi alanlarından birinde {} geçenler",
        "channels": "kanal {}",
        "store_types": "alışveriş yaptığı mağaza türü {}",
        "average": "ortalama siparişi en az {}",
        "campaign": "{} kampanyası",
        "listed": "listelenen {} müşteri",
        "file": "{} dosyasındaki müşteriler",
        "without": "hariç: {}",
        "limit": "ilk {count}",
        "ranked": "{by} sıralamasında ilk {count}",
        "least": "{by} sıralamasında, küçükten büyüğe, ilk {count}",
        "discount": "indirim {}",
        "percent": "%{}",
        "everyone": "herkes",
    },
}


def in_words(rule: Campaign, language: Literal["en", "tr"]) -> str:
    """Say a rule in words; see :meth:`Campaign.describe`.

    Parameters
    ----------
    rule : Campaign
        The rule.
    language : {"en", "tr"}
        English or Turkish.

    Returns
    -------
    str
    """
    if language not in _TEXTS:
        raise OptionError(f"language={language!r}; use one of {', '.join(map(repr, _TEXTS))}.")
    say = _TEXTS[language]
    parts = []
    for words, names in (
        ("segments", rule.segments),
        ("value_segments", rule.value_segments),
        (rule.match, rule.categories),
        ("channels", rule.channels),
        ("store_types", rule.store_types),
    ):
        if names:
            shown = names
            if words == "segments":
                shown = [segment_label(name, language=language) for name in names]
            parts.append(say[words].format(say["or"].join(shown)))
    if rule.min_average_order > 0:
        parts.append(say["average"].format(plain(rule.min_average_order, language)))
    parts += [bound.describe(language) for bound in rule.bounds]
    left_out = [say["campaign"].format(name) for name in rule.exclude_campaigns]
    if rule.exclude_ids:
        left_out.append(say["listed"].format(plain(len(rule.exclude_ids), language)))
    left_out += [say["file"].format(PurePath(path).name) for path in rule.exclude_files]
    if left_out:
        parts.append(say["without"].format(say["and"].join(left_out)))
    if rule.limit is not None:
        kind = "limit" if rule.rank_by is None else "least" if rule.ascending else "ranked"
        count = plain(rule.limit, language)
        parts.append(say[kind].format(count=count, by=rule.rank_by))
    parts = parts or [say["everyone"]]
    if rule.discount > 0:
        share = say["percent"].format(plain(100.0 * rule.discount, language))
        parts.append(say["discount"].format(share))
    return "; ".join(parts)


def plain(bound: Any, language: str = "en") -> str:
    """Write a number or a date as people read it.

    Parameters
    ----------
    bound : float or date
        What to write.
    language : {"en", "tr"}
        Which separators numbers get.

    Returns
    -------
    str

    Examples
    --------
    >>> plain(1234.5), plain(1234.5, "tr")
    ('1,234.5', '1.234,5')
    """
    if not isinstance(bound, int | float):
        return str(bound)
    text = f"{bound:,.10g}"
    return text.translate(str.maketrans(",.", ".,")) if language == "tr" else text
