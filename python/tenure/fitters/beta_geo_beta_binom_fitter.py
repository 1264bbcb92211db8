r"""The BG/BB model of repeat purchases in discrete time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tenure import _engine
from tenure.fitters._arguments import (
    FloatArray,
    Prediction,
    as_float,
    gather,
    vectors_or_table,
)
from tenure.fitters._base import objective
from tenure.fitters._inputs import read_inputs
from tenure.fitters._purchase_models import CountingFitter
from tenure.fitters._snapshot import from_one_fit

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["BetaGeoBetaBinomFitter"]


class BetaGeoBetaBinomFitter(CountingFitter):
    r"""The beta-geometric / beta-binomial model, BG/BB, for purchases counted in periods.

    At the start of each period an active customer drops out with probability θ; if not, the
    customer buys in it with probability p. p is beta distributed over customers (alpha, beta),
    θ too (gamma, delta). The chance of x purchases in n periods, the last in period t_x, is

    .. math::

        L = \frac{B(\alpha + x, \beta + n - x)}{B(\alpha, \beta)}
            \frac{B(\gamma, \delta + n)}{B(\gamma, \delta)}
            + \sum_{i=0}^{n - t_x - 1}
            \frac{B(\alpha + x, \beta + t_x - x + i)}{B(\alpha, \beta)}
            \frac{B(\gamma + 1, \delta + t_x + i)}{B(\gamma, \delta)}

    Parameters
    ----------
    penalizer_coef : float
        Weight c of the penalty c·Σθ² added to the mean negative log-likelihood.

    Attributes
    ----------
    params_ : Series
        alpha, beta, gamma, delta (no unit).
    data : DataFrame
        frequency, recency, n_periods, weights.
    summary, variance_matrix_, standard_errors_, confidence_intervals_, fit_report_
        As in `BetaGeoFitter`.

    References
    ----------
    Fader, P. S., B. G. S. Hardie and J. Shang (2010), "Customer-Base Analysis in a Discrete-Time
    Noncontractual Setting", Marketing Science 29 (6), 1086-1108.

    Examples
    --------
    >>> from tenure import BetaGeoBetaBinomFitter
    >>> model = BetaGeoBetaBinomFitter()
    >>> model.params_ = {"alpha": 1.204, "beta": 0.750, "gamma": 0.657, "delta": 2.783}
    >>> float(model.conditional_expected_number_of_purchases_up_to_time(5, 6, 6, 6).round(2))
    3.75
    """

    _model = _engine.Model("BG/BB")
    _counts_purchases: ClassVar[bool] = False
    _vectors: ClassVar[tuple[str, ...]] = ("frequency", "recency", "n_periods")
    _names: ClassVar[Mapping[str, Sequence[str]]] = {
        "frequency": ("frequency",),
        "recency": ("recency",),
        "n_periods": ("n_periods", "periods"),
    }
    _data_columns: ClassVar[tuple[str, ...]] = (*_vectors, "weights")
    _data_types: ClassVar[Mapping[str, type]] = dict.fromkeys(_vectors, np.int64)

    def fit(
        self,
        frequency: ArrayLike | pd.DataFrame | Any,
        recency: ArrayLike | None = None,
        n_periods: ArrayLike | None = None,
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
        frequency : array_like of int, shape (n,), or DataFrame
            Periods with a purchase, x. Or a table with the columns ``frequency``, ``recency``,
            ``n_periods`` or ``periods`` (and ``weights``).
        recency : array_like of int, shape (n,)
            The last period with a purchase, t_x; 0 for none.
        n_periods : array_like of int, shape (n,)
            Periods observed.
        weights : array_like, shape (n,), optional
            Customers that each row stands for; one each by default.
        initial_params : sequence of float, optional
            Where to start: logarithms of the parameters.
        verbose : bool
            Whether to print the verdict on the fit.
        tol : float
            Size of the gradient at which the optimiser may stop.
        index : array_like, optional
            Index of `data`; that of the table, or 0, 1, …, by default.
        **kwargs
            Accepted and ignored, with a warning.

        Returns
        -------
        self

        Raises
        ------
        DataError, ConvergenceError
            As in `BetaGeoFitter.fit`, and so are the warnings.
        """
        if kwargs:
            self._warn_ignored(kwargs)
        inputs = read_inputs(
            {"frequency": frequency, "recency": recency, "n_periods": n_periods},
            weights,
            index,
            names=self._names,
        )
        return self._estimate_whole(
            inputs, self._vectors, initial_params=initial_params, tol=tol, verbose=verbose
        )

    def _predict(
        self, question: Any, ahead: ArrayLike, frequency: Any, recency: Any, n_periods: Any
    ) -> Prediction:
        given = {"frequency": frequency, "recency": recency, "n_periods": n_periods}
        vectors, table = vectors_or_table(given, self._names)
        like = None if table is None else frequency
        if any(vector is None for vector in vectors.values()):
            raise TypeError(
                "Pass frequency, recency and n_periods, or one DataFrame with these columns."
            )
        asked = {**vectors, "m_periods_in_future": ahead}
        batch = gather(asked, scalar=("m_periods_in_future",), like=like)
        *history, horizon = batch.columns
        return batch.answer(self._ask(question, horizon, history, index=batch.index))

    def conditional_expected_number_of_purchases_up_to_time(
        self,
        m_periods_in_future: ArrayLike,
        frequency: ArrayLike | pd.DataFrame | Any,
        recency: ArrayLike | None = None,
        n_periods: ArrayLike | None = None,
    ) -> Prediction:
        """Expect the purchases of customers in the next periods, given their history.

        Parameters
        ----------
        m_periods_in_future : array_like of int
            Periods ahead, one number for all or one each.
        frequency, recency, n_periods : array_like, or a DataFrame in place of the first
            The customers' history, as for `fit`.

        Returns
        -------
        float, ndarray or Series
            Purchases, as the inputs.
        """
        question = _engine.Model.periods_expected
        return self._predict(question, m_periods_in_future, frequency, recency, n_periods)

    def conditional_probability_alive(
        self,
        m_periods_in_future: ArrayLike,
        frequency: ArrayLike | pd.DataFrame | Any,
        recency: ArrayLike | None = None,
        n_periods: ArrayLike | None = None,
    ) -> Prediction:
        """Probability that customers are still active `m_periods_in_future` after `n_periods`.

        Parameters
        ----------
        m_periods_in_future : array_like of int
            Periods ahead, one number for all or one each; 0 for the last period observed.
        frequency, recency, n_periods : array_like, or a DataFrame in place of the first
            The customers' history, as for `fit`.

        Returns
        -------
        float, ndarray or Series
            Probabilities, as the inputs.
        """
        question = _engine.Model.periods_alive
        return self._predict(question, m_periods_in_future, frequency, recency, n_periods)

    @from_one_fit
    def expected_number_of_transactions_in_first_n_periods(self, n: int) -> pd.DataFrame:
        """Expect how many of the customers of the fit buy how often in their first `n` periods.

        Parameters
        ----------
        n : int
            Periods.

        Returns
        -------
        DataFrame
            Customers in the column ``model``, by ``frequency``; the frequencies are those of the
            data of the fit.
        """
        if self._inputs is None:
            raise AttributeError("The model holds no data of which to take the frequencies.")
        counts = np.unique(self._inputs.floats(["frequency"])[0])
        weights = self._inputs.weights
        customers = len(self._inputs) if weights is None else weights.sum()
        masses = self._chances(np.array([float(n)]), counts)[0]
        index = pd.Index(counts.astype(np.int64), name="frequency")
        frame: pd.DataFrame = pd.DataFrame({"model": customers * masses}, index=index)
        return frame

    def _chances(self, periods: FloatArray, n: FloatArray) -> FloatArray:
        """P(X = n) within `periods`, a row each of them, a column each `n`."""
        question = np.repeat(periods, len(n)), np.tile(n, len(periods))
        return self._ask(_engine.Model.periods_pmf, *question).reshape(len(periods), len(n))

    @staticmethod
    def _loglikelihood(params: ArrayLike, x: ArrayLike, tx: ArrayLike, T: ArrayLike) -> FloatArray:
        """Return ln L of each customer at given parameters."""
        columns = [as_float("x", x), as_float("tx", tx), as_float("T", T)]
        values = as_float("params", params).tolist()
        return BetaGeoBetaBinomFitter._model.log_likelihood(values, columns)

    @staticmethod
    def _negative_log_likelihood(
        log_params: ArrayLike,
        frequency: ArrayLike,
        recency: ArrayLike,
        n_periods: ArrayLike,
        weights: ArrayLike,
        penalizer_coef: float = 0,
    ) -> float:
        """Return the objective of the fit at given log-parameters."""
        named = {"frequency": frequency, "recency": recency, "n_periods": n_periods}
        logs = as_float("log_params", log_params)
        return objective(BetaGeoBetaBinomFitter._model, logs, named, weights, penalizer_coef)
