"""Bad input ends in the errors of lifetimes 0.11.3, in its words where it has words of its own.

tests/reference/generate_mistakes.py wrote what lifetimes raises; the mistakes are made by the same
lines of code (tests/reference/mistakes.py).
"""

import builtins
import json
import re

import pytest
from conftest import ROOT
from reference.mistakes import BUYING, mistakes

import tenure
import tenure.datasets
import tenure.utils
from tenure.exceptions import DataError

STORED = json.loads((ROOT / "tests" / "reference" / "mistakes.json").read_text())["mistakes"]

#: Where lifetimes says what numpy or Python say, or nothing, or the wrong thing: the words here.
REWORDED = {
    **{f"{kind} lengths differ": "The vectors differ in length" for kind in BUYING},
    **{f"{kind} text": "frequency holds values that are not numbers" for kind in BUYING},
    **{f"{kind} unfitted summary": "Model has not been fit" for kind in BUYING},
    "GammaGammaFitter unfitted summary": "Model has not been fit",
    **{
        f"{kind} load nothing": "There is no model file at"
        for kind in (*BUYING, "GammaGammaFitter")
    },
    "unfitted spend of nothing": "Model has not been fit",
    "clv freq Y": "\"freq='Y': use one of",
    "clv freq h": "\"freq='h': use one of",
    "clv freq None": "'freq=None: use one of",
    "predict lengths": "The vectors differ in length",
}
#: Where the error is of another kind here: what lifetimes ends in, and what tenure says.
DECIDED = {
    "spend of no purchases": ("ConvergenceError", DataError, "There exist zero values in the freq"),
    "spend of none": ("ConvergenceError", DataError, "There exists a zero length vector"),
    "NaN in T": ("ConvergenceError", DataError, "There exist missing or infinite values in the T"),
    "predict text": ("UFuncTypeError", DataError, "t holds values that are not numbers"),
    "calibration before the start": (None, DataError, "There is no data available. Check the"),
}
CALLS = mistakes(tenure)


def test_every_mistake_is_stored_and_made():
    assert STORED.keys() == CALLS.keys()
    assert {*REWORDED, *DECIDED} <= STORED.keys()


def test_no_message_names_a_folder_of_the_machine_that_made_it():
    messages = [entry.get("message", "") for entry in STORED.values()]
    assert any("'<lifetimes>/datasets/" in message for message in messages)
    assert not any(re.search(r"'(/|[A-Za-z]:)", message) for message in messages)


@pytest.mark.filterwarnings("ignore::tenure.exceptions.TenureWarning")
@pytest.mark.parametrize("name", STORED)
def test_mistake(name):
    expected = STORED[name]
    if name in DECIDED:
        theirs, kind, words = DECIDED[name]
        assert expected.get("error") == theirs
        with pytest.raises(kind) as caught:
            CALLS[name]()
        assert str(caught.value).startswith(words)
        return
    assert "error" in expected
    with pytest.raises(Exception, match=r"(?s).*") as caught:
        CALLS[name]()
    bases = [base.__name__ for base in type(caught.value).__mro__]
    # pandas' and numpy's own classes stand below the builtin that a script would catch.
    theirs = next(base for base in expected["bases"] if hasattr(builtins, base))
    assert theirs != "Exception"
    assert theirs in bases
    if name in REWORDED:
        assert str(caught.value).startswith(REWORDED[name])
    elif expected["own"]:
        assert str(caught.value).strip().startswith(expected["message"].strip())
