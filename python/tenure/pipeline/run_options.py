"""The options of a run, declared once: names, kinds, defaults, allowed values and help.

:func:`tenure.run`, the command ``tenure run``, ``tenure.toml``, ``run.json`` and
``docs/configuration.md`` take them from here. Nothing heavy is imported, so that
``tenure run --help`` is quick.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args

from tenure._choices import EARLIER_NAMES, EARLIER_TIES, Names, Ties, check_choice

__all__ = ["OPTIONS", "RunOption", "chosen"]

Kind: TypeAlias = Literal[
    "choice",
    "column",
    "columns",
    "date",
    "file",
    "flag",
    "folder",
    "horizons",
    "names",
    "number",
    "segments",
    "text",
]
Section: TypeAlias = Literal["", "columns", "method", "output"]

TOTALS = "Customer totals"
TRANSACTIONS = "Transactions"
METHOD = "Method"


@dataclass(frozen=True, kw_only=True)
class RunOption:
    """An option of a run.

    Parameters
    ----------
    name : str
        Its name in Python, and in ``tenure.toml``.
    kind : str
        What its values are.
    help : str
        One or two sentences for the command's help and the page of the configuration.
    default : object
        The value where none is given.
    choices : tuple of str
        The allowed values, of a choice.
    aliases : mapping of str to str
        Earlier spellings of allowed values, which are accepted as well.
    section : {"", "columns", "method", "output"}
        The table of ``tenure.toml`` that it belongs to; ``""`` is the top of the file.
    flags : str
        The option on the command line, where it is not ``--name``.
    panel : str
        The heading that the command's help lists it under.
    minimum : float, optional
        The least value, of a number.
    recorded : {"settings", "input", "outputs"}
        The part of ``run.json`` that has it.
    """

    name: str
    kind: Kind
    help: str
    default: Any = None
    choices: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    section: Section = ""
    flags: str = ""
    panel: str = "Options"
    minimum: float | None = None
    recorded: Literal["settings", "input", "outputs"] = "settings"

    @property
    def flag(self) -> str:
        """The option on the command line."""
        return self.flags or "--" + self.name.replace("_", "-")


def _column(name: str, help: str, panel: str = "Options", *, several: bool = False) -> RunOption:
    return RunOption(
        name=name,
        kind="columns" if several else "column",
        help=help + (" Repeat it to add several up." if several else ""),
        section="columns",
        panel=panel,
        recorded="input",
    )


_DECLARED = (
    RunOption(name="preset", kind="text", help="A known layout of columns: flo."),
    RunOption(
        name="transactions",
        kind="flag",
        default=False,
        help="The input has one row per transaction; naming the date column implies it.",
        panel=TRANSACTIONS,
        recorded="input",
    ),
    _column("customer", "Column with the customer id."),
    _column("date", "Column with the date.", TRANSACTIONS),
    _column(
        "amount",
        "Column with the money; without it purchases are forecast, not value.",
        TRANSACTIONS,
    ),
    _column(
        "quantity",
        "Column with the number of items, where the amount is the price of one.",
        TRANSACTIONS,
    ),
    _column("first_order", "Column with the first order's date.", TOTALS),
    _column("last_order", "Column with the last order's date.", TOTALS),
    _column("orders", "Column with the number of orders.", TOTALS, several=True),
    _column("spend", "Column with the money spent.", TOTALS, several=True),
    _column("channel", "Column with the channel, for channels.csv.", TOTALS),
    _column(
        "last_channel",
        "Column with the channel of the last order, for last_channels.csv.",
        TOTALS,
    ),
    _column("category", "Column with categories, for categories.csv and campaigns.", TOTALS),
    _column("store_type", "Column with types of store, for store_types.csv and campaigns.", TOTALS),
    RunOption(
        name="campaigns",
        kind="file",
        help="TOML file of campaigns; replaces those of the preset.",
        recorded="outputs",
    ),
    RunOption(
        name="analysis_date",
        kind="date",
        help="The day the data are seen from, yyyy-mm-dd. Default: two days after the last order"
        " (customer totals), the last day (transactions).",
        section="method",
        panel=METHOD,
    ),
    RunOption(
        name="date_format",
        kind="text",
        help="Format of the dates, such as %d.%m.%Y, where the data do not show it.",
        section="method",
        panel=METHOD,
    ),
    RunOption(
        name="dayfirst",
        kind="flag",
        help="Whether 03/04/2021 is 3 April or March 4, where the data do not show it.",
        section="method",
        flags="--dayfirst/--monthfirst",
        panel=METHOD,
    ),
    RunOption(
        name="encoding",
        kind="text",
        help="Encoding of a text file, such as cp1254; UTF-8 where not given.",
        recorded="input",
    ),
    RunOption(
        name="period",
        kind="text",
        default="W",
        help="Period the models count in: D, W or M.",
        section="method",
        panel=METHOD,
    ),
    RunOption(
        name="convention",
        kind="choice",
        default="repeat",
        choices=("repeat", "total"),
        help="repeat: frequency is orders − 1, as the model defines it. total: all orders, as many"
        " scripts have it, with a warning.",
        section="method",
        panel=METHOD,
    ),
    RunOption(
        name="cap_outliers",
        kind="flag",
        default=True,
        help="Cap extreme totals before the value is computed (customer totals only).",
        section="method",
        flags="--cap-outliers/--no-cap-outliers",
        panel=METHOD,
    ),
    RunOption(
        name="ties",
        kind="choice",
        default="average",
        choices=get_args(Ties),
        aliases=EARLIER_TIES,
        help="RFM: equal values get equal scores (average), or scores in the order of the rows"
        " (first), as many scripts have it.",
        section="method",
        panel=METHOD,
    ),
    RunOption(
        name="segment_names",
        kind="choice",
        default="standard",
        choices=get_args(Names),
        aliases=EARLIER_NAMES,
        help="Spelling of the RFM segments: at_risk and cant_lose (standard), or at_Risk and"
        " cant_loose (legacy), as many scripts have it.",
        section="method",
        panel=METHOD,
    ),
    RunOption(
        name="purchase_model",
        kind="choice",
        default="auto",
        choices=("auto", "bg/nbd", "mbg/nbd", "pareto/nbd"),
        help="The model of how often customers buy; auto takes the one that fits best.",
        section="method",
        panel=METHOD,
    ),
    RunOption(
        name="models",
        kind="file",
        help="models.json of an earlier run: its models are used, nothing is fitted.",
        panel=METHOD,
    ),
    RunOption(
        name="purchase_penalizer",
        kind="number",
        default=0.0,
        minimum=0.0,
        help="Penalty of the purchase model.",
        section="method",
        panel=METHOD,
    ),
    RunOption(
        name="spend_penalizer",
        kind="number",
        default=0.0,
        minimum=0.0,
        help="Penalty of the spend model.",
        section="method",
        panel=METHOD,
    ),
    RunOption(
        name="horizons",
        kind="horizons",
        default=("3M", "6M"),
        help="How far to look ahead: 3M, 6M or 26W; a plain number counts in the period.",
        section="method",
        panel=METHOD,
    ),
    RunOption(
        name="discount_rate",
        kind="number",
        default=0.01,
        help="Monthly discount rate.",
        section="method",
        panel=METHOD,
    ),
    RunOption(
        name="value_segments",
        kind="segments",
        help="Labels of the value segments from the lowest to the highest, for as many equal"
        " groups: low,mid,high; quartiles D to A where not given.",
        section="method",
        panel=METHOD,
    ),
    RunOption(
        name="previous",
        kind="folder",
        help="Directory of an earlier run: reports who moved between value segments.",
    ),
    RunOption(
        name="language",
        kind="choice",
        default="en",
        choices=("en", "tr"),
        help="Language of the report, the workbook and the csv files.",
        section="output",
        flags="--lang",
    ),
    RunOption(
        name="currency",
        kind="text",
        help="Currency of the money, such as TRY or TL.",
        section="output",
    ),
    RunOption(
        name="decimal",
        kind="choice",
        default=".",
        choices=(".", ","),
        help="Decimal mark of the csv files; with a comma, semicolons separate their fields, as"
        " Turkish and German Excel expect.",
        section="output",
    ),
    RunOption(
        name="outputs",
        kind="names",
        help="Write only these outputs, such as forecast or report; all that can be made where not"
        " given.",
        section="output",
        flags="--output",
    ),
    RunOption(
        name="out",
        kind="folder",
        help="Directory for the files; made if missing. What an earlier run wrote there is"
        " replaced. {date} becomes the analysis date: results/{date}.",
        recorded="outputs",
    ),
    RunOption(
        name="overwrite",
        kind="flag",
        default=False,
        help="Write into a directory that holds other files: those of the same names are replaced,"
        " all others stay.",
        recorded="outputs",
    ),
)

OPTIONS: dict[str, RunOption] = {option.name: option for option in _DECLARED}
"""The options by name, in the order of :func:`tenure.run`, but for ``progress``."""


def chosen(name: str, value: Any) -> str:
    """Return a choice in its present spelling.

    Parameters
    ----------
    name : str
        An option of :data:`OPTIONS`.
    value : object
        What was given.

    Returns
    -------
    str

    Raises
    ------
    OptionError
        When the value is none of the allowed ones; lists them.

    Examples
    --------
    >>> chosen("ties", "order")
    'first'
    """
    option = OPTIONS[name]
    return check_choice(name, value, option.choices, option.aliases)
