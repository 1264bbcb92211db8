"""Campaigns: rules against a row-by-row reading of them, files, money, exports."""

import dataclasses
import datetime
import importlib.util
import json
import pickle
import re
import warnings

import numpy as np
import openpyxl
import pandas as pd
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

import tenure
from tenure.campaigns import (
    Campaign,
    CampaignList,
    Threshold,
    campaign_table,
    draw_up,
    export_campaigns,
    overlap,
    read_campaigns,
    select,
    write_campaigns,
)
from tenure.exceptions import (
    ColumnError,
    DataError,
    FileError,
    OptionError,
    TenureWarning,
)
from tenure.presets import FLO
from tenure.run_files.record import file_hash

COLUMNS = {"categories": "likes", "channel": "via", "store_type": "stores"}
RFM = ["champions", "loyal_customers", "at_risk", "hibernating"]
LABELS = ["KADIN", "ERKEK", "COCUK", "AKTIFCOCUK"]
VIA = ["Mobile", "Ios App", "Desktop"]


# Against a row-by-row reading --------------------------------------------------------------------


def lists(labels, form):
    return st.lists(st.sampled_from(labels), max_size=3, unique=True).map(form)


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "segment": st.sampled_from(RFM),
            "value_segment": st.sampled_from("ABCD"),
            "likes": lists(LABELS, lambda found: f"[{', '.join(found)}]"),
            "via": st.sampled_from(VIA),
            "stores": st.none() | lists(["A", "B", "AB"], ",".join),
            "clv_6m": st.none() | st.integers(0, 6).map(float),
            "p_alive": st.floats(0, 1),
            "orders_total": st.integers(0, 4),
            "spend_total": st.integers(0, 9).map(float),
        }
    ),
    max_size=12,
)
RULES = st.fixed_dictionaries(
    {},
    optional={
        "segments": st.lists(st.sampled_from(RFM), max_size=2),
        "value_segments": st.lists(st.sampled_from("ABCD"), max_size=2),
        "categories": st.lists(st.sampled_from(LABELS), max_size=2),
        "match": st.sampled_from(["exact", "contains"]),
        "channels": st.lists(st.sampled_from(VIA), max_size=2),
        "store_types": st.lists(st.sampled_from(["A", "B"]), max_size=2),
        "thresholds": st.fixed_dictionaries(
            {},
            optional={
                "clv_6m": st.sampled_from([{"min": 2}, {"max": 4.0}, {"min": 1, "max": 3}]),
                "p_alive": st.sampled_from([{"min": 0.5}, {"max": 0.5}]),
            },
        ),
        "min_average_order": st.sampled_from([0.0, 1.0, 2.5]),
        "exclude_ids": st.lists(st.sampled_from(["c0", "c3", "c11"]), max_size=2),
        "limit": st.integers(1, 6),
        "ascending": st.booleans(),
        "rank_by": st.sampled_from(["clv_6m", "spend_total"]),
    },
)


def meets(row, rule):
    """One customer, one rule after the other, in plain Python."""
    likes = [label for label in row["likes"][1:-1].split(", ") if label]
    stores = row["stores"].split(",") if row["stores"] else []
    if rule.segments and row["segment"] not in rule.segments:
        return False
    if rule.value_segments and row["value_segment"] not in rule.value_segments:
        return False
    if rule.categories:
        found = [
            wanted == label if rule.match == "exact" else wanted in label
            for wanted in rule.categories
            for label in likes
        ]
        if not any(found):
            return False
    if rule.channels and row["via"] not in rule.channels:
        return False
    if rule.store_types and not set(rule.store_types) & set(stores):
        return False
    for bound in rule.thresholds:
        value = row[bound.column]
        if value is None or (bound.min is not None and value < bound.min):
            return False
        if bound.max is not None and value > bound.max:
            return False
    if rule.min_average_order > 0:
        if row["orders_total"] == 0:
            return False
        if row["spend_total"] / row["orders_total"] < rule.min_average_order:
            return False
    return row["id"] not in rule.exclude_ids


