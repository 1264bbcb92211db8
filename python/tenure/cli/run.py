"""The command ``tenure run``: its options, built from the declaration of a run's options."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from tenure.cli.console import plain_errors, show, with_progress
from tenure.exceptions import OptionError
from tenure.pipeline.run_options import OPTIONS, RunOption, chosen
from tenure.run_files.output_files import OUTPUT_FILES, RUN_RECORD

__all__ = ["RUN_HELP", "run_command"]

RUN_HELP = "\n\n".join(
    (
        "Forecast a customer file and write the outputs.",
        "Two kinds of file are read: [bold]customer totals[/bold], one row per customer (--preset"
        " flo, or --customer --first-order --last-order --orders --spend), and"
        " [bold]transactions[/bold], one row per transaction (--transactions --customer --date"
        " --amount). A [bold].toml[/bold] file describes an analysis; write one with"
        " [bold]tenure init[/bold]. Options on the command line replace those of the file.",
        f"Writes {', '.join(name for names in OUTPUT_FILES.values() for name in names)}, the"
        f" campaigns' lists of ids and {RUN_RECORD}, the record of the run: those that the data and"
        " the installed extras allow. A run that fails writes nothing. A run owns its directory:"
        " what an earlier run wrote there is replaced; a directory that holds other files is"
        " refused, unless with --overwrite; a file that was read is never replaced.",
        "[dim]tenure run customers.csv --preset flo --out results[/dim]",
        "[dim]tenure run sales.csv --transactions --customer id --date day --amount value"
        " --out results[/dim]",
        "[dim]tenure run tenure.toml[/dim]",
    )
)

_SHORT = {"out": ("-o",)}
"""Short forms of options."""

_NOT_OPTIONS = ("source", "strict")
"""Parameters of the command that are no options of a run."""


def _parameter(option: RunOption) -> inspect.Parameter:
    """Return the parameter of the command for an option."""
    default = option.default
    extra: dict[str, Any] = {}
    kind: Any = str | None
    if option.kind == "choice":
        kind, extra["parser"] = str, _reader(option)
        extra["metavar"] = f"[{'|'.join(option.choices)}]"
    elif option.kind in ("columns", "names"):
        kind = list[str] | None
    elif option.kind == "flag":
        kind = bool if isinstance(default, bool) else bool | None
    elif option.kind in ("file", "folder"):
        kind = Path | None
        extra["dir_okay" if option.kind == "file" else "file_okay"] = False
    elif option.kind == "number":
        kind, extra["min"] = float, option.minimum
    elif option.kind == "horizons":
        kind, default = str, ",".join(option.default)
    text = option.help + (" Separate several by commas." if option.kind == "horizons" else "")
    setting = typer.Option(
        option.flag,
        *_SHORT.get(option.name, ()),
        help=text,
        rich_help_panel=None if option.panel == "Options" else option.panel,
        show_default=default is not None and default is not False,
        **extra,
    )
    return inspect.Parameter(
        option.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[kind, setting],
    )


def _reader(option: RunOption) -> Callable[[str], str]:
    """Return what reads a choice, in its present spelling or an earlier one."""

    def read(text: str) -> str:
        try:
            return chosen(option.name, text)
        except OptionError as error:
            raise typer.BadParameter(str(error)) from None

    return read


def _parameters() -> list[inspect.Parameter]:
    source = Annotated[
        Path,
        typer.Argument(
            metavar="INPUT",
            help="A .csv (any separator), .parquet or Excel file, or a .toml description.",
            show_default=False,
        ),
    ]
    strict = Annotated[
        bool,
        typer.Option(
            "--strict",
            help="Exit with 3 where the figures are based on a degenerate fit (T201, T202, T205);"
            " the files are written all the same.",
        ),
    ]
    # The general options first, in the order of the help.
    order = sorted(OPTIONS.values(), key=lambda option: option.panel != "Options")
    return [
        inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context),
        inspect.Parameter("source", inspect.Parameter.KEYWORD_ONLY, annotation=source),
        *map(_parameter, order),
        inspect.Parameter(
            "strict", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=strict
        ),
    ]


def run_command(**given: Any) -> None:
    """Forecast a customer file and write the outputs."""
    from tenure.fitters.fit_warnings import DEGENERATE
    from tenure.pipeline.config import DESCRIPTION, read_config
    from tenure.pipeline.run import run
    from tenure.run_files.directory import reading

    source: Path = given["source"]
    described = source.suffix.lower() == ".toml"
    with plain_errors(), reading(source, DESCRIPTION if described else "the input"):
        options = _given(given["context"])
        if described:
            options = {**read_config(source).options(), **options}
        else:
            options["source"] = source
        if "out" not in options:
            raise OptionError("Specify where the files go: --out DIRECTORY.")
        analysis = with_progress(lambda progress: run(**options, progress=progress))
    show(analysis)
    if given["strict"] and any(isinstance(warning, DEGENERATE) for warning in analysis.warnings):
        raise typer.Exit(3)


# Typer reads a command's options from its signature.
_signature = inspect.Signature(_parameters())
run_command.__signature__ = _signature  # type: ignore[attr-defined]
run_command.__annotations__ = {
    name: parameter.annotation for name, parameter in _signature.parameters.items()
}


def _given(context: typer.Context) -> dict[str, Any]:
    """Return the options given on the command line, as :func:`tenure.run` takes them."""
    found: dict[str, Any] = {}
    for name, value in context.params.items():
        origin = context.get_parameter_source(name)
        if name in _NOT_OPTIONS or origin is None or origin.name != "COMMANDLINE":
            continue
        kind = OPTIONS[name].kind
        if kind == "horizons":
            value = [_number_or_text(part) for part in _parts(value)]
        elif kind == "segments":
            value = _parts(value)
        found[name] = value
    return found


def _parts(text: str) -> list[str]:
    return [part for part in (piece.strip() for piece in text.split(",")) if part]


def _number_or_text(text: str) -> float | str:
    """Read ``3M`` or ``12``; the forecast itself checks it."""
    try:
        return float(text)
    except ValueError:
        return text
