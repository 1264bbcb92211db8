//! Kernels equal their reference.

use proptest::prelude::*;

use super::customers::{large, many, periods, purchases, slices, spending};
use crate::data::columns::Column;
use crate::data::dense::DenseTable;
use crate::data::observations::Observation;
use crate::data::table::Table;
use crate::data::unique::UniqueRows;
use crate::models::traits::{Kernel, Model, ReferenceKernel};
use crate::models::{BG_NBD, BgBb, GammaGamma, MBG_NBD, ParetoNbd};
use crate::numerics::Sums;

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

fn kernel_is_definition<M: Model<K>, const K: usize>(
    model: &M,
    columns: &[Vec<f64>],
    ln_theta: [f64; K],
) {
    weighted_kernel_is_definition(model, columns, None, ln_theta);
}

fn weighted_kernel_is_definition<M: Model<K>, const K: usize>(
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
    let listed = DenseTable::new(&borrowed, weights, columns[0].len()).unwrap();
    let unique = model.kernel(Table::Unique(rows.clone())).evaluate(theta);
    let slow = ReferenceKernel::new(model.clone(), rows).evaluate(theta);
    agree(&unique, &slow, theta, size);
    if M::Observation::DENSE {
        agree(&model.kernel(Table::Dense(listed)).evaluate(theta), &slow, theta, size);
    }
}

/// Many blocks and chunks, the last of each not full.
#[test]
fn kernels_of_large_tables_are_their_definitions() {
    let tables = [(1, true, 1e3, false), (2, false, 1e6, true), (3, true, 1.0005e6, true)];
    for (seed, on_days, most, weighted) in tables {
        let columns = large(seed, 24_011, on_days, most);
        let weights: Vec<f64> = many(seed + 9, 24_011).map(|[x, ..]| f64::from(x) * 0.37).collect();
        let weights = weighted.then_some(&weights[..]);
        let theta = [-1.4, 1.5, -0.2, 0.9];
        weighted_kernel_is_definition(&BG_NBD, &columns, weights, theta);
        weighted_kernel_is_definition(&MBG_NBD, &columns, weights, theta);
        let few: Vec<Vec<f64>> = columns.iter().map(|column| column[..5001].to_vec()).collect();
        let weights = weights.map(|weights| &weights[..5001]);
        weighted_kernel_is_definition(&ParetoNbd, &few, weights, [-0.6, 2.3, -0.5, 2.4]);
    }
}

#[test]
fn kernels_of_large_tables_of_periods_and_spending_are_their_definitions() {
    let rows = || many(4, 20_011).map(|row| row.map(f64::from));
    let weights: Vec<f64> = rows().map(|[x, ..]| x * 0.37).collect();
    let spending: Vec<Vec<f64>> =
        vec![rows().map(|row| row[0] + 1.0).collect(), rows().map(|row| row[1] + 0.01).collect()];
    let periods: Vec<[f64; 3]> = rows()
        .map(|[x, share, n]| (x.min(1.0) * (x + (share % 30.0)).min(n), x, n))
        .map(|(last, x, n)| [x.min(last), last, n])
        .collect();
    let periods: Vec<Vec<f64>> =
        (0..3).map(|column| periods.iter().map(|row| row[column]).collect()).collect();
    for weights in [None, Some(&weights[..])] {
        weighted_kernel_is_definition(&GammaGamma, &spending, weights, [1.1, 1.3, 2.0]);
        weighted_kernel_is_definition(&BgBb, &periods, weights, [0.2, -0.3, -0.4, 1.0]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn kernels_are_their_definitions(
        columns in purchases(), r in -7.0f64..7.0, alpha in -7.0f64..9.0,
        a in -13.0f64..7.0, b in -7.0f64..13.0,
    ) {
        kernel_is_definition(&BG_NBD, &columns, [r, alpha, a, b]);
        kernel_is_definition(&MBG_NBD, &columns, [r, alpha, a, b]);
    }

    #[test]
    fn the_kernel_of_lifetimes_is_its_definition(
        columns in purchases(), r in -7.0f64..7.0, alpha in -7.0f64..9.0,
        s in -13.0f64..13.0, beta in -7.0f64..13.0,
    ) {
        kernel_is_definition(&ParetoNbd, &columns, [r, alpha, s, beta]);
    }

    #[test]
    fn the_kernel_of_periods_is_its_definition(
        columns in periods(), theta in proptest::array::uniform4(-13.8f64..13.8),
    ) {
        kernel_is_definition(&BgBb, &columns, theta);
    }

    #[test]
    fn the_spending_kernel_is_its_definition(
        columns in spending(), p in -5.0f64..6.0, q in -5.0f64..6.0, v in -5.0f64..9.0,
    ) {
        kernel_is_definition(&GammaGamma, &columns, [p, q, v]);
    }
}
