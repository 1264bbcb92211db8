//! The summary of a table in memory, merged from buckets of customers.

use std::cmp::Ordering;

use rayon::prelude::*;

use super::calendar::{Calendar, ObservationPeriod};
use super::customer_totals::{BucketSummary, Summarizing};
use super::ids::{Ids, TextBuffer};
use super::options::SummaryOptions;
use super::result::{Holdout, Summary};
use super::row_counts::RowCounts;
use super::rows::{Columns, TimeRange};
use super::table::{IdTask, Transactions, by_kind, extent};
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

/// The summaries of all buckets, in ascending order of ids.
pub struct MergedBuckets<I> {
    /// CustomerKey it is.
    pub ids: Vec<I>,
    /// The columns; `customers` is empty yet.
    pub summary: Summary,
    /// The purchases after the end, if a holdout is requested; `end` is not set yet.
    pub holdout: Holdout,
}

/// A column of every bucket, one after the other.
fn end_to_end<B: Sync, T: Copy + Default + Send + Sync>(
    buckets: &[B],
    column: impl Fn(&B) -> &[T] + Sync,
) -> Vec<T> {
    let total = buckets.iter().map(|bucket| column(bucket).len()).sum();
    let mut all = vec![T::default(); total];
    let mut rest = all.as_mut_slice();
    let mut slots = Vec::with_capacity(buckets.len());
    for bucket in buckets {
        let (slot, others) = std::mem::take(&mut rest).split_at_mut(column(bucket).len());
        slots.push(slot);
        rest = others;
    }
    let slots = slots.into_par_iter().zip(buckets);
    slots.for_each(|(slot, bucket)| slot.copy_from_slice(column(bucket)));
    all
}

impl<I: Copy + Default + Send + Sync> MergedBuckets<I> {
    /// Summarises the rows of a time range.
    ///
    /// # Errors
    /// A fault of an id.
    pub fn of<N: Ids<CustomerKey = I>>(
        ids: &N,
        columns: &Columns<'_>,
        task: &Summarizing<'_>,
    ) -> Result<Self> {
        let money = columns.amounts.is_some();
        let (summaries, counts) = if money {
            ids.by_bucket::<f64, _>(columns, task)?
        } else {
            ids.by_bucket::<(), _>(columns, task)?
        };
        let mut found = Self::join(&summaries, task.observation, money);
        found.summary.counts.merge(&counts);
        if !found.ids.is_sorted_by(|a, b| ids.order(a, b).is_le()) {
            found.sort(|a, b| ids.order(a, b));
        }
        Ok(found)
    }

    /// Puts the buckets one after the other.
    pub fn join(
        summaries: &[(Vec<I>, BucketSummary)],
        observation: &ObservationPeriod,
        money: bool,
    ) -> Self {
        let mut counts = RowCounts::default();
        for (_, bucket_summary) in summaries {
            counts.merge(&bucket_summary.counts);
        }
        let summary = Summary {
            frequency: end_to_end(summaries, |(_, bucket_summary)| &bucket_summary.frequency),
            recency: end_to_end(summaries, |(_, bucket_summary)| &bucket_summary.recency),
            age: end_to_end(summaries, |(_, bucket_summary)| &bucket_summary.age),
            monetary_value: money.then(|| {
                end_to_end(summaries, |(_, bucket_summary)| &bucket_summary.monetary_value)
            }),
            end: observation.calendar.start(observation.end),
            counts,
            ..Summary::default()
        };
        let [frequency, means] = [0, 1].map(|column| {
            end_to_end(summaries, |(_, bucket_summary)| &bucket_summary.later[column])
        });
        let holdout = Holdout {
            frequency,
            monetary_value: money.then_some(means),
            customers: summaries
                .iter()
                .map(|(_, bucket_summary)| bucket_summary.later_customers)
                .sum(),
            end: 0,
        };
        Self { ids: end_to_end(summaries, |(ids, _)| ids), summary, holdout }
    }

    /// Brings the customers into order.
    pub fn sort(&mut self, order: impl Fn(&I, &I) -> Ordering + Sync) {
        let mut sorted: Vec<(I, u32)> = self.ids.iter().copied().zip(0..).collect();
        sorted.par_sort_unstable_by(|a, b| order(&a.0, &b.0));
        let Summary { frequency, recency, age, monetary_value, .. } = &mut self.summary;
        let later = std::iter::once(&mut self.holdout.frequency);
        let later = later.chain(&mut self.holdout.monetary_value);
        let columns = [frequency, recency, age].into_iter().chain(monetary_value).chain(later);
        for column in columns.filter(|column| !column.is_empty()) {
            *column = sorted.par_iter().map(|&(_, at)| column[at as usize]).collect();
        }
        self.ids = sorted.into_iter().map(|(id, _)| id).collect();
    }
}

impl Summary {
    /// The summary with the caller's labels of these customers.
    pub(super) fn of<N: Ids>(self, ids: &[N::CustomerKey]) -> Self {
        Self { customers: ids.par_iter().map(N::label).collect(), ..self }
    }
}
