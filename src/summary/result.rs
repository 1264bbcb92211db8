//! Results of a summary: its columns, its holdout, and counts of rows.

use super::ids::TextBuffer;

/// What was met on the way, in rows unless said otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RowCounts {
    /// Rows without a customer, left out.
    pub without_customer: usize,
    /// Rows without a date, left out.
    pub without_date: usize,
    /// Rows after the end of the observation, left out.
    pub after_end: usize,
    /// Purchases on a day (hour, … where the grain is finer) on which the customer already bought.
    pub same_key: usize,
    /// Days with a purchase that fell into a period in which the customer already bought.
    pub collapsed: usize,
    /// Rows with a negative amount.
    pub refunds: usize,
    /// Purchases (after collapsing) that refunds took back in full.
    pub cancelled: usize,
    /// Periods whose refunds exceeded all that the customer had paid until then.
    pub unmatched: usize,
    /// Purchases (after collapsing) of zero money.
    pub zero: usize,
    /// Customers with rows in the observation but without a purchase, left out.
    pub without_purchase: usize,
    /// Rows without a date, with a customer or not.
    pub dateless: usize,
    /// Amounts that are missing or infinite, of rows in the observation or not.
    pub not_finite: usize,
}

impl RowCounts {
    /// Adds what was met elsewhere.
    pub(super) fn merge(&mut self, other: &Self) {
        self.without_customer += other.without_customer;
        self.without_date += other.without_date;
        self.after_end += other.after_end;
        self.same_key += other.same_key;
        self.collapsed += other.collapsed;
        self.refunds += other.refunds;
        self.cancelled += other.cancelled;
        self.unmatched += other.unmatched;
        self.zero += other.zero;
        self.without_purchase += other.without_purchase;
        self.dateless += other.dateless;
        self.not_finite += other.not_finite;
    }
}

/// The customer summary: one entry a customer with a purchase, in ascending order of their ids.
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
    /// What was met on the way.
    pub counts: RowCounts,
}

/// What the customers of a summary bought after it ended.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Holdout {
    /// Number of purchases, one a customer of the summary.
    pub frequency: Vec<f64>,
    /// Their mean money, 0 without any.
    pub monetary_value: Option<Vec<f64>>,
    /// How many customers bought at all, those of the summary or not.
    pub customers: usize,
    /// Start of the period in which the holdout ends, in ticks.
    pub end: i64,
}
