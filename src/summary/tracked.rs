//! Purchases over time: how many are first and how many repeat in each period.
//!
//! Purchases of a customer within one period are one. Periods are counted from that of the first
//! timestamp of the table, whoever's it is.

use std::sync::{Mutex, PoisonError};

use super::customer::{Sum, Work, next_period};
use super::frame::Frame;
use super::ids::Ids;
use super::kinds::{Job, by_kind};
use super::order::Order;
use super::partition::Span;
use super::row::{Amount, Row, Stamp};
use super::table::extent;
use super::{Calendar, Counts, Grain, Texts, Transactions};
use crate::error::Result;

/// How many purchases there were, period by period.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tracked {
    /// Customers who bought for the first time.
    pub first: Vec<i64>,
    /// Customers who bought again.
    pub repeated: Vec<i64>,
    /// The first timestamp; none where no row has one.
    pub start: Option<i64>,
    /// What was met on the way: rows without a customer or a date.
    pub counts: Counts,
}

/// Counts purchases in each of the first `periods` periods.
///
/// # Errors
/// [`crate::error::Error::Length`] when the columns differ in length, [`crate::error::Error::Setting`] when a code is not below
/// the number of customers or the clock is not positive, [`crate::error::Error::Interrupted`].
pub fn track(transactions: &Transactions<'_>, grain: Grain, periods: usize) -> Result<Tracked> {
    transactions.check()?;
    by_kind(transactions, &Track { transactions, grain, periods })
}

struct Track<'a> {
    transactions: &'a Transactions<'a>,
    grain: Grain,
    periods: usize,
}

impl Job for Track<'_> {
    type Output = Tracked;
    fn customers(_: &mut Tracked) -> Option<(&[u64], &mut Option<Texts>)> {
        None
    }
    fn run<N: Ids>(&self, ids: &N) -> Result<Tracked> {
        let Self { transactions, grain, periods } = *self;
        let calendar = Calendar::new(grain, transactions.ticks_per_second);
        let mut found =
            Tracked { first: vec![0; periods], repeated: vec![0; periods], ..Tracked::default() };
        let (extent, dateless) = extent(transactions.times);
        let Some((first, last)) = extent else {
            found.counts.without_date = dateless;
            return Ok(found);
        };
        let frame = Frame::new(calendar, first, last);
        let start = calendar.period(frame.base);
        let seen =
            usize::try_from(frame.end.abs_diff(start)).map_or(usize::MAX, |n| n.saturating_add(1));
        let clock = calendar.clock(first, last, frame.base);
        let columns = transactions.columns(clock, &frame, Span::until(last));
        let limit = periods.min(seen);
        let work = Tracking { frame: &frame, start, limit, tallies: Mutex::default() };
        let (_, counts) = ids.by_bucket::<(), _>(&columns, &work)?;
        let tallies = work.tallies.into_inner().unwrap_or_else(PoisonError::into_inner);
        for [first, repeated] in tallies {
            for (sums, counts) in [(&mut found.first, first), (&mut found.repeated, repeated)] {
                sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
            }
        }
        Ok(Tracked { start: Some(first), counts, ..found })
    }
}

/// Counts a bucket's purchases by period, first ones and repeated ones.
struct Tracking<'a> {
    frame: &'a Frame,
    start: i64,
    limit: usize,
    /// Counts that no thread is adding to, as many as there are threads.
    tallies: Mutex<Vec<[Vec<i64>; 2]>>,
}

/// Room that a thread uses again for every bucket.
struct Room<S: Stamp> {
    order: Order<S, ()>,
    /// A bit for each customer and period with a purchase.
    bought: Vec<u64>,
    /// Each customer's first period.
    firsts: Vec<usize>,
}

impl<S: Stamp> Default for Room<S> {
    fn default() -> Self {
        Self { order: Order::default(), bought: Vec::new(), firsts: Vec::new() }
    }
}

impl Work<()> for Tracking<'_> {
    type Room<S: Stamp> = Room<S>;
    type Output = ();
    fn bucket<S: Stamp>(
        &self,
        parts: &[&[Row<S, ()>]],
        n_customers: usize,
        room: &mut Room<S>,
    ) -> (Vec<u32>, ()) {
        /// Words of bits a row that are looked through sooner than rows are sorted.
        const WORDS: usize = 8;
        let free = || self.tallies.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = free().pop();
        let mut tally = idle.unwrap_or_else(|| std::array::from_fn(|_| vec![0; self.limit]));
        let rows: usize = parts.iter().map(|part| part.len()).sum();
        let width = self.limit.div_ceil(64);
        if width.saturating_mul(n_customers) <= WORDS * rows {
            self.by_bits(parts, n_customers, room, &mut tally);
        } else {
            let mut before = None;
            each_period(room.order.sort(parts, n_customers, self.frame), self.frame, |who, sum| {
                let repeated = before.replace(who) == Some(who);
                if let Some(count) = tally[usize::from(repeated)].get_mut(self.number(sum.period)) {
                    *count += 1;
                }
            });
        }
        free().push(tally);
        (Vec::new(), ())
    }
}

/// Calls `each` with every customer and period that there are sorted rows of.
fn each_period<S: Stamp, A: Amount>(
    mut rows: &[Row<S, A>],
    frame: &Frame,
    mut each: impl FnMut(u32, Sum),
) {
    while let Some(row) = rows.first() {
        let number = row.stamp.number(frame.bits);
        let mut counts = Counts::default();
        each(number, next_period::<_, _, false, false>(&mut rows, frame, &mut counts));
    }
}

impl Tracking<'_> {
    /// The number of a period.
    fn number(&self, period: i64) -> usize {
        usize::try_from(period.abs_diff(self.start)).unwrap_or(usize::MAX)
    }

    /// Counts without sorting, where there are not too many periods.
    fn by_bits<S: Stamp>(
        &self,
        parts: &[&[Row<S, ()>]],
        n_customers: usize,
        Room { bought, firsts, .. }: &mut Room<S>,
        [first, repeated]: &mut [Vec<i64>; 2],
    ) {
        let Frame { calendar, base, bits, .. } = *self.frame;
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
