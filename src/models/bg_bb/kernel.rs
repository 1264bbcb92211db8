//! The fast evaluation of Σ w·ℓ for BG/BB.
//!
//! As in `history_table`, D(x, j) = (α)ₓ(β)_{j−x}/(α+β)ⱼ·(δ)ⱼ/(γ+δ)ⱼ, and from one period to the next
//!
//! ```text
//! Q(x, j) = hⱼ + σ(x, j)·(1 − hⱼ)·Q(x, j+1)
//! hⱼ = γ/(γ+δ+j),   σ(x, j) = (β+j−x)/(α+β+j)
//! ```
//!
//! D at the last purchase is a product of factors α+k, β+k, … whose logarithms are summed over k,
//! each times the weight of the customers who have it.

use std::array::from_fn;

use crate::data::observations::Periods;
use crate::data::unique::UniqueRows;
use crate::likelihood::history_table::{HistoryTable, LogRatio, sum_inactive};
use crate::models::traits::Kernel;
use crate::numerics::Sums;

/// The kernel; see the module for its formulas.
pub struct BgBbKernel {
    history: HistoryTable,
    /// Σ w·\[x > k\] for k = 0, 1, …
    bought: Vec<f64>,
    /// Σ w·\[t_x − x > k\]
    skipped: Vec<f64>,
    /// Σ w·\[t_x > k\]
    stayed: Vec<f64>,
}

/// Σ w·\[value > k\] for k = 0, 1, …
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // whole numbers of periods
fn above(values: impl Iterator<Item = (f64, f64)>) -> Vec<f64> {
    let mut above: Vec<f64> = Vec::new();
    for (value, weight) in values {
        let len = value as usize;
        if len > above.len() {
            above.resize(len, 0.0);
        }
        if len > 0 {
            above[len - 1] += weight;
        }
    }
    for k in (1..above.len()).rev() {
        above[k - 1] += above[k];
    }
    above
}

/// Periods to pass in an evaluation: for each x, from its earliest last purchase to its latest end.
pub fn steps(unique: &UniqueRows<Periods>) -> f64 {
    let [counts, recencies, periods] = &unique.values;
    let mut spans = vec![(f64::INFINITY, 0.0f64); counts.len()];
    for &[count, recency, end] in &unique.codes {
        let (from, to) = &mut spans[count as usize];
        *from = from.min(recencies[recency as usize]);
        *to = to.max(periods[end as usize]);
    }
    spans.iter().filter(|(from, _)| from.is_finite()).map(|(from, to)| to - from).sum()
}

/// ln D(x, j) minus its value at the last period in the table for x, with its derivatives in (α, β) and (γ,
/// δ) that do not vanish: first, first, αα = αβ, ββ.
#[derive(Clone, Copy, Default)]
struct LogActive {
    value: f64,
    purchase: [f64; 4],
    dropout: [f64; 4],
}

impl LogActive {
    /// The sums one period earlier, where D has the additional factor b/(a+b). ln D is counted from the
    /// end, where its steps are small: from the start, a step of 1/β would absorb all others.
    fn earlier(sum: [f64; 4], a: f64, b: f64) -> [f64; 4] {
        let (inverse, total) = (b.recip(), (a + b).recip());
        let d = a * inverse * total;
        [sum[0] + total, sum[1] - d, sum[2] - total * total, sum[3] + d * (inverse + total)]
    }
}

/// b/(a+b) and its first and second derivatives in a and b.
struct Share {
    value: f64,
    /// a/(a+b)
    rest: f64,
    first: [f64; 2],
    second: [[f64; 2]; 2],
}

impl Share {
    fn new(a: f64, b: f64) -> Self {
        let t = (a + b).recip();
        let (value, rest) = (b * t, a * t);
        let mixed = t * t * (value - rest);
        Self {
            value,
            rest,
            first: [-value * t, rest * t],
            second: [[2.0 * value * t * t, mixed], [mixed, -2.0 * rest * t * t]],
        }
    }
}

impl BgBbKernel {
    /// The kernel of these rows.
    pub fn new(unique: &UniqueRows<Periods>) -> Self {
        let rows = unique.iter();
        Self {
            history: HistoryTable::new(unique),
            bought: above(rows.clone().map(|(row, w)| (row.frequency, w))),
            skipped: above(rows.clone().map(|(row, w)| (row.recency - row.frequency, w))),
            stayed: above(rows.map(|(row, w)| (row.recency, w))),
        }
    }

