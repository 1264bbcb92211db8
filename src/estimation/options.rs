//! Options of a fit.

use crate::error::{Error, Result};

/// The largest c in the penalty c·Σθ²: parameters are searched down to 1e-20 only.
const MAX_PENALIZER: f64 = 1e12;

/// Options of a fit.
#[derive(Debug, Clone)]
pub struct Options {
    /// c in the penalty c·Σθ², as lifetimes defines it.
    pub penalizer: f64,
    /// A start of the user's own, log θ with time scaled to max T = 1.
    pub initial: Option<Vec<f64>>,
    /// Lower bounds on log θ (in the same scale).
    pub lower: Option<Vec<f64>>,
    /// The gradient norm that counts as zero.
    pub tolerance: f64,
    /// The largest number of evaluations of the likelihood from each start.
    pub max_evaluations: usize,
    /// Whether a table without a repeat purchase is fitted, as lifetimes does; it is refused else.
    pub without_purchases: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            penalizer: 0.0,
            initial: None,
            lower: None,
            tolerance: 1e-7,
            max_evaluations: 1000,
            without_purchases: false,
        }
    }
}

impl Options {
    /// Checks the options for a model with `parameters` parameters.
    ///
    /// # Errors
    /// [`Error::Setting`] or [`Error::ParameterCount`].
    pub(super) fn check(&self, model: &'static str, parameters: usize) -> Result<()> {
        let settings = [
            (
                "penalizer_coef",
                self.penalizer,
                (0.0..=MAX_PENALIZER).contains(&self.penalizer),
                "between 0 and 1e12: a heavier penalty outweighs all data",
            ),
            ("tol", self.tolerance, self.tolerance > 0.0, "above zero, and finite"),
        ];
        for (name, value, fine, expected) in settings {
            if !(fine && value.is_finite()) {
                return Err(Error::Setting { name, value, expected });
            }
        }
        for (name, vector) in [("initial_params", &self.initial), ("lower", &self.lower)] {
            let Some(vector) = vector else { continue };
            if vector.len() != parameters {
                let found = vector.len();
                return Err(Error::ParameterCount { model, expected: parameters, found });
            }
            let low_enough = |v: f64| name == "lower" && v == f64::NEG_INFINITY;
            if let Some(&value) = vector.iter().find(|v| !v.is_finite() && !low_enough(**v)) {
                return Err(Error::Setting { name, value, expected: "finite" });
            }
        }
        Ok(())
    }
}
