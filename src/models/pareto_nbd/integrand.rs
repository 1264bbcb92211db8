//! What the likelihoods of all customers share at points in time.

use crate::numerics::{exp, ln_1p};

/// Numbers computed side by side.
pub const TIMES_PER_STAGE: usize = 16;

/// At a time y, with a = ln(1 + y/α) and b = ln(1 + y/β), their derivatives a′ in α and b′ in β, and
/// a weight W that is the same for all x: W times
///
/// ```text
/// a, a′, b̃, d, 1, b̃d + b′, d² + ∂d/∂β, b̃² + ∂b̃/∂s, a², aa′, ab̃, ad, a′², a′b̃, a′d
/// ```
///
/// (and one to fill up), −a, −pa′, −b̃ and d being the derivatives of the logarithm of what is summed.
pub type IntegrandTerms = [f64; 16];

/// The terms at some times.
#[derive(Default)]
pub struct Integrand {
    /// a
    pub log: Vec<f64>,
    /// See [`IntegrandTerms`].
    pub terms: Vec<IntegrandTerms>,
}

/// Which density the terms of a curve are weights in.
#[derive(Clone, Copy, PartialEq)]
pub enum Density {
    /// Of attrition at y: W is (1+y/β)^{−s}·s/(β+y) times a weight given, and b̃ = b − 1/s,
    /// d = −sb′ − 1/(β+y).
    Attrition,
    /// Alive at y: W is (1+y/β)^{−s}, and b̃ = b, d = −sb′.
    Alive,
}

impl Integrand {
    /// Computes the terms at some times; without weights these are 1.
    #[inline(always)]
    pub fn fill(
        &mut self,
        &[_, alpha, s, beta]: &[f64; 4],
        density: Density,
        times: &[f64],
        weights: &[f64],
    ) {
        let len = times.len();
        self.log.resize(len, 0.0);
        self.terms.resize(len, [0.0; 16]);
        let (per_alpha, per_beta) = (alpha.recip(), beta.recip());
        let attrition = density == Density::Attrition;
        let per_s = if attrition { s.recip() } else { 0.0 };
        for begin in (0..len).step_by(TIMES_PER_STAGE) {
            let size = TIMES_PER_STAGE.min(len - begin);
            let here = begin..begin + size;
            let mut time = [0.0; TIMES_PER_STAGE];
            time[..size].copy_from_slice(&times[here.clone()]);
            let mut w = [1.0; TIMES_PER_STAGE];
            if attrition {
                w[..size].copy_from_slice(&weights[here.clone()]);
            }
            let [mut a, mut da, mut b, mut db, mut c] = [[0.0; TIMES_PER_STAGE]; 5];
            for i in 0..TIMES_PER_STAGE {
                let y = time[i];
                a[i] = ln_1p(y * per_alpha);
                b[i] = ln_1p(y * per_beta);
                da[i] = -y * per_alpha / (alpha + y);
                let hazard = 1.0 / (beta + y);
                db[i] = -y * per_beta * hazard;
                c[i] = if attrition { hazard } else { 0.0 };
                let rate = if attrition { s * hazard } else { 1.0 };
                w[i] *= rate * exp(-s * b[i]);
            }
            self.log[here.clone()].copy_from_slice(&a[..size]);
            let terms = self.terms[here].iter_mut();
            for (i, terms) in terms.enumerate() {
                let (a, da, db, c, w) = (a[i], da[i], db[i], c[i], w[i]);
                let (delay, d) = (b[i] - per_s, -s * db - c);
                let bent = d * d + s * db * (db + 2.0 * per_beta) + c * c;
                let steep = b[i] * (b[i] - 2.0 * per_s);
                let first = [a, da, delay, d];
                let [with_a, with_da] = [a, da].map(|by| first.map(|other| w * by * other));
                let [w_a, w_da, w_late, w_d] = first.map(|one| w * one);
                let [a_a, a_da, a_late, a_d] = with_a;
                let [_, da_da, da_late, da_d] = with_da;
                *terms = [
                    w_a,
                    w_da,
                    w_late,
                    w_d,
                    w,
                    w * (delay * d + db),
                    w * bent,
                    w * steep,
                    a_a,
                    a_da,
                    a_late,
                    a_d,
                    da_da,
                    da_late,
                    da_d,
                    0.0,
                ];
            }
        }
    }
}
