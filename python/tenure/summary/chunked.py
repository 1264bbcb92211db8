"""Transactions in chunks: files, Arrow streams, iterators of dataframes.

Memory holds one chunk, a dictionary of the ids so far, and a bounded number of rows; the engine
keeps the others in a temporary file, sorted by customer, until all are read.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tenure import _engine
from tenure.exceptions import DateError, EmptyDataError, FileError
from tenure.io.dataframes import arrow_to_pandas, to_pandas
from tenure.io.dates import parse_dates
from tenure.io.delimited import iterate_text_table, typed_columns
from tenure.io.files import file_kind, read_table
from tenure.io.optional import require_extra
from tenure.io.validation import numeric, require_columns
from tenure.summary.aggregation import Aggregate, nothing_left, summary_table
from tenure.summary.chunked_ids import PieceIds
from tenure.summary.engine_input import engine_counts, engine_table
from tenure.summary.ids import NO_CUSTOMER, EngineIds

__all__ = ["aggregate_chunks", "chunks_of"]

ROWS_PER_CHUNK = 1 << 20
"""Rows that are read from a file at a time."""

BUFFER = 1 << 20
"""Bytes of a column that are read from a Parquet file at a time."""

MAX_ROWS_IN_MEMORY = 1 << 24
"""Rows that the engine holds in memory, 16 bytes each, before it writes them to a file."""

Tables = Iterator[pd.DataFrame]


@dataclass(frozen=True)
class Chunks:
    """A table in chunks."""

    tables: Tables
    """The chunks, in their order."""
    like: Any
    """What the result should be like."""
    path: Path | None = None
    """A text file whose ids are read as text first, because one chunk does not show their type."""


def chunks_of(
    source: Any, *, customer: Hashable, others: Sequence[Hashable | None]
) -> Chunks | None:
    """Return the chunks of a table, or None if it is one dataframe.

    Parameters
    ----------
    source : path, pyarrow dataset, RecordBatchReader, or iterable of dataframes
        A path may name a Parquet file, a folder of them, a text file or a workbook. The latter, and
        text files that are not separated by commas, are read whole.
    customer, others : str
        The columns that are needed; Nones are passed over.

    Returns
    -------
    Chunks or None

    Raises
    ------
    FileError
        When a file is missing or not of the kind of its extension.
    EmptyDataError
        When there is no chunk.
    """
    wanted = [name for name in (customer, *others) if name is not None]
    if isinstance(source, str | PathLike):
        return _from_path(Path(source), customer, wanted)
    if type(source).__module__.startswith("pyarrow"):
        import pyarrow as pa

        if isinstance(source, pa.RecordBatchReader):
            return Chunks(_from_batches(source, source.schema, wanted), source)
        if hasattr(source, "to_batches") and hasattr(source, "scanner"):
            return Chunks(_from_dataset(source, wanted), source)
        return None
    if isinstance(source, list | tuple | Iterator):
        frames = iter(source)
        first = next(frames, None)
        if first is None:
            raise EmptyDataError("the stream of transactions holds no table.")
        all_of_them = itertools.chain([first], frames)
        return Chunks((to_pandas(frame, wanted) for frame in all_of_them), first)
    return None


def _from_path(path: Path, customer: Hashable, wanted: list[Hashable]) -> Chunks:
    like = pd.DataFrame()
    if path.is_dir():
        require_extra("pyarrow", extra="parquet", purpose="reading Parquet files")
        files = _parquet_files(path)
        return Chunks(_numbered(_parquet_batches(files, wanted)), like)
    kind = file_kind(path)
    if kind == "Parquet":
        require_extra("pyarrow", extra="parquet", purpose="reading Parquet files")
        return Chunks(_numbered(_parquet_batches([path], wanted)), like)
    if kind == "text":
        tables = iterate_text_table(path, rows=ROWS_PER_CHUNK, text_columns=[str(customer)])
        if tables is not None:
            return Chunks(tables, like, path)
    return Chunks(iter([read_table(path)]), like)


def _parquet_files(folder: Path) -> list[Path]:
    """Return the files of a folder and those below it; hidden ones hold no rows."""
    files = [
        file
        for file in sorted(folder.rglob("*"))
        if file.is_file()
        and not any(part.startswith((".", "_")) for part in file.relative_to(folder).parts)
    ]
    if not files:
        raise FileError(f"{folder} holds no Parquet file.")
    return files


def _parquet_batches(files: Iterable[Path], wanted: list[Hashable]) -> Iterator[Any]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    for path in files:
        try:
            with pq.ParquetFile(path, buffer_size=BUFFER) as file:
                names = _present(file.schema_arrow, wanted)
                # One row group at a time: in one go pyarrow holds on to the pages of all of them.
                for number in range(file.num_row_groups):
                    yield from file.iter_batches(ROWS_PER_CHUNK, row_groups=[number], columns=names)
        except (pa.ArrowException, OSError) as error:
            raise FileError(f"{path} cannot be read as Parquet: {error}") from error


def _present(schema: Any, wanted: list[Hashable]) -> list[str] | None:
    """Return the columns to read: those wanted, or all where one is missing, to tell its like."""
    names = list(dict.fromkeys(map(str, wanted)))
    return names if set(names) <= set(schema.names) else None


def _from_dataset(source: Any, wanted: list[Hashable]) -> Tables:
    names = _present(source.schema, wanted)
    import pyarrow.dataset as ds

    # Otherwise pyarrow holds on to the pages of all that it has read.
    options: dict[str, Any] = {"batch_readahead": 1, "fragment_readahead": 1}
    if isinstance(getattr(source, "format", None), ds.ParquetFileFormat):
        options["fragment_scan_options"] = ds.ParquetFragmentScanOptions(
            pre_buffer=False, use_buffered_stream=True, buffer_size=BUFFER
        )
    return _numbered(
        _explained(source.to_batches(batch_size=ROWS_PER_CHUNK, columns=names, **options))
    )


def _explained(batches: Iterable[Any]) -> Iterator[Any]:
    """Say in our words that a dataset cannot be read."""
    import pyarrow as pa

    try:
        yield from batches
    except (pa.ArrowException, OSError) as error:
        raise FileError(
            f"the dataset cannot be read: {error}. Where the files differ in the types of a "
            "column, say which it has: pyarrow.dataset.dataset(…, schema=…)."
        ) from error


def _from_batches(batches: Any, schema: Any, wanted: list[Hashable]) -> Tables:
    names = _present(schema, wanted)
    found = (batch if names is None else batch.select(names) for batch in batches)
    return _numbered(found)


def _numbered(batches: Iterable[Any]) -> Tables:
    """Turn record batches into tables whose rows count on from chunk to chunk."""
    import pyarrow as pa

    start = 0
    for batch in batches:
        table = arrow_to_pandas(pa.Table.from_batches([batch]).replace_schema_metadata(None))
        table.index = pd.RangeIndex(start, start + len(table))
        start += len(table)
        yield table


def aggregate_chunks(
    chunks: Chunks,
    *,
    customer: Hashable,
    date: Hashable,
    amount: Hashable | None,
    collapse: str,
    unit_seconds: float,
    end: pd.Timestamp | None,
    refunds: str,
    date_format: str | None,
    dayfirst: bool | None,
) -> Aggregate:
    """Summarise a table that comes in chunks; see :func:`tenure.summary.aggregation.aggregate`.

    Parameters
    ----------
    chunks : Chunks
        Tables with the columns below.
    customer, date, amount, collapse, unit_seconds, end, refunds, date_format, dayfirst
        As for :func:`tenure.summarize`, the units in seconds.

    Returns
    -------
    Aggregate
        The same, bit by bit, for any chunks.

    Raises
    ------
    ColumnError, DateError, DataError, EmptyDataError
        When a chunk lacks a column, holds ids of another kind than those before, or a value
        cannot be used; DateError too for dates in text whose order each chunk would have to guess.
    """
    options: dict[str, Any] = {"customer": customer, "date": date, "amount": amount}
    options |= {"collapse": collapse, "unit_seconds": unit_seconds, "end": end}
    options |= {"refunds": refunds, "date_format": date_format, "dayfirst": dayfirst}
    found = _aggregate(chunks.tables, **options)
    if chunks.path is not None:
        table = _typed(found.table)
        if table is None:
            return _aggregate(iter([read_table(chunks.path)]), **options)
        found = replace(found, table=table)
    return found


def _typed(table: pd.DataFrame) -> pd.DataFrame | None:
    """Index the summary of a text file by numbers where its ids are plainly numbers.

    None where that makes one of two ids (1 and 1.0) or none of one (NA).
    """
    ids: pd.Series[Any] = pd.Series(table.index, name=table.index.name)
    typed = typed_columns(ids.to_frame()).iloc[:, 0]
    if pd.api.types.is_string_dtype(typed.dtype):
        return table
    if typed.isna().any() or not typed.is_unique:
        return None
    return table.set_axis(pd.Index(typed, name=table.index.name), axis=0).sort_index()


def _aggregate(
    tables: Tables,
    *,
    customer: Hashable,
    date: Hashable,
    amount: Hashable | None,
    collapse: str,
    unit_seconds: float,
    end: pd.Timestamp | None,
    refunds: str,
    date_format: str | None,
    dayfirst: bool | None,
) -> Aggregate:
    stream = _engine.TransactionStream(
        collapse=collapse,
        unit=unit_seconds,
        memory_rows=MAX_ROWS_IN_MEMORY,
        money=amount is not None,
        end=None if end is None else int(end.to_datetime64().astype("M8[s]").astype(np.int64)),
        refunds=refunds,
    )
    ids = PieceIds(customer)
    rows = 0
    for table in tables:
        require_columns(table, {"customer": customer, "date": date, "amount": amount})
        rows += len(table)
        _refuse_guessing(table[date], date, date_format, dayfirst)
        dates = parse_dates(table[date], name=date, format=date_format, dayfirst=dayfirst)
        amounts = None if amount is None else numeric(table, amount)
        known = table[customer].notna().to_numpy(dtype=bool)
        whose = table[customer]
        if not known.all():
            # The table was observed when they were made, so their dates count for its end.
            no_customers = EngineIds(
                np.full(len(known) - np.count_nonzero(known), NO_CUSTOMER, np.uint32), ids.labels
            )
            stream.push(engine_table(no_customers, dates[~known])[0])
            whose, dates = whose[known], dates[known]
            amounts = None if amounts is None else amounts[known]
        if len(whose):
            stream.push(engine_table(ids.chunk(whose), dates, amounts)[0])
    result = stream.finish()
    counts = engine_counts(result)
    if not result["frequency"].size:
        raise EmptyDataError(nothing_left(rows, counts, end))
    table = summary_table(result, ids.labels(result))
    if not ids.sorted:
        # Ids that cannot be compared keep the order in which they come.
        with contextlib.suppress(TypeError):
            table = table.sort_index()
    return Aggregate(table, pd.Timestamp(result["end"], unit="s"), counts)


def _refuse_guessing(
    column: pd.Series[Any], name: Hashable, format: str | None, dayfirst: bool | None
) -> None:
    """Stop where the order of day and month would be decided from chunk to chunk."""
    dtype = column.dtype
    text = isinstance(dtype, pd.StringDtype) or str(dtype) in ("string", "large_string")
    if pd.api.types.is_object_dtype(dtype):
        text = pd.api.types.infer_dtype(column, skipna=True) == "string"
    if not text or format is not None or dayfirst is not None:
        return
    begins = column.str.match(r"\s*\d{4}", na=False).to_numpy(dtype=bool)
    other = column.notna().to_numpy(dtype=bool) & ~begins
    if other.any():
        at = int(np.flatnonzero(other)[0])
        raise DateError(
            f"column {name!r}: {column.iloc[at]!r} in row {column.index[at]!r} does not begin with "
            "the year. For a table in chunks, state how its dates are written: dayfirst=True "
            "or False, or date_format='%d/%m/%Y'.",
            column=str(name),
            rows=[column.index[at]],
            values=[column.iloc[at]],
            expected="year first, or an order that is said",
        )
