//! The fast evaluation of Σ w·ℓ for BG/NBD and MBG/NBD.
//!
//! Everything that depends on the whole number x alone is a sum over k of the weight of customers
//! with more than k purchases (no gamma function at all); everything that depends on T alone is a
//! sum over the distinct T. What is left is one exponential and one logarithm per unique row with
//! coins, over tables of ln(1 + T/α) and ln(1 + t_x/α).

use super::super::distinct::Distinct;
use crate::model::{Definition, Kernel, Model, Sums, sum_chunks};
use crate::rows::Purchases;
use crate::special::{exp, ln, ln_1p, vectorized};
use crate::unique::UniqueRows;

/// Above this many purchases of one customer the tables over x would outgrow the data.
const LARGEST_COUNT: f64 = 1e6;

/// See the module's page.
pub struct BetaGeometricKernel<const FIRST_COIN: u32> {
    /// More than k purchases: Σ w·[x > k], for k = 0, 1, …
    above: Vec<f64>,
    /// Σ w
    weight: f64,
    /// Σ w·x
    purchases: f64,
    /// Distinct T.
    ages: Vec<f64>,
    /// For each distinct T, Σ w and Σ w·x of its customers.
    exposed: Vec<(f64, f64)>,
    /// Distinct t_x.
    recencies: Vec<f64>,
    /// The unique rows that have tossed a coin.
    rows: Vec<Tossed>,
}

struct Tossed {
    frequency: u32,
    age: u32,
    recency: u32,
    weight: f64,
}

/// ln(1 + t/α) with its first two derivatives in α.
#[derive(Clone, Copy)]
struct LogAge {
    value: f64,
    d: f64,
    dd: f64,
}

impl LogAge {
    #[inline(always)]
    fn of(times: &[f64], alpha: f64) -> Vec<Self> {
        let near = alpha.recip();
        let log = |&t: &f64| {
            let far = (alpha + t).recip();
            let d = -t * near * far;
            Self { value: ln_1p(t / alpha), d, dd: -d * (near + far) }
        };
        times.iter().map(log).collect()
    }
}

