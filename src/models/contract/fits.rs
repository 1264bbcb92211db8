//! Weights are repetitions, order is irrelevant, and so is the unit of time.

use super::customers::{donors, lifetimes, slices, table};
use crate::estimation::{Fit, Options, fit};
use crate::models::traits::Model;
use crate::models::{BG_NBD, BgBb, GammaGamma, MBG_NBD, ParetoNbd};

fn estimate<M: Model<K>, const K: usize>(
    model: &M,
    columns: &[Vec<f64>],
    weights: Option<&[f64]>,
) -> Fit {
    let fit = fit(model, &slices(columns), weights, &Options::default(), &|| false).unwrap();
    assert!(fit.ending.converged(), "{fit:?}");
    fit
}

fn same(a: &[f64], b: &[f64]) {
    for (x, y) in a.iter().zip(b) {
        assert!((x / y - 1.0).abs() < 1e-6, "{a:?} against {b:?}");
    }
}

fn keeps_the_contract<M: Model<K>, const K: usize>(model: &M, columns: &[Vec<f64>]) {
    let plain = estimate(model, columns, None);
    let backwards: Vec<Vec<f64>> =
        columns.iter().map(|column| column.iter().rev().copied().collect()).collect();
    same(&estimate(model, &backwards, None).params, &plain.params);

    let twice: Vec<Vec<f64>> = columns.iter().map(|column| column.repeat(2)).collect();
    let doubled = estimate(model, &twice, None);
    let weighted = estimate(model, columns, Some(&vec![2.0; columns[0].len()]));
    same(&weighted.params, &plain.params);
    same(&doubled.params, &plain.params);
    same(&[weighted.log_likelihood], &[doubled.log_likelihood]);
    same(&weighted.covariance[0], &doubled.covariance[0]);
    same(&[weighted.covariance[1][1] * 2.0], &[plain.covariance[1][1]]);
}

#[test]
fn weights_are_repetitions_and_order_is_irrelevant() {
    let columns = table();
    keeps_the_contract(&BG_NBD, &columns);
    keeps_the_contract(&MBG_NBD, &columns);
    keeps_the_contract(&ParetoNbd, &lifetimes());
    keeps_the_contract(&BgBb, &donors());
    let buyers: Vec<usize> = (0..2000).filter(|&i| columns[0][i] > 0.0).collect();
    let count: Vec<f64> = buyers.iter().map(|&i| columns[0][i]).collect();
    let spend: Vec<f64> = buyers.iter().map(|&i| 10.0 + (i * 37 % 101) as f64).collect();
    keeps_the_contract(&GammaGamma, &[count, spend]);
}

#[test]
fn the_unit_of_time_changes_nothing_but_alpha() {
    let [x, recency, age] = table();
    let weeks = estimate(&BG_NBD, &[x.clone(), recency.clone(), age.clone()], None);
    let scale = |column: Vec<f64>| column.into_iter().map(|t| t * 7.0).collect::<Vec<f64>>();
    let purchases: f64 = x.iter().sum();
    let days = estimate(&BG_NBD, &[x, scale(recency), scale(age)], None);
    same(
        &[days.params[0], days.params[1] / 7.0, days.params[3]],
        &[weeks.params[0], weeks.params[1], weeks.params[3]],
    );
    same(&[days.log_likelihood], &[weeks.log_likelihood - purchases * 7f64.ln()]);
}
