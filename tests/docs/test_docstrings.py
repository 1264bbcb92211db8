"""Docstrings of the public interface: no stray escapes, and only parameters that there are."""

import importlib
import inspect
import pkgutil
import re
import unicodedata

import pytest

import tenure

MODULES = sorted(
    name
    for _, name, _ in pkgutil.walk_packages(tenure.__path__, "tenure.")
    if not name.endswith(("__main__", "._engine")) and "lifetimes" not in name
)


def public(module):
    """Return the public functions, classes and methods that a module defines."""
    found = {}
    for name in getattr(module, "__all__", ()):
        item = getattr(module, name)
        if getattr(item, "__module__", None) != module.__name__:
            continue
        found[name] = item
        if inspect.isclass(item):
            for member, value in vars(item).items():
                function = value.fget if isinstance(value, property) else value
                if not member.startswith("_") and inspect.isfunction(function):
                    found[f"{name}.{member}"] = function
    return {name: item for name, item in found.items() if callable(item) and item.__doc__}


def described(text):
    """Return the names that the section of parameters describes."""
    section = re.search(
        r"^Parameters\n-{10}\n(.*?)(?=^\w[\w ]*\n-{3,}\n|\Z)", text, re.DOTALL | re.MULTILINE
    )
    heads = re.findall(r"^(\S[^\n]*)$", section.group(1) if section else "", re.MULTILINE)
    return [name.strip().lstrip("*") for head in heads for name in head.split(" : ")[0].split(",")]


@pytest.mark.parametrize("name", MODULES)
def test_docstrings_are_whole(name):
    for item, value in public(importlib.import_module(name)).items():
        text = inspect.cleandoc(value.__doc__)
        assert not re.search(r"\\$", text, re.MULTILINE), (
            f"{name}.{item}: backslash at a line's end"
        )
        control = {c for c in text if unicodedata.category(c) == "Cc" and c != "\n"}
        assert not control, f"{name}.{item}: control characters {control}"
        try:
            parameters = inspect.signature(value).parameters
        except (TypeError, ValueError):
            continue
        if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
            continue
        unknown = set(described(text)) - set(parameters)
        assert not unknown, f"{name}.{item} describes {unknown}, which it does not take"


def test_the_check_can_fail():
    head = "Add.\n\nParameters\n----------\na, b, \\\nc\n    Numbers.\n"
    broken = f"{head}d : int\n\nReturns\n-------\nint"
    assert re.search(r"\\$", broken, re.MULTILINE)
    assert {"a", "b", "c", "d"} <= set(described(broken))
    assert "int" not in described(broken)


def test_the_check_sees_the_public_interface():
    seen = {name for module in MODULES for name in public(importlib.import_module(module))}
    assert len(seen) > 150
    assert {"summarize_totals", "run", "GammaGammaFitter.fit", "Analysis.totals"} <= seen
