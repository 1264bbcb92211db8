//! Totals of one customer, and the summary of a bucket of customers.

use super::calendar::ObservationPeriod;
use super::options::{Refunds, SummaryOptions};
use super::row_counts::RowCounts;
use super::rows::{
    Amount, BucketTask, BucketWorkspace, PackedRow, PeriodTotals, Purchase, SortedBucket, Stamp,
    next_period, settle, take_customer,
};

/// The summary of one bucket, column by column.
#[derive(Debug, Default)]
pub struct BucketSummary {
    /// The number of purchases that count.
    pub frequency: Vec<f64>,
    /// The time from the first to the last purchase.
    pub recency: Vec<f64>,
    /// The time from the first purchase to the end of the observation.
    pub age: Vec<f64>,
    /// The mean money of the purchases that count.
    pub monetary_value: Vec<f64>,
    /// The purchases of the same customers after the end, and their mean amount, if a holdout is requested.
    pub later: [Vec<f64>; 2],
    /// The number of customers who bought after the end.
    pub later_customers: usize,
    /// Counts of rows that were left out or changed.
    pub counts: RowCounts,
}

impl BucketSummary {
    /// A summary with capacity for `n` customers.
    pub fn new(n: usize, counts: RowCounts) -> Self {
        let empty = || Vec::with_capacity(n);
        Self {
            frequency: empty(),
            recency: empty(),
            age: empty(),
            monetary_value: empty(),
            counts,
            ..Self::default()
        }
    }

    /// Adds a customer, if there is a purchase; returns whether there is.
    pub fn add(
        &mut self,
        totals: &CustomerTotals,
        options: &SummaryOptions,
        observation: &ObservationPeriod,
    ) -> bool {
        if totals.purchases == 0 {
            self.counts.without_purchase += 1;
            return false;
        }
        let calendar = observation.calendar;
        let since = |from: i64, to: i64| {
            calendar.seconds(calendar.first_key(to).abs_diff(calendar.first_key(from)))
                / options.unit
                / options.multiplier
        };
        let [counted, mean] = totals.counted(options.include_first);
        self.frequency.push(counted);
        self.recency.push(since(totals.first, totals.last));
        self.age.push(since(totals.first, observation.end));
        self.monetary_value.push(mean);
        self.counts.zero += totals.zero;
        true
    }

    /// Adds the purchases of a customer after the end; to the columns only if `in_summary`, that is if the
    /// customer was added before.
    pub fn add_later(&mut self, totals: Option<&CustomerTotals>, in_summary: bool) {
        let counted = totals.map_or([0.0; 2], |totals| totals.counted(true));
        if let Some(totals) = totals {
            self.later_customers += usize::from(totals.purchases > 0);
            self.counts.without_purchase += usize::from(totals.purchases == 0);
            self.counts.zero += totals.zero;
        }
        if in_summary {
            self.later.iter_mut().zip(counted).for_each(|(column, value)| column.push(value));
        }
    }
}

/// The totals of a customer's purchases.
#[derive(Debug, Default)]
pub struct CustomerTotals {
    purchases: usize,
    zero: usize,
    first: i64,
    last: i64,
    money_first: f64,
    money_rest: f64,
}

impl CustomerTotals {
    fn add(&mut self, period: i64, money: f64) {
        if self.purchases == 0 {
            self.first = period;
            self.money_first = money;
        } else {
            self.money_rest += money;
        }
        self.last = period;
        self.purchases += 1;
        self.zero += usize::from(money == 0.0);
    }

    /// The number of purchases that count, and their mean money (0 without any).
    fn counted(&self, include_first: bool) -> [f64; 2] {
        let (counted, money) = if include_first {
            (self.purchases, self.money_first + self.money_rest)
        } else {
            (self.purchases.saturating_sub(1), self.money_rest)
        };
        let counted = counted as f64;
        [counted, if counted > 0.0 { money / counted } else { 0.0 }]
    }
}

/// The task of summarising a bucket.
pub struct Summarizing<'a> {
    /// The options of the summary.
    pub options: &'a SummaryOptions,
    /// The calendar.
    pub observation: &'a ObservationPeriod,
    /// The holdout after the observation period, if it is requested.
    pub later: Option<&'a HoldoutPeriod>,
}

