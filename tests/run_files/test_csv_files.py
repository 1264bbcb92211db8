"""The csv files: numbers as they were given, in either decimal mark and language, and read back."""

import datetime
import re
import warnings

import numpy as np
import pandas as pd
import pytest
from conftest import reference_path
from typer.testing import CliRunner

import tenure
from tenure.campaigns import Campaign, read_campaigns, write_campaigns
from tenure.data_dictionary import KINDS
from tenure.exceptions import OptionError, TenureWarning
from tenure.io.csv_style import CsvStyle, money_decimals, rounded
from tenure.locale import LANGUAGES, Locale
from tenure.run_files.reading import machine_names

LOG = {"customer": "customer_id", "date": "date", "amount": "dollar_value"}
STYLES = {"en": ("en", "."), "en comma": ("en", ","), "tr": ("tr", "."), "tr comma": ("tr", ",")}


def quiet_run(source, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        return tenure.run(source, **options)


def as_text(path, decimal="."):
    """Read a file as its text, with nothing of tenure's."""
    separator = ";" if decimal == "," else ","
    return pd.read_csv(path, sep=separator, dtype=str, keep_default_na=False, encoding="utf-8-sig")


@pytest.fixture(scope="module")
def retailer():
    return tenure.datasets.make_omnichannel(900, seed=4)


@pytest.fixture(scope="module")
def runs(tmp_path_factory, retailer):
    """The same run in either language and with either decimal mark."""
    out = tmp_path_factory.mktemp("runs")
    return {
        name: quiet_run(
            retailer,
            preset="flo",
            language=language,
            decimal=decimal,
            outputs=("forecast", "rfm", "segments", "tables", "insights", "campaigns", "columns"),
            out=out / name,
        )
        for name, (language, decimal) in STYLES.items()
    }


@pytest.fixture(scope="module")
def cdnow(tmp_path_factory):
    out = tmp_path_factory.mktemp("cdnow")
    log = tenure.datasets.load_cdnow_transactions()
    return quiet_run(log, **LOG, out=out / "run")


def check_kinds(out, decimal="."):
    """Check every column of every file against its kind; return how many of each there were."""
    found = dict.fromkeys(KINDS, 0)
    kinds = {Locale(language).term(kind): kind for kind in KINDS for language in LANGUAGES}
    listed = as_text(out / "columns.csv", decimal)
    for file, part in listed.groupby(listed.columns[0]):
        table = as_text(out / file, decimal)
        for at, (name, kind) in enumerate(
            zip(part.iloc[:, 1], part.iloc[:, 5].map(kinds), strict=True)
        ):
            found[kind] += 1
            cells = table.iloc[:, at]
            cells = cells[cells != ""]
            where = f"{file}: {name}"
            if kind == "count":
                assert cells.str.fullmatch(r"-?\d+").all(), where
            elif kind == "money" and name != "monetary_value":
                assert cells.str.fullmatch(rf"-?\d+{re.escape(decimal)}\d{{1,2}}").all(), where
            elif kind in ("share", "number", "money"):
                most = (
                    12 if file == "profile.csv" or name in ("recency", "T", "monetary_value") else 8
                )
                digits = cells.str.replace(r"e.*|\D", "", regex=True).str.strip("0").str.len()
                assert (digits <= most).all(), where
                numbers = cells.str.replace(decimal, ".").astype(float)
                if kind == "share":
                    assert numbers.between(0, 1).all(), where
            elif kind == "date":
                cells.map(datetime.date.fromisoformat)
    return found


def test_flo_numbers(tmp_path):
    path = reference_path("data/flo_data_20k.csv")
    quiet_run(path, preset="flo", out=tmp_path / "run")
    found = check_kinds(tmp_path / "run")
    assert all(found.values())
    raw = pd.read_csv(path, dtype=str).set_index("master_id")
    # Cents in whole numbers: no floating point anywhere.
    cents = sum(
        raw[f"customer_value_total_ever_{side}"].map(lambda text: round(float(text) * 100))
        for side in ("online", "offline")
    )
    orders = sum(
        raw[f"order_num_total_ever_{side}"].str.removesuffix(".0").astype(int)
        for side in ("online", "offline")
    )
    rfm = as_text(tmp_path / "run" / "rfm.csv").set_index("master_id").loc[raw.index]
    written = rfm["monetary"].map(lambda text: round(float(text) * 100))
    assert written.tolist() == cents.tolist()
    assert (rfm["monetary"].map(lambda text: f"{float(text):.2f}").map(len) > 0).all()
    assert rfm["frequency"].tolist() == orders.map(str).tolist()
    days = pd.to_datetime(raw["last_order_date"])
    elapsed = (pd.Timestamp("2021-06-01") - days).dt.days
    assert rfm["recency"].tolist() == elapsed.map(str).tolist()
    channels = as_text(tmp_path / "run" / "channels.csv").set_index("channel")
    by_channel = cents.groupby(raw["order_channel"]).sum()
    for channel, total in by_channel.items():
        assert round(float(channels.loc[channel, "spend_sum"]) * 100) == total
    # Means and medians in days, by plain pandas.
    segments = as_text(tmp_path / "run" / "segments.csv")
    segments = segments[segments["scheme"] == "rfm"].set_index("segment")
    mean = elapsed.groupby(rfm["segment"]).mean()
    for segment, days_since in mean.items():
        assert float(segments.loc[segment, "recency_mean"]) == pytest.approx(days_since, rel=1e-7)
    insights = as_text(tmp_path / "run" / "insights.csv")
    insights = insights[insights["scheme"] == "rfm"].set_index("segment")
    median = elapsed.groupby(rfm["segment"]).median()
    first = pd.to_datetime(raw["first_order_date"])
    gap = ((days - first).dt.days / (orders - 1)).where(days > first)
    gaps = gap.groupby(rfm["segment"]).median()
    for segment in median.index:
        # Half of the customers with a usual gap: the others are left out of both medians.
        known = elapsed[(rfm["segment"] == segment) & gap.notna()].median()
        shown = float(insights.loc[segment, "days_since"])
        assert shown in (median[segment], known)
        assert float(insights.loc[segment, "usual_gap"]) == pytest.approx(gaps[segment], rel=1e-7)


def test_cdnow_numbers(cdnow):
    check_kinds(cdnow.out)
    cohorts = as_text(cdnow.out / "cohorts.csv")
    log = tenure.datasets.load_cdnow_transactions()
    months = pd.to_datetime(log["date"]).dt.strftime("%Y-%m")
    first = months.groupby(log["customer_id"]).transform("min")
    cents = (log["dollar_value"] * 100).round().astype(int)
    january = cents[(first == "1997-01") & (months == "1997-01")].sum()
    assert january == 2_859_270
    assert cohorts.loc[0, "revenue"] == "28592.7"


def test_what_is_read_back_fits_the_same_model(cdnow):
    table = tenure.read_output(cdnow.out / "forecast.csv")
    again = type(cdnow.purchase_model)().fit(table["frequency"], table["recency"], table["T"])
    assert again.params_.to_numpy() == pytest.approx(
        cdnow.purchase_model.params_.to_numpy(), rel=1e-6
    )
    assert table["monetary_value"].to_numpy() == pytest.approx(
        cdnow.customers["monetary_value"].to_numpy(), rel=1e-11
    )


@pytest.mark.parametrize("style", STYLES)
def test_every_style_is_what_it_says(runs, style):
    out, (language, decimal) = runs[style].out, STYLES[style]
    check_kinds(out, decimal)
    head = (out / "forecast.csv").read_bytes()[:3]
    assert (head == b"\xef\xbb\xbf") == (decimal == ",")
    separator = ";" if decimal == "," else ","
    plain = pd.read_csv(out / "forecast.csv", sep=separator, decimal=decimal, index_col=0)
    value = plain["clv_6m" if language == "en" else "değer, 6 ay"]
    expected = runs["en"].forecast["clv_6m"].round(2)
    assert value.tolist() == expected.tolist()
    assert plain.index.name == "master_id"
    rfm = pd.read_csv(out / "rfm.csv", sep=separator, decimal=decimal, index_col=0)
    names = set(rfm["segment" if language == "en" else "RFM segmenti"])
    assert ("champions" in names) == (language == "en")
    assert ("Şampiyonlar" in names) == (language == "tr")


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("file", ["forecast", "rfm", "segments", "insights", "channels"])
def test_reads_back_the_same_in_every_style(runs, style, file):
    one, two = (tenure.read_output(runs[name].out / f"{file}.csv") for name in (style, "en"))
    words = ["advice", "finding", "action"]
    pd.testing.assert_frame_equal(
        one.drop(columns=words, errors="ignore"), two.drop(columns=words, errors="ignore")
    )


def test_scores_read_back_give_the_same_segments(runs):
    scores = tenure.read_output(runs["tr comma"].out / "rfm.csv")
    assert tenure.rfm_segments(scores).tolist() == scores["segment"].tolist()
    assert scores["segment"].tolist() == runs["en"].rfm["segment"].astype(str).tolist()
    assert scores["RFM_SCORE"].tolist() == runs["en"].rfm["RFM_SCORE"].astype(str).tolist()


@pytest.mark.parametrize("scheme", ["value", "rfm"])
@pytest.mark.parametrize("style", STYLES)
def test_movement_reads_every_style(runs, retailer, style, scheme):
    # A month earlier; customers who had ordered by then.
    day = pd.Timestamp(runs["en"].settings["analysis_date"]) + pd.Timedelta(days=200)
    later = quiet_run(retailer.iloc[100:], preset="flo", analysis_date=day, outputs=())
    expected = tenure.movement(runs["en"], later, scheme=scheme)
    assert len(expected.gone) == 100
    found = tenure.movement(runs[style].out, later, scheme=scheme)
    pd.testing.assert_frame_equal(found.table, expected.table)
    file = runs[style].out / ("forecast.csv" if scheme == "value" else "rfm.csv")
    pd.testing.assert_frame_equal(tenure.movement(file, later, scheme=scheme).table, expected.table)


def test_a_run_after_one_in_another_language(runs, retailer, tmp_path):
    out = tmp_path / "run"
    now = quiet_run(
        retailer.iloc[100:],
        preset="flo",
        language="tr",
        decimal=",",
        previous=runs["en"].out,
        outputs=("movement", "columns"),
        out=out,
    )
    first, *_, last = as_text(out / "movement.csv", ",")
    assert (first, last) == ("önceki segment", "bugün: (gitti)")
    gone = as_text(out / "gone.csv", ",")
    assert len(gone) == len(now.movement.gone) == 100
    assert set(gone["değişim"]) == {"gitti"}
    back = tenure.read_output(out / "gone.csv")
    assert set(back["change"]) == {"gone"}
    assert sorted(back.index) == sorted(now.movement.gone.index)
    check_kinds(out, ",")


def test_campaign_names_in_the_language(runs, tmp_path):
    assert [made.name for made in runs["en"].campaigns] == [
        "New women's brand",
        "Discount on men's and children's",
    ]
    assert [made.name for made in runs["tr"].campaigns] == [
        "Yeni kadın markası",
        "Erkek ve çocuk indirimi",
    ]
    assert [made.file for made in runs["tr"].campaigns] == [
        made.file for made in runs["en"].campaigns
    ]
    rules = (
        Campaign(name="a", names={"tr": "bir"}),
        Campaign(name="b", names={"tr": "iki"}, exclude_campaigns=["a"]),
    )
    if pytest.importorskip("tomli_w"):
        assert read_campaigns(write_campaigns(rules, tmp_path / "c.toml")) == rules
    table = tenure.datasets.make_omnichannel(200, seed=1)
    made = quiet_run(table, preset="flo", campaigns=rules, language="tr", outputs=())
    assert [(each.name, each.file) for each in made.campaigns] == [
        ("bir", "a.csv"),
        ("iki", "b.csv"),
    ]
    assert len(made.campaigns[1]) == 0
    for names in ({"xx": "y"}, {"tr": ""}, 3, {"tr": 4}):
        with pytest.raises(OptionError, match="names="):
            Campaign(name="a", names=names)


def test_script_names_stay_in_every_language(retailer, tmp_path):
    quiet_run(
        retailer,
        preset="flo",
        language="tr",
        segment_names="legacy",
        outputs=["rfm"],
        out=tmp_path / "run",
    )
    segments = set(as_text(tmp_path / "run" / "rfm.csv")["RFM segmenti"])
    assert segments <= {
        "champions", "loyal_customers", "potential_loyalists", "new_customers", "promising",
        "need_attention", "about_to_sleep", "cant_loose", "at_Risk", "hibernating",
    }  # fmt: skip


def test_the_option_reaches_run_from_everywhere(retailer, tmp_path):
    from tenure.cli.main import app

    source = tmp_path / "customers.csv"
    retailer.to_csv(source, index=False)
    arguments = ["run", str(source), "--preset", "flo", "--output", "rfm", "--decimal", ","]
    done = CliRunner().invoke(app, [*arguments, "--out", str(tmp_path / "a")])
    assert done.exit_code == 0, done.output
    config = tmp_path / "tenure.toml"
    config.write_text(
        'input = "customers.csv"\nout = "b"\npreset = "flo"\n'
        '[output]\ndecimal = ","\noutputs = ["rfm"]\n'
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        analysis = tenure.run_config(config)
    assert analysis.settings["decimal"] == ","
    one, two = ((tmp_path / name / "rfm.csv").read_bytes() for name in "ab")
    assert one == two
    assert b";" in one
    with pytest.raises(OptionError, match="decimal=';'"):
        tenure.run(retailer, preset="flo", decimal=";")
    config.write_text('input = "customers.csv"\n[output]\ndecimal = ";"\n')
    with pytest.raises(OptionError, match="decimal"):
        tenure.run_config(config)


def test_money_keeps_the_decimals_it_was_given_in(tmp_path):
    table = pd.DataFrame(
        {
            "id": ["a", "a", "b", "b", "c"],
            "day": ["2024-01-01", "2024-02-01", "2024-01-05", "2024-03-01", "2024-02-20"],
            "paid": [1.125, 2.125, 3.0, 0.375, 7.5],
        }
    )
    quiet_run(
        table, customer="id", date="day", amount="paid", outputs=["rfm"], out=tmp_path / "run"
    )
    assert as_text(tmp_path / "run" / "rfm.csv")["monetary"].tolist() == ["3.25", "3.375", "7.5"]
    assert money_decimals([]) == 2
    assert money_decimals(np.arange(10**5) * 0.1) == 2
    assert money_decimals(np.cumsum(np.full(10**5, 0.01))) == 2
    assert money_decimals([1e-9, 1.0]) is not None
    assert money_decimals([np.pi]) is None


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([1.0, np.nan], "count", [1, None]),
        ([1.5, 2.0], "count", [1.5, 2.0]),
        ([-0.001, 1e300], "money", [0.0, 1e300]),
        ([0.1 + 0.2, 123456.789], "share", [0.3, 123456.79]),
        ([1 / 3, -2e-7 / 3, 0.0], "number", [0.33333333, -6.6666667e-08, 0.0]),
        ([123456789012.3, 1 / 3e300], "number", [123456790000.0, 3.3333333e-301]),
    ],
)
def test_rounding(values, kind, expected):
    column = pd.Series(values, index=[f"r{i}" for i in range(len(values))], name="x")
    found = rounded(column, kind, exact=False, style=CsvStyle())
    assert [None if pd.isna(value) else value for value in found] == expected
    assert found.index.equals(column.index)
    assert repr(found.iloc[0]) != "-0.0"


def test_headings_read_back_to_their_names():
    assert machine_names(["beklenen alışveriş, 2,5 hafta", "değer, 12"], "forecast") == {
        "beklenen alışveriş, 2,5 hafta": "expected_purchases_2.5w",
        "değer, 12": "clv_12",
    }
    assert machine_names(["segment", "mine"], "forecast") == {}
