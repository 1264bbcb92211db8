//! Integrals under a beta distribution on the logit scale, at any parameters.

use std::cmp::Ordering;

use super::elementary::{exp, ln, ln_1p, vectorized};
use super::gamma::{exp_less_line, ln_gamma, ln_pochhammer, ln_ratio, stirling_remainder};
use super::unimodal::{NODES, Unimodal, peak, sides, whole};

/// From here on the two terms of the logarithm of a density cancel.
const LARGE: f64 = 100.0;
/// Beyond this many e-folds exponentials are cut.
const MAX_EXPONENT: f64 = 700.0;
/// Values below this are not computed in lanes, where exponentials are clamped.
const TINY: f64 = 1e-300;

/// The density of s = logit p − ln(a/b) for p ~ Beta(a, b), whose mode is at 0.
#[derive(Debug, Clone, Copy)]
pub struct LogitBeta {
    a: f64,
    b: f64,
    /// a/(a+b)
    mean: f64,
    /// b/(a+b)
    rest: f64,
    /// ln(a/b)
    centre: f64,
    /// ln of the density at 0.
    ln_mode: f64,
}

impl LogitBeta {
    /// The density of these parameters, both positive and finite.
    #[must_use]
    pub fn new(a: f64, b: f64) -> Self {
        let (mean, rest) = shares(a, b);
        Self { a, b, mean, rest, centre: a.ln() - b.ln(), ln_mode: ln_density_at_mode(a, b) }
    }

    /// ln(p·(a+b)/a) and ln((1−p)·(a+b)/b). They differ by s, but either may be so much smaller than s that
    /// the difference would be rounding error.
    fn ln_ratios(&self, s: f64) -> [f64; 2] {
        [-ln_mix(self.rest, self.mean, -s), -ln_mix(self.mean, self.rest, s)]
    }

    /// p and 1 − p.
    #[must_use]
    pub fn probabilities(&self, s: f64) -> [f64; 2] {
        let odds = self.mean * s.clamp(-MAX_EXPONENT, MAX_EXPONENT).exp();
        [odds / (self.rest + odds), self.rest / (self.rest + odds)]
    }

    /// The density of p itself, 0 < p ≤ 1.
    #[must_use]
    pub fn density(&self, p: f64) -> f64 {
        let q = 1.0 - p;
        if q == 0.0 {
            // The limit at 1.
            return match self.b.total_cmp(&1.0) {
                Ordering::Less => f64::INFINITY,
                Ordering::Equal => self.a,
                Ordering::Greater => 0.0,
            };
        }
        let less = (self.mean - p) / self.rest;
        let ln_q = if less.abs() < 0.5 { less.ln_1p() } else { (-p).ln_1p() - self.rest.ln() };
        let ratios = [ln_ratio(p, self.mean), ln_q];
        (self.ln_mode + self.exponent(ratios) - p.ln() - q.ln()).exp()
    }

    /// a·ln(p/mean) + b·ln((1−p)/(1−mean)): of large parameters as −a·g(·) − b·g(·) with
    /// g(l) = eˡ − 1 − l, since a·(p/mean − 1) and b·((1−p)/(1−mean) − 1) sum to zero.
    fn exponent(&self, [ln_p, ln_q]: [f64; 2]) -> f64 {
        if self.a.min(self.b) < LARGE {
            self.a * ln_p + self.b * ln_q
        } else {
            -(self.a * exp_less_line(ln_p) + self.b * exp_less_line(ln_q))
        }
    }

    fn weight(&self, ratios: [f64; 2]) -> f64 {
        (self.ln_mode + self.exponent(ratios)).exp()
    }

