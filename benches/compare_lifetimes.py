"""Compare fits, predictions and lifetime values with lifetimes 0.11.3, in one run.

    python benches/compare_lifetimes.py --make-venv .venv-lifetimes
    python benches/compare_lifetimes.py --lifetimes-python PATH --sizes 20000 100000 1000000

The peer runs in an environment of its own: CPython 3.10 with numpy 1.26.4, pandas 1.5.3, scipy
1.15.3 and setuptools < 80, on which lifetimes works. ``--make-venv`` makes it with pip. Runs
alternate; the figures are medians. Both work on the same simulated customers, and their answers are
compared.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

import lifetimes_operations as shared
import numpy as np
from simulate import simulate
from timing import Worker, alternate, machine, make_venv, report, timed, worker

import tenure

RUNS = {20_000: 7, 100_000: 5, 1_000_000: 3}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    peer = parser.add_mutually_exclusive_group(required=True)
    peer.add_argument("--lifetimes-python", metavar="PATH", help="interpreter with lifetimes")
    peer.add_argument("--make-venv", metavar="DIR", type=Path, help="make that environment here")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(RUNS), metavar="N")
    parser.add_argument("--runs", type=int, help="timed runs of each (default 3 to 7)")
    return parser.parse_args()


def compare(size: int, directory: Path, peer: Worker, runs: int) -> list[dict[str, Any]]:
    customers = simulate(size)
    np.save(directory / f"{size}.npy", customers.to_records(index=False))
    ours = shared.Operations(tenure, customers)
    rows = []
    for title, operation in shared.OPERATIONS.items():
        call = getattr(ours, operation)
        request = {"size": size, "operation": operation}
        figures = alternate(
            lambda call=call: timed(call), lambda r=request: peer.ask(**r)["seconds"], runs
        )
        found = np.array(shared.answers(operation, call()))
        expected = np.array(peer.ask(**request)["answers"])
        apart = float(np.max(np.abs(found / expected - 1.0)))
        if apart > (1e-2 if operation.startswith("fit") else 1e-3):
            print(f"{title}: answers differ by {apart:.1e}: {found} and {expected}")
        rows.append({"operation": title, "customers": size, "answers_apart": apart, **figures})
        print(f"{title}, {size:,}: {figures['ratio']:,.1f} ×", file=sys.stderr)
    return rows


def main() -> None:
    options = arguments()
    python = options.lifetimes_python or make_venv(options.make_venv)
    rows = []
    script = Path(shared.__file__)
    with tempfile.TemporaryDirectory() as name, worker(python, script, "serve", name) as peer:
        for size in options.sizes:
            rows += compare(size, Path(name), peer, options.runs or RUNS.get(size, 3))
    report("compare_lifetimes", "tenure and lifetimes 0.11.3", rows, machine())


if __name__ == "__main__":
    main()
