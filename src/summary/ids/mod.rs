//! Customer ids: codes, whole numbers, text and UUIDs.
//!
//! Whole numbers that are close together serve as codes, and so does text that spells such numbers. All
//! other ids are distributed over buckets by their hash and numbered bucket by bucket, where the hash table
//! fits the cache. A hash only leads to an id; whether two ids are the same is decided by the ids
//! themselves.

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

/// For every bucket its customers and the output of the task, and counts of rows.
pub type Buckets<I, O> = (Vec<(Vec<I>, O)>, RowCounts);

/// A column of ids by which a task can run, customer by customer.
pub trait Ids: BucketedIds {
    /// The key of a customer.
    type CustomerKey: Copy + Default + Send + Sync;
    /// Which of two ids comes first.
    fn order(&self, a: &Self::CustomerKey, b: &Self::CustomerKey) -> Ordering;
    /// The caller's label of an id: its number, or the number of a row that contains it.
    fn label(id: &Self::CustomerKey) -> u64;
    /// Runs a task on every bucket.
    ///
    /// # Errors
    /// A fault of an id; [`crate::error::Error::Interrupted`].
    fn by_bucket<A: Amount, W: BucketTask<A>>(
        &self,
        columns: &Columns<'_>,
        task: &W,
    ) -> Result<Buckets<Self::CustomerKey, W::Output>>;
}

/// A column of whole numbers, or of ids that can be read as such.
pub trait NumericIds: Sync {
    /// A row's number, `None` if it has no id; ids are ordered by their numbers.
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

/// Whole numbers, counted from the smallest modulo 2⁶⁴.
#[derive(Debug, Clone, Copy)]
pub struct NumberOffsets<'a> {
    /// One per row.
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
