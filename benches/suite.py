"""One run of the suite: requested operations, results, skipped peers."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from peers import PeerError, Worker, make_environment
from tables import KINDS, Row, Tables, save, seconds, times
from targets import HUGE
from timing import Run, alternate, machine, timed


class Suite:
    """One run of the suite: its options and results."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.machine = machine()
        self.machine["peers"] = {}
        self.tables: Tables = {kind: [] for kind in KINDS}
        self.notes: list[str] = []

    def wanted(self, *sizes: int) -> list[int]:
        """Return the sizes that are asked for."""
        asked = self.options.sizes or sizes
        return [n for n in sizes if n in asked and not (self.options.quick and n == HUGE)]

    def note(self, said: str) -> None:
        """Keep a sentence for the output."""
        self.notes.append(said)
        print(said, file=sys.stderr, flush=True)

    def add(self, kind: str, row: Row) -> None:
        """Keep a row and show that it is there."""
        self.tables[kind].append(row)
        found = times(row["ratio"]) if "ratio" in row else seconds(row["tenure_s"])
        print(f"{row['operation']}, {row['size']:,}: {found}", file=sys.stderr, flush=True)

    def save(self) -> str:
        """Write the results so far."""
        options = self.options
        return save(options.output, options.name, self.tables, self.notes, self.machine)

    @contextmanager
    def peer(self, name: str, environment: str, *command: str) -> Iterator[Worker | None]:
        """Run a peer for the length of a block, or give none and say why."""
        named = getattr(self.options, f"{environment}_python", None)
        try:
            running = Worker(make_environment(environment, self.options.peers, named), *command)
        except PeerError as reason:
            self.note(f"{name} is skipped: {reason}.")
            yield None
            return
        self.machine["peers"][environment] = running.versions
        try:
            yield running
        finally:
            running.close()

    def time_with_peers(
        self,
        row: Row,
        call: Callable[[], Any],
        peers: dict[str, Run],
        patience: float,
        compiles: bool = False,
    ) -> Row:
        """Time an operation and its peers, or it alone where they fail."""

        def ours(fresh: bool) -> dict[str, Any]:
            return timed(call, fresh)[1]

        try:
            return row | alternate(ours, peers, patience, compiles=compiles)
        except PeerError as reason:
            where = f"{row['operation']}, {row['size']:,}"
            self.note(f"{where}: tenure alone, for {' or '.join(peers)} failed: {reason}.")
            return row | alternate(ours, {}, patience)

    def compared(
        self, row: Row, peer: str, found: list[float], kept: dict[str, Any], bound: float
    ) -> Row:
        """Record the largest difference from a peer's results, with a note where it is large."""
        expected = kept.get("answers")
        if not expected or "peer_s" not in row:
            return row
        pairs = zip(found, expected, strict=False)
        apart = max((abs(a / b - 1.0) if b else abs(a) for a, b in pairs), default=0.0)
        if len(found) != len(expected) or not apart <= bound:
            where = f"{row['operation']}, {row['size']:,}"
            self.note(f"{where}: tenure gives {found}, {peer} gives {expected}.")
        return {**row, "answers_apart": max(apart, row.get("answers_apart", 0.0))}


def asking(peer: Worker, kept: dict[str, Any], /, **request: Any) -> Run:
    """Return a run of a peer, which keeps its last result."""

    def run(fresh: bool) -> dict[str, Any]:
        answer = peer.ask(**request, fresh=fresh)
        kept.update(answer)
        return answer

    return run
