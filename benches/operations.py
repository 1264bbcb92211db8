"""The operations that are compared, in calls that tenure and lifetimes both accept.

With ``serve`` as argument it runs as the worker for lifetimes: see peers.py.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pandas as pd
import simulate

CALIBRATION_END, OBSERVATION_END = "2023-06-30", "2024-01-02"
PATHS_END = "2023-01-03"


class Operations:
    """The operations on tables of one size, with the functions of one library."""

    def __init__(self, library: Any, size: int) -> None:
        self.library, self.size = library, size
        self.tables: dict[str, Any] = {}
        self.inputs: dict[str, list[Any]] = {}

    def input_bytes(self, operation: str) -> int:
        """Return the size of the columns that an operation is given."""
        if operation.startswith("generate"):
            return 0
        return sum(int(c.nbytes) for c in self.inputs.get(operation, self.inputs[""]))

    def prepare(self, table: str) -> None:
        """Prepare the inputs of the operations on a kind of table."""
        if table in self.tables or table == "none":
            return
        self.tables.clear()
        if table in ("transactions", "year"):
            log = simulate.transactions(self.size if table == "transactions" else 10 * self.size)
            self.log = log if table == "transactions" else log[log["date"] < PATHS_END]
            self.tables[table] = self.log
            self.buying = self.library.BetaGeoFitter()
            self.buying.params_ = pd.Series({"r": 0.24, "alpha": 30.9, "a": 0.79, "b": 2.43})
            self.inputs = {"": [self.log[name] for name in self.log.columns]}
        elif table == "opportunities":
            self.tables[table] = customers = simulate.opportunities(self.size)
            self.trials = [customers[name] for name in ("frequency", "recency", "n_periods")]
            self.inputs = {"": self.trials}
        else:
            continuous = table == "continuous"
            customers = simulate.simulate(self.size, continuous=continuous)
            self.tables[table] = customers
            self.history = [customers[name] for name in ("frequency", "recency", "T")]
            self.money = customers["monetary_value"]
            buyers = customers[customers["frequency"] > 0]
            self.spent = [buyers["frequency"], buyers["monetary_value"]]
            few = [column.head(20_000) for column in self.history]
            self.buying = self.library.BetaGeoFitter().fit(*few)
            self.spending = self.library.GammaGammaFitter()
            self.spending.fit(*(column.head(20_000) for column in self.spent))
            self.inputs = {
                "": self.history,
                "fit_gg": self.spent,
                "spend": [self.history[0], self.money],
                "clv": [*self.history, self.money],
            }

    def fit_bg(self) -> Any:
        """Fit BG/NBD."""
        return self.library.BetaGeoFitter().fit(*self.history)

    def fit_mbg(self) -> Any:
        """Fit MBG/NBD."""
        return self.library.ModifiedBetaGeoFitter().fit(*self.history)

    def fit_pareto(self) -> Any:
        """Fit Pareto/NBD."""
        return self.library.ParetoNBDFitter().fit(*self.history)

    def fit_bgbb(self) -> Any:
        """Fit BG/BB."""
        return self.library.BetaGeoBetaBinomFitter().fit(*self.trials)

    def fit_gg(self) -> Any:
        """Fit Gamma-Gamma to the customers with purchases."""
        return self.library.GammaGammaFitter().fit(*self.spent)

    def predict(self) -> Any:
        """Expect the purchases of the next 52 weeks."""
        return self.buying.predict(52, *self.history)

    def alive(self) -> Any:
        """Compute P(alive)."""
        return self.buying.conditional_probability_alive(*self.history)

    def spend(self) -> Any:
        """Compute the expected spend per purchase."""
        return self.spending.conditional_expected_average_profit(self.history[0], self.money)

    def clv(self) -> Any:
        """Value the next 12 months."""
        return self.spending.customer_lifetime_value(
            self.buying, *self.history, self.money, time=12, discount_rate=0.01, freq="W"
        )

    def summary(self) -> Any:
        """Summarise transactions by customer."""
        return self.library.utils.summary_data_from_transaction_data(
            self.log, "customer", "date", "amount", observation_period_end=OBSERVATION_END
        )

    def holdout(self) -> Any:
        """Split transactions into a calibration and a holdout period."""
        return self.library.utils.calibration_and_holdout_data(
            self.log,
            "customer",
            "date",
            CALIBRATION_END,
            OBSERVATION_END,
            monetary_value_col="amount",
        )

    def cumulative(self) -> Any:
        """Add up repeat purchases by week, made and expected."""
        return self.library.utils.expected_cumulative_transactions(
            self.buying, self.log, "date", "customer", 700, freq_multiplier=7
        )

    def paths(self) -> Any:
        """Follow P(alive) of every customer for a year, day by day; lifetimes goes one by one."""
        if hasattr(self.library, "alive_paths"):
            found = self.library.alive_paths(
                self.buying, self.log, customer="customer", date="date", period="D", periods=365
            )
            return found["p_alive"]
        follow = self.library.utils.calculate_alive_path
        paths = [follow(self.buying, mine, "date", 365) for _, mine in self.log.groupby("customer")]
        return np.concatenate([np.hstack(path) for path in paths])

    def _generate(self, name: str, time: float, *params: float) -> Any:
        from importlib import import_module

        module = import_module(f"{self.library.__name__}.generate_data")
        return getattr(module, name)(time, *params, size=self.size)

    def generate_bg(self) -> Any:
        """Simulate BG/NBD."""
        return self._generate("beta_geometric_nbd_model", 39.0, 0.24, 4.41, 0.79, 2.43)

    def generate_mbg(self) -> Any:
        """Simulate MBG/NBD."""
        return self._generate("modified_beta_geometric_nbd_model", 39.0, 0.52, 6.18, 0.89, 1.61)

    def generate_pareto(self) -> Any:
        """Simulate Pareto/NBD."""
        return self._generate("pareto_nbd_model", 39.0, 0.55, 10.58, 0.61, 11.67)

    def generate_bgbb(self) -> Any:
        """Simulate BG/BB."""
        return self._generate("beta_geometric_beta_binom_model", 6, 1.2, 0.75, 0.66, 2.78)


def answers(operation: str, result: Any) -> list[float]:
    """Sum up a result, to see that both did the same; simulations have nothing to compare."""
    if operation.startswith("fit"):
        return [float(result.params_[name]) for name in sorted(result.params_.index)]
    if operation.startswith("generate"):
        return []
    if operation == "holdout":  # lifetimes means money a row there, not a day
        result = result.drop(columns="monetary_value_holdout")
    numbers = result.select_dtypes("number") if isinstance(result, pd.DataFrame) else result
    return [float(n) for n in np.atleast_1d(np.asarray(numbers, dtype=float).sum(axis=0))]


def main() -> None:
    import warnings

    import lifetimes
    import lifetimes.utils
    from peers import serve
    from timing import timed

    warnings.simplefilter("ignore")
    kept: dict[int, Operations] = {}

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        size, operation = request["size"], request["operation"]
        if size not in kept:
            kept.clear()
            kept[size] = Operations(lifetimes, size)
        kept[size].prepare(request["table"])
        result, figures = timed(getattr(kept[size], operation), request["fresh"])
        return {**figures, "answers": answers(operation, result)}

    serve(answer, "lifetimes", "scipy")


if __name__ == "__main__" and sys.argv[1:] == ["serve"]:
    main()
