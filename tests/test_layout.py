"""The layout of the package: few modules at the top level, private modules kept private."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import tenure

ROOT = Path(tenure.__file__).parent


def imported(path: Path) -> Iterator[str]:
    """Yield the dotted names that a module imports, wherever in it it does so."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_private(name: str) -> bool:
    """Whether a dotted name is, or lies in a module, that its package keeps to itself."""
    return any(part.startswith("_") and not part.startswith("__") for part in name.split(".")[2:])


def test_the_top_level_has_few_modules() -> None:
    assert len(list(ROOT.glob("*.py"))) <= 15


def test_no_package_imports_a_private_module_of_another() -> None:
    wrong = []
    for path in ROOT.rglob("*.py"):
        package = f"tenure.{path.relative_to(ROOT).parts[0]}."
        for name in imported(path):
            if name.startswith("tenure.") and is_private(name) and not name.startswith(package):
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert not wrong, "\n".join(sorted(wrong))


def test_a_private_module_is_recognised() -> None:
    assert is_private("tenure.fitters._base.BaseFitter")
    assert is_private("tenure.pipeline.config._guess.x")
    assert not is_private("tenure._warnings.Notice")
    assert not is_private("tenure.fitters.json_files.JsonFile")
