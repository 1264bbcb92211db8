r"""The Pareto/NBD model of repeat purchases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tenure import _engine
from tenure.exceptions import OptionError
from tenure.fitters._arguments import FloatArray, Numbers, Prediction, as_float, gather
from tenure.fitters._base import objective
from tenure.fitters.continuous_time import TransactionFitter

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["ParetoNBDFitter"]


class ParetoNBDFitter(TransactionFitter):
    r"""The Pareto / negative binomial distribution model, Pareto/NBD.

    While a customer is alive, purchases follow a Poisson process with rate λ; dropout has rate μ,
    at any time, independently of purchases. λ is gamma distributed over customers (shape r, rate
    alpha), μ too (shape s, rate beta).

    Given x repeat purchases, the last at t_x, by time T:

    .. math::

        P(alive) = \left[1 + s \int_{t_x}^{T}
            \left(\frac{\alpha + T}{\alpha + y}\right)^{r + x}
            \left(\frac{\beta + T}{\beta + y}\right)^{s} \frac{dy}{\beta + y}\right]^{-1}

        E[X(T, T + t)] = \frac{(r + x)(\beta + T)}{(\alpha + T)(s - 1)}
            \left[1 - \left(\frac{\beta + T}{\beta + T + t}\right)^{s - 1}\right] P(alive)

        E[X(t)] = \frac{r \beta}{\alpha (s - 1)}
            \left[1 - \left(\frac{\beta}{\beta + t}\right)^{s - 1}\right]

    Parameters
    ----------
    penalizer_coef : float
        Weight c of the penalty c·Σθ² on parameters with time scaled by 1/max(T). As in lifetimes,
        it is added to the *sum* of the negative log-likelihoods of the N rows here, not their
        mean: the same c weighs N times less than in the other models.

    Attributes
    ----------
    params_ : Series
        r (no unit), alpha (periods), s (no unit), beta (periods).
    data, summary, variance_matrix_, standard_errors_, confidence_intervals_, fit_report_
        As in `BetaGeoFitter`.

    References
    ----------
    Schmittlein, D. C., D. G. Morrison and R. Colombo (1987), "Counting Your Customers: Who Are They
    and What Will They Do Next?", Management Science 33 (1), 1-24.
    Fader, P. S. and B. G. S. Hardie (2005), "A Note on Deriving the Pareto/NBD Model and Related
    Expressions", http://www.brucehardie.com/notes/009/.

    Examples
    --------
    >>> from tenure import ParetoNBDFitter
    >>> from tenure.datasets import load_cdnow_summary
    >>> model = ParetoNBDFitter().fit(load_cdnow_summary())
    >>> model.params_.round(3).to_dict()
    {'r': 0.553, 'alpha': 10.578, 's': 0.606, 'beta': 11.668}
    """

    _model = _engine.Model("Pareto/NBD")

    def fit(  # type: ignore[override]  # lifetimes' order of arguments differs between its fitters
        self,
        frequency: ArrayLike | pd.DataFrame | Any,
        recency: ArrayLike | None = None,
        T: ArrayLike | None = None,
        weights: ArrayLike | None = None,
        iterative_fitting: int = 1,
        initial_params: Sequence[float] | None = None,
        verbose: bool = False,
        tol: float = 1e-4,
        index: ArrayLike | pd.Index[Any] | None = None,
        fit_method: str = "Nelder-Mead",
        maxiter: int = 2000,
        **kwargs: Any,
    ) -> Self:
        """Estimate the parameters by (penalised) maximum likelihood.

        The fit is the same from run to run and goes to the maximum, whatever `iterative_fitting`,
        `fit_method` and `maxiter` say; they are accepted for scripts written for lifetimes.

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
        iterative_fitting : int
            Without effect, but checked as in lifetimes.
        initial_params : sequence of float, optional
            Where to start: r, alpha, s, beta with T scaled to a maximum of 1 (not their logarithms,
            unlike in the other models).
        verbose : bool
            Whether to print the verdict on the fit.
        tol : float
            Size of the gradient at which the optimiser may stop.
        index : array_like, optional
            Index of `data`; that of the table, or 0, 1, …, by default. Vectors are taken by
            position.
        fit_method, maxiter
            Without effect.
        **kwargs
            Accepted and ignored, with a warning.

        Returns
        -------
        self

        Raises
        ------
        OptionError
            If `iterative_fitting` is below 1, or above 1 together with `initial_params`, or if
            `initial_params` are not four positive numbers.
        DataError, ConvergenceError
            As in `BetaGeoFitter.fit`, and so are the warnings.
        """
        if iterative_fitting <= 0:
            raise OptionError(
                "iterative_fitting parameter should be greater than 0 as of lifetimes v0.2.1"
            )
        if iterative_fitting > 1 and initial_params is not None:
            raise OptionError(
                "iterative_fitting and initial_params should not be both set, as no improvement "
                "could be made."
            )
        if kwargs:
            self._warn_ignored(kwargs)
        vectors = {"frequency": frequency, "recency": recency, "T": T}
        start = None if initial_params is None else _logarithms(initial_params)
        return self._fit_vectors(
            vectors, weights, index, initial_params=start, tol=tol, verbose=verbose
        )

    def conditional_probability_alive(
        self,
        frequency: ArrayLike | pd.DataFrame | Any,
        recency: ArrayLike | None = None,
        T: ArrayLike | None = None,
    ) -> Prediction:
        """Probability that customers have not dropped out by T, given their history.

        Parameters
        ----------
        frequency, recency, T : array_like, or a DataFrame in place of the first
            The customers' history, as for `fit`.

        Returns
        -------
        float, ndarray or Series
            Probabilities, as the inputs (as in lifetimes, where the other models always give
            arrays).

        Examples
        --------
        >>> from tenure import ParetoNBDFitter
        >>> from tenure.datasets import load_cdnow_summary
        >>> model = ParetoNBDFitter().fit(load_cdnow_summary())
        >>> float(model.conditional_probability_alive(2, 30.43, 38.86).round(3))
        0.869
        """
        batch = self._batch(frequency, recency, T)
        values = self._ask(_engine.Model.probability_alive, batch.columns, index=batch.index)
        return batch.answer(values)

    @staticmethod
    def _log_A_0(
        params: ArrayLike, freq: ArrayLike, recency: ArrayLike, age: ArrayLike
    ) -> Prediction:
        """Return ln A₀ of Fader & Hardie (2005), eqs. (19), (20); -inf where recency is age.

        Of L = C·[(α+T)^−(r+x)·(β+T)^−s + s/(r+s+x)·A₀] the second term is the share 1 − P(alive),
        and C is known from customers seen at the very end, of whom L has the first term only.
        """
        batch = gather({"freq": freq, "recency": recency, "age": age})
        model = ParetoNBDFitter._model
        x, t_x, T = batch.columns
        r, alpha, s, beta = values = as_float("params", params).tolist()

        def log_likelihood(seen: Numbers) -> FloatArray:
            return model.log_likelihood(values, [x, seen, T])

        ever = (r + x) * np.log(alpha + T) + s * np.log(beta + T)
        never = r * np.log(alpha) + s * np.log(beta)
        seen_last = np.where(x > 0, T, 0.0)
        common = np.where(x > 0, log_likelihood(seen_last) + ever, never)
        dropped_out = 1.0 - model.probability_alive(values, batch.columns)
        with np.errstate(divide="ignore"):
            share = np.log(dropped_out) + np.log((r + s + x) / s)
        return batch.answer(log_likelihood(t_x) - common + share)

    @staticmethod
    def _conditional_log_likelihood(
        params: ArrayLike, freq: ArrayLike, rec: ArrayLike, T: ArrayLike
    ) -> Prediction:
        """Return ln L of each customer at given parameters."""
        batch = gather({"freq": freq, "rec": rec, "T": T})
        values = as_float("params", params).tolist()
        return batch.answer(ParetoNBDFitter._model.log_likelihood(values, batch.columns))

    @staticmethod
    def _negative_log_likelihood(
        params: ArrayLike,
        freq: ArrayLike,
        rec: ArrayLike,
        T: ArrayLike,
        weights: ArrayLike,
        penalizer_coef: float,
    ) -> float:
        """Return the objective of the fit at given parameters, on time as it is passed."""
        log_params = np.log(as_float("params", params))
        named = {"freq": freq, "rec": rec, "T": T}
        return objective(ParetoNBDFitter._model, log_params, named, weights, penalizer_coef)


def _logarithms(initial: Sequence[float]) -> list[float]:
    values = np.asarray(initial, dtype=float)
    if not (np.isfinite(values).all() and (values > 0).all()):
        raise OptionError(
            f"initial_params are {values.tolist()}; expected positive numbers r, alpha, s, beta "
            "(with T scaled to a maximum of 1)."
        )
    logarithms: list[float] = np.log(values).tolist()
    return logarithms
