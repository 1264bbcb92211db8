//! Ids distributed over buckets by their hash, and numbered in each bucket.

use std::cmp::Ordering;
use std::hash::BuildHasher;

use bytemuck::Pod;
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry as Slot;

use super::{Buckets, Ids, NumericIds, WriteId, row_number};
use crate::error::Result;
use crate::numerics::bit_length;
use crate::parallel::interrupt::in_chunks;
use crate::summary::rows::{
    Amount, BucketTask, BucketedIds, Columns, PackedRow, Partition, Stamp, UnnumberedRow, partition,
};

/// Buckets at most, as a power of two: as many streams as a core writes to without losing track.
const MAX_BUCKET_BITS: u32 = 9;
/// Rows that a bucket should hold, as a power of two.
const ROWS_PER_BUCKET_BITS: u32 = 14;

/// Ids that are compared with each other.
pub trait Hashed: BucketedIds {
    /// The hash of an id.
    fn hash(&self, id: &Self::Id) -> u64;
    /// Whether two ids are the same.
    fn same(&self, a: &Self::Id, b: &Self::Id) -> bool;
    /// The order of two ids.
    fn order(&self, a: &Self::Id, b: &Self::Id) -> Ordering;
    /// The caller's label of an id: its number, or the number of a row that holds it.
    fn label(id: &Self::Id) -> u64;
}

/// Ids grouped by their hash, and numbered bucket by bucket.
#[derive(Debug)]
pub struct ByHash<H>(pub H);

impl<H: Hashed> BucketedIds for ByHash<H> {
    type Id = H::Id;
    fn buckets(&self) -> usize {
        self.0.buckets()
    }
    #[inline(always)]
    fn place(&self, row: usize) -> Result<Option<(H::Id, u16)>> {
        self.0.place(row)
    }
}

impl<H: Hashed> Ids for ByHash<H> {
    type CustomerKey = H::Id;
    fn order(&self, a: &H::Id, b: &H::Id) -> Ordering {
        self.0.order(a, b)
    }
    fn label(id: &H::Id) -> u64 {
        H::label(id)
    }
    fn by_bucket<A: Amount, W: BucketTask<A>>(
        &self,
        columns: &Columns<'_>,
        task: &W,
    ) -> Result<Buckets<H::Id, W::Output>> {
        if columns.bits <= u32::BITS {
            number_and_run::<H, u32, A, W>(&self.0, columns, task)
        } else {
            number_and_run::<H, u64, A, W>(&self.0, columns, task)
        }
    }
}

impl<H: WriteId> WriteId for ByHash<H> {
    fn write_id(&self, label: u64, text: &mut Vec<u8>) {
        self.0.write_id(label, text);
    }
}

/// The distribution of hashes over buckets.
#[derive(Debug)]
pub struct HashBuckets {
    bits: u32,
    /// The state of the hash function.
    pub state: RandomState,
}

impl HashBuckets {
    /// Buckets for so many rows.
    pub fn over(rows: usize) -> Self {
        let bits = (usize::BITS - rows.leading_zeros()).saturating_sub(ROWS_PER_BUCKET_BITS);
        Self { bits: bits.min(MAX_BUCKET_BITS), state: RandomState::default() }
    }

    /// The number of buckets.
    pub fn buckets(&self) -> usize {
        1 << self.bits
    }

    /// The bucket of a hash.
    #[allow(clippy::cast_possible_truncation)] // at most MAX_BUCKET_BITS bits
    pub fn of(&self, hash: u64) -> u16 {
        // Neither the lowest nor the highest bits: the table of a bucket goes by those.
        ((hash >> 32) & ((1 << self.bits) - 1)) as u16
    }
}

/// Numbers too sparse to be codes.
#[derive(Debug)]
pub struct SparseNumbers<N> {
    numbers: N,
    buckets_by_hash: HashBuckets,
}

impl<N: NumericIds> SparseNumbers<N> {
    /// Ids of so many rows.
    pub fn new(numbers: N, rows: usize) -> Self {
        Self { numbers, buckets_by_hash: HashBuckets::over(rows) }
    }
}

