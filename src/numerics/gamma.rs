//! ln Γ and ratios of Γ.

use crate::numerics::number::{Number, Plain, Real};

/// From here on Stirling's series is exact to the last digit.
const STIRLING_FROM: f64 = 10.0;

/// The remainder of Stirling's formula, lnΓ(z) − \[(z − ½)ln z − z + ½ln 2π\], for z ≥ 10.
///
/// Source: NIST DLMF 5.11.1, coefficients B₂ₖ/(2k(2k−1)); the first omitted one is below 7e-16.
#[must_use]
pub fn stirling_remainder<N: Number>(z: N) -> N {
    const SERIES: [f64; 6] =
        [1.0 / 12.0, -1.0 / 360.0, 1.0 / 1260.0, -1.0 / 1680.0, 1.0 / 1188.0, -691.0 / 360_360.0];
    let inverse = z.recip();
    let square = inverse * inverse;
    let mut sum = N::from(SERIES[5]);
    for coefficient in SERIES[..5].iter().rev() {
        sum = sum * square + *coefficient;
    }
    sum * inverse
}

/// lnΓ(z) for z > 0. Absolute error about 3e-15 near the roots 1 and 2, relative elsewhere.
#[must_use]
pub fn ln_gamma<N: Number>(z: N) -> N {
    let (mut z, mut product) = (z, N::from(1.0));
    while z.value().float() < STIRLING_FROM {
        product = product * z;
        z = z + 1.0;
    }
    let half_ln_two_pi = 0.918_938_533_204_672_8;
    (z - 0.5) * z.ln() - z + half_ln_two_pi + stirling_remainder(z) - product.ln()
}

/// ln (r)ₓ = lnΓ(r + x) − lnΓ(r), the logarithm of the Pochhammer symbol, for r > 0, x ≥ 0.
///
/// The two ln Γ are never formed, so no digits cancel at huge r: with m steps that lift r above 10,
/// ln ∏ₖ₍ₖ<ₘ₎ (r+k)/(r+x+k) + (r+m−½)·ln(1 + x/(r+m)) + x·(ln(r+m+x) − 1) + δ(r+m+x) − δ(r+m),
/// δ being [`stirling_remainder`].
#[must_use]
pub fn ln_pochhammer<N: Number>(r: N, x: N) -> N {
    let (mut r, mut ratio) = (r, N::from(1.0));
    while r.value().float() < STIRLING_FROM {
        ratio = ratio * (r / (r + x));
        r = r + 1.0;
    }
    let top = r + x;
    ratio.ln() + (r - 0.5) * (x / r).ln_1p() + x * (top.ln() - 1.0) + stirling_remainder(top)
        - stirling_remainder(r)
}

/// ln E\[(1 − p)ⁿ\] = ln (b)ₙ/(a+b)ₙ for p ~ Beta(a, b) and a whole n ≥ 0: the probability of surviving n
/// chances to drop out.
///
/// For small n it is a sum of ln(1 + a/(b+k)), which keeps every digit when a ≪ b; for large n a difference
/// of [`ln_pochhammer`], arranged so that the smaller of a and n is the step.
#[must_use]
pub fn ln_beta_survival<N: Number>(a: N, b: N, n: N::Data) -> N {
    const SUM_UP_TO: f64 = 24.0;
    if n.float() <= SUM_UP_TO {
        let (mut sum, mut k) = (N::from(0.0), 0.0);
        while k < n.float() {
            sum = sum - (a / (b + k)).ln_1p();
            k += 1.0;
        }
        sum
    } else if a.value().float() < n.float() {
        ln_pochhammer(b, a) - ln_pochhammer(b.plus(n), a)
    } else {
        ln_pochhammer(b, N::constant(n)) - ln_pochhammer(a + b, N::constant(n))
    }
}