impl<const FIRST_COIN: u32> BetaGeometricKernel<FIRST_COIN> {
    /// This kernel, or the model's definition where the tables would not pay.
    pub fn boxed<M: Model<4, Row = Purchases>>(rows: UniqueRows<Purchases>) -> Box<dyn Kernel<4>> {
        if rows.rows.iter().any(|row| row.frequency > LARGEST_COUNT) {
            Box::new(Definition::<M, 4>::new(rows))
        } else {
            Box::new(Self::new(&rows))
        }
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 ≤ x ≤ 1e6, positions fit
    fn new(unique: &UniqueRows<Purchases>) -> Self {
        let largest = unique.rows.iter().fold(0.0, |m: f64, row| m.max(row.frequency));
        let mut above = vec![0.0; largest as usize];
        let (mut distinct_ages, mut recencies) = (Distinct::default(), Distinct::default());
        let mut exposed: Vec<(f64, f64)> = Vec::new();
        let mut rows = Vec::with_capacity(unique.rows.len());
        for (row, &weight) in unique.rows.iter().zip(&unique.weights) {
            let x = row.frequency;
            let number = distinct_ages.position(row.age);
            let age = number as usize;
            if age == exposed.len() {
                exposed.push((0.0, 0.0));
            }
            exposed[age].0 += weight;
            exposed[age].1 += weight * x;
            if x >= 1.0 {
                above[x as usize - 1] += weight;
            }
            if x >= 1.0 || FIRST_COIN > 0 {
                let recency = recencies.position(row.recency);
                let (frequency, age) = (x as u32, number);
                rows.push(Tossed { frequency, age, recency, weight });
            }
        }
        for k in (1..above.len()).rev() {
            above[k - 1] += above[k];
        }
        Self {
            weight: unique.total_weight,
            purchases: above.iter().sum(),
            above,
            ages: distinct_ages.values(),
            exposed,
            recencies: recencies.values(),
            rows,
        }
    }

    /// Terms in x alone: Σ_k Σ w[x>k]·ln(r+k) − Σ w·x·ln α and ln E[(1−p)ⁿ].
    fn counts(&self, [r, alpha, a, b]: [f64; 4]) -> Sums<4> {
        let mut sum = Sums::<4>::from(0.0);
        let mut coins = |weight: f64, k: f64| {
            let (total, failed) = ((a + b + k).recip(), (b + k).recip());
            sum.value -= weight * (a * failed).ln_1p();
            sum.gradient[2] -= weight * total;
            sum.gradient[3] += weight * a * failed * total;
            sum.hessian[2][2] += weight * total * total;
            sum.hessian[2][3] += weight * total * total;
            sum.hessian[3][3] -= weight * a * failed * total * (failed + total);
        };
        if FIRST_COIN > 0 {
            coins(self.weight, 0.0);
        }
        for (k, &weight) in self.above.iter().enumerate() {
            coins(weight, (k + FIRST_COIN as usize) as f64);
        }
        for (k, &weight) in self.above.iter().enumerate() {
            let rate = r + k as f64;
            sum.value += weight * (rate / alpha).ln();
            sum.gradient[0] += weight / rate;
            sum.hessian[0][0] -= weight / (rate * rate);
        }
        sum.gradient[1] -= self.purchases / alpha;
        sum.hessian[1][1] += self.purchases / (alpha * alpha);
        sum
    }

    /// Terms in T alone: −Σ w·(r+x)·ln(1 + T/α).
    fn exposures(&self, r: f64, ages: &[LogAge]) -> Sums<4> {
        let mut sum = Sums::<4>::from(0.0);
        for (&(weight, purchases), log) in self.exposed.iter().zip(ages) {
            let exponent = r * weight + purchases;
            sum.value -= exponent * log.value;
            sum.gradient[0] -= weight * log.value;
            sum.gradient[1] -= exponent * log.d;
            sum.hessian[0][1] -= weight * log.d;
            sum.hessian[1][1] -= exponent * log.dd;
        }
        sum
    }

    /// Σ w·ln(1 + e^ζ) over the rows that have tossed a coin.
    fn dropouts(&self, [r, _, a, b]: [f64; 4], ages: &[LogAge], recencies: &[LogAge]) -> Sums<4> {
        let ln_a = a.ln();
        let failed: Vec<(f64, f64)> = (0..=self.above.len())
            .map(|x| {
                let last = b + (x as f64 + f64::from(FIRST_COIN) - 1.0);
                (ln_a - last.ln(), last.recip())
            })
            .collect();
        sum_chunks(self.rows.len(), |range| {
            vectorized(
                #[inline(always)]
                || dropped(&self.rows[range], [r, a], [ages, recencies], &failed),
            )
        })
    }
}

/// Rows between whose stages intermediate results stay in the nearest cache.
const BLOCK: usize = 64;

type Block = [f64; BLOCK];

/// A sum in parts side by side, added up in a fixed order.
#[derive(Clone, Copy, Default)]
struct Lanes([f64; 8]);

impl Lanes {
    #[inline(always)]
    fn add(&mut self, a: &Block) {
        for a in a.as_chunks::<8>().0 {
            for (lane, a) in self.0.iter_mut().zip(a) {
                *lane += a;
            }
        }
    }

    /// Adds Σ a·b.
    #[inline(always)]
    fn dot(&mut self, a: &Block, b: &Block) {
        for (a, b) in a.as_chunks::<8>().0.iter().zip(b.as_chunks::<8>().0) {
            for (lane, (a, b)) in self.0.iter_mut().zip(a.iter().zip(b)) {
                *lane += a * b;
            }
        }
    }

