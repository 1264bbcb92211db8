//! What customers bought, put together from the buckets.

use std::cmp::Ordering;

use rayon::prelude::*;

use super::customer::{Ledger, Summing};
use super::ids::Ids;
use super::partition::Columns;
use super::{Counts, Frame, Holdout, Rules, Summary};
use crate::error::Result;

/// What customers bought, in ascending order of their ids.
pub struct Found<I> {
    /// Whose it is.
    pub ids: Vec<I>,
    /// The columns; `customers` is empty yet.
    pub summary: Summary,
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

impl<I: Copy + Default + Send + Sync> Found<I> {
    /// Summarises the rows of a span.
    ///
    /// # Errors
    /// What `ids` finds wrong with an id.
    pub fn of<N: Ids<Whose = I>>(
        ids: &N,
        columns: &Columns<'_>,
        rules: &Rules,
        frame: &Frame,
    ) -> Result<Self> {
        let money = columns.amounts.is_some();
        let work = Summing { rules, frame };
        let (ledgers, counts) = if money {
            ids.by_bucket::<f64, _>(columns, &work)?
        } else {
            ids.by_bucket::<(), _>(columns, &work)?
        };
        let mut found = Self::join(&ledgers, frame, money);
        found.summary.counts.merge(&counts);
        if !found.ids.is_sorted_by(|a, b| ids.order(a, b).is_le()) {
            found.sort(|a, b| ids.order(a, b));
        }
        Ok(found)
    }

    /// Puts the buckets one after the other.
    pub fn join(ledgers: &[(Vec<I>, Ledger)], frame: &Frame, money: bool) -> Self {
        let mut counts = Counts::default();
        for (_, ledger) in ledgers {
            counts.merge(&ledger.counts);
        }
        let summary = Summary {
            frequency: end_to_end(ledgers, |(_, ledger)| &ledger.frequency),
            recency: end_to_end(ledgers, |(_, ledger)| &ledger.recency),
            age: end_to_end(ledgers, |(_, ledger)| &ledger.age),
            monetary_value: money
                .then(|| end_to_end(ledgers, |(_, ledger)| &ledger.monetary_value)),
            end: frame.calendar.start(frame.end),
            counts,
            ..Summary::default()
        };
        Self { ids: end_to_end(ledgers, |(ids, _)| ids), summary }
    }

    /// Brings the customers into order.
    pub fn sort(&mut self, order: impl Fn(&I, &I) -> Ordering + Sync) {
        let mut sorted: Vec<(I, u32)> = self.ids.iter().copied().zip(0..).collect();
        sorted.par_sort_unstable_by(|a, b| order(&a.0, &b.0));
        let Summary { frequency, recency, age, monetary_value, .. } = &mut self.summary;
        let columns = [frequency, recency, age].into_iter().chain(monetary_value);
        for column in columns {
            *column = sorted.par_iter().map(|&(_, at)| column[at as usize]).collect();
        }
        self.ids = sorted.into_iter().map(|(id, _)| id).collect();
    }

    /// The summary, with what the caller knows the customers by.
    pub fn into_summary<N: Ids<Whose = I>>(self) -> Summary {
        let customers = self.ids.par_iter().map(N::label).collect();
        Summary { customers, ..self.summary }
    }

    /// This as the holdout of those who bought before it.
    pub fn seen_by<N: Ids<Whose = I>>(&self, before: &Self, ids: &N) -> Holdout {
        let mut at = 0;
        let mut frequency = vec![0.0; before.ids.len()];
        let mut money = self.summary.monetary_value.as_ref().map(|_| frequency.clone());
        for (row, id) in before.ids.iter().enumerate() {
            while at < self.ids.len() && ids.order(&self.ids[at], id).is_lt() {
                at += 1;
            }
            if at < self.ids.len() && ids.order(&self.ids[at], id).is_eq() {
                frequency[row] = self.summary.frequency[at];
                if let (Some(money), Some(means)) = (&mut money, &self.summary.monetary_value) {
                    money[row] = means[at];
                }
            }
        }
        Holdout {
            frequency,
            monetary_value: money,
            customers: self.ids.len(),
            end: self.summary.end,
            counts: self.summary.counts,
        }
    }
}