@given(rows=ROWS, options=RULES, seed=st.integers(0, 9))
def test_rules_are_what_a_reading_row_by_row_gives(rows, options, seed):
    if "limit" in options:
        options.setdefault("rank_by", "clv_6m")
    rule = Campaign(name="x", **options)
    people = [{**row, "id": f"c{number}"} for number, row in enumerate(rows)]
    chosen = [row for row in people if meets(row, rule)]
    if rule.rank_by is not None:
        sign = 1 if rule.ascending else -1
        chosen.sort(
            key=lambda row: (
                row[rule.rank_by] is None,
                sign * (row[rule.rank_by] or 0.0),
                row["id"],
            )
        )
        chosen = chosen[: rule.limit]
    kinds = {"clv_6m": float, "p_alive": float, "orders_total": float, "spend_total": float}
    names = [*people[0]] if people else ["id", *ROWS_COLUMNS]
    table = pd.DataFrame(people, columns=names).astype(kinds).set_index("id")
    ids = select(rule, table, **COLUMNS)
    assert ids.tolist() == [row["id"] for row in chosen]
    shuffled = table.sample(frac=1, random_state=seed)
    again = select(rule, shuffled, **COLUMNS)
    assert sorted(again) == sorted(ids)
    if rule.rank_by is not None:
        assert again.tolist() == ids.tolist()


ROWS_COLUMNS = (
    "segment", "value_segment", "likes", "via", "stores", "clv_6m", "p_alive", "orders_total",
    "spend_total",
)  # fmt: skip


def test_store_types_are_compared_letter_by_letter():
    table = pd.DataFrame({"store_type": ["A", "A,B", "AB", "[B]", None]}, index=list("vwxyz"))
    assert select(Campaign(name="x", store_types=["A"]), table).tolist() == ["v", "w"]
    assert select(Campaign(name="x", store_types=["B"]), table).tolist() == ["w", "y"]


def test_thresholds_on_dates():
    days = pd.to_datetime(["2021-05-01 00:00", "2021-05-31 18:00", "2021-06-01 00:00", None])
    table = pd.DataFrame({"last": days}, index=list("abcd"))
    may = {"last": {"min": datetime.date(2021, 5, 1), "max": datetime.date(2021, 5, 31)}}
    assert select(Campaign(name="x", thresholds=may), table).tolist() == ["a", "b"]
    until = {"last": {"max": datetime.datetime(2021, 5, 31, 12)}}
    assert select(Campaign(name="x", thresholds=until), table).tolist() == ["a"]
    with pytest.raises(DataError, match="numbers"):
        select(Campaign(name="x", thresholds={"last": {"min": 3}}), table)


def test_ties_of_a_limited_list_stand_by_id():
    table = pd.DataFrame({"v": [1.0, 2.0, 2.0, 2.0, np.nan]}, index=[5, 30, 4, 20, 1])
    rule = Campaign(name="x", rank_by="v", limit=2)
    assert select(rule, table).tolist() == [4, 20]
    mixed = table.set_axis(pd.Index([5, "30", 4, "20", 1], dtype=object))
    assert select(rule, mixed).tolist() == ["20", "30"]
    whole = dataclasses.replace(rule, limit=9, ascending=True)
    assert select(whole, table).tolist() == [5, 4, 20, 30, 1]


