"""Ctrl-C during all that may take long."""

import gc
import os
import signal
import threading
import time
from collections import deque
from functools import partial
from itertools import starmap

import numpy as np
import pandas as pd
import pytest

from tenure import _engine
from tenure.summary.engine_input import EngineTable
from tenure.summary.ids import EngineIds

BG_NBD, PARETO = [0.24, 4.41, 0.79, 2.43], [0.55, 10.6, 0.61, 11.7]
BG_BB, SPENDING = [1.2, 0.75, 0.66, 2.78], [6.25, 3.74, 15.44]
LONGEST = 30.0
"""Seconds for which an operation is repeated if nothing ends it."""


def purchases(ids, seconds, amounts=None, n_customers=None):
    """Lay out a table of purchases as the engine takes it; nobody asks for the labels."""
    return EngineTable(EngineIds(ids, pd.Index, n_customers), seconds, 1, amounts)


def operations():
    """What may take long, as functions without arguments that always answer the same."""
    random = np.random.default_rng(1)
    T = random.uniform(10.0, 60.0, 20_000)
    x = random.poisson(random.gamma(0.5, 0.2, T.size) * T).astype(float)
    recency = np.where(x > 0, T * random.uniform(0.0, 1.0, T.size), 0.0)
    customers, t = (x, recency, T), T / 2
    periods = np.floor(T)
    used = np.floor(periods * random.uniform(0.0, 1.0, T.size))
    bought = np.minimum(x, used) + (used > 0) * (x == 0)
    opportunities = (bought, used, periods)
    money = random.gamma(6.0, 4.0, T.size)
    times, discounts = [4.0, 8.0, 12.0], [1.0, 0.9, 0.8]

    codes = random.integers(0, 5_000, 40_000).astype(np.uint32)
    days = random.integers(0, 700, codes.size) * 86_400
    amounts = random.uniform(1.0, 9.0, codes.size)
    whole, spread = codes.astype(np.int64), codes.astype(np.int64) * 2**40
    letters = np.frombuffer(b"".join(b"C%07d" % code for code in codes), np.uint8)
    text = (letters, np.arange(codes.size + 1, dtype=np.int64) * 8, None)
    clock = {"collapse": "D"}
    rules = {**clock, "unit": 86_400.0}
    began, curve = random.integers(0, 9, 20_000), np.sqrt(np.arange(1.0, 20_001.0))

    paths = (np.zeros(400), np.ones(400, np.int64), np.full(400, 400))
    who, many = np.arange(T.size), [np.full(T.size, 9.0) for _ in range(3)]
    state = [random.exponential(size=(T.size, 4)), *(np.zeros(T.size) for _ in range(4))]
    stream = _engine.TransactionStream(collapse="D", unit=86_400.0, memory_rows=0, money=False)

    bg_nbd, bg_bb, spend = map(_engine.Model, ["BG/NBD", "BG/BB", "Gamma-Gamma"])
    pareto = _engine.Model("Pareto/NBD")
    yield "fit", partial(bg_nbd.fit, customers)
    for model, params, columns in [
        (bg_nbd, BG_NBD, customers),
        (pareto, PARETO, customers),
        (bg_bb, BG_BB, opportunities),
        (spend, SPENDING, (x + 1.0, money)),
    ]:
        yield f"likelihood {model.name}", partial(model.log_likelihood, params, columns)
        yield f"objective {model.name}", partial(model.objective, np.log(params), columns)
    few = [column[:2_000] for column in customers]
    value = (spend, SPENDING, (x + 1.0, money))
    for model, params in [(bg_nbd, BG_NBD), (pareto, PARETO)]:
        ask = {
            "alive": (model.probability_alive, customers),
            "expected": (model.expected_purchases, t[:1], customers),
            "expected in each one's t": (model.expected_purchases, t, customers),
            "expected over": (model.expected_purchases_over, times, customers),
            "ahead": (model.purchases_ahead, [(times, discounts)], customers),
            "clv": (model.discounted_purchases, (times, discounts), customers, value),
            "expected of new ones": (model.expected_purchases_new_customer, t),
            "survival": (model.survival, t),
            "pmf": (model.purchase_pmf, t, x),
            "conditional pmf": (model.purchase_pmf_conditional, t[:2_000], x[:2_000], few),
            "alive paths": (model.alive_paths, *paths),
        }
        each = np.tile(params, (T.size, 1))
        draws = _engine.Draws(each[:50], quantiles=[0.05, 0.95])
        for what, (question, *arguments) in ask.items():
            yield f"{what} {model.name}", partial(question, params, *arguments)
        for what, given in [("each one's parameters", each), ("draws", draws)]:
            for name in ["alive", "expected", "clv", "survival", "pmf"]:
                question, *arguments = ask[name]
                yield f"{name} at {what} {model.name}", partial(question, given, *arguments)
    yield "histories", partial(_engine.histories, *paths)
    ahead = np.array([6.0])
    yield "periods alive", partial(bg_bb.periods_alive, BG_BB, ahead, opportunities)
    yield "periods expected", partial(bg_bb.periods_expected, BG_BB, ahead, opportunities)
    yield "periods pmf", partial(bg_bb.periods_pmf, BG_BB, periods, used)
    yield "spend", partial(spend.expected_spend, SPENDING, (x + 1.0, money))
    draws = _engine.Draws(np.tile(SPENDING, (50, 1)), quantiles=[])
    yield "spend at draws", partial(spend.expected_spend, draws, (x + 1.0, money))
    for kind, ids in [("codes", codes), ("whole", whole), ("spread", spread), ("text", text)]:
        table = purchases(ids, days, amounts, 5_000 if kind == "codes" else None)
        summarize = partial(_engine.summarize_transactions, table, **rules)
        yield f"summary {kind}", summarize
        yield f"holdout {kind}", partial(summarize, split=400 * 86_400)
        yield f"track {kind}", partial(_engine.track_purchases, table, periods=700, **clock)
        yield f"list {kind}", partial(_engine.list_purchases, table, **clock)
    yield "expected over time", partial(_engine.expected_over_time, began, curve, 1)
    yield "stream", partial(stream.push, purchases(whole, days))
    yield "lives", partial(_engine.advance_simulation, who, *many, *state)


