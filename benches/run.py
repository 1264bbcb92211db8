"""Time every operation against peers and against the machine, and report which targets are reached.

    python benches/run.py --peers DIR [--quick] [--only lifetimes threads ...]

Peers run in virtual environments of their own, which are created in DIR if missing:
lifetimes 0.11.3 on CPython 3.10 with numpy 1.26.4, pandas 1.5.3, scipy 1.15.3 and setuptools < 80;
Polars and DuckDB; pymc-marketing on CPython 3.12 or 3.13. Interpreters are looked for on PATH and
among pyenv's; a peer that cannot be installed is skipped, and the output states the reason. Runs
alternate, the figures are medians, both sides use the same simulated data, and their results are
compared. About a quarter of an hour; ``--quick`` omits the slowest operations, and fills in the
target table only in part.
"""

from __future__ import annotations

import argparse
import gc
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flo_operations
import limits
import numpy as np
import operations
import simulate
import summaries
import threads
from peers import HERE, Worker
from suite import Suite, asking
from tables import Row
from targets import (
    CASES,
    FEW,
    HUGE,
    LARGE,
    MIDDLE,
    POSTERIOR_MODES,
    SMALL,
    SUMMARIES,
    Case,
)
from timing import Run

import tenure


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", type=Path, required=True, help="where the environments are")
    for name, versions in (("lifetimes", "3.10"), ("pymc", "3.12 or 3.13")):
        told = f"CPython {versions} to make its environment with"
        parser.add_argument(f"--{name}-python", metavar="PATH", help=told)
    parser.add_argument(
        "--flo", metavar="FILE", type=Path, help="FLO's table as csv, to time its job"
    )
    parser.add_argument("--quick", action="store_true", help="nothing of ten million, fewer runs")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--operations", nargs="+", help="names of operations, all by default")
    parser.add_argument("--sizes", nargs="+", type=int, help="sizes, all by default")
    parser.add_argument("--output", type=Path, default=HERE / "output")
    parser.add_argument("--name", default="bench", help="of the files that are written")
    return parser.parse_args()


def compare_with_lifetimes(suite: Suite) -> None:
    """Run every case at every size, by size, so that each table is made once."""
    options = suite.options
    patience = 2.0 if options.quick else 10.0
    with suite.peer("lifetimes", "lifetimes", "operations.py", "serve") as peer:
        for size in suite.wanted(FEW, SMALL, MIDDLE, LARGE, HUGE):
            ours = operations.Operations(tenure, size)
            for case in CASES:
                if options.operations and case.operation not in options.operations:
                    continue
                if size in case.targets or size in case.alone:
                    suite.add("peers", one_case(suite, case, ours, peer, patience))
    order = {case.title: place for place, case in enumerate(CASES)}
    suite.tables["peers"].sort(key=lambda row: (order[row["operation"]], row["size"]))


def one_case(
    suite: Suite, case: Case, ours: operations.Operations, peer: Worker | None, patience: float
) -> Row:
    ours.prepare(case.table)
    call = getattr(ours, case.operation)
    row: Row = {"operation": case.title, "size": ours.size}
    row["input_bytes"] = ours.input_bytes(case.operation)
    row["at_least"] = case.targets.get(ours.size)
    peers: dict[str, Run] = {}
    kept: dict[str, Any] = {}
    if peer is not None and ours.size in case.targets:
        request = {"size": ours.size, "operation": case.operation, "table": case.table}
        peers["lifetimes"] = asking(peer, kept, **request)
    row = suite.time_with_peers(row, call, peers, patience)
    # lifetimes' own optimisers stop early, its Pareto/NBD by far.
    bound = 0.1 if case.operation.startswith("fit") else 1e-3
    return suite.compared(row, "lifetimes", operations.answers(case.operation, call()), kept, bound)