    /// The density times a function of p at several points, in lanes; `None` if parameters, points or
    /// values are so extreme that each must be computed separately.
    #[inline(always)]
    #[allow(clippy::neg_cmp_op_on_partial_ord)] // no number is extreme too
    fn side_by_side(&self, places: &[f64; NODES], h: impl Fn(f64) -> f64) -> Option<[f64; NODES]> {
        if self.a.min(self.b) >= LARGE || places.iter().any(|s| s.abs() > MAX_EXPONENT) {
            return None;
        }
        let &Self { a, b, mean, rest, ln_mode, .. } = self;
        let (values, extreme) = vectorized(
            #[inline(always)]
            || {
                let (mut values, mut extreme) = ([0.0; NODES], 0u64);
                for (value, &s) in values.iter_mut().zip(places) {
                    let (up, down) = (exp(s), exp(-s));
                    let ln_ratios = [ln_mix_of(rest, mean, down), ln_mix_of(mean, rest, up)];
                    let weight = exp(ln_mode - a * ln_ratios[0] - b * ln_ratios[1]);
                    let h = h(mean * up / (rest + mean * up));
                    extreme |= u64::from(!(weight > TINY)) | u64::from(!(h > TINY));
                    *value = weight * h;
                }
                (values, extreme)
            },
        );
        (extreme == 0).then_some(values)
    }
}

impl Unimodal for LogitBeta {
    fn value(&self, s: f64) -> f64 {
        self.weight(self.ln_ratios(s))
    }
    fn values(&self, places: &[f64; NODES]) -> [f64; NODES] {
        self.side_by_side(places, |_| 1.0).unwrap_or_else(|| places.map(|s| self.value(s)))
    }
    fn slope_and_curvature(&self, s: f64) -> [f64; 2] {
        let [p, q] = self.probabilities(s);
        [self.a * q - self.b * p, self.a * p * q + self.b * p * q]
    }
    fn core(&self) -> [f64; 2] {
        [-self.centre; 2]
    }
    fn min_fall(&self, fall: f64) -> f64 {
        fall.min(self.b)
    }
}

/// P(p ≤ z) and P(p > z) for p ~ Beta(a, b) and z = odds/(1 + odds).
#[must_use]
pub fn beta_tails(a: f64, b: f64, odds: f64) -> [f64; 2] {
    let density = LogitBeta::new(a, b);
    sides(&density, 0.0, ln_ratio(odds, a / b)).map(|tail| tail.min(1.0))
}

/// A positive function of a probability that falls.
pub trait Falling {
    /// h(p)
    fn value(&self, p: f64) -> f64;
    /// h(p) where it is above 1e-300, in a form that vectorises.
    fn ordinary(&self, p: f64) -> f64;
    /// σ(p) = −p·h′(p)/h(p), which must not fall.
    fn steepness(&self, p: f64) -> f64;
    /// An upper bound of p·σ′(p), which grows at most in proportion to p.
    fn bend(&self, p: f64) -> f64;
    /// Two knees: below the first, h is hardly less than at 0; above the second, it falls like a power of
    /// p.
    fn knees(&self) -> [f64; 2];
}

/// A density times a function.
struct Product<'a, H> {
    density: LogitBeta,
    h: &'a H,
    core: [f64; 2],
}

impl<H: Falling> Unimodal for Product<'_, H> {
    fn value(&self, s: f64) -> f64 {
        let ratios = self.density.ln_ratios(s);
        self.density.weight(ratios) * self.h.value((self.density.mean * ratios[0].exp()).min(1.0))
    }
    fn values(&self, places: &[f64; NODES]) -> [f64; NODES] {
        let side_by_side = self.density.side_by_side(
            places,
            #[inline(always)]
            |p| self.h.ordinary(p),
        );
        side_by_side.unwrap_or_else(|| places.map(|s| self.value(s)))
    }
    /// (1−p)·(a − σ) − bp, whose sign changes once.
    fn slope_and_curvature(&self, s: f64) -> [f64; 2] {
        let [p, q] = self.density.probabilities(s);
        let excess = self.density.a - self.h.steepness(p);
        let bend = p * q * (excess + self.density.b).abs() + q * q * self.h.bend(p);
        [q * excess - self.density.b * p, bend]
    }
    fn core(&self) -> [f64; 2] {
        self.core
    }
    fn min_fall(&self, fall: f64) -> f64 {
        fall.min(self.density.b)
    }
}

