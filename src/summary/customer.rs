//! One bucket of customers: from their rows to their purchases, and from those to the summary.

use super::order::Order;
use super::partition::{Amount, Entry, Key};
use super::{Counts, Frame, Refunds, Rules};

/// Money that is left of a purchase is none when it is this small a part of it: sums of cents taken
/// back one by one leave rounding behind.
const ROUNDING: f64 = 1e-9;

/// The summary of one bucket, column by column.
#[derive(Debug, Default)]
pub struct Ledger {
    /// The customers' numbers within the bucket.
    pub customers: Vec<u32>,
    pub frequency: Vec<f64>,
    pub recency: Vec<f64>,
    pub age: Vec<f64>,
    pub monetary_value: Vec<f64>,
    pub counts: Counts,
}

impl Ledger {
    fn with_capacity(n: usize) -> Self {
        Self {
            customers: Vec::with_capacity(n),
            frequency: Vec::with_capacity(n),
            recency: Vec::with_capacity(n),
            age: Vec::with_capacity(n),
            monetary_value: Vec::with_capacity(n),
            counts: Counts::default(),
        }
    }
}

/// Room that a thread uses again for every bucket.
#[derive(Debug, Default)]
pub struct Scratch<K, A> {
    order: Order<K, A>,
    purchases: Vec<Purchase>,
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
pub trait Work<K: Key, A: Amount>: Sync {
    /// Room that a thread uses again for every bucket.
    type Room: Default + Send;
    /// What comes of it.
    type Output: Send;
    /// Does it with one bucket, whose customers `customer` numbers from 0 to `n_customers`; returns
    /// the numbers of the customers that the output speaks of, too.
    fn bucket(
        &self,
        parts: &[&[Entry<u32, K, A>]],
        n_customers: usize,
        customer: impl Fn(u32) -> usize,
        room: &mut Self::Room,
    ) -> (Vec<u32>, Self::Output);
}

/// The summary of a bucket as work.
pub struct Summing<'a> {
    /// How to summarise.
    pub rules: &'a Rules,
    /// The calendar.
    pub frame: &'a Frame,
}

impl<K: Key, A: Amount> Work<K, A> for Summing<'_> {
    type Room = Scratch<K, A>;
    type Output = Ledger;
    fn bucket(
        &self,
        parts: &[&[Entry<u32, K, A>]],
        n_customers: usize,
        customer: impl Fn(u32) -> usize,
        room: &mut Scratch<K, A>,
    ) -> (Vec<u32>, Ledger) {
        let mut ledger = aggregate(parts, n_customers, customer, self.rules, self.frame, room);
        (std::mem::take(&mut ledger.customers), ledger)
    }
}

/// Summarises the customers of one bucket, which `customer` numbers from 0 to `n_customers`.
pub fn aggregate<K: Key, A: Amount>(
    parts: &[&[Entry<u32, K, A>]],
    n_customers: usize,
    customer: impl Fn(u32) -> usize,
    rules: &Rules,
    frame: &Frame,
    scratch: &mut Scratch<K, A>,
) -> Ledger {
    let calendar = &frame.calendar;
    let Scratch { order, purchases } = scratch;
    let mut ledger = Ledger::with_capacity(n_customers);
    let since = |from: i64, to: i64| {
        calendar.seconds(calendar.first_key(to).abs_diff(calendar.first_key(from)))
            / rules.unit
            / rules.multiplier
    };
    order.by_customer(parts, n_customers, customer, |number, rows| {
        let tally = tally(rows, rules.refunds, frame, purchases, &mut ledger.counts);
        if tally.purchases == 0 {
            ledger.counts.without_purchase += 1;
            return;
        }
        let (counted, money) = if rules.include_first {
            (tally.purchases as f64, tally.money_first + tally.money_rest)
        } else {
            ((tally.purchases - 1) as f64, tally.money_rest)
        };
        ledger.customers.push(number);
        ledger.frequency.push(counted);
        ledger.recency.push(since(tally.first, tally.last));
        ledger.age.push(since(tally.first, frame.end));
        ledger.monetary_value.push(if counted > 0.0 { money / counted } else { 0.0 });
        ledger.counts.zero += tally.zero;
    });
    ledger
}

/// Adds up a customer's rows, which are sorted by key.
fn tally<K: Key, A: Amount>(
    rows: &[Entry<u32, K, A>],
    refunds: Refunds,
    frame: &Frame,
    purchases: &mut Vec<Purchase>,
    counts: &mut Counts,
) -> Tally {
    let mut tally = Tally::default();
    let negative = rows.iter().filter(|row| row.amount.value() < 0.0).count();
    counts.refunds += negative;
    if negative == 0 || refunds == Refunds::Keep {
        by_period(rows, false, frame, counts, |period, paid, _, _| {
            tally.add(period, paid.unwrap_or(0.0));
        });
        return tally;
    }
    purchases.clear();
    let mut taken = Counts::default();
    by_period(rows, true, frame, counts, |period, paid, back, _| {
        if let Some(paid) = paid {
            purchases.push(Purchase { period, paid, left: paid });
        }
        if back > 0.0 && refunds == Refunds::Net {
            take_back(back, purchases, &mut taken);
        }
    });
    counts.merge(&taken);
    for purchase in purchases {
        tally.add(purchase.period, purchase.left);
    }
    tally
}

/// Calls `each` with every period in which there are rows: the period, what was paid in it (nothing
/// where all rows are refunds), what was given back, and how many rows there are.
pub fn by_period<K: Key, A: Amount>(
    rows: &[Entry<u32, K, A>],
    refunds_apart: bool,
    frame: &Frame,
    counts: &mut Counts,
    mut each: impl FnMut(i64, Option<f64>, f64, usize),
) {
    let Frame { calendar, base, .. } = *frame;
    let mut left = rows;
    while let Some(first) = left.first() {
        let period = calendar.period(first.key.counted_from(base));
        let last_key = calendar.last_key(period);
        let (mut paid, mut back) = (0.0, 0.0);
        let mut bought: Option<K> = None;
        let mut read = 0;
        for row in left {
            if row.key.counted_from(base) > last_key {
                break;
            }
            read += 1;
            let amount = row.amount.value();
            if refunds_apart && amount < 0.0 {
                back -= amount;
                continue;
            }
            match bought {
                Some(key) if key == row.key => counts.same_key += 1,
                Some(_) => counts.collapsed += 1,
                None => {}
            }
            bought = Some(row.key);
            paid += amount;
        }
        each(period, bought.map(|_| paid), back, read);
        left = &left[read..];
    }
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
