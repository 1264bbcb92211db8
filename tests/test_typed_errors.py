"""Input that cannot be used is refused with an error of tenure's own, in few words.

Every case either works or raises a TenureError (or an ImportError that names an extra).
"""

from __future__ import annotations

import datetime as dt
import gzip
import io
import random
import warnings
import zipfile

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import tenure
from tenure._warnings import Notice
from tenure.campaigns import Campaign
from tenure.exceptions import (
    MESSAGE_LIMIT,
    ColumnError,
    DataError,
    DateError,
    FileError,
    OptionError,
    TenureError,
    TenureWarning,
    capped,
)
from tenure.io.files import read_table

LOG = pd.DataFrame(
    {
        "id": ["a", "b", "a", "c"],
        "day": ["2024-01-01", "2024-01-02", "2024-02-01", "2024-01-05"],
        "paid": [1.0, 2.0, 3.0, 4.0],
    }
)
BOUGHT = {"customer": "id", "date": "day", "amount": "paid"}
TOTALS = pd.DataFrame(
    {"id": list("abc"), "f": "2024-01-01", "l": "2024-02-01", "n": [2, 3, 4], "m": [10.0, 20, 30]}
)
ROLES = {"customer": "id", "first_order": "f", "last_order": "l", "orders": "n", "spend": "m"}
HUGE = 10**400


@pytest.fixture(autouse=True)
def _quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        yield


def works_or_refuses(call):
    """Call; return the error if there is one, having looked at its message."""
    try:
        call()
    except (TenureError, ImportError) as error:
        found = error
    else:
        return None
    assert len(str(found)) <= MESSAGE_LIMIT
    return found


KINDS = [">f8", "<f8", "f2", "longdouble", ">i4", "<u2", "f4", ">u8", "i1"]


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_of_every_type_give_the_same_figures(kind):
    paid, whose = LOG["paid"].to_numpy().astype(kind), np.array([1, 2, 1, 3]).astype(kind)
    given = tenure.summarize(LOG.assign(paid=paid, id=whose), **BOUGHT)
    expected = tenure.summarize(LOG.assign(id=[1, 2, 1, 3]), **BOUGHT)
    np.testing.assert_array_equal(given.to_numpy(), expected.to_numpy())
    assert given.index.tolist() == [1, 2, 3]
    table = TOTALS.assign(m=TOTALS["m"].astype(kind), n=TOTALS["n"].astype(kind))
    made, right = (tenure.summarize_totals(t, **ROLES) for t in (table, TOTALS))
    np.testing.assert_array_equal(made.to_numpy(), right.to_numpy())
    analysis = tenure.run(table, **ROLES)
    assert analysis.customers["orders"].tolist() == [2.0, 3.0, 4.0]
    values = np.arange(9).astype(kind)
    assert tenure.segment_by_value(values).tolist() == tenure.segment_by_value(range(9)).tolist()


def _half(values):
    return pa.array(np.array(values, dtype=np.float16))


def _dictionary(values, codes, kind):
    return pa.DictionaryArray.from_arrays(pa.array(codes, kind), values)


@pytest.mark.parametrize("wrap", [pa.table, lambda t: pd.DataFrame(
    {k: pd.arrays.ArrowExtensionArray(v) for k, v in t.items()})])  # fmt: skip
def test_columns_of_arrow(wrap):
    right = tenure.summarize(LOG, **BOUGHT)
    text, day = pa.array(LOG["id"].tolist()), pa.array(LOG["day"].tolist())
    for paid in (_half([1, 2, 3, 4]), _dictionary(pa.array([1.0, 2, 3, 4]), [0, 1, 2, 3],
                                                  pa.int32())):  # fmt: skip
        made = tenure.summarize(wrap({"id": text, "day": day, "paid": paid}), **BOUGHT)
        made = made if isinstance(made, pd.DataFrame) else made.to_pandas().set_index("id")
        np.testing.assert_array_equal(made["monetary_value"], right["monetary_value"])
    for kind in (pa.int8(), pa.int32(), pa.uint32(), pa.int64()):
        for values in (pa.array(["a", "b", "c"]), pa.array([1, 2, 3])):
            ids = _dictionary(values, [0, 1, 0, 2], kind)
            paid = pa.array(LOG["paid"])
            made = tenure.summarize(wrap({"id": ids, "day": day, "paid": paid}), **BOUGHT)
            made = made if isinstance(made, pd.DataFrame) else made.to_pandas().set_index("id")
            np.testing.assert_array_equal(made["T"], right["T"])
            assert made.index.tolist() == values.to_pylist()


