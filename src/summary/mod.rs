//! From transactions to the customer summary: frequency, recency, T and money, one row a customer.
//!
//! Rows are partitioned into buckets of customers, chunk by chunk, and each bucket is aggregated while
//! it fits the cache. Chunks have a fixed size and are read back in their order, so every result is
//! the same for any number of threads. [`Stream`] does the same with tables that come in pieces.
//!
//! With d₁ < d₂ < … < dₙ the starts of the periods in which a customer bought and e the start of the
//! period in which the observation ends:
//!
//! frequency x = n − 1, recency tₓ = dₙ − d₁, T = e − d₁, and monetary value the mean of the
//! periods' totals over d₂ … dₙ (over all of them when the first purchase is included).

mod calendar;
mod customer;
mod dictionary;
mod found;
mod ids;
mod order;
mod partition;
mod purchases;
mod row;
mod stream;

use rayon::prelude::*;

pub use calendar::{Calendar, Grain};
pub use dictionary::{TextDictionary, WholeDictionary};
use found::Found;
use ids::{Close, Codes, Distances, Ids, Neighbours, Sparse, Spelled, Spells, Uuids, Words};
pub use ids::{Text, Texts};
use partition::{Columns, Span};
pub use purchases::{Listed, Tracked, expected_over_time, list, track};
pub use stream::Stream;

use crate::error::{Error, Result};
use crate::pieces::Stop;
use crate::special::vectorized;
use calendar::Clock;
use row::bits;

/// The code of rows without a customer; they are counted and left out.
pub const NO_CUSTOMER: u32 = u32::MAX;
/// Numbers that always count as close together.
const SMALL_RANGE: usize = 1 << 16;
/// The timestamp of rows without a date; they are counted and left out.
pub const NO_DATE: i64 = i64::MIN;

/// Whose each row is.
#[derive(Debug, Clone, Copy)]
pub enum Customers<'a> {
    /// A code below `n_customers`, or [`NO_CUSTOMER`].
    Codes {
        /// One a row.
        codes: &'a [u32],
        /// How many customers there are.
        n_customers: usize,
    },
    /// Whole numbers from `low` to `low + n_customers − 1`; their codes are the distances from `low`.
    Close {
        /// One a row.
        values: &'a [i64],
        /// The smallest.
        low: i64,
        /// How many numbers there are from the smallest to the largest.
        n_customers: usize,
    },
    /// Any whole numbers. They are ordered by their distance from `low`, modulo 2⁶⁴.
    Sparse {
        /// One a row.
        values: &'a [i64],
        /// The smallest.
        low: i64,
    },
    /// Text, ordered by code point.
    Text(Text<'a>),
}

impl<'a> Customers<'a> {
    /// Whole numbers, close together or not; 64 bits without a sign where `unsigned`.
    #[must_use]
    pub fn whole(values: &'a [i64], unsigned: bool) -> Self {
        let mask = if unsigned { i64::MIN } else { 0 };
        let chunks = values.par_chunks(1 << 16).map(|chunk| {
            vectorized(|| {
                chunk.iter().fold((i64::MAX, i64::MIN), |(low, high), &value| {
                    (low.min(value ^ mask), high.max(value ^ mask))
                })
            })
        });
        let none = (i64::MAX, i64::MIN);
        let (low, high) = chunks.reduce(|| none, |a, b| (a.0.min(b.0), a.1.max(b.1)));
        let numbers = high.wrapping_sub(low).cast_unsigned().saturating_add(1);
        let low = low ^ mask;
        match close_together(numbers, values.len()) {
            Some(n_customers) if !values.is_empty() => Self::Close { values, low, n_customers },
            _ => Self::Sparse { values, low },
        }
    }

    /// The smallest whole number, from which customers are counted, where they are such.
    #[must_use]
    pub fn low(&self) -> Option<i64> {
        match self {
            Self::Close { low, .. } | Self::Sparse { low, .. } => Some(*low),
            Self::Codes { .. } | Self::Text(_) => None,
        }
    }

    fn rows(&self) -> usize {
        match self {
            Self::Codes { codes, .. } => codes.len(),
            Self::Close { values, .. } | Self::Sparse { values, .. } => values.len(),
            Self::Text(text) => text.rows(),
        }
    }
}

