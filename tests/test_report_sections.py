"""Parts of the report that other parts of the package bring: findings, cohorts, movement."""

import warnings
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import tenure
from tenure.exceptions import TenureWarning
from tenure.locale import Locale
from tenure.report import audience, words


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
    monkeypatch.setattr(words, "insights", lambda analysis, language: found)
    monkeypatch.setattr(audience, "overall_insights", lambda analysis, *, language: overall)
    section = audience.insights(analysis, Locale())
    captions = [table.caption for table in section.tables]
    assert captions[:2] == ["Over all customers", "Value segments"]
    assert section.tables[0].rows == [["One tenth.", "Know them."]]
    assert section.tables[1].rows == [["A", "Carries <b>half</b>.", "Keep."]]
    assert section.tables[2].rows == [["A", "10", "50.0%"]]


def test_cohorts(monkeypatch):
    index = pd.Index(["2024-01", "2024-02"], name="cohort")
    retention = pd.DataFrame([[1.0, 0.25, 0.125], [1.0, 0.5, np.nan]], index=index)
    money = pd.DataFrame([[10.0, 20.0, 40.0], [12.0, 24.0, np.nan]], index=index)
    cohorts = SimpleNamespace(
        retention=retention, cumulative_revenue_per_customer=money, complete=False
    )
    monkeypatch.setattr(audience, "_survival", lambda analysis: retention * 0.5)
    section = audience.cohorts(SimpleNamespace(cohorts=cohorts), Locale())
    assert len(section.charts) == 3
    assert section.charts[0].table.rows == [
        ["2024-01", "100.0%", "25.0%", "12.5%"],
        ["2024-02", "100.0%", "50.0%", ""],
    ]
    assert section.charts[2].table.rows[1] == ["2024-02", "12.00", "24.00", ""]
    assert "from 12.5% to 50.0%" in section.charts[0].words
    assert section.texts[-1] == "The last month is not over: its figures will still grow."


def test_one_cohort_of_one_month_is_a_table(monkeypatch):
    retention = pd.DataFrame([[1.0]], index=pd.Index(["2024-01"]))
    cohorts = SimpleNamespace(
        retention=retention, cumulative_revenue_per_customer=None, complete=True
    )
    monkeypatch.setattr(audience, "_survival", lambda analysis: retention)
    section = audience.cohorts(SimpleNamespace(cohorts=cohorts), Locale())
    assert section.charts == []
    assert section.tables[0].rows == [["2024-01", "100.0%"]]


def test_movement():
    table = pd.DataFrame(
        [[5, 1, 0], [2, 1000, 3], [4, 0, 0]],
        index=["A", "B", "(new)"],
        columns=["A", "B", "(gone)"],
    )
    moved = SimpleNamespace(table=table, risers=[0] * 2, fallers=[0], new=[0] * 4, gone=[0] * 3)
    section = audience.movement(SimpleNamespace(movement=moved), Locale("tr"))
    assert [column.name for column in section.tables[0].columns][1:] == ["A", "B", "(gitti)"]
    assert section.tables[0].rows[1] == ["B", "2", "1.000", "3"]
    assert section.tables[0].rows[2][0] == "(yeni)"
    assert section.texts[0].startswith("2 müşteri daha iyi")


def test_rules_speak_the_language(analysis):
    rules = audience.campaign_table(analysis, Locale("tr"))["rule"].tolist()
    assert rules == [made.campaign.describe("tr") for made in analysis.campaigns]
    assert rules != audience.campaign_table(analysis, Locale())["rule"].tolist()
