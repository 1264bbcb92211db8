//! Dual numbers: values with exact first and second derivatives.

use std::ops::{Add, Div, Mul, Neg, Sub};

use super::number::{Number, Plain, ln_add_exp_with_shares};

/// A value with its gradient and Hessian with respect to K variables.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dual<const K: usize, P = f64> {
    /// f
    pub value: P,
    /// ∂f/∂θᵢ
    pub gradient: [P; K],
    /// ∂²f/∂θᵢ∂θⱼ
    pub hessian: [[P; K]; K],
}

impl<const K: usize, P: Plain> Dual<K, P> {
    /// The K variables at a point: value θᵢ, gradient eᵢ.
    #[inline(always)]
    #[must_use]
    pub fn variables(at: [P; K]) -> [Self; K] {
        let mut variables = at.map(Self::constant);
        let mut i = 0;
        while i < K {
            variables[i].gradient[i] = P::from(1.0);
            i += 1;
        }
        variables
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

    /// The number of these derivatives. (Loops with counters are unrolled before anything else is
    /// optimised.)
    #[inline(always)]
    fn of(value: P, gradient: impl Fn(usize) -> P, hessian: impl Fn(usize, usize) -> P) -> Self {
        let mut number = Self::constant(value);
        let mut i = 0;
        while i < K {
            number.gradient[i] = gradient(i);
            let mut j = 0;
            while j < K {
                number.hessian[i][j] = hessian(i, j);
                j += 1;
            }
            i += 1;
        }
        number
    }

    /// A function of each part of two numbers, linear in both.
    #[inline(always)]
    fn by_parts(self, o: Self, function: impl Fn(P, P) -> P) -> Self {
        Self::of(
            function(self.value, o.value),
            #[inline(always)]
            |i| function(self.gradient[i], o.gradient[i]),
            #[inline(always)]
            |i, j| function(self.hessian[i][j], o.hessian[i][j]),
        )
    }
}

impl<const K: usize, P: Plain> From<f64> for Dual<K, P> {
    #[inline(always)]
    fn from(value: f64) -> Self {
        Self::constant(P::from(value))
    }
}

impl<const K: usize, P: Plain> Add for Dual<K, P> {
    type Output = Self;
    #[inline(always)]
    fn add(self, o: Self) -> Self {
        self.by_parts(
            o,
            #[inline(always)]
            |a, b| a + b,
        )
    }
}

impl<const K: usize, P: Plain> Sub for Dual<K, P> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, o: Self) -> Self {
        self.by_parts(
            o,
            #[inline(always)]
            |a, b| a - b,
        )
    }
}

impl<const K: usize, P: Plain> Neg for Dual<K, P> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        self.times(P::from(-1.0))
    }
}

impl<const K: usize, P: Plain> Mul for Dual<K, P> {
    type Output = Self;
    #[inline(always)]
    #[allow(clippy::suspicious_arithmetic_impl)] // the product rule adds
    fn mul(self, o: Self) -> Self {
        Self::of(
            self.value * o.value,
            #[inline(always)]
            |i| self.gradient[i].mul_add(o.value, self.value * o.gradient[i]),
            #[inline(always)]
            |i, j| {
                let cross = self.gradient[j] * o.gradient[i];
                let cross = self.gradient[i].mul_add(o.gradient[j], cross);
                self.hessian[i][j].mul_add(o.value, self.value.mul_add(o.hessian[i][j], cross))
            },
        )
    }
}

impl<const K: usize, P: Plain> Div for Dual<K, P> {
    type Output = Self;
    #[inline(always)]
    #[allow(clippy::suspicious_arithmetic_impl)] // a/b = a·b⁻¹
    fn div(self, o: Self) -> Self {
        self * o.recip()
    }
}

impl<const K: usize, P: Plain> Add<f64> for Dual<K, P> {
    type Output = Self;
    #[inline(always)]
    fn add(self, o: f64) -> Self {
        self.plus(P::from(o))
    }
}

impl<const K: usize, P: Plain> Sub<f64> for Dual<K, P> {
    type Output = Self;
    #[inline(always)]
    fn sub(self, o: f64) -> Self {
        self.plus(P::from(-o))
    }
}

impl<const K: usize, P: Plain> Mul<f64> for Dual<K, P> {
    type Output = Self;
    #[inline(always)]
    fn mul(self, o: f64) -> Self {
        self.times(P::from(o))
    }
}

impl<const K: usize, P: Plain> Div<f64> for Dual<K, P> {
    type Output = Self;
    #[inline(always)]
    fn div(self, o: f64) -> Self {
        self.chain(self.value / o, P::from(o.recip()), P::from(0.0))
    }
}

impl<const K: usize, P: Plain> Number for Dual<K, P> {
    type Data = P;

