r"""The Gamma-Gamma model of spend per purchase, and customer lifetime value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tenure import _engine
from tenure._warnings import Notice
from tenure.exceptions import EmptyDataError, InfiniteMeanWarning
from tenure.fitters._arguments import (
    FloatArray,
    Prediction,
    as_float,
    as_table,
    gather,
    table_columns,
)
from tenure.fitters._base import BaseFitter, objective
from tenure.fitters._inputs import read_inputs
from tenure.fitters._snapshot import from_one_fit
from tenure.fitters.continuous_time import TransactionFitter
from tenure.fitters.fit_report import check_independence
from tenure.fitters.fit_warnings import fit_notices
from tenure.fitters.lifetime_value import lifetime_value

if TYPE_CHECKING:
    from typing_extensions import Self

    from tenure._engine import FitResult

__all__ = ["GammaGammaFitter"]

_SMALLEST_Q = 1.05
"""The bound of ``q_constraint``: at 1 the mean is infinite, just above it beyond any spend."""
_NAMES = {"frequency": ("spend_count", "frequency"), "monetary_value": ("monetary_value",)}


class GammaGammaFitter(BaseFitter):
    r"""The Gamma-Gamma model of the mean spend per purchase.

    The amounts of a customer's purchases are gamma distributed (shape p, rate ν), ν is gamma
    distributed over customers (shape q, rate v), independently of how often they buy. Given x
    purchases with mean m̄, the expected mean spend is a weighted average of the customer's own mean
    and the population's p·v/(q - 1):

    .. math:: E[M \mid x, \bar m] = \frac{p (v + x \bar m)}{p x + q - 1}, \qquad p x + q > 1

    Where p·x + q ≤ 1 no finite mean exists (for x = 0: where q ≤ 1); the answer is NaN there, with
    an `InfiniteMeanWarning`.

    Parameters
    ----------
    penalizer_coef : float
        Weight c of the penalty c·Σθ² added to the mean negative log-likelihood. v is in money, so
        the penalty depends on its unit.

    Attributes
    ----------
    params_ : Series
        p, q (no unit), v (money).
    data : DataFrame
        monetary_value, frequency, weights.
    summary, variance_matrix_, standard_errors_, confidence_intervals_ : DataFrame or Series
        Estimates and their precision.
    fit_report_ : FitReport
        The verdict on the fit, with a check that spend does not depend on frequency.

    References
    ----------
    Fader, P. S. and B. G. S. Hardie (2013), "The Gamma-Gamma Model of Monetary Value",
    http://www.brucehardie.com/notes/025/, eqs. (1a), (5).

    Examples
    --------
    >>> from tenure import GammaGammaFitter
    >>> from tenure.datasets import load_cdnow_summary_data_with_monetary_value
    >>> GammaGammaFitter().fit(load_cdnow_summary_data_with_monetary_value())
    <tenure.GammaGammaFitter: fitted with 946 subjects, p: 6.25, q: 3.74, v: 15.45>
    """

    _model = _engine.Model("Gamma-Gamma")
    _vectors: ClassVar[tuple[str, ...]] = ("frequency", "monetary_value")
    _data_columns: ClassVar[tuple[str, ...]] = ("monetary_value", "frequency", "weights")
    _data_types: ClassVar[Mapping[str, type]] = {"monetary_value": float, "frequency": float}

    @staticmethod
    def _negative_log_likelihood(
        log_params: ArrayLike,
        frequency: ArrayLike,
        avg_monetary_value: ArrayLike,
        weights: ArrayLike,
        penalizer_coef: float,
    ) -> float:
        """Return the objective of the fit at given log-parameters."""
        named = {"frequency": frequency, "monetary_value": avg_monetary_value}
        logs = as_float("log_params", log_params)
        return objective(GammaGammaFitter._model, logs, named, weights, penalizer_coef)

    def fit(
        self,
        frequency: ArrayLike | pd.DataFrame | Any,
        monetary_value: ArrayLike | None = None,
        weights: ArrayLike | None = None,
        initial_params: Sequence[float] | None = None,
        verbose: bool = False,
        tol: float = 1e-7,
        index: ArrayLike | pd.Index[Any] | None = None,
        q_constraint: bool = False,
        **kwargs: Any,
    ) -> Self:
        """Estimate the parameters by (penalised) maximum likelihood.

        Parameters
        ----------
        frequency : array_like, shape (n,), or DataFrame
            Purchases x that `monetary_value` is the mean of: whole numbers above 0. Or a table
            with the columns ``spend_count`` (else ``frequency``) and ``monetary_value``; its
            customers without purchases are left out, and counted in `fit_report_`.
        monetary_value : array_like, shape (n,)
            Mean spend per purchase, in money, above 0.
        weights : array_like, shape (n,), optional
            Customers that each row stands for; one each by default.
        initial_params : sequence of float, optional
            Where to start: logarithms of p, q, v.
        verbose : bool
            Whether to print the verdict on the fit.
        tol : float
            Size of the gradient at which the optimiser may stop.
        index : array_like, optional
            Index of `data`; that of the table, or 0, 1, …, by default.
        q_constraint : bool
            Whether to keep q at 1.05 or above, so that the population's mean p·v/(q - 1) is finite:
            20·p·v at most. (lifetimes stops at 1, where it is infinite.)
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
        InfiniteMeanWarning
            If q ≤ 1, so that the population has no finite mean.
        NotIdentifiedWarning, ConvergenceWarning
            If the data do not determine the parameters, or the optimiser stopped short.
        """
        if kwargs:
            self._warn_ignored(kwargs)
        vectors = {"frequency": frequency, "monetary_value": monetary_value}
        inputs = read_inputs(vectors, weights, index, names=_NAMES)
        dropped = 0
        if monetary_value is None:
            bought = inputs.floats(["frequency"])[0] != 0
            dropped = int(np.count_nonzero(~bought))
            if dropped == len(bought):
                raise EmptyDataError(
                    "None of the customers has a purchase with a spend to average; the Gamma-Gamma "
                    "model needs some."
                )
            inputs = inputs.select(bought) if dropped else inputs
        return self._estimate(
            inputs,
            initial_params=initial_params,
            tol=tol,
            verbose=verbose,
            lower=[-np.inf, np.log(_SMALLEST_Q), -np.inf] if q_constraint else None,
            dropped=dropped,
        )

    @from_one_fit
    def conditional_expected_average_profit(
        self,
        frequency: ArrayLike | pd.DataFrame | Any = None,
        monetary_value: ArrayLike | None = None,
    ) -> Prediction:
        """Expect the mean spend per purchase of customers, given their history.

        Parameters
        ----------
        frequency : array_like, or DataFrame, optional
            Purchases x that `monetary_value` is the mean of; 0 gives the population's mean. Or a
            table as for `fit`. The data of the fit by default.
        monetary_value : array_like, optional
            Mean spend m̄ a purchase, in money.

        Returns
        -------
        float, ndarray or Series
            Money a purchase, as the inputs: Series for Series and tables, a column of Polars' or
            Arrow's for theirs.

        Warns
        -----
        InfiniteMeanWarning
            If some customers have no finite expected spend; theirs is NaN.

        Examples
        --------
        >>> from tenure import GammaGammaFitter
        >>> model = GammaGammaFitter()
        >>> model.params_ = {"p": 6.25, "q": 3.74, "v": 15.45}
        >>> float(model.conditional_expected_average_profit(2, 22.35).round(2))
        24.67
        """
        table = as_table(frequency) if monetary_value is None else None
        like = None if table is None else frequency
        if table is not None:
            frequency, monetary_value = self._spend(table)
        elif frequency is None or monetary_value is None:
            data = self.data
            if data is None:
                raise TypeError("The model was saved without data: pass frequency, monetary_value.")
            frequency = data["frequency"] if frequency is None else frequency
            monetary_value = data["monetary_value"] if monetary_value is None else monetary_value
        batch = gather({"frequency": frequency, "monetary_value": monetary_value}, like=like)
        values = self._ask(_engine.Model.expected_spend, batch.columns, index=batch.index)
        p, q, _ = self._values
        if q <= 1.0:
            self._say_no_mean(values, p, q)
        return batch.answer(values)

    @staticmethod
    def _spend(table: pd.DataFrame) -> list[pd.Series[Any]]:
        count = "spend_count" if "spend_count" in table.columns else "frequency"
        return table_columns(table, [count, "monetary_value"])

    @staticmethod
    def _say_no_mean(values: FloatArray, p: float, q: float) -> None:
        without = int(np.count_nonzero(np.isnan(values)))
        if without:
            Notice(
                InfiniteMeanWarning,
                f"{without:,} of {len(values):,} customers have no finite expected spend and get"
                " NaN. Fit with a smaller penalizer_coef or with q_constraint=True.",
                f"A finite mean needs p·x + q > 1, with x the purchases averaged; here p = {p:.4g},"
                f" q = {q:.4g}.",
            ).emit()

    @from_one_fit
    def customer_lifetime_value(
        self,
        transaction_prediction_model: Any,
        frequency: ArrayLike | pd.DataFrame | Any,
        recency: ArrayLike | None = None,
        T: ArrayLike | None = None,
        monetary_value: ArrayLike | None = None,
        time: float = 12,
        discount_rate: float = 0.01,
        freq: str = "D",
    ) -> pd.Series[float] | Any:
        r"""Value of the purchases customers are expected to make in the next `time` months.

        .. math:: CLV = E[M \mid x, \bar m] \sum_{k=1}^{time}
            \frac{E[Y(k f)] - E[Y((k-1) f)]}{(1 + d)^k}

        with E[Y] the expected purchases and f the periods in a month: 30 days, 4.345 weeks, 720
        hours, 1 month (lifetimes' constants). `tenure.forecast` takes horizons with their units.

        Parameters
        ----------
        transaction_prediction_model : object with ``predict(t, frequency, recency, T)``
            A fitted purchase model.
        frequency, recency, T, monetary_value : array_like, or a DataFrame in place of the first
            Customers' history. From a table the spend is averaged over ``spend_count`` where the
            table has it, and the purchase model uses ``frequency``.
        time : float
            Months; fractions are rounded up.
        discount_rate : float
            Monthly discount rate d.
        freq : {"D", "W", "M", "H"}
            Unit of recency and T.

        Returns
        -------
        Series
            Money, named ``clv``, with the index of `frequency` (0, 1, … for arrays); a column of
            Polars' or Arrow's for theirs.

        Raises
        ------
        KeyError
            If `freq` is another unit.
        UnitError
            If model and customers are known to be measured in different units.

        Warns
        -----
        UnitWarning
            If they are known to be measured in another unit than `freq`; the known one is used.

        Examples
        --------
        >>> from tenure import BetaGeoFitter, GammaGammaFitter
        >>> from tenure.datasets import load_cdnow_summary_data_with_monetary_value
        >>> customers = load_cdnow_summary_data_with_monetary_value()
        >>> purchases, spend = BetaGeoFitter().fit(customers), GammaGammaFitter().fit(customers)
        >>> value = spend.customer_lifetime_value(purchases, customers, time=12, freq="W")
        >>> float(value.iloc[0].round(1))
        36.3
        """
        others = (recency, T, monetary_value)
        table = as_table(frequency) if all(vector is None for vector in others) else None
        like = None if table is None else frequency
        count = frequency
        if table is not None:
            count, monetary_value = self._spend(table)
            frequency, recency, T = table_columns(table, ["frequency", "recency", "T"])
            count = frequency if count.name == "frequency" else count
        elif any(vector is None for vector in others):
            raise TypeError(
                "Pass frequency, recency, T and monetary_value, or one DataFrame with them."
            )
        history = (transaction_prediction_model, frequency, recency, T)
        steps = (time, discount_rate, freq)
        # Where every customer has a mean there is nothing to say, and one pass does all.
        if self._values[1] > 1.0 and isinstance(transaction_prediction_model, TransactionFitter):
            spending = (self._model, self._values, count)
            return lifetime_value(*history, monetary_value, *steps, spending=spending, like=like)
        money = self.conditional_expected_average_profit(count, monetary_value)
        return lifetime_value(*history, money, *steps, like=like)

    def _notices(self, result: FitResult) -> tuple[Notice, ...]:
        least = None
        if result["params"][1] <= 1.0 and self._inputs is not None:
            least = float(self._inputs.floats(["frequency"])[0].min())
        return fit_notices(self._model.name, result, period=self.period_, smallest_count=least)

    def _gather_facts(self) -> Mapping[str, Any]:
        if "independence" in self._facts or self._inputs is None or len(self._inputs) < 3:
            return self._facts
        check = check_independence(*self._inputs.floats(self._vectors))
        return {**self._facts, "independence": asdict(check)}
