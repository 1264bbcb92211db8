import copy
import itertools
import pickle
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.exceptions import DataError, OptionError
from tenure.pipeline.data_quality import segments_table
from tenure.rfm import (
    RFM_SEGMENTS,
    STANDARD_MAP,
    SegmentMap,
    canonical_segment,
    rfm_scores,
    rfm_segments,
    rfm_summary,
    segment_label,
    segment_labels,
    segment_map,
    segment_order,
)
from tenure.segments import segment_by_value

# As scripts write it.
SCRIPTS = {
    r"[1-2][1-2]": "hibernating",
    r"[1-2][3-4]": "at_Risk",
    r"[1-2]5": "cant_loose",
    r"3[1-2]": "about_to_sleep",
    r"33": "need_attention",
    r"[3-4][4-5]": "loyal_customers",
    r"41": "promising",
    r"51": "new_customers",
    r"[4-5][2-3]": "potential_loyalists",
    r"5[4-5]": "champions",
}


def scores_of(cells, columns=("recency_score", "frequency_score")):
    return pd.DataFrame(list(cells), columns=list(columns))


def customers(n=200):
    rng = np.random.default_rng(1)
    return pd.DataFrame(
        {"days": rng.integers(0, 300, n), "orders": rng.geometric(0.3, n), "spend": rng.random(n)}
    )


def test_scripts_map_is_the_standard_one():
    mine = segment_map(SCRIPTS)
    assert tuple(map(canonical_segment, mine.cells)) == STANDARD_MAP.cells
    assert mine.names == tuple(SCRIPTS.values())
    assert STANDARD_MAP.names == RFM_SEGMENTS
    cells = scores_of(itertools.product(range(1, 6), repeat=2))
    codes = cells["recency_score"].astype(str) + cells["frequency_score"].astype(str)
    expected = codes.replace(SCRIPTS, regex=True)
    assert rfm_segments(cells, segment_map=SCRIPTS).tolist() == expected.tolist()


def test_every_form_makes_the_same_map():
    patterns = {"active": ["2.", "12"], "asleep": "11"}
    pairs = {"active": [(2, 1), (2, 2), (1, 2)], "asleep": [(1, 1)]}
    scripts = {"2[1-2]|12": "active", "11": "asleep"}
    grid = pd.DataFrame(
        [["active", "active"], ["active", "asleep"]], index=[2, 1], columns=["2", "1"]
    )
    made = [segment_map(form, bins=2) for form in (patterns, pairs, scripts, grid)]
    assert all(one == made[0] for one in made)
    assert len({hash(one) for one in made}) == 1
    assert made[0].to_frame().loc[1].to_dict() == {1: "asleep", 2: "active"}
    assert segment_map(made[0]) is made[0]
    assert segment_map(made[0].to_frame()) == made[0]


@given(st.integers(1, 4), st.integers(1, 12), st.data())
def test_any_assignment_comes_back(rows, columns, data):
    cells = list(itertools.product(range(1, rows + 1), range(1, columns + 1)))
    names = data.draw(st.lists(st.sampled_from("xyz"), min_size=len(cells), max_size=len(cells)))
    form = {name: [c for c, n in zip(cells, names, strict=True) if n == name] for name in names}
    made = segment_map(form, bins=(rows, columns))
    table = scores_of(cells)
    assert rfm_segments(table, segment_map=made).tolist() == names
    separator = "_" if columns > 9 else ""
    written = {
        "|".join(f"{r}{separator}{f}" for r, f in pairs): name for name, pairs in form.items()
    }
    assert segment_map(written, bins=(rows, columns)) == made
    assert pickle.loads(pickle.dumps(made)) == copy.deepcopy(made) == made


def test_gaps_and_overlaps_are_listed():
    form = {"good": "[2-3].", "best": "33", "low": "1[1-2]"}
    with pytest.raises(
        OptionError, match=r"no segment for RF 13; several segments for RF 33 \(good, best\)"
    ):
        segment_map(form, bins=3)
    with pytest.raises(OptionError, match="and 16 more"):
        segment_map({"one": [(1, 1)]})
    twice = {"a": ["1.", "11"], "b": "2."}
    assert segment_map(twice, bins=2).names == ("a", "b")  # the same segment twice is no conflict


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "give a mapping"),
        ("champions", "give a mapping"),
        ({"a": [(6, 1)]}, r"\(6, 1\) of 'a' is none of the combinations"),
        ({"66": "a", "..": "b"}, "'66' of 'a' is none"),
        ({"a": "[1-2"}, "not a pattern"),
        ({"a": 5}, "give a pattern or a list"),
        ({"a": [5]}, "is none of the combinations"),
        ({1: [(1, 1)]}, "not a name"),
        ({" ": ".."}, "not a name"),
        (pd.DataFrame([["a", None], ["a", "b"]], index=[1, 2], columns=[1, 2]), "RF 1, 2"),
        (pd.DataFrame([["a", "b"]], index=[0], columns=[1, 2]), "each once"),
        (pd.DataFrame([["a", "b"]], index=[1], columns=[1, 1]), "each once"),
        (pd.DataFrame([["a"]], index=["x"], columns=[1]), "each once"),
        (pd.DataFrame(), "each once"),
    ],
)
def test_what_is_no_map(form, words):
    with pytest.raises(OptionError, match=words):
        segment_map(form)


