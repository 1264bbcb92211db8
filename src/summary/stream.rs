//! A table that comes in pieces: what does not fit the room goes to a temporary file, by bucket.

use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, PoisonError};

use bytemuck::Zeroable;

use super::customer::{Ledger, Scratch, Summing, Work};
use super::found::Found;
use super::frame::Frame;
use super::ids::Placed;
use super::partition::{Columns, Partition, Span, partition};
use super::row;
use super::{Calendar, Counts, Grain, NO_CUSTOMER, NO_DATE, Rules, Summary};
use crate::error::{Error, Result};
use crate::pieces::{Stop, go_on, in_pieces};

/// Buckets of customers, as a power of two: their codes are dealt out to them in turn.
const BITS: u32 = 9;
/// Keys are counted from here, so that days and hours of any calendar fit 32 bits.
const BASE: i64 = -(1 << 31);

/// Bits of the keys: 32, and one so that the end of the last period is one, too.
const KEY_BITS: u32 = 33;

type Row = row::Row<u64, f64>;

/// Transactions read piece by piece and summarised at the end.
///
/// Memory holds the rows up to a limit set in advance; beyond it they are in a temporary file
/// that has no name. The summary is that of the pieces put together, bit by bit.
#[derive(Debug)]
pub struct Stream {
    rules: Rules,
    end: Option<i64>,
    money: bool,
    room: usize,
    held: usize,
    pieces: Vec<Partition<Row>>,
    spill: Option<Spill>,
    n_customers: usize,
    keys: Option<(i64, i64)>,
    counts: Counts,
}

/// Codes dealt out to buckets in turn, so that new customers spread over all of them.
struct Dealt<'a>(&'a [u32]);

impl Placed for Dealt<'_> {
    type Id = u32;
    fn buckets(&self) -> usize {
        1 << BITS
    }
    #[allow(clippy::cast_possible_truncation)] // BITS bits
    fn place(&self, row: usize) -> Result<Option<(u32, u16)>> {
        let code = self.0[row];
        let bucket = (code & ((1 << BITS) - 1)) as u16;
        Ok((code != NO_CUSTOMER).then_some((code >> BITS, bucket)))
    }
}

impl Stream {
    /// A stream that keeps up to `room` rows in memory.
    ///
    /// The observation ends with the second `end`, or with the last row. Without `money` all
    /// amounts are 0.
    ///
    /// # Errors
    /// [`Error::Setting`] when the unit is not positive or the grain is finer than an hour.
    pub fn new(rules: Rules, end: Option<i64>, money: bool, room: usize) -> Result<Self> {
        rules.check(1)?;
        if matches!(rules.collapse, Grain::Instant | Grain::Second) {
            return Err(Error::Setting {
                name: "collapse (in seconds)",
                value: 1.0,
                expected: "an hour or more where a table comes in pieces",
            });
        }
        Ok(Self {
            rules,
            end,
            money,
            room,
            held: 0,
            pieces: Vec::new(),
            spill: None,
            n_customers: 0,
            keys: None,
            counts: Counts::default(),
        })
    }

