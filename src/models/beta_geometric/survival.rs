//! How long a new customer of BG/NBD or MBG/NBD stays.

use super::LONGEST;
use crate::special::beta_expectation;

/// P(alive at t) of a new customer.
///
/// While alive, purchases come at rate λ and each is the last with probability p, so that the last
/// one comes at rate λp: the Poisson process thinned by the coin (Fader, Hardie & Lee 2005,
/// assumptions i–v). Hence P(alive at t | λ, p) = (1−p)ˢ·e^{−λpt}, s being the coins tossed at the
/// first purchase, and with λ ~ Gamma(r, α), p ~ Beta(a, b)
///
/// ```text
/// S(t) = E[(1−p)ˢ·(1 + pt/α)^{−r}] = (b)ₛ/(a+b)ₛ · E[(1 + p't/α)^{−r}],  p' ~ Beta(a, b+s)
/// ```
///
/// which is (b)ₛ/(a+b)ₛ · ₂F₁(r, a; a+b+s; −t/α).
pub(in crate::models) fn survival(&[r, alpha, a, b]: &[f64; 4], t: f64, first_coin: f64) -> f64 {
    let survives_first = if first_coin > 0.0 { b / (a + b) } else { 1.0 };
    let c = (t / alpha).min(LONGEST / (r + 1.0));
    if c <= 0.0 {
        return survives_first;
    }
    let at = |p: f64| (-r * (p * c).ln_1p()).exp();
    let turn = (1.0 / (c * (r + 1.0))).min(0.5);
    let stays = beta_expectation(a, b + first_coin, 1.0, r * c, at(1.0), turn, at);
    survives_first * stays.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::super::pmf;
    use super::*;
    use crate::special::{ln_beta_survival, ln_nbd_pmf};
    use proptest::prelude::*;

    proptest! {
        /// Σⱼ P(N(t) = j)·E[(1−p)^{j+s}]: j purchases, had there been no leaving, all survived.
        #[test]
        fn is_the_sum_over_purchases(
            ln_r in -4.0f64..2.0, ln_c in -4.0f64..1.0, ln_a in -8.0f64..8.0, ln_b in -8.0f64..8.0,
        ) {
            let [r, c, a, b] = [ln_r, ln_c, ln_a, ln_b].map(f64::exp);
            for first_coin in [0.0, 1.0] {
                let alive = |j: u32| {
                    let j = f64::from(j);
                    (ln_nbd_pmf(r, c, j) + ln_beta_survival(a, b, j + first_coin)).exp()
                };
                let expected: f64 = (0..2000).map(alive).sum();
                let found = survival(&[r, 1.0, a, b], c, first_coin);
                prop_assert!((found / expected - 1.0).abs() < 1e-10, "{found} {expected}");
            }
        }

        #[test]
        fn falls_from_the_first_coin_to_nobody(
            ln_r in -6.0f64..6.0, ln_c in -12.0f64..12.0,
            ln_a in -12.0f64..12.0, ln_b in -12.0f64..12.0,
        ) {
            let [r, c, a, b] = [ln_r, ln_c, ln_a, ln_b].map(f64::exp);
            for first_coin in [0.0, 1.0] {
                let at = |t: f64| survival(&[r, 1.0, a, b], t, first_coin);
                let start = if first_coin > 0.0 { b / (a + b) } else { 1.0 };
                prop_assert_eq!(at(0.0), start);
                prop_assert!(at(c) <= start && at(2.0 * c) <= at(c) * (1.0 + 1e-12));
                // Nobody leaves without a purchase.
                prop_assert!(at(c) >= pmf(&[r, 1.0, a, b], c, 0.0, 0.0) * start * (1.0 - 1e-10));
            }
        }
    }
}
