//! Customers' ids: codes that number them already, or what stands in the column.
//!
//! Ids that are not codes are spread over buckets by their hash and numbered bucket by bucket in
//! [`Numbering`], where the table of those met fits the cache. A hash only leads to an id; whether
//! two are the same is decided by the ids themselves.

use std::cmp::Ordering;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicBool, Ordering as Memory};

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry as Slot;

use rayon::prelude::*;

use super::customer::{Ledger, aggregate};
use super::partition::{Amount, Entry, Key, Partition};
use super::{Frame, NO_CUSTOMER, Rules};
use crate::error::{Error, Result};

/// Customers a bucket at least, as a power of two.
const SMALLEST_BUCKET: u32 = 8;
/// Buckets at most, as a power of two: as many streams as a core writes to without losing track.
const MOST_BUCKETS: u32 = 9;
/// Rows that a bucket of hashed ids should hold, as a power of two.
const BUCKET_ROWS: u32 = 14;

/// A column of ids that are spread over buckets.
pub trait Placed: Sync {
    /// What a row carries of its id.
    type Id: Copy + Default + Send + Sync;
    /// How many buckets the customers are spread over.
    fn buckets(&self) -> usize;
    /// A row's id and the bucket it belongs to, nothing where it has no id.
    ///
    /// # Errors
    /// [`Error::Setting`] when the id is none.
    fn place(&self, row: usize) -> Result<Option<(Self::Id, u16)>>;
}

/// A column of ids that can be summarised.
pub trait Ids: Placed {
    /// Which of two ids comes first.
    fn order(&self, a: &Self::Id, b: &Self::Id) -> Ordering;
    /// What tells the caller whose id it is: its code, or a row that it stands in.
    fn label(id: &Self::Id) -> u32;
    /// Summarises every bucket: its customers' ids and, in the same order, their purchases.
    fn ledgers<K: Key, A: Amount>(
        &self,
        parts: &Partition<Self::Id, K, A>,
        rules: &Rules,
        frame: &Frame,
    ) -> Vec<(Vec<Self::Id>, Ledger)>;
}

/// Ids that have to be told apart.
pub trait Hashed: Ids {
    /// The hash of an id.
    fn hash(&self, id: &Self::Id) -> u64;
    /// Whether two ids are the same.
    fn same(&self, a: &Self::Id, b: &Self::Id) -> bool;
}

/// The methods of ids that are codes.
macro_rules! numbered_already {
    () => {
        fn order(&self, a: &u32, b: &u32) -> Ordering {
            a.cmp(b)
        }
        fn label(code: &u32) -> u32 {
            *code
        }
        fn ledgers<K: Key, A: Amount>(
            &self,
            parts: &Partition<u32, K, A>,
            rules: &Rules,
            frame: &Frame,
        ) -> Vec<(Vec<u32>, Ledger)> {
            self.buckets.ledgers(parts, rules, frame)
        }
    };
}

/// The method of ids that are numbered bucket by bucket.
macro_rules! numbered_by_bucket {
    () => {
        fn ledgers<K: Key, A: Amount>(
            &self,
            parts: &Partition<Self::Id, K, A>,
            rules: &Rules,
            frame: &Frame,
        ) -> Vec<(Vec<Self::Id>, Ledger)> {
            number_and_aggregate(self, parts, rules, frame)
        }
    };
}

/// Neighbouring codes share a bucket.
#[derive(Debug, Clone, Copy)]
pub struct Neighbours {
    n_customers: usize,
    shift: u32,
}

impl Neighbours {
    /// Buckets for codes below `n_customers`.
    pub fn new(n_customers: usize) -> Self {
        let bits = usize::BITS - n_customers.leading_zeros();
        Self { n_customers, shift: bits.saturating_sub(MOST_BUCKETS).max(SMALLEST_BUCKET) }
    }

    /// How many there are.
    pub fn buckets(&self) -> usize {
        self.n_customers.div_ceil(1 << self.shift)
    }

