"""When the observation ends: one rule, whichever way a table of purchases comes in."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset
import pytest

import tenure
from tenure.exceptions import DateError, EmptyDataError, TenureWarning


@pytest.fixture(autouse=True)
def _quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        yield


def _csv(table, folder):
    path = folder / "log.csv"
    table.to_csv(path, index=False)
    return path


def _semicolons(table, folder):
    path = folder / "semi.csv"
    table.to_csv(path, index=False, sep=";")
    return path


def _packed(table, folder):
    path = folder / "log.csv.gz"
    table.to_csv(path, index=False)
    return path


def _xlsx(table, folder):
    path = folder / "log.xlsx"
    table.to_excel(path, index=False)
    return path


def _parquet(table, folder):
    path = folder / "log.parquet"
    table.to_parquet(path, index=False)
    return path


def _folder(table, folder):
    parts = folder / "parts"
    parts.mkdir()
    for number in range(0, len(table), 2):
        table.iloc[number : number + 2].to_parquet(parts / f"{number:03d}.parquet", index=False)
    return parts


def _polars(table, folder):
    import polars as pl

    return pl.from_pandas(table)


ROUTES = {
    "pandas": lambda table, folder: table,
    "polars": _polars,
    "arrow": lambda table, folder: pa.Table.from_pandas(table, preserve_index=False),
    "csv": _csv,
    "csv.gz": _packed,
    "semicolons": _semicolons,
    "xlsx": _xlsx,
    "parquet": _parquet,
    "folder": _folder,
    "dataset": lambda table, folder: pa.dataset.dataset(_folder(table, folder)),
    "reader": lambda table, folder: pa.Table.from_pandas(table, preserve_index=False).to_reader(
        max_chunksize=1
    ),
    "chunks": lambda table, folder: [table.iloc[i : i + 1] for i in range(len(table))],
    "chunks backwards": lambda table, folder: [
        table.iloc[i : i + 2] for i in reversed(range(0, len(table), 2))
    ],
}
DAYS = ["2020-01-01", "2020-01-05", "2020-02-01"]


def _numbers(summary, names=("frequency", "recency", "T")):
    if not isinstance(summary, pd.DataFrame):
        summary = summary.to_pandas().set_index("id") if "id" in dir(summary) else (
            pd.DataFrame(summary.to_pandas()).set_index("id")
        )  # fmt: skip
    return {str(key): tuple(row) for key, row in zip(
        summary.index, summary[list(names)].to_numpy().tolist(), strict=True)}  # fmt: skip


@pytest.mark.parametrize("route", ROUTES)
def test_dates_without_a_customer_count_for_the_end(route, tmp_path):
    table = pd.DataFrame({"id": ["a", "b", None], "day": pd.to_datetime(DAYS)})
    summary = tenure.summarize(ROUTES[route](table, tmp_path), customer="id", date="day")
    assert _numbers(summary) == {"a": (0.0, 0.0, 31.0), "b": (0.0, 0.0, 27.0)}
    known = tenure.provenance(summary)
    assert route == "polars" or known["observation_end"] == "2020-02-01"
    assert route == "polars" or known["notes"]["without_customer"] == 1


def _log(seed):
    rng = np.random.default_rng(seed)
    size = int(rng.integers(2, 30))
    ids = rng.integers(1, 6, size).astype(object)
    ids[rng.random(size) < 0.3] = None
    days = pd.Timestamp("2021-03-01") + pd.to_timedelta(rng.integers(0, 90, size), "D")
    return pd.DataFrame({"id": pd.array(ids, dtype="Int64"), "day": days})


@pytest.mark.parametrize("collapse", ["D", "W", "M"])
@pytest.mark.parametrize("end", [None, "2021-04-11", "2021-12-31"])
@pytest.mark.parametrize("seed", range(6))
def test_all_routes_agree_with_counting(seed, end, collapse, tmp_path):
    table = _log(seed)
    last = table["day"].max() if end is None else pd.Timestamp(end)
    seen = table[(table["day"] <= last) & table["id"].notna()]
    starts = {"D": "D", "W": "W-SUN", "M": "M"}[collapse]
    expected = {}
    for customer, days in seen.groupby("id")["day"]:
        periods = pd.PeriodIndex(days.dt.to_period(starts)).unique().sort_values()
        when = periods.to_timestamp()
        closing = last.to_period(starts).to_timestamp()
        expected[str(customer)] = (
            len(periods) - 1.0,
            float((when[-1] - when[0]).days),
            float((closing - when[0]).days),
        )
    for route, make in ROUTES.items():
        folder = tmp_path / route
        folder.mkdir()
        options = {"customer": "id", "date": "day", "observation_end": end, "collapse": collapse}
        if not expected:
            with pytest.raises(EmptyDataError):
                tenure.summarize(make(table, folder), **options)
            continue
        assert _numbers(tenure.summarize(make(table, folder), **options)) == expected, route


def test_other_functions_end_with_the_same_day():
    days = pd.to_datetime([*DAYS, "2020-01-03"])
    table = pd.DataFrame({"id": ["a", "b", None, "a"], "day": days, "paid": 1.0})
    roles = {"customer": "id", "date": "day", "amount": "paid"}
    assert tenure.run(table, **roles).settings["analysis_date"] == "2020-02-01"
    assert tenure.cohort_analysis(table, **roles).observation_end == "2020-02-01"
    assert tenure.rfm_table(table, **roles)["recency"].tolist() == [29.0, 27.0]
    like_lifetimes = tenure.utils.summary_data_from_transaction_data(table, "id", "day")
    assert like_lifetimes["T"].tolist() == [31.0, 27.0]


@pytest.mark.parametrize("route", ["pandas", "csv", "parquet", "chunks"])
def test_a_table_of_nobody_is_empty(route, tmp_path):
    table = pd.DataFrame({"id": pd.Series([None, None, None], dtype=object), "day": DAYS})
    with pytest.raises(EmptyDataError, match="3 have no customer"):
        tenure.summarize(ROUTES[route](table, tmp_path), customer="id", date="day")


@pytest.mark.parametrize("route", ["pandas", "csv", "parquet", "chunks"])
def test_a_missing_date_is_refused_with_and_without_a_customer(route, tmp_path):
    for ids in (["a", "b", "c"], ["a", "b", None]):
        table = pd.DataFrame({"id": ids, "day": [*DAYS[:2], None]})
        folder = tmp_path / str(ids[-1])
        folder.mkdir()
        with pytest.raises(DateError, match="missing dates in 1 row"):
            tenure.summarize(ROUTES[route](table, folder), customer="id", date="day")
