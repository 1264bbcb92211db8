//! Σ w·ℓ of BG/NBD and MBG/NBD over rows as they lie.
//!
//! Terms in x alone are those of [`super::kernel`]. What is left of a row is
//!
//! ```text
//! −(r+x)·ln(1 + T/α) + [n>0]·ln(1 + e^ζ),   e^ζ = c·e^E
//! c = a/(b+n−1),   E = (r+x)·ρ,   ρ = ln((α+T)/(α+t_x))
//! ```
//!
//! With g = e^{−E} ≤ 1 the last term is E + ln(g + c), and its derivative in ζ is c/(g + c): one
//! exponential and three logarithms a row.

use super::kernel::BetaGeometricKernel;
use crate::data::dense::{DenseTable, PartialSum, RowBlock};
use crate::data::observations::Purchases;
use crate::models::count_weights::CountWeights;
use crate::models::traits::Kernel;
use crate::numerics::Sums;
use crate::numerics::dual::{Dual, Real};
use crate::numerics::{Lanes, exp, ln, ln_1p, ln_beta_survival, ln_pochhammer};

/// See the module's page.
pub struct BetaGeometricDenseKernel<'a, const FIRST_DROPOUT: u32> {
    rows: DenseTable<'a, Purchases>,
    counts: CountWeights,
    /// The terms in x alone.
    alone: BetaGeometricKernel<FIRST_DROPOUT>,
}

impl<'a, const FIRST_DROPOUT: u32> BetaGeometricDenseKernel<'a, FIRST_DROPOUT> {
    /// The kernel of these rows.
    pub fn new(rows: DenseTable<'a, Purchases>) -> Self {
        let counts = CountWeights::new(&rows);
        let (above, weight, purchases) = counts.above();
        Self { rows, counts, alone: BetaGeometricKernel::of_counts(above, weight, purchases) }
    }
}

/// How many sums over the rows there are.
const SUMS: usize = 22;

/// The sums over some rows, with θ and what follows from it.
struct BetaGeometricSums<const FIRST_DROPOUT: u32> {
    theta: [f64; 4],
    per_alpha: f64,
    sums: [Lanes; SUMS],
}

impl<const FIRST_DROPOUT: u32> PartialSum<4> for BetaGeometricSums<FIRST_DROPOUT> {
    #[inline(always)]
    fn add(&mut self, block: RowBlock<'_>) {
        let [r, alpha, a, b] = self.theta;
        let [x, recency, age] = block.columns;
        for (((&x, &recency), &age), &weight) in x.iter().zip(recency).zip(age).zip(block.weights) {
            let p = x + r;
            let (per_age, per_recency) = ((age + alpha).recip(), (recency + alpha).recip());
            let exposed = (age * self.per_alpha).map(ln_1p);
            let slope = -age * per_age * self.per_alpha;
            // One at a time: in a loop over them compilers mix up the lanes.
            self.sums[0] += weight * p * exposed;
            self.sums[1] += weight * exposed;
            self.sums[2] += weight * p * slope;
            self.sums[3] += weight * slope;
            // The second derivative of ln(1 + T/α) is −d·(1/α + 1/(α+T)), d being the first.
            self.sums[4] += weight * p * slope * (per_age + self.per_alpha);

            let chances = x + f64::from(FIRST_DROPOUT);
            let tossed = Lanes::of(|i| if chances.0[i] > 0.0 { weight.0[i] } else { 0.0 });
            let fail = Lanes::of(|i| {
                if chances.0[i] > 0.0 { (b + (chances.0[i] - 1.0)).recip() } else { 0.0 }
            });
            let since = age - recency;
            let log = (since * per_recency).map(ln_1p);
            let slope = -since * per_age * per_recency;
            let exponent = p * log;
            let stays = (-exponent).map(exp);
            let odds = fail * a;
            let both = odds + stays;
            let per_both = both.recip();
            let w = tossed * odds * per_both;
            let v = w * stays * per_both;
            let steep = p * slope;
            let (v_log, v_steep, w_fail, v_fail) = (v * log, v * steep, w * fail, v * fail);
            // One at a time: in a loop over them compilers mix up the lanes.
            self.sums[5] += tossed * (exponent + both.map(ln));
            self.sums[6] += w;
            self.sums[7] += w * log;
            self.sums[8] += w * steep;
            self.sums[9] += w * slope;
            self.sums[10] += w * steep * (per_age + per_recency);
            self.sums[11] += v;
            self.sums[12] += v_log;
            self.sums[13] += v_steep;
            self.sums[14] += v_log * log;
            self.sums[15] += v_log * steep;
            self.sums[16] += v_steep * steep;
            self.sums[17] += w_fail;
            self.sums[18] += v_fail;
            self.sums[19] += v_fail * log;
            self.sums[20] += v_fail * steep;
            self.sums[21] += (w_fail + v_fail) * fail;
        }
    }

    #[inline(always)]
    fn finish(self) -> Sums<4> {
        let per_a = self.theta[2].recip();
        let [
            p_exposed,
            exposed,
            p_d,
            d,
            p_bend,
            value,
            w,
            w_log,
            w_steep,
            w_slope,
            w_bend,
            v,
            v_log,
            v_steep,
            v_log_log,
            v_log_steep,
            v_steep_steep,
            w_fail,
            v_fail,
            v_fail_log,
            v_fail_steep,
            both_fail_fail,
        ] = self.sums.map(Lanes::sum);
        // ∂ζ/∂r = ρ, ∂ζ/∂α = (r+x)·∂ρ/∂α, ∂ζ/∂a = 1/a, ∂ζ/∂b = −1/(b+n−1).
        let mut hessian = [[0.0; 4]; 4];
        hessian[0] = [v_log_log, v_log_steep + w_slope - d, v_log * per_a, -v_fail_log];
        hessian[1][1] = v_steep_steep - w_bend + p_bend;
        hessian[1][2] = v_steep * per_a;
        hessian[1][3] = -v_fail_steep;
        hessian[2][2] = (v - w) * per_a * per_a;
        hessian[2][3] = -v_fail * per_a;
        hessian[3][3] = both_fail_fail;
        let gradient = [w_log - exposed, w_steep - p_d, w * per_a, -w_fail];
        Sums { value: value - p_exposed, gradient, hessian }
    }
}

impl<const FIRST_DROPOUT: u32> Kernel<4> for BetaGeometricDenseKernel<'_, FIRST_DROPOUT> {
    fn evaluate(&self, theta: [f64; 4]) -> Sums<4> {
        let per_alpha = theta[1].recip();
        let sums = [Lanes::ZERO; SUMS];
        let rows = self.rows.sum(|| BetaGeometricSums::<FIRST_DROPOUT> { theta, per_alpha, sums });
        let [r, alpha, a, b] = Dual::variables(theta);
        let many = self.counts.many().fold(Sums::from(0.0), |sum, (x, weight)| {
            let bought = ln_pochhammer(r, Dual::from(x)) - alpha.ln() * x;
            sum + (bought + ln_beta_survival(a, b, x + f64::from(FIRST_DROPOUT))) * weight
        });
        self.alone.evaluate(theta) + (rows + many).mirrored()
    }
}
