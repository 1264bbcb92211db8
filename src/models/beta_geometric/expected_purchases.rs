//! Expected purchases of many customers of the same x.

use super::expected_purchases_integral;
use crate::numerics::{
    COARSE, Falling, LANES, MAX_TIME_RATIO, Panels, evaluate, exp, exp_m1_near_zero, ln_1p,
    vectorized,
};

/// The largest number of terms of a sum; sums that pass [`has_short_sum`] end before.
const MAX_TERMS: f64 = 1e5;
/// Terms between two checks of convergence.
const TERMS_PER_CHECK: usize = 4;

/// E[(1 − e^{−λpt})/p] for λt ~ Gamma(R, rate 1/c) and p ~ Beta(a, b), for each c: expected purchases of an
/// active customer who would make N ~ NBD(R, c) of them but may drop out after each.
///
/// The (i+1)-th purchase happens when N > i and the customer has not dropped out after any of the first i,
/// hence Σᵢ P(N > i)·(b)ᵢ/(a+b)ᵢ. All terms are positive, so neither a ≈ 1 (where the closed form with ₂F₁
/// has 0/0) nor small t (where it cancels) loses digits. Where the sum is long, the integral over p is used
/// instead. The factors that the sums share, two divisions per term, are computed once for [`LANES`] of
/// them; no result depends on the others.
pub fn expected_purchases_of(size: f64, spans: &[f64], a: f64, b: f64, out: &mut [f64]) {
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
            let c = c.min(MAX_TIME_RATIO / (size + 1.0));
            *cell = if c > 0.0 { expected_purchases_integral(size, c, a, b) } else { 0.0 };
        }
    }
}

/// (1 − (1+pc)^{−R})/p: the expected purchases of customers with dropout probability p.
pub(super) struct ExpectedPurchases {
    /// R
    pub(super) size: f64,
    /// c
    pub(super) c: f64,
}

impl Falling for ExpectedPurchases {
    fn value(&self, p: f64) -> f64 {
        let bend = p * self.c * (self.size + 1.0);
        if bend < 1e-9 {
            // Rc·(1 − (R+1)pc/2), where p may underflow.
            self.size * self.c * (1.0 - 0.5 * bend)
        } else {
            -(-self.size * (p * self.c).ln_1p()).exp_m1() / p
        }
    }
    #[inline(always)]
    fn ordinary(&self, p: f64) -> f64 {
        let Self { size, c } = *self;
        let bend = p * c * (size + 1.0);
        let exponent = -size * ln_1p(p * c);
        let [near, far] = [exp_m1_near_zero(exponent.max(-0.7)), exp(exponent) - 1.0];
        let bought = if exponent > -0.7 { -near } else { -far };
        if bend < 1e-9 { size * c * (1.0 - 0.5 * bend) } else { bought / p }
    }
    /// 1 − R·pc/(1+pc)/((1+pc)ᴿ − 1)
    fn steepness(&self, p: f64) -> f64 {
        let (c, bend) = (p * self.c, p * self.c * (self.size + 1.0));
        if bend < 1e-5 {
            return 0.5 * bend;
        }
        let power = (self.size * c.ln_1p()).exp_m1();
        (1.0 - self.size * (c / (1.0 + c)) / power).max(0.0)
    }
    fn bend(&self, p: f64) -> f64 {
        (0.5 * p * self.c * (self.size + 1.0)).min(0.5)
    }
    fn knees(&self) -> [f64; 2] {
        [self.c * (self.size + 1.0), self.c].map(|c| 1.0 / (1.0 + c))
    }
}

fn has_short_sum(size: f64, c: f64) -> bool {
    const MAX_TERMS_OF_SHORT_SUM: f64 = 3000.0;
    // ln(1 + c) ≤ c spares the logarithm wherever c is small.
    let mean = size * c;
    let length = mean + 9.0 * (mean * (1.0 + c)).sqrt() + 38.0 * (1.0 + c);
    length <= MAX_TERMS_OF_SHORT_SUM && (mean <= 600.0 || size * c.ln_1p() <= 600.0)
}