    /// The codes of a bucket: the first, and how many.
    pub fn codes(&self, bucket: usize) -> (usize, usize) {
        let first = bucket << self.shift;
        (first, (1 << self.shift).min(self.n_customers - first))
    }

    fn ledgers<K: Key, A: Amount>(
        self,
        parts: &Partition<u32, K, A>,
        rules: &Rules,
        frame: &Frame,
    ) -> Vec<(Vec<u32>, Ledger)> {
        let summarised = |scratch: &mut _, bucket| {
            let (first, n) = self.codes(bucket);
            let local = |code| code as usize - first;
            let mut ledger = aggregate(&parts.rows(bucket), n, local, rules, frame, scratch);
            let numbers = std::mem::take(&mut ledger.customers);
            let first = row_number(first);
            (numbers.into_iter().map(|number| first + number).collect(), ledger)
        };
        (0..self.buckets()).into_par_iter().map_init(Default::default, summarised).collect()
    }

    #[allow(clippy::cast_possible_truncation)] // the code is below n_customers ≤ 2³²
    fn place(&self, code: u64) -> Result<Option<(u32, u16)>> {
        if code < self.n_customers as u64 {
            return Ok(Some((code as u32, (code >> self.shift) as u16)));
        }
        Err(Error::Setting {
            name: "customer code",
            value: code as f64,
            expected: "below the number of customers",
        })
    }
}

/// Codes that number the customers already; [`NO_CUSTOMER`] marks a row without one.
#[derive(Debug)]
pub struct Codes<'a> {
    /// One a row.
    pub codes: &'a [u32],
    /// Their buckets.
    pub buckets: Neighbours,
}

impl Placed for Codes<'_> {
    type Id = u32;
    fn buckets(&self) -> usize {
        self.buckets.buckets()
    }
    fn place(&self, row: usize) -> Result<Option<(u32, u16)>> {
        match self.codes[row] {
            NO_CUSTOMER => Ok(None),
            code => self.buckets.place(u64::from(code)),
        }
    }
}

impl Ids for Codes<'_> {
    numbered_already!();
}

/// Whole numbers that lie close together: their distance from the smallest numbers them.
#[derive(Debug)]
pub struct Close<'a> {
    /// One a row.
    pub values: &'a [i64],
    /// The smallest.
    pub low: i64,
    /// Their buckets.
    pub buckets: Neighbours,
}

impl Placed for Close<'_> {
    type Id = u32;
    fn buckets(&self) -> usize {
        self.buckets.buckets()
    }
    fn place(&self, row: usize) -> Result<Option<(u32, u16)>> {
        self.buckets.place(self.values[row].wrapping_sub(self.low).cast_unsigned())
    }
}

impl Ids for Close<'_> {
    numbered_already!();
}

/// How hashes are spread over buckets.
#[derive(Debug)]
struct Spread {
    bits: u32,
    state: RandomState,
}

impl Spread {
    fn over(rows: usize) -> Self {
        let bits = (usize::BITS - rows.leading_zeros()).saturating_sub(BUCKET_ROWS);
        Self { bits: bits.min(MOST_BUCKETS), state: RandomState::default() }
    }

    fn buckets(&self) -> usize {
        1 << self.bits
    }

    #[allow(clippy::cast_possible_truncation)] // at most MOST_BUCKETS bits
    fn of(&self, hash: u64) -> u16 {
        // Neither the lowest nor the highest bits: the table of a bucket goes by those.
        ((hash >> 32) & ((1 << self.bits) - 1)) as u16
    }
}

#[allow(clippy::cast_possible_truncation)] // tables of 2³² rows and more are given codes
fn row_number(row: usize) -> u32 {
    row as u32
}

/// Whole numbers that lie far apart.
#[derive(Debug)]
pub struct Sparse<'a> {
    values: &'a [i64],
    low: i64,
    spread: Spread,
}

