//! Customers' ids: codes that number them already, or what stands in the column.
//!
//! Whole numbers that lie close together number the customers, too, and so does text that spells
//! such numbers. All other ids are buckets_by_hash over buckets by their hash and numbered bucket by bucket,
//! where the table of those met fits the cache. A hash only leads to an id; whether two are the same
//! is decided by the ids themselves.

use std::cmp::Ordering;

use super::row_counts::RowCounts;
use super::rows::{Amount, BucketTask, BucketedIds, Columns};
use crate::error::Result;

mod dense;
mod dictionary;
mod hashed;
mod numeric_text;
mod text;

pub use dense::{CodeBuckets, CustomerCodes, DenseIds, close_together};
pub use dictionary::{NumberDictionary, TextDictionary};
pub use hashed::{ByHash, SparseNumbers};
pub use numeric_text::NumericText;
pub use text::{Text, TextBuffer, TextIds, Uuids};

/// Of every bucket the customers it tells of and what comes of it; and what was met on the way.
pub type Buckets<I, O> = (Vec<(Vec<I>, O)>, RowCounts);

/// A column of ids whose rows can be worked on, customer by customer.
pub trait Ids: BucketedIds {
    /// What stands for a customer.
    type CustomerKey: Copy + Default + Send + Sync;
    /// Which of two ids comes first.
    fn order(&self, a: &Self::CustomerKey, b: &Self::CustomerKey) -> Ordering;
    /// What tells the caller whose id it is: its number, or a row that it stands in.
    fn label(id: &Self::CustomerKey) -> u64;
    /// Works on every bucket.
    ///
    /// # Errors
    /// What is wrong with an id; [`crate::error::Error::Interrupted`].
    fn by_bucket<A: Amount, W: BucketTask<A>>(
        &self,
        columns: &Columns<'_>,
        task: &W,
    ) -> Result<Buckets<Self::CustomerKey, W::Output>>;
}

/// A column of whole numbers, or of what can be read as such.
pub trait NumericIds: Sync {
    /// A row's number, nothing where it has no id; ids are ordered by their numbers.
    fn number(&self, row: usize) -> Option<u64>;
}

impl<N: NumericIds> NumericIds for &N {
    #[inline(always)]
    fn number(&self, row: usize) -> Option<u64> {
        (**self).number(row)
    }
}

impl<N: WriteId> WriteId for &N {
    fn write_id(&self, label: u64, text: &mut Vec<u8>) {
        (**self).write_id(label, text);
    }
}

/// A column of ids that are text.
pub trait WriteId {
    /// Writes the id with a label.
    fn write_id(&self, label: u64, text: &mut Vec<u8>);
}

/// Whole numbers as they stand, counted from the smallest modulo 2⁶⁴.
#[derive(Debug, Clone, Copy)]
pub struct NumberOffsets<'a> {
    /// One a row.
    pub values: &'a [i64],
    /// The smallest.
    pub low: i64,
}

impl NumericIds for NumberOffsets<'_> {
    #[inline(always)]
    fn number(&self, row: usize) -> Option<u64> {
        Some(self.values[row].wrapping_sub(self.low).cast_unsigned())
    }
}

#[allow(clippy::cast_possible_truncation)] // tables of 2³² rows and more are given codes
fn row_number(row: usize) -> u32 {
    row as u32
}
