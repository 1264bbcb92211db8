"""The command ``tenure run``: its options, and how they reach the job."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer

from tenure.cli.console import plain_errors, show, with_progress
from tenure.exceptions import OptionError
from tenure.fitters.fit_warnings import DEGENERATE

__all__ = ["RUN_HELP", "run_command"]


class Convention(str, Enum):
    """How orders are counted."""

    repeat = "repeat"
    total = "total"


class Ties(str, Enum):
    """How equal values are scored."""

    average = "average"
    order = "order"


class PurchaseModel(str, Enum):
    """The models of how often customers buy."""

    auto = "auto"
    bg_nbd = "bg/nbd"
    mbg_nbd = "mbg/nbd"
    pareto_nbd = "pareto/nbd"


class Decimal(str, Enum):
    """The decimal marks of csv files."""

    point = "."
    comma = ","


class Language(str, Enum):
    """The languages of what people read."""

    en = "en"
    tr = "tr"


RUN_HELP = "\n\n".join(
    (
        "Forecast a customer file and write the deliverables.",
        "Two kinds of file are read: [bold]one row a customer[/bold] (--preset flo, or --customer"
        " --first-order --last-order --orders --spend) and [bold]one row a purchase[/bold]"
        " (--transactions --customer --date --amount). A [bold].toml[/bold] file describes an"
        " analysis; write one with [bold]tenure init[/bold]. Options beside it take the place of"
        " what stands in it.",
        "Writes forecast.csv, rfm.csv, segments.csv, top_revenue.csv, top_orders.csv, profile.csv"
        " (the data as read), columns.csv (what every column means), models.json, workbook.xlsx,"
        " report.html and run.json, the record of the run; channels.csv and the campaigns' id lists"
        " where the columns allow them. A run that fails writes nothing. A run owns its directory:"
        " what an earlier run wrote there is replaced; a directory that holds other files is"
        " refused, unless with --overwrite; a file that was read is never replaced.",
        "[dim]tenure run customers.csv --preset flo --out results[/dim]",
        "[dim]tenure run sales.csv --transactions --customer id --date day --amount value"
        " --out results[/dim]",
        "[dim]tenure run tenure.toml[/dim]",
    )
)
TOTALS = "One row a customer"
TRANSACTIONS = "One row a purchase"
METHOD = "Method"


def run_command(
    context: typer.Context,
    source: Annotated[
        Path,
        typer.Argument(
            metavar="INPUT",
            help="A .csv (any separator), .parquet or .xlsx file, or a .toml description.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="Directory for the files; made if missing. What an earlier run wrote there is"
            " replaced. {date} becomes the analysis date: results/{date}.",
            file_okay=False,
            show_default=False,
        ),
    ] = None,
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overwrite",
            help="Write into a directory that holds other files: those of the same names are"
            " replaced, all others stay.",
        ),
    ] = False,
    preset: Annotated[
        str | None,
        typer.Option(help="A known layout of columns: [bold]flo[/bold].", show_default=False),
    ] = None,
    customer: Annotated[
        str | None, typer.Option(help="Column with the customer id.", show_default=False)
    ] = None,
    transactions: Annotated[
        bool,
        typer.Option(
            "--transactions", help="INPUT has one row a purchase.", rich_help_panel=TRANSACTIONS
        ),
    ] = False,
    date: Annotated[
        str | None,
        typer.Option(
            help="Column with the date.", rich_help_panel=TRANSACTIONS, show_default=False
        ),
    ] = None,
    amount: Annotated[
        str | None,
        typer.Option(
            help="Column with the money; without it purchases are forecast, not value.",
            rich_help_panel=TRANSACTIONS,
            show_default=False,
        ),
    ] = None,
    quantity: Annotated[
        str | None,
        typer.Option(
            help="Column with the number of items, where the amount is the price of one.",
            rich_help_panel=TRANSACTIONS,
            show_default=False,
        ),
    ] = None,
    first_order: Annotated[
        str | None,
        typer.Option(
            help="Column with the first order's date.", rich_help_panel=TOTALS, show_default=False
        ),
    ] = None,
    last_order: Annotated[
        str | None,
        typer.Option(
            help="Column with the last order's date.", rich_help_panel=TOTALS, show_default=False
        ),
    ] = None,
    orders: Annotated[
        list[str] | None,
        typer.Option(
            help="Column with the number of orders; repeat it to add several up.",
            rich_help_panel=TOTALS,
            show_default=False,
        ),
    ] = None,
    spend: Annotated[
        list[str] | None,
        typer.Option(
            help="Column with the money spent; repeat it to add several up.",
            rich_help_panel=TOTALS,
            show_default=False,
        ),
    ] = None,
    channel: Annotated[
        str | None,
        typer.Option(help="Column with the channel, for channels.csv.", show_default=False),
    ] = None,
    last_channel: Annotated[
        str | None,
        typer.Option(
            help="Column with the channel of the last order, for last_channels.csv.",
            rich_help_panel=TOTALS,
            show_default=False,
        ),
    ] = None,
    category: Annotated[
        str | None,
        typer.Option(
            help="Column with categories, for categories.csv and campaigns.",
            rich_help_panel=TOTALS,
            show_default=False,
        ),
    ] = None,
    store_type: Annotated[
        str | None,
        typer.Option(
            help="Column with types of store, for store_types.csv and campaigns.",
            rich_help_panel=TOTALS,
            show_default=False,
        ),
    ] = None,
    campaigns: Annotated[
        Path | None,
        typer.Option(
            help="TOML file of campaigns; takes the place of the preset's.", show_default=False
        ),
    ] = None,
    previous: Annotated[
        Path | None,
        typer.Option(
            help="Directory of an earlier run: says who moved between value segments.",
            file_okay=False,
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        list[str] | None,
        typer.Option(
            help="Write only this (forecast, report, …); repeat it for several.",
            show_default=False,
        ),
    ] = None,
    lang: Annotated[Language, typer.Option(help="Language of the report.")] = Language.en,
    currency: Annotated[
        str | None,
        typer.Option(help="Currency of the money, such as TRY or TL.", show_default=False),
    ] = None,
    decimal: Annotated[
        Decimal,
        typer.Option(
            help="Decimal mark of the csv files; with a comma, semicolons separate their fields, as"
            " Turkish and German Excel expect."
        ),
    ] = Decimal.point,
    encoding: Annotated[
        str | None,
        typer.Option(
            help="Encoding of a text file, such as cp1254; UTF-8 where not given.",
            show_default=False,
        ),
    ] = None,
    horizons: Annotated[
        str,
        typer.Option(
            help="How far to look, with commas: 3M,6M or 26W; a plain number counts in the period.",
            rich_help_panel=METHOD,
        ),
    ] = "3M,6M",
    analysis_date: Annotated[
        str | None,
        typer.Option(
            help="The day the data are seen from, yyyy-mm-dd. Default: two days after the last"
            " order (totals), the last day (purchases).",
            rich_help_panel=METHOD,
            show_default=False,
        ),
    ] = None,
    date_format: Annotated[
        str | None,
        typer.Option(
            help="Format of the dates, such as %d.%m.%Y, where it cannot be told from the data.",
            rich_help_panel=METHOD,
            show_default=False,
        ),
    ] = None,
    dayfirst: Annotated[
        bool | None,
        typer.Option(
            "--dayfirst/--monthfirst",
            help="Whether 03/04/2021 is 3 April or March 4, where the data do not show it.",
            rich_help_panel=METHOD,
            show_default=False,
        ),
    ] = None,
    period: Annotated[
        str, typer.Option(help="Period the models count in: D, W, M.", rich_help_panel=METHOD)
    ] = "W",
    purchase_model: Annotated[
        PurchaseModel,
        typer.Option(
            help="How often customers buy; [bold]auto[/bold] takes the model that fits best.",
            rich_help_panel=METHOD,
        ),
    ] = PurchaseModel.auto,
    convention: Annotated[
        Convention,
        typer.Option(
            help="[bold]repeat[/bold]: frequency is orders − 1, what the model means."
            " [bold]total[/bold]: all orders, as many scripts have it; warned of.",
            rich_help_panel=METHOD,
        ),
    ] = Convention.repeat,
    ties: Annotated[
        Ties,
        typer.Option(
            help="RFM: equal values get equal scores ([bold]average[/bold]), or are told apart by"
            " row ([bold]order[/bold]), as many scripts have it.",
            rich_help_panel=METHOD,
        ),
    ] = Ties.average,
    models: Annotated[
        Path | None,
        typer.Option(
            help="models.json of an earlier run: its models are used instead of fitting.",
            dir_okay=False,
            rich_help_panel=METHOD,
            show_default=False,
        ),
    ] = None,
    purchase_penalizer: Annotated[
        float, typer.Option(min=0.0, help="Penalty of the purchase model.", rich_help_panel=METHOD)
    ] = 0.0,
    spend_penalizer: Annotated[
        float, typer.Option(min=0.0, help="Penalty of the spending model.", rich_help_panel=METHOD)
    ] = 0.0,
    discount_rate: Annotated[
        float, typer.Option(help="Monthly discount rate.", rich_help_panel=METHOD)
    ] = 0.01,
    cap_outliers: Annotated[
        bool,
        typer.Option(
            "--cap-outliers/--no-cap-outliers",
            help="Cap extreme totals before the value is computed (totals only).",
            rich_help_panel=METHOD,
        ),
    ] = True,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="Exit with 3 where the figures rest on a degenerate fit (T201, T202, T205); the"
            " files are written all the same.",
        ),
    ] = False,
) -> None:
    """Forecast a customer file and write the deliverables."""
    from tenure.pipeline.config import DESCRIPTION, read_config
    from tenure.pipeline.run import run
    from tenure.run_files.directory import reading

    described = source.suffix.lower() == ".toml"
    with plain_errors(), reading(source, DESCRIPTION if described else "the input"):
        options = _given(context)
        if described:
            options = {**read_config(source).options(), **options}
        else:
            options["source"] = source
        if "out" not in options:
            raise OptionError("Say where the files shall go: --out DIRECTORY.")
        analysis = with_progress(lambda progress: run(**options, progress=progress))
    show(analysis)
    if strict and any(isinstance(warning, DEGENERATE) for warning in analysis.warnings):
        raise typer.Exit(3)


def _given(context: typer.Context) -> dict[str, Any]:
    """Return the options that stand on the command line, as :func:`tenure.run` takes them."""
    names = {"lang": "language", "output": "outputs"}
    found: dict[str, Any] = {}
    for name, value in context.params.items():
        source = context.get_parameter_source(name)
        if name in ("source", "strict") or source is None or source.name != "COMMANDLINE":
            continue
        found[names.get(name, name)] = value.value if isinstance(value, Enum) else value
    if "horizons" in found:
        found["horizons"] = _horizons(found["horizons"])
    return found


def _horizons(text: str) -> list[float | str]:
    """Read ``3M,6M`` or ``12,24``; the forecast itself judges what stands there."""
    found: list[float | str] = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        try:
            found.append(float(part))
        except ValueError:
            found.append(part)
    return found
