//! The fast path against the definition, row by row.

mod ids;
mod purchases;

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::error::Error;
use crate::summary::{
    Customers, Grain, NO_CUSTOMER, NO_DATE, Refunds, RowCounts, Summary, SummaryOptions, Text,
    Transactions, summarize,
};

const DAY: i64 = 86_400;

fn options() -> SummaryOptions {
    SummaryOptions {
        collapse: Grain::Day,
        whole_period: false,
        unit: DAY as f64,
        multiplier: 1.0,
        refunds: Refunds::Net,
        include_first: false,
    }
}

/// A table of (customer, day, amount).
fn days(rows: &[(u32, i64, f64)]) -> (Vec<u32>, Vec<i64>, Vec<f64>) {
    (
        rows.iter().map(|row| row.0).collect(),
        rows.iter().map(|row| row.1 * DAY).collect(),
        rows.iter().map(|row| row.2).collect(),
    )
}

fn table<'a>(
    codes: &'a [u32],
    n_customers: usize,
    times: &'a [i64],
    amounts: Option<&'a [f64]>,
) -> Transactions<'a> {
    let customers = Customers::Codes { codes, n_customers };
    Transactions { customers, times, ticks_per_second: 1, amounts, interrupt: &|| false }
}

fn run(rows: &[(u32, i64, f64)], options: &SummaryOptions) -> Summary {
    until(rows, None, options)
}

fn until(rows: &[(u32, i64, f64)], end: Option<i64>, options: &SummaryOptions) -> Summary {
    let (customers, times, amounts) = days(rows);
    summarize(&table(&customers, 4, &times, Some(&amounts)), end, options).unwrap()
}

#[test]
fn two_purchases_on_a_day_are_one() {
    let summary =
        run(&[(2, 10, 5.0), (1, 3, 7.0), (2, 12, 1.0), (2, 12, 2.0), (1, 20, 4.0)], &options());
    assert_eq!(summary.customers, [1, 2]);
    assert_eq!(summary.frequency, [1.0, 1.0]);
    assert_eq!(summary.recency, [17.0, 2.0]);
    assert_eq!(summary.age, [17.0, 10.0]);
    assert_eq!(summary.monetary_value, Some(vec![4.0, 3.0]));
    assert_eq!(summary.counts, RowCounts { same_key: 1, ..RowCounts::default() });
}

#[test]
fn a_coarse_grain_counts_what_it_collapses() {
    let weekly = SummaryOptions { collapse: Grain::Week, ..options() };
    // 1970-01-05 (day 4) was a Monday.
    let summary = run(&[(0, 4, 1.0), (0, 6, 1.0), (0, 6, 1.0), (0, 11, 1.0)], &weekly);
    assert_eq!(summary.frequency, [1.0]);
    assert_eq!(summary.recency, [7.0]);
    assert_eq!((summary.counts.collapsed, summary.counts.same_key), (1, 1));
}

#[test]
fn the_end_cuts_at_its_day_or_at_its_period() {
    let rows = [(0, 4, 1.0), (0, 11, 1.0), (0, 13, 1.0), (1, 13, 1.0)];
    let weekly = SummaryOptions { collapse: Grain::Week, ..options() };
    let end = Some(12 * DAY);
    let exact = until(&rows, end, &weekly);
    assert_eq!((exact.customers.len(), exact.counts.after_end), (1, 2));
    let whole = SummaryOptions { whole_period: true, ..weekly };
    let kept = until(&rows, end, &whole);
    assert_eq!((kept.customers.len(), kept.counts.after_end), (2, 0));
    assert_eq!(kept.age, [7.0, 0.0]);
}

#[test]
fn refunds_are_taken_off_the_latest_purchases() {
    let rows = [
        (0, 1, 10.0),
        (0, 2, 20.0),
        (0, 3, 30.0),
        (0, 4, -35.0), // uses up the 30 and 5 of the 20
        (1, 1, -5.0),  // nothing to take it off
        (1, 2, 8.0),
        (2, 1, 9.0),
        (2, 1, -9.0), // a customer who took everything back
    ];
    let net = run(&rows, &options());
    assert_eq!(net.customers, [0, 1]);
    assert_eq!(net.frequency, [1.0, 0.0]);
    assert_eq!(net.monetary_value, Some(vec![15.0, 0.0]));
    let counts = RowCounts {
        refunds: 3,
        cancelled: 2,
        unmatched: 1,
        without_purchase: 1,
        ..RowCounts::default()
    };
    assert_eq!(net.counts, counts);

    let dropped = run(&rows, &SummaryOptions { refunds: Refunds::Drop, ..options() });
    assert_eq!(dropped.frequency, [2.0, 0.0, 0.0]);
    assert_eq!(dropped.monetary_value, Some(vec![25.0, 0.0, 0.0]));

    let kept = run(&rows, &SummaryOptions { refunds: Refunds::Keep, ..options() });
    assert_eq!(kept.frequency, [3.0, 1.0, 0.0]);
    assert_eq!(kept.monetary_value, Some(vec![5.0, 8.0, 0.0]));
}

#[test]
fn refunds_of_cents_one_by_one_cancel_a_purchase() {
    let mut rows = vec![(0, 1, 0.7), (0, 1, 0.1)];
    rows.extend([(0, 2, -0.1), (0, 2, -0.7)]);
    rows.push((0, 3, 4.0));
    let summary = run(&rows, &options());
    assert_eq!(summary.frequency, [0.0]);
    assert_eq!((summary.counts.cancelled, summary.counts.unmatched), (1, 0));
}

