"""Lists of labels in a cell, such as ``[ERKEK, COCUK]`` or ``A,B``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.campaigns.rule import Match

__all__ = ["in_categories"]


def in_categories(
    lists: pd.Series[Any], wanted: Iterable[str], *, match: Match = "exact"
) -> NDArray[np.bool_]:
    """Tell which customers have at least one of some categories in their list.

    Parameters
    ----------
    lists : Series
        Text such as ``"[ERKEK, COCUK]"`` or ``"[]"``, or Python lists; missing means none.
    wanted : iterable of str
        Categories.
    match : {"exact", "contains"}
        As for :class:`~tenure.campaigns.Campaign`.

    Returns
    -------
    ndarray of bool, shape (n,)

    Examples
    --------
    >>> lists = pd.Series(["[AKTIFCOCUK, KADIN]", "[COCUK]", "[]"])
    >>> in_categories(lists, ["COCUK"]).tolist()
    [False, True, False]
    >>> in_categories(lists, ["COCUK"], match="contains").tolist()
    [True, True, False]
    """
    names = set(wanted)
    plain = lists.astype(object)
    if not pd.api.types.is_string_dtype(lists.dtype) or lists.dtype == object:
        plain = plain.map(lambda v: ",".join(map(str, v)) if np.ndim(v) == 1 else v)
    codes, uniques = pd.factorize(plain)

    def hit(text: Any) -> bool:
        labels = [label.strip(" '\"") for label in str(text).strip("[] ").split(",")]
        if match == "contains":
            return any(name in label for name in names for label in labels)
        return not names.isdisjoint(labels)

    return np.array([*(hit(text) for text in uniques), False], dtype=bool)[codes]
