//! Gauss–Legendre quadrature on panels.

use std::array::from_fn;
use std::sync::LazyLock;

use super::number::{Number, Plain};
use super::vectorized;

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

/// The largest lengths of an interval of v = ln(1 + w/ℓ), ℓ being the smallest scale of a decaying
/// integrand, over which four, eight, twelve and sixteen nodes err by less than 1e-14 of the integral.
///
/// There the integrand is analytic, and not much larger than on the line itself, where |Im v| ≤ 1.4. The
/// ellipse within that strip around a panel of width h is the one of ρ = b + √(b²+1), b = 2.8/h, and n
/// nodes err by about ρ^{−2n}.
const MAX_LENGTHS: [f64; 4] = [0.1, 0.75, 1.55, 2.3];

/// Panels are skipped where the integrand has decayed by this exponent.
pub const NEGLIGIBLE: f64 = 45.0;

/// The rule for intervals of v up to some length, and the number of panels that it is for.
#[inline(always)]
fn rule_for(longest: f64) -> (&'static [(f64, f64)], f64) {
    let rules: [&'static [(f64, f64)]; 4] = [&*FOUR, &*EIGHT, &*TWELVE, &*SIXTEEN];
    let longer: usize = MAX_LENGTHS[..3].iter().map(|most| usize::from(longest > *most)).sum();
    (rules[longer], (longest / MAX_LENGTHS[3]).ceil().max(1.0))
}

/// Moments of 1, A = ln(1 + w/a), A′ = ∂A/∂a, B = ln(1 + w/b) and B′ = ∂B/∂b over (1 + w/a)^{−p}·(1 + w/b)^{−q}
/// dw: the products of two of them, on the upper triangle.
type DecayMoments<P> = [[P; 5]; 5];

/// ∫₀ᴰ (1 + w/a)^{−p}·(1 + w/b)^{−q} dw for a, b > 0, p and q ≥ 0, not both 0, and D > 0.
///
/// On v = ln(1 + w/ℓ), ℓ being the smallest scale of the integrand, it is log-concave and analytic
/// in the strip |Im v| < π/2, so panels of bounded width give full precision at any parameters; at
/// most some tens of them, and one or two in ordinary data. Derivatives are moments of the same integral.
#[must_use]
pub fn decay_integral<N: Number>([a, p, b, q]: [N; 4], until: N::Data) -> N {
    let (p_value, q_value, zero) = (p.value(), q.value(), N::Data::from(0.0));
    let (per_a, per_b) = (a.value().recip(), b.value().recip());
    let m = vectorized(
        #[inline(always)]
        || decay_moments([per_a, per_b], [p_value, q_value], until),
    );
    // The second derivative of ln(1 + w/a) in a is −A′(A′ + 2/a).
    let bend = |power: N::Data, per: N::Data, first: N::Data, second: N::Data| {
        power * (power * second + second + per * first * 2.0)
    };
    let gradient = [-(p_value * m[0][2]), -m[0][1], -(q_value * m[0][4]), -m[0][3]];
    let hessian = [
        [
            bend(p_value, per_a, m[0][2], m[2][2]),
            p_value * m[1][2] - m[0][2],
            p_value * q_value * m[2][4],
            p_value * m[2][3],
        ],
        [zero, m[1][1], q_value * m[1][4], m[1][3]],
        [zero, zero, bend(q_value, per_b, m[0][4], m[4][4]), q_value * m[3][4] - m[0][4]],
        [zero, zero, zero, m[3][3]],
    ];
    N::compose([a, p, b, q], m[0][0], gradient, hessian)
}

/// The largest number of nodes of a rule.
const MAX_NODES: usize = 16;

#[inline(always)]
fn decay_moments<P: Plain>([per_a, per_b]: [P; 2], [p, q]: [P; 2], until: P) -> DecayMoments<P> {
    let slope = (p * per_a + q * per_b).float();
    let per_unit = slope.max(per_a.float()).max(per_b.float());
    let length = (until.float() * per_unit).min(MAX_TIME_RATIO).ln_1p();
    let (rule, panels) = rule_for(length);
    let (unit, width) = (per_unit.recip(), length / panels);
    let mut moments = [[P::from(0.0); 5]; 5];
    let mut k = 0.0;
    while k < panels {
        if k > 0.0 {
            // Log-concave in v: what has become small continues to decrease.
            let far = unit * (width * k).exp_m1();
            let fallen = p * (per_a * far).ln_1p() + q * (per_b * far).ln_1p();
            if fallen.float() - width * k > NEGLIGIBLE {
                break;
            }
        }
        let zeros = [P::from(0.0); MAX_NODES];
        let (mut power, [mut a, mut da, mut b, mut db]) = (zeros, [zeros; 4]);
        for (i, &(node, weight)) in rule.iter().enumerate().take(MAX_NODES) {
            let growth = P::from(width * (node + k)).exp();
            let w = (growth - 1.0) * unit;
            let (part_a, part_b) = (w * per_a, w * per_b);
            a[i] = part_a.ln_1p();
            b[i] = part_b.ln_1p();
            da[i] = -(part_a * per_a) * (part_a + 1.0).recip();
            db[i] = -(part_b * per_b) * (part_b + 1.0).recip();
            power[i] = (-(p * a[i]) - q * b[i]).exp() * growth * (weight * unit * width);
        }
        for i in 0..rule.len().min(MAX_NODES) {
            let terms = [P::from(1.0), a[i], da[i], b[i], db[i]];
            for (m, term) in terms.into_iter().enumerate() {
                let weighted = power[i] * term;
                for n in m..5 {
                    moments[m][n] = moments[m][n] + weighted * terms[n];
                }
            }
        }
        k += 1.0;
    }
    moments
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
