//! Numbers that formulas are written over: with or without derivatives, for one customer or for loops over
//! customers.

use std::ops::{Add, Div, Mul, Neg, Sub};

use super::elementary;

/// A number as the likelihoods see it.
///
/// Formulas written over `Number` give values when run on `f64`, and exact gradients and Hessians with them
/// when run on [`super::dual::Dual`]. Run on [`Branchless`], or on dual numbers of it, in a loop over
/// customers, they compile to vector instructions inside [`super::vectorized`].
pub trait Number:
    Copy
    + From<f64>
    + Neg<Output = Self>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Add<f64, Output = Self>
    + Sub<f64, Output = Self>
    + Mul<f64, Output = Self>
    + Div<f64, Output = Self>
{
    /// The number without derivatives.
    type Data: Plain;

    /// A number that does not depend on the parameters.
    fn constant(data: Self::Data) -> Self;
    /// The value without derivatives.
    fn value(self) -> Self::Data;
    /// The sum with a number that does not depend on the parameters.
    #[must_use]
    fn plus(self, data: Self::Data) -> Self;
    /// The product with a number that does not depend on the parameters.
    #[must_use]
    fn times(self, data: Self::Data) -> Self;
    /// g(x), given g, g′ and g″ at x.
    #[must_use]
    fn chain(self, g: Self::Data, dg: Self::Data, ddg: Self::Data) -> Self;
    /// ln(eˣ + eʸ), with the larger of the two terms factored out.
    #[must_use]
    fn ln_add_exp(self, other: Self) -> Self;
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
    /// The first number where the condition is above zero, the second elsewhere.
    #[must_use]
    fn where_positive(condition: Self::Data, then: Self, otherwise: Self) -> Self;
    /// f(x₁, …, x_M), given f and its first and second derivatives at the values of its arguments; only the
    /// upper triangle of the second is read.
    #[must_use]
    fn compose<const M: usize>(
        arguments: [Self; M],
        value: Self::Data,
        gradient: [Self::Data; M],
        hessian: [[Self::Data; M]; M],
    ) -> Self;
}

/// A number without derivatives.
pub trait Plain: Number<Data = Self> + PartialEq {
    /// The value as a float.
    fn float(self) -> f64;
    /// x·factor + addend, rounded once where that is as fast.
    #[must_use]
    fn mul_add(self, factor: Self, addend: Self) -> Self;
}

/// A number whose value is a single one.
pub trait Real: Number<Data = f64> {}

impl<N: Number<Data = f64>> Real for N {}

/// ln(eᵘ + eᵛ), and the shares of eᵘ and eᵛ in the sum.
#[inline(always)]
pub(super) fn ln_add_exp_with_shares<P: Plain>(u: P, v: P) -> (P, [P; 2]) {
    let difference = v - u;
    let small = P::where_positive(difference, -difference, difference).exp();
    let larger = (small + 1.0).recip();
    let smaller = small * larger;
    let ln_larger = P::where_positive(difference, v, u);
    let share_u = P::where_positive(difference, smaller, larger);
    let share_v = P::where_positive(difference, larger, smaller);
    (ln_larger + small.ln_1p(), [share_u, share_v])
}

/// ln(1 + t/s) for t ≥ 0 and s > 0.
#[inline(always)]
#[must_use]
pub fn ln_1p_ratio<N: Number>(t: N::Data, s: N) -> N {
    let scale = s.value();
    let inverse = scale.recip();
    let ratio = t * inverse;
    // The derivative in s is 1/(s+t) − 1/s, and the second −d·(d + 2/s), d being the first.
    let slope = -ratio * (scale + t).recip();
    s.chain(ratio.ln_1p(), slope, -slope * (slope + inverse * 2.0))
}

impl Number for f64 {
    type Data = Self;

    fn constant(data: f64) -> Self {
        data
    }
    fn value(self) -> f64 {
        self
    }
    fn plus(self, data: f64) -> Self {
        self + data
    }
    fn times(self, data: f64) -> Self {
        self * data
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
    fn where_positive(condition: f64, then: Self, otherwise: Self) -> Self {
        if condition > 0.0 { then } else { otherwise }
    }
    fn chain(self, g: Self, _: Self, _: Self) -> Self {
        g
    }
    fn ln_add_exp(self, other: Self) -> Self {
        ln_add_exp_with_shares(self, other).0
    }
    fn compose<const M: usize>(_: [Self; M], value: f64, _: [f64; M], _: [[f64; M]; M]) -> Self {
        value
    }
}

impl Plain for f64 {
    fn mul_add(self, factor: Self, addend: Self) -> Self {
        self * factor + addend
    }
    fn float(self) -> f64 {
        self
    }
}

/// A float whose functions have neither branches nor calls, so that loops over it vectorise; they are those
/// of [`super::exp`], [`super::ln`] and [`super::ln_1p`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Branchless(pub f64);

impl From<f64> for Branchless {
    #[inline(always)]
    fn from(value: f64) -> Self {
        Self(value)
    }
}

impl Neg for Branchless {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

macro_rules! operators_of_floats {
    ($($operator:ident $function:ident $symbol:tt),*) => {$(
        impl $operator for Branchless {
            type Output = Self;
            #[inline(always)]
            fn $function(self, other: Self) -> Self {
                Self(self.0 $symbol other.0)
            }
        }
        impl $operator<f64> for Branchless {
            type Output = Self;
            #[inline(always)]
            fn $function(self, other: f64) -> Self {
                Self(self.0 $symbol other)
            }
        }
    )*};
}
operators_of_floats!(Add add +, Sub sub -, Mul mul *, Div div /);

impl Number for Branchless {
    type Data = Self;

