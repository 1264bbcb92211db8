"""Guesses of the columns of a table, with their reasons, for a person to check."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from tenure._warnings import collect_warnings
from tenure.exceptions import DateError, FileError, TenureError
from tenure.io.dates import parse_dates
from tenure.locale.languages import plain_letters
from tenure.presets import FLO

__all__ = ["Guess", "Layout", "guess_layout"]

LOOKED_AT = 20_000
"""Rows that are read to determine what a column holds."""

_WORDS = {
    "customer": ("customer", "client", "musteri", "master", "user", "member", "cust", "buyer"),
    "id": ("id", "no", "number", "code", "nr"),
    "first": ("first", "ilk", "since", "start", "join", "acquisition"),
    "last": ("last", "son", "latest", "recent"),
    "orders": ("order", "orders", "num", "count", "purchases", "siparis", "adet", "transactions"),
    "spend": ("spend", "spent", "value", "revenue", "total", "amount", "tutar", "ciro", "sales"),
    "amount": ("amount", "spend", "revenue", "value", "total", "tutar", "ciro", "sales", "paid"),
    "price": ("price", "fiyat", "unitprice"),
    "quantity": ("quantity", "qty", "adet", "miktar", "units"),
    "date": ("date", "day", "time", "tarih", "timestamp", "gun"),
    "channel": ("channel", "kanal"),
    "category": ("category", "categories", "kategori", "kategoriler", "interested"),
    "store_type": ("store", "magaza"),
}


@dataclass(frozen=True)
class Guess:
    """One guess.

    Parameters
    ----------
    key : str
        The option it is for.
    value : Any
        What is guessed; None where nothing fits.
    reason : str
        Why, for a comment in the file.
    """

    key: str
    value: Any
    reason: str


@dataclass
class Layout:
    """What a table seems to be.

    Parameters
    ----------
    kind : {"preset", "customers", "purchases"}
        A known layout, one row a customer, or one row a purchase.
    reason : str
        Why.
    guesses : list of Guess
        The columns, and how dates are written.
    """

    kind: str
    reason: str
    guesses: list[Guess] = field(default_factory=list)


def guess_layout(table: pd.DataFrame) -> Layout:
    """Guess what a table is and which column plays which part.

    Parameters
    ----------
    table : DataFrame
        As it was read.

    Returns
    -------
    Layout

    Raises
    ------
    FileError
        When the first line seems to be data rather than names.

    Examples
    --------
    >>> from tenure.datasets import load_cdnow_transactions
    >>> layout = guess_layout(load_cdnow_transactions())
    >>> layout.kind, [guess.value for guess in layout.guesses[:3]]
    ('purchases', ['customer_id', 'date', 'dollar_value'])
    """
    names = [str(name) for name in table.columns]
    if all(re.fullmatch(r"[\d.,:\-/ ]*(\.\d+)?", name) for name in names):
        raise FileError(
            f"the first line, {', '.join(names[:5])}, looks like data, not like names of columns."
            " Add a line with names on top of the file."
        )
    looked = table.head(LOOKED_AT)
    try:
        FLO.check(looked)
    except TenureError:
        pass
    else:
        return _preset(looked)
    dates, undecided = _dates(looked)
    ids = [name for name in names if name not in dates and _is_id(looked[name])]
    customer = _best(ids, "customer", "id")
    alone = customer is not None and bool(table[customer].is_unique)
    if len(dates) >= 2 and alone:
        return _customers(looked, str(customer), dates, undecided)
    return _purchases(looked, customer, dates, undecided)


def _preset(table: pd.DataFrame) -> Layout:
    layout = Layout(
        "preset",
        f"All columns of the layout {FLO.name!r} are there: {FLO.customer}, {FLO.first_order},"
        f" {FLO.last_order}, …. One row per customer."
        f" {_examples(table, [FLO.first_order, FLO.last_order])}",
    )
    _, undecided = _dates(table)
    layout.guesses += _date_order([FLO.first_order, FLO.last_order], undecided)
    return layout


def _customers(
    table: pd.DataFrame, customer: str, dates: Sequence[str], undecided: Sequence[str]
) -> Layout:
    layout = Layout(
        "customers",
        f"One row per customer: no value of {customer!r} appears twice, and there are"
        f" {len(dates)} columns of dates.",
    )
    first = _best(dates, "first") or dates[0]
    rest = [name for name in dates if name != first]
    last = _best(rest, "last") or rest[-1]
    numbers = [
        str(name)
        for name in table.columns
        if name != customer and pd.api.types.is_numeric_dtype(table[name].dtype)
    ]
    counts = [name for name in numbers if _whole(table[name])]
    orders = [name for name in counts if _score(name, "orders") > _score(name, "spend")]
    orders = orders or [name for name in counts if _score(name, "orders")]
    money = [name for name in numbers if name not in orders and _score(name, "spend")]
    money = money or [name for name in numbers if name not in orders and name not in counts]
    layout.guesses += [
        Guess("customer", customer, "No value appears twice."),
        Guess("first_order", first, _other(dates, first, _examples(table, [first]))),
        Guess("last_order", last, _other(dates, last, _examples(table, [last]))),
        Guess("orders", orders or None, "Whole numbers; several columns are added up."),
        Guess("spend", money or None, "Numbers; several columns are added up."),
    ]
    names = [str(name) for name in table.columns if str(name) not in dates]
    last_channels = [name for name in names if _score(name, "channel") and _score(name, "last")]
    for key in ("channel", "last_channel", "category", "store_type"):
        if key == "last_channel":
            found = last_channels[0] if last_channels else None
        else:
            found = _best([name for name in names if name not in last_channels], key)
        if found is not None and found not in (customer, *orders, *money):
            layout.guesses.append(Guess(key, found, "By its name."))
    layout.guesses += _date_order([first, last], undecided)
    return layout


def _purchases(
    table: pd.DataFrame, customer: str | None, dates: Sequence[str], undecided: Sequence[str]
) -> Layout:
    repeats = "" if customer is None else f": values of {customer!r} appear several times"
    layout = Layout("purchases", f"One row per purchase{repeats}.")
    date = _best(dates, "date") or (dates[0] if dates else None)
    taken = {customer, *dates}
    numbers = [
        str(name)
        for name in table.columns
        if name not in taken
        and pd.api.types.is_numeric_dtype(table[name].dtype)
        and not _score(str(name), "id")
    ]
    amount = _best(numbers, "amount")
    price, quantity = _best(numbers, "price"), _best(numbers, "quantity")
    reason = "By its name."
    if amount is None and price is not None:
        amount = price
        reason = "By its name; taken for the price of one item." if quantity else reason
    else:
        quantity = None
    if amount is None:
        broken = [name for name in numbers if not _whole(table[name])]
        amount = broken[0] if broken else None
        reason = "Numbers with decimals." if broken else "No column looks like money."
    layout.guesses += [
        Guess("customer", customer, _other([], customer, "Looks like an id.")),
        Guess("date", date, _other(dates, date, _examples(table, [date] if date else []))),
        Guess("amount", amount, _other(numbers, amount, reason)),
    ]
    if quantity is not None:
        layout.guesses.append(
            Guess("quantity", quantity, f"A purchase brings {amount} × {quantity}.")
        )
    layout.guesses += _date_order([date] if date else [], undecided)
    return layout


def _examples(table: pd.DataFrame, names: Sequence[str]) -> str:
    """Show how dates are written."""
    shown = [str(table[name].dropna().iloc[0]) for name in names]
    return f"Dates such as {', '.join(shown)}." if shown else ""


def _date_order(used: Sequence[str], undecided: Sequence[str]) -> list[Guess]:
    open_ones = [name for name in used if name in undecided]
    if not open_ones:
        return []
    reason = (
        f"The dates of {' and '.join(open_ones)} can be read in more than one way: set true where"
        " 03/04/2021 is 3 April, false where it is March 4."
    )
    return [Guess("dayfirst", None, reason)]


def _dates(table: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Return the columns of dates, and those of them whose order of day and month is ambiguous."""
    found, undecided = [], []
    for name in map(str, table.columns):
        column = table[name]
        if not isinstance(column, pd.Series):  # named twice
            continue
        kind = column.dtype
        if pd.api.types.is_datetime64_any_dtype(kind):
            found.append(name)
            continue
        present = column.dropna()
        text = pd.api.types.is_string_dtype(kind) or pd.api.types.is_object_dtype(kind)
        whole = pd.api.types.is_integer_dtype(kind)
        if present.empty or not (text or whole):
            continue
        if text and not present.astype(str).head(50).str.contains(r"\d\D*\d\D*\d\D*\d").all():
            continue
        if whole and not present.between(19_000_101, 21_001_231).all():
            continue
        try:
            with collect_warnings():
                parse_dates(present, name=name)
        except DateError:
            try:
                with collect_warnings():
                    parse_dates(present, name=name, dayfirst=True)
            except (DateError, ValueError):
                continue
            undecided.append(name)
        except (ValueError, TypeError):
            continue
        found.append(name)
    return found, undecided


