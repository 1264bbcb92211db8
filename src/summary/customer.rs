//! One bucket of customers: from their rows to their purchases, and from those to the summary.

use super::frame::Frame;
use super::order::Order;
use super::refunds::{Purchase, Refunds, settle};
use super::row::{Amount, Row, Stamp};
use super::split::Later;
use super::{Counts, Rules};

/// The summary of one bucket, column by column.
#[derive(Debug, Default)]
pub struct Ledger {
    pub frequency: Vec<f64>,
    pub recency: Vec<f64>,
    pub age: Vec<f64>,
    pub monetary_value: Vec<f64>,
    /// What the same customers bought after the end, and for how much on average, if that is asked.
    pub later: [Vec<f64>; 2],
    /// How many customers bought after the end.
    pub later_customers: usize,
    pub counts: Counts,
}

impl Ledger {
    /// Room for so many customers.
    pub fn new(n: usize, counts: Counts) -> Self {
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
    pub fn add(&mut self, tally: &Tally, rules: &Rules, frame: &Frame) -> bool {
        if tally.purchases == 0 {
            self.counts.without_purchase += 1;
            return false;
        }
        let calendar = frame.calendar;
        let since = |from: i64, to: i64| {
            calendar.seconds(calendar.first_key(to).abs_diff(calendar.first_key(from)))
                / rules.unit
                / rules.multiplier
        };
        let [counted, mean] = tally.counted(rules.include_first);
        self.frequency.push(counted);
        self.recency.push(since(tally.first, tally.last));
        self.age.push(since(tally.first, frame.end));
        self.monetary_value.push(mean);
        self.counts.zero += tally.zero;
        true
    }

    /// Adds what a customer bought after the end; to the columns only if `listed`, as the customer
    /// was added before.
    pub fn add_later(&mut self, tally: Option<&Tally>, listed: bool) {
        let counted = tally.map_or([0.0; 2], |tally| tally.counted(true));
        if let Some(tally) = tally {
            self.later_customers += usize::from(tally.purchases > 0);
            self.counts.without_purchase += usize::from(tally.purchases == 0);
            self.counts.zero += tally.zero;
        }
        if listed {
            self.later.iter_mut().zip(counted).for_each(|(column, value)| column.push(value));
        }
    }
}

/// Room that a thread uses again for every bucket.
#[derive(Debug)]
pub struct Scratch<S: Stamp, A: Amount> {
    order: Order<S, A>,
    purchases: Vec<Purchase>,
}

impl<S: Stamp, A: Amount> Default for Scratch<S, A> {
    fn default() -> Self {
        Self { order: Order::default(), purchases: Vec::new() }
    }
}

/// The rows of a bucket in their order, and what is needed to add them up.
pub struct Sorted<'a, S: Stamp, A: Amount> {
    /// The rows.
    pub rows: &'a [Row<S, A>],
    /// Room for a customer's purchases.
    pub purchases: &'a mut Vec<Purchase>,
    /// What is to be done with negative amounts; [`Refunds::Keep`] where there are none.
    pub refunds: Refunds,
    /// The refunds are counted.
    pub counts: Counts,
}

impl<S: Stamp, A: Amount> Scratch<S, A> {
    /// Sorts the rows of a bucket.
    pub fn sort(
        &mut self,
        parts: &[&[Row<S, A>]],
        n_customers: usize,
        refunds: Refunds,
        frame: &Frame,
    ) -> Sorted<'_, S, A> {
        let Self { order, purchases } = self;
        let rows = order.sort(parts, n_customers, frame);
        let mut counts = Counts::default();
        let refunds = refunds.among(rows, &mut counts);
        Sorted { rows, purchases, refunds, counts }
    }
}

/// A customer's purchases, added up as they come by.
#[derive(Debug, Default)]
pub struct Tally {
    purchases: usize,
    zero: usize,
    first: i64,
    last: i64,
    money_first: f64,
    money_rest: f64,
}

impl Tally {
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
pub trait Work<A: Amount>: Sync {
    /// Room that a thread uses again for every bucket.
    type Room<S: Stamp>: Default + Send;
    /// What comes of it.
    type Output: Send;
    /// Does it with one bucket, whose customers' numbers are below `n_customers`; returns the
    /// numbers of the customers that the output tells of, too.
    fn bucket<S: Stamp>(
        &self,
        parts: &[&[Row<S, A>]],
        n_customers: usize,
        room: &mut Self::Room<S>,
    ) -> (Vec<u32>, Self::Output);
}

/// The summary of a bucket as work.
pub struct Summing<'a> {
    /// How to summarise.
    pub rules: &'a Rules,
    /// The calendar.
    pub frame: &'a Frame,
    /// What comes after it, if that is asked.
    pub later: Option<&'a Later>,
}

