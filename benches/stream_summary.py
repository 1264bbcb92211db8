"""Summary of a Parquet file that is larger than the memory available.

    python benches/stream_summary.py --rows 100000000

Writes a file of purchases by row groups into a temporary directory (about 17 bytes per row), reads
it with ``tenure.summarize`` in a process of its own, and prints rows, time and peak memory.
``--ids text`` or ``uuid`` converts the customers' numbers to text.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from tables import seconds
from timing import machine

GROUP = 1 << 20


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--customers", type=int, help="a tenth of the rows by default")
    parser.add_argument("--ids", choices=("int", "text", "uuid"), default="int")
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def group(rng: np.random.Generator, rows: int, customers: int, ids: str) -> pa.Table:
    """Make a row group: anybody buys at any second of two years."""
    who = rng.integers(0, customers, rows)
    names = pa.array(who)
    if ids == "text":
        names = pa.array([f"c{n}" for n in who.tolist()])
    elif ids == "uuid":
        names = pa.array([str(uuid.UUID(int=n * 2**90 + n)) for n in who.tolist()])
    when = np.datetime64("2023-01-01", "s") + rng.integers(0, 730 * 86_400, rows)
    return pa.table(
        {"customer": names, "date": when, "amount": rng.gamma(2.0, 20.0, rows).round(2)}
    )


def write(path: Path, rows: int, customers: int, ids: str) -> None:
    rng = np.random.default_rng(0)
    schema = group(rng, 1, customers, ids).schema
    with pq.ParquetWriter(path, schema) as writer:
        for start in range(0, rows, GROUP):
            writer.write_table(group(rng, min(GROUP, rows - start), customers, ids))


def read(path: Path) -> dict[str, float]:
    """Summarise the file; peak memory is that of this process, libraries included."""
    import tenure

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    summary = tenure.summarize(path, customer="customer", date="date", amount="amount")
    return {
        "seconds": time.perf_counter() - start,
        "customers": len(summary),
        "orders": float(summary["orders"].sum()),
        "before_mb": before / 1024,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def main() -> None:
    options = arguments()
    if options.read is not None:
        print(json.dumps(read(options.read)))
        return
    customers = options.customers or max(1, options.rows // 10)
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "purchases.parquet"
        write(path, options.rows, customers, options.ids)
        command = [sys.executable, __file__, "--read", str(path)]
        found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        size = path.stat().st_size / 2**20
    described = machine()
    print(f"{described['cpu']}, {described['cores']} cores; tenure {described['tenure']}")
    print("| rows | ids | file | customers | time | a row | memory at start | peak memory |")
    print("|---:|---|---:|---:|---:|---:|---:|---:|")
    print(
        f"| {options.rows:,} | {options.ids} | {size:,.0f} MB | {found['customers']:,} "
        f"| {seconds(found['seconds'])} | {found['seconds'] / options.rows * 1e9:,.0f} ns "
        f"| {found['before_mb']:,.0f} MB | {found['peak_mb']:,.0f} MB |"
    )


if __name__ == "__main__":
    main()
