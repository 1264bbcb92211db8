"""Campaign rules in words, in the reader's language."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from tenure.locale import Locale
from tenure.report import upstream

__all__ = ["rule_in_words"]


def rule_in_words(rule: Any, locale: Locale) -> str:
    """Write a campaign's rule out.

    Parameters
    ----------
    rule : Campaign
        The rule.
    locale : Locale
        How it is written.

    Returns
    -------
    str
        Its conditions, joined by semicolons.
    """

    def say(key: str, names: Sequence[str] = (), **values: Any) -> str:
        one_of = locale.text("rule.or").join(names)
        return locale.text(f"rule.{key}", names=one_of, **values)

    parts = []
    if rule.segments:
        labels = upstream.segment_names(list(rule.segments), "rfm", locale.language)
        parts.append(say("segments", labels))
    for key in ("value_segments", "channels", "store_types"):
        if getattr(rule, key):
            parts.append(say(key, getattr(rule, key)))
    if rule.categories:
        parts.append(say("categories" if rule.match == "exact" else "contains", rule.categories))
    if rule.min_average_order > 0:
        parts.append(say("order", least=rule.min_average_order))
    for bound in rule.bounds:
        column = locale.column(bound.column)
        ends = (_written(bound.min, locale), _written(bound.max, locale))
        key = "between" if all(ends) else "least" if ends[0] else "most"
        parts.append(say(key, column=column, low=ends[0], high=ends[1]))
    parts += [say("without", names=[name]) for name in rule.exclude_campaigns]
    if rule.exclude_ids:
        parts.append(say("without_ids", count=len(rule.exclude_ids)))
    parts += [say("without_file", names=[PurePath(path).name]) for path in rule.exclude_files]
    if rule.limit is not None:
        key = "limit" if rule.rank_by is None else "last" if rule.ascending else "first"
        ranked = locale.column(rule.rank_by) if rule.rank_by is not None else ""
        parts.append(say(key, count=rule.limit, column=ranked))
    return "; ".join(parts) or locale.text("rule.everyone")


def _written(bound: float | datetime.date | None, locale: Locale) -> str:
    if bound is None:
        return ""
    return locale.date(bound) if isinstance(bound, datetime.date) else locale.number(bound, 6)
