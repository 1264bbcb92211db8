"""A run owns its directory: it replaces an earlier run, nothing else, and never its input."""

import json
import os
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import tenure
from tenure.campaigns import Campaign
from tenure.campaigns.export import export_campaigns
from tenure.cli.main import app
from tenure.exceptions import FileError, OptionError, TenureWarning
from tenure.pipeline.config.draft import init_config
from tenure.pipeline.outputs import OUTPUTS, file_names
from tenure.run_files.directory import expand
from tenure.run_files.record import file_hash

WANTED = ("forecast", "rfm", "campaigns", "models")
REST = {
    "forecast.csv",
    "rfm.csv",
    "models.json",
    "model_comparison.csv",
    "campaigns.json",
    "run.json",
}
VIP = Campaign(name="vip", value_segments=("A",))


@pytest.fixture(scope="module")
def retailer():
    return tenure.datasets.make_omnichannel(300, seed=4)


@pytest.fixture(scope="module")
def sales():
    return tenure.datasets.load_cdnow_transactions().head(800)


def run(source, **options):
    options = {"outputs": WANTED, **options}
    if "customer" not in options:
        options = {"preset": "flo", **options}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        return tenure.run(source, **options)


def names(folder):
    return {path.name for path in folder.iterdir()}


def hashes(folder):
    return {path.name: file_hash(path) for path in folder.iterdir() if path.is_file()}


def is_whole(folder):
    """Whether the directory holds just what its record lists."""
    listed = json.loads((folder / "run.json").read_text())["outputs"]
    found = hashes(folder)
    del found["run.json"]
    return found == listed


# -- an earlier run --------------------------------------------------------------------------------


def test_an_earlier_runs_target_lists_go(retailer, sales, tmp_path):
    """The fault: the second of README's commands left the first one's lists to be mailed."""
    out = tmp_path / "results"
    run(retailer, out=out)
    lists = {"new_brand_target_customer_id.csv", "discount_target_customer_ids.csv"}
    assert names(out) == REST | lists
    columns = {"customer": "customer_id", "date": "date", "amount": "dollar_value"}
    run(sales, out=out, **columns)
    assert names(out) == REST - {"campaigns.json"}
    assert is_whole(out)
    run(retailer, out=out, campaigns=[VIP], outputs=["campaigns"])
    assert names(out) == {"vip.csv", "campaigns.json", "run.json"}
    assert names(tmp_path) == {"results"}


def test_readmes_commands_and_the_demo_in_a_row(retailer, sales, tmp_path):
    retailer.to_csv(tmp_path / "customers.csv", index=False)
    sales.to_csv(tmp_path / "sales.csv", index=False)
    out = str(tmp_path / "results")
    columns = ["--customer", "customer_id", "--date", "date", "--amount", "dollar_value"]
    commands = [
        ["run", str(tmp_path / "customers.csv"), "--preset", "flo", "--out", out],
        ["run", str(tmp_path / "sales.csv"), "--transactions", *columns, "--out", out],
        ["demo", "--customers", "300", "--out", str(tmp_path / "demo")],
        ["demo", "--customers", "300", "--out", str(tmp_path / "demo")],
    ]
    for command in commands:
        done = CliRunner().invoke(app, command)
        assert done.exit_code == 0, done.output
    assert is_whole(tmp_path / "results")
    assert "discount_target_customer_ids.csv" not in names(tmp_path / "results")
    assert is_whole(tmp_path / "demo" / "cdnow")


def test_the_month_after_with_the_same_directory_as_previous(retailer, tmp_path):
    out = tmp_path / "results"
    run(retailer, out=out)
    before = pd.read_csv(out / "forecast.csv", index_col=0)["segment"]
    now = retailer.assign(order_num_total_ever_online=retailer["order_num_total_ever_online"] + 1)
    found = run(now, out=out, previous=out, outputs=["forecast", "movement"])
    assert is_whole(out)
    assert "movement.csv" in names(out)
    counts = before.value_counts()
    totals = found.movement.table.drop(columns="gone", errors="ignore").sum(axis=1)
    assert totals.reindex(counts.index).tolist() == counts.tolist()


