"""The files of a run: which there are, what stands in them, and how they reach the disk.

Everything is written to a temporary directory beside the target and moved only when all of it is
complete, so a failed run leaves nothing; other files in the target are left alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from tenure.analysis import Analysis
from tenure.io import atomic_directory

__all__ = ["deliverables", "spreadsheet_safe", "write_deliverables"]

Writer = Callable[[Path], None]

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$"
_FORMULA = rf"(?!{_NUMBER})[=+\-@\t\r]"


def write_deliverables(analysis: Analysis, out: Path) -> Path:
    """Write every file of an analysis into a directory.

    Parameters
    ----------
    analysis : Analysis
        What :func:`tenure.run` found.
    out : Path
        The directory; made if missing. Files of the same names are replaced, others left alone.

    Returns
    -------
    Path
        The directory.

    Raises
    ------
    OSError
        The directory cannot be written; nothing has been left half written then.
    """
    with atomic_directory(out) as scratch:
        for name, write in deliverables(analysis).items():
            write(scratch / name)
    return out


def deliverables(analysis: Analysis) -> dict[str, Writer]:
    """List the files of an analysis with what writes each.

    Parameters
    ----------
    analysis : Analysis
        What :func:`tenure.run` found.

    Returns
    -------
    dict of str to callable
        File name to a function that writes it to a path. ``channels.csv``, ``top_revenue.csv`` and
        the campaigns' lists are there only where the data hold the columns they need.
    """
    files: dict[str, Writer] = {
        "forecast.csv": _table(pd.concat([analysis.customers, analysis.forecast], axis=1)),
        "rfm.csv": _table(analysis.rfm),
        "segments.csv": _table(analysis.segments, index=False),
    }
    for name in ("channels", "top_revenue", "top_orders"):
        if name in analysis.tables:
            files[f"{name}.csv"] = _table(analysis.tables[name], index=False)
    for campaign in analysis.campaigns:
        ids = pd.DataFrame({_id_name(campaign.ids): campaign.ids})
        files[campaign.file] = _table(ids, index=False)
    files["models.json"] = _text(lambda: _models(analysis))
    files["report.html"] = _text(analysis.report)
    return files


def spreadsheet_safe(table: pd.DataFrame) -> pd.DataFrame:
    """Keep a spreadsheet from reading text as a formula.

    A text cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return and is not a
    plain number gets a leading apostrophe, which spreadsheets take as "this is text". Ids such as
    ``-17`` or ``+4930123456`` are numbers to a spreadsheet, do no harm, and stay as they are.

    Parameters
    ----------
    table : DataFrame
        What is about to be written; it is not changed.

    Returns
    -------
    DataFrame
        The same with such cells, column names and index labels marked.

    Examples
    --------
    >>> spreadsheet_safe(pd.DataFrame({"id": ["=1+1", "-17", "c3"]}))["id"].tolist()
    ["'=1+1", '-17', 'c3']
    """
    result: pd.DataFrame = table.copy(deep=False)
    for position, kind in enumerate(table.dtypes):
        if _is_text(kind):
            column = table.iloc[:, position]
            marked = _marked(column)
            if marked is not column:
                result.isetitem(position, marked.to_numpy())
    result.columns = pd.Index(_marked(pd.Series(table.columns, dtype=object)))
    if _is_text(table.index.dtype):
        result.index = pd.Index(_marked(table.index.to_series()), name=table.index.name)
    return result


def _is_text(kind: Any) -> bool:
    return bool(
        pd.api.types.is_object_dtype(kind)
        or pd.api.types.is_string_dtype(kind)
        or isinstance(kind, pd.CategoricalDtype)
    )


def _marked(cells: pd.Series[Any]) -> pd.Series[Any]:
    plain = cells.astype(object)
    if pd.api.types.infer_dtype(plain) not in ("string", "mixed", "mixed-integer"):
        return cells
    risky = plain.str.match(_FORMULA).fillna(False).to_numpy(dtype=bool)
    if not risky.any():
        return cells
    values = plain.to_numpy(copy=True)
    values[risky] = "'" + values[risky]
    result: pd.Series[Any] = pd.Series(values, index=cells.index, name=cells.name, dtype=object)
    return result


def _table(table: pd.DataFrame, *, index: bool = True) -> Writer:
    def write(path: Path) -> None:
        safe = spreadsheet_safe(table)
        safe.to_csv(path, index=index, encoding="utf-8", lineterminator="\n")

    return write


def _text(make: Callable[[], str]) -> Writer:
    return lambda path: _write_text(path, make())


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _id_name(ids: pd.Index[Any]) -> str:
    return str(ids.name) if ids.name is not None else "customer"


def _models(analysis: Analysis) -> str:
    """Every model with its verdict: each entry of ``models`` is what its ``from_json`` reads."""
    from tenure import __version__

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
        "warnings": [
            {"category": type(warning).__name__, "text": str(warning)}
            for warning in analysis.warnings
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False, default=str) + "\n"
