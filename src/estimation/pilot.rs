//! A sample of customers that finds the neighbourhood of the maximum.

use crate::rows::Row;
use crate::unique::UniqueRows;

/// The sizes of the samples to go through before the table itself, in customers: each is much
/// cheaper than the next, and close enough to it that a few Newton steps lead over.
pub(super) fn sizes(customers: f64) -> impl Iterator<Item = f64> {
    const FIRST: f64 = 512.0;
    const RATIO: f64 = 8.0;
    let larger = |size: &f64| Some(size * RATIO);
    std::iter::successors(Some(FIRST), larger).take_while(move |size| size * RATIO <= customers)
}

/// A systematic sample of about `size` customers: every k-th along the sum of the weights, so that
/// rows of many customers keep their share almost exactly.
pub(super) fn sample<R: Row>(unique: &UniqueRows<R>, size: f64) -> UniqueRows<R> {
    let step = unique.total_weight / size;
    let (mut rows, mut weights) = (Vec::new(), Vec::new());
    let (mut passed, mut next, mut total) = (0.0, 0.5 * step, 0.0);
    for (row, weight) in unique.rows.iter().zip(&unique.weights) {
        passed += weight;
        if passed > next {
            let picked = ((passed - next) / step).ceil();
            next += picked * step;
            rows.push(*row);
            weights.push(picked);
            total += picked;
        }
    }
    let customers = rows.len();
    UniqueRows { rows, weights, total_weight: total, customers }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::Spending;

    #[test]
    fn a_sample_keeps_the_shares_of_heavy_rows() {
        let count: Vec<f64> = (1..=1000).map(f64::from).collect();
        let mean = vec![1.0; 1000];
        let mut weight = vec![1.0; 1000];
        weight[500] = 9001.0;
        let unique = UniqueRows::<Spending>::new(&[&count[..], &mean], Some(&weight)).unwrap();
        let few = sample(&unique, 100.0);
        assert_eq!(few.total_weight, 100.0);
        let heavy = few.rows.iter().position(|row| row.count == 501.0).unwrap();
        assert!((few.weights[heavy] - 90.0).abs() <= 1.0);
        assert!(few.rows.len() > 8);
    }
}
