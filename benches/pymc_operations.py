"""The worker for pymc-marketing: maximum a posteriori fits of BG/NBD. See timing.py."""

from __future__ import annotations

from typing import Any

import numpy as np
import simulate


def main() -> None:
    from pymc_marketing import clv
    from timing import serve, timed

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        customers = simulate.simulate(request["size"])
        data = customers[["frequency", "recency", "T"]].assign(
            customer_id=np.arange(len(customers))
        )

        def fit() -> Any:
            model = clv.BetaGeoModel(data=data)
            model.fit(method="map")
            return model

        model, figures = timed(fit)
        found = model.fit_summary()
        return {**figures, "answers": [float(found[name]) for name in sorted(found.index)]}

    serve(answer)


if __name__ == "__main__":
    main()
