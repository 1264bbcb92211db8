import json
import pickle
import threading
import uuid
import warnings

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from conftest import reference_path
from hypothesis import given
from hypothesis import strategies as st
from reference.logs import cdnow_master, online_retail

from tenure.datasets import (
    load_cdnow_summary,
    load_cdnow_summary_data_with_monetary_value,
    load_cdnow_transactions,
)
from tenure.exceptions import (
    CollapseWarning,
    ColumnError,
    DataError,
    DataWarning,
    DateError,
    EmptyDataError,
    OptionError,
    RefundWarning,
    TenureError,
    TenureWarning,
)
from tenure.io.provenance import provenance
from tenure.io.validation import to_pandas
from tenure.summary.transactions import summarize

LOG = pd.DataFrame(
    {
        "who": ["b", "a", "b", "a", "a", "b"],
        "when": pd.to_datetime(
            [
                "2021-03-01 10:00",
                "2021-03-02 11:00",
                "2021-03-15 09:00",
                "2021-04-30 23:59",
                "2021-03-02 18:00",
                "2021-03-16 00:00",
            ]
        ),
        "paid": [10.0, 20.0, 6.0, 8.0, 5.0, 4.0],
    }
)


def summary(log=LOG, **options):
    return summarize(log, customer="who", date="when", amount="paid", **options)


def test_by_hand():
    found = summary()
    expected = pd.DataFrame(
        {
            "frequency": [1.0, 2.0],
            "recency": [59.0, 15.0],
            "T": [59.0, 60.0],
            "monetary_value": [8.0, 5.0],
            "orders": [2.0, 3.0],
            "spend_count": [1.0, 2.0],
        },
        index=pd.Index(["a", "b"], name="who"),
    )
    pd.testing.assert_frame_equal(found, expected, check_index_type=False)
    assert provenance(found) == {
        "period": "D",
        "collapse": "D",
        "observation_end": "2021-04-30",
        "source": "transactions",
        "convention": "repeat",
        "customers": 2,
        "notes": {"same_day": 1},
    }


def test_without_amounts_there_is_no_money():
    found = summarize(LOG, customer="who", date="when")
    assert list(found) == ["frequency", "recency", "T"]
    pd.testing.assert_frame_equal(found, summary()[["frequency", "recency", "T"]])


def test_cdnow_is_the_summary_that_ships():
    with warnings.catch_warnings():
        # Some of the sample's customers came back for nothing but free discs.
        warnings.simplefilter("ignore", DataWarning)
        found = summarize(
            load_cdnow_transactions(),
            customer="customer_id",
            date="date",
            amount="dollar_value",
            period="W",
            observation_end="1997-09-30",
        )
    shipped = load_cdnow_summary()
    money = load_cdnow_summary_data_with_monetary_value()
    assert len(found) == 2357
    assert found["frequency"].tolist() == shipped["frequency"].tolist()
    # The files give two decimals, some of them cut and some rounded.
    for column in ("recency", "T"):
        np.testing.assert_allclose(found[column], shipped[column], rtol=0, atol=0.005)
        np.testing.assert_allclose(found[column] * 7, (found[column] * 7).round(), rtol=1e-14)
    np.testing.assert_allclose(
        found["monetary_value"], money["monetary_value"], rtol=0, atol=0.0051
    )
    assert provenance(found)["observation_end"] == "1997-09-30"
    assert provenance(found)["notes"]["after_end"] > 0


def arrow(log):
    return pa.Table.from_pandas(log, preserve_index=False)


class Capsule:
    """A table of a library that nobody knows, which speaks Arrow."""

    def __init__(self, log):
        self.table = arrow(log)

    def __arrow_c_stream__(self, requested_schema=None):
        return self.table.__arrow_c_stream__(requested_schema)


@pytest.mark.parametrize(
    ("convert", "kind"),
    [
        (pl.from_pandas, pl.DataFrame),
        (lambda log: pl.from_pandas(log).lazy(), pl.DataFrame),
        (arrow, pa.Table),
        (lambda customers: duckdb.sql("select * from customers"), pa.Table),
        (Capsule, pa.Table),
        (lambda log: log.convert_dtypes(dtype_backend="pyarrow"), pd.DataFrame),
        (lambda log: log.convert_dtypes(), pd.DataFrame),
        (lambda log: log.astype({"who": "category"}), pd.DataFrame),
    ],
    ids=["polars", "lazy polars", "arrow", "duckdb", "capsule", "pandas on arrow", "pandas with NA",
         "categories"],
)  # fmt: skip
def test_any_kind_of_table_comes_back_as_its_kind(convert, kind):
    found = summary(convert(LOG))
    assert isinstance(found, kind)
    if kind is not pd.DataFrame:
        assert next(iter(found.schema)) in ("who", pa.field("who", pa.large_string()))
        found = to_pandas(found)
    if "who" in found:
        found = found.set_index("who")
    pd.testing.assert_frame_equal(found, summary(), check_index_type=False, check_categorical=False)


