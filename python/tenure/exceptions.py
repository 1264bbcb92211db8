"""Errors and warnings, each a class of its own so that a program can tell them apart.

Every error about data derives from :class:`ValueError` (as those of lifetimes do), so existing
``except ValueError`` clauses keep working. Every warning derives from :class:`TenureWarning`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

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


MESSAGE_LIMIT = 1000
"""Characters of an error's message."""

_WORD_LIMIT = 200
_LONG_WORD = re.compile(r"\S{300,}")


def capped(message: str, limit: int = MESSAGE_LIMIT) -> str:
    """Return a message of at most `limit` characters that people can read.

    Parameters
    ----------
    message : str
        Any message; it may quote what the caller gave, however long.
    limit : int
        Characters it may have.

    Returns
    -------
    str
        The same with the middle of long words left out and, where that does not suffice,
        the middle of the message: it begins with what is wrong and ends with what to do.

    Examples
    --------
    >>> len(capped("x" * 10**6)), capped("column 'a' is missing.")
    (200, "column 'a' is missing.")
    """
    if len(message) > _WORD_LIMIT:
        # What lies beyond cannot be read anyway; patterns need not look at a gigabyte.
        message = _middle_out(message, 20 * MESSAGE_LIMIT)
        message = _LONG_WORD.sub(lambda found: _middle_out(found[0], _WORD_LIMIT), message)
    return _middle_out(message, limit)


