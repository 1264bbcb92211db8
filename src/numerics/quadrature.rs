//! Gauss–Legendre quadrature on panels.

use std::array::from_fn;
use std::sync::LazyLock;

use super::dual::Real;

/// Nodes in [0, 1] with their weights, which sum to one.
pub type Rule<const N: usize> = [(f64, f64); N];

/// The rule of two nodes.
pub static TWO: LazyLock<Rule<2>> = LazyLock::new(legendre);
/// The rule of four nodes.
pub static FOUR: LazyLock<Rule<4>> = LazyLock::new(legendre);
/// The rule of eight nodes.
pub static EIGHT: LazyLock<Rule<8>> = LazyLock::new(legendre);
/// The rule of twelve nodes.
pub static TWELVE: LazyLock<Rule<12>> = LazyLock::new(legendre);
/// The rule of sixteen nodes.
pub static SIXTEEN: LazyLock<Rule<16>> = LazyLock::new(legendre);

/// Gauss–Legendre on [0, 1]: roots of the Legendre polynomial by Newton's method.
fn legendre<const N: usize>() -> Rule<N> {
    from_fn(|i| {
        let mut x = (std::f64::consts::PI * (i as f64 + 0.75) / (N as f64 + 0.5)).cos();
        let mut slope = 1.0;
        for _ in 0..8 {
            let (mut value, mut before) = (1.0, 0.0);
            for k in 0..N {
                let k = k as f64;
                (value, before) = (((2.0 * k + 1.0) * x * value - k * before) / (k + 1.0), value);
            }
            slope = N as f64 * (x * value - before) / (x * x - 1.0);
            x -= value / slope;
        }
        (0.5 * (1.0 - x), 1.0 / ((1.0 - x * x) * slope * slope))
    })
}

/// Ratios of times beyond this are cut, so that no product of them overflows.
pub const MAX_TIME_RATIO: f64 = 1e200;

/// ∫₀ᴰ (1 + w/a)^{−p}·(1 + w/b)^{−q} dw for a, b > 0 and p, q ≥ 0, not both 0.
///
/// On v = ln(1 + w/ℓ), ℓ being the smallest scale of the integrand, it is log-concave and analytic
/// in the strip |Im v| < π/2, so panels of bounded width give full precision at any parameters; at
/// most some tens of them, and one or two in ordinary data.
#[must_use]
pub fn decay_integral<R: Real>([a, p, b, q]: [R; 4], until: f64) -> R {
    const MAX_PANEL_WIDTH: f64 = 1.75;
    let (per_a, per_b) = (a.recip(), b.recip());
    let rate = (p * per_a + q * per_b).value();
    let scale = a.value().min(b.value()).min(rate.recip());
    let length = (until / scale).min(MAX_TIME_RATIO).ln_1p();
    let panels = (length / MAX_PANEL_WIDTH).ceil();
    let width = length / panels;
    let (mut sum, mut last, mut k) = (R::from(0.0), f64::INFINITY, 0.0);
    while k < panels {
        let mut panel = R::from(0.0);
        for &(node, weight) in SIXTEEN.iter() {
            let v = width * (k + node);
            let w = scale * v.exp_m1();
            let decay = p * (per_a * w).ln_1p() + q * (per_b * w).ln_1p();
            panel = panel + (-decay).exp() * (weight * v.exp());
        }
        sum = sum + panel;
        k += 1.0;
        if panel.value() < last && panel.value() * (panels - k) < 1e-19 * sum.value() {
            break;
        }
        last = panel.value();
    }
    sum * (scale * width)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::dual::Dual;
    use proptest::prelude::*;

    #[test]
    fn rules_integrate_polynomials() {
        let power =
            |rule: &[(f64, f64)], k: i32| -> f64 { rule.iter().map(|&(x, w)| w * x.powi(k)).sum() };
        for k in 0..8 {
            let exact = 1.0 / f64::from(k + 1);
            assert!((power(&*FOUR, k) - exact).abs() < 1e-15);
            assert!((power(&*EIGHT, 2 * k) - 1.0 / f64::from(2 * k + 1)).abs() < 1e-15);
            assert!((power(&*SIXTEEN, 4 * k) - 1.0 / f64::from(4 * k + 1)).abs() < 1e-15);
        }
    }

    proptest! {
        /// With a = b the integral is a·(1 − (1+D/a)^{1−p−q})/(p + q − 1).
        #[test]
        fn one_scale_has_a_closed_form(
            ln_a in -13.0f64..13.0, ln_p in -13.0f64..13.0, ln_q in -13.0f64..13.0,
            ln_until in -7.0f64..12.0,
        ) {
            let [a, p, q, until] = [ln_a, ln_p, ln_q, ln_until].map(f64::exp);
            let [da, dp, dq] = Dual::<3>::variables([a, p, q]);
            let found = decay_integral([da, dp, da, dq], until);
            let (power, log) = (1.0 - p - q, (until / a).ln_1p());
            let z = power * log;
            let expected = a * log * if z.abs() < 1e-8 { 1.0 + 0.5 * z } else { z.exp_m1() / z };
            prop_assert!((found.value / expected - 1.0).abs() < 2e-12, "{} {expected}", found.value);
            prop_assert!((found.gradient[1] / found.gradient[2] - 1.0).abs() < 1e-12);
        }
    }
}
