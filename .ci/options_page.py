"""Write the table of options in docs/configuration.md from the declaration of a run's options.

    python .ci/options_page.py

tests/docs/test_options.py checks that the page is up to date.
"""

from __future__ import annotations

from pathlib import Path

from tenure.pipeline.run_options import OPTIONS, RunOption

PAGE = Path(__file__).parents[1] / "docs" / "configuration.md"
START, END = "<!-- options -->\n", "<!-- /options -->\n"


def shown(value: object) -> str:
    """Return a default as ``tenure.toml`` has it."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return f"`[{', '.join(map(shown_plain, value))}]`"
    return f"`{shown_plain(value)}`"


def shown_plain(value: object) -> str:
    """Return a number or text as ``tenure.toml`` has it."""
    return f'"{value}"' if isinstance(value, str) else str(value)


def row(option: RunOption) -> str:
    """Return the line of an option."""
    text = option.help
    if option.choices:
        earlier = "".join(f"; `{old}` is read as `{new}`" for old, new in option.aliases.items())
        text += f" One of {', '.join(f'`{choice}`' for choice in option.choices)}{earlier}."
    place = f"`[{option.section}]`" if option.section else "top"
    cells = (f"`{option.name}`", f"`{option.flag}`", place, shown(option.default), text)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def table() -> str:
    """Return the table of all options."""
    head = "| option | command line | `tenure.toml` | default | meaning |\n|---|---|---|---|---|\n"
    return head + "".join(map(row, OPTIONS.values()))


def updated(page: str) -> str:
    """Return the page with the table of today."""
    before, rest = page.split(START)
    _, after = rest.split(END)
    return before + START + table() + END + after


if __name__ == "__main__":
    PAGE.write_text(updated(PAGE.read_text("utf-8")), "utf-8", newline="\n")
