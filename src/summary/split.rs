//! The summary up to a moment, and what the same customers bought after it, in one pass.
//!
//! The keys of rows after the split count one more than those before, so that no key holds rows of
//! both halves and sorting a bucket leaves each customer's halves one after the other.

use super::customer::{Ledger, Sorted, Summing, next_customer, take_customer};
use super::found::Found;
use super::frame::Frame;
use super::ids::Ids;
use super::kinds::{Job, by_kind};
use super::partition::Span;
use super::row::{Amount, Stamp, bits};
use super::table::extent;
use super::{Calendar, Holdout, NO_DATE, Rules, Summary, Texts, Transactions};
use crate::error::Result;

/// Summarises transactions up to `split`, and what the same customers bought after it up to `end`.
///
/// Both moments belong to what they end. The holdout counts all purchases; `rules` says whether the
/// summary leaves out the first. Refunds are netted within each half, and the counts of the summary
/// are those of both.
///
/// # Errors
/// As [`super::summarize`].
pub fn summarize_split(
    transactions: &Transactions<'_>,
    split: i64,
    end: Option<i64>,
    rules: &Rules,
) -> Result<(Summary, Holdout)> {
    transactions.check()?;
    rules.check(transactions.ticks_per_second)?;
    by_kind(transactions, &Split { transactions, at: split, end, rules })
}

struct Split<'a> {
    transactions: &'a Transactions<'a>,
    at: i64,
    end: Option<i64>,
    rules: &'a Rules,
}

impl Job for Split<'_> {
    type Output = (Summary, Holdout);
    fn customers(output: &mut (Summary, Holdout)) -> Option<(&[u64], &mut Option<Texts>)> {
        Some((&output.0.customers, &mut output.0.texts))
    }
    fn run<N: Ids>(&self, ids: &N) -> Result<(Summary, Holdout)> {
        let Self { transactions, at, end, rules } = *self;
        let calendar = Calendar::new(rules.collapse, transactions.ticks_per_second);
        let (first, last) = extent(transactions.times).0.unwrap_or((at, at));
        let end = end.unwrap_or(last);
        let (frame, later) = halves(calendar, first, at, end);
        let clock = calendar.clock(first, last, frame.base).parted(at);
        let span = Span { low: NO_DATE + 1, high: end, counts_late: false };
        let columns = transactions.columns(clock, &frame, span);
        let work = Summing { rules, frame: &frame, later: Some(&later) };
        let Found { ids, summary, holdout } = Found::of(ids, &columns, &work)?;
        let holdout = Holdout { end: calendar.start(later.frame.end), ..holdout };
        Ok((summary.of::<N>(&ids), holdout))
    }
}

/// What comes after a summary: the holdout's calendar, and where it begins.
pub struct Later {
    frame: Frame,
    /// The smallest key of a row after the split, counted as the rows' are.
    boundary: u64,
}

/// The calendars of a summary up to `at` and of what comes after it up to `end`.
fn halves(calendar: Calendar, first: i64, at: i64, end: i64) -> (Frame, Later) {
    let longest = Frame::new(calendar, first, at.max(end));
    let high = longest.high.saturating_add(1);
    let whole = Frame { high, bits: bits(high), ..longest };
    let until = |time| calendar.period(calendar.key(time));
    // Counted from one key earlier, keys are those of the calendar again.
    let after = Frame { base: whole.base.wrapping_sub(1), end: until(end), ..whole };
    let boundary = i128::from(calendar.key(at)) - i128::from(whole.base) + 1;
    let later = Later { frame: after, boundary: u64::try_from(boundary).unwrap_or(0) };
    (Frame { end: until(at), ..whole }, later)
}

impl Later {
    /// Adds up the rows of a bucket half by half.
    pub fn add_up<S: Stamp, A: Amount>(
        &self,
        Sorted { mut rows, purchases, refunds, .. }: Sorted<'_, S, A>,
        rules: &Rules,
        frame: &Frame,
        customers: &mut Vec<u32>,
        ledger: &mut Ledger,
    ) {
        while let Some(first) = rows.first() {
            let number = first.stamp.number(frame.bits);
            let own = take_customer(&mut rows, frame);
            let early = own.partition_point(|row| row.stamp.key(frame.bits) < self.boundary);
            let halves = [(&own[..early], frame), (&own[early..], &self.frame)];
            let [summary, holdout] = halves.map(|(mut half, frame)| {
                let any = !half.is_empty();
                any.then(|| next_customer(&mut half, refunds, frame, purchases, &mut ledger.counts))
            });
            let bought = summary.is_some_and(|tally| ledger.add(&tally, rules, frame));
            if bought {
                customers.push(number);
            }
            ledger.add_later(holdout.as_ref(), bought);
        }
    }
}
