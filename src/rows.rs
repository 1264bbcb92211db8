//! What a model knows of one customer, and the compression of many customers into unique rows.

use std::hash::{BuildHasherDefault, Hasher};

use crate::error::{Error, Fault, Faults, Result};

/// The data of one customer, as a model sees it.
pub trait Row: Copy + Send + Sync + 'static {
    /// The names of the columns a row is read from, in order.
    const COLUMNS: &'static [&'static str];
    /// Reads a row from the columns' values.
    fn read(values: &[f64]) -> Self;
    /// Bits that are equal exactly when two rows are.
    fn key(&self) -> [u64; 3];
    /// What is wrong with the row, if anything: the fault, its column, the value.
    fn fault(&self) -> Option<(Fault, &'static str, f64)>;
    /// The longest time in the row; fits run with the largest of them scaled to 1.
    fn time(&self) -> f64;
    /// The row with every time multiplied by `scale`.
    #[must_use]
    fn scaled(&self, scale: f64) -> Self;
    /// How many densities in time the likelihood is a product of: scaling time by s multiplies the
    /// likelihood by s to the power of minus this.
    fn time_densities(&self) -> f64;
}

/// A customer's purchases: (x, t_x, T) in the papers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Purchases {
    /// x: number of repeat purchases.
    pub frequency: f64,
    /// t_x: time from the first to the last purchase.
    pub recency: f64,
    /// T: time from the first purchase to the end of observation.
    pub age: f64,
}

impl Purchases {
    /// What no table may hold, whether to fit or to predict.
    #[must_use]
    pub fn impossible(&self) -> Option<(Fault, &'static str, f64)> {
        let columns = <Self as Row>::COLUMNS.iter().copied();
        let values = [self.frequency, self.recency, self.age];
        for (value, column) in values.into_iter().zip(columns) {
            if !value.is_finite() {
                return Some((Fault::NotFinite, column, value));
            }
        }
        if self.recency > self.age {
            return Some((Fault::RecencyBeyondAge, "recency", self.recency));
        }
        if self.recency < 0.0 {
            return Some((Fault::NegativeRecency, "recency", self.recency));
        }
        if self.frequency < 0.0 {
            return Some((Fault::Negative, "frequency", self.frequency));
        }
        None
    }
}

impl Row for Purchases {
    const COLUMNS: &'static [&'static str] = &["frequency", "recency", "T"];

    fn read(values: &[f64]) -> Self {
        // Adding zero turns −0 into 0, so that equal rows have equal bits.
        Self { frequency: values[0] + 0.0, recency: values[1] + 0.0, age: values[2] + 0.0 }
    }
    fn key(&self) -> [u64; 3] {
        [self.frequency.to_bits(), self.recency.to_bits(), self.age.to_bits()]
    }
    fn fault(&self) -> Option<(Fault, &'static str, f64)> {
        self.impossible().or_else(|| {
            if self.frequency.fract() != 0.0 {
                Some((Fault::NotWhole, "frequency", self.frequency))
            } else if self.frequency == 0.0 && self.recency != 0.0 {
                Some((Fault::RecencyWithoutFrequency, "recency", self.recency))
            } else {
                None
            }
        })
    }
    fn time(&self) -> f64 {
        self.age
    }
    fn scaled(&self, scale: f64) -> Self {
        Self { recency: self.recency * scale, age: self.age * scale, ..*self }
    }
    fn time_densities(&self) -> f64 {
        self.frequency
    }
}

/// A customer's spending: (x, m̄) in the papers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spending {
    /// x: number of purchases the mean is taken over.
    pub count: f64,
    /// m̄: mean spend per purchase.
    pub mean: f64,
}

