//! One bucket of customers: from their rows to their purchases, and from those to the summary.

use super::partition::{Amount, Key, Partition};
use super::{Calendar, Counts, Options, Refunds, Window};

/// Money that is left of a purchase is none when it is this small a part of it: sums of cents taken
/// back one by one leave rounding behind.
const ROUNDING: f64 = 1e-9;

/// The summary of one bucket, column by column.
#[derive(Debug, Default)]
pub struct Ledger {
    pub customers: Vec<u32>,
    pub frequency: Vec<f64>,
    pub recency: Vec<f64>,
    pub age: Vec<f64>,
    pub monetary_value: Vec<f64>,
    pub counts: Counts,
}

/// Room that a thread uses again for every bucket.
#[derive(Debug, Default)]
pub struct Scratch<K, A> {
    starts: Vec<u32>,
    rows: Vec<(K, A)>,
    purchases: Vec<Purchase>,
}

/// What a customer bought in one period.
#[derive(Debug, Clone, Copy)]
struct Purchase {
    period: i64,
    paid: f64,
    left: f64,
}

/// Summarises the customers of one bucket.
pub fn aggregate<K: Key, A: Amount>(
    parts: &Partition<K, A>,
    bucket: usize,
    options: &Options,
    calendar: &Calendar,
    window: &Window,
    scratch: &mut Scratch<K, A>,
) -> Ledger {
    let (first_code, n_codes) = parts.codes(bucket);
    let Scratch { starts, rows, purchases } = scratch;
    by_customer(parts, bucket, first_code, n_codes, starts, rows);
    let mut ledger = Ledger::default();
    let mut from = 0;
    for (code, &to) in starts[..n_codes].iter().enumerate() {
        // The sort has moved each customer's start to its end.
        let to = to as usize;
        let rows = &mut rows[from..to];
        from = to;
        if rows.is_empty() {
            continue;
        }
        if !rows.is_sorted_by_key(|row| row.0) {
            rows.sort_by_key(|row| row.0);
        }
        purchases.clear();
        collect(rows, options.refunds, calendar, window, purchases, &mut ledger.counts);
        let Some((first, last)) = purchases.first().zip(purchases.last()) else {
            ledger.counts.without_purchase += 1;
            continue;
        };
        let since =
            |start: i64, end: i64| end.abs_diff(start) as f64 / options.unit / options.multiplier;
        let born = calendar.start(first.period);
        ledger.customers.push(code_of(first_code + code));
        ledger.recency.push(since(born, calendar.start(last.period)));
        ledger.age.push(since(born, window.end));
        let counted = &purchases[usize::from(!options.include_first)..];
        ledger.frequency.push(counted.len() as f64);
        let total: f64 = counted.iter().map(|purchase| purchase.left).sum();
        let mean = if counted.is_empty() { 0.0 } else { total / counted.len() as f64 };
        ledger.monetary_value.push(mean);
        ledger.counts.zero += purchases.iter().filter(|purchase| purchase.left == 0.0).count();
    }
    ledger
}

#[allow(clippy::cast_possible_truncation)] // codes came as u32
fn code_of(code: usize) -> u32 {
    code as u32
}

/// Sorts a bucket's rows by customer; afterwards `starts` holds where each customer's rows end.
fn by_customer<K: Key, A: Amount>(
    parts: &Partition<K, A>,
    bucket: usize,
    first_code: usize,
    n_codes: usize,
    starts: &mut Vec<u32>,
    rows: &mut Vec<(K, A)>,
) {
    starts.clear();
    starts.resize(n_codes + 1, 0);
    let mut total = 0;
    for entry in parts.rows(bucket) {
        starts[entry.customer as usize - first_code + 1] += 1;
        total += 1;
    }
    for code in 0..n_codes {
        starts[code + 1] += starts[code];
    }
    rows.clear();
    rows.resize(total, (K::default(), A::default()));
    for entry in parts.rows(bucket) {
        let at = &mut starts[entry.customer as usize - first_code];
        rows[*at as usize] = (entry.key, entry.amount);
        *at += 1;
    }
}

/// Collects a customer's rows, sorted by key, into purchases.
fn collect<K: Key, A: Amount>(
    rows: &[(K, A)],
    refunds: Refunds,
    calendar: &Calendar,
    window: &Window,
    purchases: &mut Vec<Purchase>,
    counts: &mut Counts,
) {
    let period_of = |key: K| calendar.period(key.from(window.base));
    for rows in rows.chunk_by(|a, b| a.0 == b.0 || period_of(a.0) == period_of(b.0)) {
        let mut paid = 0.0;
        let mut back = 0.0;
        let mut last_key = None;
        for &(key, amount) in rows {
            let amount = amount.value();
            if amount < 0.0 {
                counts.refunds += 1;
                if refunds != Refunds::Keep {
                    back -= amount;
                    continue;
                }
            }
            match last_key {
                Some(last) if last == key => counts.same_key += 1,
                Some(_) => counts.collapsed += 1,
                None => {}
            }
            last_key = Some(key);
            paid += amount;
        }
        if last_key.is_some() {
            purchases.push(Purchase { period: period_of(rows[0].0), paid, left: paid });
        }
        if back > 0.0 && refunds == Refunds::Net {
            take_back(back, purchases, counts);
        }
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
