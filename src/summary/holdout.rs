//! The summary up to a moment, and the purchases of the same customers after it, in one pass.
//!
//! The keys of rows after the split are one larger than in the calendar, so that no key has rows of both
//! halves and sorting a bucket puts each customer's halves one after the other.

use super::NO_DATE;
use super::calendar::{Calendar, ObservationPeriod};
use super::customer_totals::{HoldoutPeriod, Summarizing};
use super::ids::{Ids, TextBuffer};
use super::options::SummaryOptions;
use super::result::{Holdout, Summary};
use super::rows::TimeRange;
use super::summarize::MergedBuckets;
use super::table::{IdTask, Transactions, by_kind, extent};
use crate::error::Result;
use crate::numerics::bit_length;

/// Summarises transactions up to `split`, and the purchases of the same customers after it up to `end`.
///
/// Both moments are included. The holdout counts all purchases; `options` determines whether the summary
/// includes the first. Refunds are netted within each half, and the counts of the summary are those of
/// both.
///
/// # Errors
/// As [`summarize`](fn@super::summarize).
pub fn summarize_split(
    transactions: &Transactions<'_>,
    split: i64,
    end: Option<i64>,
    options: &SummaryOptions,
) -> Result<(Summary, Holdout)> {
    transactions.check()?;
    options.check(transactions.ticks_per_second)?;
    by_kind(transactions, &Split { transactions, at: split, end, options })
}

struct Split<'a> {
    transactions: &'a Transactions<'a>,
    at: i64,
    end: Option<i64>,
    options: &'a SummaryOptions,
}

impl IdTask for Split<'_> {
    type Output = (Summary, Holdout);
    fn customers(output: &mut (Summary, Holdout)) -> Option<(&[u64], &mut Option<TextBuffer>)> {
        Some((&output.0.customers, &mut output.0.texts))
    }
    fn run<N: Ids>(&self, ids: &N) -> Result<(Summary, Holdout)> {
        let Self { transactions, at, end, options } = *self;
        let calendar = Calendar::new(options.collapse, transactions.ticks_per_second);
        let (first, last) = extent(transactions.times).0.unwrap_or((at, at));
        let end = end.unwrap_or(last);
        let (observation, later) = halves(calendar, first, at, end);
        let clock = calendar.clock(first, last, observation.base).parted(at);
        let span = TimeRange { low: NO_DATE + 1, high: end, counts_late: false };
        let columns = transactions.columns(clock, &observation, span);
        let task = Summarizing { options, observation: &observation, later: Some(&later) };
        let MergedBuckets { ids, summary, holdout } = MergedBuckets::of(ids, &columns, &task)?;
        let holdout = Holdout { end: calendar.start(later.observation.end), ..holdout };
        Ok((summary.of::<N>(&ids), holdout))
    }
}

/// The calendars of a summary up to `at` and of its holdout up to `end`.
fn halves(calendar: Calendar, first: i64, at: i64, end: i64) -> (ObservationPeriod, HoldoutPeriod) {
    let longest = ObservationPeriod::new(calendar, first, at.max(end));
    let high = longest.high.saturating_add(1);
    let whole = ObservationPeriod { high, bits: bit_length(high), ..longest };
    let until = |time| calendar.period(calendar.key(time));
    // Counted from one key earlier, keys are those of the calendar again.
    let after = ObservationPeriod { base: whole.base.wrapping_sub(1), end: until(end), ..whole };
    let boundary = i128::from(calendar.key(at)) - i128::from(whole.base) + 1;
    let later =
        HoldoutPeriod { observation: after, boundary: u64::try_from(boundary).unwrap_or(0) };
    (ObservationPeriod { end: until(at), ..whole }, later)
}
