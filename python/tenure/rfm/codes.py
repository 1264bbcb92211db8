"""Scores as text: ``"54"``, ``"545"``, and ``"10_3_7"`` where a score may have two digits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.exceptions import OptionError

__all__ = ["SEPARATOR", "choose_separator", "code_column", "code_text"]

SEPARATOR = "_"
"""Stands between scores of several digits: spreadsheets make dates of 10-3 and numbers of 10.3."""


def choose_separator(separator: str | None, largest: int) -> str:
    """Return the separator between the scores of a code.

    Parameters
    ----------
    separator : str or None
        What was asked for; None leaves it to the largest score.
    largest : int
        Largest score there can be.

    Returns
    -------
    str
        Nothing up to 9, else :data:`SEPARATOR`.

    Raises
    ------
    OptionError
        When `separator` is not text without digits, or is empty where codes would be ambiguous.

    Examples
    --------
    >>> choose_separator(None, 10)
    '_'
    """
    if separator is None:
        return SEPARATOR if largest > 9 else ""
    if not isinstance(separator, str) or any(c.isdigit() for c in separator):
        raise OptionError(f"separator={separator!r}: give text without digits, or None.")
    if not separator and largest > 9:
        raise OptionError(
            f"separator='': scores go up to {largest}, so '111' could be 1 and 11 or 11 and 1; "
            f"give a separator such as {SEPARATOR!r}, or leave it out."
        )
    return separator


def code_text(scores: Sequence[int], separator: str) -> str:
    """Return scores as one text.

    Examples
    --------
    >>> code_text([10, 3], "_")
    '10_3'
    """
    return separator.join(map(str, scores))


def code_column(scores: Sequence[NDArray[np.int64]], tops: Sequence[int], separator: str) -> Any:
    """Return one text per row for columns of scores.

    Parameters
    ----------
    scores : sequence of ndarray of int64
        Columns of scores from 1.
    tops : sequence of int
        Largest score of each column; their product is below 2⁶³.
    separator : str
        The separator between the scores.

    Returns
    -------
    array of str

    Examples
    --------
    >>> list(code_column([np.array([5, 1]), np.array([4, 2])], [5, 5], ""))
    ['54', '12']
    """
    kind: Any = np.int32 if math.prod(tops) < 2**31 else np.int64
    packed = scores[0].astype(kind)
    packed -= 1
    for column, top in zip(scores[1:], tops[1:], strict=True):
        packed *= top
        packed += column
        packed -= 1
    # Each text is written once; rows only point at theirs.
    found, cells = pd.factorize(packed)
    parts = []
    for top in tops[:0:-1]:
        cells, rest = np.divmod(cells, top)
        parts.append(rest + 1)
    parts.append(cells + 1)
    rows = zip(*(part.tolist() for part in parts[::-1]), strict=True)
    texts = pd.Index([code_text(row, separator) for row in rows], dtype=pd.Index(["1"]).dtype)
    return texts.take(found).array