impl<'a> Sparse<'a> {
    /// Ids of which `low` is the smallest.
    pub fn new(values: &'a [i64], low: i64) -> Self {
        Self { values, low, spread: Spread::over(values.len()) }
    }
}

/// A whole number, counted from the smallest, and its row.
#[derive(Debug, Clone, Copy, Default)]
pub struct Whole {
    words: [u32; 2],
    row: u32,
}

impl Whole {
    fn value(&self) -> u64 {
        u64::from(self.words[1]) << 32 | u64::from(self.words[0])
    }
}

impl Placed for Sparse<'_> {
    type Id = Whole;
    fn buckets(&self) -> usize {
        self.spread.buckets()
    }
    #[allow(clippy::cast_possible_truncation)] // the two halves
    fn place(&self, row: usize) -> Result<Option<(Whole, u16)>> {
        let value = self.values[row].wrapping_sub(self.low).cast_unsigned();
        let id = Whole { words: [value as u32, (value >> 32) as u32], row: row_number(row) };
        Ok(Some((id, self.spread.of(self.hash(&id)))))
    }
}

impl Ids for Sparse<'_> {
    fn order(&self, a: &Whole, b: &Whole) -> Ordering {
        a.value().cmp(&b.value())
    }
    fn label(id: &Whole) -> u32 {
        id.row
    }
    numbered_by_bucket!();
}

impl Hashed for Sparse<'_> {
    fn hash(&self, id: &Whole) -> u64 {
        self.spread.state.hash_one(id.value())
    }
    fn same(&self, a: &Whole, b: &Whole) -> bool {
        a.words == b.words
    }
}

/// A column of text: all of it end to end, and where each row's begins and ends.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    /// UTF-8.
    pub bytes: &'a [u8],
    /// Row i is `bytes[offsets[i]..offsets[i + 1]]`.
    pub offsets: &'a [i64],
    /// False where a row has no text; absent where all have.
    pub valid: Option<&'a [bool]>,
}

impl<'a> Text<'a> {
    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// A row's text.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&'a [u8]> {
        if self.valid.is_some_and(|valid| !valid[row]) {
            return None;
        }
        let at = |row: usize| usize::try_from(self.offsets[row]).unwrap_or(usize::MAX);
        self.bytes.get(at(row)..at(row + 1))
    }

    /// Checks that the offsets lie within the text and rise.
    ///
    /// # Errors
    /// [`Error::Length`] when they do not, or the mask has another length.
    pub fn check(&self) -> Result<()> {
        let last = self.offsets.last().copied().unwrap_or(0);
        let inside = self.offsets.first().is_none_or(|&first| first >= 0)
            && usize::try_from(last).is_ok_and(|last| last <= self.bytes.len());
        if !inside || !self.offsets.is_sorted() {
            let found = usize::try_from(last).unwrap_or(0);
            return Err(Error::Length { column: "text", found, expected: self.bytes.len() });
        }
        match self.valid {
            Some(valid) if valid.len() != self.rows() => {
                Err(Error::Length { column: "valid", found: valid.len(), expected: self.rows() })
            }
            _ => Ok(()),
        }
    }
}

/// Sixteen bytes that stand for a text, and its row.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sixteen {
    bytes: [u8; 16],
    row: u32,
}

/// Text of at most this many bytes is held whole, with its length in the byte after it.
const SHORT: usize = 15;
/// In place of a length: the bytes begin with a hash of the text.
const LONG: u8 = u8::MAX;

/// Text of any kind: what is short travels with the row, what is long is looked up to compare.
#[derive(Debug)]
pub struct Words<'a> {
    text: Text<'a>,
    spread: Spread,
}

impl<'a> Words<'a> {
    /// The ids of a column.
    pub fn new(text: Text<'a>) -> Self {
        Self { text, spread: Spread::over(text.rows()) }
    }