def test_sparse_columns():
    log = LOG.assign(paid=pd.arrays.SparseArray(LOG["paid"]))
    right = tenure.summarize(LOG, **BOUGHT)
    np.testing.assert_array_equal(tenure.summarize(log, **BOUGHT).to_numpy(), right.to_numpy())


NOT_NAMES = ([["n"]], {"n"}, np.array(["n", "m"]), {"a": 1}, [{}], 5, [], (), np.nan, pd.NA, b"n")


@pytest.mark.parametrize("name", NOT_NAMES, ids=repr)
def test_what_is_no_name_of_a_column(name):
    for call in (
        lambda: tenure.summarize_totals(TOTALS, **{**ROLES, "orders": name}),
        lambda: tenure.prepare_totals(TOTALS, **{**ROLES, "customer": name}),
        lambda: tenure.prepare_totals(TOTALS, **{**ROLES, "first_order": name}),
        lambda: tenure.run(TOTALS, **{**ROLES, "orders": name}),
        lambda: tenure.run(TOTALS, **{**ROLES, "customer": name}),
        lambda: tenure.run(TOTALS, **ROLES, channel=name),
        lambda: tenure.run(LOG, **{**BOUGHT, "customer": name}),
        lambda: tenure.summarize(LOG, **{**BOUGHT, "customer": name}),
        lambda: tenure.summarize(LOG, **{**BOUGHT, "amount": name}),
        lambda: tenure.rfm_table(LOG, **{**BOUGHT, "date": name}),
        lambda: tenure.cohort_analysis(LOG, **{**BOUGHT, "date": name}),
        lambda: tenure.rfm_scores(LOG, recency=name, frequency="paid"),
    ):
        assert isinstance(works_or_refuses(call), ColumnError)
    works_or_refuses(lambda: tenure.prepare_totals(TOTALS, **ROLES, other_dates=name))


def test_roles_without_a_column():
    for call in (tenure.summarize, tenure.cohort_analysis):
        for role in ("customer", "date"):
            with pytest.raises(OptionError, match=f"which columns hold {role}"):
                call(LOG, **{**BOUGHT, role: None})


def test_cells_that_cannot_be_hashed():
    lists = [[1], [2], [3]]
    works_or_refuses(lambda: tenure.run(TOTALS.assign(id=lists), **ROLES))
    for column in ("n", "f"):
        error = works_or_refuses(lambda c=column: tenure.run(TOTALS.assign(**{c: lists}), **ROLES))
        assert isinstance(error, DataError)
    table = TOTALS.assign(c=[{"A"}, {"B", "A"}, {"B"}], d=lists)
    rule = Campaign(name="x", categories=["A"])
    analysis = tenure.run(table, **ROLES, category="c", channel="d", campaigns=[rule])
    assert analysis.campaigns[0].ids.tolist() == ["a", "b"]
    assert isinstance(
        works_or_refuses(lambda: tenure.summarize(LOG.assign(id=[[1], [2], [1], [3]]), **BOUGHT)),
        ColumnError,
    )


@pytest.mark.parametrize("form", ["%Q", "%", "(%Y", "", 5, np.nan, [], True, "%Q %z"])
def test_what_is_no_format_of_dates(form):
    for options in ({}, {"observation_end": "2024-02-01"}):
        error = works_or_refuses(
            lambda o=options: tenure.summarize(LOG, **BOUGHT, date_format=form, **o)
        )
        assert isinstance(error, OptionError | DateError)
    assert isinstance(
        works_or_refuses(lambda: tenure.run(LOG, **BOUGHT, date_format=form)),
        OptionError | DateError,
    )


