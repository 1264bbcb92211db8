"""The compiled engine: plain numbers and arrays in, plain numbers and arrays out."""

from collections.abc import Sequence
from typing import TypeAlias, TypedDict, final, type_check_only

import numpy as np
from numpy.typing import NDArray

from tenure.summary.engine_input import EngineTable

_Numbers: TypeAlias = NDArray[np.float64 | np.float32 | np.int64 | np.int32]

__all__ = [
    "TransactionStream",
    "__version__",
    "advance_simulation",
    "alive_paths",
    "discounted_purchases",
    "expected_over_time",
    "expected_purchases",
    "expected_purchases_new_customer",
    "expected_purchases_over",
    "expected_spend",
    "fit",
    "get_threads",
    "histories",
    "list_purchases",
    "log_likelihood",
    "mixing_density",
    "models",
    "objective",
    "periods_alive",
    "periods_expected",
    "periods_pmf",
    "probability_alive",
    "purchase_pmf",
    "purchase_pmf_conditional",
    "purchases_ahead",
    "rank_scores",
    "set_threads",
    "spearman",
    "summarize_transactions",
    "survival",
    "track_purchases",
]

__version__: str

@type_check_only
class ModelInfo(TypedDict):
    """The parts of a model; lists run over its parameters, in the order of every array."""

    parameters: list[str]
    processes: list[str]
    units: list[str | None]
    columns: list[str]

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
def models() -> dict[str, ModelInfo]: ...
def fit(
    model: str,
    columns: Sequence[_Numbers],
    weights: NDArray[np.float64] | None = None,
    *,
    penalizer: float = 0.0,
    initial: Sequence[float] | None = None,
    lower: Sequence[float] | None = None,
    tolerance: float = 1e-7,
    max_evaluations: int = 1000,
    without_purchases: bool = False,
) -> FitResult: ...
def log_likelihood(
    model: str, params: Sequence[float], columns: Sequence[_Numbers]
) -> NDArray[np.float64]: ...
def objective(
    model: str,
    log_params: Sequence[float],
    columns: Sequence[_Numbers],
    weights: NDArray[np.float64] | None = None,
    *,
    penalizer: float = 0.0,
) -> float: ...
def probability_alive(
    model: str,
    params: Sequence[float],
    frequency: _Numbers,
    recency: _Numbers,
    T: _Numbers,
) -> NDArray[np.float64]: ...
def expected_purchases(
    model: str,
    params: Sequence[float],
    t: NDArray[np.float64],
    frequency: _Numbers,
    recency: _Numbers,
    T: _Numbers,
) -> NDArray[np.float64]: ...
def purchases_ahead(
    model: str,
    params: Sequence[float],
    schedules: Sequence[tuple[Sequence[float], Sequence[float]]],
    frequency: _Numbers,
    recency: _Numbers,
    T: _Numbers,
) -> tuple[NDArray[np.float64], list[NDArray[np.float64]]]: ...
def expected_purchases_over(
    model: str,
    params: Sequence[float],
    horizons: Sequence[float],
    frequency: _Numbers,
    recency: _Numbers,
    T: _Numbers,
) -> NDArray[np.float64]: ...
def discounted_purchases(
    model: str,
    params: Sequence[float],
    times: Sequence[float],
    discounts: Sequence[float],
    frequency: _Numbers,
    recency: _Numbers,
    T: _Numbers,
    spend: tuple[str, Sequence[float], _Numbers, _Numbers] | None = None,
) -> NDArray[np.float64]: ...
def expected_purchases_new_customer(
    model: str, params: Sequence[float], t: NDArray[np.float64]
) -> NDArray[np.float64]: ...
def survival(
    model: str, params: Sequence[float], t: NDArray[np.float64]
) -> NDArray[np.float64]: ...
def purchase_pmf(
    model: str, params: Sequence[float], t: NDArray[np.float64], n: NDArray[np.float64]
) -> NDArray[np.float64]: ...
def purchase_pmf_conditional(
    model: str,
    params: Sequence[float],
    t: NDArray[np.float64],
    n: NDArray[np.float64],
    frequency: _Numbers,
    recency: _Numbers,
    T: _Numbers,
) -> NDArray[np.float64]: ...
def periods_alive(
    model: str,
    params: Sequence[float],
    ahead: NDArray[np.float64],
    frequency: _Numbers,
    recency: _Numbers,
    n_periods: _Numbers,
) -> NDArray[np.float64]: ...
def periods_expected(
    model: str,
    params: Sequence[float],
    ahead: NDArray[np.float64],
    frequency: _Numbers,
    recency: _Numbers,
    n_periods: _Numbers,
) -> NDArray[np.float64]: ...
def periods_pmf(
    model: str,
    params: Sequence[float],
    periods: NDArray[np.float64],
    n: NDArray[np.float64],
) -> NDArray[np.float64]: ...
def expected_spend(
    model: str,
    params: Sequence[float],
    frequency: _Numbers,
    monetary_value: _Numbers,
) -> NDArray[np.float64]: ...
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
def alive_paths(
    model: str,
    params: Sequence[float],
    offsets: NDArray[np.float64],
    counts: NDArray[np.int64],
    lengths: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]: ...

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