def test_exclusions(tmp_path):
    table = pd.DataFrame({"v": range(6)}, index=pd.Index([7, 8, 9, 10, 11, 12], name="who"))
    file = tmp_path / "blocked.csv"
    file.write_text("who\n8\n'=9\n")
    rule = Campaign(name="x", exclude_ids=["7"], exclude_files=[str(file)])
    assert select(rule, table).tolist() == [9, 10, 11, 12]
    two = tmp_path / "two.csv"
    two.write_text("note;who\nx;007\ny;10\n")
    text = table.set_axis(pd.Index(["007", "=1+1", "8", "10", "11", "12"], name="who"))
    assert "007" not in select(Campaign(name="x", exclude_files=[str(two)]), text)
    marked = tmp_path / "marked.csv"
    marked.write_text("who\n'=1+1\n")
    assert "=1+1" not in select(Campaign(name="x", exclude_files=[str(marked)]), text)
    pytest.importorskip("openpyxl")
    pd.DataFrame({"who": [7, 12]}).to_excel(tmp_path / "b.xlsx", index=False)
    rule = Campaign(name="x", exclude_files=[str(tmp_path / "b.xlsx")])
    assert select(rule, table).tolist() == [8, 9, 10, 11]
    with pytest.raises(FileError, match="nothing"):
        select(Campaign(name="x", exclude_files=[str(tmp_path / "nothing.csv")]), table)


def test_campaigns_exclude_one_another():
    table = pd.DataFrame({"v": [3.0, 2.0, 1.0]}, index=list("abc"))
    best = Campaign(name="best", rank_by="v", limit=1)
    next_best = Campaign(name="next", rank_by="v", limit=1, exclude_campaigns=["best"])
    rest = Campaign(name="rest", exclude_campaigns=["best", "next"])
    found = draw_up([rest, next_best, best], table)
    assert {name: ids.tolist() for name, ids in found.items()} == {
        "rest": ["c"],
        "next": ["b"],
        "best": ["a"],
    }
    assert list(found) == ["rest", "next", "best"]
    circle = [
        Campaign(name="a", exclude_campaigns=["b"]),
        Campaign(name="b", exclude_campaigns=["a"]),
    ]
    with pytest.raises(OptionError, match="circle"):
        draw_up(circle, table)
    with pytest.raises(OptionError, match="'best'"):
        draw_up([next_best], table)
    with pytest.raises(OptionError, match="draw_up"):
        select(next_best, table)
    with pytest.raises(OptionError, match="appears twice"):
        draw_up([best, best], table)
    with pytest.raises(OptionError, match="file_name"):
        draw_up([best, Campaign(name="BEST!")], table)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"name": " "}, "name"),
        ({"segments": ["best"]}, "not an RFM segment"),
        ({"value_segments": "A"}, "list of names"),
        ({"channels": [3]}, "not a name"),
        ({"thresholds": {"v": 3}}, "min, max"),
        ({"thresholds": {"v": {"least": 3}}}, "min, max"),
        ({"thresholds": {"v": {}}}, "min, max"),
        ({"thresholds": {"v": {"min": "3"}}}, "finite number"),
        ({"thresholds": {"v": {"min": float("inf")}}}, "finite number"),
        ({"thresholds": {"v": {"min": 3, "max": 1}}}, "no customer"),
        ({"thresholds": {"v": {"min": 3, "max": datetime.date(2021, 1, 1)}}}, "two numbers"),
        ({"thresholds": [3]}, "bounds"),
        ({"limit": 0}, "limit"),
        ({"limit": True}, "limit"),
        ({"limit": 2.0}, "limit"),
        ({"rank_by": ""}, "rank_by"),
        ({"ascending": "yes"}, "ascending"),
        ({"discount": 10}, "0.1 for 10 %"),
        ({"margin": -0.1}, "margin"),
        ({"exclude_campaigns": ["x"]}, "excludes itself"),
        ({"file_name": "../x.csv"}, "without a folder"),
        ({"file_name": "a\\b.csv"}, "without a folder"),
        ({"file_name": "x.exe"}, ".csv"),
        ({"file_name": ".csv"}, ".csv"),
    ],
)
def test_rules_are_checked_when_written(options, says):
    with pytest.raises(OptionError, match=says.replace(".", r"\.")):
        Campaign(**{"name": "x", **options})


