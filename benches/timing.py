"""Timing programs alternately: runs, medians, ratios, memory, the machine."""

from __future__ import annotations

import ctypes
import gc
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Figures = dict[str, Any]
"""``seconds`` and ``bytes`` of one run, the bytes None where the system does not tell."""
Run = Callable[[bool], Figures]
"""Runs something once; when told so, after giving back all memory that was freed before."""


def timed(operation: Callable[[], Any], fresh: bool = False) -> tuple[Any, Figures]:
    """Run an operation; return its result, the seconds it took and the bytes it needed at most.

    Allocators keep freed memory for the next operation, which then seems to need none: the
    bytes are those of a run that is ``fresh``, the seconds those of one that is not.
    """
    gc.collect()
    if fresh:
        _give_back()
    before = _resident(reset=fresh)
    start = time.perf_counter()
    result = operation()
    spent = time.perf_counter() - start
    peak = _resident(peak=True) if fresh else None
    added = None if before is None or peak is None else max(peak - before, 0)
    return result, {"seconds": spent, "bytes": added}


def _give_back() -> None:
    """Return freed memory to the system, where the C library can."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _resident(*, peak: bool = False, reset: bool = False) -> int | None:
    """Return resident bytes of this process, now or at their peak since the last reset."""
    try:
        if reset:
            Path("/proc/self/clear_refs").write_text("5")
        status = Path("/proc/self/status").read_text()
    except OSError:
        return None
    lines = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    return 1024 * int(lines["VmHWM" if peak else "VmRSS"].split()[0])


def alternate(
    ours: Run,
    peers: Mapping[str, Run],
    patience: float = 4.0,
    *,
    most: int = 9,
    compiles: bool = False,
) -> dict[str, Any]:
    """Run ours and its peers alternately for `patience` seconds; return medians.

    The first run of each does not count, unless it is the only one there is time for; it never
    does where the peer `compiles` first. The ratio is against the fastest peer. Ours, being short,
    runs up to five times in its turn.
    """
    warm, first = ours(True), {name: run(True) for name, run in peers.items()}
    turns = int(min(5, max(1, 0.05 / max(warm["seconds"], 1e-9))))
    mine: list[float] = []
    theirs: dict[str, list[float]] = {name: [] for name in peers}
    spent = sum(run["seconds"] for run in first.values())
    if spent >= patience / 2 and not compiles:
        theirs = {name: [run["seconds"]] for name, run in first.items()}
    rounds = 0
    while rounds < most and (rounds < 3 or spent < patience):
        mine += [ours(False)["seconds"] for _ in range(turns)]
        if not peers:
            spent += sum(mine[-turns:])
        if spent < patience or not all(theirs.values()):
            for name, run in peers.items():
                theirs[name].append(run(False)["seconds"])
                spent += theirs[name][-1]
        rounds += 1
    seconds = statistics.median(mine)
    figures: dict[str, Any] = {
        "tenure_s": seconds,
        "tenure_bytes": warm["bytes"],
        "tenure_runs": len(mine),
    }
    if not peers:
        return figures
    medians = {name: statistics.median(runs) for name, runs in theirs.items()}
    fastest = min(medians, key=medians.__getitem__)
    figures |= {
        "peer": fastest,
        "peer_s": medians[fastest],
        "peer_bytes": first[fastest]["bytes"],
        "peer_runs": len(theirs[fastest]),
        "ratio": medians[fastest] / seconds,
    }
    if compiles:
        figures["peer_first_s"] = first[fastest]["seconds"]
    if len(peers) > 1:
        figures["peers_s"] = medians
    return figures


def machine() -> dict[str, Any]:
    """Describe the machine and its software."""
    import numpy
    import pandas

    import tenure

    model = platform.processor()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        model = names[0].split(":", 1)[1].strip() if names else model
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cpu": model or platform.machine(),
        "cores": os.cpu_count(),
        "threads": tenure.get_threads(),
        "memory_gib": round(memory / 2**30),
        "load": round(os.getloadavg()[0], 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "pandas": pandas.__version__,
        "tenure": tenure.__version__,
    }
