"""The report, one self-contained HTML page, and the Excel workbook."""

from tenure.report.builder import render
from tenure.report.workbook import write_workbook

__all__ = ["render", "write_workbook"]


def __dir__() -> list[str]:
    return sorted(__all__)
