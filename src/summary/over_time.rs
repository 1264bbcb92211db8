//! Purchases over time: first and repeated purchases by period, and their expectation.
//!
//! Purchases of a customer within one period count as one. Periods are counted from that of the first
//! timestamp of the table, with or without a customer.

use std::sync::{Mutex, PoisonError};

use super::calendar::{Calendar, Grain, ObservationPeriod};
use super::ids::{Ids, TextBuffer};
use super::row_counts::RowCounts;
use super::rows::{
    Amount, BucketSort, BucketTask, PackedRow, PeriodTotals, Stamp, TimeRange, next_period,
};
use super::table::{IdTask, Transactions, by_kind, extent};
use crate::error::{Error, Result};
use crate::parallel::interrupt::{Interrupt, in_chunks};

/// Numbers of purchases by period.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PurchaseCounts {
    /// Customers who bought for the first time.
    pub first: Vec<i64>,
    /// Customers who bought again.
    pub repeated: Vec<i64>,
    /// The first timestamp; none where no row has one.
    pub start: Option<i64>,
    /// Counts of rows without a customer or a date.
    pub counts: RowCounts,
}

/// RowCounts purchases in each of the first `periods` periods.
///
/// # Errors
/// [`crate::error::Error::Length`] when the columns differ in length, [`crate::error::Error::Setting`] when a code is not below
/// the number of customers or the clock is not positive, [`crate::error::Error::Interrupted`].
pub fn track(
    transactions: &Transactions<'_>,
    grain: Grain,
    periods: usize,
) -> Result<PurchaseCounts> {
    transactions.check()?;
    by_kind(transactions, &Track { transactions, grain, periods })
}

struct Track<'a> {
    transactions: &'a Transactions<'a>,
    grain: Grain,
    periods: usize,
}

impl IdTask for Track<'_> {
    type Output = PurchaseCounts;
    fn customers(_: &mut PurchaseCounts) -> Option<(&[u64], &mut Option<TextBuffer>)> {
        None
    }
    fn run<N: Ids>(&self, ids: &N) -> Result<PurchaseCounts> {
        let Self { transactions, grain, periods } = *self;
        let calendar = Calendar::new(grain, transactions.ticks_per_second);
        let mut found = PurchaseCounts {
            first: vec![0; periods],
            repeated: vec![0; periods],
            ..PurchaseCounts::default()
        };
        let (extent, dateless) = extent(transactions.times);
        let Some((first, last)) = extent else {
            found.counts.without_date = dateless;
            return Ok(found);
        };
        let observation = ObservationPeriod::new(calendar, first, last);
        let start = calendar.period(observation.base);
        let seen = usize::try_from(observation.end.abs_diff(start))
            .map_or(usize::MAX, |n| n.saturating_add(1));
        let clock = calendar.clock(first, last, observation.base);
        let columns = transactions.columns(clock, &observation, TimeRange::until(last));
        let limit = periods.min(seen);
        let task =
            Tracking { observation: &observation, start, limit, idle_counts: Mutex::default() };
        let (_, counts) = ids.by_bucket::<(), _>(&columns, &task)?;
        let idle_counts = task.idle_counts.into_inner().unwrap_or_else(PoisonError::into_inner);
        for [first, repeated] in idle_counts {
            for (sums, counts) in [(&mut found.first, first), (&mut found.repeated, repeated)] {
                sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
            }
        }
        Ok(PurchaseCounts { start: Some(first), counts, ..found })
    }
}

/// RowCounts a bucket's purchases by period, first ones and repeated ones.
struct Tracking<'a> {
    observation: &'a ObservationPeriod,
    start: i64,
    limit: usize,
    /// RowCounts that no thread is adding to, as many as there are threads.
    idle_counts: Mutex<Vec<[Vec<i64>; 2]>>,
}

/// Buffers that a thread reuses for every bucket.
struct TrackingWorkspace<S: Stamp> {
    order: BucketSort<S, ()>,
    /// A bit for each customer and period with a purchase.
    bought: Vec<u64>,
    /// Each customer's first period.
    firsts: Vec<usize>,
}

impl<S: Stamp> Default for TrackingWorkspace<S> {
    fn default() -> Self {
        Self { order: BucketSort::default(), bought: Vec::new(), firsts: Vec::new() }
    }
}

