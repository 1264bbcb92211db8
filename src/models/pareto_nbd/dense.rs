//! Σ w·ℓ of Pareto/NBD over dense rows.
//!
//! Terms in x alone are sums over distinct x. With p = r + x, the remaining terms of a row are
//!
//! ```text
//! −p·ln(1 + t_x/α) − s·ln(1 + t_x/β) + ln(Q + e)
//! Q = s/(β+t_x)·∫₀ᴰ (1 + w/(α+t_x))^{−p} (1 + w/(β+t_x))^{−s−1} dw,   D = T − t_x
//! e = (1 + D/(α+t_x))^{−p} (1 + D/(β+t_x))^{−s}
//! ```
//!
//! where Q and e are positive and at most 1. As in [`crate::numerics::decay_integral`] the integral is
//! taken over v = ln(1 + w/ℓ), where a Gauss–Legendre rule is accurate up to [`MAX_LENGTHS`].

use std::array::from_fn;

use super::attrition_moments::{Moments, attrition_within};
use super::quadrature_rules::NEGLIGIBLE;
use crate::data::dense::{DenseTable, PartialSum, RowBlock};
use crate::data::observations::Purchases;
use crate::likelihood::counts::CountWeights;
use crate::models::traits::Kernel;
use crate::numerics::Sums;
use crate::numerics::dual::Dual;
use crate::numerics::number::Number;
use crate::numerics::{EIGHT, FOUR, LANES, Lanes, SIXTEEN, TWELVE, exp, ln, ln_1p, ln_pochhammer};

/// The kernel; see the module for its formulas.
pub struct ParetoNbdDenseKernel<'a> {
    rows: DenseTable<'a, Purchases>,
    counts: CountWeights,
}

impl<'a> ParetoNbdDenseKernel<'a> {
    /// The kernel of these rows.
    pub fn new(rows: DenseTable<'a, Purchases>) -> Self {
        let counts = CountWeights::new(&rows);
        Self { rows, counts }
    }
}

/// The largest length of ln(1 + w/ℓ) for each rule, and the widest panel of the last.
///
/// ℓ being the smallest scale of the integrand, it is analytic, and not much larger than on the line
/// itself, where |Im v| ≤ 1.4. The ellipse within that strip around a panel of width h is the one of
/// ρ = b + √(b²+1), b = 2.8/h, and n nodes err by about ρ^{−2n}: below 1e-12 up to these lengths.
const MAX_LENGTHS: [f64; 4] = [0.15, 0.9, 1.8, 2.6];