def _is_id(column: Any) -> bool:
    if not isinstance(column, pd.Series):
        return False
    if pd.api.types.is_bool_dtype(column.dtype):
        return False
    return not pd.api.types.is_float_dtype(column.dtype) or _whole(column)


def _whole(column: pd.Series[Any]) -> bool:
    values = column.dropna().to_numpy(dtype=np.float64)
    return bool(np.isfinite(values).all() and (values % 1 == 0).all())


def _best(names: Sequence[str], *kinds: str) -> str | None:
    """Return the name with most of the words, the earliest of equals; None where none has any."""
    rank: Callable[[str], tuple[int, ...]] = lambda name: tuple(_score(name, k) for k in kinds)  # noqa: E731
    scored = [name for name in names if any(rank(name))]
    return max(scored, key=rank) if scored else None


def _score(name: str, kind: str) -> int:
    plain = plain_letters(name)
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", plain).lower()
    words = re.findall(r"[a-z]+", plain)
    return sum(word in words for word in _WORDS[kind])


def _other(names: Sequence[str], chosen: str | None, reason: str) -> str:
    if chosen is None:
        return "Nothing fits; fill it in."
    rest = [name for name in names if name != chosen]
    more = f", … ({len(rest)} in all)" if len(rest) > 4 else ""
    return reason + (f" Also possible: {', '.join(rest[:4])}{more}." if rest else "")
