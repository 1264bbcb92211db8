"""Labels of the ten RFM segments."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd

from tenure.exceptions import OptionError
from tenure.locale.catalogue import texts
from tenure.locale.languages import LANGUAGES, Language, check_language

__all__ = [
    "RFM_SEGMENTS",
    "SCRIPT_NAMES",
    "canonical_segment",
    "segment_label",
    "segment_labels",
]

RFM_SEGMENTS: tuple[str, ...] = (
    "champions",
    "loyal_customers",
    "potential_loyalists",
    "new_customers",
    "promising",
    "need_attention",
    "about_to_sleep",
    "cant_lose",
    "at_risk",
    "hibernating",
)
"""The ten segments, from the most to the least engaged."""

SCRIPT_NAMES = {"at_risk": "at_Risk", "cant_lose": "cant_loose"}
"""Spelling of two segments in the widespread scripts, by standard name."""


def _plain(name: str) -> str:
    return "_".join(name.strip().casefold().replace("-", " ").replace("_", " ").split())


@cache
def _spellings() -> dict[str, str]:
    """Return the standard names by every spelling: of code, of scripts, and of each language."""
    labels = [texts(language, "segments") for language in LANGUAGES]
    return {
        _plain(spelling): name
        for name in RFM_SEGMENTS
        for spelling in (name, SCRIPT_NAMES.get(name, name), *(known[name] for known in labels))
    }


def _known(name: object) -> str | None:
    if not isinstance(name, str):
        return None
    return name if name in RFM_SEGMENTS else _spellings().get(_plain(name))


def canonical_segment(name: str) -> str:
    """Return the standard name of an RFM segment, whichever spelling it comes in.

    Parameters
    ----------
    name : str
        A segment, such as ``"at_Risk"``, ``"cant_loose"``, ``"Loyal customers"`` or
        ``"Şampiyonlar"``: a standard name, the scripts' name or a label in any of the languages.

    Returns
    -------
    str
        One of :data:`RFM_SEGMENTS`.

    Raises
    ------
    OptionError
        When there is no such segment.

    Examples
    --------
    >>> canonical_segment("cant_loose")
    'cant_lose'
    """
    found = _known(name)
    if found is None:
        raise OptionError(f"{name!r} is not an RFM segment; there are {', '.join(RFM_SEGMENTS)}.")
    return found


def segment_label(name: str, *, language: Language = "en") -> str:
    """Return the label of an RFM segment for people to read.

    Parameters
    ----------
    name : str
        A segment, in any spelling of :func:`canonical_segment`. A name that is not one of the ten,
        from a map of one's own, is its own label.
    language : {"en", "tr"}
        Language of the label.

    Returns
    -------
    str

    Raises
    ------
    OptionError
        When `language` is not one of its allowed values.

    Examples
    --------
    >>> segment_label("cant_lose", language="tr")
    'Kaybedilmemesi Gerekenler'
    >>> segment_label("cant_loose")
    "Can't lose"
    """
    labels = texts(check_language(language), "segments")
    found = _known(name)
    return str(name) if found is None else str(labels[found])


def segment_labels(segments: pd.Series[Any], *, language: Language = "en") -> pd.Series[Any]:
    """Return the segments of customers as labels for people to read.

    Parameters
    ----------
    segments : pandas.Series
        As :func:`tenure.rfm_segments` returns. Missing ones stay missing.
    language : {"en", "tr"}
        Language of the labels.

    Returns
    -------
    pandas.Series
        With the index and the name of `segments`.

    Raises
    ------
    OptionError
        When `language` is not one of its allowed values.

    Examples
    --------
    >>> segment_labels(pd.Series(["champions", "at_Risk"]), language="tr").tolist()
    ['Şampiyonlar', 'Risk Altındakiler']
    """
    check_language(language)
    labels = {name: segment_label(name, language=language) for name in segments.dropna().unique()}
    labelled: pd.Series[Any] = segments.map(labels)
    return labelled
