//! P(alive) of many customers.
//!
//! With a = α + t_x, b = β + t_x, p = r + x and D = T − t_x, the log odds of having dropped out by T
//! against being alive are
//!
//! ```text
//! ζ = ln{s/b·∫₀ᴰ (1 + w/a)^{−p}(1 + w/b)^{−s−1} dw} + p·ln(1 + D/a) + s·ln(1 + D/b)
//! ```
//!
//! The integral is computed by a rule from `quadrature_rules` that depends on the customer alone; customers
//! of one rule are computed together, with the same result as one by one.

use super::quadrature_rules::{NEGLIGIBLE, rule_for};
use crate::data::observations::Purchases;
use crate::numerics::{EIGHT, FOUR, MAX_TIME_RATIO, SIXTEEN, TWO, exp, ln, ln_1p, vectorized};

/// Customers computed side by side.
const CUSTOMERS_PER_BATCH: usize = 16;

/// Customers per chunk that are sorted by rule.
const ROWS_PER_CHUNK: usize = 2048;

/// The largest width of a panel: the error of sixteen nodes is below 2e-15 of the integral, whatever its
/// parameters (1e-13 if the panel were 3 wide).
const MAX_PANEL_WIDTH: f64 = 2.5;

/// The method of integration of a customer: 0 where D = 0, then two to sixteen nodes, and beyond
/// [`SIXTEEN_NODES`] that many panels of sixteen nodes on a logarithmic scale.
type Method = usize;
const SIXTEEN_NODES: Method = 4;
/// More than there are: panels span at most ln(1 + `MAX_TIME_RATIO`).
const MAX_METHODS: usize = 300;

/// The parameters of ζ of some customers.
#[derive(Clone, Copy)]
struct Inactivity<const L: usize> {
    p: [f64; L],
    /// 1/a
    per_rate: [f64; L],
    /// 1/b
    per_scale: [f64; L],
    /// D
    width: [f64; L],
}

impl<const L: usize> Inactivity<L> {
    const NONE: Self =
        Self { p: [0.0; L], per_rate: [0.0; L], per_scale: [0.0; L], width: [0.0; L] };

    #[inline(always)]
    fn set(&mut self, i: usize, &[r, alpha, _, beta]: &[f64; 4], [x, recency, age]: [f64; 3]) {
        self.p[i] = r + x;
        self.per_rate[i] = (alpha + recency).recip();
        self.per_scale[i] = (beta + recency).recip();
        self.width[i] = age - recency;
    }

    /// The slope of the integrand's logarithm at 0, and the most by which it may change in a unit of
    /// time.
    #[inline(always)]
    fn steepness(&self, i: usize, s: f64) -> [f64; 2] {
        let slope = self.p[i] * self.per_rate[i] + (s + 1.0) * self.per_scale[i];
        [slope, self.per_rate[i].max(self.per_scale[i])]
    }