    fn total(self) -> f64 {
        self.0.iter().sum()
    }
}

#[inline(always)]
fn product(a: &Block, b: &Block) -> Block {
    let mut product = [0.0; BLOCK];
    for i in 0..BLOCK {
        product[i] = a[i] * b[i];
    }
    product
}

/// Σ w·ln(1 + e^ζ) over some rows; `failed` holds ln a − ln(b+n−1) and 1/(b+n−1) for each x.
#[inline(always)]
fn dropped(
    rows: &[Tossed],
    [r, a]: [f64; 2],
    [ages, recencies]: [&[LogAge]; 2],
    failed: &[(f64, f64)],
) -> Sums<4> {
    const ZERO: Block = [0.0; BLOCK];
    let mut value = Lanes::default();
    let mut gradient = [Lanes::default(); 4];
    let mut hessian = [[Lanes::default(); 4]; 4];
    let (mut weight, mut zeta, mut fail) = (ZERO, ZERO, ZERO);
    // ln((α+T)/(α+t_x)), its derivative, and those of its product with r + x.
    let (mut log, mut slope, mut first, mut second) = (ZERO, ZERO, ZERO, ZERO);
    let (mut softplus, mut w, mut v) = (ZERO, ZERO, ZERO);
    for rows in rows.chunks(BLOCK) {
        weight[rows.len()..].fill(0.0);
        for (i, row) in rows.iter().enumerate() {
            let (age, recency) = (&ages[row.age as usize], &recencies[row.recency as usize]);
            let (odds, inverse) = failed[row.frequency as usize];
            let exponent = r + f64::from(row.frequency);
            log[i] = age.value - recency.value;
            slope[i] = age.d - recency.d;
            first[i] = exponent * slope[i];
            second[i] = exponent * (age.dd - recency.dd);
            zeta[i] = odds + exponent * log[i];
            fail[i] = inverse;
            weight[i] = row.weight;
        }
        for i in 0..BLOCK {
            // One exponential gives ln(1+e^ζ), its derivative and the derivative of that. A sum over
            // customers needs no more than absolute precision, so ln(1+e) does for ln_1p.
            let e = exp(-zeta[i].abs());
            let near = (1.0 + e).recip();
            let dropped = if zeta[i] > 0.0 { near } else { e * near };
            softplus[i] = zeta[i].max(0.0) + ln(1.0 + e);
            w[i] = weight[i] * dropped;
            v[i] = weight[i] * e * near * near;
        }
        let (v_log, v_first, v_fail) = (product(&v, &log), product(&v, &first), product(&v, &fail));
        value.dot(&weight, &softplus);
        gradient[0].dot(&w, &log);
        gradient[1].dot(&w, &first);
        gradient[2].add(&w);
        gradient[3].dot(&w, &fail);
        hessian[0][0].dot(&v_log, &log);
        hessian[0][1].dot(&v_log, &first);
        hessian[0][1].dot(&w, &slope);
        hessian[0][2].add(&v_log);
        hessian[0][3].dot(&v_log, &fail);
        hessian[1][1].dot(&v_first, &first);
        hessian[1][1].dot(&w, &second);
        hessian[1][2].add(&v_first);
        hessian[1][3].dot(&v_first, &fail);
        hessian[2][2].add(&v);
        hessian[2][3].add(&v_fail);
        hessian[3][3].dot(&v_fail, &fail);
        hessian[3][3].dot(&product(&w, &fail), &fail);
    }
    let mut sum = Sums {
        value: value.total(),
        gradient: gradient.map(Lanes::total),
        hessian: hessian.map(|row| row.map(Lanes::total)),
    };
    sum.gradient[3] = -sum.gradient[3];
    sum.hessian[2][2] -= sum.gradient[2];
    // ∂ζ/∂b = −1/(b+n−1).
    for i in 0..3 {
        sum.hessian[i][3] = -sum.hessian[i][3];
    }
    // ∂ζ/∂a = 1/a for every row.
    sum.gradient[2] /= a;
    for (i, j) in [(0, 2), (1, 2), (2, 2), (2, 3)] {
        sum.hessian[i][j] /= a;
    }
    sum.hessian[2][2] /= a;
    sum
}

impl<const FIRST_COIN: u32> Kernel<4> for BetaGeometricKernel<FIRST_COIN> {
    fn evaluate(&self, theta: [f64; 4]) -> Sums<4> {
        let [r, alpha, ..] = theta;
        let [ages, recencies] = vectorized(
            #[inline(always)]
            || [&self.ages, &self.recencies].map(|times| LogAge::of(times, alpha)),
        );
        let sum =
            self.counts(theta) + self.exposures(r, &ages) + self.dropouts(theta, &ages, &recencies);
        sum.mirrored()
    }
}
