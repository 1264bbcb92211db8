"""Campaign lists as files: the ids, and a manifest that describes them."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from tenure.campaigns.files import campaign_fields
from tenure.campaigns.lists import CampaignList, overlap
from tenure.campaigns.selection import in_order
from tenure.io.atomic_directories import atomic_directory
from tenure.io.optional import require_extra
from tenure.io.spreadsheets import write_xlsx
from tenure.locale import Locale
from tenure.run_files.csv_tables import CsvFile
from tenure.run_files.directory import RunDirectory
from tenure.run_files.output_files import MANIFEST
from tenure.run_files.record import file_hash

__all__ = ["export_campaigns", "list_writers", "manifest_text", "need_for_lists"]

EXCLUSIONS = "a file of excluded customers"


def export_campaigns(
    lists: Sequence[CampaignList],
    out: str | PathLike[str],
    *,
    analysis_date: str | None = None,
    horizon: str | None = None,
    overwrite: bool = False,
) -> Path:
    """Write the ids of campaigns, one file each, and ``campaigns.json``, which describes them.

    Parameters
    ----------
    lists : sequence of CampaignList
        Such as ``analysis.campaigns``.
    out : path
        The directory; made if missing. All of the files are written, or none. Lists that an
        earlier export wrote there (``campaigns.json`` names them) go; other files stay.
    analysis_date : str, optional
        The day the data are seen from, for the manifest.
    horizon : str, optional
        What the expected figures refer to, for the manifest.
    overwrite : bool, default False
        Whether a list may replace a file of its name that no export wrote, or that was changed
        since. Files of excluded customers are never replaced.

    Returns
    -------
    pathlib.Path
        The directory.

    Raises
    ------
    FileError
        When the directory cannot be written, or holds other files of the names of the lists.
    ImportError
        When a list is to be an .xlsx file and the extra ``excel`` is not installed.
    OptionError
        When two campaigns write the same file.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from tenure.campaigns import Campaign
    >>> made = CampaignList(Campaign(name="Best"), pd.DataFrame({"n": [1.0]}, index=["a"]), 4, "n")
    >>> out = export_campaigns([made], pathlib.Path(tempfile.mkdtemp()) / "lists")
    >>> sorted(file.name for file in out.iterdir())
    ['best.csv', 'campaigns.json']
    """
    in_order([item.campaign for item in lists])
    need_for_lists([item.file for item in lists])
    directory = RunDirectory(
        Path(out),
        {Path(file): EXCLUSIONS for item in lists for file in item.campaign.exclude_files},
        overwrite=overwrite,
        record=MANIFEST,
        alone=False,
    )
    with atomic_directory(out, replaceable=directory.replaceable, last=MANIFEST) as scratch:
        for name, write in list_writers(lists, Locale()).items():
            write(scratch / name)
        text = manifest_text(lists, scratch, analysis_date=analysis_date, horizon=horizon)
        (scratch / MANIFEST).write_text(
            text, encoding="utf-8", errors="backslashreplace", newline="\n"
        )
    return Path(out)


def need_for_lists(files: Sequence[str]) -> None:
    """Stop where a list is to be an .xlsx file and no library can write one.

    Parameters
    ----------
    files : sequence of str
        Names of the files.

    Raises
    ------
    ImportError
        Names the extra.
    """
    for name in files:
        if name.lower().endswith(".xlsx"):
            require_extra("xlsxwriter", extra="excel", purpose=f"writing {name}")


def list_writers(
    lists: Sequence[CampaignList], locale: Locale
) -> dict[str, Callable[[Path], None]]:
    """Return what writes each list, by file name.

    Parameters
    ----------
    lists : sequence of CampaignList
        What the rules picked.
    locale : Locale
        How csv files are written.

    Returns
    -------
    dict of str to callable
    """
    return {item.file: _writer(item, locale) for item in lists}


def _writer(item: CampaignList, locale: Locale) -> Callable[[Path], None]:
    name = str(item.ids.name) if item.ids.name is not None else "customer"
    table = pd.DataFrame({name: item.ids})
    if item.file.lower().endswith(".xlsx"):
        return lambda path: write_xlsx({"customers": table}, path)
    return CsvFile("target_list", lambda: table, locale, name)


def manifest_text(
    lists: Sequence[CampaignList],
    folder: Path,
    *,
    analysis_date: str | None,
    horizon: str | None,
) -> str:
    """Describe the lists in a folder: rules, counts, money, versions, hashes.

    Parameters
    ----------
    lists : sequence of CampaignList
        What the rules picked.
    folder : Path
        The folder of their files.
    analysis_date, horizon : str or None
        As for :func:`export_campaigns`.

    Returns
    -------
    str
        JSON.
    """
    from tenure._engine import __version__

    common = overlap(lists).to_dict()
    document = {
        "tenure": __version__,
        "analysis_date": analysis_date,
        "horizon": horizon,
        "expected": "of these customers over the horizon, without the campaign",
        "customers": lists[0].population if lists else None,
        "campaigns": [_entry(item, folder, common[item.name]) for item in lists],
    }
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False, default=str) + "\n"


def _fields(item: CampaignList) -> dict[str, Any]:
    """Return the rule as a file would hold it, without this machine's folders."""
    fields = campaign_fields(item.campaign)
    if "exclude_files" in fields:
        fields["exclude_files"] = [Path(path).name for path in fields["exclude_files"]]
    return fields


def _entry(item: CampaignList, folder: Path, common: Mapping[Hashable, int]) -> dict[str, Any]:
    return {
        "name": item.name,
        "rule": item.rule,
        "fields": _fields(item),
        "customers": len(item),
        "share": item.share,
        "expected_purchases": item.expected_purchases,
        "expected_revenue": item.expected_revenue,
        "revenue_after_discount": item.revenue_after_discount,
        "expected_margin": item.expected_margin,
        "overlap": {str(name): int(count) for name, count in common.items() if name != item.name},
        "file": item.file,
        "sha256": file_hash(folder / item.file),
    }
