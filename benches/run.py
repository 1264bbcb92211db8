"""Time everything beside its peers and say which targets are reached.

    python benches/run.py --peers DIR [--quick] [--only lifetimes summaries pymc]

Peers run in virtual environments of their own, which are made in DIR where they are not there:
lifetimes 0.11.3 on CPython 3.10 with numpy 1.26.4, pandas 1.5.3, scipy 1.15.3 and setuptools < 80;
Polars and DuckDB; pymc-marketing where ``--pymc-python`` names a CPython of 3.12 or later. Runs
alternate, the figures are medians, both sides work on the same simulated data, and their answers
are compared. About a quarter of an hour; ``--quick`` leaves out what takes longest, and fills in
the target table only in part.
"""

from __future__ import annotations

import argparse
import gc
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import operations
import simulate
import summaries
from tables import report
from targets import CASES, FEW, HUGE, LARGE, MIDDLE, SMALL, SUMMARIES, Case
from timing import HERE, Worker, alone, alternate, machine, make_venv, timed, worker

import tenure

Row = dict[str, Any]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", type=Path, required=True, help="where the environments are")
    parser.add_argument("--lifetimes-python", metavar="PATH", help="interpreter with lifetimes")
    parser.add_argument("--frames-python", metavar="PATH", help="one with Polars and DuckDB")
    parser.add_argument("--pymc-python", metavar="PATH", help="CPython 3.12+ to install pymc in")
    parser.add_argument("--quick", action="store_true", help="nothing of ten million, one run each")
    parser.add_argument("--only", nargs="+", default=["lifetimes", "summaries", "pymc"])
    parser.add_argument("--operations", nargs="+", help="names of operations, all by default")
    parser.add_argument("--sizes", nargs="+", type=int, help="sizes, all by default")
    parser.add_argument("--output", type=Path, default=HERE / "output")
    return parser.parse_args()


def progress(row: Row) -> None:
    ratio = f"{row['ratio']:,.1f} ×" if "ratio" in row else f"{row['tenure_s'] * 1e3:,.1f} ms"
    print(f"{row['operation']}, {row['size']:,}: {ratio}", file=sys.stderr, flush=True)


def compared(row: Row, found: list[float], expected: list[float], bound: float) -> Row:
    """Note how far apart the answers are, and say so where that is far."""
    pairs = zip(found, expected, strict=False)
    apart = max((abs(a / b - 1.0) if b else abs(a) for a, b in pairs), default=0.0)
    if len(found) != len(expected) or not apart <= bound:
        print(f"{row['operation']}: the answers differ: {found} and {expected}", file=sys.stderr)
    return {**row, "answers_apart": apart}


def beside_lifetimes(options: argparse.Namespace, peer: Worker) -> list[Row]:
    """Run every case at every size, by size, so that each table is made once."""
    rows = []
    patience = 2.0 if options.quick else 12.0
    for size in options.sizes or [FEW, SMALL, MIDDLE, LARGE, HUGE]:
        if options.quick and size == HUGE:
            continue
        ours = operations.Operations(tenure, size)
        for case in CASES:
            if options.operations and case.operation not in options.operations:
                continue
            if size in case.targets or size in case.alone:
                rows.append(beside(case, size, ours, peer, patience))
                progress(rows[-1])
    order = {case.title: place for place, case in enumerate(CASES)}
    return sorted(rows, key=lambda row: (order[row["operation"]], row["size"]))


def beside(
    case: Case, size: int, ours: operations.Operations, peer: Worker, patience: float
) -> Row:
    ours.prepare(case.table)
    call = getattr(ours, case.operation)
    row: Row = {"operation": case.title, "size": size}
    if size in case.alone:
        return {**row, **alone(lambda: timed(call)[1])}
    request = {"size": size, "operation": case.operation, "table": case.table}
    kept: dict[str, Any] = {}

    def theirs() -> dict[str, Any]:
        kept.update(peer.ask(**request))
        return kept

    row |= {"peer": "lifetimes", "target": case.targets[size]}
    row |= alternate(lambda: timed(call)[1], lambda: dict(theirs()), patience)
    found = operations.answers(case.operation, call())
    # lifetimes' own optimisers stop early, its Pareto/NBD by far.
    bound = 0.1 if case.operation.startswith("fit") else 1e-3
    return compared(row, found, kept["answers"], bound)


def beside_frames(options: argparse.Namespace, peer: Worker) -> list[Row]:
    """Summarise beside Polars and DuckDB; the target is against the faster of the two."""
    rows = []
    for size in [LARGE] if options.quick else [LARGE, HUGE]:
        log = simulate.transactions(size)
        for kind, target in SUMMARIES.items():
            ours = summaries.with_tenure(simulate.with_ids(log, kind))
            both = []
            for name in ("Polars", "DuckDB"):
                request = {"size": size, "kind": kind, "peer": name}
                row: Row = {"operation": f"summary, {kind}", "size": size, "peer": name}
                figures = alternate(
                    lambda ours=ours: timed(ours)[1], lambda r=request: peer.ask(**r), 4.0
                )
                answers = peer.ask(**request)["answers"]
                both.append(compared({**row, **figures}, summaries.sums(ours()), answers, 1e-9))
                gc.collect()
            faster = min(both, key=lambda row: row["peer_s"])
            faster["target"] = target if size == HUGE else None
            rows += both
            for row in both:
                progress(row)
    return rows


def beside_pymc(peer: Worker) -> list[Row]:
    """Fit BG/NBD beside the maximum a posteriori fit of pymc-marketing, with its priors."""
    ours = operations.Operations(tenure, SMALL)
    ours.prepare("customers")
    row: Row = {"operation": "BG/NBD fit", "size": SMALL, "peer": "pymc-marketing"}
    row |= alternate(lambda: timed(ours.fit_bg)[1], lambda: peer.ask(size=SMALL), 20.0)
    progress(row)
    return [row]


def main() -> None:
    options = arguments()
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    described, rows = machine(), []
    if "lifetimes" in options.only:
        python = options.lifetimes_python or make_venv("lifetimes", options.peers, "python3.10")
        with worker(python, HERE / "operations.py", "serve") as peer:
            rows += beside_lifetimes(options, peer)
    if "summaries" in options.only:
        python = options.frames_python or make_venv("frames", options.peers, sys.executable)
        with worker(python, HERE / "summaries.py", "serve") as peer:
            rows += beside_frames(options, peer)
    if "pymc" in options.only and options.pymc_python:
        python = make_venv("pymc", options.peers, options.pymc_python)
        with worker(python, HERE / "pymc_operations.py") as peer:
            rows += beside_pymc(peer)
    report(options.output, "peers", "tenure and its peers", rows, described)


if __name__ == "__main__":
    main()
