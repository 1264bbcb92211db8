//! Results of a summary, and of its holdout.

use super::ids::TextBuffer;
use super::row_counts::RowCounts;

/// The customer summary: one entry per customer with a purchase, in ascending order of ids.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Summary {
    /// The customers: their codes, or their numbers' distances from the smallest. Of text they are
    /// of no use.
    pub customers: Vec<u64>,
    /// Their ids, where those are text.
    pub texts: Option<TextBuffer>,
    /// Number of repeat purchases (all purchases when the first is included).
    pub frequency: Vec<f64>,
    /// Time from the first to the last purchase.
    pub recency: Vec<f64>,
    /// Time from the first purchase to the end of the observation.
    pub age: Vec<f64>,
    /// Mean money of the purchases that frequency counts, 0 where it counts none.
    pub monetary_value: Option<Vec<f64>>,
    /// Start of the period in which the observation ends, in ticks.
    pub end: i64,
    /// Counts of rows that were left out or changed.
    pub counts: RowCounts,
}

/// The purchases of the customers of a summary after its end.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Holdout {
    /// Number of purchases, one entry per customer of the summary.
    pub frequency: Vec<f64>,
    /// Their mean money, 0 without any.
    pub monetary_value: Option<Vec<f64>>,
    /// The number of customers who bought at all, in the summary or not.
    pub customers: usize,
    /// Start of the period in which the holdout ends, in ticks.
    pub end: i64,
}
