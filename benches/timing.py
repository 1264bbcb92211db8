"""Timing two programs side by side: alternating runs, medians, ratios, memory, the machine.

A peer that needs other versions of Python, numpy or pandas runs as a worker in its own virtual
environment: one process that reads a request a line from standard input and answers a line of JSON.
"""

from __future__ import annotations

import gc
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PEERS = {
    "lifetimes": [
        "lifetimes==0.11.3",
        "numpy==1.26.4",
        "pandas==1.5.3",
        "scipy==1.15.3",
        "setuptools<80",
    ],
    "frames": ["polars>=1", "duckdb>=1", "pyarrow", "numpy", "pandas"],
    "pymc": ["pymc-marketing", "setuptools"],
}
"""Virtual environment of each peer and what is installed in it."""


def timed(operation: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """Run an operation; return its result, the seconds it took and the bytes it needed at most."""
    gc.collect()
    before = _memory("VmRSS", reset=True)
    start = time.perf_counter()
    result = operation()
    spent = time.perf_counter() - start
    return result, {"seconds": spent, "bytes": float(max(_memory("VmHWM") - before, 0))}


def _memory(what: str, *, reset: bool = False) -> int:
    """Return resident bytes of this process, now (VmRSS) or at their peak since the last reset."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
    return 1024 * int(lines[what].split()[0])


class Worker:
    """A peer in a process of its own."""

    def __init__(self, interpreter: str, script: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [interpreter, "-W", "ignore", str(script), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=HERE,
            env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
        )

    def ask(self, **request: Any) -> dict[str, Any]:
        """Send a request and wait for its answer."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the peer ended with code {self.process.wait()} on {request}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=60)


@contextmanager
def worker(interpreter: str, script: Path, *arguments: str) -> Iterator[Worker]:
    """Run a worker for the length of a block."""
    running = Worker(interpreter, script, *arguments)
    try:
        yield running
    finally:
        running.close()


def serve(answer: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Be a worker: answer each request read from standard input, until it ends."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what the peer prints is not an answer
    for line in sys.stdin:
        out.write(json.dumps(answer(json.loads(line))) + "\n")
        out.flush()


Run = Callable[[], dict[str, Any]]


def alternate(ours: Run, theirs: Run, patience: float) -> dict[str, Any]:
    """Run both in turn until the peer has used up `patience` seconds; give medians and ratio.

    The first run of each does not count, unless it is the only one the peer has the time for.
    """
    warm, first = ours(), theirs()
    pairs = [] if first["seconds"] < patience / 2 else [(ours(), first)]
    spent = first["seconds"]
    while not pairs or (spent < patience and len(pairs) < 9):
        pairs.append((ours(), theirs()))
        spent += pairs[-1][1]["seconds"]
    while len(pairs) < 3:
        pairs.append((ours(), pairs[-1][1]))
    mine, peer = ([run["seconds"] for run in column] for column in zip(*pairs, strict=True))
    # Allocators keep what was freed, so that the first run shows best what is needed.
    return {
        "tenure_s": statistics.median(mine),
        "peer_s": statistics.median(peer),
        "ratio": statistics.median(peer) / statistics.median(mine),
        "tenure_bytes": max(warm["bytes"], *(pair[0]["bytes"] for pair in pairs)),
        "peer_bytes": max(first["bytes"], *(pair[1]["bytes"] for pair in pairs)),
        "runs": len(pairs),
    }


def alone(ours: Run) -> dict[str, Any]:
    """Run ours only, where the peer cannot follow."""
    warm, *runs = (ours() for _ in range(4))
    seconds = statistics.median(run["seconds"] for run in runs)
    runs.append(warm)
    return {"tenure_s": seconds, "tenure_bytes": max(run["bytes"] for run in runs), "runs": 3}


def make_venv(peer: str, directory: Path, interpreter: str) -> str:
    """Make a peer's virtual environment in `directory` where it is not there yet."""
    python = directory.absolute() / peer / "bin" / "python"
    if not python.exists():
        subprocess.run([interpreter, "-m", "venv", str(python.parents[1])], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS[peer]], check=True)
    return str(python)


def machine() -> dict[str, Any]:
    """Describe the machine and what runs on it."""
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
