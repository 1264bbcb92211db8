//! Purchase lists: the periods in which each customer bought, and the money of each.
//!
//! Purchases and periods are those of [`super::track`].

use rayon::prelude::*;

use super::calendar::{Calendar, Grain, ObservationPeriod};
use super::ids::{Ids, TextBuffer};
use super::options::Refunds;
use super::row_counts::RowCounts;
use super::rows::{
    Amount, BucketTask, BucketWorkspace, Columns, PackedRow, SortedBucket, Stamp, TimeRange,
    next_period, settle, take_customer,
};
use super::table::{IdTask, Transactions, by_kind, extent};
use crate::error::Result;

/// When each customer bought, in ascending order of their ids.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PurchaseLists {
    /// The customers, as in [`super::Summary::customers`].
    pub customers: Vec<u64>,
    /// Their ids, where those are text.
    pub texts: Option<TextBuffer>,
    /// In how many periods each bought.
    pub counts: Vec<i64>,
    /// Those periods, customer by customer, ascending.
    pub periods: Vec<i64>,
    /// The number of rows in each period.
    pub rows: Vec<i64>,
    /// The money of each.
    pub amounts: Option<Vec<f64>>,
    /// The first timestamp; none where no row has one.
    pub start: Option<i64>,
    /// Counts of rows that were left out or changed.
    pub met: RowCounts,
}

/// Lists the periods in which each customer bought, up to the period of `end`, and the amounts after
/// refunds.
///
/// # Errors
/// As [`super::track`].
pub fn list(
    transactions: &Transactions<'_>,
    grain: Grain,
    end: Option<i64>,
    refunds: Refunds,
) -> Result<PurchaseLists> {
    transactions.check()?;
    by_kind(transactions, &List { transactions, grain, end, refunds })
}

struct List<'a> {
    transactions: &'a Transactions<'a>,
    grain: Grain,
    end: Option<i64>,
    refunds: Refunds,
}

impl IdTask for List<'_> {
    type Output = PurchaseLists;
    fn customers(output: &mut PurchaseLists) -> Option<(&[u64], &mut Option<TextBuffer>)> {
        Some((&output.customers, &mut output.texts))
    }
    fn run<N: Ids>(&self, ids: &N) -> Result<PurchaseLists> {
        let Self { transactions, grain, end, refunds } = *self;
        let calendar = Calendar::new(grain, transactions.ticks_per_second);
        let Some((first, last)) = extent(transactions.times).0 else {
            return Ok(PurchaseLists {
                amounts: transactions.amounts.map(|_| Vec::new()),
                ..PurchaseLists::default()
            });
        };
        let observation = ObservationPeriod::new(calendar, first, last);
        let end = calendar.key(end.unwrap_or(last));
        let span = TimeRange::until(calendar.last_tick(calendar.last_key(calendar.period(end))));
        let clock = calendar.clock(first, last, observation.base);
        let columns = transactions.columns(clock, &observation, span);
        let task = Listing {
            observation: &observation,
            start: calendar.period(observation.base),
            refunds,
        };
        let found = if columns.amounts.is_some() {
            listed::<N, f64>(ids, &columns, &task)
        } else {
            listed::<N, ()>(ids, &columns, &task)
        }?;
        Ok(PurchaseLists { start: Some(first), ..found })
    }
}

fn listed<N: Ids, A: Amount>(
    ids: &N,
    columns: &Columns<'_>,
    task: &Listing<'_>,
) -> Result<PurchaseLists> {
    let (buckets, mut met) = ids.by_bucket::<A, _>(columns, task)?;
    for (_, lists) in &buckets {
        met.merge(&lists.counts);
    }
    // Each customer, and where the list of their periods is.
    let mut customers = Vec::with_capacity(buckets.iter().map(|(ids, _)| ids.len()).sum());
    for (keys, lists) in &buckets {
        let mut from = 0;
        for (&id, &to) in keys.iter().zip(&lists.ends) {
            customers.push((id, lists, from..to as usize));
            from = to as usize;
        }
    }
    if !customers.is_sorted_by(|a, b| ids.order(&a.0, &b.0).is_le()) {
        customers.par_sort_unstable_by(|a, b| ids.order(&a.0, &b.0));
    }
    let total = buckets.iter().map(|(_, lists)| lists.periods.len()).sum();
    let mut listed = PurchaseLists {
        customers: customers.iter().map(|(id, ..)| N::label(id)).collect(),
        counts: customers.iter().map(|(.., places)| places.len().try_into().unwrap_or(0)).collect(),
        periods: Vec::with_capacity(total),
        rows: Vec::with_capacity(total),
        amounts: columns.amounts.map(|_| Vec::with_capacity(total)),
        met,
        ..PurchaseLists::default()
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
    observation: &'a ObservationPeriod,
    start: i64,
    refunds: Refunds,
}

/// The periods of a bucket, customer by customer.
#[derive(Default)]
struct Lists {
    /// Where each customer's end.
    ends: Vec<u32>,
    periods: Vec<i64>,
    rows: Vec<i64>,
    amounts: Vec<f64>,
    counts: RowCounts,
}

impl Lists {
    fn add(&mut self, period: i64, rows: usize, amount: f64) {
        self.periods.push(period);
        self.rows.push(rows.try_into().unwrap_or(0));
        self.amounts.push(amount);
    }

    /// Ends a customer's list; returns whether it has a period.
    fn end(&mut self) -> bool {
        let end = self.periods.len().try_into().unwrap_or(u32::MAX);
        let any = self.ends.last().copied().unwrap_or(0) < end;
        if any {
            self.ends.push(end);
        } else {
            self.counts.without_purchase += 1;
        }
        any
    }
}

impl<A: Amount> BucketTask<A> for Listing<'_> {
    type Workspace<S: Stamp> = BucketWorkspace<S, A>;
    type Output = Lists;
    fn bucket<S: Stamp>(
        &self,
        parts: &[&[PackedRow<S, A>]],
        n_customers: usize,
        workspace: &mut BucketWorkspace<S, A>,
    ) -> (Vec<u32>, Lists) {
        let Self { observation, start, refunds } = *self;
        let SortedBucket { mut rows, purchases, refunds, counts } =
            workspace.sort(parts, n_customers, refunds, observation);
        let (mut numbers, mut lists) = (Vec::new(), Lists { counts, ..Lists::default() });
        while let Some(first) = rows.first() {
            let number = first.stamp.number(observation.bits);
            if refunds == Refunds::Keep {
                while rows.first().is_some_and(|row| row.stamp.number(observation.bits) == number) {
                    let counts = &mut lists.counts;
                    let sum = next_period::<_, _, false, false>(&mut rows, observation, counts);
                    lists.add(sum.period - start, sum.rows, sum.paid.unwrap_or(0.0));
                }
            } else {
                let own = take_customer(&mut rows, observation);
                settle(own, refunds, observation, purchases, &mut lists.counts);
                for purchase in purchases.iter() {
                    lists.add(purchase.period - start, purchase.rows, purchase.left);
                }
            }
            if lists.end() {
                numbers.push(number);
            }
        }
        (numbers, lists)
    }
}
