"""Limits of the machine: the time to read and write the columns alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from operations import Operations
from tables import Row
from targets import (
    ADDED_TO_INPUT,
    CASES,
    CONTINUOUS,
    FIT_TO_READING,
    HUGE,
    HUGE_TO_LARGE,
    LARGE,
    VALUE_TO_COPYING,
)
from timing import alternate, timed

BLOCK = 8_192
"""Rows of four columns and a sum that fit into a core's own cache."""


def read(columns: list[Any]) -> None:
    """Read columns once: the largest number of each, which NumPy finds as fast as memory allows."""
    for column in columns:
        column.max()


def add_up(columns: list[Any]) -> Any:
    """Read columns once and write their sum into a new one, block by block in the cache."""
    first, second, *others = columns
    out = np.empty(len(first))
    for start in range(0, len(out), BLOCK):
        block = slice(start, start + BLOCK)
        part = out[block]
        np.add(first[block], second[block], out=part)
        for other in others:
            np.add(part, other[block], out=part)
    return out


def _against_floor(title: str, ours: Operations, operation: str, floor: Any, at_most: float) -> Row:
    """Time an operation and a loop in NumPy over the same columns, on one thread."""
    ours.prepare("customers")
    columns = [column.to_numpy() for column in ours.inputs.get(operation, ours.inputs[""])]
    call = getattr(ours, operation)
    figures = alternate(
        lambda fresh: timed(call, fresh)[1],
        {"numpy": lambda fresh: timed(lambda: floor(columns), fresh)[1]},
        most=25,
    )
    return {
        "operation": title,
        "size": ours.size,
        "unit": "seconds",
        "found": figures["tenure_s"],
        "against": figures["peer_s"],
        "ratio": figures["tenure_s"] / figures["peer_s"],
        "at_most": at_most,
    }


def reading(ours: Operations) -> Row:
    """Compare a fit with reading its columns."""
    title = "BG/NBD fit against reading its three columns"
    return _against_floor(title, ours, "fit_bg", read, FIT_TO_READING)


def copying(ours: Operations) -> Row:
    """Compare lifetime value with reading its columns and writing one."""
    title = "lifetime value, 12 months, against reading four columns and writing one"
    return _against_floor(title, ours, "clv", add_up, VALUE_TO_COPYING)


def scaling(rows: list[Row]) -> list[Row]:
    """Compare the time a row at ten million with that at a million."""
    found = []
    by_size = {(row["operation"], row["size"]): row["tenure_s"] / row["size"] for row in rows}
    for (operation, size), huge in by_size.items():
        large = by_size.get((operation, LARGE))
        if size == HUGE and large is not None:
            found.append(
                {
                    "operation": f"{operation}: a row at ten million against one at a million",
                    "size": HUGE,
                    "unit": "seconds",
                    "found": huge,
                    "against": large,
                    "ratio": huge / large,
                    "at_most": HUGE_TO_LARGE,
                }
            )
    return found


def continuous(ours: Operations) -> list[Row]:
    """Fit customers of continuous time, of whom no two are alike, and tell the memory it takes."""
    ours.prepare("continuous")
    found = []
    for case in CASES:
        if case.operation in CONTINUOUS:
            _, figures = timed(getattr(ours, case.operation), fresh=True)
            found.append(
                {
                    "operation": f"{case.title}, continuous time",
                    "size": ours.size,
                    "tenure_bytes": figures["bytes"],
                    "input_bytes": ours.input_bytes(case.operation),
                }
            )
    return found


def memory(rows: list[Row]) -> list[Row]:
    """Compare the memory that operations add with that of their columns, from a million rows on."""
    return [
        {
            "operation": f"{row['operation']}: memory added against the input's",
            "size": row["size"],
            "unit": "bytes",
            "found": row["tenure_bytes"],
            "against": row["input_bytes"],
            "ratio": row["tenure_bytes"] / row["input_bytes"],
            "at_most": ADDED_TO_INPUT,
        }
        for row in rows
        if row["size"] >= LARGE and row.get("input_bytes") and row["tenure_bytes"] is not None
    ]
