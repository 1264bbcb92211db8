//! Tables of transactions, and the code path for each kind of customer ids.

use rayon::prelude::*;

use super::NO_DATE;
use super::calendar::{Clock, ObservationPeriod};
use super::ids::{
    ByHash, CodeBuckets, CustomerCodes, DenseIds, Ids, NumberOffsets, NumericText, SparseNumbers,
    Text, TextBuffer, TextIds, Uuids, WriteId, close_together,
};
use super::options::check_positive;
use super::rows::{Columns, TimeRange};
use crate::error::{Error, Result};
use crate::numerics::vectorized;
use crate::parallel::interrupt::Interrupt;

/// CustomerKey each row is.
#[derive(Debug, Clone, Copy)]
pub enum Customers<'a> {
    /// A code below `n_customers`, or [`super::NO_CUSTOMER`].
    Codes {
        /// One per row.
        codes: &'a [u32],
        /// The number of customers.
        n_customers: usize,
    },
    /// Whole numbers from `low` to `low + n_customers − 1`; their codes are the distances from `low`.
    Close {
        /// One per row.
        values: &'a [i64],
        /// The smallest.
        low: i64,
        /// The number of values from the smallest to the largest.
        n_customers: usize,
    },
    /// Any whole numbers. They are ordered by their distance from `low`, modulo 2⁶⁴.
    Sparse {
        /// One per row.
        values: &'a [i64],
        /// The smallest.
        low: i64,
    },
    /// Text, ordered by code point.
    Text(Text<'a>),
}

impl<'a> Customers<'a> {
    /// Whole numbers, close together or not; 64 bits without a sign where `unsigned`.
    #[must_use]
    pub fn whole(values: &'a [i64], unsigned: bool) -> Self {
        let mask = if unsigned { i64::MIN } else { 0 };
        let chunks = values.par_chunks(1 << 16).map(|chunk| {
            vectorized(|| {
                chunk.iter().fold((i64::MAX, i64::MIN), |(low, high), &value| {
                    (low.min(value ^ mask), high.max(value ^ mask))
                })
            })
        });
        let none = (i64::MAX, i64::MIN);
        let (low, high) = chunks.reduce(|| none, |a, b| (a.0.min(b.0), a.1.max(b.1)));
        let numbers = high.wrapping_sub(low).cast_unsigned().saturating_add(1);
        let low = low ^ mask;
        match close_together(numbers, values.len()) {
            Some(n_customers) if !values.is_empty() => Self::Close { values, low, n_customers },
            _ => Self::Sparse { values, low },
        }
    }

    /// The smallest whole number, from which customers are counted, where they are such.
    #[must_use]
    pub fn low(&self) -> Option<i64> {
        match self {
            Self::Close { low, .. } | Self::Sparse { low, .. } => Some(*low),
            Self::Codes { .. } | Self::Text(_) => None,
        }
    }

    fn rows(&self) -> usize {
        match self {
            Self::Codes { codes, .. } => codes.len(),
            Self::Close { values, .. } | Self::Sparse { values, .. } => values.len(),
            Self::Text(text) => text.rows(),
        }
    }
}

/// Transactions, one row each, in any order.
#[derive(Clone, Copy)]
pub struct Transactions<'a> {
    /// Each row's customer.
    pub customers: Customers<'a>,
    /// Each row's timestamp in ticks since 1970-01-01, or [`NO_DATE`].
    pub times: &'a [i64],
    /// Timestamps' ticks per second.
    pub ticks_per_second: i64,
    /// Each row's amount, finite.
    pub amounts: Option<&'a [f64]>,
    /// The source of interrupts.
    pub interrupt: &'a dyn Interrupt,
}

