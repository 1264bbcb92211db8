"""Timing two programs side by side: alternating runs, medians, ratios, the machine described.

A peer that needs other versions of Python, numpy or pandas runs as a worker in its own virtual
environment: one process that reads a request a line from standard input and answers a line of JSON.
"""

from __future__ import annotations

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

OUTPUT = Path(__file__).parent / "output"
PEER_VERSIONS = [
    "lifetimes==0.11.3",
    "numpy==1.26.4",
    "pandas==1.5.3",
    "scipy==1.15.3",
    "setuptools<80",
]


def timed(operation: Callable[[], Any]) -> float:
    """Return the seconds an operation takes."""
    start = time.perf_counter()
    operation()
    return time.perf_counter() - start


class Worker:
    """A peer in a process of its own."""

    def __init__(self, interpreter: str, script: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [interpreter, "-W", "ignore", str(script), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
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


def alternate(ours: Callable[[], float], theirs: Callable[[], float], runs: int) -> dict[str, Any]:
    """Run both in turn, each returning its seconds, after one run each that does not count."""
    ours(), theirs()
    pairs = [(ours(), theirs()) for _ in range(runs)]
    mine, peer = (statistics.median(column) for column in zip(*pairs, strict=True))
    return {"tenure_s": mine, "peer_s": peer, "ratio": peer / mine, "runs": runs, "pairs": pairs}


def make_venv(directory: Path) -> str:
    """Make the peer's virtual environment (needs CPython 3.10 as ``python3.10``)."""
    python = directory / "bin" / "python"
    if not python.exists():
        subprocess.run(["python3.10", "-m", "venv", str(directory)], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PEER_VERSIONS], check=True)
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
    return {
        "cpu": model or platform.machine(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "pandas": pandas.__version__,
        "tenure": tenure.__version__,
    }


def seconds(value: float) -> str:
    """Write seconds with a unit that fits."""
    for limit, factor, unit in ((1e-3, 1e6, "µs"), (1.0, 1e3, "ms")):
        if value < limit:
            return f"{value * factor:.3g} {unit}"
    return f"{value:.3g} s"


def report(name: str, title: str, rows: list[dict[str, Any]], described: dict[str, Any]) -> None:
    """Print a markdown table and write the figures to benches/output/NAME.json."""
    print(f"\n### {title}\n")
    print(
        f"{described['cpu']}, {described['cores']} cores; Python {described['python']}, numpy "
        f"{described['numpy']}, pandas {described['pandas']}, tenure {described['tenure']}.\n"
    )
    print("| operation | customers | tenure | peer | ratio |")
    print("|---|---:|---:|---:|---:|")
    for row in rows:
        print(
            f"| {row['operation']} | {row['customers']:,} | {seconds(row['tenure_s'])} "
            f"| {seconds(row['peer_s'])} | {row['ratio']:,.1f} × |"
        )
    OUTPUT.mkdir(exist_ok=True)
    target = OUTPUT / f"{name}.json"
    temporary = target.with_suffix(".tmp")
    temporary.write_text(json.dumps({"machine": described, "rows": rows}, indent=1))
    temporary.replace(target)
    print(f"\nWritten to {target}.")
