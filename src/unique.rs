//! The compression of many customers into unique rows, each with the weight of those it stands for.

use std::hash::{BuildHasher, BuildHasherDefault, Hasher};

use rayon::prelude::*;

use crate::error::{Error, Fault, Faults, Result};
use crate::rows::Row;

/// The distinct rows of a table, each with the weight of the customers it stands for.
#[derive(Debug, Clone)]
pub struct UniqueRows<R> {
    /// The distinct rows, in an order that depends on the data alone.
    pub rows: Vec<R>,
    /// The sum of their customers' weights; the number of customers where there are no weights.
    pub weights: Vec<f64>,
    /// The sum over all customers.
    pub total_weight: f64,
    /// The number of customers with a weight above zero.
    pub customers: usize,
}

impl<R: Row> UniqueRows<R> {
    /// Reads, checks and compresses a table of columns.
    ///
    /// Rows are dealt into parts by their hash, so that each part's table of keys stays in cache,
    /// and the parts are compressed in parallel.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::Length`], or [`Error::Rows`] for values that cannot be.
    pub fn new(columns: &[&[f64]], weights: Option<&[f64]>) -> Result<Self> {
        let len = check_lengths(R::COLUMNS, columns)?;
        if let Some(weights) = weights {
            check_weights(weights, len)?;
        }
        let parts = (len / PART).next_power_of_two().min(256);
        let pieces: Vec<Vec<Vec<(R, f64)>>> = (0..len.div_ceil(PIECE))
            .into_par_iter()
            .map(|i| deal(columns, weights, i * PIECE..((i + 1) * PIECE).min(len), parts))
            .collect::<Option<_>>()
            .ok_or_else(|| first_faults::<R>(columns, len))?;
        let compressed: Vec<Self> = (0..parts)
            .into_par_iter()
            .map(|part| Self::compress(pieces.iter().flat_map(|piece| &piece[part])))
            .collect();
        let mut unique = Self::compress([].iter());
        unique.customers = weights.map_or(len, |w| w.iter().filter(|w| **w > 0.0).count());
        for part in compressed {
            unique.rows.extend(part.rows);
            unique.weights.extend(part.weights);
            unique.total_weight += part.total_weight;
        }
        if unique.rows.is_empty() { Err(Error::Empty) } else { Ok(unique) }
    }

    fn compress<'a>(rows: impl Iterator<Item = &'a (R, f64)>) -> Self {
        let mut unique =
            Self { rows: Vec::new(), weights: Vec::new(), total_weight: 0.0, customers: 0 };
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

    /// The same with all times multiplied by `scale`.
    #[must_use]
    pub fn scaled(mut self, scale: f64) -> Self {
        for row in &mut self.rows {
            *row = row.scaled(scale);
        }
        self
    }

    /// The weighted mean of a quantity.
    #[must_use]
    pub fn mean(&self, quantity: impl Fn(&R) -> f64) -> f64 {
        let sum: f64 = self.rows.iter().zip(&self.weights).map(|(r, w)| w * quantity(r)).sum();
        sum / self.total_weight
    }
}

/// About how many rows make a part of their own.
const PART: usize = 1 << 14;
/// How many consecutive rows are read in one piece.
const PIECE: usize = 1 << 17;

fn read<R: Row>(columns: &[&[f64]], row: usize) -> R {
    let mut values = [0.0; 3];
    for (value, column) in values.iter_mut().zip(columns) {
        *value = column[row];
    }
    R::read(&values)
}

/// How many rows a piece keeps at hand while it is read.
const RECENT: usize = 1 << 12;

