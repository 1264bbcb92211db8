"""Lists of the customers that a rule selects: reach, expected purchases and money, overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tenure.campaigns.rule import Campaign

__all__ = ["CampaignList", "campaign_table", "overlap"]


@dataclass(frozen=True, repr=False)
class CampaignList:
    """The customers a campaign's rule picked.

    Parameters
    ----------
    campaign : Campaign
        The rule.
    customers : DataFrame
        The customers picked, with their forecast; by rank where the rule ranks
        them and else in the order of the data.
    population : int
        All customers there are.
    purchases_column : str
        The column of ``customers`` with their expected purchases.
    value_column : str or None
        The column of ``customers`` with their expected revenue; None where no money is known.
    """

    campaign: Campaign
    customers: pd.DataFrame
    population: int
    purchases_column: str
    value_column: str | None = None

    @property
    def name(self) -> str:
        """What the campaign is called."""
        return self.campaign.name

    @property
    def rule(self) -> str:
        """The rule described in English."""
        return self.campaign.rule

    @property
    def file(self) -> str:
        """Name of the file of ids that :func:`tenure.run` writes."""
        return self.campaign.file_name

    @property
    def ids(self) -> pd.Index[Any]:
        """The ids, as written to the file."""
        return self.customers.index

    @property
    def share(self) -> float:
        """The share of all customers that is on the list."""
        return len(self) / self.population if self.population else 0.0

    @property
    def expected_purchases(self) -> float:
        r"""Purchases expected of these customers over the horizon, :math:`\sum_i E[Y_i]`."""
        return float(self.customers[self.purchases_column].sum())

    @property
    def expected_revenue(self) -> float | None:
        r"""What these customers are expected to bring *without* the campaign, at full price.

        :math:`G = \sum_i CLV_i`, discounted over time. What the campaign adds is not known from
        past purchases.
        """
        if self.value_column is None:
            return None
        return float(self.customers[self.value_column].sum())

    @property
    def revenue_after_discount(self) -> float | None:
        r"""The same purchases, each with the campaign's discount d, :math:`G\,(1 - d)`."""
        gross = self.expected_revenue
        return None if gross is None else gross * (1.0 - self.campaign.discount)

    @property
    def expected_margin(self) -> float | None:
        r"""What is left after the cost of goods, :math:`G\,(m - d)`; None where m is not given.

        The margin m is a share of the full price. Goods cost :math:`1 - m` of it whether they are
        sold at a discount or not, so the discount comes out of the margin whole.
        """
        gross, margin = self.expected_revenue, self.campaign.margin
        return (
            None if gross is None or margin is None else gross * (margin - self.campaign.discount)
        )

    def __len__(self) -> int:
        """Return the number of customers."""
        return len(self.customers)

    def __repr__(self) -> str:
        """Show the name, the size, the money and the rule."""
        money = self.revenue_after_discount
        expected = "" if money is None else f", {money:,.0f} expected without it"
        return (
            f"<tenure.CampaignList {self.name!r}: {len(self):,} customers ({self.share:.1%})"
            f"{expected}; {self.rule}>"
        )


def campaign_table(lists: Sequence[CampaignList]) -> pd.DataFrame:
    """Return the figures of several campaigns, one row per campaign.

    Parameters
    ----------
    lists : sequence of CampaignList
        What the rules picked.

    Returns
    -------
    DataFrame
        Indexed by campaign: ``customers``, ``share``, ``expected_purchases`` and, where money is
        known, ``expected_revenue`` (gross), ``discount``, ``revenue_after_discount``, ``margin``
        and ``expected_margin``.

    Examples
    --------
    >>> customers = pd.DataFrame({"purchases": [1.0, 2.0], "clv": [10.0, 30.0]})
    >>> rule = Campaign(name="all", discount=0.1, margin=0.4)
    >>> made = CampaignList(rule, customers, 4, "purchases", "clv")
    >>> campaign_table([made]).loc["all", ["share", "revenue_after_discount"]].tolist()
    [0.5, 36.0]
    """
    rows = []
    for item in lists:
        row: dict[str, Any] = {
            "customers": len(item),
            "share": item.share,
            "expected_purchases": item.expected_purchases,
        }
        if item.value_column is not None:
            row |= {
                "expected_revenue": item.expected_revenue,
                "discount": item.campaign.discount,
                "revenue_after_discount": item.revenue_after_discount,
                "margin": item.campaign.margin,
                "expected_margin": item.expected_margin,
            }
        rows.append(row)
    names = pd.Index([item.name for item in lists], name="campaign", dtype=object)
    table: pd.DataFrame = pd.DataFrame(rows, index=names)
    money = [name for name in ("margin", "expected_margin") if name in table.columns]
    return table.astype(dict.fromkeys(money, float))


def overlap(lists: Sequence[CampaignList]) -> pd.DataFrame:
    """Count the customers that campaigns have in common.

    Parameters
    ----------
    lists : sequence of CampaignList
        What the rules picked.

    Returns
    -------
    DataFrame
        One row and one column per campaign; the number of customers on both lists, on the
        diagonal the size of a list.

    Examples
    --------
    >>> def made(name, ids):
    ...     return CampaignList(Campaign(name=name), pd.DataFrame(index=list(ids)), 9, "purchases")
    >>> overlap([made("one", "abc"), made("two", "cd")]).to_numpy().tolist()
    [[3, 1], [1, 2]]
    """
    names = pd.Index([item.name for item in lists], name="campaign", dtype=object)
    counts = np.zeros((len(lists), len(lists)), dtype=np.int64)
    for row, one in enumerate(lists):
        for column in range(row, len(lists)):
            counts[row, column] = counts[column, row] = one.ids.isin(lists[column].ids).sum()
    table: pd.DataFrame = pd.DataFrame(counts, index=names, columns=names.rename(None))
    return table
