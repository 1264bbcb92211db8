"""FLO's two jobs walked task by task: each result in a file of the run and by one call.

The numbers are those of the analysts' own scripts where they are known (their convention, the
penalties of lifetimes, ties by row order), and computed with plain pandas and numpy where not.
"""

import json
import re
import warnings

import numpy as np
import openpyxl
import pandas as pd
import pytest
from conftest import reference_path
from typer.testing import CliRunner

import tenure
from tenure.cli.main import app
from tenure.exceptions import TenureWarning
from tenure.presets import FLO, top_customers
from tenure.rfm import canonical_segment

FILE = "data/flo_data_20k.csv"
LANGUAGES = ["en", "tr"]
WEEKS = 30.4375 / 7  # of a month
# What lifetimes fits to the analysts' table.
R, ALPHA, P, Q, V = 3.663384, 76.17236, 4.151179, 0.470125, 4.077243
OPTIONS = {
    "preset": "flo",
    "convention": "total",
    "purchase_model": "bg/nbd",
    "purchase_penalizer": 0.001,
    "spend_penalizer": 0.01,
    "horizons": ["12W", "24W", "6M"],
    "ties": "first",
    "segment_names": "legacy",
}


def quietly(function, *args, **kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        return function(*args, **kwargs)


@pytest.fixture(scope="module")
def raw():
    return pd.read_csv(reference_path(FILE))


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Run both jobs as one function, in each language."""
    folder = tmp_path_factory.mktemp("flo")
    return {
        language: quietly(
            tenure.run, reference_path(FILE), **OPTIONS, language=language, out=folder / language
        )
        for language in LANGUAGES
    }


@pytest.fixture(scope="module", params=LANGUAGES)
def job(request, runs):
    return runs[request.param]


@pytest.fixture(scope="module")
def scripts_table(raw):
    """Return the analysts' table: capped, added up, in weeks."""
    table = raw.copy()
    for column in (*FLO.orders, *FLO.spend):
        low, high = table[column].quantile([0.01, 0.99])
        upper = round(high + 1.5 * (high - low), 0)
        table.loc[table[column] > upper, column] = upper
    first, last = (pd.to_datetime(table[name]) for name in (FLO.first_order, FLO.last_order))
    orders, spend = table[list(FLO.orders)].sum(axis=1), table[list(FLO.spend)].sum(axis=1)
    end = last.max() + pd.Timedelta(days=2)
    return pd.DataFrame(
        {
            "recency": ((last - first).dt.days / 7).to_numpy(),
            "T": ((end - first).dt.days / 7).to_numpy(),
            "frequency": orders.to_numpy(),
            "monetary_value": (spend / orders).to_numpy(),
        },
        index=pd.Index(table["master_id"]),
    )


@pytest.fixture(scope="module")
def history(raw):
    """Return orders, spend and days since the last order, not capped."""
    last = pd.to_datetime(raw[FLO.last_order])
    return pd.DataFrame(
        {
            "recency": (pd.Timestamp("2021-06-01") - last).dt.days.to_numpy(dtype=float),
            "frequency": raw[list(FLO.orders)].sum(axis=1).to_numpy(),
            "monetary": raw[list(FLO.spend)].sum(axis=1).to_numpy(),
        },
        index=pd.Index(raw["master_id"]),
    )


def read(job, name, like):
    """Read a csv file of a run, whose headings may be in any language, under our column names."""
    table = pd.read_csv(job.out / name)
    assert table.shape[1] == len(like), name
    table = table.set_axis(list(like), axis=1)
    if "scheme" in table:
        words = {"en": {}, "tr": {"değer": "value", "RFM": "rfm"}}[job.language]
        table["scheme"] = table["scheme"].replace(words)
        assert set(table["scheme"]) == {"value", "rfm"}, name
    return table


def customers_of(job, name, table):
    found = read(job, name, ["id", *table.columns])
    return found.set_index("id")


def sheet(job, english, turkish):
    """Return the rows of a sheet of the workbook."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        book = openpyxl.load_workbook(job.out / "workbook.xlsx", read_only=True)
        title = english if job.language == "en" else turkish
        return list(book[title].iter_rows(values_only=True))


# Part 1: customer lifetime value ------------------------------------------------------------------


def test_task_1_look_at_the_data(job, raw):
    by_call = tenure.profile(reference_path(FILE))
    in_file = read(job, "profile.csv", by_call.columns.columns).set_index("column")
    for table in (by_call.columns.set_index("column"), in_file):
        assert table.index.tolist() == raw.columns.tolist()
        assert table["values"].tolist() == raw.notna().sum().tolist()
        assert table["missing"].tolist() == raw.isna().sum().tolist()
        assert table["distinct"].tolist() == raw.nunique().tolist()
        numbers = list((*FLO.orders, *FLO.spend))
        expected = raw[numbers].describe(percentiles=[0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]).T
        names = {
            "minimum": "min", "q01": "1%", "q05": "5%", "q25": "25%", "median": "50%",
            "q75": "75%", "q95": "95%", "q99": "99%", "maximum": "max", "mean": "mean",
            "standard_deviation": "std",
        }  # fmt: skip
        for name, theirs in names.items():
            found = table.loc[numbers, name].astype(float)
            np.testing.assert_allclose(found, expected[theirs], rtol=1e-4, atol=0.006, err_msg=name)
        first = table.loc[FLO.last_order, ["first_date", "last_date"]].astype(str).str[:10]
        assert first.tolist() == [raw[FLO.last_order].min(), raw[FLO.last_order].max()]
        counts = raw["order_channel"].value_counts()
        shown = table.loc["order_channel", "most_frequent"]
        assert shown.startswith(f"{counts.index[0]} ({counts.iloc[0]}")
    kinds = by_call.columns.set_index("column")["type"]
    assert kinds[FLO.first_order] == kinds[FLO.last_order] == "date"
    assert by_call.rows == len(raw) == 19_945
    head = read(job, "first_rows.csv", raw.columns)
    assert head["master_id"].tolist() == raw["master_id"].head(10).tolist()
    assert by_call.head["master_id"].tolist() == raw["master_id"].head(10).tolist()


def test_task_2_outliers_are_capped(job):
    prepared = quietly(tenure.prepare_totals, reference_table(), preset="flo")
    caps = tenure.provenance(prepared)["caps"]
    assert [caps[name]["upper"] for name in (*FLO.orders, *FLO.spend)] == [48, 16, 3020, 7800]
    lines = dict(row[:2] for row in sheet(job, "Data quality", "Veri kalitesi"))
    for name in (*FLO.orders, *FLO.spend):
        (line,) = [line for line in lines if str(line).startswith(f"{name}:")]
        limit = re.sub(r"[.,]", "", re.search(r"\d[\d.,]*", line.split(":")[1]).group())
        assert float(limit) == caps[name]["upper"]
        assert lines[line] == caps[name]["above"]


def reference_table():
    return pd.read_csv(reference_path(FILE))


def test_task_3_totals_and_dates(job, history):
    by_call = quietly(tenure.prepare_totals, reference_table(), preset="flo", cap_outliers=False)
    np.testing.assert_array_equal(by_call["orders_total"], history["frequency"])
    np.testing.assert_allclose(by_call["spend_total"], history["monetary"])
    dates = [FLO.first_order, FLO.last_order, *FLO.other_dates]
    assert all(pd.api.types.is_datetime64_any_dtype(by_call[name]) for name in dates)
    in_file = customers_of(job, "rfm.csv", job.rfm)
    np.testing.assert_array_equal(in_file["frequency"], history["frequency"])
    np.testing.assert_allclose(in_file["monetary"], history["monetary"], atol=0.006)


def test_task_4_analysis_date(job):
    record = json.loads((job.out / "run.json").read_text(encoding="utf-8"))
    assert record["settings"]["analysis_date"] == "2021-06-01"
    later = quietly(
        tenure.summarize_totals, reference_table(), preset="flo", analysis_date="2021-07-01"
    )
    earlier = quietly(tenure.summarize_totals, reference_table(), preset="flo")
    np.testing.assert_allclose(later["T"] - earlier["T"], 30 / 7)


def test_task_5_customer_summary(job, scripts_table):
    by_call = quietly(tenure.summarize_totals, reference_table(), preset="flo", convention="total")
    whole = pd.concat([job.customers, job.forecast], axis=1)
    in_file = customers_of(job, "forecast.csv", whole)
    for table, close in ((by_call, 1e-12), (in_file, 0.006)):
        assert table.index.tolist() == scripts_table.index.tolist()
        for name in scripts_table:
            np.testing.assert_allclose(table[name], scripts_table[name], atol=close, err_msg=name)


def test_task_6_expected_purchases(job, runs):
    whole = pd.concat([job.customers, job.forecast], axis=1)
    in_file = customers_of(job, "forecast.csv", whole)
    models = json.loads((job.out / "models.json").read_text(encoding="utf-8"))["models"]
    assert models["purchase"]["params"]["r"] == pytest.approx(R, rel=1e-4)
    assert models["purchase"]["params"]["alpha"] == pytest.approx(ALPHA, rel=1e-4)
    model = quietly(tenure.BetaGeoFitter(penalizer_coef=0.001).fit, job.customers)
    c = job.customers
    for weeks, total in ((12, 11_510.471), (24, 23_020.942)):
        assert in_file[f"expected_purchases_{weeks}w"].sum() == pytest.approx(total, rel=1e-4)
        by_call = model.predict(weeks, c["frequency"], c["recency"], c["T"])
        assert by_call.sum() == pytest.approx(total, rel=1e-4)
    # Six calendar months are 26.09 weeks; without dropout purchases grow with time.
    months = in_file["expected_purchases_6m"].sum()
    assert months == pytest.approx(11_510.471 / 12 * 6 * WEEKS, rel=1e-4)


def test_task_7_expected_average_value(job, scripts_table):
    x, mean = scripts_table["frequency"], scripts_table["monetary_value"]
    expected = P * (V + x * mean) / (P * x + Q - 1)
    whole = pd.concat([job.customers, job.forecast], axis=1)
    in_file = customers_of(job, "forecast.csv", whole)["expected_spend"]
    np.testing.assert_allclose(in_file, expected, rtol=1e-4, atol=0.006)
    model = quietly(tenure.GammaGammaFitter(penalizer_coef=0.01).fit, x, mean)
    assert dict(model.params_) == pytest.approx({"p": P, "q": Q, "v": V}, rel=1e-4)
    by_call = model.conditional_expected_average_profit(x, mean)
    np.testing.assert_allclose(by_call, expected, rtol=1e-4)


def lifetime_value(table):
    """Return six months of value, discounted monthly, for customers who do not drop out."""
    x, mean = table["frequency"], table["monetary_value"]
    spend = P * (V + x * mean) / (P * x + Q - 1)
    a_month = (R + x) / (ALPHA + table["T"]) * WEEKS
    return spend * a_month * sum(1.01**-month for month in range(1, 7))


def test_task_8_lifetime_value(job, scripts_table):
    whole = pd.concat([job.customers, job.forecast], axis=1)
    in_file = customers_of(job, "forecast.csv", whole)["clv_6m"]
    np.testing.assert_allclose(in_file, lifetime_value(scripts_table), rtol=2e-4, atol=0.006)
    c = scripts_table
    buying, spending = job.models["purchase"], job.models["spend"]
    by_call = spending.customer_lifetime_value(
        buying, c["frequency"], c["recency"], c["T"], c["monetary_value"],
        time=6, freq="W", discount_rate=0.01,
    )  # fmt: skip
    assert by_call.sum() == pytest.approx(3_891_655.0, rel=1e-4)
    assert by_call[tenure.segment_by_value(by_call) == "A"].mean() == pytest.approx(
        362.3155, rel=1e-4
    )


def test_task_9_segments_scores_summary_and_advice(job, scripts_table):
    whole = pd.concat([job.customers, job.forecast], axis=1)
    in_file = customers_of(job, "forecast.csv", whole)
    value = lifetime_value(scripts_table)
    quartiles = pd.qcut(value, 4, labels=list("DCBA"))
    assert (in_file["segment"] == quartiles.astype(str)).mean() > 0.9995  # parameters are rounded
    by_call = tenure.segment_by_value(job.forecast["clv_6m"])
    assert by_call.astype(str).tolist() == in_file["segment"].tolist()
    own = job.forecast["clv_6m"]
    score = (own - own.min()) / (own.max() - own.min())
    z = (own - own.mean()) / own.std(ddof=0)
    np.testing.assert_allclose(in_file["clv_score"], score, atol=1e-6)
    np.testing.assert_allclose(in_file["clv_z"], z, rtol=1e-3, atol=1e-3)
    segments = read(job, "segments.csv", job.segments.columns)
    part = segments[segments["scheme"] == "value"].set_index("segment")
    means = value.groupby(quartiles, observed=True).agg(["size", "mean", "sum"])
    for name, row in means.iterrows():
        assert part.loc[name, "customers"] == row["size"]
        assert part.loc[name, "clv_6m_mean"] == pytest.approx(row["mean"], rel=1e-3)
        assert part.loc[name, "revenue"] == pytest.approx(row["sum"], rel=1e-3)
    insights = tenure.segment_insights(job, language=job.language)
    mine = insights[insights["scheme"] == "value"].set_index("segment")
    assert part["advice"].tolist() == mine["action"].tolist()
    assert part["advice"].str.len().min() > 10
    assert part["finding"].tolist() == mine["finding"].tolist()


@pytest.mark.parametrize("language", LANGUAGES)
def test_task_10_one_command_with_plots_and_files(runs, language, tmp_path):
    command = [
        "run", str(reference_path(FILE)), "--preset", "flo", "--out", str(tmp_path),
        "--convention", "total", "--purchase-model", "bg/nbd", "--purchase-penalizer", "0.001",
        "--spend-penalizer", "0.01", "--horizons", "12W,24W,6M", "--ties", "first",
        "--lang", language,
    ]  # fmt: skip
    result = CliRunner().invoke(app, command, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    job = runs[language]
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in job.out.iterdir()}
    for name in ("forecast.csv", "channels.csv", "new_brand_target_customer_id.csv"):
        assert (tmp_path / name).read_bytes() == (job.out / name).read_bytes()
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count("<svg") >= 4
    assert f'lang="{language}"' in page
    for chart in ("segments", "rfm"):
        job.plot(chart).save(tmp_path / f"{chart}.svg")
        assert "<svg" in (tmp_path / f"{chart}.svg").read_text(encoding="utf-8")


# Part 2: RFM --------------------------------------------------------------------------------------

SEGMENTS = {
    "hibernating": 3604, "loyal_customers": 3361, "at_Risk": 3131, "potential_loyalists": 2938,
    "champions": 1932, "about_to_sleep": 1629, "cant_loose": 1200, "need_attention": 823,
    "new_customers": 680, "promising": 647,
}  # fmt: skip


def test_rfm_metrics_scores_and_segments(job, history):
    by_call = quietly(tenure.rfm_table, reference_table(), preset="flo", ties="first")
    in_file = customers_of(job, "rfm.csv", job.rfm)
    labels = {
        "recency": pd.qcut(history["recency"], 5, labels=[5, 4, 3, 2, 1]),
        "frequency": pd.qcut(history["frequency"].rank(method="first"), 5, labels=[1, 2, 3, 4, 5]),
        "monetary": pd.qcut(history["monetary"], 5, labels=[1, 2, 3, 4, 5]),
    }
    for table in (by_call, in_file):
        for name, scores in labels.items():
            np.testing.assert_allclose(table[name], history[name], atol=0.006)
            assert table[f"{name}_score"].astype(int).tolist() == scores.astype(int).tolist()
        code = labels["recency"].astype(str) + labels["frequency"].astype(str)
        assert table["RF_SCORE"].astype(str).tolist() == code.tolist()
        code += labels["monetary"].astype(str)
        assert table["RFM_SCORE"].astype(str).tolist() == code.tolist()
        counts = table["segment"].map(canonical_segment).value_counts().to_dict()
        assert counts == {canonical_segment(name): count for name, count in SEGMENTS.items()}


def test_rfm_means_and_counts_by_segment(job, history):
    by_call = tenure.rfm_summary(
        quietly(tenure.rfm_table, reference_table(), preset="flo", ties="first")
    )
    segments = read(job, "segments.csv", job.segments.columns)
    in_file = segments[segments["scheme"] == "rfm"].set_index("segment")
    whose = job.rfm["segment"].map(canonical_segment)
    expected = history.groupby(whose.to_numpy()).agg(["size", "mean"])
    for table in (by_call, in_file):
        table = table.rename(index=canonical_segment).loc[expected.index]
        assert table["customers"].tolist() == expected["recency"]["size"].tolist()
        for name in ("recency", "frequency", "monetary"):
            np.testing.assert_allclose(
                table[f"{name}_mean"], expected[name]["mean"], rtol=1e-4, atol=0.006
            )


def test_tables_by_channel(job, raw, history):
    by_call = tenure.breakdown_table(
        quietly(tenure.prepare_totals, reference_table(), preset="flo", cap_outliers=False),
        FLO.channel,
    )
    in_file = read(job, "channels.csv", job.tables["channels"].columns).set_index("channel")
    groups = history.groupby(raw["order_channel"].to_numpy())
    expected = groups[["frequency", "monetary"]].agg(["size", "sum", "mean"])
    for table in (by_call, in_file):
        assert table["customers"].is_monotonic_decreasing
        theirs = expected.loc[table.index]
        assert table["customers"].tolist() == theirs["frequency"]["size"].tolist()
        for ours, name in (("orders", "frequency"), ("spend", "monetary")):
            for what in ("sum", "mean"):
                np.testing.assert_allclose(
                    table[f"{ours}_{what}"], theirs[name][what], rtol=1e-6, atol=0.006
                )


@pytest.mark.parametrize(
    ("name", "column", "measure"),
    [("top_revenue", "spend_total", "monetary"), ("top_orders", "orders_total", "frequency")],
)
def test_tables_top_ten(job, history, name, column, measure):
    best = history[measure].nlargest(10)
    prepared = quietly(tenure.prepare_totals, reference_table(), preset="flo", cap_outliers=False)
    by_call = top_customers(prepared, column)
    in_file = read(job, f"{name}.csv", ["id", *job.tables[name].columns[1:]]).set_index("id")
    for table in (by_call, in_file):
        np.testing.assert_allclose(table[column], best, atol=0.006)
        assert set(table.index[:9]) <= set(history.index[history[measure] >= best.iloc[-1]])


def test_target_lists(job, raw, history):
    labels = raw[FLO.categories].str.strip("[]").str.split(", ").map(set)
    segment = job.rfm["segment"].map(canonical_segment).to_numpy()
    average = (history["monetary"] / history["frequency"]).to_numpy()
    women = np.array(["KADIN" in cell for cell in labels])
    young = np.array([bool(cell & {"ERKEK", "COCUK", "AKTIFCOCUK"}) for cell in labels])
    expected = {
        "new_brand_target_customer_id.csv": (
            np.isin(segment, ["champions", "loyal_customers"]) & women & (average >= 250),
            148,
        ),
        "discount_target_customer_ids.csv": (
            np.isin(segment, ["cant_lose", "hibernating", "new_customers"]) & young,
            2771,
        ),
    }
    made = {campaign.file: campaign for campaign in job.campaigns}
    manifest = json.loads((job.out / "campaigns.json").read_text(encoding="utf-8"))["campaigns"]
    stated = {entry["file"]: entry for entry in manifest}
    assert set(made) == set(stated) == set(expected)
    for file, (chosen, size) in expected.items():
        ids = read(job, file, ["id"])["id"].tolist()
        assert ids == raw["master_id"][chosen].tolist() == made[file].ids.tolist()
        assert len(ids) == size == stated[file]["customers"]
        value = job.forecast.loc[ids, "clv_6m"].sum()
        assert stated[file]["expected_revenue"] == pytest.approx(value)
    discount = stated["discount_target_customer_ids.csv"]
    assert discount["fields"]["discount"] == 0.4
    assert discount["revenue_after_discount"] == pytest.approx(0.6 * discount["expected_revenue"])
    assert made["new_brand_target_customer_id.csv"].revenue_after_discount == pytest.approx(
        job.forecast.loc[made["new_brand_target_customer_id.csv"].ids, "clv_6m"].sum()
    )


def test_headings_are_in_the_language_of_the_run(job):
    described = pd.read_csv(job.out / "columns.csv").set_axis(
        ["table", "column", "heading", "meaning", "unit", "kind"], axis=1
    )
    for name in ("segments.csv", "channels.csv", "categories_by_segment.csv", "insights.csv"):
        part = described[described["table"] == name]
        headings = pd.read_csv(job.out / name, nrows=0).columns.tolist()
        expected = part["column"] if job.language == "en" else part["heading"]
        assert headings == expected.tolist()
        assert part["meaning"].notna().all(), part[part["meaning"].isna()]
    first = {"en": "channel", "tr": "kanal"}[job.language]
    assert pd.read_csv(job.out / "channels.csv", nrows=0).columns[0] == first


def test_every_result_is_a_sheet_and_on_the_page(job):
    sheets = {
        ("Value segments", "Değer segmentleri"): 4,
        ("RFM segments", "RFM segmentleri"): 10,
        ("Campaigns", "Kampanyalar"): 2,
        ("Target lists", "Hedef listeleri"): 148 + 2771,
        ("Customers", "Müşteriler"): 19_945,
        ("RFM scores", "RFM puanları"): 19_945,
        ("Channels", "Kanallar"): 4,
        ("Last channels", "Son kanallar"): 5,
        ("Categories", "Kategoriler"): 6,
        ("Most money spent", "En çok harcama"): 10,
        ("Most orders", "En çok sipariş"): 10,
        ("Data profile", "Veri profili"): 12,
        ("First rows", "İlk satırlar"): 10,
    }
    for names, size in sheets.items():
        assert len(sheet(job, *names)) == 1 + size, names
    page = (job.out / "report.html").read_text(encoding="utf-8")
    titles = {
        "en": ["Value segments", "RFM segments", "Campaigns"],
        "tr": ["Değer segmentleri", "RFM segmentleri", "Kampanyalar"],
    }
    for title in titles[job.language]:
        assert title in page
    for channel in ("Android App", "Desktop"):
        assert channel in page
