//! The summary of a table in one piece.

use super::customer::Summarizing;
use super::found::MergedBuckets;
use super::frame::ObservationPeriod;
use super::ids::Ids;
use super::kinds::{IdTask, by_kind};
use super::partition::TimeRange;
use super::table::extent;
use super::{Calendar, RowCounts, Summary, SummaryOptions, TextBuffer, Transactions};
use crate::error::Result;

/// Summarises transactions by customer, up to `end` or the last of them.
///
/// # Errors
/// [`crate::error::Error::Length`] when the columns differ in length, [`crate::error::Error::Setting`] when a code is not below
/// the number of customers or the clock or the unit is not positive, [`crate::error::Error::Interrupted`].
pub fn summarize(
    transactions: &Transactions<'_>,
    end: Option<i64>,
    options: &SummaryOptions,
) -> Result<Summary> {
    transactions.check()?;
    options.check(transactions.ticks_per_second)?;
    by_kind(transactions, &Whole { transactions, end, options })
}

struct Whole<'a> {
    transactions: &'a Transactions<'a>,
    end: Option<i64>,
    options: &'a SummaryOptions,
}

impl IdTask for Whole<'_> {
    type Output = Summary;
    fn customers(output: &mut Summary) -> Option<(&[u64], &mut Option<TextBuffer>)> {
        Some((&output.customers, &mut output.texts))
    }
    fn run<N: Ids>(&self, ids: &N) -> Result<Summary> {
        let Self { transactions, end, options } = *self;
        let calendar = Calendar::new(options.collapse, transactions.ticks_per_second);
        let (extent, dateless) = extent(transactions.times);
        let Some((first, last)) = extent else {
            return Ok(Summary {
                monetary_value: transactions.amounts.map(|_| Vec::new()),
                end: end.unwrap_or(0),
                counts: RowCounts { without_date: dateless, dateless, ..RowCounts::default() },
                ..Summary::default()
            });
        };
        let end = end.unwrap_or(last);
        let observation = ObservationPeriod::new(calendar, first, end);
        let high = if options.whole_period {
            calendar.last_tick(calendar.last_key(observation.end))
        } else {
            calendar.last_tick(calendar.key(end))
        };
        let span = TimeRange::until(high);
        let clock = calendar.clock(first, last, observation.base);
        let columns = transactions.columns(clock, &observation, span);
        let task = Summarizing { options, observation: &observation, later: None };
        let MergedBuckets { ids, mut summary, .. } = MergedBuckets::of(ids, &columns, &task)?;
        summary.counts.dateless = dateless;
        Ok(summary.of::<N>(&ids))
    }
}