def test_the_ruler_only_divides():
    days = summary()
    for period, length in {"h": 1 / 24, "W": 7, "M": 30.4375, "Y": 365.25}.items():
        found = summary(period=period)
        np.testing.assert_allclose(found[["recency", "T"]] * length, days[["recency", "T"]])
        pd.testing.assert_series_equal(found["frequency"], days["frequency"])
        assert provenance(found["T"])["period"] == period


def test_a_coarse_grain_is_said():
    with pytest.warns(CollapseWarning, match=r"20\.0% of the purchase days.*period='W'") as caught:
        found = summary(period="W", collapse="W")
    assert "of one week as one: 1 of 5 days" in caught[0].message.details
    assert found["frequency"].tolist() == [1, 1]
    assert found["recency"].tolist() == [8, 2]
    assert found["monetary_value"].tolist() == [8, 10]
    assert provenance(found)["notes"]["collapsed"] == 1


def test_a_fine_grain_tells_hours_apart():
    found = summary(collapse="h", period="h")
    assert found["frequency"].tolist() == [2, 2]
    assert found.loc["a", "recency"] == 59 * 24 + 12
    # A date without a time means all of the day, and T runs to its last hour.
    ended = summary(collapse="h", period="h", observation_end="2021-03-02")
    assert ended["frequency"].tolist() == [1, 0]
    assert ended["T"].tolist() == [12, 37]


def test_the_end_cuts_at_its_day_even_within_a_period():
    with pytest.warns(CollapseWarning):
        whole = summary(collapse="M", period="M")
    assert whole["frequency"].tolist() == [1, 0]
    with pytest.warns(CollapseWarning, match="33.3% of the purchase days"):
        cut = summary(collapse="M", period="M", observation_end="2021-03-15")
    assert cut["frequency"].tolist() == [0, 0]
    assert provenance(cut)["notes"]["after_end"] == 2
    assert provenance(cut)["observation_end"] == "2021-03-15"
    later = summary(observation_end="2021-06-01")
    assert later["T"].tolist() == [91, 92]


REFUNDED = pd.DataFrame(
    {
        "who": ["a", "a", "a", "b", "c", "c", "d", "d"],
        "when": ["2021-01-01", "2021-01-11", "2021-01-12", *["2021-01-01"] * 5],
        "paid": [30.0, 20.0, -25.0, -5.0, 9.0, -9.0, 7.0, -2.0],
    }
)


def test_refunds_are_netted():
    with pytest.warns(RefundWarning, match="4 transactions have a negative 'paid'") as caught:
        found = summary(REFUNDED)
    details = caught[0].message.details
    assert "2 purchases were taken back in full" in details
    assert "1 exceed all" in details
    assert "2 customers have no purchase left" in details
    assert found.index.tolist() == ["a", "d"]
    assert found["frequency"].tolist() == [0, 0]
    assert found["T"].tolist() == [11, 11]


def test_refunds_are_dropped_or_kept():
    with pytest.warns(RefundWarning, match="left out, so monetary_value ignores") as caught:
        dropped = summary(REFUNDED, refunds="drop")
    assert "1 customers have no purchase left" in caught[0].message.details
    assert dropped.index.tolist() == ["a", "c", "d"]
    assert dropped["monetary_value"].tolist() == [20, 0, 0]
    with (
        pytest.warns(RefundWarning, match="frequency is too high"),
        pytest.warns(DataWarning, match="spent nothing or less on average: 1;"),
    ):
        kept = summary(REFUNDED, refunds="keep")
    assert kept["frequency"].tolist() == [2, 0, 0, 0]
    assert kept["monetary_value"].tolist() == [-2.5, 0, 0, 0]


