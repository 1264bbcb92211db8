"""Parts of the report that other parts of the package bring: findings, cohorts, movement."""

import warnings
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import tenure
from tenure import _engine
from tenure.exceptions import TenureWarning
from tenure.locale import Locale
from tenure.report import customer_sections, headline, model_sections, plots, segment_text
from tenure.report.tables import Column, Grid, grid


@pytest.fixture(scope="module")
def analysis():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        return tenure.run(tenure.datasets.make_omnichannel(500, seed=6), preset="flo")


def test_findings(analysis, monkeypatch):
    found = pd.DataFrame(
        {
            "scheme": ["value", "rfm"],
            "segment": ["A", "champions"],
            "customers": [10, 20],
            "revenue_expected_share": [0.5, 0.25],
            "rule": ["core", "core"],
            "finding": ["Carries <b>half</b>.", "Rising."],
            "action": ["Keep.", "Invest."],
        }
    )
    overall = pd.DataFrame({"rule": ["few"], "finding": ["One tenth."], "action": ["Know them."]})
    monkeypatch.setattr(segment_text, "insights", lambda analysis, language: found)
    monkeypatch.setattr(
        customer_sections, "overall_insights", lambda analysis, *, language: overall
    )
    section = customer_sections.overview(analysis, Locale())
    assert section.tables[-1].rows == [["One tenth.", "Know them."]]
    value = customer_sections.segments(analysis, Locale())
    assert value.tables[0].caption == "What to do with each segment"
    assert value.tables[0].rows == [["A", "10", "Carries <b>half</b>.", "Keep."]]
    assert value.folded[0].rows == [["A", "10", "50.0%"]]
    rfm = customer_sections.rfm(analysis, Locale())
    assert rfm.tables[0].rows == [["Champions", "20", "Rising.", "Invest."]]


def _of(cohorts):
    """Return an analysis whose P(alive) says something."""
    model = SimpleNamespace(_model=_engine.Model("MBG/NBD"), _hidden=frozenset())
    return SimpleNamespace(cohorts=cohorts, p_alive_informative=True, purchase_model=model)


def test_cohorts(monkeypatch):
    index = pd.Index(["2024-01", "2024-02"], name="cohort")
    retention = pd.DataFrame([[1.0, 0.25, 0.125], [1.0, 0.5, np.nan]], index=index)
    money = pd.DataFrame([[10.0, 20.0, 40.0], [12.0, 24.0, np.nan]], index=index)
    cohorts = SimpleNamespace(
        retention=retention, cumulative_revenue_per_customer=money, complete=False
    )
    monkeypatch.setattr(plots, "_survival", lambda analysis: retention * 0.5)
    section = model_sections.cohorts(_of(cohorts), Locale())
    assert [chart.name for chart in section.charts] == ["retention", "survival", "cohort_revenue"]
    assert section.charts[0].table.rows == [
        ["2024-01", "100.0%", "25.0%", "12.5%"],
        ["2024-02", "100.0%", "50.0%", ""],
    ]
    assert section.charts[2].table.rows[1] == ["2024-02", "12.00", "24.00", ""]
    assert "minimum 12.5%, maximum 50.0%" in section.charts[0].words
    assert section.texts[-1] == "The last month is incomplete: its figures will still grow."


def test_one_cohort_of_one_month_is_a_table(monkeypatch):
    retention = pd.DataFrame([[1.0]], index=pd.Index(["2024-01"]))
    cohorts = SimpleNamespace(
        retention=retention, cumulative_revenue_per_customer=None, complete=True
    )
    monkeypatch.setattr(plots, "_survival", lambda analysis: retention)
    section = model_sections.cohorts(_of(cohorts), Locale())
    assert section.charts == []
    assert section.tables[0].rows == [["2024-01", "100.0%"]]


def test_movement():
    table = pd.DataFrame(
        [[5, 1, 0], [2, 1000, 3], [4, 0, 0]],
        index=["A", "B", "(new)"],
        columns=["A", "B", "(gone)"],
    )
    moved = SimpleNamespace(table=table, risers=[0] * 2, fallers=[0], new=[0] * 4, gone=[0] * 3)
    section = customer_sections.movement(SimpleNamespace(movement=moved), Locale("tr"))
    assert [column.name for column in section.tables[0].columns][1:] == ["A", "B", "(gitti)"]
    assert section.tables[0].rows[1] == ["B", "2", "1.000", "3"]
    assert section.tables[0].rows[2][0] == "(yeni)"
    assert section.texts[0].startswith("2 müşteri daha iyi")