/// Reads a piece of the table into parts, leaving out weights of zero; `None` at a bad row.
fn deal<R: Row>(
    columns: &[&[f64]],
    weights: Option<&[f64]>,
    piece: std::ops::Range<usize>,
    parts: usize,
) -> Option<Vec<Vec<(R, f64)>>> {
    let mut dealt = vec![Vec::with_capacity(piece.len() / parts / 2); parts];
    // Most customers are like many others (no repeat purchase, a T among a few hundred): rows that
    // come back soon are added up here and dealt once.
    let mut recent: Vec<Option<(R, f64)>> = vec![None; RECENT];
    #[allow(clippy::cast_possible_truncation)] // which bits are left does not matter
    let hash = |row: &R| BuildHasherDefault::<KeyHasher>::default().hash_one(row.key()) as usize;
    let mut deal = |hash: usize, entry| dealt[(hash >> 20) % parts].push(entry);
    for i in piece {
        let row: R = read(columns, i);
        if row.fault().is_some() {
            return None;
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
    }
    for entry in recent.into_iter().flatten() {
        deal(hash(&entry.0), entry);
    }
    Some(dealt)
}

/// The error that names the bad rows of a table that has some.
fn first_faults<R: Row>(columns: &[&[f64]], len: usize) -> Error {
    let mut faults = Faults::default();
    for i in 0..len {
        if let Some((fault, column, value)) = read::<R>(columns, i).fault() {
            faults.note(fault, column, i, value);
        }
    }
    faults.into_result().err().unwrap_or(Error::Empty)
}

/// Numbers the keys of `0..len` in order of first appearance: where each was first seen, and the
/// number of each.
pub fn number(len: usize, key: impl Fn(usize) -> [u64; 3] + Sync) -> (Vec<usize>, Vec<u32>) {
    let pieces: Vec<(Vec<usize>, Vec<u32>)> = (0..len.div_ceil(PIECE))
        .into_par_iter()
        .map(|piece| {
            let (mut map, mut firsts) = (KeyMap::default(), Vec::new());
            let numbers = (piece * PIECE..((piece + 1) * PIECE).min(len)).map(|i| {
                let number = map.position(key(i));
                if number == firsts.len() {
                    firsts.push(i);
                }
                as_number(number)
            });
            let numbers = numbers.collect();
            (firsts, numbers)
        })
        .collect();
    let (mut map, mut firsts) = (KeyMap::default(), Vec::new());
    let mut renumbered = Vec::with_capacity(pieces.len());
    for (piece_firsts, numbers) in pieces {
        let translation: Vec<u32> = piece_firsts
            .into_iter()
            .map(|i| {
                let number = map.position(key(i));
                if number == firsts.len() {
                    firsts.push(i);
                }
                as_number(number)
            })
            .collect();
        renumbered.push((numbers, translation));
    }
    let mut all = vec![0; len];
    all.par_chunks_mut(PIECE).zip(renumbered).for_each(|(out, (numbers, translation))| {
        for (cell, number) in out.iter_mut().zip(numbers) {
            *cell = translation[number as usize];
        }
    });
    (firsts, all)
}

#[allow(clippy::cast_possible_truncation)] // KeyMap keeps its numbers below 2^32
fn as_number(position: usize) -> u32 {
    position as u32
}

/// The one length of all columns.
///
/// # Errors
/// [`Error::Empty`] or [`Error::Length`].
pub fn check_lengths(names: &[&'static str], columns: &[&[f64]]) -> Result<usize> {
    let len = columns.first().map_or(0, |column| column.len());
    for (column, name) in columns.iter().zip(names) {
        if column.len() != len {
            return Err(Error::Length { column: name, found: column.len(), expected: len });
        }
    }
    if len == 0 { Err(Error::Empty) } else { Ok(len) }
}

fn check_weights(weights: &[f64], len: usize) -> Result<()> {
    if weights.len() != len {
        return Err(Error::Length { column: "weights", found: weights.len(), expected: len });
    }
    let mut faults = Faults::default();
    for (row, &weight) in weights.iter().enumerate() {
        if !weight.is_finite() {
            faults.note(Fault::NotFinite, "weights", row, weight);
        } else if weight < 0.0 {
            faults.note(Fault::Negative, "weights", row, weight);
        }
    }
    faults.into_result()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::Purchases;

    #[test]
    fn equal_rows_become_one_with_their_weights() {
        let x = [1.0, 0.0, 1.0, -0.0];
        let recency = [2.0, 0.0, 2.0, 0.0];
        let age = [3.0, 3.0, 3.0, 3.0];
        let columns: [&[f64]; 3] = [&x, &recency, &age];
        let unique = UniqueRows::<Purchases>::new(&columns, None).unwrap();
        assert_eq!(unique.weights, [2.0, 2.0]);
        let unique = UniqueRows::<Purchases>::new(&columns, Some(&[0.5, 0.0, 1.0, 0.0])).unwrap();
        assert_eq!((unique.weights, unique.customers), (vec![1.5], 2));
    }

    #[test]
    fn faults_name_column_rows_and_values() {
        let columns: [&[f64]; 3] = [&[1.0, 1.0, 2.0], &[4.0, 1.0, 9.0], &[3.0, 3.0, 3.0]];
        let error = UniqueRows::<Purchases>::new(&columns, None).unwrap_err();
        let Error::Rows(bad) = &error else { panic!("{error}") };
        assert_eq!((bad.column, bad.count), ("recency", 2));
        assert_eq!((&bad.rows, &bad.values), (&vec![0, 2], &vec![4.0, 9.0]));
        assert!(error.to_string().starts_with("Some values in recency vector are larger"));
    }

    #[test]
    fn lengths_must_agree() {
        let columns: [&[f64]; 3] = [&[1.0], &[0.5, 0.5], &[3.0]];
        let error = UniqueRows::<Purchases>::new(&columns, None).unwrap_err();
        assert_eq!(error, Error::Length { column: "recency", found: 2, expected: 1 });
    }
}
