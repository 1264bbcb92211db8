"""The compiled engine: plain numbers and arrays in, plain numbers and arrays out."""

from collections.abc import Callable, Sequence
from typing import TypeAlias, TypedDict, final, type_check_only

import numpy as np
from numpy.typing import NDArray

from tenure.summary.engine_input import EngineTable

_Numbers: TypeAlias = NDArray[np.float64 | np.float32 | np.int64 | np.int32]
_Floats: TypeAlias = NDArray[np.float64]
_Params: TypeAlias = Sequence[float]
_AnyParams: TypeAlias = Sequence[float] | _Floats | Draws
_History: TypeAlias = Sequence[_Numbers]
_Schedule: TypeAlias = tuple[Sequence[float], Sequence[float]]

__all__ = [
    "Draws",
    "Model",
    "TransactionStream",
    "__version__",
    "advance_simulation",
    "expected_over_time",
    "get_threads",
    "histories",
    "list_purchases",
    "mixing_density",
    "models",
    "rank_scores",
    "set_threads",
    "spearman",
    "summarize_transactions",
    "track_purchases",
]

__version__: str

@type_check_only
class FitResult(TypedDict):
    """The result of a fit. Arrays follow the model's order of parameters."""

    params: list[float]
    scale: float
    log_likelihood: float
    objective: float
    log_params: list[float]
    hessian: NDArray[np.float64]
    covariance: NDArray[np.float64]
    converged: bool
    reason: str
    evaluations: int
    gradient_norm: float
    condition: float
    eigenvalues: list[float]
    at_boundary: list[str]
    not_identified: list[str]
    weakly_identified: list[str]
    rows: int
    unique_rows: int
    weight: float

def set_threads(threads: int) -> None: ...
def get_threads() -> int: ...
def models() -> list[Model]: ...

@final
class Draws:
    """Draws of the parameters: a row per draw. Predictions at them have a row per customer.

    The columns are mean, standard deviation and the quantiles over the draws; a last row is for the
    sum of all customers.
    """

    def __new__(cls, params: _Floats, *, quantiles: Sequence[float]) -> Draws: ...
    def __len__(self) -> int: ...

@final
class Model:
    """A model: its name and settings. Two handles with the same ones are equal.

    The history of customers is their frequency, recency and T, or n_periods; lists run over the
    parameters, in the order of every array. Predictions take the parameters of all customers, a
    matrix with a row for each, or draws.
    """

    def __new__(cls, name: str, **settings: float) -> Model: ...
    @property
    def name(self) -> str: ...
    @property
    def settings(self) -> dict[str, float]: ...
    @property
    def parameters(self) -> list[str]: ...
    @property
    def processes(self) -> list[str]: ...
    @property
    def units(self) -> list[str | None]: ...
    @property
    def columns(self) -> list[str]: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Callable[[str], Model], tuple[str]]: ...
    def fit(
        self,
        columns: Sequence[_Numbers],
        weights: _Floats | None = None,
        *,
        penalizer: float = 0.0,
        initial: Sequence[float] | None = None,
        lower: Sequence[float] | None = None,
        tolerance: float = 1e-7,
        max_evaluations: int = 1000,
        without_purchases: bool = False,
    ) -> FitResult: ...
    def log_likelihood(self, params: _Params, columns: _History) -> _Floats: ...
    def objective(
        self,
        log_params: _Params,
        columns: _History,
        weights: _Floats | None = None,
        *,
        penalizer: float = 0.0,
    ) -> float: ...
    def probability_alive(self, params: _AnyParams, history: _History) -> _Floats: ...
    def expected_purchases(self, params: _AnyParams, t: _Floats, history: _History) -> _Floats: ...
    def purchases_ahead(
        self, params: _Params, schedules: Sequence[_Schedule], history: _History
    ) -> tuple[_Floats, list[_Floats]]: ...
    def expected_purchases_over(
        self, params: _Params, horizons: Sequence[float], history: _History
    ) -> _Floats: ...
    def discounted_purchases(
        self,
        params: _AnyParams,
        schedule: _Schedule,
        history: _History,
        spend: tuple[Model, _AnyParams, _History] | None = None,
    ) -> _Floats: ...
    def expected_purchases_new_customer(self, params: _AnyParams, t: _Floats) -> _Floats: ...
    def survival(self, params: _AnyParams, t: _Floats) -> _Floats: ...
    def purchase_pmf(self, params: _AnyParams, t: _Floats, n: _Floats) -> _Floats: ...
    def purchase_pmf_conditional(
        self, params: _AnyParams, t: _Floats, n: _Floats, history: _History
    ) -> _Floats: ...
    def alive_paths(
        self,
        params: _Params,
        offsets: _Floats,
        counts: NDArray[np.int64],
        lengths: NDArray[np.int64],
    ) -> tuple[_Floats, _Floats, _Floats, _Floats]: ...
    def expected_spend(self, params: _AnyParams, history: _History) -> _Floats: ...
    def periods_alive(self, params: _AnyParams, ahead: _Floats, history: _History) -> _Floats: ...
    def periods_expected(
        self, params: _AnyParams, ahead: _Floats, history: _History
    ) -> _Floats: ...
    def periods_pmf(self, params: _AnyParams, periods: _Floats, n: _Floats) -> _Floats: ...

