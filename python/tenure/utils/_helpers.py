"""Helpers of lifetimes that scripts use by name."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd

from tenure.exceptions import DataError, EmptyDataError, OptionError
from tenure.summary.purchase_counts import purchase_periods
from tenure.utils._log import read_end, read_log
from tenure.utils.freq import parse_freq

__all__ = [
    "_check_inputs",
    "_customer_lifetime_value",
    "_find_first_transactions",
    "_save_obj_without_attr",
    "_scale_time",
]


def _find_first_transactions(
    transactions: Any,
    customer_id_col: Hashable,
    datetime_col: Hashable,
    monetary_value_col: Hashable | None = None,
    datetime_format: str | None = None,
    observation_period_end: Any = None,
    freq: str = "D",
) -> pd.DataFrame:
    """List the periods in which customers bought, each once, and mark everyone's first.

    Parameters
    ----------
    transactions, customer_id_col, datetime_col, monetary_value_col, datetime_format, freq
        As for :func:`summary_data_from_transaction_data`.
    observation_period_end : date-like, optional
        The period it lies in is the last that counts.

    Returns
    -------
    pandas.DataFrame
        Customer id, period[, money of the period], and ``first``, under the names of the columns
        they come from, sorted by customer and period. Rows are numbered, without money by the
        sorted transaction each begins with, as in lifetimes.
    """
    unit = parse_freq(freq)
    log = read_log(transactions, customer_id_col, datetime_col, monetary_value_col, datetime_format)
    end = None
    if observation_period_end is not None:
        end = read_end(
            log,
            observation_period_end,
            unit,
            name="observation_period_end",
            format=datetime_format,
        )
    found = purchase_periods(log.customers, log.dates, log.amounts, collapse=unit.code, end=end)
    dtype = pd.PeriodDtype(f"{unit.count}{unit.code}")
    ordinals = pd.arrays.PeriodArray(found.ordinals, dtype=dtype)
    columns: dict[Hashable, Any] = {
        customer_id_col: found.customers.repeat(found.counts),
        datetime_col: pd.PeriodIndex(ordinals),
    }
    index: pd.Index[Any] = pd.Index(np.cumsum(found.rows) - found.rows)
    if log.money is not None and found.amounts is not None:
        whole = pd.api.types.is_integer_dtype(log.money.dtype)
        columns[log.money.name] = found.amounts.astype(np.int64) if whole else found.amounts
        index = pd.RangeIndex(len(found.rows))
    first = np.zeros(len(found.rows), dtype=bool)
    first[np.cumsum(found.counts) - found.counts] = True
    columns["first"] = first
    table: pd.DataFrame = pd.DataFrame(columns)
    table.index = index
    return table


def _scale_time(age: Any) -> Any:
    """Return the factor that brings the greatest age to 1."""
    return 1.0 / np.asarray(age, dtype=np.float64).max()


def _customer_lifetime_value(
    transaction_prediction_model: Any,
    frequency: Any,
    recency: Any,
    T: Any,
    monetary_value: Any,
    time: float = 12,
    discount_rate: float = 0.01,
    freq: str = "D",
) -> pd.Series[float]:
    """Value the purchases of the next `time` months, as ``customer_lifetime_value`` does."""
    from tenure.fitters.lifetime_value import lifetime_value

    return lifetime_value(
        transaction_prediction_model,
        frequency,
        recency,
        T,
        monetary_value,
        time=time,
        discount_rate=discount_rate,
        freq=freq,
    )


def _save_obj_without_attr(
    obj: Any,
    attr_list: Sequence[str],
    path: str | PathLike[str],
    values_to_save: Sequence[Any] | None = None,
) -> None:
    """Save a model to a JSON file without some of its attributes.

    Parameters
    ----------
    obj : model
        One of this package's; nothing else can be written without pickling it.
    attr_list : list of str
        What to leave out: ``"data"``, ``"generate_new_data"``; other names change nothing.
    path : path
        File to write.
    values_to_save : list, optional
        What the loaded model is to have in their place, one value per attribute.

    Raises
    ------
    OptionError
        When `obj` is something else.
    """
    from tenure.fitters.json_files import JsonFile

    if not isinstance(obj, JsonFile):
        raise OptionError(
            f"obj is a {type(obj).__name__}; only tenure's models can be written to a model file. "
            "Objects of other kinds would have to be pickled, which tenure does not do."
        )
    values = [None] * len(attr_list) if values_to_save is None else values_to_save
    left_out = dict(zip(attr_list, values, strict=False))
    placeholders = [left_out[name] for name in ("data", "generate_new_data") if name in left_out]
    obj.save_model(
        path,
        save_data="data" not in left_out,
        save_generate_data_method="generate_new_data" not in left_out,
        values_to_save=placeholders if any(value is not None for value in placeholders) else None,
    )


def _check_inputs(
    frequency: Any, recency: Any = None, T: Any = None, monetary_value: Any = None
) -> None:
    """Check a customer summary as lifetimes does, with lifetimes' messages.

    Parameters
    ----------
    frequency, recency, T, monetary_value : array-like
        Columns of a customer summary; those left out are not checked.

    Raises
    ------
    DataError
        A ``ValueError`` with the message lifetimes has for it.
    """
    x = np.asarray(frequency, dtype=np.float64)
    if recency is not None:
        t_x = np.asarray(recency, dtype=np.float64)
        age = None if T is None else np.asarray(T, dtype=np.float64)
        if age is not None and (t_x > age).any():
            raise DataError("Some values in recency vector are larger than T vector.")
        if (t_x[x == 0] != 0).any():
            raise DataError("There exist non-zero recency values when frequency is zero.")
        if (t_x < 0).any():
            raise DataError("There exist negative recency (ex: last order set before first order)")
        if 0 in (x.size, t_x.size, *(() if age is None else (age.size,))):
            raise EmptyDataError(
                "There exists a zero length vector in one of frequency, recency or T."
            )
    if (x != np.trunc(x)).any():
        raise DataError("There exist non-integer values in the frequency vector.")
    if monetary_value is not None and (np.asarray(monetary_value, dtype=np.float64) <= 0).any():
        raise DataError("There exist non-positive (<= 0) values in the monetary_value vector.")
