"""The whole job in one call: from a file or table to forecasts, segments, lists and a report."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any, Literal, cast

import pandas as pd

from tenure._choices import Names, Ties
from tenure._warnings import Notice, collect_warnings
from tenure.campaigns import Campaign
from tenure.campaigns.export import EXCLUSIONS
from tenure.clv.forecast import forecast
from tenure.exceptions import ConventionWarning, DataWarning, OptionError
from tenure.fitters import GammaGammaFitter
from tenure.io.csv_style import Decimal
from tenure.io.provenance import provenance
from tenure.locale import Locale
from tenure.locale.languages import Language
from tenure.periods import parse_period
from tenure.pipeline.analysis import Analysis
from tenure.pipeline.convention_effect import convention_warning
from tenure.pipeline.data_quality import profile_tables
from tenure.pipeline.model_choice import PurchaseModel, choose_purchase_model
from tenure.pipeline.options import (
    columns_of,
    currency_code,
    described_by,
    path_of,
    preset_of,
    refuse_columns_without_effect,
    rules_of,
    value_cut,
)
from tenure.pipeline.outputs import choose_outputs, file_names, write_outputs
from tenure.pipeline.run_options import chosen
from tenure.pipeline.saved_models import read_models
from tenure.pipeline.segmentation import segmented
from tenure.presets import Preset
from tenure.run_files.directory import Destination
from tenure.run_files.record import describe_input
from tenure.segments import segment_by_value
from tenure.summary.inputs import (
    Convention,
    from_totals,
    from_transactions,
    load,
)
from tenure.summary.roles import DESCRIBING

__all__ = ["run"]

Progress = Callable[[str, int, int], None]


def run(
    source: Any,
    *,
    preset: str | Preset | None = None,
    transactions: bool = False,
    customer: Hashable | None = None,
    date: Hashable | None = None,
    amount: Hashable | None = None,
    quantity: Hashable | None = None,
    first_order: Hashable | None = None,
    last_order: Hashable | None = None,
    orders: Hashable | Sequence[Hashable] | None = None,
    spend: Hashable | Sequence[Hashable] | None = None,
    channel: Hashable | None = None,
    last_channel: Hashable | None = None,
    category: Hashable | None = None,
    store_type: Hashable | None = None,
    campaigns: Sequence[Campaign] | str | PathLike[str] | None = None,
    analysis_date: Any = None,
    date_format: str | None = None,
    dayfirst: bool | None = None,
    encoding: str | None = None,
    period: str = "W",
    convention: Convention = "repeat",
    cap_outliers: bool = True,
    ties: Ties = "average",
    segment_names: Names = "standard",
    purchase_model: PurchaseModel = "auto",
    models: str | PathLike[str] | None = None,
    purchase_penalizer: float = 0.0,
    spend_penalizer: float = 0.0,
    horizons: Sequence[float | str] | float | str = ("3M", "6M"),
    discount_rate: float = 0.01,
    value_segments: Sequence[str] | Mapping[str, Any] | None = None,
    previous: str | PathLike[str] | None = None,
    language: Literal["en", "tr"] = "en",
    currency: str | None = None,
    decimal: Decimal = ".",
    outputs: Sequence[str] | None = None,
    out: str | PathLike[str] | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Analysis:
    """Forecast, segment and target customers, from their file to the output files.

    Two kinds of table are read. *Customer totals*, one row per customer: a `preset`, or
    `customer`, `first_order`, `last_order`, `orders` and `spend`. *Transactions*, one row per
    transaction: `customer`, `date` and, for anything about money, `amount`.

    Value is forecast from totals with outliers capped; RFM, channels and campaigns use the totals
    as they are.

    Parameters
    ----------
    source : path or dataframe
        A csv, parquet or xlsx file, or a table: pandas, Polars, Arrow, DuckDB, ….
    preset : {"flo"} or Preset, optional
        A known layout, with its campaigns. Columns given as well replace its own.
    transactions : bool, default False
        Whether `source` has one row per transaction; `date` implies it.
    customer, date, amount : str, optional
        Columns of a table of purchases.
    quantity : str, optional
        Number of items in a row, where `amount` is the price of one.
    customer, first_order, last_order, orders, spend : str or sequence of str, optional
        Columns of a table of customers; several for orders or spend are added up.
    channel, last_channel, category, store_type : str, optional
        Columns of a table of customers with the channel, the channel of the last order, the
        categories and the types of store, for the breakdowns of ``Analysis.tables`` and for
        campaigns. Tables of purchases have none.
    campaigns : sequence of Campaign or path, optional
        Rules for target lists, or a TOML file of them (:func:`tenure.read_campaigns`); those of the
        preset by default. They may ask about every column of the table, of ``Analysis.rfm``
        (``segment`` is the RFM segment) and of ``Analysis.forecast`` (``value_segment``).
    analysis_date : date or str, optional
        The day the data are seen from. By default two days after the last order in a table of
        customers, and the last day in a table of purchases.
    date_format, dayfirst
        How to read dates, where the data do not settle it.
    encoding : str, optional
        Encoding of a text file; UTF-8 where not given.
    period : {"W", "D", "M"}, default "W"
        The period the models count in, and plain-number horizons with them.
    convention : {"repeat", "total"}, default "repeat"
        For a table of customers: whether frequency is orders − 1, which the purchase model means,
        or all orders, as many scripts have it. The latter gives a warning with what it changes.
    cap_outliers : bool, default True
        Whether extreme totals are capped before the models see them.
    ties : {"average", "first"}, default "average"
        Whether equal values get equal RFM scores, or scores in the order of the rows, as in many
        scripts.
    segment_names : {"standard", "legacy"}, default "standard"
        Spelling of the RFM segments: at_risk and cant_lose, or at_Risk and cant_loose.
    purchase_model : {"auto", "bg/nbd", "mbg/nbd", "pareto/nbd"}, default "auto"
        The model of how often customers buy. ``"auto"`` fits all three and takes the one with the
        highest likelihood; ``Analysis.tables["models"]`` compares them and gives the reason. With
        ``convention="total"`` it is BG/NBD, as in the scripts. One that is named is taken as it is.
    models : path, optional
        The ``models.json`` of an earlier run: its models are used instead of fitting. They must
        count time and orders as this run does; a warning and the settings state how old they are.
    purchase_penalizer, spend_penalizer : float, default 0
        Penalties of the two models, as lifetimes defines them.
    horizons, discount_rate
        As for :func:`tenure.forecast`; the rate is monthly.
    value_segments : sequence of str or mapping, optional
        How value segments are cut: labels from the lowest to the highest, or options of
        :func:`tenure.segment_by_value` such as ``{"labels": "CBA", …}``; quartiles D to A by
        default.
    previous : path, optional
        The directory of an earlier run: who moved from which value segment to which since then
        is in ``Analysis.movement`` and in ``movement.csv``, ``risers.csv``, ….
    language : {"en", "tr"}, default "en"
        The language of what people read: page, workbook and csv files. Tables in Python have the
        same names in every language; :func:`tenure.read_output` reads files back under them.
    currency : str, optional
        The currency that money is in: three letters such as ``"TRY"``, or ``"TL"`` for that.
    decimal : {".", ","}, default "."
        The decimal mark of the csv files. With a comma, semicolons separate their fields: what
        Turkish, German and other Excels expect.
    outputs : sequence of str, optional
        Which outputs to write, of ``forecast``, ``rfm``, ``segments``, ``movement``,
        ``insights``, ``cohorts``, ``tables``, ``campaigns``, ``models``, ``workbook``,
        ``report``, ``profile``, ``columns``; by default all that the
        data and the libraries installed allow. ``run.json``, the record of the run, is always
        written.
    out : path, optional
        A directory to write the files into, all of them or, on any error, none. ``{date}``
        in it becomes the analysis date: ``results/{date}``. What an earlier run wrote there is
        replaced as a whole; a directory with other files is refused before any work is done.
    overwrite : bool, default False
        Whether `out` may hold other files than those of an earlier run, and files of an earlier
        run that were changed since. Files of the same names as the new ones are then replaced, all
        others stay. Files that the run reads are never replaced.
    progress : callable, optional
        Called with a step's name, the steps done and their number.

    Returns
    -------
    Analysis
        Tables, models and warnings; ``.report()`` gives the page.

    Raises
    ------
    DataError
        The data cannot be used; the message names the column, the rows and the remedy. Its
        subclasses are ColumnError, DateError, EmptyDataError and UnitError.
    FileError
        The file is missing or is not of the format of its extension; or `out` holds
        files that no run wrote, or a file that this run reads would be lost.
    OptionError
        An option is not one of its allowed values, or columns were not named.
    ConvergenceError
        A model could not be fitted at all.
    ImportError
        An output that was asked for by name needs an extra that is not installed.

    Warns
    -----
    TenureWarning
        Whatever bears on the figures, each with its own class; they are in ``Analysis.warnings``
        and in the report as well.

    Examples
    --------
    >>> import tenure
    >>> customers = tenure.datasets.make_omnichannel(2000, seed=1)
    >>> analysis = tenure.run(customers, preset="flo")
    >>> analysis.segments.loc[analysis.segments["scheme"] == "value", "segment"].tolist()
    ['A', 'B', 'C', 'D']
    """
    known = preset_of(preset)
    out, previous = path_of("out", out), path_of("previous", previous)
    given = {
        "customer": customer,
        "date": date,
        "amount": amount,
        "quantity": quantity,
        "first_order": first_order,
        "last_order": last_order,
        "orders": orders,
        "spend": spend,
        "channel": channel,
        "last_channel": last_channel,
        "category": category,
        "store_type": store_type,
    }
    columns = columns_of(known, {key: value for key, value in given.items() if value is not None})
    by_purchase = transactions or date is not None
    if by_purchase and known is not None:
        raise OptionError(
            f"preset={known.name!r} is for tables with one row per customer; name customer, date"
            " and amount instead."
        )
    refuse_columns_without_effect(given, by_purchase=by_purchase)
    described = [role for role in DESCRIBING if given[role] is not None]
    if by_purchase and described:
        raise OptionError(
            f"{', '.join(described)}: a table of purchases has no columns that describe a customer;"
            " join them to customer totals, one row per customer."
        )
    convention = cast(Convention, chosen("convention", convention))
    ties = cast(Ties, chosen("ties", ties))
    segment_names = cast(Names, chosen("segment_names", segment_names))
    purchase_model = cast(PurchaseModel, chosen("purchase_model", purchase_model))
    period = parse_period(period)
    language = cast(Language, chosen("language", language))
    decimal = cast(Decimal, chosen("decimal", decimal))
    currency = currency_code(currency)
    steps = _Steps(progress, 6 + (out is not None))
    rules = rules_of(campaigns, known, language)
    saved = None if models is None else read_models(models)
    if saved is not None:
        counted = "repeat" if by_purchase else convention
        saved.check(purchase_model=purchase_model, period=period, convention=counted)
        if purchase_penalizer or spend_penalizer:
            raise OptionError("models= are used as they were fitted: leave the penalizers out.")
    cut = value_cut(value_segments)

    with collect_warnings() as notices:
        with collect_warnings() as skipped:
            writes = choose_outputs(outputs, rules, by_purchase=by_purchase)
        for notice in skipped if out is not None else ():
            notice.emit()
        reads = _reads(source, campaigns, models, rules)
        writing = Destination(out, file_names(writes, rules), reads, overwrite=overwrite)
        writing.resolve(None)
        steps("Reading the data")
        table, name = load(source, text_columns=[str(columns.customer)], encoding=encoding)
        if by_purchase:
            data = from_transactions(
                table,
                columns,
                analysis_date=analysis_date,
                period=period,
                date_format=date_format,
                dayfirst=dayfirst,
            )
        else:
            columns = described_by(columns, table, known)
            data = from_totals(
                table,
                columns,
                analysis_date=analysis_date,
                period=period,
                convention=convention,
                cap_outliers=cap_outliers,
                date_format=date_format,
                dayfirst=dayfirst,
            )
        observed = (provenance(data.customers) or {}).get("observation_end")
        writing.resolve(observed)
        steps("Fitting the models")
        if saved is not None:
            choice = saved.choice(data.customers, horizons, Locale(language))
        else:
            choice = choose_purchase_model(
                data.customers,
                purchase_model,
                penalizer=purchase_penalizer,
                horizons=horizons,
                purchases=data.purchases,
                locale=Locale(language),
                scripts=convention == "total" and not by_purchase,
            )
        fitted = choice.model
        for notice in choice.notices:
            notice.emit()
        spend_model = None
        if saved is not None:
            spend_model = saved.spend if data.has_money else None
            old = saved.notice(observed)
            if old is not None:
                old.emit()
        elif data.has_money and _has_spend(data.customers):
            spend_model = GammaGammaFitter(penalizer_coef=spend_penalizer).fit(data.customers)
            _warn_of_dependence(spend_model)
        steps("Forecasting")
        expected = forecast(
            fitted, spend_model, data.customers, horizons=horizons, discount_rate=discount_rate
        )
        analysis = Analysis(
            customers=data.customers,
            purchase_model=fitted,
            spend_model=spend_model,
            forecast=expected,
            rfm=pd.DataFrame(),
            segments=pd.DataFrame(),
            tables={
                "models": choice.table,
                **profile_tables(table, columns, date_format=date_format, dayfirst=dayfirst),
            },
            history=data.history,
            purchases=data.purchases,
            source=describe_input(source, table, name, columns, encoding),
            language=language,
            currency=currency,
            settings={
                "source": name,
                "preset": known.name if known else None,
                "analysis_date": observed,
                "date_format": date_format,
                "dayfirst": dayfirst,
                "period": period,
                "convention": None if by_purchase else convention,
                "cap_outliers": None if by_purchase else cap_outliers,
                "ties": ties,
                "purchase_model": purchase_model,
                "purchase_model_chosen": choice.name,
                "purchase_penalizer": fitted.penalizer_coef,
                "spend_penalizer": None if spend_model is None else spend_model.penalizer_coef,
                **({"models": None} if saved is None else saved.settings(observed)),
                "horizons": list(expected.attrs["tenure"]["horizons"]),
                "discount_rate": discount_rate,
                "segment_names": segment_names,
                "value_segments": cut,
                "previous": previous.name if previous is not None else None,
                "language": language,
                "currency": currency,
                "decimal": decimal,
                "outputs": list(writes),
            },
        )
        expected["segment"] = segment_by_value(expected[analysis.value_column], **cut)
        if convention == "total" and not by_purchase:
            steps("Comparing with repeat purchases")
            convention_warning(analysis).emit()
        steps("Scoring and segmenting")
        analysis = segmented(analysis, data, rules, ties, segment_names)
        if previous is not None:
            from tenure.transitions.movement import movement

            moved = movement(previous, analysis.forecast, language=language)
            analysis = replace(analysis, movement=moved)
    notices = _once(notices)
    analysis = replace(analysis, warnings=tuple(note.warning() for note in notices))
    for notice in notices:
        notice.emit()
    if writing.directory is not None:
        steps("Writing the files")
        analysis = replace(analysis, out=writing.directory.path)
        write_outputs(analysis, writing.directory, writes)
    steps.finish()
    return analysis


def _has_spend(customers: pd.DataFrame) -> bool:
    """Whether any customer has a spend that a model can learn from; warn where none has."""
    if (customers["spend_count"] > 0).any():
        return True
    Notice(
        DataWarning,
        f"Value is not forecast, only purchases: none of the {len(customers):,} customers has a"
        " spend to average. Look at the column with the money, or take a longer history.",
        "The spend model needs an amount above 0, in a table of purchases that of a repeat"
        " purchase.",
    ).emit()
    return False


def _warn_of_dependence(model: GammaGammaFitter) -> None:
    check = model.fit_report_.independence
    notice = check.notice() if check is not None else None
    if notice is not None:
        notice.emit()


def _reads(source: Any, campaigns: Any, models: Any, rules: Sequence[Campaign]) -> dict[Path, str]:
    """Return the files that a run reads and must not lose, with what they are."""
    found = {Path(file): EXCLUSIONS for rule in rules for file in rule.exclude_files}
    for path, role in (
        (source, "the input"),
        (campaigns, "the file of campaigns"),
        (models, "the file of saved models"),
    ):
        if isinstance(path, str | PathLike):
            found[Path(path)] = role
    return found


class _Steps:
    """Reports each step to a progress callback."""

    def __init__(self, report: Progress | None, total: int) -> None:
        self._report, self._total, self._done = report, total, 0

    def __call__(self, step: str) -> None:
        if self._report is not None:
            self._report(step, self._done, self._total)
        self._done = min(self._done + 1, self._total)

    def finish(self) -> None:
        if self._report is not None:
            self._report("Done", self._total, self._total)


def _once(notices: Sequence[Notice]) -> list[Notice]:
    """Drop repetitions; of conventions, keep the last warning only, with the effect in figures."""
    first: dict[tuple[type, str], Notice] = {}
    for notice in notices:
        first.setdefault((notice.category, notice.text), notice)
    kept = list(first.values())
    conventions = [notice for notice in kept if issubclass(notice.category, ConventionWarning)]
    return [notice for notice in kept if notice not in conventions[:-1]]
