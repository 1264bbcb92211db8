"""The plots of lifetimes and those of cohorts, drawn with matplotlib.

Every function returns the matplotlib axes and takes ``ax=`` to draw on axes of yours, which leaves
pyplot alone. Without it the plots that lifetimes draws on pyplot's current axes, and those of
cohorts, are drawn there, and the others (:func:`plot_period_transactions`,
:func:`plot_calibration_purchases_vs_holdout_purchases` and the two of heterogeneity) on a new
figure. Nothing is shown or saved: ``plt.show()`` and ``savefig`` stay with the caller.

matplotlib comes with the extra ``plot`` and is imported when a plot is drawn.
"""

from tenure.plotting._axes import coalesce as coalesce
from tenure.plotting._axes import forceAspect as forceAspect
from tenure.plotting._cohorts import (
    plot_cohort_retention,
    plot_cohort_revenue,
    plot_cohort_survival,
)
from tenure.plotting._fit import (
    plot_calibration_purchases_vs_holdout_purchases,
    plot_period_transactions,
)
from tenure.plotting._heterogeneity import (
    plot_dropout_rate_heterogeneity,
    plot_transaction_rate_heterogeneity,
)
from tenure.plotting._matrices import (
    plot_frequency_recency_matrix,
    plot_probability_alive_matrix,
)
from tenure.plotting._time import plot_expected_repeat_purchases, plot_history_alive
from tenure.plotting._tracking import plot_cumulative_transactions, plot_incremental_transactions

__all__ = [
    "plot_period_transactions",
    "plot_calibration_purchases_vs_holdout_purchases",
    "plot_frequency_recency_matrix",
    "plot_probability_alive_matrix",
    "plot_expected_repeat_purchases",
    "plot_history_alive",
    "plot_cumulative_transactions",
    "plot_incremental_transactions",
    "plot_transaction_rate_heterogeneity",
    "plot_dropout_rate_heterogeneity",
    "plot_cohort_retention",
    "plot_cohort_revenue",
    "plot_cohort_survival",
]


def __dir__() -> list[str]:
    return sorted(__all__)