def test_missing_ids_are_left_out_and_said():
    with pytest.warns(DataWarning, match="2 transactions have no 'who' and are left out"):
        found = summary(LOG.assign(who=["b", None, "b", "a", None, "b"]))
    assert found.index.tolist() == ["a", "b"]
    assert provenance(found)["notes"]["without_customer"] == 2


@pytest.mark.parametrize(
    ("log", "options", "error", "message"),
    [
        (LOG.drop(columns="who"), {}, ColumnError, "customer='who': the table has no such column"),
        (LOG.assign(when=["03/04/2021"] * 6), {}, DateError, "dayfirst=True"),
        (LOG.assign(when=LOG["when"].where(LOG["paid"] > 4)), {}, DateError, "missing dates"),
        (LOG.assign(paid=["5 TL"] * 6), {}, ColumnError, "not numbers in 6 rows, first: row 0"),
        (LOG.assign(paid=np.nan), {}, DataError, "'paid': missing values in 6 rows"),
        (LOG.assign(paid=-np.inf), {}, DataError, "'paid': infinite values"),
        (LOG.assign(paid=1e308, who="a"), {}, DataError, "'monetary_value': totals too large"),
        (LOG.head(0), {}, EmptyDataError, "has no rows"),
        (LOG.assign(who=None), {}, EmptyDataError, "6 have no customer"),
        (LOG.assign(paid=-1.0), {}, EmptyDataError, "6 are refunds"),
        (LOG, {"observation_end": "2020-01-01"}, EmptyDataError, "6 lie after the end"),
        (LOG, {"observation_end": "03/04/2021"}, DateError, "observation_end='03/04/2021'"),
        (LOG, {"period": "Q"}, OptionError, "period='Q' is not a period"),
        (LOG, {"collapse": "s"}, OptionError, "collapse='s' is not a period"),
        (LOG, {"refunds": "ignore"}, OptionError, "use one of net, drop, keep"),
        ([1, 2], {}, DataError, "expected a dataframe"),
    ],
)
def test_what_cannot_be_used(log, options, error, message):
    with pytest.raises(error, match=message):
        summary(log, **options)


def test_the_order_of_rows_and_the_index_do_not_matter():
    shuffled = LOG.sample(frac=1, random_state=3)
    before = shuffled.copy()
    pd.testing.assert_frame_equal(summary(shuffled), summary())
    pd.testing.assert_frame_equal(shuffled, before)


def test_the_summary_travels():
    found = summary()
    again = pickle.loads(pickle.dumps(found))
    pd.testing.assert_frame_equal(again, found)
    assert provenance(again) == json.loads(json.dumps(provenance(found)))


