"""Fit reports: convergence, identification and warnings of a fit.

A fit always ends with numbers. Whether they mean something is another question, and this module
answers it: did the optimiser reach a maximum, do the data say anything about every parameter, does
a mean exist, do spend and frequency move together?
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from html import escape
from typing import Any

import numpy as np

from tenure import _engine
from tenure._warnings import Notice
from tenure.exceptions import DataError, DependenceWarning
from tenure.fitters._arguments import as_float

__all__ = ["FitReport", "IndependenceCheck", "Notice", "check_independence", "notices_html"]

NOT_IDENTIFIED = "not identified"
"""What is shown in place of a parameter that the data do not determine."""

DEPENDENCE_THRESHOLD = 0.1
"""|Spearman rho| from which spend and frequency count as dependent."""

CHANCE = 0.05
"""p-value below which such a rho is no accident of a few customers."""


@dataclass(frozen=True)
class IndependenceCheck:
    """Whether customers who buy more often spend more (or less) an order.

    Attributes
    ----------
    rho : float
        Spearman's rank correlation of frequency and monetary value, -1 to 1.
    p_value : float
        Two-sided p-value of rho = 0. With many customers it is tiny even for a rho that does not
        matter, so it takes no part in the verdict.
    n : int
        Customers compared.
    dependent : bool
        True if ``|rho| >= 0.1`` and the p-value is below 0.05.
    """

    rho: float
    p_value: float
    n: int
    dependent: bool

    @property
    def message(self) -> str:
        """The result of the check in words."""
        figures = f"Spearman rho = {self.rho:.3f}, p = {self.p_value:.2g}, {self.n:,} customers"
        if not self.dependent:
            return f"Spend an order and frequency are independent enough ({figures})."
        return (
            f"Customers who buy more often spend {self._more} per order ({figures}). The "
            "Gamma-Gamma model assumes that the two are independent, so it draws the spend of "
            "frequent and of rare buyers towards the same mean. Fit groups of different frequency "
            "separately, or check the expected spend of frequent buyers against what they spend."
        )

    @property
    def _more(self) -> str:
        return "more" if self.rho > 0 else "less"

    def notice(self) -> Notice | None:
        """Return a `DependenceWarning` to give where the two are dependent."""
        if not self.dependent:
            return None
        return Notice(
            DependenceWarning,
            f"Customers who buy more often spend {self._more} per order, so the expected spend of"
            " frequent buyers is drawn towards the mean. Fit groups of different frequency"
            " separately.",
            self.message,
        )


def check_independence(frequency: Any, monetary_value: Any) -> IndependenceCheck:
    """Check the Gamma-Gamma model's assumption that spend does not depend on frequency.

    Judged by the size of the effect, ``|Spearman rho| >= 0.1``. Its p-value, small in every large
    table, only keeps a few customers' accidents from counting: it must be below 0.05.

    Parameters
    ----------
    frequency : array_like, shape (n,)
        Purchases a customer.
    monetary_value : array_like, shape (n,)
        Mean spend per purchase, in money. Customers without purchases are left out.

    Returns
    -------
    IndependenceCheck

    Raises
    ------
    DataError
        If the vectors differ in length or fewer than three customers have purchases.

    References
    ----------
    Fader, P. S., B. G. S. Hardie and K. L. Lee (2005), "RFM and CLV: Using Iso-Value Curves for
    Customer Base Analysis", Journal of Marketing Research 42, 415-430.

    Examples
    --------
    >>> from tenure.fitters.fit_report import check_independence
    >>> check_independence([1, 2, 3, 4, 5], [10.0, 20.0, 30.0, 40.0, 50.0]).dependent
    True
    """
    counts, money = as_float("frequency", frequency), as_float("monetary_value", monetary_value)
    if counts.shape != money.shape or counts.ndim != 1:
        raise DataError(
            f"frequency {counts.shape} and monetary_value {money.shape} need one value "
            "per customer each."
        )
    bought = counts > 0
    if not bought.all():
        counts, money = counts[bought], money[bought]
    if len(counts) < 3:
        raise DataError(
            f"Only {len(counts)} customers have purchases; three are needed to compare spend with "
            "frequency."
        )
    rho, p_value = _engine.spearman(np.ascontiguousarray(counts), np.ascontiguousarray(money))
    dependent = abs(rho) >= DEPENDENCE_THRESHOLD and p_value < CHANCE
    return IndependenceCheck(rho, p_value, len(counts), dependent)


@dataclass(frozen=True, repr=False)
class FitReport:
    """Report on a fit.

    Attributes
    ----------
    model : str
        Name of the model, such as ``"BG/NBD"``.
    converged : bool
        Whether a maximum of the likelihood was reached, with gradient and curvature checked.
    reason : str
        Why the optimiser stopped.
    evaluations : int
        Evaluations of the objective.
    gradient_norm, condition : float
        Size of the gradient and condition number of the Hessian there (log-parameters).
    log_likelihood : float
        Sum over customers, without the penalty, time in the data's period.
    customers, unique_rows : int
        Rows of data, and distinct rows among them: all of them where most are, as those of
        continuous time.
    params : dict
        The estimates.
    at_boundary, not_identified, weakly_identified : tuple of str
        Parameters that stopped at a bound, of which the data say nothing, or little.
    p_alive_min, p_alive_median, p_alive_max : float or None
        P(alive) over the customers of the fit, for purchase models.
    independence : IndependenceCheck or None
        Spend against frequency, for models of spending.
    dropped : int
        Customers left out because they hold no purchase to average.
    notices : tuple of Notice
        What a user should know, each with the warning class it belongs to.
    """

    model: str
    converged: bool
    reason: str
    evaluations: int
    gradient_norm: float
    condition: float
    log_likelihood: float
    customers: int
    unique_rows: int
    params: Mapping[str, float]
    at_boundary: tuple[str, ...] = ()
    not_identified: tuple[str, ...] = ()
    weakly_identified: tuple[str, ...] = ()
    p_alive_min: float | None = None
    p_alive_median: float | None = None
    p_alive_max: float | None = None
    independence: IndependenceCheck | None = None
    dropped: int = 0
    notices: tuple[Notice, ...] = field(default=())

    @property
    def messages(self) -> list[str]:
        """The warnings, one line each; empty where there are none."""
        return [notice.text for notice in self.notices]

    @property
    def ok(self) -> bool:
        """True where the fit converged and there is nothing to warn of."""
        return self.converged and not self.notices

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values that JSON can hold (NaN and infinity as None)."""
        plain = asdict(self)
        plain["notices"] = [notice.warning().to_dict() for notice in self.notices]
        plain["messages"] = self.messages
        plain["ok"] = self.ok
        return {key: _plain(value) for key, value in plain.items()}

    def _lines(self) -> list[tuple[str, str]]:
        reason = self.reason if self.converged else f"not converged: {self.reason}"
        parameters = ", ".join(
            f"{name} {NOT_IDENTIFIED}" if name in self.not_identified else f"{name} = {value:.6g}"
            for name, value in self.params.items()
        )
        lines = [
            ("customers", f"{self.customers:,} ({self.unique_rows:,} distinct rows)"),
            ("parameters", parameters),
            ("log-likelihood", f"{self.log_likelihood:,.4f}"),
            (
                "optimiser",
                f"{reason}; {self.evaluations} evaluations, gradient {self.gradient_norm:.2g}, "
                f"condition of the Hessian {self.condition:.3g}",
            ),
        ]
        if self.dropped:
            lines.append(("left out", f"{self.dropped:,} customers without a purchase to average"))
        if self.p_alive_min is not None:
            lines.append(
                (
                    "P(alive)",
                    f"{self.p_alive_min:.4g} to {self.p_alive_max:.4g}, "
                    f"median {self.p_alive_median:.4g}",
                )
            )
        if self.independence is not None:
            lines.append(("independence", self.independence.message))
        for label, names in (
            ("at a boundary", self.at_boundary),
            ("weakly identified", self.weakly_identified),
        ):
            if names:
                lines.append((label, ", ".join(names)))
        return lines

    def __repr__(self) -> str:
        """Return the report as text."""
        head = f"<tenure.FitReport: {self.model}>"
        body = [f"  {label:<17} {text}" for label, text in self._lines()]
        warnings = [line for notice in self.notices for line in _warning_lines(notice)]
        return "\n".join([head, *warnings, *body])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th style='text-align:left'>{escape(label)}</th>"
            f"<td style='text-align:left'>{escape(text)}</td></tr>"
            for label, text in self._lines()
        )
        return notices_html(self.notices) + (
            f"<table><caption>{escape(self.model)} fit</caption><tbody>{rows}</tbody></table>"
        )


def _warning_lines(notice: Notice) -> list[str]:
    """Return the lines of a warning in a printed report: its own, and its details below."""
    details = [f"      {line}" for line in textwrap.wrap(notice.details, 94)]
    return [f"  ! {notice.warning()}", *details]


def notices_html(notices: Sequence[Notice]) -> str:
    """Return warnings as a list in HTML, one line each, with their details folded.

    Parameters
    ----------
    notices : sequence of Notice
        The warnings; none give an empty text.

    Returns
    -------
    str
        HTML.
    """
    items = []
    for notice in notices:
        line = escape(str(notice.warning()))
        if notice.details:
            line = f"<details><summary>{line}</summary>{escape(notice.details)}</details>"
        items.append(f"<li>{line}</li>")
    return f"<ul>{''.join(items)}</ul>" if items else ""


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value
