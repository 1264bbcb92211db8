"""Write utils_lifetimes.json: what the rest of lifetimes.utils and its generators answer.

Run it with an interpreter that has the real lifetimes, then commit the JSON::

    python3.10 -m venv oracle
    oracle/bin/pip install lifetimes==0.11.3 numpy==1.26.4 pandas==1.5.3 scipy==1.15.3 \\
        "setuptools<80" "pyarrow<22"
    TENURE_REFERENCE_DATA=... oracle/bin/python tests/reference/generate_utils.py

Of tables the file holds types, names, checksums and a few whole rows; of the random generators the
means of a large sample, with their standard errors.
"""

import hashlib
import json
import os
import platform
import warnings
from pathlib import Path

import lifetimes
import numpy as np
import pandas as pd
from lifetimes import BetaGeoFitter, ModifiedBetaGeoFitter, ParetoNBDFitter, datasets, generate_data
from lifetimes.utils import (
    _find_first_transactions,
    calculate_alive_path,
    calibration_and_holdout_data,
    expected_cumulative_transactions,
)
from logs import LOGS

OUTPUT = Path(__file__).with_name("utils_lifetimes.json")
MODELS = {
    "BetaGeoFitter": (BetaGeoFitter, {"r": 0.2426, "alpha": 4.4135, "a": 0.7929, "b": 2.4258}),
    "ModifiedBetaGeoFitter": (
        ModifiedBetaGeoFitter,
        {"r": 0.5247, "alpha": 6.1826, "a": 0.8913, "b": 1.6141},
    ),
    "ParetoNBDFitter": (
        ParetoNBDFitter,
        {"r": 0.5534, "alpha": 10.578, "s": 0.6061, "beta": 11.669},
    ),
}
MONEY = {"monetary_value_col": "amount"}
CALIBRATIONS = [
    {"log": log, "options": options}
    for log, several in {
        "cdnow": [
            {"calibration_period_end": "1997-09-30", **MONEY},
            {
                "calibration_period_end": "1997-09-30",
                "observation_period_end": "1998-03-15",
                "freq": "W",
                **MONEY,
            },
            {"calibration_period_end": "1997-09-30", "freq_multiplier": 7},
            {
                "calibration_period_end": "1997-12-10",
                "freq": "M",
                "include_first_transaction": True,
                **MONEY,
            },
        ],
        "synthetic": [
            {"calibration_period_end": end, "freq": freq, **MONEY}
            for freq in ["s", "h", "D", "W", "M", "Y"]
            for end in ["1970-02-28", "1969-12-31 13:30:00"]
        ],
        "cdnow_master": [{"calibration_period_end": "1997-12-31", **MONEY}],
        "online_retail": [
            {"calibration_period_end": "2010-08-31", **MONEY},
            {
                "calibration_period_end": "2010-08-31",
                "observation_period_end": "2010-11-30",
                "freq": "W",
            },
        ],
    }.items()
    for options in several
]
FIRSTS = [
    {"log": log, "options": options}
    for log in ("synthetic", "cdnow", "cdnow_master", "online_retail")
    for options in (
        {},
        {"freq": "W", "monetary_value_col": "amount"},
        {"freq": "M", "monetary_value_col": "amount"},
    )
]
CUMULATIVE = [
    {"log": log, "model": model, "options": options}
    for log, several in {
        "cdnow": [
            {"t": 100},
            {"t": 78 * 7, "freq_multiplier": 7, "set_index_date": True},
            {"t": 30, "freq": "W", "set_index_date": True},
            {"t": 6, "freq": "M", "set_index_date": True},
        ],
        "online_retail": [{"t": 200, "freq_multiplier": 7}],
    }.items()
    for options in several
    for model in MODELS
]
PATHS = [
    {"log": "cdnow", "model": model, "customer": customer, "t": t, "freq": freq}
    for model in MODELS
    for customer in (1, 157, 2357)
    for t, freq in ((600, "D"), (80, "W"), (3, "M"))
]
GENERATORS = [
    ("beta_geometric_nbd_model", [39.0, 0.2426, 4.4135, 0.7929, 2.4258]),
    ("beta_geometric_nbd_model", [20.0, 1.5, 1.2, 0.6, 3.0]),
    ("modified_beta_geometric_nbd_model", [39.0, 0.5247, 6.1826, 0.8913, 1.6141]),
    ("modified_beta_geometric_nbd_model", [20.0, 1.5, 1.2, 0.6, 3.0]),
    ("pareto_nbd_model", [39.0, 0.5534, 10.578, 0.6061, 11.669]),
    ("pareto_nbd_model", [20.0, 1.5, 1.2, 0.6, 6.0]),
    ("beta_geometric_beta_binom_model", [6, 1.204, 0.75, 0.657, 2.783]),
    ("beta_geometric_beta_binom_model", [40, 0.5, 2.5, 0.8, 9.0]),
    ("beta_geometric_nbd_model_transactional_data", [100, 0.9, 7.0, 0.8, 2.5]),
]
SAMPLE = 20_000


def digest(values):
    """Hash what an index holds."""
    return hashlib.sha256("\n".join(map(str, values)).encode()).hexdigest()


