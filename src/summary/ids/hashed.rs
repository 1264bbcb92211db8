//! Ids that are spread over buckets by their hash and numbered there.

use std::cmp::Ordering;
use std::hash::BuildHasher;

use bytemuck::Pod;
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry as Slot;

use super::{Buckets, Ids, Numbers, Placed, Spells, row_number};
use crate::error::Result;
use crate::pieces::in_pieces;
use crate::summary::customer::Work;
use crate::summary::partition::{Columns, Partition, partition};
use crate::summary::row::{Amount, Entry, Row, Stamp, bits};

/// Buckets at most, as a power of two: as many streams as a core writes to without losing track.
const MOST_BUCKETS: u32 = 9;
/// Rows that a bucket should hold, as a power of two.
const BUCKET_ROWS: u32 = 14;

/// Ids that have to be told apart.
pub trait Hashed: Placed {
    /// The hash of an id.
    fn hash(&self, id: &Self::Id) -> u64;
    /// Whether two ids are the same.
    fn same(&self, a: &Self::Id, b: &Self::Id) -> bool;
}

/// The method of ids that are numbered bucket by bucket.
macro_rules! numbered_by_bucket {
    () => {
        type Whose = Self::Id;
        fn by_bucket<A: Amount, W: Work<A>>(
            &self,
            columns: &Columns<'_>,
            work: &W,
        ) -> Result<Buckets<Self::Id, W::Output>> {
            if columns.bits <= u32::BITS {
                number_and_work::<Self, u32, A, W>(self, columns, work)
            } else {
                number_and_work::<Self, u64, A, W>(self, columns, work)
            }
        }
    };
}
pub(super) use numbered_by_bucket;

/// How hashes are spread over buckets.
#[derive(Debug)]
pub struct Spread {
    bits: u32,
    /// What is hashed with.
    pub state: RandomState,
}

impl Spread {
    /// Buckets for so many rows.
    pub fn over(rows: usize) -> Self {
        let bits = (usize::BITS - rows.leading_zeros()).saturating_sub(BUCKET_ROWS);
        Self { bits: bits.min(MOST_BUCKETS), state: RandomState::default() }
    }

    /// How many there are.
    pub fn buckets(&self) -> usize {
        1 << self.bits
    }

    /// The bucket of a hash.
    #[allow(clippy::cast_possible_truncation)] // at most MOST_BUCKETS bits
    pub fn of(&self, hash: u64) -> u16 {
        // Neither the lowest nor the highest bits: the table of a bucket goes by those.
        ((hash >> 32) & ((1 << self.bits) - 1)) as u16
    }
}

/// Numbers that lie far apart.
#[derive(Debug)]
pub struct Sparse<N> {
    numbers: N,
    spread: Spread,
}

impl<N: Numbers> Sparse<N> {
    /// Ids of so many rows.
    pub fn new(numbers: N, rows: usize) -> Self {
        Self { numbers, spread: Spread::over(rows) }
    }
}

impl<N: Numbers> Placed for Sparse<N> {
    type Id = u64;
    fn buckets(&self) -> usize {
        self.spread.buckets()
    }
    #[inline(always)]
    fn place(&self, row: usize) -> Result<Option<(u64, u16)>> {
        let number = self.numbers.number(row);
        Ok(number.map(|number| (number, self.spread.of(self.hash(&number)))))
    }
}

impl<N: Numbers> Ids for Sparse<N> {
    fn order(&self, a: &u64, b: &u64) -> Ordering {
        a.cmp(b)
    }
    fn label(number: &u64) -> u64 {
        *number
    }
    numbered_by_bucket!();
}

impl<N: Numbers> Hashed for Sparse<N> {
    fn hash(&self, number: &u64) -> u64 {
        self.spread.state.hash_one(number)
    }
    fn same(&self, a: &u64, b: &u64) -> bool {
        a == b
    }
}

impl<N: Spells> Spells for Sparse<N> {
    fn spell(&self, label: u64, text: &mut Vec<u8>) {
        self.numbers.spell(label, text);
    }
}

/// Works on every bucket; keys travel as a `K`.
///
/// # Errors
/// What is wrong with an id; [`crate::error::Error::Interrupted`].
pub fn number_and_work<N: Hashed, K: Stamp, A: Amount, W: Work<A>>(
    ids: &N,
    columns: &Columns<'_>,
    work: &W,
) -> Result<Buckets<N::Id, W::Output>> {
    let rows = partition::<N, Entry<N::Id, K, A>>(ids, columns)?;
    let most = (0..ids.buckets()).map(|bucket| rows.len(bucket)).max().unwrap_or(0);
    match bits(most as u64) + columns.bits {
        0..32 => work_numbered::<N, K, u32, A, W>(ids, &rows, columns, work),
        32..64 => work_numbered::<N, K, u64, A, W>(ids, &rows, columns, work),
        _ => work_numbered::<N, K, u128, A, W>(ids, &rows, columns, work),
    }
}

fn work_numbered<N: Hashed, K: Stamp, S: Stamp, A: Amount, W: Work<A>>(
    ids: &N,
    rows: &Partition<Entry<N::Id, K, A>>,
    columns: &Columns<'_>,
    work: &W,
) -> Result<Buckets<N::Id, W::Output>> {
    let done = |room: &mut (Numbering<N::Id, S, A>, W::Room<S>), bucket| {
        let (numbering, room) = room;
        numbering.number(ids, rows.bucket(bucket), columns.bits);
        let (numbers, output) = work.bucket(&[&numbering.rows], numbering.firsts.len(), room);
        let whose = numbers.into_iter().map(|number| numbering.firsts[number as usize]);
        (whose.collect(), output)
    };
    let buckets = in_pieces(0..ids.buckets(), columns.stop, Default::default, done)?;
    Ok((buckets, rows.counts))
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
