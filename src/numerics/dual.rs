//! Dual numbers: values with exact first and second derivatives, and [`Real`], the trait they share with `f64`.

use std::array::from_fn;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A real number as the likelihoods see it.
///
/// Formulas written over `Real` give values when run on `f64`, and values with exact gradient and
/// Hessian when run on [`Dual`].
pub trait Real:
    Copy
    + From<f64>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + Add<f64, Output = Self>
    + Sub<f64, Output = Self>
    + Mul<f64, Output = Self>
    + Div<f64, Output = Self>
{
    /// The value without derivatives.
    fn value(self) -> f64;
    /// eˣ.
    #[must_use]
    fn exp(self) -> Self;
    /// Natural logarithm.
    #[must_use]
    fn ln(self) -> Self;
    /// ln(1 + x), exact for small x.
    #[must_use]
    fn ln_1p(self) -> Self;
    /// 1/x.
    #[must_use]
    fn recip(self) -> Self;
    /// ln(1 + eˣ), without overflow.
    #[must_use]
    fn softplus(self) -> Self;
}

impl Real for f64 {
    fn value(self) -> f64 {
        self
    }
    fn exp(self) -> Self {
        self.exp()
    }
    fn ln(self) -> Self {
        self.ln()
    }
    fn ln_1p(self) -> Self {
        self.ln_1p()
    }
    fn recip(self) -> Self {
        self.recip()
    }
    fn softplus(self) -> Self {
        self.max(0.0) + (-self.abs()).exp().ln_1p()
    }
}

/// 1/(1 + e⁻ˣ), exact in both tails.
#[must_use]
pub fn logistic(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + (-x).exp())
    } else {
        let e = x.exp();
        e / (1.0 + e)
    }
}

/// A value with its gradient and Hessian with respect to K variables.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dual<const K: usize> {
    /// f
    pub value: f64,
    /// ∂f/∂θᵢ
    pub gradient: [f64; K],
    /// ∂²f/∂θᵢ∂θⱼ
    pub hessian: [[f64; K]; K],
}

impl<const K: usize> Dual<K> {
    /// The K variables at a point: value θᵢ, gradient eᵢ.
    #[must_use]
    pub fn variables(at: [f64; K]) -> [Self; K] {
        from_fn(|i| {
            let mut variable = Self::from(at[i]);
            variable.gradient[i] = 1.0;
            variable
        })
    }

    /// The dual number with the lower triangle of its Hessian copied from the upper.
    #[must_use]
    pub fn mirrored(mut self) -> Self {
        for i in 0..K {
            for j in 0..i {
                self.hessian[i][j] = self.hessian[j][i];
            }
        }
        self
    }

    /// g(self), given g, g′ and g″ at its value.
    #[inline]
    fn chain(self, g: f64, dg: f64, ddg: f64) -> Self {
        Self {
            value: g,
            gradient: from_fn(|i| dg * self.gradient[i]),
            hessian: from_fn(|i| {
                from_fn(|j| dg * self.hessian[i][j] + ddg * self.gradient[i] * self.gradient[j])
            }),
        }
    }
}

impl<const K: usize> From<f64> for Dual<K> {
    fn from(value: f64) -> Self {
        Self { value, gradient: [0.0; K], hessian: [[0.0; K]; K] }
    }
}

impl<const K: usize> Add for Dual<K> {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        Self {
            value: self.value + o.value,
            gradient: from_fn(|i| self.gradient[i] + o.gradient[i]),
            hessian: from_fn(|i| from_fn(|j| self.hessian[i][j] + o.hessian[i][j])),
        }
    }
}

impl<const K: usize> Neg for Dual<K> {
    type Output = Self;
    fn neg(self) -> Self {
        self * -1.0
    }
}

impl<const K: usize> Sub for Dual<K> {
    type Output = Self;
    fn sub(self, o: Self) -> Self {
        self + -o
    }
}

