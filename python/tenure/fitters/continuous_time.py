"""Base class of purchase models in continuous time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from tenure import _engine
from tenure._warnings import Notice
from tenure.exceptions import OptionError
from tenure.fitters._arguments import (
    Batch,
    FloatArray,
    Prediction,
    gather,
    vectors_or_table,
)
from tenure.fitters._inputs import read_inputs
from tenure.fitters._purchase_models import CountingFitter
from tenure.fitters._snapshot import from_one_fit
from tenure.fitters.fit_warnings import fit_notices

if TYPE_CHECKING:
    from typing_extensions import Self

    from tenure._engine import FitResult

__all__ = ["TransactionFitter"]


class TransactionFitter(CountingFitter):
    """Base class of purchase models with dropout, in continuous time.

    Every method takes numbers, arrays, lists or Series, or in place of `frequency` one table with
    the columns ``frequency``, ``recency`` and ``T``. Series are matched by index; the answer has
    the index of `frequency`.
    """

    _vectors: ClassVar[tuple[str, ...]] = ("frequency", "recency", "T")
    _names: ClassVar[Mapping[str, Sequence[str]]] = {name: (name,) for name in _vectors}
    _data_columns: ClassVar[tuple[str, ...]] = ("frequency", "recency", "T", "weights")
    _data_types: ClassVar[Mapping[str, type]] = {"frequency": np.int64}

    def fit(
        self,
        frequency: ArrayLike | pd.DataFrame | Any,
        recency: ArrayLike | None = None,
        T: ArrayLike | None = None,
        weights: ArrayLike | None = None,
        initial_params: Sequence[float] | None = None,
        verbose: bool = False,
        tol: float = 1e-7,
        index: ArrayLike | pd.Index[Any] | None = None,
        **kwargs: Any,
    ) -> Self:
        """Estimate the parameters by (penalised) maximum likelihood.

        Parameters
        ----------
        frequency : array_like, shape (n,), or DataFrame
            Repeat purchases x of each customer: whole numbers, the first purchase not counted. Or
            a table with the columns ``frequency``, ``recency``, ``T`` (and ``weights``).
        recency : array_like, shape (n,)
            Time t_x from first to last purchase, in periods; 0 where `frequency` is 0.
        T : array_like, shape (n,)
            Time from first purchase to the end of observation, in the same periods.
        weights : array_like, shape (n,), optional
            Customers that each row stands for; one each by default.
        initial_params : sequence of float, optional
            Where to start: logarithms of the parameters with T scaled to a maximum of 1.
        verbose : bool
            Whether to print the verdict on the fit.
        tol : float
            Size of the gradient at which the optimiser may stop.
        index : array_like, optional
            Index of `data`; that of the table, or 0, 1, …, by default. Vectors are taken by
            position.
        **kwargs
            Accepted and ignored, with a warning.

        Returns
        -------
        self

        Raises
        ------
        DataError
            Naming what is wrong with the vectors, the first bad rows and their values.
        ConvergenceError
            If no estimate was reached at all.

        Warns
        -----
        NotIdentifiedWarning
            If the data do not determine some of the parameters.
        ConvergenceWarning
            If the optimiser stopped short of the maximum.
        TruncatedFrequencyWarning
            If fractional frequencies were cut to whole numbers, as lifetimes does.
        """
        if kwargs:
            self._warn_ignored(kwargs)
        vectors = {"frequency": frequency, "recency": recency, "T": T}
        return self._fit_vectors(
            vectors, weights, index, initial_params=initial_params, tol=tol, verbose=verbose
        )

    def _fit_vectors(
        self, vectors: dict[str, Any], weights: Any, index: Any, **options: Any
    ) -> Self:
        """Fit to vectors or to one table, cutting fractional frequencies as lifetimes does."""
        inputs = read_inputs(vectors, weights, index, names=self._names)
        return self._estimate_whole(inputs, ("frequency",), **options)

    # -- predictions -------------------------------------------------------------------------

    def _batch(self, frequency: Any, recency: Any, T: Any, t: Any = None, n: Any = None) -> Batch:
        given = {"frequency": frequency, "recency": recency, "T": T}
        vectors, table = vectors_or_table(given, self._names)
        like = None if table is None else frequency
        self._check_units(*(vectors.values() if table is None else [table]))
        if any(vector is None for vector in vectors.values()):
            raise TypeError("Pass frequency, recency and T, or one DataFrame with these columns.")
        asked = {name: value for name, value in {"t": t, "n": n}.items() if value is not None}
        return gather({**vectors, **asked}, scalar=("t", "n"), like=like)

    def conditional_expected_number_of_purchases_up_to_time(
        self,
        t: ArrayLike,
        frequency: ArrayLike | pd.DataFrame | Any,
        recency: ArrayLike | None = None,
        T: ArrayLike | None = None,
    ) -> Prediction:
        """Expect the purchases of customers in the next `t` periods, given their history.

        E[X(T, T + t) | x, t_x, T], purchases; the formula stands with the class.

        Parameters
        ----------
        t : array_like
            Periods ahead, one for all or one each.
        frequency, recency, T : array_like, or a DataFrame in place of the first
            The customers' history, as for `fit`.

        Returns
        -------
        float, ndarray or Series
            As the inputs: Series for Series and tables, an array for arrays and lists; a Polars
            Series for Polars, an Arrow array for Arrow.

        Raises
        ------
        UnitError
            If the customers are measured in another period than those of the fit.

        Examples
        --------
        >>> from tenure import BetaGeoFitter
        >>> from tenure.datasets import load_cdnow_summary
        >>> model = BetaGeoFitter().fit(load_cdnow_summary())
        >>> float(model.predict(39, 2, 30.43, 38.86).round(3))
        1.226
        """
        batch = self._batch(frequency, recency, T, t)
        *history, horizon = batch.columns
        question = _engine.Model.expected_purchases
        values = self._ask(question, horizon, history, index=batch.index)
        return batch.answer(values)

    def predict(
        self,
        t: ArrayLike,
        frequency: ArrayLike | pd.DataFrame | Any,
        recency: ArrayLike | None = None,
        T: ArrayLike | None = None,
    ) -> Prediction:
        """Short name of `conditional_expected_number_of_purchases_up_to_time`."""
        return self.conditional_expected_number_of_purchases_up_to_time(t, frequency, recency, T)

    def conditional_probability_alive(
        self,
        frequency: ArrayLike | pd.DataFrame | Any,
        recency: ArrayLike | None = None,
        T: ArrayLike | None = None,
    ) -> NDArray[np.float64] | pd.Series[float] | Any:
        """Probability that customers have not dropped out by T, given their history.

        Parameters
        ----------
        frequency, recency, T : array_like, or a DataFrame in place of the first
            The customers' history, as for `fit`.

        Returns
        -------
        ndarray or Series
            Probabilities: an array of at least one dimension for numbers, arrays and Series (as in
            lifetimes), in the order of `frequency`; a Series by customer for a table. Polars and
            Arrow get a column of theirs for either.

        Examples
        --------
        >>> from tenure import BetaGeoFitter
        >>> from tenure.datasets import load_cdnow_summary
        >>> model = BetaGeoFitter().fit(load_cdnow_summary())
        >>> model.conditional_probability_alive(2, 30.43, 38.86).round(3)
        array([0.727])
        """
        batch = self._batch(frequency, recency, T)
        values = self._ask(_engine.Model.probability_alive, batch.columns, index=batch.index)
        if batch.like is not None:
            return batch.column(values, batch.name)
        return values if batch.index is not None else values.reshape(batch.shape or (1,))

    @from_one_fit
    def conditional_probability_alive_matrix(
        self, max_frequency: int | None = None, max_recency: int | None = None
    ) -> NDArray[np.float64]:
        """P(alive) for every recency and frequency of customers first seen `max_recency` ago.

        Parameters
        ----------
        max_frequency, max_recency : int, optional
            Greatest frequency, and greatest recency, which is also T. By default the greatest
            frequency and T of the data.

        Returns
        -------
        ndarray, shape (max_recency + 1, max_frequency + 1)
            Probabilities; the row is recency, the column frequency.
        """
        if max_frequency is None or max_recency is None:
            if self._inputs is None:
                raise OptionError(
                    "The model holds no data to take the greatest frequency and T from; pass "
                    "max_frequency and max_recency."
                )
            x, _, age = self._inputs.floats(self._vectors)
            max_frequency = int(x.max()) if max_frequency is None else max_frequency
            max_recency = int(age.max()) if max_recency is None else max_recency
        if min(max_frequency, max_recency) < 0:
            raise OptionError(
                f"max_frequency={max_frequency} and max_recency={max_recency}: expected 0 or more."
            )
        x, t_x = np.meshgrid(np.arange(max_frequency + 1.0), np.arange(max_recency + 1.0))
        history = [x.reshape(-1), t_x.reshape(-1), np.full(x.size, float(max_recency))]
        values = self._ask(_engine.Model.probability_alive, history)
        matrix: NDArray[np.float64] = values.reshape(x.shape)
        return matrix

    def expected_number_of_purchases_up_to_time(self, t: ArrayLike) -> Prediction:
        """Expect the repeat purchases of a customer of whom nothing is known, by time `t`.

        E[X(t)], purchases; the formula stands with the class.

        Parameters
        ----------
        t : array_like
            Periods since the first purchase.

        Returns
        -------
        float, ndarray or Series
            As `t`.
        """
        batch = gather({"t": t}, scalar=("t",))
        question = _engine.Model.expected_purchases_new_customer
        return batch.answer(self._ask(question, *batch.columns))

    def survival(self, t: ArrayLike) -> Prediction:
        """Probability that a customer of whom nothing is known is still one at time `t`, S(t).

        Parameters
        ----------
        t : array_like
            Periods since the first purchase.

        Returns
        -------
        float, ndarray or Series
            Probabilities, as `t`. At 0 it is 1, but for MBG/NBD, where the first purchase may be
            the last: b/(a + b).

        Examples
        --------
        >>> from tenure import BetaGeoFitter
        >>> from tenure.datasets import load_cdnow_summary
        >>> model = BetaGeoFitter().fit(load_cdnow_summary())
        >>> model.survival([0, 13, 39]).round(3)
        array([1.   , 0.892, 0.795])
        """
        batch = gather({"t": t}, scalar=("t",))
        return batch.answer(self._ask(_engine.Model.survival, *batch.columns))

    def probability_of_n_purchases_up_to_time(self, t: ArrayLike, n: ArrayLike) -> Prediction:
        """Probability of exactly `n` repeat purchases by time `t`, P(X(t) = n).

        Parameters
        ----------
        t : array_like
            Periods since the first purchase.
        n : array_like of int
            Repeat purchases. Arrays of `t` and `n` are taken together, as numpy does.

        Returns
        -------
        float, ndarray or Series
            Probabilities, in the shape of `t` and `n` together.
        """
        batch = gather({"t": t, "n": n}, scalar=("t", "n"))
        return batch.answer(self._ask(_engine.Model.purchase_pmf, *batch.columns))

    def conditional_probability_of_n_purchases_up_to_time(
        self,
        n: ArrayLike,
        t: ArrayLike,
        frequency: ArrayLike | pd.DataFrame | Any,
        recency: ArrayLike | None = None,
        T: ArrayLike | None = None,
    ) -> Prediction:
        """Probability of exactly `n` purchases in the next `t` periods, given customers' history.

        P(X(T, T + t) = n | x, t_x, T): customers who have dropped out by T make
        none, the others as many as new customers whose rates have the distribution given that
        history.

        Parameters
        ----------
        n : array_like of int
            Purchases, one number for all or one each.
        t : array_like
            Periods ahead, one for all or one each.
        frequency, recency, T : array_like, or a DataFrame in place of the first
            The customers' history, as for `fit`.

        Returns
        -------
        float, ndarray or Series
            Probabilities, as the inputs.

        Examples
        --------
        >>> from tenure import ParetoNBDFitter
        >>> from tenure.datasets import load_cdnow_summary
        >>> model = ParetoNBDFitter().fit(load_cdnow_summary())
        >>> chance = model.conditional_probability_of_n_purchases_up_to_time(0, 39, 2, 30.43, 38.86)
        >>> float(chance.round(3))
        0.408
        """
        batch = self._batch(frequency, recency, T, t, n)
        *history, horizon, count = batch.columns
        question = _engine.Model.purchase_pmf_conditional
        values = self._ask(question, horizon, count, history, index=batch.index)
        return batch.answer(values)

    # -- report ------------------------------------------------------------------------------

    def _notices(self, result: FitResult) -> tuple[Notice, ...]:
        p_alive = None
        if result["not_identified"]:
            self._facts = self._gather_facts()
            p_alive = self._facts.get("p_alive")
        return fit_notices(self._model.name, result, period=self.period_, p_alive=p_alive)

    def _gather_facts(self) -> Mapping[str, Any]:
        if "p_alive" in self._facts or self._inputs is None:
            return self._facts
        columns: list[FloatArray] = self._inputs.floats(self._vectors)
        alive = self._ask(_engine.Model.probability_alive, columns)
        spread = [float(alive.min()), float(np.median(alive)), float(alive.max())]
        return {**self._facts, "p_alive": spread}