/// Nodes and weights in [0, 1].
type Rules = [&'static [(f64, f64)]; MAX_LENGTHS.len()];

/// The largest number of rows in a block.
const MAX_ROWS: usize = RowBlock::MAX_VECTORS * LANES;

/// The sums over some rows, at θ.
struct ParetoSums {
    theta: [f64; 4],
    per: [f64; 2],
    rules: Rules,
    value: Lanes,
    gradient: [Lanes; 4],
    /// The upper triangle.
    hessian: [[Lanes; 4]; 4],
}

/// The parameters of an integral: p, the inverses of α+t_x and β+t_x, ℓ, and the length in v.
struct IntegrationSpan {
    p: Lanes,
    inverse: [Lanes; 2],
    unit: Lanes,
    length: Lanes,
}

/// ln(1 + w/a) and its derivative in a, given 1/a.
#[inline(always)]
fn decay(w: Lanes, inverse: Lanes) -> [Lanes; 2] {
    let part = w * inverse;
    [part.map(ln_1p), -part * inverse * (part + 1.0).recip()]
}

impl ParetoSums {
    #[inline(always)]
    fn span(&self, x: Lanes, recency: Lanes, age: Lanes) -> IntegrationSpan {
        let [r, alpha, s, beta] = self.theta;
        let p = x + r;
        let (rate, scale) = (recency + alpha, recency + beta);
        let inverse = [rate.recip(), scale.recip()];
        // The smallest of α+t_x, β+t_x and the inverse of the slope at the start.
        let slope = p * inverse[0] + inverse[1] * (s + 1.0);
        let per_unit = Lanes::of(|i| slope.0[i].max(inverse[0].0[i]).max(inverse[1].0[i]));
        let length = ((age - recency) * per_unit).map(|ratio| ln_1p(ratio.min(1e200)));
        IntegrationSpan { p, inverse, unit: per_unit.recip(), length }
    }

    /// ∫ over a span, times the weight of each product of two of 1, ln(1 + w/(α+t_x)) and its derivative,
    /// ln(1 + w/(β+t_x)) and its.
    #[inline(always)]
    fn moments(&self, rule: &[(f64, f64)], span: &IntegrationSpan) -> Moments<Lanes> {
        let q = self.theta[2] + 1.0;
        let IntegrationSpan { p, inverse, unit, length } = *span;
        let longest = length.0.iter().copied().fold(0.0, f64::max);
        let panels = (longest / MAX_LENGTHS[MAX_LENGTHS.len() - 1]).ceil().max(1.0);
        let width = length * panels.recip();
        let step = unit * width;
        let mut moments = Moments::splat(Lanes::ZERO);
        let mut k = 0.0;
        while k < panels {
            if k > 0.0 {
                // Log-concave in v: what has become small continues to decrease.
                let far = unit * ((width * k).map(exp) - 1.0);
                let [a, b] = inverse.map(|inverse| (far * inverse).map(ln_1p));
                let fallen = p * a + b * q - width * k;
                if fallen.0.iter().all(|fallen| *fallen > NEGLIGIBLE) {
                    break;
                }
            }
            for &(node, weight) in rule {
                let growth = (width * (node + k)).map(exp);
                let w = unit * (growth - 1.0);
                let ([a, da], [b, db]) = (decay(w, inverse[0]), decay(w, inverse[1]));
                let power = (-(p * a) - b * q).map(exp) * growth * step * weight;
                let by = [power * a, power * da, power * b, power * db];
                // Added one by one: in a loop over them compilers mix up the lanes.
                moments.one += power;
                moments.a += by[0];
                moments.da += by[1];
                moments.b += by[2];
                moments.db += by[3];
                moments.a_a += by[0] * a;
                moments.a_da += by[0] * da;
                moments.a_b += by[0] * b;
                moments.a_db += by[0] * db;
                moments.da_da += by[1] * da;
                moments.da_b += by[1] * b;
                moments.da_db += by[1] * db;
                moments.b_b += by[2] * b;
                moments.b_db += by[2] * db;
                moments.db_db += by[3] * db;
            }
            k += 1.0;
        }
        moments
    }

    /// Adds rows for which one rule is accurate.
    #[inline(always)]
    fn add_rows(&mut self, rule: &[(f64, f64)], [x, recency, age]: [Lanes; 3], weight: Lanes) {
        let s = self.theta[2];
        let span = self.span(x, recency, age);
        let (p, [per_rate, per_scale]) = (span.p, span.inverse);
        let (left, left_d, left_dd) =
            attrition_within(span.p, s, span.inverse, &self.moments(rule, &span));

        // ln e, as in the kernel of tables.
        let since = age - recency;
        let ([a, da], [b, db]) = (decay(since, per_rate), decay(since, per_scale));
        let out_d = [-a, -(p * da), -b, -db * s];
        let stays = (-(p * a) - b * s).map(exp);
        let inverse = (left + stays).recip();
        let share = stays * inverse;
        let slope: [Lanes; 4] = from_fn(|i| inverse * left_d[i] + share * out_d[i]);

        // The time until the last purchase.
        let per = self.per;
        let until = |per: f64, inverse: Lanes| {
            ((recency * per).map(ln_1p), -recency * inverse * per, inverse + per)
        };
        let (log_rate, d_rate, bend_rate) = until(per[0], per_rate);
        let (log_scale, d_scale, bend_scale) = until(per[1], per_scale);

        self.value += weight * ((left + stays).map(ln) - p * log_rate - log_scale * s);
        let before = [log_rate, p * d_rate, log_scale, d_scale * s];
        for i in 0..4 {
            self.gradient[i] += weight * (slope[i] - before[i]);
            for j in i..4 {
                let both = inverse * left_dd[i][j] + share * out_d[i] * out_d[j];
                self.hessian[i][j] += weight * (both - slope[i] * slope[j]);
            }
        }
        // The second derivative of ln(1 + w/a) is −d·(d + 2/a), d being the first.
        self.hessian[0][1] += weight * (-(share * da) - d_rate);
        self.hessian[1][1] +=
            weight * p * (share * da * (da + per_rate * 2.0) + d_rate * bend_rate);
        self.hessian[2][3] += weight * (-(share * db) - d_scale);
        self.hessian[3][3] +=
            weight * s * (share * db * (db + per_scale * 2.0) + d_scale * bend_scale);
    }
}

impl PartialSum<4> for ParetoSums {
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation)] // a few hundred rows
    fn add(&mut self, block: RowBlock<'_>) {
        let [x, recency, age] = block.columns;
        let mut lengths = [Lanes::ZERO; RowBlock::MAX_VECTORS];
        for (((length, &x), &recency), &age) in lengths.iter_mut().zip(x).zip(recency).zip(age) {
            *length = self.span(x, recency, age).length;
        }
        let mut rows_of_rule = [[0u16; MAX_ROWS]; MAX_LENGTHS.len()];
        let mut filled = [0; MAX_LENGTHS.len()];
        for row in 0..x.len() * LANES {
            let length = lengths[row / LANES].0[row % LANES];
            let more =
                MAX_LENGTHS[..MAX_LENGTHS.len() - 1].iter().map(|most| usize::from(length > *most));
            let class: usize = more.sum();
            rows_of_rule[class][filled[class]] = row as u16;
            filled[class] += 1;
        }
        for class in 0..MAX_LENGTHS.len() {
            for rows in rows_of_rule[class][..filled[class]].chunks(LANES) {
                let of = |column: &[Lanes]| {
                    Lanes::of(|i| {
                        let row = usize::from(rows[i.min(rows.len() - 1)]);
                        column[row / LANES].0[row % LANES]
                    })
                };
                let weight = of(block.weights);
                let weight = Lanes::of(|i| if i < rows.len() { weight.0[i] } else { 0.0 });
                self.add_rows(self.rules[class], [of(x), of(recency), of(age)], weight);
            }
        }
    }

    #[inline(always)]
    fn finish(self) -> Sums<4> {
        Sums {
            value: self.value.sum(),
            gradient: self.gradient.map(Lanes::sum),
            hessian: self.hessian.map(|row| row.map(Lanes::sum)),
        }
    }
}

impl Kernel<4> for ParetoNbdDenseKernel<'_> {
    fn evaluate(&self, theta: [f64; 4]) -> Sums<4> {
        let [_, alpha, _, beta] = theta;
        let rules: Rules = [&*FOUR, &*EIGHT, &*TWELVE, &*SIXTEEN];
        let rows = self.rows.sum(|| ParetoSums {
            theta,
            per: [alpha.recip(), beta.recip()],
            rules,
            value: Lanes::ZERO,
            gradient: [Lanes::ZERO; 4],
            hessian: [[Lanes::ZERO; 4]; 4],
        });
        let [r, alpha, ..] = Dual::variables(theta);
        let alone = self.counts.iter().fold(Sums::from(0.0), |sum, (x, weight)| {
            sum + (ln_pochhammer(r, Dual::from(x)) - alpha.ln() * x) * weight
        });
        (rows + alone).mirrored()
    }
}
