//! One bucket of customers: from their rows to their purchases, and from those to the summary.

use super::frame::ObservationPeriod;
use super::order::BucketSort;
use super::refunds::{Purchase, Refunds, settle};
use super::row::{Amount, PackedRow, Stamp};
use super::split::HoldoutPeriod;
use super::{RowCounts, SummaryOptions};

/// The summary of one bucket, column by column.
#[derive(Debug, Default)]
pub struct BucketSummary {
    pub frequency: Vec<f64>,
    pub recency: Vec<f64>,
    pub age: Vec<f64>,
    pub monetary_value: Vec<f64>,
    /// What the same customers bought after the end, and for how much on average, if that is asked.
    pub later: [Vec<f64>; 2],
    /// How many customers bought after the end.
    pub later_customers: usize,
    pub counts: RowCounts,
}

impl BucketSummary {
    /// Workspace for so many customers.
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

    /// Adds a customer, if there is a purchase; says whether there is.
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

    /// Adds what a customer bought after the end; to the columns only if `listed`, as the customer
    /// was added before.
    pub fn add_later(&mut self, totals: Option<&CustomerTotals>, listed: bool) {
        let counted = totals.map_or([0.0; 2], |totals| totals.counted(true));
        if let Some(totals) = totals {
            self.later_customers += usize::from(totals.purchases > 0);
            self.counts.without_purchase += usize::from(totals.purchases == 0);
            self.counts.zero += totals.zero;
        }
        if listed {
            self.later.iter_mut().zip(counted).for_each(|(column, value)| column.push(value));
        }
    }
}

/// Workspace that a thread uses again for every bucket.
#[derive(Debug)]
pub struct BucketWorkspace<S: Stamp, A: Amount> {
    order: BucketSort<S, A>,
    purchases: Vec<Purchase>,
}

impl<S: Stamp, A: Amount> Default for BucketWorkspace<S, A> {
    fn default() -> Self {
        Self { order: BucketSort::default(), purchases: Vec::new() }
    }
}

/// The rows of a bucket in their order, and what is needed to add them up.
pub struct SortedBucket<'a, S: Stamp, A: Amount> {
    /// The rows.
    pub rows: &'a [PackedRow<S, A>],
    /// Workspace for a customer's purchases.
    pub purchases: &'a mut Vec<Purchase>,
    /// What is to be done with negative amounts; [`Refunds::Keep`] where there are none.
    pub refunds: Refunds,
    /// The refunds are counted.
    pub counts: RowCounts,
}

impl<S: Stamp, A: Amount> BucketWorkspace<S, A> {
    /// Sorts the rows of a bucket.
    pub fn sort(
        &mut self,
        parts: &[&[PackedRow<S, A>]],
        n_customers: usize,
        refunds: Refunds,
        observation: &ObservationPeriod,
    ) -> SortedBucket<'_, S, A> {
        let Self { order, purchases } = self;
        let rows = order.sort(parts, n_customers, observation);
        let mut counts = RowCounts::default();
        let refunds = refunds.among(rows, &mut counts);
        SortedBucket { rows, purchases, refunds, counts }
    }
}

/// A customer's purchases, added up as they come by.
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

    /// How many purchases count, and their mean money (0 without any).
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

/// What is done with the rows of a bucket, whatever its customers' ids are.
pub trait BucketTask<A: Amount>: Sync {
    /// Workspace that a thread uses again for every bucket.
    type Workspace<S: Stamp>: Default + Send;
    /// What comes of it.
    type Output: Send;
    /// Does it with one bucket, whose customers' numbers are below `n_customers`; returns the
    /// numbers of the customers that the output tells of, too.
    fn bucket<S: Stamp>(
        &self,
        parts: &[&[PackedRow<S, A>]],
        n_customers: usize,
        workspace: &mut Self::Workspace<S>,
    ) -> (Vec<u32>, Self::Output);
}

/// The summary of a bucket as task.
pub struct Summarizing<'a> {
    /// How to summarise.
    pub options: &'a SummaryOptions,
    /// The calendar.
    pub observation: &'a ObservationPeriod,
    /// What comes after it, if that is asked.
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

