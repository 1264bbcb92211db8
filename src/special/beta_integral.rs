//! Expectations under a beta distribution by the trapezoidal rule on the logit scale.

use super::gamma::{ln_gamma, ln_pochhammer, stirling_remainder};

/// Below this the exponential is zero.
const LN_NOTHING: f64 = -745.0;

/// E\[h(p)\] for p ~ Beta(a, b), where h(p) ≈ h₀ + h₀′·p as p → 0.
///
/// On u = logit p the density is analytic in a strip, so the trapezoidal rule converges
/// exponentially (Trefethen & Weideman 2014) — once both tails decay. They need not: with tiny a
/// or b the density runs out like e^{au} and e^{−bu}. A function with the same value and slope at
/// 0 (where m ≥ 1) and the same value at 1 is therefore taken off, h₀(1−p)^m + h(1)·p², whose
/// expectation is known, and the rest falls at least like e^{(a+1)u} and e^{−(b+1)u}.
///
/// # Arguments
/// * `at_zero`: h(0) > 0; `decay`: m = −h′(0)/h(0), taken as 1 where smaller; `at_one`: h(1);
/// * `turn`: where h leaves its plateau at 0, as a probability.
pub fn beta_expectation(
    a: f64,
    b: f64,
    at_zero: f64,
    decay: f64,
    at_one: f64,
    turn: f64,
    h: impl Fn(f64) -> f64,
) -> f64 {
    let decay = decay.max(1.0);
    // E[(1−p)^m] = (b)_m/(a+b)_m and E[p²] = (a)₂/(a+b)₂.
    let survival = if a < decay {
        ln_pochhammer(b, a) - ln_pochhammer(b + decay, a)
    } else {
        ln_pochhammer(b, decay) - ln_pochhammer(a + b, decay)
    };
    let known = at_zero * survival.exp() + at_one * (a / (a + b)) * ((a + 1.0) / (a + b + 1.0));

    let mode = a / (a + b);
    let (left, right) = (mode, b / (a + b));
    let peak = ln_density_at_mode(a, b);
    let spread = (a.recip() + b.recip()).sqrt();
    let centre = a.ln() - b.ln();
    let knee = (turn / (1.0 - turn).max(f64::MIN_POSITIVE)).ln();
    // Where h falls before the density has risen, the product is a peak of width 1/√a.
    let width = if knee < centre { spread.min(a.recip().sqrt()) } else { spread };
    let step = (0.4 * width).min(0.2);

    let term = |u: f64| {
        let shift = u - centre;
        // ln(p/mode) and ln((1−p)/(1−mode)). They differ by the shift, but either may be so much
        // smaller than it that the difference would be rounding alone.
        let (ln_p, ln_q) = (-ln_mix(right, left, -shift), -ln_mix(left, right, shift));
        let ln_weight = peak + a * ln_p + b * ln_q;
        if ln_weight < LN_NOTHING {
            return None;
        }
        let p = crate::real::logistic(u);
        let rest = h(p) - at_zero * (decay * -u.exp().ln_1p()).exp() - at_one * p * p;
        Some(ln_weight.exp() * rest)
    };

    // Both tails are walked until nothing is left to add, but never further than where the
    // remainder, at least linear at 0 and at 1, is below rounding.
    let low = centre.min(knee);
    let high = centre.max(knee).max(0.0);
    let mut sum = 0.0;
    let mut largest: f64 = 0.0;
    for (direction, plateau, limit) in [(-1.0, low, low - 42.0), (1.0, high, high + 42.0)] {
        let mut k = if direction < 0.0 { 1.0 } else { 0.0 };
        loop {
            let u = centre + direction * step * k;
            // The density is log-concave: once it has underflown nothing follows.
            let Some(value) = term(u) else { break };
            sum += value;
            largest = largest.max(value.abs());
            let beyond = (u - plateau) * direction > 1.0;
            if (beyond && value.abs() <= 1e-18 * largest) || (u - limit) * direction > 0.0 {
                break;
            }
            k += 1.0;
        }
    }
    known + step * sum
}

/// ln(rest + share·eˢ) for rest = 1 − share, to full precision near 0 as well as far off.
fn ln_mix(share: f64, rest: f64, s: f64) -> f64 {
    const OVERFLOWS: f64 = 700.0;
    if s > OVERFLOWS {
        return rest.ln().max(share.ln() + s);
    }
    let change = share * s.exp_m1();
    if change > -0.5 { change.ln_1p() } else { (rest + share * s.exp()).ln() }
}

/// ln of the density of u = logit p, p ~ Beta(a, b), at its mode: a·ln m + b·ln(1−m) − ln B(a, b).
fn ln_density_at_mode(a: f64, b: f64) -> f64 {
    let (small, large) = if a < b { (a, b) } else { (b, a) };
    if small >= 10.0 {
        let total = a + b;
        return 0.5 * (small * (large / total)).ln() - 0.918_938_533_204_672_8
            + stirling_remainder(total)
            - stirling_remainder(a)
            - stirling_remainder(b);
    }
    let ln_beta = ln_gamma(small) - ln_pochhammer(large, small);
    small * (small / (a + b)).ln() - large * (small / large).ln_1p() - ln_beta
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// E[(1 − (1−p)^k)/p] = Σ_{i<k} (b)ᵢ/(a+b)ᵢ, at every scale.
        #[test]
        fn a_geometric_sum_has_its_closed_form(
            ln_a in -13.0f64..13.0, ln_b in -13.0f64..36.0, k in 2u32..400,
        ) {
            let (a, b, k) = (ln_a.exp(), ln_b.exp(), f64::from(k));
            let h = |p: f64| {
                if p < 1e-12 { k } else { -(k * (-p).ln_1p()).exp_m1() / p }
            };
            let found = beta_expectation(a, b, k, 0.5 * (k - 1.0), 1.0, 1.0 / k, h);
            let (mut survival, mut expected, mut i) = (1.0, 0.0, 0.0);
            while i < k {
                expected += survival;
                survival *= (b + i) / (a + b + i);
                i += 1.0;
            }
            prop_assert!((found / expected - 1.0).abs() < 1e-10, "{found} {expected}");
        }
    }
}
