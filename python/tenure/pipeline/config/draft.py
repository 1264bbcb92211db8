"""The description of an analysis that ``tenure init`` writes: guesses with their reasons."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path
from typing import Any

from tenure.exceptions import FileError
from tenure.io.atomic_files import write_atomic
from tenure.io.delimited import SEPARATORS
from tenure.io.files import read_table
from tenure.io.optional import require_extra
from tenure.pipeline.config.guess import Guess, Layout, guess_layout
from tenure.pipeline.run_options import OPTIONS
from tenure.presets import FLO

__all__ = ["draft", "init_config"]

_WIDTH = 88


def init_config(
    source: str | os.PathLike[str],
    path: str | os.PathLike[str] = "tenure.toml",
    *,
    force: bool = False,
    encoding: str | None = None,
) -> Path:
    """Look at a file and write a ``tenure.toml`` for it, its guesses explained in comments.

    Parameters
    ----------
    source : path
        A file that :func:`tenure.io.files.read_table` reads.
    path : path
        The file to write.
    force : bool
        Whether an existing file is replaced.
    encoding : str, optional
        Encoding of a text file; UTF-8 where not given.

    Returns
    -------
    pathlib.Path
        `path`.

    Raises
    ------
    FileError
        When the input cannot be read, or `path` exists and `force` is not given.
    ImportError
        When the extra ``config`` is not installed.

    Examples
    --------
    >>> import pathlib, tempfile, tenure
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> tenure.datasets.load_cdnow_transactions().to_csv(folder / "sales.csv", index=False)
    >>> "dollar_value" in init_config(folder / "sales.csv", folder / "tenure.toml").read_text()
    True
    """
    require_extra("tomli_w", extra="config", purpose="writing tenure.toml")
    require_extra("pydantic", extra="config", purpose="reading tenure.toml again")
    target, file = Path(path), Path(source)
    if target.exists() and not force:
        raise FileError(
            f"{target} is there already and stays as it is; choose another name with --config, or"
            " replace it with --force."
        )
    if target.exists() and file.exists() and target.samefile(file):
        raise FileError(f"{target} is the input itself and stays as it is; choose another name.")
    table = read_table(file, encoding=encoding)
    try:
        layout = guess_layout(table)
    except FileError as error:
        raise FileError(f"{file}: {error}") from None
    relative = os.path.relpath(file.resolve(), target.resolve().parent)
    text = draft(
        layout,
        Path(relative).as_posix(),
        encoding=encoding,
        rows=len(table),
        separator=_separator(file, list(map(str, table.columns)), encoding),
    )
    return write_atomic(
        target, lambda temporary: temporary.write_text(text, encoding="utf-8", newline="\n")
    )


def draft(
    layout: Layout,
    source: str,
    *,
    encoding: str | None = None,
    rows: int = 0,
    separator: str | None = None,
) -> str:
    """Write down a layout as the text of a ``tenure.toml``.

    Parameters
    ----------
    layout : Layout
        What the file seems to be.
    source : str
        The file, relative to the folder of the description.
    encoding : str, optional
        Its encoding.
    rows : int
        Its rows.
    separator : str, optional
        What separates its columns, in words.

    Returns
    -------
    str
        TOML with comments.
    """
    lines = [
        *_comment("An analysis for `tenure run tenure.toml`. What follows is guessed from the file;"
                  " lines that begin with # are off. Paths are relative to this file."),
        "",
        *_comment(f"{rows:,} rows{_separated(separator)}. {layout.reason}"),
        *_setting("input", source),
    ]  # fmt: skip
    if encoding is not None:
        lines += _setting("encoding", encoding)
    if layout.kind == "preset":
        lines += _setting("preset", FLO.name)
    elif layout.kind == "purchases":
        lines += _setting("transactions", True)
    lines += _comment("What an earlier run wrote there is replaced. {date}: the analysis date.")
    lines += _setting("out", "results")
    if layout.kind == "preset":
        lines += ["", *_comment("The preset brings its own campaigns; a file of yours takes their"
                                " place.")]  # fmt: skip
    else:
        lines += ["", *_comment("A file of campaigns, a table [[campaign]] each.")]
    lines += _setting("campaigns", "campaigns.toml", off=True)
    lines += [*_comment("An earlier run's files: reports who moved between value segments.")]
    lines += _setting("previous", "results_last_month", off=True)
    columns = [guess for guess in layout.guesses if guess.key != "dayfirst"]
    if columns:
        lines += ["", "[columns]", *(line for guess in columns for line in _guess(guess))]
    lines += ["", "[method]"]
    lines += [line for g in layout.guesses if g.key == "dayfirst" for line in _guess(g)]
    lines += [
        *_comment("How far to look: months (M), weeks (W), days (D), years (Y)."),
        *_setting("horizons", ["3M", "6M"]),
        *_comment("Monthly."),
        *_setting("discount_rate", 0.01),
    ]
    if layout.kind != "purchases":
        lines += [
            *_comment('"repeat" counts orders − 1, which the models mean; "total" counts all, as'
                      " many scripts do, and is warned of."),
            *_setting("convention", "repeat"),
            *_comment("Cap extreme totals before the value is computed."),
            *_setting("cap_outliers", True),
        ]  # fmt: skip
    lines += [
        *_comment('RFM: equal values get equal scores ("average"), or scores in the order of'
                  ' the rows, as many scripts have it ("first").'),
        *_setting("ties", "average"),
        *_comment(
            '"auto" takes the model that fits best; or '
            + ", ".join(f'"{name}"' for name in OPTIONS["purchase_model"].choices[1:])
            + "."
        ),
        *_setting("purchase_model", "auto"),
        *_setting("purchase_penalizer", 0.0, off=True),
        *_setting("spend_penalizer", 0.0, off=True),
        *_comment("The day the data are seen from, where it is not the last one in the data."),
        *_setting("analysis_date", "2021-06-01", off=True),
        "",
        "[output]",
        *_comment('Of the report: "en" or "tr".'),
        *_setting("language", "en"),
        *_comment("Three letters; money is written without a currency where it is not known."),
        *_setting("currency", "TRY", off=True),
        *_comment("All that can be made, unless they are named."),
        *_setting("outputs", ["forecast", "segments", "report"], off=True),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _separator(file: Path, names: list[str], encoding: str | None) -> str | None:
    """Describe the separator of a text file."""
    if file.suffix.lower() not in (".csv", ".txt", ".tsv", ".tab"):
        return None
    with file.open(encoding=encoding or "utf-8-sig", errors="replace") as stream:
        head = stream.readline()
    fitting = (name for mark, name in SEPARATORS.items() if head.count(mark) >= len(names) - 1)
    return next(fitting, "blank") if len(names) > 1 else None


def _separated(separator: str | None) -> str:
    return "" if separator is None else f", columns separated by {separator}s"


def _guess(guess: Guess) -> list[str]:
    value, off = (guess.value, False) if guess.value is not None else ("", True)
    if guess.key == "dayfirst":
        value = True
    return [*_comment(guess.reason), *_setting(guess.key, value, off=off)]


def _setting(key: str, value: Any, *, off: bool = False) -> list[str]:
    import tomli_w

    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    text = tomli_w.dumps({key: value}).rstrip("\n")
    if isinstance(value, list):
        flat = ", ".join(tomli_w.dumps({"x": item}).split("=", 1)[1].strip() for item in value)
        short = f"{key} = [{flat}]"
        text = short if len(short) <= _WIDTH else text
    return [f"# {line}" if off else line for line in text.split("\n")]


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(text, _WIDTH)]
