"""A tiny fit, forecast and command on a freshly installed wheel."""

import subprocess
import sys
from pathlib import Path

import pandas as pd

import tenure

customers = tenure.datasets.load_cdnow_summary()
model = tenure.BetaGeoFitter().fit(customers)
assert abs(model.params_["r"] - 0.2426) < 1e-4, model
result = subprocess.run(
    [Path(sys.executable).with_name("tenure"), "--version"],
    check=True,
    capture_output=True,
    text=True,
)
assert tenure.__version__ in result.stdout, result.stdout
print(f"CPython {sys.version.split()[0]}, pandas {pd.__version__}: {model}")
