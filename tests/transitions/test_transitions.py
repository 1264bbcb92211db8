import copy
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tenure
from tenure.exceptions import (
    ColumnError,
    DataError,
    EmptyDataError,
    FileError,
    OptionError,
    TenureError,
)
from tenure.rfm import RFM_SEGMENTS, segment_map
from tenure.segments import segment_by_value

MAY = pd.Series(list("CABBDD"), index=pd.Index(list("uvwxyz"), name="id"), name="segment")
JUNE = pd.Series(list("AACDDA"), index=pd.Index(list("uvwyzn"), name="id"), name="segment")

runs = st.dictionaries(st.integers(0, 30), st.sampled_from("ABCD"), min_size=1, max_size=25)


def test_table_lists_and_sentence():
    moved = tenure.movement(MAY, JUNE)
    table = pd.DataFrame(
        [[1, 0, 0, 0, 0], [0, 0, 1, 0, 1], [1, 0, 0, 0, 0], [0, 0, 0, 2, 0], [1, 0, 0, 0, 0]],
        index=pd.Index([*"ABCD", "(new)"], name="previous"),
        columns=pd.Index([*"ABCD", "(gone)"], name="current"),
    )
    pd.testing.assert_frame_equal(moved.table, table)
    assert moved.customers.index.tolist() == list("nuvwxyz")
    assert moved.customers.index.name == "id"
    assert moved.customers["change"].tolist() == [
        "new",
        "risen",
        "same",
        "fallen",
        "gone",
        "same",
        "same",
    ]
    assert moved.customers.loc[["u", "w"], "steps"].tolist() == [2, -1]
    assert moved.customers.loc[["n", "x"], "steps"].isna().all()
    assert moved.customers["previous"].max() == "A"
    for name, ids in (("risers", ["u"]), ("fallers", ["w"]), ("new", ["n"]), ("gone", ["x"])):
        assert getattr(moved, name).index.tolist() == ids
    assert moved.between("C", "A").tolist() == ["u"]
    assert moved.between("(new)", "A").tolist() == ["n"]
    assert moved.between("B", "(gone)").tolist() == ["x"]
    assert moved.between("D", "D").tolist() == ["y", "z"]
    assert moved.between("A", "B").empty
    with pytest.raises(OptionError, match=r"no segment of that run.*'\(new\)'"):
        moved.between("(gone)", "A")
    assert moved.shares.loc["B", "(gone)"] == 0.5
    assert moved.to_frame()["customers"].tolist() == [1, 1, 1, 1]
    assert moved.sentence == (
        "Of 5 customers in both runs 1 rose (20.0%), 1 fell (20.0%) and 3 stayed (60.0%). "
        "New: 1; no longer in the data: 1. The largest moves: 1 from B to C, 1 from C to A."
    )
    turkish = tenure.movement(MAY, JUNE, language="tr")
    assert turkish.sentence == (
        "İki çalıştırmada da bulunan 5 müşteriden yükselen 1 (%20,0), düşen 1 (%20,0), yerinde "
        "kalan 3 (%60,0). Yeni: 1; ayrılan: 1. En büyük hareketler: B → C: 1, C → A: 1."
    )
    pd.testing.assert_frame_equal(turkish.table, moved.table)
    with pytest.raises(OptionError, match="language='de'"):
        tenure.movement(MAY, JUNE, language="de")
    assert moved.sentence in repr(moved)
    assert "<table" in moved._repr_html_()
    for again in (copy.deepcopy(moved), pickle.loads(pickle.dumps(moved))):
        pd.testing.assert_frame_equal(again.risers, moved.risers)


