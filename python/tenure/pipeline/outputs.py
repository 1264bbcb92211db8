"""The files of a run: their names, contents and writing.

Everything is prepared in a hidden folder and takes its place only when all of it is complete, so a
failed run leaves nothing. A run owns its directory: see :mod:`tenure.run_files.directory`.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from tenure._warnings import Notice
from tenure.campaigns import Campaign
from tenure.campaigns.export import list_writers, manifest_text, need_for_lists
from tenure.data_dictionary import BREAKDOWNS
from tenure.exceptions import OptionError, SkippedOutputWarning
from tenure.io.atomic_directories import atomic_directory
from tenure.io.optional import require_extra
from tenure.io.spreadsheets import id_name, spreadsheet_safe
from tenure.io.text import quoted
from tenure.pipeline.analysis import Analysis
from tenure.run_files.csv_tables import CsvFile, columns_file
from tenure.run_files.directory import RunDirectory
from tenure.run_files.output_files import (
    MANIFEST,
    MODEL_COMPARISON,
    MOVES,
    OUTPUT_FILES,
    PROFILE,
    RUN_RECORD,
)
from tenure.run_files.record import run_record

__all__ = [
    "OUTPUTS",
    "Output",
    "choose_outputs",
    "output_writers",
    "file_names",
    "spreadsheet_safe",
    "write_outputs",
]

Writer = Callable[[Path], None]


@dataclass(frozen=True)
class Output:
    """One kind of output.

    Parameters
    ----------
    files : callable
        Takes the analysis, returns what writes each file; none where the data have nothing for it.
    library, extra : str, optional
        What it is written with, and the extra that brings it.
    purchases : bool
        Whether it needs a table with one row per purchase.
    """

    files: Callable[[Analysis], dict[str, Writer]]
    library: str | None = None
    extra: str = ""
    purchases: bool = False


def _by_customer(analysis: Analysis, name: str, table: pd.DataFrame) -> CsvFile:
    """Return what writes a table with the customers in its index."""
    key = id_name(table)
    flat = table.rename_axis(index=key, columns=None).reset_index
    return CsvFile(name, flat, analysis.locale(), key)


def _forecast(analysis: Analysis) -> dict[str, Writer]:
    table = pd.concat([analysis.customers, analysis.forecast], axis=1)
    return {"forecast.csv": _by_customer(analysis, "forecast", table)}


def _rfm(analysis: Analysis) -> dict[str, Writer]:
    return {"rfm.csv": _by_customer(analysis, "rfm", analysis.rfm)}


def _segments(analysis: Analysis) -> dict[str, Writer]:
    return {"segments.csv": CsvFile("segments", lambda: analysis.segments, analysis.locale())}


def _movement(analysis: Analysis) -> dict[str, Writer]:
    moved = analysis.movement
    if moved is None:
        return {}
    flat = moved.table.rename_axis(index="previous", columns=None).reset_index
    files: dict[str, Writer] = {"movement.csv": CsvFile("movement", flat, analysis.locale())}
    for name in MOVES:
        files[f"{name}.csv"] = _by_customer(analysis, "moves", getattr(moved, name))
    return files


def _insights(analysis: Analysis) -> dict[str, Writer]:
    return {"insights.csv": CsvFile("insights", lambda: analysis.insights, analysis.locale())}


def _cohorts(analysis: Analysis) -> dict[str, Writer]:
    return {"cohorts.csv": CsvFile("cohorts", lambda: analysis.cohorts.tidy(), analysis.locale())}


def _profile(analysis: Analysis) -> dict[str, Writer]:
    return {
        f"{name}.csv": CsvFile(name, analysis.tables[name].copy, analysis.locale())
        for name in PROFILE
        if name in analysis.tables
    }


def _tables(analysis: Analysis) -> dict[str, Writer]:
    return {
        f"{name}.csv": CsvFile(name, table.copy, analysis.locale(), str(table.columns[0]))
        for name, table in analysis.tables.items()
        if name in BREAKDOWNS
    }


def _campaigns(analysis: Analysis) -> dict[str, Writer]:
    if not analysis.campaigns:
        return {}

    def manifest(path: Path) -> None:
        text = manifest_text(
            analysis.campaigns,
            path.parent,
            analysis_date=analysis.settings.get("analysis_date"),
            horizon=analysis.longest,
        )
        _write_text(path, text)

    return {**list_writers(analysis.campaigns, analysis.locale()), MANIFEST: manifest}


def _models(analysis: Analysis) -> dict[str, Writer]:
    files: dict[str, Writer] = {
        "models.json": lambda path: _write_text(path, _models_text(analysis))
    }
    if "models" in analysis.tables:
        table = analysis.tables["models"]
        files[MODEL_COMPARISON] = CsvFile("models", table.copy, analysis.locale())
    return files


def _report(analysis: Analysis) -> dict[str, Writer]:
    return {"report.html": lambda path: _write_text(path, analysis.report())}


def _workbook(analysis: Analysis) -> dict[str, Writer]:
    from tenure.report.workbook import write_workbook

    def write(path: Path) -> None:
        write_workbook(analysis, path)

    return {"workbook.xlsx": write}


OUTPUTS: dict[str, Output] = {
    "forecast": Output(_forecast),
    "rfm": Output(_rfm),
    "segments": Output(_segments),
    "movement": Output(_movement),
    "insights": Output(_insights),
    "cohorts": Output(_cohorts, purchases=True),
    "tables": Output(_tables),
    "campaigns": Output(_campaigns),
    "models": Output(_models),
    "workbook": Output(_workbook, library="xlsxwriter", extra="excel"),
    "report": Output(_report),
    "profile": Output(_profile),
    "columns": Output(lambda analysis: {}),
}
"""The outputs by name, in the order in which they are written; their files: OUTPUT_FILES."""


def choose_outputs(
    asked: Sequence[str] | None, campaigns: Sequence[Campaign], *, by_purchase: bool
) -> tuple[str, ...]:
    """Settle what is going to be written, before any work is done.

    Parameters
    ----------
    asked : sequence of str, optional
        Outputs by name; all that can be made where none are named.
    campaigns : sequence of Campaign
        The rules whose lists are to be written.
    by_purchase : bool
        Whether the table has one row per purchase.

    Returns
    -------
    tuple of str
        Keys of :data:`OUTPUTS`.

    Raises
    ------
    OptionError
        When an output is unknown or cannot be made of such a table, or a campaign would write
        over another file.
    ImportError
        When an output that was named, or a campaign's list, needs an extra that is not installed.

    Warns
    -----
    SkippedOutputWarning
        Of outputs left out because an extra is not installed.
    """
    names = isinstance(asked, Iterable) and not isinstance(asked, str)
    if asked is not None and not (names and all(isinstance(name, str) for name in asked)):
        raise OptionError(f"outputs={quoted(asked)}: give a list of names.")
    for name in asked or ():
        if name not in OUTPUTS:
            near = difflib.get_close_matches(str(name), OUTPUTS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise OptionError(
                f"outputs: {name!r} is not one of {', '.join(map(repr, OUTPUTS))}.{hint}"
            )
    chosen = []
    for name, output in OUTPUTS.items():
        if asked is not None and name not in asked:
            continue
        if output.purchases and not by_purchase:
            if asked is not None:
                raise OptionError(f"outputs: {name!r} needs a table with one row per purchase.")
            continue
        if output.library is not None:
            files = OUTPUT_FILES[name]
            purpose = f"writing {' and '.join(files)}"
            try:
                require_extra(output.library, extra=output.extra, purpose=purpose)
            except ImportError as error:
                if asked is not None:
                    raise
                Notice(SkippedOutputWarning, f"{files[0]} was not written: {error}").emit()
                continue
        chosen.append(name)
    if "campaigns" in chosen:
        need_for_lists([rule.file_name for rule in campaigns])
        fixed = {file for files in OUTPUT_FILES.values() for file in files}
        for rule in campaigns:
            if rule.file_name.lower() in fixed:
                raise OptionError(
                    f"campaign {rule.name!r}: file_name={rule.file_name!r} is the name of another"
                    " output; choose another."
                )
    return tuple(chosen)


def file_names(chosen: Sequence[str], campaigns: Sequence[Campaign]) -> set[str]:
    """Return the names of all files that a run may write.

    Parameters
    ----------
    chosen : sequence of str
        Keys of :data:`OUTPUTS`.
    campaigns : sequence of Campaign
        The rules whose lists are written.

    Returns
    -------
    set of str
    """
    lists = {rule.file_name for rule in campaigns} if "campaigns" in chosen else set()
    return {RUN_RECORD, *lists, *(file for name in chosen for file in OUTPUT_FILES[name])}


def write_outputs(
    analysis: Analysis,
    directory: RunDirectory,
    outputs: Sequence[str] | None = None,
) -> Path:
    """Write the files of an analysis into a directory, and ``run.json``, the record of the run.

    Parameters
    ----------
    analysis : Analysis
        What :func:`tenure.run` found.
    directory : RunDirectory
        Where; made if missing. What an earlier run wrote there goes.
    outputs : sequence of str, optional
        Keys of :data:`OUTPUTS`; those the analysis was asked for by default.

    Returns
    -------
    Path
        The directory.

    Raises
    ------
    FileError
        The directory holds what no run wrote, or a file that was read would be lost.
    OSError
        The directory cannot be written; it is as it was then.
    """
    with atomic_directory(
        directory.path, replaceable=directory.replaceable, last=RUN_RECORD
    ) as scratch:
        for name, write in output_writers(analysis, outputs).items():
            write(scratch / name)
        _write_text(scratch / RUN_RECORD, run_record(analysis, scratch))
    return directory.path


def output_writers(analysis: Analysis, outputs: Sequence[str] | None = None) -> dict[str, Writer]:
    """List the files of an analysis with what writes each.

    Parameters
    ----------
    analysis : Analysis
        What :func:`tenure.run` found.
    outputs : sequence of str, optional
        Keys of :data:`OUTPUTS`; those the analysis was asked for by default.

    Returns
    -------
    dict of str to callable
        File name to a function that writes it to a path, in the order they are to be written.
        Files whose data are not there are left out.
    """
    chosen = analysis.settings.get("outputs", ()) if outputs is None else outputs
    files: dict[str, Writer] = {}
    for name in chosen:
        files |= OUTPUTS[name].files(analysis)
    if "columns" in chosen:
        files["columns.csv"] = columns_file(files, analysis.locale())
    return files


def _write_text(path: Path, text: str) -> None:
    # Halves of surrogate pairs, which no file holds, are written as their escapes.
    path.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")


def _models_text(analysis: Analysis) -> str:
    """Every model with its fit report: each entry of ``models`` is what its ``from_json`` reads."""
    from tenure._engine import __version__

    document = {
        "tenure": __version__,
        "settings": dict(analysis.settings),
        "models": {
            role: json.loads(model.to_json(save_data=False))
            for role, model in analysis.models.items()
        },
        "fit_reports": {
            role: model.fit_report_.to_dict() for role, model in analysis.models.items()
        },
        "warnings": [warning.to_dict() for warning in analysis.warnings],
    }
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False, default=str) + "\n"
