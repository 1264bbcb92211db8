//! Rows of many distinct values: dealt into parts by their hash, each part compressed by a hash table.

use std::hash::{BuildHasher, BuildHasherDefault, Hasher};
use std::ops::Range;

use rayon::prelude::*;

use super::UniqueRows;
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
    let compressed: Vec<UniqueRows<R>> = (0..parts)
        .into_par_iter()
        .map(|part| merge(pieces.iter().flat_map(|piece| &piece[part])))
        .collect();
    let mut unique = merge([].iter());
    unique.customers = weights.map_or(len, |w| w.iter().filter(|w| **w > 0.0).count());
    for part in compressed {
        unique.rows.extend(part.rows);
        unique.weights.extend(part.weights);
        unique.total_weight += part.total_weight;
    }
    Ok(unique)
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

fn merge<'a, R: Row>(rows: impl Iterator<Item = &'a (R, f64)>) -> UniqueRows<R> {
    let mut unique =
        UniqueRows { rows: Vec::new(), weights: Vec::new(), total_weight: 0.0, customers: 0 };
    let mut positions = KeyMap::with_capacity(PART / 4);
    for &(row, weight) in rows {
        unique.total_weight += weight;
        let position = positions.position(row.key());
        if position == unique.rows.len() {
            unique.rows.push(row);
            unique.weights.push(weight);
        } else {
            unique.weights[position] += weight;
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
