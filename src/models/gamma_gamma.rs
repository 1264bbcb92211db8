//! Gamma-Gamma spending: Fader & Hardie (2013), The Gamma-Gamma Model of Monetary Value, after
//! Colombo & Jiang (1999).
//!
//! A customer's purchases are worth Gamma(p, ν) each, ν ~ Gamma(q, v) over customers, independent
//! of how often they buy. With S = x·m̄ the total spend of x purchases,
//!
//! ```text
//! L = Γ(px+q)/(Γ(px)Γ(q)) · (S/(v+S))^{px} · (v/(v+S))^q / m̄
//! E[spend | x, m̄] = p(v + S)/(px + q − 1),   finite when px + q > 1
//! ```

use crate::model::{Kernel, Model, Parameter, Process, SpendingModel, Sums, sum_chunks};
use crate::real::{Dual, Real};
use crate::rows::Spending;
use crate::special::{ln_beta_density, ln_inverse_beta, vectorized};
use crate::table::Table;
use crate::unique::UniqueRows;

/// See the module's page for the model's story and source.
#[derive(Debug, Clone, Copy)]
pub struct GammaGamma;

impl Model<3> for GammaGamma {
    type Row = Spending;
    const NAME: &'static str = "Gamma-Gamma";
    const PARAMETERS: [Parameter; 3] = [
        Parameter::new("p", Process::Spend, false),
        Parameter::new("q", Process::Spend, false),
        Parameter::new("v", Process::Spend, false),
    ];

    fn log_likelihood<R: Real>([p, q, v]: [R; 3], row: &Spending) -> R {
        let total = row.count * row.mean;
        ln_beta_density(p * row.count, q, R::from(total) / v) - row.mean.ln()
    }

    fn starts(rows: &Table<'_, Spending>) -> Vec<[f64; 3]> {
        let mean = rows.mean(|row| row.mean);
        let at = |p: f64, q: f64| [p, q, mean * (q - 1.0) / p];
        vec![at(3.0, 4.0), at(1.0, 2.0), at(10.0, 10.0), at(0.3, 20.0)]
    }

    fn kernel<'a>(rows: Table<'a, Spending>) -> Box<dyn Kernel<3> + 'a> {
        Box::new(GammaGammaKernel::new(&rows.unique()))
    }
}

impl SpendingModel<3> for GammaGamma {
    fn expected_spend(&[p, q, v]: &[f64; 3], row: &Spending) -> Option<f64> {
        let excess = excess_shape(p, q, row.count);
        (excess > 0.0).then(|| {
            // (v + S)/d with d = (px + q − 1)/p, where neither px nor S may overflow.
            let d = if excess.is_finite() { excess / p } else { row.count + (q - 1.0) / p };
            v / d + row.mean * (row.count / d)
        })
    }

    fn multiply_by_spend(theta: &[f64; 3], [count, mean]: [&[f64]; 2], out: &mut [f64]) {
        let &[p, q, v] = theta;
        let (count, mean, out) = (&count[..out.len()], &mean[..out.len()], out);
        // With a smallest excess that is not nearly 0, no row needs what the definition takes care of.
        if q - 1.0 > CANCELS {
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
            *cell *= Self::expected_spend(theta, &row).unwrap_or(f64::NAN);
        }
    }
}

/// Below this px + q − 1 may be what rounding left of its terms.
const CANCELS: f64 = 0.01;

/// px + q − 1, right to the last digit also where it is nearly 0 and the mean nearly infinite.
fn excess_shape(p: f64, q: f64, x: f64) -> f64 {
    let (shape, less) = (p * x, q - 1.0);
    let excess = shape + less;
    if excess.abs() > CANCELS {
        return excess;
    }
    // Here the sum itself loses nothing: add back what rounding took from its two parts.
    excess + (p.mul_add(x, -shape) + (q - (less + 1.0)))
}

/// The fast evaluation: normalisers over distinct x, one logarithm per unique row.
struct GammaGammaKernel {
    /// Distinct x with their weight.
    counts: Vec<(f64, f64)>,
    /// Σ w·ln m̄
    log_means: f64,
    /// (x, S, ln S, w) of the unique rows.
    rows: Vec<[f64; 4]>,
}

impl GammaGammaKernel {
    fn new(unique: &UniqueRows<Spending>) -> Self {
        let [counts, means, _] = &unique.values;
        let mut counts: Vec<(f64, f64)> = counts.iter().map(|&count| (count, 0.0)).collect();
        let log_of: Vec<f64> = means.iter().map(|mean| mean.ln()).collect();
        let mut log_means = 0.0;
        let mut rows = Vec::with_capacity(unique.len());
        for (&[count, mean, _], &weight) in unique.codes.iter().zip(&unique.weights) {
            let (count, mean) = (&mut counts[count as usize], mean as usize);
            count.1 += weight;
            log_means += weight * log_of[mean];
            let total = count.0 * means[mean];
            rows.push([count.0, total, total.ln(), weight]);
        }
        counts.retain(|(_, weight)| *weight > 0.0);
        Self { counts, log_means, rows }
    }
}

impl Kernel<3> for GammaGammaKernel {
    fn evaluate(&self, theta: [f64; 3]) -> Sums<3> {
        let [p, q, v] = theta;
        let [dual_p, dual_q, _] = Dual::variables(theta);
        let mut sum = Sums::<3>::from(-self.log_means);
        for &(x, weight) in &self.counts {
            sum = sum + ln_inverse_beta(dual_p * x, dual_q) * weight;
        }
        let (ln_v, inverse_v) = (v.ln(), v.recip());
        let spent = sum_chunks(self.rows.len(), |range| {
            let mut sum = Sums::<3>::from(0.0);
            for &[x, total, ln_total, w] in &self.rows[range] {
                // ln of the shares v/(v+S) and S/(v+S), the one near 1 without cancellation.
                let gap = ln_total - ln_v;
                let larger = (-gap.abs()).exp().ln_1p();
                let (ln_share_v, ln_share_s) =
                    if gap > 0.0 { (-gap - larger, -larger) } else { (-larger, gap - larger) };
                let inverse = (v + total).recip();
                let px = p * x;
                // ∂ ln share_v/∂v = 1/v − 1/(v+S); ∂ ln share_s/∂v = −1/(v+S).
                let d_share_v = total * inverse_v * inverse;
                sum.value += w * (px * ln_share_s + q * ln_share_v);
                sum.gradient[0] += w * x * ln_share_s;
                sum.gradient[1] += w * ln_share_v;
                sum.gradient[2] += w * (q * d_share_v - px * inverse);
                sum.hessian[0][2] -= w * x * inverse;
                sum.hessian[1][2] += w * d_share_v;
                sum.hessian[2][2] +=
                    w * (px * inverse * inverse - q * d_share_v * (inverse_v + inverse));
            }
            sum
        });
        sum = sum + spent;
        sum.hessian[2][0] = sum.hessian[0][2];
        sum.hessian[2][1] = sum.hessian[1][2];
        sum
    }
}