def test_a_file_changed_since_is_no_longer_the_runs(retailer, tmp_path):
    out = tmp_path / "results"
    run(retailer, out=out)
    ids = out / "discount_target_customer_ids.csv"
    ids.write_text(ids.read_text() + "added-by-hand\n")
    before = hashes(out)
    with pytest.raises(FileError, match=r"discount_target_customer_ids\.csv, changed since a run"):
        run(retailer, out=out, campaigns=[VIP])
    assert hashes(out) == before
    run(retailer, out=out, campaigns=[VIP], overwrite=True)
    assert "added-by-hand" in ids.read_text()
    assert "new_brand_target_customer_id.csv" not in names(out)
    with pytest.raises(FileError, match="which no run of tenure wrote"):
        run(retailer, out=out)
    run(retailer, out=out, overwrite=True)
    assert "added-by-hand" not in ids.read_text()


@pytest.mark.parametrize(
    "record",
    [
        "no json",
        "[]",
        '{"outputs": {}}',
        '{"tenure": "1", "outputs": {"../mine.txt": "%s"}}' % ("0" * 64),
        '{"tenure": "1", "outputs": {"mine.txt": 1}}',
        "[" * 100_000,
        '{"tenure": "1", "outputs": {}, "x": %s}' % ("9" * 5_000),
    ],
)
def test_a_record_that_is_none_owns_nothing(retailer, tmp_path, record):
    (tmp_path / "out").mkdir()
    (tmp_path / "mine.txt").write_text("mine")
    (tmp_path / "out" / "mine.txt").write_text("mine")
    (tmp_path / "out" / "run.json").write_text(record)
    with pytest.raises(FileError, match="which no run of tenure wrote"):
        run(retailer, out=tmp_path / "out")
    run(retailer, out=tmp_path / "out", overwrite=True)
    assert (tmp_path / "mine.txt").read_text() == "mine"
    assert (tmp_path / "out" / "mine.txt").read_text() == "mine"


# -- what others put there -----------------------------------------------------------------------


def test_other_content_is_refused_before_any_work(retailer, tmp_path, monkeypatch):
    out = tmp_path / "results"
    (out / "papers").mkdir(parents=True)
    (out / "papers" / "a.txt").write_text("mine")
    for number in range(7):
        (out / f"note{number}.txt").write_text("mine")
    before = hashes(out)
    monkeypatch.setattr("tenure.pipeline.run.load", lambda *_, **__: pytest.fail("work was begun"))
    with pytest.raises(FileError, match=r"note0\.txt, .* and 3 more, which no run .*--overwrite"):
        run(retailer, out=out)
    assert hashes(out) == before


def test_overwrite_leaves_what_has_other_names(retailer, tmp_path):
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "a.txt").write_text("mine")
    (tmp_path / "forecast.csv").write_text("somebody's")
    (tmp_path / "notes.txt").write_text("mine")
    run(retailer, out=tmp_path, overwrite=True)
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert (tmp_path / "papers" / "a.txt").read_text() == "mine"
    assert (tmp_path / "forecast.csv").read_text().startswith("master_id,")
    run(retailer, out=tmp_path, overwrite=True, outputs=["rfm"])
    assert names(tmp_path) == {"notes.txt", "papers", "rfm.csv", "run.json"}


def test_a_folder_in_the_way_stays(retailer, tmp_path):
    (tmp_path / "forecast.csv").mkdir()
    with pytest.raises(FileError, match="there is a folder of that name"):
        run(retailer, out=tmp_path, overwrite=True)
    assert names(tmp_path) == {"forecast.csv"}


def test_hidden_files_empty_folders_and_other_runs_are_no_obstacle(retailer, tmp_path):
    (tmp_path / ".gitkeep").touch()
    (tmp_path / "Thumbs.db").touch()
    (tmp_path / "empty").mkdir()
    run(retailer, out=tmp_path / "{date}")
    run(retailer, out=tmp_path)
    run(retailer, out=tmp_path, outputs=["rfm"])
    dated = {path.name for path in tmp_path.iterdir() if path.name.startswith("20")}
    assert len(dated) == 1
    expected = {".gitkeep", "Thumbs.db", "empty", "rfm.csv", "run.json", *dated}
    assert names(tmp_path) == expected