impl<A: Amount> Work<A> for Summing<'_> {
    type Room<S: Stamp> = Scratch<S, A>;
    type Output = Ledger;
    fn bucket<S: Stamp>(
        &self,
        parts: &[&[Row<S, A>]],
        n_customers: usize,
        scratch: &mut Scratch<S, A>,
    ) -> (Vec<u32>, Ledger) {
        let Self { rules, frame, later } = *self;
        let sorted = scratch.sort(parts, n_customers, rules.refunds, frame);
        let most = n_customers.min(sorted.rows.len());
        let mut customers = Vec::with_capacity(most);
        let mut ledger = Ledger::new(most, sorted.counts);
        if let Some(later) = later {
            later.add_up(sorted, rules, frame, &mut customers, &mut ledger);
            return (customers, ledger);
        }
        let Sorted { mut rows, purchases, refunds, .. } = sorted;
        while let Some(first) = rows.first() {
            let number = first.stamp.number(frame.bits);
            let tally = next_customer(&mut rows, refunds, frame, purchases, &mut ledger.counts);
            if ledger.add(&tally, rules, frame) {
                customers.push(number);
            }
        }
        (customers, ledger)
    }
}

/// Adds up the rows of the first customer, and moves on to the next.
#[inline(always)]
pub fn next_customer<S: Stamp, A: Amount>(
    rows: &mut &[Row<S, A>],
    refunds: Refunds,
    frame: &Frame,
    purchases: &mut Vec<Purchase>,
    counts: &mut Counts,
) -> Tally {
    let number = rows[0].stamp.number(frame.bits);
    if refunds == Refunds::Keep {
        return if frame.calendar.keys_are_periods() {
            kept::<_, _, true>(rows, number, frame, counts)
        } else {
            kept::<_, _, false>(rows, number, frame, counts)
        };
    }
    settle(take_customer(rows, frame), refunds, frame, purchases, counts);
    let mut tally = Tally::default();
    for purchase in purchases {
        tally.add(purchase.period, purchase.left);
    }
    tally
}

/// Takes the rows of the first customer off.
pub fn take_customer<'a, S: Stamp, A: Amount>(
    rows: &mut &'a [Row<S, A>],
    frame: &Frame,
) -> &'a [Row<S, A>] {
    let number = |row: &Row<S, A>| row.stamp.number(frame.bits);
    let first = rows.first().map(number);
    let n = rows.iter().take_while(|row| Some(number(row)) == first).count();
    let (own, others) = rows.split_at(n);
    *rows = others;
    own
}

/// Adds up the rows of the first customer, whose number is given, and moves on to the next.
fn kept<S: Stamp, A: Amount, const KEYS: bool>(
    rows: &mut &[Row<S, A>],
    number: u32,
    frame: &Frame,
    counts: &mut Counts,
) -> Tally {
    let mut tally = Tally::default();
    while rows.first().is_some_and(|row| row.stamp.number(frame.bits) == number) {
        let Sum { period, paid, .. } = next_period::<_, _, KEYS, false>(rows, frame, counts);
        tally.add(period, paid.unwrap_or(0.0));
    }
    tally
}

/// A sum in twice the precision of its terms, so that their order is not to be seen in it.
#[derive(Debug, Clone, Copy, Default)]
struct Total {
    sum: f64,
    /// What rounding took from it.
    rest: f64,
}

impl Total {
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
pub struct Sum {
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
    rows: &mut &[Row<S, A>],
    frame: &Frame,
    counts: &mut Counts,
) -> Sum {
    let Frame { calendar, base, bits, .. } = *frame;
    let first = rows[0].stamp;
    let key = base.wrapping_add_unsigned(first.key(bits));
    let (period, last) = if KEYS {
        (key, first)
    } else {
        let period = calendar.period(key);
        let last_key = calendar.last_key(period).abs_diff(base);
        (period, S::new(first.number(bits), last_key, bits))
    };
    let (mut paid, mut back) = (Total::default(), Total::default());
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
    Sum { period, paid: bought.map(|_| paid.value()), back: back.value(), rows: read }
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
                let mut total = Total::default();
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