#[test]
fn rows_without_customer_or_date_are_counted() {
    let customers = [0, NO_CUSTOMER, 1];
    let times = [0, 0, NO_DATE];
    let summary = summarize(&table(&customers, 2, &times, None), None, &options()).unwrap();
    assert_eq!(summary.customers, [0]);
    assert_eq!(summary.monetary_value, None);
    assert_eq!((summary.counts.without_customer, summary.counts.without_date), (1, 1));
}

#[test]
fn an_empty_table_has_no_customers() {
    let empty = table(&[], 0, &[], None);
    assert!(summarize(&empty, None, &options()).unwrap().customers.is_empty());
}

#[test]
fn invalid_tables_are_errors() {
    let wrong = |table: Transactions<'_>, options: &SummaryOptions| {
        summarize(&table, None, options).unwrap_err()
    };
    assert!(matches!(wrong(table(&[7], 7, &[0], None), &options()), Error::Setting { .. }));
    assert!(matches!(wrong(table(&[0, 0], 1, &[0], None), &options()), Error::Length { .. }));
    let unit = SummaryOptions { unit: 0.0, ..options() };
    assert!(matches!(wrong(table(&[], 1, &[], None), &unit), Error::Setting { .. }));
    let text = Text { bytes: b"ab", offsets: &[0, 3], valid: None };
    let customers = Customers::Text(text);
    let broken = Transactions { customers, ..table(&[], 0, &[0], None) };
    assert!(matches!(wrong(broken, &options()), Error::Length { column: "text", .. }));
}

#[test]
fn extreme_timestamps_stay_apart() {
    let (customers, times) = ([0, 0, 0], [i64::MIN + 1, 0, i64::MAX]);
    let ticks = SummaryOptions { collapse: Grain::Instant, unit: 1.0, ..options() };
    let summary = summarize(&table(&customers, 1, &times, None), None, &ticks).unwrap();
    assert_eq!(summary.frequency, [2.0]);
    assert!(summary.recency[0] > 1.8e19);
}

/// The definition: purchases in a map from customer to period to money.
fn by_definition(
    customers: &[u32],
    times: &[i64],
    amounts: &[f64],
    options: &SummaryOptions,
) -> Vec<(u32, f64, f64, f64, f64)> {
    let calendar = crate::summary::Calendar::new(options.collapse, 1);
    let period = |time: i64| calendar.period(calendar.key(time));
    let end = calendar.start(period(*times.iter().max().unwrap()));
    let mut purchases = BTreeMap::<u32, BTreeMap<i64, f64>>::new();
    for ((&customer, &time), amount) in customers.iter().zip(times).zip(amounts) {
        *purchases.entry(customer).or_default().entry(period(time)).or_default() += amount;
    }
    purchases
        .into_iter()
        .map(|(customer, periods)| {
            let starts: Vec<i64> = periods.keys().map(|&period| calendar.start(period)).collect();
            let x = (starts.len() - 1) as f64;
            let repeats: f64 = periods.values().skip(1).sum();
            let span = |to: i64| (to - starts[0]) as f64 / options.unit / options.multiplier;
            let mean = if x > 0.0 { repeats / x } else { 0.0 };
            (customer, x, span(*starts.last().unwrap()), span(end), mean)
        })
        .collect()
}

proptest! {
    #[test]
    fn the_fast_path_is_the_definition(
        rows in prop::collection::vec((0_u32..900, -40_000_000_i64..40_000_000, 0.0..1e6), 1..600),
        grain in prop::sample::select(vec![
            Grain::Instant, Grain::Second, Grain::Hour, Grain::Day, Grain::Week, Grain::Month, Grain::Year,
        ]),
    ) {
        let customers: Vec<u32> = rows.iter().map(|row| row.0).collect();
        let times: Vec<i64> = rows.iter().map(|row| row.1).collect();
        let amounts: Vec<f64> = rows.iter().map(|row| row.2).collect();
        let options = SummaryOptions { collapse: grain, unit: 604_800.0, multiplier: 2.0, ..options() };
        let table = table(&customers, 900, &times, Some(&amounts));
        let summary = summarize(&table, None, &options).unwrap();
        let expected = by_definition(&customers, &times, &amounts, &options);
        prop_assert_eq!(summary.customers.len(), expected.len());
        let money = summary.monetary_value.unwrap();
        for (i, (customer, x, recency, age, mean)) in expected.into_iter().enumerate() {
            prop_assert_eq!(summary.customers[i], u64::from(customer));
            let times = [summary.frequency[i], summary.recency[i], summary.age[i]];
            prop_assert_eq!(times.map(f64::to_bits), [x, recency, age].map(f64::to_bits));
            prop_assert!((money[i] - mean).abs() <= 1e-12 * mean.abs());
        }
    }

    #[test]
    fn netting_never_leaves_a_negative_mean(
        rows in prop::collection::vec((0_u32..4, 0_i64..30, -50.0..50.0), 1..80),
    ) {
        let summary = run(&rows, &options());
        prop_assert!(summary.monetary_value.unwrap().iter().all(|&mean| mean >= 0.0));
        prop_assert!(summary.recency.iter().zip(&summary.age).all(|(r, t)| 0.0 <= *r && r <= t));
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    // More rows than a chunk holds, in an order that a linear congruence shuffles.
    let n: u64 = 400_000;
    let mixed = |row: u64| row.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1) >> 33;
    let customers: Vec<u32> =
        (0..n).map(|row| u32::try_from(mixed(row) % 70_000).unwrap()).collect();
    let times: Vec<i64> =
        (0..n).map(|row| i64::try_from(mixed(row + n) % 500).unwrap() * DAY).collect();
    let amounts: Vec<f64> = (0..n).map(|row| mixed(row + 2 * n) as f64 / 1e7 - 20.0).collect();
    let table = table(&customers, 70_000, &times, Some(&amounts));
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| summarize(&table, None, &options()).unwrap())
    };
    assert_eq!(with(1), with(7));
}
