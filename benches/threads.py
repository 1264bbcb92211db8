"""One thread and two, in turn: threads must not slow down what is short."""

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
    runs: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(rounds):
        for threads, times in runs.items():
            tenure.set_threads(threads)
            timed(call)  # starts the threads
            times += [timed(call)[1]["seconds"] for _ in range(5)]
    one, two = (statistics.median(times) for times in runs.values())
    return {
        "operation": title,
        "size": ours.size,
        "one_s": one,
        "two_s": two,
        "ratio": one / two,
        "at_least": ONE_TO_TWO_THREADS,
    }