impl<const K: usize> Mul for Dual<K> {
    type Output = Self;
    #[allow(clippy::suspicious_arithmetic_impl)] // the product rule adds
    fn mul(self, o: Self) -> Self {
        Self {
            value: self.value * o.value,
            gradient: from_fn(|i| self.gradient[i] * o.value + self.value * o.gradient[i]),
            hessian: from_fn(|i| {
                from_fn(|j| {
                    self.hessian[i][j] * o.value
                        + self.gradient[i] * o.gradient[j]
                        + self.gradient[j] * o.gradient[i]
                        + self.value * o.hessian[i][j]
                })
            }),
        }
    }
}

impl<const K: usize> Div for Dual<K> {
    type Output = Self;
    #[allow(clippy::suspicious_arithmetic_impl)] // a/b = a·b⁻¹
    fn div(self, o: Self) -> Self {
        self * o.recip()
    }
}

impl<const K: usize> Add<f64> for Dual<K> {
    type Output = Self;
    fn add(mut self, o: f64) -> Self {
        self.value += o;
        self
    }
}

impl<const K: usize> Sub<f64> for Dual<K> {
    type Output = Self;
    fn sub(self, o: f64) -> Self {
        self + -o
    }
}

impl<const K: usize> Mul<f64> for Dual<K> {
    type Output = Self;
    fn mul(self, o: f64) -> Self {
        self.chain(self.value * o, o, 0.0)
    }
}

impl<const K: usize> Div<f64> for Dual<K> {
    type Output = Self;
    fn div(self, o: f64) -> Self {
        self.chain(self.value / o, o.recip(), 0.0)
    }
}

impl<const K: usize> Real for Dual<K> {
    fn value(self) -> f64 {
        self.value
    }
    fn exp(self) -> Self {
        let value = self.value.exp();
        self.chain(value, value, value)
    }
    fn ln(self) -> Self {
        let inverse = self.value.recip();
        self.chain(self.value.ln(), inverse, -inverse * inverse)
    }
    fn ln_1p(self) -> Self {
        let inverse = (1.0 + self.value).recip();
        self.chain(self.value.ln_1p(), inverse, -inverse * inverse)
    }
    fn recip(self) -> Self {
        let inverse = self.value.recip();
        self.chain(inverse, -inverse * inverse, 2.0 * inverse * inverse * inverse)
    }
    fn softplus(self) -> Self {
        let s = logistic(self.value);
        self.chain(Real::softplus(self.value), s, s * logistic(-self.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// f(x, y) = ln(x·y + 1/y) − softplus(x)/y, with derivatives by hand.
    #[test]
    fn derivatives_match_those_by_hand() {
        let (x, y) = (0.7, 1.9);
        let [dx, dy] = Dual::<2>::variables([x, y]);
        let f = (dx * dy + dy.recip()).ln() - dx.softplus() / dy;
        let u = x * y + 1.0 / y;
        let s = logistic(x);
        let (ux, uy) = (y, x - 1.0 / (y * y));
        let sp = Real::softplus(x);
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-14 * (1.0 + b.abs()), "{a} {b}");
        close(f.value, u.ln() - sp / y);
        close(f.gradient[0], ux / u - s / y);
        close(f.gradient[1], uy / u + sp / (y * y));
        close(f.hessian[0][0], -ux * ux / (u * u) - s * (1.0 - s) / y);
        close(f.hessian[0][1], 1.0 / u - ux * uy / (u * u) + s / (y * y));
        close(f.hessian[1][0], f.hessian[0][1]);
        let uyy = 2.0 / (y * y * y);
        close(f.hessian[1][1], uyy / u - uy * uy / (u * u) - 2.0 * sp / (y * y * y));
    }

    #[test]
    fn softplus_and_logistic_hold_in_both_tails() {
        assert_eq!(Real::softplus(800.0), 800.0);
        assert_eq!(Real::softplus(-800.0), 0.0);
        assert!((logistic(-50.0) / (-50f64).exp() - 1.0).abs() < 1e-15);
        assert_eq!(logistic(800.0), 1.0);
    }
}
