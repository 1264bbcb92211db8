//! Ids that number the customers already: neighbours share a bucket.

use std::cmp::Ordering;

use super::{BucketedIds, Buckets, Ids, NumericIds, WriteId, row_number};
use crate::error::{Error, Result};
use crate::parallel::interrupt::in_chunks;
use crate::summary::NO_CUSTOMER;
use crate::summary::customer::BucketTask;
use crate::summary::partition::{Columns, partition};
use crate::summary::row::{Amount, PackedRow, Stamp};

/// Customers a bucket at least, as a power of two.
const MIN_CODES_PER_BUCKET_BITS: u32 = 8;
/// Buckets at most, as a power of two: as many streams as a core writes to without losing track.
const MAX_BUCKET_BITS: u32 = 9;

/// The methods of ids that are codes.
macro_rules! numbered_already {
    () => {
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
            self.buckets.task(self, columns, task)
        }
    };
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

    /// How many there are.
    pub fn buckets(&self) -> usize {
        self.n_customers.div_ceil(1 << self.shift)
    }

    /// The codes of a bucket: the first, and how many.
    pub fn codes(&self, bucket: usize) -> (usize, usize) {
        let first = bucket << self.shift;
        (first, (1 << self.shift).min(self.n_customers - first))
    }

    fn task<N: BucketedIds<Id = u32>, A: Amount, W: BucketTask<A>>(
        self,
        ids: &N,
        columns: &Columns<'_>,
        task: &W,
    ) -> Result<Buckets<u32, W::Output>> {
        match self.shift + columns.bits {
            0..32 => self.worked::<N, u32, A, W>(ids, columns, task),
            32..64 => self.worked::<N, u64, A, W>(ids, columns, task),
            _ => self.worked::<N, u128, A, W>(ids, columns, task),
        }
    }

    fn worked<N: BucketedIds<Id = u32>, S: Stamp, A: Amount, W: BucketTask<A>>(
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

/// CustomerCodes that number the customers already; [`NO_CUSTOMER`] marks a row without one.
#[derive(Debug)]
pub struct CustomerCodes<'a> {
    /// One a row.
    pub codes: &'a [u32],
    /// Their buckets.
    pub buckets: CodeBuckets,
}

impl BucketedIds for CustomerCodes<'_> {
    type Id = u32;
    fn buckets(&self) -> usize {
        self.buckets.buckets()
    }
    fn place(&self, row: usize) -> Result<Option<(u32, u16)>> {
        match self.codes[row] {
            NO_CUSTOMER => Ok(None),
            code => self.buckets.place(u64::from(code)),
        }
    }
}

impl Ids for CustomerCodes<'_> {
    numbered_already!();
}

/// NumericIds that lie so close together that each can be a customer.
#[derive(Debug)]
pub struct DenseIds<N> {
    /// One a row.
    pub numbers: N,
    /// Their buckets.
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
    numbered_already!();
}

impl<N: WriteId> WriteId for DenseIds<N> {
    fn write_id(&self, label: u64, text: &mut Vec<u8>) {
        self.numbers.write_id(label, text);
    }
}
