"""Analyses described in a file: ``tenure.toml``."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenure.io.optional import require_extra

if TYPE_CHECKING:
    from tenure.pipeline.analysis import Analysis
    from tenure.pipeline.config.schema import Config

__all__ = ["read_config", "run_config"]

DESCRIPTION = "the description"


def read_config(path: str | PathLike[str]) -> Config:
    r"""Read the description of an analysis.

    Parameters
    ----------
    path : path
        A TOML file such as ``tenure init`` writes.

    Returns
    -------
    Config
        Checked; its ``options()`` are those of :func:`tenure.run`.

    Raises
    ------
    FileError
        When the file is missing or is not TOML; names the line.
    OptionError
        When a key is unknown (names the nearest known one) or a value is not allowed; names them
        all.
    ImportError
        When the extra ``config`` is not installed.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "tenure.toml"
    >>> _ = path.write_text('input = "customers.csv"\npreset = "flo"\n')
    >>> read_config(path).options()["preset"]
    'flo'
    """
    require_extra("pydantic", extra="config", purpose="reading a description of an analysis")
    from tenure.pipeline.config.schema import load

    return load(Path(path))


def run_config(path: str | PathLike[str], **options: Any) -> Analysis:
    """Run the analysis that a file describes.

    Parameters
    ----------
    path : path
        A TOML file such as ``tenure init`` writes.
    **options
        Options of :func:`tenure.run` that take the place of those in the file.

    Returns
    -------
    Analysis

    Raises
    ------
    TenureError
        As for :func:`read_config` and :func:`tenure.run`.

    Examples
    --------
    >>> import pathlib, tempfile, tenure
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> tenure.datasets.load_cdnow_transactions().to_csv(folder / "sales.csv", index=False)
    >>> _ = (folder / "tenure.toml").write_text('''
    ... input = "sales.csv"
    ... [columns]
    ... customer = "customer_id"
    ... date = "date"
    ... amount = "dollar_value"
    ... ''')
    >>> analysis = run_config(folder / "tenure.toml", horizons="1Y", out=None)
    >>> analysis.longest
    '1y'
    """
    from tenure.pipeline.run import run
    from tenure.run_files.directory import reading

    with reading(path, DESCRIPTION):
        return run(**{**read_config(path).options(), **options})


def __dir__() -> list[str]:
    return sorted(__all__)
