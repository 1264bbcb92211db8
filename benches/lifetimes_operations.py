"""The operations that are compared, in calls that tenure and lifetimes both understand.

With ``serve DIRECTORY`` as arguments it runs as the worker for lifetimes: see timing.py.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

OPERATIONS = {
    "BG/NBD fit": "fit_bg",
    "MBG/NBD fit": "fit_mbg",
    "Gamma-Gamma fit": "fit_gg",
    "predict, 52 weeks": "predict",
    "P(alive)": "alive",
    "CLV, 12 months": "clv",
}


class Operations:
    """The operations on one table of customers, with the classes of one library."""

    def __init__(self, library: Any, customers: pd.DataFrame) -> None:
        self.library = library
        self.history = [customers[name] for name in ("frequency", "recency", "T")]
        self.money = customers["monetary_value"]
        buyers = customers[customers["frequency"] > 0]
        self.spend = [buyers["frequency"], buyers["monetary_value"]]
        self.buying = library.BetaGeoFitter().fit(*(column.head(20_000) for column in self.history))
        self.spending = library.GammaGammaFitter().fit(*(c.head(20_000) for c in self.spend))

    def fit_bg(self) -> Any:
        """Fit BG/NBD."""
        return self.library.BetaGeoFitter().fit(*self.history)

    def fit_mbg(self) -> Any:
        """Fit MBG/NBD."""
        return self.library.ModifiedBetaGeoFitter().fit(*self.history)

    def fit_gg(self) -> Any:
        """Fit Gamma-Gamma to the customers with purchases."""
        return self.library.GammaGammaFitter().fit(*self.spend)

    def predict(self) -> Any:
        """Expect the purchases of the next 52 weeks."""
        return self.buying.predict(52, *self.history)

    def alive(self) -> Any:
        """Tell who is still a customer."""
        return self.buying.conditional_probability_alive(*self.history)

    def clv(self) -> Any:
        """Value the next 12 months."""
        return self.spending.customer_lifetime_value(
            self.buying, *self.history, self.money, time=12, discount_rate=0.01, freq="W"
        )


def answers(operation: str, result: Any) -> list[float]:
    """Sum up a result, to see that both did the same."""
    if operation.startswith("fit"):
        return [float(value) for value in result.params_]
    return [float(np.sum(np.asarray(result)))]


def main(directory: Path) -> None:
    import lifetimes
    from timing import serve, timed

    tables: dict[int, Operations] = {}

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        size, operation = request["size"], request["operation"]
        if size not in tables:
            tables.clear()
            tables[size] = Operations(lifetimes, pd.DataFrame(np.load(directory / f"{size}.npy")))
        call = getattr(tables[size], operation)
        result: list[Any] = []
        spent = timed(lambda: result.append(call()))
        return {"seconds": spent, "answers": answers(operation, result[0])}

    serve(answer)


if __name__ == "__main__":
    main(Path(sys.argv[2]))
