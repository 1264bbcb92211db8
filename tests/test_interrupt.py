"""Ctrl-C during a fit."""

import os
import signal
import subprocess
import sys

import pytest

SCRIPT = """
import numpy as np
from tenure import _engine

random = np.random.default_rng(1)
T = random.uniform(10.0, 60.0, 400_000)
frequency = random.poisson(random.gamma(0.5, 0.2, T.size) * T).astype(float)
recency = np.where(frequency > 0, T * random.uniform(0.0, 1.0, T.size), 0.0)
print("ready", flush=True)
try:
    while True:
        _engine.fit("BG/NBD", [frequency, recency, T])
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for a single child process")
def test_ctrl_c_ends_a_fit():
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.5)
        process.send_signal(signal.SIGINT)
        try:
            output, _ = process.communicate(timeout=30)
        finally:
            process.kill()
    assert output == "interrupted\n"
    assert process.returncode == 0