def test_unknown_columns_and_segments_are_named():
    table = pd.DataFrame({"clv_6m": [1.0], "value_segment": pd.Categorical(["A"], list("DCBA"))})
    with pytest.raises(ColumnError, match="clv_6m"):
        select(Campaign(name="x", thresholds={"clv_6": {"min": 1}}), table)
    with pytest.raises(OptionError, match="'A'"):
        select(Campaign(name="x", value_segments=["Z"]), table)
    with pytest.raises(OptionError, match="rank_by"):
        select(Campaign(name="x", limit=3), table)
    with pytest.raises(DataError, match="dates"):
        select(Campaign(name="x", thresholds={"clv_6m": {"min": datetime.date(2021, 1, 1)}}), table)


def test_rules_say_themselves():
    rule = Campaign(
        name="Mayıs İndirimi",
        value_segments=["A", "B"],
        channels=["Mobile"],
        store_types=["A"],
        thresholds={"clv_6m": {"min": 1000.5}, "p_alive": {"min": 0.2, "max": 0.5}},
        exclude_ids=["c1"],
        exclude_campaigns=["best"],
        exclude_files=["lists/blocked.csv"],
        limit=1000,
        rank_by="clv_6m",
    )
    assert rule.file_name == "mayis_indirimi.csv"
    assert rule.rule == (
        "value segment A or B; channel Mobile; bought in store type A; value, 6 months ≥"
        " 1,000.5; 0.2 ≤ P(alive) ≤ 0.5; without campaign best and 1 listed customers and the"
        " customers in blocked.csv; the first 1,000 by value, 6 months"
    )
    assert rule.describe("tr") == (
        "değer segmenti A veya B; kanal Mobile; alışveriş yaptığı mağaza türü A;"
        " değer, 6 ay ≥ 1.000,5; 0,2 ≤ P(aktif) ≤ 0,5; hariç: best kampanyası ve listelenen 1"
        " müşteri ve blocked.csv dosyasındaki müşteriler; değer, 6 ay sıralamasında ilk 1.000"
    )
    with pytest.raises(OptionError, match="'de'"):
        rule.describe("de")
    assert rule.thresholds[0] == Threshold("clv_6m", min=1000.5)
    assert pickle.loads(pickle.dumps(rule)) == rule
    assert hash(rule) == hash(dataclasses.replace(rule))


# Files ------------------------------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8).filter(
    lambda text: text.strip()
)


@given(
    options=RULES,
    name=TEXT,
    labels=st.lists(TEXT, max_size=2),
    ids=st.lists(TEXT | st.integers(-(2**63), 2**63 - 1), max_size=3),
    day=st.dates(),
    money=st.fixed_dictionaries(
        {}, optional={"discount": st.floats(0, 1), "margin": st.floats(0, 1)}
    ),
)
def test_toml_round_trip(tmp_path_factory, options, name, labels, ids, day, money):
    rule = Campaign(
        **{
            **options,
            **money,
            "name": name,
            "categories": labels,
            "exclude_ids": ids,
            "thresholds": {**options.get("thresholds", {}), "last": {"min": day}},
        }
    )
    path = tmp_path_factory.mktemp("toml") / "campaigns.toml"
    assert read_campaigns(write_campaigns([rule], path)) == (rule,)


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ('[[campaign]]\nname = "x"\nsegmets = []', OptionError, "Did you mean 'segments'"),
        ('[[campaign]]\nname = "x"\nzzz = 1', OptionError, "exclude_files"),
        ("[[campaign]]\nsegments = []", OptionError, "name is missing"),
        ('[[campaign]]\nname = "x"\nlimit = "3"', OptionError, r"campaign 1 \('x'\): limit='3'"),
        ('[campaign]\nname = "x"', OptionError, "table of its own"),
        ("[[campaigns]]", OptionError, r"\[\[campaign\]\]"),
        ("campaign = [1]", OptionError, "table of its own"),
        ('[[campaign]\nname = "x"', FileError, "line 1"),
        (
            '[[campaign]]\nname = "x"\n[[campaign]]\nname = "x"',
            OptionError,
            "appears twice",
        ),
        (
            '[[campaign]]\nname = "x"\nexclude_campaigns = ["y"]',
            OptionError,
            "not a campaign",
        ),
    ],
)
def test_bad_toml_says_where(tmp_path, text, error, says):
    path = tmp_path / "campaigns.toml"
    path.write_text(text)
    with pytest.raises(error, match=says) as caught:
        read_campaigns(path)
    assert "campaigns.toml" in str(caught.value)


