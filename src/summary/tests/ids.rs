//! Ids of every kind, tables in chunks and split tables, compared with the summary by codes.

use proptest::prelude::*;

use crate::error::Error;
use crate::parallel::interrupt::interrupt_after;
use crate::summary::{
    Calendar, Customers, Grain, NO_CUSTOMER, NumberDictionary, Refunds, Stream, Summary,
    SummaryOptions, Text, TextBuffer, TextDictionary, Transactions, summarize, summarize_split,
};

const DAY: i64 = 86_400;

/// Transactions with times in seconds.
fn table<'a>(customers: Customers<'a>, times: &'a [i64], amounts: &'a [f64]) -> Transactions<'a> {
    Transactions {
        customers,
        times,
        ticks_per_second: 1,
        amounts: Some(amounts),
        interrupt: &|| false,
    }
}

pub fn options() -> SummaryOptions {
    SummaryOptions {
        collapse: Grain::Day,
        whole_period: false,
        unit: 604_800.0,
        multiplier: 1.0,
        refunds: Refunds::Net,
        include_first: false,
    }
}

/// Text end to end, as a column holds it.
#[derive(Debug, Default)]
struct TextColumn {
    bytes: Vec<u8>,
    offsets: Vec<i64>,
    valid: Vec<bool>,
}

impl TextColumn {
    fn of<T: AsRef<str>>(texts: &[Option<T>]) -> Self {
        let mut column = Self { offsets: vec![0], ..Self::default() };
        for text in texts {
            column.bytes.extend(text.as_ref().map_or("", T::as_ref).bytes());
            column.offsets.push(i64::try_from(column.bytes.len()).unwrap());
            column.valid.push(text.is_some());
        }
        column
    }

    fn text(&self) -> Text<'_> {
        Text { bytes: &self.bytes, offsets: &self.offsets, valid: Some(&self.valid) }
    }
}

/// A code for each text, in their order.
fn codes<T: Ord + Clone>(ids: &[Option<T>]) -> (Vec<u32>, Vec<T>) {
    let mut known: Vec<T> = ids.iter().flatten().cloned().collect();
    known.sort();
    known.dedup();
    let code = |id: &T| u32::try_from(known.binary_search(id).unwrap()).unwrap();
    (ids.iter().map(|id| id.as_ref().map_or(NO_CUSTOMER, code)).collect(), known)
}

type TestRows<T> = Vec<(Option<T>, i64, f64)>;

fn columns<T: Clone>(rows: &TestRows<T>) -> (Vec<Option<T>>, Vec<i64>, Vec<f64>) {
    (
        rows.iter().map(|row| row.0.clone()).collect(),
        rows.iter().map(|row| row.1).collect(),
        rows.iter().map(|row| row.2).collect(),
    )
}

/// The summary by codes, and the ids of its customers.
fn by_codes<T: Ord + Clone>(rows: &TestRows<T>, options: &SummaryOptions) -> (Summary, Vec<T>) {
    let (ids, times, amounts) = columns(rows);
    let (codes, known) = codes(&ids);
    let customers = Customers::Codes { codes: &codes, n_customers: known.len() };
    let table = table(customers, &times, &amounts);
    let summary = summarize(&table, None, options).unwrap();
    let expected_ids =
        summary.customers.iter().map(|&code| known[usize::try_from(code).unwrap()].clone());
    let expected_ids = expected_ids.collect();
    (summary, expected_ids)
}

/// TextBuffer that are ids, one by one.
pub fn named(texts: Option<&TextBuffer>) -> Vec<String> {
    let TextBuffer { bytes, offsets } = texts.unwrap();
    let text = Text { bytes, offsets, valid: None };
    let texts = (0..text.rows()).map(|row| text.get(row).unwrap().to_vec());
    texts.map(|text| String::from_utf8(text).unwrap()).collect()
}

fn same(found: &Summary, expected: &Summary) {
    let nameless =
        |summary: &Summary| Summary { customers: Vec::new(), texts: None, ..summary.clone() };
    assert_eq!(nameless(found), nameless(expected));
}

