"""Columns of the comparison of purchase models."""

from __future__ import annotations

from tenure.data_dictionary._model import Definition

__all__ = ["MODELS"]

_MODELS = ("models",)

MODELS: tuple[Definition, ...] = (
    Definition("model", _MODELS, "text", ""),
    Definition("chosen", _MODELS, "text", ""),
    Definition("log_likelihood", _MODELS, "number", "ratio"),
    Definition("aic_difference", _MODELS, "number", "ratio"),
    Definition("not_identified", _MODELS, "text", ""),
    Definition("p_alive_mean", _MODELS, "number", "probability"),
    Definition("expected_purchases_{horizon}", _MODELS, "number", "purchases"),
    Definition("holdout_error", _MODELS, "number", "ratio"),
    Definition("holdout_rmse", _MODELS, "number", "purchases"),
    Definition("reason", _MODELS, "text", ""),
)
