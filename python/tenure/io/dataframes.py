"""Tables of any kind: into pandas at the door, and back into their own kind on the way out."""

from __future__ import annotations

import json
import sys
from collections.abc import Hashable, Sequence
from typing import Any, Literal

import pandas as pd

from tenure.exceptions import ColumnError, DataError
from tenure.io.arrow import pandas_type, plain_columns, plain_table
from tenure.io.column_names import free_name, with_safe_index
from tenure.io.optional import install_hint
from tenure.io.provenance import ATTRS_KEY, provenance, schema_metadata

__all__ = ["kind_of", "native_out", "to_pandas"]

_INDEX_KEY = "tenure.index"
"""Key under which an Arrow table names the column of its customers."""

Kind = Literal["pandas", "polars", "arrow"]


def kind_of(frame: Any) -> Kind:
    """Return the kind of table that is given back for `frame`.

    Parameters
    ----------
    frame : dataframe

    Returns
    -------
    {"pandas", "polars", "arrow"}
        Polars for Polars (eager or lazy); a PyArrow table for PyArrow, for DuckDB's relations and
        for whatever else has the Arrow PyCapsule interface; pandas for all others.

    Examples
    --------
    >>> kind_of(pd.DataFrame())
    'pandas'
    """
    if isinstance(frame, pd.DataFrame):
        return "pandas"
    library = type(frame).__module__.split(".")[0]
    if library == "polars":
        return "polars"
    if library in ("pyarrow", "duckdb", "_duckdb") or hasattr(frame, "__arrow_c_stream__"):
        return "arrow"
    return "pandas"


def to_pandas(frame: Any, columns: Sequence[Hashable | None] | None = None) -> pd.DataFrame:
    """Return a table as a pandas DataFrame; pandas tables come back as they are, not copied.

    Text comes from other libraries in Arrow's layout and whole numbers with gaps as nullable
    integers, so that nothing passes through Python objects.

    Parameters
    ----------
    frame : dataframe
        pandas, Polars (eager or lazy), PyArrow, DuckDB, PySpark, anything else narwhals reads, or
        anything with the Arrow PyCapsule interface.
    columns : sequence of str, optional
        The only columns that are needed, if the table has them all; Nones are passed over.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    DataError
        When `frame` is not a dataframe.
    ImportError
        When the conversion needs pyarrow and it is not installed.

    Examples
    --------
    >>> to_pandas(pd.DataFrame({"a": [1]})).shape
    (1, 1)
    """
    if isinstance(frame, pd.DataFrame):
        return plain_columns(frame)
    import narwhals as nw

    try:
        table = nw.from_native(frame)
    except TypeError:
        return _from_capsule(frame, columns)
    try:
        wanted = [name for name in columns or () if name is not None]
        if wanted and set(wanted) <= set(table.collect_schema().names()):
            table = table.select(*dict.fromkeys(map(str, wanted)))
        if isinstance(table, nw.LazyFrame):
            table = table.collect()
        if table.implementation.is_pandas_like():
            converted: pd.DataFrame = table.to_pandas()
            return converted
        return _beside_objects(table)
    except ImportError as error:
        raise _needs_pyarrow(frame) from error


def _beside_objects(table: Any) -> pd.DataFrame:
    """Turn a table into pandas, with columns that Arrow knows no type for.

    Polars lends Arrow the addresses of its Python objects, which are no values.
    """
    import narwhals as nw

    schema = table.schema
    objects = [name for name, kind in schema.items() if kind == nw.Object]
    wide = [name for name, kind in schema.items() if kind in (nw.Int128, nw.UInt128)]
    if wide:
        table = table.with_columns(_narrowed(table, name) for name in wide)
    if not objects:
        return arrow_to_pandas(table.to_arrow())
    others = table.drop(objects)
    found = arrow_to_pandas(others.to_arrow()) if others.columns else pd.DataFrame()
    columns = {
        name: pd.Series(table[name].to_list(), dtype=object) if name in objects else found[name]
        for name in schema
    }
    result: pd.DataFrame = pd.DataFrame(columns, copy=False)
    return result


def _narrowed(table: Any, name: str) -> Any:
    """Return a column of 128 bits in 64, as its values fit."""
    import narwhals as nw

    column = table[name]
    fitting = nw.Int64 if column.min() is None or column.min() < 0 else nw.UInt64
    try:
        narrow = column.cast(fitting)
    except Exception as error:  # each library has its own
        raise ColumnError(
            f"column {name!r} holds whole numbers of more than 64 bits ({error}); make them text.",
            column=name,
            expected="whole numbers of 64 bits, or text",
        ) from error
    return narrow


def _needs_pyarrow(frame: Any) -> ImportError:
    return ImportError(
        f"turning a {type(frame).__module__} table into pandas needs pyarrow; "
        f"{install_hint('parquet')}."
    )


