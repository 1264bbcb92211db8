"""Count the instructions of the engine's kernels: a measure of speed without noise.

    python benches/instructions.py            compare with benches/instructions.json
    python benches/instructions.py --update   write it anew

Each kernel runs on 5,000 simulated customers under callgrind, on one thread; what it takes to
prepare its data is subtracted. Counts repeat to the last digit on one build, and differ a little
between compilers: a kernel that needs more than 5 % above the baseline fails the check.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tables import write

BASELINE = Path(__file__).parent / "instructions.json"
CUSTOMERS = 5_000
TOLERANCE = 0.05


def build() -> str:
    """Build the benchmark's binary and return where it is."""
    command = ["cargo", "build", "--release", "--bench", "kernels", "--message-format=json"]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    for line in output.splitlines():
        message = json.loads(line)
        if message.get("target", {}).get("name") == "kernels" and message.get("executable"):
            return str(message["executable"])
    raise SystemExit("cargo built no kernels")


def count(binary: str, kernel: str) -> int:
    """Return the instructions of one run."""
    with tempfile.TemporaryDirectory() as directory:
        out = f"--callgrind-out-file={directory}/out"
        finished = subprocess.run(
            ["valgrind", "--tool=callgrind", out, binary, kernel, str(CUSTOMERS)],
            check=True,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "RAYON_NUM_THREADS": "1"},
        )
    found = re.search(r"Collected : (\d+)", finished.stderr)
    if found is None:
        raise SystemExit(f"valgrind said nothing of instructions:\n{finished.stderr}")
    return int(found.group(1))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--update", action="store_true", help="write the baseline anew")
    options = parser.parse_args()
    binary = build()
    names = subprocess.run([binary], check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    baseline = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    counts, worse = {}, []
    print("| kernel | instructions a customer | baseline | change |\n|---|---:|---:|---:|")
    for name in names:
        counts[name] = count(binary, name) - count(binary, f"prepare-{name}")
        before = baseline.get(name)
        change = counts[name] / before - 1.0 if before else 0.0
        known = f"{before / CUSTOMERS:,.1f}" if before else ""
        print(f"| {name} | {counts[name] / CUSTOMERS:,.1f} | {known} | {change:+.1%} |", flush=True)
        if change > TOLERANCE:
            worse.append(name)
    if options.update:
        write(BASELINE, json.dumps(counts, indent=1) + "\n")
        return 0
    if worse:
        print(f"More than {TOLERANCE:.0%} above the baseline: {', '.join(worse)}.")
    return bool(worse)


if __name__ == "__main__":
    sys.exit(main())
