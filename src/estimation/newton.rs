//! Newton steps, and the test for convergence.

use nalgebra::{Cholesky, DMatrix, DVector};

use super::evaluation::Evaluation;

/// The precision with which a minimum is located.
#[derive(Debug, Clone, Copy)]
pub struct Precision {
    /// The largest gradient norm that counts as zero.
    pub(super) gradient: f64,
    /// The largest component of a Newton step that counts as zero.
    pub(super) step: f64,
    /// The largest predicted gain of a Newton step, relative to the value, that counts as zero.
    pub(super) gain: f64,
}

impl Precision {
    /// To working precision.
    #[must_use]
    pub fn full(gradient: f64) -> Self {
        Self { gradient, step: 1e-8, gain: 1e-15 }
    }

    /// Into the neighbourhood, from where Newton steps arrive by themselves.
    #[must_use]
    pub fn rough() -> Self {
        Self { gradient: 1e-3, step: 0.01, gain: 1e-6 }
    }
}

/// The gain of a Newton step if the objective is quadratic.
pub(super) fn predicted_gain(here: &Evaluation, step: &DVector<f64>) -> f64 {
    -0.5 * step.dot(&DVector::from_column_slice(&here.gradient))
}

pub(super) fn moved(at: &[f64], step: &DVector<f64>) -> Vec<f64> {
    at.iter().zip(step.iter()).map(|(a, s)| a + s).collect()
}

pub(super) fn newton_step(here: &Evaluation) -> Option<DVector<f64>> {
    let dimension = here.gradient.len();
    let hessian = DMatrix::from_fn(dimension, dimension, |i, j| here.hessian[i][j]);
    let step = Cholesky::new(hessian)?.solve(&DVector::from_column_slice(&here.gradient));
    step.iter().all(|s| s.is_finite()).then_some(-step)
}

/// Whether a point is a minimum to working precision: the gradient is zero, and a Newton step would neither
/// move nor gain anything. Where the objective is flat there is no Newton step; there the gradient must
/// vanish altogether.
pub(super) fn settled(here: &Evaluation, precision: Precision) -> bool {
    let norm = here.gradient_norm();
    if norm > precision.gradient {
        return false;
    }
    let Some(step) = newton_step(here) else { return norm <= 1e-13 };
    step.amax() <= precision.step
        || predicted_gain(here, &step) <= precision.gain * (1.0 + here.value.abs())
}
