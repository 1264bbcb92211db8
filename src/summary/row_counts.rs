//! Counts of the rows that a pass over a table left out or changed.

/// Counts of rows, unless stated otherwise.
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
    /// Periods whose refunds exceeded everything that the customer had paid until then.
    pub unmatched: usize,
    /// Purchases (after collapsing) of zero money.
    pub zero: usize,
    /// Customers with rows in the observation but without a purchase, left out.
    pub without_purchase: usize,
    /// Rows without a date, with a customer or not.
    pub dateless: usize,
    /// Amounts that are missing or infinite, of rows inside or outside the observation.
    pub not_finite: usize,
}

impl RowCounts {
    /// Adds the counts of another part of the table.
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