def compare_with_dataframes(suite: Suite) -> None:
    """Compare summaries with Polars and DuckDB; the ratio is to the faster of the two."""
    script = ("frames", "summaries.py", "serve")
    with suite.peer("Polars", *script) as polars, suite.peer("DuckDB", *script) as duckdb:
        workers = {"Polars": polars, "DuckDB": duckdb}
        for size in suite.wanted(LARGE, HUGE):
            log = simulate.transactions(size)
            for kind, target in SUMMARIES.items():
                frame = summaries.frame(simulate.with_ids(log, kind))
                ours = summaries.with_tenure(frame)
                row: Row = {"operation": f"summary, {kind}", "size": size}
                row["input_bytes"] = sum(int(frame[name].nbytes) for name in frame.columns)
                row["at_least"] = target if size == HUGE else None
                kept: dict[str, dict[str, Any]] = {name: {} for name in workers}
                peers = {
                    name: asking(peer, kept[name], size=size, kind=kind, peer=name)
                    for name, peer in workers.items()
                    if peer is not None
                }
                row = suite.time_with_peers(row, ours, peers, 6.0)
                found = summaries.sums(ours())
                for name in peers:
                    row = suite.compared(row, name, found, kept[name], 1e-9)
                suite.add("peers", row)
                del frame, ours
                gc.collect()


def compare_with_pymc(suite: Suite) -> None:
    """Compare fits with the posterior modes of pymc-marketing, which compiles first."""
    with suite.peer("pymc-marketing", "pymc", "pymc_operations.py") as peer:
        if peer is None:
            return
        titles = {case.operation: case.title for case in CASES}
        for size in suite.wanted(SMALL) if suite.options.quick else suite.wanted(SMALL, MIDDLE):
            ours = operations.Operations(tenure, size)
            ours.prepare("customers")
            for operation, model in POSTERIOR_MODES.items():
                call = getattr(ours, operation)
                params = sorted(call().params_.index)
                kept: dict[str, Any] = {}
                run = asking(peer, kept, size=size, model=model, params=params)
                row: Row = {"operation": titles[operation], "size": size}
                row = suite.time_with_peers(row, call, {"pymc-marketing": run}, 3.0, compiles=True)
                found = operations.answers(operation, call())
                suite.add("peers", suite.compared(row, "pymc-marketing", found, kept, 0.01))


def flo_job(suite: Suite) -> None:
    """Compare FLO's job with pandas and lifetimes, from the parsed table to segments."""
    file = suite.options.flo
    if file is None:
        return
    table = flo_operations.parsed(file)
    command = ("flo_operations.py", "serve", str(file.absolute()))
    with suite.peer("pandas and lifetimes", "lifetimes", *command) as peer:
        kept: dict[str, Any] = {}
        peers = {} if peer is None else {"lifetimes": asking(peer, kept)}
        row: Row = {"operation": "FLO, table to forecast", "size": len(table)}
        row = suite.time_with_peers(row, lambda: flo_operations.with_tenure(table), peers, 5.0)
        found = flo_operations.with_tenure(table)
        answers = flo_operations.answers(*found)
        suite.add("peers", suite.compared(row, "lifetimes", answers, kept, 1e-4))


def against_machine(suite: Suite) -> None:
    """Compare with reading and writing the columns, ten million with one, and memory with both."""
    for size, compare in ((LARGE, limits.reading), (HUGE, limits.copying)):
        if suite.wanted(size):
            suite.add("limits", compare(operations.Operations(tenure, size)))
    for size in suite.wanted(LARGE, HUGE):
        for row in limits.memory(limits.continuous(operations.Operations(tenure, size))):
            suite.add("limits", row)
    for row in limits.scaling(suite.tables["peers"]) + limits.memory(suite.tables["peers"]):
        suite.add("limits", row)


def one_thread_and_two(suite: Suite) -> None:
    """Time operations on customers with one thread and with two."""
    for size in suite.wanted(SMALL, MIDDLE):
        rounds = 5 if suite.options.quick else 10
        for row in threads.one_and_two(operations.Operations(tenure, size), rounds):
            suite.add("threads", row)


PARTS: dict[str, Callable[[Suite], None]] = {
    "lifetimes": compare_with_lifetimes,
    "summaries": compare_with_dataframes,
    "pymc": compare_with_pymc,
    "flo": flo_job,
    "limits": against_machine,
    "threads": one_thread_and_two,
}


def main() -> None:
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    suite = Suite(arguments())
    minutes = suite.machine["minutes"] = {}
    for name in filter(suite.options.only.__contains__, PARTS):
        start = time.monotonic()
        PARTS[name](suite)
        minutes[name] = round((time.monotonic() - start) / 60, 1)
        suite.save()
    print(suite.save())
    print(f"Written to {suite.options.output / suite.options.name}.md and .json.")


if __name__ == "__main__":
    main()
