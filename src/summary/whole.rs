//! The summary of a table in one piece.

use super::customer::Summing;
use super::found::Found;
use super::frame::Frame;
use super::ids::Ids;
use super::kinds::{Job, by_kind};
use super::partition::Span;
use super::table::extent;
use super::{Calendar, Counts, Rules, Summary, Texts, Transactions};
use crate::error::Result;

/// Summarises transactions by customer, up to `end` or the last of them.
///
/// # Errors
/// [`crate::error::Error::Length`] when the columns differ in length, [`crate::error::Error::Setting`] when a code is not below
/// the number of customers or the clock or the unit is not positive, [`crate::error::Error::Interrupted`].
pub fn summarize(
    transactions: &Transactions<'_>,
    end: Option<i64>,
    rules: &Rules,
) -> Result<Summary> {
    transactions.check()?;
    rules.check(transactions.ticks_per_second)?;
    by_kind(transactions, &Whole { transactions, end, rules })
}

struct Whole<'a> {
    transactions: &'a Transactions<'a>,
    end: Option<i64>,
    rules: &'a Rules,
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
        let span = Span::until(high);
        let clock = calendar.clock(first, last, frame.base);
        let columns = transactions.columns(clock, &frame, span);
        let work = Summing { rules, frame: &frame, later: None };
        let Found { ids, mut summary, .. } = Found::of(ids, &columns, &work)?;
        summary.counts.dateless = dateless;
        Ok(summary.of::<N>(&ids))
    }
}
