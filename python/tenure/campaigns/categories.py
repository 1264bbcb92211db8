"""Lists of labels in a cell, such as ``[ERKEK, COCUK]`` or ``A,B``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.campaigns.rule import Match

__all__ = ["in_categories", "label_lists"]


def in_categories(
    lists: pd.Series[Any], wanted: Iterable[str], *, match: Match = "exact"
) -> NDArray[np.bool_]:
    """Return whether customers have at least one of some categories in their list.

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
    codes, cells = label_lists(lists)

    def hit(labels: list[str]) -> bool:
        if match == "contains":
            return any(name in label for name in names for label in labels)
        return not names.isdisjoint(labels)

    return np.array([*(hit(labels) for labels in cells), False], dtype=bool)[codes]


def label_lists(lists: pd.Series[Any]) -> tuple[NDArray[np.int64], list[list[str]]]:
    """Split cells that hold lists of labels, each distinct cell once.

    Parameters
    ----------
    lists : Series
        Text such as ``"[ERKEK, COCUK]"``, ``"[]"`` or ``"A,B"``, or Python lists.

    Returns
    -------
    codes : ndarray of int, shape (n,)
        The position of each row's cell among the distinct cells; -1 where the cell is missing.
    cells : list of list of str
        The labels of each distinct cell, each label once, in the order of the cell.

    Examples
    --------
    >>> codes, cells = label_lists(pd.Series(["[KADIN, ERKEK]", "[]", None, "[KADIN, ERKEK]"]))
    >>> codes.tolist(), cells
    ([0, 1, -1, 0], [['KADIN', 'ERKEK'], []])
    """
    plain: pd.Series[Any] = lists
    if not isinstance(lists.dtype, pd.StringDtype | pd.CategoricalDtype):
        plain = lists.astype(object).map(_joined)
    codes, uniques = pd.factorize(plain)
    cells = []
    for text in uniques:
        labels = (label.strip(" '\"") for label in str(text).strip("[] ").split(","))
        cells.append([label for label in dict.fromkeys(labels) if label])
    return codes.astype(np.int64), cells


def _joined(cell: Any) -> Any:
    """Write a cell that holds several labels as text; leave others as they are."""
    if isinstance(cell, set | frozenset):
        return ",".join(sorted(map(str, cell)))
    return ",".join(map(str, cell)) if np.ndim(cell) == 1 else cell
