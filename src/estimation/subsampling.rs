//! A sample of customers that finds the neighbourhood of the maximum.

use crate::data::observations::Observation;
use crate::data::table::Table;
use crate::data::unique::UniqueRows;

/// Samples to go through before the table itself, each much cheaper than the next and close enough to
/// it that a few Newton steps lead over.
pub(super) fn samples<R: Observation>(table: &Table<'_, R>) -> Vec<Table<'static, R>> {
    const MIN_ROWS: usize = 512;
    const GROWTH: usize = 4;
    let larger = |size: &usize| Some(size * GROWTH);
    let sizes = std::iter::successors(Some(MIN_ROWS), larger);
    let sizes: Vec<usize> = sizes.take_while(|size| 3 * size <= table.len()).collect();
    match table {
        Table::Dense(rows) => {
            sizes.into_iter().map(|size| Table::Dense(rows.sample(size))).collect()
        }
        Table::Unique(unique) => {
            let mut samples: Vec<UniqueRows<R>> = Vec::new();
            for size in sizes.into_iter().rev() {
                samples.push(sample(samples.last().unwrap_or(unique), size as f64));
            }
            samples.into_iter().rev().map(Table::Unique).collect()
        }
    }
}

/// A systematic sample of about `size` customers: every k-th along the sum of the weights, so that
/// rows of many customers keep their share almost exactly.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // rounds a number above 0 down
fn sample<R: Observation>(unique: &UniqueRows<R>, size: f64) -> UniqueRows<R> {
    let (step, per_step) = (unique.total_weight / size, size / unique.total_weight);
    let (mut picked, mut weights) = (Vec::new(), Vec::new());
    let (mut passed, mut next) = (0.0, 0.5 * step);
    for (i, weight) in unique.weights.iter().enumerate() {
        passed += weight;
        if passed > next {
            let times = ((passed - next) * per_step) as u64 as f64 + 1.0;
            next += times * step;
            picked.push(i);
            weights.push(times);
        }
    }
    unique.some(&picked, weights)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::observations::Spending;

    #[test]
    fn a_sample_keeps_the_shares_of_heavy_rows() {
        let count: Vec<f64> = (1..=1000).map(f64::from).collect();
        let mean = vec![1.0; 1000];
        let mut weight = vec![1.0; 1000];
        weight[500] = 9001.0;
        let unique = UniqueRows::<Spending>::new(&[&count[..], &mean], Some(&weight)).unwrap();
        let few = sample(&unique, 100.0);
        assert_eq!(few.total_weight, 100.0);
        let (_, heavy) = few.iter().find(|(row, _)| row.count == 501.0).unwrap();
        assert!((heavy - 90.0).abs() <= 1.0);
        assert!(few.len() > 8);
        assert!(few.values[1] == [1.0] && few.values[0].len() == few.len());
    }
}
