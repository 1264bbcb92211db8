//! Purchases over time against counting them one by one.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::ids::{named, options};
use crate::error::Error;
use crate::parallel::interrupt::interrupt_after;
use crate::summary::{
    Customers, Grain, NO_CUSTOMER, NO_DATE, PurchaseLists, Refunds, SummaryOptions, Text,
    Transactions, expected_over_time, list, summarize, track,
};

const DAY: i64 = 86_400;

type TestRow = (Option<u8>, Option<i64>, f64);

fn rows() -> impl Strategy<Value = Vec<TestRow>> {
    let customer = prop_oneof![1 => Just(None), 9 => (0..6_u8).prop_map(Some)];
    // Sometimes days, sometimes so long a time that keys need 64 bits.
    let long = (1_i64 << 33) * 40;
    let times = prop_oneof![9 => -40 * DAY..400 * DAY, 1 => -long..long];
    let time = prop_oneof![1 => Just(None), 9 => times.prop_map(Some)];
    prop::collection::vec((customer, time, -50.0..100.0), 0..60)
}

fn grain() -> impl Strategy<Value = (Grain, i64)> {
    prop_oneof![Just((Grain::Second, 1)), Just((Grain::Hour, 3_600)), Just((Grain::Day, DAY))]
}

/// Each customer's periods, with the number of rows and the money of each.
type Bought = BTreeMap<u8, BTreeMap<i64, (i64, f64)>>;

/// TestRow by row, periods being `length` seconds long and counted from that of the first time.
fn one_by_one(rows: &[TestRow], length: i64, last: i64) -> Bought {
    let first = rows.iter().filter_map(|row| row.1).min().unwrap_or(0).div_euclid(length);
    let mut bought = Bought::new();
    for &(customer, time, amount) in rows {
        let (Some(customer), Some(time)) = (customer, time) else { continue };
        if time.div_euclid(length) <= last {
            let period = time.div_euclid(length) - first;
            let cell = bought.entry(customer).or_default().entry(period).or_default();
            *cell = (cell.0 + 1, cell.1 + amount);
        }
    }
    bought
}

/// Tells the customers of a list.
type CustomersOf<'a> = &'a dyn Fn(&PurchaseLists) -> Vec<u8>;

/// Calls `each` with the same table under ids of several kinds.
fn with_every_kind(rows: &[TestRow], mut each: impl FnMut(&Transactions<'_>, CustomersOf<'_>)) {
    let times: Vec<i64> = rows.iter().map(|row| row.1.unwrap_or(NO_DATE)).collect();
    let amounts: Vec<f64> = rows.iter().map(|row| row.2).collect();
    let mut ask = |customers: Customers<'_>, ids: CustomersOf<'_>| {
        let amounts = Some(amounts.as_slice());
        each(
            &Transactions {
                customers,
                times: &times,
                ticks_per_second: 1,
                amounts,
                interrupt: &|| false,
            },
            ids,
        );
    };
    let codes: Vec<u32> = rows.iter().map(|row| row.0.map_or(NO_CUSTOMER, u32::from)).collect();
    let small = |label: u64| u8::try_from(label).unwrap();
    let by_label = |found: &PurchaseLists| found.customers.iter().copied().map(small).collect();
    ask(Customers::Codes { codes: &codes, n_customers: 6 }, &by_label);
    for name in [
        |id: u8| format!("customer {id}"),
        |id: u8| format!("{id:08x}-0000-4000-8000-00000000000{id}"),
    ] {
        let texts: Vec<String> = rows.iter().map(|row| row.0.map_or(String::new(), name)).collect();
        let mut offsets = vec![0];
        for text in &texts {
            offsets.push(offsets[offsets.len() - 1] + i64::try_from(text.len()).unwrap());
        }
        let valid: Vec<bool> = rows.iter().map(|row| row.0.is_some()).collect();
        let bytes = texts.concat();
        let text = Text { bytes: bytes.as_bytes(), offsets: &offsets, valid: Some(&valid) };
        ask(Customers::Text(text), &|found| {
            let id = |text| (0..6).find(|&id| name(id) == text).unwrap();
            named(found.texts.as_ref()).into_iter().map(id).collect()
        });
    }
    if rows.iter().all(|row| row.0.is_some()) {
        let values: Vec<i64> = rows.iter().map(|row| i64::from(row.0.unwrap_or(0)) << 40).collect();
        ask(Customers::Sparse { values: &values, low: 0 }, &|found| {
            found.customers.iter().map(|label| small(label >> 40)).collect()
        });
        let values: Vec<i64> = rows.iter().map(|row| i64::from(row.0.unwrap_or(0))).collect();
        ask(Customers::Close { values: &values, low: 0, n_customers: 6 }, &by_label);
    }
}

