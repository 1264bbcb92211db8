//! exp and ln without branches or calls, so that loops over arrays of numbers vectorise.
//!
//! [`vectorized`] runs such loops compiled for the instruction set in use.

/// Runs a computation compiled for the vector instructions that this processor has.
#[inline]
pub fn vectorized<T>(compute: impl FnOnce() -> T) -> T {
    pulp::Arch::new().dispatch(compute)
}

/// ln 2 in two parts; products with the first are exact.
const LN_2: [f64; 2] = [6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10];

/// Adding and subtracting this rounds to a whole number, whose low bits are those of the sum.
const ROUND: f64 = 6_755_399_441_055_744.0;

/// c₀ + c₁x + c₂x² + c₃x³, given x²: as two independent halves, because the latency of dependent steps
/// dominates the time of a polynomial.
#[inline(always)]
fn cubic(c: &[f64], x: f64, square: f64) -> f64 {
    (c[0] + c[1] * x) + (c[2] + c[3] * x) * square
}

/// eˣ to 2 units in the last place; e^±708 beyond those arguments, where nothing over- or underflows.
#[inline(always)]
#[must_use]
pub fn exp(x: f64) -> f64 {
    const LAST: usize = 13;
    const INVERSE_FACTORIALS: [f64; LAST + 1] = inverse_factorials();
    let x = x.clamp(-708.0, 708.0);
    let shifted = x * std::f64::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let rest = x - n * LN_2[0] - n * LN_2[1];
    let square = rest * rest;
    let fourth = square * square;
    let part = |first: usize| cubic(&INVERSE_FACTORIALS[first..], rest, square);
    let tail = (part(2) + fourth * part(6)) + fourth * fourth * part(10);
    let sum = 1.0 + (rest + square * tail);
    sum * f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52)
}

/// ln x to 1 unit in the last place, for normal x > 0.
///
/// x = 2ᵏ(1+f) with 1+f between √½ and √2; ln(1+f) = f − f²/2 + s(f²/2 + R(s²)), s = f/(2+f), R by
/// the minimax polynomial of W. Kahan and K. C. Ng (FreeBSD's e_log.c).
#[inline(always)]
#[must_use]
pub fn ln(x: f64) -> f64 {
    const SERIES: [f64; 7] = [
        6.666_666_666_666_735e-1,
        3.999_999_999_940_942e-1,
        2.857_142_874_366_239e-1,
        2.222_219_843_214_978_4e-1,
        1.818_357_216_161_805e-1,
        1.531_383_769_920_937_3e-1,
        1.479_819_860_511_658_6e-1,
    ];
    const ROOT_HALF: u64 = 0x3fe6_a09e_0000_0000;
    const MANTISSA: u64 = 0x000f_ffff_ffff_ffff;
    // The bits of 2⁵²: a small whole number added to them is one added to 2⁵².
    const WHOLE: u64 = 0x4330_0000_0000_0000;
    let bits = x.to_bits().wrapping_add(0x3ff0_0000_0000_0000 - ROOT_HALF);
    let exponent = f64::from_bits((bits >> 52) | WHOLE) - (f64::from_bits(WHOLE) + 1023.0);
    let f = f64::from_bits((bits & MANTISSA) + ROOT_HALF) - 1.0;
    let s = f / (2.0 + f);
    let square = s * s;
    let fourth = square * square;
    let high = SERIES[4] + SERIES[5] * square + SERIES[6] * fourth;
    let sum = cubic(&SERIES, square, fourth) + fourth * fourth * high;
    let half = 0.5 * f * f;
    let tail = s * (half + square * sum) + exponent * LN_2[1];
    exponent * LN_2[0] - ((half - tail) - f)
}

/// ln(1 + x) to 2 units in the last place, for finite x ≥ −½: the rounding error of 1 + x is added to its
/// logarithm.
#[inline(always)]
#[must_use]
pub fn ln_1p(x: f64) -> f64 {
    // The bits of 1/y are about these minus those of y; a step of Newton's method leaves an error of 2 %.
    // The dividend is less than one unit in the last place of the sum, and of the logarithm unless that is
    // small.
    const INVERSE: u64 = 0x7fde_6238_22fc_16e6;
    let sum = 1.0 + x;
    let guess = f64::from_bits(INVERSE.wrapping_sub(sum.to_bits()));
    let inverse = if x < 0.25 { 1.0 - x } else { guess * (2.0 - sum * guess) };
    ln(sum) + (x - (sum - 1.0)) * inverse
}

/// eˣ − 1 to 1 unit in the last place, for −0.7 ≤ x ≤ 0.7.
#[inline(always)]
#[must_use]
pub fn exp_m1_near_zero(x: f64) -> f64 {
    const LAST: usize = 18;
    const INVERSE_FACTORIALS: [f64; LAST + 1] = inverse_factorials();
    let mut sum = INVERSE_FACTORIALS[LAST];
    let mut k = LAST;
    while k > 2 {
        k -= 1;
        sum = sum * x + INVERSE_FACTORIALS[k];
    }
    x + x * x * sum
}

/// 1/k! for k = 0, 1, …
const fn inverse_factorials<const N: usize>() -> [f64; N] {
    let mut terms = [1.0; N];
    let mut k = 1;
    while k < N {
        terms[k] = terms[k - 1] / k as f64;
        k += 1;
    }
    terms
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn limits() {
        assert_eq!((exp(0.0), ln(1.0)), (1.0, 0.0));
        assert!(exp(-1e9) < 1e-307 && exp(1e9).is_finite());
        assert_eq!(ln(f64::MIN_POSITIVE), f64::MIN_POSITIVE.ln());
        assert_eq!(ln(f64::MAX), f64::MAX.ln());
    }

    proptest! {
        #[test]
        fn they_are_those_of_the_library(x in -707.0f64..707.0, y in -1.0f64..1.0) {
            prop_assert!((exp(x) / x.exp() - 1.0).abs() < 5e-16);
            let wide = x.exp();
            prop_assert!((ln(wide) - wide.ln()).abs() <= 3e-16 * wide.ln().abs());
            let near = y.exp();
            prop_assert!((ln(near) - near.ln()).abs() <= 3e-16 * near.ln().abs());
            prop_assert!((ln_1p(wide) / wide.ln_1p() - 1.0).abs() <= 5e-16);
            let positive = y.abs();
            prop_assert!((ln_1p(positive) / positive.ln_1p() - 1.0).abs() <= 5e-16);
            prop_assert!((ln_1p(near) / near.ln_1p() - 1.0).abs() <= 5e-16);
            let half = -0.5 * positive;
            prop_assert!((ln_1p(half) / half.ln_1p() - 1.0).abs() <= 5e-16);
            let small = 0.7 * y;
            prop_assert!((exp_m1_near_zero(small) / small.exp_m1() - 1.0).abs() <= 3e-16);
        }

        #[test]
        fn vectors_are_computed_like_single_numbers(x in proptest::collection::vec(-700.0f64..700.0, 0..40)) {
            let all: Vec<f64> = vectorized(|| x.iter().map(|&x| ln(exp(x))).collect());
            for (x, found) in x.iter().zip(all) {
                prop_assert!((found - x).abs() <= 3e-16 * x.abs().max(1.0));
            }
        }
    }
}
