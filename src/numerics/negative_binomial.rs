//! The negative binomial distribution of purchase counts, right in both tails.

use super::beta::beta_tails;
use super::gamma::{deviance, ln_gamma, ln_pochhammer, stirling_remainder};

/// ln P(N = n) for N ~ NBD(r, c): purchases in a time t at a gamma rate, c = t/α.
///
/// P = Γ(r+n)/(Γ(r) n!) · (1+c)^{−r} · (c/(1+c))ⁿ (Ehrenberg 1959). Where r and n are both large
/// the gamma functions cancel, so the saddle-point form is used: P = r/(r+n) times a binomial
/// probability, whose logarithm is a deviance plus [`stirling_remainder`]s (Loader 2000).
#[must_use]
pub fn ln_nbd_pmf(r: f64, c: f64, n: f64) -> f64 {
    if n == 0.0 {
        return -r * c.ln_1p();
    }
    if c == 0.0 {
        return f64::NEG_INFINITY;
    }
    if r >= 10.0 && n >= 10.0 {
        let total = r + n;
        let remainders = stirling_remainder(total) - stirling_remainder(r) - stirling_remainder(n);
        // Expected shares of "r" and "n" among the total are 1/(1+c) and c/(1+c).
        let excess = (n - r * c) / (1.0 + c);
        let deviance =
            deviance(r, -excess, total / (1.0 + c)) + deviance(n, excess, total * (c / (1.0 + c)));
        return 0.5 * (r / (total * n)).ln() - 0.918_938_533_204_672_8 + remainders - deviance;
    }
    let log_ratio = if r < n {
        ln_pochhammer(n, r) - ln_gamma(r) - n.ln()
    } else {
        ln_pochhammer(r, n) - ln_gamma(n + 1.0)
    };
    log_ratio - r * c.ln_1p() - n * c.recip().ln_1p()
}

/// Terms of a sum that are added up, at most.
const MAX_TERMS: u32 = 3000;

/// P(N ≥ n) for N ~ NBD(r, c).
///
/// Three sums, so that neither digits nor time are lost: one minus the lower sum, itself summed downwards
/// from n − 1, below the mean; P(N=n)·[1 + z(r+n)/(n+1) + …] with z = c/(1+c) above it, all terms positive;
/// and P(N ≥ 1) minus the masses of 1 … n − 1 where r < 1 and n ≤ 1 + c, because there nearly all customers
/// buy nothing and the others buy very often. If a sum has not ended after `MAX_TERMS` terms, the integral P(p
/// ≤ z), p ~ Beta(n, r), is used instead.
#[must_use]
pub fn nbd_upper_tail(r: f64, c: f64, n: f64) -> f64 {
    if n <= 0.0 {
        return 1.0;
    }
    let any = -(-r * c.ln_1p()).exp_m1();
    if n < 2.0 {
        return any;
    }
    summed_tail(r, c, n).unwrap_or_else(|| beta_tails(n, r, c)[0])
}