def describe(table):
    """Return types, names, checksums and a few rows of a table of numbers."""
    sums = {}
    for name in table:
        column = np.asarray(table[name], dtype=np.float64)
        sums[str(name)] = [column.sum(), column @ np.arange(1, len(column) + 1) / len(column)]
    return {
        "rows": len(table),
        "index": digest(table.index),
        "index_name": table.index.name,
        "columns": list(table.columns),
        "dtypes": [str(dtype) for dtype in table.dtypes],
        "sums": sums,
        "some": {
            str(at): [float(value) for value in table.iloc[at]]
            for at in range(0, len(table), max(1, len(table) // 4))
        },
    }


def numbers(table):
    """Turn ids, periods and flags into numbers, so that a table can be described."""
    table = table.copy()
    types = [str(dtype) for dtype in table.dtypes]
    table["date"] = [period.ordinal for period in table["date"]]
    return {**describe(table.astype(float)), "dtypes": types, "columns": list(table.columns)}


def moments(name, table):
    """Return the means of a sample, what they are the means of, and their standard errors."""
    if name.endswith("transactional_data"):
        table = table.assign(customer_id=table["customer_id"].astype(int))
        days = (pd.Timestamp("2019-01-01") - table["date"]) / pd.Timedelta(1, "D")
        groups = days.groupby(table["customer_id"])
        sample = pd.DataFrame({"purchases": groups.size(), "last": groups.min()})
        sample["first"] = groups.max()
    else:
        sample = table.drop(columns="customer_id", errors="ignore").copy()
        sample["never"] = sample["frequency"] == 0
        sample["twice"] = sample["frequency"] == 2
        sample["product"] = sample["frequency"] * sample["recency"]
        sample["alive_product"] = sample["alive"] * sample["recency"]
        sample["log_frequency"] = np.log1p(sample["frequency"])
    sample = sample.astype(float)
    error = sample.std(ddof=1) / np.sqrt(len(sample))
    return {"means": sample.mean().to_dict(), "errors": error.to_dict()}


def make(name):
    """Make a model from its parameters."""
    cls, params = MODELS[name]
    model = cls()
    model.params_ = pd.Series(params)
    return model


def main() -> None:
    """Ask lifetimes everything and write the file."""
    places = {
        "data": Path(os.environ["TENURE_REFERENCE_DATA"]) / "data",
        "datasets": Path(lifetimes.__file__).parent / "datasets",
    }
    logs = {}
    for name, (read, file) in LOGS.items():
        logs[name] = (
            read() if file is None else read(places[file.split("/")[0]] / file.split("/", 1)[1])
        )
    np.random.seed(20)  # noqa: NPY002 lifetimes draws from it
    generated = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for case in CALIBRATIONS:
            table = calibration_and_holdout_data(logs[case["log"]], "id", "date", **case["options"])
            case["table"] = describe(table)
        for case in FIRSTS:
            case["table"] = numbers(
                _find_first_transactions(logs[case["log"]], "id", "date", **case["options"])
            )
        for case in CUMULATIVE:
            model = make(case["model"])
            case["table"] = describe(
                expected_cumulative_transactions(
                    model, logs[case["log"]], "date", "id", **case["options"]
                )
            )
        for case in PATHS:
            log = logs[case["log"]]
            path = calculate_alive_path(
                make(case["model"]),
                log[log["id"] == case["customer"]],
                "date",
                case["t"],
                case["freq"],
            )
            case["dtype"], case["rows"], case["element"] = str(path.dtype), len(path), None
            if path.dtype == object:
                case["element"] = list(path[0].shape)
            values = np.array([float(np.ravel(value)[0]) for value in path])
            case["sum"] = values.sum()
            case["some"] = {str(at): values[at] for at in range(0, len(path), len(path) // 3)}
        for name, arguments in GENERATORS:
            function = getattr(generate_data, name)
            parts, size, seen = [], 2_000, 0
            while seen < SAMPLE:
                part = function(*arguments, size=size)
                if name.endswith("transactional_data"):
                    part["customer_id"] += seen
                parts.append(part)
                seen += size
            small = function(*arguments, size=3)
            generated.append(
                {
                    "name": name,
                    "arguments": arguments,
                    "size": SAMPLE,
                    "columns": list(small.columns),
                    "dtypes": [str(dtype) for dtype in small.dtypes],
                    "index": [float(label) for label in small.index[:3]],
                    "index_dtype": str(small.index.dtype),
                    "index_name": small.index.name,
                    **moments(name, pd.concat(parts)),
                }
            )
        tables = {}
        for name in [*datasets.__all__]:
            table = getattr(datasets, name)()
            tables[name] = {
                "shape": list(table.shape),
                "columns": list(table.columns),
                "dtypes": [str(dtype) for dtype in table.dtypes],
                "index_name": table.index.name,
                "first": [str(value) for value in table.iloc[0]],
                "last": [str(value) for value in table.iloc[-1]],
            }
    answers = {
        "versions": {
            "lifetimes": lifetimes.__version__,
            "numpy": np.__version__,
            "pandas": pd.__version__,
            "python": platform.python_version(),
        },
        "parameters": {name: params for name, (_, params) in MODELS.items()},
        "calibrations": CALIBRATIONS,
        "firsts": FIRSTS,
        "cumulative": CUMULATIVE,
        "paths": PATHS,
        "generators": generated,
        "datasets": tables,
    }
    OUTPUT.write_text(json.dumps(answers, indent=1) + "\n")


if __name__ == "__main__":
    main()