def test_threads_may_share_it():
    results = [None] * 4

    def run(at):
        results[at] = summary()

    threads = [threading.Thread(target=run, args=(at,)) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        pd.testing.assert_frame_equal(result, summary())


def by_definition(log, grain):
    """The summary in plain pandas."""
    bought = log.assign(when=log["when"].dt.to_period(grain).dt.start_time)
    purchases = bought.groupby(["who", "when"])["paid"].sum().reset_index()
    times = purchases.groupby("who")["when"].agg(["min", "max", "count"])
    day = pd.Timedelta(days=1)
    end = log["when"].max().to_period(grain).start_time
    repeats = purchases[purchases.duplicated("who")].groupby("who")["paid"].mean()
    return pd.DataFrame(
        {
            "frequency": times["count"] - 1.0,
            "recency": (times["max"] - times["min"]) / day,
            "T": (end - times["min"]) / day,
            "monetary_value": repeats.reindex(times.index).fillna(0.0),
        }
    )


@given(
    st.lists(
        st.tuples(
            st.integers(-3, 30),
            st.integers(-(10**9), 2 * 10**9),
            st.floats(0, 1e6).map(lambda money: round(money, 2)),
        ),
        min_size=1,
        max_size=60,
    ),
    st.sampled_from(["h", "D", "W", "M", "Y"]),
    st.sampled_from(["s", "ms", "us", "ns"]),
)
def test_the_engine_keeps_to_the_definition(rows, grain, unit):
    log = pd.DataFrame(rows, columns=["who", "when", "paid"])
    log["when"] = log["when"].to_numpy().astype("datetime64[s]").astype(f"datetime64[{unit}]")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        found = summary(log, collapse=grain)
    pd.testing.assert_frame_equal(
        found[["frequency", "recency", "T", "monetary_value"]],
        by_definition(log, grain),
        rtol=1e-12,
    )


# Each gives ids in the order of the numbers they are made of.
LABELS = {
    "sparse": lambda n: n * 10**15 - 4,
    "unsigned": lambda n: pd.array(n.astype("uint64") + np.uint64(2**63)),
    "nullable": lambda n: pd.array(n, dtype="Int16"),
    "text": lambda n: pd.array([f"c{k:03}" for k in n], dtype="str"),
    "python text": lambda n: pd.array([f"c{k:03}" for k in n], dtype="string[python]"),
    "arrow text": lambda n: pd.array([f"{k:020}" for k in n], dtype="string[pyarrow]"),
    "large text": lambda n: pd.array(
        [f"{k:03}" for k in n], dtype=pd.ArrowDtype(pa.large_string())
    ),
    "objects": lambda n: np.array([f"c{k:03}" for k in n], dtype=object),
    "uuid": lambda n: pd.array([str(uuid.UUID(int=int(k) << 100)) for k in n], dtype="str"),
    "uuid objects": lambda n: np.array([uuid.UUID(int=int(k)) for k in n], dtype=object),
    "categories": lambda n: pd.Categorical([f"c{k:03}" for k in n]),
    "floats": lambda n: n + 0.5,
    "tuples": lambda n: pd.Series([(k, "x") for k in n]).array,
    "bytes": lambda n: np.array([bytes([k]) for k in n], dtype=object),
}  # fmt: skip


@given(
    st.sampled_from(sorted(LABELS)),
    st.lists(
        st.tuples(
            st.integers(0, 40),
            st.integers(0, 10**7),
            st.floats(-50, 100).map(lambda money: round(money, 2)),
        ),
        min_size=1,
        max_size=60,
    ),
    st.sampled_from(["net", "drop", "keep"]),
)
def test_what_ids_are_made_of_does_not_matter(kind, rows, refunds):
    log = pd.DataFrame(rows, columns=["who", "when", "paid"])
    log["when"] = log["when"].to_numpy().astype("datetime64[s]")
    numbers = log["who"].to_numpy()
    labelled = log.assign(who=LABELS[kind](numbers))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        try:
            expected = summary(log, refunds=refunds)
        except EmptyDataError:
            with pytest.raises(EmptyDataError, match="are refunds"):
                summary(labelled, refunds=refunds)
            return
        found = summary(labelled, refunds=refunds)
    pd.testing.assert_frame_equal(
        found.reset_index(drop=True), expected.reset_index(drop=True), check_exact=True
    )
    assert provenance(found) == provenance(expected)
    assert found.index.tolist() == pd.Index(LABELS[kind](expected.index.to_numpy())).tolist()
    assert found.index.dtype.kind == labelled["who"].dtype.kind


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (pa.array(["a", None, "b", "a"]).dictionary_encode(), ["a", "b"]),
        (pa.array([7, None, 3, 7], type=pa.int32()), [3, 7]),
        (pa.array([2**64 - 1, None, 3, 3], type=pa.uint64()), [3, 2**64 - 1]),
        (pa.array([b"b" * 16, None, b"a" * 16, None], type=pa.binary(16)), [b"a" * 16, b"b" * 16]),
        (pa.array(["ü", None, "", "z" * 40], type=pa.string_view()), ["", "z" * 40, "ü"]),
    ],
)
def test_ids_of_arrow_types(ids, expected):
    log = pa.table(
        {"who": ids, "when": pa.array([1, 2, 3, 4], type=pa.date32()), "paid": [1.0] * 4}
    )
    for frame in (log, log.slice(0, 4), pl.from_arrow(log)):
        with pytest.warns(DataWarning, match="have no 'who'"):
            found = summary(frame)
        whose = found["who"]
        assert (whose.to_list() if isinstance(whose, pl.Series) else whose.to_pylist()) == expected


