//! Customers' ids: codes that number them already, or what stands in the column.
//!
//! Ids that are not codes are spread over buckets by their hash and numbered bucket by bucket in
//! [`Numbering`], where the table of those met fits the cache. A hash only leads to an id; whether
//! two are the same is decided by the ids themselves.

use std::cmp::Ordering;
use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry as Slot;

use bytemuck::{Pod, Zeroable};
use rayon::prelude::*;

use super::customer::{Ledger, Scratch, aggregate};
use super::partition::{Columns, Partition, partition};
use super::row::{Amount, Entry, Row, Stamp, bits};
use super::{Counts, Frame, NO_CUSTOMER, Rules};
use crate::error::{Error, Result};

/// Customers a bucket at least, as a power of two.
const SMALLEST_BUCKET: u32 = 8;
/// Buckets at most, as a power of two: as many streams as a core writes to without losing track.
const MOST_BUCKETS: u32 = 9;
/// Rows that a bucket of hashed ids should hold, as a power of two.
const BUCKET_ROWS: u32 = 14;

/// A column of ids that are spread over buckets.
pub trait Placed: Sync {
    /// What a row carries of its id: its number within the bucket, or what tells it from others.
    type Id: Pod + Default + Send + Sync;
    /// How many buckets the customers are spread over.
    fn buckets(&self) -> usize;
    /// A row's id and the bucket it belongs to, nothing where it has no id.
    ///
    /// # Errors
    /// [`Error::Setting`] when the id is none.
    fn place(&self, row: usize) -> Result<Option<(Self::Id, u16)>>;
}

/// Buckets' customers and, in the same order, their purchases; and what was met on the way.
pub type Ledgers<I> = (Vec<(Vec<I>, Ledger)>, Counts);

/// A column of ids that can be summarised.
pub trait Ids: Placed {
    /// What stands for a customer.
    type Whose: Copy + Send + Sync;
    /// Which of two ids comes first.
    fn order(&self, a: &Self::Whose, b: &Self::Whose) -> Ordering;
    /// What tells the caller whose id it is: its code, or a row that it stands in.
    fn label(id: &Self::Whose) -> u32;
    /// Summarises every bucket.
    ///
    /// # Errors
    /// What is wrong with an id.
    fn ledgers<A: Amount>(
        &self,
        columns: &Columns<'_>,
        rules: &Rules,
        frame: &Frame,
    ) -> Result<Ledgers<Self::Whose>>;
}

/// Ids that have to be told apart.
pub trait Hashed: Placed {
    /// The hash of an id.
    fn hash(&self, id: &Self::Id) -> u64;
    /// Whether two ids are the same.
    fn same(&self, a: &Self::Id, b: &Self::Id) -> bool;
}

/// The methods of ids that are codes.
macro_rules! numbered_already {
    () => {
        type Whose = u32;
        fn order(&self, a: &u32, b: &u32) -> Ordering {
            a.cmp(b)
        }
        fn label(code: &u32) -> u32 {
            *code
        }
        fn ledgers<A: Amount>(
            &self,
            columns: &Columns<'_>,
            rules: &Rules,
            frame: &Frame,
        ) -> Result<Ledgers<u32>> {
            self.buckets.ledgers::<Self, A>(self, columns, rules, frame)
        }
    };
}

/// The method of ids that are numbered bucket by bucket.
macro_rules! numbered_by_bucket {
    () => {
        type Whose = Self::Id;
        fn ledgers<A: Amount>(
            &self,
            columns: &Columns<'_>,
            rules: &Rules,
            frame: &Frame,
        ) -> Result<Ledgers<Self::Id>> {
            if frame.bits <= u32::BITS {
                number_and_aggregate::<Self, u32, A>(self, columns, rules, frame)
            } else {
                number_and_aggregate::<Self, u64, A>(self, columns, rules, frame)
            }
        }
    };
}