def mixing_density(
    distribution: str, first: float, second: float, *, level: float = 0.99, points: int = 100
) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
def advance_simulation(
    customers: NDArray[np.int64],
    rate: NDArray[np.float64],
    allowed: NDArray[np.float64],
    until: NDArray[np.float64],
    waits: NDArray[np.float64],
    clock: NDArray[np.float64],
    purchases: NDArray[np.float64],
    frequency: NDArray[np.float64],
    recency: NDArray[np.float64],
) -> NDArray[np.int64]: ...
def spearman(a: NDArray[np.float64], b: NDArray[np.float64]) -> tuple[float, float]: ...
def rank_scores(values: NDArray[np.float64], limits: NDArray[np.uint64]) -> NDArray[np.int64]: ...

@type_check_only
class HoldoutFound(TypedDict):
    """Results of a holdout in addition to its columns."""

    customers: int
    end: int

@type_check_only
class EngineCounts(TypedDict):
    """Counts of rows that were left out or changed."""

    without_customer: int
    without_date: int
    after_end: int
    same_day: int
    collapsed: int
    refunds: int
    cancelled: int
    unmatched_refunds: int
    zero_amounts: int
    without_purchase: int
    dateless: int
    not_finite: int

@type_check_only
class TransactionSummary(EngineCounts):
    """One entry per customer with a purchase, and counts of rows."""

    customers: NDArray[np.uint64]
    values: NDArray[np.int64]
    bytes: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    holdout: HoldoutFound
    frequency_holdout: NDArray[np.float64]
    monetary_value_holdout: NDArray[np.float64] | None
    frequency: NDArray[np.float64]
    recency: NDArray[np.float64]
    T: NDArray[np.float64]
    monetary_value: NDArray[np.float64] | None
    end: int

def summarize_transactions(
    table: EngineTable,
    *,
    collapse: str,
    unit: float,
    multiplier: float = 1.0,
    end: int | None = None,
    split: int | None = None,
    whole_period: bool = False,
    refunds: str = "net",
    include_first: bool = False,
) -> TransactionSummary: ...

@type_check_only
class TrackedPurchases(EngineCounts):
    """Numbers of purchases by period."""

    first: NDArray[np.int64]
    repeated: NDArray[np.int64]
    start: int | None

def track_purchases(table: EngineTable, *, collapse: str, periods: int) -> TrackedPurchases: ...

@type_check_only
class ListedPurchases(EngineCounts):
    """Periods in which each customer bought."""

    customers: NDArray[np.uint64]
    values: NDArray[np.int64]
    bytes: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    counts: NDArray[np.int64]
    periods: NDArray[np.int64]
    rows: NDArray[np.int64]
    amounts: NDArray[np.float64] | None
    start: int | None

def list_purchases(
    table: EngineTable,
    *,
    collapse: str,
    end: int | None = None,
    refunds: str = "keep",
) -> ListedPurchases: ...
def expected_over_time(
    began: NDArray[np.int64], curve: NDArray[np.float64], every: int
) -> NDArray[np.float64]: ...
def histories(
    offsets: NDArray[np.float64], counts: NDArray[np.int64], lengths: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]: ...

@final
class TransactionStream:
    """Transactions in chunks, with ids of one kind throughout."""

    def __new__(
        cls,
        *,
        collapse: str,
        unit: float,
        memory_rows: int,
        money: bool = True,
        end: int | None = None,
        refunds: str = "net",
    ) -> TransactionStream: ...
    def push(self, table: EngineTable) -> None: ...
    def finish(self) -> TransactionSummary: ...
