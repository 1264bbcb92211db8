"""Display of fitted parameters, with words for those that the data do not determine."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

import pandas as pd

from tenure.fitters.fit_report import NOT_IDENTIFIED

__all__ = ["ParameterTable", "shown_parameters", "shown_summary"]


def shown_parameters(params: Mapping[Any, float], missing: Collection[str]) -> str:
    """Return parameters in the order of their names, as in the representation of a model.

    Examples
    --------
    >>> shown_parameters({"r": 2.948, "alpha": 78.79, "a": 1e-22}, ["a"])
    'a: not identified, alpha: 78.79, r: 2.95'
    """
    return ", ".join(
        f"{name}: {NOT_IDENTIFIED}" if name in missing else f"{name}: {value:.2f}"
        for name, value in sorted(params.items())
    )


def shown_summary(table: pd.DataFrame, missing: Collection[str]) -> pd.DataFrame:
    """Return a summary of parameters for display, with words for those not identified.

    Parameters
    ----------
    table : DataFrame
        A row per parameter, the column ``coef`` and what is known of its precision.
    missing : collection of str
        The parameters that are not identified.

    Returns
    -------
    DataFrame
        A plain one; of text where a row was replaced.

    Examples
    --------
    >>> table = pd.DataFrame({"coef": [2.9, 4e14], "se(coef)": [0.1, None]}, index=["r", "b"])
    >>> shown_summary(table, ["b"]).loc["b"].tolist()
    ['not identified', '']
    """
    plain: pd.DataFrame = pd.DataFrame(table)
    rows = [name for name in plain.index if name in missing]
    if rows:
        plain = plain.astype(object)
        plain.loc[rows] = ""
        plain.loc[rows, "coef"] = NOT_IDENTIFIED
    return plain


class ParameterTable(pd.DataFrame):
    """A summary of parameters: numbers to compute with, words where it is printed.

    Whatever is taken from it is a plain DataFrame or Series.
    """

    _metadata: ClassVar[list[str]] = ["missing"]
    missing: Collection[str] = ()

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame

    def __repr__(self) -> str:
        """Return the table as text."""
        return repr(shown_summary(self, self.missing))

    def _repr_html_(self) -> str | None:
        html: str | None = shown_summary(self, self.missing)._repr_html_()  # type: ignore[operator]
        return html