mod text;
pub use text::{Text, Uuids, Words};

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

    fn ledgers<N: Placed<Id = u32>, A: Amount>(
        self,
        ids: &N,
        columns: &Columns<'_>,
        rules: &Rules,
        frame: &Frame,
    ) -> Result<Ledgers<u32>> {
        match self.shift + frame.bits {
            0..32 => self.aggregated::<N, u32, A>(ids, columns, rules, frame),
            32..64 => self.aggregated::<N, u64, A>(ids, columns, rules, frame),
            _ => self.aggregated::<N, u128, A>(ids, columns, rules, frame),
        }
    }

    fn aggregated<N: Placed<Id = u32>, S: Stamp, A: Amount>(
        self,
        ids: &N,
        columns: &Columns<'_>,
        rules: &Rules,
        frame: &Frame,
    ) -> Result<Ledgers<u32>> {
        let rows = partition::<N, Row<S, A>>(ids, columns)?;
        let summarised = |scratch: &mut _, bucket| {
            let (first, n) = self.codes(bucket);
            let parts: Vec<_> = rows.bucket(bucket).collect();
            let mut ledger = aggregate(&parts, n, rules, frame, scratch);
            let numbers = std::mem::take(&mut ledger.customers);
            let first = row_number(first);
            (numbers.into_iter().map(|number| first + number).collect(), ledger)
        };
        let buckets = (0..self.buckets()).into_par_iter();
        let ledgers = buckets.map_init(Scratch::default, summarised).collect();
        Ok((ledgers, rows.counts))
    }

    #[allow(clippy::cast_possible_truncation)] // the code is below n_customers ≤ 2³²
    #[inline]
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

/// Whole numbers that lie close together: their distance from the smallest numbers them.
#[derive(Debug)]
pub struct Close<'a> {
    /// One a row.
    pub values: &'a [i64],
    /// The smallest.
    pub low: i64,
    /// Their buckets.
    pub buckets: Neighbours,
}

impl Placed for Close<'_> {
    type Id = u32;
    fn buckets(&self) -> usize {
        self.buckets.buckets()
    }
    fn place(&self, row: usize) -> Result<Option<(u32, u16)>> {
        self.buckets.place(self.values[row].wrapping_sub(self.low).cast_unsigned())
    }
}

impl Ids for Close<'_> {
    numbered_already!();
}

/// How hashes are spread over buckets.
#[derive(Debug)]
struct Spread {
    bits: u32,
    state: RandomState,
}

impl Spread {
    fn over(rows: usize) -> Self {
        let bits = (usize::BITS - rows.leading_zeros()).saturating_sub(BUCKET_ROWS);
        Self { bits: bits.min(MOST_BUCKETS), state: RandomState::default() }
    }

    fn buckets(&self) -> usize {
        1 << self.bits
    }

    #[allow(clippy::cast_possible_truncation)] // at most MOST_BUCKETS bits
    fn of(&self, hash: u64) -> u16 {
        // Neither the lowest nor the highest bits: the table of a bucket goes by those.
        ((hash >> 32) & ((1 << self.bits) - 1)) as u16
    }
}

#[allow(clippy::cast_possible_truncation)] // tables of 2³² rows and more are given codes
fn row_number(row: usize) -> u32 {
    row as u32
}

/// Whole numbers that lie far apart.
#[derive(Debug)]
pub struct Sparse<'a> {
    values: &'a [i64],
    low: i64,
    spread: Spread,
}

impl<'a> Sparse<'a> {
    /// Ids of which `low` is the smallest.
    pub fn new(values: &'a [i64], low: i64) -> Self {
        Self { values, low, spread: Spread::over(values.len()) }
    }
}

/// A whole number, counted from the smallest, and its row.
#[derive(Debug, Clone, Copy, Default, Pod, Zeroable)]
#[repr(C)]
pub struct Whole {
    words: [u32; 2],
    row: u32,
}

impl Whole {
    fn value(&self) -> u64 {
        u64::from(self.words[1]) << 32 | u64::from(self.words[0])
    }
}

impl Placed for Sparse<'_> {
    type Id = Whole;
    fn buckets(&self) -> usize {
        self.spread.buckets()
    }
    #[allow(clippy::cast_possible_truncation)] // the two halves
    fn place(&self, row: usize) -> Result<Option<(Whole, u16)>> {
        let value = self.values[row].wrapping_sub(self.low).cast_unsigned();
        let id = Whole { words: [value as u32, (value >> 32) as u32], row: row_number(row) };
        Ok(Some((id, self.spread.of(self.hash(&id)))))
    }
}

