"""The ten RFM segments: their names, the map from scores, and what to do with each."""

from __future__ import annotations

import numpy as np

from tenure.exceptions import OptionError

__all__ = ["RFM_ADVICE", "RFM_SEGMENTS", "SCRIPT_NAMES", "SEGMENT_CODES", "canonical_segment"]

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

_CANONICAL = {name: name for name in RFM_SEGMENTS} | {"cant_loose": "cant_lose"}

# Row: recency score 1 to 5 from the top; column: frequency score 1 to 5.
_MAP = (
    ("hibernating", "hibernating", "at_risk", "at_risk", "cant_lose"),
    ("hibernating", "hibernating", "at_risk", "at_risk", "cant_lose"),
    ("about_to_sleep", "about_to_sleep", "need_attention", "loyal_customers", "loyal_customers"),
    (
        "promising",
        "potential_loyalists",
        "potential_loyalists",
        "loyal_customers",
        "loyal_customers",
    ),
    ("new_customers", "potential_loyalists", "potential_loyalists", "champions", "champions"),
)
SEGMENT_CODES = np.array([[RFM_SEGMENTS.index(name) for name in row] for row in _MAP])
"""Position in :data:`RFM_SEGMENTS` by recency score − 1 and frequency score − 1."""

RFM_ADVICE: dict[str, str] = {
    "champions": "Bought lately and often. Reward them, show them new lines first, ask for "
    "reviews; no discount is needed.",
    "loyal_customers": "Buy often. Offer a loyalty programme and more expensive lines.",
    "potential_loyalists": "Recent, with a few orders. Recommend related products and membership "
    "while they are warm.",
    "new_customers": "First orders just made. Welcome them and make the second order easy.",
    "promising": "Bought fairly recently, only once or twice. Build awareness with small offers.",
    "need_attention": "Average on both counts and cooling. A limited-time offer from their "
    "category.",
    "about_to_sleep": "Below average and fading. Remind them of what is popular before they go.",
    "cant_lose": "Bought very often, but long ago. Win them back personally; find out why they "
    "left.",
    "at_risk": "Bought often, but long ago. Reactivate with a personal offer.",
    "hibernating": "Few orders, long ago. Low-cost contact only, or let them go.",
}
"""What to do with each segment, by standard name."""


def canonical_segment(name: str) -> str:
    """Return the standard name of an RFM segment, whichever spelling it comes in.

    Parameters
    ----------
    name : str
        A segment, such as ``"at_Risk"`` or ``"cant_loose"``.

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
    found = _CANONICAL.get(name.strip().lower()) if isinstance(name, str) else None
    if found is None:
        raise OptionError(f"{name!r} is not an RFM segment; there are {', '.join(RFM_SEGMENTS)}.")
    return found
