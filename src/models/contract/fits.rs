//! Fits: weights are repetitions, order is irrelevant, and so are the units of time and money; parameters
//! of simulated customers are found again.

use super::customers::slices;
use crate::data::observations::Observation;
use crate::estimation::{Fit, Options, fit};
use crate::models::traits::{Model, Unit};

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

/// Weights of 2 are each row twice, and the order of rows does not matter.
pub fn weights_are_repetitions<M: Model<K>, const K: usize>(model: &M, columns: &[Vec<f64>]) {
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

/// Parameters change with the unit of the columns as their own units state.
pub fn units_change_parameters_alone<M: Model<K>, const K: usize>(model: &M, columns: &[Vec<f64>]) {
    const FACTOR: f64 = 7.0;
    let scaled = |names: &[&str], densities: &dyn Fn(&M::Observation) -> f64, unit: Unit| {
        let column = |(column, name): (&Vec<f64>, &&str)| -> Vec<f64> {
            let factor = if names.contains(name) { FACTOR } else { 1.0 };
            column.iter().map(|value| value * factor).collect()
        };
        let all: Vec<Vec<f64>> = columns.iter().zip(M::Observation::COLUMNS).map(column).collect();
        let (before, after) = (estimate(model, columns, None), estimate(model, &all, None));
        for ((before, after), parameter) in
            before.params.iter().zip(&after.params).zip(M::PARAMETERS)
        {
            let factor = match parameter.unit {
                Unit::PerTime if unit == Unit::Time => FACTOR.recip(),
                of if of == unit => FACTOR,
                _ => 1.0,
            };
            same(&[*after], &[before * factor]);
        }
        let row =
            |i: usize| M::Observation::read(&columns.iter().map(|c| c[i]).collect::<Vec<_>>());
        let densities: f64 = (0..columns[0].len()).map(|i| densities(&row(i))).sum();
        same(&[after.log_likelihood], &[before.log_likelihood - densities * FACTOR.ln()]);
    };
    if M::Observation::TIMED {
        scaled(&["recency", "T"], &|row| row.time_densities(), Unit::Time);
    }
    if M::Observation::COLUMNS.contains(&"monetary_value") {
        scaled(&["monetary_value"], &|_| 1.0, Unit::Money);
    }
}

/// The estimates from simulated customers are within four standard errors of the parameters they were
/// simulated from.
pub fn simulated_parameters_are_found<M: Model<K>, const K: usize>(
    model: &M,
    columns: &[Vec<f64>],
    truth: [f64; K],
) {
    let fit = estimate(model, columns, None);
    for (k, truth) in truth.iter().enumerate() {
        let error = fit.covariance[k][k].sqrt();
        assert!((fit.params[k] - truth).abs() < 4.0 * error, "{:?}: {truth}, {error}", fit.params);
        assert!(error < *truth, "{error} says nothing about {truth}");
    }
}
