"""Attack the entry points with random tables, names, types, options and files, for a time.

``make fuzz`` runs it for 60 seconds; ``make fuzz SECONDS=600 SEED=7`` longer, from another seed.
A case is known by its number: ``python tests/fuzz/fuzz.py --case 12345`` runs it alone and prints
its input. What must hold of every case:

- it works, or raises a TenureError (or an ImportError) of at most 1,000 characters;
- it warns with nothing but a TenureWarning;
- results hold no infinity, no NaN where none is meant, and P(alive) lies within 0 and 1;
- the order of the rows changes nothing, and the input is left as it was.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import tenure
from tenure.exceptions import MESSAGE_LIMIT, TenureError, TenureWarning

NAMES = [
    "id",
    "T",
    "segment",
    "orders_total",
    "spend_total",
    "customer",
    "",
    "x\x07",
    "ş",
    "clv_6m",
]
KINDS = [
    "int64",
    "int8",
    ">i4",
    "float64",
    "float32",
    "float16",
    "object",
    "Int64",
    "Float64",
    "string",
    "category",
]
ODD = [None, float("nan"), float("inf"), -1, 0, 10**400, "x", "", [], {}, True, "x" * 9999]


def ids(rng: random.Random, size: int) -> list[Any]:
    """Return ids of one kind, some of them missing at times."""
    pool = rng.choice(
        [
            range(9),
            list("abcdefg"),
            ["=1+1", "\x1b[31m", "007", "é"],
            [2**62, -(2**62)],
            [1.5, 2.5],
            [1, "a", 2.0],
        ]
    )
    found = [rng.choice(pool) for _ in range(size)]
    if rng.random() < 0.2:
        found = [None if rng.random() < 0.2 else one for one in found]
    return found


def numbers(rng: random.Random, size: int, *, whole: bool) -> Any:
    """Return counts or amounts in a random type, bad ones among them at times."""
    values: list[Any] = [
        rng.choice([1, 2, 3, 9]) if whole else rng.choice([0.01, 1.0, 9.99, 1e6])
        for _ in range(size)
    ]
    if rng.random() < 0.15:
        values[rng.randrange(size)] = rng.choice([-1, 0, 1e308, float("nan"), None, "x", 0.5])
    try:
        return pd.Series(values).astype(rng.choice(KINDS))
    except (TypeError, ValueError, OverflowError, ArithmeticError):
        return pd.Series(values, dtype=object)


def days(rng: random.Random, size: int) -> Any:
    """Return dates, as datetimes or text, bad ones among them at times."""
    found: Any = pd.Timestamp("2022-01-01") + pd.to_timedelta(
        [rng.randrange(600) for _ in range(size)], "D"
    )
    form = rng.choice([None, None, "%Y-%m-%d", "%d/%m/%Y", "%Y%m%d"])
    if form is None:
        return found
    text = found.strftime(form).tolist()
    if rng.random() < 0.1:
        text[rng.randrange(size)] = rng.choice(["", None, "31/02/2021", "9999-12-31", "x"])
    return text


def options(rng: random.Random, known: dict[str, list[Any]]) -> dict[str, Any]:
    """Return some options, allowed ones for the most part."""
    found = {name: rng.choice(values) for name, values in known.items() if rng.random() < 0.3}
    if found and rng.random() < 0.15:
        found[rng.choice(list(found))] = rng.choice(ODD)
    return found


RUN = {
    "period": ["D", "W", "M"],
    "horizons": ["3M", ["3M", "26W"], 10, 0],
    "ties": ["average", "first"],
    "discount_rate": [0, 0.01, 0.5],
    "purchase_model": ["bg/nbd", "mbg/nbd", "pareto/nbd"],
    "value_segments": [["lo", "hi"], "CBA", {"labels": "AB", "shares": [0.5, 0.5]}],
    "purchase_penalizer": [0.0, 0.001, 1.0],
    "language": ["en", "tr"],
    "currency": ["TL", "EUR"],
}


def purchases(rng: random.Random) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return a table of purchases and its roles."""
    size = rng.choice([1, 2, 5, 12, 40])
    names = rng.sample(NAMES, 3)
    made = [ids(rng, size), days(rng, size), numbers(rng, size, whole=False)]
    table = pd.DataFrame(dict(zip(names, made, strict=True)))
    return table, dict(zip(("customer", "date", "amount"), names, strict=True))


