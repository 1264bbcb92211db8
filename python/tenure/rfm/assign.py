"""Segments from scores, and a table that sums them up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure._choices import EARLIER_NAMES, Names, check_choice
from tenure.exceptions import DataError, OptionError
from tenure.io.provenance import provenance
from tenure.io.validation import native_out, numeric, require_columns, row_error, to_pandas
from tenure.rfm.labels import RFM_SEGMENTS, SCRIPT_NAMES, canonical_segment
from tenure.rfm.maps import MEASURES, STANDARD_MAP, segment_map
from tenure.segments import segment_summary

__all__ = ["Names", "rfm_segments", "rfm_summary", "segment_order"]


_make_map = segment_map


def rfm_segments(scores: Any, *, names: Names = "standard", segment_map: Any = None) -> Any:
    """Name the segment of each customer from the recency and frequency scores.

    =============  ==============  ===================  ===================  ===============
    recency score  frequency 1     2                    3                    4 and 5
    =============  ==============  ===================  ===================  ===============
    5              new_customers   potential_loyalists  potential_loyalists  champions
    4              promising       potential_loyalists  potential_loyalists  loyal_customers
    3              about_to_sleep  about_to_sleep       need_attention       loyal_customers
    2 and 1        hibernating     hibernating          at_risk              at_risk (4),
                                                                             cant_lose (5)
    =============  ==============  ===================  ===================  ===============

    Parameters
    ----------
    scores : dataframe
        With ``recency_score`` and ``frequency_score`` from 1 to 5, as :func:`rfm_scores` returns.
    names : {"standard", "legacy"}
        ``"legacy"`` spells two segments as the widespread scripts do: at_Risk and cant_loose.
    segment_map : SegmentMap, mapping or dataframe, optional
        A map of one's own in place of the table above: what
        :func:`tenure.rfm.segment_map` makes or, for scores of 1 to 5, takes.

    Returns
    -------
    series
        Text named ``segment``, of the kind of `scores`, with its
        index.

    Raises
    ------
    DataError
        When a score is not a whole number, or not one that the map has.
    OptionError
        When `names` is not one of its allowed values, or the map does not cover every combination
        of scores exactly once.

    Examples
    --------
    >>> rfm_segments(pd.DataFrame({"recency_score": [5, 1], "frequency_score": [4, 5]})).tolist()
    ['champions', 'cant_lose']
    """
    legacy = check_choice("names", names, get_args(Names), EARLIER_NAMES) == "legacy"
    chosen = STANDARD_MAP if segment_map is None else _make_map(segment_map)
    frame = to_pandas(scores)
    columns = {MEASURES[letter]: f"{MEASURES[letter]}_score" for letter in chosen.on}
    require_columns(frame, {f"{name} score": column for name, column in columns.items()})
    bins = (provenance(frame) or {}).get("rfm_bins") or {}
    cell: tuple[NDArray[np.int64], ...] = ()
    for (measure, column), top in zip(columns.items(), chosen.bins, strict=True):
        made = bins.get(measure)
        if made is not None and made != top:
            raise DataError(
                f"column {column!r} has scores 1 to {made}, and the segments are defined for 1 to "
                f"{top}. {_remedy(top)}",
                column=column,
                expected=f"scores 1 to {top}",
            )
        cell += (_marks(frame, column, top),)
    spelled = SCRIPT_NAMES if legacy else {}
    segments: pd.Series[Any] = pd.Series(
        pd.Index([spelled.get(n, n) for n in chosen.names]).take(chosen.codes[cell]).array,
        index=frame.index,
        name="segment",
    )
    return native_out(segments, scores)


def _marks(frame: pd.DataFrame, column: str, top: int) -> NDArray[np.int64]:
    kind = frame[column].dtype
    if isinstance(kind, np.dtype) and kind.kind in "iu" and len(frame):
        whole = frame[column].to_numpy()
        if whole.min() >= 1 and whole.max() <= top:
            return whole.astype(np.int64) - 1
    values = numeric(frame, column, minimum=1, integer=True)
    if (values > top).any():
        raise row_error(
            f"scores above {top}",
            column=column,
            index=frame.index,
            mask=values > top,
            values=values,
            expected=f"scores 1 to {top}",
            remedy=_remedy(top),
        )
    return values.astype(np.int64) - 1


def _remedy(top: int) -> str:
    return (
        f"Score with rfm_scores(…, bins={top}), or give a segment_map for these scores "
        "(tenure.rfm.segment_map(…, bins=…))."
    )


def segment_order(names: Iterable[str], *, segment_map: Any = None) -> list[str]:
    """Put the names of RFM segments in order, from the best to the worst.

    Parameters
    ----------
    names : iterable of str
        Segments, in either spelling of the ten, or those of `segment_map`.
    segment_map : SegmentMap, mapping or dataframe, optional
        The map they come from, where it is not the standard one.

    Returns
    -------
    list of str
        The names as they came, each once.

    Raises
    ------
    OptionError
        When a name is not in the map.

    Examples
    --------
    >>> segment_order(["hibernating", "at_Risk", "champions"])
    ['champions', 'at_Risk', 'hibernating']
    """
    once = list(dict.fromkeys(names))
    if segment_map is None:
        return sorted(once, key=lambda name: RFM_SEGMENTS.index(canonical_segment(name)))
    known = _make_map(segment_map).names
    for name in once:
        if name not in known:
            raise OptionError(f"{name!r} is not a segment of the map; it has {', '.join(known)}.")
    return sorted(once, key=known.index)


def rfm_summary(
    scores: Any, segments: pd.Series[Any] | str = "segment", *, segment_map: Any = None
) -> pd.DataFrame:
    """Summarise recency, frequency and monetary value by segment.

    Parameters
    ----------
    scores : dataframe
        As :func:`rfm_scores` or :func:`rfm_table` returns.
    segments : Series or str, default "segment"
        The column of `scores` with the segments, or a Series as :func:`rfm_segments` returns it,
        with the same index.
    segment_map : SegmentMap, mapping or dataframe, optional
        The map the segments come from, where it is not the standard one.

    Returns
    -------
    pandas.DataFrame
        Indexed by segment, from the best to the worst (champions to hibernating): ``customers``,
        ``share``, ``recency_mean``, ``frequency_mean``, and with money ``monetary_mean`` and
        ``monetary_sum``. Empty segments are left out.

    Raises
    ------
    ColumnError, DataError
        As :func:`tenure.segments.segment_summary`.
    OptionError
        When a segment is not in the map.

    Examples
    --------
    >>> table = pd.DataFrame({"recency": [9], "frequency": [3], "monetary": [80.0],
    ...                       "segment": ["promising"]})
    >>> rfm_summary(table)["customers"].to_dict()
    {'promising': 1}
    """
    frame = to_pandas(scores)
    measures = [name for name in MEASURES.values() if name != "monetary" or name in frame.columns]
    table = segment_summary(frame, segments, columns=measures)
    order = segment_order(table.index, segment_map=segment_map)
    ordered: pd.DataFrame = table.loc[order].drop(columns=["recency_sum", "frequency_sum"])
    return ordered