impl BucketTask<()> for Tracking<'_> {
    type Workspace<S: Stamp> = TrackingWorkspace<S>;
    type Output = ();
    fn bucket<S: Stamp>(
        &self,
        parts: &[&[PackedRow<S, ()>]],
        n_customers: usize,
        workspace: &mut TrackingWorkspace<S>,
    ) -> (Vec<u32>, ()) {
        /// The largest number of words of bits per row for which counting by bits is faster than sorting.
        const MAX_WORDS_PER_ROW: usize = 8;
        let free = || self.idle_counts.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = free().pop();
        let mut totals = idle.unwrap_or_else(|| std::array::from_fn(|_| vec![0; self.limit]));
        let rows: usize = parts.iter().map(|part| part.len()).sum();
        let width = self.limit.div_ceil(64);
        if width.saturating_mul(n_customers) <= MAX_WORDS_PER_ROW * rows {
            self.by_bits(parts, n_customers, workspace, &mut totals);
        } else {
            let mut before = None;
            each_period(
                workspace.order.sort(parts, n_customers, self.observation),
                self.observation,
                |who, sum| {
                    let repeated = before.replace(who) == Some(who);
                    if let Some(count) =
                        totals[usize::from(repeated)].get_mut(self.number(sum.period))
                    {
                        *count += 1;
                    }
                },
            );
        }
        free().push(totals);
        (Vec::new(), ())
    }
}

/// Calls `each` with every customer and period that there are sorted rows of.
fn each_period<S: Stamp, A: Amount>(
    mut rows: &[PackedRow<S, A>],
    observation: &ObservationPeriod,
    mut each: impl FnMut(u32, PeriodTotals),
) {
    while let Some(row) = rows.first() {
        let number = row.stamp.number(observation.bits);
        let mut counts = RowCounts::default();
        each(number, next_period::<_, _, false, false>(&mut rows, observation, &mut counts));
    }
}

impl Tracking<'_> {
    /// The number of a period.
    fn number(&self, period: i64) -> usize {
        usize::try_from(period.abs_diff(self.start)).unwrap_or(usize::MAX)
    }

    /// RowCounts without sorting, where there are not too many periods.
    fn by_bits<S: Stamp>(
        &self,
        parts: &[&[PackedRow<S, ()>]],
        n_customers: usize,
        TrackingWorkspace { bought, firsts, .. }: &mut TrackingWorkspace<S>,
        [first, repeated]: &mut [Vec<i64>; 2],
    ) {
        let ObservationPeriod { calendar, base, bits, .. } = *self.observation;
        let width = self.limit.div_ceil(64);
        bought.clear();
        bought.resize(n_customers * width, 0);
        firsts.clear();
        firsts.resize(n_customers, usize::MAX);
        for row in parts.iter().copied().flatten() {
            let key = base.wrapping_add_unsigned(row.stamp.key(bits));
            let place = self.number(calendar.period(key));
            let who = row.stamp.number(bits) as usize;
            firsts[who] = firsts[who].min(place);
            if place < self.limit {
                let (word, bit) = (&mut bought[who * width + place / 64], place % 64);
                repeated[place] += i64::from(*word >> bit & 1 == 0);
                *word |= 1 << bit;
            }
        }
        for &place in firsts.iter().filter(|place| **place < self.limit) {
            first[place] += 1;
            repeated[place] -= 1;
        }
    }
}

/// The expected purchases of all customers up to the end of every `every`-th period: Σ n(f)·E(i − f) over f
/// < i after i periods, n(f) being the number of customers whose first purchase was in period f. `curve`
/// holds E(1), E(2), ….
///
/// # Errors
/// [`Error::Length`] when the columns differ in length, [`Error::Setting`] when `every` is 0,
/// [`Error::Interrupted`].
pub fn expected_over_time(
    began: &[i64],
    curve: &[f64],
    every: usize,
    interrupt: &dyn Interrupt,
) -> Result<Vec<f64>> {
    /// Ends per chunk.
    const ENDS_PER_CHUNK: usize = 1 << 9;
    if curve.len() != began.len() {
        let (found, expected) = (curve.len(), began.len());
        return Err(Error::Length { column: "curve", found, expected });
    }
    if every == 0 {
        return Err(Error::Setting { name: "every", value: 0.0, expected: "1 or more" });
    }
    let mut sums = vec![0.0; began.len() / every];
    let chunks = sums.chunks_mut(ENDS_PER_CHUNK).enumerate();
    in_chunks(
        chunks,
        interrupt,
        || (),
        |(), (chunk, sums)| {
            let before = chunk * ENDS_PER_CHUNK;
            for (from, &customers) in began[..(before + sums.len()) * every].iter().enumerate() {
                if customers != 0 {
                    // The first end after `from`, and the ages then and every so often later.
                    let first = before.max(from / every);
                    let ages = curve[(first + 1) * every - from - 1..].iter().step_by(every);
                    for (sum, expected) in sums[first - before..].iter_mut().zip(ages) {
                        *sum += customers as f64 * expected;
                    }
                }
            }
        },
    )?;
    Ok(sums)
}
