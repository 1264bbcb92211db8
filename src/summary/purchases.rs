//! Purchases over time: how many are first and how many repeated in each period, and who bought when.
//!
//! Purchases of a customer within one period are one. Periods are counted from that of the first
//! timestamp of the table, whoever's it is.

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::customer::{Sum, Work, next_period};
use super::ids::Ids;
use super::order::Order;
use super::partition::{Columns, Span};
use super::row::{Amount, Row, Stamp};
use super::{
    Calendar, Counts, Frame, Grain, Job, Texts, Transactions, by_kind, check_table, extent,
};
use crate::error::{Error, Result};
use crate::pieces::in_pieces;

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

/// When each customer bought, in ascending order of their ids.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Listed {
    /// The customers, as in [`super::Summary::customers`].
    pub customers: Vec<u64>,
    /// Their ids, where those are text.
    pub texts: Option<Texts>,
    /// In how many periods each bought.
    pub counts: Vec<i64>,
    /// Those periods, customer by customer, ascending.
    pub periods: Vec<i64>,
    /// How many rows there are in each.
    pub rows: Vec<i64>,
    /// The money of each.
    pub amounts: Option<Vec<f64>>,
    /// The first timestamp; none where no row has one.
    pub start: Option<i64>,
}

/// Counts purchases in each of the first `periods` periods.
///
/// # Errors
/// [`Error::Length`] when the columns differ in length, [`Error::Setting`] when a code is not below
/// the number of customers or the clock is not positive, [`Error::Interrupted`].
pub fn track(transactions: &Transactions<'_>, grain: Grain, periods: usize) -> Result<Tracked> {
    check_table(transactions)?;
    by_kind(transactions, &Track { transactions, grain, periods })
}

/// Lists the periods in which each customer bought, up to the one that `end` lies in.
///
/// # Errors
/// As [`track`].
pub fn list(transactions: &Transactions<'_>, grain: Grain, end: Option<i64>) -> Result<Listed> {
    check_table(transactions)?;
    by_kind(transactions, &List { transactions, grain, end })
}

