//! Out-of-core summaries of tables that arrive in chunks: rows beyond a memory limit go to a temporary
//! file, by bucket.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, PoisonError};

use bytemuck::Zeroable;

use super::calendar::{Calendar, Grain, ObservationPeriod};
use super::customer_totals::{BucketSummary, Summarizing};
use super::options::SummaryOptions;
use super::result::Summary;
use super::row_counts::RowCounts;
use super::rows::{
    BucketTask, BucketWorkspace, BucketedIds, Columns, PackedRow, Partition, TimeRange, partition,
};
use super::summarize::MergedBuckets;
use super::{NO_CUSTOMER, NO_DATE};
use crate::error::{Error, Result};
use crate::parallel::interrupt::{Interrupt, check_interrupt, in_chunks};

/// The number of buckets of customers, as a power of two; codes are assigned to them in turn.
const BUCKET_BITS: u32 = 9;
/// Keys are counted from here, so that days and hours of any calendar fit 32 bits.
const BASE_KEY: i64 = -(1 << 31);

/// Bits of the keys: 32, and one so that the end of the last period is one, too.
const KEY_BITS: u32 = 33;

type StreamRow = PackedRow<u64, f64>;

/// Transactions read chunk by chunk and summarised at the end.
///
/// Memory holds the rows up to a given limit; beyond it they are in a temporary file that has no name. The
/// summary equals that of the whole table, bit by bit.
#[derive(Debug)]
pub struct Stream {
    options: SummaryOptions,
    end: Option<i64>,
    money: bool,
    memory_rows: usize,
    held: usize,
    chunks: Vec<Partition<StreamRow>>,
    spill: Option<Spill>,
    n_customers: usize,
    keys: Option<(i64, i64)>,
    counts: RowCounts,
}

/// Codes assigned to buckets in turn, so that new customers are spread over all of them.
struct DealtCodes<'a>(&'a [u32]);

impl BucketedIds for DealtCodes<'_> {
    type Id = u32;
    fn buckets(&self) -> usize {
        1 << BUCKET_BITS
    }
    #[allow(clippy::cast_possible_truncation)] // BUCKET_BITS bits
    fn place(&self, row: usize) -> Result<Option<(u32, u16)>> {
        let code = self.0[row];
        let bucket = (code & ((1 << BUCKET_BITS) - 1)) as u16;
        Ok((code != NO_CUSTOMER).then_some((code >> BUCKET_BITS, bucket)))
    }
}

impl Stream {
    /// A stream that holds up to `memory_rows` rows in memory.
    ///
    /// The observation ends with the second `end`, or with the last row. Without `money` all
    /// amounts are 0.
    ///
    /// # Errors
    /// [`Error::Setting`] when the unit is not positive or the grain is finer than an hour.
    pub fn new(
        options: SummaryOptions,
        end: Option<i64>,
        money: bool,
        memory_rows: usize,
    ) -> Result<Self> {
        options.check(1)?;
        if matches!(options.collapse, Grain::Instant | Grain::Second) {
            return Err(Error::Setting {
                name: "collapse (in seconds)",
                value: 1.0,
                expected: "an hour or more if a table is read in chunks",
            });
        }
        Ok(Self {
            options,
            end,
            money,
            memory_rows,
            held: 0,
            chunks: Vec::new(),
            spill: None,
            n_customers: 0,
            keys: None,
            counts: RowCounts::default(),
        })
    }

    /// Reads a chunk: codes by customer ([`NO_CUSTOMER`] if there is none), timestamps at
    /// `ticks_per_second`, amounts.
    ///
    /// # Errors
    /// [`Error::Length`] if columns differ in length, [`Error::Setting`] if a date is out of range or the
    /// clock is not positive, [`Error::File`] if the temporary file cannot be written,
    /// [`Error::Interrupted`]. After an error the stream is as it was before the chunk.
    pub fn push(
        &mut self,
        codes: &[u32],
        times: &[i64],
        ticks_per_second: i64,
        amounts: Option<&[f64]>,
        interrupt: &dyn Interrupt,
    ) -> Result<()> {
        self.options.check(ticks_per_second)?;
        let lengths =
            [("times", times.len()), ("amounts", amounts.map_or(times.len(), <[_]>::len))];
        for (column, found) in lengths {
            if found != codes.len() {
                return Err(Error::Length { column, found, expected: codes.len() });
            }
        }
        let calendar = Calendar::new(self.options.collapse, ticks_per_second);
        let extent = super::table::extent(times).0;
        let mut keys = self.keys;
        if let Some((first, last)) = extent {
            for time in [first, last] {
                let key = calendar.key(time);
                if u32::try_from(key.wrapping_sub(BASE_KEY)).is_err() {
                    return Err(Error::Setting {
                        name: "date, in hours or days from 1970,",
                        value: key as f64,
                        expected: "between -2,147,483,648 and 2,147,483,647",
                    });
                }
            }
            let (first, last) = (calendar.key(first), calendar.key(last));
            let (low, high) = self.keys.unwrap_or((first, last));
            keys = Some((low.min(first), high.max(last)));
        }
        let high = match self.end {
            Some(end) => calendar.last_tick(self.last_key_of(end)),
            None => i64::MAX,
        };
        let span = TimeRange { low: NO_DATE, high, counts_late: true };
        let (first, last) = extent.unwrap_or((0, 0));
        let clock = calendar.clock(first, last, BASE_KEY);
        let columns = Columns { times, amounts, clock, bits: KEY_BITS, span, interrupt };
        let chunk = partition(&DealtCodes(codes), &columns)?;
        let counts = chunk.counts;
        self.keep(chunk, interrupt)?;
        self.keys = keys;
        self.counts.merge(&counts);
        let known = codes.iter().filter(|&&code| code != NO_CUSTOMER);
        let n_customers = known.max().map_or(0, |&code| code as usize + 1);
        self.n_customers = self.n_customers.max(n_customers);
        Ok(())
    }