/// E\[h(p)\] for p ~ Beta(a, b) and a falling h.
///
/// On u = logit p the density times h has one peak, and a bounded number of panels leads from it to both
/// ends, however slowly the tails e^{au} and e^{−bu} of tiny a or b decay. All terms are positive.
#[must_use]
pub fn beta_expectation(a: f64, b: f64, h: &impl Falling) -> f64 {
    let density = LogitBeta::new(a, b);
    let [first, last] = h.knees().map(|p| (p / (1.0 - p).max(f64::MIN_POSITIVE)).ln());
    let core = [first.min(0.0) - density.centre, last.max(0.0) - density.centre];
    let shape = Product { density, h, core };
    let (mut low, mut high) = (0.0, 0.0);
    let mut step = 1.0;
    while shape.slope_and_curvature(low)[0] <= 0.0 && step < 1e6 {
        (high, low) = (low, low - step);
        step *= 2.0;
    }
    whole(&shape, peak(&shape, low, high))
}

/// a/(a+b) and b/(a+b), where the sum may overflow.
fn shares(a: f64, b: f64) -> (f64, f64) {
    if a < b {
        let ratio = a / b;
        (ratio / (1.0 + ratio), 1.0 / (1.0 + ratio))
    } else {
        let ratio = b / a;
        (1.0 / (1.0 + ratio), ratio / (1.0 + ratio))
    }
}

/// ln(rest + share·eˢ) for rest = 1 − share, to full precision near 0 as well as far from it.
fn ln_mix(share: f64, rest: f64, s: f64) -> f64 {
    if s > MAX_EXPONENT {
        return rest.ln().max(share.ln() + s);
    }
    let change = share * s.exp_m1();
    if change > -0.5 { change.ln_1p() } else { (rest + share * s.exp()).ln() }
}

/// [`ln_mix`] of eˢ within ±[`MAX_EXPONENT`], in a form that vectorises. Near s = 0 it has full precision
/// relative to its factor, the smaller of two parameters below [`LARGE`], not to itself.
#[inline(always)]
fn ln_mix_of(share: f64, rest: f64, exponential: f64) -> f64 {
    let change = share * (exponential - 1.0);
    let [near, far] = [ln_1p(change.max(-0.5)), ln(rest + share * exponential)];
    if change > -0.5 { near } else { far }
}