    /// ln(1 + D/ℓ), ℓ being the smallest scale of the integrand, and 1/ℓ.
    #[inline(always)]
    fn length(&self, i: usize, s: f64) -> [f64; 2] {
        let [slope, widest] = self.steepness(i, s);
        let per_unit = slope.max(widest);
        [ln_1p((self.width[i] * per_unit).min(MAX_TIME_RATIO)), per_unit]
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a small whole number
    #[inline(always)]
    fn method(&self, i: usize, s: f64) -> Method {
        if self.width[i] <= 0.0 {
            return 0;
        }
        let [slope, widest] = self.steepness(i, s);
        match rule_for(self.width[i] * slope, self.width[i] * widest) {
            Some(rule) => rule.len().ilog2() as usize,
            None => SIXTEEN_NODES + (self.length(i, s)[0] / MAX_PANEL_WIDTH).ceil() as usize,
        }
    }

    /// ln{(1 + w/a)^p·(1 + w/b)^q}
    #[inline(always)]
    fn decay(&self, i: usize, q: f64, w: f64) -> f64 {
        let log = |per: f64| ln_1p((w * per).min(MAX_TIME_RATIO));
        self.p[i] * log(self.per_rate[i]) + q * log(self.per_scale[i])
    }

    /// The integral by a rule over D.
    #[inline(always)]
    fn plain(&self, s: f64, rule: &[(f64, f64)]) -> [f64; L] {
        let mut sum = [0.0; L];
        for &(node, weight) in rule {
            for (i, total) in sum.iter_mut().enumerate() {
                *total += weight * exp(-self.decay(i, s + 1.0, node * self.width[i]));
            }
        }
        for (total, width) in sum.iter_mut().zip(&self.width) {
            *total *= width;
        }
        sum
    }

    /// The integral by panels on the scale of ln(1 + w/ℓ), until the remainder is negligible.
    #[inline(always)]
    fn mapped(&self, s: f64, panels: usize) -> [f64; L] {
        let (mut unit, mut step) = ([0.0; L], [0.0; L]);
        for i in 0..L {
            let [length, per_unit] = self.length(i, s);
            (unit[i], step[i]) = (per_unit.recip(), length / panels as f64);
        }
        let (mut sum, mut left) = ([0.0; L], [1.0; L]);
        for k in 0..panels {
            let k = k as f64;
            for i in 0..L {
                let v = step[i] * k;
                let decay = self.decay(i, s + 1.0, unit[i] * (exp(v) - 1.0)) - v;
                left[i] = if decay > NEGLIGIBLE { 0.0 } else { left[i] };
            }
            if left == [0.0; L] {
                break;
            }
            for &(node, weight) in SIXTEEN.iter() {
                for i in 0..L {
                    let grown = exp(step[i] * (k + node));
                    let decay = self.decay(i, s + 1.0, unit[i] * (grown - 1.0));
                    sum[i] += left[i] * weight * grown * exp(-decay);
                }
            }
        }
        for i in 0..L {
            sum[i] *= unit[i] * step[i];
        }
        sum
    }

    /// ζ of customers that have one method in common.
    #[inline(always)]
    fn log_odds(&self, s: f64, method: Method) -> [f64; L] {
        let integral = match method {
            0 => return [f64::NEG_INFINITY; L],
            1 => self.plain(s, TWO.as_slice()),
            2 => self.plain(s, FOUR.as_slice()),
            3 => self.plain(s, EIGHT.as_slice()),
            SIXTEEN_NODES => self.plain(s, SIXTEEN.as_slice()),
            _ => self.mapped(s, method - SIXTEEN_NODES),
        };
        let mut odds = [0.0; L];
        for i in 0..L {
            let dropped_out = (s * self.per_scale[i] * integral[i]).max(f64::MIN_POSITIVE);
            odds[i] = ln(dropped_out) + self.decay(i, s, self.width[i]);
        }
        odds
    }
}

/// ζ of one customer.
pub fn log_odds_dropped_out(theta: &[f64; 4], row: &Purchases) -> f64 {
    let mut inactivity = Inactivity::<1>::NONE;
    inactivity.set(0, theta, [row.frequency, row.recency, row.age]);
    inactivity.log_odds(theta[2], inactivity.method(0, theta[2]))[0]
}

/// 1/(1 + e^ζ), zero where it is below 1e-307.
#[inline(always)]
pub fn p_alive_at(zeta: f64) -> f64 {
    const LARGEST: f64 = 707.0;
    let small = exp(-zeta.abs());
    let larger = 1.0 / (1.0 + small);
    let smaller = if zeta > LARGEST { 0.0 } else { small * larger };
    if zeta > 0.0 { smaller } else { larger }
}

/// P(alive) of customers given as columns of x, t_x and T.
pub fn probabilities_alive(theta: &[f64; 4], columns: [&[f64]; 3], out: &mut [f64]) {
    for (chunk, out) in out.chunks_mut(ROWS_PER_CHUNK).enumerate() {
        let from = chunk * ROWS_PER_CHUNK;
        let columns = columns.map(|column| &column[from..from + out.len()]);
        vectorized(
            #[inline(always)]
            || fill_chunk(theta, columns, out),
        );
    }
}

#[inline(always)]
fn fill_chunk(theta: &[f64; 4], columns: [&[f64]; 3], out: &mut [f64]) {
    let s = theta[2];
    let row = |i: usize| columns.map(|column| column[i]);
    let (mut methods, mut order) = ([0u16; ROWS_PER_CHUNK], [0u16; ROWS_PER_CHUNK]);
    let mut ends = [0usize; MAX_METHODS];
    for (i, method) in methods[..out.len()].iter_mut().enumerate() {
        let mut inactivity = Inactivity::<1>::NONE;
        inactivity.set(0, theta, row(i));
        let found = inactivity.method(0, s);
        *method = u16::try_from(found).unwrap_or_default();
        ends[found] += 1;
    }
    let mut total = 0;
    for end in &mut ends {
        (*end, total) = (total, total + *end);
    }
    for (i, &method) in (0u16..).zip(&methods[..out.len()]) {
        let end = &mut ends[usize::from(method)];
        order[*end] = i;
        *end += 1;
    }
    let mut begin = 0;
    for (method, &end) in ends.iter().enumerate() {
        for rows in order[begin..end].chunks(CUSTOMERS_PER_BATCH) {
            let mut inactivity = Inactivity::<CUSTOMERS_PER_BATCH>::NONE;
            for i in 0..CUSTOMERS_PER_BATCH {
                inactivity.set(i, theta, row(usize::from(rows[i.min(rows.len() - 1)])));
            }
            let odds = inactivity.log_odds(s, method);
            let mut probabilities = [0.0; CUSTOMERS_PER_BATCH];
            for i in 0..CUSTOMERS_PER_BATCH {
                probabilities[i] = p_alive_at(odds[i]);
            }
            for (&row, p_alive_at) in rows.iter().zip(probabilities) {
                out[usize::from(row)] = p_alive_at;
            }
        }
        begin = end;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{inactivity, ln_dropped_out};
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..Default::default() })]

        /// The integral taken by adaptive panels throughout, as in the likelihood.
        #[test]
        fn p_alive_equals_that_of_the_likelihood(
            theta in proptest::array::uniform4(-13.8f64..13.8),
            ln_x in 0.0f64..14.0, share in 0.0f64..1.0, ln_age in -7.0f64..12.0,
        ) {
            let (theta, age) = (theta.map(f64::exp), ln_age.exp());
            let frequency = ln_x.exp().floor() - 1.0;
            let recency = if frequency > 0.0 { share * age } else { 0.0 };
            let row = Purchases { frequency, recency, age };
            let zeta = ln_dropped_out(theta, &row) + inactivity(theta, &row);
            let found = log_odds_dropped_out(&theta, &row);
            prop_assert!((found - zeta).abs() < 5e-13 + 1e-14 * zeta.abs(), "{found} {zeta}");
            let p_alive_at = p_alive_at(found);
            let allowed = 2e-12 * p_alive_at + 1e-306;
            let expected = if zeta > 0.0 { (-zeta).exp() / (1.0 + (-zeta).exp()) } else { 1.0 / (1.0 + zeta.exp()) };
            prop_assert!((p_alive_at - expected).abs() <= allowed, "{p_alive_at} {zeta}");
        }
    }

    #[test]
    fn extreme_parameters_give_probabilities() {
        for theta in
            [[1e-20, 1e-20, 1e-20, 1e-20], [1e20, 1e20, 1e20, 1e20], [1e20, 1e-20, 1e20, 1e-20]]
        {
            for age in [1e-300, 1e-3, 1e5, 1e300] {
                let row = Purchases { frequency: 0.0, recency: 0.0, age };
                let found = p_alive_at(log_odds_dropped_out(&theta, &row));
                assert!((0.0..=1.0).contains(&found), "{theta:?} {age} {found}");
            }
        }
        assert_eq!(p_alive_at(f64::NEG_INFINITY), 1.0);
    }
}
