//! The summary up to a moment, and what the same customers bought after it, in one pass.
//!
//! The keys of rows after the split count one more than those before, so that no key holds rows of
//! both halves and sorting a bucket leaves each customer's halves one after the other.

use super::customer::{Ledger, Scratch, Sorted, Work, next_customer, take_customer};
use super::found::Found;
use super::ids::Ids;
use super::partition::Span;
use super::row::{Amount, Row, Stamp, bits};
use super::{Calendar, Frame, Holdout, Job, NO_DATE, Rules, Summary, Texts, Transactions, extent};
use crate::error::Result;

/// A table that is summarised up to a moment, and after it.
pub struct Split<'a> {
    /// The table.
    pub transactions: &'a Transactions<'a>,
    /// The last moment of the summary.
    pub at: i64,
    /// The last moment of the holdout; that of the table if none is given.
    pub end: Option<i64>,
    /// How to summarise.
    pub rules: &'a Rules,
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
        let halves = Halves::new(calendar, first, at, end, rules);
        let clock = calendar.clock(first, last, halves.whole.base).parted(at);
        let span = Span { low: NO_DATE + 1, high: end, counts_late: false };
        let columns = transactions.columns(clock, &halves.whole, span);
        let Found { ids, summary, holdout } = Found::of(ids, &columns, &halves, &halves.before)?;
        let holdout = Holdout { end: calendar.start(halves.after.end), ..holdout };
        Ok((summary.of::<N>(&ids), holdout))
    }
}

/// The two summaries of a bucket as work.
struct Halves<'a> {
    rules: &'a Rules,
    /// The calendar of all rows as they are sorted.
    whole: Frame,
    before: Frame,
    after: Frame,
    /// The smallest key of a row after the split, counted as the rows' are.
    boundary: u64,
}

impl<'a> Halves<'a> {
    fn new(calendar: Calendar, first: i64, at: i64, end: i64, rules: &'a Rules) -> Self {
        let longest = Frame::new(calendar, first, at.max(end));
        let high = longest.high.saturating_add(1);
        let whole = Frame { high, bits: bits(high), ..longest };
        let until = |time| calendar.period(calendar.key(time));
        let after = i128::from(calendar.key(at)) - i128::from(whole.base) + 1;
        Self {
            rules,
            whole,
            before: Frame { end: until(at), ..whole },
            // Counted from one key earlier, keys are those of the calendar again.
            after: Frame { base: whole.base.wrapping_sub(1), end: until(end), ..whole },
            boundary: u64::try_from(after).unwrap_or(0),
        }
    }
}

impl<A: Amount> Work<A> for Halves<'_> {
    type Room<S: Stamp> = Scratch<S, A>;
    type Output = Ledger;
    fn bucket<S: Stamp>(
        &self,
        parts: &[&[Row<S, A>]],
        n_customers: usize,
        scratch: &mut Scratch<S, A>,
    ) -> (Vec<u32>, Ledger) {
        let Self { rules, whole, before, after, boundary } = self;
        let Sorted { mut rows, purchases, refunds, counts } =
            scratch.sort(parts, n_customers, rules.refunds, whole);
        let most = n_customers.min(rows.len());
        let (mut customers, mut ledger) = (Vec::with_capacity(most), Ledger::new(most, counts));
        while let Some(first) = rows.first() {
            let number = first.stamp.number(whole.bits);
            let own = take_customer(&mut rows, whole);
            let early = own.partition_point(|row| row.stamp.key(whole.bits) < *boundary);
            let halves = [(&own[..early], before), (&own[early..], after)];
            let [summary, holdout] = halves.map(|(mut half, frame)| {
                let any = !half.is_empty();
                any.then(|| next_customer(&mut half, refunds, frame, purchases, &mut ledger.counts))
            });
            let bought = summary.is_some_and(|tally| ledger.add(&tally, rules, before));
            if bought {
                customers.push(number);
            }
            ledger.add_later(holdout.as_ref(), bought);
        }
        (customers, ledger)
    }
}
