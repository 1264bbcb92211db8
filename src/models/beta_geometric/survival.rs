//! Survival of a new customer of BG/NBD or MBG/NBD.

use crate::numerics::{Falling, MAX_TIME_RATIO, beta_expectation, exp, ln_1p};

/// (1 + pc)^{−r}
struct StillActive {
    r: f64,
    c: f64,
}

impl Falling for StillActive {
    fn value(&self, p: f64) -> f64 {
        (-self.r * (p * self.c).ln_1p()).exp()
    }
    #[inline(always)]
    fn ordinary(&self, p: f64) -> f64 {
        exp(-self.r * ln_1p(p * self.c))
    }
    fn steepness(&self, p: f64) -> f64 {
        self.r * (p * self.c / (1.0 + p * self.c))
    }
    fn bend(&self, p: f64) -> f64 {
        self.steepness(p) / (1.0 + p * self.c)
    }
    fn knees(&self) -> [f64; 2] {
        [self.c * (self.r + 1.0), self.c].map(|c| 1.0 / (1.0 + c))
    }
}

/// P(alive at t) of a new customer.
///
/// While alive, purchases come at rate λ and each is the last with probability p, so that the last one
/// comes at rate λp, by thinning of the Poisson process (Fader, Hardie & Lee 2005, assumptions i–v). Hence
/// P(alive at t | λ, p) = (1−p)ˢ·e^{−λpt}, s being the number of chances to drop out at the first purchase,
/// and with λ ~ Gamma(r, α), p ~ Beta(a, b)
///
/// ```text
/// S(t) = E[(1−p)ˢ·(1 + pt/α)^{−r}] = (b)ₛ/(a+b)ₛ · E[(1 + p't/α)^{−r}],  p' ~ Beta(a, b+s)
/// ```
///
/// which is (b)ₛ/(a+b)ₛ · ₂F₁(r, a; a+b+s; −t/α).
pub(in crate::models) fn survival(&[r, alpha, a, b]: &[f64; 4], t: f64, first_dropout: f64) -> f64 {
    let survives_first = if first_dropout > 0.0 { b / (a + b) } else { 1.0 };
    let c = (t / alpha).min(MAX_TIME_RATIO / (r + 1.0));
    if c <= 0.0 {
        return survives_first;
    }
    let stays = beta_expectation(a, b + first_dropout, &StillActive { r, c });
    survives_first * stays.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::super::pmf;
    use super::*;
    use crate::numerics::{ln_beta_survival, ln_nbd_pmf};
    use proptest::prelude::*;

    /// Where p hardly varies S(t) is (1 + pt/α)^{−r}, and without dropout it is 1.
    #[test]
    fn huge_parameters_have_their_limits() {
        for (a, b) in [(1e12, 1e13), (1e16, 3e16), (1e14, 1e14), (1e16, 1e18)] {
            let found = survival(&[0.5, 4.0, a, b], 10.0, 0.0);
            let expected = (1.0 + 2.5 * a / (a + b)).powf(-0.5);
            assert!((found / expected - 1.0).abs() < 1e-9, "{a} {b}: {found} {expected}");
        }
        for first_dropout in [0.0, 1.0] {
            assert!((survival(&[0.5, 4.0, 1e-3, 1e16], 10.0, first_dropout) - 1.0).abs() < 1e-11);
            let found = survival(&[0.2, 0.1, 1e16, 0.05], 1e4, first_dropout);
            assert!((0.0..=1.0).contains(&found), "{found}");
        }
    }

    proptest! {
        /// Σⱼ P(N(t) = j)·E[(1−p)^{j+s}]: j purchases if there were no dropout, all survived.
        #[test]
        fn is_the_sum_over_purchases(
            ln_r in -4.0f64..2.0, ln_c in -4.0f64..1.0, ln_a in -8.0f64..8.0, ln_b in -8.0f64..8.0,
        ) {
            let [r, c, a, b] = [ln_r, ln_c, ln_a, ln_b].map(f64::exp);
            for first_dropout in [0.0, 1.0] {
                let alive = |j: u32| {
                    let j = f64::from(j);
                    (ln_nbd_pmf(r, c, j) + ln_beta_survival(a, b, j + first_dropout)).exp()
                };
                let expected: f64 = (0..2000).map(alive).sum();
                let found = survival(&[r, 1.0, a, b], c, first_dropout);
                prop_assert!((found / expected - 1.0).abs() < 1e-10, "{found} {expected}");
            }
        }

        #[test]
        fn falls_from_the_first_dropout_to_zero(
            ln_r in -6.0f64..6.0, ln_c in -12.0f64..12.0,
            ln_a in -12.0f64..12.0, ln_b in -12.0f64..12.0,
        ) {
            let [r, c, a, b] = [ln_r, ln_c, ln_a, ln_b].map(f64::exp);
            for first_dropout in [0.0, 1.0] {
                let at = |t: f64| survival(&[r, 1.0, a, b], t, first_dropout);
                let start = if first_dropout > 0.0 { b / (a + b) } else { 1.0 };
                prop_assert_eq!(at(0.0), start);
                prop_assert!(at(c) <= start && at(2.0 * c) <= at(c) * (1.0 + 1e-12));
                // No customer drops out without a purchase.
                prop_assert!(at(c) >= pmf(&[r, 1.0, a, b], c, 0.0, 0.0) * start * (1.0 - 1e-10));
            }
        }
    }
}
