//! The distinct values of a column.

use crate::unique::Dictionary;

/// Distinct values in order of first appearance.
pub struct Distinct {
    numbers: Dictionary<u64, u32>,
    /// The value before, which often comes again, and its position.
    last: (u64, u32),
}

impl Default for Distinct {
    fn default() -> Self {
        Self { numbers: Dictionary::new(u32::MAX as usize), last: (u64::MAX, 0) }
    }
}

impl Distinct {
    /// The position of a value among those seen so far, itself included.
    ///
    /// # Panics
    /// With more than 2³² distinct values.
    #[inline]
    pub fn position(&mut self, value: f64) -> u32 {
        let bits = value.to_bits();
        if bits != self.last.0 {
            let position = self.numbers.code(bits).expect("fewer than 2^32 distinct values");
            self.last = (bits, position);
        }
        self.last.1
    }

    /// The values.
    pub fn values(&self) -> Vec<f64> {
        self.numbers.values().iter().map(|&bits| f64::from_bits(bits)).collect()
    }
}

/// The distinct values of a column in ascending order, and the rank of each value in it.
pub fn rank(column: impl Iterator<Item = f64>) -> (Vec<f64>, Vec<u32>) {
    let mut distinct = Distinct::default();
    let mut numbers: Vec<u32> = column.map(|value| distinct.position(value)).collect();
    let values = distinct.values();
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|&i, &j| values[i].total_cmp(&values[j]));
    let mut ranks = vec![0; values.len()];
    for (rank, &i) in order.iter().enumerate() {
        ranks[i] = as_u32(rank);
    }
    for number in &mut numbers {
        *number = ranks[*number as usize];
    }
    (order.into_iter().map(|i| values[i]).collect(), numbers)
}

/// A position in a table, all of which have fewer than 2³² rows.
#[allow(clippy::cast_possible_truncation)]
pub fn as_u32(position: usize) -> u32 {
    position as u32
}
