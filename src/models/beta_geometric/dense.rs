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
use crate::likelihood::counts::CountWeights;
use crate::models::traits::Kernel;
use crate::numerics::Sums;
use crate::numerics::dual::Dual;
use crate::numerics::number::Number;
use crate::numerics::{Lanes, exp, ln, ln_1p, ln_beta_survival, ln_pochhammer};

/// The kernel; see the module for its formulas.
pub struct BetaGeometricDenseKernel<'a> {
    first_dropout: f64,
    rows: DenseTable<'a, Purchases>,
    counts: CountWeights,
    /// The terms in x alone.
    alone: BetaGeometricKernel,
}

impl<'a> BetaGeometricDenseKernel<'a> {
    /// The kernel of these rows.
    pub fn new(rows: DenseTable<'a, Purchases>, first_dropout: f64) -> Self {
        let counts = CountWeights::new(&rows);
        let (above, weight, purchases) = counts.above();
        let alone = BetaGeometricKernel::of_counts(above, weight, purchases, first_dropout);
        Self { first_dropout, rows, counts, alone }
    }
}

/// The positions of the sums over rows. (In an array: as fields of a struct, an evaluation takes 1.5 times as long.)
#[derive(Clone, Copy)]
enum Term {
    /// Σ w·p·ln(1 + T/α)
    PExposed,
    /// Σ w·ln(1 + T/α)
    Exposed,
    /// Σ w·p·d, d being the derivative of ln(1 + T/α) in α
    PD,
    /// Σ w·d
    D,
    /// −Σ w·p times the second derivative of ln(1 + T/α)
    PBend,
    /// Σ w·ln(1 + e^ζ)
    Value,
    /// Σ w′, w′ being w times the derivative of ln(1 + e^ζ) in ζ
    W,
    /// Σ w′·ρ
    WLog,
    /// Σ w′·∂ζ/∂α
    WSteep,
    /// Σ w′·∂ρ/∂α
    WSlope,
    /// −Σ w′·∂²ζ/∂α²
    WBend,
    /// Σ v, v being w times the second derivative of ln(1 + e^ζ) in ζ
    V,
    /// Σ v·ρ
    VLog,
    /// Σ v·∂ζ/∂α
    VSteep,
    /// Σ v·ρ²
    VLogLog,
    /// Σ v·ρ·∂ζ/∂α
    VLogSteep,
    /// Σ v·(∂ζ/∂α)²
    VSteepSteep,
    /// Σ w′/(b+n−1)
    WFail,
    /// Σ v/(b+n−1)
    VFail,
    /// Σ v·ρ/(b+n−1)
    VFailLog,
    /// Σ v·∂ζ/∂α/(b+n−1)
    VFailSteep,
    /// Σ (w′ + v)/(b+n−1)²
    BothFailFail,
}

/// The number of sums over rows.
const TERMS: usize = Term::BothFailFail as usize + 1;

/// The sums over some rows, at θ.
struct BetaGeometricSums {
    first_dropout: f64,
    theta: [f64; 4],
    per_alpha: f64,
    sums: [Lanes; TERMS],
}

impl PartialSum<4> for BetaGeometricSums {
    #[inline(always)]
    fn add(&mut self, block: RowBlock<'_>) {
        let [r, alpha, a, b] = self.theta;
        let [x, recency, age] = block.columns;
        for (((&x, &recency), &age), &weight) in x.iter().zip(recency).zip(age).zip(block.weights) {
            let p = x + r;
            let (per_age, per_recency) = ((age + alpha).recip(), (recency + alpha).recip());
            let exposed = (age * self.per_alpha).map(ln_1p);
            let slope = -age * per_age * self.per_alpha;
            self.sums[Term::PExposed as usize] += weight * p * exposed;
            self.sums[Term::Exposed as usize] += weight * exposed;
            self.sums[Term::PD as usize] += weight * p * slope;
            self.sums[Term::D as usize] += weight * slope;
            // The second derivative of ln(1 + T/α) is −d·(1/α + 1/(α+T)), d being the first.
            self.sums[Term::PBend as usize] += weight * p * slope * (per_age + self.per_alpha);

            let chances = x + self.first_dropout;
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
            self.sums[Term::Value as usize] += tossed * (exponent + both.map(ln));
            self.sums[Term::W as usize] += w;
            self.sums[Term::WLog as usize] += w * log;
            self.sums[Term::WSteep as usize] += w * steep;
            self.sums[Term::WSlope as usize] += w * slope;
            self.sums[Term::WBend as usize] += w * steep * (per_age + per_recency);
            self.sums[Term::V as usize] += v;
            self.sums[Term::VLog as usize] += v_log;
            self.sums[Term::VSteep as usize] += v_steep;
            self.sums[Term::VLogLog as usize] += v_log * log;
            self.sums[Term::VLogSteep as usize] += v_log * steep;
            self.sums[Term::VSteepSteep as usize] += v_steep * steep;
            self.sums[Term::WFail as usize] += w_fail;
            self.sums[Term::VFail as usize] += v_fail;
            self.sums[Term::VFailLog as usize] += v_fail * log;
            self.sums[Term::VFailSteep as usize] += v_fail * steep;
            self.sums[Term::BothFailFail as usize] += (w_fail + v_fail) * fail;
        }
    }

    #[inline(always)]
    fn finish(self) -> Sums<4> {
        let per_a = self.theta[2].recip();
        let sums = self.sums.map(Lanes::sum);
        let p_exposed = sums[Term::PExposed as usize];
        let exposed = sums[Term::Exposed as usize];
        let p_d = sums[Term::PD as usize];
        let d = sums[Term::D as usize];
        let p_bend = sums[Term::PBend as usize];
        let value = sums[Term::Value as usize];
        let w = sums[Term::W as usize];
        let w_log = sums[Term::WLog as usize];
        let w_steep = sums[Term::WSteep as usize];
        let w_slope = sums[Term::WSlope as usize];
        let w_bend = sums[Term::WBend as usize];
        let v = sums[Term::V as usize];
        let v_log = sums[Term::VLog as usize];
        let v_steep = sums[Term::VSteep as usize];
        let v_log_log = sums[Term::VLogLog as usize];
        let v_log_steep = sums[Term::VLogSteep as usize];
        let v_steep_steep = sums[Term::VSteepSteep as usize];
        let w_fail = sums[Term::WFail as usize];
        let v_fail = sums[Term::VFail as usize];
        let v_fail_log = sums[Term::VFailLog as usize];
        let v_fail_steep = sums[Term::VFailSteep as usize];
        let both_fail_fail = sums[Term::BothFailFail as usize];
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

impl Kernel<4> for BetaGeometricDenseKernel<'_> {
    fn evaluate(&self, theta: [f64; 4]) -> Sums<4> {
        let (first_dropout, per_alpha) = (self.first_dropout, theta[1].recip());
        let sums = [Lanes::ZERO; TERMS];
        let rows = self.rows.sum(|| BetaGeometricSums { first_dropout, theta, per_alpha, sums });
        let [r, alpha, a, b] = Dual::variables(theta);
        let many = self.counts.many().fold(Sums::from(0.0), |sum, (x, weight)| {
            let bought = ln_pochhammer(r, Dual::from(x)) - alpha.ln() * x;
            sum + (bought + ln_beta_survival(a, b, x + self.first_dropout)) * weight
        });
        self.alone.evaluate(theta) + (rows + many).mirrored()
    }
}
