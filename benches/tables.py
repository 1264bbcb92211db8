"""Figures as a markdown table and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def seconds(value: float) -> str:
    """Write seconds with a unit that fits."""
    for limit, factor, unit in ((1e-3, 1e6, "µs"), (1.0, 1e3, "ms")):
        if value < limit:
            return f"{value * factor:.3g} {unit}"
    return f"{value:.3g} s"


def megabytes(value: float | None) -> str:
    """Write bytes as megabytes."""
    return "" if value is None else f"{value / 1e6:,.0f} MB"


def markdown(title: str, rows: list[Row], machine: Row) -> str:
    """Write figures as a markdown table under a heading that names the machine."""
    lines = [
        f"### {title}",
        "",
        f"{machine['cpu']}, {machine['cores']} cores, {machine['threads']} threads, "
        f"{machine['memory_gib']} GiB, load {machine['load']} at the start; Python "
        f"{machine['python']}, numpy {machine['numpy']}, pandas {machine['pandas']}, tenure "
        f"{machine['tenure']}. Medians of alternating runs; memory is what the operation added.",
        "",
        "| operation | size | tenure | peer | ratio | at least | reached | memory | peer's |",
        "|---|---:|---:|---:|---:|---:|---|---:|---:|",
    ]
    for row in rows:
        ratio, target = row.get("ratio"), row.get("target")
        peer = "" if "peer_s" not in row else f"{row['peer']}: {seconds(row['peer_s'])}"
        verdict = "" if ratio is None or target is None else "yes" if ratio >= target else "no"
        cells = [
            row["operation"],
            f"{row['size']:,}",
            seconds(row["tenure_s"]),
            peer,
            "" if ratio is None else f"{ratio:,.1f} ×",
            "" if target is None else f"{target:g} ×",
            verdict,
            megabytes(row.get("tenure_bytes")),
            megabytes(row.get("peer_bytes")),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def write(target: Path, text: str) -> None:
    """Write a file whole or not at all."""
    target.parent.mkdir(exist_ok=True, parents=True)
    temporary = target.with_name(target.name + ".tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(target)


def report(output: Path, name: str, title: str, rows: list[Row], machine: Row) -> None:
    """Print figures and write them as NAME.md and NAME.json into a directory."""
    text = markdown(title, rows, machine)
    print(f"\n{text}\n")
    missed = [row for row in rows if row.get("target") and row.get("ratio", 0) < row["target"]]
    asked = [row for row in rows if row.get("target")]
    if asked:
        print(f"{len(asked) - len(missed)} of {len(asked)} targets reached.")
    write(output / f"{name}.md", text + "\n")
    write(output / f"{name}.json", json.dumps({"machine": machine, "rows": rows}, indent=1) + "\n")
    print(f"Written to {output / name}.md and .json.")
