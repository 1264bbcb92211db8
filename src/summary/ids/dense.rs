//! Ids that number the customers: neighbouring codes share a bucket.

use std::cmp::Ordering;

use super::{Buckets, Ids, NumericIds, WriteId, row_number};
use crate::error::{Error, Result};
use crate::parallel::interrupt::in_chunks;
use crate::summary::NO_CUSTOMER;
use crate::summary::rows::{Amount, BucketTask, BucketedIds, Columns, PackedRow, Stamp, partition};

/// Ranges up to this many numbers always count as dense.
const SMALL_RANGE: usize = 1 << 16;
/// The smallest number of customers per bucket, as a power of two.
const MIN_CODES_PER_BUCKET_BITS: u32 = 8;
/// Buckets at most, as a power of two: as many streams as a core writes to without losing track.
const MAX_BUCKET_BITS: u32 = 9;

/// The number of customers if each of `numbers` numbers is one, or `None` if the numbers are too sparse for
/// that.
pub fn close_together(numbers: u64, rows: usize) -> Option<usize> {
    let max_codes = rows.saturating_mul(4).max(SMALL_RANGE).min(NO_CUSTOMER as usize - 1);
    usize::try_from(numbers).ok().filter(|&numbers| numbers <= max_codes)
}

/// Neighbouring codes share a bucket.
#[derive(Debug, Clone, Copy)]
pub struct CodeBuckets {
    n_customers: usize,
    shift: u32,
}

impl CodeBuckets {
    /// Buckets for codes below `n_customers`.
    pub fn new(n_customers: usize) -> Self {
        let bits = usize::BITS - n_customers.leading_zeros();
        Self {
            n_customers,
            shift: bits.saturating_sub(MAX_BUCKET_BITS).max(MIN_CODES_PER_BUCKET_BITS),
        }
    }

    /// The number of buckets.
    pub fn buckets(&self) -> usize {
        self.n_customers.div_ceil(1 << self.shift)
    }

    /// The codes of a bucket: the first, and how many.
    pub fn codes(&self, bucket: usize) -> (usize, usize) {
        let first = bucket << self.shift;
        (first, (1 << self.shift).min(self.n_customers - first))
    }

    fn run<N: BucketedIds<Id = u32>, A: Amount, W: BucketTask<A>>(
        self,
        ids: &N,
        columns: &Columns<'_>,
        task: &W,
    ) -> Result<Buckets<u32, W::Output>> {
        match self.shift + columns.bits {
            0..32 => self.run_with_stamps::<N, u32, A, W>(ids, columns, task),
            32..64 => self.run_with_stamps::<N, u64, A, W>(ids, columns, task),
            _ => self.run_with_stamps::<N, u128, A, W>(ids, columns, task),
        }
    }

    fn run_with_stamps<N: BucketedIds<Id = u32>, S: Stamp, A: Amount, W: BucketTask<A>>(
        self,
        ids: &N,
        columns: &Columns<'_>,
        task: &W,
    ) -> Result<Buckets<u32, W::Output>> {
        let rows = partition::<N, PackedRow<S, A>>(ids, columns)?;
        let done = |workspace: &mut W::Workspace<S>, bucket| {
            let (first, n) = self.codes(bucket);
            let parts: Vec<_> = rows.bucket(bucket).collect();
            let (numbers, output) = task.bucket(&parts, n, workspace);
            let first = row_number(first);
            (numbers.into_iter().map(|number| first + number).collect(), output)
        };
        let buckets = in_chunks(0..self.buckets(), columns.interrupt, Default::default, done)?;
        Ok((buckets, rows.counts))
    }

    #[allow(clippy::cast_possible_truncation)] // the code is below n_customers ≤ 2³²
    #[inline(always)]
    fn place(&self, code: u64) -> Result<Option<(u32, u16)>> {
        if code < self.n_customers as u64 {
            let number = code as u32 & ((1 << self.shift) - 1);
            return Ok(Some((number, (code >> self.shift) as u16)));
        }
        Err(Error::Setting {
            name: "customer code",
            value: code as f64,
            expected: "below the number of customers",
        })
    }
}

/// Codes that number the customers; [`NO_CUSTOMER`] marks a row without one.
#[derive(Debug, Clone, Copy)]
pub struct CustomerCodes<'a>(pub &'a [u32]);

impl NumericIds for CustomerCodes<'_> {
    #[inline(always)]
    fn number(&self, row: usize) -> Option<u64> {
        match self.0[row] {
            NO_CUSTOMER => None,
            code => Some(u64::from(code)),
        }
    }
}

/// Numbers so close together that each can be the code of a customer.
#[derive(Debug)]
pub struct DenseIds<N> {
    /// One number per row.
    pub numbers: N,
    /// The buckets of the codes.
    pub buckets: CodeBuckets,
}

impl<N: NumericIds> BucketedIds for DenseIds<N> {
    type Id = u32;
    fn buckets(&self) -> usize {
        self.buckets.buckets()
    }
    #[inline(always)]
    fn place(&self, row: usize) -> Result<Option<(u32, u16)>> {
        self.numbers.number(row).map_or(Ok(None), |number| self.buckets.place(number))
    }
}

impl<N: NumericIds> Ids for DenseIds<N> {
    type CustomerKey = u32;
    fn order(&self, a: &u32, b: &u32) -> Ordering {
        a.cmp(b)
    }
    fn label(code: &u32) -> u64 {
        u64::from(*code)
    }
    fn by_bucket<A: Amount, W: BucketTask<A>>(
        &self,
        columns: &Columns<'_>,
        task: &W,
    ) -> Result<Buckets<u32, W::Output>> {
        self.buckets.run(self, columns, task)
    }
}

impl<N: WriteId> WriteId for DenseIds<N> {
    fn write_id(&self, label: u64, text: &mut Vec<u8>) {
        self.numbers.write_id(label, text);
    }
}
