"""The record of a run, ``run.json``: inputs, options and results, to repeat it."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import importlib.metadata
import json
import platform
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from tenure.exceptions import FileError
from tenure.run_files.output_files import RUN_RECORD

if TYPE_CHECKING:
    from tenure.pipeline.analysis import Analysis
    from tenure.summary.roles import Columns

__all__ = ["describe_input", "file_hash", "run_record"]

LIBRARIES = (
    "numpy",
    "pandas",
    "narwhals",
    "jinja2",
    "pyarrow",
    "python-calamine",
    "xlsxwriter",
    "vl-convert-python",
    "itables",
    "babel",
    "pydantic",
)
"""Libraries whose versions are noted where they are installed."""


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    str
        64 hexadecimal digits.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "empty"
    >>> _ = path.write_bytes(b"")
    >>> file_hash(path)[:8]
    'e3b0c442'
    """
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def describe_input(
    source: Any, table: pd.DataFrame, name: str | None, columns: Columns, encoding: str | None
) -> dict[str, Any]:
    """Say what a run read.

    Parameters
    ----------
    source : path or dataframe
        What was given.
    table : DataFrame
        Its content.
    name : str or None
        The name of the file, where it is one.
    columns : Columns
        Which column plays which part.
    encoding : str or None
        The encoding asked for.

    Returns
    -------
    dict
        ``name``, ``sha256`` (of a file), ``encoding``, ``rows``, ``columns`` and ``roles``, the
        columns by the part they play.
    """
    roles = {role: value for role, value in dataclasses.asdict(columns).items() if value}
    return {
        "name": name,
        "sha256": file_hash(Path(source)) if name is not None else None,
        "encoding": encoding,
        "rows": len(table),
        "columns": [str(column) for column in table.columns],
        "roles": roles,
    }


def run_record(analysis: Analysis, folder: Path) -> str:
    """Write down what a run did; of equal runs all is equal but the time.

    Parameters
    ----------
    analysis : Analysis
        The finished analysis.
    folder : Path
        Where its files stand.

    Returns
    -------
    str
        JSON: versions, input, settings, parameters, warnings, and every file with its SHA-256.
    """
    from tenure._engine import __version__

    files = sorted(file for file in folder.iterdir() if file.is_file())
    if any(file.name == RUN_RECORD for file in files):
        raise FileError(f"{folder / RUN_RECORD} is there before the run has ended.")
    document = {
        "timestamp": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "tenure": __version__,
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "libraries": _versions(),
        "input": dict(analysis.source),
        "settings": dict(analysis.settings),
        "parameters": {
            role: {name: float(value) for name, value in model.params_.items()}
            for role, model in analysis.models.items()
        },
        "not_identified": {
            role: model.fit_report_.not_identified for role, model in analysis.models.items()
        },
        "warnings": [warning.to_dict() for warning in analysis.warnings],
        "outputs": {file.name: file_hash(file) for file in files},
    }
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False, default=str) + "\n"


def _versions() -> dict[str, str]:
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
