//! The distinct values of a column.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use crate::unique::KeyHasher;

/// Distinct values in order of first appearance.
#[derive(Default)]
pub struct Distinct {
    /// The values.
    pub values: Vec<f64>,
    positions: HashMap<u64, u32, BuildHasherDefault<KeyHasher>>,
}

impl Distinct {
    /// The position of a value among those seen so far, itself included.
    pub fn position(&mut self, value: f64) -> u32 {
        let next = as_u32(self.values.len());
        *self.positions.entry(value.to_bits()).or_insert_with(|| {
            self.values.push(value);
            next
        })
    }
}

/// The distinct values of a column in ascending order, and the rank of each value in it.
pub fn rank(column: impl Iterator<Item = f64>) -> (Vec<f64>, Vec<u32>) {
    let mut distinct = Distinct::default();
    let mut numbers: Vec<u32> = column.map(|value| distinct.position(value)).collect();
    let values = distinct.values;
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
