"""Alignment of two runs: their segments on one scale, their customers by id."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.exceptions import DataError, EmptyDataError, OptionError
from tenure.io.atomic_directories import recover
from tenure.io.files import read_table
from tenure.io.spreadsheets import without_apostrophe
from tenure.io.text import listed, quoted
from tenure.io.validation import require_columns, row_error, to_pandas
from tenure.rfm import RFM_SEGMENTS, SegmentMap, canonical_segment
from tenure.run_files.reading import machine_names

__all__ = ["Run", "align", "read_run", "segment_scale"]

_FILES = {"value": "forecast.csv", "rfm": "rfm.csv"}
_QUARTILES = ("A", "B", "C", "D")


@dataclass(frozen=True)
class Run:
    """The segments of one run."""

    role: str
    """"previous" or "current", for messages."""
    ids: pd.Index[Any]
    """The customers, each once."""
    codes: NDArray[np.intp]
    """Position of each customer's segment in `labels`."""
    labels: tuple[str, ...]
    """The segments."""
    best_first: tuple[str, ...] | None
    """The same in order, where the data state it."""


def read_run(
    source: Any, role: str, *, segment: Hashable, customer: Hashable | None, scheme: str
) -> Run:
    """Return the segments of a run given in any of the accepted forms.

    Parameters
    ----------
    source : Series, dataframe, Analysis or path
        The run.
    role : str
        The name of the run in messages.
    segment, customer, scheme
        As for :func:`tenure.movement`.

    Returns
    -------
    Run

    Raises
    ------
    ColumnError, DataError, EmptyDataError, FileError, OptionError
        As :func:`tenure.movement`.
    """
    segments = _segments(source, role, segment, customer, scheme)
    if segments.empty:
        raise EmptyDataError(f"the {role} run has no customers.")
    ids = segments.index
    if isinstance(ids, pd.MultiIndex):
        raise DataError(
            f"the {role} run has ids of {ids.nlevels} levels; give an index with one id per "
            "customer (join the levels to one text)."
        )
    name = "index" if ids.name is None else ids.name
    for mask, what, expected in (
        (ids.isna(), "missing customer ids", "an id in every row"),
        (ids.duplicated(keep=False), "customers with several rows", "one row per customer"),
    ):
        if np.any(mask):
            raise row_error(
                f"{what} in the {role} run,",
                column=name,
                index=pd.RangeIndex(len(ids)),
                mask=np.asarray(mask, dtype=bool),
                values=ids,
                expected=expected,
            )
    missing = segments.isna().to_numpy(dtype=bool)
    if missing.any():
        raise row_error(
            f"customers of the {role} run without a segment",
            column=segments.name if segments.name is not None else "segment",
            index=ids,
            mask=missing,
            values=np.full(len(ids), None, dtype=object),
            expected="a segment in every row",
        )
    best_first = None
    if isinstance(segments.dtype, pd.CategoricalDtype):
        codes, uniques = segments.cat.codes.to_numpy(), list(segments.cat.categories)
        if segments.cat.ordered:
            best_first = tuple(map(str, uniques[::-1]))
    else:
        codes, found = pd.factorize(segments)
        uniques = list(found)
    labels = tuple(map(str, uniques))
    return Run(role, ids, codes.astype(np.intp), labels, best_first)


@runtime_checkable
class _RunResult(Protocol):
    """The tables of a :class:`tenure.Analysis` that are compared."""

    @property
    def forecast(self) -> pd.DataFrame: ...

    @property
    def rfm(self) -> pd.DataFrame | None: ...


def _segments(
    source: Any, role: str, segment: Hashable, customer: Hashable | None, scheme: str
) -> pd.Series[Any]:
    if isinstance(source, pd.Series):
        return source
    if not isinstance(source, pd.DataFrame) and isinstance(source, _RunResult):
        source, customer = (source.forecast if scheme == "value" else source.rfm), None
    elif isinstance(source, str | PathLike):
        source = _read(Path(source), scheme)
        if segment not in source.columns:  # written in another language
            names = machine_names(map(str, source.columns))
            if list(names.values()).count(str(segment)) == 1:
                source = source.rename(columns=names)
        customer = source.columns[0] if customer is None else customer
    elif customer is None and not isinstance(source, pd.DataFrame):
        to_pandas(source)  # raises a DataError where this is no table at all
        raise OptionError(
            f"the {role} run has no index; name the column of the ids with customer=."
        )
    frame = to_pandas(source)
    require_columns(frame, {"segment": segment})
    if customer is not None and customer != frame.index.name:
        require_columns(frame, {"customer": customer})
        frame = frame.set_index(customer)
    found: pd.Series[Any] = frame[segment]
    return found


