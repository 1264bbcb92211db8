"""Saved models for a run: read, checked against the data, and how old they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from tenure._warnings import Notice
from tenure.exceptions import FileError, ModelWarning, OptionError, UnitError
from tenure.fitters import GammaGammaFitter
from tenure.fitters.json_files import read_document, states_of
from tenure.pipeline.model_choice import AUTO, PURCHASE_MODELS, Choice, saved_choice
from tenure.run_files.record import file_hash

if TYPE_CHECKING:
    from tenure.locale import Locale

__all__ = ["SavedModels", "read_models"]


@dataclass(frozen=True)
class SavedModels:
    """The models of an earlier run.

    Parameters
    ----------
    name : str
        The file.
    digest : str
        Its SHA-256.
    purchase : fitter
        The purchase model.
    spend : GammaGammaFitter or None
        The spend model.
    fitted_to : str or None
        The analysis date of the data they were fitted to, where the file has it.
    convention : str or None
        How orders were counted, where the file has it.
    """

    name: str
    digest: str
    purchase: Any
    spend: GammaGammaFitter | None
    fitted_to: str | None
    convention: str | None

    def check(self, *, purchase_model: str, period: str, convention: str) -> None:
        """Refuse models that cannot be used with the options of a run.

        Parameters
        ----------
        purchase_model, period, convention : str
            As for :func:`tenure.run`.

        Raises
        ------
        OptionError, UnitError
            Names what differs, and the remedy.
        """
        own = self.label
        if purchase_model not in (AUTO, own):
            raise OptionError(
                f"models={self.name!r} has the purchase model {own!r}, and purchase_model="
                f"{purchase_model!r} asks for another. Leave one of the two out."
            )
        if self.purchase.period_ is not None and self.purchase.period_ != period:
            raise UnitError(
                f"models={self.name!r} counts time in period {self.purchase.period_!r}, this run"
                f" in {period!r}. Use period={self.purchase.period_!r}."
            )
        if self.convention is not None and self.convention != convention:
            raise OptionError(
                f"models={self.name!r} was fitted with convention={self.convention!r}, this run"
                f" counts with {convention!r}. Use convention={self.convention!r}."
            )

    @property
    def label(self) -> str:
        """The purchase model as `purchase_model` has it."""
        return next(name for name, kind in PURCHASE_MODELS.items() if type(self.purchase) is kind)

    def choice(self, customers: pd.DataFrame, horizons: Any, locale: Locale) -> Choice:
        """Return the purchase model as the choice of a run, with the warnings of its fit.

        Parameters
        ----------
        customers : DataFrame
            The customer summary to forecast.
        horizons : sequence of float or str
            As for :func:`tenure.forecast`.
        locale : Locale
            Language of the reason.

        Returns
        -------
        Choice
        """
        reason = locale.text("models.saved", file=self.name)
        if self.fitted_to is not None:
            reason = locale.text(
                "models.saved_date", file=self.name, date=locale.date(self.fitted_to)
            )
        return saved_choice(self.label, self.purchase, customers, horizons, reason)

    def age(self, analysis_date: str | None) -> int | None:
        """Return the days from the data of the fit to those of a run.

        Parameters
        ----------
        analysis_date : str or None
            The analysis date of the run.

        Returns
        -------
        int or None
            None where either is not known.
        """
        if self.fitted_to is None or analysis_date is None:
            return None
        return int((pd.Timestamp(analysis_date) - pd.Timestamp(self.fitted_to)).days)

    def notice(self, analysis_date: str | None) -> Notice | None:
        """Return the warning of how old the models are; None where they are of the day itself.

        Parameters
        ----------
        analysis_date : str or None
            The analysis date of the run.

        Returns
        -------
        Notice or None
        """
        days = self.age(analysis_date)
        if days == 0:
            return None
        if days is None:
            age = "were fitted to data of an unknown date"
        elif days > 0:
            age = f"are {days:,} days old (fitted to data up to {self.fitted_to})"
        else:
            age = f"are {-days:,} days younger than these data (fitted up to {self.fitted_to})"
        return Notice(
            ModelWarning,
            f"The models of {self.name} {age}; the forecast holds as far as customers still behave"
            " as they did then. Run without models= to fit them to these data.",
        )

    def settings(self, analysis_date: str | None) -> dict[str, Any]:
        """Return what a run records of them.

        Parameters
        ----------
        analysis_date : str or None
            The analysis date of the run.

        Returns
        -------
        dict
        """
        return {
            "models": self.name,
            "models_sha256": self.digest,
            "models_fitted_to": self.fitted_to,
            "models_age_days": self.age(analysis_date),
        }


def read_models(path: str | PathLike[str]) -> SavedModels:
    """Read the models that a run wrote, or one purchase model.

    Parameters
    ----------
    path : path
        A ``models.json``, or the file of a purchase model.

    Returns
    -------
    SavedModels

    Raises
    ------
    FileError
        When the file is missing or holds something else.
    OptionError
        When it has no fitted purchase model.
    """
    source = Path(path)
    document = read_document(source)
    states = states_of(document)
    kinds: Mapping[str, Any] = {kind.__name__: kind for kind in PURCHASE_MODELS.values()}
    found = [
        kinds[state["class"]].from_json(json.dumps(state))
        for state in states
        if state.get("class") in kinds
    ]
    spends = [
        GammaGammaFitter.from_json(json.dumps(state))
        for state in states
        if state.get("class") == GammaGammaFitter.__name__
    ]
    if not found or any(model._result is None for model in (*found, *spends)):
        raise OptionError(
            f"models={source.name!r} holds no fitted purchase model ({', '.join(kinds)}); give the"
            " models.json of a run."
        )
    settings = document.get("settings")
    settings = settings if isinstance(settings, dict) else {}
    # Models that were read themselves are as old as they were then.
    date = settings.get("models_fitted_to") or settings.get("analysis_date")
    if date is not None:
        try:
            date = pd.Timestamp(str(date)).date().isoformat()
        except (ValueError, OverflowError):
            raise FileError(
                f"{source}: settings.analysis_date holds {str(date)[:40]!r}; expected a date."
            ) from None
    convention = None
    if "convention" in settings:  # of purchases there is none: they are counted as repeats
        convention = settings["convention"] or "repeat"
    return SavedModels(
        source.name, file_hash(source), found[0], next(iter(spends), None), date, convention
    )
