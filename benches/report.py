"""Processor seconds and memory of report and workbook: benches/report.py [CUSTOMERS ...]."""

import resource
import sys
import tempfile
import time
import warnings
from pathlib import Path

import tenure
from tenure.exceptions import TenureWarning
from tenure.report import render, write_workbook


def main(sizes: list[int]) -> None:
    """Print a line a size, in increasing order: memory is the greatest so far."""
    print("customers  run s  page s  page MB  workbook s  workbook MB  memory GB")
    for customers in sorted(sizes):
        table = tenure.datasets.make_omnichannel(customers, seed=1)
        with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
            warnings.simplefilter("ignore", TenureWarning)
            start = time.process_time()
            analysis = tenure.run(table, preset="flo")
            ran = time.process_time()
            page = len(render(analysis).encode())
            rendered = time.process_time()
            book = write_workbook(analysis, Path(folder) / "workbook.xlsx").stat().st_size
            written = time.process_time()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(
            f"{customers:9,}  {ran - start:5.1f}  {rendered - ran:6.1f}  {page / 1e6:7.2f}"
            f"  {written - rendered:10.1f}  {book / 1e6:11.2f}  {memory:9.2f}"
        )


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [20_000, 1_000_000])
