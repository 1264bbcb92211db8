"""RFM: recency, frequency and monetary scores, and the segments built on them."""

from tenure.rfm.assign import rfm_segments, rfm_summary, segment_order
from tenure.rfm.cut_points import cut_points
from tenure.rfm.labels import (
    RFM_SEGMENTS,
    SCRIPT_NAMES,
    canonical_segment,
    segment_label,
    segment_labels,
)
from tenure.rfm.maps import STANDARD_MAP, SegmentMap, segment_map
from tenure.rfm.scores import rfm_scores
from tenure.rfm.table import rfm_table

__all__ = [
    "RFM_SEGMENTS",
    "SCRIPT_NAMES",
    "STANDARD_MAP",
    "SegmentMap",
    "canonical_segment",
    "cut_points",
    "rfm_scores",
    "rfm_segments",
    "rfm_summary",
    "rfm_table",
    "segment_label",
    "segment_labels",
    "segment_map",
    "segment_order",
]


def __dir__() -> list[str]:
    return sorted(__all__)
