"""Effect of a counting convention: the same customers, counted as the model defines purchases."""

from __future__ import annotations

from tenure._warnings import Notice, collect_warnings
from tenure.clv.forecast import forecast
from tenure.exceptions import ConventionWarning
from tenure.io.provenance import with_provenance
from tenure.pipeline.analysis import Analysis
from tenure.segments import segment_by_value

__all__ = ["convention_warning"]


def convention_warning(analysis: Analysis) -> Notice:
    """Count repeat purchases instead of all orders, and report by how much the results differ.

    Refits the purchase model with frequency = orders − 1, everything else as it was, and
    forecasts the same horizons.

    Parameters
    ----------
    analysis : Analysis
        A forecast made with ``convention="total"``.

    Returns
    -------
    Notice
        A `ConventionWarning` with the figures, not yet given.
    """
    known = analysis.forecast.attrs["tenure"]
    repeat = with_provenance(
        analysis.customers.assign(frequency=analysis.customers["orders"] - 1.0),
        convention="repeat",
    )
    model = type(analysis.purchase_model)(penalizer_coef=analysis.purchase_model.penalizer_coef)
    column = analysis.value_column
    # The refit serves a comparison only; the warnings of its fit are not this analysis's.
    with collect_warnings():
        other = forecast(
            model.fit(repeat),
            analysis.spend_model,
            repeat,
            horizons=known["horizons"][analysis.longest],
            discount_rate=known["discount_rate"],
            discount_period=known["discount_period"],
        )
    rival = next(name for name in other.columns if name.startswith(column.rsplit("_", 1)[0] + "_"))
    mine, right = float(analysis.forecast[column].sum()), float(other[rival].sum())
    cut = analysis.settings["value_segments"]
    moved = segment_by_value(other[rival], **cut).ne(analysis.forecast["segment"]).sum()
    what = "revenue" if analysis.spend_model is not None else "number of purchases"
    change = f"{mine / right - 1:+.1%}" if right > 0 else "not comparable"
    customers = len(analysis.customers)
    return Notice(
        ConventionWarning,
        f"convention='total' changes the {what} expected in {analysis.longest} by {change} and the"
        f" value segment of {moved / customers:.1%} of customers. Use convention='repeat' unless"
        " you reproduce such numbers.",
        "It counts every customer's first order as a repeat purchase, which the purchase model does"
        f" not mean: {mine:,.0f} instead of {right:,.0f}; {int(moved):,} of {customers:,} customers"
        " move to another value segment.",
    )