impl Row for Spending {
    const COLUMNS: &'static [&'static str] = &["frequency", "monetary_value"];

    fn read(values: &[f64]) -> Self {
        Self { count: values[0] + 0.0, mean: values[1] + 0.0 }
    }
    fn key(&self) -> [u64; 3] {
        [self.count.to_bits(), self.mean.to_bits(), 0]
    }
    fn fault(&self) -> Option<(Fault, &'static str, f64)> {
        let (count, mean) = (self.count, self.mean);
        let [frequency, monetary_value] = ["frequency", "monetary_value"];
        if !mean.is_finite() {
            Some((Fault::NotFinite, monetary_value, mean))
        } else if mean <= 0.0 {
            Some((Fault::NotPositive, monetary_value, mean))
        } else if !count.is_finite() {
            Some((Fault::NotFinite, frequency, count))
        } else if count.fract() != 0.0 {
            Some((Fault::NotWhole, frequency, count))
        } else if count < 0.0 {
            Some((Fault::Negative, frequency, count))
        } else if count == 0.0 {
            Some((Fault::SpendWithoutPurchases, frequency, count))
        } else {
            None
        }
    }
    fn time(&self) -> f64 {
        1.0
    }
    fn scaled(&self, _scale: f64) -> Self {
        *self
    }
    fn time_densities(&self) -> f64 {
        0.0
    }
}

/// The distinct rows of a table, each with the weight of the customers it stands for.
#[derive(Debug, Clone)]
pub struct UniqueRows<R> {
    /// The distinct rows, in order of first appearance.
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
    /// # Errors
    /// [`Error::Empty`], [`Error::Length`], or [`Error::Rows`] for values that cannot be.
    pub fn new(columns: &[&[f64]], weights: Option<&[f64]>) -> Result<Self> {
        let len = check_lengths(R::COLUMNS, columns)?;
        if let Some(weights) = weights {
            check_weights(weights, len)?;
        }
        let mut faults = Faults::default();
        let mut positions = KeyMap::with_capacity(len.min(1 << 16));
        let mut unique =
            Self { rows: Vec::new(), weights: Vec::new(), total_weight: 0.0, customers: 0 };
        let mut values = [0.0; 3];
        for row in 0..len {
            for (value, column) in values.iter_mut().zip(columns) {
                *value = column[row];
            }
            let read = R::read(&values);
            if let Some((fault, column, value)) = read.fault() {
                faults.note(fault, column, row, value);
                continue;
            }
            let weight = weights.map_or(1.0, |w| w[row]);
            if weight == 0.0 {
                continue;
            }
            unique.total_weight += weight;
            unique.customers += 1;
            let position = positions.position(read.key());
            if position == unique.rows.len() {
                unique.rows.push(read);
                unique.weights.push(weight);
            } else {
                unique.weights[position] += weight;
            }
        }
        faults.into_result()?;
        if unique.rows.is_empty() { Err(Error::Empty) } else { Ok(unique) }
    }

    /// The same with all times multiplied by `scale`.
    #[must_use]
    pub fn scaled(mut self, scale: f64) -> Self {
        for row in &mut self.rows {
            *row = row.scaled(scale);
        }
        self
    }

    /// About `size` rows, every k-th one, their weights kept: enough to find the neighbourhood of
    /// the maximum.
    #[must_use]
    pub fn sample(&self, size: usize) -> Self {
        let step = self.rows.len().div_ceil(size).max(1);
        let pick = |i: &usize| i % step == 0;
        let indices: Vec<usize> = (0..self.rows.len()).filter(pick).collect();
        let weights: Vec<f64> = indices.iter().map(|&i| self.weights[i]).collect();
        Self {
            rows: indices.iter().map(|&i| self.rows[i]).collect(),
            total_weight: weights.iter().sum(),
            weights,
            customers: indices.len(),
        }
    }

    /// The weighted mean of a quantity.
    #[must_use]
    pub fn mean(&self, quantity: impl Fn(&R) -> f64) -> f64 {
        let sum: f64 = self.rows.iter().zip(&self.weights).map(|(r, w)| w * quantity(r)).sum();
        sum / self.total_weight
    }
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
    /// A map with room for `capacity` distinct keys.
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
