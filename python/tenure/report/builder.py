"""Fill the report's template. What the page says is decided in its sections; the page shows it.

The template escapes whatever it prints, so customer ids and category names stay text. The page
carries its styles, scripts and data, its policy lets only those scripts run, and it asks the
network for nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import Any

from tenure.analysis import Analysis
from tenure.languages import Language
from tenure.locale import Locale
from tenure.report import audience, sections
from tenure.report.customers import (
    customer_table,
    has_library,
    policy,
    scripts,
    table_data,
)
from tenure.report.parts import Section
from tenure.report.sections import INSTALL
from tenure.report.tables import grid, id_name, with_ids

__all__ = ["render"]

_BUILDERS: tuple[Callable[[Analysis, Locale], Section | None], ...] = (
    sections.warnings,
    audience.insights,
    sections.quality,
    sections.fit,
    sections.check,
    sections.forecast,
    audience.segments,
    audience.rfm,
    audience.movement,
    audience.cohorts,
    audience.tables,
    audience.campaigns,
    sections.method,
)

SHOWN = 25
"""Customers in the page's table before any script runs, and in print."""


def render(
    analysis: Analysis, *, language: Language | None = None, currency: str | None = None
) -> str:
    """Return the report of an analysis as one HTML page.

    Parameters
    ----------
    analysis : Analysis
        What :func:`tenure.run` returned.
    language : {"en", "tr"}, optional
        Language of the page, and how it writes numbers and dates; that of the analysis by default.
    currency : str, optional
        The currency of the money, three letters such as ``"TRY"``; that of the analysis by default.

    Returns
    -------
    str
        A complete page: no link to other files, no request to the network. The same analysis gives
        the same page. Charts and the searchable table need the libraries of the extra ``report``;
        without them the page says so and shows the rest.

    Raises
    ------
    OptionError
        When there is no such language or currency.

    Examples
    --------
    >>> import tenure
    >>> analysis = tenure.run(tenure.datasets.load_cdnow_transactions(), customer="customer_id",
    ...                       date="date", amount="dollar_value")  # doctest: +SKIP
    >>> page = render(analysis, language="tr", currency="USD")  # doctest: +SKIP
    """
    import jinja2

    from tenure import __version__

    locale = analysis.locale(language, currency)
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "ensure_ascii": False}
    room = files("tenure.report")
    sources = scripts()
    built = (build(analysis, locale) for build in _BUILDERS)
    return environment.from_string(room.joinpath("template.html").read_text("utf-8")).render(
        say=locale.text,
        language=locale.language,
        policy=policy(sources),
        style=room.joinpath("style.css").read_text("utf-8"),
        scripts=sources,
        subtitle=_subtitle(analysis, locale),
        figures=_figures(analysis, locale),
        sections=[section for section in built if section is not None],
        customers=_customers(analysis, locale),
        version=__version__,
    )


def _subtitle(analysis: Analysis, locale: Locale) -> str:
    settings = analysis.settings
    words = [locale.text("subtitle.customers", count=len(analysis.customers))]
    if settings.get("source"):
        words.insert(0, str(settings["source"]))
    if settings.get("analysis_date"):
        words.append(locale.text("subtitle.date", date=locale.date(settings["analysis_date"])))
    return " · ".join(words)


def _figures(analysis: Analysis, locale: Locale) -> list[dict[str, str]]:
    figures = [
        {"name": locale.text("figure.customers"), "value": locale.number(len(analysis.customers))}
    ]

    def add(key: str, value: str, **words: Any) -> None:
        figures.append({"name": locale.text(f"figure.{key}", **words), "value": value})

    has_money = analysis.spend_model is not None
    for label, row in analysis.totals().iterrows():
        horizon = locale.horizon(str(label))
        if has_money:
            add("revenue", locale.money(row["revenue"]), horizon=horizon)
        else:
            add("purchases", locale.number(round(row["expected_purchases"])), horizon=horizon)
    value = analysis.forecast[analysis.value_column]
    everything = float(value.sum())
    if everything > 0:
        fifth = value.nlargest(max(1, len(value) // 5)).sum()
        add("top" if has_money else "top_purchases", locale.percent(float(fifth) / everything))
    if "monetary" in analysis.rfm.columns:
        spent = float(analysis.rfm["monetary"].sum())
        add("spent", locale.money(spent))
        add("order", locale.money(spent / float(analysis.rfm["frequency"].sum())))
    add("alive", locale.percent(float(analysis.forecast["p_alive"].mean())))
    return figures


def _customers(analysis: Analysis, locale: Locale) -> dict[str, Any]:
    table = customer_table(analysis)
    everyone = len(table) == len(analysis.customers)
    if not has_library():
        lead = locale.text("customers.first", count=min(SHOWN, len(table)), command=INSTALL)
    elif everyone:
        lead = locale.text("customers.every")
    else:
        lead = locale.text("customers.some", shown=len(table), count=len(analysis.customers))
    first = with_ids(table.head(SHOWN))
    return {
        "lead": lead,
        "grid": grid(
            first,
            locale,
            name="customers",
            key=id_name(table),
            caption=locale.text("customers.caption"),
        ),
        "data": table_data(table, analysis, locale) if has_library() else None,
    }