    #[inline(always)]
    fn constant(value: P) -> Self {
        let zero = P::from(0.0);
        Self { value, gradient: [zero; K], hessian: [[zero; K]; K] }
    }
    #[inline(always)]
    fn value(self) -> P {
        self.value
    }
    #[inline(always)]
    fn plus(self, data: P) -> Self {
        Self { value: self.value + data, ..self }
    }
    #[inline(always)]
    fn times(self, data: P) -> Self {
        self.by_parts(
            self,
            #[inline(always)]
            |part, _| part * data,
        )
    }
    #[inline(always)]
    fn chain(self, g: P, dg: P, ddg: P) -> Self {
        let Self { gradient, hessian, .. } = self;
        Self::of(
            g,
            #[inline(always)]
            |i| dg * gradient[i],
            #[inline(always)]
            |i, j| dg.mul_add(hessian[i][j], ddg * gradient[i] * gradient[j]),
        )
    }
    #[inline(always)]
    fn ln_add_exp(self, other: Self) -> Self {
        let (value, [share, rest]) = ln_add_exp_with_shares(self.value, other.value);
        let bend = share * rest;
        Self::of(
            value,
            #[inline(always)]
            |i| share.mul_add(self.gradient[i], rest * other.gradient[i]),
            #[inline(always)]
            |i, j| {
                let [d_i, d_j] = [i, j].map(
                    #[inline(always)]
                    |k| other.gradient[k] - self.gradient[k],
                );
                let straight = rest.mul_add(other.hessian[i][j], bend * d_i * d_j);
                share.mul_add(self.hessian[i][j], straight)
            },
        )
    }
    #[inline(always)]
    fn exp(self) -> Self {
        let value = self.value.exp();
        self.chain(value, value, value)
    }
    #[inline(always)]
    fn ln(self) -> Self {
        let inverse = self.value.recip();
        self.chain(self.value.ln(), inverse, -inverse * inverse)
    }
    #[inline(always)]
    fn ln_1p(self) -> Self {
        let inverse = (self.value + 1.0).recip();
        self.chain(self.value.ln_1p(), inverse, -inverse * inverse)
    }
    #[inline(always)]
    fn recip(self) -> Self {
        let inverse = self.value.recip();
        let square = inverse * inverse;
        self.chain(inverse, -square, square * inverse * 2.0)
    }
    #[inline(always)]
    fn where_positive(condition: P, then: Self, otherwise: Self) -> Self {
        then.by_parts(
            otherwise,
            #[inline(always)]
            |then, otherwise| P::where_positive(condition, then, otherwise),
        )
    }
    #[inline(always)]
    fn compose<const M: usize>(
        arguments: [Self; M],
        value: P,
        gradient: [P; M],
        hessian: [[P; M]; M],
    ) -> Self {
        let mut sum = Self::constant(value);
        for m in 0..M {
            let mut bend = [P::from(0.0); K];
            for (n, argument) in arguments.iter().enumerate() {
                let second = if m <= n { hessian[m][n] } else { hessian[n][m] };
                for (bend, slope) in bend.iter_mut().zip(argument.gradient) {
                    *bend = *bend + second * slope;
                }
            }
            for i in 0..K {
                let slope = arguments[m].gradient[i];
                sum.gradient[i] = sum.gradient[i] + gradient[m] * slope;
                let straight = arguments[m].hessian[i];
                for ((sum, straight), bend) in sum.hessian[i].iter_mut().zip(straight).zip(bend) {
                    *sum = *sum + gradient[m] * straight + slope * bend;
                }
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// f(x, y) = ln(x·y + 1/y) − ln(1 + eˣ)/y, with derivatives by hand.
    #[test]
    fn derivatives_match_those_by_hand() {
        let (x, y) = (0.7, 1.9);
        let [dx, dy] = Dual::<2>::variables([x, y]);
        let f = (dx * dy + dy.recip()).ln() - dx.exp().ln_1p() / dy;
        let u = x * y + 1.0 / y;
        let s = 1.0 / (1.0 + (-x).exp());
        let (ux, uy) = (y, x - 1.0 / (y * y));
        let sp = x.exp().ln_1p();
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

    /// f(x·y, x) with f(u, v) = u²v³.
    #[test]
    fn a_composed_function_has_the_derivatives_of_its_formula() {
        let [x, y] = Dual::<2>::variables([1.3, 0.6]);
        let (u, v) = (x * y, x);
        let [a, b] = [u.value, v.value];
        let gradient = [2.0 * a * b * b * b, 3.0 * a * a * b * b];
        let hessian = [[2.0 * b * b * b, 6.0 * a * b * b], [f64::NAN, 6.0 * a * a * b]];
        let found = Dual::compose([u, v], a * a * b * b * b, gradient, hessian);
        let expected = u * u * v * v * v;
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-14 * (1.0 + b.abs()), "{a} {b}");
        close(found.value, expected.value);
        for i in 0..2 {
            close(found.gradient[i], expected.gradient[i]);
            for j in 0..2 {
                close(found.hessian[i][j], expected.hessian[i][j]);
            }
        }
    }
}
