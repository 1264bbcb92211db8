"""Figures as markdown tables and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Row = dict[str, Any]
"""``operation``, ``size``, figures, ``ratio`` and its bound ``at_least`` or ``at_most``."""


def seconds(value: float) -> str:
    """Write seconds with a unit that fits."""
    for limit, factor, unit in ((1e-6, 1e9, "ns"), (1e-3, 1e6, "µs"), (1.0, 1e3, "ms")):
        if value < limit:
            return f"{value * factor:.3g} {unit}"
    return f"{value:.3g} s"


def times(value: float) -> str:
    """Write a ratio."""
    return f"{value:,.0f} ×" if value >= 100 else f"{value:.3g} ×"


def megabytes(value: float | None) -> str:
    """Write bytes as megabytes."""
    return "" if value is None else f"{value / 1e6:,.0f} MB"


def reached(row: Row) -> bool | None:
    """Tell whether a row keeps to its bound; None where it has none."""
    if row.get("ratio") is None:
        return None
    if row.get("at_least") is not None:
        return bool(row["ratio"] >= row["at_least"])
    if row.get("at_most") is not None:
        return bool(row["ratio"] <= row["at_most"])
    return None


def _ratio(row: Row, bound: str) -> list[str]:
    verdict = reached(row)
    return [
        "" if row.get("ratio") is None else times(row["ratio"]),
        "" if row.get(bound) is None else times(row[bound]),
        "" if verdict is None else "yes" if verdict else "no",
    ]


def _with_peers(row: Row) -> list[str]:
    peer = ""
    if "peer_s" in row:
        peer = f"{row['peer']}: {seconds(row['peer_s'])}"
    if "peer_first_s" in row:
        peer += f" (the first time {seconds(row['peer_first_s'])})"
    apart = row.get("answers_apart")
    return [
        seconds(row["tenure_s"]),
        peer,
        *_ratio(row, "at_least"),
        megabytes(row.get("tenure_bytes")),
        megabytes(row.get("peer_bytes")),
        "" if apart is None else f"{apart:.1g}",
    ]


def _limits(row: Row) -> list[str]:
    write = {"seconds": seconds, "bytes": megabytes}[row["unit"]]
    return [write(row["found"]), write(row["against"]), *_ratio(row, "at_most")]


def _threads(row: Row) -> list[str]:
    return [seconds(row["one_s"]), seconds(row["two_s"]), *_ratio(row, "at_least")]


@dataclass(frozen=True)
class Kind:
    """A kind of table."""

    title: str
    head: str
    cells: Callable[[Row], list[str]]


KINDS = {
    "peers": Kind(
        "Compared with peers",
        "tenure | peer | ratio | at least | reached | memory | peer's | largest difference",
        _with_peers,
    ),
    "limits": Kind("Against the machine", "tenure | against | ratio | at most | reached", _limits),
    "threads": Kind("One thread and two", "one | two | ratio | at least | reached", _threads),
}
Tables = dict[str, list[Row]]
"""Rows by kind of table."""


def markdown(tables: Tables, notes: list[str], machine: Row) -> str:
    """Write figures as markdown tables, after what they were measured on."""
    lines = [
        f"{machine['cpu']}, {machine['cores']} cores, {machine['threads']} threads, "
        f"{machine['memory_gib']} GiB, load {machine['load']} at the start; Python "
        f"{machine['python']}, numpy {machine['numpy']}, pandas {machine['pandas']}, tenure "
        f"{machine['tenure']}. Medians of alternating runs; memory is what the operation added.",
    ]
    for name, versions in machine.get("peers", {}).items():
        said = ", ".join(f"{package} {version}" for package, version in versions.items())
        lines.append(f"Environment of {name}: {said}.")
    lines += [f"- {note}" for note in notes]
    for kind, rows in tables.items():
        if not rows:
            continue
        head = KINDS[kind].head
        right = "|".join(
            "---" if word == " reached " else "---:" for word in f" {head} ".split("|")
        )
        lines += ["", f"### {KINDS[kind].title}", "", f"| operation | size | {head} |"]
        lines.append(f"|---|---:|{right}|")
        for row in rows:
            cells = [row["operation"], f"{row['size']:,}", *KINDS[kind].cells(row)]
            lines.append(f"| {' | '.join(cells)} |")
    asked = [
        reached(row)
        for rows in tables.values()
        for row in rows
        if row.get("at_least") is not None or row.get("at_most") is not None
    ]
    if asked:
        unknown = asked.count(None)
        without = f", {unknown} not measured for want of a peer" if unknown else ""
        lines += ["", f"{asked.count(True)} of {len(asked)} targets reached{without}."]
    return "\n".join(lines) + "\n"


def write(target: Path, text: str) -> None:
    """Write a file whole or not at all."""
    target.parent.mkdir(exist_ok=True, parents=True)
    temporary = target.with_name(target.name + ".tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(target)


def save(output: Path, name: str, tables: Tables, notes: list[str], machine: Row) -> str:
    """Write figures as NAME.md and NAME.json into a directory; return the markdown."""
    text = markdown(tables, notes, machine)
    judged = {
        kind: [{**row, "reached": reached(row)} for row in rows] for kind, rows in tables.items()
    }
    figures = {"machine": machine, "notes": notes, **judged}
    write(output / f"{name}.md", text)
    write(output / f"{name}.json", json.dumps(figures, indent=1) + "\n")
    return text
