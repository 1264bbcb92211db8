"""Whatever the caller's columns are called, the figures are those of the same table."""

from __future__ import annotations

import itertools
import json
import warnings

import numpy as np
import pandas as pd
import pytest

import tenure
from tenure.campaigns import Campaign, select
from tenure.exceptions import TenureWarning
from tenure.io.column_names import RESERVED, is_reserved
from tenure.segments import segment_summary

TOTALS_ROLES = (
    "customer", "first_order", "last_order", "orders", "spend", "channel", "category", "store_type",
)  # fmt: skip
PURCHASE_ROLES = ("customer", "date", "amount", "quantity")
NAMES = (
    *sorted(RESERVED),
    "expected_purchases_3m", "expected_purchases_6m", "clv_3m", "clv_6m", "customer", "customer_id",
    "date", "amount", "quantity", "first_order", "last_order", "first", "last", "channel",
    "category", "store_type", "customers", "orders_sum", "orders_mean", "spend_sum", "spend_mean",
    "share", "revenue", "scheme", "advice", "index", "level_0", "name", "values", "count", "id",
    "cohort", "age", "", "x", "channel (given)", "orders_total (given)",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        yield


def totals(n=40):
    rng = np.random.default_rng(3)
    first = pd.Timestamp("2023-01-02") + pd.to_timedelta(rng.integers(0, 300, n), "D")
    orders = 1 + rng.poisson(2.0, n)
    gap = np.where(orders > 1, rng.integers(10, 400, n), 0)
    return pd.DataFrame(
        {
            "customer": [f"c{i:02d}" for i in range(n)],
            "first_order": first.strftime("%Y-%m-%d"),
            "last_order": (first + pd.to_timedelta(gap, "D")).strftime("%Y-%m-%d"),
            "orders": orders,
            "spend": (orders * rng.gamma(4.0, 20.0, n)).round(2),
            "channel": rng.choice(["web", "shop", "app"], n),
            "category": rng.choice(["[A]", "[B, A]", "[]", "[B]"], n),
            "store_type": rng.choice(["A", "A,B", "B"], n),
        }
    )


def purchases(n=200):
    rng = np.random.default_rng(4)
    days = pd.Timestamp("2023-01-02") + pd.to_timedelta(rng.integers(0, 500, n), "D")
    return pd.DataFrame(
        {
            "customer": rng.integers(100, 140, n),
            "date": days.strftime("%Y-%m-%d"),
            "amount": rng.gamma(4.0, 20.0, n).round(2),
            "quantity": rng.integers(1, 4, n),
        }
    )


RULES = (
    Campaign(name="web", channels=["web"]),
    Campaign(name="a", categories=["A"]),
    Campaign(name="b", store_types=["B"], limit=9),
    Campaign(name="rich", min_average_order=80, thresholds={"p_alive": {"min": 0.1}}),
)


def renamed(table, names):
    """The table under other names, with a column in none of the roles, and its roles."""
    roles = dict(zip(table.columns, names, strict=True))
    found = table.rename(columns=roles)
    # A bystander of each name that no role has: another column of ours may be confused with it.
    free = [name for name in ("orders_total", "spend_total", "segment", "T") if name not in names]
    return found.assign(**dict.fromkeys(free[:2], "bystander")), roles


def names_for(shift, count):
    return [NAMES[(shift + 7 * place) % len(NAMES)] for place in range(count)]


OF_NAMES = ("columns", "profile", "first_rows")
"""Tables that hold the caller's names."""


def figures(analysis):
    """Everything that an analysis found, by position: headings and the index's name may differ."""
    tables = {
        "customers": analysis.customers,
        "forecast": analysis.forecast,
        "rfm": analysis.rfm,
        "segments": analysis.segments,
        "insights": analysis.insights,
        **{name: analysis.tables[name] for name in analysis.tables if name not in OF_NAMES},
    }
    found = {
        name: (table.index.tolist(), table.to_numpy(dtype=object).tolist())
        for name, table in tables.items()
    }
    found["campaigns"] = {item.name: item.ids.tolist() for item in analysis.campaigns}
    found["totals"] = analysis.history[["orders_total"]].to_numpy().tolist()
    return json.loads(json.dumps(found, default=str))


@pytest.fixture(scope="module")
def neutral():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        table, roles = renamed(totals(), [f"neutral{i}" for i in range(len(TOTALS_ROLES))])
        of_totals = tenure.run(table, **roles, campaigns=RULES)
        table, roles = renamed(purchases(), [f"neutral{i}" for i in range(len(PURCHASE_ROLES))])
        of_purchases = tenure.run(table, **roles)
    return figures(of_totals), figures(of_purchases)


@pytest.mark.parametrize("shift", range(len(NAMES)))
def test_a_run_on_totals_gives_the_same_figures_under_every_name(shift, neutral):
    """The names go round, so that each of them takes each of the roles once."""
    table, roles = renamed(totals(), names_for(shift, len(TOTALS_ROLES)))
    before = table.copy(deep=True)
    analysis = tenure.run(table, **roles, campaigns=RULES)
    assert figures(analysis) == neutral[0]
    pd.testing.assert_frame_equal(table, before)
    for made in (analysis.customers, analysis.forecast, analysis.rfm, analysis.history):
        assert made.index.name not in made.columns


@pytest.mark.parametrize("shift", range(len(NAMES)))
def test_a_run_on_purchases_gives_the_same_figures_under_every_name(shift, neutral):
    table, roles = renamed(purchases(), names_for(shift, len(PURCHASE_ROLES)))
    assert figures(tenure.run(table, **roles)) == neutral[1]


def test_every_name_was_tried_in_every_role():
    for count in (len(TOTALS_ROLES), len(PURCHASE_ROLES)):
        tried = {(place, name) for s in range(len(NAMES)) for place, name in
                 enumerate(names_for(s, count))}  # fmt: skip
        assert tried == set(itertools.product(range(count), NAMES))


@pytest.mark.parametrize(
    ("spend", "orders"), [("orders_total", "n"), ("money", "spend_total"), ("orders", "T")]
)
def test_the_faults_that_were_reported(spend, orders):
    """spend='orders_total' gave a value of 1, orders='spend_total' a frequency of spend."""
    table = totals().rename(columns={"spend": spend, "orders": orders})
    analysis = tenure.run(
        table, customer="customer", first_order="first_order", last_order="last_order",
        orders=orders, spend=spend, cap_outliers=False,
    )  # fmt: skip
    expected = totals()
    np.testing.assert_array_equal(analysis.customers["frequency"], expected["orders"] - 1)
    np.testing.assert_allclose(
        analysis.customers["monetary_value"], expected["spend"] / expected["orders"], rtol=1e-15
    )
    np.testing.assert_array_equal(analysis.rfm["monetary"], expected["spend"])


@pytest.mark.parametrize("name", ["segment", "T", "orders", "clv_6m", "previous", "value_segment"])
@pytest.mark.parametrize("kind", ["totals", "purchases"])
def test_files_have_no_heading_twice(name, kind, tmp_path):
    given = totals() if kind == "totals" else purchases()
    table = given.rename(columns={"orders": "n", "customer": name})
    roles = {role: role for role in given.columns[1:]}
    roles |= {"orders": "n"} if kind == "totals" else {}
    tenure.run(table, customer=name, **roles, out=tmp_path / "one")
    analysis = tenure.run(table, customer=name, **roles, out=tmp_path / "two",
                          previous=tmp_path / "one")  # fmt: skip
    assert analysis.movement.customers["change"].eq("same").all()
    for file in (tmp_path / "two").glob("*.csv"):
        headings = file.read_text(encoding="utf-8").splitlines()[0].split(",")
        assert len(set(headings)) == len(headings), file.name
    forecast = pd.read_csv(tmp_path / "two" / "forecast.csv")
    assert forecast.columns[0] == "customer"
    assert forecast["customer"].tolist() == analysis.forecast.index.tolist()


def test_columns_of_results_are_known_as_such():
    """A column that results get one day must be kept apart from the caller's."""
    analysis = tenure.run(totals(), **{role: role for role in TOTALS_ROLES})
    for table in (analysis.customers, analysis.forecast, analysis.rfm):
        assert [name for name in table.columns if not is_reserved(name)] == []
    made = tenure.run(purchases(), **{role: role for role in PURCHASE_ROLES})
    assert [name for name in made.history.columns if not is_reserved(name)] == []


def _values(result):
    return json.loads(json.dumps(result.to_numpy(dtype=object).tolist(), default=str))


TOTALS_CALLS = {
    "summarize_totals": lambda t, r: tenure.summarize_totals(t, **r),
    "prepare_totals": lambda t, r: tenure.prepare_totals(t, **r)[["orders_total", "spend_total"]],
    "rfm_table": lambda t, r: tenure.rfm_table(
        t, **{role: name for role, name in r.items() if role != "first_order"}
    ),
    "rfm_scores": lambda t, r: tenure.rfm_scores(
        t, customer=r["customer"], recency=r["last_order"], frequency=r["orders"],
        monetary=r["spend"],
    ),
}  # fmt: skip
PURCHASE_CALLS = {
    "summarize": lambda t, r: tenure.summarize(t, **r),
    "rfm_table": lambda t, r: tenure.rfm_table(t, **r),
    "cohorts": lambda t, r: tenure.cohort_analysis(t, **r).tidy(),
}


@pytest.mark.parametrize("polars", [False, True])
@pytest.mark.parametrize("call", TOTALS_CALLS)
def test_single_functions_on_totals_under_every_name(call, polars):
    table = totals().iloc[:, :5]
    work = TOTALS_CALLS[call]
    expected = _values(work(table, {role: role for role in table.columns}))
    for names in (names_for(shift, 5) for shift in range(len(NAMES))):
        roles = dict(zip(table.columns, names, strict=True))
        given = table.rename(columns=roles)
        own = {"orders_total": "orders", "spend_total": "spend"}
        clash = [name for role, name in roles.items() if own.get(name, role) != role]
        refused = call == "prepare_totals" and [n for n in clash if n != roles["customer"]]
        given = pl_table(given) if polars else given
        if refused:
            with pytest.raises(tenure.exceptions.ColumnError, match="Rename yours"):
                work(given, roles)
            continue
        result = work(given, roles)
        if polars:
            assert len(set(result.columns)) == len(result.columns)
            result = result.to_pandas()
            result = result.iloc[:, 1:] if call != "prepare_totals" else result
        else:
            assert result.index.name not in result.columns
        assert _values(result) == expected, roles


@pytest.mark.parametrize("polars", [False, True])
@pytest.mark.parametrize("call", PURCHASE_CALLS)
def test_single_functions_on_purchases_under_every_name(call, polars):
    table = purchases().iloc[:, :3]
    work = PURCHASE_CALLS[call]
    expected = _values(work(table, {role: role for role in table.columns}))
    for names in (names_for(shift, 3) for shift in range(len(NAMES))):
        roles = dict(zip(table.columns, names, strict=True))
        given = table.rename(columns=roles)
        result = work(pl_table(given) if polars else given, roles)
        if polars and call != "cohorts":
            assert len(set(result.columns)) == len(result.columns)
            result = result.to_pandas().iloc[:, 1:]
        assert _values(result) == expected, roles


def pl_table(table):
    import polars as pl

    return pl.DataFrame({name: table[name].tolist() for name in table.columns})


@pytest.mark.parametrize("name", NAMES)
def test_forecasts_and_segments_of_customers_under_every_name(name):
    summary = tenure.summarize_totals(totals(), **{role: role for role in TOTALS_ROLES[:5]})
    model, spend = tenure.BetaGeoFitter().fit(summary), tenure.GammaGammaFitter().fit(summary)
    expected = tenure.forecast(model, spend, summary)
    given = summary.set_axis(summary.index.rename(name), axis=0)
    made = tenure.forecast(model, spend, given)
    np.testing.assert_array_equal(made.to_numpy(), expected.to_numpy())
    assert made.index.name not in made.columns
    groups = tenure.segment_by_value(made["clv_6m"]).rename(name)
    table = made[["p_alive"]].rename(columns={"p_alive": "other"}).assign(**{name: groups})
    first = segment_summary(table, name, columns=["other"])
    second = segment_summary(table.rename(columns={name: "neutral"}), "neutral", columns=["other"])
    np.testing.assert_array_equal(first.to_numpy(), second.to_numpy())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("role", ["categories", "channel", "store_type", "orders", "spend"])
def test_campaigns_find_their_column_under_every_name(name, role):
    column = role if role != "categories" else "category"
    table = totals().set_index("customer")
    rule = Campaign(
        name="x", categories=["A"], channels=["web"], store_types=["B"], min_average_order=60
    )
    roles = {"categories": "category", "channel": "channel", "store_type": "store_type",
             "orders": "orders", "spend": "spend"}  # fmt: skip
    expected = select(rule, table, **roles)
    if name in set(table.columns) - {column}:
        table = table.rename(columns={name: "out of the way"})
        roles = {key: "out of the way" if old == name else old for key, old in roles.items()}
    given = table.rename(columns={column: name})
    assert select(rule, given, **{**roles, role: name}).tolist() == expected.tolist()
    assert len(expected)


ONE_COLUMN = list(itertools.combinations(TOTALS_ROLES, 2))
ALLOWED = {
    ("channel", "category"), ("channel", "store_type"), ("category", "store_type"),
}  # fmt: skip


@pytest.mark.parametrize(("first", "second"), ONE_COLUMN)
def test_one_column_in_two_roles_of_totals(first, second):
    """Columns that only describe may share a role; the others are refused, naming both."""
    roles = {role: role for role in TOTALS_ROLES} | {second: first}
    describing = {"channel", "category", "store_type"}
    if {first, second} & describing and "customer" not in (first, second):
        analysis = tenure.run(totals(), **roles)
        np.testing.assert_array_equal(
            analysis.customers["frequency"] + 1, analysis.customers["orders"]
        )
        counted = totals().groupby(roles["channel"]).size()
        assert sorted(analysis.tables["channels"]["customers"]) == sorted(counted)
        return
    with pytest.raises(tenure.exceptions.ColumnError, match=f"both name the column '{first}'"):
        tenure.run(totals(), **roles)


@pytest.mark.parametrize(("first", "second"), list(itertools.combinations(PURCHASE_ROLES, 2)))
def test_one_column_in_two_roles_of_purchases(first, second):
    roles = {role: role for role in PURCHASE_ROLES} | {second: first}
    with pytest.raises(tenure.exceptions.ColumnError, match=f"both name the column '{first}'"):
        tenure.run(purchases(), **roles)
