//! Large tables: many blocks and chunks, the last of each not full.

use super::{Random, Table};

/// Rows per table.
const ROWS: usize = 24_011;

/// Purchases on days as weeks, and at times that are all distinct, some customers with very many.
pub fn purchases() -> Vec<Table> {
    let tables = [(1, true, 1e3, false), (2, false, 1e6, true), (3, true, 1.0005e6, true)];
    let table = |(seed, on_days, most, weighted): (u32, bool, f64, bool)| Table {
        columns: table_of(seed, ROWS, on_days, most).into(),
        weights: weighted.then(|| weights(seed + 9)),
    };
    tables.map(table).into()
}

/// Purchases in periods.
pub fn periods() -> Vec<Table> {
    let row = |[x, share, n]: [f64; 3]| {
        let last = (x.min(1.0) * (x + (share % 30.0)).min(n)).min(n);
        [x.min(last), last, n]
    };
    with_and_without_weights(many(4, ROWS).map(|numbers| row(numbers.map(f64::from))))
}

/// Spending.
pub fn spending() -> Vec<Table> {
    with_and_without_weights(
        many(4, ROWS).map(|[x, share, _]| [f64::from(x) + 1.0, f64::from(share) + 0.01]),
    )
}

fn with_and_without_weights<const N: usize>(rows: impl Iterator<Item = [f64; N]>) -> Vec<Table> {
    let rows: Vec<[f64; N]> = rows.collect();
    let columns: Vec<Vec<f64>> = (0..N).map(|k| rows.iter().map(|row| row[k]).collect()).collect();
    let weights = [None, Some(weights(13))];
    weights.into_iter().map(|weights| Table { columns: columns.clone(), weights }).collect()
}

fn weights(seed: u32) -> Vec<f64> {
    many(seed, ROWS).map(|[x, ..]| f64::from(x) * 0.37).collect()
}

/// Customers without end from a few numbers, by a linear congruence: x, a share of T, T in days.
fn many(seed: u32, len: usize) -> impl Iterator<Item = [u32; 3]> {
    let mut random = Random(u64::from(seed));
    let mut next = move |below: u32| {
        let number = (random.next() >> 33) % u64::from(below);
        u32::try_from(number).expect("less than what bounds it")
    };
    (0..len).map(move |_| [next(9).saturating_sub(3), next(1 << 16), 30 + next(340)])
}

/// Columns of a large table: days as weeks, or times that are all their own.
fn table_of(seed: u32, len: usize, on_days: bool, most: f64) -> [Vec<f64>; 3] {
    let mut columns = [const { Vec::new() }; 3];
    for (i, [x, share, days]) in many(seed, len).enumerate() {
        let x = if x > 0 && i % 997 == 0 { (most - i as f64).max(9.0) } else { f64::from(x) };
        let share = f64::from(share) / f64::from(1u32 << 16);
        let age = f64::from(days) + if on_days { 0.0 } else { share.sin() };
        let recency = if on_days { (share * age).floor() } else { share * age };
        let recency = if x == 0.0 { 0.0 } else { recency };
        for (column, value) in columns.iter_mut().zip([x, recency / 7.0, age / 7.0]) {
            column.push(value);
        }
    }
    columns
}
