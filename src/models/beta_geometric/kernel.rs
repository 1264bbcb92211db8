//! The fast evaluation of Σ w·ℓ for BG/NBD and MBG/NBD on unique rows.
//!
//! Everything that depends on x alone is a sum over k of the weight of customers with more than k purchases
//! (no gamma function at all); everything that depends on T alone is a sum over the distinct T. The rest is
//! one exponential and one logarithm per unique row with a chance to drop out, over tables of ln(1 + T/α)
//! and ln(1 + t_x/α). With ρ = ln((α+T)/(α+t_x)), customers of the same x share
//!
//! ```text
//! ζ = ln a − ln(b+n−1) + (r+x)·ρ
//! ```
//!
//! except for ρ, so that eleven sums over them determine Σ w·ln(1 + e^ζ) and its derivatives.

use std::ops::Range;

use rayon::prelude::*;

use super::BetaGeometric;
use super::dropout_rows::{DropoutRows, LogAge, RowsOfCount};
use crate::data::observations::Purchases;
use crate::data::unique::UniqueRows;
use crate::likelihood::Definition;
use crate::likelihood::counts::LARGEST_COUNT;
use crate::models::traits::Kernel;
use crate::numerics::{LANES, Lanes, add_each, filled, ln, ln_1p, vectorized};
use crate::numerics::{ROWS_PER_CHUNK, Sums};

/// The kernel over tables of unique rows; see the module.
pub struct BetaGeometricKernel {
    /// The number of chances to drop out at the first purchase.
    first_dropout: f64,
    /// The weight of customers with more than k purchases: Σ w·\[x > k\], for k = 0, 1, …, filled up with zeros.
    above: Vec<f64>,
    /// Σ w
    weight: f64,
    /// Σ w·x
    purchases: f64,
    /// Distinct T, filled up with zeros.
    ages: Vec<f64>,
    /// For each distinct T, Σ w and Σ w·x of its customers.
    exposed: Vec<(f64, f64)>,
    /// Distinct t_x, filled up with zeros.
    recencies: Vec<f64>,
    /// The unique rows of customers who may have dropped out, by x.
    at_risk: DropoutRows,
    /// The rows of one x, or a part of them.
    groups: Vec<RowsOfCount>,
    /// The ranges of [`Self::groups`] that are summed per chunk.
    chunks: Vec<Range<usize>>,
}

impl BetaGeometricKernel {
    /// This kernel, combined with the definition for customers with too many purchases for tables.
    pub fn boxed(model: BetaGeometric, rows: UniqueRows<Purchases>) -> Box<dyn Kernel<4>> {
        if rows.values[0].iter().all(|&frequency| frequency <= LARGEST_COUNT) {
            return Box::new(Self::new(rows, model.first_dropout));
        }
        let (few, many): (Vec<usize>, Vec<usize>) =
            (0..rows.len()).partition(|&i| rows.row(i).frequency <= LARGEST_COUNT);
        let [few, many] = [few, many]
            .map(|some| rows.some(&some, some.iter().map(|&i| rows.weights[i]).collect()));
        let many = Definition::new(model, many);
        if few.is_empty() {
            Box::new(many)
        } else {
            Box::new(SplitKernel(Self::new(few, model.first_dropout), many))
        }
    }

