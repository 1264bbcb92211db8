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

use rayon::prelude::*;

use super::NO_CUSTOMER;
use super::customer::Work;
use super::partition::{Amount, Entry, Key, Partition};
use crate::error::{Error, Result};

/// Customers a bucket at least, as a power of two.
const SMALLEST_BUCKET: u32 = 8;
/// Buckets at most, as a power of two: as many streams as a core writes to without losing track.
const MOST_BUCKETS: u32 = 9;
/// Rows that a bucket of hashed ids should hold, as a power of two.
const BUCKET_ROWS: u32 = 14;

/// A column of ids that are spread over buckets.
pub trait Placed: Sync {
    /// What a row carries of its id.
    type Id: Copy + Default + Send + Sync;
    /// How many buckets the customers are spread over.
    fn buckets(&self) -> usize;
    /// A row's id and the bucket it belongs to, nothing where it has no id.
    ///
    /// # Errors
    /// [`Error::Setting`] when the id is none.
    fn place(&self, row: usize) -> Result<Option<(Self::Id, u16)>>;
}

/// A column of ids that can be summarised.
pub trait Ids: Placed {
    /// Which of two ids comes first.
    fn order(&self, a: &Self::Id, b: &Self::Id) -> Ordering;
    /// What tells the caller whose id it is: its code, or a row that it stands in.
    fn label(id: &Self::Id) -> u32;
    /// Works on every bucket: the ids of the customers it tells of, and what comes of it.
    fn by_bucket<K: Key, A: Amount, W: Work<K, A>>(
        &self,
        parts: &Partition<Self::Id, K, A>,
        work: &W,
    ) -> Vec<(Vec<Self::Id>, W::Output)>;
}

/// Ids that have to be told apart.
pub trait Hashed: Ids {
    /// The hash of an id.
    fn hash(&self, id: &Self::Id) -> u64;
    /// Whether two ids are the same.
    fn same(&self, a: &Self::Id, b: &Self::Id) -> bool;
}

/// The methods of ids that are codes.
macro_rules! numbered_already {
    () => {
        fn order(&self, a: &u32, b: &u32) -> Ordering {
            a.cmp(b)
        }
        fn label(code: &u32) -> u32 {
            *code
        }
        fn by_bucket<K: Key, A: Amount, W: Work<K, A>>(
            &self,
            parts: &Partition<u32, K, A>,
            work: &W,
        ) -> Vec<(Vec<u32>, W::Output)> {
            self.buckets.work(parts, work)
        }
    };
}

/// The method of ids that are numbered bucket by bucket.
macro_rules! numbered_by_bucket {
    () => {
        fn by_bucket<K: Key, A: Amount, W: Work<K, A>>(
            &self,
            parts: &Partition<Self::Id, K, A>,
            work: &W,
        ) -> Vec<(Vec<Self::Id>, W::Output)> {
            number_and_work(self, parts, work)
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

    fn work<K: Key, A: Amount, W: Work<K, A>>(
        self,
        parts: &Partition<u32, K, A>,
        work: &W,
    ) -> Vec<(Vec<u32>, W::Output)> {
        let done = |room: &mut W::Room, bucket| {
            let (first, n) = self.codes(bucket);
            let local = |code| code as usize - first;
            let (numbers, output) = work.bucket(&parts.rows(bucket), n, local, room);
            let first = row_number(first);
            (numbers.into_iter().map(|number| first + number).collect(), output)
        };
        (0..self.buckets()).into_par_iter().map_init(Default::default, done).collect()
    }

    #[allow(clippy::cast_possible_truncation)] // the code is below n_customers ≤ 2³²
    fn place(&self, code: u64) -> Result<Option<(u32, u16)>> {
        if code < self.n_customers as u64 {
            return Ok(Some((code as u32, (code >> self.shift) as u16)));
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
#[derive(Debug, Clone, Copy, Default)]
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

fn number_and_work<N: Hashed, K: Key, A: Amount, W: Work<K, A>>(
    ids: &N,
    parts: &Partition<N::Id, K, A>,
    work: &W,
) -> Vec<(Vec<N::Id>, W::Output)> {
    let done = |room: &mut (Numbering<N::Id, K, A>, W::Room), bucket| {
        let (numbering, room) = room;
        numbering.number(ids, &parts.rows(bucket));
        let n = numbering.firsts.len();
        let (numbers, output) = work.bucket(&[&numbering.rows], n, |number| number as usize, room);
        let whose = numbers.into_iter().map(|number| numbering.firsts[number as usize]);
        (whose.collect(), output)
    };
    (0..ids.buckets()).into_par_iter().map_init(Default::default, done).collect()
}

/// The customers of one bucket of hashed ids, numbered as they are met; room that is used again.
#[derive(Debug)]
struct Numbering<I, K, A> {
    table: HashTable<u32>,
    /// The first id of each customer.
    firsts: Vec<I>,
    /// The rows, by number.
    rows: Vec<Entry<u32, K, A>>,
}

impl<I, K, A> Default for Numbering<I, K, A> {
    fn default() -> Self {
        Self { table: HashTable::new(), firsts: Vec::new(), rows: Vec::new() }
    }
}

impl<I: Copy, K: Key, A: Amount> Numbering<I, K, A> {
    /// Numbers the customers of a bucket.
    fn number<N: Hashed<Id = I>>(&mut self, ids: &N, parts: &[&[Entry<I, K, A>]]) {
        let Self { table, firsts, rows } = self;
        table.clear();
        firsts.clear();
        rows.clear();
        for &Entry { id, key, amount } in parts.iter().copied().flatten() {
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
            rows.push(Entry { id: number, key, amount });
        }
    }
}