/// ln of the density of u = logit p, p ~ Beta(a, b), at its mode: a·ln m + b·ln(1−m) − ln B(a, b).
fn ln_density_at_mode(a: f64, b: f64) -> f64 {
    let (small, large) = if a < b { (a, b) } else { (b, a) };
    let (share, rest) = shares(small, large);
    if small >= 10.0 {
        return 0.5 * (small * rest).ln() - 0.918_938_533_204_672_8 + stirling_remainder(a + b)
            - stirling_remainder(a)
            - stirling_remainder(b);
    }
    let ln_beta = ln_gamma(small) - ln_pochhammer(large, small);
    small * share.ln() - large * (small / large).ln_1p() - ln_beta
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// (1 − (1−p)ᵏ)/p = Σ_{i<k} (1−p)ⁱ
    struct Geometric(f64);

    impl Falling for Geometric {
        fn value(&self, p: f64) -> f64 {
            if p < f64::MIN_POSITIVE { self.0 } else { -(self.0 * (-p).ln_1p()).exp_m1() / p }
        }
        fn ordinary(&self, p: f64) -> f64 {
            self.value(p)
        }
        fn steepness(&self, p: f64) -> f64 {
            let power = (self.0 * (-p).ln_1p()).exp();
            let at_zero = 0.5 * (self.0 - 1.0) * p;
            if at_zero < 1e-6 {
                at_zero
            } else {
                1.0 - self.0 * p * power / ((1.0 - p).max(1e-300) * (1.0 - power))
            }
        }
        fn bend(&self, p: f64) -> f64 {
            (0.5 * (self.0 + 1.0) * p).min(1.0)
        }
        fn knees(&self) -> [f64; 2] {
            [1.0 / (self.0 + 1.0), 0.5]
        }
    }

    /// A function that counts its calls.
    struct Counted(Geometric, std::cell::Cell<u32>);

    impl Falling for Counted {
        fn value(&self, p: f64) -> f64 {
            self.1.set(self.1.get() + 1);
            self.0.value(p)
        }
        fn ordinary(&self, p: f64) -> f64 {
            self.value(p)
        }
        fn steepness(&self, p: f64) -> f64 {
            self.1.set(self.1.get() + 1);
            self.0.steepness(p)
        }
        fn bend(&self, p: f64) -> f64 {
            self.0.bend(p)
        }
        fn knees(&self) -> [f64; 2] {
            self.0.knees()
        }
    }

    #[test]
    fn no_parameters_take_many_evaluations() {
        for a in (-20..=20).map(|power| 10f64.powi(power)) {
            for b in (-20..=20).map(|power| 10f64.powi(power)) {
                for k in [2.0, 1e3, 1e9, 1e15] {
                    let counted = Counted(Geometric(k), 0.into());
                    let found = beta_expectation(a, b, &counted);
                    let within = found > 1.0 - 1e-7 && found < k * (1.0 + 1e-7);
                    assert!(within, "{a} {b} {k}: {found}");
                    assert!(counted.1.get() < 6000, "{a} {b} {k}: {}", counted.1.get());
                }
            }
        }
    }

    /// Σ_{i<k} (b)ᵢ/(a+b)ᵢ, term by term.
    fn geometric_sum(a: f64, b: f64, k: u32) -> f64 {
        let (mut survival, mut sum) = (1.0, 0.0);
        for i in (0..k).map(f64::from) {
            sum += survival;
            survival *= (b + i) / (a + b + i);
        }
        sum
    }

    #[test]
    fn probabilities_near_the_end_of_double_precision_keep_their_digits() {
        // The mean of p is 7e-13 here.
        let (a, b) = (78.25f64, 1.15e14);
        let found = beta_expectation(a, b, &Geometric(293.0));
        assert!((found / geometric_sum(a, b, 293) - 1.0).abs() < 1e-12, "{found}");
    }

    proptest! {
        /// E[(1 − (1−p)^k)/p] = Σ_{i<k} (b)ᵢ/(a+b)ᵢ, at every scale.
        #[test]
        fn a_geometric_sum_has_its_closed_form(
            ln_a in -37.0f64..37.0, ln_b in -37.0f64..37.0, k in 2u32..400,
        ) {
            let (a, b) = (ln_a.exp(), ln_b.exp());
            let found = beta_expectation(a, b, &Geometric(f64::from(k)));
            let expected = geometric_sum(a, b, k);
            prop_assert!((found / expected - 1.0).abs() < 1e-10, "{found} {expected}");
        }

        /// The whole is 1, and a quantile has its share below it.
        #[test]
        fn a_density_has_its_mass(ln_a in -27.0f64..37.0, ln_b in -27.0f64..37.0, level in 0.01f64..0.99) {
            let density = LogitBeta::new(ln_a.exp(), ln_b.exp());
            prop_assert!((whole(&density, 0.0) - 1.0).abs() < 1e-10, "{}", whole(&density, 0.0));
            let at = super::super::unimodal::quantile(&density, 0.0, level);
            let [below, above] = sides(&density, 0.0, at);
            prop_assert!((below - level).abs() < 1e-9 && (above + level - 1.0).abs() < 1e-9);
        }
    }
}
