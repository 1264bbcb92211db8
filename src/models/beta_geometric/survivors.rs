//! Expected purchases of many customers of the same x at once.

use super::{expected_survivors, has_short_sum};

/// How many sums run side by side.
const LANES: usize = 8;
/// Terms between two looks at whether the sums have converged.
const STRIDE: usize = 4;

/// [`expected_survivors`] for each c, the other parameters being shared. What the terms of the sums
/// have in common, the two divisions, is computed once for [`LANES`] of them.
pub fn expected_survivors_of(size: f64, spans: &[f64], a: f64, b: f64, out: &mut [f64]) {
    for (spans, out) in spans.chunks(LANES).zip(out.chunks_mut(LANES)) {
        // An incomplete group is filled up with its last one.
        let filled: [f64; LANES] = std::array::from_fn(|lane| spans[lane.min(spans.len() - 1)]);
        let logs = filled.map(f64::ln_1p);
        let short = |(&c, &log): (&f64, &f64)| c > 0.0 && has_short_sum(size, c, log);
        if filled.iter().zip(&logs).all(short) {
            out.copy_from_slice(&side_by_side(size, filled, logs, a, b)[..spans.len()]);
        } else {
            for (cell, &c) in out.iter_mut().zip(spans) {
                *cell = expected_survivors(size, c, a, b);
            }
        }
    }
}

/// The sums of [`expected_survivors`], each run until all have converged.
fn side_by_side(
    size: f64,
    spans: [f64; LANES],
    logs: [f64; LANES],
    a: f64,
    b: f64,
) -> [f64; LANES] {
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
        // As in the single sum: what is left is at most mass·survival·(1 + 2·ratio + 3·ratio² + …).
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
            ln_spans in proptest::collection::vec(-20.0f64..6.0, 1..30),
        ) {
            let [size, a, b] = [ln_size, ln_a, ln_b].map(f64::exp);
            let spans: Vec<f64> = ln_spans.iter().map(|ln_c| ln_c.exp()).collect();
            let mut out = vec![0.0; spans.len()];
            expected_survivors_of(size, &spans, a, b, &mut out);
            for (found, &c) in out.iter().zip(&spans) {
                let single = expected_survivors(size, c, a, b);
                prop_assert!((found / single - 1.0).abs() < 1e-13, "{found} {single}");
            }
        }
    }
}
