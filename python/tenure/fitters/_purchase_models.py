"""Base class of purchase models: whole counts, and simulation from a fitted model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from tenure._warnings import Notice
from tenure.exceptions import DataError, TruncatedFrequencyWarning
from tenure.fitters._arguments import FloatArray, as_float
from tenure.fitters._base import BaseFitter
from tenure.fitters._inputs import FitInputs
from tenure.fitters._snapshot import from_one_fit

if TYPE_CHECKING:
    import pandas as pd
    from typing_extensions import Self

    from tenure.generate_data.simulation import Count, Seed

__all__ = ["CountingFitter"]


class CountingFitter(BaseFitter):
    """Base class of purchase models."""

    _counts_purchases: ClassVar[bool] = True
    """Whether there may be several purchases in a period."""

    def _estimate_whole(self, inputs: FitInputs, counts: Sequence[str], **options: Any) -> Self:
        """Fit; the vectors named in `counts` are cut to whole numbers where that is the trouble."""
        try:
            return self._estimate(inputs, **options)
        except DataError:
            whole = _truncated(inputs, counts)
            if whole is None:
                raise
        return self._estimate(whole, **options)

    @from_one_fit
    def generate_new_data(
        self, size: int = 1, *, seed: Seed = None, count: Count | None = None
    ) -> pd.DataFrame:
        """Simulate customers from the fitted model, observed as long as those it was fitted on.

        Parameters
        ----------
        size : int
            Customers. The times of the fitted customers are taken in their order, each as often
            as its weight says, over and over where `size` exceeds their number.
        seed : int, Generator or SeedSequence, optional
            Where the random numbers come from; numpy's global state when not given.
        count : {"purchases", "periods"}, optional
            What frequency counts: repeat purchases, or the periods with one, as in lifetimes.
            Purchases by default, periods while :mod:`tenure.lifetimes` is active. The BG/BB model
            has periods only.

        Returns
        -------
        DataFrame
            What the model's function in :mod:`tenure.generate_data` returns.

        Raises
        ------
        AttributeError
            If the model has not been fitted, or was saved without its data.
        OptionError
            If `size`, `seed` or `count` is not what it must be.

        Examples
        --------
        >>> from tenure import BetaGeoFitter
        >>> from tenure.datasets import load_cdnow_summary
        >>> model = BetaGeoFitter().fit(load_cdnow_summary())
        >>> model.generate_new_data(3, seed=1).columns.tolist()
        ['frequency', 'recency', 'T', 'lambda', 'p', 'alive']
        """
        from tenure.generate_data import GENERATORS
        from tenure.generate_data.simulation import check_size

        data = self.data
        if data is None:
            raise AttributeError(
                "This model was saved without the data of its fit, so for how long its customers "
                "were observed is not known; tenure.generate_data takes that as an argument."
            )
        times = self._observed_times(data, check_size(size))
        options: dict[str, Any] = {"size": size, "seed": seed}
        if self._counts_purchases:
            options["count"] = count
        return GENERATORS[self._model.name](times, *self._values, **options)

    def _observed_times(self, data: pd.DataFrame, size: int) -> FloatArray:
        times: FloatArray = data[self._vectors[2]].to_numpy(dtype=float)
        if "weights" not in data:
            return np.resize(times, size)
        until = np.cumsum(data["weights"].to_numpy(dtype=float))
        middles = np.mod(np.arange(size) + 0.5, until[-1])
        taken: FloatArray = times[np.searchsorted(until, middles, side="right")]
        return taken


def _truncated(inputs: FitInputs, counts: Sequence[str]) -> FitInputs | None:
    """Cut fractional counts to whole numbers, with a warning; None where there are none."""
    vectors = {name: as_float(name, inputs.vectors[name]) for name in counts}
    if not all(np.isfinite(vector).all() for vector in vectors.values()):
        return None
    whole = {name: np.trunc(vector) for name, vector in vectors.items()}
    cut = {name: np.flatnonzero(whole[name] != vectors[name]) for name in counts}
    found = {name: places for name, places in cut.items() if len(places)}
    for name, places in found.items():
        first = int(places[0])
        plural = "frequencies are" if name == "frequency" else f"values of {name} are"
        Notice(
            TruncatedFrequencyWarning,
            f"{len(places):,} {plural} not whole numbers and were cut to whole numbers, so these"
            f" customers count as less active. Check what {name} holds.",
            f"First: {vectors[name][first]:g} at position {first}. "
            + (
                "frequency counts repeat purchases."
                if name == "frequency"
                else "This model counts periods."
            )
            + " lifetimes cuts them without a warning.",
        ).emit()
    return FitInputs({**inputs.vectors, **whole}, inputs.index, inputs.period) if found else None