def _read(path: Path, scheme: str) -> pd.DataFrame:
    """Return the table of an earlier run, its ids without the apostrophes that csv files add."""
    recover(path if path.is_dir() else path.parent)
    table = read_table(path / _FILES[scheme] if path.is_dir() else path)
    for name in table.columns[:1]:
        if pd.api.types.is_string_dtype(table[name].dtype):
            table[name] = table[name].map(without_apostrophe, na_action="ignore")
    return table


def segment_scale(before: Run, after: Run, order: Any) -> tuple[Run, Run, tuple[str, ...]]:
    """Return the runs and their segments from the best to the worst.

    Parameters
    ----------
    before, after : Run
        The runs.
    order : sequence of str, SegmentMap or None
        The segments from the best to the worst, where they are not known.

    Returns
    -------
    tuple
        The runs, RFM segments by their standard names, and the order.

    Raises
    ------
    DataError
        When a run has segments that the order, or the other run, does not have.
    OptionError
        When the order is neither given nor known.
    """
    runs = (before, after)
    if order is not None:
        names = order.names if isinstance(order, SegmentMap) else _names(order)
        if not names or len(set(names)) < len(names):
            raise OptionError(
                f"order={quoted(order)}: give each segment once, from the best to the worst."
            )
        _check_known(runs, names, "order= does not have")
        return before, after, names
    stated = [run for run in runs if run.best_first is not None]
    if stated:
        names = stated[0].best_first or ()
        if len(stated) == 2 and stated[1].best_first != names:
            raise DataError(
                f"the segments of the two runs differ: {listed(names)} before, "
                f"{listed(stated[1].best_first or ())} now. Use the same segments for both runs, "
                "or give order= for all of these segments, from the best to the worst."
            )
        _check_known(runs, names, f"the {stated[0].role} run does not have")
        return before, after, names
    present = {label for run in runs for label in run.labels}
    if present <= set(_QUARTILES):
        return before, after, _QUARTILES
    try:
        standard = [replace(run, labels=tuple(map(canonical_segment, run.labels))) for run in runs]
    except OptionError:
        raise OptionError(
            f"the order of the segments {listed(sorted(present))} is not known; give "
            "order=[…], from the best to the worst."
        ) from None
    return standard[0], standard[1], RFM_SEGMENTS


def _names(order: Any) -> tuple[str, ...]:
    """Return the names of a list, or an empty tuple where it is not a list of names."""
    if isinstance(order, str) or not isinstance(order, Iterable):
        return ()
    names = tuple(order)
    return names if all(isinstance(name, str) for name in names) else ()


def _check_known(runs: Sequence[Run], names: Sequence[str], where: str) -> None:
    for run in runs:
        unknown = [label for label in run.labels if label not in names]
        if unknown:
            raise DataError(
                f"the {run.role} run has segments that {where}: {listed(unknown)}. "
                f"There are {listed(names)}."
            )


def align(before: Run, after: Run) -> tuple[pd.Index[Any], list[NDArray[np.intp]]]:
    """Return all customers, sorted, and the position of each in either run (−1: absent).

    Parameters
    ----------
    before, after : Run
        The runs.

    Returns
    -------
    ids : pandas.Index
        Named as the current run's, or else the previous run's.
    places : list of ndarray
        One position per customer for each run.

    Raises
    ------
    DataError
        When no customer is in both runs.
    """
    old, new = before.ids, after.ids
    whole = [pd.api.types.is_integer_dtype(ids.dtype) for ids in (old, new)]
    if whole[0] != whole[1]:
        old, new = (ids.astype(str) if w else ids for ids, w in zip((old, new), whole, strict=True))
    name = new.name if new.name is not None else old.name
    here = new.get_indexer(old) >= 0
    if not here.any():
        raise DataError(
            f"no customer is in both runs: ids such as {old[0]!r} before and {new[0]!r} now. Check "
            "that the index (or customer=) of both holds the ids."
        )
    ids = new.append(old[~here])
    try:
        ids = ids.sort_values()
    except TypeError:  # ids that cannot be compared
        ids = ids[np.argsort(ids.astype(str), kind="stable")]
    return ids.rename(name), [old.get_indexer(ids), new.get_indexer(ids)]
