//! The fast evaluation of Σ w·ℓ for BG/NBD and MBG/NBD.
//!
//! Everything that depends on the whole number x alone is a sum over k of the weight of customers
//! with more than k purchases (no gamma function at all); everything that depends on T alone is a
//! sum over the distinct T. What is left is one exponential and one logarithm per unique row with
//! coins, over tables of ln(1 + T/α) and ln(1 + t_x/α).

use crate::model::{Definition, Kernel, Model, Sums, sum_chunks};
use crate::rows::Purchases;
use crate::unique::{KeyMap, UniqueRows};

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
    /// Distinct T, with Σ w and Σ w·x of their customers.
    ages: Vec<(f64, f64, f64)>,
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
    fn new(t: f64, alpha: f64) -> Self {
        let (near, far) = (alpha.recip(), (alpha + t).recip());
        let d = -t * near * far;
        Self { value: (t / alpha).ln_1p(), d, dd: -d * (near + far) }
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
        let (mut age_map, mut recency_map) = (KeyMap::default(), KeyMap::default());
        let mut ages: Vec<(f64, f64, f64)> = Vec::new();
        let mut recencies = Vec::new();
        let mut rows = Vec::new();
        for (row, &weight) in unique.rows.iter().zip(&unique.weights) {
            let x = row.frequency;
            let age = age_map.position([row.age.to_bits(), 0, 0]);
            if age == ages.len() {
                ages.push((row.age, 0.0, 0.0));
            }
            ages[age].1 += weight;
            ages[age].2 += weight * x;
            if x >= 1.0 {
                above[x as usize - 1] += weight;
            }
            if x >= 1.0 || FIRST_COIN > 0 {
                let recency = recency_map.position([row.recency.to_bits(), 0, 0]);
                if recency == recencies.len() {
                    recencies.push(row.recency);
                }
                let (frequency, age, recency) = (x as u32, age as u32, recency as u32);
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
            ages,
            recencies,
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
        for (&(_, weight, purchases), log) in self.ages.iter().zip(ages) {
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
        let (ln_a, inverse_a) = (a.ln(), a.recip());
        let failed: Vec<(f64, f64)> = (0..=self.above.len())
            .map(|x| {
                let last = b + (x as f64 + f64::from(FIRST_COIN) - 1.0);
                (last.ln(), last.recip())
            })
            .collect();
        sum_chunks(self.rows.len(), |range| {
            let mut sum = Sums::<4>::from(0.0);
            for row in &self.rows[range] {
                let (age, recency) = (&ages[row.age as usize], &recencies[row.recency as usize]);
                let (ln_failed, inverse_failed) = failed[row.frequency as usize];
                let (log, d, dd) =
                    (age.value - recency.value, age.d - recency.d, age.dd - recency.dd);
                let exponent = r + f64::from(row.frequency);
                let zeta = ln_a - ln_failed + exponent * log;
                // One exponential gives ln(1+e^ζ), its derivative and the derivative of that. A sum over
                // customers needs no more than absolute precision, so ln(1+e) does for ln_1p.
                let e = (-zeta.abs()).exp();
                let near = (1.0 + e).recip();
                let dropped = if zeta > 0.0 { near } else { e * near };
                let w = row.weight * dropped;
                let v = row.weight * e * near * near;
                let (dr, dalpha, da, db) = (log, exponent * d, inverse_a, -inverse_failed);
                sum.value += row.weight * (zeta.max(0.0) + (1.0 + e).ln());
                sum.gradient[0] += w * dr;
                sum.gradient[1] += w * dalpha;
                sum.gradient[2] += w * da;
                sum.gradient[3] += w * db;
                sum.hessian[0][0] += v * dr * dr;
                sum.hessian[0][1] += v * dr * dalpha + w * d;
                sum.hessian[0][2] += v * dr * da;
                sum.hessian[0][3] += v * dr * db;
                sum.hessian[1][1] += v * dalpha * dalpha + w * exponent * dd;
                sum.hessian[1][2] += v * dalpha * da;
                sum.hessian[1][3] += v * dalpha * db;
                sum.hessian[2][2] += v * da * da - w * da * da;
                sum.hessian[2][3] += v * da * db;
                sum.hessian[3][3] += v * db * db + w * db * db;
            }
            sum
        })
    }
}

impl<const FIRST_COIN: u32> Kernel<4> for BetaGeometricKernel<FIRST_COIN> {
    fn evaluate(&self, theta: [f64; 4]) -> Sums<4> {
        let [r, alpha, ..] = theta;
        let ages: Vec<LogAge> = self.ages.iter().map(|age| LogAge::new(age.0, alpha)).collect();
        let recencies: Vec<LogAge> =
            self.recencies.iter().map(|&recency| LogAge::new(recency, alpha)).collect();
        let mut sum =
            self.counts(theta) + self.exposures(r, &ages) + self.dropouts(theta, &ages, &recencies);
        for i in 0..4 {
            for j in 0..i {
                sum.hessian[i][j] = sum.hessian[j][i];
            }
        }
        sum
    }
}
