//! The objective of a fit: −Σ w·ℓ/Σ w + c·Σθ², as a function of η = log θ.

use std::array::from_fn;

use super::evaluation::Evaluation;
use crate::models::traits::Kernel;

/// The objective of a fit. lifetimes' penalty c·Σθ² acts on natural parameters with time scaled to max T =
/// 1 and is added to the *mean* negative log-likelihood.
pub struct Objective<'a, const K: usize> {
    kernel: Box<dyn Kernel<K> + 'a>,
    weight: f64,
    penalizer: f64,
}

impl<'a, const K: usize> Objective<'a, K> {
    /// An objective over a kernel's rows, `weight` being Σ w.
    #[must_use]
    pub fn new(kernel: Box<dyn Kernel<K> + 'a>, weight: f64, penalizer: f64) -> Self {
        Self { kernel, weight, penalizer }
    }

    /// Σ w
    #[must_use]
    pub fn weight(&self) -> f64 {
        self.weight
    }

    /// The objective at η.
    #[must_use]
    pub fn evaluate(&self, eta: &[f64]) -> Evaluation {
        self.evaluate_penalised(eta, self.penalizer)
    }

    /// −Σ w·ℓ/Σ w at η, without the penalty, given the objective there.
    #[must_use]
    pub fn without_penalty(&self, eta: &[f64], here: &Evaluation) -> Evaluation {
        if self.penalizer == 0.0 { here.clone() } else { self.evaluate_penalised(eta, 0.0) }
    }

    fn evaluate_penalised(&self, eta: &[f64], penalizer: f64) -> Evaluation {
        let theta: [f64; K] = from_fn(|i| eta[i].exp());
        let sums = self.kernel.evaluate(theta);
        let penalty: f64 = theta.iter().map(|p| p * p).sum();
        // d/dη = θ·d/dθ; the diagonal of the Hessian gains the gradient once more.
        let gradient: [f64; K] = from_fn(|i| {
            -theta[i] * sums.gradient[i] / self.weight + 2.0 * penalizer * theta[i] * theta[i]
        });
        let hessian = |i: usize, j: usize| {
            let curvature = -theta[i] * theta[j] * sums.hessian[i][j] / self.weight;
            if i == j {
                curvature + gradient[i] + 2.0 * penalizer * theta[i] * theta[i]
            } else {
                curvature
            }
        };
        Evaluation {
            value: -sums.value / self.weight + penalizer * penalty,
            gradient: gradient.to_vec(),
            hessian: (0..K).map(|i| (0..K).map(|j| hessian(i, j)).collect()).collect(),
        }
    }
}
