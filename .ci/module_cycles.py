"""Check that the modules of the Rust crate do not depend on each other in cycles.

At each level of the module tree the modules next to each other must form a directed acyclic
graph. A parent and its children may use each other; a name that a module re-exports counts as a
use of the module that defines it. Test modules are not checked.
"""

from __future__ import annotations

import re
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

Module = tuple[str, ...]


def modules(root: Path) -> dict[Module, str]:
    """Return the source of every module that is not a test, without its tests, by path."""
    found: dict[Module, str] = {}
    for file in sorted(root.rglob("*.rs")):
        parts = file.relative_to(root).with_suffix("").parts
        path = () if parts == ("lib",) else parts[:-1] if parts[-1] == "mod" else parts
        if {"tests", "contract"}.isdisjoint(path):
            code = re.sub(r"//[^\n]*", "", file.read_text(encoding="utf-8"))
            found[path] = re.split(r"#\[cfg\(test\)\]\s*mod tests \{", code)[0]
    return found


def expand(tree: str) -> list[str]:
    """Return the single paths of a use tree: ``a::{b, c::d}`` is ``a::b`` and ``a::c::d``."""
    tree = tree.strip()
    if "{" not in tree:
        return [tree.split(" as ")[0].strip()]
    prefix, inner = tree.split("{", 1)
    inner = inner[: inner.rindex("}")]
    items, depth, item = [], 0, ""
    for character in inner + ",":
        depth += (character == "{") - (character == "}")
        if character == "," and depth == 0:
            items.append(item)
            item = ""
        else:
            item += character
    return [prefix + path for item in items if item.strip() for path in expand(item)]


def absolute(path: str, module: Module) -> Module | None:
    """Return the path from the root of the crate, None if it leads to another crate."""
    parts = tuple(path.split("::"))
    base = module
    if parts[0] == "crate":
        return parts[1:]
    if parts[0] not in {"super", "self"}:
        return None
    while parts and parts[0] in {"super", "self"}:
        base = base[:-1] if parts[0] == "super" else base
        parts = parts[1:]
    return base + parts


def uses(code: str, module: Module) -> list[Module]:
    """Return the paths that a module imports or names in its code."""
    trees = [path for tree in re.findall(r"\buse ([^;]+);", code) for path in expand(tree)]
    named = re.findall(r"\b(?:crate|super)(?:::\w+)+", re.sub(r"\buse [^;]+;", "", code))
    paths = (absolute(path, module) for path in trees + named)
    return [path for path in paths if path is not None]


def exports(sources: dict[Module, str]) -> dict[Module, Module]:
    """Return where the names come from that modules re-export."""
    origin: dict[Module, Module] = {}
    for module, code in sources.items():
        for tree in re.findall(r"\bpub(?:\([^)]*\))? use ([^;]+);", code):
            for path in expand(tree):
                target = absolute(path, module) or (*module, *path.split("::"))
                origin[(*module, path.split("::")[-1])] = target
    return origin


def cycles(root: Path) -> list[list[str]]:
    """Return the cycles among modules that have the same parent."""
    sources = modules(root)
    origin = exports(sources)
    graphs: dict[Module, dict[str, set[str]]] = {}
    for module, code in sources.items():
        for path in uses(code, module):
            target = path
            while target in origin:
                target = origin[target]
            while target and target not in sources:
                target = target[:-1]
            shared = next(
                (i for i, (a, b) in enumerate(zip(module, target, strict=False)) if a != b),
                min(len(module), len(target)),
            )
            if shared < min(len(module), len(target)):
                graph = graphs.setdefault(module[:shared], {})
                graph.setdefault(module[shared], set()).add(target[shared])
    found = []
    for parent, graph in graphs.items():
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            found.append(["::".join((*parent, name)) for name in error.args[1]])
    return found


if __name__ == "__main__":
    found = cycles(Path(__file__).parent.parent / "src")
    for cycle in found:
        print("module cycle: " + " → ".join(cycle))
    sys.exit(bool(found))
