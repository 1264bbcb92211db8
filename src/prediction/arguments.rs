//! Arguments of predictions: parameters, histories and schedules.

use crate::data::columns::Column;

/// Parameters to predict at.
#[derive(Debug, Clone, Copy)]
pub enum Theta<'a> {
    /// The same ones for all customers.
    Same(&'a [f64]),
    /// Those of each customer, one set after another.
    Each(&'a [f64]),
}

/// Frequency, recency and T of customers, or the number of their periods in place of T.
pub type History<'a> = [Column<'a>; 3];

/// The customers that values are computed for.
#[derive(Clone, Copy)]
pub enum Rows<'a> {
    /// Customers with a history.
    Known(&'a History<'a>),
    /// So many values about new customers.
    New(usize),
}

/// Times in ascending order, each with its discount factor.
pub type Schedule = (Vec<f64>, Vec<f64>);