@pytest.mark.parametrize(
    "day",
    [
        np.datetime64("20000-01-01", "D"),
        np.datetime64("-5000-01-01", "s"),
        np.datetime64(2**62, "s"),
        "10000-01-01",
        "-0001-01-01",
        "0000-01-01",
    ],
)
def test_dates_that_python_cannot_write(day):
    log = LOG.assign(day=np.full(4, day) if not isinstance(day, str) else day)
    table = TOTALS.assign(f=log["day"][:3], l=log["day"][:3])
    for call in (
        lambda: tenure.summarize(log, **BOUGHT),
        lambda: tenure.run(log, **BOUGHT),
        lambda: tenure.cohort_analysis(log, **BOUGHT),
        lambda: tenure.run(table, **ROLES),
    ):
        assert isinstance(works_or_refuses(call), DateError)


@pytest.mark.parametrize(
    "end",
    ["9999-12-31", "0001-01-01", dt.date.max, dt.datetime.max, pd.Timestamp.max, 5, "x", np.nan,
     pd.NaT, [], {}, np.datetime64(2**62, "s")],
    ids=repr,
)  # fmt: skip
def test_ends_of_the_observation(end):
    works_or_refuses(lambda: tenure.summarize(LOG, **BOUGHT, observation_end=end))
    works_or_refuses(lambda: tenure.run(TOTALS, **ROLES, analysis_date=end))
    works_or_refuses(lambda: tenure.rfm_table(LOG, **BOUGHT, analysis_date=end))


def test_the_analysis_date_is_called_by_its_name():
    """It was reported as observation_end, which the caller never said."""
    for call in (tenure.run, tenure.rfm_table):
        with pytest.raises(DateError, match="analysis_date='x'"):
            call(LOG, **BOUGHT, analysis_date="x")