def test_missing_and_unreadable_files(tmp_path):
    with pytest.raises(FileError, match="no file"):
        read_campaigns(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b'name = "\xfc"')
    with pytest.raises(FileError, match="not TOML"):
        read_campaigns(tmp_path / "latin.toml")


def test_files_of_ids_are_looked_for_beside_the_rules(tmp_path):
    (tmp_path / "blocked.csv").write_text("id\na\n")
    path = tmp_path / "campaigns.toml"
    path.write_text('[[campaign]]\nname = "x"\nexclude_files = ["blocked.csv"]\n')
    table = pd.DataFrame({"v": [1, 2]}, index=["a", "b"])
    assert select(read_campaigns(path)[0], table).tolist() == ["b"]


def test_ids_that_toml_cannot_hold(tmp_path):
    with pytest.raises(OptionError, match="TOML"):
        write_campaigns([Campaign(name="x", exclude_ids=[object()])], tmp_path / "x.toml")
    assert list(tmp_path.iterdir()) == []


def test_the_shipped_file_is_the_preset():
    assert [rule.file_name for rule in FLO.campaigns] == [
        "new_brand_target_customer_id.csv",
        "discount_target_customer_ids.csv",
    ]
    assert FLO.campaigns[0].min_average_order == 250


# Money, overlap, exports ------------------------------------------------------------------------


@pytest.fixture
def made():
    frame = pd.DataFrame(
        {"expected_purchases_6m": [1.0, 2.0, 0.5], "clv_6m": [100.0, 40.0, 10.0]},
        index=pd.Index(["=HYPERLINK(1)", "007", "c"], name="who"),
    )
    sale = Campaign(name="Sale", discount=0.1, margin=0.4, file_name="sale.xlsx")
    mail = Campaign(name="Mail", file_name="mail.csv")
    columns = {"purchases_column": "expected_purchases_6m", "value_column": "clv_6m"}
    return (
        CampaignList(sale, frame.iloc[:2], 4, **columns),
        CampaignList(mail, frame.iloc[1:], 4, **columns),
    )


def test_money(made):
    sale, mail = made
    assert sale.expected_revenue == 140.0
    assert sale.revenue_after_discount == pytest.approx(126.0)
    # Goods cost 60 % of the full price; 90 % of it comes in.
    assert sale.expected_margin == pytest.approx(140.0 * 0.9 - 140.0 * 0.6)
    assert mail.revenue_after_discount == mail.expected_revenue == 50.0
    assert mail.expected_margin is None
    assert sale.expected_purchases == 3.0
    assert sale.share == 0.5
    table = campaign_table(made)
    assert table.loc["Sale", "customers"] == 2
    assert np.isnan(table.loc["Mail", "expected_margin"])
    no_money = CampaignList(mail.campaign, mail.customers, 4, "expected_purchases_6m")
    assert no_money.expected_revenue is no_money.revenue_after_discount is None
    assert "revenue" not in repr(no_money)
    assert "expected_revenue" not in campaign_table([no_money])
    assert campaign_table([]).empty


def test_overlap_counts_common_customers(made):
    table = overlap(made)
    assert table.to_numpy().tolist() == [[2, 1], [1, 2]]
    assert table.index.tolist() == table.columns.tolist() == ["Sale", "Mail"]
    assert overlap([]).shape == (0, 0)


