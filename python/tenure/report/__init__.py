"""The report: one self-contained HTML page made from an :class:`~tenure.analysis.Analysis`."""

from tenure.report.builder import render

__all__ = ["render"]
