//! Rows sorted by bucket, chunk by chunk: the pass that turns random access into streams.

use std::ops::Range;

use bytemuck::Pod;

use super::{Amount, Arena, Record};
use crate::error::Result;
use crate::numerics::vectorized;
use crate::parallel::interrupt::{Interrupt, in_chunks};
use crate::summary::NO_DATE;
use crate::summary::calendar::Clock;
use crate::summary::row_counts::RowCounts;

/// A column of ids that are distributed over buckets.
pub trait BucketedIds: Sync {
    /// The part of an id that a row stores: its number within the bucket, or what distinguishes it from
    /// others.
    type Id: Pod + Default + Send + Sync;
    /// The number of buckets.
    fn buckets(&self) -> usize;
    /// A row's id and its bucket, `None` if it has no id.
    ///
    /// # Errors
    /// [`crate::error::Error::Setting`] if the id is invalid.
    fn place(&self, row: usize) -> Result<Option<(Self::Id, u16)>>;
}

/// Rows a chunk: its sorted copy stays within the second-level cache.
const ROWS_PER_CHUNK: usize = 1 << 15;
/// The bucket of rows that are left out.
const NO_BUCKET: u16 = u16::MAX;

/// The rows that belong to the observation, by their timestamps.
#[derive(Debug, Clone, Copy)]
pub struct TimeRange {
    /// The first timestamp that belongs to it.
    pub low: i64,
    /// The last one.
    pub high: i64,
    /// Whether rows after it are counted, not only passed over.
    pub counts_late: bool,
}

impl TimeRange {
    /// All rows up to a timestamp.
    pub fn until(high: i64) -> Self {
        Self { low: i64::MIN, high, counts_late: true }
    }
}

/// When and how much, row by row, and how it is read.
#[derive(Clone, Copy)]
pub struct Columns<'a> {
    /// Timestamps.
    pub times: &'a [i64],
    /// Amounts.
    pub amounts: Option<&'a [f64]>,
    /// The clock that turns timestamps into keys.
    pub clock: Clock,
    /// The number of bits of a key.
    pub bits: u32,
    /// The rows that count.
    pub span: TimeRange,
    /// The source of interrupts.
    pub interrupt: &'a dyn Interrupt,
}

/// All rows by bucket: each chunk's rows sorted by bucket, in their order within each.
#[derive(Debug)]
pub struct Partition<R> {
    records: Arena<R>,
    /// Where each bucket's records end, chunk by chunk.
    ends: Vec<Vec<u32>>,
    /// Rows that were left out.
    pub counts: RowCounts,
}

impl<R: bytemuck::Pod> Partition<R> {
    /// The records of a bucket, in the order of the table, chunk by chunk.
    pub fn bucket(&self, bucket: usize) -> impl Iterator<Item = &[R]> {
        self.records.chunks(ROWS_PER_CHUNK).zip(&self.ends).map(move |(records, ends)| {
            let start = if bucket == 0 { 0 } else { ends[bucket - 1] };
            &records[start as usize..ends[bucket] as usize]
        })
    }

    /// The number of records in a bucket.
    pub fn len(&self, bucket: usize) -> usize {
        self.bucket(bucket).map(<[R]>::len).sum()
    }

    /// The number of records.
    pub fn total(&self) -> usize {
        self.ends.iter().map(|ends| ends.last().map_or(0, |&end| end as usize)).sum()
    }
}

/// Sorts the rows of the observation by bucket.
///
/// # Errors
/// A fault of an id; [`crate::error::Error::File`] if there is no memory;
/// [`crate::error::Error::Interrupted`].
pub fn partition<N: BucketedIds, R: Record<N::Id>>(
    ids: &N,
    columns: &Columns<'_>,
) -> Result<Partition<R>> {
    let rows = columns.times.len();
    let mut records = Arena::<R>::new(rows)?;
    let chunks = records.chunks_mut(ROWS_PER_CHUNK).enumerate();
    let sorted = in_chunks(chunks, columns.interrupt, Vec::new, |placed, (chunk, records)| {
        let start = chunk * ROWS_PER_CHUNK;
        sort(ids, columns, start..start + records.len(), placed, records)
    })?;
    let mut counts = RowCounts::default();
    let mut ends = Vec::with_capacity(sorted.len());
    for sorted in sorted {
        let (chunk, met) = sorted?;
        counts.merge(&met);
        ends.push(chunk);
    }
    Ok(Partition { records, ends, counts })
}

fn sort<N: BucketedIds, R: Record<N::Id>>(
    ids: &N,
    columns: &Columns<'_>,
    rows: Range<usize>,
    placed: &mut Vec<(N::Id, u16)>,
    records: &mut [R],
) -> Result<(Vec<u32>, RowCounts)> {
    let Columns { times, amounts, clock, bits, span, .. } = *columns;
    let mut counts = RowCounts::default();
    if let Some(amounts) = amounts {
        counts.not_finite = vectorized(|| count_not_finite(&amounts[rows.clone()]));
    }
    let times = &times[rows.clone()];
    let mut ends = vec![0_u32; ids.buckets()];
    placed.clear();
    placed.resize(rows.len(), (N::Id::default(), NO_BUCKET));
    find(ids, times, rows.start, &span, placed, &mut ends, &mut counts)?;
    let mut start = 0;
    for end in &mut ends {
        start += std::mem::replace(end, start);
    }
    // Until here `ends` holds starts; each advances to its end as its rows are placed.
    for ((&(id, bucket), &time), row) in placed.iter().zip(times).zip(rows) {
        if bucket == NO_BUCKET {
            continue;
        }
        let at = &mut ends[bucket as usize];
        let amount = R::Amount::read(amounts, row);
        records[*at as usize] = R::new(id, clock.key(time), amount, bits);
        *at += 1;
    }
    Ok((ends, counts))
}

/// Finds the buckets of rows from `start` on, and counts how many rows each has.
fn find<N: BucketedIds>(
    ids: &N,
    times: &[i64],
    start: usize,
    span: &TimeRange,
    placed: &mut [(N::Id, u16)],
    sizes: &mut [u32],
    counts: &mut RowCounts,
) -> Result<()> {
    let inside = span.low.max(NO_DATE + 1)..=span.high;
    for ((place, time), row) in placed.iter_mut().zip(times).zip(start..) {
        if inside.contains(time) {
            match ids.place(row)? {
                Some((id, bucket)) => {
                    sizes[bucket as usize] += 1;
                    *place = (id, bucket);
                }
                None => counts.without_customer += 1,
            }
        } else if *time >= span.low && (span.counts_late || *time <= span.high) {
            match ids.place(row)? {
                None => counts.without_customer += 1,
                Some(_) if *time == NO_DATE => counts.without_date += 1,
                Some(_) => counts.after_end += 1,
            }
        }
    }
    Ok(())
}

/// The number of amounts that are missing or infinite.
#[inline(always)]
fn count_not_finite(amounts: &[f64]) -> usize {
    amounts.iter().filter(|amount| !amount.is_finite()).count()
}
