//! Errors as data: the column, the rows and the values at fault.

use std::fmt;

/// The result of anything in this crate that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// The largest number of bad rows in a message.
pub const SHOWN: usize = 5;

/// The fault of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// NaN or infinite.
    NotFinite,
    /// Below zero where only zero or more makes sense.
    Negative,
    /// A fraction where a count was expected.
    NotWhole,
    /// Zero or less where only more than zero makes sense.
    NotPositive,
    /// A last purchase before the first one.
    NegativeRecency,
    /// A last purchase after the end of the observation.
    RecencyBeyondAge,
    /// A time of the last repeat purchase for a customer without one.
    RecencyWithoutFrequency,
    /// A fraction where whole periods were expected.
    NotWholePeriods,
    /// More purchases than a float counts.
    TooManyPurchases,
    /// More periods than sums can run over.
    TooManyPeriods,
    /// More periods with a purchase than periods up to the last of them.
    MoreThanOneAPeriod,
    /// An average spend over no purchases.
    SpendWithoutPurchases,
    /// A row that represents more customers than a float can count.
    TooHeavy,
    /// A result that is infinite or not a number.
    NoNumber,
}

impl Fault {
    /// The sentence that opens the message; where lifetimes has one, it is the same to the letter.
    #[must_use]
    pub fn sentence(self, column: &str) -> String {
        match self {
            Self::NotFinite => {
                format!("There exist missing or infinite values in the {column} vector.")
            }
            Self::Negative => format!("There exist negative values in the {column} vector."),
            Self::NotWhole => format!("There exist non-integer values in the {column} vector."),
            Self::NotWholePeriods => {
                format!("There exist non-integer values in the {column} vector.")
            }
            Self::TooManyPeriods | Self::TooManyPurchases => {
                format!("There exist too large values in the {column} vector.")
            }
            Self::MoreThanOneAPeriod => "There exist frequency values larger than recency.".into(),
            Self::NotPositive => {
                format!("There exist non-positive (<= 0) values in the {column} vector.")
            }
            Self::NegativeRecency => {
                "There exist negative recency (ex: last order set before first order)".into()
            }
            Self::RecencyBeyondAge => {
                "Some values in recency vector are larger than T vector.".into()
            }
            Self::RecencyWithoutFrequency => {
                "There exist non-zero recency values when frequency is zero.".into()
            }
            Self::SpendWithoutPurchases => {
                "There exist zero values in the frequency vector.".into()
            }
            Self::TooHeavy => format!("There exist too large values in the {column} vector."),
            Self::NoNumber => format!("The {column} of some customers is not a finite number."),
        }
    }

    /// The expected values, and the remedy.
    #[must_use]
    pub fn expected(self) -> &'static str {
        match self {
            Self::NotFinite => {
                "a finite number in every row: fill or drop the rows with missing values"
            }
            Self::Negative => "numbers of zero or more",
            Self::NotWhole => "whole numbers of purchases: round them, or count purchases instead",
            Self::NotWholePeriods => "whole numbers of periods",
            Self::TooManyPurchases => {
                "at most 2^53 purchases; unsigned integers become as large when 1 is subtracted from 0"
            }
            Self::TooManyPeriods => "at most 1,000,000 periods: count in longer ones",
            Self::MoreThanOneAPeriod => {
                "at most one purchase per period: frequency counts the periods with a purchase, recency \
                 is the last of them"
            }
            Self::NotPositive => {
                "amounts above zero: leave out customers without repeat purchases, and net refunds first"
            }
            Self::NegativeRecency => {
                "0 <= recency: check that first and last purchase are not swapped"
            }
            Self::RecencyBeyondAge => {
                "recency <= T, both counted from the first purchase in one unit of time"
            }
            Self::RecencyWithoutFrequency => {
                "recency 0 where frequency is 0: frequency counts repeat purchases only"
            }
            Self::SpendWithoutPurchases => {
                "a count of at least 1: an average spend needs at least one purchase"
            }
            Self::TooHeavy => "weights of at most 2^53 customers",
            Self::NoNumber => {
                "times, counts and parameters of ordinary size: the model's parameters are too extreme \
                 for these rows, or a horizon is too long"
            }
        }
    }
}

/// The first bad rows of a column.
#[derive(Debug, Clone, PartialEq)]
pub struct BadRows {
    /// The fault.
    pub fault: Fault,
    /// The column at fault.
    pub column: &'static str,
    /// Positions of the first bad rows, at most [`SHOWN`].
    pub rows: Vec<usize>,
    /// The values at those rows.
    pub values: Vec<f64>,
    /// The number of bad rows.
    pub count: usize,
}

impl fmt::Display for BadRows {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.count == 1 { "row" } else { "rows" };
        write!(out, "{}", self.fault.sentence(self.column))?;
        write!(out, " {} {plural} in all, first ", self.count)?;
        for (i, (row, value)) in self.rows.iter().zip(&self.values).enumerate() {
            let comma = if i == 0 { "" } else { ", " };
            write!(out, "{comma}row {row} ({} = {value})", self.column)?;
        }
        write!(out, ". Expected {}.", self.fault.expected())
    }
}

