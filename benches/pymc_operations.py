"""The worker for pymc-marketing: modes of posteriors. See peers.py."""

from __future__ import annotations

import os
import tempfile
from typing import Any

import numpy as np
import simulate


def main(compiled: str) -> None:
    # What earlier runs compiled must not shorten the first fit.
    os.environ["PYTENSOR_FLAGS"] = f"base_compiledir={compiled}"
    from peers import serve
    from pymc_extras.prior import Prior
    from pymc_marketing import clv
    from timing import timed

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        customers = simulate.simulate(request["size"])
        customers.insert(0, "customer_id", np.arange(len(customers)))
        if "p" in request["params"]:
            customers = customers[customers["frequency"] > 0]
            data = customers[["customer_id", "frequency", "monetary_value"]]
        else:
            data = customers.drop(columns="monetary_value")
        # Flat priors: the mode is the maximum of the likelihood, which both sides look for.
        flat = {name: Prior("HalfFlat") for name in request["params"]}

        def fit() -> Any:
            model = getattr(clv, request["model"])(model_config=flat)
            model.fit(data, method="map", progressbar=False)
            return model

        model, figures = timed(fit, request["fresh"])
        found = [model.fit_result[name].item() for name in request["params"]]
        return {**figures, "answers": found}

    serve(answer, "pymc-marketing", "pymc", "pytensor")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as directory:
        main(directory)