fn text_agrees(rows: &TestRows<String>) {
    let (ids, times, amounts) = columns(rows);
    let column = TextColumn::of(&ids);
    let customers = Customers::Text(column.text());
    let table = table(customers, &times, &amounts);
    let found = summarize(&table, None, &options()).unwrap();
    let (expected, expected_ids) = by_codes(rows, &options());
    same(&found, &expected);
    assert_eq!(named(found.texts.as_ref()), expected_ids);
}

fn uuid_of(seed: u64) -> String {
    let bits = u128::from(seed).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
    let hex = format!("{bits:032x}");
    let cut = [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| &hex[range]);
    cut.join("-")
}

#[test]
fn uuids_are_text_too() {
    let row = |seed: u64| (Some(uuid_of(seed % 90)), (seed % 17).cast_signed() * DAY, seed as f64);
    let mut rows: TestRows<String> = (0..500).map(row).collect();
    text_agrees(&rows);
    // One that is none makes plain text of all of them; so does one in upper case.
    for odd in ["?".to_owned(), uuid_of(3).to_uppercase(), uuid_of(3).replace('-', "0")] {
        rows[400].0 = Some(odd);
        text_agrees(&rows);
    }
    rows[0].0 = None;
    text_agrees(&rows);
}

/// FixedId16 bytes a row, any at all: a column of them need not be text.
fn sixteen_agree(rows: &TestRows<[u8; 16]>, odd: Option<(usize, &[u8])>) {
    let named = |id: &[u8]| id.iter().map(|&byte| char::from(byte)).collect::<String>();
    let mut texts: TestRows<String> =
        rows.iter().map(|(id, time, amount)| (id.map(|id| named(&id)), *time, *amount)).collect();
    if let Some((at, id)) = odd {
        texts[at].0 = Some(named(id));
    }
    let (expected, expected_ids) = by_codes(&texts, &options());
    let (ids, times, amounts) = columns(&texts);
    let mut column = TextColumn { offsets: vec![0], ..TextColumn::default() };
    for id in &ids {
        // A row without an id may hold bytes all the same.
        let bytes = id.as_ref().map_or(vec![7; 16], |id| id.chars().map(|c| c as u8).collect());
        column.bytes.extend(bytes);
        column.offsets.push(i64::try_from(column.bytes.len()).unwrap());
        column.valid.push(id.is_some());
    }
    let customers = Customers::Text(column.text());
    let table = table(customers, &times, &amounts);
    let found = summarize(&table, None, &options()).unwrap();
    same(&found, &expected);
    let TextBuffer { bytes, offsets } = found.texts.unwrap();
    let text = Text { bytes: &bytes, offsets: &offsets, valid: None };
    let labels: Vec<String> = (0..text.rows()).map(|row| named(text.get(row).unwrap())).collect();
    assert_eq!(labels, expected_ids);
}

#[test]
fn texts_with_a_common_prefix_stay_distinct() {
    let long = "a-rather-long-customer-number";
    let ids = ["a", "a\0", "", "a\0b", "aaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa", long, "ü", "zz"];
    let other = format!("{long}s");
    let ids = ids.into_iter().chain([other.as_str()]).cycle();
    let rows = ids.take(40).zip(0..).map(|(id, day)| (Some(id.to_owned()), day * DAY, 1.5));
    text_agrees(&rows.collect());
}

#[test]
fn text_of_few_letters_spells_numbers() {
    // More rows than are sampled: the sample does not contain row 5,000.
    let mixed = |row: i64| row.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
    let forms: [fn(u64) -> String; 4] = [
        |id| format!("C{:05}", id % 700),
        |id| format!("customer-number-{}", id % 700),
        |id| format!("{:08x}", id % 700 * 6_000_000),
        |id| "ab".repeat((id % 7) as usize),
    ];
    let longer = "C".repeat(40);
    for form in forms {
        let row = |row: i64| (Some(form(mixed(row))), row % 31 * DAY, row as f64);
        let rows: TestRows<String> = (0..9_001).map(row).collect();
        text_agrees(&rows);
        for odd in ["C00x00", "C000001", "D00001", "C0\u{0}", "C0\u{0}000", "", "zz", "c", &longer]
        {
            let mut rows = rows.clone();
            rows[5_000].0 = Some(odd.to_owned());
            text_agrees(&rows);
            rows[4_999].0 = None;
            text_agrees(&rows);
        }
    }
}

