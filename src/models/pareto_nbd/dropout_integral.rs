//! The probability of n purchases before a dropout, as an integral over the time of the dropout.

use crate::numerics::{Unimodal, ln_nbd_pmf, peak, walk};

/// ∫₀ᵗ P(N = n | y)·s/β·(1 + y/β)^{−s−1} dy for N ~ NBD(r, y/α) and n ≥ 1: the probability of n purchases
/// and then a dropout, by t.
///
/// The integrand is log-concave in u = ln y. Panels start from its mode and are as wide as its slope and
/// curvature allow, until the remainder is negligible.
#[must_use]
pub fn dropout_after(&[r, alpha, s, beta]: &[f64; 4], t: f64, n: f64) -> f64 {
    let shape = DropoutAfter { theta: [r, alpha, s, beta], n };
    let end = t.ln();
    let low = ((alpha / (n + r)).min(beta / (s + 1.0)) * 0.5 * (n + 1.0)).ln().min(end);
    let mode = if shape.slope_and_curvature(end)[0] >= 0.0 { end } else { peak(&shape, low, end) };
    let left = walk(&shape, mode, f64::NEG_INFINITY, 0.0);
    (left + walk(&shape, mode, end, left)) * (s / beta)
}

/// The integrand of [`dropout_after`] in u = ln y.
struct DropoutAfter {
    theta: [f64; 4],
    n: f64,
}

impl Unimodal for DropoutAfter {
    fn value(&self, u: f64) -> f64 {
        let ([r, alpha, s, beta], y) = (self.theta, u.exp());
        (ln_nbd_pmf(r, y / alpha, self.n) - (s + 1.0) * (y / beta).ln_1p() + u).exp()
    }
    fn slope_and_curvature(&self, u: f64) -> [f64; 2] {
        let ([r, alpha, s, beta], y) = (self.theta, u.exp());
        let buys = (self.n + r) * (y / (alpha + y));
        let drops = (s + 1.0) * (y / (beta + y));
        let bends = buys * (alpha / (alpha + y)) + drops * (beta / (beta + y));
        [(self.n + 1.0) - buys - drops, bends]
    }
}