/// Takes the rows of the first customer off.
pub fn take_customer<'a, S: Stamp, A: Amount>(
    rows: &mut &'a [PackedRow<S, A>],
    observation: &ObservationPeriod,
) -> &'a [PackedRow<S, A>] {
    let number = |row: &PackedRow<S, A>| row.stamp.number(observation.bits);
    let first = rows.first().map(number);
    let n = rows.iter().take_while(|row| Some(number(row)) == first).count();
    let (own, others) = rows.split_at(n);
    *rows = others;
    own
}

/// Adds up the rows of the first customer, whose number is given, and moves on to the next.
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

/// A sum in twice the precision of its terms, so that their order is not to be seen in it.
#[derive(Debug, Clone, Copy, Default)]
struct CompensatedSum {
    sum: f64,
    /// What rounding took from it.
    rest: f64,
}

impl CompensatedSum {
    /// Knuth's two-sum: sum and rounding error add up to the exact sum of both terms.
    #[inline(always)]
    fn add(&mut self, term: f64) {
        let sum = self.sum + term;
        let added = sum - self.sum;
        self.rest += (self.sum - (sum - added)) + (term - added);
        self.sum = sum;
    }

    #[inline(always)]
    fn value(self) -> f64 {
        self.sum + self.rest
    }
}

/// The rows of one customer in one period.
pub struct PeriodTotals {
    /// The period.
    pub period: i64,
    /// What was paid, nothing where all rows are refunds.
    pub paid: Option<f64>,
    /// What was given back.
    pub back: f64,
    /// How many rows there are.
    pub rows: usize,
}

/// Adds up the rows of the first period, and moves on to the next. With `KEYS` each key is a period.
#[inline(always)]
pub fn next_period<S: Stamp, A: Amount, const KEYS: bool, const REFUNDS_APART: bool>(
    rows: &mut &[PackedRow<S, A>],
    observation: &ObservationPeriod,
    counts: &mut RowCounts,
) -> PeriodTotals {
    let ObservationPeriod { calendar, base, bits, .. } = *observation;
    let first = rows[0].stamp;
    let key = base.wrapping_add_unsigned(first.key(bits));
    let (period, last) = if KEYS {
        (key, first)
    } else {
        let period = calendar.period(key);
        let last_key = calendar.last_key(period).abs_diff(base);
        (period, S::new(first.number(bits), last_key, bits))
    };
    let (mut paid, mut back) = (CompensatedSum::default(), CompensatedSum::default());
    let mut bought: Option<S> = None;
    let mut read = 0;
    while let Some(row) = rows.get(read)
        && { row.stamp } <= last
    {
        read += 1;
        let (stamp, amount) = (row.stamp, row.amount);
        if REFUNDS_APART && amount.value() < 0.0 {
            back.add(-amount.value());
            continue;
        }
        match bought {
            Some(before) if KEYS || before == stamp => counts.same_key += 1,
            Some(_) => counts.collapsed += 1,
            None => {}
        }
        bought = Some(stamp);
        paid.add(amount.value());
    }
    *rows = &rows[read..];
    PeriodTotals { period, paid: bought.map(|_| paid.value()), back: back.value(), rows: read }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Sums of cents, refunds among them, do not tell the order of their terms.
        #[test]
        fn totals_do_not_depend_on_the_order(
            cents in proptest::collection::vec(-10_000_000i32..10_000_000, 0..60), turn in 0usize..60,
        ) {
            let total = |terms: &[i32]| {
                let mut total = CompensatedSum::default();
                for &cents in terms {
                    total.add(f64::from(cents) / 100.0);
                }
                total.value()
            };
            let mut turned = cents.clone();
            turned.rotate_left(turn.min(cents.len()));
            let mut sorted = cents.clone();
            sorted.sort_unstable();
            prop_assert_eq!(total(&cents), total(&turned));
            prop_assert_eq!(total(&cents), total(&sorted));
        }
    }
}