fn rows_of<T: Strategy>(id: T) -> impl Strategy<Value = TestRows<T::Value>> {
    let id = prop::option::weighted(0.9, id);
    prop::collection::vec((id, -40_i64 * DAY..40 * DAY, -30.0..90.0), 1..300)
}

proptest! {
    #[test]
    fn text_is_numbered_as_it_is_ordered(
        rows in rows_of(prop_oneof!["[ab]{0,3}", "[ab]{14,18}", "\\PC{0,20}"]),
    ) {
        text_agrees(&rows);
    }

    #[test]
    fn sixteen_bytes_are_numbered_as_they_are_ordered(
        rows in rows_of(prop_oneof![any::<[u8; 16]>(), prop::array::uniform16(254_u8..)]),
        odd in prop::option::of((any::<prop::sample::Index>(), prop::collection::vec(any::<u8>(), 0..40))),
    ) {
        let odd = odd.as_ref().map(|(at, id)| (at.index(rows.len()), id.as_slice()));
        sixteen_agree(&rows, odd);
    }

    #[test]
    fn whole_numbers_are_numbered_as_they_are_ordered(
        ids in prop::collection::vec(prop_oneof![-3_i64..9, any::<i64>()], 1..200),
    ) {
        let rows: TestRows<i64> =
            ids.iter().zip(0..).map(|(&id, day)| (Some(id), day % 9 * DAY, 2.0)).collect();
        let (_, times, amounts) = columns(&rows);
        let low = *ids.iter().min().unwrap();
        let table = |customers| table(customers, &times, &amounts);
        let (expected, expected_ids) = by_codes(&rows, &options());
        let sparse = Customers::Sparse { values: &ids, low };
        let found = summarize(&table(sparse), None, &options()).unwrap();
        same(&found, &expected);
        let label = |&number: &u64| low.wrapping_add_unsigned(number);
        let labels: Vec<i64> = found.customers.iter().map(label).collect();
        prop_assert_eq!(&labels, &expected_ids);
        if let Ok(n) = usize::try_from(ids.iter().max().unwrap().saturating_sub(low))
            && n < 100_000
        {
            let close = Customers::Close { values: &ids, low, n_customers: n + 1 };
            let found = summarize(&table(close), None, &options()).unwrap();
            same(&found, &expected);
            let labels: Vec<i64> = found.customers.iter().map(label).collect();
            prop_assert_eq!(&labels, &expected_ids);
        }
    }

    #[test]
    fn a_table_in_chunks_equals_the_table(
        rows in rows_of("[a-e]{1,2}|[a-c]{20}"),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        room in prop_oneof![Just(0_usize), Just(20), Just(1 << 20)],
        ticks in prop::collection::vec(prop::sample::select(vec![1_i64, 1_000, 1_000_000]), 7),
        polls in prop_oneof![0..4_usize, 0..520_usize],
    ) {
        let (expected, expected_ids) = by_codes(&rows, &options());
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(rows.len())).collect();
        cuts.extend([0, rows.len()]);
        cuts.sort_unstable();
        let mut stream = Stream::new(options(), None, true, room).unwrap();
        let mut dictionary = TextDictionary::default();
        for (cut, ticks) in cuts.windows(2).zip(ticks) {
            let (ids, times, amounts) = columns(&rows[cut[0]..cut[1]].to_vec());
            let times: Vec<i64> = times.iter().map(|time| time * ticks).collect();
            let codes = dictionary.encode(&TextColumn::of(&ids).text(), &|| false).unwrap();
            // An interrupted chunk leaves no trace.
            let interrupt = interrupt_after(polls);
            if stream.push(&codes, &times, ticks, Some(&amounts), &interrupt) == Err(Error::Interrupted) {
                stream.push(&codes, &times, ticks, Some(&amounts), &|| false).unwrap();
            }
        }
        let texts = dictionary.texts();
        let text = |code: u32| std::str::from_utf8(texts.get(code as usize).unwrap()).unwrap();
        let order = |a, b| text(a).cmp(text(b));
        prop_assert_eq!(stream.finish(order, &|| true), Err(Error::Interrupted));
        let found = stream.finish(order, &|| false).unwrap();
        same(&found, &expected);
        let labels: Vec<&str> = found.customers.iter().map(|&code| text(u32::try_from(code).unwrap())).collect();
        prop_assert_eq!(labels, expected_ids);
    }

    #[test]
    fn the_two_halves_of_a_split_are_summaries_of_their_rows(
        rows in rows_of("[a-d]{1,2}|[ab]{17}"),
        split in -50_i64 * DAY..50 * DAY,
        later in -9 * DAY..40 * DAY,
        collapse in prop::sample::select(vec![
            Grain::Instant, Grain::Second, Grain::Hour, Grain::Day, Grain::Week, Grain::Month, Grain::Year,
        ]),
        refunds in prop::sample::select(vec![Refunds::Keep, Refunds::Net, Refunds::Drop]),
        include_first in any::<bool>(),
    ) {
        let end = split + later;
        let (ids, times, amounts) = columns(&rows);
        let column = TextColumn::of(&ids);
        let halved = SummaryOptions { collapse, refunds, include_first, whole_period: true, ..options() };
        let halves = table(Customers::Text(column.text()), &times, &amounts);
        let (before, holdout) =
            summarize_split(&halves, split, Some(end), &halved).unwrap();
        let half = |kept: &dyn Fn(i64) -> bool, end, options: &SummaryOptions| {
            let rows: TestRows<String> = rows.iter().filter(|row| kept(row.1)).cloned().collect();
            let (ids, times, amounts) = columns(&rows);
            let column = TextColumn::of(&ids);
            let customers = Customers::Text(column.text());
            let table = table(customers, &times, &amounts);
            let summary = summarize(&table, Some(end), options).unwrap();
            let expected_ids = named(summary.texts.as_ref());
            (summary, expected_ids)
        };
        let (first, expected_ids) = half(&|time| time <= split.min(end), split, &halved);
        prop_assert_eq!(named(before.texts.as_ref()), expected_ids.clone());
        prop_assert_eq!(&before.frequency, &first.frequency);
        prop_assert_eq!(&before.recency, &first.recency);
        prop_assert_eq!(&before.age, &first.age);
        prop_assert_eq!(&before.monetary_value, &first.monetary_value);
        let calendar = Calendar::new(collapse, 1);
        let start = |time| calendar.start(calendar.period(calendar.key(time)));
        prop_assert_eq!([before.end, holdout.end], [start(split), start(end)]);
        let all = SummaryOptions { include_first: true, ..halved };
        let (second, later) = half(&|time| time > split && time <= end, end, &all);
        prop_assert_eq!(holdout.customers, later.len());
        let mut counts = first.counts;
        counts.merge(&second.counts);
        prop_assert_eq!(before.counts, counts);
        prop_assert_eq!(holdout.frequency.len(), expected_ids.len());
        for (at, id) in expected_ids.iter().enumerate() {
            let seen = later.iter().position(|other| other == id);
            prop_assert_eq!(holdout.frequency[at], seen.map_or(0.0, |i| second.frequency[i]));
            let means = second.monetary_value.as_ref().unwrap();
            let money = holdout.monetary_value.as_ref().unwrap();
            prop_assert_eq!(money[at], seen.map_or(0.0, |i| means[i]));
        }
    }
}

#[test]
fn whole_numbers_in_chunks_keep_their_codes() {
    let mut known = NumberDictionary::default();
    assert_eq!(known.encode(&[7, -1, 7], &|| false).unwrap(), [0, 1, 0]);
    assert_eq!(known.encode(&[i64::MAX, -1], &|| false).unwrap(), [2, 1]);
    assert_eq!(known.values(), [7, -1, i64::MAX]);
}

#[test]
fn a_stream_refuses_fine_grains_and_far_dates() {
    let fine = SummaryOptions { collapse: Grain::Second, ..options() };
    assert!(Stream::new(fine, None, true, 9).is_err());
    let mut stream = Stream::new(options(), None, true, 9).unwrap();
    assert!(stream.push(&[0], &[i64::MAX], 1, None, &|| false).is_err());
    assert!(stream.push(&[0], &[], 1, None, &|| false).is_err());
}
