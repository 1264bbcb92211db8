"""Write mistakes.json: which errors lifetimes 0.11.3 raises, for test_parity_mistakes.py.

Run it as generate_grid.py is run: ``python -m reference.generate_mistakes``. Stored are the
exception and what it derives from, its message (``<lifetimes>`` standing for the folder of the
package), and whether lifetimes itself says it.
"""

import contextlib
import io
import json
import platform
import traceback
import warnings
from pathlib import Path

import lifetimes
import lifetimes.datasets
import lifetimes.utils
import numpy as np
import pandas as pd
import scipy
from reference.mistakes import mistakes

OUTPUT = Path(__file__).with_name("mistakes.json")


def outcome(call):
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            found = call()
    except Exception as error:
        message = str(error).replace(str(Path(lifetimes.__file__).parent), "<lifetimes>")
        raised_in = traceback.extract_tb(error.__traceback__)[-1].filename
        return {
            "error": type(error).__name__,
            "bases": [base.__name__ for base in type(error).__mro__[:-2]],
            "message": message[:200],
            "own": "/lifetimes/" in raised_in.split("site-packages")[-1],
        }
    return {"answer": type(found).__name__}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    stored = {
        "provenance": {
            "what": "errors of lifetimes on bad input",
            "script": "tests/reference/generate_mistakes.py",
            "lifetimes": lifetimes.__version__,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "pandas": pd.__version__,
            "scipy": scipy.__version__,
        },
        "mistakes": {name: outcome(call) for name, call in mistakes(lifetimes).items()},
    }
    OUTPUT.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")
