//! One bucket of customers: from their rows to their purchases, and from those to the summary.

use super::order::Order;
use super::row::{Amount, Row, Stamp};
use super::{Counts, Frame, Refunds, Rules};

/// Money that is left of a purchase is none when it is this small a part of it: sums of cents taken
/// back one by one leave rounding behind.
const ROUNDING: f64 = 1e-9;

/// The summary of one bucket, column by column.
#[derive(Debug, Default)]
pub struct Ledger {
    pub frequency: Vec<f64>,
    pub recency: Vec<f64>,
    pub age: Vec<f64>,
    pub monetary_value: Vec<f64>,
    pub counts: Counts,
}

impl Ledger {
    fn with_capacity(n: usize) -> Self {
        Self {
            frequency: Vec::with_capacity(n),
            recency: Vec::with_capacity(n),
            age: Vec::with_capacity(n),
            monetary_value: Vec::with_capacity(n),
            counts: Counts::default(),
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

/// What a customer bought in one period.
#[derive(Debug, Clone, Copy)]
struct Purchase {
    period: i64,
    paid: f64,
    left: f64,
}

/// A customer's purchases, added up as they come by.
#[derive(Debug, Default)]
struct Tally {
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
        let Self { rules, frame } = *self;
        let Frame { calendar, bits, .. } = *frame;
        let Scratch { order, purchases } = scratch;
        let mut rows = order.sort(parts, n_customers, frame);
        let most = n_customers.min(rows.len());
        let (mut customers, mut ledger) = (Vec::with_capacity(most), Ledger::with_capacity(most));
        let since = |from: i64, to: i64| {
            calendar.seconds(calendar.first_key(to).abs_diff(calendar.first_key(from)))
                / rules.unit
                / rules.multiplier
        };
        let amounts = rows.iter().map(|row| row.amount);
        let negative = amounts.filter(|amount| amount.value() < 0.0).count();
        ledger.counts.refunds = negative;
        let refunds = if negative == 0 { Refunds::Keep } else { rules.refunds };
        while let Some(first) = rows.first() {
            let number = first.stamp.number(bits);
            let tally = if refunds == Refunds::Keep {
                if calendar.keys_are_periods() {
                    kept::<_, _, true>(&mut rows, number, frame, &mut ledger.counts)
                } else {
                    kept::<_, _, false>(&mut rows, number, frame, &mut ledger.counts)
                }
            } else {
                let n = rows.iter().take_while(|row| row.stamp.number(bits) == number).count();
                let (own, others) = rows.split_at(n);
                rows = others;
                without_refunds(own, refunds, frame, purchases, &mut ledger.counts)
            };
            if tally.purchases == 0 {
                ledger.counts.without_purchase += 1;
                continue;
            }
            let (counted, money) = if rules.include_first {
                (tally.purchases as f64, tally.money_first + tally.money_rest)
            } else {
                ((tally.purchases - 1) as f64, tally.money_rest)
            };
            customers.push(number);
            ledger.frequency.push(counted);
            ledger.recency.push(since(tally.first, tally.last));
            ledger.age.push(since(tally.first, frame.end));
            ledger.monetary_value.push(if counted > 0.0 { money / counted } else { 0.0 });
            ledger.counts.zero += tally.zero;
        }
        (customers, ledger)
    }
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

/// Adds up a customer's rows, refunds taken off or left out.
fn without_refunds<S: Stamp, A: Amount>(
    mut rows: &[Row<S, A>],
    refunds: Refunds,
    frame: &Frame,
    purchases: &mut Vec<Purchase>,
    counts: &mut Counts,
) -> Tally {
    purchases.clear();
    while !rows.is_empty() {
        let Sum { period, paid, back, .. } =
            next_period::<_, _, false, true>(&mut rows, frame, counts);
        if let Some(paid) = paid {
            purchases.push(Purchase { period, paid, left: paid });
        }
        if back > 0.0 && refunds == Refunds::Net {
            take_back(back, purchases, counts);
        }
    }
    let mut tally = Tally::default();
    for purchase in purchases {
        tally.add(purchase.period, purchase.left);
    }
    tally
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
    let (mut paid, mut back) = (0.0, 0.0);
    let mut bought: Option<S> = None;
    let mut read = 0;
    while let Some(row) = rows.get(read)
        && { row.stamp } <= last
    {
        read += 1;
        let (stamp, amount) = (row.stamp, row.amount);
        if REFUNDS_APART && amount.value() < 0.0 {
            back -= amount.value();
            continue;
        }
        match bought {
            Some(before) if KEYS || before == stamp => counts.same_key += 1,
            Some(_) => counts.collapsed += 1,
            None => {}
        }
        bought = Some(stamp);
        paid += amount.value();
    }
    *rows = &rows[read..];
    Sum { period, paid: bought.map(|_| paid), back, rows: read }
}

/// Takes a refund off the latest purchases; those it uses up are purchases no more.
fn take_back(mut refund: f64, purchases: &mut Vec<Purchase>, counts: &mut Counts) {
    let negligible = refund * ROUNDING;
    for at in (0..purchases.len()).rev() {
        let purchase = &mut purchases[at];
        if purchase.left <= 0.0 {
            continue;
        }
        if purchase.left > refund + purchase.paid * ROUNDING {
            purchase.left -= refund;
            return;
        }
        refund -= purchase.left;
        purchases.remove(at);
        counts.cancelled += 1;
        if refund <= negligible {
            return;
        }
    }
    counts.unmatched += 1;
}