impl<N: NumericIds> BucketedIds for SparseNumbers<N> {
    type Id = u64;
    fn buckets(&self) -> usize {
        self.buckets_by_hash.buckets()
    }
    #[inline(always)]
    fn place(&self, row: usize) -> Result<Option<(u64, u16)>> {
        let number = self.numbers.number(row);
        Ok(number.map(|number| (number, self.buckets_by_hash.of(self.hash(&number)))))
    }
}

impl<N: NumericIds> Hashed for SparseNumbers<N> {
    fn hash(&self, number: &u64) -> u64 {
        self.buckets_by_hash.state.hash_one(number)
    }
    fn same(&self, a: &u64, b: &u64) -> bool {
        a == b
    }
    fn order(&self, a: &u64, b: &u64) -> Ordering {
        a.cmp(b)
    }
    fn label(number: &u64) -> u64 {
        *number
    }
}

impl<N: WriteId> WriteId for SparseNumbers<N> {
    fn write_id(&self, label: u64, text: &mut Vec<u8>) {
        self.numbers.write_id(label, text);
    }
}

/// Runs a task on every bucket; keys are stored as `K`.
///
/// # Errors
/// A fault of an id; [`crate::error::Error::Interrupted`].
pub fn number_and_run<N: Hashed, K: Stamp, A: Amount, W: BucketTask<A>>(
    ids: &N,
    columns: &Columns<'_>,
    task: &W,
) -> Result<Buckets<N::Id, W::Output>> {
    let rows = partition::<N, UnnumberedRow<N::Id, K, A>>(ids, columns)?;
    let most = (0..ids.buckets()).map(|bucket| rows.len(bucket)).max().unwrap_or(0);
    match bit_length(most as u64) + columns.bits {
        0..32 => run_numbered::<N, K, u32, A, W>(ids, &rows, columns, task),
        32..64 => run_numbered::<N, K, u64, A, W>(ids, &rows, columns, task),
        _ => run_numbered::<N, K, u128, A, W>(ids, &rows, columns, task),
    }
}

fn run_numbered<N: Hashed, K: Stamp, S: Stamp, A: Amount, W: BucketTask<A>>(
    ids: &N,
    rows: &Partition<UnnumberedRow<N::Id, K, A>>,
    columns: &Columns<'_>,
    task: &W,
) -> Result<Buckets<N::Id, W::Output>> {
    let done = |workspace: &mut (BucketNumbering<N::Id, S, A>, W::Workspace<S>), bucket| {
        let (numbering, workspace) = workspace;
        numbering.number(ids, rows.bucket(bucket), columns.bits);
        let (numbers, output) = task.bucket(&[&numbering.rows], numbering.firsts.len(), workspace);
        let keys = numbers.into_iter().map(|number| numbering.firsts[number as usize]);
        (keys.collect(), output)
    };
    let buckets = in_chunks(0..ids.buckets(), columns.interrupt, Default::default, done)?;
    Ok((buckets, rows.counts))
}

/// The customers of one bucket of hashed ids, numbered in order of first appearance; reused for every
/// bucket.
#[derive(Debug)]
struct BucketNumbering<I, S: Stamp, A: Amount> {
    table: HashTable<u32>,
    /// The first id of each customer.
    firsts: Vec<I>,
    /// The rows, by number.
    rows: Vec<PackedRow<S, A>>,
}

impl<I, S: Stamp, A: Amount> Default for BucketNumbering<I, S, A> {
    fn default() -> Self {
        Self { table: HashTable::new(), firsts: Vec::new(), rows: Vec::new() }
    }
}

impl<I: Pod, S: Stamp, A: Amount> BucketNumbering<I, S, A> {
    /// Numbers the customers of a bucket.
    fn number<'a, N: Hashed<Id = I>, K: Stamp>(
        &mut self,
        ids: &N,
        parts: impl Iterator<Item = &'a [UnnumberedRow<I, K, A>]>,
        bits: u32,
    ) where
        I: 'a,
        A: 'a,
    {
        let Self { table, firsts, rows } = self;
        table.clear();
        firsts.clear();
        rows.clear();
        for &UnnumberedRow { id, key, amount } in parts.flatten() {
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
            rows.push(PackedRow { stamp: S::new(number, key.whole(), bits), amount });
        }
    }
}