OPTIONS = (
    "discount_rate", "purchase_penalizer", "spend_penalizer", "horizons", "period", "convention",
    "ties", "segment_names", "purchase_model", "language", "currency", "outputs", "value_segments",
    "previous", "campaigns", "preset", "out", "encoding", "date_format", "dayfirst",
)  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS)
def test_options_of_a_run(option, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for value in (
        "x",
        np.nan,
        np.inf,
        -1,
        1e308,
        [],
        {},
        True,
        HUGE,
        [None],
        pd.NA,
        object(),
        b"x",
    ):
        works_or_refuses(lambda v=value: tenure.run(TOTALS, **ROLES, **{option: v}))


@pytest.mark.parametrize(
    ("option", "value"),
    [("discount_rate", None), ("discount_rate", HUGE), ("purchase_penalizer", HUGE),
     ("horizons", HUGE), ("previous", 5), ("out", 5), ("campaigns", 5), ("campaigns", [5]),
     ("preset", 5), ("outputs", 5), ("value_segments", 5), ("value_segments", {"labels": 5})],
)  # fmt: skip
def test_options_that_are_refused(option, value):
    with pytest.raises(OptionError, match=r"discount_rate|penalizer|horizon|labels|" + option):
        tenure.run(TOTALS, **ROLES, **{option: value})


@pytest.mark.parametrize(
    ("given", "named"),
    [({"amount": "m"}, "amount"), ({"quantity": "n"}, "quantity"),
     ({"amount": "m", "quantity": "n"}, "amount and quantity")],
)  # fmt: skip
def test_columns_without_effect_are_refused(given, named):
    """They were accepted next to a preset, and nothing came of them."""
    table = tenure.datasets.make_omnichannel(60, seed=2)
    with pytest.raises(OptionError, match=f"^{named}: .*no effect"):
        tenure.run(table, preset="flo", **given)
    with pytest.raises(OptionError, match=f"^{named}: .*no effect"):
        tenure.run(TOTALS, **ROLES, **given)
    with pytest.raises(OptionError, match=r"^orders and spend: .*no effect"):
        tenure.run(LOG, **BOUGHT, orders="paid", spend="paid")


def test_faults_that_fuzzing_found():
    for period in ([], {}, None, HUGE):
        with pytest.raises(OptionError, match="period="):
            tenure.cohort_analysis(LOG, **BOUGHT, period=period)
    for end in (HUGE, -HUGE):
        with pytest.raises(DateError, match="observation_end="):
            tenure.summarize(LOG, **BOUGHT, observation_end=end)
    large = LOG.assign(paid=[1.0, 2.0, 3.0, 1e308])
    assert "report.html" not in repr(tenure.run(large, **BOUGHT))
    assert tenure.profile(LOG.assign(paid=[1e307, 3e307, 1e307, 3e307])) is not None


def test_segments_weights_and_orders():
    numbers = pd.DataFrame({"a": [1, 2], "b": [1, 2]})
    for weights in ({"recency": 1e308, "frequency": 1e308}, {"recency": HUGE}, [1, 2], 5):
        with pytest.raises(OptionError, match="weights="):
            tenure.rfm_scores(numbers, recency="a", frequency="b", weights=weights)
    for labels in (5, None, [["a"]], [1, 2], ["a", "a"], []):
        with pytest.raises(OptionError, match="labels="):
            tenure.segment_by_value([1.0, 2.0], labels)
    before, after = pd.Series(["A"], ["x"]), pd.Series(["B"], ["x"])
    for order in (5, [["A"]], "AB", [], ["A", "A"], [1, 2]):
        with pytest.raises(OptionError, match="order="):
            tenure.movement(before, after, order=order)
    levels = pd.Series(["A", "B"], pd.MultiIndex.from_tuples([("a", 1), ("b", 2)]))
    with pytest.raises(DataError, match="ids of 2 levels"):
        tenure.movement(levels, levels)
    model = tenure.BetaGeoFitter().fit([1, 2, 0, 3] * 9, [1, 2, 0, 3] * 9, [5, 6, 7, 8] * 9)
    with pytest.raises(OptionError, match=r"params_\['r'\]=<NA>: expected a number"):
        model.params_ = pd.Series({"r": pd.NA, "alpha": 1, "a": 1, "b": 1})


RULES = (
    "name", "segments", "value_segments", "categories", "match", "channels", "store_types",
    "thresholds", "min_average_order", "exclude_ids", "exclude_campaigns", "exclude_files", "limit",
    "rank_by", "ascending", "discount", "margin", "file_name",
)  # fmt: skip


@pytest.mark.parametrize("option", RULES)
def test_rules_of_campaigns(option):
    values = (5, None, "x", [[]], {"a": {"min": pd.NA}}, {"m": {"min": HUGE}}, np.nan, HUGE, [5],
              pd.NA, {"a": 5}, [None], b"x", "a/b.csv", "con.csv", "x.csv ", ".csv")  # fmt: skip
    for value in values:

        def call(value=value):
            rule = Campaign(**{"name": "x", option: value})
            assert rule.rule
            tenure.run(TOTALS, **ROLES, campaigns=[rule])

        works_or_refuses(call)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    table = pd.DataFrame(
        {"id": list("abc") * 9, "n": range(27), "day": pd.date_range("2024-01-01", periods=27)}
    )
    table.to_excel(folder / "a.xlsx", index=False)
    table.to_parquet(folder / "a.parquet")
    table.to_csv(folder / "a.csv", index=False)
    table.to_csv(folder / "a.csv.gz", index=False)
    return folder


def _damaged(data, rng):
    found = bytearray(data)
    for _ in range(rng.randint(1, 6)):
        found[rng.randrange(len(found))] = rng.randrange(256)
    return bytes(found[: rng.randrange(len(found))] if rng.random() < 0.3 else found)


def _damaged_inside(data, rng):
    """Damage one part of a workbook and pack it again, so that its checksum is right."""
    source, out = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    chosen = rng.choice(source.namelist())
    with zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name != chosen:
                target.writestr(name, part)
            elif rng.random() > 0.1:
                target.writestr(name, _damaged(part, rng))
    return out.getvalue()


@pytest.mark.parametrize("kind", ["xlsx", "inside", "parquet", "csv", "csv.gz"])
def test_damaged_files(kind, files, tmp_path):
    """45 of 187 damaged workbooks raised errors of openpyxl's, zipfile's and XML's."""
    rng = random.Random(kind)
    ending = "xlsx" if kind == "inside" else kind
    data, path = (files / f"a.{ending}").read_bytes(), tmp_path / f"x.{ending}"
    refused = 0
    for _ in range(60):
        path.write_bytes(_damaged_inside(data, rng) if kind == "inside" else _damaged(data, rng))
        refused += works_or_refuses(lambda: read_table(path)) is not None
        works_or_refuses(lambda: tenure.summarize(path, customer="id", date="day", amount="n"))
    assert refused


def test_a_line_of_a_gigabyte_is_not_read(tmp_path):
    """A packed megabyte that is one line took 2 GB of memory."""
    path = tmp_path / "bomb.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as stream:
        for _ in range(40):
            stream.write(b"x" * (1 << 20))
    import tracemalloc

    tracemalloc.start()
    with pytest.raises(FileError, match="line 1 has more than 1,048,576 characters"):
        read_table(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 << 20


LONG = "x" * 50_000


def test_messages_have_a_length_that_is_read():
    refused, wide = 0, pd.DataFrame({f"{LONG}{i}": [1.0] for i in range(50)})
    for call in (
        lambda: tenure.summarize(LOG, customer=LONG, date="day"),
        lambda: tenure.summarize(wide, customer="id", date="day"),
        lambda: tenure.summarize(LOG.assign(day=LONG), **BOUGHT),
        lambda: tenure.summarize(LOG.assign(paid=LONG), **BOUGHT),
        lambda: tenure.summarize(LOG.assign(paid=-np.inf, id=LONG), **BOUGHT),
        lambda: tenure.summarize(LOG, **BOUGHT, period=LONG),
        lambda: tenure.summarize(LOG, **BOUGHT, observation_end=LONG),
        lambda: tenure.run(TOTALS.assign(n=-1, id=[LONG + x for x in "abc"]), **ROLES),
        lambda: tenure.run(TOTALS.assign(id=LONG), **ROLES),
        lambda: tenure.run(TOTALS, **ROLES, outputs=[LONG]),
        lambda: tenure.run(TOTALS, **ROLES, horizons=LONG),
        lambda: tenure.run(TOTALS, **ROLES, horizons=[0.5] * 20_000 + ["x"]),
        lambda: tenure.run(TOTALS, **ROLES, currency=LONG),
        lambda: tenure.run(TOTALS, **ROLES, preset=LONG),
        lambda: tenure.run(TOTALS, **ROLES, discount_rate=LONG),
        lambda: tenure.run(LONG, **ROLES),
        lambda: tenure.segment_by_value([1.0], [LONG, LONG]),
        lambda: tenure.segment_by_value([1.0], list("ab"), thresholds=list(range(9999, 0, -1))),
        lambda: tenure.segment_by_value([1.0], list("ab"), shares=[0.1] * 5000),
        lambda: tenure.rfm.segment_map({LONG: LONG}),
        lambda: tenure.rfm.canonical_segment(LONG),
        lambda: tenure.movement(pd.Series([LONG], [1]), pd.Series(["b"], [1])),
        lambda: tenure.movement(
            pd.Series([f"s{i}" for i in range(5000)]), pd.Series([f"t{i}" for i in range(5000)])
        ),
        lambda: Campaign(name="x", match=LONG),
        lambda: Campaign(name="x", segments=[LONG]),
        lambda: Campaign(name="x", file_name=LONG),
        lambda: tenure.BetaGeoFitter().fit(np.full(5000, np.nan), np.ones(5000), np.ones(5000)),
        lambda: tenure.BetaGeoFitter().fit(np.ones(5000), np.full(5000, 9.0), np.ones(5000)),
        lambda: tenure.BetaGeoFitter().fit([[1]] * 5000, np.ones(5000), np.ones(5000)),
        lambda: tenure.BetaGeoFitter(penalizer_coef=np.ones(5000)),
    ):
        refused += works_or_refuses(call) is not None
    assert refused >= 25


def test_long_messages_keep_their_beginning_and_their_end():
    text = capped("column 'a' holds " + LONG + ". " + "word " * 5000 + "Drop those rows.")
    assert len(text) <= MESSAGE_LIMIT
    assert text.startswith("column 'a' holds xxx")
    assert text.endswith("Drop those rows.")
    assert capped("short") == "short"
    warning = Notice(tenure.exceptions.DataWarning, "w" * 5000, "d " * 50_000).warning()
    assert len(str(warning)) < MESSAGE_LIMIT
    assert len(warning.details) <= 4 * MESSAGE_LIMIT
