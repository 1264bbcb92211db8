//! Rows of many distinct values: dealt into parts by their hash, each part compressed by a hash table.

use std::hash::{BuildHasher, BuildHasherDefault, Hasher};
use std::marker::PhantomData;
use std::ops::Range;

use rayon::prelude::*;

use super::UniqueRows;
use super::dictionary::Dictionary;
use super::packed::Obstacle;
use crate::columns::{Column, scan};
use crate::rows::Row;

/// About how many rows make a part of their own.
const PART: usize = 1 << 14;
/// How many consecutive rows are read in one piece.
const PIECE: usize = 1 << 17;

/// The unique rows, in an order that depends on the data alone.
pub(super) fn compress<R: Row>(
    columns: &[Column<'_>],
    weights: Option<&[f64]>,
    len: usize,
) -> Result<UniqueRows<R>, Obstacle> {
    let parts = (len / PART).next_power_of_two().min(256);
    let pieces: Vec<Vec<Vec<(R, f64)>>> = (0..len.div_ceil(PIECE))
        .into_par_iter()
        .map(|i| deal(columns, weights, i * PIECE..((i + 1) * PIECE).min(len), parts))
        .collect::<Result<_, _>>()?;
    let merged: Vec<Vec<(R, f64)>> = (0..parts)
        .into_par_iter()
        .map(|part| merge(pieces.iter().flat_map(|piece| &piece[part])))
        .collect();
    drop(pieces);
    let mut columns = [0, 1, 2].map(|_| Coded::default());
    let rows = merged.iter().map(Vec::len).sum();
    let (mut codes, mut sums) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
    for (row, weight) in merged.into_iter().flatten() {
        let key = row.key();
        codes.push(std::array::from_fn(|i| columns[i].code(key[i])));
        sums.push(weight);
    }
    Ok(UniqueRows {
        values: columns.map(|column| column.values),
        codes,
        total_weight: sums.iter().sum(),
        weights: sums,
        customers: weights.map_or(len, |w| w.iter().filter(|w| **w > 0.0).count()),
        row: PhantomData,
    })
}

/// A column's values, numbered.
struct Coded {
    values: Vec<f64>,
    numbers: Dictionary<u32>,
    /// The bits before, which often come again, and their number.
    last: (u64, u32),
    rows: usize,
    /// Whether values hardly ever come again, so that looking for them is a waste of time.
    plain: bool,
}

impl Default for Coded {
    fn default() -> Self {
        let numbers = Dictionary::new(u32::MAX as usize);
        Self { values: Vec::new(), numbers, last: (u64::MAX, 0), rows: 0, plain: false }
    }
}

impl Coded {
    /// The position of a value among [`Self::values`].
    #[allow(clippy::cast_possible_truncation)] // fewer rows than 2³²
    fn code(&mut self, bits: u64) -> u32 {
        /// How many rows tell whether values come again.
        const TRIAL: usize = 1 << 14;
        if self.plain {
            self.values.push(f64::from_bits(bits));
            return self.values.len() as u32 - 1;
        }
        if bits != self.last.0 {
            let code = self.numbers.code(bits).expect("fewer than 2^32 distinct values");
            if code as usize == self.values.len() {
                self.values.push(f64::from_bits(bits));
            }
            self.last = (bits, code);
        }
        self.rows += 1;
        self.plain = self.rows > TRIAL && 2 * self.values.len() > self.rows;
        self.last.1
    }
}

/// How many rows a piece keeps at hand while it is read.
const RECENT: usize = 1 << 12;

/// Reads a piece of the table into parts, leaving out weights of zero.
fn deal<R: Row>(
    columns: &[Column<'_>],
    weights: Option<&[f64]>,
    piece: Range<usize>,
    parts: usize,
) -> Result<Vec<Vec<(R, f64)>>, Obstacle> {
    let mut dealt = vec![Vec::with_capacity(piece.len() / parts / 2); parts];
    // Most customers are like many others (no repeat purchase, a T among a few hundred): rows that
    // come back soon are added up here and dealt once.
    let mut recent: Vec<Option<(R, f64)>> = vec![None; RECENT];
    #[allow(clippy::cast_possible_truncation)] // which bits are left does not matter
    let hash = |row: &R| BuildHasherDefault::<KeyHasher>::default().hash_one(row.key()) as usize;
    let mut deal = |hash: usize, entry| dealt[(hash >> 20) % parts].push(entry);
    scan(columns, piece, |i, values| {
        let row = R::read(&values);
        if !row.is_sound() {
            return Err(Obstacle::Fault);
        }
        let weight = weights.map_or(1.0, |w| w[i]);
        if weight > 0.0 {
            let place = hash(&row);
            match &mut recent[place % RECENT] {
                Some((known, sum)) if known.key() == row.key() => *sum += weight,
                slot => {
                    if let Some(evicted) = slot.replace((row, weight)) {
                        deal(hash(&evicted.0), evicted);
                    }
                }
            }
        }
        Ok(())
    })?;
    for entry in recent.into_iter().flatten() {
        deal(hash(&entry.0), entry);
    }
    Ok(dealt)
}

/// The distinct rows with the sums of their weights, in order of first appearance.
fn merge<'a, R: Row>(rows: impl Iterator<Item = &'a (R, f64)>) -> Vec<(R, f64)> {
    let mut unique: Vec<(R, f64)> = Vec::new();
    let mut positions = KeyMap::with_capacity(PART / 4);
    for &(row, weight) in rows {
        let position = positions.position(row.key());
        if position == unique.len() {
            unique.push((row, weight));
        } else {
            unique[position].1 += weight;
        }
    }
    unique
}

/// Numbers keys in order of first appearance.
#[derive(Debug, Default)]
pub struct KeyMap {
    map: std::collections::HashMap<[u64; 3], u32, BuildHasherDefault<KeyHasher>>,
}

impl KeyMap {
    /// A map with room for this many keys.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        let hasher = BuildHasherDefault::default();
        Self { map: std::collections::HashMap::with_capacity_and_hasher(capacity, hasher) }
    }

    /// The number of the key; a new key gets the next one.
    ///
    /// # Panics
    /// With more than 2³² distinct keys.
    pub fn position(&mut self, key: [u64; 3]) -> usize {
        let next = u32::try_from(self.map.len()).expect("fewer than 2^32 distinct rows");
        *self.map.entry(key).or_insert(next) as usize
    }
}

/// Multiply–rotate hashing of 64-bit words. The words are bits of numbers that a user typed, not
/// an attacker's, so speed wins over resistance.
#[derive(Debug, Default, Clone, Copy)]
pub struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        // The low bits choose the bucket; doubles of whole numbers have only zeros there.
        (self.0 ^ (self.0 >> 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(26)
    }
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }
    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(0x517C_C1B7_2722_0A95);
    }
    fn write_usize(&mut self, _length_prefix: usize) {}
}
