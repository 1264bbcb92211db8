"""Summaries of transactions by Polars, DuckDB and tenure, each from a dataframe of its own.

With ``serve`` as argument it runs as the worker for Polars and DuckDB: see peers.py.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import simulate

SQL = """
with days as (
    select customer, date_trunc('day', date) as day, sum(amount) as amount
    from log group by 1, 2
), firsts as (
    select customer, min(day) as first, max(day) as last, count(*) - 1 as frequency,
           sum(amount) as money, arg_min(amount, day) as first_money
    from days group by 1
)
select customer, frequency::double as frequency, date_diff('day', first, last)::double as recency,
       date_diff('day', first, (select max(day) from days))::double as T,
       case when frequency > 0 then (money - first_money) / frequency else 0 end as monetary_value
from firsts
"""


def with_polars(columns: dict[str, Any]) -> Callable[[], Any]:
    """Return the summary of a Polars frame."""
    import polars as pl

    log = pl.DataFrame(columns)

    def summarize() -> Any:
        day = pl.col("date").dt.truncate("1d").alias("day")
        days = log.lazy().group_by("customer", day).agg(pl.col("amount").sum())
        end = pl.col("date").dt.truncate("1d").max()
        last = log.lazy().select(end.alias("end")).collect().item()
        repeats = pl.col("amount").sum() - pl.col("amount").sort_by("day").first()
        found = days.group_by("customer").agg(
            (pl.len() - 1).cast(pl.Float64).alias("frequency"),
            (pl.col("day").max() - pl.col("day").min()).dt.total_days().alias("recency"),
            (pl.lit(last) - pl.col("day").min()).dt.total_days().alias("T"),
            repeats.alias("repeats"),
        )
        bought = pl.col("frequency") > 0
        mean = pl.when(bought).then(pl.col("repeats") / pl.col("frequency")).otherwise(0.0)
        return found.with_columns(mean.alias("monetary_value")).drop("repeats").collect()

    return summarize


def with_duckdb(columns: dict[str, Any]) -> Callable[[], Any]:
    """Return the summary of a DuckDB table."""
    import duckdb
    import pyarrow as pa

    connection = duckdb.connect()
    connection.register("arrow", pa.table(columns))
    connection.execute("create table log as select * from arrow")
    return lambda: connection.sql(SQL).to_arrow_table()


def frame(columns: dict[str, Any]) -> pd.DataFrame:
    """Return a pandas frame, ids in text being Arrow's."""
    log = pd.DataFrame(columns)
    if log["customer"].dtype == object:
        log["customer"] = log["customer"].astype("string[pyarrow]")
    return log


def with_tenure(log: pd.DataFrame) -> Callable[[], Any]:
    """Return the summary of a pandas frame."""
    import tenure

    return lambda: tenure.summarize(
        log, customer="customer", date="date", amount="amount", period="D"
    )


def sums(summary: Any) -> list[float]:
    """Sum up a summary, to see that all did the same."""
    if hasattr(summary, "to_pydict"):  # Arrow
        summary = {name: summary.column(name).to_numpy() for name in summary.column_names}
    names = ("frequency", "recency", "T", "monetary_value")
    return [float(np.asarray(summary[name], dtype=float).sum()) for name in names]


def main() -> None:
    from peers import serve
    from timing import timed

    kept: dict[str, Callable[[], Any]] = {}
    makers = {"Polars": with_polars, "DuckDB": with_duckdb}

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        name = f"{request['peer']} {request['kind']} {request['size']}"
        if name not in kept:
            kept.clear()
            columns = simulate.with_ids(simulate.transactions(request["size"]), request["kind"])
            kept[name] = makers[request["peer"]](columns)
        result, figures = timed(kept[name], request["fresh"])
        return {**figures, "answers": sums(result)}

    serve(answer, "polars", "duckdb", "pyarrow")


if __name__ == "__main__" and sys.argv[1:] == ["serve"]:
    main()
