"""Campaigns: rules that select customers, and the purchases and revenue expected of them."""

from tenure.campaigns.categories import in_categories
from tenure.campaigns.export import export_campaigns
from tenure.campaigns.files import parse_campaigns, read_campaigns, write_campaigns
from tenure.campaigns.lists import CampaignList, campaign_table, overlap
from tenure.campaigns.rule import Campaign, Threshold
from tenure.campaigns.selection import draw_up, select

__all__ = [
    "Campaign",
    "CampaignList",
    "Threshold",
    "campaign_table",
    "draw_up",
    "export_campaigns",
    "in_categories",
    "overlap",
    "parse_campaigns",
    "read_campaigns",
    "select",
    "write_campaigns",
]


def __dir__() -> list[str]:
    return sorted(__all__)