impl Ids for Sparse<'_> {
    fn order(&self, a: &Whole, b: &Whole) -> Ordering {
        a.value().cmp(&b.value())
    }
    fn label(id: &Whole) -> u32 {
        id.row
    }
    numbered_by_bucket!();
}

impl Hashed for Sparse<'_> {
    fn hash(&self, id: &Whole) -> u64 {
        self.spread.state.hash_one(id.value())
    }
    fn same(&self, a: &Whole, b: &Whole) -> bool {
        a.words == b.words
    }
}

fn number_and_aggregate<N: Hashed, K: Stamp, A: Amount>(
    ids: &N,
    columns: &Columns<'_>,
    rules: &Rules,
    frame: &Frame,
) -> Result<Ledgers<N::Id>> {
    let rows = partition::<N, Entry<N::Id, K, A>>(ids, columns)?;
    let most = (0..ids.buckets()).map(|bucket| rows.len(bucket)).max().unwrap_or(0);
    let ledgers = match bits(most as u64) + frame.bits {
        0..32 => aggregate_numbered::<N, K, u32, A>(ids, &rows, rules, frame),
        32..64 => aggregate_numbered::<N, K, u64, A>(ids, &rows, rules, frame),
        _ => aggregate_numbered::<N, K, u128, A>(ids, &rows, rules, frame),
    };
    Ok((ledgers, rows.counts))
}

fn aggregate_numbered<N: Hashed, K: Stamp, S: Stamp, A: Amount>(
    ids: &N,
    rows: &Partition<Entry<N::Id, K, A>>,
    rules: &Rules,
    frame: &Frame,
) -> Vec<(Vec<N::Id>, Ledger)> {
    let summarised = |room: &mut (Numbering<N::Id, S, A>, _), bucket| {
        let (numbering, scratch) = room;
        numbering.number(ids, rows.bucket(bucket), frame.bits);
        let n = numbering.firsts.len();
        let mut ledger = aggregate(&[&numbering.rows], n, rules, frame, scratch);
        let numbers = std::mem::take(&mut ledger.customers);
        let whose = numbers.into_iter().map(|number| numbering.firsts[number as usize]);
        (whose.collect(), ledger)
    };
    let room = || (Numbering::default(), Scratch::default());
    (0..ids.buckets()).into_par_iter().map_init(room, summarised).collect()
}

/// The customers of one bucket of hashed ids, numbered as they are met; room that is used again.
#[derive(Debug)]
struct Numbering<I, S: Stamp, A: Amount> {
    table: HashTable<u32>,
    /// The first id of each customer.
    firsts: Vec<I>,
    /// The rows, by number.
    rows: Vec<Row<S, A>>,
}

impl<I, S: Stamp, A: Amount> Default for Numbering<I, S, A> {
    fn default() -> Self {
        Self { table: HashTable::new(), firsts: Vec::new(), rows: Vec::new() }
    }
}

impl<I: Pod, S: Stamp, A: Amount> Numbering<I, S, A> {
    /// Numbers the customers of a bucket.
    fn number<'a, N: Hashed<Id = I>, K: Stamp>(
        &mut self,
        ids: &N,
        parts: impl Iterator<Item = &'a [Entry<I, K, A>]>,
        bits: u32,
    ) where
        I: 'a,
        A: 'a,
    {
        let Self { table, firsts, rows } = self;
        table.clear();
        firsts.clear();
        rows.clear();
        for &Entry { id, key, amount } in parts.flatten() {
            let slot = table.entry(
                ids.hash(&id),
                |&number| ids.same(&firsts[number as usize], &id),
                |&number| ids.hash(&firsts[number as usize]),
            );
            let number = match slot {
                Slot::Occupied(found) => *found.get(),
                Slot::Vacant(free) => {
                    let number = row_number(firsts.len());
                    free.insert(number);
                    firsts.push(id);
                    number
                }
            };
            rows.push(Row { stamp: S::new(number, key.whole(), bits), amount });
        }
    }
}
