"""The scripts in benches/ run: nothing here is timed, only done at a tiny size."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT

import tenure

BENCHES = ROOT / "benches"


@pytest.fixture(autouse=True, scope="module")
def _importable() -> Iterator[None]:
    sys.path.insert(0, str(BENCHES))
    yield
    sys.path.remove(str(BENCHES))
    for name, module in list(sys.modules.items()):
        if Path(getattr(module, "__file__", None) or "/").parent == BENCHES:
            del sys.modules[name]


@pytest.mark.filterwarnings("ignore::tenure.exceptions.TenureWarning")  # few customers
def test_every_operation_gives_finite_answers_and_knows_its_input() -> None:
    from operations import Operations, answers
    from targets import CASES

    ours = Operations(tenure, 400)
    for case in CASES:
        ours.prepare(case.table)
        found = answers(case.operation, getattr(ours, case.operation)())
        assert np.isfinite(found).all(), case
        assert bool(found) != case.operation.startswith("generate"), case
        assert (ours.input_bytes(case.operation) > 0) == (case.table != "none"), case


@pytest.mark.filterwarnings("ignore::tenure.exceptions.TenureWarning")  # few customers
def test_fits_of_continuous_time_tell_their_memory() -> None:
    from limits import continuous, memory
    from operations import Operations

    ours = Operations(tenure, 400)
    rows = continuous(ours)
    assert len(np.unique(ours.history[2])) == 400
    assert [row["operation"].split()[0] for row in rows] == [
        "BG/NBD",
        "MBG/NBD",
        "Pareto/NBD",
        "Gamma-Gamma",
    ]
    assert [row["input_bytes"] for row in rows[:3]] == [3 * 400 * 8] * 3
    assert memory(rows) == []
    judged = memory([{**row, "size": 10**6, "tenure_bytes": 9_700} for row in rows])
    assert [row["ratio"] < row["at_most"] for row in judged[:3]] == [True] * 3


def test_summaries_of_every_kind_of_id_agree_with_polars_and_duckdb() -> None:
    import simulate
    import summaries
    from targets import SUMMARIES

    log = simulate.transactions(5_000)
    for kind in SUMMARIES:
        columns = simulate.with_ids(log, kind)
        ours = summaries.sums(summaries.with_tenure(summaries.frame(columns))())
        for make in (summaries.with_polars, summaries.with_duckdb):
            np.testing.assert_allclose(summaries.sums(make(columns)()), ours, rtol=1e-12)


def test_alternate_takes_medians_and_the_fastest_peer() -> None:
    from timing import alternate

    def run(*seconds: float) -> object:
        left = iter(seconds)
        return lambda fresh: {"seconds": next(left), "bytes": 7 if fresh else None}

    figures = alternate(
        run(0.9, 0.1, 0.3, 0.2),  # the first does not count
        {"slow": run(1.5, 5.0, 5.0, 5.0), "fast": run(1.0, 2.0, 4.0, 3.0)},
        patience=100.0,
        most=3,
    )
    assert (figures["tenure_s"], figures["tenure_runs"], figures["tenure_bytes"]) == (0.2, 3, 7)
    assert (figures["peer"], figures["peer_s"], figures["peer_runs"]) == ("fast", 3.0, 3)
    assert figures["ratio"] == pytest.approx(15.0)
    assert figures["peers_s"] == {"slow": 5.0, "fast": 3.0}

    # A peer that is out of patience after its first run is asked no more, one that compiles once.
    assert alternate(run(*[0.5] * 9), {"peer": run(30.0)}, 20.0)["peer_s"] == 30.0
    compiled = alternate(run(*[0.5] * 9), {"peer": run(30.0, 3.0)}, 20.0, compiles=True)
    assert (compiled["peer_s"], compiled["peer_first_s"]) == (3.0, 30.0)


def test_rows_are_judged_by_their_bounds() -> None:
    from limits import memory, scaling
    from tables import markdown, reached

    rows = [
        {
            "operation": "fit",
            "size": 10**6,
            "tenure_s": 0.01,
            "tenure_bytes": 50,
            "input_bytes": 24,
        },
        {"operation": "fit", "size": 10**7, "tenure_s": 0.2, "tenure_bytes": 40, "input_bytes": 24},
        {"operation": "fit", "size": 10**5, "tenure_s": 1.0, "tenure_bytes": 99, "input_bytes": 1},
    ]
    assert [(row["ratio"], reached(row)) for row in scaling(rows)] == [(2.0, False)]
    assert [reached(row) for row in memory(rows)] == [False, True]
    peers = [
        {**rows[0], "peer": "p", "peer_s": 2.0, "ratio": 200.0, "at_least": bound}
        for bound in (200, 201, None)
    ]
    assert [reached(row) for row in peers] == [True, False, None]

    told = ["cpu", "cores", "threads", "memory_gib", "load", "python", "numpy", "pandas", "tenure"]
    machine = dict.fromkeys(told, "?")
    text = markdown({"peers": peers, "limits": memory(rows)}, ["lifetimes is left out."], machine)
    assert "- lifetimes is left out." in text
    assert "| fit | 1,000,000 | 10 ms | p: 2 s | 200 × | 201 × | no |" in text
    assert "2 of 4 targets reached." in text


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::tenure.exceptions.TenureWarning")  # few customers
def test_one_thread_and_two_leave_the_number_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    import threads
    from operations import Operations

    alive = [case for case in threads.CASES if case.operation in ("alive", "summary")]
    monkeypatch.setattr(threads, "CASES", alive)
    before = tenure.get_threads()
    rows = threads.one_and_two(Operations(tenure, 300), rounds=1)
    assert tenure.get_threads() == before
    assert [row["operation"] for row in rows] == ["P(alive)"]


def test_floors_read_and_write_all() -> None:
    from limits import BLOCK, add_up

    columns = list(np.random.default_rng(0).uniform(size=(4, 2 * BLOCK + 3)))
    np.testing.assert_allclose(add_up(columns), sum(columns), rtol=1e-15)


def test_a_missing_interpreter_or_package_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import peers

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    with pytest.raises(peers.PeerError, match=r"it needs CPython 3\.10, which is neither on PATH"):
        peers.make_environment("lifetimes", tmp_path)
    with pytest.raises(peers.PeerError, match="nowhere is no Python"):
        peers.make_environment("lifetimes", tmp_path, "nowhere")
    assert not any(tmp_path.iterdir())


def test_a_worker_answers_says_what_fails_and_comes_back(tmp_path: Path) -> None:
    import peers

    script = tmp_path / "script.py"
    script.write_text(
        f"import os, sys; sys.path.insert(0, {str(BENCHES)!r})\n"
        "from peers import serve\n"
        "def answer(request):\n"
        "    print('chatter')\n"
        "    if request['n'] < 0: os._exit(3)\n"
        "    return {'root': 1 / request['n']}\n"
        "serve(answer)\n"
    )
    running = peers.Worker(sys.executable, str(script))
    assert running.versions["numpy"] == np.__version__
    assert running.ask(n=4) == {"root": 0.25}
    with pytest.raises(peers.PeerError, match="ZeroDivisionError"):
        running.ask(n=0)
    with pytest.raises(peers.PeerError, match="ended with code 3"):
        running.ask(n=-1)
    assert running.ask(n=2) == {"root": 0.5}
    running.close()


def test_more_instructions_than_the_baseline_are_a_regression() -> None:
    from instructions import verdict

    known = {"fit": 1000, "alive": 1000}
    good, said = verdict({"fit": 1050, "alive": 10, "paths": 5}, known)
    assert good
    assert said[0] == "Without a baseline: paths."
    good, said = verdict({"fit": 1051, "alive": 1000}, known)
    assert not good
    assert said == ["More than 5% above the baseline: fit."]
