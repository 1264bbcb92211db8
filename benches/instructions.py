"""Count the instructions of the engine's kernels: a measure of speed without noise.

    python benches/instructions.py            compare with benches/instructions.json
    python benches/instructions.py --update   rewrite it
    python benches/instructions.py --only fit-bg-nbd ...

Each kernel runs on 5,000 simulated customers under callgrind, on one thread; the instructions that
prepare its data are subtracted. Counts are identical for one build, and differ slightly
between compilers: a kernel that needs more than 5 % above the baseline fails the check.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
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


def compiler() -> str:
    """Name the compiler and the processor's kind, on which counts depend."""
    said = subprocess.run(["rustc", "--version"], check=True, stdout=subprocess.PIPE, text=True)
    return f"{said.stdout.strip()}, {platform.machine()}"


def count(binary: str, kernel: str) -> int:
    """Return the instructions of one run."""
    with tempfile.TemporaryDirectory() as directory:
        out = f"--callgrind-out-file={directory}/out"
        finished = subprocess.run(
            ["valgrind", "--tool=callgrind", out, binary, kernel, str(CUSTOMERS)],
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "RAYON_NUM_THREADS": "1"},
        )
    found = re.search(r"Collected : (\d+)", finished.stderr)
    if finished.returncode or found is None:
        raise SystemExit(f"{kernel} did not run under valgrind:\n{finished.stderr}")
    return int(found.group(1))


def line(kernel: str, found: int, before: int | None) -> str:
    """Write a row of the table."""
    known = "" if before is None else f"{before / CUSTOMERS:,.1f}"
    change = "new" if before is None else f"{found / before - 1.0:+.1%}"
    return f"| {kernel} | {found / CUSTOMERS:,.1f} | {known} | {change} |"


def verdict(counts: dict[str, int], known: dict[str, int]) -> tuple[bool, list[str]]:
    """Return whether every kernel is within its limit, and sentences on those that are not."""
    worse = [k for k, n in counts.items() if k in known and n > known[k] * (1.0 + TOLERANCE)]
    new = [kernel for kernel in counts if kernel not in known]
    said = []
    if new:
        said.append(f"Without a baseline: {', '.join(new)}.")
    if worse:
        said.append(f"More than {TOLERANCE:.0%} above the baseline: {', '.join(worse)}.")
    else:
        said.append(f"No kernel is more than {TOLERANCE:.0%} above its baseline.")
    return not worse, said


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--update", action="store_true", help="write the baseline anew")
    parser.add_argument("--only", nargs="+", metavar="KERNEL", help="names, all by default")
    options = parser.parse_args()
    for tool, source in (
        ("valgrind", "on Debian and Ubuntu with apt-get install valgrind"),
        ("cargo", "from https://rustup.rs"),
    ):
        if shutil.which(tool) is None:
            print(f"{tool} is not on PATH: install it, {source}.", file=sys.stderr)
            return 2
    binary, here = build(), compiler()
    names = subprocess.run([binary], check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    baseline = json.loads(BASELINE.read_text())
    known: dict[str, int] = baseline["counts"]
    if unknown := set(options.only or ()) - set(names):
        parser.error(f"no kernels: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    counts: dict[str, int] = {}
    print("| kernel | instructions a customer | baseline | change |\n|---|---:|---:|---:|")
    for name in options.only or names:
        counts[name] = count(binary, name) - count(binary, f"prepare-{name}")
        print(line(name, counts[name], known.get(name)), flush=True)
    if options.update:
        kept = {name: known[name] for name in names if name in known} if options.only else {}
        updated = {"compiler": here, "counts": {**kept, **counts}}
        write(BASELINE, json.dumps(updated, indent=1) + "\n")
        return 0
    good, said = verdict(counts, known)
    print("\n" + "\n".join(said))
    if baseline["compiler"] != here:
        print(
            f"The baseline was counted with {baseline['compiler']}, this with {here}: what differs "
            "may be the compiler's. Count the commit before with this one to tell."
        )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
