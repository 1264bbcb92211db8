"""The result of a run: tables, models and warnings in one object."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from tenure._warnings import collect_warnings
from tenure.campaigns import CampaignList, overlap
from tenure.exceptions import TenureWarning
from tenure.io.csv_style import CsvStyle, money_decimals
from tenure.locale import Locale
from tenure.locale.languages import Language

if TYPE_CHECKING:
    from tenure.fitters import GammaGammaFitter
    from tenure.fitters.continuous_time import TransactionFitter
    from tenure.report.chart_objects import Chart

__all__ = ["Analysis", "CampaignList", "warning_title"]


@dataclass(frozen=True, repr=False)
class Analysis:
    """What :func:`tenure.run` found.

    Parameters
    ----------
    customers : DataFrame
        The customer summary the models saw: frequency, recency, T, monetary_value, ….
    purchase_model : BetaGeoFitter, ModifiedBetaGeoFitter or ParetoNBDFitter
        The fitted purchase model.
    spend_model : GammaGammaFitter or None
        The fitted spend model; None where no money was given.
    forecast : DataFrame
        One row per customer: P(alive), expected purchases, expected spend, value, ``segment``.
    rfm : DataFrame
        One row per customer: recency in days, frequency, monetary, their scores and ``segment``.
    segments : DataFrame
        One row per segment: the value segments, then the RFM segments (column ``scheme``).
    tables : mapping of str to DataFrame
        ``channels``, ``top_revenue``, ``top_orders`` (those the data allow), ``quality``,
        ``profile`` and ``first_rows``, which :func:`tenure.profile` makes of the data as read, and
        ``models``: the purchase models compared, which was chosen, and why.
    campaigns : tuple of CampaignList
        The target lists.
    warnings : tuple of TenureWarning
        Every warning given on the way, in order, each once.
    settings : mapping
        What was asked for: convention, ties, penalties, horizons, ….
    out : Path or None
        The directory written, if any.
    history : DataFrame
        One row per customer, indexed as ``customers``, on money that was not capped:
        ``orders_total`` and, where there is money, ``spend_total``; from a table of customers,
        its other columns as well.
    purchases : DataFrame or None
        The purchases behind the analysis where the table had one row a purchase: ``customer``,
        ``date`` and, where there is money, ``amount``, up to the end of the observation, with
        refunds taken off.
    movement : Movement or None
        Who went from which value segment of an earlier run to which of this one.
    source : mapping
        What was read: ``name`` and ``sha256`` of a file, ``rows``, ``columns``, ``roles``.
    language : {"en", "tr"}
        The language of what people read.
    currency : str or None
        The currency that money is in: three letters such as ``"TRY"``.
    """

    customers: pd.DataFrame
    purchase_model: TransactionFitter
    spend_model: GammaGammaFitter | None
    forecast: pd.DataFrame
    rfm: pd.DataFrame
    segments: pd.DataFrame
    tables: Mapping[str, pd.DataFrame]
    campaigns: tuple[CampaignList, ...] = ()
    warnings: tuple[TenureWarning, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    out: Path | None = None
    history: pd.DataFrame = field(default_factory=pd.DataFrame)
    purchases: pd.DataFrame | None = None
    movement: Any = None
    source: Mapping[str, Any] = field(default_factory=dict)
    language: Literal["en", "tr"] = "en"
    currency: str | None = None

    @property
    def models(self) -> dict[str, Any]:
        """The fitted models by their role: ``purchase`` and, where money was given, ``spend``."""
        found: dict[str, Any] = {"purchase": self.purchase_model}
        if self.spend_model is not None:
            found["spend"] = self.spend_model
        return found

    @property
    def model_reason(self) -> str:
        """Why the purchase model is the one it is; empty where nothing is known of it."""
        table = self.tables.get("models")
        return "" if table is None else str(table.loc[table["chosen"], "reason"].iloc[0])

    @property
    def p_alive_informative(self) -> bool:
        """Whether P(alive) is informative for these customers.

        False where it is 1 for all of them (the data show no dropout), and where the model gives 1
        to every customer without a repeat purchase by construction (BG/NBD). No mean of it is
        shown then: see :attr:`activity`.
        """
        from tenure.pipeline.model_choice import p_alive_informative

        frequency, p_alive = self.customers["frequency"], self.forecast["p_alive"]
        return p_alive_informative(self.purchase_model, frequency, p_alive)

    @cached_property
    def activity(self) -> pd.Series[float]:
        """What is known of activity without a model: days since the last order and usual gaps.

        ``days_since``, ``usual_gap`` (days between a customer's orders) and ``gap_ratio`` (the
        former over the latter) are medians over the ``with_gap`` customers who have a usual gap;
        ``overdue`` is the share of them whose days since the last order exceed twice their own gap.
        """
        from tenure.insights import overall_figures

        names = ["days_since", "usual_gap", "gap_ratio", "overdue", "with_gap", "without_gap"]
        figures: pd.Series[float] = overall_figures(self.customers, self.forecast)[names]
        return figures

    @property
    def horizons(self) -> dict[str, float]:
        """The horizons forecast: label to length in the period of ``customers``."""
        return dict(self.forecast.attrs["tenure"]["horizons"])

    @property
    def longest(self) -> str:
        """The label of the longest horizon, whose value ranks the customers."""
        horizons = self.horizons
        return max(horizons, key=lambda label: horizons[label])

    @property
    def value_column(self) -> str:
        """The forecast column that customers are ranked and segmented by."""
        kind = "clv" if self.spend_model is not None else "expected_purchases"
        return f"{kind}_{self.longest}"

    @property
    def overlap(self) -> pd.DataFrame:
        """Customers that campaigns have in common, one row and one column per campaign."""
        return overlap(self.campaigns)

    @cached_property
    def insights(self) -> pd.DataFrame:
        """Notable figures of each segment, with a sentence each."""
        from tenure.insights import segment_insights

        return segment_insights(self, language=self.language)

    @cached_property
    def cohorts(self) -> Any:
        """What cohorts of customers did, by month of the first purchase; None without purchases."""
        if self.purchases is None:
            return None
        from tenure.cohorts import cohort_analysis

        # The warnings about these rows were given when they were summarised.
        with collect_warnings():
            return cohort_analysis(
                self.purchases,
                customer="customer",
                date="date",
                amount="amount" if "amount" in self.purchases.columns else None,
                observation_end=self.settings.get("analysis_date"),
            )

    def locale(self, language: Language | None = None, currency: str | None = None) -> Locale:
        """Return how texts, numbers and headings are written: language, currency and period.

        Parameters
        ----------
        language : {"en", "tr"}, optional
            That of the analysis by default.
        currency : str, optional
            Three letters such as ``"TRY"``; that of the analysis by default.

        Returns
        -------
        Locale

        Raises
        ------
        OptionError
            When there is no such language or currency.
        """
        style = CsvStyle(
            decimal=self.settings.get("decimal", "."),
            cents=self._cents,
            script_names=self.settings.get("segment_names") == "legacy",
        )
        period = self.settings.get("period")
        return Locale(language or self.language, currency or self.currency, period, style)

    @cached_property
    def _cents(self) -> int | None:
        """Decimals that the money of the data is given in."""
        return money_decimals(self.history.get("spend_total", ()))

    def totals(self) -> pd.DataFrame:
        """Return the forecast summed over customers, one row a horizon.

        Returns
        -------
        DataFrame
            Indexed by horizon: ``expected_purchases`` and, with money, ``revenue`` (discounted).
        """
        columns = {"expected_purchases": "expected_purchases"}
        if self.spend_model is not None:
            columns["revenue"] = "clv"
        table: pd.DataFrame = pd.DataFrame(
            {
                name: [float(self.forecast[f"{stem}_{label}"].sum()) for label in self.horizons]
                for name, stem in columns.items()
            },
            index=pd.Index(list(self.horizons), name="horizon"),
        )
        return table

    def report(self) -> str:
        """Return the report as one self-contained HTML page."""
        from tenure.report import render

        return render(self)

    def plot(self, name: str) -> Chart:
        """Return a chart of the report, in the analysis' language and currency.

        Parameters
        ----------
        name : str
            ``"segments"`` (value segments), ``"rfm"``, ``"repeat_purchases"``, ``"p_alive"`` or
            ``"value"``; from a table with one row per purchase also ``"cumulative_purchases"``,
            ``"incremental_purchases"``, ``"retention"``, ``"survival"`` and ``"cohort_revenue"``.

        Returns
        -------
        Chart
            Notebooks show it by itself; ``.save("chart.png")`` or ``.save("chart.svg")`` writes it.

        Raises
        ------
        OptionError
            When there is no such chart, or this analysis lacks what it needs; lists those it has.
        ImportError
            When the libraries of the extra ``report`` are not installed.

        Examples
        --------
        >>> import tenure
        >>> table = tenure.datasets.make_omnichannel(500, seed=1)
        >>> analysis = tenure.run(table, preset="flo")  # doctest: +SKIP
        >>> analysis.plot("segments")  # doctest: +SKIP
        <tenure chart 'segments': Share of customers and of expected revenue by value segment>
        >>> analysis.plot("segments").save("segments.png")  # doctest: +SKIP
        PosixPath('segments.png')
        """
        from tenure.report.plots import plot

        return plot(self, name)

    def _lines(self) -> list[tuple[str, str]]:
        lines = [("customers", f"{len(self.customers):,}")]
        for label, row in self.totals().iterrows():
            text = f"{row['expected_purchases']:,.0f} purchases"
            if "revenue" in row.index:
                text += f", revenue {row['revenue']:,.0f} (discounted)"
            lines.append((f"next {label}", text))
        lines.append(("purchase model", repr(self.purchase_model)))
        if self.model_reason:
            lines.append(("chosen", self.model_reason))
        if self.spend_model is not None:
            lines.append(("spend model", repr(self.spend_model)))
        for campaign in self.campaigns:
            lines.append((f"campaign {campaign.name}", f"{len(campaign):,} customers"))
        if self.movement is not None:
            lines.append(("movement", _shorten(self.movement.sentence)))
        for warning in self.warnings:
            lines.append((type(warning).__name__, str(warning)))
        if self.out is not None:
            lines.append(("files", str(self.out)))
        return lines

    def __repr__(self) -> str:
        """Summarise customers, totals, models and warnings, one line each."""
        lines = self._lines()
        width = max(len(name) for name, _ in lines)
        return "\n".join(
            ["<tenure.Analysis>", *(f"  {name:<{width}}  {text}" for name, text in lines)]
        )

    def _repr_html_(self) -> str:
        """Show the same as a table, in a notebook."""
        rows = "".join(
            f"<tr><th style='text-align:left'>{html.escape(name)}</th>"
            f"<td style='text-align:left'>{html.escape(text)}</td></tr>"
            for name, text in self._lines()
        )
        return f"<table><caption>tenure.Analysis</caption>{rows}</table>"


def warning_title(warning: Warning) -> str:
    """Return a heading for a warning in plain words: the first line of its class's docstring.

    Parameters
    ----------
    warning : Warning
        Any of tenure's warnings.

    Returns
    -------
    str
        Such as "The data say nothing about some of the parameters".
    """
    return (type(warning).__doc__ or type(warning).__name__).strip().splitlines()[0].rstrip(".")


def _shorten(text: str, width: int = 160) -> str:
    """Cut a text at a word."""
    return text if len(text) <= width else text[: width - 1].rsplit(" ", 1)[0] + " …"