def _middle_out(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    head = limit * 6 // 10
    return f"{text[:head]}…{text[len(text) - (limit - head - 1) :]}"


class TenureError(Exception):
    """Base of every error tenure raises on purpose; its message is :func:`capped`."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*(capped(arg) if isinstance(arg, str) else arg for arg in args))


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
    """A file is missing, or is not of the kind of its extension."""


class MissingFileError(FileError, FileNotFoundError):
    """A file is not there."""


class OptionError(TenureError, ValueError):
    """An option has a value that is not among the allowed ones."""


class NotFittedError(TenureError, ValueError):
    """A model was asked to predict before it was fitted."""


class ConvergenceError(TenureError, ValueError):
    """A fit ended without reaching a maximum of the likelihood."""


WARNINGS_PAGE = "docs/warnings.md"
"""The page of this repository that explains every warning, a section per code."""


class TenureWarning(UserWarning):
    """Base of every warning tenure gives.

    Printed, a warning is one line: what it means for the numbers, what to do, its code and the
    section of the page that explains it. Its class says the same offline: ``help(type(warning))``.

    Parameters
    ----------
    text : str
        What it means for the numbers and what to do, in one line.
    details : str, optional
        The figures and reasons behind it.

    Attributes
    ----------
    code : str
        Stable name of the class, such as ``"T201"``.

    Examples
    --------
    >>> warning = NotIdentifiedWarning("The data do not identify a, b.", "No standard errors.")
    >>> str(warning)
    'The data do not identify a, b. [T201, docs/warnings.md#t201]'
    >>> warning.code, warning.details
    ('T201', 'No standard errors.')
    """

    code: ClassVar[str] = "T000"

    def __init__(self, text: str = "", details: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.details = details

    @property
    def page(self) -> str:
        """Where more is to be read: a section of docs/warnings.md."""
        return f"{WARNINGS_PAGE}#{self.code.lower()}"

    def to_dict(self) -> dict[str, str]:
        """Return the warning as it is recorded in files: code, category, text and details."""
        return {
            "code": self.code,
            "category": type(self).__name__,
            "text": self.text,
            "details": self.details,
        }

    def __str__(self) -> str:
        """Return the warning in one line, with its code and page."""
        return f"{self.text} [{self.code}, {self.page}]"


class DataWarning(TenureWarning):
    """The data were changed or hold something that bears on the numbers.

    Rows were left out, amounts were set or capped, or customers spent nothing. The text counts
    them: where they are few the figures hardly change; otherwise mend the table and run again.
    """

    code = "T100"


class RefundWarning(DataWarning):
    """Negative amounts were netted or left out.

    Purchases that were refunded in full do not count, others count with what remained. Where the
    refunds are no refunds (corrections, deposits), leave them out before, or choose ``refunds=``.
    """

    code = "T101"


class CollapseWarning(DataWarning):
    """Several purchases fell into one period and were counted as one.

    Customers look slower than they are and forecasts come out too low. Measure time in the longer
    period with ``period=`` and leave ``collapse`` at "D".
    """

    code = "T102"


class DuplicateCustomerWarning(DataWarning):
    """A customer appears in more than one row.

    Repeated rows that are equal are left out of a table of totals; in a forecast each row counts,
    so that every sum counts the customer several times. Give one row per customer.
    """

    code = "T103"


class SameDayWarning(DataWarning):
    """Customers with several orders whose first and last order fall on one day.

    The purchase model sees repeat purchases made at once, which a purchase rate explains badly.
    Count the orders of one day as one where they belong together (split shipments, channels).
    """

    code = "T104"


class TruncatedFrequencyWarning(DataWarning):
    """Fractional frequencies or periods were cut to whole numbers, as lifetimes does.

    A frequency is a count of repeat purchases. Look at what the column holds.
    """

    code = "T105"


class UnitWarning(TenureWarning):
    """A horizon or a period is stated in another unit than the data or its name suggest.

    Four weeks taken for a month leave out 8 % of the time; days taken for weeks look seven times
    too far. The text says which unit was used. Write horizons with their unit: "6M", "26W".
    """

    code = "T300"


class ModelWarning(TenureWarning):
    """A fit or a prediction that should not be taken at face value.

    The classes below it say why and what to do.
    """

    code = "T200"


class NotIdentifiedWarning(ModelWarning):
    """The data do not determine some of the parameters.

    Other values of them fit as well. Where these are the parameters of dropout, P(alive) is 1 for
    all customers and forecasts are an upper limit: what is identified is the purchase rate without
    dropout (the NBD model). Fit on transactions of all customers, lapsed ones included, instead of
    totals or a selection. ``tenure run --strict`` exits with 3.
    """

    code = "T201"


class ConvergenceWarning(ModelWarning):
    """The fit is usable but did not reach its maximum sharply.

    Forecasts may be somewhat off and standard errors are doubtful. Look for outliers, or add a
    small ``penalizer_coef`` such as 0.001. ``tenure run --strict`` exits with 3.
    """

    code = "T202"


class ConventionWarning(ModelWarning):
    """A counting convention departs from what the model means.

    Purchase models count repeat purchases; all orders as frequency inflate expected purchases,
    value and revenue. Use ``convention="repeat"`` unless such numbers are to be reproduced.
    """

    code = "T203"


class SelectedSampleWarning(ModelWarning):
    """The customers in the table were chosen by what they bought.

    Customers who bought once or stopped buying are missing, so repeat rates, P(alive) and lifetime
    value come out too high. Read the forecast as a ranking, or fit on all customers.
    """

    code = "T204"


class InfiniteMeanWarning(ModelWarning):
    """The spending model has no finite population mean (Gamma-Gamma with q <= 1).

    Expected spend leans on each customer's own average nearly alone and does not exist for some.
    Fit with ``penalizer_coef=0`` or ``q_constraint=True``. ``tenure run --strict`` exits with 3.
    """

    code = "T205"


class DependenceWarning(ModelWarning):
    """Spend and frequency move together, against the Gamma-Gamma model's assumption.

    The spend of frequent and of rare buyers is drawn towards one mean. Fit groups of different
    frequency separately, or check the expected spend of frequent buyers against what they spend.
    """

    code = "T206"


class SkippedOutputWarning(TenureWarning):
    """An output was left out because a library is not installed.

    The figures are complete. Install the extra that the text names to have the file as well.
    """

    code = "T400"


class IgnoredArgumentWarning(TenureWarning):
    """An argument was accepted for compatibility and has no effect.

    The result does not depend on it. Remove it from the call.
    """

    code = "T401"


class AlreadyImportedWarning(TenureWarning):
    """The real lifetimes was imported before tenure took its place.

    Names imported before are still those of lifetimes. Restart, and activate tenure.lifetimes
    before the first import of lifetimes.
    """

    code = "T402"


def __dir__() -> list[str]:
    return sorted(__all__)