proptest! {
    #[test]
    fn purchases_are_tracked(rows in rows(), (grain, length) in grain(), periods in 0..2500_usize) {
        let mut first = vec![0; periods];
        let mut repeated = vec![0; periods];
        for periods in one_by_one(&rows, length, i64::MAX).values() {
            for (place, &period) in periods.keys().enumerate() {
                let counts = if place == 0 { &mut first } else { &mut repeated };
                if let Some(count) = counts.get_mut(usize::try_from(period).unwrap_or(usize::MAX)) {
                    *count += 1;
                }
            }
        }
        with_every_kind(&rows, |table, _| {
            let found = track(table, grain, periods).unwrap();
            assert_eq!((&found.first, &found.repeated), (&first, &repeated));
            assert_eq!(found.start, rows.iter().filter_map(|row| row.1).min());
            let nobodys = rows.iter().filter(|row| row.0.is_none()).count();
            let undated = rows.iter().filter(|row| row.0.is_some() && row.1.is_none()).count();
            if found.start.is_some() {
                assert_eq!(found.counts.without_customer, nobodys);
                assert_eq!(found.counts.without_date, undated);
            }
        });
    }

    #[test]
    fn purchases_are_listed(
        rows in rows(),
        (grain, length) in grain(),
        end in prop::option::of(-50 * DAY..500 * DAY),
    ) {
        let bought = one_by_one(&rows, length, end.map_or(i64::MAX, |end| end.div_euclid(length)));
        with_every_kind(&rows, |table, ids| {
            let found = list(table, grain, end, Refunds::Keep).unwrap();
            assert!(ids(&found).iter().eq(bought.keys()));
            let counts: Vec<usize> = bought.values().map(BTreeMap::len).collect();
            assert!(found.counts.iter().map(|&n| usize::try_from(n).unwrap()).eq(counts));
            let cells = bought.values().flatten();
            assert!(found.periods.iter().eq(cells.clone().map(|(period, _)| period)));
            assert!(found.rows.iter().eq(cells.clone().map(|(_, (rows, _))| rows)));
            // Sums of one customer's period run in the order of the table.
            for (sum, (_, (_, expected))) in found.amounts.unwrap().iter().zip(cells) {
                assert!((sum - expected).abs() <= 1e-9);
            }
        });
    }

    #[test]
    fn lists_after_refunds_agree_with_the_summary(
        rows in rows(),
        (grain, length) in grain(),
        refunds in prop::sample::select(vec![Refunds::Keep, Refunds::Net, Refunds::Drop]),
    ) {
        let options = SummaryOptions {
            collapse: grain,
            whole_period: true,
            unit: length as f64,
            multiplier: 1.0,
            refunds,
            include_first: true,
        };
        with_every_kind(&rows, |table, ids| {
            let found = list(table, grain, None, refunds).unwrap();
            let summary = summarize(table, None, &options).unwrap();
            assert_eq!(found.customers.len(), summary.customers.len());
            assert_eq!(ids(&found).len(), summary.customers.len());
            let (money, means) = (found.amounts.unwrap(), summary.monetary_value.unwrap());
            let mut from = 0;
            for (at, &count) in found.counts.iter().enumerate() {
                let to = from + usize::try_from(count).unwrap();
                let periods = &found.periods[from..to];
                assert_eq!(to as f64 - from as f64, summary.frequency[at]);
                let recency = (periods[periods.len() - 1] - periods[0]) as f64;
                assert_eq!(recency, summary.recency[at]);
                let sum = money[from..to].iter().sum::<f64>();
                assert!((sum / count as f64 - means[at]).abs() <= 1e-9);
                from = to;
            }
            assert_eq!(from, money.len());
            assert!(refunds == Refunds::Keep || money.iter().all(|&left| left >= 0.0));
            let same = |counts: &crate::summary::RowCounts| {
                [counts.refunds, counts.cancelled, counts.unmatched, counts.without_purchase]
            };
            assert_eq!(same(&found.met), same(&summary.counts));
        });
    }

    #[test]
    fn expectations_add_up(
        began in prop::collection::vec(prop_oneof![Just(0), 0..9_i64], 0..1500),
        every in 1..9_usize,
    ) {
        let curve: Vec<f64> = (1..=began.len()).map(|age| (age as f64).sqrt()).collect();
        let found = expected_over_time(&began, &curve, every, &|| false).unwrap();
        prop_assert_eq!(found.len(), began.len() / every);
        for (place, sum) in found.iter().enumerate() {
            let end = (place + 1) * every;
            let expected: f64 =
                (0..end).map(|from| began[from] as f64 * ((end - from) as f64).sqrt()).sum();
            prop_assert!((sum - expected).abs() <= 1e-12 * expected);
        }
    }
}