/// Transactions, one row each, in any order.
#[derive(Clone, Copy)]
pub struct Transactions<'a> {
    /// Each row's customer.
    pub customers: Customers<'a>,
    /// Each row's timestamp in ticks since 1970-01-01, or [`NO_DATE`].
    pub times: &'a [i64],
    /// Timestamps' ticks per second.
    pub ticks_per_second: i64,
    /// Each row's amount, finite.
    pub amounts: Option<&'a [f64]>,
    /// Whether to give up on them.
    pub stop: Stop<'a>,
}

impl Transactions<'_> {
    fn columns(&self, clock: Clock, frame: &Frame, span: Span) -> Columns<'_> {
        let Self { times, amounts, stop, .. } = *self;
        Columns { times, amounts, clock, bits: frame.bits, span, stop }
    }
}

/// What to do with negative amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refunds {
    /// A row like any other: it counts as a purchase and its amount is added up.
    Keep,
    /// Leave the row out.
    Drop,
    /// Take it off the customer's latest purchases up to then; a purchase taken back in full is none.
    Net,
}

/// How to summarise.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// Purchases within one such period count as one.
    pub collapse: Grain,
    /// Whether the whole period in which the observation ends belongs to it, as in lifetimes, or
    /// only its days (hours, …) up to the end.
    pub whole_period: bool,
    /// Seconds in the unit of recency and T.
    pub unit: f64,
    /// Recency and T are divided by this once more.
    pub multiplier: f64,
    /// What to do with negative amounts.
    pub refunds: Refunds,
    /// Whether frequency and monetary value include the first purchase.
    pub include_first: bool,
}

/// What was met on the way, in rows unless said otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows without a customer, left out.
    pub without_customer: usize,
    /// Rows without a date, left out.
    pub without_date: usize,
    /// Rows after the end of the observation, left out.
    pub after_end: usize,
    /// Purchases on a day (hour, … where the grain is finer) on which the customer already bought.
    pub same_key: usize,
    /// Days with a purchase that fell into a period in which the customer already bought.
    pub collapsed: usize,
    /// Rows with a negative amount.
    pub refunds: usize,
    /// Purchases (after collapsing) that refunds took back in full.
    pub cancelled: usize,
    /// Periods whose refunds exceeded all that the customer had paid until then.
    pub unmatched: usize,
    /// Purchases (after collapsing) of zero money.
    pub zero: usize,
    /// Customers with rows in the observation but without a purchase, left out.
    pub without_purchase: usize,
    /// Rows without a date, with a customer or not.
    pub dateless: usize,
    /// Amounts that are missing or infinite, of rows in the observation or not.
    pub not_finite: usize,
}

impl Counts {
    fn merge(&mut self, other: &Self) {
        self.without_customer += other.without_customer;
        self.without_date += other.without_date;
        self.after_end += other.after_end;
        self.same_key += other.same_key;
        self.collapsed += other.collapsed;
        self.refunds += other.refunds;
        self.cancelled += other.cancelled;
        self.unmatched += other.unmatched;
        self.zero += other.zero;
        self.without_purchase += other.without_purchase;
        self.dateless += other.dateless;
        self.not_finite += other.not_finite;
    }
}

/// The customer summary: one entry a customer with a purchase, in ascending order of their ids.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Summary {
    /// The customers: their codes, or their numbers' distances from the smallest. Of text they are
    /// of no use.
    pub customers: Vec<u64>,
    /// Their ids, where those are text.
    pub texts: Option<Texts>,
    /// Number of repeat purchases (all purchases when the first is included).
    pub frequency: Vec<f64>,
    /// Time from the first to the last purchase.
    pub recency: Vec<f64>,
    /// Time from the first purchase to the end of the observation.
    pub age: Vec<f64>,
    /// Mean money of the purchases that frequency counts, 0 where it counts none.
    pub monetary_value: Option<Vec<f64>>,
    /// Start of the period in which the observation ends, in ticks.
    pub end: i64,
    /// What was met on the way.
    pub counts: Counts,
}

/// What the customers of a summary bought after it ended.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Holdout {
    /// Number of purchases, one a customer of the summary.
    pub frequency: Vec<f64>,
    /// Their mean money, 0 without any.
    pub monetary_value: Option<Vec<f64>>,
    /// How many customers bought at all, those of the summary or not.
    pub customers: usize,
    /// Start of the period in which the holdout ends, in ticks.
    pub end: i64,
    /// What was met on the way.
    pub counts: Counts,
}

/// Summarises transactions by customer, up to `end` or the last of them.
///
/// # Errors
/// [`Error::Length`] when the columns differ in length, [`Error::Setting`] when a code is not below
/// the number of customers or the clock or the unit is not positive, [`Error::Interrupted`].
pub fn summarize(
    transactions: &Transactions<'_>,
    end: Option<i64>,
    rules: &Rules,
) -> Result<Summary> {
    check(transactions, rules)?;
    by_kind(transactions, &Whole { transactions, end, rules })
}