/// x·ln(x/m) − (x − m) for x, m > 0, given d = x − m to full precision.
///
/// Where x ≈ m both parts cancel; there m·[(1+e)ln(1+e) − e] with e = d/m is its series
/// m·Σ_{k≥2} (−e)ᵏ/(k(k−1)), cut off below rounding in the second derivative too.
#[must_use]
pub fn deviance<R: Real>(x: R, d: R, m: R) -> R {
    const LAST: f64 = 18.0;
    let e = d / m;
    if e.value().abs() >= 0.1 {
        return x * (x / m).ln() - d;
    }
    let (mut sum, mut k) = (R::from(0.0), LAST);
    while k >= 2.0 {
        sum = R::from((k * (k - 1.0)).recip()) - e * sum;
        k -= 1.0;
    }
    m * e * e * sum
}

/// ln \[sᵃ(1−s)ᵇ/B(a, b)\], the logarithm of a beta density in logit s, given the odds s/(1−s) > 0.
///
/// Where a and b are both large the gamma functions cancel with the powers; the saddle-point form
/// ½·ln(ab/(2π(a+b))) + δ(a+b) − δ(a) − δ(b) − (deviances of a and b from their shares) does not
/// (Loader 2000), δ being [`stirling_remainder`].
#[must_use]
pub fn ln_beta_density<R: Real>(a: R, b: R, odds: R) -> R {
    let (ln_s, ln_rest) = (-odds.recip().ln_1p(), -odds.ln_1p());
    let total = a + b;
    if a.value() < STIRLING_FROM || b.value() < STIRLING_FROM {
        return ln_inverse_beta(a, b) + a * ln_s + b * ln_rest;
    }
    let half_ln_two_pi = 0.918_938_533_204_672_8;
    let (s, rest) = (odds / (odds + 1.0), (odds + 1.0).recip());
    let excess = a * rest - b * s;
    (a * (b / total)).ln() * 0.5 - half_ln_two_pi + stirling_remainder(total)
        - stirling_remainder(a)
        - stirling_remainder(b)
        - deviance(a, excess, total * s)
        - deviance(b, -excess, total * rest)
}

/// −ln B(a, b) = lnΓ(a+b) − lnΓ(a) − lnΓ(b), the ratio with the larger of the two first.
#[must_use]
pub fn ln_inverse_beta<N: Number>(a: N, b: N) -> N {
    if a.value().float() < b.value().float() {
        ln_pochhammer(b, a) - ln_gamma(a)
    } else {
        ln_pochhammer(a, b) - ln_gamma(b)
    }
}

/// ln(x/m), to full precision where x ≈ m.
#[must_use]
pub fn ln_ratio(x: f64, m: f64) -> f64 {
    let e = (x - m) / m;
    if e.abs() < 0.5 { e.ln_1p() } else { x.ln() - m.ln() }
}

/// eˡ − 1 − l, which cancels near 0.
#[must_use]
pub fn exp_less_line(l: f64) -> f64 {
    const LAST: f64 = 13.0;
    if l.abs() > 0.25 {
        return l.exp_m1() - l;
    }
    let (mut sum, mut k) = (1.0, LAST);
    while k > 2.0 {
        sum = 1.0 + sum * l / k;
        k -= 1.0;
    }
    0.5 * l * l * sum
}