def test_a_file_where_the_directory_should_be(retailer, tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(FileError, match="it is a file"):
        run(retailer, out=tmp_path / "out")


# -- what the run reads ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["same", "symlink", "hard link", "dots"])
def test_the_input_is_never_replaced(retailer, tmp_path, monkeypatch, kind):
    """The fault: `tenure run forecast.csv --preset flo --out .` ended with the data gone."""
    monkeypatch.chdir(tmp_path)
    source = Path("forecast.csv")
    retailer.to_csv(source, index=False)
    if kind == "symlink":
        source = Path("link.csv")
        source.symlink_to("forecast.csv")
    elif kind == "hard link":
        source = Path("link.csv")
        os.link("forecast.csv", source)
    elif kind == "dots":
        Path("sub").mkdir()
        source = Path("sub/../forecast.csv")
    before = hashes(tmp_path)
    for extra in ([], ["--overwrite"]):
        done = CliRunner().invoke(app, ["run", str(source), "--preset=flo", "--out=.", *extra])
        assert done.exit_code == 1
        text = " ".join(done.output.replace("│", " ").split())
        assert "forecast.csv is the input of this run" in text
        assert hashes(tmp_path) == before


def test_the_input_may_be_beside_the_output(retailer, tmp_path):
    retailer.to_csv(tmp_path / "customers.csv", index=False)
    before = file_hash(tmp_path / "customers.csv")
    for _ in range(2):
        run(tmp_path / "customers.csv", out=tmp_path)
    assert file_hash(tmp_path / "customers.csv") == before


def test_an_exclusion_file_is_never_replaced(retailer, tmp_path):
    """The fault: the unsubscribe list was replaced with the target list."""
    banned = tmp_path / "vip.csv"
    banned.write_text("master_id\nx\n")
    rule = Campaign(name="vip", value_segments=("A",), exclude_files=(str(banned),))
    for overwrite in (False, True):
        with pytest.raises(FileError, match=r"vip\.csv is a file of excluded customers"):
            run(retailer, out=tmp_path, campaigns=[rule], overwrite=overwrite)
    made = run(retailer, campaigns=[rule]).campaigns
    with pytest.raises(FileError, match=r"vip\.csv is a file of excluded customers"):
        export_campaigns(made, tmp_path, overwrite=True)
    assert banned.read_text() == "master_id\nx\n"
    assert names(tmp_path) == {"vip.csv"}


def test_a_list_of_an_earlier_run_that_is_read_is_neither_replaced_nor_removed(retailer, tmp_path):
    """Those contacted last month are left out this month: their list is still needed."""
    out = tmp_path / "results"
    run(retailer, out=out, campaigns=[VIP])
    rule = Campaign(name="others", value_segments=("A", "B"), exclude_files=(str(out / "vip.csv"),))
    before = hashes(out)
    with pytest.raises(FileError, match=r"vip\.csv is a file of excluded customers"):
        run(retailer, out=out, campaigns=[rule])
    assert hashes(out) == before
    run(retailer, out=tmp_path / "next", campaigns=[rule])
    both = [
        set(pd.read_csv(p)["master_id"]) for p in (out / "vip.csv", tmp_path / "next/others.csv")
    ]
    assert not both[0] & both[1]
    assert all(both)


def test_a_description_and_its_campaigns_stay(retailer, tmp_path):
    retailer.to_csv(tmp_path / "customers.csv", index=False)
    (tmp_path / "campaigns.toml").write_text('[[campaign]]\nname = "vip"\nvalue_segments = ["A"]\n')
    (tmp_path / "tenure.toml").write_text(
        'input = "customers.csv"\npreset = "flo"\nout = "."\ncampaigns = "campaigns.toml"\n'
        '[output]\noutputs = ["rfm", "campaigns"]\n'
    )
    before = hashes(tmp_path)
    for _ in range(2):
        done = CliRunner().invoke(app, ["run", str(tmp_path / "tenure.toml")])
        assert done.exit_code == 0, done.output
    found = hashes(tmp_path)
    assert {name: found[name] for name in before} == before
    assert set(found) - set(before) == {"rfm.csv", "vip.csv", "campaigns.json", "run.json"}


def test_init_never_writes_over_its_input(retailer, tmp_path):
    path = tmp_path / "customers.csv"
    retailer.to_csv(path, index=False)
    before = file_hash(path)
    with pytest.raises(FileError, match="is the input itself"):
        init_config(path, path, force=True)
    assert file_hash(path) == before


# -- campaigns on their own ------------------------------------------------------------------------


def test_exported_lists_of_an_earlier_time_go(retailer, tmp_path):
    out = tmp_path / "lists"
    first = run(retailer, campaigns=[VIP, Campaign(name="low", value_segments=("D",))]).campaigns
    export_campaigns(first, out)
    (out / "notes.txt").write_text("mine")
    export_campaigns(first[:1], out)
    assert names(out) == {"vip.csv", "campaigns.json", "notes.txt"}
    (out / "low.csv").write_text("mine")
    with pytest.raises(FileError, match=r"low\.csv, which no run"):
        export_campaigns(first, out)
    assert (out / "low.csv").read_text() == "mine"
    export_campaigns(first, out, overwrite=True)
    assert (out / "low.csv").read_text() != "mine"
    run(retailer, out=tmp_path / "run", campaigns=[VIP])
    with pytest.raises(FileError, match=r"of a run \(run\.json\)"):
        export_campaigns(first, tmp_path / "run")
    assert is_whole(tmp_path / "run")


# -- names -----------------------------------------------------------------------------------------


def test_the_date_in_the_name(retailer, tmp_path):
    found = run(retailer, out=tmp_path / "{date}" / "a", analysis_date="2021-07-01")
    assert found.out == tmp_path / "2021-07-01" / "a"
    assert is_whole(found.out)
    done = CliRunner().invoke(app, ["demo", "--customers=300", f"--out={tmp_path}/x{{{{1}}}}"])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "x{1}" / "cdnow" / "run.json").is_file()


