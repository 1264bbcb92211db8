//! The fast evaluation of Σ w·ℓ for Gamma-Gamma: normalisers over distinct x, and for each row, with t =
//! S/v, the logarithms of the shares
//!
//! ```text
//! ln S/(v+S) = min(ln t, 0) − ln(1 + min(t, 1/t)),   ln v/(v+S) = −max(ln t, 0) − ln(1 + min(t, 1/t))
//! ```
//!
//! where the one near 1 does not cancel.

use crate::data::dense::{DenseTable, PartialSum, RowBlock};
use crate::data::observations::Spending;
use crate::models::count_weights::CountWeights;
use crate::models::traits::Kernel;
use crate::numerics::Sums;
use crate::numerics::dual::Dual;
use crate::numerics::{Lanes, ln, ln_1p, ln_inverse_beta};

/// The kernel; see the module for its formulas.
pub struct GammaGammaKernel<'a> {
    rows: DenseTable<'a, Spending>,
    counts: CountWeights,
    /// Σ w·ln m̄
    log_means: f64,
}

impl<'a> GammaGammaKernel<'a> {
    /// The kernel of these rows.
    pub fn new(rows: DenseTable<'a, Spending>) -> Self {
        let counts = CountWeights::new(&rows);
        let log_means = rows.mean(|row| row.mean.ln()) * rows.total_weight;
        Self { rows, counts, log_means }
    }
}

/// The sums over some rows, at θ.
struct GammaGammaSums {
    theta: [f64; 3],
    per_v: f64,
    sums: Terms,
}

/// The sums over rows. They are added one by one: in a loop over them compilers mix up the lanes.
#[derive(Clone, Copy)]
struct Terms {
    /// The value
    value: Lanes,
    /// ∂/∂p
    p: Lanes,
    /// ∂/∂q
    q: Lanes,
    /// ∂/∂v
    v: Lanes,
    /// ∂²/∂p∂v
    p_v: Lanes,
    /// ∂²/∂q∂v
    q_v: Lanes,
    /// ∂²/∂v²
    v_v: Lanes,
}

impl Terms {
    const ZERO: Self = Self {
        value: Lanes::ZERO,
        p: Lanes::ZERO,
        q: Lanes::ZERO,
        v: Lanes::ZERO,
        p_v: Lanes::ZERO,
        q_v: Lanes::ZERO,
        v_v: Lanes::ZERO,
    };
}

impl PartialSum<3> for GammaGammaSums {
    #[inline(always)]
    fn add(&mut self, block: RowBlock<'_>) {
        let [p, q, v] = self.theta;
        let [count, mean, _] = block.columns;
        for ((&x, &mean), &weight) in count.iter().zip(mean).zip(block.weights) {
            let total = x * mean;
            let t = total * self.per_v;
            let log = t.map(ln);
            let larger = t.map(|t| ln_1p(t.min(t.recip())));
            let share_s = log.map(|log| log.min(0.0)) - larger;
            let share_v = -log.map(|log| log.max(0.0)) - larger;
            let inverse = (total + v).recip();
            // ∂ ln share_v/∂v = 1/v − 1/(v+S); ∂ ln share_s/∂v = −1/(v+S).
            let d_share_v = t * inverse;
            let (px, w_x) = (x * p, weight * x);
            self.sums.value += weight * (px * share_s + share_v * q);
            self.sums.p += w_x * share_s;
            self.sums.q += weight * share_v;
            self.sums.v += weight * (d_share_v * q - px * inverse);
            self.sums.p_v += -w_x * inverse;
            self.sums.q_v += weight * d_share_v;
            self.sums.v_v +=
                weight * (px * inverse * inverse - d_share_v * q * (inverse + self.per_v));
        }
    }

    #[inline(always)]
    fn finish(self) -> Sums<3> {
        let Terms { value, p, q, v, p_v, q_v, v_v } = self.sums;
        let [value, p, q, v, p_v, q_v, v_v] = [value, p, q, v, p_v, q_v, v_v].map(Lanes::sum);
        let hessian = [[0.0, 0.0, p_v], [0.0, 0.0, q_v], [0.0, 0.0, v_v]];
        Sums { value, gradient: [p, q, v], hessian }
    }
}

impl Kernel<3> for GammaGammaKernel<'_> {
    fn evaluate(&self, theta: [f64; 3]) -> Sums<3> {
        let [p, q, _] = Dual::variables(theta);
        let normalisers =
            self.counts.iter().fold(Sums::from(-self.log_means), |sum, (x, weight)| {
                sum + ln_inverse_beta(p * x, q) * weight
            });
        let (per_v, sums) = (theta[2].recip(), Terms::ZERO);
        let shares = self.rows.sum(|| GammaGammaSums { theta, per_v, sums });
        (normalisers + shares).mirrored()
    }
}