@given(
    st.lists(
        st.tuples(st.one_of(st.none(), st.integers(0, 2**128 - 1), st.integers(0, 3)),
                  st.integers(0, 40)),
        min_size=1, max_size=40,
    ),
    st.integers(0, 3),
)  # fmt: skip
def test_ids_of_sixteen_bytes_are_those_that_their_text_says(rows, skipped):
    """A column of bytes may begin inside its buffer, and has bytes where it has no id."""
    whose = [None if who is None else uuid.UUID(int=who) for who, _ in rows]
    raw = [None if who is None else who.bytes for who in whose]
    ids = pa.array([b"?" * 16] * skipped + raw, type=pa.binary(16)).slice(skipped)
    columns = {"when": pa.array([day for _, day in rows], type=pa.int32()).cast(pa.date32())}
    columns["paid"] = pa.array([1.5] * len(rows))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        text = pa.array([None if who is None else str(who) for who in whose], type=pa.string())
        try:
            expected = summary(pa.table({"who": text, **columns}))
        except EmptyDataError:
            with pytest.raises(EmptyDataError):
                summary(pa.table({"who": ids, **columns}))
            return
        found = summary(pa.table({"who": ids, **columns}))
    assert [uuid.UUID(bytes=who) for who in found["who"].to_pylist()] == [
        uuid.UUID(who) for who in expected["who"].to_pylist()
    ]
    assert found.drop_columns("who").equals(expected.drop_columns("who"))


cells = st.one_of(
    st.none(), st.integers(), st.floats(), st.text(max_size=5), st.booleans(), st.dates(),
    st.datetimes(), st.just("2020-01-01"), st.just(pd.NaT), st.just(np.nan),
)  # fmt: skip
days = st.dates(pd.Timestamp("1990-01-01").date(), pd.Timestamp("2030-01-01").date())
frames = st.integers(0, 8).flatmap(
    lambda rows: st.fixed_dictionaries(
        {
            "who": st.one_of(*(st.lists(s, min_size=rows, max_size=rows)
                               for s in (st.integers(0, 3), st.text(max_size=2), cells))),
            "when": st.one_of(*(st.lists(s, min_size=rows, max_size=rows)
                                for s in (days, days.map(str), cells))),
            "paid": st.one_of(*(st.lists(s, min_size=rows, max_size=rows)
                                for s in (st.floats(-9, 99), st.floats(), st.integers(), cells))),
        }
    )
)  # fmt: skip


@given(
    frames,
    st.sampled_from(["h", "D", "W", "M", "Y"]),
    st.sampled_from(["h", "D", "W", "M", "Y"]),
    st.sampled_from(["net", "drop", "keep"]),
    st.one_of(st.none(), days, cells),
)
def test_any_frame_gives_a_typed_error_or_finite_numbers(frame, period, collapse, refunds, end):
    log = pd.DataFrame(frame)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", TenureWarning)
            found = summary(
                log, period=period, collapse=collapse, refunds=refunds, observation_end=end
            )
    except TenureError:
        return
    assert len(found) > 0
    assert found.index.is_unique
    assert np.isfinite(found.to_numpy()).all()
    assert (found["frequency"] >= 0).all()
    assert (found["recency"] >= 0).all()
    assert (found["recency"] <= found["T"]).all()
    assert (found["recency"][found["frequency"] == 0] == 0).all()
    if refunds != "keep":
        assert (found["monetary_value"] >= 0).all()


def test_cdnow_master():
    log = cdnow_master(reference_path("data/CDNOW_master.txt"))
    with pytest.warns(DataWarning, match="Repeat customers who spent nothing"):
        found = summarize(log, customer="id", date="date", amount="amount", period="W")
    assert len(found) == 23_570
    assert found["orders"].sum() == len(log.drop_duplicates(["id", "date"]))
    pd.testing.assert_frame_equal(
        found.drop(columns=["orders", "spend_count"]) * [1, 7, 7, 1],
        by_definition(log.set_axis(["who", "when", "n", "paid"], axis=1), "D").rename_axis("id"),
        check_dtype=False,
    )


def test_online_retail():
    log = online_retail(reference_path("data/online_retail_II_2009_2010.parquet"))
    with pytest.warns(TenureWarning) as caught:
        found = summarize(log, customer="id", date="date", amount="amount")
    said = {type(warning.message) for warning in caught}
    assert {DataWarning, RefundWarning} <= said
    notes = provenance(found)["notes"]
    assert notes["without_customer"] == log["id"].isna().sum() == 107_927
    assert notes["refunds"] == (log["amount"][log["id"].notna()] < 0).sum()
    # Netting lowers spend and cannot add purchases.
    bought = log[log["id"].notna() & (log["amount"] >= 0)]
    gross = bought.assign(day=bought["date"].dt.normalize())
    assert found["orders"].sum() <= len(gross.drop_duplicates(["id", "day"]))
    assert found["orders"].sum() + notes["cancelled"] == len(gross.drop_duplicates(["id", "day"]))