def _from_capsule(frame: Any, columns: Sequence[Hashable | None] | None) -> pd.DataFrame:
    no_table = DataError(
        f"expected a dataframe (pandas, Polars, PyArrow, DuckDB, Spark), got "
        f"{type(frame).__module__}.{type(frame).__qualname__}."
    )
    if not hasattr(frame, "__arrow_c_stream__") or isinstance(frame, type):
        raise no_table
    try:
        import pyarrow as pa
    except ImportError as error:
        raise _needs_pyarrow(frame) from error
    try:
        table = pa.table(frame)
    except (pa.ArrowException, TypeError):  # a stream of one column
        raise no_table from None
    wanted = [name for name in columns or () if name is not None]
    if wanted and set(wanted) <= set(table.column_names):
        table = table.select(list(dict.fromkeys(wanted)))
    return arrow_to_pandas(table)


def arrow_to_pandas(table: Any) -> pd.DataFrame:
    """Turn a PyArrow table or record batch into pandas, without an object a cell.

    Dates become datetimes; decimals and bytes stay as Arrow has them.
    A table that this package made is indexed by its customers again and knows what it knew.
    """
    import pyarrow as pa

    table = plain_table(table)
    types: dict[Any, Any] = {}
    if int(pd.__version__.split(".")[0]) < 3:
        text = pd.StringDtype("pyarrow")
        types = {pa.string(): text, pa.large_string(): text}
    for field, column in zip(table.schema, table.columns, strict=True):
        if pa.types.is_integer(field.type) and column.null_count:
            # NumPy would make floats of them, and 7.0 of customer 7.
            signed = "Int" if pa.types.is_signed_integer(field.type) else "UInt"
            types[field.type] = pd.api.types.pandas_dtype(f"{signed}{field.type.bit_width}")
        elif (stored := pandas_type(field.type)) is not None:
            types[field.type] = stored
    converted: pd.DataFrame = table.to_pandas(types_mapper=types.get, date_as_object=False)
    known = schema_metadata(table.schema, ATTRS_KEY)
    if isinstance(known, dict):
        converted.attrs = {ATTRS_KEY: known}
    index = schema_metadata(table.schema, _INDEX_KEY)
    if isinstance(index, str) and index in converted.columns:
        converted = converted.set_index(index)
    return converted


def native_out(result: Any, like: Any) -> Any:
    """Give a pandas table back as the kind of table that came in.

    The last line of whatever takes any dataframe: ``return native_out(result, customers)``.

    Parameters
    ----------
    result : pandas.DataFrame or pandas.Series
        What was made. An index with a name (or one that does not just number the rows) becomes the
        first column. An index with the name of a column is called ``"customer"``.
    like : dataframe or series
        What the user gave.

    Returns
    -------
    dataframe or series
        pandas as it is; a Polars DataFrame for Polars; a PyArrow table, with the provenance in the
        metadata of its schema, for whatever else speaks Arrow (:func:`kind_of`).

    Raises
    ------
    DataError
        When a column mixes types that one Arrow column cannot hold.

    Examples
    --------
    >>> import polars as pl
    >>> scores = pd.DataFrame({"score": [3.0]}, index=pd.Index(["a"], name="id"))
    >>> native_out(scores, pl.DataFrame()).columns
    ['id', 'score']
    """
    kind = "pandas" if isinstance(like, pd.Series) else kind_of(like)
    result = with_safe_index(result)
    if kind == "pandas":
        return result
    import pyarrow as pa

    if isinstance(result, pd.Series):
        column = pa.Array.from_pandas(result)
        return _polars().Series(result.name or "", column) if kind == "polars" else column
    named = result.index.name is not None or not isinstance(result.index, pd.RangeIndex)
    index = None
    if named:
        unnamed = result.index.name is None
        index = free_name(result.columns, "customer") if unnamed else str(result.index.name)
        result = result.rename_axis(index).reset_index()
    try:
        table = pa.Table.from_pandas(result, preserve_index=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise DataError(f"the result cannot be a {kind} table: {error}") from error
    if index is not None:
        table = _as_it_came(table, index, like)
    if kind == "polars":
        return _polars().from_arrow(table.replace_schema_metadata(None))
    metadata = {ATTRS_KEY: json.dumps(provenance(result) or {}, default=float)}
    if index is not None:
        metadata[_INDEX_KEY] = json.dumps(index)
    return table.replace_schema_metadata(metadata)


def _as_it_came(table: Any, index: str, like: Any) -> Any:
    """Give ids that are dates or times of day the type again that pandas has not."""
    import narwhals as nw

    try:
        came = nw.from_native(like).collect_schema().get(index)
    except TypeError:
        return table
    if came not in (nw.Date, nw.Time) or nw.from_native(table).schema[index] == came:
        return table
    return nw.from_native(table).with_columns(nw.col(index).cast(came)).to_native()


def _polars() -> Any:
    return sys.modules["polars"]
