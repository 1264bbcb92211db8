"""Write expected.json: what the scripts beside this print under lifetimes 0.11.3.

Run it with an interpreter that has the real lifetimes, then commit the JSON::

    python3.10 -m venv oracle
    oracle/bin/pip install lifetimes==0.11.3 numpy==1.26.4 pandas==1.5.3 scipy==1.15.3 \\
        matplotlib dill "setuptools<80"
    oracle/bin/python tests/dropin/scripts/generate_expected.py [script …]

Given scripts, it runs these alone and keeps the rest of the file.
"""

import json
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

import lifetimes
import numpy as np
import pandas as pd
import scipy

HERE = Path(__file__).parent
ARGUMENTS = {"by_hand.py": ["--top", "3"]}
HELPERS = {"sales.py", Path(__file__).name}


def main():
    """Run every script in a directory of its own and store what it printed."""
    versions = {
        "python": platform.python_version(),
        **{module.__name__: module.__version__ for module in (lifetimes, np, pd, scipy)},
    }
    chosen, output = sys.argv[1:], HERE / "expected.json"
    scripts = json.loads(output.read_text(encoding="utf-8"))["scripts"] if chosen else {}
    for path in sorted(HERE.glob("*.py")):
        if path.name in HELPERS or (chosen and path.name not in chosen):
            continue
        arguments = ARGUMENTS.get(path.name, [])
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [sys.executable, str(path), *arguments],
                cwd=folder,
                capture_output=True,
                text=True,
                check=False,
            )
        if "Traceback" in done.stderr:
            raise SystemExit(f"{path.name} failed:\n{done.stderr}")
        scripts[path.name] = {
            "arguments": arguments,
            "status": done.returncode,
            "stdout": done.stdout.splitlines(),
        }
    found = {"versions": versions, "scripts": dict(sorted(scripts.items()))}
    text = json.dumps(found, indent=1, ensure_ascii=False)
    output.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
