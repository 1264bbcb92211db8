"""Write samples.json: what lifetimes 0.11.3 draws at random, for test_parity_samples.py.

Run it as generate_grid.py is run: ``python -m reference.generate_samples``. Samples are stored as
counts in bins (samples.py).
"""

import json
import platform
import warnings
from pathlib import Path

import lifetimes
import lifetimes.datasets
import numpy as np
import pandas as pd
import scipy
from lifetimes import generate_data
from reference.samples import CASES, FITTED, counted, new_data

OUTPUT = Path(__file__).with_name("samples.json")
SIZE = 12_000
PART = 2_000


def draw(name, arguments):
    parts = []
    for start in range(0, SIZE, PART):
        part = getattr(generate_data, name)(*arguments, size=PART)
        if "date" in part:
            part["customer_id"] += start
        parts.append(part)
    return pd.concat(parts)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    np.random.seed(9)  # noqa: NPY002 lifetimes draws from the global generator
    models = {kind: new_data(lifetimes, kind) for kind in FITTED}
    stored = {
        "provenance": {
            "what": "random samples of lifetimes, counted in bins",
            "script": "tests/reference/generate_samples.py",
            "lifetimes": lifetimes.__version__,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "pandas": pd.__version__,
            "scipy": scipy.__version__,
        },
        "generators": {case: counted(draw(*call), call[1][0]) for case, call in CASES.items()},
        "fitted": {
            kind: {
                "params": {key: float(value) for key, value in model.params_.items()},
                "counts": counted(
                    pd.concat([model.generate_new_data(size=2357) for _ in range(5)]), 39.0
                ),
            }
            for kind, model in models.items()
        },
    }
    OUTPUT.write_text(json.dumps(stored) + "\n", encoding="utf-8")