    fn long(&self, id: &Sixteen) -> &'a [u8] {
        self.text.get(id.row as usize).unwrap_or_default()
    }
}

impl Placed for Words<'_> {
    type Id = Sixteen;
    fn buckets(&self) -> usize {
        self.spread.buckets()
    }
    #[allow(clippy::cast_possible_truncation)] // lengths up to SHORT
    fn place(&self, row: usize) -> Result<Option<(Sixteen, u16)>> {
        let Some(text) = self.text.get(row) else { return Ok(None) };
        let mut bytes = [0; 16];
        if text.len() <= SHORT {
            bytes[..text.len()].copy_from_slice(text);
            bytes[SHORT] = text.len() as u8;
        } else {
            bytes[..8].copy_from_slice(&self.spread.state.hash_one(text).to_ne_bytes());
            bytes[SHORT] = LONG;
        }
        let id = Sixteen { bytes, row: row_number(row) };
        Ok(Some((id, self.spread.of(self.hash(&id)))))
    }
}

impl Ids for Words<'_> {
    fn order(&self, a: &Sixteen, b: &Sixteen) -> Ordering {
        if a.bytes[SHORT] != LONG && b.bytes[SHORT] != LONG {
            // Padded with zeros, a text that another begins with comes first by its length.
            return a.bytes.cmp(&b.bytes);
        }
        self.long(a).cmp(self.long(b))
    }
    fn label(id: &Sixteen) -> u32 {
        id.row
    }
    numbered_by_bucket!();
}

impl Hashed for Words<'_> {
    fn hash(&self, id: &Sixteen) -> u64 {
        self.spread.state.hash_one(u128::from_ne_bytes(id.bytes))
    }
    fn same(&self, a: &Sixteen, b: &Sixteen) -> bool {
        a.bytes == b.bytes && (a.bytes[SHORT] != LONG || self.long(a) == self.long(b))
    }
}

/// Text in which every row is a UUID in its usual form, lower case: 128 bits say all of it.
#[derive(Debug)]
pub struct Uuids<'a> {
    text: Text<'a>,
    spread: Spread,
    misfit: AtomicBool,
}

impl<'a> Uuids<'a> {
    /// The ids of a column, if its first rows are UUIDs.
    pub fn new(text: Text<'a>) -> Option<Self> {
        let mut first = (0..text.rows().min(64)).filter_map(|row| text.get(row));
        let likely = text.rows() > 0 && first.all(|text| uuid(text).is_some());
        likely.then(|| Self {
            text,
            spread: Spread::over(text.rows()),
            misfit: AtomicBool::new(false),
        })
    }

    /// Whether a row was met that is no UUID: then nothing that was read holds.
    pub fn misfit(&self) -> bool {
        self.misfit.load(Memory::Relaxed)
    }
}

impl Placed for Uuids<'_> {
    type Id = Sixteen;
    fn buckets(&self) -> usize {
        self.spread.buckets()
    }
    fn place(&self, row: usize) -> Result<Option<(Sixteen, u16)>> {
        let Some(text) = self.text.get(row) else { return Ok(None) };
        let Some(bytes) = uuid(text) else {
            self.misfit.store(true, Memory::Relaxed);
            return Ok(None);
        };
        let id = Sixteen { bytes, row: row_number(row) };
        Ok(Some((id, self.spread.of(self.hash(&id)))))
    }
}

impl Ids for Uuids<'_> {
    fn order(&self, a: &Sixteen, b: &Sixteen) -> Ordering {
        a.bytes.cmp(&b.bytes)
    }
    fn label(id: &Sixteen) -> u32 {
        id.row
    }
    numbered_by_bucket!();
}

impl Hashed for Uuids<'_> {
    fn hash(&self, id: &Sixteen) -> u64 {
        self.spread.state.hash_one(u128::from_ne_bytes(id.bytes))
    }
    fn same(&self, a: &Sixteen, b: &Sixteen) -> bool {
        a.bytes == b.bytes
    }
}

