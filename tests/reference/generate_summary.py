"""Write summary_lifetimes.json: what lifetimes 0.11.3 makes of four transaction logs.

Run it with an interpreter that has the real lifetimes, then commit the JSON::

    python3.10 -m venv oracle
    oracle/bin/pip install lifetimes==0.11.3 numpy==1.26.4 pandas==1.5.3 scipy==1.15.3 \\
        "setuptools<80" "pyarrow<22"
    TENURE_REFERENCE_DATA=... oracle/bin/python tests/reference/generate_summary.py

Of each summary the file holds the number of customers, a hash of the exact bits of frequency,
recency and T, checksums of the money (each value times its position), and a few whole rows.
"""

import json
import os
import platform
import warnings
from pathlib import Path

import lifetimes
import numpy as np
import pandas as pd
from lifetimes.utils import summary_data_from_transaction_data
from logs import LOGS, fingerprint

OUTPUT = Path(__file__).with_name("summary_lifetimes.json")
CASES = [
    {"log": log, "options": options}
    for log, several in {
        "cdnow": [
            {},
            {"freq": "D", "freq_multiplier": 7, "observation_period_end": "1997-09-30"},
            {"freq": "W", "observation_period_end": "1997-09-30", "monetary_value_col": "amount"},
            {"freq": "M", "monetary_value_col": "amount"},
            {"freq": "D", "monetary_value_col": "amount", "include_first_transaction": True},
        ],
        "synthetic": [
            {"freq": freq, "monetary_value_col": money, "observation_period_end": end}
            for freq in ["s", "h", "D", "W", "M", "Y"]
            for money in [None, "amount"]
            for end in [None, "1971-03-03", "1972-02-29 13:30:00"]
        ]
        + [
            {"freq": "h", "freq_multiplier": 24, "monetary_value_col": "amount"},
            {"freq": "W", "include_first_transaction": True, "monetary_value_col": "amount"},
        ],
        "cdnow_master": [
            {"monetary_value_col": "amount", "observation_period_end": "1998-06-30"},
            {"freq": "W", "monetary_value_col": "amount"},
        ],
        "online_retail": [
            {"monetary_value_col": "amount"},
            {"freq": "W", "monetary_value_col": "amount", "observation_period_end": "2010-11-09"},
            {"freq": "h", "freq_multiplier": 24},
        ],
    }.items()
    for options in several
]


def main() -> None:
    """Summarise every log every way and write the file."""
    places = {
        "data": Path(os.environ["TENURE_REFERENCE_DATA"]),
        "datasets": Path(lifetimes.__file__).parent,
    }
    logs = {
        name: read() if file is None else read(places[file.split("/")[0]] / file)
        for name, (read, file) in LOGS.items()
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for case in CASES:
            case["summary"] = fingerprint(
                summary_data_from_transaction_data(
                    logs[case["log"]], "id", "date", **case["options"]
                )
            )
    versions = {
        "lifetimes": lifetimes.__version__,
        "numpy": np.__version__,
        "pandas": pd.__version__,
        "python": platform.python_version(),
    }
    text = json.dumps({"versions": versions, "cases": CASES}, indent=1)
    OUTPUT.write_text(text + "\n")


if __name__ == "__main__":
    main()
