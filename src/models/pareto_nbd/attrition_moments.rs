//! What leaves within a span of time, from the moments of its integral.

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

/// Q = s/(β+t)·∫ (1 + w/(α+t))^{−p} (1 + w/(β+t))^{−s−1} dw, its gradient and the upper triangle of its
/// Hessian in r (or p), α, s and β.
///
/// `moments` are those of the integral, in this order, with a = ln(1 + w/(α+t)), b = ln(1 + w/(β+t)) and
/// their derivatives in α and β: 1, a, a′, b, b′, a², a·a′, a·b, a·b′, a′², a′·b, a′·b′, b², b·b′, b′².
/// `per_rate` and `per_scale` are 1/(α+t) and 1/(β+t).
#[inline(always)]
pub fn attrition_within<N: Number>(
    p: N,
    s: f64,
    [per_rate, per_scale]: [N; 2],
    moments: [N; 15],
) -> (N, [N; 4], [[N; 4]; 4]) {
    let per = per_scale * s;
    let [m, a, da, b, db, a_a, a_da, a_b, a_db, da_da, da_b, da_db, b_b, b_db, db_db] = moments
        .map(
            #[inline(always)]
            |moment| moment * per,
        );
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
