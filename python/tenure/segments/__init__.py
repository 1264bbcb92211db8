"""Segments by value: customers divided into groups by a value, equal values never apart."""

from tenure.segments.by_value import segment_by_value, segment_summary

__all__ = ["segment_by_value", "segment_summary"]


def __dir__() -> list[str]:
    return sorted(__all__)