def test_export(made, tmp_path):
    out = export_campaigns(made, tmp_path / "lists", analysis_date="2021-06-01", horizon="6m")
    assert sorted(file.name for file in out.iterdir()) == [
        "campaigns.json",
        "mail.csv",
        "sale.xlsx",
    ]
    assert (out / "mail.csv").read_text() == "who\n007\nc\n"
    sheet = openpyxl.load_workbook(out / "sale.xlsx").active
    cells = [cell for (cell,) in sheet.iter_rows()]
    assert [cell.value for cell in cells] == ["who", "=HYPERLINK(1)", "007"]
    assert {cell.data_type for cell in cells} == {"s"}, "formulas and numbers would be f and n"
    manifest = json.loads((out / "campaigns.json").read_text())
    assert manifest["tenure"] == tenure.__version__
    assert manifest["analysis_date"] == "2021-06-01"
    sale, mail = manifest["campaigns"]
    assert sale["customers"] == 2
    assert sale["overlap"] == {"Mail": 1}
    assert sale["fields"]["discount"] == 0.1
    assert sale["expected_margin"] == pytest.approx(42.0)
    for entry in (sale, mail):
        assert entry["sha256"] == file_hash(out / entry["file"])


def test_a_list_longer_than_a_sheet_is_refused(made, tmp_path, monkeypatch):
    monkeypatch.setattr("tenure.io.spreadsheets.ROWS", 1)
    with pytest.raises(OptionError, match=r"sale\.xlsx: .*\.csv"):
        export_campaigns(made, tmp_path / "lists")
    assert list(tmp_path.iterdir()) == []


def test_the_manifest_names_no_folders(made, tmp_path):
    rule = Campaign(name="x", exclude_files=[str(tmp_path / "blocked.csv")])
    out = export_campaigns([dataclasses.replace(made[1], campaign=rule)], tmp_path / "lists")
    text = (out / "campaigns.json").read_text()
    assert "blocked.csv" in text
    assert str(tmp_path) not in text


def test_formulas_in_a_csv_stay_text(made, tmp_path):
    marked = dataclasses.replace(made[0], campaign=Campaign(name="Sale"))
    out = export_campaigns([marked], tmp_path)
    assert (out / "sale.csv").read_text() == "who\n'=HYPERLINK(1)\n007\n"


def test_export_needs_what_the_file_needs(made, tmp_path, monkeypatch):
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *rest: None if name == "xlsxwriter" else real(name, *rest),
    )
    with pytest.raises(ImportError, match=r"'\.\[excel\]'"):
        export_campaigns(made, tmp_path / "lists")
    assert not (tmp_path / "lists").exists()


# The page ---------------------------------------------------------------------------------------

PAGE = (ROOT / "docs" / "campaigns.md").read_text(encoding="utf-8")


def test_the_page_does_what_it_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (rules,) = re.findall(r"```toml\n(.*?)```", PAGE, flags=re.DOTALL)
    (tmp_path / "campaigns.toml").write_text(rules)
    (tmp_path / "unsubscribed.csv").write_text("master_id\nnobody\n")
    tenure.datasets.make_omnichannel(500, seed=1).to_csv("customers.csv", index=False)
    ours, flo = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    names: dict[str, object] = {"tenure": tenure}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        exec(compile(ours, "campaigns.md", "exec"), names)
        assert (tmp_path / "lists" / "win_back.xlsx").is_file()
        assert names["analysis"].overlap.loc["Win back", "Spring sale"] == 0
        exec(compile(flo, "campaigns.md", "exec"), names)
    assert names["analysis"].campaigns[1].campaign.categories == ("ERKEK", "COCUK")


def test_the_page_names_every_key():
    for field in dataclasses.fields(Campaign):
        assert f"`{field.name}`" in PAGE
