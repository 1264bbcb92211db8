"""Ctrl-C during what takes long."""

import os
import signal
import subprocess
import sys

import pytest

CUSTOMERS = """
random = np.random.default_rng(1)
T = random.uniform(10.0, 60.0, 400_000)
frequency = random.poisson(random.gamma(0.5, 0.2, T.size) * T).astype(float)
recency = np.where(frequency > 0, T * random.uniform(0.0, 1.0, T.size), 0.0)
"""
LONG = {
    "fit": (CUSTOMERS, '_engine.fit("BG/NBD", [frequency, recency, T])'),
    "alive paths": (
        """
counts, lengths = np.ones(40_000, np.int64), np.full(40_000, 400)
offsets, params = np.zeros(40_000), [0.55, 10.6, 0.61, 11.7]
""",
        '_engine.alive_paths("Pareto/NBD", params, offsets, counts, lengths)',
    ),
}
"""What is made ready, and then done again and again."""

SCRIPT = """
import numpy as np
from tenure import _engine
{ready}
print("ready", flush=True)
try:
    while True:
        {again}
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for a single child process")
@pytest.mark.parametrize("operation", LONG)
def test_ctrl_c_ends(operation):
    ready, again = LONG[operation]
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT.format(ready=ready, again=again)],
        stdout=subprocess.PIPE,
        text=True,
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