    #[inline(always)]
    fn constant(data: Self) -> Self {
        data
    }
    #[inline(always)]
    fn value(self) -> Self {
        self
    }
    #[inline(always)]
    fn plus(self, data: Self) -> Self {
        self + data
    }
    #[inline(always)]
    fn times(self, data: Self) -> Self {
        self * data
    }
    #[inline(always)]
    fn exp(self) -> Self {
        Self(elementary::exp(self.0))
    }
    #[inline(always)]
    fn ln(self) -> Self {
        Self(elementary::ln(self.0))
    }
    #[inline(always)]
    fn ln_1p(self) -> Self {
        Self(elementary::ln_1p(self.0))
    }
    #[inline(always)]
    fn recip(self) -> Self {
        Self(self.0.recip())
    }
    #[inline(always)]
    fn where_positive(condition: Self, then: Self, otherwise: Self) -> Self {
        Self(if condition.0 > 0.0 { then.0 } else { otherwise.0 })
    }
    #[inline(always)]
    fn chain(self, g: Self, _: Self, _: Self) -> Self {
        g
    }
    #[inline(always)]
    fn ln_add_exp(self, other: Self) -> Self {
        ln_add_exp_with_shares(self, other).0
    }
    #[inline(always)]
    fn compose<const M: usize>(_: [Self; M], value: Self, _: [Self; M], _: [[Self; M]; M]) -> Self {
        value
    }
}

impl Plain for Branchless {
    #[inline(always)]
    fn mul_add(self, factor: Self, addend: Self) -> Self {
        Self(self.0.mul_add(factor.0, addend.0))
    }
    #[inline(always)]
    fn float(self) -> f64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerics::decay_integral;
    use crate::numerics::dual::Dual;

    /// A formula that uses every operation.
    fn formula<N: Number>([a, b]: [N; 2], x: N::Data) -> N {
        let y = (a * b + b.recip()).ln() - a.plus(x) / (b + 2.0) * 0.7 - 0.3;
        let z = N::where_positive(y.value(), (-y).exp(), y.times(x)) / 3.0;
        z + a.ln_add_exp(b) + ln_1p_ratio(x, b) + decay_integral([a, b + 1.0, b, a * 0.5], x)
    }

    #[test]
    fn all_numbers_have_the_same_values_and_derivatives() {
        for (a, b, x) in [(3.1, 0.4, 0.2), (0.3, 1.9, 4.0), (1.2, 1.0, 30.0)] {
            let dual = formula(Dual::<2>::variables([a, b]), x);
            let branchless =
                formula(Dual::<2, Branchless>::variables([a, b].map(Branchless)), Branchless(x));
            let close = |found: f64, expected: f64, error: f64| {
                assert!(
                    (found - expected).abs() < error * (1.0 + expected.abs()),
                    "{found} {expected}"
                );
            };
            close(formula([a, b], x), dual.value, 1e-14);
            close(formula([a, b].map(Branchless), Branchless(x)).0, dual.value, 1e-14);
            close(branchless.value.0, dual.value, 1e-14);
            let step = 1e-5;
            for i in 0..2 {
                close(branchless.gradient[i].0, dual.gradient[i], 1e-13);
                let at = |h: f64| {
                    let mut at = [a, b];
                    at[i] += h;
                    formula(Dual::<2>::variables(at), x)
                };
                let (up, down) = (at(step), at(-step));
                close((up.value - down.value) / (2.0 * step), dual.gradient[i], 1e-8);
                for j in 0..2 {
                    close(branchless.hessian[i][j].0, dual.hessian[i][j], 1e-13);
                    let slope = (up.gradient[j] - down.gradient[j]) / (2.0 * step);
                    close(slope, dual.hessian[i][j], 1e-8);
                }
            }
        }
    }

    #[test]
    fn the_logarithm_of_a_sum_holds_in_both_tails() {
        assert_eq!(Number::ln_add_exp(800.0, 0.0), 800.0);
        assert_eq!(Number::ln_add_exp(-800.0, 0.0), 0.0);
        assert_eq!(Number::ln_add_exp(1.0, 1.0), 1.0 + 2f64.ln());
        let [u, v] = Dual::<2>::variables([-1e300, 3.0]);
        assert_eq!(u.ln_add_exp(v), v);
    }
}
