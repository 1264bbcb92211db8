//! Expected purchases of many customers of the same x at once.

use super::{LONGEST, expected_survivors_integral};

/// How many sums run side by side.
const LANES: usize = 8;
/// Terms between two looks at whether the sums have converged.
const STRIDE: usize = 4;

/// E[(1 − e^{−λpt})/p] for λt ~ Gamma(R, rate 1/c) and p ~ Beta(a, b), for each c: expected purchases
/// of an active customer who would make N ~ NBD(R, c) of them but tosses a coin after each.
///
/// The (i+1)-th purchase happens when N > i and i coins were survived, hence
/// Σᵢ P(N > i)·(b)ᵢ/(a+b)ᵢ. All terms are positive, so neither a ≈ 1 (where the closed form with
/// ₂F₁ has 0/0) nor small t (where it cancels) loses digits. Where the sum is long, the integral
/// over p is taken instead. What the terms of the sums have in common, the two divisions, is computed
/// once for [`LANES`] of them; no answer depends on the others.
pub fn expected_survivors_of(size: f64, spans: &[f64], a: f64, b: f64, out: &mut [f64]) {
    for (spans, out) in spans.chunks(LANES).zip(out.chunks_mut(LANES)) {
        let short = |c: f64| c > 0.0 && has_short_sum(size, c);
        if let Some(&filler) = spans.iter().find(|&&c| short(c)) {
            let all = std::array::from_fn(|lane| match spans.get(lane) {
                Some(&c) if short(c) => c,
                _ => filler,
            });
            out.copy_from_slice(&side_by_side(size, all, a, b)[..spans.len()]);
        }
        for (cell, &c) in out.iter_mut().zip(spans).filter(|(_, c)| !short(**c)) {
            let c = c.min(LONGEST / (size + 1.0));
            *cell = if c > 0.0 { expected_survivors_integral(size, c, a, b) } else { 0.0 };
        }
    }
}

fn has_short_sum(size: f64, c: f64) -> bool {
    const LONGEST_SUM: f64 = 3000.0;
    // ln(1 + c) ≤ c spares the logarithm wherever c is small.
    let mean = size * c;
    let length = mean + 9.0 * (mean * (1.0 + c)).sqrt() + 38.0 * (1.0 + c);
    length <= LONGEST_SUM && (mean <= 600.0 || size * c.ln_1p() <= 600.0)
}

/// The sums, each run until it has converged.
fn side_by_side(size: f64, spans: [f64; LANES], a: f64, b: f64) -> [f64; LANES] {
    let logs = spans.map(f64::ln_1p);
    let z = spans.map(|c| c / (1.0 + c));
    let mut mass = logs.map(|log| (-size * log).exp());
    let mut tail: [f64; LANES] = std::array::from_fn(|lane| match mass[lane] {
        mass if mass < 0.5 => 1.0 - mass,
        _ => -(-size * logs[lane]).exp_m1(),
    });
    let mut sum = [0.0; LANES];
    let (mut survival, mut i) = (1.0, 0.0);
    loop {
        let mut ratio = [0.0; LANES];
        let mut survived = survival;
        for _ in 0..STRIDE {
            let step = (size + i) / (i + 1.0);
            survived = survival;
            for lane in 0..LANES {
                sum[lane] += tail[lane] * survived;
                ratio[lane] = z[lane] * step;
                mass[lane] *= ratio[lane];
                tail[lane] -= mass[lane];
            }
            survival *= (b + i) / (a + b + i);
            i += 1.0;
        }
        // What is left is at most mass·survival·(1 + 2·ratio + 3·ratio² + …).
        // A lane that has converged stops, since what is left of its tail is rounding alone.
        let mut converged = true;
        for lane in 0..LANES {
            let rest = 1.0 - ratio[lane];
            let small = mass[lane] * survived <= 1e-17 * sum[lane] * rest * rest;
            if rest > 0.0 && small {
                (mass[lane], tail[lane]) = (0.0, 0.0);
            } else {
                converged = false;
            }
        }
        if converged {
            return sum;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn many_are_as_one(
            ln_size in -10.0f64..8.0, ln_a in -13.0f64..13.0, ln_b in -13.0f64..13.0,
            ln_spans in proptest::collection::vec(-20.0f64..9.0, 1..30),
        ) {
            let [size, a, b] = [ln_size, ln_a, ln_b].map(f64::exp);
            let spans: Vec<f64> = ln_spans.iter().map(|ln_c| ln_c.exp()).collect();
            let mut out = vec![0.0; spans.len()];
            expected_survivors_of(size, &spans, a, b, &mut out);
            for (found, &c) in out.iter().zip(&spans) {
                let mut single = [0.0];
                expected_survivors_of(size, &[c], a, b, &mut single);
                prop_assert_eq!(*found, single[0]);
            }
        }
    }
}
