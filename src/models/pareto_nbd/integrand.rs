//! The integrand of the likelihood at points in time, and its derivatives, shared by all customers.

use bytemuck::{Pod, Zeroable};

use crate::numerics::{exp, ln_1p};

/// Times computed together, so that loops over them vectorise.
pub const TIMES_PER_STAGE: usize = 16;

/// Terms at a time y. With a = ln(1 + y/α), b = ln(1 + y/β), a′ = ∂a/∂α and b′ = ∂b/∂β, −a, −pa′, −b̃ and d
/// are the derivatives of the logarithm of the integrand. Each term is multiplied by a weight W, which is
/// the same for all x.
#[derive(Debug, Clone, Copy, Default, Pod, Zeroable)]
#[repr(C)]
pub struct IntegrandTerms {
    /// W·a
    pub a: f64,
    /// W·a′
    pub da: f64,
    /// W·b̃
    pub b: f64,
    /// W·d
    pub d: f64,
    /// W
    pub weight: f64,
    /// W·(b̃d + b′)
    pub b_d: f64,
    /// W·(d² + ∂d/∂β)
    pub d_d: f64,
    /// W·(b̃² + ∂b̃/∂s)
    pub b_b: f64,
    /// W·a²
    pub a_a: f64,
    /// W·aa′
    pub a_da: f64,
    /// W·ab̃
    pub a_b: f64,
    /// W·ad
    pub a_d: f64,
    /// W·a′²
    pub da_da: f64,
    /// W·a′b̃
    pub da_b: f64,
    /// W·a′d
    pub da_d: f64,
    /// Zero: sixteen numbers fill two vectors of eight.
    pub padding: f64,
}

impl IntegrandTerms {
    /// The terms as numbers, in the order of the fields.
    #[inline(always)]
    pub fn numbers(&self) -> &[f64; 16] {
        bytemuck::cast_ref(self)
    }

    /// The terms as numbers that can be changed, in the order of the fields.
    #[inline(always)]
    pub fn numbers_mut(&mut self) -> &mut [f64; 16] {
        bytemuck::cast_mut(self)
    }
}

/// The terms at some times.
#[derive(Default)]
pub struct Integrand {
    /// a
    pub log: Vec<f64>,
    /// See [`IntegrandTerms`].
    pub terms: Vec<IntegrandTerms>,
}

/// The density for which the terms are computed.
#[derive(Clone, Copy, PartialEq)]
pub enum Density {
    /// Dropout at y: W is (1+y/β)^{−s}·s/(β+y) times a given weight, and b̃ = b − 1/s, d = −sb′ − 1/(β+y).
    Attrition,
    /// Alive at y: W is (1+y/β)^{−s}, and b̃ = b, d = −sb′.
    Alive,
}

impl Integrand {
    /// Computes the terms at some times; weights default to 1.
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
        self.terms.resize(len, IntegrandTerms::default());
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
                let (shifted, d) = (b[i] - per_s, -s * db - c);
                let bent = d * d + s * db * (db + 2.0 * per_beta) + c * c;
                let steep = b[i] * (b[i] - 2.0 * per_s);
                let (w_a, w_da) = (w * a, w * da);
                *terms = IntegrandTerms {
                    a: w_a,
                    da: w_da,
                    b: w * shifted,
                    d: w * d,
                    weight: w,
                    b_d: w * (shifted * d + db),
                    d_d: w * bent,
                    b_b: w * steep,
                    a_a: w_a * a,
                    a_da: w_a * da,
                    a_b: w_a * shifted,
                    a_d: w_a * d,
                    da_da: w_da * da,
                    da_b: w_da * shifted,
                    da_d: w_da * d,
                    padding: 0.0,
                };
            }
        }
    }
}
