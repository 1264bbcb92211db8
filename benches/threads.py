"""One thread and two, alternately: threads must not slow down short operations."""

from __future__ import annotations

import statistics

from operations import Operations
from tables import Row
from targets import CASES, ONE_TO_TWO_THREADS, SMALL
from timing import timed

import tenure


def one_and_two(ours: Operations, rounds: int) -> list[Row]:
    """Time every operation on customers with one thread and with two."""
    before = tenure.get_threads()
    try:
        return [
            _compared(case.title, case.operation, ours, rounds)
            for case in CASES
            if case.table == "customers" and SMALL in case.targets
        ]
    finally:
        tenure.set_threads(before)


def _compared(title: str, operation: str, ours: Operations, rounds: int) -> Row:
    ours.prepare("customers")
    call = getattr(ours, operation)
    one: list[float] = []
    two: list[float] = []
    for _ in range(rounds):
        for threads, found in ((1, one), (2, two)):
            tenure.set_threads(threads)
            timed(call)  # starts the threads
            found.append(statistics.median(timed(call)[1]["seconds"] for _ in range(5)))
    return {
        "operation": title,
        "size": ours.size,
        "one_s": statistics.median(one),
        "two_s": statistics.median(two),
        # Within each round, so that other load on the machine cancels.
        "ratio": statistics.median(a / b for a, b in zip(one, two, strict=True)),
        "at_least": ONE_TO_TWO_THREADS,
    }