/// Summarises transactions up to `split`, and what the same customers bought after it up to `end`.
///
/// Both moments belong to what they end. The holdout counts all purchases; `rules` says whether the
/// summary leaves out the first.
///
/// # Errors
/// As [`summarize`].
pub fn summarize_split(
    transactions: &Transactions<'_>,
    split: i64,
    end: Option<i64>,
    rules: &Rules,
) -> Result<(Summary, Holdout)> {
    check(transactions, rules)?;
    by_kind(transactions, &Split { transactions, at: split, end, rules })
}

/// What is done with ids, whatever their kind.
trait Job {
    type Output;
    /// The labels of the customers that the output tells of, and where their texts go.
    fn customers(output: &mut Self::Output) -> Option<(&[u64], &mut Option<Texts>)>;
    fn run<N: Ids>(&self, ids: &N) -> Result<Self::Output>;
}

struct Whole<'a> {
    transactions: &'a Transactions<'a>,
    end: Option<i64>,
    rules: &'a Rules,
}

struct Split<'a> {
    transactions: &'a Transactions<'a>,
    at: i64,
    end: Option<i64>,
    rules: &'a Rules,
}

fn by_kind<J: Job>(transactions: &Transactions<'_>, job: &J) -> Result<J::Output> {
    let rows = transactions.times.len();
    match transactions.customers {
        Customers::Codes { codes, n_customers } => {
            job.run(&Codes { codes, buckets: Neighbours::new(n_customers) })
        }
        Customers::Close { values, low, n_customers } => {
            let buckets = Neighbours::new(n_customers);
            job.run(&Close { numbers: Distances { values, low }, buckets })
        }
        Customers::Sparse { values, low } => job.run(&Sparse::new(Distances { values, low }, rows)),
        Customers::Text(text) => {
            if let Some(likely) = Spelled::likely(text, text.check()?) {
                let found = spelled(job, &likely, rows)?;
                if !likely.misfit() {
                    return Ok(found);
                }
                if let Some(surely) = likely.surely() {
                    return spelled(job, &surely, rows);
                }
            }
            if let Some(uuids) = Uuids::new(text) {
                let found = with_texts(job, &uuids)?;
                if !uuids.misfit() {
                    return Ok(found);
                }
            }
            with_texts(job, &Words::new(text))
        }
    }
}

fn spelled<J: Job>(job: &J, ids: &Spelled<'_>, rows: usize) -> Result<J::Output> {
    match close_together(ids.size(), rows) {
        Some(n) => with_texts(job, &Close { numbers: ids, buckets: Neighbours::new(n) }),
        None => with_texts(job, &Sparse::new(ids, rows)),
    }
}

/// How many customers there are if each of so many numbers is one, where that is worth it.
fn close_together(numbers: u64, rows: usize) -> Option<usize> {
    let most = rows.saturating_mul(4).max(SMALL_RANGE).min(NO_CUSTOMER as usize - 1);
    usize::try_from(numbers).ok().filter(|&numbers| numbers <= most)
}

fn with_texts<J: Job, N: Ids + Spells>(job: &J, ids: &N) -> Result<J::Output> {
    let mut found = job.run(ids)?;
    if let Some((labels, texts)) = J::customers(&mut found) {
        *texts = Some(Texts::of(ids, labels));
    }
    Ok(found)
}

impl Job for Whole<'_> {
    type Output = Summary;
    fn customers(output: &mut Summary) -> Option<(&[u64], &mut Option<Texts>)> {
        Some((&output.customers, &mut output.texts))
    }
    fn run<N: Ids>(&self, ids: &N) -> Result<Summary> {
        let Self { transactions, end, rules } = *self;
        let calendar = Calendar::new(rules.collapse, transactions.ticks_per_second);
        let (extent, dateless) = extent(transactions.times);
        let Some((first, last)) = extent else {
            return Ok(Summary {
                monetary_value: transactions.amounts.map(|_| Vec::new()),
                end: end.unwrap_or(0),
                counts: Counts { without_date: dateless, dateless, ..Counts::default() },
                ..Summary::default()
            });
        };
        let end = end.unwrap_or(last);
        let frame = Frame::new(calendar, first, end);
        let high = if rules.whole_period {
            calendar.last_tick(calendar.last_key(frame.end))
        } else {
            calendar.last_tick(calendar.key(end))
        };
        let span = Span { low: i64::MIN, high, counts_late: true };
        let clock = calendar.clock(first, last, frame.base);
        let columns = transactions.columns(clock, &frame, span);
        let mut found = Found::of(ids, &columns, rules, &frame)?.into_summary::<N>();
        found.counts.dateless = dateless;
        Ok(found)
    }
}