/// Reads `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` of lower-case hexadecimal digits.
fn uuid(text: &[u8]) -> Option<[u8; 16]> {
    let text: &[u8; 36] = text.try_into().ok()?;
    if [8, 13, 18, 23].iter().any(|&at| text[at] != b'-') {
        return None;
    }
    let word = |first: usize, second: usize| {
        let mut eight = [0; 8];
        eight[..4].copy_from_slice(&text[first..first + 4]);
        eight[4..].copy_from_slice(&text[second..second + 4]);
        hex(u64::from_be_bytes(eight))
    };
    let mut bytes = [0; 16];
    for (at, (first, second)) in [(0, 4), (9, 14), (19, 24), (28, 32)].into_iter().enumerate() {
        bytes[4 * at..4 * at + 4].copy_from_slice(&word(first, second)?.to_be_bytes());
    }
    Some(bytes)
}

/// Eight hexadecimal digits, all at once, byte by byte of a word.
#[allow(clippy::cast_possible_truncation)] // eight digits are 32 bits
fn hex(text: u64) -> Option<u32> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let digits = (text & (ONES * 0x0f)) + ((text >> 6) & ONES) * 9;
    let letters = ((digits + ONES * 6) >> 4) & ONES;
    // Written out again they are the text, or it was something else.
    if digits + ONES * 0x30 + letters * 0x27 != text {
        return None;
    }
    let pairs = (digits | digits >> 4) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs | pairs >> 8) & 0x0000_ffff_0000_ffff;
    Some((fours | fours >> 16) as u32)
}

fn number_and_aggregate<N: Hashed, K: Key, A: Amount>(
    ids: &N,
    parts: &Partition<N::Id, K, A>,
    rules: &Rules,
    frame: &Frame,
) -> Vec<(Vec<N::Id>, Ledger)> {
    let summarised = |room: &mut (Numbering<N::Id, K, A>, _), bucket| {
        let (numbering, scratch) = room;
        numbering.number(ids, &parts.rows(bucket));
        let n = numbering.firsts.len();
        let local = |number| number as usize;
        let mut ledger = aggregate(&[&numbering.rows], n, local, rules, frame, scratch);
        let numbers = std::mem::take(&mut ledger.customers);
        let whose = numbers.into_iter().map(|number| numbering.firsts[number as usize]);
        (whose.collect(), ledger)
    };
    (0..ids.buckets()).into_par_iter().map_init(Default::default, summarised).collect()
}

/// The customers of one bucket of hashed ids, numbered as they are met; room that is used again.
#[derive(Debug)]
struct Numbering<I, K, A> {
    table: HashTable<u32>,
    /// The first id of each customer.
    firsts: Vec<I>,
    /// The rows, by number.
    rows: Vec<Entry<u32, K, A>>,
}

impl<I, K, A> Default for Numbering<I, K, A> {
    fn default() -> Self {
        Self { table: HashTable::new(), firsts: Vec::new(), rows: Vec::new() }
    }
}

impl<I: Copy, K: Key, A: Amount> Numbering<I, K, A> {
    /// Numbers the customers of a bucket.
    fn number<N: Hashed<Id = I>>(&mut self, ids: &N, parts: &[&[Entry<I, K, A>]]) {
        let Self { table, firsts, rows } = self;
        table.clear();
        firsts.clear();
        rows.clear();
        for &Entry { id, key, amount } in parts.iter().copied().flatten() {
            let slot = table.entry(
                ids.hash(&id),
                |&number| ids.same(&firsts[number as usize], &id),
                |&number| ids.hash(&firsts[number as usize]),
            );
            let number = match slot {
                Slot::Occupied(found) => *found.get(),
                Slot::Vacant(free) => {
                    let number = row_number(firsts.len());
                    free.insert(number);
                    firsts.push(id);
                    number
                }
            };
            rows.push(Entry { id: number, key, amount });
        }
    }
}