impl Transactions<'_> {
    /// The columns as rows are read from them.
    pub(super) fn columns(
        &self,
        clock: Clock,
        observation: &ObservationPeriod,
        span: TimeRange,
    ) -> Columns<'_> {
        let Self { times, amounts, interrupt, .. } = *self;
        Columns { times, amounts, clock, bits: observation.bits, span, interrupt }
    }

    /// Checks that the columns are of one length.
    ///
    /// # Errors
    /// [`Error::Length`] when they are not, [`Error::Setting`] when the clock is not positive.
    pub(super) fn check(&self) -> Result<()> {
        let expected = self.customers.rows();
        let amounts = self.amounts.map_or(expected, <[f64]>::len);
        for (column, found) in [("times", self.times.len()), ("amounts", amounts)] {
            if found != expected {
                return Err(Error::Length { column, found, expected });
            }
        }
        check_positive("ticks_per_second", self.ticks_per_second as f64)
    }
}

/// First and last timestamp, and how many rows have none.
pub fn extent(times: &[i64]) -> (Option<(i64, i64)>, usize) {
    let chunks = times.par_chunks(1 << 16);
    let ends = chunks.map(|chunk| {
        vectorized(|| {
            chunk.iter().fold((i64::MAX, NO_DATE, 0), |(low, high, missing), &time| {
                // One less than NO_DATE is more than all others.
                let before = low.min(time.wrapping_sub(1));
                (before, high.max(time), missing + usize::from(time == NO_DATE))
            })
        })
    });
    let (before, last, missing) =
        ends.reduce(|| (i64::MAX, NO_DATE, 0), |a, b| (a.0.min(b.0), a.1.max(b.1), a.2 + b.2));
    ((last != NO_DATE).then(|| (before + 1, last)), missing)
}

/// A task on a table, whatever its kind of ids.
pub trait IdTask {
    /// The output of the task.
    type Output;
    /// The labels of the customers in the output, and the place for their texts.
    fn customers(output: &mut Self::Output) -> Option<(&[u64], &mut Option<TextBuffer>)>;
    /// Runs the task.
    ///
    /// # Errors
    /// A fault of an id.
    fn run<N: Ids>(&self, ids: &N) -> Result<Self::Output>;
}

/// Runs a task with ids of their kind: text is tried as ever more general kinds until one fits.
///
/// # Errors
/// A fault of an id.
pub fn by_kind<J: IdTask>(transactions: &Transactions<'_>, task: &J) -> Result<J::Output> {
    let rows = transactions.times.len();
    match transactions.customers {
        Customers::Codes { codes, n_customers } => task.run(&DenseIds {
            numbers: CustomerCodes(codes),
            buckets: CodeBuckets::new(n_customers),
        }),
        Customers::Close { values, low, n_customers } => {
            let buckets = CodeBuckets::new(n_customers);
            task.run(&DenseIds { numbers: NumberOffsets { values, low }, buckets })
        }
        Customers::Sparse { values, low } => {
            task.run(&ByHash(SparseNumbers::new(NumberOffsets { values, low }, rows)))
        }
        Customers::Text(text) => {
            if let Some(from_sample) = NumericText::from_sample(text, text.check()?) {
                let found = with_numeric_text(task, &from_sample, rows)?;
                if !from_sample.misfit() {
                    return Ok(found);
                }
                if let Some(exact) = from_sample.checked_on_all_rows() {
                    return with_numeric_text(task, &exact, rows);
                }
            }
            if let Some(uuids) = Uuids::new(text).map(ByHash) {
                let found = with_texts(task, &uuids)?;
                if !uuids.0.misfit() {
                    return Ok(found);
                }
            }
            with_texts(task, &ByHash(TextIds::new(text)))
        }
    }
}

fn with_numeric_text<J: IdTask>(task: &J, ids: &NumericText<'_>, rows: usize) -> Result<J::Output> {
    match close_together(ids.size(), rows) {
        Some(n) => with_texts(task, &DenseIds { numbers: ids, buckets: CodeBuckets::new(n) }),
        None => with_texts(task, &ByHash(SparseNumbers::new(ids, rows))),
    }
}

fn with_texts<J: IdTask, N: Ids + WriteId>(task: &J, ids: &N) -> Result<J::Output> {
    let mut found = task.run(ids)?;
    if let Some((labels, texts)) = J::customers(&mut found) {
        *texts = Some(TextBuffer::of(ids, labels));
    }
    Ok(found)
}
