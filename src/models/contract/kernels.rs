//! Kernels, values and scores equal the definition of the likelihood.

use super::customers::{self, slices};
use crate::data::columns::Column;
use crate::data::dense::DenseTable;
use crate::data::observations::{Observation, Purchases};
use crate::data::table::Table;
use crate::data::unique::UniqueRows;
use crate::error::Error;
use crate::likelihood::{DefaultKernel, Definition, Thetas, scores, values};
use crate::models::BG_NBD;
use crate::models::traits::{Kernel, Model};
use crate::numerics::Sums;
use crate::numerics::dual::Dual;

/// Σ|terms| bounds what rounding can do to a sum whose terms cancel.
fn agree<const K: usize>(fast: &Sums<K>, slow: &Sums<K>, theta: [f64; K], size: f64) {
    let close = |found: f64, expected: f64, scale: f64, what: &str| {
        let allowed = 1e-10 * (expected.abs() + scale);
        assert!((found - expected).abs() <= allowed, "{what}: {found} against {expected}");
    };
    close(fast.value, slow.value, size, "value");
    for i in 0..K {
        close(fast.gradient[i] * theta[i], slow.gradient[i] * theta[i], size, "gradient");
        for j in 0..K {
            let scale = theta[i] * theta[j];
            close(fast.hessian[i][j] * scale, slow.hessian[i][j] * scale, size, "Hessian");
        }
    }
}

/// The kernels of unique and of dense rows, the default kernel, and the likelihood row by row.
pub fn kernels_are_the_definition<M: Model<K>, const K: usize>(
    model: &M,
    columns: &[Vec<f64>],
    weights: Option<&[f64]>,
    ln_theta: [f64; K],
) {
    let rows = UniqueRows::<M::Observation>::new(&slices(columns), weights).unwrap();
    let theta = ln_theta.map(f64::exp);
    let size: f64 = columns[0].iter().sum::<f64>() + columns[0].len() as f64;
    let scale = theta.iter().fold(1.0, |m: f64, p| m.max(*p));
    let size = size * 1f64.max(scale.ln()) + scale.min(1e3);
    let borrowed: Vec<Column<'_>> = columns.iter().map(|column| Column::F64(column)).collect();
    let dense = DenseTable::new(&borrowed, weights, columns[0].len()).unwrap();
    let unique = model.kernel(Table::Unique(rows.clone())).evaluate(theta);
    let default = DefaultKernel::new(model.clone(), Table::Unique(rows.clone())).evaluate(theta);
    let slow = Definition::new(model.clone(), rows).evaluate(theta);
    agree(&unique, &slow, theta, size);
    agree(&default, &slow, theta, size);
    let some: Vec<M::Observation> = customers::rows(columns).take(100).collect();
    rows_are_their_definition(model, &some, theta);
    if M::Observation::DENSE {
        agree(&model.kernel(Table::Dense(dense)).evaluate(theta), &slow, theta, size);
    }
}

/// Values and scores of each row, at one θ and at one of their own.
fn rows_are_their_definition<M: Model<K>, const K: usize>(
    model: &M,
    rows: &[M::Observation],
    theta: [f64; K],
) {
    let own: Vec<[f64; K]> =
        (0..rows.len()).map(|i| theta.map(|t| t * (1.0 + 0.01 * i as f64))).collect();
    for (thetas, of) in [(Thetas::One(theta), None), (Thetas::PerRow(&own), Some(&own))] {
        let values = values(model, thetas, rows, &|| false).unwrap();
        let scores = scores(model, thetas, rows, &|| false).unwrap();
        for (i, row) in rows.iter().enumerate() {
            let theta = of.map_or(theta, |own| own[i]);
            let expected = model.log_likelihood(Dual::variables(theta), row);
            let largest = theta.iter().fold(1.0, |m: f64, t| m.max(*t));
            let size = 1.0 + row.values()[0] * (1.0 + largest.ln()) + largest.min(1e3);
            let close = |found: f64, expected: f64, what: &str| {
                let error = (found - expected).abs();
                assert!(error <= 1e-11 * (expected.abs() + size), "{what}: {found}, {expected}");
            };
            close(values[i], expected.value, "value");
            for k in 0..K {
                close(scores[i][k] * theta[k], expected.gradient[k] * theta[k], "score");
            }
        }
    }
}

#[test]
fn likelihoods_row_by_row_can_be_interrupted() {
    let rows = vec![Purchases { frequency: 1.0, recency: 1.0, age: 2.0 }; 5000];
    let thetas = Thetas::One([0.3, 4.0, 0.8, 2.4]);
    assert_eq!(values(&BG_NBD, thetas, &rows, &|| true), Err(Error::Interrupted));
    assert_eq!(scores(&BG_NBD, thetas, &rows, &|| true), Err(Error::Interrupted));
    let found = values(&BG_NBD, thetas, &rows, &|| false).unwrap();
    assert!(found.len() == 5000 && found.iter().all(|value| *value == found[0]));
}
