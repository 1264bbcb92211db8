//! Rows sorted by bucket, chunk by chunk: the pass that turns random access into streams.

use std::ops::Range;

use rayon::prelude::*;

use super::ids::Placed;
use super::{Calendar, Counts, NO_DATE};
use crate::error::Result;

/// Rows a chunk: its sorted copy stays within the second-level cache.
const CHUNK: usize = 1 << 16;
/// The bucket of rows that are left out.
const NOWHERE: u16 = u16::MAX;

/// A period key counted from the first one.
pub trait Key: Copy + Ord + Default + Send + Sync {
    /// From a count that is known to fit.
    fn new(offset: u64) -> Self;
    /// The key itself, `base` being the first one.
    fn counted_from(self, base: i64) -> i64;
    /// How far it is from an earlier key, or more than any table has rows.
    fn minus(self, earlier: Self) -> usize;
}

impl Key for u32 {
    #[allow(clippy::cast_possible_truncation)] // used only where all keys are below 2³²
    fn new(offset: u64) -> Self {
        offset as u32
    }
    fn counted_from(self, base: i64) -> i64 {
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
    fn counted_from(self, base: i64) -> i64 {
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
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Entry<I, K, A> {
    /// Whose it is.
    pub id: I,
    /// When.
    pub key: K,
    /// How much.
    pub amount: A,
}

/// Which rows belong to the observation, by their timestamps.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// The first timestamp that belongs to it.
    pub low: i64,
    /// The last one.
    pub high: i64,
    /// Whether rows after it are counted, not only passed over.
    pub counts_late: bool,
}

/// When and how much, row by row.
#[derive(Debug, Clone, Copy)]
pub struct Columns<'a> {
    /// Timestamps.
    pub times: &'a [i64],
    /// Amounts.
    pub amounts: Option<&'a [f64]>,
}

/// A chunk's rows sorted by bucket, in their order within each.
#[derive(Debug)]
pub struct Sorted<I, K, A> {
    /// The rows.
    pub entries: Vec<Entry<I, K, A>>,
    /// Where each bucket's rows end.
    pub ends: Vec<u32>,
}

impl<I, K, A> Sorted<I, K, A> {
    /// The rows of a bucket.
    pub fn bucket(&self, bucket: usize) -> &[Entry<I, K, A>] {
        let start = if bucket == 0 { 0 } else { self.ends[bucket - 1] };
        &self.entries[start as usize..self.ends[bucket] as usize]
    }
}

/// All rows by bucket.
pub struct Partition<I, K, A> {
    /// The chunks, in the order of the table.
    pub chunks: Vec<Sorted<I, K, A>>,
    /// Rows that were left out.
    pub counts: Counts,
}

impl<I, K, A> Partition<I, K, A> {
    /// The rows of a bucket, in the order of the table, chunk by chunk.
    pub fn rows(&self, bucket: usize) -> Vec<&[Entry<I, K, A>]> {
        self.chunks.iter().map(|chunk| chunk.bucket(bucket)).collect()
    }
}

/// Sorts the rows of the observation by bucket; `base` is the smallest key there can be.
///
/// # Errors
/// What `ids` finds wrong with an id.
pub fn partition<N: Placed, K: Key, A: Amount>(
    ids: &N,
    columns: &Columns<'_>,
    calendar: &Calendar,
    base: i64,
    span: &Span,
) -> Result<Partition<N::Id, K, A>> {
    let rows = columns.times.len();
    let chunks = (0..rows.div_ceil(CHUNK))
        .into_par_iter()
        .map(|chunk| {
            let rows = chunk * CHUNK..rows.min((chunk + 1) * CHUNK);
            sort(ids, columns, rows, calendar, base, span)
        })
        .collect::<Result<Vec<_>>>()?;
    let mut counts = Counts::default();
    let mut sorted = Vec::with_capacity(chunks.len());
    for (chunk, met) in chunks {
        counts.merge(&met);
        sorted.push(chunk);
    }
    Ok(Partition { chunks: sorted, counts })
}

type Chunk<I, K, A> = (Sorted<I, K, A>, Counts);

fn sort<N: Placed, K: Key, A: Amount>(
    ids: &N,
    columns: &Columns<'_>,
    rows: Range<usize>,
    calendar: &Calendar,
    base: i64,
    span: &Span,
) -> Result<Chunk<N::Id, K, A>> {
    let mut counts = Counts::default();
    let mut ends = vec![0_u32; ids.buckets()];
    let mut placed = Vec::with_capacity(rows.len());
    for row in rows.clone() {
        let time = columns.times[row];
        let mut place = (N::Id::default(), NOWHERE);
        if time >= span.low && (span.counts_late || time <= span.high) {
            match ids.place(row)? {
                None => counts.without_customer += 1,
                Some(_) if time == NO_DATE => counts.without_date += 1,
                Some(_) if time > span.high => counts.after_end += 1,
                Some((id, bucket)) => {
                    ends[bucket as usize] += 1;
                    place = (id, bucket);
                }
            }
        }
        placed.push(place);
    }
    let mut start = 0;
    for end in &mut ends {
        start += std::mem::replace(end, start);
    }
    // Until here `ends` holds starts; each moves to its end as its rows find their places.
    let mut entries = vec![Entry::default(); start as usize];
    for (row, (id, bucket)) in rows.zip(placed) {
        if bucket == NOWHERE {
            continue;
        }
        let at = &mut ends[bucket as usize];
        entries[*at as usize] = Entry {
            id,
            key: K::new(calendar.key(columns.times[row]).abs_diff(base)),
            amount: A::read(columns.amounts, row),
        };
        *at += 1;
    }
    Ok((Sorted { entries, ends }, counts))
}
