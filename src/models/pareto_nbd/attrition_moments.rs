//! The probability of dropping out within a time span, and its derivatives, from moments of an integral.

use std::ops::{Add, Mul, Neg, Sub};

use crate::numerics::Lanes;

/// A number, or several side by side.
pub trait Number:
    Copy
    + Neg<Output = Self>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Add<f64, Output = Self>
    + Mul<f64, Output = Self>
{
}

impl Number for f64 {}
impl Number for Lanes {}

/// Moments of the integral of the attrition: with a = ln(1 + w/(α+t)), b = ln(1 + w/(β+t)), a′ = ∂a/∂α and
/// b′ = ∂b/∂β, the integrals of their products of up to two factors.
#[derive(Debug, Clone, Copy)]
pub struct Moments<N> {
    /// 1
    pub one: N,
    /// a
    pub a: N,
    /// a′
    pub da: N,
    /// b
    pub b: N,
    /// b′
    pub db: N,
    /// a²
    pub a_a: N,
    /// a·a′
    pub a_da: N,
    /// a·b
    pub a_b: N,
    /// a·b′
    pub a_db: N,
    /// a′²
    pub da_da: N,
    /// a′·b
    pub da_b: N,
    /// a′·b′
    pub da_db: N,
    /// b²
    pub b_b: N,
    /// b·b′
    pub b_db: N,
    /// b′²
    pub db_db: N,
}

impl<N: Number> Moments<N> {
    /// Moments that are all of one value.
    #[inline(always)]
    pub fn splat(value: N) -> Self {
        Self {
            one: value,
            a: value,
            da: value,
            b: value,
            db: value,
            a_a: value,
            a_da: value,
            a_b: value,
            a_db: value,
            da_da: value,
            da_b: value,
            da_db: value,
            b_b: value,
            b_db: value,
            db_db: value,
        }
    }

    /// All moments times a factor.
    #[inline(always)]
    pub fn scaled(&self, factor: N) -> Self {
        Self {
            one: self.one * factor,
            a: self.a * factor,
            da: self.da * factor,
            b: self.b * factor,
            db: self.db * factor,
            a_a: self.a_a * factor,
            a_da: self.a_da * factor,
            a_b: self.a_b * factor,
            a_db: self.a_db * factor,
            da_da: self.da_da * factor,
            da_b: self.da_b * factor,
            da_db: self.da_db * factor,
            b_b: self.b_b * factor,
            b_db: self.b_db * factor,
            db_db: self.db_db * factor,
        }
    }
}

/// The count of numbers in [`Moments`]: fifteen, and a zero that fills a vector.
pub const PADDED_MOMENTS: usize = 16;

impl Moments<f64> {
    /// The moments as numbers, in the order of the fields, with a zero at the end.
    #[inline(always)]
    pub fn to_numbers(self) -> [f64; PADDED_MOMENTS] {
        let Self { one, a, da, b, db, a_a, a_da, a_b, a_db, da_da, da_b, da_db, b_b, b_db, db_db } =
            self;
        [one, a, da, b, db, a_a, a_da, a_b, a_db, da_da, da_b, da_db, b_b, b_db, db_db, 0.0]
    }

    /// The moments from [`Self::to_numbers`].
    #[inline(always)]
    pub fn from_numbers(numbers: [f64; PADDED_MOMENTS]) -> Self {
        let [one, a, da, b, db, a_a, a_da, a_b, a_db, da_da, da_b, da_db, b_b, b_db, db_db, _] =
            numbers;
        Self { one, a, da, b, db, a_a, a_da, a_b, a_db, da_da, da_b, da_db, b_b, b_db, db_db }
    }
}

/// Q = s/(β+t)·∫ (1 + w/(α+t))^{−p} (1 + w/(β+t))^{−s−1} dw, its gradient and the upper triangle of its
/// Hessian in r (or p), α, s and β.
///
/// `per_rate` and `per_scale` are 1/(α+t) and 1/(β+t).
#[inline(always)]
pub fn attrition_within<N: Number>(
    p: N,
    s: f64,
    [per_rate, per_scale]: [N; 2],
    moments: &Moments<N>,
) -> (N, [N; 4], [[N; 4]; 4]) {
    let per = per_scale * s;
    let Moments {
        one: m,
        a,
        da,
        b,
        db,
        a_a,
        a_da,
        a_b,
        a_db,
        da_da,
        da_b,
        da_db,
        b_b,
        b_db,
        db_db,
    } = moments.scaled(per);
    let (q, inverse_s, inverse) = (s + 1.0, s.recip(), per_scale);
    let zero = m * 0.0;
    let gradient = [-a, -(p * da), m * inverse_s - b, -(db * q) - m * inverse];
    let mut hessian = [[zero; 4]; 4];
    hessian[0] = [a_a, p * a_da - da, a_b - a * inverse_s, a_db * q + a * inverse];
    hessian[1][1] = p * ((p + 1.0) * da_da + per_rate * 2.0 * da);
    hessian[1][2] = p * (da_b - da * inverse_s);
    hessian[1][3] = p * (da_db * q + da * inverse);
    hessian[2][2] = b_b - b * (2.0 * inverse_s);
    hessian[2][3] = (b_db - db * inverse_s) * q - m * inverse * inverse_s + b * inverse - db;
    hessian[3][3] = (db_db * (q + 1.0) + inverse * 4.0 * db) * q + m * inverse * inverse * 2.0;
    (m, gradient, hessian)
}