/// The sums, each run until it has converged.
fn side_by_side(size: f64, spans: [f64; LANES], a: f64, b: f64) -> [f64; LANES] {
    vectorized(
        #[inline(always)]
        || {
            let [mut z, mut mass, mut tail, mut sum] = [[0.0; LANES]; 4];
            for lane in 0..LANES {
                z[lane] = spans[lane] / (1.0 + spans[lane]);
                let exponent = -size * ln_1p(spans[lane]);
                mass[lane] = exp(exponent);
                let near_one = -exp_m1_near_zero(exponent.max(-0.7));
                tail[lane] = if mass[lane] < 0.5 { 1.0 - mass[lane] } else { near_one };
            }
            let (mut survival, mut i) = (1.0, 0.0);
            loop {
                let mut ratio = [0.0; LANES];
                let mut survived = survival;
                for _ in 0..TERMS_PER_CHECK {
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
                // The remainder is at most mass·survival·(1 + 2·ratio + 3·ratio² + …). A lane that has
                // converged stops, because the remainder of its tail is rounding error.
                let mut running = 0u64;
                for lane in 0..LANES {
                    let rest = 1.0 - ratio[lane];
                    let small = mass[lane] * survived <= 1e-17 * sum[lane] * rest * rest;
                    let done = (rest > 0.0) & small;
                    mass[lane] = if done { 0.0 } else { mass[lane] };
                    tail[lane] = if done { 0.0 } else { tail[lane] };
                    running |= u64::from(!done);
                }
                if running == 0 || i > MAX_TERMS {
                    return sum;
                }
            }
        },
    )
}

/// Σₖ wₖ·E(tₖ·rate) for each rate, E being [`expected_purchases_of`]; times are ascending.
///
/// For one size all these are values of one function of c = t·rate. It is analytic where c is not negative,
/// and bounded there by a small multiple of itself at |c|, since |1 + pc| ≥ 1. Where many values are
/// needed, they are interpolated by polynomials.
pub fn weighted_expected_purchases(
    size: f64,
    [a, b]: [f64; 2],
    rates: &[f64],
    (times, weights): (&[f64], &[f64]),
    out: &mut [f64],
) {
    out.fill(0.0);
    let zeros = times.partition_point(|&t| t == 0.0);
    let (times, weights) = (&times[zeros..], &weights[zeros..]);
    let (Some(first), Some(last)) = (times.first(), times.last()) else { return };
    let (mut slowest, mut fastest) = (f64::INFINITY, 0.0f64);
    for &rate in rates {
        slowest = slowest.min(rate);
        fastest = fastest.max(rate);
    }
    let (from, to) = (first * slowest, last * fastest);
    let panels = PurchaseCurve::panel(to).saturating_sub(PurchaseCurve::panel(from)) + 1;
    let values = rates.len() * times.len();
    let ordinary = from > f64::MIN_POSITIVE && to * (size + 1.0) < MAX_TIME_RATIO;
    if ordinary && panels * 2 * (NODES_PER_PANEL as u64) < values as u64 {
        PurchaseCurve::new(size, [a, b], from, to).add(rates, (times, weights), out);
        return;
    }
    let together = (VALUES_PER_BATCH / times.len()).max(1);
    let (mut spans, mut expected) = (Vec::new(), Vec::new());
    for (rates, out) in rates.chunks(together).zip(out.chunks_mut(together)) {
        // Horizon by horizon: rates that are close to one another need sums of about the same length.
        spans.clear();
        for t in times {
            spans.extend(rates.iter().map(|rate| t * rate));
        }
        expected.resize(spans.len(), 0.0);
        expected_purchases_of(size, &spans, a, b, &mut expected);
        for (row, weight) in expected.chunks(rates.len()).zip(weights) {
            for (cell, value) in out.iter_mut().zip(row) {
                *cell += weight * value;
            }
        }
    }
}

/// Values that are computed together where they are not interpolated.
const VALUES_PER_BATCH: usize = 4096;
const NODES_PER_PANEL: usize = 22;
type CoarsePanels = Panels<NODES_PER_PANEL, 0>;

/// [`expected_purchases_of`] as a function of c.
struct PurchaseCurve {
    first: u64,
    polynomials: Vec<[f64; NODES_PER_PANEL]>,
}

impl PurchaseCurve {
    fn panel(c: f64) -> u64 {
        CoarsePanels::panel(c)
    }

    fn new(size: f64, [a, b]: [f64; 2], from: f64, to: f64) -> Self {
        let first = Self::panel(from);
        let polynomials = (first..=Self::panel(to)).map(|panel| {
            let mut values = [0.0; NODES_PER_PANEL];
            expected_purchases_of(size, &COARSE.nodes(panel), a, b, &mut values);
            COARSE.polynomial(&values)
        });
        Self { first, polynomials: polynomials.collect() }
    }

    fn add(&self, rates: &[f64], (times, weights): (&[f64], &[f64]), out: &mut [f64]) {
        for (rates, out) in rates.chunks(LANES).zip(out.chunks_mut(LANES)) {
            let lanes: [f64; LANES] = std::array::from_fn(|lane| rates[lane.min(rates.len() - 1)]);
            let sums = vectorized(
                #[inline(always)]
                || self.sums(lanes, times, weights),
            );
            out.copy_from_slice(&sums[..rates.len()]);
        }
    }

    #[inline(always)]
    #[allow(clippy::cast_possible_truncation)] // panels are few
    fn sums(&self, rates: [f64; LANES], times: &[f64], weights: &[f64]) -> [f64; LANES] {
        let mut sums = [0.0; LANES];
        for (&t, &weight) in times.iter().zip(weights) {
            let [mut place, mut value] = [[0.0; LANES]; 2];
            let mut panel = [0; LANES];
            let mut differing = 0;
            for lane in 0..LANES {
                let c = t * rates[lane];
                panel[lane] = CoarsePanels::panel(c) - self.first;
                place[lane] = CoarsePanels::place(c);
                differing |= panel[lane] ^ panel[0];
            }
            if differing == 0 {
                let polynomial = &self.polynomials[panel[0] as usize];
                let mut k = NODES_PER_PANEL;
                while k > 0 {
                    k -= 1;
                    for lane in 0..LANES {
                        value[lane] = value[lane] * place[lane] + polynomial[k];
                    }
                }
            } else {
                for lane in 0..LANES {
                    let polynomial = &self.polynomials[panel[lane] as usize];
                    value[lane] = evaluate(polynomial, place[lane]);
                }
            }
            for lane in 0..LANES {
                sums[lane] += weight * value[lane];
            }
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn batches_equal_single_values(
            ln_size in -10.0f64..8.0, ln_a in -13.0f64..13.0, ln_b in -13.0f64..13.0,
            ln_spans in proptest::collection::vec(-20.0f64..9.0, 1..30),
        ) {
            let [size, a, b] = [ln_size, ln_a, ln_b].map(f64::exp);
            let spans: Vec<f64> = ln_spans.iter().map(|ln_c| ln_c.exp()).collect();
            let mut out = vec![0.0; spans.len()];
            expected_purchases_of(size, &spans, a, b, &mut out);
            for (found, &c) in out.iter().zip(&spans) {
                let mut single = [0.0];
                expected_purchases_of(size, &[c], a, b, &mut single);
                prop_assert_eq!(*found, single[0]);
            }
        }

        /// Interpolated values are those of the sums and integrals, also where panels meet.
        #[test]
        fn interpolated_values_equal_the_sums(
            ln_size in -10.0f64..6.0, ln_a in -7.0f64..7.0, ln_b in -7.0f64..7.0,
            ln_rate in -9.0f64..3.0, spread in 0.0f64..3.0, step in 0.1f64..9.0,
        ) {
            let [size, a, b] = [ln_size, ln_a, ln_b].map(f64::exp);
            let rates: Vec<f64> =
                (0..61).map(|i| (ln_rate + spread * f64::from(i) / 60.0).exp()).collect();
            let times: Vec<f64> = (0..15).map(|k| step * f64::from(k)).collect();
            let weights: Vec<f64> = (0..15).map(|k| 1.0 / f64::from(k + 1)).collect();
            let mut found = vec![0.0; rates.len()];
            weighted_expected_purchases(size, [a, b], &rates, (&times, &weights), &mut found);
            for (found, rate) in found.iter().zip(&rates) {
                let spans: Vec<f64> = times.iter().map(|t| t * rate).collect();
                let mut values = vec![0.0; spans.len()];
                expected_purchases_of(size, &spans, a, b, &mut values);
                let expected: f64 = values.iter().zip(&weights).map(|(v, w)| v * w).sum();
                prop_assert!((found / expected - 1.0).abs() < 1e-12, "{found} {expected}");
            }
        }
    }
}