impl<A: Amount> BucketTask<A> for Summarizing<'_> {
    type Workspace<S: Stamp> = BucketWorkspace<S, A>;
    type Output = BucketSummary;
    fn bucket<S: Stamp>(
        &self,
        parts: &[&[PackedRow<S, A>]],
        n_customers: usize,
        workspace: &mut BucketWorkspace<S, A>,
    ) -> (Vec<u32>, BucketSummary) {
        let Self { options, observation, later } = *self;
        let sorted = workspace.sort(parts, n_customers, options.refunds, observation);
        let most = n_customers.min(sorted.rows.len());
        let mut customers = Vec::with_capacity(most);
        let mut bucket_summary = BucketSummary::new(most, sorted.counts);
        if let Some(later) = later {
            later.add_up(sorted, options, observation, &mut customers, &mut bucket_summary);
            return (customers, bucket_summary);
        }
        let SortedBucket { mut rows, purchases, refunds, .. } = sorted;
        while let Some(first) = rows.first() {
            let number = first.stamp.number(observation.bits);
            let totals = next_customer(
                &mut rows,
                refunds,
                observation,
                purchases,
                &mut bucket_summary.counts,
            );
            if bucket_summary.add(&totals, options, observation) {
                customers.push(number);
            }
        }
        (customers, bucket_summary)
    }
}

/// Adds up the rows of the first customer, and moves on to the next.
#[inline(always)]
pub fn next_customer<S: Stamp, A: Amount>(
    rows: &mut &[PackedRow<S, A>],
    refunds: Refunds,
    observation: &ObservationPeriod,
    purchases: &mut Vec<Purchase>,
    counts: &mut RowCounts,
) -> CustomerTotals {
    let number = rows[0].stamp.number(observation.bits);
    if refunds == Refunds::Keep {
        return if observation.calendar.keys_are_periods() {
            kept::<_, _, true>(rows, number, observation, counts)
        } else {
            kept::<_, _, false>(rows, number, observation, counts)
        };
    }
    settle(take_customer(rows, observation), refunds, observation, purchases, counts);
    let mut totals = CustomerTotals::default();
    for purchase in purchases {
        totals.add(purchase.period, purchase.left);
    }
    totals
}

/// Adds up the rows of the first customer, whose number is given, and advances to the next.
fn kept<S: Stamp, A: Amount, const KEYS: bool>(
    rows: &mut &[PackedRow<S, A>],
    number: u32,
    observation: &ObservationPeriod,
    counts: &mut RowCounts,
) -> CustomerTotals {
    let mut totals = CustomerTotals::default();
    while rows.first().is_some_and(|row| row.stamp.number(observation.bits) == number) {
        let PeriodTotals { period, paid, .. } =
            next_period::<_, _, KEYS, false>(rows, observation, counts);
        totals.add(period, paid.unwrap_or(0.0));
    }
    totals
}

/// The holdout after a summary: its calendar and its beginning.
pub struct HoldoutPeriod {
    /// The calendar of the holdout.
    pub observation: ObservationPeriod,
    /// The smallest key of a row after the split, counted as the rows' are.
    pub boundary: u64,
}

impl HoldoutPeriod {
    /// Adds up the rows of a bucket half by half.
    pub fn add_up<S: Stamp, A: Amount>(
        &self,
        SortedBucket { mut rows, purchases, refunds, .. }: SortedBucket<'_, S, A>,
        options: &SummaryOptions,
        observation: &ObservationPeriod,
        customers: &mut Vec<u32>,
        bucket_summary: &mut BucketSummary,
    ) {
        while let Some(first) = rows.first() {
            let number = first.stamp.number(observation.bits);
            let own = take_customer(&mut rows, observation);
            let early = own.partition_point(|row| row.stamp.key(observation.bits) < self.boundary);
            let halves = [(&own[..early], observation), (&own[early..], &self.observation)];
            let [summary, holdout] = halves.map(|(mut half, observation)| {
                let any = !half.is_empty();
                any.then(|| {
                    next_customer(
                        &mut half,
                        refunds,
                        observation,
                        purchases,
                        &mut bucket_summary.counts,
                    )
                })
            });
            let bought =
                summary.is_some_and(|totals| bucket_summary.add(&totals, options, observation));
            if bought {
                customers.push(number);
            }
            bucket_summary.add_later(holdout.as_ref(), bought);
        }
    }
}