/// What is expected of customers up to the end of every `every`-th period: Σ n(f)·E(i − f) over f < i
/// after i periods, n(f) of them having begun in period f. `curve` holds E(1), E(2), ….
///
/// # Errors
/// [`Error::Length`] when the columns differ in length, [`Error::Setting`] when `every` is 0,
/// [`Error::Interrupted`].
pub fn expected_over_time(
    began: &[i64],
    curve: &[f64],
    every: usize,
    stop: &dyn Fn() -> bool,
) -> Result<Vec<f64>> {
    /// Ends that are added up in one piece.
    const PIECE: usize = 1 << 9;
    if curve.len() != began.len() {
        let (found, expected) = (curve.len(), began.len());
        return Err(Error::Length { column: "curve", found, expected });
    }
    if every == 0 {
        return Err(Error::Setting { name: "every", value: 0.0, expected: "1 or more" });
    }
    let mut sums = vec![0.0; began.len() / every];
    let pieces = sums.chunks_mut(PIECE).enumerate();
    in_pieces(
        pieces,
        stop,
        || (),
        |(), (piece, sums)| {
            let before = piece * PIECE;
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

/// All rows with a customer and a date, up to a timestamp.
fn span(high: i64) -> Span {
    Span { low: i64::MIN, high, counts_late: true }
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
        let columns = transactions.columns(clock, &frame, span(last));
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

struct List<'a> {
    transactions: &'a Transactions<'a>,
    grain: Grain,
    end: Option<i64>,
}

impl Job for List<'_> {
    type Output = Listed;
    fn customers(output: &mut Listed) -> Option<(&[u64], &mut Option<Texts>)> {
        Some((&output.customers, &mut output.texts))
    }
    fn run<N: Ids>(&self, ids: &N) -> Result<Listed> {
        let Self { transactions, grain, end } = *self;
        let calendar = Calendar::new(grain, transactions.ticks_per_second);
        let Some((first, last)) = extent(transactions.times).0 else {
            return Ok(Listed {
                amounts: transactions.amounts.map(|_| Vec::new()),
                ..Listed::default()
            });
        };
        let frame = Frame::new(calendar, first, last);
        let end = calendar.key(end.unwrap_or(last));
        let span = span(calendar.last_tick(calendar.last_key(calendar.period(end))));
        let clock = calendar.clock(first, last, frame.base);
        let columns = transactions.columns(clock, &frame, span);
        let found = if columns.amounts.is_some() {
            listed::<N, f64>(ids, &columns, &frame)
        } else {
            listed::<N, ()>(ids, &columns, &frame)
        }?;
        Ok(Listed { start: Some(first), ..found })
    }
}

fn listed<N: Ids, A: Amount>(ids: &N, columns: &Columns<'_>, frame: &Frame) -> Result<Listed> {
    let start = frame.calendar.period(frame.base);
    let (buckets, _) = ids.by_bucket::<A, _>(columns, &Listing { frame, start })?;
    // Each customer, and where the list of their periods is.
    let mut customers = Vec::with_capacity(buckets.iter().map(|(ids, _)| ids.len()).sum());
    for (whose, lists) in &buckets {
        let mut from = 0;
        for (&id, &to) in whose.iter().zip(&lists.ends) {
            customers.push((id, lists, from..to as usize));
            from = to as usize;
        }
    }
    if !customers.is_sorted_by(|a, b| ids.order(&a.0, &b.0).is_le()) {
        customers.par_sort_unstable_by(|a, b| ids.order(&a.0, &b.0));
    }
    let total = buckets.iter().map(|(_, lists)| lists.periods.len()).sum();
    let mut listed = Listed {
        customers: customers.iter().map(|(id, ..)| N::label(id)).collect(),
        counts: customers.iter().map(|(.., places)| places.len().try_into().unwrap_or(0)).collect(),
        periods: Vec::with_capacity(total),
        rows: Vec::with_capacity(total),
        amounts: columns.amounts.map(|_| Vec::with_capacity(total)),
        ..Listed::default()
    };
    for (_, lists, places) in customers {
        listed.periods.extend_from_slice(&lists.periods[places.clone()]);
        listed.rows.extend_from_slice(&lists.rows[places.clone()]);
        if let Some(amounts) = &mut listed.amounts {
            amounts.extend_from_slice(&lists.amounts[places]);
        }
    }
    Ok(listed)
}

/// Lists the periods in which a bucket's customers bought.
struct Listing<'a> {
    frame: &'a Frame,
    start: i64,
}

/// The periods of a bucket, customer by customer.
#[derive(Default)]
struct Lists {
    /// Where each customer's end.
    ends: Vec<u32>,
    periods: Vec<i64>,
    rows: Vec<i64>,
    amounts: Vec<f64>,
}

impl<A: Amount> Work<A> for Listing<'_> {
    type Room<S: Stamp> = Order<S, A>;
    type Output = Lists;
    fn bucket<S: Stamp>(
        &self,
        parts: &[&[Row<S, A>]],
        n_customers: usize,
        order: &mut Order<S, A>,
    ) -> (Vec<u32>, Lists) {
        let (mut numbers, mut lists) = (Vec::new(), Lists::default());
        each_period(order.sort(parts, n_customers, self.frame), self.frame, |number, sum| {
            if numbers.last() != Some(&number) {
                numbers.push(number);
                lists.ends.push(0);
            }
            lists.periods.push(sum.period - self.start);
            lists.rows.push(sum.rows.try_into().unwrap_or(0));
            lists.amounts.push(sum.paid.unwrap_or(0.0));
            if let Some(end) = lists.ends.last_mut() {
                *end = lists.periods.len().try_into().unwrap_or(u32::MAX);
            }
        });
        (numbers, lists)
    }
}