@given(runs, runs, st.randoms())
def test_every_customer_is_counted_once_in_any_order(before, after, random):
    old, new = pd.Series(before), pd.Series(after)
    if not set(before) & set(after):
        with pytest.raises(DataError, match="no customer is in both"):
            tenure.movement(old, new)
        return
    moved = tenure.movement(old, new)
    nobody = {"previous": "(new)", "current": "(gone)"}
    expected = [
        (before.get(i, nobody["previous"]), after.get(i, nobody["current"]))
        for i in sorted(set(before) | set(after))
    ]
    for row in moved.table.index:
        for column in moved.table.columns:
            assert moved.table.loc[row, column] == expected.count((row, column))
            if (row, column) != ("(new)", "(gone)"):
                ids = moved.between(row, column)
                assert len(ids) == expected.count((row, column))
    rank = "DCBA".index
    risen = [i for i in before if i in after and rank(after[i]) > rank(before[i])]
    fallen = [i for i in before if i in after and rank(after[i]) < rank(before[i])]
    assert sorted(moved.risers.index) == sorted(risen)
    assert sorted(moved.fallers.index) == sorted(fallen)
    assert moved.risers["steps"].is_monotonic_decreasing
    assert moved.fallers["steps"].is_monotonic_increasing
    assert len(moved.new) + len(moved.gone) == len(set(before) ^ set(after))
    keys = [list(before), list(after)]
    for key in keys:
        random.shuffle(key)
    shuffled = tenure.movement(old.loc[keys[0]], new.loc[keys[1]])
    pd.testing.assert_frame_equal(shuffled.customers, moved.customers)
    pd.testing.assert_frame_equal(shuffled.table, moved.table)


def test_value_segments_carry_their_order():
    rng = np.random.default_rng(0)
    clv = pd.Series(rng.gamma(1, 100, 60))
    labels = ["low", "mid", "high"]
    moved = tenure.movement(segment_by_value(clv, labels), segment_by_value(clv[::-1], labels))
    assert moved.table.index.tolist() == ["high", "mid", "low", "(new)"]
    assert moved.risers.empty
    assert moved.fallers.empty
    text = segment_by_value(clv, labels).astype(str)
    pd.testing.assert_frame_equal(
        tenure.movement(text, segment_by_value(clv, labels)).table, moved.table
    )
    with pytest.raises(DataError, match="'high', 'mid', 'low' before, 'A', 'B', 'C', 'D' now"):
        tenure.movement(segment_by_value(clv, labels), segment_by_value(clv))
    with pytest.raises(DataError, match=r"current run has segments.*'vip'"):
        tenure.movement(segment_by_value(clv, labels), text.replace("high", "vip"))
    with pytest.raises(OptionError, match="give order="):
        tenure.movement(text, text)
    ordered = tenure.movement(text, text, order=labels[::-1])
    pd.testing.assert_frame_equal(ordered.table, moved.table)
    for order in ("high", ["low", "low"], []):
        with pytest.raises(OptionError, match="each segment once"):
            tenure.movement(text, text, order=order)
    with pytest.raises(DataError, match="order= does not have"):
        tenure.movement(text, text, order=["low", "mid"])


def test_rfm_segments_in_either_spelling():
    old = pd.Series(["at_Risk", "champions"], index=[1, 2])
    new = pd.Series(["cant_lose", "at_risk"], index=[1, 2])
    moved = tenure.movement(old, new)
    assert moved.table.index.tolist() == [*RFM_SEGMENTS, "(new)"]
    assert moved.between("at_risk", "cant_lose").tolist() == [1]
    assert moved.fallers.index.tolist() == [2]
    halves = segment_map({"active": "2.", "asleep": "1."}, bins=2)
    mine = pd.Series(["active", "asleep"])
    assert tenure.movement(mine, mine, order=halves).table.loc["active", "active"] == 1


def test_runs_in_every_form(tmp_path):
    table = MAY.reset_index()
    expected = tenure.movement(MAY, JUNE)
    frame = JUNE.rename("grade").reset_index()
    frame.to_csv(tmp_path / "june.csv", index=False)
    MAY.rename("grade").to_frame().to_csv(tmp_path / "may.csv", sep=";")
    forms = [
        (tmp_path / "may.csv", str(tmp_path / "june.csv"), {"segment": "grade"}),
        (table.set_index("id"), JUNE.to_frame(), {}),
        (table, pl.from_pandas(JUNE.reset_index()), {"customer": "id"}),
    ]
    for old, new, options in forms:
        moved = tenure.movement(old, new, **options)
        pd.testing.assert_frame_equal(moved.table, expected.table)
        assert moved.risers.index.tolist() == ["u"]
    with pytest.raises(OptionError, match="customer="):
        tenure.movement(pl.from_pandas(table), JUNE)
    with pytest.raises(ColumnError, match="no such column"):
        tenure.movement(table, JUNE, segment="grade", customer="id")
    with pytest.raises(FileError):
        tenure.movement(tmp_path, JUNE)
    with pytest.raises(DataError, match="expected a dataframe"):
        tenure.movement(5, JUNE)
    with pytest.raises(OptionError, match="'value' or 'rfm'"):
        tenure.movement(MAY, JUNE, scheme="both")


