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
use crate::models::traits::{Model, Parameter, Process, SpendingModel, Unit};
use crate::numerics::number::{Number, Plain, Real, ln_1p_ratio};
use crate::numerics::{ln_beta_density, ln_inverse_beta};

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

    /// ln Γ(px+q)/(Γ(px)Γ(q))
    fn of_count<N: Number>(&self, [p, q, _]: [N; 3], x: N::Data) -> N {
        ln_inverse_beta(p.times(x), q)
    }

    /// −px·ln(1 + v/S) − q·ln(1 + S/v) − ln m̄
    #[inline(always)]
    fn of_history<N: Number>(&self, [p, q, v]: [N; 3], row: &Spending<N::Data>) -> N {
        let total = row.count * row.mean;
        let [spend_share, other_share] = [v.times(total.recip()).ln_1p(), ln_1p_ratio(total, v)];
        (-p.times(row.count) * spend_share - q * other_share).plus(-row.mean.ln())
    }

    /// The same as a density in logit S/(v+S), which does not cancel where p and q are large.
    fn log_likelihood<R: Real>(&self, [p, q, v]: [R; 3], row: &Spending) -> R {
        let total = row.count * row.mean;
        ln_beta_density(p * row.count, q, R::from(total) / v) - row.mean.ln()
    }

    fn starts(&self, rows: &Table<'_, Spending>) -> Vec<[f64; 3]> {
        let mean = rows.mean(|row| row.mean);
        let at = |p: f64, q: f64| [p, q, mean * (q - 1.0) / p];
        vec![at(3.0, 4.0), at(1.0, 2.0), at(10.0, 10.0), at(0.3, 20.0)]
    }
}

impl SpendingModel<3> for GammaGamma {
    /// (v + S)/d with d = (px + q − 1)/p, where neither px nor S may overflow.
    #[inline(always)]
    fn expected_spend<P: Plain>(&self, &[p, q, v]: &[f64; 3], row: &Spending<P>) -> P {
        let by_count = row.count + (q - 1.0) / p;
        let d = if q - 1.0 > CANCELLATION_LIMIT {
            by_count
        } else {
            let excess = excess_shape(p, q, row.count.float());
            let finite = if excess.is_finite() { P::from(excess / p) } else { by_count };
            P::where_positive(P::from(excess), finite, P::from(f64::NAN))
        };
        let inverse = d.recip();
        inverse * v + row.mean * (row.count * inverse)
    }
}

/// Where q − 1 is no larger, px + q − 1 may be dominated by rounding error.
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
