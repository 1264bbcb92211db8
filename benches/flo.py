"""Time FLO's job, from the parsed table to forecast, RFM and segments, beside pandas + lifetimes.

    python benches/flo.py FLO_FILE --make-venv .venv-lifetimes
    python benches/flo.py FLO_FILE --lifetimes-python PATH

Both sides start from the same table with parsed dates, count orders as the analysts do and end with
the same numbers, which are compared. Runs alternate; the figures are medians.
"""

from __future__ import annotations

import argparse
import warnings
from pathlib import Path
from typing import Any

import flo_operations as shared
from timing import alternate, machine, make_venv, report, timed, worker


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", metavar="FLO_FILE", help="FLO's table as csv")
    peer = parser.add_mutually_exclusive_group(required=True)
    peer.add_argument("--lifetimes-python", metavar="PATH", help="interpreter with lifetimes")
    peer.add_argument("--make-venv", metavar="DIR", type=Path, help="make that environment here")
    parser.add_argument("--runs", type=int, default=9, help="timed runs")
    return parser.parse_args()


def compare(found: Any, answer: dict[str, Any]) -> None:
    forecast, rfm = found
    sums = [forecast[f"expected_purchases_{h}"].sum() for h in ("12w", "24w")]
    for mine, theirs in zip(sums, answer["sums"], strict=True):
        if abs(mine / theirs - 1) > 1e-4:
            print(f"expected purchases differ: {mine} and {theirs}")
    if rfm["segment"].value_counts().to_dict() != answer["rfm"]:
        print(f"segments differ: {rfm['segment'].value_counts().to_dict()} and {answer['rfm']}")


def main() -> None:
    options = arguments()
    python = options.lifetimes_python or make_venv(options.make_venv)
    table = shared.parsed(options.file)
    warnings.simplefilter("ignore")
    with worker(python, Path(shared.__file__), "serve", options.file) as peer:
        figures = alternate(
            lambda: timed(lambda: shared.with_tenure(table)),
            lambda: peer.ask()["seconds"],
            options.runs,
        )
        compare(shared.with_tenure(table), peer.ask())
    rows = [{"operation": "FLO, table to forecast", "customers": len(table), **figures}]
    report("flo", "FLO: parsed table to forecast, RFM and segments", rows, machine())


if __name__ == "__main__":
    main()