def totals(rng: random.Random) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return a table of customer totals and its roles."""
    size = rng.choice([1, 3, 12, 40])
    first = pd.Timestamp("2022-01-01") + pd.to_timedelta(
        [rng.randrange(300) for _ in range(size)], "D"
    )
    orders = numbers(rng, size, whole=True)
    gap = [0 if str(count) in ("1", "1.0") else rng.randrange(300) for count in orders]
    names = rng.sample(NAMES, 5)
    made = [
        [f"c{i}" for i in range(size)],
        first,
        first + pd.to_timedelta(gap, "D"),
        orders,
        numbers(rng, size, whole=False),
    ]
    roles = ("customer", "first_order", "last_order", "orders", "spend")
    table = pd.DataFrame(dict(zip(names, made, strict=True)))
    return table, dict(zip(roles, names, strict=True))


def attack(rng: random.Random, table: pd.DataFrame, roles: dict[str, Any], kind: str) -> Any:
    """Call an entry point; return the result."""
    if kind == "run":
        chosen = options(rng, RUN)
        if rng.random() < 0.1:
            chosen["out"] = Path(tempfile.mkdtemp()) / "out"
        return tenure.run(table, **roles, **chosen)
    if kind == "summarize":
        return tenure.summarize(
            table,
            **roles,
            **options(
                rng,
                {
                    "period": ["D", "W", "M", "Y"],
                    "collapse": ["D", "W"],
                    "refunds": ["net", "drop", "keep"],
                    "observation_end": ["2023-01-01", "2030-01-01"],
                    "dayfirst": [True, False],
                },
            ),
        )
    if kind == "cohorts":
        return tenure.cohort_analysis(
            table,
            **roles,
            **options(rng, {"period": ["M", "W", "Q", "Y"], "drop_incomplete": [True, False]}),
        ).tidy()
    if kind == "rfm":
        roles = {role: name for role, name in roles.items() if role != "first_order"}
        return tenure.rfm_table(table, **roles, **options(rng, {"ties": ["average"]}))
    return tenure.summarize_totals(
        table,
        **roles,
        **options(
            rng,
            {
                "period": ["D", "W", "M"],
                "cap_outliers": [True, False],
                "convention": ["repeat", "total"],
            },
        ),
    )


def tables_of(result: Any) -> list[pd.DataFrame]:
    """Return the tables of a result that must be finite throughout."""
    if isinstance(result, tenure.Analysis):
        if len(result.customers) % 5 == 0:  # the page takes longer than all of the rest
            assert result.report().startswith("<!")
        return [result.customers, result.forecast, result.rfm]
    return [result]


def check(result: Any) -> None:
    """Check that a result is sound."""
    for table in tables_of(result):
        values = table.select_dtypes("number").to_numpy(dtype=float)
        assert np.isfinite(values).all(), table
        if "p_alive" in table.columns:
            assert table["p_alive"].between(0, 1).all(), table["p_alive"]


def case(number: int, *, show: bool = False) -> str:
    """Run one case; return whether it worked or was refused."""
    rng = random.Random(number)
    of_purchases = rng.random() < 0.6
    table, roles = purchases(rng) if of_purchases else totals(rng)
    kind = rng.choice(
        ["run", *3 * ["summarize", "cohorts", "rfm"]]
        if of_purchases
        else ["run", *3 * ["rfm", "sum"]]
    )
    before = table.copy(deep=True)
    state = rng.getstate()
    if show:
        print(kind, roles)
        print(table.to_dict("list"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", TenureWarning)
        try:
            result = attack(rng, table, roles, kind)
        except (TenureError, ImportError) as error:
            result = error
        pd.testing.assert_frame_equal(table, before)
        if isinstance(result, Exception):
            assert len(str(result)) <= MESSAGE_LIMIT
            return "refused"
        check(result)
        # pandas cannot put rows of another byte order into another order.
        native = all(getattr(dtype, "isnative", True) for dtype in table.dtypes)
        if native and kind in ("summarize", "cohorts", "sum"):
            rng.setstate(state)
            order = np.random.default_rng(number).permutation(len(table))
            again = attack(rng, table.iloc[order], roles, kind)
            if kind == "cohorts":
                pd.testing.assert_frame_equal(again, result, rtol=1e-9)
            else:
                by_id = {key: row for key, row in zip(again.index, again.to_numpy(), strict=True)}
                for key, row in zip(result.index, result.to_numpy(), strict=True):
                    np.testing.assert_allclose(by_id[key], row, rtol=1e-9)
    return "worked"


def main() -> int:
    """Run cases until the time is over; stop at the first fault and say how to see it again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--case", type=int)
    parser.add_argument("--keep-going", action="store_true")
    given = parser.parse_args()
    if given.case is not None:
        print(case(given.case, show=True))
        return 0
    end, number, faults = time.monotonic() + given.seconds, given.seed * 1_000_000, 0
    counts = {"worked": 0, "refused": 0}
    while time.monotonic() < end:
        try:
            counts[case(number)] += 1
        except Exception:
            faults += 1
            traceback.print_exc(limit=-4)
            print(f"FAULT: python {sys.argv[0]} --case {number}", flush=True)
            if not given.keep_going:
                break
        number += 1
    print(f"seed {given.seed}: {sum(counts.values()) + faults:,} cases, {counts}, {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
