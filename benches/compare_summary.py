"""Compare the summary of transactions with Polars and DuckDB, in one run.

    python benches/compare_summary.py --rows 1000000 10000000

All of them start from a table of their own kind in memory (pandas, Polars, Arrow) and give a row a
customer, sorted: repeat purchases on different days, recency and T in days, mean money of the
repeat purchases. Runs take turns; the figures are medians.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import uuid
from collections.abc import Callable
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
from timing import machine, report, timed

import tenure

QUERY = """
with days as (
    select id, date_trunc('day', date)::date as day, sum(amount) as money
    from purchases group by id, day
), firsts as (
    select *, row_number() over (partition by id order by day) as n from days
)
select id, count(*) - 1 as frequency, max(day) - min(day) as recency,
    (select max(day) from days) - min(day) as age,
    coalesce(avg(money) filter (where n > 1), 0) as monetary_value
from firsts group by id order by id
"""


def make(rows: int, ids: str) -> pd.DataFrame:
    """Make purchases in no order, ten a customer, over two years."""
    rng = np.random.default_rng(0)
    who = rng.integers(0, max(1, rows // 10), rows)
    if ids == "int":
        names: Any = pd.Series(who)
    else:
        text = "c{}".format if ids == "text" else lambda n: str(uuid.UUID(int=n * 2**90 + n))
        labels = pa.array([text(n) for n in range(max(1, rows // 10))], type=pa.large_string())
        dtype: Any = pd.api.types.pandas_dtype(
            "str" if pd.__version__ >= "3" else "string[pyarrow]"
        )
        names = pd.Series(dtype.__from_arrow__(pa.chunked_array([labels.take(pa.array(who))])))
    when = np.datetime64("2023-01-01", "us") + rng.integers(0, 730 * 86_400_000_000, rows)
    return pd.DataFrame({"id": names, "date": when, "amount": rng.gamma(2.0, 20.0, rows).round(2)})


def by_tenure(table: pd.DataFrame) -> pd.DataFrame:
    return tenure.summarize(table, customer="id", date="date", amount="amount")


def by_polars(table: pl.DataFrame) -> pl.DataFrame:
    days = table.lazy().group_by("id", pl.col("date").dt.date().alias("day"))
    days = days.agg(pl.col("amount").sum())
    money = pl.col("amount").sort_by("day").slice(1).mean().fill_null(0.0)
    first, last = pl.col("day").min(), pl.col("day").max()
    return (
        days.with_columns(end=last)
        .group_by("id")
        .agg(
            frequency=pl.len() - 1,
            recency=last - first,
            age=pl.col("end").first() - first,
            monetary_value=money,
        )
        .sort("id")
        .collect()
    )


def by_duckdb(purchases: pa.Table) -> pa.Table:
    return duckdb.sql(QUERY).to_arrow_table()


def compare(rows: int, ids: str, runs: int) -> list[dict[str, Any]]:
    table = make(rows, ids)
    arrow = pa.Table.from_pandas(table, preserve_index=False)
    polars = pl.from_arrow(arrow)
    calls: dict[str, Callable[[], Any]] = {
        "tenure": lambda: by_tenure(table),
        "Polars": lambda: by_polars(polars),
        "DuckDB": lambda: by_duckdb(arrow),
    }
    check([call() for call in calls.values()])
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(runs):
        for name, call in calls.items():
            times[name].append(timed(call))
    mine = statistics.median(times["tenure"])
    found = []
    for peer in ("Polars", "DuckDB"):
        theirs = statistics.median(times[peer])
        found.append(
            {
                "operation": f"summary, {ids} ids, against {peer}",
                "customers": rows,
                "tenure_s": mine,
                "peer_s": theirs,
                "ratio": theirs / mine,
                "times": times,
            }
        )
        print(f"{found[-1]['operation']}, {rows:,}: {theirs / mine:.1f} ×", file=sys.stderr)
    return found


def check(answers: list[Any]) -> None:
    """See that all of them did the same."""
    ours, polars, duck = answers
    for theirs in (polars.to_arrow(), duck):
        for name in ("frequency", "monetary_value"):
            np.testing.assert_allclose(theirs[name].to_numpy(), ours[name], rtol=1e-9)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--ids", nargs="+", default=["int", "text", "uuid"])
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    rows = [
        row
        for size in options.rows
        for ids in options.ids
        for row in compare(size, ids, options.runs)
    ]
    report("compare_summary", "tenure, Polars and DuckDB (customers: rows)", rows, machine())


if __name__ == "__main__":
    main()
