//! Rows sorted by bucket, chunk by chunk: the pass that turns random access into streams.

use std::ops::Range;

use rayon::prelude::*;

use super::{Calendar, Counts, NO_CUSTOMER, NO_DATE, Transactions};
use crate::error::{Error, Result};

/// Rows a chunk: its sorted copy stays within the second-level cache.
const CHUNK: usize = 1 << 17;
/// Customers a bucket at least, as a power of two.
const SMALLEST_BUCKET: u32 = 8;
/// Buckets at most, as a power of two: as many streams as a core writes to without losing track.
const MOST_BUCKETS: u32 = 9;

/// A period key counted from the first one.
pub trait Key: Copy + Ord + Default + Send + Sync {
    /// From a count that is known to fit.
    fn new(offset: u64) -> Self;
    /// The key itself, `base` being the first one.
    fn from(self, base: i64) -> i64;
    /// How far it is from an earlier key, or more than any table has rows.
    fn minus(self, earlier: Self) -> usize;
}

impl Key for u32 {
    #[allow(clippy::cast_possible_truncation)] // used only where all keys are below 2³²
    fn new(offset: u64) -> Self {
        offset as u32
    }
    fn from(self, base: i64) -> i64 {
        base + i64::from(self)
    }
    fn minus(self, earlier: Self) -> usize {
        (self - earlier) as usize
    }
}

impl Key for u64 {
    fn new(offset: u64) -> Self {
        offset
    }
    fn from(self, base: i64) -> i64 {
        base.wrapping_add_unsigned(self)
    }
    fn minus(self, earlier: Self) -> usize {
        usize::try_from(self - earlier).unwrap_or(usize::MAX)
    }
}

/// A row's money, or nothing at all where no amounts are given.
pub trait Amount: Copy + Default + Send + Sync {
    /// The amount of a row.
    fn read(amounts: Option<&[f64]>, row: usize) -> Self;
    /// As a number; 0 where there is no money.
    fn value(self) -> f64;
}

impl Amount for () {
    fn read(_: Option<&[f64]>, _: usize) -> Self {}
    fn value(self) -> f64 {
        0.0
    }
}

impl Amount for f64 {
    fn read(amounts: Option<&[f64]>, row: usize) -> Self {
        amounts.map_or(0.0, |amounts| amounts[row])
    }
    fn value(self) -> f64 {
        self
    }
}

/// A row on its way to its customer.
#[derive(Debug, Clone, Copy, Default)]
pub struct Entry<K, A> {
    /// The customer's code.
    pub customer: u32,
    /// When.
    pub key: K,
    /// How much.
    pub amount: A,
}

/// A chunk's rows sorted by bucket, in their order within each.
struct Sorted<K, A> {
    entries: Vec<Entry<K, A>>,
    ranges: Vec<Range<usize>>,
    counts: Counts,
}

/// All rows by bucket.
pub struct Partition<K, A> {
    chunks: Vec<Sorted<K, A>>,
    shift: u32,
    n_customers: usize,
    /// Rows that were left out.
    pub counts: Counts,
}

impl<K: Key, A: Amount> Partition<K, A> {
    /// How many buckets there are.
    pub fn buckets(&self) -> usize {
        buckets(self.n_customers, self.shift)
    }

    /// The codes of a bucket's customers: the first, and how many.
    pub fn codes(&self, bucket: usize) -> (usize, usize) {
        let first = bucket << self.shift;
        (first, (1 << self.shift).min(self.n_customers - first))
    }

    /// The rows of a bucket, in the order of the table, chunk by chunk.
    pub fn rows(&self, bucket: usize) -> Vec<&[Entry<K, A>]> {
        let rows = |chunk: &'_ Sorted<K, A>| chunk.ranges[bucket].clone();
        self.chunks.iter().map(|chunk| &chunk.entries[rows(chunk)]).collect()
    }
}

fn buckets(n_customers: usize, shift: u32) -> usize {
    n_customers.div_ceil(1 << shift)
}

/// Sorts the rows of the observation by bucket.
///
/// # Errors
/// [`Error::Setting`] when a code is not below the number of customers.
pub fn partition<K: Key, A: Amount>(
    transactions: &Transactions<'_>,
    calendar: &Calendar,
    base: i64,
    last_key: i64,
) -> Result<Partition<K, A>> {
    let n_customers = transactions.n_customers;
    let bits = usize::BITS - n_customers.leading_zeros();
    let shift = bits.saturating_sub(MOST_BUCKETS).max(SMALLEST_BUCKET);
    let chunks = (0..transactions.customers.len().div_ceil(CHUNK))
        .into_par_iter()
        .map(|chunk| {
            let end = transactions.customers.len().min((chunk + 1) * CHUNK);
            let rows = chunk * CHUNK..end;
            let mut counts = Counts::default();
            let mut ranges = places(&transactions.customers[rows.clone()], n_customers, shift)?;
            let room = ranges.last().map_or(0, |range| range.end);
            let mut entries = vec![Entry::default(); room];
            // Rows that are left out leave the ends of the ranges where they are.
            for row in rows {
                let (customer, time) = (transactions.customers[row], transactions.times[row]);
                if customer == NO_CUSTOMER {
                    counts.without_customer += 1;
                    continue;
                }
                if time == NO_DATE {
                    counts.without_date += 1;
                    continue;
                }
                let key = calendar.key(time);
                if key > last_key {
                    counts.after_end += 1;
                    continue;
                }
                let range = &mut ranges[(customer >> shift) as usize];
                entries[range.end] = Entry {
                    customer,
                    key: K::new(key.abs_diff(base)),
                    amount: A::read(transactions.amounts, row),
                };
                range.end += 1;
            }
            Ok(Sorted { entries, ranges, counts })
        })
        .collect::<Result<Vec<_>>>()?;
    let mut counts = Counts::default();
    for chunk in &chunks {
        counts.merge(&chunk.counts);
    }
    Ok(Partition { chunks, shift, n_customers, counts })
}

/// Where each bucket's rows of a chunk start: ranges that are empty yet, and one more at the end.
fn places(customers: &[u32], n_customers: usize, shift: u32) -> Result<Vec<Range<usize>>> {
    let mut sizes = vec![0_usize; buckets(n_customers, shift)];
    for &customer in customers {
        if (customer as usize) < n_customers {
            sizes[(customer >> shift) as usize] += 1;
        } else if customer != NO_CUSTOMER {
            return Err(out_of_range(customer));
        }
    }
    let mut start = 0;
    let mut ranges = Vec::with_capacity(sizes.len() + 1);
    for size in sizes {
        ranges.push(start..start);
        start += size;
    }
    ranges.push(start..start);
    Ok(ranges)
}

fn out_of_range(customer: u32) -> Error {
    Error::Setting {
        name: "customer code",
        value: f64::from(customer),
        expected: "below the number of customers",
    }
}
