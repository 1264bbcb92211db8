//! What is asked of a model, of all customers or of some.

use std::ops::Range;

use super::{History, Schedule, SpendFactor};
use crate::data::columns::Column;

/// What is asked of a model. A prediction reads the fields that it needs.
#[derive(Clone, Copy, Default)]
pub struct Query<'a> {
    /// Times, or numbers of periods: one for all or one per customer.
    pub t: &'a [f64],
    /// Numbers of purchases: one for all or one per customer.
    pub n: &'a [f64],
    /// Times over which purchases are discounted.
    pub schedule: Option<&'a Schedule>,
    /// The expected spend per purchase that multiplies expected purchases.
    pub spend: Option<SpendFactor<'a>>,
}

impl<'a> Query<'a> {
    /// A question about these times.
    #[must_use]
    pub fn at(t: &'a [f64]) -> Self {
        Self { t, ..Self::default() }
    }

    /// The number of values about new customers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.t.len().max(self.n.len())
    }

    /// Whether nothing is asked about new customers.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether there is one value for all or one for each of `len` customers throughout, so that both may
    /// be taken in parts.
    #[must_use]
    pub fn fits(&self, history: &History<'_>, len: usize) -> bool {
        let each = |found: usize| found == len;
        let fits = |values: &[f64]| values.len() <= 1 || each(values.len());
        let none = history.iter().all(Column::is_empty);
        (none || history.iter().all(|column| each(column.len())))
            && fits(self.t)
            && fits(self.n)
            && self.spend.is_none_or(|spend| spend.columns.iter().all(|column| each(column.len())))
    }

    /// The question and the history of some of `len` customers.
    #[must_use]
    pub fn part(
        &self,
        history: &History<'a>,
        rows: &Range<usize>,
        len: usize,
    ) -> (Self, History<'a>) {
        let part =
            |values: &'a [f64]| if values.len() == len { &values[rows.clone()] } else { values };
        let part_of =
            |column: Column<'a>| if column.len() == len { column.part(rows) } else { column };
        let spend =
            self.spend.map(|spend| SpendFactor { columns: spend.columns.map(part_of), ..spend });
        let query = Self { t: part(self.t), n: part(self.n), schedule: self.schedule, spend };
        (query, history.map(part_of))
    }
}