@pytest.mark.parametrize("out", ["{name}", "a{", "a}", "{date:%Y}", "{date!r}", "{}", "{0}"])
def test_other_placeholders_are_refused(retailer, tmp_path, out):
    with pytest.raises(OptionError, match=r"\{date\} becomes the analysis date"):
        run(retailer, out=tmp_path / out)
    assert list(tmp_path.iterdir()) == []


def test_the_date_may_have_a_time():
    assert expand("{date}", "2021-06-01T12:00:00") == Path("2021-06-01")
    assert expand("{date}", None) is None
    assert expand("{{date}}", None) == Path("{date}")


def test_braces_in_the_folder_of_a_description_are_no_placeholders(retailer, tmp_path):
    folder = tmp_path / "{x}"
    folder.mkdir()
    retailer.to_csv(folder / "customers.csv", index=False)
    (folder / "tenure.toml").write_text(
        'input = "customers.csv"\npreset = "flo"\nout = "{date}"\n[output]\noutputs = ["rfm"]\n'
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TenureWarning)
        found = tenure.run_config(folder / "tenure.toml")
    assert found.out.parent == folder
    assert found.out.name == found.settings["analysis_date"][:10]


def test_every_file_of_a_run_is_announced(retailer, sales, tmp_path):
    """The names that are checked before the work are those that are written."""
    columns = {"customer": "customer_id", "date": "date", "amount": "dollar_value"}
    for number, (table, options) in enumerate([(retailer, {}), (sales, columns)]):
        out = tmp_path / str(number)
        run(table, out=out, outputs=None, **options)
        run(table, out=out, outputs=None, previous=out, **options)
        rules = tenure.presets.FLO.campaigns if not options else ()
        assert names(out) <= file_names(tuple(OUTPUTS), rules)


# -- signals ---------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="signals are of POSIX")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_command_that_is_stopped_leaves_nothing(retailer, tmp_path, name):
    retailer.to_csv(tmp_path / "customers.csv", index=False)
    script = (
        "import sys, time\n"
        "import tenure.pipeline.outputs as deliverables\n"
        "from tenure.cli.main import app\n"
        "def wait(path):\n"
        "    path.write_text('half')\n"
        "    print('writing', flush=True)\n"
        "    time.sleep(60)\n"
        "deliverables._rfm = None\n"
        "output = deliverables.OUTPUTS['rfm']\n"
        "object.__setattr__(output, 'files', lambda analysis: {'rfm.csv': wait})\n"
        "app(sys.argv[1:])\n"
    )
    command = ["run", str(tmp_path / "customers.csv"), "--preset=flo", f"--out={tmp_path}/out"]
    process = subprocess.Popen(
        [sys.executable, "-c", script, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        assert process.stdout.readline() == b"writing\n"
        process.send_signal(getattr(signal, name))
        process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode in (130, 143)
    deadline = time.monotonic() + 10
    while names(tmp_path) != {"customers.csv"} and time.monotonic() < deadline:
        time.sleep(0.05)
    assert names(tmp_path) == {"customers.csv"}
