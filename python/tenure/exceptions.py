"""Errors and warnings, each a class of its own so that a program can tell them apart.

Every error about data derives from :class:`ValueError` (as those of lifetimes do), so existing
``except ValueError`` clauses keep working. Every warning derives from :class:`TenureWarning`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = [
    "TenureError",
    "DataError",
    "ColumnError",
    "DateError",
    "EmptyDataError",
    "UnitError",
    "FileError",
    "MissingFileError",
    "OptionError",
    "NotFittedError",
    "ConvergenceError",
    "TenureWarning",
    "DataWarning",
    "RefundWarning",
    "CollapseWarning",
    "DuplicateCustomerWarning",
    "SameDayWarning",
    "TruncatedFrequencyWarning",
    "UnitWarning",
    "ModelWarning",
    "NotIdentifiedWarning",
    "ConvergenceWarning",
    "ConventionWarning",
    "SelectedSampleWarning",
    "InfiniteMeanWarning",
    "DependenceWarning",
    "SkippedOutputWarning",
    "IgnoredArgumentWarning",
    "AlreadyImportedWarning",
]


class TenureError(Exception):
    """Base of every error tenure raises on purpose."""


class DataError(TenureError, ValueError):
    """Data that cannot be used, with the place where it stands.

    Parameters
    ----------
    message : str
        What is wrong, where, what was expected and how to mend it.
    column : str, optional
        The column at fault.
    rows : sequence, optional
        Index labels (or positions, where there is no index) of the first bad rows.
    values : sequence, optional
        The values that stand there.
    expected : str, optional
        What was expected instead.
    """

    def __init__(
        self,
        message: str,
        *,
        column: str | None = None,
        rows: Sequence[Any] = (),
        values: Sequence[Any] = (),
        expected: str | None = None,
    ) -> None:
        super().__init__(message)
        self.column = column
        self.rows = list(rows)
        self.values = list(values)
        self.expected = expected


class ColumnError(DataError, KeyError):
    """A column is missing, named twice or of a type that cannot be used."""

    def __str__(self) -> str:
        """Return the message; a KeyError would quote it."""
        return ValueError.__str__(self)


class DateError(DataError):
    """Dates that cannot be read, or can be read in more than one way."""


class EmptyDataError(DataError):
    """There is nothing to work on."""


class UnitError(DataError):
    """Two things measured in different periods were about to be mixed."""


class FileError(TenureError, ValueError):
    """A file is missing, or is not what its ending says."""


class MissingFileError(FileError, FileNotFoundError):
    """A file is not there."""


class OptionError(TenureError, ValueError):
    """An option has a value that is not among the allowed ones."""


class NotFittedError(TenureError, ValueError):
    """A model was asked to predict before it was fitted."""


class ConvergenceError(TenureError, ValueError):
    """A fit ended without reaching a maximum of the likelihood."""


class TenureWarning(UserWarning):
    """Base of every warning tenure gives."""


class DataWarning(TenureWarning):
    """The data were changed or hold something that bears on the numbers; says how often."""


class RefundWarning(DataWarning):
    """Negative amounts were netted or left out."""


class CollapseWarning(DataWarning):
    """Several purchases fell into one period and were counted as one."""


class DuplicateCustomerWarning(DataWarning):
    """A customer stands in more than one row."""


class SameDayWarning(DataWarning):
    """Customers with several orders whose first and last order fall on one day."""


class TruncatedFrequencyWarning(DataWarning):
    """Fractional frequencies or periods were cut to whole numbers, as lifetimes does."""


class UnitWarning(TenureWarning):
    """A horizon is stated in another unit than its name suggests."""


class ModelWarning(TenureWarning):
    """A fit or a prediction that should not be taken at face value."""


class NotIdentifiedWarning(ModelWarning):
    """The data say nothing about some of the parameters."""


class ConvergenceWarning(ModelWarning):
    """The fit is usable but its maximum is not sharply reached."""


class ConventionWarning(ModelWarning):
    """A counting convention departs from what the model means."""


class SelectedSampleWarning(ModelWarning):
    """The customers in the table were chosen by what they bought."""


class InfiniteMeanWarning(ModelWarning):
    """The spending model has no finite population mean (Gamma-Gamma with q <= 1)."""


class DependenceWarning(ModelWarning):
    """Spend and frequency move together, against the Gamma-Gamma model's assumption."""


class SkippedOutputWarning(TenureWarning):
    """A deliverable was left out because a library is not installed."""


class IgnoredArgumentWarning(TenureWarning):
    """An argument was accepted for compatibility and has no effect."""


class AlreadyImportedWarning(TenureWarning):
    """The real lifetimes was imported before tenure took its place."""
