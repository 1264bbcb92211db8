"""The report's page: sections filled into the template.

The template escapes whatever it prints, so customer ids and category names stay text. The page
carries its styles, scripts and data, its policy lets only those scripts run, and it asks the
network for nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import Any

from tenure.io.spreadsheets import id_name
from tenure.locale import Locale
from tenure.locale.languages import Language
from tenure.pipeline.analysis import Analysis
from tenure.report import customer_sections, headline, model_sections
from tenure.report.components import Section
from tenure.report.customer_table import (
    PRINTED,
    customer_table,
    has_library,
    policy,
    scripts,
    table_data,
)
from tenure.report.model_sections import INSTALL
from tenure.report.tables import grid, with_ids

__all__ = ["render"]

_BUILDERS: tuple[Callable[[Analysis, Locale], Section | None], ...] = (
    customer_sections.overview,
    customer_sections.rfm,
    customer_sections.segments,
    customer_sections.campaigns,
    customer_sections.tables,
    customer_sections.movement,
    headline.trust,
    model_sections.quality,
    model_sections.fit,
    model_sections.check,
    model_sections.cohorts,
    model_sections.method,
)
"""In the order of the page: what to do, how far to trust it, and the appendix."""

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
        without them the page states that and shows the rest.

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

    from tenure._engine import __version__

    locale = analysis.locale(language, currency)
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "ensure_ascii": False}
    folder = files("tenure.report")
    sources = scripts()
    built = [section for build in _BUILDERS if (section := build(analysis, locale)) is not None]
    return environment.from_string(folder.joinpath("template.html").read_text("utf-8")).render(
        text=locale.text,
        language=locale.language,
        policy=policy(sources),
        style=folder.joinpath("style.css").read_text("utf-8"),
        scripts=sources,
        subtitle=headline.subtitle(analysis, locale),
        cards=headline.cards(analysis, locale),
        warnings=len(analysis.warnings),
        main=[section for section in built if not section.appendix],
        appendix=[section for section in built if section.appendix],
        customers=_customers(analysis, locale),
        version=__version__,
    )


def _customers(analysis: Analysis, locale: Locale) -> dict[str, Any]:
    table = customer_table(analysis)
    everyone = len(table) == len(analysis.customers)
    if not has_library():
        lead = locale.text("customers.first", count=min(SHOWN, len(table)), command=INSTALL)
    elif everyone:
        lead = locale.text("customers.every")
    else:
        lead = locale.text("customers.some", shown=len(table), count=len(analysis.customers))
    name = id_name(table)
    shown = grid(
        with_ids(table.head(SHOWN)),
        locale,
        name="customers",
        key=name,
        caption=locale.text("customers.caption"),
        printed={name, analysis.value_column, *PRINTED},
    )
    return {
        "lead": lead,
        "grid": shown,
        "data": table_data(table, analysis, locale) if has_library() else None,
    }
