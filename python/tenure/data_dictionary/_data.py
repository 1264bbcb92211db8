"""Columns of tables about the data, the models and the run."""

from __future__ import annotations

from tenure.data_dictionary._model import Definition

__all__ = ["DATA"]

_PROFILE = ("profile",)
_PARAMETERS = ("parameters",)
_WARNINGS = ("warnings",)
_COLUMNS = ("columns",)

DATA: tuple[Definition, ...] = (
    Definition("what", ("summary", "quality"), "text", ""),
    Definition("value", ("summary", "quality", "settings"), "text", ""),
    Definition("setting", ("settings",), "text", ""),
    # The data profile.
    Definition("column", ("profile", "columns"), "text", ""),
    Definition("type", _PROFILE, "text", ""),
    Definition("values", _PROFILE, "count", "rows"),
    Definition("missing", _PROFILE, "count", "rows"),
    Definition("missing_share", _PROFILE, "share", "share"),
    Definition("distinct", _PROFILE, "count", "values"),
    Definition("minimum", _PROFILE, "number", "column", exact=True),
    Definition("q01", _PROFILE, "number", "column", exact=True),
    Definition("q05", _PROFILE, "number", "column", exact=True),
    Definition("q25", _PROFILE, "number", "column", exact=True),
    Definition("median", _PROFILE, "number", "column", exact=True),
    Definition("q75", _PROFILE, "number", "column", exact=True),
    Definition("q95", _PROFILE, "number", "column", exact=True),
    Definition("q99", _PROFILE, "number", "column", exact=True),
    Definition("maximum", _PROFILE, "number", "column", exact=True),
    Definition("mean", _PROFILE, "number", "column", exact=True),
    Definition("standard_deviation", _PROFILE, "number", "column", exact=True),
    Definition("first_date", _PROFILE, "date", "date"),
    Definition("last_date", _PROFILE, "date", "date"),
    Definition("most_frequent", _PROFILE, "text", ""),
    Definition("{any}", ("first_rows",), "text", ""),
    # Parameters of a model.
    Definition("parameter", _PARAMETERS, "text", ""),
    Definition("coef", _PARAMETERS, "number", ""),
    Definition("se(coef)", _PARAMETERS, "number", ""),
    Definition("lower 95% bound", _PARAMETERS, "number", ""),
    Definition("upper 95% bound", _PARAMETERS, "number", ""),
    # Warnings.
    Definition("code", _WARNINGS, "text", ""),
    Definition("details", _WARNINGS, "text", ""),
    Definition("kind", _WARNINGS, "text", ""),
    Definition("title", _WARNINGS, "text", ""),
    Definition("text", _WARNINGS, "text", ""),
    # The dictionary itself.
    Definition("table", _COLUMNS, "text", ""),
    Definition("heading", _COLUMNS, "text", ""),
    Definition("meaning", _COLUMNS, "text", ""),
    Definition("unit", _COLUMNS, "text", ""),
    Definition("kind", _COLUMNS, "text", ""),
)
"""Definitions of columns about the data and the run."""