@pytest.mark.parametrize(
    "options", [{"bins": 0}, {"bins": (5, 5, 5)}, {"on": "R"}, {"on": "RX"}, {"on": "RR"}]
)
def test_options_of_maps(options):
    with pytest.raises(OptionError):
        segment_map(SCRIPTS, **options)


def test_maps_of_three_scores_and_of_others():
    table = customers()
    columns = {"recency": "days", "frequency": "orders", "monetary": "spend"}
    scores = rfm_scores(table, **columns, bins=3)
    cube = segment_map({"top": "333", "rest": "(?!333)..."}, bins=3, on="RFM")
    segments = rfm_segments(scores, segment_map=cube)
    assert ((scores["RFM_SCORE"] == "333") == (segments == "top")).all()
    assert len(cube.to_frame()) == 27
    flat = segment_map({"big": ".3", "small": ".[12]"}, bins=3, on="FM")
    assert (rfm_segments(scores, segment_map=flat) == "big").equals(scores["monetary_score"] == 3)
    with pytest.raises(OptionError, match="a grid has two scores"):
        segment_map(flat.to_frame(), on="RFM")
    summary = rfm_summary(scores, segments, segment_map=cube)
    assert summary.index.tolist() == ["top", "rest"]
    with pytest.raises(OptionError, match="not a segment of the map"):
        segment_order(["champions"], segment_map=cube)


def test_scores_and_map_must_have_the_same_bins():
    columns = {"recency": "days", "frequency": "orders"}
    # Four scores look like a part of five; the table remembers that they are not.
    scores = rfm_scores(customers(), **columns, bins=4)
    with pytest.raises(DataError, match="scores 1 to 4, and the segments are defined for 1 to 5"):
        rfm_segments(scores)
    quarters = segment_map({"all": ".."}, bins=4)
    assert set(rfm_segments(scores, segment_map=quarters)) == {"all"}
    mixed = rfm_scores(
        customers(), **columns, bins={"recency": [30, 90], "frequency": lambda f: 1 + (f > 1)}
    )
    thirds = segment_map({"all": ".."}, bins=(3, 2))
    assert set(rfm_segments(mixed, segment_map=thirds)) == {"all"}
    ten = rfm_scores(customers(), **columns, bins=10)
    wide = segment_map({r"(9|10)_\d+": "recent", r"[1-8]_\d+": "other"}, bins=10)
    recent = rfm_segments(ten, segment_map=wide) == "recent"
    assert recent.equals(ten["recency_score"] >= 9)


def test_repr_names_the_segments():
    assert repr(STANDARD_MAP).startswith("<tenure.rfm.SegmentMap of RF (5 × 5): champions, ")
    assert isinstance(STANDARD_MAP, SegmentMap)


@pytest.mark.parametrize("language", ["en", "tr"])
def test_labels(language):
    labels = [segment_label(name, language=language) for name in RFM_SEGMENTS]
    assert len(set(labels)) == 10
    # Labels lead back to the names, as do both spellings.
    assert tuple(map(canonical_segment, labels)) == RFM_SEGMENTS
    for spelling, name in (("at_Risk", "at_risk"), ("cant_loose", "cant_lose")):
        assert segment_label(spelling, language=language) == segment_label(name, language=language)
    with pytest.raises(OptionError, match="'en' or 'tr'"):
        segment_label("champions", language="de")


def test_labels_of_customers():
    segments = pd.Series(["champions", "mine", None], index=list("abc"), name="segment")
    labels = segment_labels(segments, language="tr")
    assert labels.tolist()[:2] == ["Şampiyonlar", "mine"]
    assert labels.isna().tolist() == [False, False, True]
    assert labels.name == "segment"
    assert labels.index.equals(segments.index)


def test_turkish_is_written_in_turkish():
    words = " ".join(segment_label(name, language="tr") for name in RFM_SEGMENTS)
    assert not re.search(r"[qwxQWX]", words)
    assert set("ıüİŞ") <= set(words)


def test_the_overview_takes_any_map():
    table = customers()
    scores = rfm_scores(table, recency="days", frequency="orders", monetary="spend", bins=2)
    halves = segment_map({"asleep": "1.", "active": "2."}, bins=2)
    scores["segment"] = rfm_segments(scores, segment_map=halves)
    forecast = pd.DataFrame({"clv_6m": table["spend"]})
    forecast["segment"] = segment_by_value(forecast["clv_6m"])
    overview = segments_table(forecast, scores, "clv_6m", segment_map=halves)
    assert overview["segment"].tolist() == ["A", "B", "C", "D", "asleep", "active"]
    assert "advice" not in overview.columns  # that comes from the insights
    by_scheme = overview.groupby("scheme")[["customers", "revenue"]].sum()
    assert by_scheme["customers"].eq(len(table)).all()
    np.testing.assert_allclose(by_scheme["revenue"], table["spend"].sum())
    scores["segment"] = "at_Risk"
    standard = segments_table(forecast, scores, "clv_6m")
    assert standard["segment"].iloc[-1] == "at_Risk"