    fn last_key_of(&self, end: i64) -> i64 {
        let calendar = Calendar::new(self.options.collapse, 1);
        let key = calendar.key(end);
        if self.options.whole_period { calendar.last_key(calendar.period(key)) } else { key }
    }

    /// Stores a chunk, in memory or with all others in the file.
    fn keep(&mut self, chunk: Partition<StreamRow>, interrupt: &dyn Interrupt) -> Result<()> {
        self.held += chunk.total();
        self.chunks.push(chunk);
        if self.held > self.memory_rows {
            let written = self.spill(interrupt);
            if written.is_err() {
                let chunk = self.chunks.pop();
                self.held -= chunk.map_or(0, |chunk| chunk.total());
                return written;
            }
            self.chunks.clear();
            self.held = 0;
        }
        Ok(())
    }

    fn spill(&mut self, interrupt: &dyn Interrupt) -> Result<()> {
        let spill = match &mut self.spill {
            Some(spill) => spill,
            empty => empty.insert(Spill::new()?),
        };
        spill.write(&self.chunks, interrupt)
    }

    /// Summarises all that was read; customers come in the order that `order` gives their codes.
    ///
    /// # Errors
    /// [`Error::File`] when the temporary file cannot be read, [`Error::Interrupted`].
    pub fn finish(
        &self,
        order: impl Fn(u32, u32) -> std::cmp::Ordering + Sync,
        interrupt: &dyn Interrupt,
    ) -> Result<Summary> {
        let calendar = Calendar::new(self.options.collapse, 1);
        let (first, last) = self.keys.unwrap_or((0, 0));
        let end = calendar.period(self.end.map_or(last, |end| calendar.key(end)));
        let (low, high) = (first.abs_diff(BASE_KEY), last.abs_diff(BASE_KEY));
        let observation =
            ObservationPeriod { calendar, base: BASE_KEY, end, bits: KEY_BITS, low, high };
        let summaries = in_chunks(
            0..1 << BUCKET_BITS,
            interrupt,
            BucketWorkspace::default,
            |workspace, bucket| self.bucket(bucket, &observation, workspace),
        )?;
        let summaries = summaries.into_iter().collect::<Result<Vec<_>>>()?;
        let mut found = MergedBuckets::join(&summaries, &observation, self.money);
        found.summary.counts.merge(&self.counts);
        found.sort(|&a, &b| order(a, b));
        let customers = found.ids.into_iter().map(u64::from).collect();
        Ok(Summary { customers, ..found.summary })
    }

    #[allow(clippy::cast_possible_truncation)] // codes are 32 bits
    fn bucket(
        &self,
        bucket: usize,
        observation: &ObservationPeriod,
        workspace: &mut BucketWorkspace<u64, f64>,
    ) -> Result<(Vec<u32>, BucketSummary)> {
        let spilled = self.spill.as_ref().map_or(Ok(Vec::new()), |spill| spill.read(bucket))?;
        let mut parts: Vec<&[StreamRow]> = spilled.iter().map(Vec::as_slice).collect();
        parts.extend(self.chunks.iter().flat_map(|chunk| chunk.bucket(bucket)));
        let n = (self.n_customers + (1 << BUCKET_BITS) - 1 - bucket) >> BUCKET_BITS;
        let (numbers, bucket_summary) =
            Summarizing { options: &self.options, observation, later: None }
                .bucket(&parts, n, workspace);
        let code = |number: u32| number << BUCKET_BITS | bucket as u32;
        Ok((numbers.into_iter().map(code).collect(), bucket_summary))
    }
}

/// Rows in a temporary file, in runs that are sorted by bucket.
#[derive(Debug)]
struct Spill {
    file: Mutex<File>,
    runs: Vec<Vec<u64>>,
    length: u64,
}

impl Spill {
    fn new() -> Result<Self> {
        Ok(Self { file: Mutex::new(tempfile::tempfile()?), runs: Vec::new(), length: 0 })
    }

    /// Appends a run; an interrupted run is never read.
    fn write(&mut self, chunks: &[Partition<StreamRow>], interrupt: &dyn Interrupt) -> Result<()> {
        let file = self.file.get_mut().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.length))?;
        let mut out = BufWriter::with_capacity(1 << 20, file);
        let mut length = self.length;
        let mut starts = vec![length];
        for bucket in 0..1 << BUCKET_BITS {
            check_interrupt(interrupt)?;
            for rows in chunks.iter().flat_map(|chunk| chunk.bucket(bucket)) {
                out.write_all(bytemuck::cast_slice(rows))?;
                length += size_of_val(rows) as u64;
            }
            starts.push(length);
        }
        out.flush()?;
        self.length = length;
        self.runs.push(starts);
        Ok(())
    }

    /// The rows of a bucket, run by run.
    fn read(&self, bucket: usize) -> Result<Vec<Vec<StreamRow>>> {
        let mut runs = Vec::with_capacity(self.runs.len());
        for starts in &self.runs {
            let (from, to) = (starts[bucket], starts[bucket + 1]);
            let n = usize::try_from(to - from).unwrap_or(usize::MAX) / size_of::<StreamRow>();
            let mut rows = vec![StreamRow::zeroed(); n];
            {
                let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(from))?;
                file.read_exact(bytemuck::cast_slice_mut(&mut rows))?;
            }
            runs.push(rows);
        }
        Ok(runs)
    }
}
