"""The command ``tenure``: from a file to forecasts, segments, target lists and a report.

Exit codes: 0 done, 1 the data or a file cannot be used (the message states the reason, nothing is
written), 2 usage error, 3 done with ``--strict``, but the figures are based on a degenerate fit
(the files are written).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tenure import __version__
from tenure.cli.console import plain_errors, show, with_progress
from tenure.cli.run import RUN_HELP, run_command

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
    help="Customer lifetime value, RFM segments and target lists, from one file.",
    epilog="Exit codes: 0 done · 1 the data or a file cannot be used, nothing is written ·"
    " 2 usage error · 3 done with --strict, but the figures are based on a degenerate"
    " fit.",
)


OutOption = Annotated[
    Path,
    typer.Option(
        "--out",
        "-o",
        help="Directory for the files; made if missing. What an earlier demo wrote there is"
        " replaced.",
        file_okay=False,
    ),
]


def _version(value: bool) -> None:
    if value:
        typer.echo(f"tenure {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Turn one file into customer lifetime value, RFM segments and target lists."""


app.command(name="run", help=RUN_HELP)(run_command)


@app.command(name="init")
def init_command(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="INPUT",
            help="A .csv (any separator), .parquet or .xlsx file.",
            show_default=False,
        ),
    ],
    config: Annotated[Path, typer.Option(help="The file to write.", dir_okay=False)] = Path(
        "tenure.toml"
    ),
    force: Annotated[
        bool, typer.Option("--force", help="Replace a file that is there already.")
    ] = False,
    encoding: Annotated[
        str | None,
        typer.Option(
            help="Encoding of a text file, such as cp1254; UTF-8 where not given.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Look at a file and write a description of its analysis, for [bold]tenure run[/bold].

    What the columns seem to be is guessed, and each guess is explained in a comment.
    """
    from tenure.pipeline.config.draft import init_config

    with plain_errors():
        path = init_config(source, config, force=force, encoding=encoding)
    typer.echo(f"Wrote {path}. Look it over, then: tenure run {path}")


@app.command()
def demo(
    out: OutOption = Path("demo"),
    customers: Annotated[
        int, typer.Option(min=100, help="Customers to simulate for the omnichannel retailer.")
    ] = 20_000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the simulation.")] = 0,
) -> None:
    """Run the job on bundled data, to see what comes out.

    Simulates an omnichannel retailer's customer totals (OUT/omnichannel) and takes the CDNOW sample
    of purchases of compact discs, 1997–1998 (OUT/cdnow).
    """
    from tenure import datasets
    from tenure.pipeline.run import run

    with plain_errors():
        retailer = with_progress(
            lambda progress: run(
                datasets.make_omnichannel(customers, seed=seed),
                preset="flo",
                out=out / "omnichannel",
                progress=progress,
            )
        )
        show(retailer, "A simulated omnichannel retailer, customer totals")
        discs = with_progress(
            lambda progress: run(
                datasets.load_cdnow_transactions(),
                customer="customer_id",
                date="date",
                amount="dollar_value",
                out=out / "cdnow",
                progress=progress,
            )
        )
        show(discs, "CDNOW, transactions")


if __name__ == "__main__":
    app(prog_name="tenure")
