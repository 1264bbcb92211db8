"""Time FLO's job, from the parsed table to forecast, RFM and segments, beside pandas + lifetimes.

    python benches/flo.py FLO_FILE --peers DIR
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
from tables import report
from timing import HERE, alternate, machine, make_venv, timed, worker


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", metavar="FLO_FILE", type=Path, help="FLO's table as csv")
    peer = parser.add_mutually_exclusive_group(required=True)
    peer.add_argument("--lifetimes-python", metavar="PATH", help="interpreter with lifetimes")
    peer.add_argument("--peers", metavar="DIR", type=Path, help="where peers' environments are")
    parser.add_argument("--output", type=Path, default=HERE / "output")
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
    described = machine()
    python = options.lifetimes_python or make_venv("lifetimes", options.peers, "python3.10")
    table = shared.parsed(options.file)
    warnings.simplefilter("ignore")
    with worker(python, Path(shared.__file__), "serve", str(options.file.absolute())) as peer:
        figures = alternate(
            lambda: timed(lambda: shared.with_tenure(table))[1], lambda: peer.ask(), 5.0
        )
        compare(shared.with_tenure(table), peer.ask())
    row = {"operation": "FLO, table to forecast", "size": len(table), "peer": "lifetimes"}
    title = "FLO: parsed table to forecast, RFM and segments"
    report(options.output, "flo", title, [row | figures], described)


if __name__ == "__main__":
    main()