/// The sums of [`nbd_upper_tail`], where they are short.
fn summed_tail(r: f64, c: f64, n: f64) -> Option<f64> {
    let z = c / (1.0 + c);
    if r < 1.0 && n <= 1.0 + c {
        if n > f64::from(MAX_TERMS) {
            return None;
        }
        let any = -(-r * c.ln_1p()).exp_m1();
        let (mut mass, mut tail, mut k) = (r * z * (1.0 - any), any, 1.0);
        while k < n {
            tail -= mass;
            mass *= z * (r + k) / (k + 1.0);
            k += 1.0;
        }
        return Some(tail);
    }
    if n > r * c {
        let (mut term, mut sum, mut k) = (1.0, 1.0, n);
        for _ in 0..MAX_TERMS {
            let ratio = z * (r + k) / (k + 1.0);
            term *= ratio;
            sum += term;
            k += 1.0;
            if ratio < 1.0 && term * ratio <= 1e-17 * sum * (1.0 - ratio) {
                return Some((ln_nbd_pmf(r, c, n) + f64::ln(sum)).exp());
            }
        }
        return None;
    }
    let (mut term, mut sum, mut k) = (1.0, 1.0, n - 1.0);
    for _ in 0..MAX_TERMS {
        if k <= 0.0 || term <= 1e-18 * sum {
            return Some(1.0 - (ln_nbd_pmf(r, c, n - 1.0) + f64::ln(sum)).exp());
        }
        term *= k / (z * (r + k - 1.0));
        sum += term;
        k -= 1.0;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn small_cases_are_the_product() {
        // (r)_n/n! · (1+c)^{-r} (c/(1+c))^n at r = 0.25, c = 3, n = 2.
        let expected = 0.25f64 * 1.25 / 2.0 * 4f64.powf(-0.25) * (0.75f64 * 0.75);
        assert!((ln_nbd_pmf(0.25, 3.0, 2.0) - expected.ln()).abs() < 1e-15);
        assert!((nbd_upper_tail(1.0, 1.0, 3.0) - 0.125).abs() < 1e-15);
    }

    /// `mpmath` at 50 digits. Summed upwards this takes 4e10 terms, downwards it cancels.
    #[test]
    fn the_tail_of_a_nearly_empty_distribution_keeps_its_digits() {
        let found = nbd_upper_tail(1e-6, 1e9, 24.0);
        assert!((found / 1.698_883_083_923_169e-5 - 1.0).abs() < 1e-13, "{found:e}");
    }

    /// `mpmath.betainc(n, r, 0, c/(1+c), regularized=True)` at 50 digits, where sums would be endless.
    #[test]
    fn tails_of_long_sums_keep_their_digits() {
        for (r, c, n, expected) in LONG_TAILS {
            assert!(summed_tail(r, c, n).is_none());
            let found = nbd_upper_tail(r, c, n);
            assert!((found / expected - 1.0).abs() < 1e-9, "{r} {c} {n}: {found:e} {expected:e}");
        }
    }

    const LONG_TAILS: [(f64, f64, f64, f64); 7] = [
        (1.0, 1e10, 1e9, 0.904_837_418_040_483_8),
        (1.0, 1e10, 3e10, 0.049_787_068_375_332_003),
        (0.5, 1e9, 5e4, 0.992_021_307_318_823_1),
        (1e-6, 1e12, 1e6, 1.323_820_958_965_779_6e-5),
        (2.5, 1e12, 1e12, 0.849_145_036_084_540_5),
        (100.0, 1e8, 1.2e10, 0.027_863_740_485_896_458),
        (1e4, 1e4, 9.9e7, 0.841_336_750_544_823_9),
    ];

    proptest! {
        /// P(N ≥ n) − P(N ≥ n+1) = P(N = n), also where the two branches meet.
        #[test]
        fn tails_and_masses_agree(ln_r in -3.0f64..8.0, ln_c in -6.0f64..3.0, n in 1u32..60) {
            let (r, c, n) = (ln_r.exp(), ln_c.exp(), f64::from(n));
            let mass = ln_nbd_pmf(r, c, n).exp();
            let (here, next) = (nbd_upper_tail(r, c, n), nbd_upper_tail(r, c, n + 1.0));
            prop_assert!((here - next - mass).abs() < 1e-12, "{here} {next} {mass}");
        }

        #[test]
        fn both_forms_of_the_mass_agree(ln_r in 2.4f64..5.0, ln_c in -2.0f64..2.0, n in 10u32..60) {
            let (r, c, n) = (ln_r.exp(), ln_c.exp(), f64::from(n));
            let direct = ln_pochhammer(r, n) - ln_gamma(n + 1.0) - r * c.ln_1p()
                - n * c.recip().ln_1p();
            prop_assert!((ln_nbd_pmf(r, c, n) - direct).abs() < 1e-11 * direct.abs().max(1.0));
        }
    }
}
