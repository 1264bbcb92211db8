"""English headings and meanings of columns about the data, the models and the run."""

TEXTS: dict[str, tuple[str, str]] = {
    "models.model": ("model", "Name of the purchase model."),
    "models.chosen": ("chosen", "Whether the figures of the run come from this model."),
    "models.log_likelihood": (
        "log-likelihood",
        "Logarithm of the likelihood of the data; higher fits better.",
    ),
    "models.aic_difference": (
        "AIC above the best",
        "Akaike's criterion minus that of the best fit; 2 or less is a tie.",
    ),
    "models.not_identified": ("not identified", "Parameters that the data do not determine."),
    "models.p_alive_mean": (
        "P(alive), mean",
        "Mean probability that a customer is still a customer.",
    ),
    "models.expected_purchases_{horizon}": (
        "expected purchases, {horizon}, all customers",
        "Purchases expected of all customers within {horizon}.",
    ),
    "models.holdout_error": (
        "hold-out error",
        (
            "Purchases forecast for the last part of the data from the first, over those"
            " made, minus 1; empty where there is no hold-out."
        ),
    ),
    "models.holdout_rmse": (
        "hold-out error per customer",
        "Root mean squared difference between forecast and made purchases per customer.",
    ),
    "models.reason": ("reason", "Why the model was chosen, or was not."),
    "summary.what": ("what", "What the figure is."),
    "summary.value": ("value", "The figure or setting, in the unit its row names."),
    "settings.setting": ("setting", "Name of the setting."),
    "profile.column": ("column", "Name of the column."),
    "profile.type": ("type", "What the values are: whole number, number, date, yes/no or text."),
    "profile.values": ("values", "Rows with a value."),
    "profile.missing": ("missing", "Rows without a value."),
    "profile.missing_share": ("share missing", "Rows without a value as a share of all rows."),
    "profile.distinct": ("distinct", "Different values."),
    "profile.minimum": ("minimum", "Smallest number."),
    "profile.q01": ("1% quantile", "1% of the numbers are at or below this."),
    "profile.q05": ("5% quantile", "5% of the numbers are at or below this."),
    "profile.q25": ("25% quantile", "A quarter of the numbers are at or below this."),
    "profile.median": ("median", "Half of the numbers are at or below this."),
    "profile.q75": ("75% quantile", "Three quarters of the numbers are at or below this."),
    "profile.q95": ("95% quantile", "95% of the numbers are at or below this."),
    "profile.q99": ("99% quantile", "99% of the numbers are at or below this."),
    "profile.maximum": ("maximum", "Largest number."),
    "profile.mean": ("mean", "Mean of the numbers."),
    "profile.standard_deviation": (
        "standard deviation",
        "Standard deviation of the numbers (n − 1).",
    ),
    "profile.first_date": ("first date", "Earliest date."),
    "profile.last_date": ("last date", "Latest date."),
    "profile.most_frequent": (
        "most frequent values",
        "The most frequent values with their counts; empty if none repeats.",
    ),
    "first_rows.{any}": ("{any}", "The column as the data give it."),
    "parameters.parameter": ("parameter", "Name of the parameter."),
    "parameters.coef": ("estimate", "Estimate of the parameter."),
    "parameters.se(coef)": ("standard error", "Standard error of the estimate."),
    "parameters.lower 95% bound": (
        "lower 95% bound",
        "Lower bound of the 95% confidence interval.",
    ),
    "parameters.upper 95% bound": (
        "upper 95% bound",
        "Upper bound of the 95% confidence interval.",
    ),
    "warnings.code": ("code", "Code of the kind of warning: its section of docs/warnings.md."),
    "warnings.details": ("details", "The figures and reasons behind the warning."),
    "warnings.kind": ("kind", "Class of the warning."),
    "warnings.title": ("title", "What the warning is about."),
    "warnings.text": ("text", "The warning."),
    "columns.table": ("table", "File or sheet that the column is in."),
    "columns.heading": ("heading", "Heading of the column for readers."),
    "columns.meaning": ("meaning", "What the column means."),
    "columns.unit": ("unit", "Unit of its values."),
    "columns.kind": ("kind", "What its values are: count, money, share, number, date or text."),
}
