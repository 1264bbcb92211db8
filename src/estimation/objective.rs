//! What a fit minimises: −Σ w·ℓ/Σ w + c·Σθ², as a function of η = log θ.

use std::array::from_fn;

use super::information::Information;
use super::trust_region::Search;
use crate::models::traits::Kernel;

/// A value with gradient and Hessian, in η = log θ.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// The value.
    pub value: f64,
    /// ∂/∂ηᵢ
    pub gradient: Vec<f64>,
    /// ∂²/∂ηᵢ∂ηⱼ
    pub hessian: Vec<Vec<f64>>,
}

impl Evaluation {
    /// What is worse than any other.
    pub(super) fn infinite(parameters: usize) -> Self {
        let zeros = vec![0.0; parameters];
        let hessian = vec![zeros.clone(); parameters];
        Self { value: f64::INFINITY, gradient: zeros, hessian }
    }

    /// Whether every number in it is finite.
    #[must_use]
    pub fn is_finite(&self) -> bool {
        let numbers = self.hessian.iter().chain([&self.gradient]).flatten();
        self.value.is_finite() && numbers.into_iter().all(|v| v.is_finite())
    }

    /// The largest component of the gradient.
    #[must_use]
    pub fn gradient_norm(&self) -> f64 {
        self.gradient.iter().fold(0.0, |m: f64, g| m.max(g.abs()))
    }
}

/// The objective of a fit. lifetimes' penalty c·Σθ² acts on natural parameters with time scaled to
/// max T = 1 and stands beside the *mean* negative log-likelihood.
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

    /// Whether a point is a minimum in every direction, not on a plateau, and within its bounds, as
    /// customers like these of this total weight would know.
    #[must_use]
    pub fn determines(found: &Search, weight: f64) -> bool {
        let curvature: Vec<Vec<f64>> =
            found.here.hessian.iter().map(|row| row.iter().map(|h| h * weight).collect()).collect();
        !found.pinned.contains(&true) && Information::new(&curvature).is_definite()
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
