//! Σ w·ℓ of BG/NBD and MBG/NBD over dense rows.
//!
//! Terms in x alone are those of [`super::kernel`]. The remaining terms of a row are
//!
//! ```text
//! −(r+x)·ln(1 + T/α) + [n>0]·ln(1 + e^ζ),   e^ζ = c·e^E
//! c = a/(b+n−1),   E = (r+x)·ρ,   ρ = ln((α+T)/(α+t_x))
//! ```
//!
//! With g = e^{−E} ≤ 1 the last term is E + ln(g + c), and its derivative in ζ is c/(g + c): one
//! exponential and three logarithms per row.

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

/// The sums over rows. They are added one by one: in a loop over them compilers mix up the lanes.
#[derive(Clone, Copy)]
struct Terms<N> {
    /// Σ w·p·ln(1 + T/α)
    p_exposed: N,
    /// Σ w·ln(1 + T/α)
    exposed: N,
    /// Σ w·p·d, d being the derivative of ln(1 + T/α) in α
    p_d: N,
    /// Σ w·d
    d: N,
    /// −Σ w·p times the second derivative of ln(1 + T/α)
    p_bend: N,
    /// Σ w·ln(1 + e^ζ)
    value: N,
    /// Σ w′, w′ being w times the derivative of ln(1 + e^ζ) in ζ
    w: N,
    /// Σ w′·ρ
    w_log: N,
    /// Σ w′·∂ζ/∂α
    w_steep: N,
    /// Σ w′·∂ρ/∂α
    w_slope: N,
    /// −Σ w′·∂²ζ/∂α²
    w_bend: N,
    /// Σ v, v being w times the second derivative of ln(1 + e^ζ) in ζ
    v: N,
    /// Σ v·ρ
    v_log: N,
    /// Σ v·∂ζ/∂α
    v_steep: N,
    /// Σ v·ρ²
    v_log_log: N,
    /// Σ v·ρ·∂ζ/∂α
    v_log_steep: N,
    /// Σ v·(∂ζ/∂α)²
    v_steep_steep: N,
    /// Σ w′/(b+n−1)
    w_fail: N,
    /// Σ v/(b+n−1)
    v_fail: N,
    /// Σ v·ρ/(b+n−1)
    v_fail_log: N,
    /// Σ v·∂ζ/∂α/(b+n−1)
    v_fail_steep: N,
    /// Σ (w′ + v)/(b+n−1)²
    both_fail_fail: N,
}

impl<N: Copy> Terms<N> {
    fn splat(value: N) -> Self {
        Self {
            p_exposed: value,
            exposed: value,
            p_d: value,
            d: value,
            p_bend: value,
            value: value,
            w: value,
            w_log: value,
            w_steep: value,
            w_slope: value,
            w_bend: value,
            v: value,
            v_log: value,
            v_steep: value,
            v_log_log: value,
            v_log_steep: value,
            v_steep_steep: value,
            w_fail: value,
            v_fail: value,
            v_fail_log: value,
            v_fail_steep: value,
            both_fail_fail: value,
        }
    }
}

/// The sums over some rows, at θ.
struct BetaGeometricSums<const FIRST_DROPOUT: u32> {
    theta: [f64; 4],
    per_alpha: f64,
    sums: Terms<Lanes>,
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
            self.sums.p_exposed += weight * p * exposed;
            self.sums.exposed += weight * exposed;
            self.sums.p_d += weight * p * slope;
            self.sums.d += weight * slope;
            // The second derivative of ln(1 + T/α) is −d·(1/α + 1/(α+T)), d being the first.
            self.sums.p_bend += weight * p * slope * (per_age + self.per_alpha);

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
            self.sums.value += tossed * (exponent + both.map(ln));
            self.sums.w += w;
            self.sums.w_log += w * log;
            self.sums.w_steep += w * steep;
            self.sums.w_slope += w * slope;
            self.sums.w_bend += w * steep * (per_age + per_recency);
            self.sums.v += v;
            self.sums.v_log += v_log;
            self.sums.v_steep += v_steep;
            self.sums.v_log_log += v_log * log;
            self.sums.v_log_steep += v_log * steep;
            self.sums.v_steep_steep += v_steep * steep;
            self.sums.w_fail += w_fail;
            self.sums.v_fail += v_fail;
            self.sums.v_fail_log += v_fail * log;
            self.sums.v_fail_steep += v_fail * steep;
            self.sums.both_fail_fail += (w_fail + v_fail) * fail;
        }
    }

    #[inline(always)]
    fn finish(self) -> Sums<4> {
        let per_a = self.theta[2].recip();
        let sums = &self.sums;
        let p_exposed = sums.p_exposed.sum();
        let exposed = sums.exposed.sum();
        let p_d = sums.p_d.sum();
        let d = sums.d.sum();
        let p_bend = sums.p_bend.sum();
        let value = sums.value.sum();
        let w = sums.w.sum();
        let w_log = sums.w_log.sum();
        let w_steep = sums.w_steep.sum();
        let w_slope = sums.w_slope.sum();
        let w_bend = sums.w_bend.sum();
        let v = sums.v.sum();
        let v_log = sums.v_log.sum();
        let v_steep = sums.v_steep.sum();
        let v_log_log = sums.v_log_log.sum();
        let v_log_steep = sums.v_log_steep.sum();
        let v_steep_steep = sums.v_steep_steep.sum();
        let w_fail = sums.w_fail.sum();
        let v_fail = sums.v_fail.sum();
        let v_fail_log = sums.v_fail_log.sum();
        let v_fail_steep = sums.v_fail_steep.sum();
        let both_fail_fail = sums.both_fail_fail.sum();
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
        let sums = Terms::splat(Lanes::ZERO);
        let rows = self.rows.sum(|| BetaGeometricSums::<FIRST_DROPOUT> { theta, per_alpha, sums });
        let [r, alpha, a, b] = Dual::variables(theta);
        let many = self.counts.many().fold(Sums::from(0.0), |sum, (x, weight)| {
            let bought = ln_pochhammer(r, Dual::from(x)) - alpha.ln() * x;
            sum + (bought + ln_beta_survival(a, b, x + f64::from(FIRST_DROPOUT))) * weight
        });
        self.alone.evaluate(theta) + (rows + many).mirrored()
    }
}
