"""Movement of customers between the segments of two runs."""

from __future__ import annotations

import html
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tenure.exceptions import OptionError
from tenure.locale import Locale
from tenure.locale.languages import Language, check_language
from tenure.transitions.runs import Run, align, read_run, segment_scale

__all__ = ["Movement", "movement"]

Scheme: TypeAlias = Literal["value", "rfm"]

_NEW, _GONE = "(new)", "(gone)"
_CHANGES = ("risen", "fallen", "same", "new", "gone")
_SHOWN = 3


@dataclass(frozen=True, repr=False, eq=False)
class Movement:
    """Movement of customers between two runs; returned by :func:`tenure.movement`.

    Parameters
    ----------
    customers : DataFrame
        One row per customer of either run, sorted by id: ``previous`` and ``current`` segment
        (ordered categoricals, the best the largest; missing where the customer is not in that run),
        ``steps`` (segments risen, negative for fallen; missing for new and gone customers) and
        ``change`` ("risen", "fallen", "same", "new" or "gone").
    table : DataFrame
        Number of customers by previous segment (rows) and current segment (columns), from the best
        to the worst, with a last row ``(new)`` and a last column ``(gone)``.
    language : {"en", "tr"}
        The language of ``sentence``.
    """

    customers: pd.DataFrame
    table: pd.DataFrame
    language: Language = "en"

    @property
    def shares(self) -> pd.DataFrame:
        """The table as shares of each row: where the customers of a segment are now."""
        totals = self.table.sum(axis=1)
        shares: pd.DataFrame = self.table.div(totals.where(totals > 0), axis=0)
        return shares

    @property
    def risers(self) -> pd.DataFrame:
        """Customers who rose: most steps first, then by the segment reached, then by id."""
        return self._customers_with("risen")

    @property
    def fallers(self) -> pd.DataFrame:
        """Customers who fell: most steps first, then by the previous segment, then by id."""
        return self._customers_with("fallen")

    @property
    def new(self) -> pd.DataFrame:
        """Customers of the current run alone, best segment first, then by id."""
        return self._customers_with("new")

    @property
    def gone(self) -> pd.DataFrame:
        """Customers of the previous run alone, best segment first, then by id."""
        return self._customers_with("gone")

    def _customers_with(self, change: str) -> pd.DataFrame:
        chosen = self.customers[(self.customers["change"] == change).to_numpy()]
        column = "previous" if change in ("fallen", "gone") else "current"
        steps = chosen["steps"].to_numpy(dtype=np.int64, na_value=0)
        rank = chosen[column].cat.codes.to_numpy()
        ordered: pd.DataFrame = chosen.iloc[np.lexsort((-rank.astype(np.int64), -np.abs(steps)))]
        return ordered

    def between(self, previous: str, current: str) -> pd.Index[Any]:
        """Return the ids of the customers who went from one segment to another.

        Parameters
        ----------
        previous, current : str
            Segments, as named in ``table``, including ``"(new)"`` and ``"(gone)"``.

        Returns
        -------
        pandas.Index
            Sorted.

        Raises
        ------
        OptionError
            When there is no such segment.
        """
        for role, name, known in (
            ("previous", previous, self.table.index),
            ("current", current, self.table.columns),
        ):
            if name not in known:
                raise OptionError(
                    f"{role}={name!r} is no segment of that run; there are "
                    f"{', '.join(map(repr, known))}."
                )
        mask = np.ones(len(self.customers), dtype=bool)
        for column, name, absent in (("previous", previous, _NEW), ("current", current, _GONE)):
            cells = self.customers[column]
            mask &= (cells.isna() if name == absent else cells == name).to_numpy(dtype=bool)
        ids: pd.Index[Any] = self.customers.index[mask]
        return ids

    def to_frame(self) -> pd.DataFrame:
        """Return the moves as a list: every pair of segments with customers who moved between them.

        Returns
        -------
        pandas.DataFrame
            ``previous``, ``current``, ``customers`` and ``share`` (of the previous segment's, or of
            the new customers), the largest move first, then from the best segment down.
            Customers who stayed are not included.
        """
        counts = self.table.to_numpy()
        rows, columns = np.nonzero(counts)
        moved = self.table.index.to_numpy()[rows] != self.table.columns.to_numpy()[columns]
        rows, columns = rows[moved], columns[moved]
        order = np.argsort(-counts[rows, columns], kind="stable")
        rows, columns = rows[order], columns[order]
        found: pd.DataFrame = pd.DataFrame(
            {
                "previous": self.table.index[rows].to_numpy(),
                "current": self.table.columns[columns].to_numpy(),
                "customers": counts[rows, columns],
                "share": self.shares.to_numpy()[rows, columns],
            }
        )
        return found

    def to_csv(self, out: str | PathLike[str]) -> Path:
        """Write the table and the lists into a directory.

        Parameters
        ----------
        out : str or path
            The directory, created if missing. It receives ``movement.csv`` (the table),
            ``risers.csv``, ``fallers.csv``, ``new.csv`` and ``gone.csv``, all or none of them; with
            the headings of the movement's ``language``.

        Returns
        -------
        pathlib.Path
            The directory.

        Raises
        ------
        FileError
            When the directory cannot be written.
        """
        from tenure.io.atomic_directories import atomic_directory
        from tenure.io.column_names import flat
        from tenure.run_files.csv_tables import CsvFile

        locale = Locale(self.language)
        table = self.table.rename_axis(index="previous", columns=None).reset_index()
        files = {"movement": CsvFile("movement", lambda: table, locale)}
        for name in ("risers", "fallers", "new", "gone"):
            moved = flat(getattr(self, name), otherwise="customer")
            files[name] = CsvFile("moves", moved.copy, locale, str(moved.columns[0]))
        with atomic_directory(out) as folder:
            for name, write in files.items():
                write(folder / f"{name}.csv")
        return Path(out)

    @property
    def sentence(self) -> str:
        """Summary of the movement, in two or three sentences of its ``language``."""
        locale = Locale(self.language)
        found = self.customers["change"].value_counts()
        count = {name: int(found.get(name, 0)) for name in _CHANGES}
        stayed = _CHANGES[:3]
        both = sum(count[name] for name in stayed)
        values: dict[str, Any] = {"both": both, **count}
        values |= {f"{name}_share": locale.percent(count[name] / both) for name in stayed}
        text = locale.text("movement.both", **values)
        moves = self.to_frame()
        moves = moves[~moves["previous"].eq(_NEW) & ~moves["current"].eq(_GONE)].head(_SHOWN)
        if len(moves):
            listed = [
                locale.text("movement.move", customers=n, previous=str(before), current=str(now))
                for before, now, n in zip(
                    moves["previous"],
                    moves["current"],
                    moves["customers"].astype(int).tolist(),
                    strict=True,
                )
            ]
            text += " " + locale.text("movement.largest", moves=", ".join(listed))
        return text

    def __repr__(self) -> str:
        """Return the summary and the table as text."""
        return f"<tenure.Movement> {self.sentence}\n{self._without_empty().to_string()}"

    def _repr_html_(self) -> str:
        """Return the summary and the table as HTML, for notebooks."""
        return f"<p>{html.escape(self.sentence)}</p>{self._without_empty().to_html()}"

    def _without_empty(self) -> pd.DataFrame:
        """Return the table without the segments that have no customers."""
        present = self.table > 0
        table: pd.DataFrame = self.table.loc[present.any(axis=1), present.any(axis=0)]
        return table


