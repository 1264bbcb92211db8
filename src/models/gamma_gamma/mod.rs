//! Gamma-Gamma spending: Fader & Hardie (2013), The Gamma-Gamma Model of Monetary Value, after
//! Colombo & Jiang (1999).
//!
//! The value of each of a customer's purchases is Gamma(p, ν), with ν ~ Gamma(q, v) over customers,
//! independent of how often they buy. With S = x·m̄ the total spend of x purchases,
//!
//! ```text
//! L = Γ(px+q)/(Γ(px)Γ(q)) · (S/(v+S))^{px} · (v/(v+S))^q / m̄
//! E[spend | x, m̄] = p(v + S)/(px + q − 1),   finite when px + q > 1
//! ```

use crate::data::observations::Spending;
use crate::data::table::Table;
use crate::models::traits::{Kernel, Model, Parameter, Process, SpendingModel, Unit};
use crate::numerics::dual::Real;
use crate::numerics::{ln_beta_density, vectorized};

mod kernel;

/// The model; see the module for its assumptions and source.
#[derive(Debug, Clone, Copy)]
pub struct GammaGamma;

impl Model<3> for GammaGamma {
    type Observation = Spending;
    const PARAMETERS: [Parameter; 3] = [
        Parameter::positive("p", Process::Spend, Unit::None),
        Parameter::positive("q", Process::Spend, Unit::None),
        Parameter::positive("v", Process::Spend, Unit::Money),
    ];

    fn name(&self) -> &'static str {
        "Gamma-Gamma"
    }

    fn log_likelihood<R: Real>(&self, [p, q, v]: [R; 3], row: &Spending) -> R {
        let total = row.count * row.mean;
        ln_beta_density(p * row.count, q, R::from(total) / v) - row.mean.ln()
    }

    fn starts(&self, rows: &Table<'_, Spending>) -> Vec<[f64; 3]> {
        let mean = rows.mean(|row| row.mean);
        let at = |p: f64, q: f64| [p, q, mean * (q - 1.0) / p];
        vec![at(3.0, 4.0), at(1.0, 2.0), at(10.0, 10.0), at(0.3, 20.0)]
    }

    fn kernel<'a>(&self, rows: Table<'a, Spending>) -> Box<dyn Kernel<3> + 'a> {
        Box::new(kernel::GammaGammaKernel::new(rows.dense()))
    }
}

impl SpendingModel<3> for GammaGamma {
    fn expected_spend(&self, &[p, q, v]: &[f64; 3], row: &Spending) -> Option<f64> {
        let excess = excess_shape(p, q, row.count);
        (excess > 0.0).then(|| {
            // (v + S)/d with d = (px + q − 1)/p, where neither px nor S may overflow.
            let d = if excess.is_finite() { excess / p } else { row.count + (q - 1.0) / p };
            v / d + row.mean * (row.count / d)
        })
    }

    fn multiply_by_spend(&self, theta: &[f64; 3], [count, mean]: [&[f64]; 2], out: &mut [f64]) {
        let &[p, q, v] = theta;
        let (count, mean, out) = (&count[..out.len()], &mean[..out.len()], out);
        // If the smallest excess is not nearly 0, no row needs the special cases of the definition.
        if q - 1.0 > CANCELLATION_LIMIT {
            vectorized(
                #[inline(always)]
                || {
                    for i in 0..out.len() {
                        let inverse = (count[i] + (q - 1.0) / p).recip();
                        out[i] *= v * inverse + mean[i] * (count[i] * inverse);
                    }
                },
            );
            return;
        }
        for (i, cell) in out.iter_mut().enumerate() {
            let row = Spending { count: count[i], mean: mean[i] };
            *cell *= self.expected_spend(theta, &row).unwrap_or(f64::NAN);
        }
    }
}

/// Below this px + q − 1 may be dominated by rounding error.
const CANCELLATION_LIMIT: f64 = 0.01;

/// px + q − 1, right to the last digit also where it is nearly 0 and the mean nearly infinite.
fn excess_shape(p: f64, q: f64, x: f64) -> f64 {
    let (shape, less) = (p * x, q - 1.0);
    let excess = shape + less;
    if excess.abs() > CANCELLATION_LIMIT {
        return excess;
    }
    // Here the sum itself is exact: add back the rounding errors of its two parts.
    excess + (p.mul_add(x, -shape) + (q - (less + 1.0)))
}