    /// The terms in x alone: of Σ w·\[x > k\] for k = 0, 1, …, Σ w and Σ w·x.
    pub fn of_counts(above: Vec<f64>, weight: f64, purchases: f64, first_dropout: f64) -> Self {
        Self {
            first_dropout,
            above: filled(above),
            weight,
            purchases,
            ages: Vec::new(),
            exposed: Vec::new(),
            recencies: Vec::new(),
            at_risk: DropoutRows::default(),
            groups: Vec::new(),
            chunks: Vec::new(),
        }
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 ≤ x ≤ 1e6
    fn new(unique: UniqueRows<Purchases>, first_dropout: f64) -> Self {
        let UniqueRows { values: [frequencies, recencies, ages], codes, weights, .. } = unique;
        let [recencies, ages] = [recencies, ages].map(filled);
        let is_at_risk = |x: f64| x >= 1.0 || first_dropout > 0.0;
        // By code of x: how many rows, and Σ w.
        let mut by_count = vec![(0, 0.0); frequencies.len()];
        let mut exposed = vec![(0.0, 0.0); ages.len()];
        for (&[count, _, age], &weight) in codes.iter().zip(&weights) {
            let (exposed, count_of) = (&mut exposed[age as usize], &mut by_count[count as usize]);
            exposed.0 += weight;
            exposed.1 += weight * frequencies[count as usize];
            count_of.0 += 1;
            count_of.1 += weight;
        }
        let largest = frequencies.iter().copied().fold(0.0, f64::max);
        let mut above = vec![0.0; (largest as usize).next_multiple_of(LANES)];
        let mut groups = Vec::new();
        let mut places = Vec::with_capacity(by_count.len());
        let mut end = 0usize;
        for (&frequency, (rows, weight)) in frequencies.iter().zip(by_count) {
            if frequency >= 1.0 {
                above[frequency as usize - 1] += weight;
            }
            places.push(end);
            if is_at_risk(frequency) {
                let until = (end + rows).next_multiple_of(LANES);
                let cuts = (end..until).step_by(ROWS_PER_CHUNK);
                groups.extend(cuts.map(|cut| RowsOfCount {
                    frequency,
                    rows: cut..(cut + ROWS_PER_CHUNK).min(until),
                }));
                end = until;
            }
        }
        for k in (1..above.len()).rev() {
            above[k - 1] += above[k];
        }
        let mut at_risk =
            DropoutRows { ages: vec![0; end], recencies: vec![0; end], weights: vec![0.0; end] };
        for (&[count, recency, age], &weight) in codes.iter().zip(&weights) {
            let count = count as usize;
            if is_at_risk(frequencies[count]) {
                let place = places[count];
                places[count] += 1;
                at_risk.ages[place] = age;
                at_risk.recencies[place] = recency;
                at_risk.weights[place] = weight;
            }
        }
        let chunks =
            groups.chunk_by(|a, b| a.rows.start / ROWS_PER_CHUNK == b.rows.start / ROWS_PER_CHUNK);
        let mut done = 0;
        let chunks = chunks.map(|chunk| {
            done += chunk.len();
            done - chunk.len()..done
        });
        Self {
            first_dropout,
            chunks: chunks.collect(),
            groups,
            at_risk,
            weight: unique.total_weight,
            purchases: exposed.iter().map(|(_, purchases)| purchases).sum(),
            above,
            ages,
            exposed,
            recencies,
        }
    }

    /// Terms in x alone: Σ_k Σ w\[x>k\]·ln(r+k) − Σ w·x·ln α and ln E[(1−p)ⁿ].
    #[inline(always)]
    fn counts(&self, [r, alpha, a, b]: [f64; 4]) -> Sums<4> {
        let inverse = alpha.recip();
        let (mut dropouts, mut rates) = ([Lanes::ZERO; 5], [Lanes::ZERO; 3]);
        if self.first_dropout > 0.0 {
            let all = Lanes::of(|i| if i == 0 { self.weight } else { 0.0 });
            add_each(&mut dropouts, &dropout_terms(&all.0, 0.0, a, b));
        }
        for (n, weight) in self.above.as_chunks::<LANES>().0.iter().enumerate() {
            let first = (n * LANES) as f64;
            add_each(&mut dropouts, &dropout_terms(weight, first + self.first_dropout, a, b));
            let rate = Lanes::of(|i| r + (first + i as f64));
            let per_rate = Lanes::of(|i| rate[i].recip());
            let weighted = Lanes::of(|i| weight[i] * per_rate[i]);
            let value = Lanes::of(|i| weight[i] * ln(rate[i] * inverse));
            add_each(&mut rates, &[value, weighted, Lanes::of(|i| weighted[i] * per_rate[i])]);
        }
        let [survival, total, odds, total_squared, odds_both] = dropouts.map(Lanes::sum);
        let [value, rate, rate_squared] = rates.map(Lanes::sum);
        let mut sum = Sums::<4>::from(value - survival);
        sum.gradient = [rate, -self.purchases * inverse, -total, odds];
        sum.hessian[0][0] = -rate_squared;
        sum.hessian[1][1] = self.purchases * inverse * inverse;
        sum.hessian[2][2] = total_squared;
        sum.hessian[2][3] = total_squared;
        sum.hessian[3][3] = -odds_both;
        sum
    }

    /// Terms in T alone: −Σ w·(r+x)·ln(1 + T/α).
    #[inline(always)]
    fn exposures(&self, [r, alpha, ..]: [f64; 4], ages: &[LogAge]) -> Sums<4> {
        let twice = 2.0 / alpha;
        let mut sums = [Lanes::ZERO; 5];
        let logs = ages.as_chunks::<LANES>().0;
        for (exposed, logs) in self.exposed.as_chunks::<LANES>().0.iter().zip(logs) {
            let (weight, log) = (Lanes::of(|i| exposed[i].0), Lanes::of(|i| logs[i].value));
            let d = Lanes::of(|i| logs[i].d);
            let exponent = Lanes::of(|i| r * weight[i] + exposed[i].1);
            let slope = Lanes::of(|i| exponent[i] * d[i]);
            let terms = [
                Lanes::of(|i| exponent[i] * log[i]),
                Lanes::of(|i| weight[i] * log[i]),
                slope,
                Lanes::of(|i| weight[i] * d[i]),
                Lanes::of(|i| slope[i] * (twice + d[i])),
            ];
            add_each(&mut sums, &terms);
        }
        let [value, weight_log, slope, weight_slope, bend] = sums.map(Lanes::sum);
        let mut sum = Sums::<4>::from(-value);
        sum.gradient = [-weight_log, -slope, 0.0, 0.0];
        sum.hessian[0][1] = -weight_slope;
        sum.hessian[1][1] = bend;
        sum
    }

    /// Σ w·ln(1 + e^ζ) over the rows of customers who may have dropped out.
    fn dropouts(&self, theta: [f64; 4], ages: &[LogAge], recencies: &[LogAge]) -> Sums<4> {
        let chunk = |chunk: &Range<usize>| {
            vectorized(
                #[inline(always)]
                || {
                    let (mut sum, ln_a) = (Sums::<4>::from(0.0), ln(theta[2]));
                    for group in &self.groups[chunk.clone()] {
                        let tables = [ages, recencies];
                        sum = sum
                            + self.at_risk.dropped(theta, ln_a, group, self.first_dropout, tables);
                    }
                    sum
                },
            )
        };
        if self.chunks.len() < 4 {
            return self.chunks.iter().map(chunk).fold(Sums::from(0.0), |a, b| a + b);
        }
        let parts: Vec<Sums<4>> = self.chunks.par_iter().map(chunk).collect();
        parts.into_iter().fold(Sums::from(0.0), |a, b| a + b)
    }
}

/// Of chances to drop out that were survived, after k = `first`, `first` + 1, … others: ln(1 + a/(b+k)),
/// 1/(a+b+k), a/((b+k)(a+b+k)), −∂/∂a of the second and −∂/∂b of the third.
#[inline(always)]
fn dropout_terms(weight: &[f64; LANES], first: f64, a: f64, b: f64) -> [Lanes; 5] {
    let stay = Lanes::of(|i| b + (first + i as f64));
    let (per_stay, per_all) =
        (Lanes::of(|i| stay[i].recip()), Lanes::of(|i| (a + stay[i]).recip()));
    let total = Lanes::of(|i| weight[i] * per_all[i]);
    let odds = Lanes::of(|i| a * per_stay[i]);
    let both = Lanes::of(|i| odds[i] * total[i]);
    [
        Lanes::of(|i| weight[i] * ln_1p(odds[i])),
        total,
        both,
        Lanes::of(|i| total[i] * per_all[i]),
        Lanes::of(|i| both[i] * (per_stay[i] + per_all[i])),
    ]
}

/// Customers of whom some go through the tables and the others do not.
struct SplitKernel<A, B>(A, B);

impl<A: Kernel<4>, B: Kernel<4>> Kernel<4> for SplitKernel<A, B> {
    fn evaluate(&self, theta: [f64; 4]) -> Sums<4> {
        self.0.evaluate(theta) + self.1.evaluate(theta)
    }
}

impl Kernel<4> for BetaGeometricKernel {
    fn evaluate(&self, theta: [f64; 4]) -> Sums<4> {
        let (ages, recencies, sum) = vectorized(
            #[inline(always)]
            || {
                // One by one: in an array's map they would not be compiled for vectors.
                let ages = LogAge::of(&self.ages, theta[1]);
                let recencies = LogAge::of(&self.recencies, theta[1]);
                let sum = self.counts(theta) + self.exposures(theta, &ages);
                (ages, recencies, sum)
            },
        );
        (sum + self.dropouts(theta, &ages, &recencies)).mirrored()
    }
}