def movement(
    previous: Any,
    current: Any,
    *,
    segment: Hashable = "segment",
    customer: Hashable | None = None,
    order: Sequence[str] | None = None,
    scheme: Scheme = "value",
    language: Language = "en",
) -> Movement:
    """Compare the segments of customers in two runs: risen, fallen, new and no longer present.

    Parameters
    ----------
    previous, current : Series, dataframe, Analysis or path
        The two runs: segments by customer; a table with the column `segment`, such as a forecast or
        what :func:`tenure.rfm.rfm_table` returns; what :func:`tenure.run` returned; the directory
        it wrote; or a file with such a table.
    segment : str
        Column of a table with the segments.
    customer : str, optional
        Column of a table with the ids; when left out, the index of a table and the first column of
        a file.
    order : sequence of str, optional
        The segments from the best to the worst. Known for ordered categoricals (as
        :func:`tenure.segment_by_value` returns), for A, B, C, D, and for the ten RFM segments,
        which are compared by their standard names (champions first).
    scheme : {"value", "rfm"}
        Which segments of an Analysis or of a directory to compare.
    language : {"en", "tr"}
        The language of ``sentence``; the segments keep their names.

    Returns
    -------
    Movement
        With ``table``, ``shares``, ``risers``, ``fallers``, ``new``, ``gone``, ``customers``,
        ``between("C", "A")``, ``sentence``, ``to_frame()`` and ``to_csv()``. The same whatever the
        order of the rows.

    Raises
    ------
    EmptyDataError
        When a run has no customers.
    ColumnError, FileError
        When a column or a file is missing.
    DataError
        When ids are missing or repeated, a customer has no segment, the runs have no
        customer in common, or their segments are different ones.
    OptionError
        When the order of the segments is neither given nor known, or there is no such language.

    Notes
    -----
    Ids are compared as text where one run has them as whole numbers and the other as text, as
    happens when one of them comes from a file.

    Examples
    --------
    >>> may = pd.Series(["C", "A", "B", "B"], index=["u", "v", "w", "x"])
    >>> june = pd.Series(["A", "A", "C", "B"], index=["u", "v", "w", "y"])
    >>> moved = movement(may, june)
    >>> moved.sentence
    'Of 3 customers in both runs 1 rose (33.3%), 1 fell (33.3%) and 1 stayed (33.3%). \
New: 1; no longer in the data: 1. The largest moves: 1 from B to C, 1 from C to A.'
    >>> moved.between("C", "A").tolist()
    ['u']
    """
    if scheme not in get_args(Scheme):
        raise OptionError(f"scheme={scheme!r}: use 'value' or 'rfm'.")
    check_language(language)
    before, after = (
        read_run(run, role, segment=segment, customer=customer, scheme=scheme)
        for run, role in ((previous, "previous"), (current, "current"))
    )
    before, after, names = segment_scale(before, after, order)
    ids, places = align(before, after)
    last = len(names) - 1
    # Codes count from the worst segment, −1 for a customer who is not in the run.
    codes = [_codes(run, place, names) for run, place in zip((before, after), places, strict=True)]
    steps = codes[1] - codes[0]
    here = [code >= 0 for code in codes]
    change = np.select(
        [~here[0], ~here[1], steps > 0, steps < 0],
        [_CHANGES.index(name) for name in ("new", "gone", "risen", "fallen")],
        _CHANGES.index("same"),
    )
    columns = {
        role: pd.Categorical.from_codes(code, categories=pd.Index(names[::-1]), ordered=True)
        for role, code in zip(("previous", "current"), codes, strict=True)
    }
    customers = pd.DataFrame(
        {
            **columns,
            "steps": pd.arrays.IntegerArray(steps, ~(here[0] & here[1])),
            "change": pd.Categorical.from_codes(change, categories=pd.Index(_CHANGES)),
        },
        index=ids,
    )
    size = last + 2
    rows, cells = (np.where(h, last - c, size - 1) for h, c in zip(here, codes, strict=True))
    counts = np.bincount(rows * size + cells, minlength=size * size).reshape(size, size)
    table = pd.DataFrame(
        counts,
        index=pd.Index([*names, _NEW], name="previous"),
        columns=pd.Index([*names, _GONE], name="current"),
    )
    return Movement(customers, table, language)


def _codes(run: Run, place: NDArray[np.intp], names: Sequence[str]) -> NDArray[np.int64]:
    at = {name: i for i, name in enumerate(reversed(names))}
    by_label = np.array([*(at[label] for label in run.labels), -1], dtype=np.int64)
    codes = np.append(run.codes, len(run.labels))
    found: NDArray[np.int64] = by_label[codes[place]]
    return found
