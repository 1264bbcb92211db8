"""The data files that come with the package, read with pandas."""

from __future__ import annotations

import os
from importlib.machinery import PathFinder
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from tenure.exceptions import MissingFileError

_ENDINGS = (".csv", ".txt")
_MASTER = "CDNOW_master.txt"
_FOLDER = "TENURE_DATASETS"
"""Environment variable that names a folder with files that do not ship."""


def load_dataset(filename: str, **kwargs: Any) -> pd.DataFrame:
    """Load one of the data files that come with the package.

    Parameters
    ----------
    filename : str
        Name of the file, such as ``"donations.csv"``. ``"CDNOW_master.txt"``, which lifetimes
        ships, is looked for in the folder that the environment variable ``TENURE_DATASETS`` names,
        then in the lifetimes that is installed, which is not imported.
    **kwargs
        Passed to :func:`pandas.read_csv`.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    MissingFileError
        When there is no such file (a FileNotFoundError too); it names those there are.

    Examples
    --------
    >>> load_dataset("donations.csv", usecols=["weights"]).sum().item()
    11104
    """
    there = sorted(
        entry.name for entry in files("tenure.datasets").iterdir() if entry.name.endswith(_ENDINGS)
    )
    master = _master() if filename == _MASTER else None
    if filename not in there and master is None:
        message = f"{filename!r} does not come with tenure; these do: {', '.join(there)}."
        if filename == _MASTER:
            message += (
                " All 23,570 customers of CDNOW are at http://brucehardie.com/datasets/: read the "
                "file there with pandas.read_csv, or set the environment variable "
                f"{_FOLDER} to a folder with {_MASTER} in it."
            )
        raise MissingFileError(message)
    with (master or files("tenure.datasets") / filename).open("rb") as file:
        frame: pd.DataFrame = pd.read_csv(file, **kwargs)
    return frame


def _master() -> Path | None:
    """Return where CDNOW_master.txt lies, if anywhere."""
    real = PathFinder.find_spec("lifetimes")
    places = [os.environ.get(_FOLDER), *((real and real.submodule_search_locations) or [])]
    for place in filter(None, places):
        for path in (Path(place) / _MASTER, Path(place) / "datasets" / _MASTER):
            if path.is_file():
                return path
    return None


def load_donations(**kwargs: Any) -> pd.DataFrame:
    """Load the yearly donations of 11,104 people over six years, one row a history.

    Parameters
    ----------
    **kwargs
        Passed to :func:`pandas.read_csv`.

    Returns
    -------
    pandas.DataFrame
        22 rows: ``frequency`` (years with a donation after the first), ``recency`` (the last of
        them), ``periods`` (6) and ``weights``, how many people have that history.

    Examples
    --------
    >>> load_donations().tail(1).to_string(index=False, header=False)
    '6 6 6 1203'
    """
    return load_dataset("donations.csv", **kwargs)


def load_transaction_data(**kwargs: Any) -> pd.DataFrame:
    """Load an artificial log of transactions in the year 2014.

    Parameters
    ----------
    **kwargs
        Passed to :func:`pandas.read_csv`.

    Returns
    -------
    pandas.DataFrame
        15,273 rows: ``date`` (text, yyyy-mm-dd 00:00:00) and ``id`` of one of 5,000 customers.

    Examples
    --------
    >>> load_transaction_data(nrows=2)
                      date  id
    0  2014-03-08 00:00:00   0
    1  2014-05-21 00:00:00   1
    """
    return load_dataset("example_transactions.csv", **kwargs)
