//! A value with its gradient and Hessian.

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
    /// An evaluation that is worse than any other.
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
