"""The output files of a run, by output."""

from __future__ import annotations

from tenure._breakdowns import BREAKDOWNS

__all__ = ["MANIFEST", "MODEL_COMPARISON", "MOVES", "OUTPUT_FILES", "PROFILE", "RUN_RECORD"]

RUN_RECORD = "run.json"
"""The record of a run, written last."""

MANIFEST = "campaigns.json"
"""The campaigns with their rules and figures; their lists have names of their own."""

MODEL_COMPARISON = "model_comparison.csv"
"""The purchase models compared, with the reason of the choice."""

MOVES = ("risers", "fallers", "new", "gone")
"""The lists of customers who moved between two runs."""

PROFILE = ("profile", "first_rows")
"""The tables about the data as they were read."""

OUTPUT_FILES: dict[str, tuple[str, ...]] = {
    "forecast": ("forecast.csv",),
    "rfm": ("rfm.csv",),
    "segments": ("segments.csv",),
    "movement": ("movement.csv", *(f"{name}.csv" for name in MOVES)),
    "insights": ("insights.csv",),
    "cohorts": ("cohorts.csv",),
    "tables": tuple(f"{name}.csv" for name in BREAKDOWNS),
    "campaigns": (MANIFEST,),
    "models": ("models.json", MODEL_COMPARISON),
    "workbook": ("workbook.xlsx",),
    "report": ("report.html",),
    "profile": tuple(f"{name}.csv" for name in PROFILE),
    "columns": ("columns.csv",),
}
"""The files of each output, in the order in which they are written."""
