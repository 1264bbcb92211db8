"""Maps from combinations of scores to segments: the ten segments, or a user's map."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.exceptions import OptionError
from tenure.io.text import check_label, quoted
from tenure.rfm.codes import choose_separator, code_text

__all__ = ["MEASURES", "STANDARD_MAP", "SegmentMap", "segment_map"]

MEASURES = {"R": "recency", "F": "frequency", "M": "monetary"}
"""The measure behind each letter."""

_SHOWN = 8


@dataclass(frozen=True, repr=False)
class SegmentMap:
    """A segment for every combination of scores; made by :func:`segment_map`.

    Parameters
    ----------
    on : str
        The scores it looks at, such as ``"RF"``.
    bins : tuple of int
        Number of scores of each of them.
    cells : tuple of str
        The segment of every combination, the last score running fastest.
    names : tuple of str
        The segments, from the best to the worst.
    """

    on: str
    bins: tuple[int, ...]
    cells: tuple[str, ...]
    names: tuple[str, ...]

    @cached_property
    def codes(self) -> NDArray[np.intp]:
        """Position in ``names`` by score − 1 of each measure."""
        place = {name: i for i, name in enumerate(self.names)}
        return np.array([place[name] for name in self.cells], dtype=np.intp).reshape(self.bins)

    def to_frame(self) -> pd.DataFrame:
        """Return the map as a table: one row per combination, or a grid where there are two scores.

        Returns
        -------
        pandas.DataFrame
            With two scores a row per first score from the best down, a column per second score;
            else one row per combination of scores with its ``segment``.

        Examples
        --------
        >>> STANDARD_MAP.to_frame().loc[5, 1]
        'new_customers'
        """
        axes = [range(1, top + 1) for top in self.bins]
        labels = [f"{MEASURES[letter]}_score" for letter in self.on]
        if len(axes) == 2:
            grid: pd.DataFrame = pd.DataFrame(
                np.array(self.cells, dtype=object).reshape(self.bins),
                index=pd.Index(axes[0], name=labels[0]),
                columns=pd.Index(axes[1], name=labels[1]),
            )
            return grid.iloc[::-1]
        table: pd.DataFrame = pd.DataFrame(list(itertools.product(*axes)), columns=labels)
        table["segment"] = list(self.cells)
        return table

    def __repr__(self) -> str:
        """Return the scores and the segments as text."""
        sizes = " × ".join(map(str, self.bins))
        return f"<tenure.rfm.SegmentMap of {self.on} ({sizes}): {', '.join(self.names)}>"


def segment_map(
    definition: Any, *, bins: int | Sequence[int] = 5, on: str = "RF", separator: str | None = None
) -> SegmentMap:
    """Make a map from scores to segments, checked to cover every combination exactly once.

    Parameters
    ----------
    definition : mapping, dataframe or SegmentMap
        One of

        - ``{pattern: segment}``, as scripts write it: ``{"[1-2][1-2]": "hibernating", …}``. A
          pattern is a regular expression that must match the whole code of a combination, as
          ``RF_SCORE`` has it (``"54"``, or ``"10_3"`` where a score may have two digits);
        - ``{segment: pattern}``, ``{segment: [pattern, …]}`` or ``{segment: [(5, 4), (5, 5)]}``,
          with patterns or combinations of scores;
        - a grid with the first score (recency) as index, the second as columns and segments in the
          cells;
        - a map made before, which comes back as it is.

        Segments are ranked from the best to the worst as they are first named; in a grid, from its
        highest scores down.
    bins : int or sequence of int
        Number of scores, the same for all or one for each letter of `on`. A grid has its own.
    on : str
        The scores it looks at: two or three different letters of R, F and M.
    separator : str, optional
        The separator between the scores of a code, as in :func:`tenure.rfm_scores`.

    Returns
    -------
    SegmentMap

    Raises
    ------
    OptionError
        When the definition cannot be read, leaves combinations without a segment or gives them
        two; the message lists them.

    Examples
    --------
    >>> halves = segment_map({"2.": "active", "1.": "asleep"}, bins=2)
    >>> halves
    <tenure.rfm.SegmentMap of RF (2 × 2): active, asleep>
    >>> rfm_scores = pd.DataFrame({"recency_score": [2, 1], "frequency_score": [1, 2]})
    >>> from tenure.rfm import rfm_segments
    >>> rfm_segments(rfm_scores, segment_map=halves).tolist()
    ['active', 'asleep']
    """
    if isinstance(definition, SegmentMap):
        return definition
    letters = _letters(on)
    if isinstance(definition, pd.DataFrame):
        return _from_grid(definition, letters)
    if not isinstance(definition, Mapping) or not definition:
        raise OptionError(
            f"segment_map={definition!r}: give a mapping such as {{'[1-2][1-2]': 'hibernating', …}}"
            " or {'champions': [(5, 4), (5, 5)], …}, or a grid."
        )
    shape = _shape(bins, letters)
    between = choose_separator(separator, max(shape))
    cells = list(itertools.product(*(range(1, top + 1) for top in shape)))
    texts = [code_text(cell, between) for cell in cells]
    owners: list[list[str]] = [[] for _ in cells]
    for name, claim in _claims(definition, texts):
        for at in _claimed(name, claim, cells, texts):
            if name not in owners[at]:
                owners[at].append(name)
    _check_cover(letters, texts, owners)
    found = tuple(owner[0] for owner in owners)
    names = dict.fromkeys(name for name, _ in _claims(definition, texts))
    return SegmentMap(letters, shape, found, tuple(names))


def _letters(on: object) -> str:
    if not isinstance(on, str) or len(on) < 2 or len(set(on)) < len(on) or set(on) - set(MEASURES):
        raise OptionError(f"on={on!r}: give two or three different letters of R, F and M.")
    return on


def _shape(bins: Any, letters: str) -> tuple[int, ...]:
    shape = (bins,) * len(letters) if isinstance(bins, Integral) else tuple(bins)
    if len(shape) != len(letters) or not all(
        isinstance(top, Integral) and not isinstance(top, bool) and 1 <= int(top) <= 1000
        for top in shape
    ):
        raise OptionError(
            f"bins={bins!r}: give the number of scores, one for all or one for each of {letters}."
        )
    return tuple(map(int, shape))


def _claims(definition: Mapping[Any, Any], texts: Sequence[str]) -> list[tuple[str, Any]]:
    """List segments with the combinations they claim, in either direction of the mapping."""
    by_pattern = all(isinstance(value, str) for value in definition.values()) and any(
        _matches(key, texts) for key in definition
    )
    pairs = [(v, k) if by_pattern else (k, v) for k, v in definition.items()]
    for name, _ in pairs:
        if not isinstance(name, str) or not name.strip():
            raise OptionError(
                f"segment_map: {quoted(name)} is not a name for a segment; give text."
            )
        check_label(name, "segment_map: segment")
    return pairs


def _matches(key: object, texts: Sequence[str]) -> bool:
    try:
        return isinstance(key, str) and any(re.fullmatch(key, text) for text in texts)
    except re.error:
        return False


def _claimed(
    name: str, claim: Any, cells: Sequence[tuple[int, ...]], texts: Sequence[str]
) -> Iterable[int]:
    if isinstance(claim, str):
        claim = [claim]
    if not isinstance(claim, Iterable):
        raise OptionError(
            f"segment_map: {name!r} has {claim!r}; give a pattern or a list of combinations of "
            "scores."
        )
    place = {cell: at for at, cell in enumerate(cells)}
    for part in claim:
        if isinstance(part, str):
            try:
                pattern = re.compile(part)
            except re.error as error:
                raise OptionError(
                    f"segment_map: {part!r} of {name!r} is not a pattern: {error}."
                ) from None
            hits = [at for at, text in enumerate(texts) if pattern.fullmatch(text)]
        else:
            hits = [place[key] for key in (_cell(part),) if key in place]
        if not hits:
            raise OptionError(
                f"segment_map: {part!r} of {name!r} is none of the combinations of scores "
                f"{texts[0]!r} … {texts[-1]!r}."
            )
        yield from hits


def _cell(part: Any) -> tuple[int, ...] | None:
    try:
        return tuple(part)
    except TypeError:
        return None


def _check_cover(letters: str, texts: Sequence[str], owners: Sequence[Sequence[str]]) -> None:
    unassigned = [text for text, owner in zip(texts, owners, strict=True) if not owner]
    several = [
        f"{text} ({', '.join(owner)})"
        for text, owner in zip(texts, owners, strict=True)
        if len(owner) > 1
    ]
    said = [
        f"{what} {letters} {', '.join(found[:_SHOWN])}"
        + (f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else "")
        for what, found in (("no segment for", unassigned), ("several segments for", several))
        if found
    ]
    if said:
        raise OptionError(
            f"segment_map: {'; '.join(said)}. Every combination of scores needs exactly one."
        )


def _from_grid(grid: pd.DataFrame, letters: str) -> SegmentMap:
    if len(letters) != 2:
        raise OptionError(f"on={letters!r}: a grid has two scores; give a mapping for three.")
    wanted = [list(range(1, size + 1)) for size in grid.shape]
    axes = [list(grid.index), list(grid.columns)]
    if not all(size for size in grid.shape) or [_in_order(axis) for axis in axes] != wanted:
        raise OptionError(
            f"segment_map: the grid has rows {axes[0]} and columns {axes[1]}; both must be the "
            f"scores 1, 2, … of {MEASURES[letters[0]]} and {MEASURES[letters[1]]}, each once."
        )
    ordered = grid.set_axis(list(map(int, axes[0])), axis=0).set_axis(
        list(map(int, axes[1])), axis=1
    )
    ordered = ordered.loc[wanted[0], wanted[1]]
    cells = [cell for row in ordered.to_numpy(dtype=object).tolist() for cell in row]
    empty = [
        f"{r}, {f}"
        for (r, f), cell in zip(itertools.product(*wanted), cells, strict=True)
        if not isinstance(cell, str) or not cell.strip()
    ]
    if empty:
        raise OptionError(
            f"segment_map: the grid has no segment for {letters} {'; '.join(empty[:_SHOWN])}. Every"
            " cell needs the name of a segment."
        )
    best_first = tuple(dict.fromkeys(cells[::-1]))
    for name in best_first:
        check_label(name, "segment_map: segment")
    return SegmentMap(letters, (grid.shape[0], grid.shape[1]), tuple(cells), best_first)


def _in_order(axis: Sequence[Any]) -> list[int]:
    try:
        return sorted(int(label) for label in axis)
    except (TypeError, ValueError):
        return []


STANDARD_MAP = segment_map(
    {
        "champions": "5[4-5]",
        "loyal_customers": "[3-4][4-5]",
        "potential_loyalists": "[4-5][2-3]",
        "new_customers": "51",
        "promising": "41",
        "need_attention": "33",
        "about_to_sleep": "3[1-2]",
        "cant_lose": "[1-2]5",
        "at_risk": "[1-2][3-4]",
        "hibernating": "[1-2][1-2]",
    }
)
"""The ten segments by recency and frequency scores of 1 to 5."""
