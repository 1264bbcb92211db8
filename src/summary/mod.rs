//! From transactions to the customer summary: frequency, recency, T and money, one row a customer.
//!
//! Rows are partitioned into buckets of neighbouring customers, chunk by chunk, and each bucket is
//! aggregated while it fits the cache. Chunks have a fixed size and are read back in their order, so
//! every result is the same for any number of threads.
//!
//! With d₁ < d₂ < … < dₙ the starts of the periods in which a customer bought and e the start of the
//! period in which the observation ends:
//!
//! frequency x = n − 1, recency tₓ = dₙ − d₁, T = e − d₁, and monetary value the mean of the
//! periods' totals over d₂ … dₙ (over all of them when the first purchase is included).

mod calendar;
mod customer;
mod order;
mod partition;

use rayon::prelude::*;

pub use calendar::{Calendar, Grain};
use customer::{Ledger, aggregate};
use partition::{Amount, Key, partition};

use crate::error::{Error, Result};

/// The code of rows without a customer; they are counted and left out.
pub const NO_CUSTOMER: u32 = u32::MAX;
/// The timestamp of rows without a date; they are counted and left out.
pub const NO_DATE: i64 = i64::MIN;

/// Transactions, one row each, in any order.
#[derive(Debug, Clone, Copy)]
pub struct Transactions<'a> {
    /// Each row's customer: a code below `n_customers`, or [`NO_CUSTOMER`].
    pub customers: &'a [u32],
    /// Each row's timestamp in ticks since 1970-01-01, or [`NO_DATE`].
    pub times: &'a [i64],
    /// Each row's amount, finite.
    pub amounts: Option<&'a [f64]>,
    /// How many customers there are.
    pub n_customers: usize,
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
pub struct Options {
    /// Timestamps' ticks per second.
    pub ticks_per_second: i64,
    /// Purchases within one such period count as one.
    pub collapse: Grain,
    /// Last moment of the observation; the last timestamp when absent.
    pub end: Option<i64>,
    /// Whether the whole period in which the observation ends belongs to it, as in lifetimes, or
    /// only its days (hours, …) up to `end`.
    pub whole_period: bool,
    /// Ticks in the unit of recency and T.
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
    }
}

/// The customer summary: one entry a customer with a purchase, in ascending order of codes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Summary {
    /// The customers' codes.
    pub customers: Vec<u32>,
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

/// Summarises transactions by customer.
///
/// # Errors
/// [`Error::Length`] when the columns differ in length, [`Error::Setting`] when a code is not below
/// the number of customers or the clock or the unit is not positive.
pub fn summarize(transactions: &Transactions<'_>, options: &Options) -> Result<Summary> {
    check(transactions, options)?;
    let calendar = Calendar::new(options.collapse, options.ticks_per_second);
    let Some((first, last)) = extent(transactions.times) else {
        return Ok(nothing(transactions, options));
    };
    let end_period = calendar.period(calendar.key(options.end.unwrap_or(last)));
    let last_key = if options.whole_period {
        calendar.last_key(end_period)
    } else {
        calendar.key(options.end.unwrap_or(last))
    };
    let window = Window { base: calendar.key(first), last_key, end: calendar.start(end_period) };
    // Keys count from the first one; below 2³² they travel in half the room.
    let wide = u32::try_from(i128::from(last_key) - i128::from(window.base)).is_err();
    match (wide, transactions.amounts.is_some()) {
        (false, false) => run::<u32, ()>(transactions, options, &calendar, &window),
        (false, true) => run::<u32, f64>(transactions, options, &calendar, &window),
        (true, false) => run::<u64, ()>(transactions, options, &calendar, &window),
        (true, true) => run::<u64, f64>(transactions, options, &calendar, &window),
    }
}

/// The keys that belong to the observation.
struct Window {
    base: i64,
    last_key: i64,
    end: i64,
}

fn check(transactions: &Transactions<'_>, options: &Options) -> Result<()> {
    let expected = transactions.customers.len();
    let amounts = transactions.amounts.map_or(expected, <[f64]>::len);
    for (column, found) in [("times", transactions.times.len()), ("amounts", amounts)] {
        if found != expected {
            return Err(Error::Length { column, found, expected });
        }
    }
    let settings = [
        ("ticks_per_second", options.ticks_per_second as f64),
        ("unit", options.unit),
        ("multiplier", options.multiplier),
    ];
    for (name, value) in settings {
        if !(value.is_finite() && value > 0.0) {
            return Err(Error::Setting { name, value, expected: "a positive finite number" });
        }
    }
    Ok(())
}

/// First and last timestamp.
fn extent(times: &[i64]) -> Option<(i64, i64)> {
    times
        .par_chunks(1 << 16)
        .filter_map(|chunk| {
            let dated = chunk.iter().filter(|&&time| time != NO_DATE);
            dated.fold(None, |range: Option<(i64, i64)>, &time| {
                let (low, high) = range.unwrap_or((time, time));
                Some((low.min(time), high.max(time)))
            })
        })
        .reduce_with(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}

fn nothing(transactions: &Transactions<'_>, options: &Options) -> Summary {
    Summary {
        monetary_value: transactions.amounts.map(|_| Vec::new()),
        end: options.end.unwrap_or(0),
        counts: Counts { without_date: transactions.times.len(), ..Counts::default() },
        ..Summary::default()
    }
}

fn run<K: Key, A: Amount>(
    transactions: &Transactions<'_>,
    options: &Options,
    calendar: &Calendar,
    window: &Window,
) -> Result<Summary> {
    let parts = partition::<K, A>(transactions, calendar, window.base, window.last_key)?;
    let ledgers: Vec<Ledger> = (0..parts.buckets())
        .into_par_iter()
        .map_init(Default::default, |scratch, bucket| {
            aggregate(&parts, bucket, options, calendar, window, scratch)
        })
        .collect();
    let mut summary = Summary {
        monetary_value: transactions.amounts.map(|_| Vec::new()),
        end: window.end,
        counts: parts.counts,
        ..Summary::default()
    };
    let total = ledgers.iter().map(|ledger| ledger.customers.len()).sum();
    summary.customers.reserve_exact(total);
    for column in [&mut summary.frequency, &mut summary.recency, &mut summary.age] {
        column.reserve_exact(total);
    }
    for ledger in &ledgers {
        summary.customers.extend_from_slice(&ledger.customers);
        summary.frequency.extend_from_slice(&ledger.frequency);
        summary.recency.extend_from_slice(&ledger.recency);
        summary.age.extend_from_slice(&ledger.age);
        if let Some(money) = &mut summary.monetary_value {
            money.extend_from_slice(&ledger.monetary_value);
        }
        summary.counts.merge(&ledger.counts);
    }
    Ok(summary)
}

#[cfg(test)]
mod tests;