/// ln of the density of ln x, x ~ Gamma(k, 1), at its mode ln k: k·ln k − k − lnΓ(k).
#[must_use]
pub fn ln_gamma_density_at_mode(k: f64) -> f64 {
    if k < STIRLING_FROM {
        k * k.ln() - k - ln_gamma(k)
    } else {
        0.5 * k.ln() - 0.918_938_533_204_672_8 - stirling_remainder(k)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::dual::Dual;
    use proptest::prelude::*;

    fn close(found: f64, expected: f64, tolerance: f64) {
        let error = (found - expected).abs() / expected.abs().max(1.0);
        assert!(error <= tolerance, "found {found}, expected {expected}, error {error:e}");
    }

    /// Values by mpmath at 50 digits: `mpmath.loggamma`, `mpmath.rf`.
    #[test]
    fn known_values() {
        close(ln_gamma(0.5), 0.572_364_942_924_700_1, 3e-15);
        close(ln_gamma(1e-6), 13.815_509_980_749_43, 1e-15);
        close(ln_gamma(123.25), 468.614_482_950_516_6, 1e-15);
        close(ln_pochhammer(0.25, 3.0), (0.25f64 * 1.25 * 2.25).ln(), 3e-15);
        close(ln_pochhammer(1e9, 2.0), 41.446_531_674_892_82, 1e-15);
        close(ln_pochhammer(0.5, 0.0), 0.0, 0.0);
    }

    #[test]
    fn derivatives_of_the_pochhammer_symbol_are_those_of_the_sum() {
        for r in [1e-6, 0.3, 4.0, 77.0, 1e6] {
            let [dual] = Dual::<1>::variables([r]);
            let found = ln_pochhammer(dual, Dual::from(7.0));
            let terms = || (0..7).map(|k| r + f64::from(k));
            close(found.gradient[0], terms().map(f64::recip).sum(), 1e-13);
            close(found.hessian[0][0], terms().map(|t| -1.0 / (t * t)).sum(), 1e-12);
        }
    }

    #[test]
    fn a_deviance_has_the_derivatives_of_its_definition() {
        // φ(x, m) = x·ln(x/m) − (x − m): φₓ = ln(x/m), φₘ = 1 − x/m, φₓₓ = 1/x, φₓₘ = −1/m.
        for x in [0.5, 0.905, 0.99, 1.0, 1.000_001, 1.099, 1.3] {
            let [dual, m] = Dual::<2>::variables([x * 7.0, 7.0]);
            let found = deviance(dual, dual - m, m);
            close(found.gradient[0], x.ln(), 1e-14);
            close(found.gradient[1], 1.0 - x, 1e-14);
            close(found.hessian[0][0], 1.0 / (7.0 * x), 1e-13);
            close(found.hessian[0][1], -1.0 / 7.0, 1e-13);
        }
    }

    /// At mode and far from it: `mpmath` at 50 digits.
    #[test]
    fn a_beta_density_of_huge_parameters_keeps_its_digits() {
        close(ln_beta_density(1e6, 1e6, 1.0), 5.642_243_030_497_492, 1e-13);
        close(ln_beta_density(1e6, 1e3, 1e3), 2.534_356_022_706_048, 1e-13);
    }

    proptest! {
        #[test]
        fn both_forms_of_the_beta_density_agree(
            ln_a in 2.4f64..6.0, ln_b in 2.4f64..6.0, ln_odds in -3.0f64..3.0,
        ) {
            let [a, b, odds] = Dual::<3>::variables([ln_a.exp(), ln_b.exp(), ln_odds.exp()]);
            let found = ln_beta_density(a, b, odds);
            let direct = ln_inverse_beta(a, b) - a * odds.recip().ln_1p() - b * odds.ln_1p();
            let size = 1e-12 * (a.value + b.value) * 10.0;
            prop_assert!((found.value - direct.value).abs() < size);
            for i in 0..3 {
                prop_assert!((found.gradient[i] - direct.gradient[i]).abs() < size);
                for j in 0..3 {
                    prop_assert!((found.hessian[i][j] - direct.hessian[i][j]).abs() < size);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn pochhammer_is_the_product(ln_r in -13.0f64..13.0, x in 0u32..60) {
            let r = ln_r.exp();
            let product: f64 = (0..x).map(|k| (r + f64::from(k)).ln()).sum();
            close(ln_pochhammer(r, f64::from(x)), product, 1e-13);
        }

        #[test]
        fn survival_equals_the_sum_for_any_number_of_dropout_chances(
            ln_a in -13.0f64..13.0, ln_b in -13.0f64..13.0, n in 0u32..400,
        ) {
            let (a, b) = (ln_a.exp(), ln_b.exp());
            let sum: f64 = (0..n).map(|k| -(a / (b + f64::from(k))).ln_1p()).sum();
            close(ln_beta_survival(a, b, f64::from(n)), sum, 2e-12);
        }
    }
}