#[test]
fn bad_tables_are_refused() {
    let customers = Customers::Codes { codes: &[0, 7], n_customers: 2 };
    let table = |times, ticks_per_second| Transactions {
        customers,
        times,
        ticks_per_second,
        amounts: None,
        interrupt: &|| false,
    };
    assert!(track(&table(&[1], 1), Grain::Day, 3).is_err(), "another length");
    assert!(track(&table(&[1, 2], 0), Grain::Day, 3).is_err(), "no clock");
    assert!(list(&table(&[1, 2], 1), Grain::Day, None, Refunds::Net).is_err(), "an unknown code");
    assert!(expected_over_time(&[1], &[], 1, &|| false).is_err());
    assert!(expected_over_time(&[1], &[1.0], 0, &|| false).is_err());
}

#[test]
fn an_interrupt_stops_each_pass() {
    let text = Text { bytes: b"abc", offsets: &[0, 1, 2, 3], valid: None };
    let uuid = b"00000000-0000-4000-8000-000000000000".repeat(3);
    let uuids = Text { bytes: &uuid, offsets: &[0, 36, 72, 108], valid: None };
    for customers in [
        Customers::Codes { codes: &[0, 1, 1], n_customers: 2 },
        Customers::whole(&[3, 4, 4], false),
        Customers::whole(&[3, i64::MAX, 4], false),
        Customers::Text(text),
        Customers::Text(uuids),
    ] {
        // The first question comes before rows are sorted, the second before they are worked on.
        for polls in [0, 1] {
            let stops = [0; 3].map(|_| interrupt_after(polls));
            let [first, second, third] = stops.each_ref().map(|interrupt| Transactions {
                customers,
                times: &[0, 1, 2],
                ticks_per_second: 1,
                amounts: None,
                interrupt,
            });
            assert_eq!(summarize(&first, None, &options()), Err(Error::Interrupted));
            assert_eq!(track(&second, Grain::Day, 3), Err(Error::Interrupted));
            assert_eq!(list(&third, Grain::Day, None, Refunds::Net), Err(Error::Interrupted));
        }
    }
    assert_eq!(expected_over_time(&[1], &[1.0], 1, &|| true), Err(Error::Interrupted));
}