    /// Σ w·ln D(x, t_x).
    fn alive_at_last(&self, [alpha, beta, gamma, delta]: [f64; 4]) -> Sums<4> {
        let mut sum = Sums::<4>::from(0.0);
        for (i, base, weights) in [(0, alpha, &self.bought), (1, beta, &self.skipped)] {
            for (k, weight) in weights.iter().enumerate() {
                let factor = base + k as f64;
                sum.value += weight * factor.ln();
                sum.gradient[i] += weight / factor;
                sum.hessian[i][i] -= weight / (factor * factor);
            }
        }
        let (mut first, mut second) = (0.0, 0.0);
        for (k, weight) in self.stayed.iter().enumerate() {
            let k = k as f64;
            let inverse = (alpha + beta + k).recip();
            sum.value -= weight * ((alpha + beta + k).ln() + (gamma / (delta + k)).ln_1p());
            first -= weight * inverse;
            second += weight * inverse * inverse;
            let (d, t) = ((delta + k).recip(), (gamma + delta + k).recip());
            sum.gradient[2] -= weight * t;
            sum.gradient[3] += weight * gamma * d * t;
            sum.hessian[2][2] += weight * t * t;
            sum.hessian[2][3] += weight * t * t;
            sum.hessian[3][3] -= weight * gamma * d * t * (d + t);
        }
        for i in 0..2 {
            sum.gradient[i] += first;
            for j in 0..2 {
                sum.hessian[i][j] += second;
            }
        }
        sum.hessian[3][2] = sum.hessian[2][3];
        sum
    }

    /// Q and ln D at the points of the table.
    fn tables(&self, [alpha, beta, gamma, delta]: [f64; 4]) -> (Vec<Sums<4>>, Vec<LogActive>) {
        let HistoryTable { times, counts, points, .. } = &self.history;
        let mut attrition = vec![Sums::<4>::from(0.0); points.len()];
        let mut log_active = vec![LogActive::default(); points.len()];
        for count in counts {
            let x = count.frequency;
            let (mut next, mut log) = (Sums::<4>::from(0.0), LogActive::default());
            let mut period = times[points[count.points.end - 1] as usize];
            for place in count.points.clone().rev().skip(1) {
                let until = times[points[place] as usize];
                while period > until {
                    period -= 1.0;
                    let (a, b) = (alpha + x, beta + (period - x));
                    let (inactive, stays) = (Share::new(a, b), Share::new(gamma, delta + period));
                    log.value += (a / b).ln_1p() + (gamma / (delta + period)).ln_1p();
                    log.purchase = LogActive::earlier(log.purchase, a, b);
                    log.dropout = LogActive::earlier(log.dropout, gamma, delta + period);
                    next = attrition_in_period(&inactive, &stays, &next);
                }
                (attrition[place], log_active[place]) = (next, log);
            }
        }
        (attrition, log_active)
    }
}

/// Q one period earlier.
fn attrition_in_period(inactive: &Share, stays: &Share, next: &Sums<4>) -> Sums<4> {
    let factor = inactive.value * stays.value;
    let mut slope = [0.0; 4];
    let mut curvature = [[0.0; 4]; 4];
    for i in 0..2 {
        slope[i] = inactive.first[i] * stays.value;
        slope[2 + i] = inactive.value * stays.first[i];
        for j in 0..2 {
            curvature[i][j] = inactive.second[i][j] * stays.value;
            curvature[2 + i][2 + j] = inactive.value * stays.second[i][j];
            curvature[i][2 + j] = inactive.first[i] * stays.first[j];
            curvature[2 + j][i] = curvature[i][2 + j];
        }
    }
    let mut here = Sums { value: factor, gradient: slope, hessian: curvature } * *next;
    here.value += stays.rest;
    for i in 0..2 {
        here.gradient[2 + i] -= stays.first[i];
        for j in 0..2 {
            here.hessian[2 + i][2 + j] -= stays.second[i][j];
        }
    }
    here
}

/// ln D(x, n) − ln D(x, t_x).
#[inline(always)]
fn log_survival_ratio(last: &LogActive, end: &LogActive) -> LogRatio {
    let [a, b, mixed, b_b]: [f64; 4] = from_fn(|i| end.purchase[i] - last.purchase[i]);
    let [c, d, mixed_d, d_d]: [f64; 4] = from_fn(|i| end.dropout[i] - last.dropout[i]);
    LogRatio {
        value: end.value - last.value,
        gradient: [a, b, c, d],
        purchase: [mixed, mixed, b_b],
        dropout: [mixed_d, mixed_d, d_d],
    }
}

impl Kernel<4> for BgBbKernel {
    fn evaluate(&self, theta: [f64; 4]) -> Sums<4> {
        let (attrition, log_active) = self.tables(theta);
        let inactive = sum_inactive(&self.history.inactive, (0, &attrition), |row| {
            log_survival_ratio(&log_active[row.last as usize], &log_active[row.end as usize])
        });
        self.alive_at_last(theta) + inactive
    }
}
