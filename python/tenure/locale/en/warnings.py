"""English heading and meaning of each class of warnings.

Empty: warnings are written in English, and state both themselves.
"""

TEXTS: dict[str, tuple[str, str]] = {
    "TenureWarning": ("", ""),
    "DataWarning": ("", ""),
    "RefundWarning": ("", ""),
    "CollapseWarning": ("", ""),
    "DuplicateCustomerWarning": ("", ""),
    "SameDayWarning": ("", ""),
    "TruncatedFrequencyWarning": ("", ""),
    "UnitWarning": ("", ""),
    "ModelWarning": ("", ""),
    "NotIdentifiedWarning": ("", ""),
    "ConvergenceWarning": ("", ""),
    "ConventionWarning": ("", ""),
    "SelectedSampleWarning": ("", ""),
    "InfiniteMeanWarning": ("", ""),
    "DependenceWarning": ("", ""),
    "SkippedOutputWarning": ("", ""),
    "IgnoredArgumentWarning": ("", ""),
    "AlreadyImportedWarning": ("", ""),
}