@pytest.mark.filterwarnings("ignore::tenure.exceptions.TenureWarning")
def test_two_monthly_runs(tmp_path):
    customers = tenure.datasets.make_omnichannel(400, seed=2)
    old = tenure.run(customers.iloc[:380], preset="flo", out=tmp_path / "may", cap_outliers=False)
    later = customers.iloc[20:].copy()
    for column in ("customer_value_total_ever_online", "order_num_total_ever_online"):
        later.loc[later.index[:40], column] *= 30
    new = tenure.run(later, preset="flo", out=tmp_path / "june", cap_outliers=False)
    for scheme in ("value", "rfm"):
        in_memory = tenure.movement(old, new, scheme=scheme)
        on_disk = tenure.movement(tmp_path / "may", tmp_path / "june", scheme=scheme)
        mixed = tenure.movement(old, tmp_path / "june", scheme=scheme)
        for other in (on_disk, mixed):
            pd.testing.assert_frame_equal(other.table, in_memory.table)
            assert other.risers.index.tolist() == in_memory.risers.index.tolist()
        assert len(in_memory.new) == len(in_memory.gone) == 20
        assert len(in_memory.risers) >= 10
    ids = customers["master_id"].iloc[20:380]
    assert set(in_memory.risers.index) <= set(ids)


def test_files_are_safe_and_complete(tmp_path):
    old = pd.Series(["B", "A"], index=["=1+1", "b"])
    new = pd.Series(["A", "B", "A"], index=["=1+1", "b", "c"])
    moved = tenure.movement(old, new)
    out = moved.to_csv(tmp_path / "moves")
    names = ["fallers", "gone", "movement", "new", "risers"]
    assert sorted(path.stem for path in out.iterdir()) == names
    risers = pd.read_csv(out / "risers.csv")
    assert risers["customer"].tolist() == ["'=1+1"]
    assert risers["current"].tolist() == ["A"]
    back = pd.read_csv(out / "movement.csv", index_col="previous")
    assert back.to_numpy().tolist() == moved.table.to_numpy().tolist()
    assert moved.risers.index.name is None


def test_ids_that_a_file_turned_into_numbers():
    numbers = pd.Series(["A", "B"], index=[17, 5])
    text = pd.Series(["B", "A"], index=["17", "5"])
    for old, new in ((numbers, text), (text, numbers)):
        assert len(tenure.movement(old, new).risers) == 1
    mixed = pd.Series(["A", "B"], index=pd.Index([17, "x"], dtype=object))
    assert tenure.movement(mixed, mixed).table.to_numpy().trace() == 2


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda s: pd.concat([s, s.iloc[:1]]), DataError, r"'id'.*several rows.*row 0 = 'u'"),
        (lambda s: s.rename(index={"u": None}), DataError, "missing customer ids"),
        (lambda s: s.replace("A", None), DataError, r"without a segment.*row 'v'"),
        (lambda s: s.iloc[:0], EmptyDataError, "no customers"),
        (lambda s: s.add_prefix("x"), DataError, "no customer is in both runs.*'xu'"),
        (lambda s: s.replace("A", "E"), OptionError, "give order="),
    ],
)
def test_runs_that_cannot_be_compared(change, error, words):
    with pytest.raises(error, match=words):
        tenure.movement(change(MAY), JUNE)


@given(
    st.lists(st.tuples(st.text(max_size=2), st.sampled_from(["A", "B", "", None, 1])), max_size=8)
)
def test_typed_error_or_movement(rows):
    old = pd.Series([s for _, s in rows], index=[i for i, _ in rows], dtype=object)
    try:
        moved = tenure.movement(old, old)
    except TenureError:
        return
    assert moved.table.to_numpy().sum() == len(old)
