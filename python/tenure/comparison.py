"""What a counting convention changes: the same customers, counted as the model means them."""

from __future__ import annotations

from tenure.analysis import Analysis
from tenure.clv import forecast
from tenure.exceptions import ConventionWarning
from tenure.frames import with_provenance
from tenure.segments import segment_by_value
from tenure.verdict import Notice, collected

__all__ = ["convention_warning"]


def convention_warning(analysis: Analysis) -> Notice:
    """Count repeat purchases instead of all orders, and say by how much the results differ.

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
    # The refit serves a comparison only; what its own fit has to say is not this analysis's.
    with collected():
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
        "convention='total' counts every customer's first order as a repeat purchase, which the"
        f" purchase model does not mean. It changes the {what} expected in {analysis.longest} by"
        f" {change} ({mine:,.0f} instead of {right:,.0f}) and puts {int(moved):,} of"
        f" {customers:,} customers ({moved / customers:.1%}) into another value segment. Use"
        " convention='repeat' unless you need to reproduce such numbers.",
    )