    /// Reads a piece: codes by customer ([`NO_CUSTOMER`] where there is none), timestamps at so many
    /// ticks a second, amounts.
    ///
    /// # Errors
    /// [`Error::Length`] when columns differ in length, [`Error::Setting`] when a date lies too far
    /// off or the clock is not positive, [`Error::File`] when the temporary file cannot be written,
    /// [`Error::Interrupted`]. After an error the stream is as it was before the piece.
    pub fn push(
        &mut self,
        codes: &[u32],
        times: &[i64],
        ticks_per_second: i64,
        amounts: Option<&[f64]>,
        stop: Stop<'_>,
    ) -> Result<()> {
        self.rules.check(ticks_per_second)?;
        let lengths =
            [("times", times.len()), ("amounts", amounts.map_or(times.len(), <[_]>::len))];
        for (column, found) in lengths {
            if found != codes.len() {
                return Err(Error::Length { column, found, expected: codes.len() });
            }
        }
        let calendar = Calendar::new(self.rules.collapse, ticks_per_second);
        let extent = super::table::extent(times).0;
        let mut keys = self.keys;
        if let Some((first, last)) = extent {
            for time in [first, last] {
                let key = calendar.key(time);
                if u32::try_from(key.wrapping_sub(BASE)).is_err() {
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
        let span = Span { low: NO_DATE, high, counts_late: true };
        let (first, last) = extent.unwrap_or((0, 0));
        let clock = calendar.clock(first, last, BASE);
        let columns = Columns { times, amounts, clock, bits: KEY_BITS, span, stop };
        let piece = partition(&Dealt(codes), &columns)?;
        let counts = piece.counts;
        self.keep(piece, stop)?;
        self.keys = keys;
        self.counts.merge(&counts);
        let known = codes.iter().filter(|&&code| code != NO_CUSTOMER);
        let n_customers = known.max().map_or(0, |&code| code as usize + 1);
        self.n_customers = self.n_customers.max(n_customers);
        Ok(())
    }

    fn last_key_of(&self, end: i64) -> i64 {
        let calendar = Calendar::new(self.rules.collapse, 1);
        let key = calendar.key(end);
        if self.rules.whole_period { calendar.last_key(calendar.period(key)) } else { key }
    }

    /// Keeps a piece, in memory or with all others in the file.
    fn keep(&mut self, piece: Partition<Row>, stop: Stop<'_>) -> Result<()> {
        self.held += piece.total();
        self.pieces.push(piece);
        if self.held > self.room {
            let written = self.spill(stop);
            if written.is_err() {
                let piece = self.pieces.pop();
                self.held -= piece.map_or(0, |piece| piece.total());
                return written;
            }
            self.pieces.clear();
            self.held = 0;
        }
        Ok(())
    }

    fn spill(&mut self, stop: Stop<'_>) -> Result<()> {
        let spill = match &mut self.spill {
            Some(spill) => spill,
            empty => empty.insert(Spill::new()?),
        };
        spill.write(&self.pieces, stop)
    }

    /// Summarises all that was read; customers come in the order that `order` gives their codes.
    ///
    /// # Errors
    /// [`Error::File`] when the temporary file cannot be read, [`Error::Interrupted`].
    pub fn finish(
        &self,
        order: impl Fn(u32, u32) -> std::cmp::Ordering + Sync,
        stop: Stop<'_>,
    ) -> Result<Summary> {
        let calendar = Calendar::new(self.rules.collapse, 1);
        let (first, last) = self.keys.unwrap_or((0, 0));
        let end = calendar.period(self.end.map_or(last, |end| calendar.key(end)));
        let (low, high) = (first.abs_diff(BASE), last.abs_diff(BASE));
        let frame = Frame { calendar, base: BASE, end, bits: KEY_BITS, low, high };
        let ledgers = in_pieces(0..1 << BITS, stop, Scratch::default, |scratch, bucket| {
            self.bucket(bucket, &frame, scratch)
        })?;
        let ledgers = ledgers.into_iter().collect::<Result<Vec<_>>>()?;
        let mut found = Found::join(&ledgers, &frame, self.money);
        found.summary.counts.merge(&self.counts);
        found.sort(|&a, &b| order(a, b));
        let customers = found.ids.into_iter().map(u64::from).collect();
        Ok(Summary { customers, ..found.summary })
    }

    #[allow(clippy::cast_possible_truncation)] // codes are 32 bits
    fn bucket(
        &self,
        bucket: usize,
        frame: &Frame,
        scratch: &mut Scratch<u64, f64>,
    ) -> Result<(Vec<u32>, Ledger)> {
        let spilled = self.spill.as_ref().map_or(Ok(Vec::new()), |spill| spill.read(bucket))?;
        let mut parts: Vec<&[Row]> = spilled.iter().map(Vec::as_slice).collect();
        parts.extend(self.pieces.iter().flat_map(|piece| piece.bucket(bucket)));
        let n = (self.n_customers + (1 << BITS) - 1 - bucket) >> BITS;
        let (numbers, ledger) =
            Summing { rules: &self.rules, frame, later: None }.bucket(&parts, n, scratch);
        let code = |number: u32| number << BITS | bucket as u32;
        Ok((numbers.into_iter().map(code).collect(), ledger))
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

    /// Writes one more run, after those there are; nothing of one that was given up is read.
    fn write(&mut self, pieces: &[Partition<Row>], stop: Stop<'_>) -> Result<()> {
        let file = self.file.get_mut().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.length))?;
        let mut out = BufWriter::with_capacity(1 << 20, file);
        let mut length = self.length;
        let mut starts = vec![length];
        for bucket in 0..1 << BITS {
            go_on(stop)?;
            for rows in pieces.iter().flat_map(|piece| piece.bucket(bucket)) {
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
    fn read(&self, bucket: usize) -> Result<Vec<Vec<Row>>> {
        let mut runs = Vec::with_capacity(self.runs.len());
        for starts in &self.runs {
            let (from, to) = (starts[bucket], starts[bucket + 1]);
            let n = usize::try_from(to - from).unwrap_or(usize::MAX) / size_of::<Row>();
            let mut rows = vec![Row::zeroed(); n];
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
