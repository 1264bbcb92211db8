//! Interpolation of functions of positive numbers by polynomials on panels.
//!
//! Panels are equally long within an octave: the exponent and the first bits of the mantissa are the number
//! of the panel, the other bits the position on it. Neither needs a logarithm.

use std::array::from_fn;
use std::f64::consts::PI;
use std::sync::LazyLock;

use super::elementary::vectorized;

const MANTISSA: u32 = 52;
const ONE: u64 = 1.0f64.to_bits();

/// Polynomials of degree N − 1 on 2ᴮ panels per octave.
///
/// A function that is analytic right of zero is interpolated on a panel [m − w, m + w] with a relative
/// error below 4M/((ρ − 1)·ρᴺ⁻¹), ρ + 1/ρ = 2·m/w·(1 − ε), M being how many times larger it is on the
/// ellipse that reaches down to ε·m than on the panel (Trefethen 2013, theorem 8.2).
pub struct Panels<const N: usize, const B: u32> {
    /// The positions on a panel, between −1 and 1, at which the function is evaluated.
    nodes: [f64; N],
    /// From each value there to the coefficients of Chebyshev's polynomials.
    transform: [[f64; N]; N],
    /// The coefficients of powers in Chebyshev's polynomials.
    powers: [[f64; N]; N],
}

/// Sixteen panels per octave: 4M/((ρ − 1)·ρ⁷) is 4e-14·M for ε = 1/8.
pub static FINE: LazyLock<Panels<8, 4>> = LazyLock::new(Panels::new);
/// One panel per octave: 4M/((ρ − 1)·ρ²¹) is 7e-17·M for ε = 0.
pub static COARSE: LazyLock<Panels<22, 0>> = LazyLock::new(Panels::new);

impl<const N: usize, const B: u32> Panels<N, B> {
    fn new() -> Self {
        // Whole turns are removed before rounding.
        let cosine = |i: usize, j: usize| {
            let part = (2 * i + 1) * j % (4 * N);
            (PI * part as f64 / (2 * N) as f64).cos()
        };
        let scale = |j: usize| if j == 0 { 1.0 } else { 2.0 } / N as f64;
        let mut powers = [[0.0; N]; N];
        powers[0][0] = 1.0;
        powers[1][1] = 1.0;
        for j in 2..N {
            powers[j] = from_fn(|k| {
                let raised = if k == 0 { 0.0 } else { 2.0 * powers[j - 1][k - 1] };
                raised - powers[j - 2][k]
            });
        }
        Self {
            nodes: from_fn(|i| cosine(i, 1)),
            transform: from_fn(|i| from_fn(|j| scale(j) * cosine(i, j))),
            powers,
        }
    }

    /// The panel that a positive number is on.
    #[inline(always)]
    #[must_use]
    pub fn panel(value: f64) -> u64 {
        value.to_bits() >> (MANTISSA - B)
    }

    /// Where on its panel a positive number is, between −1 and 1.
    #[inline(always)]
    #[must_use]
    pub fn place(value: f64) -> f64 {
        let rest = (value.to_bits() << B) & ((1 << MANTISSA) - 1);
        2.0 * f64::from_bits(rest | ONE) - 3.0
    }

    /// The numbers on a panel at which the function must be known.
    #[must_use]
    pub fn nodes(&self, panel: u64) -> [f64; N] {
        let [from, to] = [panel, panel + 1].map(|p| f64::from_bits(p << (MANTISSA - B)));
        self.nodes.map(|node| from + 0.5 * (1.0 + node) * (to - from))
    }

    /// The polynomial through these values at a panel's nodes.
    #[must_use]
    pub fn polynomial(&self, values: &[f64; N]) -> [f64; N] {
        // First Chebyshev's, which become small, for the large numbers in the others not to cancel.
        vectorized(
            #[inline(always)]
            || product(&self.powers, &product(&self.transform, values)),
        )
    }
}

/// The sum of a matrix' rows, weighted.
#[inline(always)]
fn product<const N: usize>(rows: &[[f64; N]; N], weights: &[f64; N]) -> [f64; N] {
    let mut sum = [0.0; N];
    for i in 0..N {
        for k in 0..N {
            sum[k] += weights[i] * rows[i][k];
        }
    }
    sum
}

/// The value of a polynomial.
#[inline(always)]
#[must_use]
pub fn evaluate<const N: usize>(coefficients: &[f64; N], at: f64) -> f64 {
    let mut value = coefficients[N - 1];
    let mut k = N - 1;
    while k > 0 {
        k -= 1;
        value = value * at + coefficients[k];
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn interpolated<const N: usize, const B: u32>(
        panels: &Panels<N, B>,
        f: impl Fn(f64) -> f64,
        value: f64,
    ) -> f64 {
        let nodes = panels.nodes(Panels::<N, B>::panel(value));
        evaluate(&panels.polynomial(&nodes.map(f)), Panels::<N, B>::place(value))
    }

    proptest! {
        #[test]
        fn functions_analytic_right_of_zero_are_interpolated(
            ln_value in -30.0f64..30.0, power in -1.0f64..1.0, ln_scale in -30.0f64..30.0,
        ) {
            let (value, scale) = (ln_value.exp(), ln_scale.exp());
            let f = |v: f64| v.powf(power) / (1.0 + scale * v).powf(0.7);
            prop_assert!((interpolated(&FINE, f, value) / f(value) - 1.0).abs() < 5e-14);
            let bounded = |v: f64| -(-30.0 * (v * scale).ln_1p()).exp_m1();
            let found = interpolated(&COARSE, bounded, value);
            prop_assert!((found / bounded(value) - 1.0).abs() < 1e-14);
        }
    }

    #[test]
    fn nodes_are_on_their_panels() {
        for value in [1.0, 1.0625, 3.7, 1e-300, 2.5e17] {
            let panel = Panels::<8, 4>::panel(value);
            let nodes = FINE.nodes(panel);
            assert!(nodes.iter().all(|&node| Panels::<8, 4>::panel(node) == panel));
            for (node, place) in nodes.iter().zip(FINE.nodes) {
                assert!((Panels::<8, 4>::place(*node) - place).abs() < 1e-13);
            }
        }
    }
}