OPERATIONS = dict(operations())


@pytest.fixture(autouse=True)
def interruptible():
    """Have SIGINT raise KeyboardInterrupt, also where the shell started pytest with it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupt(call):
    """Call again and again while a thread sends SIGINT; whether the engine itself noticed it."""
    start = time.monotonic()
    call()
    left = iter([()] * (3 + int(LONGEST / (time.monotonic() - start))))
    sender = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))

    def work():
        sender.start()
        deque(starmap(call, left), maxlen=0)
        sender.join()

    # No line of Python may run between two calls: pytest's plugins have some run when garbage is
    # collected.
    gc.disable()
    try:
        with pytest.raises(KeyboardInterrupt):
            work()
    finally:
        gc.enable()
    return left.__length_hint__() > 0


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for a single process")
@pytest.mark.parametrize("name", OPERATIONS)
def test_ctrl_c_ends(name):
    call = OPERATIONS[name]
    expected = call()
    assert interrupt(call)
    if name != "lives":  # which goes on where it was
        np.testing.assert_equal(call(), expected)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for a single process")
@pytest.mark.parametrize("name", ["fit", "likelihood BG/NBD", "alive BG/NBD", "summary codes"])
def test_ctrl_c_ends_work_in_a_pool_of_its_own(name):
    """As after tenure.set_threads, where many calls are shorter than the time between polls."""
    threads = _engine.get_threads()
    _engine.set_threads(threads + 1)
    try:
        assert interrupt(OPERATIONS[name])
    finally:
        _engine.set_threads(threads)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for a single process")
def test_pieces_that_were_given_up_leave_nothing_behind():
    """A stream is what it was before the piece, however often that is given up."""
    random = np.random.default_rng(2)
    ids, days = random.integers(0, 999, 20_000), random.integers(0, 700, 20_000) * 86_400
    streams = [
        _engine.TransactionStream(collapse="D", unit=86_400.0, memory_rows=room, money=False)
        for room in (1 << 40, 30_000)
    ]
    for stream in streams:
        push = partial(stream.push, purchases(ids, days))
        assert interrupt(push)
    whole, spilled = (stream.finish() for stream in streams)
    table = _engine.summarize_transactions(purchases(ids, days), collapse="D", unit=86_400.0)
    for column in ("values", "frequency", "recency", "T"):
        np.testing.assert_array_equal(whole[column], table[column])
        np.testing.assert_array_equal(spilled[column], table[column])