impl Job for Split<'_> {
    type Output = (Summary, Holdout);
    fn customers(output: &mut (Summary, Holdout)) -> Option<(&[u64], &mut Option<Texts>)> {
        Whole::customers(&mut output.0)
    }
    fn run<N: Ids>(&self, ids: &N) -> Result<(Summary, Holdout)> {
        let Self { transactions, at: split, end, rules } = *self;
        let calendar = Calendar::new(rules.collapse, transactions.ticks_per_second);
        let (first, last) = extent(transactions.times).0.unwrap_or((split, split));
        let high = end.unwrap_or(last);
        let found = |low, high, until, rules: &Rules| {
            let frame = Frame::new(calendar, first, until);
            let clock = calendar.clock(first, last, frame.base);
            let span = Span { low, high, counts_late: false };
            Found::of(ids, &transactions.columns(clock, &frame, span), rules, &frame)
        };
        let before = found(NO_DATE + 1, split.min(high), split, rules)?;
        let all = Rules { include_first: true, ..*rules };
        let after = found(split.saturating_add(1), high, high, &all)?;
        let holdout = after.seen_by(&before, ids);
        Ok((before.into_summary::<N>(), holdout))
    }
}

/// The calendar of an observation: where its keys are counted from, and the period it ends in.
#[derive(Debug, Clone, Copy)]
struct Frame {
    calendar: Calendar,
    base: i64,
    end: i64,
    bits: u32,
    /// The smallest and the largest key, counted from `base`.
    low: u64,
    high: u64,
}

impl Frame {
    fn new(calendar: Calendar, first: i64, last: i64) -> Self {
        let (base, last) = (calendar.key(first), calendar.key(last));
        let end = calendar.period(last);
        // Keys count from the first one, and take as many bits as the last one does.
        let longest = i128::from(calendar.last_key(end)) - i128::from(base);
        let high = u64::try_from(longest).unwrap_or(0);
        Self { calendar, base, end, bits: bits(high), low: 0, high }
    }

    fn longest(&self) -> u64 {
        self.high - self.low
    }
}

fn check(transactions: &Transactions<'_>, rules: &Rules) -> Result<()> {
    check_table(transactions)?;
    rules.check(transactions.ticks_per_second)
}

fn check_table(transactions: &Transactions<'_>) -> Result<()> {
    let expected = transactions.customers.rows();
    let amounts = transactions.amounts.map_or(expected, <[f64]>::len);
    for (column, found) in [("times", transactions.times.len()), ("amounts", amounts)] {
        if found != expected {
            return Err(Error::Length { column, found, expected });
        }
    }
    check_positive("ticks_per_second", transactions.ticks_per_second as f64)
}

impl Rules {
    fn check(&self, ticks_per_second: i64) -> Result<()> {
        let settings = [
            ("ticks_per_second", ticks_per_second as f64),
            ("unit", self.unit),
            ("multiplier", self.multiplier),
        ];
        settings.into_iter().try_for_each(|(name, value)| check_positive(name, value))
    }
}

fn check_positive(name: &'static str, value: f64) -> Result<()> {
    if value.is_finite() && value > 0.0 {
        return Ok(());
    }
    Err(Error::Setting { name, value, expected: "a positive finite number" })
}

/// First and last timestamp, and how many rows have none.
fn extent(times: &[i64]) -> (Option<(i64, i64)>, usize) {
    let chunks = times.par_chunks(1 << 16);
    let ends = chunks.map(|chunk| {
        vectorized(|| {
            chunk.iter().fold((i64::MAX, NO_DATE, 0), |(low, high, missing), &time| {
                // One less than NO_DATE is more than all others.
                let before = low.min(time.wrapping_sub(1));
                (before, high.max(time), missing + usize::from(time == NO_DATE))
            })
        })
    });
    let (before, last, missing) =
        ends.reduce(|| (i64::MAX, NO_DATE, 0), |a, b| (a.0.min(b.0), a.1.max(b.1), a.2 + b.2));
    ((last != NO_DATE).then(|| (before + 1, last)), missing)
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_ids;
#[cfg(test)]
mod tests_purchases;