def test_rules_speak_the_language(analysis):
    rules = customer_sections.campaign_table(analysis, Locale("tr"))["rule"].tolist()
    assert rules == [made.campaign.describe("tr") for made in analysis.campaigns]
    assert rules != customer_sections.campaign_table(analysis, Locale())["rule"].tolist()


def test_expected_revenue_is_stated_to_be_without_the_campaign(analysis):
    section = customer_sections.campaigns(analysis, Locale())
    assert "without the campaign" in section.texts[0]
    turkish = customer_sections.campaigns(analysis, Locale("tr")).texts[0]
    assert "kampanya olmadan" in turkish


def card(analysis, start):
    found = headline.cards(analysis, Locale())
    return next((card for card in found if card.name.startswith(start)), None)


def test_no_headline_from_p_alive_that_says_nothing(analysis):
    """What is known instead, counted here from the table: days, and days between orders."""
    forecast = analysis.forecast.assign(p_alive=1.0)
    blind = replace(analysis, forecast=forecast)
    assert card(blind, "mean probability") is None
    customers = analysis.customers
    since = ((customers["T"] - customers["recency"]) * 7).round()
    known = customers[(customers["orders"] > 1) & (customers["recency"] > 0)]
    gap = float((known["recency"] * 7 / (known["orders"] - 1)).median())
    shown = card(blind, "days since the last order (median); the usual gap")
    assert shown.value == f"{since.median():.0f}"
    assert f"is {gap:.0f} days" in shown.name
    figures = customer_sections.segments(blind, Locale()).tables[1]
    assert not any("P(alive)" in column.name for column in figures.columns)


def test_parameters_that_are_not_identified_have_no_number(analysis):
    section = model_sections.fit(analysis, Locale())
    report = analysis.purchase_model.fit_report_
    rows = {row[0]: row[1:] for row in section.verdicts[0].table.rows}
    assert set(rows) == {"r", "alpha", "a", "b"}
    for name, cells in rows.items():
        if name in report.not_identified:
            assert cells[0] == "not identified"
            assert set(cells[1:]) == {"–"}
        else:
            float(cells[0])


@pytest.mark.parametrize(
    ("columns", "cells", "layout"),
    [
        (["what", "value"], ["a fact of several words that wraps where it must", "1,234"], "plain"),
        (["segment", "customers"], ["champions", "10"], "plain"),
        (
            ["segment", "n", "action"],
            ["A", "10", "Keep them: a sentence that has to wrap."],
            "stack",
        ),
        (["id", *"abcdefgh"], ["x" * 20, *["1,234.56"] * 8], "matrix"),
    ],
)
def test_wide_tables_change_shape_on_a_phone(columns, cells, layout):
    words_ = [not cell.replace(",", "").replace(".", "").isdigit() for cell in cells]
    table = Grid([Column(*pair) for pair in zip(columns, words_, strict=True)], [cells])
    assert table.layout == layout


def test_ids_are_text_though_they_are_numbers():
    shown = grid(pd.DataFrame({"kunde": [1234], "n": [1234]}), Locale(), key="kunde")
    assert shown.rows == [["1234", "1,234"]]
    assert [column.text for column in shown.columns] == [True, False]


def test_segments_crossed_with_channels_count_the_customers(analysis):
    section = customer_sections.tables(analysis, Locale())
    captions = [table.caption for table in section.folded]
    table = section.folded[captions.index("By channel: customers by RFM segment")]
    channel = analysis.history["order_channel"]
    rfm = analysis.rfm["segment"].astype(str)
    heads = [column.name for column in table.columns[1:]]
    assert set(heads) == set(channel)
    for name, *cells in table.rows:
        segment = next(
            code for code in rfm.unique() if segment_text.names_of([code], "rfm", "en") == [name]
        )
        for head, cell in zip(heads, cells, strict=True):
            assert cell == str(int(((rfm == segment) & (channel == head)).sum()))


def test_models_are_compared_with_the_reason_of_the_choice(analysis):
    table = analysis.tables["models"]
    shown = model_sections.fit(analysis, Locale()).tables[0]
    assert [row[0] for row in shown.rows] == table["model"].tolist()
    assert [row[1] for row in shown.rows].count("yes") == 1
    assert [row[-1] for row in shown.rows] == table["reason"].tolist()
    assert shown.layout == "stack"