/// An error of the engine.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// A vector without a single row.
    #[error(
        "There exists a zero length vector in one of frequency, recency or T. \
         Expected at least one customer."
    )]
    Empty,
    /// Weights that are all zero.
    #[error(
        "All weights are zero, so there are no customers. Expected a weight above 0 in some row."
    )]
    Weightless,
    /// Customers none of whom was observed for any time.
    #[error(
        "{column} is 0 for every customer: no customer was observed for any time, and there is no rate to \
         estimate. Expected the time from each customer's first purchase to the end of the observation."
    )]
    NoTime {
        /// The column of that time.
        column: &'static str,
    },
    /// Customers none of whom came back.
    #[error(
        "frequency is 0 for every customer: no repeat purchase was observed, and a model of repeat purchases \
         has nothing to be estimated from. Expected some customers who bought again; check what the \
         column counts, or observe for longer. RFM needs no repeat purchases: tenure.rfm_table."
    )]
    NoPurchases,
    /// Vectors of different lengths.
    #[error(
        "{column} has {found} rows, but {expected} were expected: all vectors must be of one length."
    )]
    Length {
        /// The vector at fault.
        column: &'static str,
        /// Its length.
        found: usize,
        /// The length of the others.
        expected: usize,
    },
    /// Values that cannot be.
    #[error("{0}")]
    Rows(BadRows),
    /// An unknown name of a model.
    #[error("There is no model {name:?}. Known models: {known}.")]
    UnknownModel {
        /// The requested name.
        name: String,
        /// The names that exist.
        known: String,
    },
    /// A setting that this model does not have.
    #[error("{model} has no setting {name}: leave it out.")]
    UnknownSetting {
        /// The model.
        model: &'static str,
        /// The name of the setting.
        name: String,
    },
    /// A prediction that this model does not have.
    #[error("{model} has no such prediction: it models {describes}.")]
    WrongKind {
        /// The model.
        model: &'static str,
        /// The subject of the model.
        describes: &'static str,
    },
    /// A setting outside its range.
    #[error("{name} is {value}, but must be {expected}.")]
    Setting {
        /// The setting.
        name: &'static str,
        /// The value given.
        value: f64,
        /// The allowed values.
        expected: &'static str,
    },
    /// A vector of parameters of the wrong length.
    #[error("{model} has {expected} parameters, but {found} were given.")]
    ParameterCount {
        /// The model.
        model: &'static str,
        /// The number of parameters of the model.
        expected: usize,
        /// The number of parameters given.
        found: usize,
    },
    /// A parameter that is not a positive finite number.
    #[error("parameter {name} of {model} is {value}, but must be a positive finite number.")]
    Parameter {
        /// The model.
        model: &'static str,
        /// The parameter.
        name: &'static str,
        /// Its value.
        value: f64,
    },
    /// The objective could be evaluated at none of the starts.
    #[error(
        "The likelihood of {model} is not finite at any starting point; \
         the values of the data span too many orders of magnitude."
    )]
    NoStart {
        /// The model.
        model: &'static str,
    },
    /// The search was still under way when its evaluations were used up.
    #[error("the fit of {model} had not converged after {evaluations} evaluations")]
    Unfinished {
        /// The model.
        model: &'static str,
        /// Evaluations made.
        evaluations: usize,
    },
    /// A temporary file that cannot be written or read.
    #[error(
        "the temporary file in {directory} for rows that do not fit into memory failed: {reason}. \
         Set TMPDIR to a directory that can be written and has room for 16 bytes per row."
    )]
    File {
        /// Where it should have been.
        directory: String,
        /// The error of the operating system.
        reason: String,
    },
    /// The caller requested to stop.
    #[error("interrupted")]
    Interrupted,
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        let directory = std::env::temp_dir().display().to_string();
        Self::File { directory, reason: error.to_string() }
    }
}

/// Collects bad rows of one column while a pass over the data runs.
#[derive(Debug, Default)]
pub struct Faults {
    first: Option<BadRows>,
}

impl Faults {
    /// Note one bad row. The fault and column of the first call decide what is reported.
    pub fn note(&mut self, fault: Fault, column: &'static str, row: usize, value: f64) {
        let bad = self.first.get_or_insert_with(|| BadRows {
            fault,
            column,
            rows: Vec::new(),
            values: Vec::new(),
            count: 0,
        });
        if bad.fault == fault && bad.column == column {
            bad.count += 1;
            if bad.rows.len() < SHOWN {
                bad.rows.push(row);
                bad.values.push(value);
            }
        }
    }

    /// `Ok` if nothing was noted.
    ///
    /// # Errors
    /// [`Error::Rows`] with what was noted.
    pub fn into_result(self) -> Result<()> {
        self.first.map_or(Ok(()), |bad| Err(Error::Rows(bad)))
    }
}
