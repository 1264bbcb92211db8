"""Breakdowns by channel, category and type of store: counted by hand, whole and by segment."""

import numpy as np
import pandas as pd
import pytest

import tenure
from tenure.datasets import make_omnichannel
from tenure.exceptions import ColumnError, DataError, EmptyDataError, OptionError
from tenure.pipeline.breakdowns import breakdown_table

TABLE = pd.DataFrame(
    {
        "via": ["web", "shop", None, "web"],
        "likes": ["[MEN, KIDS]", "[]", "[KIDS]", None],
        "stores": ["A", "A,B", "B", "A,B,A"],
        "orders_total": [1, 2, 3, 4],
        "spend_total": [10.0, 20.0, 30.0, 60.0],
        "segment": ["low", "high", "high", "low"],
    },
    index=list("wxyz"),
)
COLUMNS = ["customers", "share", "orders_sum", "orders_mean", "spend_sum", "spend_mean"]


def rows(table):
    return dict(zip(table.index, table.to_numpy(dtype=float).tolist(), strict=True))


def test_one_value_per_customer():
    assert tenure.breakdown_table is breakdown_table
    found = breakdown_table(TABLE, "via")
    assert list(found) == COLUMNS
    assert found.index.name == "via"
    assert rows(found) == {
        "web": [2, 0.5, 5, 2.5, 70, 35],
        "(missing)": [1, 0.25, 3, 3, 30, 30],
        "shop": [1, 0.25, 2, 2, 20, 20],
    }


@pytest.mark.parametrize("form", ["text", "lists", "category"])
def test_a_customer_counts_in_each_value_of_a_list(form):
    table = TABLE
    if form == "lists":
        cells = pd.Series([["MEN", "KIDS"], [], ["KIDS"], None], index=TABLE.index, dtype=object)
        table = TABLE.assign(likes=cells)
    elif form == "category":
        table = TABLE.astype({"likes": "category"})
    found = breakdown_table(table, "likes", several=True)
    assert rows(found) == {
        "KIDS": [2, 0.5, 4, 2, 40, 20],
        "(missing)": [1, 0.25, 4, 4, 60, 60],
        "(none)": [1, 0.25, 2, 2, 20, 20],
        "MEN": [1, 0.25, 1, 1, 10, 10],
    }


def test_a_label_that_is_repeated_in_a_cell_counts_once():
    found = breakdown_table(TABLE, "stores", several=True)
    assert rows(found) == {"A": [3, 0.75, 7, 7 / 3, 90, 30], "B": [3, 0.75, 9, 3, 110, 110 / 3]}


def test_segments_are_broken_down_each_by_itself():
    found = breakdown_table(TABLE, "stores", several=True, segments="segment")
    assert found.index.names == ["segment", "stores"]
    assert rows(found) == {
        ("low", "A"): [2, 1.0, 5, 2.5, 70, 35],
        ("low", "B"): [1, 0.5, 4, 4, 60, 60],
        ("high", "A"): [1, 0.5, 2, 2, 20, 20],
        ("high", "B"): [2, 1.0, 5, 2.5, 50, 25],
    }
    ordered = pd.Series(
        pd.Categorical(TABLE["segment"], categories=["low", "mid", "high"], ordered=True)
    )
    best_first = breakdown_table(TABLE, "via", segments=ordered)
    assert best_first.index.get_level_values(0).unique().tolist() == ["high", "low"]


def test_refusals():
    with pytest.raises(EmptyDataError, match="via"):
        breakdown_table(TABLE.iloc[:0], "via")
    with pytest.raises(ColumnError, match="no such column"):
        breakdown_table(TABLE, "vai")
    with pytest.raises(DataError, match="no segment"):
        breakdown_table(TABLE, "via", segments="likes")
    with pytest.raises(DataError, match="one row per customer"):
        breakdown_table(TABLE, "via", segments=pd.Series(["a"]))


# In a run ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def customers():
    table = make_omnichannel(1500, seed=3)
    kinds = np.array(["A", "A,B", "A,C", "A,B,C"])
    return table.assign(store_type=kinds[np.arange(len(table)) % 4])


@pytest.fixture(scope="module")
def results(customers, tmp_path_factory):
    out = tmp_path_factory.mktemp("flo")
    with pytest.warns(tenure.exceptions.TenureWarning):
        return tenure.run(customers, preset="flo", out=out, outputs=["tables"])


TABLES = {
    "channels": ("channel", "order_channel", False),
    "last_channels": ("last_channel", "last_order_channel", False),
    "categories": ("category", "interested_in_categories_12", True),
    "store_types": ("store_type", "store_type", True),
}


@pytest.mark.parametrize("name", TABLES)
def test_every_breakdown_is_a_table_and_a_file(results, customers, name):
    role, column, several = TABLES[name]
    table = results.tables[name]
    assert list(table) == [role, *COLUMNS]
    expected = breakdown_table(results.history, column, several=several)
    np.testing.assert_allclose(table[COLUMNS], expected)
    if not several:
        assert table["customers"].sum() == len(customers)
    crossed = results.tables[f"{name}_by_segment"]
    assert list(crossed) == ["scheme", "segment", role, *COLUMNS]
    for scheme in ("value", "rfm"):
        part = crossed[crossed["scheme"] == scheme]
        totals = part.groupby(role)[["customers", "orders_sum", "spend_sum"]].sum()
        np.testing.assert_allclose(
            totals.loc[table[role]], table[["customers", "orders_sum", "spend_sum"]]
        )
        order = results.segments.loc[results.segments["scheme"] == scheme, "segment"].tolist()
        assert part["segment"].unique().tolist() == order
    for file in (f"{name}.csv", f"{name}_by_segment.csv"):
        assert len(pd.read_csv(results.out / file)) == len(results.tables[file[:-4]])


def test_columns_named_without_a_preset(customers, results):
    flo = tenure.presets.FLO
    roles = {**flo.roles, "channel": "order_channel", "last_channel": "last_order_channel"}
    with pytest.warns(tenure.exceptions.TenureWarning):
        found = tenure.run(
            customers,
            **roles,
            category="interested_in_categories_12",
            store_type="store_type",
        )
    for name in TABLES:
        for table in (name, f"{name}_by_segment"):
            pd.testing.assert_frame_equal(found.tables[table], results.tables[table])


def test_a_column_that_is_not_there_is_an_error_before_any_fit(customers):
    with pytest.raises(ColumnError, match="last_channel='last_chanel'"):
        tenure.run(customers, preset="flo", last_channel="last_chanel")
    with pytest.raises(OptionError, match="store_type: a table of purchases"):
        tenure.run(customers, customer="a", date="b", store_type="c")


@pytest.mark.filterwarnings("ignore::tenure.exceptions.TenureWarning")
def test_a_file_without_types_of_store_has_no_such_table(customers):
    found = tenure.run(customers.drop(columns="store_type"), preset="flo", language="tr")
    assert "store_types" not in found.tables
    categories = found.tables["categories"]["category"]
    assert "(none)" not in set(categories)
    assert "(yok)" in set(categories) or not (customers.iloc[:, -2] == "[]").any()
