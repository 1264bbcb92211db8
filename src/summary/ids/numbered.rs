//! Ids that number the customers already: neighbours share a bucket.

use std::cmp::Ordering;

use super::{Buckets, Ids, Numbers, Placed, Spells, row_number};
use crate::error::{Error, Result};
use crate::pieces::in_pieces;
use crate::summary::NO_CUSTOMER;
use crate::summary::customer::Work;
use crate::summary::partition::{Columns, partition};
use crate::summary::row::{Amount, Row, Stamp};

/// Customers a bucket at least, as a power of two.
const SMALLEST_BUCKET: u32 = 8;
/// Buckets at most, as a power of two: as many streams as a core writes to without losing track.
const MOST_BUCKETS: u32 = 9;

/// The methods of ids that are codes.
macro_rules! numbered_already {
    () => {
        type Whose = u32;
        fn order(&self, a: &u32, b: &u32) -> Ordering {
            a.cmp(b)
        }
        fn label(code: &u32) -> u64 {
            u64::from(*code)
        }
        fn by_bucket<A: Amount, W: Work<A>>(
            &self,
            columns: &Columns<'_>,
            work: &W,
        ) -> Result<Buckets<u32, W::Output>> {
            self.buckets.work(self, columns, work)
        }
    };
}

/// Neighbouring codes share a bucket.
#[derive(Debug, Clone, Copy)]
pub struct Neighbours {
    n_customers: usize,
    shift: u32,
}

impl Neighbours {
    /// Buckets for codes below `n_customers`.
    pub fn new(n_customers: usize) -> Self {
        let bits = usize::BITS - n_customers.leading_zeros();
        Self { n_customers, shift: bits.saturating_sub(MOST_BUCKETS).max(SMALLEST_BUCKET) }
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

    fn work<N: Placed<Id = u32>, A: Amount, W: Work<A>>(
        self,
        ids: &N,
        columns: &Columns<'_>,
        work: &W,
    ) -> Result<Buckets<u32, W::Output>> {
        match self.shift + columns.bits {
            0..32 => self.worked::<N, u32, A, W>(ids, columns, work),
            32..64 => self.worked::<N, u64, A, W>(ids, columns, work),
            _ => self.worked::<N, u128, A, W>(ids, columns, work),
        }
    }

    fn worked<N: Placed<Id = u32>, S: Stamp, A: Amount, W: Work<A>>(
        self,
        ids: &N,
        columns: &Columns<'_>,
        work: &W,
    ) -> Result<Buckets<u32, W::Output>> {
        let rows = partition::<N, Row<S, A>>(ids, columns)?;
        let done = |room: &mut W::Room<S>, bucket| {
            let (first, n) = self.codes(bucket);
            let parts: Vec<_> = rows.bucket(bucket).collect();
            let (numbers, output) = work.bucket(&parts, n, room);
            let first = row_number(first);
            (numbers.into_iter().map(|number| first + number).collect(), output)
        };
        let buckets = in_pieces(0..self.buckets(), columns.stop, Default::default, done)?;
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

/// Codes that number the customers already; [`NO_CUSTOMER`] marks a row without one.
#[derive(Debug)]
pub struct Codes<'a> {
    /// One a row.
    pub codes: &'a [u32],
    /// Their buckets.
    pub buckets: Neighbours,
}

impl Placed for Codes<'_> {
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

impl Ids for Codes<'_> {
    numbered_already!();
}

/// Numbers that lie so close together that each can be a customer.
#[derive(Debug)]
pub struct Close<N> {
    /// One a row.
    pub numbers: N,
    /// Their buckets.
    pub buckets: Neighbours,
}

impl<N: Numbers> Placed for Close<N> {
    type Id = u32;
    fn buckets(&self) -> usize {
        self.buckets.buckets()
    }
    #[inline(always)]
    fn place(&self, row: usize) -> Result<Option<(u32, u16)>> {
        self.numbers.number(row).map_or(Ok(None), |number| self.buckets.place(number))
    }
}

impl<N: Numbers> Ids for Close<N> {
    numbered_already!();
}

impl<N: Spells> Spells for Close<N> {
    fn spell(&self, label: u64, text: &mut Vec<u8>) {
        self.numbers.spell(label, text);
    }
}
